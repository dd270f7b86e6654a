//! Lends the terminal to the shell or to an editor, and takes it back.

use std::time::Duration;

use ratatui::Terminal;

use super::Screen;
use crate::app::Action;
use crate::driver;
use crate::driver::signals::Nudge;
use crate::library::EditFile;
use crate::tui::columns::Columns;
use crate::tui::ears::{Ears, Heard};
use crate::tui::errand::told;
use crate::tui::notify::Eyes;
use crate::tui::out::Out;
use crate::tui::pace::Pace;
use crate::tui::{editor, suspend};

/// How late a signal may be.
const ECHO: Duration = Duration::from_millis(500);

/// Who draws on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Screen,
    /// The user's editor; a job goes on meanwhile.
    Editor,
}

impl Screen {
    /// What the shell or the window wants.
    pub(super) fn nudged(&mut self, nudge: Nudge) -> Vec<Action> {
        match (nudge, self.holder) {
            // It stops us together with itself.
            (Nudge::Suspend, Holder::Editor) => {
                if suspend::is_possible() {
                    suspend::stop_alone();
                }
                Vec::new()
            }
            (Nudge::Suspend, Holder::Screen) => self.suspend(),
            (Nudge::Continued, Holder::Screen) if self.stopped_at.take().is_none() => {
                // Somebody else has stopped us, and the terminal was used meanwhile.
                self.guard.give_back();
                self.retake()
            }
            (Nudge::Continued | Nudge::Resized, _) => Vec::new(),
        }
    }

    pub(super) fn suspend(&mut self) -> Vec<Action> {
        if !suspend::is_possible() {
            return vec![Action::Note("there is no shell to go back to".to_owned())];
        }
        self.lend();
        self.stopped_at = Some(driver::now());
        suspend::stop();
        self.take_back()
    }

    /// Gives the terminal away, with nobody reading it.
    fn lend(&mut self) {
        self.ears.iter_mut().for_each(Ears::rest);
        self.guard.give_back();
    }

    pub(super) fn take_back(&mut self) -> Vec<Action> {
        let actions = self.retake();
        self.ears.iter_mut().for_each(Ears::go_on);
        actions
    }

    /// Takes the terminal, and draws everything anew.
    fn retake(&mut self) -> Vec<Action> {
        self.herald.forget_title();
        self.herald.eyes = Eyes::Here;
        self.desk.forget_pictures();
        self.pace = Pace::default();
        // Not cleared: that would ask the terminal where its cursor is, and its answers are
        // heard elsewhere. What is new is empty.
        let terminal = Terminal::new(Columns::new(Out::new()));
        told(self.guard.take_again().and(terminal).map(|terminal| self.terminal = terminal))
    }

    /// The user's editor has the terminal until it ends.
    #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
    pub(super) fn edit(&mut self, lent: EditFile) {
        let Some(tell) = self.ears.as_ref().and_then(Ears::tell) else { return };
        let words = self.editor.clone();
        self.lend();
        self.holder = Holder::Editor;
        // A screen that is gone hears nothing.
        std::thread::spawn(move || drop(tell.send(Heard::Edited(editor::edit(&words, &lent)))));
    }

    /// Whether a Ctrl-C was the editor's: it may be heard after the end that it has caused.
    pub(super) fn is_editors(&self) -> bool {
        let since = self.edited_at.map(|at| driver::now().saturating_duration_since(at));
        self.holder == Holder::Editor || since.is_some_and(|since| since < ECHO)
    }
}
