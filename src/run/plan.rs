//! Which of the selected nodes waits for which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::resource::UniqueId;

/// What a plan needs to know of the project: ids in an order in which parents come first, and their parents.
pub trait Ancestry {
    /// Returns all nodes, parents before children, in a fixed order.
    fn in_order(&self) -> &[UniqueId];
    /// Returns what a node refers to.
    fn parents(&self, id: &UniqueId) -> &[UniqueId];
}

/// Whether what is downstream of a tested node waits for its tests, as in `build`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It waits, and is skipped when a test fails.
    Tests,
    /// It does not wait.
    Open,
}

/// The nodes to run, numbered in an order in which parents come first.
#[derive(Debug, Default)]
pub struct Plan {
    /// The nodes.
    pub nodes: Vec<UniqueId>,
    /// For each node, the numbers of those that wait for it.
    pub dependents: Vec<Vec<usize>>,
    /// For each node, how many it waits for.
    pub waits_for: Vec<usize>,
}

impl Plan {
    /// Plans the nodes in `chosen`; a node waits for the nearest chosen ones above it, also across nodes that are not chosen.
    ///
    /// `tests` are those of them that are tests; with [`Gate::Tests`] a node also waits for each test all of whose own parents
    /// are above the node.
    pub fn new(ancestry: &impl Ancestry, chosen: &BTreeSet<UniqueId>, tests: &BTreeSet<UniqueId>, gate: Gate) -> Self {
        let whole = Whole::new(ancestry);
        // Gates are found among all nodes: a test of a source, or of a model that is not chosen, holds back too.
        let gates = match gate {
            Gate::Tests => whole.gates(tests),
            Gate::Open => BTreeMap::new(),
        };
        let nodes: Vec<UniqueId> = whole.ids.iter().filter(|id| chosen.contains(*id)).cloned().collect();
        let number: BTreeMap<&UniqueId, usize> = nodes.iter().enumerate().map(|(number, id)| (id, number)).collect();
        let mut nearest = Nearest::default();
        let mut edges: Vec<BTreeSet<usize>> = Vec::new();
        for (index, id) in whole.ids.iter().enumerate() {
            let mut above = nearest.above(ancestry.parents(id), &number);
            above.extend(gates.get(&index).into_iter().flatten().filter_map(|&test| number.get(&whole.ids[test])));
            if number.contains_key(id) {
                edges.push(above);
            } else {
                nearest.through.insert(id.clone(), above.into_iter().collect());
            }
        }
        let (nodes, edges) = by_depth(nodes, edges);
        let mut plan = Self { nodes, ..Self::default() };
        plan.waits_for = edges.iter().map(BTreeSet::len).collect();
        plan.dependents = vec![Vec::new(); plan.nodes.len()];
        for (node, above) in edges.iter().enumerate() {
            for &parent in above {
                plan.dependents[parent].push(node);
            }
        }
        plan
    }
}

impl Plan {
    /// Returns the same nodes with none waiting for another.
    pub fn independent(self) -> Self {
        let count = self.nodes.len();
        Self { dependents: vec![Vec::new(); count], waits_for: vec![0; count], ..self }
    }
}

/// Orders nodes as dbt takes them up: those with less above them first, and among equals by id.
fn by_depth(nodes: Vec<UniqueId>, edges: Vec<BTreeSet<usize>>) -> (Vec<UniqueId>, Vec<BTreeSet<usize>>) {
    let depths = depths(&edges);
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|&node| (depths[node], &nodes[node]));
    let mut place = vec![0; nodes.len()];
    for (at, &node) in order.iter().enumerate() {
        place[node] = at;
    }
    let moved = |above: &BTreeSet<usize>| above.iter().map(|&parent| place[parent]).collect();
    let edges = order.iter().map(|&node| moved(&edges[node])).collect();
    (order.into_iter().map(|node| nodes[node].clone()).collect(), edges)
}

/// Returns the length of the longest way down to each node; a test may come after a node that waits for it.
fn depths(edges: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (node, above) in edges.iter().enumerate() {
        for &parent in above {
            below[parent].push(node);
        }
    }
    let mut open: Vec<usize> = edges.iter().map(BTreeSet::len).collect();
    let mut depths = vec![0; edges.len()];
    let mut ready: Vec<usize> = (0..edges.len()).filter(|&node| open[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for &child in &below[node] {
            depths[child] = depths[child].max(depths[node] + 1);
            open[child] -= 1;
            if open[child] == 0 {
                ready.push(child);
            }
        }
    }
    depths
}

/// For nodes that are not chosen, the chosen ones nearest above them.
#[derive(Default)]
struct Nearest {
    through: BTreeMap<UniqueId, Arc<[usize]>>,
}

impl Nearest {
    fn above(&self, parents: &[UniqueId], number: &BTreeMap<&UniqueId, usize>) -> BTreeSet<usize> {
        let mut above = BTreeSet::new();
        for parent in parents {
            match (number.get(parent), self.through.get(parent)) {
                (Some(&chosen), _) => {
                    above.insert(chosen);
                }
                (None, Some(through)) => above.extend(through.iter().copied()),
                (None, None) => {}
            }
        }
        above
    }
}

/// All nodes by number, with what refers to each.
struct Whole<'a> {
    ids: &'a [UniqueId],
    parents: Vec<BTreeSet<usize>>,
}

impl<'a> Whole<'a> {
    fn new(ancestry: &'a impl Ancestry) -> Self {
        let ids = ancestry.in_order();
        let number: BTreeMap<&UniqueId, usize> = ids.iter().enumerate().map(|(number, id)| (id, number)).collect();
        let above = |id| ancestry.parents(id).iter().filter_map(|parent| number.get(parent).copied()).collect();
        Self { ids, parents: ids.iter().map(above).collect() }
    }

    /// Returns the tests that each node waits for.
    fn gates(&self, tests: &BTreeSet<UniqueId>) -> BTreeMap<usize, Vec<usize>> {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.ids.len()];
        for (node, above) in self.parents.iter().enumerate() {
            if !tests.contains(&self.ids[node]) {
                for &parent in above {
                    children[parent].push(node);
                }
            }
        }
        let mut gates: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (test, above) in self.parents.iter().enumerate() {
            if tests.contains(&self.ids[test]) {
                for node in held_back(above, &children) {
                    gates.entry(node).or_default().push(test);
                }
            }
        }
        gates
    }
}

/// Returns the first nodes that are below every one of `parents`.
fn held_back(parents: &BTreeSet<usize>, children: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut parents = parents.iter();
    let Some(first) = parents.next() else { return BTreeSet::new() };
    if parents.len() == 0 {
        return children[*first].iter().copied().collect();
    }
    let below_all = parents.fold(below(*first, children), |common, parent| {
        let other = below(*parent, children);
        common.intersection(&other).copied().collect()
    });
    let inner: BTreeSet<usize> = below_all.iter().flat_map(|&node| children[node].iter().copied()).collect();
    below_all.difference(&inner).copied().collect()
}

fn below(node: usize, children: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![node];
    while let Some(at) = open.pop() {
        open.extend(children[at].iter().filter(|&&child| found.insert(child)));
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Ancestry, Gate, Plan};
    use crate::resource::UniqueId;

    struct Family {
        order: Vec<UniqueId>,
        parents: BTreeMap<UniqueId, Vec<UniqueId>>,
    }

    impl Ancestry for Family {
        fn in_order(&self) -> &[UniqueId] {
            &self.order
        }
        fn parents(&self, id: &UniqueId) -> &[UniqueId] {
            &self.parents[id]
        }
    }

    fn waits(family: &[(&str, &str)], chosen: &[&str], gate: Gate) -> Vec<String> {
        let id = UniqueId::from_text;
        let parents = |names: &str| names.split_whitespace().map(id).collect();
        let family = Family {
            order: family.iter().map(|(name, _)| id(name)).collect(),
            parents: family.iter().map(|(name, above)| (id(name), parents(above))).collect(),
        };
        let chosen: BTreeSet<UniqueId> = chosen.iter().copied().map(id).collect();
        let tests = chosen.iter().filter(|id| id.as_str().starts_with('t')).cloned().collect();
        let plan = Plan::new(&family, &chosen, &tests, gate);
        let mut lines = Vec::new();
        for (node, dependents) in plan.dependents.iter().enumerate() {
            for &dependent in dependents {
                lines.push(format!("{}<{}", plan.nodes[node], plan.nodes[dependent]));
            }
        }
        lines.sort();
        lines
    }

    const CHAIN: [(&str, &str); 6] = [("a", ""), ("b", "a"), ("c", "b"), ("ta", "a"), ("tb", "b"), ("tac", "a b")];

    #[test]
    fn nodes_wait_for_their_chosen_parents_across_others() {
        assert_eq!(waits(&CHAIN, &["a", "b", "c"], Gate::Open), ["a<b", "b<c"]);
        assert_eq!(waits(&CHAIN, &["a", "c"], Gate::Open), ["a<c"]);
        assert_eq!(waits(&CHAIN, &["ta", "tb"], Gate::Tests), ["ta<tb"]);
    }

    #[test]
    fn a_gate_holds_back_what_is_below_all_parents_of_a_test() {
        let all = ["a", "b", "c", "ta", "tb", "tac"];
        let open = ["a<b", "a<ta", "a<tac", "b<c", "b<tac", "b<tb"];
        assert_eq!(waits(&CHAIN, &all, Gate::Open), open);
        let gated = ["a<b", "a<ta", "a<tac", "b<c", "b<tac", "b<tb", "ta<b", "tac<c", "tb<c"];
        assert_eq!(waits(&CHAIN, &all, Gate::Tests), gated);
    }
}
