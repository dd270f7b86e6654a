//! The welcome: what the program does with and without a token.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Text};
use ratatui::widgets::{Paragraph, Wrap};

use super::draw_window;
use crate::app::{Engine, Session};
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// Draws the welcome of the first run over the screen.
pub fn draw(ui: &UiState, frame: &mut Frame<'_>, area: Rect, state: &Session) {
    let style = |role| ui.theme.style(role);
    let lines = welcome_lines(ui, state).map(|words| Line::styled(words, style(Role::Text)));
    let closing = Line::styled("Start typing to dismiss · Esc closes", style(Role::Faint));
    let text: Text<'_> = lines.into_iter().chain([Line::default(), closing]).collect();
    let inner = draw_window(&ui.theme, frame, area, (100, 14), " Welcome ");
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }), inner);
}

/// Five lines, with the current keys.
fn welcome_lines(ui: &UiState, state: &Session) -> [String; 5] {
    let key = |command| ui.keymap.key_name(command, Pane::Prompt).unwrap_or_default();
    let who = match state.plan.job.engine {
        Engine::Offline => {
            "No token found: the built-in composer makes games at once, with no network.".to_owned()
        }
        Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration => {
            let host = Untrusted::new(&state.plan.host).headline(40);
            format!(
                "{} at {host} makes the games; --offline uses the built-in composer.",
                state.plan.job.terms.model
            )
        }
    };
    let token = if state.plan.job.has_token {
        "Your token goes to that server only; it is never stored or shown."
    } else {
        "To use a code model, set HF_TOKEN to a HuggingFace token or run `hf auth login`; a game \
         costs about $0.002."
    };
    [
        format!(
            "Describe a game in a sentence, then {}: it is made, checked, play-tested and saved.",
            key(UiCommand::Generate)
        ),
        who,
        token.to_owned(),
        format!(
            "The next prompt changes the game; {} opens it in the browser, {} saves it here.",
            key(UiCommand::Play),
            key(UiCommand::Save)
        ),
        format!(
            "{} shows every action, {} every key, {} the library of all games.",
            key(UiCommand::Actions),
            key(UiCommand::Help),
            key(UiCommand::Library)
        ),
    ]
}
