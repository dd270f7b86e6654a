//! Handles keys while a list, the palette, a search or the help is open.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{UiState, knob_keys};
use crate::app::picker::PickerValue;
use crate::app::{Action, Picker, PickerKind, Session};
use crate::tui::command_palette::CommandPalette;
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::modal::Modal;
use crate::tui::view_state::{PreviewTab, ViewCommand};

impl UiState {
    /// In a list letters narrow it, arrows move and Enter chooses.
    pub(in crate::tui) fn handle_picker_key(
        &mut self,
        key: KeyEvent,
        picker: &Picker,
    ) -> Vec<Action> {
        match key.code {
            KeyCode::Char(c) if is_unmodified(key) => narrow_picker(picker, |query| query.push(c)),
            KeyCode::Backspace => {
                narrow_picker(picker, |query| query.truncate(last_char_start(query)))
            }
            KeyCode::Up => vec![Action::Step(-1)],
            KeyCode::Down => vec![Action::Step(1)],
            KeyCode::PageUp => vec![Action::Step(-10)],
            KeyCode::PageDown => vec![Action::Step(10)],
            KeyCode::Tab => complete_query(picker),
            KeyCode::Enter => {
                self.choose_item(picker.kind, picker.chosen().map(|item| &item.value))
            }
            _ => match self.keymap.list_command(key, self.view.focus) {
                Some(UiCommand::EarlierPrompts) => vec![Action::Pick(PickerKind::Prompts)],
                Some(UiCommand::Library) => vec![Action::Pick(PickerKind::Games)],
                Some(UiCommand::Undo) => vec![Action::UndoChosen],
                Some(UiCommand::Unqueue) => vec![Action::ExportChosen],
                Some(UiCommand::Models) => vec![Action::Pick(PickerKind::Models)],
                Some(UiCommand::Variants) => vec![Action::Pick(PickerKind::Variants)],
                Some(UiCommand::Stop | UiCommand::Clear | UiCommand::Themes) => vec![Action::Stop],
                Some(UiCommand::Quit) => vec![Action::Quit],
                _ => Vec::new(),
            },
        }
    }

    /// Handles a click on an overlay. It never answers a question.
    pub(in crate::tui) fn dismiss_modal(&mut self, modal: Modal) -> Vec<Action> {
        match modal {
            Modal::Help => self.view.apply(ViewCommand::ToggleHelp),
            Modal::Welcome => self.view.apply(ViewCommand::CloseWelcome),
            Modal::Question => Vec::new(),
            Modal::None if self.overlays.knobs.is_some() => knob_keys::close(self),
            Modal::None => {
                self.overlays.palette = None;
                Vec::new()
            }
        }
    }

    /// Chooses the line with this index in the open list.
    pub(in crate::tui) fn choose_picker_line(
        &mut self,
        picker: &Picker,
        line: usize,
    ) -> Vec<Action> {
        let item = picker.items.as_ref().and_then(|items| items.get(line));
        let Some(item) = item else { return Vec::new() };
        let by = line.cast_signed() - picker.chosen.cast_signed();
        let mut actions = vec![Action::Step(by)];
        actions.extend(self.choose_item(picker.kind, Some(&item.value)));
        actions
    }

    /// Replaces the editor's text as one edit that its undo reverts.
    pub fn replace_prompt(&mut self, text: &str) -> Vec<Action> {
        self.editor.select_all();
        self.editor.cut();
        self.paste_text(text);
        vec![Action::Edited(self.prompt_text())]
    }

    fn choose_item(&mut self, kind: PickerKind, chosen: Option<&PickerValue>) -> Vec<Action> {
        if kind == PickerKind::Paths {
            return vec![Action::TakeWords];
        }
        let mut actions = vec![Action::Choose];
        match chosen {
            Some(PickerValue::Prompt(text)) => actions.extend(self.replace_prompt(text)),
            Some(PickerValue::Theme(name)) => actions.extend(self.choose_theme(name)),
            Some(PickerValue::Version(_)) if kind == PickerKind::DiffBase => {
                // After the choice: the session would begin with the version that this one came from.
                actions.extend(self.view.apply(ViewCommand::Show(PreviewTab::Diff)));
            }
            Some(PickerValue::Variants(models, mode)) => {
                actions.push(Action::Vary(self.prompt_text(), models.clone(), *mode));
            }
            _ => {}
        }
        actions
    }
}

impl UiState {
    /// Opens the command palette.
    pub(in crate::tui) fn open_palette(&mut self) -> Vec<Action> {
        self.overlays.palette = Some(CommandPalette::new(&self.keymap));
        Vec::new()
    }

    /// Handles a key while the command palette is open.
    pub(in crate::tui) fn handle_palette_key(
        &mut self,
        key: KeyEvent,
        state: &Session,
    ) -> Vec<Action> {
        match key.code {
            KeyCode::Char(c) if is_unmodified(key) => self.narrow_palette(|query| query.push(c)),
            KeyCode::Backspace => {
                self.narrow_palette(|query| query.truncate(last_char_start(query)))
            }
            KeyCode::Up => self.step_palette(-1),
            KeyCode::Down => self.step_palette(1),
            KeyCode::PageUp => self.step_palette(-10),
            KeyCode::PageDown => self.step_palette(10),
            KeyCode::Enter => {
                let chosen = self.overlays.palette.take().and_then(|palette| palette.chosen());
                chosen.map(|command| self.run_command(command, state)).unwrap_or_default()
            }
            _ => match self.keymap.command(key, self.view.focus) {
                Some(UiCommand::Actions | UiCommand::Stop | UiCommand::Clear) => {
                    self.overlays.palette = None;
                    Vec::new()
                }
                Some(UiCommand::Quit) => vec![Action::Quit],
                _ => Vec::new(),
            },
        }
    }

    /// Changes the query of the command palette.
    pub(in crate::tui) fn narrow_palette(
        &mut self,
        change: impl FnOnce(&mut String),
    ) -> Vec<Action> {
        if let Some(palette) = self.overlays.palette.as_mut() {
            palette.edit_query(&self.keymap, change);
        }
        Vec::new()
    }

    fn step_palette(&mut self, by: isize) -> Vec<Action> {
        if let Some(palette) = self.overlays.palette.as_mut() {
            palette.move_choice(by);
        }
        Vec::new()
    }

    /// Letters edit the query; Enter keeps the position, Esc returns.
    pub(in crate::tui) fn handle_search_key(
        &mut self,
        key: KeyEvent,
        state: &Session,
    ) -> Vec<Action> {
        match key.code {
            KeyCode::Char(c) if is_unmodified(key) => {
                self.preview.edit_search(|query| query.push(c))
            }
            KeyCode::Backspace => {
                self.preview.edit_search(|query| query.truncate(last_char_start(query)))
            }
            KeyCode::Enter => self.preview.end_search(),
            KeyCode::Esc => self.preview.cancel_search(),
            _ => {
                self.preview.end_search();
                self.keymap
                    .command(key, self.view.focus)
                    .map(|command| self.run_command(command, state))
                    .unwrap_or_default()
            }
        }
    }

    /// The help only scrolls and closes.
    pub(in crate::tui) fn handle_help_key(&mut self, key: KeyEvent) -> Vec<Action> {
        match self.keymap.command(key, Pane::Status) {
            Some(UiCommand::Help | UiCommand::Stop) => self.view.apply(ViewCommand::ToggleHelp),
            Some(UiCommand::Quit) => vec![Action::Quit],
            Some(UiCommand::LineDown) => self.scroll_help(1),
            Some(UiCommand::LineUp) => self.scroll_help(-1),
            Some(UiCommand::PageDown) => self.scroll_help(10),
            Some(UiCommand::PageUp) => self.scroll_help(-10),
            _ => Vec::new(),
        }
    }

    fn scroll_help(&mut self, by: isize) -> Vec<Action> {
        self.overlays.help_row = self.overlays.help_row.saturating_add_signed(by);
        Vec::new()
    }
}

/// Changes the query of the open list.
pub(super) fn narrow_picker(picker: &Picker, change: impl FnOnce(&mut String)) -> Vec<Action> {
    let mut query = picker.query.clone();
    change(&mut query);
    vec![Action::Narrow(query)]
}

/// Completes the query with the chosen line, if it has a completion.
fn complete_query(picker: &Picker) -> Vec<Action> {
    match picker.chosen().map(|item| &item.value) {
        Some(PickerValue::Words(words)) => narrow_picker(picker, |query| query.clone_from(words)),
        _ => Vec::new(),
    }
}

pub(super) fn is_unmodified(key: KeyEvent) -> bool {
    !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
}

/// Offset of the last character.
fn last_char_start(text: &str) -> usize {
    text.char_indices().next_back().map_or(0, |(at, _)| at)
}
