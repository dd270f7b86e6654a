//! The play-test: loads a game a few times, the same each time but for what the player does.
//!
//! Time and chance come from `assets/play/clock.js`, so a run without input is
//! the same again, and what differs in a run with input is the game's answer.

mod closer;
mod hands;
mod inputs;
mod phone;
mod restart;
mod start;
mod trace;

use std::time::{Duration, Instant};

use self::start::Start;
use super::chromium::{Console, End, Said, Tab};
use super::picture::Screenshot;
use super::plan::{Input, Listens, SLOT};
use super::verdict::{ConsoleLine, Levels, MOST_PROBLEMS, Problem, ProblemKind, Stage, Verdict};
use crate::game::Vetted;
use crate::untrusted::Untrusted;

/// A window as many games are made for; a larger one costs more to look at.
pub const SIZE: (u32, u32) = (800, 600);
/// The largest window, for a page that does not fit into that one.
const LARGEST: (u32, u32) = (1_280, 1_200);
/// As much of a picture has to change to be an answer: a digit of a score does, while the edges of
/// what styles move differ by less from run to run.
const LEAST_CHANGE: usize = 20;
/// How long the page's main thread may work at one thing.
const LONGEST: Duration = Duration::from_secs(1);
/// The page's time, in milliseconds, when it is first looked at, and when a game is started.
const FIRST_LOOK: f64 = 100.0;
const STARTS_AT: f64 = 300.0;
/// How long nobody plays, in milliseconds, and after how much of it the game's pace is known.
const LEFT_ALONE: f64 = 3_000.0;
const PACED_BY: f64 = 600.0;
/// How many slots the run without input is watched for at first.
const FIRST_SLOTS: usize = 5;
/// A game that works so much longer than its time lasts cannot keep pace in any browser: it gets
/// fewer frames, as there.
const KEEPS_PACE: f64 = 1.5;
/// While nobody plays it still gets enough of them to show what grows without end.
const FEW_TIMES: f64 = 3.0;
/// A game that made its processor work for so long is not played to the end.
const MOST_WORK: Duration = Duration::from_secs(20);
/// One that made it work for so long is played by the mouse and the keys alone.
const MUCH_WORK: Duration = Duration::from_secs(10);

const CLOCK: &str = include_str!("../../assets/play/clock.js");
const CONTROLS: &str = include_str!("../../assets/play/controls.js");

/// The scripts that give a page its time and its chance, and find what can be clicked in it.
pub(super) fn clock() -> String {
    format!("{}\n{CONTROLS}", CLOCK.replace("SEED", "20260101"))
}

/// One play-test and what is known so far.
pub(super) struct Trial<'g, 'c> {
    game: &'g Vetted,
    tab: Tab<'c>,
    began: Instant,
    levels: Levels,
    size: (u32, u32),
    start: Start,
    /// The run without input: after the start, and at the end of each slot.
    still: Vec<Look>,
    /// How much two runs without input differ, in pixels: nothing, for nearly all games.
    noise: usize,
    listens: Listens,
    answered: Vec<Input>,
    untried: Vec<Input>,
    /// Everything that went wrong in the runs before this one.
    problems: Vec<Problem>,
    liveliest: Option<Screenshot>,
    /// Whether a game is being played that nobody has lost or paused by mere chance yet.
    is_lively: bool,
    /// Whether the browser can play another game after this one.
    is_sound: bool,
}

/// What somebody sees of a page at one time.
#[derive(Debug, Clone, Default)]
pub(super) struct Look {
    shot: Screenshot,
    /// Questions and messages of the page since it was loaded.
    dialogs: u32,
}

impl Look {
    fn changes(&self, other: &Self) -> usize {
        self.shot.changes(&other.shot)
    }

    fn shows_something(&self) -> bool {
        self.shot.picture().shows_something()
    }
}

impl<'g, 'c> Trial<'g, 'c> {
    pub fn new(game: &'g Vetted, mut tab: Tab<'c>, began: Instant) -> Self {
        let ways = ["data:", "ObjectURL", "toDataURL", "FontFace"];
        if ways.iter().any(|way| game.original().contains(way)) {
            tab.wait_for_files();
        }
        Self {
            game,
            tab,
            began,
            levels: Levels { complete: Some(true), ..Levels::default() },
            size: SIZE,
            start: Start::default(),
            still: Vec::new(),
            noise: 0,
            listens: Listens::default(),
            answered: Vec::new(),
            untried: Vec::new(),
            problems: Vec::new(),
            liveliest: None,
            is_lively: false,
            is_sound: true,
        }
    }

    pub fn play(&mut self, tell: &mut impl FnMut(Stage)) -> Result<(), End> {
        tell(Stage::Loading);
        // What goes wrong from here on is known to be missed until it is known to be reached.
        self.levels.loads = Some(false);
        self.leave_alone()?;
        self.levels.loads = Some(self.collect() == 0);
        self.levels.lasts = Some(false);
        self.watch()?;
        let mut faults = self.collect();
        tell(Stage::Trying);
        self.is_lively = true;
        faults += self.try_inputs()?;
        self.is_lively = self.liveliest.is_none();
        tell(Stage::Lasting);
        self.go_wild()?;
        faults += self.collect();
        self.levels.lasts = Some(faults == 0 && self.tab.longest <= LONGEST);
        self.is_lively = false;
        if self.tab.work() < MUCH_WORK {
            if self.answers_something() {
                self.begin_anew()?;
                faults += self.collect();
                self.levels.lasts = Some(faults == 0 && self.tab.longest <= LONGEST);
            }
            tell(Stage::Touching);
            self.touch();
        }
        Ok(())
    }

    /// Three seconds in which nobody plays.
    fn leave_alone(&mut self) -> Result<(), End> {
        self.tab.load(self.game.html())?;
        self.tab.run_to(FIRST_LOOK)?;
        let first = self.look()?;
        let worked = self.tab.worked()?;
        self.tab.run_to(PACED_BY)?;
        let worked = self.tab.worked()?.saturating_sub(worked);
        self.keep_pace(worked, PACED_BY - FIRST_LOOK, FEW_TIMES);
        self.tab.run_to(LEFT_ALONE)?;
        let last = self.look()?;
        self.levels.alive = Some(first.changes(&last) >= LEAST_CHANGE);
        self.levels.visible = Some(first.shows_something() || last.shows_something());
        Ok(())
    }

    /// Sets frames further apart where the page worked much longer than there was time. Whether it did.
    fn keep_pace(&mut self, worked: Duration, time: f64, most: f64) -> bool {
        let times = worked.as_secs_f64() * 1_000.0 / time;
        times > KEEPS_PACE && self.tab.slow_down((times / 0.7).min(most))
    }

    /// The run without input: starts a game and watches it, at a pace and in a window that suit it.
    fn watch(&mut self) -> Result<(), End> {
        self.grow()?;
        for _ in 0..4 {
            self.tab.load(self.game.html())?;
            self.tab.run_to(STARTS_AT)?;
            let before = self.look()?;
            self.start = start::start(&mut self.tab, self.size)?;
            if self.grow()? {
                continue;
            }
            let worked = self.tab.worked()?;
            self.watch_slots(&before)?;
            let worked = self.tab.worked()?.saturating_sub(worked);
            if !self.keep_pace(worked, SLOT * f64_of(FIRST_SLOTS), f64::INFINITY) {
                break;
            }
        }
        Ok(())
    }

    fn watch_slots(&mut self, before: &Look) -> Result<(), End> {
        let after = self.look()?;
        let mut is_alive =
            self.levels.alive == Some(true) || before.changes(&after) >= LEAST_CHANGE;
        let mut is_visible = self.levels.visible == Some(true) || after.shows_something();
        self.still = vec![after];
        for slot in 1..=FIRST_SLOTS {
            self.tab.run_to(self.start.time + SLOT * f64_of(slot))?;
            let now = self.look()?;
            is_alive |= self.still.last().is_some_and(|it| it.changes(&now) >= LEAST_CHANGE);
            is_visible = is_visible || now.shows_something();
            self.still.push(now);
        }
        self.levels.alive = Some(is_alive);
        self.levels.visible = Some(is_visible);
        Ok(())
    }

    /// Makes the window larger where the page is larger than it. Whether it did.
    fn grow(&mut self) -> Result<bool, End> {
        let extent = self.tab.evaluate("__controls.extent()")?;
        let number = |name: &str| extent.get(name).and_then(serde_json::Value::as_u64);
        let fit = |wanted: Option<u64>, now: u32, most: u32| {
            u32::try_from(wanted.unwrap_or_default()).unwrap_or(most).clamp(now, most)
        };
        let size = (
            fit(number("width"), self.size.0, LARGEST.0),
            fit(number("height"), self.size.1, LARGEST.1),
        );
        // Once: a page that is always larger than its window would have it grow for ever.
        if size == self.size || self.size != SIZE {
            return Ok(false);
        }
        self.size = size;
        self.tab.resize(size)?;
        Ok(true)
    }

    fn begin_again(&mut self) -> Result<(), End> {
        self.tab.load(self.game.html())?;
        self.tab.run_to(STARTS_AT)?;
        start::start_again(&mut self.tab, &self.start)
    }

    /// What the page looks like now; the liveliest view is kept.
    fn look(&mut self) -> Result<Look, End> {
        let shot = Screenshot::new(self.tab.picture(self.start.above)?);
        let most = self.liveliest.as_ref().map_or(0, Screenshot::liveliness);
        if self.is_lively && self.tab.told.faults.is_empty() && shot.liveliness() > most {
            self.liveliest = Some(shot.clone());
        }
        Ok(Look { shot, dialogs: self.tab.told.dialogs })
    }

    fn answers_something(&self) -> bool {
        self.levels.responds == Some(true)
    }

    /// Whether the game has had all the work that a play-test has for it.
    fn is_spent(&self) -> bool {
        self.tab.work() > MOST_WORK
    }

    /// Puts what the page told into words, and counts what is new.
    fn collect(&mut self) -> usize {
        let told = std::mem::take(&mut self.tab.told.faults);
        let found = trace::problems(self.game, told);
        let count = found.len();
        for problem in found {
            match self.problems.iter_mut().find(|known| known.is_same(&problem)) {
                Some(known) => known.times += problem.times,
                None => self.problems.push(problem),
            }
        }
        count
    }

    /// All that is known, and how it ended where it did not come to its end; with the page, where the
    /// browser is none the worse.
    pub fn verdict(mut self, end: Option<End>) -> (Verdict, Option<Tab<'c>>) {
        self.collect();
        if let Some(end) = end {
            let problem = self.ending(end);
            self.problems.insert(0, problem);
            self.levels.responds = self.levels.responds.filter(|responds| *responds);
        } else if self.tab.longest > LONGEST {
            let seconds = self.tab.longest.as_secs_f64();
            let message = format!("the page does not answer for {seconds:.1} seconds at once");
            self.problems.push(Problem::new(ProblemKind::Slow, message));
        }
        if self.levels.visible == Some(false) {
            let message = "the page stays blank: nothing, or next to nothing, is drawn";
            self.problems.push(Problem::new(ProblemKind::Blank, message));
        }
        self.problems.truncate(MOST_PROBLEMS);
        let requests = self.tab.told.requests.iter();
        let requests: Vec<_> = requests.map(|url| Untrusted::new(url.as_str())).collect();
        if !requests.is_empty() {
            self.levels.loads = Some(false);
        }
        let verdict = Verdict {
            levels: self.levels,
            inputs: self.answered,
            untried: self.untried,
            problems: self.problems,
            console: console(&self.tab.told.console),
            requests,
            picture: self.liveliest.map(|shot| shot.png().into()),
            parts: Vec::new(),
            elapsed: self.began.elapsed(),
        };
        (verdict, (self.is_sound && end.is_none()).then_some(self.tab))
    }

    fn ending(&mut self, end: End) -> Problem {
        let (kind, message) = match end {
            End::Frozen => (ProblemKind::Freeze, "the page hangs: a loop does not end"),
            // The limit of the heap ends the process of the page, that of all the browser.
            End::Crashed | End::Gone => {
                (ProblemKind::Memory, "the page uses up its memory: something grows without end")
            }
            End::Dialogs => (ProblemKind::Dialogs, "the page opens dialogs without end"),
        };
        let mut problem = Problem::new(kind, message);
        if end == End::Frozen {
            self.tab.hold();
            let held = self.tab.told.held.take().unwrap_or_default();
            problem.stack = trace::stack(self.game, held);
        }
        problem
    }
}

fn console(console: &Console) -> Vec<ConsoleLine> {
    let line = |said: &Said| ConsoleLine {
        level: said.level,
        text: Untrusted::new(said.text.as_str()),
        times: said.times,
    };
    console.said().iter().map(line).collect()
}

fn f64_of(slot: usize) -> f64 {
    u32::try_from(slot).map_or(0.0, f64::from)
}
