//! A ui on a real terminal: reads its events, and draws when something changed.

mod lazy_worker;
mod terminal_input;
mod terminal_owner;

use std::time::Instant;

use crossterm::event::Event as TermEvent;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::Terminal;
use tokio::sync::mpsc;

use lazy_worker::LazyWorker;
use terminal_input::TerminalInput;
use terminal_owner::{TerminalHandover, TerminalOwner};

use super::ScreenConfig;
use super::clipboard;
use super::frame_limiter::FrameLimiter;
use super::guard::TerminalGuard;
use super::highlight_worker::{self, HighlightBatch, HighlightWorker};
use super::image_worker::{ImageWorker, ScaledImage};
use super::input_thread::InputEvent;
use super::modal::keeps_meaning;
use super::notifier::{Notifier, WindowFocus};
use super::pane;
use super::redraw_schedule::next_redraw;
use super::terminal::Multiplexer;
use super::terminal_command::{EditTarget, TerminalCommand, failure_notice, write_to_terminal};
use super::terminal_query::{self, TerminalCapabilities, TerminalQuery};
use super::terminal_writer::{ExitReason, TerminalWriter};
use super::ui_state::UiState;
use super::view_state::ViewState;
use super::width_safe_backend::{self, WidthSafeBackend};
use crate::app::{Action, Session, StartupMode};
use crate::config::Switch;
use crate::driver::signals::{JobControl, JobControlSignals, Signals, Termination};
use crate::driver::{self, Frontend};
use crate::library::{DataDir, EditKind};

/// The screen.
pub struct Screen {
    ui: UiState,
    painter: FramePainter,
    input: TerminalInput,
    signals: SignalReceivers,
    notifier: Notifier,
    environment: ScreenEnvironment,
    highlights: LazyWorker<HighlightWorker, HighlightBatch>,
    images: LazyWorker<ImageWorker, ScaledImage>,
    /// What to do after the first frame. `None` once done.
    startup: Option<StartupTask>,
    handover: TerminalHandover,
    pub(super) exit_reason: ExitReason,
    /// The last field, so that the terminal is restored after everything else.
    guard: TerminalGuard,
}

/// What draws frames, and how often.
struct FramePainter {
    terminal: Terminal<WidthSafeBackend<TerminalWriter>>,
    limiter: FrameLimiter,
}

/// The signals that the screen handles.
struct SignalReceivers {
    termination: Signals,
    job_control: JobControlSignals,
}

/// What the program found at its start.
struct ScreenEnvironment {
    multiplexer: Multiplexer,
    /// The user's editor and its arguments.
    editor: Vec<String>,
    data_dir: DataDir,
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
        let ScreenConfig { ui, data_dir, prompt, query, notifier, multiplexer, editor } = config;
        let guard = TerminalGuard::acquire(ui.terminal.mouse)?;
        let terminal = Terminal::new(WidthSafeBackend::new(TerminalWriter::new()))?;
        Ok(Self {
            ui,
            painter: FramePainter { terminal, limiter: FrameLimiter::default() },
            input: TerminalInput::default(),
            signals: SignalReceivers {
                termination: Signals::new()?,
                job_control: JobControlSignals::new()?,
            },
            notifier,
            environment: ScreenEnvironment { multiplexer, editor, data_dir },
            highlights: LazyWorker::default(),
            images: LazyWorker::default(),
            startup: Some(StartupTask { prompt, query }),
            handover: TerminalHandover::default(),
            exit_reason: ExitReason::Quit,
            guard,
        })
    }

    /// The actions after the first frame: the prompt of the command line, or the saved draft.
    fn start(&mut self, first: StartupTask) -> Vec<Action> {
        // Sent here, because a query within a frame would spoil it.
        terminal_query::send_query(first.query);
        self.input.start(first.query);
        // A prompt on the command line asks for a new game.
        let mode = match first.prompt {
            Some(_) => StartupMode::Fresh,
            None => StartupMode::Resume,
        };
        let text =
            first.prompt.or_else(|| self.environment.data_dir.last_prompt()).unwrap_or_default();
        let mut actions = vec![Action::LoadStartup(mode)];
        if !text.is_empty() {
            self.ui.paste_text(&text);
            actions.push(Action::Edited(self.ui.prompt_text()));
        }
        actions
    }

    fn handle_wake(&mut self, input: WakeEvent, state: &Session) -> Option<Vec<Action>> {
        match input {
            WakeEvent::Input(Some(event)) => Some(self.handle_input(event, state)),
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

    fn handle_input(&mut self, input: InputEvent, state: &Session) -> Vec<Action> {
        match input {
            InputEvent::Terminal(event) => {
                match event {
                    TermEvent::FocusGained => self.notifier.focus = WindowFocus::Focused,
                    TermEvent::FocusLost => self.notifier.focus = WindowFocus::Unfocused,
                    TermEvent::Key(_)
                    | TermEvent::Mouse(_)
                    | TermEvent::Paste(_)
                    | TermEvent::Resize(..) => {}
                }
                self.painter.limiter.request_immediate();
                self.ui.on_event(event, state)
            }
            InputEvent::Capabilities(found) => self.apply_capabilities(&found),
            InputEvent::EditorClosed(target, edited) => {
                self.handover.owner = TerminalOwner::Screen;
                self.handover.editor_closed_at = Some(driver::now());
                let mut actions = self.reacquire_terminal();
                actions.extend(self.ui.apply_editor_result(target, edited));
                actions
            }
        }
    }

    /// Applies the terminal's capabilities.
    fn apply_capabilities(&mut self, found: &TerminalCapabilities) -> Vec<Action> {
        self.ui.set_graphics(found.graphics);
        if let Some(background) = found.background {
            self.ui.set_background(background);
        }
        match found.kitty_keys {
            Switch::On => failure_notice(self.guard.enable_kitty_keys()),
            Switch::Off => Vec::new(),
        }
    }

    fn run_command(&mut self, command: TerminalCommand) -> Vec<Action> {
        match command {
            TerminalCommand::Copy(text) => failure_notice(write_to_terminal(
                &clipboard::copy_sequence(&text, self.environment.multiplexer),
            )),
            TerminalCommand::Mouse(mouse) => failure_notice(self.guard.set_mouse(mouse)),
            TerminalCommand::Suspend => self.suspend(),
            TerminalCommand::Edit(target) => self.edit(target),
        }
    }

    /// Opens the user's editor on the prompt, or on a page.
    fn edit(&mut self, target: EditTarget) -> Vec<Action> {
        let file = match &target {
            EditTarget::Prompt => {
                self.environment.data_dir.create_edit_file(EditKind::Prompt, &self.ui.prompt_text())
            }
            EditTarget::Page(page) => {
                self.environment.data_dir.create_edit_file(EditKind::Page, page)
            }
        };
        match file {
            Ok(file) => {
                self.open_editor(file, target);
                Vec::new()
            }
            Err(error) => vec![Action::Note(error.to_string())],
        }
    }

    /// Handles everything else that already happened before one frame shows it all. Stops after a
    /// key that changed what is `seen`, or may open something, because the next key belongs to that.
    fn drain_ready(&mut self, actions: &mut Vec<Action>, view: ViewState, state: &Session) {
        while self.ui.terminal.commands.is_empty()
            && self.ui.view == view
            && actions.iter().all(keeps_meaning)
        {
            let Ok(input) = self.input.events.try_recv() else { break };
            actions.extend(self.handle_input(input, state));
        }
        while let Ok(picture) = self.images.results.try_recv() {
            self.ui.set_image(picture);
        }
        while let Ok(batch) = self.highlights.results.try_recv() {
            self.ui.apply_highlights(batch);
        }
    }

    fn draw(&mut self, state: &Session, now: Instant) -> std::io::Result<()> {
        let sequence = self.notifier.update(state);
        if !sequence.is_empty() {
            write_to_terminal(&sequence)?;
        }
        self.painter.limiter.record_frame(now);
        queue!(self.painter.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let ui = &mut self.ui;
        let result = self.painter.terminal.draw(|frame| {
            ui.draw(frame, state, now);
            width_safe_backend::prepare_buffer(frame.buffer_mut());
        });
        let result = result.map(drop);
        execute!(self.painter.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.request_image();
        if let Some(range) = self.ui.requested_range() {
            self.request_highlight(highlight_worker::HighlightRequest::Viewport(range));
        }
        result
    }

    /// Requests the image that the frame needed.
    fn request_image(&mut self) {
        let Some(request) = self.ui.take_image_request() else { return };
        let start = |sender: mpsc::UnboundedSender<_>| {
            ImageWorker::start(move |image| drop(sender.send(image)))
        };
        self.images.get_or_start(start).send(request);
    }

    fn request_highlight(&mut self, request: highlight_worker::HighlightRequest) {
        let start = |sender: mpsc::UnboundedSender<_>| {
            HighlightWorker::start(move |batch| drop(sender.send(batch)))
        };
        self.highlights.get_or_start(start).send(request);
    }
}

/// Waits for visible highlights and applies the others meanwhile; cancel-safe.
async fn await_visible_highlights(
    batches: &mut mpsc::UnboundedReceiver<HighlightBatch>,
    ui: &mut UiState,
) {
    while let Some(batch) = batches.recv().await {
        if ui.apply_highlights(batch) {
            return;
        }
    }
    std::future::pending::<()>().await;
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A closed terminal reports that here, and not later to a standard error that is closed
        // too.
        drop(self.painter.terminal.show_cursor());
    }
}

impl Frontend for Screen {
    async fn next(&mut self, state: &Session) -> Option<Vec<Action>> {
        if let Some(first) = self.startup.take() {
            return Some(self.start(first));
        }
        let view = self.ui.view;
        let input = tokio::select! {
            event = self.input.events.recv() => WakeEvent::Input(event),
            Some(picture) = self.images.results.recv() => WakeEvent::Image(picture),
            () = await_visible_highlights(&mut self.highlights.results, &mut self.ui) => WakeEvent::Highlighted,
            ending = self.signals.termination.next() => WakeEvent::Signal(ending),
            signal = self.signals.job_control.next() => WakeEvent::JobControl(signal),
        };
        let mut actions = self.handle_wake(input, state)?;
        self.drain_ready(&mut actions, view, state);
        for command in self.ui.take_terminal_commands() {
            actions.extend(self.run_command(command));
        }
        Some(actions)
    }

    fn render(&mut self, state: &Session, now: Instant) -> std::io::Result<()> {
        if self.handover.owner == TerminalOwner::Editor {
            return Ok(());
        }
        if let Some(lines) = self.ui.sync(state) {
            self.request_highlight(highlight_worker::HighlightRequest::Lines(lines));
        }
        if state.is_busy() && self.painter.limiter.is_too_soon(now) {
            self.painter.limiter.defer();
            return Ok(());
        }
        self.draw(state, now)
    }

    fn redraw_at(&self, state: &Session, now: Instant) -> Option<Instant> {
        if self.handover.owner == TerminalOwner::Editor {
            return None;
        }
        self.painter
            .limiter
            .redraw_at()
            .into_iter()
            .chain(next_redraw(state, now, self.ui.animations))
            .chain(pane::play::next_frame(&self.ui, state, now))
            .min()
    }

    fn is_over(&self, state: &Session) -> bool {
        state.is_over()
    }
}
