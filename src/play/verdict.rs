//! The result of a play-test, as plain data.

use std::time::Duration;

use super::browser_search::FindBrowserError;
use super::motion::Motion;
use super::plan::PlayerInput;
use crate::page::LineIndex;
use crate::untrusted::Untrusted;

/// `None` if the play-test ended before this check.
pub type CheckOutcome = Option<bool>;

/// The checks of a play-test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlayChecks {
    /// It is a complete document.
    pub complete: CheckOutcome,
    /// Three seconds pass without an error, a policy violation or a request.
    pub loads: CheckOutcome,
    /// Something is visible.
    pub visible: CheckOutcome,
    /// The picture changes by itself, on the start, or on input.
    pub alive: CheckOutcome,
    /// A run with input differs from the baseline.
    pub responds: CheckOutcome,
    /// Ten seconds of random input cause no new error, and the page never blocks for more than a
    /// second.
    pub lasts: CheckOutcome,
    /// After losing, or on request, it restarts and looks as at first. Informative only.
    pub restarts: CheckOutcome,
    /// It fits a phone's window and responds to touch. Informative only.
    pub touch: CheckOutcome,
}

impl PlayChecks {
    /// Whether failing the check affects the grade.
    pub fn is_required(&self, name: &str) -> bool {
        !["restarts", "touch"].contains(&name)
    }

    /// All checks with their names, in order.
    pub fn all(self) -> [(&'static str, CheckOutcome); 8] {
        [
            ("complete", self.complete),
            ("loads", self.loads),
            ("visible", self.visible),
            ("alive", self.alive),
            ("responds", self.responds),
            ("lasts", self.lasts),
            ("restarts", self.restarts),
            ("touch", self.touch),
        ]
    }
}

/// The verdict in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    Broken,
    /// It runs without a seen response. Half of all games stand still until the right input.
    Loads,
    Responds,
}

impl Grade {
    /// Its name in JSON and in text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Loads => "loads",
            Self::Responds => "responds",
        }
    }
}

/// The stage of a running play-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayTestStage {
    Starting,
    Loading,
    Trying,
    Lasting,
    Touching,
}

impl PlayTestStage {
    /// What the play-test does in this stage, for the user.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Starting => "starting the browser",
            Self::Loading => "starting the game",
            Self::Trying => "trying keys and mouse",
            Self::Lasting => "playing at random for 10 s",
            Self::Touching => "playing on a phone",
        }
    }
}

/// The kind of a problem; its code is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayProblemKind {
    Error,
    Rejection,
    Violation,
    Request,
    Freeze,
    Slow,
    Memory,
    Crash,
    Dialogs,
    Blank,
}

impl PlayProblemKind {
    /// Its name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Rejection => "rejection",
            Self::Violation => "violation",
            Self::Request => "request",
            Self::Freeze => "freeze",
            Self::Slow => "slow",
            Self::Memory => "memory",
            Self::Crash => "crash",
            Self::Dialogs => "dialogs",
            Self::Blank => "blank",
        }
    }
}

/// One problem, however often it occurred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayProblem {
    pub kind: PlayProblemKind,
    pub message: Untrusted,
    /// Innermost frame first; at most five.
    pub stack: Vec<SourceFrame>,
    pub times: usize,
}

/// A stack frame as byte offsets into two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFrame {
    pub function: Untrusted,
    /// In the extracted page, which the user sees.
    pub original: usize,
    /// In the repaired page, which a model sees.
    pub repaired: usize,
}

impl PlayProblem {
    /// A problem without a stack, seen once.
    pub fn new(kind: PlayProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: Untrusted::new(message), stack: Vec::new(), times: 1 }
    }

    /// Whether it is the same mistake, also after lines above it moved.
    pub fn is_same(&self, other: &Self) -> bool {
        let first = |problem: &Self| problem.stack.first().map(|line| line.function.clone());
        self.kind == other.kind
            && self.message == other.message
            && (first(self) == first(other) || self.kind != PlayProblemKind::Error)
    }

    fn to_json(&self, lines: &LineIndex<'_>) -> serde_json::Value {
        let frame = |at: &SourceFrame| {
            let at_line = lines.position(at.original);
            serde_json::json!({
                "function": at.function.headline(80),
                "line": at_line.line,
                "column": at_line.column,
                "excerpt": Untrusted::new(lines.text(at_line.line)).headline(200),
            })
        };
        let stack: Vec<_> = self.stack.iter().map(frame).collect();
        let first = |name: &str| stack.first().and_then(|at| at.get(name)).cloned();
        serde_json::json!({
            "kind": self.kind.code(),
            "message": self.message.headline(500),
            "line": first("line"),
            "column": first("column"),
            "times": self.times,
            "stack": stack,
        })
    }

    /// Describes it, safe to display: `ReferenceError: hp is not defined (line 12, in hit)`.
    pub fn describe(&self, original: &LineIndex<'_>) -> String {
        let message = self.message.headline(160);
        let times = if self.times > 1 { format!(", {} times", self.times) } else { String::new() };
        let Some(at) = self.stack.first() else { return format!("{message}{times}") };
        let line = original.position(at.original).line;
        let function = at.function.headline(40);
        let within = if function.is_empty() { String::new() } else { format!(", in {function}") };
        format!("{message} (line {line}{within}{times})")
    }
}

/// A line of the game's console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// `log`, `info`, `warning`, `error` or `debug`.
    pub level: &'static str,
    pub text: Untrusted,
    pub times: usize,
}

impl ConsoleLine {
    /// Describes it, safe to display: `warning: no sound (3 times)`.
    pub fn describe(&self) -> String {
        let times = if self.times > 1 { format!(" ({} times)", self.times) } else { String::new() };
        format!("{}: {}{times}", self.level, self.text.headline(160))
    }

    fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "level": self.level, "text": self.text.headline(300), "times": self.times,
        })
    }
}

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlayTestError {
    #[error(transparent)]
    BrowserNotFound(#[from] FindBrowserError),
    #[error("the browser did not start: {0}")]
    BrowserLaunch(String),
    #[error("the browser exited during the play-test")]
    BrowserLost,
    #[error("the play-test was stopped")]
    Stopped,
}

impl PlayTestError {
    /// Advice, as one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::BrowserNotFound(why) => why.advice(),
            Self::BrowserLaunch(_) => {
                "Set CODEAGENT_BROWSER to another browser, or skip play-tests with --no-play-test."
            }
            Self::BrowserLost => {
                "Try again; if it keeps failing, set CODEAGENT_BROWSER to another browser."
            }
            Self::Stopped => "Run it again to get a verdict.",
        }
    }
}

/// The result of a play-test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub checks: PlayChecks,
    /// The inputs the game responded to.
    pub inputs: Vec<PlayerInput>,
    /// The inputs not tried because these were enough.
    pub untried: Vec<PlayerInput>,
    /// The inputs that were tried, in order.
    pub tried: Vec<PlayerInput>,
    /// Each once, in order of occurrence.
    pub problems: Vec<PlayProblem>,
    /// Its console output, each line once.
    pub console: Vec<ConsoleLine>,
    /// URLs it tried to load, without success.
    pub requests: Vec<Untrusted>,
    /// The screenshot with the most details, as PNG.
    pub picture: Option<std::sync::Arc<[u8]>>,
    pub motion: Motion,
    pub elapsed: Duration,
    /// When each stage started.
    pub stage_starts: Vec<(PlayTestStage, Duration)>,
}

/// Most problems kept.
pub const MAX_PROBLEMS: usize = 20;

impl Verdict {
    /// The grade that follows from the checks.
    pub fn grade(&self) -> Grade {
        let PlayChecks { complete, loads, visible, lasts, .. } = self.checks;
        let is_broken = [complete, loads, visible, lasts].contains(&Some(false));
        match (is_broken, self.checks.responds) {
            (true, _) => Grade::Broken,
            (false, Some(true)) => Grade::Responds,
            (false, _) => Grade::Loads,
        }
    }

    /// One line, safe to display: `responds to ← → Space`.
    pub fn headline(&self, original: &str) -> String {
        match self.grade() {
            Grade::Responds => {
                let names: Vec<_> = self.inputs.iter().map(|input| input.name()).collect();
                let others = if self.untried.is_empty() { "" } else { "; no more were needed" };
                format!("responds to {}{others}", names.join(" "))
            }
            Grade::Loads if self.checks.responds.is_none() => {
                "loads, but too slow to play to the end".to_owned()
            }
            Grade::Loads => "loads, no response seen".to_owned(),
            Grade::Broken => {
                let first =
                    self.problems.first().map(|first| first.describe(&LineIndex::new(original)));
                format!("broken: {}", first.unwrap_or_else(|| "it is not playable".to_owned()))
            }
        }
    }

    /// The object printed by `play --test --json`, without what only the command knows.
    pub fn to_json(&self, original: &str) -> serde_json::Value {
        let lines = LineIndex::new(original);
        let levels = self.checks.all().map(|(name, level)| (name.to_owned(), level.into()));
        let levels: serde_json::Map<String, serde_json::Value> = levels.into_iter().collect();
        serde_json::json!({
            "verdict": self.grade().name(),
            "levels": levels,
            "inputs": self.inputs.iter().map(|input| input.code()).collect::<Vec<_>>(),
            "untried": self.untried.iter().map(|input| input.code()).collect::<Vec<_>>(),
            "errors": self.problems.iter().map(|it| it.to_json(&lines)).collect::<Vec<_>>(),
            "console": self.console.iter().map(ConsoleLine::to_json).collect::<Vec<_>>(),
            "requests": self.requests.iter().map(|url| url.headline(300)).collect::<Vec<_>>(),
            "elapsed_ms": millis(self.elapsed),
            "parts": self.stage_starts.iter().map(stage_json).collect::<Vec<_>>(),
        })
    }

    /// Whether a problem of this verdict was one of the earlier one: the fix did not help.
    pub fn has_same_problem(&self, before: &Self) -> bool {
        let known = |problem: &PlayProblem| before.problems.iter().any(|old| old.is_same(problem));
        self.grade() == Grade::Broken && self.problems.first().is_some_and(known)
    }
}

fn stage_json((stage, began): &(PlayTestStage, Duration)) -> serde_json::Value {
    serde_json::json!({"part": stage.describe(), "began_ms": millis(*began)})
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(levels: PlayChecks) -> Verdict {
        Verdict {
            checks: levels,
            inputs: vec![PlayerInput::from_code("ArrowLeft").unwrap(), PlayerInput::Mouse],
            untried: Vec::new(),
            tried: Vec::new(),
            problems: Vec::new(),
            console: Vec::new(),
            requests: Vec::new(),
            picture: None,
            motion: Motion::default(),
            elapsed: Duration::ZERO,
            stage_starts: Vec::new(),
        }
    }

    #[test]
    fn one_level_missed_is_broken_but_no_response_is_not() {
        let good = PlayChecks {
            complete: Some(true),
            loads: Some(true),
            visible: Some(true),
            alive: Some(true),
            responds: Some(true),
            lasts: Some(true),
            restarts: Some(false),
            touch: Some(false),
        };
        assert_eq!(verdict(good).grade(), Grade::Responds);
        assert_eq!(verdict(good).headline(""), "responds to ← mouse");
        let still = PlayChecks { responds: Some(false), alive: Some(false), ..good };
        assert_eq!(verdict(still).headline(""), "loads, no response seen");
        for broken in [
            PlayChecks { loads: Some(false), ..good },
            PlayChecks { visible: Some(false), ..good },
            PlayChecks { lasts: Some(false), ..good },
        ] {
            assert_eq!(verdict(broken).grade(), Grade::Broken);
        }
    }

    #[test]
    fn the_first_problem_is_told_with_its_line() {
        let levels = PlayChecks { loads: Some(false), ..PlayChecks::default() };
        let mut problem = PlayProblem::new(PlayProblemKind::Error, "TypeError: \u{1b}[2J");
        let function = Untrusted::new("hit");
        problem.stack.push(SourceFrame { function, original: 3, repaired: 3 });
        let verdict = Verdict { problems: vec![problem], ..verdict(levels) };
        assert_eq!(verdict.headline("a\nb\nc"), "broken: TypeError: ␛[2J (line 2, in hit)");
    }
}
