//! A desk on a real terminal: reads its events, and draws when something changed.

use std::io::{BufWriter, Stdout, stdout};
use std::time::{Duration, Instant};

use crossterm::event::Event as TermEvent;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc;

use super::answers::Late;
use super::desk::Desk;
use super::guard::Guard;
use super::highlight::{Paint, Painter};
use super::pace::Pace;
use super::picture::{Canvas, Picture, Studio};
use super::probe::{self, Hint};
use crate::app::{Action, Hold, Phase, State};
use crate::driver::signals::Signals;
use crate::driver::{self, Front};
use crate::inference::Pause;
use crate::library::Shelf;

/// A frame that is larger, in bytes, goes out in parts.
const LARGEST_FRAME: usize = 32 << 10;

/// The screen.
pub struct Screen {
    desk: Desk,
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    /// What the terminal says; it ends when the terminal is gone.
    heard: mpsc::UnboundedReceiver<Heard>,
    /// What is given to the thread that listens, when it starts.
    ears: Option<mpsc::UnboundedSender<Heard>>,
    signals: Signals,
    painter: Option<Painter>,
    painted: mpsc::UnboundedReceiver<Paint>,
    deliver: mpsc::UnboundedSender<Paint>,
    studio: Option<Studio>,
    pictures: mpsc::UnboundedReceiver<Picture>,
    bring: mpsc::UnboundedSender<Picture>,
    shelf: Shelf,
    /// What to do once the first frame is out.
    first: Option<First>,
    pace: Pace,
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
    /// Whether the terminal is asked what pictures it can show.
    question: Option<Hint>,
}

/// What the thread that listens has to tell.
enum Heard {
    Event(TermEvent),
    Canvas(Canvas),
}

/// What [`Screen::next`] woke up for.
enum Input {
    Heard(Option<Heard>),
    Painted(Paint),
    Picture(Picture),
    Signal,
}

impl Screen {
    /// Takes the terminal. `prompt` is what the command line brought.
    pub fn open(
        desk: Desk,
        shelf: Shelf,
        prompt: Option<&str>,
        question: Option<Hint>,
    ) -> std::io::Result<Self> {
        let guard = Guard::take()?;
        // Standard output passes on a kilobyte at a time, and each wakes the terminal.
        let out = BufWriter::with_capacity(LARGEST_FRAME, stdout());
        let (deliver, painted) = mpsc::unbounded_channel();
        let (bring, pictures) = mpsc::unbounded_channel();
        let (ears, heard) = mpsc::unbounded_channel();
        Ok(Self {
            desk,
            terminal: Terminal::new(CrosstermBackend::new(out))?,
            heard,
            ears: Some(ears),
            signals: Signals::new()?,
            painter: None,
            painted,
            deliver,
            studio: None,
            pictures,
            bring,
            shelf,
            first: Some(First { prompt: prompt.map(str::to_owned), question }),
            pace: Pace::default(),
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
        if let Some(ears) = self.ears.take() {
            // Asked here, for a question in the middle of a frame would spoil it.
            first.question.iter().for_each(|_| probe::ask());
            listen(ears, first.question);
        }
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
            Input::Heard(Some(heard)) => Some(self.hear(heard)),
            // The terminal is gone.
            Input::Heard(None) => None,
            Input::Picture(picture) => {
                self.desk.hang(picture);
                Some(Vec::new())
            }
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

    fn hear(&mut self, heard: Heard) -> Vec<Action> {
        match heard {
            Heard::Event(event) => {
                self.pace.touch();
                self.desk.on_event(event)
            }
            Heard::Canvas(canvas) => {
                self.desk.set_canvas(canvas);
                Vec::new()
            }
        }
    }

    /// Everything else that has already happened, before one frame shows it all.
    fn drain(&mut self, actions: &mut Vec<Action>) {
        while let Ok(heard) = self.heard.try_recv() {
            actions.extend(self.hear(heard));
        }
        while let Ok(picture) = self.pictures.try_recv() {
            self.desk.hang(picture);
        }
        while let Ok(paint) = self.painted.try_recv() {
            self.desk.paint(paint);
        }
    }

    fn draw(&mut self, state: &State, now: Instant) -> std::io::Result<()> {
        self.pace.draw(now);
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(|frame| self.desk.draw(frame, state, now)).map(drop);
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.order();
        drawn
    }

    /// Has the picture made that the frame had a place for.
    fn order(&mut self) {
        let Some(order) = self.desk.order() else { return };
        let bring = self.bring.clone();
        let start = || Studio::start(move |picture| drop(bring.send(picture)));
        self.studio.get_or_insert_with(start).send(order);
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
            heard = self.heard.recv() => Input::Heard(heard),
            Some(picture) = self.pictures.recv() => Input::Picture(picture),
            Some(paint) = self.painted.recv() => Input::Painted(paint),
            () = self.signals.next() => Input::Signal,
        };
        let mut actions = self.take(input)?;
        self.drain(&mut actions);
        Some(actions)
    }

    fn show(&mut self, state: &State, now: Instant) -> std::io::Result<()> {
        self.colour(state);
        if state.is_busy() && self.pace.is_too_soon(now) {
            self.pace.withhold();
            return Ok(());
        }
        self.draw(state, now)
    }

    fn redraw_at(&self, state: &State, now: Instant) -> Option<Instant> {
        self.pace.redraw_at().into_iter().chain(next_second(state, now)).min()
    }

    fn is_over(&self, state: &State) -> bool {
        state.is_over()
    }
}

/// Reads the terminal on a thread of its own, after the answers to a question.
///
/// A blocking read is the one way that loses nothing: crossterm's stream of
/// events polls without waiting, and forgets a key that comes together with a
/// change of size.
#[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
fn listen(ears: mpsc::UnboundedSender<Heard>, question: Option<Hint>) {
    std::thread::spawn(move || {
        let mut late = question.and_then(|hint| answer(&ears, hint));
        while let Ok(event) = crossterm::event::read() {
            if late.as_mut().is_some_and(|late| late.swallows(&event)) {
                continue;
            }
            if ears.send(Heard::Event(event)).is_err() {
                break;
            }
        }
    });
}

/// Tells what the terminal answers, and what was typed meanwhile.
fn answer(ears: &mpsc::UnboundedSender<Heard>, hint: Hint) -> Option<Late> {
    let found = probe::hear(hint, driver::now);
    let canvas = Some(found.canvas).filter(|canvas| *canvas != Canvas::default());
    let typed = found.typed.into_iter().map(Heard::Event);
    // A screen that is gone hears nothing.
    canvas.map(Heard::Canvas).into_iter().chain(typed).for_each(|it| drop(ears.send(it)));
    found.late.map(Late::new)
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
