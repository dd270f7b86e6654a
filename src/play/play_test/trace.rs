//! Maps stack frames of the served page to the texts that users and models see.

use super::super::chromium::{Fault, FaultKind, StackFrame};
use super::super::verdict::{PlayProblem, PlayProblemKind, SourceFrame};
use crate::game::Vetted;
use crate::page::Lines;
use crate::untrusted::Untrusted;

/// Most frames kept of a stack.
const MAX_FRAMES: usize = 5;

/// Converts faults into problems, counting equal ones.
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

/// The frames that are in the game itself and not in the hardening.
pub fn source_frames(game: &Vetted, spots: Vec<StackFrame>) -> Vec<SourceFrame> {
    let lines = Lines::new(game.html());
    let traced = spots.into_iter().filter_map(|spot| {
        let at = lines.offset_utf16(spot.line, spot.column)?;
        let (repaired, original) = game.to_source_offsets(at)?;
        Some(SourceFrame { function: Untrusted::new(spot.function), original, repaired })
    });
    traced.take(MAX_FRAMES).collect()
}
