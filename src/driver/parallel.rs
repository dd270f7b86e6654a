//! Many slow things at once, for commands that wait for all of them.
//!
//! No runtime: these threads compute, and the process ends with them.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// Does the work for each item, on as many threads as there are processors, each with the stack
/// that checking a page needs. The answers are in the order of the items; a panic leaves none.
pub fn parallel_map<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<Option<R>> {
    let next = AtomicUsize::new(0);
    let (answers, results) = channel();
    let mut done: Vec<Option<R>> = items.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..processors().min(items.len()) {
            let (next, work, answers) = (&next, &work, answers.clone());
            let indices = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            let tasks = indices.map_while(|index| Some((index, items.get(index)?)));
            let thread = thread::Builder::new().stack_size(crate::game::STACK_BYTES);
            // Where no more threads can be had, those there are do the work.
            drop(thread.spawn_scoped(scope, move || {
                tasks.for_each(|task| run_task(task, work, &answers));
            }));
        }
        drop(answers);
        for (index, answer) in results {
            if let Some(slot) = done.get_mut(index) {
                *slot = answer;
            }
        }
    });
    done
}

fn run_task<T, R>(
    (index, item): (usize, &T),
    work: &impl Fn(&T) -> R,
    answers: &Sender<(usize, Option<R>)>,
) {
    let answer = catch_unwind(AssertUnwindSafe(|| work(item)));
    // The receiver lives as long as the threads do.
    drop(answers.send((index, answer.ok())));
}

/// How many tasks compute at once; 1 where it cannot be found out.
pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_keep_their_order_and_a_panic_costs_only_its_own() {
        let items: Vec<u32> = (0..100).collect();
        let halve = |item: &u32| if *item == 7 { panic!("seven") } else { item * 2 };
        let answers = parallel_map(&items, halve);
        let expected = (0..100).map(|item| (item != 7).then_some(item * 2));
        assert_eq!(answers, expected.collect::<Vec<_>>());
    }
}
