//! Draws the whole screen from the state: frame, header, footer, panes.

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::focus::Pane;
use super::keymap::{UiCommand, display_key};
use super::layout::{LayoutRequest, MIN_SIZE, PaneLayout};
use super::mouse::HitMap;
use super::theme::{Role, ScreenTheme};
use super::ui_state::UiState;
use super::view_state::{PreviewTab, ViewState, WelcomeState};
use super::{layout, overlay, pane};
use crate::app::{ArmedKey, Engine, Session, Tone, can_stop};
use crate::untrusted::Untrusted;

impl UiState {
    /// Draws one frame.
    pub fn draw(&mut self, frame: &mut Frame<'_>, state: &Session, now: Instant) {
        let area = frame.area();
        self.hit_map = HitMap::default();
        frame.buffer_mut().set_style(area, self.theme.style(Role::Text));
        let columns = layout::column_width(area, self.view.zoom);
        let status = pane::status::lines(self, state, now, columns);
        let request = LayoutRequest {
            focus: self.view.focus,
            upper: self.view.upper,
            zoom: self.view.zoom,
            prompt_rows: pane::prompt::rows(self, columns),
            status_rows: u16::try_from(status.len()).unwrap_or(u16::MAX),
        };
        let Some(pane_layout) = layout::layout_panes(area, request) else {
            return draw_too_small(frame, &self.theme);
        };
        draw_header(frame, pane_layout.header, state, &self.theme);
        if let Some(tabs) = pane_layout.tabs {
            let line = draw_tabs(frame, tabs, &pane_layout, &self.theme);
            self.hit_map.record_pane_names(&line, tabs);
        }
        let areas = pane_areas(&pane_layout);
        self.hit_map.panes = areas.filter_map(|(at, pane)| Some((at?, pane))).collect();
        if let Some(at) = pane_layout.session {
            pane::session::draw(self, frame, at, state, now);
        }
        if let Some(at) = pane_layout.prompt {
            pane::prompt::draw(self, frame, at, state);
        }
        if let Some(at) = pane_layout.status {
            pane::status::draw(self, frame, at, status);
        }
        if let Some(at) = pane_layout.brief {
            frame.render_widget(pane::status::brief_line(self, state, now, at.width), at);
        }
        if let Some(at) = pane_layout.preview {
            self.preview.page_rows = usize::from(at.height).saturating_sub(5).max(1);
            pane::preview::draw(self, frame, at, state, now);
        }
        draw_footer(self, frame, pane_layout.footer, state);
        if let Some(picker) = &state.dialogs.picker {
            self.hit_map.list = Some(overlay::picker::draw(&self.theme, frame, area, picker));
        }
        if self.view.welcome == WelcomeState::Shown {
            overlay::welcome::draw(self, frame, area, state);
        }
        if let Some(palette) = &self.overlays.palette {
            overlay::palette::draw(self, frame, area, palette, state);
        }
        if let Some(knobs) = &self.overlays.knobs {
            overlay::knobs::draw(&self.theme, frame, area, knobs);
        }
        if let Some(question) = &state.dialogs.confirm {
            overlay::confirm::draw(&self.theme, frame, area, question);
        }
        if self.view.help {
            overlay::help::draw(self, frame, area);
        }
    }
}

/// The areas of the panes, in reading order.
fn pane_areas(layout: &PaneLayout) -> impl Iterator<Item = (Option<Rect>, Pane)> {
    let areas = [layout.session, layout.status, layout.prompt, layout.preview];
    areas.into_iter().zip(Pane::ALL)
}

fn draw_too_small(frame: &mut Frame<'_>, theme: &ScreenTheme) {
    let (width, height) = MIN_SIZE;
    let area = frame.area();
    let text = match area.width {
        ..32 => "too small; ^Q quits".to_owned(),
        _ => format!("too small: {width}×{height} needed; ^Q quits"),
    };
    frame.render_widget(Line::styled(text, theme.style(Role::Text)), area);
}

/// The program's name, and the model in use.
fn draw_header(frame: &mut Frame<'_>, at: Rect, state: &Session, theme: &ScreenTheme) {
    let plan = &state.plan;
    let left = format!(" codeagent · {} ", plan.job.terms.theme);
    let right = match plan.job.engine {
        Engine::Offline => " offline composer ".to_owned(),
        Engine::HuggingFace => format!(" {} · HuggingFace ", plan.job.terms.model),
        Engine::Local => format!(" {} · this machine ", plan.job.terms.model),
        Engine::Endpoint | Engine::TextGeneration => {
            format!(" {} · {} ", plan.job.terms.model, Untrusted::new(&plan.host).headline(30))
        }
    };
    let width = usize::from(at.width).saturating_sub(left.chars().count() + 3);
    let right: String = if right.chars().count() > width { String::new() } else { right };
    let used = left.chars().count() + right.chars().count() + 1;
    let rule = "─".repeat(usize::from(at.width).saturating_sub(used));
    let line = Line::from(vec![
        Span::styled(left, theme.style(Role::Title)),
        Span::styled(rule, theme.style(Role::Border)),
        Span::styled(right, theme.style(Role::Text)),
        Span::styled("─", theme.style(Role::Border)),
    ]);
    frame.render_widget(line, at);
}

/// The panes that share one area; the visible one has a marker besides its colour.
fn draw_tabs(
    frame: &mut Frame<'_>,
    at: Rect,
    layout: &PaneLayout,
    theme: &ScreenTheme,
) -> Line<'static> {
    let panes: Vec<_> = pane_areas(layout).map(|(at, pane)| (pane, at.is_some())).collect();
    let alone = panes.iter().filter(|(_, visible)| *visible).count() == 1;
    let mut spans = vec![Span::raw(" ")];
    for (pane, visible) in panes.into_iter().filter(|(pane, _)| alone || *pane != Pane::Prompt) {
        let (mark, role) = if visible { ("▸", Role::Focus) } else { (" ", Role::Faint) };
        spans.push(Span::styled(format!("{mark}{}  ", pane.title()), theme.style(role)));
    }
    let mut line = Line::from(spans);
    let hint = "Tab or Alt+1..4";
    if line.width() + hint.len() <= usize::from(at.width) {
        line.push_span(Span::styled(hint, theme.style(Role::Faint)));
    }
    frame.render_widget(&line, at);
    line
}

/// The keys available in this pane, and the notice on the right.
fn draw_footer(ui: &UiState, frame: &mut Frame<'_>, at: Rect, state: &Session) {
    let theme = &ui.theme;
    let entries = footer_entries(ui, state);
    // The keys that send a prompt and play a game are in sight whatever is said.
    let first: usize = entries.iter().take(2).map(|(key, help)| entry_width(key, help)).sum();
    let room = usize::from(at.width).saturating_sub(first + 3);
    let notice = notice_line(state, theme, room);
    let width = usize::from(at.width).saturating_sub(notice.width() + 2);
    let mut keys = Line::from(" ");
    for (key, help) in entries {
        if keys.width() + entry_width(&key, &help) > width {
            break;
        }
        keys.push_span(Span::styled(key, theme.style(Role::Focus)));
        keys.push_span(Span::styled(format!(" {help}  "), theme.style(Role::Faint)));
    }
    frame.render_widget(keys, at);
    frame.render_widget(Paragraph::new(notice).alignment(Alignment::Right), at);
}

/// Columns of a key and its help.
fn entry_width(key: &str, help: &str) -> usize {
    key.chars().count() + help.chars().count() + 3
}

/// The footer entries whose commands are available now.
fn footer_entries(ui: &UiState, state: &Session) -> Vec<(String, String)> {
    let binds = ui.keymap.bindings_in(ui.view.focus);
    let binds = binds.filter(|bind| bind.footer && is_available(bind.run, ui.view, state));
    binds.filter_map(|bind| Some((display_key(bind.on.first()?), bind.help.clone()))).collect()
}

/// Whether a command would have an effect now.
pub(super) fn is_available(command: UiCommand, view: ViewState, state: &Session) -> bool {
    let waits = state.job().is_some_and(|job| job.current.retry.pause().is_some());
    let game = state.jobs.game();
    let is_idle = !state.is_busy();
    let can_play = is_idle && game.is_some_and(|game| game.product.vetted().is_some());
    match command {
        UiCommand::PlayTest => can_play,
        UiCommand::Fix => is_idle && pane::verdict::can_fix(state),
        UiCommand::Stop => can_stop(state),
        UiCommand::RetryNow => waits,
        UiCommand::Save | UiCommand::SaveAs => game.is_some(),
        UiCommand::NextVariant | UiCommand::BackVariant => {
            state.variants.is_some() || state.background().next().is_some()
        }
        UiCommand::KeepVariant => state.variants.is_some(),
        UiCommand::Unqueue
        | UiCommand::RemoveQueued
        | UiCommand::QueueEarlier
        | UiCommand::QueueLater => !state.queue.is_empty(),
        UiCommand::Generate => !state.draft.text.is_empty() || state.queue.first_held().is_some(),
        UiCommand::Open => {
            view.focus == Pane::Session
                || view.focus == Pane::Preview && view.tab == PreviewTab::Findings
        }
        UiCommand::Play => state.latest_playable.game.is_some(),
        UiCommand::Undo | UiCommand::Redo | UiCommand::NewGame => state.current.is_some(),
        _ => true,
    }
}

/// What is said last, in at most so many columns.
fn notice_line(state: &Session, theme: &ScreenTheme, room: usize) -> Line<'static> {
    if let Some((armed, _)) = state.dialogs.armed {
        let text = match armed {
            ArmedKey::Stop => "Esc again to stop ",
            ArmedKey::Quit => "still making a game: again to stop it and quit ",
        };
        return Line::styled(text, theme.style(Role::Wait));
    }
    let Some(notice) = &state.dialogs.notice else { return Line::default() };
    let (mark, role) = match notice.tone {
        Tone::Good => ("✓ ", Role::Good),
        Tone::Plain => ("", Role::Text),
        Tone::Bad => ("✗ ", Role::Bad),
    };
    let text = Untrusted::new(&notice.text).headline(room.saturating_sub(3).clamp(12, 120));
    Line::styled(format!("{mark}{text} "), theme.style(role))
}
