//! The play-test: loads a game several times, in runs that differ only in the input.
//!
//! `assets/play/clock.js` controls time and randomness, so a run without input is reproducible, and
//! a difference in a run with input is the game's response.

mod animation;
mod input_driver;
mod inputs;
mod page_input;
mod phone;
mod probe;
mod restart;
mod start;
mod trace;

use std::time::{Duration, Instant};

pub(super) use self::animation::replay;
use self::start::GameStart;
use super::chromium::{BrowserTab, ConsoleEntry, ConsoleLog, TabError};
use super::motion::{Motion, Recording};
use super::plan::{InputListeners, PlayerInput, SLOT_MS};
use super::screenshot::Screenshot;
use super::verdict::{
    ConsoleLine, MAX_PROBLEMS, PlayChecks, PlayProblem, PlayProblemKind, PlayTestStage, Verdict,
};
use crate::game::Vetted;
use crate::untrusted::Untrusted;

/// The window size many games are made for; a larger one costs more per screenshot.
pub const WINDOW_SIZE: (u32, u32) = (800, 600);
/// The largest window, for pages that do not fit.
const MAX_WINDOW_SIZE: (u32, u32) = (1_280, 1_200);
/// Changed pixels that count as a response: a digit of a score exceeds this, while the edges of
/// animated styles differ by less from run to run.
const MIN_CHANGED_PIXELS: usize = 20;
/// How long the page's main thread may be blocked at once.
const MAX_BLOCK: Duration = Duration::from_secs(1);
/// Page time, in milliseconds, of the first screenshot, and of the start of a game.
const FIRST_VIEW_MS: f64 = 100.0;
const START_MS: f64 = 300.0;
/// Milliseconds without input, and after how many of them the game's pace is known.
const IDLE_MS: f64 = 3_000.0;
const PACE_KNOWN_MS: f64 = 600.0;
/// Slots of the baseline that are recorded at first.
const FIRST_SLOTS: usize = 5;
/// Ratio of work to time from which a game cannot keep pace in any browser: it gets fewer frames,
/// as there.
const MAX_PACE_RATIO: f64 = 1.5;
/// Most slow-down while there is no input: enough frames remain to show what grows without end.
const MAX_IDLE_SLOWDOWN: f64 = 3.0;
/// CPU time after which a game is not tested to the end. A game that keeps pace takes 3 to 8 seconds, and
/// twice that where other programs share the processor's caches.
const MAX_WORK: Duration = Duration::from_secs(20);

const CLOCK_JS: &str = include_str!("../../assets/play/clock.js");
const CONTROLS_JS: &str = include_str!("../../assets/play/controls.js");

/// The scripts that control a page's time and randomness and find its controls.
pub(super) fn page_scripts() -> String {
    format!("{}\n{CONTROLS_JS}", CLOCK_JS.replace("SEED", "20260101"))
}

/// One play-test and its results so far.
pub(super) struct PlayTestRun<'g, 'c> {
    game: &'g Vetted,
    tab: BrowserTab<'c>,
    began: Instant,
    checks: PlayChecks,
    size: (u32, u32),
    start: GameStart,
    /// The baseline without input: the views after the start and at the end of each slot.
    baseline: Vec<PageView>,
    /// Pixels by which two runs without input differ; none for nearly all games.
    noise: usize,
    listeners: InputListeners,
    answered: Vec<PlayerInput>,
    untried: Vec<PlayerInput>,
    tried: Vec<PlayerInput>,
    /// The problems of earlier runs.
    problems: Vec<PlayProblem>,
    shots: KeptShots,
    /// Whether the browser can be reused.
    is_browser_reusable: bool,
}

/// Tests what refuses nothing: restart and touch. A game that took long is not asked for more.
///
/// # Errors
/// If the tab fails; the checks passed so far remain.
pub(super) fn test_extras(
    run: &mut PlayTestRun<'_, '_>,
    on_stage: &mut impl FnMut(PlayTestStage),
) -> Result<(), TabError> {
    if run.is_work_exhausted() {
        return Ok(());
    }
    if run.has_answered() {
        run.test_restart()?;
        let has_faults = run.collect_problems() > 0;
        let is_slow = run.tab.work.longest_block > MAX_BLOCK;
        run.checks.lasts = run.checks.lasts.map(|lasts| lasts && !has_faults && !is_slow);
    }
    on_stage(PlayTestStage::Touching);
    run.test_touch();
    Ok(())
}

/// The screenshots that are shown to the user.
#[derive(Debug, Default)]
struct KeptShots {
    best: Option<Screenshot>,
    /// Whether screenshots are candidates for the best one: the game is running and not lost or
    /// paused by random input.
    keeps_best: bool,
    motion: Motion,
    recording: Recording,
}

/// What is visible of a page at one time.
#[derive(Debug, Clone, Default)]
pub(super) struct PageView {
    shot: Screenshot,
    /// Dialogs of the page since it was loaded.
    dialogs: u32,
}

impl PageView {
    fn changed_pixels(&self, other: &Self) -> usize {
        self.shot.changed_pixels(&other.shot)
    }

    fn shows_something(&self) -> bool {
        self.shot.pixels().shows_something()
    }
}

impl<'g, 'c> PlayTestRun<'g, 'c> {
    /// A play-test of this game in this tab. `began` is when the play-test was asked for.
    pub fn new(
        game: &'g Vetted,
        mut tab: BrowserTab<'c>,
        recording: Recording,
        began: Instant,
    ) -> Self {
        let ways = ["data:", "ObjectURL", "toDataURL", "FontFace"];
        if ways.iter().any(|way| game.original().contains(way)) {
            tab.wait_for_files();
        }
        Self {
            game,
            tab,
            began,
            checks: PlayChecks { complete: Some(true), ..PlayChecks::default() },
            size: WINDOW_SIZE,
            start: GameStart::default(),
            baseline: Vec::new(),
            noise: 0,
            listeners: InputListeners::default(),
            answered: Vec::new(),
            untried: Vec::new(),
            tried: Vec::new(),
            problems: Vec::new(),
            shots: KeptShots { recording, ..KeptShots::default() },
            is_browser_reusable: true,
        }
    }

    /// Runs all stages; `tell` is called at the start of each.
    ///
    /// # Errors
    /// If the tab fails; the checks passed so far remain.
    pub fn play(&mut self, on_stage: &mut impl FnMut(PlayTestStage)) -> Result<(), TabError> {
        on_stage(PlayTestStage::Loading);
        // A check stays failed from here until it is passed.
        self.checks.loads = Some(false);
        self.observe_idle()?;
        self.checks.loads = Some(self.collect_problems() == 0);
        self.checks.lasts = Some(false);
        self.record_baseline()?;
        let mut faults = self.collect_problems();
        on_stage(PlayTestStage::Trying);
        self.shots.keeps_best = true;
        faults += self.try_inputs()?;
        self.shots.keeps_best = self.shots.best.is_none();
        on_stage(PlayTestStage::Lasting);
        self.monkey_test()?;
        faults += self.collect_problems();
        self.checks.lasts = Some(faults == 0 && self.tab.work.longest_block <= MAX_BLOCK);
        self.shots.keeps_best = false;
        Ok(())
    }

    /// Observes the game for three seconds without input.
    fn observe_idle(&mut self) -> Result<(), TabError> {
        self.tab.load(self.game.html())?;
        self.tab.run_to(FIRST_VIEW_MS)?;
        let first = self.take_view()?;
        let worked = self.tab.measure_work()?;
        self.tab.run_to(PACE_KNOWN_MS)?;
        let worked = self.tab.measure_work()?.saturating_sub(worked);
        self.adjust_frame_rate(worked, PACE_KNOWN_MS - FIRST_VIEW_MS, MAX_IDLE_SLOWDOWN);
        self.tab.run_to(IDLE_MS)?;
        let last = self.take_view()?;
        self.checks.alive = Some(first.changed_pixels(&last) >= MIN_CHANGED_PIXELS);
        self.checks.visible = Some(first.shows_something() || last.shows_something());
        Ok(())
    }

    /// Sets frames further apart if the page worked much longer than there was time. Returns
    /// whether it did.
    fn adjust_frame_rate(&mut self, worked: Duration, time: f64, max: f64) -> bool {
        let times = worked.as_secs_f64() * 1_000.0 / time;
        times > MAX_PACE_RATIO && self.tab.slow_down((times / 0.7).min(max))
    }

    /// Records the baseline: starts a game and observes it, at a frame rate and window size that
    /// fit it.
    fn record_baseline(&mut self) -> Result<(), TabError> {
        self.enlarge_window()?;
        for _ in 0..4 {
            self.tab.load(self.game.html())?;
            self.tab.run_to(START_MS)?;
            let before = self.take_view()?;
            self.start = start::start_game(&mut self.tab, self.size)?;
            if self.enlarge_window()? {
                continue;
            }
            let worked = self.tab.measure_work()?;
            self.record_slots(&before)?;
            let worked = self.tab.measure_work()?.saturating_sub(worked);
            if !self.adjust_frame_rate(worked, SLOT_MS * f64_of(FIRST_SLOTS), f64::INFINITY) {
                break;
            }
        }
        Ok(())
    }

    fn record_slots(&mut self, before: &PageView) -> Result<(), TabError> {
        let after = self.take_view()?;
        let mut is_alive =
            self.checks.alive == Some(true) || before.changed_pixels(&after) >= MIN_CHANGED_PIXELS;
        let mut is_visible = self.checks.visible == Some(true) || after.shows_something();
        self.baseline = vec![after];
        for slot in 1..=FIRST_SLOTS {
            self.tab.run_to(self.start.time + SLOT_MS * f64_of(slot))?;
            let now = self.take_view()?;
            is_alive |= self
                .baseline
                .last()
                .is_some_and(|it| it.changed_pixels(&now) >= MIN_CHANGED_PIXELS);
            is_visible = is_visible || now.shows_something();
            self.baseline.push(now);
        }
        self.checks.alive = Some(is_alive);
        self.checks.visible = Some(is_visible);
        Ok(())
    }

    /// Enlarges the window if the page is larger. Returns whether it did.
    fn enlarge_window(&mut self) -> Result<bool, TabError> {
        let extent = self.tab.evaluate("__controls.extent()")?;
        let number = |name: &str| extent.get(name).and_then(serde_json::Value::as_u64);
        let fit = |wanted: Option<u64>, now: u32, max: u32| {
            u32::try_from(wanted.unwrap_or_default()).unwrap_or(max).clamp(now, max)
        };
        let size = (
            fit(number("width"), self.size.0, MAX_WINDOW_SIZE.0),
            fit(number("height"), self.size.1, MAX_WINDOW_SIZE.1),
        );
        // Only once: a page that is always larger than its window would make it grow for ever.
        if size == self.size || self.size != WINDOW_SIZE {
            return Ok(false);
        }
        self.size = size;
        self.tab.resize(size)?;
        Ok(true)
    }

    fn restart_run(&mut self) -> Result<(), TabError> {
        self.tab.load(self.game.html())?;
        self.tab.run_to(START_MS)?;
        start::repeat_start(&mut self.tab, &self.start)
    }

    /// Takes a screenshot, and keeps it if it is the best so far.
    fn take_view(&mut self) -> Result<PageView, TabError> {
        let shot = Screenshot::new(self.tab.screenshot(self.start.scrolled_by)?);
        let max = self.shots.best.as_ref().map_or(0, Screenshot::compressed_bytes);
        if self.shots.keeps_best
            && self.tab.events.faults.is_empty()
            && shot.compressed_bytes() > max
        {
            self.shots.best = Some(shot.clone());
        }
        Ok(PageView { shot, dialogs: self.tab.events.dialogs })
    }

    fn has_answered(&self) -> bool {
        self.checks.responds == Some(true)
    }

    /// Whether the game has used up its CPU time.
    fn is_work_exhausted(&self) -> bool {
        self.tab.recorded_work() > MAX_WORK
    }

    /// Collects the page's faults as problems and counts the new ones.
    fn collect_problems(&mut self) -> usize {
        let faults = std::mem::take(&mut self.tab.events.faults);
        let found = trace::count_problems(self.game, faults);
        let count = found.len();
        for problem in found {
            match self.problems.iter_mut().find(|known| known.is_same(&problem)) {
                Some(known) => known.times += problem.times,
                None => self.problems.push(problem),
            }
        }
        count
    }

    /// The verdict, with the error that ended the test early; and the tab, if the browser can be
    /// reused.
    pub fn into_verdict(mut self, end: Option<TabError>) -> (Verdict, Option<BrowserTab<'c>>) {
        self.collect_problems();
        if let Some(end) = end {
            let problem = self.problem_of(end);
            self.problems.insert(0, problem);
            self.checks.responds = self.checks.responds.filter(|responds| *responds);
        } else if self.tab.work.longest_block > MAX_BLOCK {
            let seconds = self.tab.work.longest_block.as_secs_f64();
            let message = format!("the page does not answer for {seconds:.1} seconds at once");
            self.problems.push(PlayProblem::new(PlayProblemKind::Slow, message));
        }
        if self.checks.visible == Some(false) {
            let message = "the page stays blank: nothing, or next to nothing, is drawn";
            self.problems.push(PlayProblem::new(PlayProblemKind::Blank, message));
        }
        self.problems.truncate(MAX_PROBLEMS);
        let requests = self.tab.events.requests.iter();
        let requests: Vec<_> = requests.map(|url| Untrusted::new(url.as_str())).collect();
        if !requests.is_empty() {
            self.checks.loads = Some(false);
        }
        let verdict = Verdict {
            checks: self.checks,
            inputs: self.answered,
            untried: self.untried,
            tried: self.tried,
            problems: self.problems,
            console: console_lines(&self.tab.events.console),
            requests,
            picture: self.shots.best.map(|shot| shot.png().into()),
            motion: self.shots.motion,
            stage_starts: Vec::new(),
            elapsed: self.began.elapsed(),
        };
        (verdict, (self.is_browser_reusable && end.is_none()).then_some(self.tab))
    }

    fn problem_of(&mut self, end: TabError) -> PlayProblem {
        let (kind, message) = match end {
            TabError::Frozen => (PlayProblemKind::Freeze, "the page hangs: a loop does not end"),
            // The heap limit ends the page's process, the memory limit all of the browser.
            TabError::Crashed | TabError::BrowserGone => (
                PlayProblemKind::Memory,
                "the page uses up its memory: something grows without end",
            ),
            TabError::EndlessReload => {
                (PlayProblemKind::Freeze, "the page reloads itself again and again")
            }
            TabError::TooManyDialogs => {
                (PlayProblemKind::Dialogs, "the page opens endless dialogs")
            }
        };
        let mut problem = PlayProblem::new(kind, message);
        if end == TabError::Frozen {
            self.tab.capture_stack();
            let frames = self.tab.events.paused_stack.take().unwrap_or_default();
            problem.stack = trace::source_frames(self.game, frames);
        }
        problem
    }
}

fn console_lines(console: &ConsoleLog) -> Vec<ConsoleLine> {
    let line = |entry: &ConsoleEntry| ConsoleLine {
        level: entry.level,
        text: Untrusted::new(entry.text.as_str()),
        times: entry.times,
    };
    console.entries().iter().map(line).collect()
}

fn f64_of(slot: usize) -> f64 {
    u32::try_from(slot).map_or(0.0, f64::from)
}
