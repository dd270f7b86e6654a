//! The session: the prompts, what came of them, and the prompts that wait.

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::variants::describe_job;
use crate::app::{
    Job, QueueMode, QueuedPrompt, Session, TranscriptEntry, TranscriptKind, TryGrade, TryReport,
};
use crate::config::Switch;
use crate::tui::conversation_view::SessionTarget;
use crate::tui::focus::Pane;
use crate::tui::keymap::UiCommand;
use crate::tui::pane_frame::pane_block;
use crate::tui::session_lines::cost_parts;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// A line of the pane, and what choosing it means.
struct SessionLine {
    line: Line<'static>,
    target: Option<SessionTarget>,
}

/// Draws the session pane. The chosen line stays in sight, otherwise the newest.
pub fn draw(ui: &mut UiState, frame: &mut Frame<'_>, at: Rect, state: &Session, now: Instant) {
    ui.conversation.sync(state);
    let block = pane_block(&ui.theme, Pane::Session, &pane_title(state), ui.view.focus);
    let inner = block.inner(at);
    frame.render_widget(block, at);
    let view = SessionView { ui, state, now, width: usize::from(inner.width) };
    let lines = view.lines();
    let height = usize::from(inner.height);
    let last = lines.len().saturating_sub(height);
    let chosen = ui.conversation.chosen;
    let place = chosen.and_then(|chosen| lines.iter().position(|it| it.target == Some(chosen)));
    let first = place.map_or(last, |place| place.saturating_sub(height / 2).min(last));
    let mut targets = Vec::new();
    for (item, row) in lines.into_iter().skip(first).zip(inner.rows()) {
        targets.extend(item.target.map(|target| (row, target)));
        frame.render_widget(item.line, row);
    }
    ui.hit_map.session = targets;
}

fn pane_title(state: &Session) -> String {
    let name = Pane::Session.title();
    match &state.current {
        None => name.to_owned(),
        Some(base) => format!("{name} · {}", Untrusted::new(&base.title).headline(30)),
    }
}

/// What the lines are made from.
struct SessionView<'d> {
    ui: &'d UiState,
    state: &'d Session,
    now: Instant,
    width: usize,
}

impl SessionView<'_> {
    fn lines(&self) -> Vec<SessionLine> {
        let entries = self.state.transcript.entries();
        let mut lines: Vec<_> = entries
            .iter()
            .enumerate()
            .flat_map(|(at, entry)| {
                let mut lines = self.entry_lines(entry);
                if at > 0 && entry.kind == TranscriptKind::NewGame {
                    lines.insert(0, self.plain(Role::Border, "─".repeat(self.width)));
                }
                lines
            })
            .collect();
        let queue = self.state.queue.iter().enumerate();
        lines.extend(queue.flat_map(|(place, queued)| self.queued_lines(place, queued)));
        if lines.is_empty() {
            lines.extend(self.empty_lines());
        }
        lines
    }

    fn plain(&self, role: Role, text: impl Into<String>) -> SessionLine {
        SessionLine { line: Line::styled(text.into(), self.ui.theme.style(role)), target: None }
    }

    /// Before there is a prompt: what will stand here, and how it begins.
    fn empty_lines(&self) -> Vec<SessionLine> {
        let key = |command| self.ui.keymap.key_name(command, Pane::Prompt).unwrap_or_default();
        let library = format!("{} opens a game of the library", key(UiCommand::Library));
        vec![
            self.plain(Role::Faint, "Your prompts and their games stand here."),
            self.plain(
                Role::Faint,
                format!("Describe a game below; {} sends it.", key(UiCommand::Send)),
            ),
            self.plain(Role::Faint, library),
        ]
    }

    fn entry_lines(&self, entry: &TranscriptEntry) -> Vec<SessionLine> {
        let mut lines = Vec::new();
        if entry.kind != TranscriptKind::Variant {
            lines.push(self.prompt_line(&entry.prompt));
        }
        lines.extend(entry.tries.iter().map(|report| self.try_line(report)));
        let job = entry.job.and_then(|id| self.state.jobs.get(id));
        lines.extend(job.filter(|job| !job.is_done()).map(|job| self.running_line(job)));
        lines
    }

    fn prompt_line(&self, prompt: &str) -> SessionLine {
        let text = Untrusted::new(prompt).headline(self.width.saturating_sub(2));
        self.plain(Role::Title, format!("▸ {text}"))
    }

    /// What a try came to: its version, the verdict, and what it took.
    fn try_line(&self, report: &TryReport) -> SessionLine {
        let (sign, role) = grade_sign(report.grade);
        let current = self.state.current.as_ref().and_then(|base| base.version);
        let is_current = report.version.is_some() && report.version == current;
        let name = report.version.map(|version| format!("v{} ", version.number));
        let name = format!("{}{}", if is_current { "●" } else { " " }, name.unwrap_or_default());
        let cost = cost_parts(report).join(" · ");
        let used = 3 + name.chars().count() + cost.chars().count() + 2;
        let words = report.describe();
        // What follows a semicolon is a detail for the verdict itself.
        let words = words.split_once("; ").map_or(words.as_str(), |(first, _)| first);
        let words = Untrusted::new(words).headline(self.width.saturating_sub(used));
        let gap = self.width.saturating_sub(used - 2 + Line::from(words.as_str()).width());
        let style = |role| self.ui.theme.style(role);
        let target = report.version.map(SessionTarget::Version);
        let line = Line::from(vec![
            Span::styled(
                format!(" {name}"),
                style(if is_current { Role::Focus } else { Role::Faint }),
            ),
            Span::styled(format!("{sign} "), style(role)),
            Span::styled(words, style(Role::Text)),
            Span::styled(" ".repeat(gap), style(Role::Text)),
            Span::styled(cost, style(Role::Faint)),
        ]);
        self.choosable(line, target)
    }

    /// Marks the chosen line: reversed where the pane has the keys.
    fn choosable(&self, line: Line<'static>, target: Option<SessionTarget>) -> SessionLine {
        let is_chosen = target.is_some() && self.ui.conversation.chosen == target;
        let has_keys = self.ui.view.focus == Pane::Session;
        let line = match (is_chosen, has_keys) {
            (true, true) => line.patch_style(Modifier::REVERSED),
            (true, false) => line.patch_style(Modifier::UNDERLINED),
            (false, _) => line,
        };
        SessionLine { line, target }
    }

    fn running_line(&self, job: &Job) -> SessionLine {
        let (sign, role, text) = match self.ui.animations {
            Switch::On => describe_job(Some(job), self.now),
            Switch::Off => ("◐", Role::Wait, "making".to_owned()),
        };
        let number = job.tries.number();
        let part = if number > 1 {
            format!(" · try {number} of {}", job.tries.budget.tries.max(number))
        } else {
            String::new()
        };
        let is_behind = self.state.jobs.front_id() != Some(job.id);
        let key = self.ui.keymap.key_name(UiCommand::NextVariant, Pane::Preview);
        let shows = key.filter(|_| is_behind).map(|key| format!(" · {key} shows it"));
        self.plain(role, format!("  {sign} {text}{part}{}", shows.unwrap_or_default()))
    }

    /// A prompt that waits, and what can be done with it.
    fn queued_lines(&self, place: usize, queued: &QueuedPrompt) -> Vec<SessionLine> {
        let text = Untrusted::new(queued.prompt.text()).headline(self.width.saturating_sub(2));
        let style = self.ui.theme.style(Role::Text);
        let target = Some(SessionTarget::Queued(place));
        let line = self.choosable(Line::styled(format!("▹ {text}"), style), target);
        let key = |command, pane| self.ui.keymap.key_name(command, pane).unwrap_or_default();
        let waits = match queued.mode {
            QueueMode::Runs => "queued".to_owned(),
            QueueMode::Held => {
                format!("held · {} goes on", key(UiCommand::Generate, self.ui.view.focus))
            }
        };
        let has_keys = self.ui.view.focus == Pane::Session;
        let is_chosen = self.ui.conversation.chosen == target;
        let keys = (has_keys && is_chosen).then(|| {
            let key = |command| key(command, Pane::Session);
            let (edit, remove) = (key(UiCommand::Open), key(UiCommand::RemoveQueued));
            let (earlier, later) = (key(UiCommand::QueueEarlier), key(UiCommand::QueueLater));
            format!(" · {edit} edits · {remove} removes · {earlier} {later} move")
        });
        vec![line, self.plain(Role::Faint, format!("    {waits}{}", keys.unwrap_or_default()))]
    }
}

/// The sign of a grade, and its colour.
fn grade_sign(grade: TryGrade) -> (&'static str, Role) {
    match grade {
        TryGrade::Responds | TryGrade::Checked => ("✓", Role::Good),
        TryGrade::Loads => ("◐", Role::Wait),
        TryGrade::NoGame | TryGrade::Refused | TryGrade::Broken => ("✗", Role::Bad),
    }
}
