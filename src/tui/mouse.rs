//! The mouse: what lies under it in the last frame, and what that means.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use tui_textarea::{CursorMove, DataCursor};

use super::desk::Desk;
use super::selection::{Place, Selection, letter_at};
use crate::app::{Action, Pane, Tab};

/// How many lines the wheel moves at once.
const NOTCH: isize = 3;

/// Where things were in the last frame.
#[derive(Debug, Default)]
pub struct Spots {
    pub panes: Vec<(Rect, Pane)>,
    /// The names of panes that share a place.
    pub bar: Vec<(Rect, Pane)>,
    /// The names of the preview's tabs.
    pub tabs: Vec<(Rect, Tab)>,
    pub editor: Option<Rect>,
    pub code: Option<CodeSpot>,
    pub list: Option<ListSpot>,
}

/// Where lines of code are.
#[derive(Debug, Clone, Copy)]
pub struct CodeSpot {
    pub area: Rect,
    /// The number of the topmost line.
    pub first: usize,
    /// Columns before the code.
    pub gutter: u16,
    /// Columns of the code that are out of sight at the left.
    pub column: usize,
}

/// Where the lines of an open list are.
#[derive(Debug, Clone, Copy)]
pub struct ListSpot {
    pub frame: Rect,
    pub lines: Rect,
    pub first: usize,
}

impl Spots {
    /// Takes note of the tabs' names in a line that begins here.
    pub fn note_tabs(&mut self, line: &Line<'_>, x: u16, y: u16) {
        let names = Tab::ALL.map(|tab| (tab, tab.title()));
        self.tabs = named(line, x, y, &names);
    }

    pub fn note_bar(&mut self, line: &Line<'_>, at: Rect) {
        let names = Pane::ALL.map(|pane| (pane, pane.title()));
        self.bar = named(line, at.x, at.y, &names);
    }
}

/// Where each name stands in a line.
fn named<T: Copy>(line: &Line<'_>, x: u16, y: u16, names: &[(T, &str)]) -> Vec<(Rect, T)> {
    let mut left = x;
    let mut found = Vec::new();
    for span in &line.spans {
        let width = u16::try_from(span.width()).unwrap_or(u16::MAX);
        let name = names.iter().find(|(_, name)| span.content.contains(name));
        found.extend(name.map(|(what, _)| (Rect::new(left, y, width, 1), *what)));
        left = left.saturating_add(width);
    }
    found
}

fn under<T: Copy>(spots: &[(Rect, T)], at: Position) -> Option<T> {
    spots.iter().find(|(spot, _)| spot.contains(at)).map(|(_, what)| *what)
}

/// What somebody does with the mouse, as far as it means something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Press,
    Drag,
    Release,
    Wheel(Turn),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Up,
    Down,
    Left,
    Right,
}

impl Deed {
    fn of(kind: MouseEventKind) -> Option<Self> {
        match kind {
            MouseEventKind::Down(MouseButton::Left) => Some(Self::Press),
            MouseEventKind::Drag(MouseButton::Left) => Some(Self::Drag),
            MouseEventKind::Up(MouseButton::Left) => Some(Self::Release),
            MouseEventKind::ScrollDown => Some(Self::Wheel(Turn::Down)),
            MouseEventKind::ScrollUp => Some(Self::Wheel(Turn::Up)),
            MouseEventKind::ScrollLeft => Some(Self::Wheel(Turn::Left)),
            MouseEventKind::ScrollRight => Some(Self::Wheel(Turn::Right)),
            MouseEventKind::Down(_)
            | MouseEventKind::Drag(_)
            | MouseEventKind::Up(_)
            | MouseEventKind::Moved => None,
        }
    }
}

impl Desk {
    pub(super) fn on_mouse(&mut self, event: MouseEvent) -> Vec<Action> {
        let at = Position::new(event.column, event.row);
        let Some(deed) = Deed::of(event.kind) else { return Vec::new() };
        if self.is_covered() {
            return if deed == Deed::Press { self.uncover() } else { Vec::new() };
        }
        if let Some(list) = self.spots.list {
            return self.in_list(deed, list, at);
        }
        match deed {
            Deed::Press => self.press(at),
            Deed::Drag => self.drag(at),
            Deed::Release => self.release(),
            Deed::Wheel(Turn::Down) => self.wheel(at, NOTCH),
            Deed::Wheel(Turn::Up) => self.wheel(at, -NOTCH),
            Deed::Wheel(Turn::Right) => self.sideways(at, NOTCH),
            Deed::Wheel(Turn::Left) => self.sideways(at, -NOTCH),
        }
    }

    /// A line is chosen by a click, and a click elsewhere closes the list.
    fn in_list(&mut self, deed: Deed, list: ListSpot, at: Position) -> Vec<Action> {
        match deed {
            Deed::Wheel(Turn::Down) => vec![Action::Step(1)],
            Deed::Wheel(Turn::Up) => vec![Action::Step(-1)],
            Deed::Press if !list.frame.contains(at) => self.close_list(),
            Deed::Press if list.lines.contains(at) => {
                self.choose_line(list.first + usize::from(at.y - list.lines.y))
            }
            Deed::Press | Deed::Drag | Deed::Release | Deed::Wheel(_) => Vec::new(),
        }
    }

    /// A press focuses the pane under it, and does what there is to do at this place.
    fn press(&mut self, at: Position) -> Vec<Action> {
        self.preview.selection = None;
        if let Some(pane) = under(&self.spots.bar, at) {
            return vec![Action::Focus(pane)];
        }
        if let Some(tab) = under(&self.spots.tabs, at) {
            return vec![Action::Focus(Pane::Preview), Action::Show(tab)];
        }
        if let Some(area) = self.spots.editor.filter(|area| area.contains(at)) {
            self.put_cursor(area, at);
        }
        if let Some(spot) = self.spots.code.filter(|spot| spot.area.contains(at)) {
            self.preview.selection = self.place(spot, at).map(Selection::begin);
        }
        under(&self.spots.panes, at).map(Action::Focus).into_iter().collect()
    }

    fn put_cursor(&mut self, area: Rect, at: Position) {
        let (above, before) = self.editor.scroll_offset();
        let row = usize::from(at.y - area.y) + usize::from(above);
        let column = usize::from(at.x - area.x) + usize::from(before);
        let DataCursor(row, column) = self.editor.screen_to_data(row, column);
        let fits = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        self.editor.cancel_selection();
        self.editor.move_cursor(CursorMove::Jump(fits(row), fits(column)));
    }

    /// The character under the pointer, or the nearest one.
    fn place(&self, spot: CodeSpot, at: Position) -> Option<Place> {
        let down = usize::from(at.y.saturating_sub(spot.area.y).min(spot.area.height - 1));
        let last = self.preview.count().checked_sub(1)?;
        let line = (spot.first + down).min(last);
        let column = at.x.saturating_sub(spot.area.x + spot.gutter);
        let letter = letter_at(self.preview.text(line)?, spot.column + usize::from(column));
        Some(Place { line, letter })
    }

    /// Moves the end of the selection; beyond the edges the code scrolls.
    fn drag(&mut self, at: Position) -> Vec<Action> {
        let Some(mut spot) = self.spots.code else { return Vec::new() };
        if self.preview.selection.is_none() {
            return Vec::new();
        }
        let by = if at.y < spot.area.y { -1 } else { isize::from(at.y >= spot.area.bottom()) };
        if by != 0 {
            let height = usize::from(spot.area.height);
            self.preview.scroll(by, height);
            spot.first = self.preview.first_visible(height);
            self.spots.code = Some(spot);
        }
        let place = self.place(spot, at);
        if let (Some(selection), Some(place)) = (self.preview.selection.as_mut(), place) {
            selection.drag(place);
        }
        Vec::new()
    }

    /// What was dragged over is copied.
    fn release(&mut self) -> Vec<Action> {
        match self.preview.selection {
            Some(selection) if !selection.is_empty() => self.copy(),
            Some(_) | None => {
                self.preview.selection = None;
                Vec::new()
            }
        }
    }

    fn sideways(&mut self, at: Position, by: isize) -> Vec<Action> {
        let is_there = under(&self.spots.panes, at) == Some(Pane::Preview);
        if is_there { self.shift(by) } else { Vec::new() }
    }

    /// Scrolls what lies under the pointer; the focus stays.
    fn wheel(&mut self, at: Position, by: isize) -> Vec<Action> {
        match under(&self.spots.panes, at) {
            Some(Pane::Preview) => self.scroll(by),
            Some(Pane::Prompt) => {
                self.editor.scroll((i16::try_from(by).unwrap_or_default(), 0));
                Vec::new()
            }
            // All of it is in sight.
            Some(Pane::Status) | None => Vec::new(),
        }
    }
}
