//! What a gesture of the mouse does where it points.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};
use tui_textarea::{CursorMove, DataCursor};

use super::UiState;
use crate::app::{Action, Picker, Session};
use crate::tui::focus::Pane;
use crate::tui::modal::Modal;
use crate::tui::mouse::{CodeArea, ListArea};
use crate::tui::selection::{Selection, TextPosition, character_at};
use crate::tui::view_state::ViewCommand;

/// Lines per wheel step.
const WHEEL_STEP: isize = 3;

/// A mouse event that has a meaning here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MouseGesture {
    Press,
    Drag,
    Release,
    Wheel(ScrollDirection),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScrollDirection {
    Up,
    Down,
    Left,
    Right,
}

impl MouseGesture {
    fn from_event_kind(kind: MouseEventKind) -> Option<Self> {
        match kind {
            MouseEventKind::Down(MouseButton::Left) => Some(Self::Press),
            MouseEventKind::Drag(MouseButton::Left) => Some(Self::Drag),
            MouseEventKind::Up(MouseButton::Left) => Some(Self::Release),
            MouseEventKind::ScrollDown => Some(Self::Wheel(ScrollDirection::Down)),
            MouseEventKind::ScrollUp => Some(Self::Wheel(ScrollDirection::Up)),
            MouseEventKind::ScrollLeft => Some(Self::Wheel(ScrollDirection::Left)),
            MouseEventKind::ScrollRight => Some(Self::Wheel(ScrollDirection::Right)),
            MouseEventKind::Down(_)
            | MouseEventKind::Drag(_)
            | MouseEventKind::Up(_)
            | MouseEventKind::Moved => None,
        }
    }
}

impl UiState {
    /// Handles a mouse event, in the dialog if one is open.
    pub(in crate::tui) fn on_mouse(
        &mut self,
        event: MouseEvent,
        modal: Modal,
        state: &Session,
    ) -> Vec<Action> {
        let at = Position::new(event.column, event.row);
        let Some(gesture) = MouseGesture::from_event_kind(event.kind) else { return Vec::new() };
        let covers = self.overlays.palette.is_some() || self.overlays.knobs.is_some();
        if modal != Modal::None || covers {
            let is_press = gesture == MouseGesture::Press;
            return if is_press { self.dismiss_modal(modal) } else { Vec::new() };
        }
        if let Some(list) = self.hit_map.list {
            let Some(picker) = &state.dialogs.picker else { return Vec::new() };
            return self.handle_list_gesture(gesture, list, at, picker);
        }
        match gesture {
            MouseGesture::Press => self.handle_press(at),
            MouseGesture::Drag => self.drag_selection(at),
            MouseGesture::Release => self.finish_selection(),
            MouseGesture::Wheel(ScrollDirection::Down) => self.scroll_at(at, WHEEL_STEP, state),
            MouseGesture::Wheel(ScrollDirection::Up) => self.scroll_at(at, -WHEEL_STEP, state),
            MouseGesture::Wheel(ScrollDirection::Right) => {
                self.scroll_horizontally_at(at, WHEEL_STEP)
            }
            MouseGesture::Wheel(ScrollDirection::Left) => {
                self.scroll_horizontally_at(at, -WHEEL_STEP)
            }
        }
    }

    /// A click chooses a line; a click outside closes the list.
    fn handle_list_gesture(
        &mut self,
        gesture: MouseGesture,
        list: ListArea,
        at: Position,
        picker: &Picker,
    ) -> Vec<Action> {
        match gesture {
            MouseGesture::Wheel(ScrollDirection::Down) => vec![Action::Step(1)],
            MouseGesture::Wheel(ScrollDirection::Up) => vec![Action::Step(-1)],
            MouseGesture::Press if !list.frame.contains(at) => vec![Action::Stop],
            MouseGesture::Press if list.lines.contains(at) => {
                self.choose_picker_line(picker, list.first + usize::from(at.y - list.lines.y))
            }
            MouseGesture::Press
            | MouseGesture::Drag
            | MouseGesture::Release
            | MouseGesture::Wheel(_) => Vec::new(),
        }
    }

    /// Focuses the pane under the pointer and acts on the element there.
    fn handle_press(&mut self, at: Position) -> Vec<Action> {
        self.preview.code.selection = None;
        if let Some(pane) = target_at(&self.hit_map.pane_names, at) {
            return self.view.apply(ViewCommand::Focus(pane));
        }
        if let Some(tab) = target_at(&self.hit_map.tabs, at) {
            self.view.apply(ViewCommand::Focus(Pane::Preview));
            return self.view.apply(ViewCommand::Show(tab));
        }
        if let Some(area) = self.hit_map.editor.filter(|area| area.contains(at)) {
            self.place_cursor(area, at);
        }
        if let Some(code_area) = self.hit_map.code.filter(|code_area| code_area.area.contains(at)) {
            self.preview.code.selection = self.text_position(code_area, at).map(Selection::new);
        }
        let mut actions = match target_at(&self.hit_map.panes, at) {
            Some(pane) => self.view.apply(ViewCommand::Focus(pane)),
            None => Vec::new(),
        };
        if let Some(target) = target_at(&self.hit_map.session, at) {
            actions.extend(self.conversation.choose(Some(target)));
        }
        actions
    }

    fn place_cursor(&mut self, area: Rect, at: Position) {
        let (above, before) = self.editor.scroll_offset();
        let row = usize::from(at.y - area.y) + usize::from(above);
        let column = usize::from(at.x - area.x) + usize::from(before);
        let DataCursor(row, column) = self.editor.screen_to_data(row, column);
        let fits = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        self.editor.cancel_selection();
        self.editor.move_cursor(CursorMove::Jump(fits(row), fits(column)));
    }

    /// The character under the pointer, or the nearest one. `None` without code.
    fn text_position(&self, code_area: CodeArea, at: Position) -> Option<TextPosition> {
        let row = usize::from(at.y.saturating_sub(code_area.area.y).min(code_area.area.height - 1));
        let last = self.preview.code.line_count().checked_sub(1)?;
        let line = (code_area.first + row).min(last);
        let column = at.x.saturating_sub(code_area.area.x + code_area.gutter);
        let letter = character_at(
            self.preview.code.line_text(line)?,
            code_area.column + usize::from(column),
        );
        Some(TextPosition { line, character: letter })
    }

    /// Extends the selection; beyond the edges the code scrolls.
    fn drag_selection(&mut self, at: Position) -> Vec<Action> {
        let Some(mut code_area) = self.hit_map.code else { return Vec::new() };
        if self.preview.code.selection.is_none() {
            return Vec::new();
        }
        let by =
            if at.y < code_area.area.y { -1 } else { isize::from(at.y >= code_area.area.bottom()) };
        if by != 0 {
            let height = usize::from(code_area.area.height);
            self.preview.code.scroll(by, height);
            code_area.first = self.preview.code.first_visible(height);
            self.hit_map.code = Some(code_area);
        }
        let position = self.text_position(code_area, at);
        if let (Some(selection), Some(position)) = (self.preview.code.selection.as_mut(), position)
        {
            selection.extend_to(position);
        }
        Vec::new()
    }

    /// Copies the dragged selection.
    fn finish_selection(&mut self) -> Vec<Action> {
        match self.preview.code.selection {
            Some(selection) if !selection.is_empty() => self.copy_selection(),
            Some(_) | None => {
                self.preview.code.selection = None;
                Vec::new()
            }
        }
    }

    fn scroll_horizontally_at(&mut self, at: Position, by: isize) -> Vec<Action> {
        let is_there = target_at(&self.hit_map.panes, at) == Some(Pane::Preview);
        if is_there { self.preview.scroll_horizontally(by) } else { Vec::new() }
    }

    /// Scrolls the pane under the pointer without moving the focus.
    fn scroll_at(&mut self, at: Position, by: isize, state: &Session) -> Vec<Action> {
        match target_at(&self.hit_map.panes, at) {
            Some(Pane::Preview) => self.preview.scroll(self.view.tab, by),
            Some(Pane::Prompt) => {
                self.editor.scroll((i16::try_from(by).unwrap_or_default(), 0));
                Vec::new()
            }
            Some(Pane::Session) => self.conversation.step(by.signum(), state),
            // The status is always visible whole.
            Some(Pane::Status) | None => Vec::new(),
        }
    }
}

fn target_at<T: Copy>(areas: &[(Rect, T)], at: Position) -> Option<T> {
    areas.iter().find(|(area, _)| area.contains(at)).map(|(_, what)| *what)
}
