//! The template that a node's code is.

use std::sync::Arc;

use crate::diagnostic::{SourceFile, Span};
use crate::parse::call_text;
use crate::resource::{Node, ResourceType};
use crate::template::{Failure, Located, Template};

/// A node's code as a template.
///
/// A generic test has no code of its own: it is the call of its macro, written out; nor has a snapshot that is declared in a
/// properties file. What goes wrong in such code is shown at the entry in the properties file.
pub struct NodeCode<'a> {
    node: &'a Node,
    /// The template.
    pub template: Template,
    is_written_out: bool,
}

impl<'a> NodeCode<'a> {
    /// Returns the code of a node.
    pub fn of(node: &'a Node) -> Self {
        let name = node.unique_id.to_string();
        let generic = node.test().and_then(|test| test.generic.as_ref().map(|generic| (test, generic)));
        let text = match generic {
            Some((test, generic)) => call_text(test.namespace.as_deref(), generic, &test.arguments),
            None if is_declared(node) => node.raw_code.clone(),
            None => {
                let template = Template { name, package: node.package.clone(), span: node.span.clone() };
                return Self { node, template, is_written_out: false };
            }
        };
        let file = SourceFile::new(node.original_file_path.as_str(), text);
        Self { node, template: Template::whole(name, node.package.as_str(), &file), is_written_out: true }
    }

    /// Moves the places of a failure that are in a written-out call to the test's entry.
    pub fn placed(&self, mut failure: Failure) -> Failure {
        failure.frames.iter_mut().for_each(|frame| self.at_entry(&mut frame.span));
        failure
    }

    /// Moves a place of the rendered text that is in a written-out call to the entry in the properties file.
    pub fn located(&self, mut located: Located) -> Located {
        located.is_expression |= self.is_written_here(&located.span);
        self.at_entry(&mut located.span);
        located.frames.iter_mut().for_each(|frame| self.at_entry(&mut frame.span));
        located
    }

    fn is_written_here(&self, span: &Span) -> bool {
        self.is_written_out && Arc::ptr_eq(&span.file, &self.template.span.file)
    }

    fn at_entry(&self, span: &mut Span) {
        if self.is_written_here(span) {
            *span = self.node.span.clone();
        }
    }
}

fn is_declared(node: &Node) -> bool {
    node.resource_type == ResourceType::Snapshot && node.span.text() != node.raw_code
}
