//! The play tab of the preview: the screenshot and the results of the play-test.

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Wrap};

use super::verdict;
use crate::app::{Job, Playback, Session, Shown};
use crate::config::Switch;
use crate::tui::image_worker::{DrawResult, PictureKind};
use crate::tui::keymap::UiCommand;
use crate::tui::theme::{ColorDepth, Role};
use crate::tui::ui_state::UiState;

/// In fewer rows a picture is unrecognisable.
const MIN_PICTURE_ROWS: u16 = 3;

/// Draws the verdict of the play-test, and its picture if there is room.
pub fn draw(ui: &mut UiState, frame: &mut Frame<'_>, at: Rect, state: &Session, now: Instant) {
    let lines = play_lines(ui, state, usize::from(at.width));
    let is_shown = state.shown().is_some_and(|shown| has_visible_picture(ui, shown));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    // The picture gets at least half of the area.
    let picture_rows = at.height.saturating_sub(rows).max(at.height / 2);
    if !is_shown || picture_rows < MIN_PICTURE_ROWS {
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), at);
        return;
    }
    let [above, below] =
        Layout::vertical([Constraint::Length(picture_rows), Constraint::Fill(1)]).areas(at);
    for (line, row) in lines.into_iter().zip(below.rows()) {
        frame.render_widget(line, row);
    }
    // Some terminals do not redraw what was written over a picture.
    let is_covered =
        ui.view.help || state.dialogs.picker.is_some() || ui.overlays.palette.is_some();
    let moving = playback(ui, state).and_then(|playback| playback.frame_at(now));
    ui.hit_map.motion = moving.map(|_| above);
    let still = state.shown().and_then(Shown::picture).map(|png| (png, PictureKind::Still));
    let picture = moving.map(|png| (png, PictureKind::Frame)).or(still);
    let Some(picture) = picture.filter(|_| !(is_covered && ui.preview.image.covers_cells())) else {
        return;
    };
    let instead = match ui.preview.image.draw(frame, above, picture, &ui.theme) {
        DrawResult::Drawn => return,
        DrawResult::Pending => "…",
        DrawResult::Unreadable => "cannot read the picture",
    };
    frame.render_widget(Line::styled(instead, ui.theme.style(Role::Faint)), above);
}

/// When the frame of the game in motion changes. `None` if none is on the screen.
pub fn next_frame(ui: &UiState, state: &Session, now: Instant) -> Option<Instant> {
    playback(ui, state).filter(|_| ui.hit_map.motion.is_some())?.next_change(now)
}

/// The shown game in motion. `None` where none is wanted.
fn playback<'s>(ui: &UiState, state: &'s Session) -> Option<&'s Playback> {
    let job = state.shown()?.job().filter(|_| ui.animations == Switch::On)?;
    job.current.play_test.playback.as_ref()
}

/// Whether the shown game has a picture that this terminal can draw.
fn has_visible_picture(ui: &UiState, shown: Shown) -> bool {
    cfg!(feature = "pictures")
        && !shown.is_playing()
        && shown.picture().is_some()
        && ui.theme.depth() != ColorDepth::None
}

/// The text beside the picture, or why there is no picture.
fn play_lines(ui: &UiState, state: &Session, width: usize) -> Vec<Line<'static>> {
    let line = |role, text: &str| Line::styled(text.to_owned(), ui.theme.style(role));
    let faint = |text: &str| vec![line(Role::Faint, text)];
    let Some(shown) = state.shown() else { return faint("the game's picture appears here") };
    if let Some(job) = shown.job().filter(|_| shown.is_playing()) {
        let activity =
            job.current.play_test.stage.map_or("starting the play-test", |stage| stage.describe());
        return vec![line(Role::Wait, &format!("◐ playing: {activity}"))];
    }
    if shown.failure().is_some() {
        return faint("no game to play");
    }
    if shown.game().is_none() {
        return faint("making a game");
    }
    let mut lines = verdict::verdict_lines(ui, state, shown, width);
    if lines.is_empty() {
        let key = ui.keymap.key_name(UiCommand::PlayTest, ui.view.focus).unwrap_or_default();
        return faint(&format!("not play-tested yet: {key} starts one"));
    }
    lines.extend(verdict::level_lines(ui, shown, width));
    lines.extend(verdict::problem_lines(ui, shown, width));
    lines.extend(verdict::console_lines(ui, shown, width));
    let missing_picture = match shown.picture() {
        None if !shown.job().is_some_and(Job::is_unplayed) => Some("no picture"),
        Some(_) if cfg!(not(feature = "pictures")) => {
            Some("this build leaves out pictures, which the feature `pictures` brings")
        }
        Some(_) if !has_visible_picture(ui, shown) => {
            Some("pictures need colour, and NO_COLOR is set")
        }
        Some(_) | None => None,
    };
    lines.extend(missing_picture.into_iter().flat_map(faint));
    lines
}
