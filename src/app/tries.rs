//! The persistence policy: after each try at a game, what is tried next, and when to stop.
//!
//! Pure like the retry policy of requests. A *retry* sends the same request again because no answer
//! came; a *try* begins when an answer came and the game does not play.

use crate::inference::TokenUsage;
use crate::library::VersionId;

/// A page that breaks more rules than this is not worth a fix: asking anew costs the same.
const MAX_FIXABLE_FINDINGS: usize = 5;

/// Fixes in a row, each of which changed something, before the model is asked anew.
const MAX_FIXES: usize = 2;

/// Fixes of a model that must have failed, none having helped, before no more are paid for.
const HOPELESS_FIXES: u32 = 3;

/// What a try may use up together with those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TryBudget {
    /// At most this many tries, at least 1.
    pub tries: u32,
    /// US dollars. `None` without such a limit.
    pub usd: Option<f64>,
    /// Tokens of questions and answers. `None` without such a limit.
    pub tokens: Option<u64>,
}

/// The tries of an engine that costs nothing.
pub const FREE_TRIES: u32 = 6;
/// The tries of a paid engine before the user is asked.
pub const PAID_TRIES: u32 = 2;

impl TryBudget {
    /// One try, whatever it costs.
    pub const ONE: Self = Self { tries: 1, usd: None, tokens: None };
}

/// How a try asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryKind {
    /// The question itself.
    First,
    /// The question again, with other sampling.
    Anew,
    /// What was found is to be fixed.
    Fix,
    /// The game answers no input: what was tried and did nothing is told.
    WakeUp,
}

impl TryKind {
    /// For programs; stable.
    pub fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Anew => "anew",
            Self::Fix => "fix",
            Self::WakeUp => "wake-up",
        }
    }
}

/// How good the game of a try is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TryGrade {
    /// No page came: prose, a refusal, a reply that was cut off or repeats itself.
    NoGame,
    /// The page breaks a rule.
    Refused,
    /// An error came while it was played.
    Broken,
    /// It passed the checks, and nothing is known of how it plays.
    Checked,
    /// It runs, and answers no input.
    Loads,
    Responds,
}

impl TryGrade {
    /// For people, and for programs; stable.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoGame => "no game",
            Self::Refused => "refused",
            Self::Broken => "broken",
            Self::Checked => "checked",
            Self::Loads => "loads",
            Self::Responds => "responds",
        }
    }
}

/// A try that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct TryReport {
    pub kind: TryKind,
    pub grade: TryGrade,
    /// What tells its first error from others. `None` without an error.
    pub fault: Option<String>,
    /// Rules that the page breaks.
    pub findings: usize,
    /// Why there is no game, or what is wrong with it, in a few words.
    pub words: String,
    pub usage: Option<TokenUsage>,
    /// `None` if the price or the tokens are unknown.
    pub usd: Option<f64>,
    /// Its place in the library, if it has one.
    pub version: Option<VersionId>,
}

/// What follows a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// The game plays, or nobody can tell.
    Finish,
    /// Another try, of this kind.
    Try(TryKind),
    Stop(StopReason),
}

/// Why no other try follows, although the game does not play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The tries are used up.
    Tries,
    /// Another might cost more than the user said.
    Money,
    /// The tokens are used up.
    Tokens,
    /// The user has gone on to something else, and another try would cost.
    Left,
}

/// How fixes of a model went before, in this process and those of the library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FixRecord {
    pub helped: u32,
    pub failed: u32,
}

impl FixRecord {
    fn is_hopeless(self) -> bool {
        self.helped == 0 && self.failed >= HOPELESS_FIXES
    }
}

/// The tries of one job.
#[derive(Debug, Clone, PartialEq)]
pub struct TryLog {
    pub budget: TryBudget,
    ended: Vec<TryReport>,
}

impl TryLog {
    pub fn new(budget: TryBudget) -> Self {
        Self { budget, ended: Vec::new() }
    }

    /// The tries that have ended, the oldest first.
    pub fn ended(&self) -> &[TryReport] {
        &self.ended
    }

    /// The number of the current try, from 1.
    pub fn number(&self) -> u32 {
        u32::try_from(self.ended.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Tokens of all ended tries, as far as servers told them.
    pub fn tokens(&self) -> u64 {
        let usages = self.ended.iter().filter_map(|ended| ended.usage);
        usages.map(|usage| usage.prompt_tokens + usage.completion_tokens).sum()
    }

    /// US dollars of all ended tries. `None` if one of them is unknown.
    pub fn usd(&self) -> Option<f64> {
        self.ended.iter().map(|ended| ended.usd).sum()
    }

    /// The best grade so far. `None` before the first try has ended.
    pub fn best(&self) -> Option<TryGrade> {
        self.ended.iter().map(|ended| ended.grade).max()
    }

    /// Whether a try of this grade is better than all before it.
    pub fn is_better(&self, grade: TryGrade) -> bool {
        self.best().is_none_or(|best| grade > best)
    }

    /// The last try's game was played again: what was seen now counts. Records the first, if there
    /// is none, as of a version that was opened.
    pub fn regrade(&mut self, report: TryReport) {
        match self.ended.last_mut() {
            Some(last) => {
                (last.grade, last.fault, last.words) = (report.grade, report.fault, report.words);
            }
            None => self.ended.push(report),
        }
    }

    /// Records a try, and says what follows.
    pub fn conclude(&mut self, report: TryReport, fixes: FixRecord) -> NextStep {
        let step = self.step_after(&report, fixes);
        self.ended.push(report);
        match step {
            NextStep::Try(_) => self.exhausted().map_or(step, NextStep::Stop),
            NextStep::Finish | NextStep::Stop(_) => step,
        }
    }

    /// What is used up. `None` if another try may begin. Money is also looked at before each
    /// request, when its highest price is known.
    fn exhausted(&self) -> Option<StopReason> {
        let is_spent = |usd: f64| self.usd().is_some_and(|spent| spent >= usd);
        if self.number() > self.budget.tries {
            Some(StopReason::Tries)
        } else if self.budget.usd.is_some_and(is_spent) {
            Some(StopReason::Money)
        } else if self.budget.tokens.is_some_and(|most| self.tokens() >= most) {
            Some(StopReason::Tokens)
        } else {
            None
        }
    }

    fn step_after(&self, report: &TryReport, fixes: FixRecord) -> NextStep {
        let kind = match report.grade {
            TryGrade::Responds | TryGrade::Checked => return NextStep::Finish,
            TryGrade::NoGame => TryKind::Anew,
            TryGrade::Loads if report.kind == TryKind::WakeUp => TryKind::Anew,
            TryGrade::Loads => TryKind::WakeUp,
            TryGrade::Refused if report.findings > MAX_FIXABLE_FINDINGS => TryKind::Anew,
            TryGrade::Refused | TryGrade::Broken => self.fix_or_anew(report, fixes),
        };
        NextStep::Try(kind)
    }

    /// A fix is worth its price while each one changes something.
    fn fix_or_anew(&self, report: &TryReport, fixes: FixRecord) -> TryKind {
        let row = self.ended.iter().rev().take_while(|ended| ended.kind == TryKind::Fix).count();
        let row = row + usize::from(report.kind == TryKind::Fix);
        let changed = self.ended.last().is_none_or(|before| before.fault != report.fault);
        let goes_on = report.kind != TryKind::Fix || (changed && row < MAX_FIXES);
        if goes_on && !fixes.is_hopeless() { TryKind::Fix } else { TryKind::Anew }
    }
}

#[cfg(test)]
mod tests {
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
            version: None,
        }
    }

    /// Runs tries through the policy; each is of the kind that the policy asked for.
    fn steps(budget: TryBudget, fixes: FixRecord, outcomes: &[(TryGrade, &str)]) -> Vec<NextStep> {
        let mut log = TryLog::new(budget);
        let mut kind = TryKind::First;
        let mut steps = Vec::new();
        for (grade, fault) in outcomes {
            let step = log.conclude(report(kind, *grade, fault), fixes);
            steps.push(step);
            let NextStep::Try(next) = step else { break };
            kind = next;
        }
        steps
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
            assert_eq!(steps(FREE, FixRecord::default(), outcomes), expected, "{outcomes:?}");
        }
    }

    #[test]
    fn a_model_that_never_fixes_anything_is_asked_anew() {
        let hopeless = FixRecord { helped: 0, failed: HOPELESS_FIXES };
        let outcomes = [(TryGrade::Broken, "a"), (TryGrade::Responds, "")];
        let expected = [NextStep::Try(TryKind::Anew), NextStep::Finish];
        assert_eq!(steps(FREE, hopeless, &outcomes), expected);
        let mixed = FixRecord { helped: 1, failed: 9 };
        assert_eq!(steps(FREE, mixed, &outcomes)[0], NextStep::Try(TryKind::Fix));
    }

    #[test]
    fn a_page_beyond_repair_is_asked_for_anew() {
        let mut log = TryLog::new(FREE);
        let mut bad = report(TryKind::First, TryGrade::Refused, "r");
        bad.findings = MAX_FIXABLE_FINDINGS + 1;
        assert_eq!(log.conclude(bad, FixRecord::default()), NextStep::Try(TryKind::Anew));
    }

    #[test]
    fn each_budget_stops() {
        let outcomes = [(TryGrade::NoGame, ""); 9];
        let last = |budget| *steps(budget, FixRecord::default(), &outcomes).last().unwrap();
        let money = TryBudget { usd: Some(0.002), ..FREE };
        assert_eq!(last(money), NextStep::Stop(StopReason::Money));
        let tokens = TryBudget { tokens: Some(2_500), ..FREE };
        assert_eq!(last(tokens), NextStep::Stop(StopReason::Tokens));
        assert_eq!(last(TryBudget::ONE), NextStep::Stop(StopReason::Tries));
        assert_eq!(steps(TryBudget::ONE, FixRecord::default(), &outcomes).len(), 1);
    }

    #[test]
    fn the_best_is_known() {
        let mut log = TryLog::new(FREE);
        assert!(log.is_better(TryGrade::NoGame) && log.number() == 1);
        for grade in [TryGrade::Broken, TryGrade::Loads, TryGrade::Refused] {
            log.conclude(report(TryKind::Anew, grade, "x"), FixRecord::default());
        }
        assert_eq!((log.best(), log.number()), (Some(TryGrade::Loads), 4));
        assert!(log.is_better(TryGrade::Responds) && !log.is_better(TryGrade::Loads));
        assert_eq!((log.tokens(), log.usd()), (3_000, Some(0.003)));
        let mut unknown = report(TryKind::Anew, TryGrade::Loads, "");
        unknown.usd = None;
        log.conclude(unknown, FixRecord::default());
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
            let steps = steps(budget, FixRecord { helped: 0, failed }, &outcomes);
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
}
