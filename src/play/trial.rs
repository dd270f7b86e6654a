//! The play-test: loads a game a few times, the same each time but for what the player does.
//!
//! Time and chance come from `assets/play/clock.js`, so a run without input is
//! the same again, and what differs in a run with input is the game's answer.

mod hands;
mod trace;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::hands::Start;
use super::chromium::{Chromium, End, Launch, Stop, Tab, Watch};
use super::picture::Picture;
use super::plan::{Input, SLOT, SLOTS, Turns, Whim, Wild};
use super::verdict::{Levels, MOST_PROBLEMS, Problem, ProblemKind, Stage, Unplayed, Verdict};
use crate::game::Vetted;
use crate::untrusted::Untrusted;

/// A window as many games are made for; a larger one costs more to look at.
const SIZE: (u32, u32) = (800, 600);
/// As much of a picture has to change to be an answer: a digit of a score does, while the edges of
/// what styles move differ by less from run to run.
const LEAST_CHANGE: usize = 20;
/// How long the page's main thread may not answer.
const LONGEST: Duration = Duration::from_secs(1);
/// The page's time, in milliseconds, when it is first looked at, and when a game is started.
const FIRST_LOOK: f64 = 100.0;
const STARTS_AT: f64 = 300.0;
/// The wild player's time, in tenths of a second.
const WILD: u32 = 100;
/// No further keys are looked for after this long: one answer is enough for the verdict.
const LOOKS: Duration = Duration::from_millis(1_800);
/// A game that is this slow is not played to the end.
const PATIENCE: Duration = Duration::from_secs(40);
/// What the heap of the page's scripts may take, in megabytes.
const HEAP: &str = "--js-flags=--max-old-space-size=384";

const CLOCK: &str = include_str!("../../assets/play/clock.js");

/// What a play-test needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lab {
    pub program: PathBuf,
    /// The folders of `PATH`, for the browser.
    pub path: Vec<PathBuf>,
}

/// Plays a game in a browser of its own, and says how far it came. Blocks until that is known;
/// `stop` ends it from another thread.
#[expect(clippy::disallowed_methods, reason = "a play-test is measured in real time")]
pub fn try_out(
    game: &Vetted,
    lab: &Lab,
    stop: &Stop,
    mut tell: impl FnMut(Stage),
) -> Result<Verdict, Unplayed> {
    let began = Instant::now();
    let mut parts = Vec::new();
    let mut note = |stage| {
        parts.push((stage, began.elapsed()));
        tell(stage);
    };
    note(Stage::Starting);
    let launch = Launch {
        program: lab.program.clone(),
        path: lab.path.clone(),
        flags: vec![HEAP.to_owned(), format!("--window-size={},{}", SIZE.0, SIZE.1)],
    };
    let mut chromium = Chromium::start(&launch, stop.clone())
        .map_err(|why| Unplayed::NoStart(shown(&why.to_string())))?;
    let watch = Watch::start(chromium.group());
    let clock = clock();
    let mut trial = match Tab::open(&mut chromium, SIZE, &clock) {
        Ok(tab) => Trial::new(game, tab, began),
        Err(_) if stop.is_stopped() => return Err(Unplayed::Stopped),
        Err(_) => return Err(Unplayed::NoStart(shown(&chromium.said()))),
    };
    let end = trial.play(&mut note).err();
    if stop.is_stopped() {
        return Err(Unplayed::Stopped);
    }
    if end == Some(End::Gone) && !watch.is_over() {
        return Err(Unplayed::Lost);
    }
    // A page that is out of memory hangs before it breaks down.
    let is_short = end == Some(End::Frozen) && watch.is_short();
    let end = if is_short { Some(End::Crashed) } else { end };
    Ok(Verdict { parts, ..trial.verdict(end) })
}

/// The script that gives a page its time and its chance.
pub(super) fn clock() -> String {
    CLOCK.replace("SEED", "20260101")
}

fn shown(said: &str) -> String {
    let said = Untrusted::new(said).headline(200);
    if said.is_empty() { "it said nothing".to_owned() } else { said }
}

/// One play-test and what is known so far.
struct Trial<'g, 'c> {
    game: &'g Vetted,
    tab: Tab<'c>,
    began: Instant,
    levels: Levels,
    start: Start,
    /// The run without input: after the start, and at the end of each slot.
    still: Vec<Picture>,
    /// How much two runs without input differ, in pixels: nothing, for nearly all games.
    noise: usize,
    answered: Vec<Input>,
    /// Everything that went wrong in the runs before this one.
    problems: Vec<Problem>,
    liveliest: Option<(usize, Vec<u8>)>,
    /// Whether a game is being played that nobody has lost or paused by mere chance yet.
    is_lively: bool,
}

impl<'g, 'c> Trial<'g, 'c> {
    fn new(game: &'g Vetted, tab: Tab<'c>, began: Instant) -> Self {
        Self {
            game,
            tab,
            began,
            levels: Levels { complete: Some(true), ..Levels::default() },
            start: Start::default(),
            still: Vec::new(),
            noise: 0,
            answered: Vec::new(),
            problems: Vec::new(),
            liveliest: None,
            is_lively: false,
        }
    }

    fn play(&mut self, tell: &mut impl FnMut(Stage)) -> Result<(), End> {
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
        Ok(())
    }

    /// Three seconds in which nobody plays.
    fn leave_alone(&mut self) -> Result<(), End> {
        self.tab.load(self.game.html())?;
        self.tab.run_to(FIRST_LOOK)?;
        let first = self.look()?;
        self.tab.run_to(3_000.0)?;
        let last = self.look()?;
        self.levels.alive = Some(first.changes(&last) >= LEAST_CHANGE);
        self.levels.visible = Some(first.shows_something() || last.shows_something());
        Ok(())
    }

    /// The run without input: starts a game and watches it.
    fn watch(&mut self) -> Result<(), End> {
        self.tab.load(self.game.html())?;
        self.tab.run_to(STARTS_AT)?;
        let before = self.look()?;
        self.start = hands::start(&mut self.tab)?;
        let after = self.look()?;
        let mut is_alive =
            self.levels.alive == Some(true) || before.changes(&after) >= LEAST_CHANGE;
        let mut is_visible = self.levels.visible == Some(true) || after.shows_something();
        self.still = vec![after];
        for slot in 1..=SLOTS {
            self.tab.run_to(self.start.time + SLOT * f64_of(slot))?;
            let now = self.look()?;
            let before = self.still.last();
            is_alive |= before.is_some_and(|before| before.changes(&now) >= LEAST_CHANGE);
            is_visible |= now.shows_something();
            self.still.push(now);
        }
        self.levels.alive = Some(is_alive);
        self.levels.visible = Some(is_visible);
        Ok(())
    }

    /// Runs with input, one after the other, until every input had its turn.
    fn try_inputs(&mut self) -> Result<usize, End> {
        let mut turns = Turns::new();
        let mut faults = 0;
        let began = self.elapsed();
        loop {
            let run = turns.next();
            let is_enough = !turns.answered.is_empty() && self.elapsed() > began + LOOKS;
            if run.is_empty() || is_enough || self.elapsed() > PATIENCE / 2 {
                break;
            }
            let answered = self.run_with(&run)?;
            faults += self.collect();
            turns.ended(&run, answered);
            self.answered.clone_from(&turns.answered);
            if answered.is_some() {
                self.levels.responds = Some(true);
                self.levels.alive = Some(true);
            }
        }
        self.levels.responds = Some(!self.answered.is_empty());
        Ok(faults)
    }

    /// One run with these inputs; ends with the first that the game answers.
    fn run_with(&mut self, run: &[(usize, Input)]) -> Result<Option<Input>, End> {
        self.begin_again()?;
        let now = self.look()?;
        let differs = self.still.first().map_or(0, |still| still.changes(&now));
        self.noise = self.noise.max(differs);
        let least = LEAST_CHANGE.max(self.noise * 4);
        for (slot, input) in run {
            hands::give(&mut self.tab, &self.start, *input)?;
            let end = slot + input.slots();
            self.tab.run_to(self.start.time + SLOT * f64_of(end))?;
            let now = self.look()?;
            let changes = self.still.get(end).map_or(0, |still| still.changes(&now));
            if changes >= least {
                return Ok(Some(*input));
            }
        }
        Ok(None)
    }

    /// Ten seconds of a player without a plan.
    fn go_wild(&mut self) -> Result<(), End> {
        self.begin_again()?;
        let mut wild = Wild::new(7, &self.answered);
        let from = self.tab.clock();
        let mut tenth = 0;
        while tenth < WILD {
            let whim = wild.next();
            let length = if let Whim::Hold(_, length) = whim { length } else { 1 };
            let until = from + f64::from(tenth + length) * 100.0;
            hands::indulge(&mut self.tab, whim, SIZE, until)?;
            let looks = (tenth + length) / 20 > tenth / 20;
            tenth += length;
            if looks {
                self.look()?;
            }
            if self.elapsed() > PATIENCE {
                break;
            }
        }
        Ok(())
    }

    fn begin_again(&mut self) -> Result<(), End> {
        self.tab.load(self.game.html())?;
        self.tab.run_to(STARTS_AT)?;
        hands::start_again(&mut self.tab, &self.start)
    }

    /// What the page looks like now; the liveliest view is kept.
    fn look(&mut self) -> Result<Picture, End> {
        let png = self.tab.picture()?;
        let picture = Picture::read(&png).unwrap_or_default();
        if self.is_lively
            && self.tab.told.faults.is_empty()
            && png.len() > self.liveliest.as_ref().map_or(0, |(size, _)| *size)
        {
            // What has most to show is what compresses least.
            self.liveliest = Some((png.len(), png));
        }
        Ok(picture)
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

    /// All that is known, and how it ended where it did not come to its end.
    fn verdict(mut self, end: Option<End>) -> Verdict {
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
        Verdict {
            levels: self.levels,
            inputs: self.answered,
            problems: self.problems,
            requests,
            picture: self.liveliest.map(|(_, png)| png.into()),
            parts: Vec::new(),
            elapsed: self.began.elapsed(),
        }
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

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

fn f64_of(slot: usize) -> f64 {
    u32::try_from(slot).map_or(0.0, f64::from)
}
