//! Hands the nodes of a plan to worker threads as soon as what they wait for has ended.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::plan::Plan;

/// How a node's work ended, as far as the schedule cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What waits for it may run.
    Passed,
    /// What waits for it is skipped.
    Failed,
    /// Nothing new is begun: what was not begun is skipped.
    Stop,
}

/// What the schedule asks to be done; called from the worker threads.
pub trait Work: Sync {
    /// What a worker thread owns, such as its connection.
    type Worker;

    /// Makes what the worker of this number owns, on its thread.
    fn worker(&self, number: usize) -> Self::Worker;

    /// Does the work of a node; `index` counts from 1 in the order of starting.
    fn perform(&self, worker: &mut Self::Worker, node: usize, index: usize) -> Outcome;

    /// Notes a node that is not done, because of another one or because all was stopped.
    fn skip(&self, node: usize, cause: Option<usize>, index: usize);
}

/// Runs the whole plan on `threads` workers and returns when all nodes have ended or were skipped.
pub fn run_all(plan: &Plan, threads: usize, work: &impl Work) {
    let board = Board::new(plan);
    let workers = threads.clamp(1, plan.nodes.len().max(1));
    thread::scope(|scope| {
        for number in 0..workers {
            let board = &board;
            // The stack is large because templates may call macros many levels deep.
            let builder = thread::Builder::new().name(format!("Thread-{}", number + 1)).stack_size(16 << 20);
            let spawned = builder.spawn_scoped(scope, move || board.serve(number, work));
            if spawned.is_err() && number == 0 {
                board.serve(number, work);
            }
        }
    });
}

struct Board<'a> {
    plan: &'a Plan,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waits_for: Vec<usize>,
    cause: Vec<Option<usize>>,
    ready: BinaryHeap<Reverse<usize>>,
    open: usize,
    begun: usize,
    stopped: bool,
}

enum Next {
    Perform { node: usize, index: usize },
    Skip { node: usize, cause: Option<usize>, index: usize },
    End,
}

impl<'a> Board<'a> {
    fn new(plan: &'a Plan) -> Self {
        let ready = (0..plan.nodes.len()).filter(|&node| plan.waits_for[node] == 0).map(Reverse).collect();
        let state = State {
            waits_for: plan.waits_for.clone(),
            cause: vec![None; plan.nodes.len()],
            ready,
            open: plan.nodes.len(),
            begun: 0,
            stopped: false,
        };
        Self { plan, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve<W: Work>(&self, number: usize, work: &W) {
        let mut worker = None;
        loop {
            match self.next() {
                Next::Perform { node, index } => {
                    let worker = worker.get_or_insert_with(|| work.worker(number));
                    let outcome = work.perform(worker, node, index);
                    self.end(node, outcome);
                }
                Next::Skip { node, cause, index } => {
                    work.skip(node, cause, index);
                    self.end_skipped(node, cause);
                }
                Next::End => return,
            }
        }
    }

    fn next(&self) -> Next {
        let mut state = self.lock();
        loop {
            if let Some(Reverse(node)) = state.ready.pop() {
                state.begun += 1;
                let (index, cause) = (state.begun, state.cause[node]);
                return if cause.is_some() || state.stopped {
                    Next::Skip { node, cause, index }
                } else {
                    Next::Perform { node, index }
                };
            }
            if state.open == 0 {
                return Next::End;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self, node: usize, outcome: Outcome) {
        let mut state = self.lock();
        state.stopped |= outcome == Outcome::Stop;
        let cause = (outcome != Outcome::Passed).then_some(node);
        self.release(&mut state, node, cause);
    }

    fn end_skipped(&self, node: usize, cause: Option<usize>) {
        self.release(&mut self.lock(), node, cause);
    }

    fn release(&self, state: &mut State, node: usize, cause: Option<usize>) {
        state.open -= 1;
        for &dependent in &self.plan.dependents[node] {
            state.waits_for[dependent] -= 1;
            state.cause[dependent] = state.cause[dependent].or(cause);
            if state.waits_for[dependent] == 0 {
                state.ready.push(Reverse(dependent));
            }
        }
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::{Outcome, Work, run_all};
    use crate::resource::UniqueId;
    use crate::run::plan::Plan;

    struct Script {
        outcomes: Vec<Outcome>,
        ended: Mutex<Vec<String>>,
    }

    impl Work for Script {
        type Worker = ();
        fn worker(&self, _: usize) {}
        fn perform(&self, (): &mut (), node: usize, _: usize) -> Outcome {
            self.ended.lock().unwrap().push(format!("did {node}"));
            self.outcomes[node]
        }
        fn skip(&self, node: usize, cause: Option<usize>, _: usize) {
            self.ended.lock().unwrap().push(format!("skipped {node} because of {cause:?}"));
        }
    }

    fn ran(outcomes: &[Outcome], threads: usize) -> Vec<String> {
        // 0 before 1 before 2; 3 stands alone.
        let nodes = (0..4).map(|number| UniqueId::from_text(&number.to_string())).collect();
        let plan = Plan { nodes, dependents: vec![vec![1], vec![2], vec![], vec![]], waits_for: vec![0, 1, 1, 0] };
        let script = Script { outcomes: outcomes.to_vec(), ended: Mutex::default() };
        run_all(&plan, threads, &script);
        let mut ended = script.ended.into_inner().unwrap();
        ended.sort();
        ended
    }

    #[test]
    fn everything_runs_when_nothing_fails() {
        use Outcome::Passed;
        for threads in [1, 2, 8] {
            assert_eq!(ran(&[Passed; 4], threads), ["did 0", "did 1", "did 2", "did 3"]);
        }
    }

    #[test]
    fn what_waits_for_a_failure_is_skipped_and_names_it() {
        use Outcome::{Failed, Passed};
        let expected = ["did 0", "did 3", "skipped 1 because of Some(0)", "skipped 2 because of Some(0)"];
        assert_eq!(ran(&[Failed, Passed, Passed, Passed], 2), expected);
    }

    #[test]
    fn a_stop_skips_all_that_was_not_begun() {
        use Outcome::{Passed, Stop};
        let ended = ran(&[Stop, Passed, Passed, Passed], 1);
        assert_eq!(ended.iter().filter(|line| line.starts_with("skipped")).count(), 3);
    }
}
