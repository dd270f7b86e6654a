//! A question with two answers, and its keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Padding, Paragraph, Wrap};

use crate::app::{Action, Confirm, ConfirmChoice, ConfirmKey};
use crate::tui::keymap::UiCommand;
use crate::tui::theme::{Role, ScreenTheme};
use crate::untrusted::Untrusted;

/// Draws a question and its answers over the screen.
pub fn draw(theme: &ScreenTheme, frame: &mut Frame<'_>, area: Rect, confirm: &Confirm) {
    let width = area.width.saturating_sub(4).min(66);
    let question = Untrusted::new(confirm.question.as_str()).headline(400);
    let block = Block::bordered()
        .border_type(BorderType::Thick)
        .border_style(theme.style(Role::Wait))
        .style(theme.style(Role::Text))
        .padding(Padding::horizontal(1))
        .title(Line::styled(format!(" {} ", confirm.title), theme.style(Role::Title)));
    let columns = usize::from(width.saturating_sub(4)).max(1);
    // Wrapping at words needs at most a quarter more rows.
    let rows = question.chars().count() * 5 / 4 / columns + 1;
    let height = u16::try_from(rows + 5).unwrap_or(u16::MAX).min(area.height);
    let at = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    let inner = block.inner(at);
    frame.render_widget(Clear, at);
    frame.render_widget(block, at);
    let below = inner.height.saturating_sub(2);
    let paragraph =
        Paragraph::new(question).wrap(Wrap { trim: true }).style(theme.style(Role::Text));
    frame.render_widget(paragraph, Rect { height: below, ..inner });
    // Without room for both, the answers are shown.
    let answers = answer_lines(theme, confirm.choice, usize::from(inner.width));
    let rest = Rect { y: inner.y + below, height: inner.height - below, ..inner };
    frame.render_widget(Paragraph::new(answers), rest);
}

fn answer_lines(theme: &ScreenTheme, choice: ConfirmChoice, width: usize) -> Vec<Line<'static>> {
    let answer = |name: &str, of: ConfirmChoice| {
        let (text, role) = if of == choice {
            (format!("▸[{name}] "), Role::Focus)
        } else {
            (format!("  {name}  "), Role::Text)
        };
        Span::styled(text, theme.style(role))
    };
    let keys = "y or n, then Enter · Esc: no";
    let keys: String = keys.chars().take(width).collect();
    vec![
        Line::from(vec![answer("no", ConfirmChoice::No), answer("yes", ConfirmChoice::Yes)]),
        Line::styled(keys, theme.style(Role::Faint)),
    ]
}

/// The action of a key while a question is open. Quitting is always possible.
pub fn handle_confirm_key(command: Option<UiCommand>, key: KeyEvent) -> Vec<Action> {
    let is_plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let press = match (command, key.code) {
        (Some(UiCommand::Quit), _) => return vec![Action::Quit],
        (Some(UiCommand::Stop | UiCommand::Clear), _) => ConfirmKey::Leave,
        (_, KeyCode::Char('y' | 'Y')) if is_plain => ConfirmKey::Choice(ConfirmChoice::Yes),
        (_, KeyCode::Char('n' | 'N')) if is_plain => ConfirmKey::Choice(ConfirmChoice::No),
        (_, KeyCode::Left | KeyCode::Right | KeyCode::Tab | KeyCode::BackTab) => ConfirmKey::Turn,
        (_, KeyCode::Enter) if is_plain => ConfirmKey::Take,
        _ => ConfirmKey::Other,
    };
    vec![Action::Answer(press)]
}
