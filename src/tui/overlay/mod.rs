//! Overlays over the panes.

pub(super) mod confirm;
pub(super) mod help;
pub(super) mod knobs;
pub(super) mod palette;
pub(super) mod picker;
pub(super) mod welcome;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};

use super::theme::{Role, ScreenTheme};
use crate::untrusted::Untrusted;

/// Where a window stands from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WindowPlace {
    Centre,
    /// At the left, so that the preview stays in sight.
    Left,
}

/// Draws an empty centred window of at most this size and returns its inner area.
fn draw_window(
    theme: &ScreenTheme,
    frame: &mut Frame<'_>,
    area: Rect,
    most: (u16, u16),
    title: &str,
) -> Rect {
    draw_window_at(theme, frame, area, (most, WindowPlace::Centre), title)
}

/// Draws an empty window of at most this size at this place and returns its inner area.
fn draw_window_at(
    theme: &ScreenTheme,
    frame: &mut Frame<'_>,
    area: Rect,
    ((most_width, most_height), place): ((u16, u16), WindowPlace),
    title: &str,
) -> Rect {
    let width = area.width.saturating_sub(4).min(most_width);
    let height = area.height.saturating_sub(2).min(most_height);
    let at = Rect {
        x: match place {
            WindowPlace::Centre => area.x + (area.width - width) / 2,
            WindowPlace::Left => area.x + 2.min(area.width - width),
        },
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    let block = Block::bordered()
        .border_type(BorderType::Thick)
        .border_style(theme.style(Role::Focus))
        .style(theme.style(Role::Text))
        .title(Line::styled(title.to_owned(), theme.style(Role::Title)));
    let inner = block.inner(at);
    frame.render_widget(Clear, at);
    frame.render_widget(block, at);
    inner
}

/// The query, and on the right the number of matches.
fn query_line(theme: &ScreenTheme, words: &str, count: &str, width: u16) -> Line<'static> {
    let width = usize::from(width);
    let query = Untrusted::new(words).headline(width.saturating_sub(count.len() + 4));
    let used = Line::from(query.as_str()).width() + 3 + count.chars().count();
    let gap = " ".repeat(width.saturating_sub(used));
    Line::from(vec![
        Span::styled("/ ", theme.style(Role::Focus)),
        Span::styled(query, theme.style(Role::Text)),
        Span::styled("▏", theme.style(Role::Focus)),
        Span::styled(format!("{gap}{count}"), theme.style(Role::Faint)),
    ])
}
