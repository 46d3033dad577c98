//! The DAG of a project: what comes before and after what. petgraph does the walking and shows in no signature.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, BinaryHeap, HashMap, VecDeque};

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::resource::UniqueId;

/// How many nodes are visited at most while the shortest cycle is looked for; beyond, a short one does.
const CYCLE_VISITS: usize = 200_000;

/// Which resource depends on which. Edges run from parent to child; nothing changes once it is made.
#[derive(Debug, Default)]
pub struct Graph {
    graph: DiGraph<UniqueId, ()>,
    indices: HashMap<UniqueId, NodeIndex>,
}

impl Graph {
    /// Makes the graph of resources with what each depends on. A parent that is not itself given is a node without parents.
    ///
    /// ```
    /// use martlet::graph::Graph;
    /// use martlet::resource::UniqueId;
    ///
    /// let id = UniqueId::from_text;
    /// let graph = Graph::new([(id("b"), vec![id("a")]), (id("a"), vec![])]);
    /// assert_eq!(graph.order(), [id("a"), id("b")]);
    /// ```
    pub fn new(parents: impl IntoIterator<Item = (UniqueId, Vec<UniqueId>)>) -> Self {
        let mut graph = Self::default();
        for (child, parents) in parents {
            let child = graph.index_or_insert(child);
            for parent in parents {
                let parent = graph.index_or_insert(parent);
                graph.graph.update_edge(parent, child, ());
            }
        }
        graph
    }

    /// Returns whether a resource is in the graph.
    pub fn contains(&self, id: &UniqueId) -> bool {
        self.indices.contains_key(id)
    }

    /// Returns how many resources there are.
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.graph.node_count() == 0
    }

    /// Returns all resources, each after all that it depends on; among those that may come next, the least id comes first.
    ///
    /// What is on a cycle or after one has no such place; it comes last.
    pub fn order(&self) -> Vec<UniqueId> {
        let mut waiting: Vec<usize> = vec![0; self.graph.node_count()];
        let mut ready = BinaryHeap::new();
        for index in self.graph.node_indices() {
            waiting[index.index()] = self.graph.neighbors_directed(index, Direction::Incoming).count();
            if waiting[index.index()] == 0 {
                ready.push(Reverse((&self.graph[index], index)));
            }
        }
        let mut order = Vec::with_capacity(self.graph.node_count());
        while let Some(Reverse((id, index))) = ready.pop() {
            order.push(id.clone());
            for child in self.graph.neighbors_directed(index, Direction::Outgoing) {
                waiting[child.index()] -= 1;
                if waiting[child.index()] == 0 {
                    ready.push(Reverse((&self.graph[child], child)));
                }
            }
        }
        let left = self.graph.node_indices().filter(|index| waiting[index.index()] > 0);
        let left: BTreeSet<&UniqueId> = left.map(|index| &self.graph[index]).collect();
        order.extend(left.into_iter().cloned());
        order
    }

    /// Returns what a resource depends on directly, sorted.
    pub fn parents(&self, id: &UniqueId) -> BTreeSet<UniqueId> {
        self.reached([id], Direction::Incoming, Some(1))
    }

    /// Returns what depends on a resource directly, sorted.
    pub fn children(&self, id: &UniqueId) -> BTreeSet<UniqueId> {
        self.reached([id], Direction::Outgoing, Some(1))
    }

    /// Returns what some resources depend on, over at most `depth` edges. One of themselves is among it when another depends on it.
    pub fn ancestors<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a UniqueId>,
        depth: Option<usize>,
    ) -> BTreeSet<UniqueId> {
        self.reached(ids, Direction::Incoming, depth)
    }

    /// Returns what depends on some resources, over at most `depth` edges. One of themselves is among it when it depends on another.
    pub fn descendants<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a UniqueId>,
        depth: Option<usize>,
    ) -> BTreeSet<UniqueId> {
        self.reached(ids, Direction::Outgoing, depth)
    }

    /// Returns a cycle if there is any, the shortest one unless the knot is huge: each of it depends on the next, and the last on the first, which has the least id.
    pub fn cycle(&self) -> Option<Vec<UniqueId>> {
        let knots = kosaraju_scc(&self.graph);
        let mut shortest: Option<Vec<NodeIndex>> = None;
        for mut knot in knots {
            let is_cyclic = knot.len() > 1 || knot.iter().any(|&index| self.graph.contains_edge(index, index));
            if !is_cyclic {
                continue;
            }
            knot.sort_by_key(|index| &self.graph[*index]);
            for &start in knot.iter().take((CYCLE_VISITS / knot.len()).max(1)) {
                if let Some(cycle) = self.cycle_through(start)
                    && shortest.as_ref().is_none_or(|shortest| self.is_before(&cycle, shortest))
                {
                    shortest = Some(cycle);
                }
            }
        }
        shortest.map(|cycle| cycle.into_iter().map(|index| self.graph[index].clone()).collect())
    }

    fn index_or_insert(&mut self, id: UniqueId) -> NodeIndex {
        if let Some(&index) = self.indices.get(&id) {
            return index;
        }
        let index = self.graph.add_node(id.clone());
        self.indices.insert(id, index);
        index
    }

    /// Walks layer by layer. The resources it starts from count only when they are reached.
    fn reached<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a UniqueId>,
        direction: Direction,
        depth: Option<usize>,
    ) -> BTreeSet<UniqueId> {
        let mut layer: Vec<NodeIndex> = ids.into_iter().filter_map(|id| self.indices.get(id).copied()).collect();
        let mut is_reached = vec![false; self.graph.node_count()];
        let mut reached = BTreeSet::new();
        let mut left = depth.unwrap_or(usize::MAX);
        while left > 0 && !layer.is_empty() {
            let mut next = Vec::new();
            for index in layer {
                for neighbour in self.graph.neighbors_directed(index, direction) {
                    if !std::mem::replace(&mut is_reached[neighbour.index()], true) {
                        reached.insert(self.graph[neighbour].clone());
                        next.push(neighbour);
                    }
                }
            }
            layer = next;
            left -= 1;
        }
        reached
    }

    /// Returns a shortest way from a node over its parents back to itself.
    fn cycle_through(&self, start: NodeIndex) -> Option<Vec<NodeIndex>> {
        let mut came_from: HashMap<NodeIndex, NodeIndex> = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(index) = queue.pop_front() {
            let mut parents: Vec<NodeIndex> = self.graph.neighbors_directed(index, Direction::Incoming).collect();
            parents.sort_by_key(|parent| &self.graph[*parent]);
            for parent in parents {
                if parent == start {
                    let mut cycle = vec![index];
                    while let Some(&before) = cycle.last().and_then(|last| came_from.get(last)) {
                        cycle.push(before);
                    }
                    cycle.reverse();
                    return Some(cycle);
                }
                if let Entry::Vacant(entry) = came_from.entry(parent) {
                    entry.insert(index);
                    queue.push_back(parent);
                }
            }
        }
        None
    }

    fn is_before(&self, cycle: &[NodeIndex], other: &[NodeIndex]) -> bool {
        let key = |cycle: &[NodeIndex]| (cycle.len(), cycle.first().map(|index| &self.graph[*index]).cloned());
        key(cycle) < key(other)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::Graph;
    use crate::resource::UniqueId;

    fn id(name: &str) -> UniqueId {
        UniqueId::from_text(name)
    }

    /// Reads `b:a c:a,b` as "b depends on a, c on a and b".
    fn graph(text: &str) -> Graph {
        Graph::new(text.split_whitespace().map(|node| {
            let (name, parents) = node.split_once(':').unwrap_or((node, ""));
            (id(name), parents.split(',').filter(|parent| !parent.is_empty()).map(id).collect())
        }))
    }

    fn names(ids: impl IntoIterator<Item = UniqueId>) -> String {
        ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn order_puts_parents_first_and_breaks_ties_by_id() {
        assert_eq!(names(graph("d:b,c b:a c:a a z").order()), "a b c d z");
        assert_eq!(names(graph("a:z z").order()), "z a");
        assert_eq!(names(graph("").order()), "");
        assert_eq!(names(graph("x a:b b:a c:b").order()), "x a b c");
    }

    #[test]
    fn ancestors_and_descendants_obey_the_depth() {
        let graph = graph("b:a c:b d:c e:b");
        assert_eq!(names(graph.ancestors([&id("d")], None)), "a b c");
        assert_eq!(names(graph.ancestors([&id("d")], Some(2))), "b c");
        assert_eq!(names(graph.ancestors([&id("d")], Some(0))), "");
        assert_eq!(names(graph.descendants([&id("b")], None)), "c d e");
        assert_eq!(names(graph.descendants([&id("a"), &id("c")], Some(1))), "b d");
        assert_eq!(names(graph.descendants([&id("a"), &id("b")], None)), "b c d e");
        assert_eq!(names(graph.parents(&id("c"))), "b");
        assert_eq!(names(graph.children(&id("b"))), "c e");
        assert_eq!(names(graph.children(&id("unknown"))), "");
    }

    #[test]
    fn the_shortest_cycle_is_found() {
        let cycle = |text: &str| graph(text).cycle().map(names);
        assert_eq!(cycle("b:a c:b"), None);
        assert_eq!(cycle("a:a"), Some("a".to_owned()));
        assert_eq!(cycle("a:c b:a c:b"), Some("a c b".to_owned()));
        assert_eq!(cycle("a:d b:a c:b d:c,e e:d"), Some("d e".to_owned()));
        assert_eq!(cycle("x:a a:b b:a m:n n:m"), Some("a b".to_owned()));
    }

    #[test]
    fn order_respects_every_edge_of_random_graphs() {
        let mut state: u64 = 7;
        let mut random = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or(0) % below
        };
        for _ in 0..200 {
            let size = 1 + random(40);
            let parents: Vec<Vec<usize>> =
                (0..size).map(|node| (0..node).filter(|_| random(4) == 0).collect()).collect();
            // Names in an order that has nothing to do with the edges.
            let name = |node: usize| id(&format!("n{:03}", (node * 37) % 101));
            let edges =
                parents.iter().enumerate().map(|(node, list)| (name(node), list.iter().map(|p| name(*p)).collect()));
            let graph = Graph::new(edges);
            let order = graph.order();
            let place: HashMap<&UniqueId, usize> = order.iter().enumerate().map(|(place, id)| (id, place)).collect();
            assert_eq!(place.len(), size);
            for (node, list) in parents.iter().enumerate() {
                for parent in list {
                    assert!(place[&name(*parent)] < place[&name(node)]);
                    assert!(graph.ancestors([&name(node)], None).contains(&name(*parent)));
                }
            }
            assert_eq!(graph.cycle(), None);
        }
    }

    #[test]
    fn thirty_thousand_nodes_in_a_row_are_no_burden() {
        let name = |node: usize| id(&format!("n{node:05}"));
        let graph =
            Graph::new((0..30_000).map(|node| (name(node), if node > 0 { vec![name(node - 1)] } else { vec![] })));
        assert_eq!(graph.order().len(), 30_000);
        assert_eq!(graph.cycle(), None);
        assert_eq!(graph.ancestors([&name(29_999)], None).len(), 29_999);
        let all: BTreeSet<UniqueId> = (0..30_000).map(name).collect();
        assert_eq!(graph.descendants(&all, None).len(), 29_999);
        let ring = Graph::new((0..30_000).map(|node| (name(node), vec![name((node + 1) % 30_000)])));
        assert_eq!(ring.cycle().map(|cycle| cycle.len()), Some(30_000));
    }
}
