//! The template that a node's code is.

use std::sync::Arc;

use crate::diagnostic::SourceFile;
use crate::parse::call_text;
use crate::resource::Node;
use crate::template::{Failure, Template};

/// A node's code as a template.
///
/// A generic test has no code of its own: it is the call of its macro, written out; what goes wrong in the call itself is shown
/// at the test's entry in its properties file.
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
        let Some((test, generic)) = generic else {
            let template = Template { name, package: node.package.clone(), span: node.span.clone() };
            return Self { node, template, is_written_out: false };
        };
        let text = call_text(test.namespace.as_deref(), generic, &test.arguments);
        let file = SourceFile::new(node.original_file_path.as_str(), text);
        Self { node, template: Template::whole(name, node.package.as_str(), &file), is_written_out: true }
    }

    /// Moves the places of a failure that are in a written-out call to the test's entry.
    pub fn placed(&self, mut failure: Failure) -> Failure {
        if self.is_written_out {
            for frame in &mut failure.frames {
                if Arc::ptr_eq(&frame.span.file, &self.template.span.file) {
                    frame.span = self.node.span.clone();
                }
            }
        }
        failure
    }
}
