//! The welcome: what works now, what would be free, and what is paid.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Text};
use ratatui::widgets::{Paragraph, Wrap};

use super::draw_window;
use crate::app::{Engine, Session};
use crate::inference::local_server::LocalProgram;
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// The widest that a line of it can be read well, with the frame.
const MAX_COLUMNS: u16 = 100;

/// Draws the welcome of the first run over the screen.
pub fn draw(ui: &UiState, frame: &mut Frame<'_>, area: Rect, state: &Session) {
    let style = |role| ui.theme.style(role);
    let lines = welcome_lines(ui, state).map(|words| Line::styled(words, style(Role::Text)));
    let closing = Line::styled("Start typing to dismiss · Esc closes", style(Role::Faint));
    let text: Text<'_> = lines.into_iter().chain([Line::default(), closing]).collect();
    // The frame takes four columns and two rows.
    let columns = usize::from(area.width.min(MAX_COLUMNS).saturating_sub(4)).max(1);
    let rows: usize = text.iter().map(|line| line.width().div_ceil(columns).max(1)).sum();
    let rows = u16::try_from(rows + 2).unwrap_or(u16::MAX);
    let inner = draw_window(&ui.theme, frame, area, (MAX_COLUMNS, rows), " Welcome ");
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }), inner);
}

/// Five lines, with the current keys.
fn welcome_lines(ui: &UiState, state: &Session) -> [String; 5] {
    let key = |command| ui.keymap.key_name(command, Pane::Prompt).unwrap_or_default();
    let who = match state.plan.job.engine {
        Engine::Offline => {
            "Now: the built-in composer makes games at once, with no token and no network."
                .to_owned()
        }
        Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration | Engine::Local => {
            let host = Untrusted::new(&state.plan.host).headline(40);
            format!(
                "{} at {host} makes the games; --offline uses the built-in composer.",
                state.plan.job.terms.model
            )
        }
    };
    let paid = if state.plan.job.has_token {
        "Your token goes to that server only; it is never stored or shown."
    } else {
        "Paid: HuggingFace's models, about $0.002 a game, with HF_TOKEN or after `codeagent login`."
    };
    [
        format!(
            "Describe a game in a sentence, then {}: it is made, checked, play-tested and saved.",
            key(UiCommand::Send)
        ),
        who,
        free_model(ui, state),
        paid.to_owned(),
        format!(
            "{} opens the game in the browser, {} saves it here, {} shows every key.",
            key(UiCommand::Play),
            key(UiCommand::Save),
            key(UiCommand::Help)
        ),
    ]
}

/// A model on this machine: found, or how to get one.
fn free_model(ui: &UiState, state: &Session) -> String {
    let key = ui.keymap.key_name(UiCommand::Models, Pane::Prompt).unwrap_or_default();
    let searched = state.served.local.as_ref().filter(|local| !local.is_unsearched);
    let Some(local) = searched else {
        return format!("Free: a model on this machine; {key} finds or downloads it.");
    };
    match local.headline() {
        Some(offer) => format!("{offer}: {key} takes it."),
        None if local.programs.contains(&LocalProgram::LlamaServer) => {
            format!(
                "Free: a model on this machine; {key} downloads one that fits, for llama-server."
            )
        }
        None => local.advice(std::env::consts::OS).replace('\n', " "),
    }
}
