//! From places in the page that was served to places in the texts that people and models see.

use super::super::chromium::{Fault, FaultKind, Spot};
use super::super::verdict::{Problem, ProblemKind, TraceLine};
use crate::game::Vetted;
use crate::page::Lines;
use crate::untrusted::Untrusted;

/// What led to an error is seldom further up than this.
const DEEPEST: usize = 5;

/// What went wrong, each once, with how often it did.
pub fn problems(game: &Vetted, faults: Vec<Fault>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for fault in faults {
        let problem = problem(game, fault);
        match problems.iter_mut().find(|known| known.is_same(&problem)) {
            Some(known) => known.times += 1,
            None => problems.push(problem),
        }
    }
    problems
}

fn problem(game: &Vetted, fault: Fault) -> Problem {
    let kind = match fault.kind {
        FaultKind::Error => ProblemKind::Error,
        FaultKind::Rejection => ProblemKind::Rejection,
        FaultKind::Violation => ProblemKind::Violation,
    };
    let mut problem = Problem::new(kind, fault.message);
    problem.stack = stack(game, fault.stack);
    problem
}

/// The places that are in the game itself, and not in what the hardening put before it.
pub fn stack(game: &Vetted, spots: Vec<Spot>) -> Vec<TraceLine> {
    let lines = Lines::new(game.html());
    let traced = spots.into_iter().filter_map(|spot| {
        let at = lines.offset_utf16(spot.line, spot.column)?;
        let (repaired, original) = game.traced(at)?;
        Some(TraceLine { function: Untrusted::new(spot.function), original, repaired })
    });
    traced.take(DEEPEST).collect()
}
