//! The knobs of a game: the name of each constant, its value, and what the code says of it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{WindowPlace, draw_window_at};
use crate::app::Knob;
use crate::tui::knob_list::KnobList;
use crate::tui::theme::{ColorDepth, Role, ScreenTheme};
use crate::untrusted::Untrusted;

/// Columns and rows of the window at most.
const MOST: (u16, u16) = (76, 24);

/// Columns of a value.
const VALUE_WIDTH: usize = 12;

/// Draws the list at the left, so that the preview stays in sight.
pub fn draw(theme: &ScreenTheme, frame: &mut Frame<'_>, area: Rect, list: &KnobList) {
    let knobs = list.panel.knobs();
    let rows = u16::try_from(knobs.len() + 4).unwrap_or(u16::MAX).clamp(6, MOST.1);
    let title = format!(" Knobs · {} of {} ", list.chosen + 1, knobs.len());
    let inner = draw_window_at(theme, frame, area, ((MOST.0, rows), WindowPlace::Left), &title);
    let names = knobs.iter().map(|knob| Line::from(knob.name.as_str()).width());
    let names = names.max().unwrap_or_default().min(usize::from(inner.width) / 2);
    let help_rows = 2.min(inner.height);
    let visible = usize::from(inner.height - help_rows).max(1);
    let first = list.chosen.saturating_sub(visible - 1);
    let shown = knobs.iter().enumerate().skip(first).take(visible);
    for ((number, knob), row) in shown.zip(inner.rows()) {
        let typed =
            Some(list.typed.as_str()).filter(|text| number == list.chosen && !text.is_empty());
        let line = knob_line(theme, knob, (number == list.chosen, typed), (names, row.width));
        frame.render_widget(line, row);
    }
    for (help, row) in HELP.iter().zip(inner.rows().skip(visible)) {
        frame.render_widget(Line::styled(*help, theme.style(Role::Faint)), row);
    }
}

const HELP: [&str; 2] = [
    "← → turn · Shift: ten steps · or type a value · ⌫ puts back",
    "Enter tries them: a version of its own · Esc closes",
];

fn knob_line(
    theme: &ScreenTheme,
    knob: &Knob,
    (is_chosen, typed): (bool, Option<&str>),
    (names, width): (usize, u16),
) -> Line<'static> {
    let role = if is_chosen { Role::Focus } else { Role::Text };
    let name = Untrusted::new(knob.name.as_str()).headline(names);
    let gap = " ".repeat(names.saturating_sub(Line::from(name.as_str()).width()) + 2);
    let value = typed.map_or_else(|| knob.text(), |typed| format!("{typed}▏"));
    let value_gap = " ".repeat(VALUE_WIDTH.saturating_sub(value.chars().count()).max(1));
    let mut line = Line::from(vec![
        Span::styled(if is_chosen { "▸ " } else { "  " }, theme.style(role)),
        Span::styled(name + &gap, theme.style(role)),
        Span::styled(value, theme.style(if knob.is_turned() { Role::Title } else { role })),
    ]);
    if let Some([red, green, blue]) = knob.colour().filter(|_| theme.depth() != ColorDepth::None) {
        line.push_span(Span::styled(
            " ██",
            Style::new().fg(theme.terminal_color(red, green, blue)),
        ));
    }
    let before = knob.is_turned().then(|| format!("was {}", knob.text_before()));
    let note = Some(knob.note.clone()).filter(|note| !note.is_empty());
    let rest = before.into_iter().chain(note).collect::<Vec<_>>().join(" · ");
    let room = usize::from(width).saturating_sub(line.width() + value_gap.len());
    let rest = Untrusted::new(rest).headline(room);
    line.push_span(Span::styled(value_gap + &rest, theme.style(Role::Faint)));
    line
}
