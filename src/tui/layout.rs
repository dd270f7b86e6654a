//! Lays out the panes for any size of terminal.

use ratatui::layout::{Constraint, Layout, Rect};

use super::focus::Pane;
use super::view_state::PaneZoom;

/// The areas of the screen. `None` for a pane that is not visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaneLayout {
    pub header: Rect,
    pub prompt: Option<Rect>,
    pub status: Option<Rect>,
    pub preview: Option<Rect>,
    /// The row that names the panes sharing one area.
    pub tabs: Option<Rect>,
    pub footer: Rect,
}

/// The smallest usable terminal: columns and rows.
pub const MIN_SIZE: (u16, u16) = (40, 10);

/// Lays out all panes. `None` below [`MIN_SIZE`].
pub fn layout_panes(area: Rect, focus: Pane, zoom: PaneZoom) -> Option<PaneLayout> {
    if area.width < MIN_SIZE.0 || area.height < MIN_SIZE.1 {
        return None;
    }
    let [header, body, footer] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)])
            .areas(area);
    let none = PaneLayout { header, prompt: None, status: None, preview: None, tabs: None, footer };
    Some(match area.width {
        _ if zoom == PaneZoom::On => layout_one(body, none, focus),
        120.. if area.height >= 24 => layout_three(body, none),
        80.. => layout_two(body, none, focus),
        _ => layout_one(body, none, focus),
    })
}

/// Prompt above status on the left, preview on the right.
fn layout_three(body: Rect, layout: PaneLayout) -> PaneLayout {
    let left = (body.width * 2 / 5).clamp(44, 64);
    let [left, preview] =
        Layout::horizontal([Constraint::Length(left), Constraint::Fill(1)]).areas(body);
    let [prompt, status] = Layout::vertical([Constraint::Fill(2), Constraint::Fill(3)]).areas(left);
    PaneLayout { prompt: Some(prompt), status: Some(status), preview: Some(preview), ..layout }
}

/// Prompt above; below it status or preview, whichever had the focus last.
fn layout_two(body: Rect, layout: PaneLayout, focus: Pane) -> PaneLayout {
    let [prompt, tabs, rest] = Layout::vertical([
        Constraint::Length((body.height / 3).clamp(4, 8)),
        Constraint::Length(1),
        Constraint::Fill(1),
    ])
    .areas(body);
    let layout = PaneLayout { prompt: Some(prompt), tabs: Some(tabs), ..layout };
    match focus {
        Pane::Prompt | Pane::Status => PaneLayout { status: Some(rest), ..layout },
        Pane::Preview => PaneLayout { preview: Some(rest), ..layout },
    }
}

fn layout_one(body: Rect, layout: PaneLayout, focus: Pane) -> PaneLayout {
    let [tabs, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(body);
    let layout = PaneLayout { tabs: Some(tabs), ..layout };
    match focus {
        Pane::Prompt => PaneLayout { prompt: Some(rest), ..layout },
        Pane::Status => PaneLayout { status: Some(rest), ..layout },
        Pane::Preview => PaneLayout { preview: Some(rest), ..layout },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(width: u16, height: u16, focus: Pane) -> Option<PaneLayout> {
        layout_panes(Rect::new(0, 0, width, height), focus, PaneZoom::Off)
    }

    #[test]
    fn the_focused_pane_is_always_visible() {
        // Panes come together below 80 and 120 columns.
        let widths = [40, 41, 60, 79, 80, 81, 100, 119, 120, 121, 160, 199];
        let sizes = widths.map(|width| (10..60).map(move |height| (width, height)));
        for (width, height) in sizes.into_iter().flatten() {
            for focus in Pane::ALL {
                let layout = at(width, height, focus).unwrap();
                let visible = match focus {
                    Pane::Prompt => layout.prompt,
                    Pane::Status => layout.status,
                    Pane::Preview => layout.preview,
                };
                assert!(visible.unwrap().height > 2, "{focus:?} at {width}x{height}");
            }
        }
    }

    #[test]
    fn a_zoomed_pane_is_alone() {
        let layout = layout_panes(Rect::new(0, 0, 160, 50), Pane::Preview, PaneZoom::On).unwrap();
        assert_eq!((layout.prompt, layout.status), (None, None));
        assert_eq!(layout.preview.unwrap().width, 160);
    }

    #[test]
    fn a_tiny_terminal_has_no_panes() {
        assert_eq!(at(39, 50, Pane::Prompt), None);
        assert_eq!(at(200, 9, Pane::Prompt), None);
    }
}
