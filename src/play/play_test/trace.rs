//! From places in the page that was served to places in the texts that people and models see.

use super::super::chromium::{Fault, FaultKind, StackFrame};
use super::super::verdict::{PlayProblem, PlayProblemKind, SourceFrame};
use crate::game::Vetted;
use crate::page::Lines;
use crate::untrusted::Untrusted;

/// What led to an error is seldom further up than this.
const MAX_FRAMES: usize = 5;

/// What went wrong, each once, with how often it did.
pub fn count_problems(game: &Vetted, faults: Vec<Fault>) -> Vec<PlayProblem> {
    let mut problems: Vec<PlayProblem> = Vec::new();
    for fault in faults {
        let problem = problem_from_fault(game, fault);
        match problems.iter_mut().find(|known| known.is_same(&problem)) {
            Some(known) => known.times += 1,
            None => problems.push(problem),
        }
    }
    problems
}

fn problem_from_fault(game: &Vetted, fault: Fault) -> PlayProblem {
    let kind = match fault.kind {
        FaultKind::Error => PlayProblemKind::Error,
        FaultKind::Rejection => PlayProblemKind::Rejection,
        FaultKind::Violation => PlayProblemKind::Violation,
    };
    let mut problem = PlayProblem::new(kind, fault.message);
    problem.stack = source_frames(game, fault.stack);
    problem
}

/// The places that are in the game itself, and not in what the hardening put before it.
pub fn source_frames(game: &Vetted, spots: Vec<StackFrame>) -> Vec<SourceFrame> {
    let lines = Lines::new(game.html());
    let traced = spots.into_iter().filter_map(|spot| {
        let at = lines.offset_utf16(spot.line, spot.column)?;
        let (repaired, original) = game.traced(at)?;
        Some(SourceFrame { function: Untrusted::new(spot.function), original, repaired })
    });
    traced.take(MAX_FRAMES).collect()
}
