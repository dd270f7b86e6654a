//! The persistence policy: after each try at a game, what is tried next, and when to stop.
//!
//! Pure like the retry policy of requests. A *retry* sends the same request again because no answer
//! came; a *try* begins when an answer came and the game does not play.

use std::time::Duration;

use super::progress::graded;
use crate::inference::TokenUsage;
use crate::library::{RepairTally, VersionId};

/// A page that breaks more rules than this is not worth a fix: asking anew costs the same.
const MAX_FIXABLE_FINDINGS: usize = 5;

/// Fixes in a row, each of which changed something, before the model is asked anew.
const MAX_FIXES: usize = 2;

/// Repairs of a model that must have failed, none having helped, before no more are paid for.
const HOPELESS_REPAIRS: u32 = 3;

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
    /// The game answers no input: the model is told which inputs were tried.
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
    /// From its beginning to its end. `None` if it is out of the library.
    pub elapsed: Option<Duration>,
    /// Its place in the library, if it has one.
    pub version: Option<VersionId>,
}

impl TryReport {
    /// What it came to, in words. A page that was not played has no grade in front.
    pub fn describe(&self) -> String {
        match self.grade {
            TryGrade::Checked | TryGrade::NoGame => self.words.clone(),
            grade => graded(grade.name(), &self.words),
        }
    }
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

impl StopReason {
    /// For programs; stable.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tries => "tries",
            Self::Money => "money",
            Self::Tokens => "tokens",
            Self::Left => "left",
        }
    }

    /// For people, to follow “no further try: ”.
    pub fn describe(self, budget: TryBudget) -> String {
        match self {
            Self::Tries => format!("all {} are used", budget.tries),
            Self::Money => {
                let usd = budget.usd.map(|usd| format!(" of ${usd}")).unwrap_or_default();
                format!("the budget{usd} is used up")
            }
            Self::Tokens => {
                let tokens = budget.tokens.map(|most| format!(" of {most} tokens"));
                format!("the budget{} is used up", tokens.unwrap_or_default())
            }
            Self::Left => "you have gone on to something else".to_owned(),
        }
    }
}

/// How repairs of one kind went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RepairCount {
    pub helped: u32,
    pub failed: u32,
}

impl From<RepairTally> for RepairCount {
    fn from(tally: RepairTally) -> Self {
        let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self { helped: count(tally.helped), failed: count(tally.all.saturating_sub(tally.helped)) }
    }
}

impl RepairCount {
    /// Whether another is not worth its price.
    pub(super) fn is_hopeless(self) -> bool {
        self.helped == 0 && self.failed >= HOPELESS_REPAIRS
    }
}

impl std::ops::Add for RepairCount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            helped: self.helped.saturating_add(other.helped),
            failed: self.failed.saturating_add(other.failed),
        }
    }
}

impl std::ops::Add for RepairRecord {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { fixes: self.fixes + other.fixes, wake_ups: self.wake_ups + other.wake_ups }
    }
}

/// How repairs by a model went before, in this process and in the library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RepairRecord {
    pub fixes: RepairCount,
    pub wake_ups: RepairCount,
}

/// The tries of one job.
#[derive(Debug, Clone, PartialEq)]
pub struct TryLog {
    pub budget: TryBudget,
    ended: Vec<TryReport>,
}

impl TryLog {
    /// A log without tries.
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

    /// Tokens of all ended tries, as far as servers reported them.
    pub fn tokens(&self) -> u64 {
        let usages = self.ended.iter().filter_map(|ended| ended.usage);
        usages.map(TokenUsage::total).sum()
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
    pub fn conclude(&mut self, report: TryReport, repairs: RepairRecord) -> NextStep {
        let step = self.step_after(&report, repairs);
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
        } else if self.budget.tokens.is_some_and(|max| self.tokens() >= max) {
            Some(StopReason::Tokens)
        } else {
            None
        }
    }

    fn step_after(&self, report: &TryReport, repairs: RepairRecord) -> NextStep {
        let kind = match report.grade {
            TryGrade::Responds | TryGrade::Checked => return NextStep::Finish,
            TryGrade::NoGame => TryKind::Anew,
            TryGrade::Loads if report.kind == TryKind::WakeUp => TryKind::Anew,
            TryGrade::Loads if repairs.wake_ups.is_hopeless() => TryKind::Anew,
            TryGrade::Loads => TryKind::WakeUp,
            TryGrade::Refused if report.findings > MAX_FIXABLE_FINDINGS => TryKind::Anew,
            TryGrade::Refused | TryGrade::Broken => self.fix_or_ask_anew(report, repairs),
        };
        NextStep::Try(kind)
    }

    /// A fix is worth its price while each one changes something.
    fn fix_or_ask_anew(&self, report: &TryReport, repairs: RepairRecord) -> TryKind {
        let row = self.ended.iter().rev().take_while(|ended| ended.kind == TryKind::Fix).count();
        let row = row + usize::from(report.kind == TryKind::Fix);
        let changed = self.ended.last().is_none_or(|before| before.fault != report.fault);
        let may_continue = report.kind != TryKind::Fix || (changed && row < MAX_FIXES);
        if may_continue && !repairs.fixes.is_hopeless() { TryKind::Fix } else { TryKind::Anew }
    }
}

#[cfg(test)]
mod tests;
