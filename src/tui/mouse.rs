//! Which element of the last frame the mouse points at.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::conversation_view::SessionTarget;
use super::focus::Pane;
use super::view_state::PreviewTab;

/// Where the elements of the last frame are.
#[derive(Debug, Default)]
pub(super) struct HitMap {
    pub panes: Vec<(Rect, Pane)>,
    /// The names of panes sharing one area.
    pub pane_names: Vec<(Rect, Pane)>,
    /// The names of the preview's tabs.
    pub tabs: Vec<(Rect, PreviewTab)>,
    pub editor: Option<Rect>,
    pub code: Option<CodeArea>,
    pub list: Option<ListArea>,
    /// The lines of the session that can be chosen.
    pub session: Vec<(Rect, SessionTarget)>,
    /// The game in motion. `None` where it stands still, or is not in sight.
    pub motion: Option<Rect>,
}

/// The area of the code.
#[derive(Debug, Clone, Copy)]
pub struct CodeArea {
    pub area: Rect,
    /// Index of the topmost line.
    pub first: usize,
    /// Columns before the code.
    pub gutter: u16,
    /// Columns of the code scrolled out at the left.
    pub column: usize,
}

/// The area of an open list.
#[derive(Debug, Clone, Copy)]
pub struct ListArea {
    pub frame: Rect,
    pub lines: Rect,
    pub first: usize,
}

impl HitMap {
    /// Records the tabs' names in a line that starts at this cell.
    pub fn record_tabs(&mut self, line: &Line<'_>, x: u16, y: u16) {
        let names = PreviewTab::ALL.map(|tab| (tab, tab.title()));
        self.tabs = name_areas(line, x, y, &names);
    }

    /// Records where the names of the panes are in this line.
    pub fn record_pane_names(&mut self, line: &Line<'_>, at: Rect) {
        let names = Pane::ALL.map(|pane| (pane, pane.title()));
        self.pane_names = name_areas(line, at.x, at.y, &names);
    }
}

/// The area of each name in a line.
fn name_areas<T: Copy>(line: &Line<'_>, x: u16, y: u16, names: &[(T, &str)]) -> Vec<(Rect, T)> {
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
