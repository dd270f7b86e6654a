//! The policy, step by step.

use super::*;
use proptest::prelude::*;

fn report(kind: TryKind, grade: TryGrade, fault: &str) -> TryReport {
    TryReport {
        kind,
        grade,
        fault: (!fault.is_empty()).then(|| fault.to_owned()),
        findings: 1,
        words: String::new(),
        usage: Some(TokenUsage { prompt_tokens: 100, completion_tokens: 900 }),
        usd: Some(0.001),
        elapsed: None,
        version: None,
    }
}

/// Runs tries through the policy; each is of the kind that the policy asked for.
fn steps(budget: TryBudget, repairs: RepairRecord, outcomes: &[(TryGrade, &str)]) -> Vec<NextStep> {
    let mut log = TryLog::new(budget);
    let mut kind = TryKind::First;
    let mut steps = Vec::new();
    for (grade, fault) in outcomes {
        let step = log.conclude(report(kind, *grade, fault), repairs);
        steps.push(step);
        let NextStep::Try(next) = step else { break };
        kind = next;
    }
    steps
}

fn fixes(helped: u32, failed: u32) -> RepairRecord {
    RepairRecord { fixes: RepairCount { helped, failed }, ..RepairRecord::default() }
}

const FREE: TryBudget = TryBudget { tries: FREE_TRIES, usd: None, tokens: None };

#[test]
fn what_was_seen_decides_what_is_tried_next() {
    use NextStep::{Finish, Stop, Try};
    use TryGrade::{Broken, Checked, Loads, NoGame, Refused, Responds};
    use TryKind::{Anew, Fix, WakeUp};
    type Row<'r> = (&'r [(TryGrade, &'r str)], &'r [NextStep]);
    let table: [Row; 8] = [
        (&[(Responds, "")], &[Finish]),
        (&[(Checked, "")], &[Finish]),
        (&[(NoGame, ""), (Responds, "")], &[Try(Anew), Finish]),
        (&[(Loads, ""), (Loads, ""), (Responds, "")], &[Try(WakeUp), Try(Anew), Finish]),
        // The same error again: no second fix.
        (&[(Broken, "a"), (Broken, "a"), (Responds, "")], &[Try(Fix), Try(Anew), Finish]),
        // Another error: one more, and no third.
        (
            &[(Broken, "a"), (Broken, "b"), (Broken, "c"), (Responds, "")],
            &[Try(Fix), Try(Fix), Try(Anew), Finish],
        ),
        (&[(Refused, "r"), (NoGame, ""), (Responds, "")], &[Try(Fix), Try(Anew), Finish]),
        (
            &[(NoGame, ""); 6],
            &[Try(Anew), Try(Anew), Try(Anew), Try(Anew), Try(Anew), Stop(StopReason::Tries)],
        ),
    ];
    for (outcomes, expected) in table {
        assert_eq!(steps(FREE, RepairRecord::default(), outcomes), expected, "{outcomes:?}");
    }
}

#[test]
fn a_model_that_never_fixes_anything_is_asked_anew() {
    let hopeless = fixes(0, HOPELESS_REPAIRS);
    let outcomes = [(TryGrade::Broken, "a"), (TryGrade::Responds, "")];
    let expected = [NextStep::Try(TryKind::Anew), NextStep::Finish];
    assert_eq!(steps(FREE, hopeless, &outcomes), expected);
    let mixed = fixes(1, 9);
    assert_eq!(steps(FREE, mixed, &outcomes)[0], NextStep::Try(TryKind::Fix));
}

#[test]
fn a_model_that_never_wakes_a_game_up_is_asked_anew() {
    let failed = RepairCount { helped: 0, failed: HOPELESS_REPAIRS };
    let hopeless = RepairRecord { wake_ups: failed, ..RepairRecord::default() };
    let outcomes = [(TryGrade::Loads, ""), (TryGrade::Responds, "")];
    let expected = [NextStep::Try(TryKind::Anew), NextStep::Finish];
    assert_eq!(steps(FREE, hopeless, &outcomes), expected);
}

#[test]
fn a_page_beyond_repair_is_asked_for_anew() {
    let mut log = TryLog::new(FREE);
    let mut bad = report(TryKind::First, TryGrade::Refused, "r");
    bad.findings = MAX_FIXABLE_FINDINGS + 1;
    assert_eq!(log.conclude(bad, RepairRecord::default()), NextStep::Try(TryKind::Anew));
}

#[test]
fn each_budget_stops() {
    let outcomes = [(TryGrade::NoGame, ""); 9];
    let last = |budget| *steps(budget, RepairRecord::default(), &outcomes).last().unwrap();
    let money = TryBudget { usd: Some(0.002), ..FREE };
    assert_eq!(last(money), NextStep::Stop(StopReason::Money));
    let tokens = TryBudget { tokens: Some(2_500), ..FREE };
    assert_eq!(last(tokens), NextStep::Stop(StopReason::Tokens));
    assert_eq!(last(TryBudget::ONE), NextStep::Stop(StopReason::Tries));
    assert_eq!(steps(TryBudget::ONE, RepairRecord::default(), &outcomes).len(), 1);
}

#[test]
fn the_best_is_known() {
    let mut log = TryLog::new(FREE);
    assert!(log.is_better(TryGrade::NoGame) && log.number() == 1);
    for grade in [TryGrade::Broken, TryGrade::Loads, TryGrade::Refused] {
        log.conclude(report(TryKind::Anew, grade, "x"), RepairRecord::default());
    }
    assert_eq!((log.best(), log.number()), (Some(TryGrade::Loads), 4));
    assert!(log.is_better(TryGrade::Responds) && !log.is_better(TryGrade::Loads));
    assert_eq!((log.tokens(), log.usd()), (3_000, Some(0.003)));
    let mut unknown = report(TryKind::Anew, TryGrade::Loads, "");
    unknown.usd = None;
    log.conclude(unknown, RepairRecord::default());
    assert_eq!(log.usd(), None, "a sum with something unknown in it is no sum");
}

fn grades() -> impl Strategy<Value = (TryGrade, &'static str)> {
    let grade = prop::sample::select(vec![
        TryGrade::NoGame,
        TryGrade::Refused,
        TryGrade::Broken,
        TryGrade::Checked,
        TryGrade::Loads,
        TryGrade::Responds,
    ]);
    (grade, prop::sample::select(vec!["", "a", "b"]))
}

proptest! {
    #[test]
    fn every_run_ends_within_its_budget(
        outcomes in prop::collection::vec(grades(), 20),
        tries in 1_u32..8,
        failed in 0_u32..5,
    ) {
        let budget = TryBudget { tries, usd: None, tokens: None };
        let steps = steps(budget, fixes(0, failed), &outcomes);
        prop_assert!(steps.len() <= tries as usize);
        let is_end = !matches!(steps.last(), Some(NextStep::Try(_)));
        prop_assert!(is_end);
        // Fixes never come three in a row.
        let fixes = steps.windows(3).filter(|three| {
            three.iter().all(|step| *step == NextStep::Try(TryKind::Fix))
        });
        prop_assert_eq!(fixes.count(), 0);
    }
}
