//! What keys mean while something lies over the panes: a list, the actions, a search, the help.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::desk::Desk;
use super::keys::Command;
use super::palette::Palette;
use crate::app::picker::Value;
use crate::app::state::View;
use crate::app::{Action, Pane, Stock, Welcome};

/// What lies over the panes and is answered or closed before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Nothing,
    Welcome,
    Help,
    Question,
}

impl Over {
    pub fn of(view: &View) -> Self {
        match view {
            View { confirm: Some(_), .. } => Self::Question,
            View { help: true, .. } => Self::Help,
            View { welcome: Welcome::Shown, .. } => Self::Welcome,
            _ => Self::Nothing,
        }
    }
}

impl Desk {
    /// A list has the keys to itself: words narrow it, arrows move, Enter takes.
    pub(super) fn in_picker(&mut self, key: KeyEvent) -> Vec<Action> {
        match key.code {
            KeyCode::Char(c) if is_plain(key) => self.narrow(|query| query.push(c)),
            KeyCode::Backspace => self.narrow(|query| query.truncate(last(query))),
            KeyCode::Up => vec![Action::Step(-1)],
            KeyCode::Down => vec![Action::Step(1)],
            KeyCode::PageUp => vec![Action::Step(-10)],
            KeyCode::PageDown => vec![Action::Step(10)],
            KeyCode::Tab => self.complete(),
            KeyCode::Enter => self.choose(),
            _ => match self.keys.in_list(key, self.focus) {
                Some(Command::EarlierPrompts) => vec![Action::Pick(Stock::Prompts)],
                Some(Command::Library) => vec![Action::Pick(Stock::Games)],
                Some(Command::Undo) => vec![Action::UndoChosen],
                Some(Command::Unqueue) => vec![Action::ExportChosen],
                Some(Command::Models) => vec![Action::Pick(Stock::Models)],
                Some(Command::Variants) => vec![Action::Pick(Stock::Variants)],
                Some(Command::Stop | Command::Clear | Command::Themes) => vec![Action::Stop],
                Some(Command::Quit) => vec![Action::Quit],
                _ => Vec::new(),
            },
        }
    }

    pub(super) fn narrow(&mut self, change: impl FnOnce(&mut String)) -> Vec<Action> {
        let Some(picker) = self.picker.as_mut() else { return Vec::new() };
        // Words may come faster than frames: the next key builds on these.
        change(&mut picker.query);
        vec![Action::Narrow(picker.query.clone())]
    }

    /// Whether something lies over the panes that no click goes through.
    pub(super) fn is_covered(&self) -> bool {
        self.over != Over::Nothing || self.palette.is_some()
    }

    /// What a click does to it. A question is not answered by chance.
    pub(super) fn uncover(&mut self) -> Vec<Action> {
        match self.over {
            Over::Help => vec![Action::Help],
            Over::Welcome => vec![Action::Welcomed],
            Over::Question => Vec::new(),
            Over::Nothing => {
                self.palette = None;
                Vec::new()
            }
        }
    }

    /// Closes the list, once: the same again would stop a job.
    pub(super) fn close_list(&mut self) -> Vec<Action> {
        self.picker.take().map(|_| Action::Stop).into_iter().collect()
    }

    /// Chooses a line of the open list, wherever the choice is.
    pub(super) fn choose_line(&mut self, line: usize) -> Vec<Action> {
        let Some(picker) = self.picker.as_mut() else { return Vec::new() };
        if picker.items.as_ref().is_none_or(|items| line >= items.len()) {
            return Vec::new();
        }
        let by = line.cast_signed() - picker.chosen.cast_signed();
        picker.chosen = line;
        let mut actions = vec![Action::Step(by)];
        actions.extend(self.choose());
        actions
    }

    /// Puts another text into the editor, as an edit that its undo takes back.
    pub fn rewrite(&mut self, text: &str) -> Vec<Action> {
        self.editor.select_all();
        self.editor.cut();
        self.insert(text);
        vec![Action::Edited(self.prompt())]
    }

    /// The chosen line becomes the words, where it can.
    fn complete(&mut self) -> Vec<Action> {
        let chosen = self.picker.as_ref().and_then(|picker| Some(picker.chosen()?.value.clone()));
        match chosen {
            Some(Value::Words(words)) => self.narrow(|query| *query = words),
            _ => Vec::new(),
        }
    }

    fn choose(&mut self) -> Vec<Action> {
        let Some(picker) = self.picker.as_ref() else { return Vec::new() };
        let (stock, chosen) = (picker.stock, picker.chosen().map(|item| item.value.clone()));
        // What follows a model is typed for the next list or the question, not for the editor.
        if !matches!(chosen, Some(Value::Model(_) | Value::Route(_))) {
            self.picker = None;
        }
        if stock == Stock::Paths {
            return vec![Action::TakeWords];
        }
        let mut actions = vec![Action::Choose];
        match chosen {
            Some(Value::Prompt(text)) => actions.extend(self.rewrite(&text)),
            Some(Value::Theme(name)) => actions.extend(self.take_theme(&name)),
            Some(Value::Variants(models)) => actions.push(Action::Vary(self.prompt(), models)),
            _ => {}
        }
        actions
    }
}

impl Desk {
    pub(super) fn open_palette(&mut self) -> Vec<Action> {
        self.palette = Some(Palette::new(&self.keys));
        Vec::new()
    }

    pub(super) fn in_palette(&mut self, key: KeyEvent) -> Vec<Action> {
        match key.code {
            KeyCode::Char(c) if is_plain(key) => self.narrow_palette(|query| query.push(c)),
            KeyCode::Backspace => self.narrow_palette(|query| query.truncate(last(query))),
            KeyCode::Up => self.step_palette(-1),
            KeyCode::Down => self.step_palette(1),
            KeyCode::PageUp => self.step_palette(-10),
            KeyCode::PageDown => self.step_palette(10),
            KeyCode::Enter => {
                let chosen = self.palette.take().and_then(|palette| palette.chosen());
                chosen.map(|command| self.run(command)).unwrap_or_default()
            }
            _ => match self.keys.command(key, self.focus) {
                Some(Command::Actions | Command::Stop | Command::Clear) => {
                    self.palette = None;
                    Vec::new()
                }
                Some(Command::Quit) => vec![Action::Quit],
                _ => Vec::new(),
            },
        }
    }

    pub(super) fn narrow_palette(&mut self, change: impl FnOnce(&mut String)) -> Vec<Action> {
        if let Some(palette) = self.palette.as_mut() {
            palette.narrow(&self.keys, change);
        }
        Vec::new()
    }

    fn step_palette(&mut self, by: isize) -> Vec<Action> {
        if let Some(palette) = self.palette.as_mut() {
            palette.step(by);
        }
        Vec::new()
    }

    /// Letters are words to look for; Enter keeps the place, Esc goes back.
    pub(super) fn in_search(&mut self, key: KeyEvent) -> Vec<Action> {
        match key.code {
            KeyCode::Char(c) if is_plain(key) => self.search_for(|query| query.push(c)),
            KeyCode::Backspace => self.search_for(|query| query.truncate(last(query))),
            KeyCode::Enter => self.end_search(),
            KeyCode::Esc => self.drop_search(),
            _ => {
                self.end_search();
                self.keys
                    .command(key, self.focus)
                    .map(|command| self.run(command))
                    .unwrap_or_default()
            }
        }
    }

    /// The help is read and closed; nothing else happens behind it.
    pub(super) fn in_help(&mut self, key: KeyEvent) -> Vec<Action> {
        match self.keys.command(key, Pane::Status) {
            Some(Command::Help | Command::Stop) => vec![Action::Help],
            Some(Command::Quit) => vec![Action::Quit],
            Some(Command::LineDown) => self.scroll(1),
            Some(Command::LineUp) => self.scroll(-1),
            Some(Command::PageDown) => self.scroll(10),
            Some(Command::PageUp) => self.scroll(-10),
            _ => Vec::new(),
        }
    }
}

fn is_plain(key: KeyEvent) -> bool {
    !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
}

/// Where the last character begins.
fn last(text: &str) -> usize {
    text.char_indices().next_back().map_or(0, |(at, _)| at)
}

/// Whether the keys after it mean what they would have meant before.
pub(super) fn is_typing(action: &Action) -> bool {
    matches!(action, Action::Edited(_) | Action::Narrow(_) | Action::Step(_) | Action::Note(_))
}
