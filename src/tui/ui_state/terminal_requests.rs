//! Requests to the real terminal: the clipboard, the editor, the mouse, and themes.

use super::UiState;
use crate::app::picker::{Picker, PickerValue};
use crate::app::{Action, HandEdit, Session, Shown};
use crate::config::Switch;
use crate::tui::clipboard;
use crate::tui::keymap::UiCommand;
use crate::tui::terminal_command::{EditTarget, TerminalCommand};
use crate::tui::theme::{Role, ScreenTheme};
use crate::tui::theme_registry::{Background, ThemeRegistry};
use crate::tui::view_state::ViewCommand;

impl UiState {
    /// Whether the screen captures the mouse.
    pub fn take_terminal_commands(&mut self) -> Vec<TerminalCommand> {
        std::mem::take(&mut self.terminal.commands)
    }

    /// Queues a command for the terminal until the next frame.
    pub(in crate::tui) fn send_command(&mut self, command: TerminalCommand) -> Vec<Action> {
        self.terminal.commands.push(command);
        Vec::new()
    }

    /// Copies the selection, or else the page, to the terminal's clipboard.
    pub(in crate::tui) fn copy_selection(&mut self) -> Vec<Action> {
        let text = self.preview.code.copy_text();
        let count = text.chars().count();
        let note = if count == 0 {
            "nothing to copy yet".to_owned()
        } else if clipboard::fits(&text) {
            self.terminal.commands.push(TerminalCommand::Copy(text));
            format!("copied {count} char{}", if count == 1 { "" } else { "s" })
        } else {
            format!("{count} chars are too many for the terminal's clipboard: select fewer")
        };
        vec![Action::Note(note)]
    }

    /// Puts the editor's text into the prompt, or notes why there is none. An edited page goes to the
    /// session.
    pub fn apply_editor_result(
        &mut self,
        target: EditTarget,
        edited: Result<String, String>,
    ) -> Vec<Action> {
        match (target, edited) {
            (EditTarget::Page(before), Ok(page)) if before.trim_end() == page.trim_end() => {
                vec![Action::Note("the page is unchanged".to_owned())]
            }
            (EditTarget::Page(_), Ok(page)) => {
                let mut actions = self.view.apply(ViewCommand::FollowJob);
                actions.push(Action::EditPage(page, HandEdit::Editor));
                actions
            }
            (EditTarget::Prompt, Ok(text)) if text == self.prompt_text() => {
                vec![Action::Note("the prompt is unchanged".to_owned())]
            }
            (EditTarget::Prompt, Ok(text)) => {
                let mut actions = self.replace_prompt(&text);
                actions.push(Action::Note("prompt taken from the editor; ^_ undoes".to_owned()));
                actions
            }
            (_, Err(why)) => vec![Action::Note(why)],
        }
    }

    /// Sets whether the terminal's background is light or dark.
    pub fn set_background(&mut self, background: Background) {
        self.themes.set_background(background);
    }

    /// Forgets the drawn image, so that the next frame requests it again.
    pub fn reset_images(&mut self) {
        self.preview.image.reset();
    }

    /// Switches mouse capture on or off.
    pub(in crate::tui) fn toggle_mouse(&mut self) -> Vec<Action> {
        let (mouse, note) = match self.terminal.mouse {
            Switch::On => (Switch::Off, "mouse capture off: the terminal selects text"),
            Switch::Off => (Switch::On, "mouse capture on: click, scroll, drag to copy"),
        };
        self.terminal.mouse = mouse;
        self.terminal.commands.push(TerminalCommand::Mouse(mouse));
        let key = self.keymap.key_name(UiCommand::Mouse, self.view.focus).unwrap_or_default();
        vec![Action::Note(format!("{note}; {key} switches back"))]
    }

    /// Replaces the themes to choose from and applies the active one.
    pub fn set_theme_registry(&mut self, themes: ThemeRegistry) {
        self.themes = themes;
        self.preview_theme(None);
    }

    /// Chooses a theme by its name.
    pub(in crate::tui) fn choose_theme(&mut self, name: &str) -> Vec<Action> {
        if !self.themes.choose(name) {
            return vec![Action::Note(format!(
                "cannot read the theme {name}; the screen is unchanged"
            ))];
        }
        let note = format!("screen theme: {name}; set `screen_theme` in config.toml to keep it");
        vec![Action::Note(note)]
    }

    /// Applies the theme under the cursor of an open list, or else the active one.
    pub(in crate::tui) fn preview_theme(&mut self, open: Option<&Picker>) {
        let open = open.and_then(Picker::chosen);
        let previewed = match open.map(|item| &item.value) {
            Some(PickerValue::Theme(name)) => self.themes.resolve(name),
            _ => self.themes.active(),
        };
        let theme = (previewed != self.theme.name).then(|| self.themes.theme(previewed));
        if let Some(theme) = theme {
            self.apply_theme(theme);
        }
    }

    /// Draws with this theme from now on.
    pub(in crate::tui) fn apply_theme(&mut self, theme: ScreenTheme) {
        self.editor.set_style(theme.style(Role::Text));
        self.editor.set_cursor_line_style(theme.style(Role::Text));
        self.editor.set_placeholder_style(theme.style(Role::Faint));
        self.theme = theme;
    }
}

/// Opens the page that is shown in the user's editor, as it is before hardening.
pub(super) fn edit_page(ui: &mut UiState, state: &Session) -> Vec<Action> {
    match page_to_edit(state) {
        Ok(page) => ui.send_command(TerminalCommand::Edit(EditTarget::Page(page.to_owned()))),
        Err(why) => vec![Action::Note(why.to_owned())],
    }
}

/// The page that is shown, as it is before hardening.
///
/// # Errors
///
/// There is none, or it is not finished: one sentence.
pub(super) fn page_to_edit(state: &Session) -> Result<&str, &'static str> {
    let shown = state.shown();
    if state.is_busy() && !shown.is_some_and(Shown::is_playing) {
        return Err("still making a game: wait until it is done");
    }
    let page = shown.and_then(|shown| match shown.game() {
        Some(game) => Some(game.product.unhardened()),
        None => shown.source(),
    });
    page.ok_or("no page to edit yet")
}
