//! Criteria joined: a space unites, a comma intersects, `--exclude` takes away.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::criterion::Criterion;
use super::member::Members;
use super::method::PastMethod;
use super::{IndirectSelection, Request};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::graph::Graph;
use crate::resource::{ResourceType, UniqueId};
use crate::state::Comparison;

/// A set of resources in terms of criteria.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    /// Everything: no criterion was given.
    All,
    /// What fits one criterion, with its relatives.
    Criterion(Box<Criterion>),
    /// What is in any of them.
    Union(Vec<Expression>, IndirectSelection),
    /// What is in all of them, with the text of the command line that asked for it: only there, nothing found is a warning.
    Intersection(Vec<Expression>, IndirectSelection, Option<Span>),
    /// What is in the first and not in the second.
    Difference(Box<Expression>, Box<Expression>),
}

impl Expression {
    /// Reads `--select` and `--exclude`.
    pub fn parse(request: &Request) -> Result<Self, Diagnostics> {
        if let Some(selector) = &request.selector {
            return Ok(selector.expression.clone());
        }
        let mut diagnostics = Diagnostics::new();
        let included = if request.select.is_empty() {
            Self::All
        } else {
            parse_union("<--select>", &request.select, request.indirect, &mut diagnostics)
        };
        let excluded = parse_union("<--exclude>", &request.exclude, request.indirect, &mut diagnostics);
        let difference = Self::Difference(Box::new(included), Box::new(excluded));
        diagnostics.into_result(difference).map(|(expression, _)| expression)
    }
}

fn parse_union(name: &str, texts: &[String], indirect: IndirectSelection, diagnostics: &mut Diagnostics) -> Expression {
    let mut parts = Vec::new();
    for text in texts {
        let file = SourceFile::new(name, text.as_str());
        for term in pieces(&file, 0..text.len(), char::is_whitespace) {
            let mut criteria = Vec::new();
            for piece in pieces(&file, term.range.clone(), |c| c == ',') {
                match Criterion::parse(&piece, indirect) {
                    Ok(criterion) => criteria.push(Expression::Criterion(Box::new(criterion))),
                    Err(diagnostic) => diagnostics.push(diagnostic),
                }
            }
            parts.push(Expression::Intersection(criteria, indirect, Some(term)));
        }
    }
    Expression::Union(parts, indirect)
}

/// Splits a part of a text; empty pieces are left out.
fn pieces(file: &Arc<SourceFile>, range: std::ops::Range<usize>, is_between: impl Fn(char) -> bool) -> Vec<Span> {
    let text = &file.text[range.clone()];
    let mut pieces = Vec::new();
    for piece in text.split(is_between).filter(|piece| !piece.is_empty()) {
        let start = range.start + (piece.as_ptr() as usize - text.as_ptr() as usize);
        pieces.push(Span::new(file, start..start + piece.len()));
    }
    pieces
}

type Ids = BTreeSet<UniqueId>;

/// What an expression gives: what is selected, and the tests that might yet be when more of their parents are.
struct Found {
    direct: Ids,
    possible: Ids,
}

/// Evaluates expressions over a project.
pub(super) struct Evaluation<'a> {
    pub members: &'a Members<'a>,
    pub graph: &'a Graph,
    /// The project beside an earlier state of it, when there is one.
    pub past: Option<&'a Comparison<'a>>,
    pub warnings: Diagnostics,
}

impl Evaluation<'_> {
    /// Returns what an expression selects.
    ///
    /// # Errors
    /// When it compares with an earlier state and there is none, or a contract was broken since.
    pub fn select(&mut self, expression: &Expression) -> Result<Ids, Diagnostics> {
        Ok(self.evaluate(expression)?.direct)
    }

    fn evaluate(&mut self, expression: &Expression) -> Result<Found, Diagnostics> {
        Ok(match expression {
            Expression::All => {
                let direct = self.members.list.iter().map(|member| member.id.clone()).collect();
                Found { direct, possible: Ids::new() }
            }
            Expression::Criterion(criterion) => self.search(criterion)?,
            Expression::Union(parts, indirect) => {
                let found = self.evaluate_all(parts)?;
                self.combine(&found, *indirect, |sets| sets.into_iter().flatten().collect())
            }
            Expression::Intersection(parts, indirect, span) => {
                let found = self.evaluate_all(parts)?;
                let found = self.combine(&found, *indirect, |sets| {
                    sets.into_iter().reduce(|all, set| &all & &set).unwrap_or_default()
                });
                if let (true, Some(span)) = (found.direct.is_empty(), span) {
                    self.warn_of_nothing(span);
                }
                found
            }
            Expression::Difference(from, without) => {
                let found = [self.evaluate(from)?, self.evaluate(without)?];
                // The parts have settled their tests; the whole takes no further ones in.
                self.combine(&found, IndirectSelection::Eager, |sets| {
                    sets.into_iter().reduce(|all, set| &all - &set).unwrap_or_default()
                })
            }
        })
    }

    fn evaluate_all(&mut self, parts: &[Expression]) -> Result<Vec<Found>, Diagnostics> {
        parts.iter().map(|part| self.evaluate(part)).collect()
    }

    /// Finds what fits a criterion, with its relatives and the tests on them.
    fn search(&mut self, criterion: &Criterion) -> Result<Found, Diagnostics> {
        let own = self.own(criterion)?;
        let mut selected = own.clone();
        if criterion.parts.has_childrens_parents {
            selected.extend(self.graph.descendants(&own, None));
            let ancestors = self.graph.ancestors(&selected, None);
            selected.extend(ancestors);
        }
        if let Some(depth) = criterion.parts.parents.depth() {
            selected.extend(self.graph.ancestors(&own, Some(depth)));
        }
        if let Some(depth) = criterion.parts.children.depth() {
            selected.extend(self.graph.descendants(&own, Some(depth)));
        }
        selected.retain(|id| self.members.find(id).is_some());
        Ok(self.with_tests(&selected, criterion.indirect))
    }

    /// Finds what fits a criterion itself.
    fn own(&mut self, criterion: &Criterion) -> Result<Ids, Diagnostics> {
        let Some((method, value)) = criterion.search.past() else {
            let fits = self.members.list.iter().filter(|member| criterion.search.fits(member, self.members));
            return Ok(fits.map(|member| member.id.clone()).collect());
        };
        let past = self.past.ok_or_else(|| without_past(method, &criterion.span))?;
        let placed = |diagnostic: Diagnostic| Diagnostics::from(diagnostic.at(criterion.span.clone(), ""));
        match method {
            PastMethod::State => {
                let ids = self.members.list.iter().map(|member| member.id);
                let (found, warnings) = past.changed(value, ids).map_err(placed)?;
                self.warnings.extend(warnings);
                Ok(found)
            }
            PastMethod::Result => past.with_result(value).map_err(placed).map(|ids| self.known(ids)),
            PastMethod::SourceStatus => past.with_source_status(value).map_err(placed).map(|ids| self.known(ids)),
        }
    }

    fn known(&self, mut ids: Ids) -> Ids {
        ids.retain(|id| self.members.find(id).is_some());
        ids
    }

    /// Adds the tests on what is selected, as far as the mode allows.
    fn with_tests(&self, selected: &Ids, indirect: IndirectSelection) -> Found {
        let mut found = Found { direct: selected.clone(), possible: Ids::new() };
        if indirect == IndirectSelection::Empty {
            return found;
        }
        let built = match indirect {
            IndirectSelection::Buildable => selected | &self.graph.ancestors(selected, None),
            _ => Ids::new(),
        };
        for id in self.graph.descendants(selected, Some(1)) {
            let Some(member) = self.members.find(&id).filter(|member| member.is_test()) else { continue };
            let is_source = |id: &UniqueId| {
                self.members.find(id).is_some_and(|parent| parent.resource_type == ResourceType::Source)
            };
            let is_taken = match indirect {
                IndirectSelection::Eager => true,
                IndirectSelection::Buildable => member.parents.iter().all(|id| built.contains(id) || is_source(id)),
                _ => member.parents.iter().all(|id| selected.contains(id)),
            };
            let set = if is_taken { &mut found.direct } else { &mut found.possible };
            set.insert(id);
        }
        found
    }

    /// Joins the findings of parts, and takes in those tests whose parents are now all there.
    fn combine(&self, found: &[Found], indirect: IndirectSelection, join: impl Fn(Vec<Ids>) -> Ids) -> Found {
        let mut direct = join(found.iter().map(|part| part.direct.clone()).collect());
        let possible = join(found.iter().map(|part| &part.direct | &part.possible).collect());
        let present = match indirect {
            IndirectSelection::Eager | IndirectSelection::Empty => return Found { direct, possible },
            IndirectSelection::Cautious => direct.clone(),
            IndirectSelection::Buildable => &direct | &self.graph.ancestors(&direct, None),
        };
        for id in &possible {
            let member = self.members.find(id).filter(|member| member.resource_type == ResourceType::Test);
            if member.is_some_and(|member| member.parents.iter().all(|parent| present.contains(parent))) {
                direct.insert(id.clone());
            }
        }
        Found { direct, possible }
    }

    fn warn_of_nothing(&mut self, span: &Span) {
        let text = span.text();
        let title = format!("The selection criterion '{text}' does not match any enabled nodes");
        let name = text.trim_matches(|c: char| c == '@' || c == '+' || c.is_ascii_digit());
        let names = self.members.list.iter().map(|member| member.name);
        self.warnings.push(
            Diagnostic::warning(Kind::Usage, "W0501", title)
                .at(span.clone(), "")
                .with_nearest(name, names)
                .as_event("NoNodesForSelectionCriteria", [("spec_raw", text)]),
        );
    }
}

fn without_past(method: PastMethod, span: &Span) -> Diagnostics {
    let title = match method {
        PastMethod::State => crate::state::NO_MANIFEST,
        PastMethod::Result => crate::state::NO_RESULTS,
        PastMethod::SourceStatus => crate::state::NO_SOURCES,
    };
    Diagnostic::error(Kind::Runtime, "E0504", title)
        .at(span.clone(), "there is nothing to compare with")
        .with_help("give `--state <folder with manifest.json>`")
        .into()
}
