//! A desk on a real terminal: reads its events, and draws when something changed.

use std::io::{Stdout, stdout};
use std::time::{Duration, Instant};

use crossterm::event::Event as TermEvent;
use crossterm::execute;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc;

use super::desk::Desk;
use super::guard::Guard;
use super::highlight::{Paint, Painter};
use crate::app::{Action, Hold, Phase, State};
use crate::driver::Front;
use crate::driver::signals::Signals;
use crate::inference::Pause;
use crate::library::Shelf;

/// The shortest time between two frames.
const FRAME: Duration = Duration::from_millis(16);

/// The screen.
pub struct Screen {
    desk: Desk,
    terminal: Terminal<CrosstermBackend<Stdout>>,
    /// What the terminal says; it ends when the terminal is gone.
    events: mpsc::UnboundedReceiver<TermEvent>,
    signals: Signals,
    painter: Option<Painter>,
    painted: mpsc::UnboundedReceiver<Paint>,
    deliver: mpsc::UnboundedSender<Paint>,
    shelf: Shelf,
    /// What to do once the first frame is out.
    first: Option<First>,
    last_frame: Option<Instant>,
    /// A frame that came too soon after the last one.
    withheld: bool,
    by_signal: bool,
    /// Last, so that the terminal is given back after everything else.
    _guard: Guard,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("desk", &self.desk).finish_non_exhaustive()
    }
}

/// What waits until the first frame is out.
struct First {
    /// What the command line brought.
    prompt: Option<String>,
}

/// What [`Screen::next`] woke up for.
enum Input {
    Term(Option<TermEvent>),
    Painted(Paint),
    Signal,
}

impl Screen {
    /// Takes the terminal. `prompt` is what the command line brought.
    pub fn open(desk: Desk, shelf: Shelf, prompt: Option<&str>) -> std::io::Result<Self> {
        let guard = Guard::take()?;
        let (deliver, painted) = mpsc::unbounded_channel();
        Ok(Self {
            desk,
            terminal: Terminal::new(CrosstermBackend::new(stdout()))?,
            events: listen(),
            signals: Signals::new()?,
            painter: None,
            painted,
            deliver,
            shelf,
            first: Some(First { prompt: prompt.map(str::to_owned) }),
            last_frame: None,
            withheld: false,
            by_signal: false,
            _guard: guard,
        })
    }

    pub fn ended_by_signal(&self) -> bool {
        self.by_signal
    }

    /// The first actions, after the first frame: the prompt that was asked for,
    /// or the one that was in the editor last time.
    fn begin(&mut self, first: First) -> Vec<Action> {
        let text = first.prompt.or_else(|| self.shelf.last_prompt()).unwrap_or_default();
        let mut actions = vec![Action::Greet];
        if !text.is_empty() {
            self.desk.insert(&text);
            actions.push(Action::Edited(self.desk.prompt()));
        }
        actions
    }

    fn take(&mut self, input: Input) -> Option<Vec<Action>> {
        match input {
            Input::Term(Some(event)) => Some(self.desk.on_event(event)),
            // The terminal is gone.
            Input::Term(None) => None,
            Input::Painted(paint) => {
                self.desk.paint(paint);
                Some(Vec::new())
            }
            Input::Signal => {
                self.by_signal = true;
                Some(vec![Action::QuitNow])
            }
        }
    }

    /// Everything else that has already happened, before one frame shows it all.
    fn drain(&mut self, actions: &mut Vec<Action>) {
        while let Ok(event) = self.events.try_recv() {
            actions.extend(self.desk.on_event(event));
        }
        while let Ok(paint) = self.painted.try_recv() {
            self.desk.paint(paint);
        }
    }

    fn draw(&mut self, state: &State, now: Instant) -> std::io::Result<()> {
        self.withheld = false;
        self.last_frame = Some(now);
        execute!(stdout(), BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(|frame| self.desk.draw(frame, state, now)).map(drop);
        execute!(stdout(), EndSynchronizedUpdate)?;
        drawn
    }

    fn colour(&mut self, state: &State) {
        let Some(lines) = self.desk.sync(state) else { return };
        let deliver = self.deliver.clone();
        let start = || Painter::start(move |paint| drop(deliver.send(paint)));
        self.painter.get_or_insert_with(start).send(lines);
    }
}

impl Front for Screen {
    async fn next(&mut self) -> Option<Vec<Action>> {
        if let Some(first) = self.first.take() {
            return Some(self.begin(first));
        }
        let input = tokio::select! {
            event = self.events.recv() => Input::Term(event),
            Some(paint) = self.painted.recv() => Input::Painted(paint),
            () = self.signals.next() => Input::Signal,
        };
        let mut actions = self.take(input)?;
        self.drain(&mut actions);
        Some(actions)
    }

    fn show(&mut self, state: &State, now: Instant) -> std::io::Result<()> {
        self.colour(state);
        let too_soon = self.last_frame.is_some_and(|last| now < last + FRAME);
        if too_soon && state.is_busy() {
            self.withheld = true;
            return Ok(());
        }
        self.draw(state, now)
    }

    fn redraw_at(&self, state: &State, now: Instant) -> Option<Instant> {
        let withheld = self.last_frame.filter(|_| self.withheld).map(|last| last + FRAME);
        withheld.into_iter().chain(next_second(state, now)).min()
    }

    fn is_over(&self, state: &State) -> bool {
        state.is_over()
    }
}

/// Reads the terminal on a thread of its own.
///
/// A blocking read is the one way that loses nothing: crossterm's stream of
/// events polls without waiting, and forgets a key that comes together with a
/// change of size.
#[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
fn listen() -> mpsc::UnboundedReceiver<TermEvent> {
    let (heard, events) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            if heard.send(event).is_err() {
                break;
            }
        }
    });
    events
}

/// When a number of seconds on the screen changes next, if one shows.
fn next_second(state: &State, now: Instant) -> Option<Instant> {
    let job = state.job.as_ref().filter(|job| !job.is_done())?;
    match job.phase {
        // A countdown is rounded, so it changes half-way between whole seconds.
        Phase::Waiting(Pause { until, .. }) | Phase::Held(Hold { until, .. }) => {
            let left = until.saturating_duration_since(now) + Duration::from_millis(500);
            let part = Duration::from_nanos(u64::from(left.subsec_nanos()));
            Some(now + part.max(Duration::from_millis(1)))
        }
        Phase::Requesting
        | Phase::Streaming
        | Phase::Composing
        | Phase::Checking
        | Phase::Saving
        | Phase::Trying
        | Phase::Done => {
            let part = u64::from(job.elapsed(now).subsec_nanos());
            Some(now + Duration::from_nanos(1_000_000_000 - part))
        }
    }
}
