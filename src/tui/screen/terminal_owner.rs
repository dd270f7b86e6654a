//! Hands the terminal to the shell or an editor, and takes it back.

use std::time::{Duration, Instant};

use ratatui::Terminal;

use super::Screen;
use crate::app::Action;
use crate::driver;
use crate::driver::signals::JobControl;
use crate::library::EditFile;
use crate::tui::frame_limiter::FrameLimiter;
use crate::tui::input_thread::{InputEvent, InputThread};
use crate::tui::notifier::WindowFocus;
use crate::tui::terminal_command::EditTarget;
use crate::tui::terminal_command::failure_notice;
use crate::tui::terminal_writer::TerminalWriter;
use crate::tui::width_safe_backend::WidthSafeBackend;
use crate::tui::{external_editor, suspend};

/// How late a signal may arrive.
const SIGNAL_DELAY: Duration = Duration::from_millis(500);

/// Which program has the terminal, and when it changed.
#[derive(Debug, Default)]
pub(super) struct TerminalHandover {
    pub owner: TerminalOwner,
    /// When the editor exited.
    pub editor_closed_at: Option<Instant>,
    /// When the program suspended itself, until the continue signal arrives.
    pub stopped_at: Option<Instant>,
}

/// The program that draws on the terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum TerminalOwner {
    #[default]
    Screen,
    /// The user's editor; a job continues meanwhile.
    Editor,
}

impl Screen {
    /// Handles a job-control or resize signal.
    pub(super) fn handle_job_control(&mut self, signal: JobControl) -> Vec<Action> {
        match (signal, self.handover.owner) {
            // The editor suspends both processes.
            (JobControl::Suspend, TerminalOwner::Editor) => {
                if suspend::is_possible() {
                    suspend::suspend_self();
                }
                Vec::new()
            }
            (JobControl::Suspend, TerminalOwner::Screen) => self.suspend(),
            (JobControl::Continued, TerminalOwner::Screen)
                if self.handover.stopped_at.take().is_none() =>
            {
                // Another program stopped us, and the terminal was used meanwhile.
                self.guard.release();
                self.reset_terminal()
            }
            (JobControl::Continued | JobControl::Resized, _) => Vec::new(),
        }
    }

    /// Releases the terminal, suspends the program, and takes the terminal again when it continues.
    pub(super) fn suspend(&mut self) -> Vec<Action> {
        if !suspend::is_possible() {
            return vec![Action::Note("no shell to return to".to_owned())];
        }
        self.release_terminal();
        self.handover.stopped_at = Some(driver::now());
        suspend::suspend_group();
        self.reacquire_terminal()
    }

    /// Releases the terminal; no thread reads it.
    fn release_terminal(&mut self) {
        self.input.thread.iter_mut().for_each(InputThread::pause);
        self.guard.release();
    }

    /// Takes the terminal again, and lets the input thread read.
    pub(super) fn reacquire_terminal(&mut self) -> Vec<Action> {
        let actions = self.reset_terminal();
        self.input.thread.iter_mut().for_each(InputThread::resume);
        actions
    }

    /// Acquires the terminal and redraws everything.
    fn reset_terminal(&mut self) -> Vec<Action> {
        self.notifier.forget_title();
        self.notifier.focus = WindowFocus::Focused;
        self.ui.reset_images();
        self.painter.limiter = FrameLimiter::default();
        // Not cleared: clearing queries the cursor position, whose reply the input thread would
        // read. A new terminal starts empty.
        let terminal = Terminal::new(WidthSafeBackend::new(TerminalWriter::new()));
        failure_notice(
            self.guard.reacquire().and(terminal).map(|terminal| self.painter.terminal = terminal),
        )
    }

    /// Runs the user's editor, which has the terminal until it exits.
    #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
    pub(super) fn open_editor(&mut self, file: EditFile, target: EditTarget) {
        let Some(sender) = self.input.thread.as_ref().and_then(InputThread::sender) else { return };
        let command = self.environment.editor.clone();
        self.release_terminal();
        self.handover.owner = TerminalOwner::Editor;
        // A closed screen has no receiver.
        std::thread::spawn(move || {
            let edited = external_editor::run_editor(&command, &file);
            drop(sender.send(InputEvent::EditorClosed(target, edited)));
        });
    }

    /// Whether a SIGINT was meant for the editor: it may arrive after the exit it caused.
    pub(super) fn is_for_editor(&self) -> bool {
        let since =
            self.handover.editor_closed_at.map(|at| driver::now().saturating_duration_since(at));
        self.handover.owner == TerminalOwner::Editor
            || since.is_some_and(|since| since < SIGNAL_DELAY)
    }
}
