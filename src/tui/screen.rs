//! A ui on a real terminal: reads its events, and draws when something changed.

mod terminal_owner;

use std::time::Instant;

use crossterm::event::Event as TermEvent;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::Terminal;
use tokio::sync::mpsc;

use terminal_owner::TerminalOwner;

use super::ScreenConfig;
use super::clipboard;
use super::frame_limiter::FrameLimiter;
use super::guard::TerminalGuard;
use super::highlight_worker::{self, HighlightBatch, HighlightWorker};
use super::image_worker::{ImageWorker, ScaledImage};
use super::input_thread::{InputEvent, InputThread};
use super::modal::keeps_focus;
use super::notifier::{Notifier, WindowFocus};
use super::redraw_schedule::next_redraw;
use super::terminal::Multiplexer;
use super::terminal_command::{TerminalCommand, failure_notice, write_to_terminal};
use super::terminal_query::{self, TerminalCapabilities, TerminalQuery};
use super::terminal_writer::{ExitReason, TerminalWriter};
use super::ui_state::UiState;
use super::width_safe_backend::{self, WidthSafeBackend};
use crate::app::{Action, Session};
use crate::config::Switch;
use crate::driver::signals::{JobControl, JobControlSignals, Signals, Termination};
use crate::driver::{self, Frontend};
use crate::library::DataDir;

/// The screen.
pub struct Screen {
    ui: UiState,
    terminal: Terminal<WidthSafeBackend<TerminalWriter>>,
    /// Input events; the channel closes when the terminal is gone.
    input: mpsc::UnboundedReceiver<InputEvent>,
    /// The sender for the input thread. `None` once that has started.
    input_sender: Option<mpsc::UnboundedSender<InputEvent>>,
    input_thread: Option<InputThread>,
    signals: Signals,
    job_control: JobControlSignals,
    notifier: Notifier,
    multiplexer: Multiplexer,
    editor: Vec<String>,
    highlight_worker: Option<HighlightWorker>,
    highlights: mpsc::UnboundedReceiver<HighlightBatch>,
    highlight_sender: mpsc::UnboundedSender<HighlightBatch>,
    image_worker: Option<ImageWorker>,
    images: mpsc::UnboundedReceiver<ScaledImage>,
    image_sender: mpsc::UnboundedSender<ScaledImage>,
    shelf: DataDir,
    /// What to do after the first frame. `None` once done.
    startup: Option<StartupTask>,
    frame_limiter: FrameLimiter,
    /// Which program has the terminal.
    owner: TerminalOwner,
    /// When the editor exited.
    editor_closed_at: Option<Instant>,
    /// When the program suspended itself, until the continue signal arrives.
    stopped_at: Option<Instant>,
    pub(super) exit_reason: ExitReason,
    /// The last field, so that the terminal is restored after everything else.
    guard: TerminalGuard,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("ui", &self.ui).finish_non_exhaustive()
    }
}

/// What waits for the first frame.
struct StartupTask {
    prompt: Option<String>,
    query: TerminalQuery,
}

/// What [`Screen::next`] woke up for.
enum WakeEvent {
    Input(Option<InputEvent>),
    Highlighted,
    Image(ScaledImage),
    Signal(Termination),
    JobControl(JobControl),
}

impl Screen {
    /// Acquires the terminal.
    ///
    /// # Errors
    /// If the terminal or the signal handlers cannot be set up.
    pub(super) fn open(config: ScreenConfig) -> std::io::Result<Self> {
        let ScreenConfig {
            ui,
            shelf,
            prompt,
            query: question,
            notifier,
            multiplexer: inside,
            editor,
        } = config;
        let guard = TerminalGuard::acquire(ui.mouse)?;
        let (deliver, painted) = mpsc::unbounded_channel();
        let (bring, pictures) = mpsc::unbounded_channel();
        let (tell, heard) = mpsc::unbounded_channel();
        Ok(Self {
            ui,
            terminal: Terminal::new(WidthSafeBackend::new(TerminalWriter::new()))?,
            input: heard,
            input_sender: Some(tell),
            input_thread: None,
            signals: Signals::new()?,
            job_control: JobControlSignals::new()?,
            notifier,
            multiplexer: inside,
            editor,
            highlight_worker: None,
            highlights: painted,
            highlight_sender: deliver,
            image_worker: None,
            images: pictures,
            image_sender: bring,
            shelf,
            startup: Some(StartupTask { prompt, query: question }),
            frame_limiter: FrameLimiter::default(),
            owner: TerminalOwner::Screen,
            editor_closed_at: None,
            stopped_at: None,
            exit_reason: ExitReason::Quit,
            guard,
        })
    }

    /// The actions after the first frame: the prompt of the command line, or the saved draft.
    fn start(&mut self, first: StartupTask) -> Vec<Action> {
        // Sent here, because a query within a frame would spoil it.
        terminal_query::send_query(first.query);
        // The only sender is given away, so that the end of the thread closes the channel.
        let ears = self.input_sender.take().map(|tell| InputThread::start(tell, first.query));
        self.input_thread = ears.and_then(Result::ok);
        let text = first.prompt.or_else(|| self.shelf.last_prompt()).unwrap_or_default();
        let mut actions = vec![Action::LoadStartup];
        if !text.is_empty() {
            self.ui.paste_text(&text);
            actions.push(Action::Edited(self.ui.prompt_text()));
        }
        actions
    }

    fn handle_wake(&mut self, input: WakeEvent) -> Option<Vec<Action>> {
        match input {
            WakeEvent::Input(Some(heard)) => Some(self.handle_input(heard)),
            WakeEvent::Input(None) => {
                self.exit_reason = ExitReason::TerminalClosed;
                None
            }
            WakeEvent::Image(picture) => {
                self.ui.set_image(picture);
                Some(Vec::new())
            }
            WakeEvent::Highlighted => Some(Vec::new()),
            // SIGINT is addressed to the terminal's foreground program.
            WakeEvent::Signal(Termination::Interrupt) if self.is_for_editor() => Some(Vec::new()),
            WakeEvent::Signal(_) => {
                self.exit_reason = ExitReason::Signal;
                Some(vec![Action::QuitNow])
            }
            WakeEvent::JobControl(signal) => Some(self.handle_job_control(signal)),
        }
    }

    fn handle_input(&mut self, heard: InputEvent) -> Vec<Action> {
        match heard {
            InputEvent::Terminal(event) => {
                match event {
                    TermEvent::FocusGained => self.notifier.focus = WindowFocus::Focused,
                    TermEvent::FocusLost => self.notifier.focus = WindowFocus::Unfocused,
                    TermEvent::Key(_)
                    | TermEvent::Mouse(_)
                    | TermEvent::Paste(_)
                    | TermEvent::Resize(..) => {}
                }
                self.frame_limiter.request_immediate();
                self.ui.on_event(event)
            }
            InputEvent::Capabilities(found) => self.apply_capabilities(&found),
            InputEvent::EditorClosed(edited) => {
                self.owner = TerminalOwner::Screen;
                self.editor_closed_at = Some(driver::now());
                let mut actions = self.reacquire_terminal();
                actions.extend(self.ui.apply_editor_result(edited));
                actions
            }
        }
    }

    /// Applies the terminal's capabilities.
    fn apply_capabilities(&mut self, found: &TerminalCapabilities) -> Vec<Action> {
        self.ui.set_graphics(found.graphics);
        if let Some(ground) = found.background {
            self.ui.set_background(ground);
        }
        match found.kitty_keys {
            Switch::On => failure_notice(self.guard.enable_kitty_keys()),
            Switch::Off => Vec::new(),
        }
    }

    fn run_command(&mut self, command: TerminalCommand) -> Vec<Action> {
        match command {
            TerminalCommand::Copy(text) => failure_notice(write_to_terminal(
                &clipboard::copy_sequence(&text, self.multiplexer),
            )),
            TerminalCommand::Mouse(mouse) => failure_notice(self.guard.set_mouse(mouse)),
            TerminalCommand::Suspend => self.suspend(),
            TerminalCommand::Edit => {
                match self.shelf.create_edit_file("prompt.md", &self.ui.prompt_text()) {
                    Ok(lent) => {
                        self.open_editor(lent);
                        Vec::new()
                    }
                    Err(error) => vec![Action::Note(error.to_string())],
                }
            }
        }
    }

    /// Handles everything else that already happened before one frame shows it all. Stops after a
    /// key that may move the focus or open something, because the next key belongs to that.
    fn drain_ready(&mut self, actions: &mut Vec<Action>) {
        while self.ui.terminal_commands.is_empty() && actions.iter().all(keeps_focus) {
            let Ok(heard) = self.input.try_recv() else { break };
            actions.extend(self.handle_input(heard));
        }
        while let Ok(picture) = self.images.try_recv() {
            self.ui.set_image(picture);
        }
        while let Ok(paint) = self.highlights.try_recv() {
            self.ui.apply_highlights(paint);
        }
    }

    fn draw(&mut self, state: &Session, now: Instant) -> std::io::Result<()> {
        let told = self.notifier.update(state);
        if !told.is_empty() {
            write_to_terminal(&told)?;
        }
        self.frame_limiter.record_frame(now);
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let ui = &mut self.ui;
        let drawn = self.terminal.draw(|frame| {
            ui.draw(frame, state, now);
            width_safe_backend::prepare_buffer(frame.buffer_mut());
        });
        let drawn = drawn.map(drop);
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.request_image();
        if let Some(wish) = self.ui.requested_range() {
            self.request_highlight(highlight_worker::HighlightRequest::Viewport(wish));
        }
        drawn
    }

    /// Requests the image that the frame needed.
    fn request_image(&mut self) {
        let Some(order) = self.ui.take_image_request() else { return };
        let bring = self.image_sender.clone();
        let start = || ImageWorker::start(move |picture| drop(bring.send(picture)));
        self.image_worker.get_or_insert_with(start).send(order);
    }

    fn request_highlight(&mut self, order: highlight_worker::HighlightRequest) {
        let deliver = self.highlight_sender.clone();
        let start = || HighlightWorker::start(move |paint| drop(deliver.send(paint)));
        self.highlight_worker.get_or_insert_with(start).send(order);
    }
}

/// Waits for visible highlights and applies the others meanwhile; cancel-safe.
async fn await_visible_highlights(
    painted: &mut mpsc::UnboundedReceiver<HighlightBatch>,
    ui: &mut UiState,
) {
    while let Some(paint) = painted.recv().await {
        if ui.apply_highlights(paint) {
            return;
        }
    }
    std::future::pending::<()>().await;
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A closed terminal reports that here, and not later to a standard error that is closed
        // too.
        drop(self.terminal.show_cursor());
    }
}

impl Frontend for Screen {
    async fn next(&mut self) -> Option<Vec<Action>> {
        if let Some(first) = self.startup.take() {
            return Some(self.start(first));
        }
        let input = tokio::select! {
            heard = self.input.recv() => WakeEvent::Input(heard),
            Some(picture) = self.images.recv() => WakeEvent::Image(picture),
            () = await_visible_highlights(&mut self.highlights, &mut self.ui) => WakeEvent::Highlighted,
            ending = self.signals.next() => WakeEvent::Signal(ending),
            signal = self.job_control.next() => WakeEvent::JobControl(signal),
        };
        let mut actions = self.handle_wake(input)?;
        self.drain_ready(&mut actions);
        for command in self.ui.take_terminal_commands() {
            actions.extend(self.run_command(command));
        }
        Some(actions)
    }

    fn render(&mut self, state: &Session, now: Instant) -> std::io::Result<()> {
        if self.owner == TerminalOwner::Editor {
            return Ok(());
        }
        if let Some(lines) = self.ui.sync(state) {
            self.request_highlight(highlight_worker::HighlightRequest::Lines(lines));
        }
        if state.is_busy() && self.frame_limiter.is_too_soon(now) {
            self.frame_limiter.defer();
            return Ok(());
        }
        self.draw(state, now)
    }

    fn redraw_at(&self, state: &Session, now: Instant) -> Option<Instant> {
        if self.owner == TerminalOwner::Editor {
            return None;
        }
        self.frame_limiter
            .redraw_at()
            .into_iter()
            .chain(next_redraw(state, now, self.ui.animations))
            .min()
    }

    fn is_over(&self, state: &Session) -> bool {
        state.is_over()
    }
}
