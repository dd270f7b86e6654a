//! The prompt editor.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr;

use crate::app::{Session, prompt};
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::pane_frame::pane_block;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// Draws the prompt pane with the editor.
pub fn draw(ui: &mut UiState, frame: &mut Frame<'_>, at: Rect, state: &Session) {
    let focus = ui.view.focus;
    let cursor = if focus == Pane::Prompt {
        Style::new().add_modifier(Modifier::REVERSED)
    } else {
        ui.theme.style(Role::Text)
    };
    ui.editor.set_cursor_style(cursor);
    let new_game = ui.keymap.key_name(UiCommand::NewGame, focus).unwrap_or_default();
    ui.editor.set_placeholder_text(match &state.current {
        None => "Describe a game: “a maze where ghosts wake up on leaves”".to_owned(),
        Some(_) => format!("What should change? {new_game} makes a new game"),
    });
    let block = pane_block(&ui.theme, Pane::Prompt, &pane_title(state), focus)
        .title_bottom(Line::styled(draft_status(state), ui.theme.style(Role::Faint)))
        .title_bottom(
            Line::styled(size_text(state), ui.theme.style(size_role(state))).right_aligned(),
        );
    let inner = block.inner(at);
    ui.hit_map.editor = Some(inner);
    frame.render_widget(block, at);
    frame.render_widget(&ui.editor, inner);
}

/// The rows that the text takes at this width, as the editor breaks it.
pub fn rows(ui: &UiState, width: u16) -> u16 {
    let columns = usize::from(width).max(1);
    let rows: usize = ui.editor.lines().iter().map(|line| wrapped_rows(line, columns)).sum();
    u16::try_from(rows).unwrap_or(u16::MAX)
}

/// The rows of a line that is broken between words. The cursor takes a column at its end.
fn wrapped_rows(line: &str, columns: usize) -> usize {
    let (mut rows, mut used) = (1, 0);
    for word in line.split_inclusive(' ') {
        let width = word.width();
        if used > 0 && used + width > columns {
            rows += 1;
            used = 0;
        }
        rows += (used + width).saturating_sub(1) / columns;
        used = if used + width > columns { (used + width) % columns } else { used + width };
    }
    rows + usize::from(used >= columns)
}

/// What the prompt will do: change the current game, or make a new one.
fn pane_title(state: &Session) -> String {
    let name = Pane::Prompt.title();
    match &state.current {
        None => name.to_owned(),
        Some(base) => {
            let version = base.version.map(|version| format!(" {version}")).unwrap_or_default();
            format!("{name} · changes {}{version}", Untrusted::new(&base.title).headline(24))
        }
    }
}

/// Whether the draft is saved, so that it survives a crash.
fn draft_status(state: &Session) -> String {
    match (state.draft.text.is_empty(), state.draft.is_saved) {
        (true, _) => String::new(),
        (false, true) => " draft saved ".to_owned(),
        (false, false) => " draft ".to_owned(),
    }
}

fn size_text(state: &Session) -> String {
    match state.draft.text.chars().count() {
        0 => String::new(),
        count if state.draft.text.len() > prompt::LONGEST => format!(" {count} chars: too long "),
        1 => " 1 char ".to_owned(),
        count => format!(" {count} chars "),
    }
}

fn size_role(state: &Session) -> Role {
    if state.draft.text.len() > prompt::LONGEST { Role::Bad } else { Role::Faint }
}
