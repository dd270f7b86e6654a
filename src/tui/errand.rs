//! What the desk leaves to whoever has a real terminal, and what it hears from there.

use std::io::{Write, stdout};

use super::clipboard;
use super::desk::Desk;
use super::keys::Command;
use super::theme::{Role, Theme};
use super::wardrobe::{Ground, Wardrobe};
use crate::app::Action;
use crate::app::picker::{Picker, Value};
use crate::config::Switch;

/// What only a real terminal can do, or whoever has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    Copy(String),
    Mouse(Switch),
    Suspend,
    Edit,
}

impl Desk {
    /// What a real terminal is to do since the last time.
    pub fn errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.errands)
    }

    pub(super) fn send(&mut self, errand: Errand) -> Vec<Action> {
        self.errands.push(errand);
        Vec::new()
    }

    /// The selection, or the page, goes to the clipboard of the terminal.
    pub(super) fn copy(&mut self) -> Vec<Action> {
        let text = self.preview.copied();
        let count = text.chars().count();
        let note = if count == 0 {
            "there is nothing to copy yet".to_owned()
        } else if clipboard::fits(&text) {
            self.errands.push(Errand::Copy(text));
            format!("copied {count} char{}", if count == 1 { "" } else { "s" })
        } else {
            format!("{count} chars are too many for a terminal's clipboard: select fewer")
        };
        vec![Action::Note(note)]
    }

    /// What the user's editor has left, or why it has left nothing.
    pub fn edited(&mut self, edited: Result<String, String>) -> Vec<Action> {
        match edited {
            Ok(text) if text == self.prompt() => {
                vec![Action::Note("the prompt is as it was".to_owned())]
            }
            Ok(text) => {
                let mut actions = self.rewrite(&text);
                actions.push(Action::Note("the prompt is the editor's; ^_ undoes".to_owned()));
                actions
            }
            Err(why) => vec![Action::Note(why)],
        }
    }

    /// What the terminal's ground is like.
    pub fn set_ground(&mut self, ground: Ground) {
        self.wardrobe.set_ground(ground);
    }

    pub fn forget_pictures(&mut self) {
        self.gallery.forget();
    }

    pub(super) fn turn_mouse(&mut self) -> Vec<Action> {
        let (mouse, note) = match self.mouse {
            Switch::On => (Switch::Off, "the mouse is the terminal's: select as everywhere"),
            Switch::Off => (Switch::On, "the mouse is here: click, wheel, drag to copy"),
        };
        self.mouse = mouse;
        self.errands.push(Errand::Mouse(mouse));
        let key = self.keys.name_of(Command::Mouse, self.focus).unwrap_or_default();
        vec![Action::Note(format!("{note}; {key} turns it back"))]
    }

    /// Has these themes to choose from, and wears the chosen one.
    pub fn dress(&mut self, wardrobe: Wardrobe) {
        self.wardrobe = wardrobe;
        self.try_on();
    }

    pub(super) fn take_theme(&mut self, name: &str) -> Vec<Action> {
        if !self.wardrobe.choose(name) {
            return vec![Action::Note(format!(
                "{name} cannot be read: the screen stays as it was"
            ))];
        }
        let note = format!("the screen wears {name}; `screen_theme` in config.toml keeps it");
        vec![Action::Note(note)]
    }

    /// A theme is seen while the choice is on it; without a list, what is chosen is worn.
    pub(super) fn try_on(&mut self) {
        let open = self.picker.as_ref().and_then(Picker::chosen);
        let seen = match open.map(|item| &item.value) {
            Some(Value::Theme(name)) => self.wardrobe.name(name),
            _ => self.wardrobe.worn(),
        };
        let theme = (seen != self.theme.name).then(|| self.wardrobe.theme(seen));
        if let Some(theme) = theme {
            self.wear(theme);
        }
    }

    pub(super) fn wear(&mut self, theme: Theme) {
        self.editor.set_style(theme.style(Role::Text));
        self.editor.set_cursor_line_style(theme.style(Role::Text));
        self.editor.set_placeholder_style(theme.style(Role::Faint));
        self.theme = theme;
    }
}

/// Writes what is no part of a frame.
pub fn write(text: &str) -> std::io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// What the terminal refuses is told; that it is gone is noticed elsewhere.
pub fn told(done: std::io::Result<()>) -> Vec<Action> {
    let error = done.err();
    error.map(|e| Action::Note(format!("the terminal failed: {e}"))).into_iter().collect()
}
