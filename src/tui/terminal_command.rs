//! What the UI state asks a real terminal to do, and what it learns from it.

use std::io::{Write, stdout};

use super::clipboard;
use super::keymap::UiCommand;
use super::theme::{Role, ScreenTheme};
use super::theme_registry::{Background, ThemeRegistry};
use super::ui_state::UiState;
use crate::app::Action;
use crate::app::picker::{Picker, PickerValue};
use crate::config::Switch;

/// A request that needs a real terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalCommand {
    Copy(String),
    Mouse(Switch),
    Suspend,
    Edit,
}

impl UiState {
    /// Takes the requests made since the last call.
    pub fn take_terminal_commands(&mut self) -> Vec<TerminalCommand> {
        std::mem::take(&mut self.terminal_commands)
    }

    pub(super) fn send_command(&mut self, command: TerminalCommand) -> Vec<Action> {
        self.terminal_commands.push(command);
        Vec::new()
    }

    /// Copies the selection, or else the page, to the terminal's clipboard.
    pub(super) fn copy_selection(&mut self) -> Vec<Action> {
        let text = self.preview.copy_text();
        let count = text.chars().count();
        let note = if count == 0 {
            "nothing to copy yet".to_owned()
        } else if clipboard::fits(&text) {
            self.terminal_commands.push(TerminalCommand::Copy(text));
            format!("copied {count} char{}", if count == 1 { "" } else { "s" })
        } else {
            format!("{count} chars are too many for the terminal's clipboard: select fewer")
        };
        vec![Action::Note(note)]
    }

    /// Puts the editor's text into the prompt, or notes why there is none.
    pub fn apply_editor_result(&mut self, edited: Result<String, String>) -> Vec<Action> {
        match edited {
            Ok(text) if text == self.prompt_text() => {
                vec![Action::Note("the prompt is unchanged".to_owned())]
            }
            Ok(text) => {
                let mut actions = self.replace_prompt(&text);
                actions.push(Action::Note("prompt taken from the editor; ^_ undoes".to_owned()));
                actions
            }
            Err(why) => vec![Action::Note(why)],
        }
    }

    /// Sets whether the terminal's background is light or dark.
    pub fn set_background(&mut self, ground: Background) {
        self.themes.set_background(ground);
    }

    pub fn reset_images(&mut self) {
        self.image_slot.reset();
    }

    pub(super) fn toggle_mouse(&mut self) -> Vec<Action> {
        let (mouse, note) = match self.mouse {
            Switch::On => (Switch::Off, "mouse capture off: the terminal selects text"),
            Switch::Off => (Switch::On, "mouse capture on: click, scroll, drag to copy"),
        };
        self.mouse = mouse;
        self.terminal_commands.push(TerminalCommand::Mouse(mouse));
        let key = self.keymap.key_name(UiCommand::Mouse, self.focus).unwrap_or_default();
        vec![Action::Note(format!("{note}; {key} switches back"))]
    }

    /// Replaces the themes to choose from and applies the active one.
    pub fn set_theme_registry(&mut self, themes: ThemeRegistry) {
        self.themes = themes;
        self.preview_theme();
    }

    pub(super) fn choose_theme(&mut self, name: &str) -> Vec<Action> {
        if !self.themes.choose(name) {
            return vec![Action::Note(format!(
                "cannot read the theme {name}; the screen is unchanged"
            ))];
        }
        let note = format!("screen theme: {name}; set `screen_theme` in config.toml to keep it");
        vec![Action::Note(note)]
    }

    /// Applies the theme under the cursor of an open list, or else the active one.
    pub(super) fn preview_theme(&mut self) {
        let open = self.picker.as_ref().and_then(Picker::chosen);
        let seen = match open.map(|item| &item.value) {
            Some(PickerValue::Theme(name)) => self.themes.resolve(name),
            _ => self.themes.active(),
        };
        let theme = (seen != self.theme.name).then(|| self.themes.theme(seen));
        if let Some(theme) = theme {
            self.apply_theme(theme);
        }
    }

    pub(super) fn apply_theme(&mut self, theme: ScreenTheme) {
        self.editor.set_style(theme.style(Role::Text));
        self.editor.set_cursor_line_style(theme.style(Role::Text));
        self.editor.set_placeholder_style(theme.style(Role::Faint));
        self.theme = theme;
    }
}

/// Writes text outside of frames.
///
/// # Errors
/// If the terminal rejects the write.
pub fn write_to_terminal(text: &str) -> std::io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// Turns a failed terminal write into a notice. A closed terminal is detected by the input thread.
pub fn failure_notice(done: std::io::Result<()>) -> Vec<Action> {
    let error = done.err();
    error.map(|e| Action::Note(format!("the terminal failed: {e}"))).into_iter().collect()
}
