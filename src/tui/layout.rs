//! Lays out the panes for any size of terminal.

use ratatui::layout::{Constraint, Layout, Rect};

use super::focus::Pane;
use super::view_state::PaneZoom;

/// The areas of the screen. `None` for a pane that is not visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaneLayout {
    pub header: Rect,
    pub session: Option<Rect>,
    pub status: Option<Rect>,
    pub prompt: Option<Rect>,
    pub preview: Option<Rect>,
    /// The row that names the panes sharing one area.
    pub tabs: Option<Rect>,
    /// One row that says what happens, where the status is not visible.
    pub brief: Option<Rect>,
    pub footer: Rect,
}

/// What the panes ask for.
#[derive(Debug, Clone, Copy)]
pub struct LayoutRequest {
    pub focus: Pane,
    /// The pane that is shown where several share one area: never the prompt.
    pub upper: Pane,
    pub zoom: PaneZoom,
    /// Rows of the text in the editor.
    pub prompt_rows: u16,
    /// Rows of the status.
    pub status_rows: u16,
}

/// The smallest usable terminal: columns and rows.
pub const MIN_SIZE: (u16, u16) = (40, 10);

/// From here on all panes are visible: columns and rows.
const ALL_PANES: (u16, u16) = (120, 24);

/// The editor grows with its text up to so many rows.
const MAX_PROMPT_ROWS: u16 = 8;

/// The status grows with what it says up to so many rows.
const MAX_STATUS_ROWS: u16 = 16;

/// The rows of a pane's frame.
const FRAME: u16 = 2;

/// Columns inside the frame of the column that has the prompt. The panes' heights depend on it.
pub fn column_width(area: Rect, zoom: PaneZoom) -> u16 {
    let width = if has_two_columns(area) && zoom == PaneZoom::Off {
        left_width(area.width)
    } else {
        area.width
    };
    width.saturating_sub(FRAME)
}

fn has_two_columns(area: Rect) -> bool {
    area.width >= ALL_PANES.0 && area.height >= ALL_PANES.1
}

fn left_width(width: u16) -> u16 {
    (width * 2 / 5).clamp(44, 72)
}

/// Lays out all panes. `None` below [`MIN_SIZE`].
pub fn layout_panes(area: Rect, request: LayoutRequest) -> Option<PaneLayout> {
    if area.width < MIN_SIZE.0 || area.height < MIN_SIZE.1 {
        return None;
    }
    let [header, body, footer] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)])
            .areas(area);
    let none = PaneLayout {
        header,
        session: None,
        status: None,
        prompt: None,
        preview: None,
        tabs: None,
        brief: None,
        footer,
    };
    Some(match request.zoom {
        PaneZoom::On => layout_zoomed(body, none, request.focus),
        PaneZoom::Off if has_two_columns(area) => layout_columns(body, none, request),
        PaneZoom::Off => layout_column(body, none, request),
    })
}

/// On the left the session, the status and at the bottom the prompt; on the right the preview.
fn layout_columns(body: Rect, layout: PaneLayout, request: LayoutRequest) -> PaneLayout {
    let [left, preview] =
        Layout::horizontal([Constraint::Length(left_width(body.width)), Constraint::Fill(1)])
            .areas(body);
    let status = status_height(request, left.height * 3 / 5);
    let prompt = prompt_height(request, left.height / 3);
    let [session, status, prompt] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(status),
        Constraint::Length(prompt),
    ])
    .areas(left);
    PaneLayout {
        session: Some(session),
        status: Some(status),
        prompt: Some(prompt),
        preview: Some(preview),
        ..layout
    }
}

/// One column: the prompt at the bottom, and above it what happens or the preview.
fn layout_column(body: Rect, layout: PaneLayout, request: LayoutRequest) -> PaneLayout {
    let prompt = prompt_height(request, body.height / 3);
    let [tabs, upper, prompt] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(prompt)])
            .areas(body);
    let layout = PaneLayout { tabs: Some(tabs), prompt: Some(prompt), ..layout };
    let with_brief = || {
        let [pane, brief] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(upper);
        (Some(pane), Some(brief))
    };
    let has_room = upper.height >= 10;
    match request.upper {
        Pane::Preview => {
            let (preview, brief) = with_brief();
            PaneLayout { preview, brief, ..layout }
        }
        Pane::Session | Pane::Status | Pane::Prompt if has_room => {
            let status = status_height(request, upper.height * 2 / 3);
            let [session, status] =
                Layout::vertical([Constraint::Fill(1), Constraint::Length(status)]).areas(upper);
            PaneLayout { session: Some(session), status: Some(status), ..layout }
        }
        Pane::Status => PaneLayout { status: Some(upper), ..layout },
        Pane::Session | Pane::Prompt => {
            let (session, brief) = with_brief();
            PaneLayout { session, brief, ..layout }
        }
    }
}

fn layout_zoomed(body: Rect, layout: PaneLayout, focus: Pane) -> PaneLayout {
    let [tabs, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(body);
    let layout = PaneLayout { tabs: Some(tabs), ..layout };
    match focus {
        Pane::Session => PaneLayout { session: Some(rest), ..layout },
        Pane::Status => PaneLayout { status: Some(rest), ..layout },
        Pane::Prompt => PaneLayout { prompt: Some(rest), ..layout },
        Pane::Preview => PaneLayout { preview: Some(rest), ..layout },
    }
}

fn prompt_height(request: LayoutRequest, most: u16) -> u16 {
    let rows = request.prompt_rows.clamp(1, MAX_PROMPT_ROWS);
    (rows + FRAME).min(most.max(FRAME + 1))
}

fn status_height(request: LayoutRequest, most: u16) -> u16 {
    let rows = request.status_rows.clamp(1, MAX_STATUS_ROWS);
    (rows + FRAME).min(most.max(FRAME + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(focus: Pane) -> LayoutRequest {
        let upper = if focus == Pane::Prompt { Pane::Session } else { focus };
        LayoutRequest { focus, upper, zoom: PaneZoom::Off, prompt_rows: 1, status_rows: 3 }
    }

    fn at(width: u16, height: u16, request: LayoutRequest) -> Option<PaneLayout> {
        layout_panes(Rect::new(0, 0, width, height), request)
    }

    fn area_of(layout: &PaneLayout, pane: Pane) -> Option<Rect> {
        match pane {
            Pane::Session => layout.session,
            Pane::Status => layout.status,
            Pane::Prompt => layout.prompt,
            Pane::Preview => layout.preview,
        }
    }

    #[test]
    fn the_focused_pane_and_the_prompt_are_always_visible() {
        // Panes come together below 120 columns.
        let widths = [40, 41, 60, 79, 80, 81, 100, 119, 120, 121, 160, 199];
        let sizes = widths.map(|width| (10..60).map(move |height| (width, height)));
        for (width, height) in sizes.into_iter().flatten() {
            for (focus, rows) in Pane::ALL.into_iter().flat_map(|pane| [(pane, 1), (pane, 30)]) {
                let layout =
                    at(width, height, LayoutRequest { prompt_rows: rows, ..request(focus) });
                let layout = layout.unwrap();
                let is_visible = |pane| area_of(&layout, pane).is_some_and(|area| area.height > 2);
                let is_good = is_visible(focus) && is_visible(Pane::Prompt);
                assert!(is_good, "{focus:?} at {width}x{height}");
            }
        }
    }

    #[test]
    fn no_row_belongs_to_two_panes() {
        for (width, height) in [(40, 10), (40, 12), (80, 24), (100, 30), (120, 24), (200, 60)] {
            for focus in Pane::ALL {
                let layout = at(width, height, request(focus)).unwrap();
                let areas = Pane::ALL.into_iter().filter_map(|pane| area_of(&layout, pane));
                let areas: Vec<_> = areas.chain(layout.tabs).chain(layout.brief).collect();
                let cells: u32 = areas.iter().map(|area| area.area()).sum();
                assert_eq!(cells, u32::from(width) * u32::from(height - 2), "{layout:?}");
            }
        }
    }

    #[test]
    fn a_zoomed_pane_is_alone() {
        let zoomed = LayoutRequest { zoom: PaneZoom::On, ..request(Pane::Preview) };
        let layout = at(160, 50, zoomed).unwrap();
        assert_eq!((layout.prompt, layout.status), (None, None));
        assert_eq!(layout.preview.unwrap().width, 160);
    }

    #[test]
    fn a_tiny_terminal_has_no_panes() {
        assert_eq!(at(39, 50, request(Pane::Prompt)), None);
        assert_eq!(at(200, 9, request(Pane::Prompt)), None);
    }
}
