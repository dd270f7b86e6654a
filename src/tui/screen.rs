//! A desk on a real terminal: reads its events, and draws when something changed.

mod lend;

use std::time::Instant;

use crossterm::event::Event as TermEvent;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::Terminal;
use tokio::sync::mpsc;

use lend::Holder;

use super::Stuff;
use super::clipboard;
use super::columns::{self, Columns};
use super::desk::Desk;
use super::ears::{Ears, Heard};
use super::errand::{Errand, told, write};
use super::guard::Guard;
use super::notify::{Eyes, Herald};
use super::out::{End, Out};
use super::over::is_typing;
use super::pace::Pace;
use super::painter::{self, Paint, Painter};
use super::picture::{Picture, Studio};
use super::probe::{self, Found, Question};
use super::seconds::next_second;
use super::terminal::Inside;
use crate::app::{Action, State};
use crate::config::Switch;
use crate::driver::signals::{Ending, Nudge, Nudges, Signals};
use crate::driver::{self, Front};
use crate::library::DataDir;

/// The screen.
pub struct Screen {
    desk: Desk,
    terminal: Terminal<Columns<Out>>,
    /// What the terminal says; it ends when the terminal is gone.
    heard: mpsc::UnboundedReceiver<Heard>,
    /// What is given to the thread that listens.
    tell: Option<mpsc::UnboundedSender<Heard>>,
    ears: Option<Ears>,
    signals: Signals,
    nudges: Nudges,
    herald: Herald,
    inside: Inside,
    editor: Vec<String>,
    painter: Option<Painter>,
    painted: mpsc::UnboundedReceiver<Paint>,
    deliver: mpsc::UnboundedSender<Paint>,
    studio: Option<Studio>,
    pictures: mpsc::UnboundedReceiver<Picture>,
    bring: mpsc::UnboundedSender<Picture>,
    shelf: DataDir,
    /// What to do once the first frame is out.
    first: Option<First>,
    pace: Pace,
    /// Who has the terminal.
    holder: Holder,
    /// When the editor has ended.
    edited_at: Option<Instant>,
    /// When we have stopped by ourselves, and the news that we go on is not yet heard.
    stopped_at: Option<Instant>,
    pub(super) end: End,
    /// Last, so that the terminal is given back after everything else.
    guard: Guard,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("desk", &self.desk).finish_non_exhaustive()
    }
}

/// What waits until the first frame is out.
struct First {
    prompt: Option<String>,
    question: Question,
}

/// What [`Screen::next`] woke up for.
enum Input {
    Heard(Option<Heard>),
    Painted,
    Picture(Picture),
    Signal(Ending),
    Nudge(Nudge),
}

impl Screen {
    /// Takes the terminal.
    pub(super) fn open(stuff: Stuff) -> std::io::Result<Self> {
        let Stuff { desk, shelf, prompt, question, herald, inside, editor } = stuff;
        let guard = Guard::take(desk.mouse)?;
        let (deliver, painted) = mpsc::unbounded_channel();
        let (bring, pictures) = mpsc::unbounded_channel();
        let (tell, heard) = mpsc::unbounded_channel();
        Ok(Self {
            desk,
            terminal: Terminal::new(Columns::new(Out::new()))?,
            heard,
            tell: Some(tell),
            ears: None,
            signals: Signals::new()?,
            nudges: Nudges::new()?,
            herald,
            inside,
            editor,
            painter: None,
            painted,
            deliver,
            studio: None,
            pictures,
            bring,
            shelf,
            first: Some(First { prompt, question }),
            pace: Pace::default(),
            holder: Holder::Screen,
            edited_at: None,
            stopped_at: None,
            end: End::Left,
            guard,
        })
    }

    /// The first actions, after the first frame: the prompt that was asked for,
    /// or the one that was in the editor last time.
    fn begin(&mut self, first: First) -> Vec<Action> {
        // Asked here, for a question in the middle of a frame would spoil it.
        probe::ask(first.question);
        // The one sender is given away, so that its end is heard.
        let ears = self.tell.take().map(|tell| Ears::listen(tell, first.question));
        self.ears = ears.and_then(Result::ok);
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
            Input::Heard(None) => {
                self.end = End::Gone;
                None
            }
            Input::Picture(picture) => {
                self.desk.hang(picture);
                Some(Vec::new())
            }
            Input::Painted => Some(Vec::new()),
            // Ctrl-C is meant for who has the terminal.
            Input::Signal(Ending::Interrupt) if self.is_editors() => Some(Vec::new()),
            Input::Signal(_) => {
                self.end = End::Signal;
                Some(vec![Action::QuitNow])
            }
            Input::Nudge(nudge) => Some(self.nudged(nudge)),
        }
    }

    fn hear(&mut self, heard: Heard) -> Vec<Action> {
        match heard {
            Heard::Event(event) => {
                match event {
                    TermEvent::FocusGained => self.herald.eyes = Eyes::Here,
                    TermEvent::FocusLost => self.herald.eyes = Eyes::Elsewhere,
                    TermEvent::Key(_)
                    | TermEvent::Mouse(_)
                    | TermEvent::Paste(_)
                    | TermEvent::Resize(..) => {}
                }
                self.pace.touch();
                self.desk.on_event(event)
            }
            Heard::Found(found) => self.find(&found),
            Heard::Edited(edited) => {
                self.holder = Holder::Screen;
                self.edited_at = Some(driver::now());
                let mut actions = self.take_back();
                actions.extend(self.desk.edited(edited));
                actions
            }
        }
    }

    /// The terminal has said what it can do.
    fn find(&mut self, found: &Found) -> Vec<Action> {
        self.desk.set_canvas(found.canvas);
        if let Some(ground) = found.ground {
            self.desk.set_ground(ground);
        }
        match found.clear_keys {
            Switch::On => told(self.guard.clear_keys()),
            Switch::Off => Vec::new(),
        }
    }

    fn run(&mut self, errand: Errand) -> Vec<Action> {
        match errand {
            Errand::Copy(text) => told(write(&clipboard::sequence(&text, self.inside))),
            Errand::Mouse(mouse) => told(self.guard.set_mouse(mouse)),
            Errand::Suspend => self.suspend(),
            Errand::Edit => match self.shelf.create_edit_file("prompt.md", &self.desk.prompt()) {
                Ok(lent) => {
                    self.edit(lent);
                    Vec::new()
                }
                Err(error) => vec![Action::Note(error.to_string())],
            },
        }
    }

    /// Everything else that has already happened, before one frame shows it all. After a key that
    /// may move the focus or open something, the next one waits: it is meant for what comes then.
    fn drain(&mut self, actions: &mut Vec<Action>) {
        while self.desk.errands.is_empty() && actions.iter().all(is_typing) {
            let Ok(heard) = self.heard.try_recv() else { break };
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
        let told = self.herald.tell(state);
        if !told.is_empty() {
            write(&told)?;
        }
        self.pace.draw(now);
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let desk = &mut self.desk;
        let drawn = self.terminal.draw(|frame| {
            desk.draw(frame, state, now);
            columns::settle(frame.buffer_mut());
        });
        let drawn = drawn.map(drop);
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.order();
        if let Some(wish) = self.desk.wish() {
            self.colour(painter::Order::Look(wish));
        }
        drawn
    }

    /// Has the picture made that the frame had a place for.
    fn order(&mut self) {
        let Some(order) = self.desk.order() else { return };
        let bring = self.bring.clone();
        let start = || Studio::start(move |picture| drop(bring.send(picture)));
        self.studio.get_or_insert_with(start).send(order);
    }

    fn colour(&mut self, order: painter::Order) {
        let deliver = self.deliver.clone();
        let start = || Painter::start(move |paint| drop(deliver.send(paint)));
        self.painter.get_or_insert_with(start).send(order);
    }
}

/// Waits for colours that show; takes those of other lines meanwhile, and loses none when dropped.
async fn coloured(painted: &mut mpsc::UnboundedReceiver<Paint>, desk: &mut Desk) {
    while let Some(paint) = painted.recv().await {
        if desk.paint(paint) {
            return;
        }
    }
    std::future::pending::<()>().await;
}

impl Drop for Screen {
    fn drop(&mut self) {
        // If the terminal has gone it says so now, and not to a standard error that has gone too.
        drop(self.terminal.show_cursor());
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
            () = coloured(&mut self.painted, &mut self.desk) => Input::Painted,
            ending = self.signals.next() => Input::Signal(ending),
            nudge = self.nudges.next() => Input::Nudge(nudge),
        };
        let mut actions = self.take(input)?;
        self.drain(&mut actions);
        for errand in self.desk.errands() {
            actions.extend(self.run(errand));
        }
        Some(actions)
    }

    fn show(&mut self, state: &State, now: Instant) -> std::io::Result<()> {
        if self.holder == Holder::Editor {
            return Ok(());
        }
        if let Some(lines) = self.desk.sync(state) {
            self.colour(painter::Order::Lines(lines));
        }
        if state.is_busy() && self.pace.is_too_soon(now) {
            self.pace.withhold();
            return Ok(());
        }
        self.draw(state, now)
    }

    fn redraw_at(&self, state: &State, now: Instant) -> Option<Instant> {
        if self.holder == Holder::Editor {
            return None;
        }
        self.pace.redraw_at().into_iter().chain(next_second(state, now, self.desk.animations)).min()
    }

    fn is_over(&self, state: &State) -> bool {
        state.is_over()
    }
}
