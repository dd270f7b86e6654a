//! The variants of a prompt as tabs: verdict, size, time and cost of each.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use crate::app::{Job, Session, Variants};
use crate::play::Grade;
use crate::tui::theme::{Role, ScreenTheme};
use crate::tui::ui_state::UiState;
use crate::untrusted::Untrusted;

/// Draws the tabs if there are variants, and returns the remaining area.
pub fn draw(ui: &UiState, frame: &mut Frame<'_>, at: Rect, state: &Session, now: Instant) -> Rect {
    let Some(variants) = &state.variants else { return at };
    let rows = u16::try_from(variants.slots.len()).unwrap_or(u16::MAX).min(at.height / 3);
    let [above, below] =
        Layout::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(at);
    for (number, row) in (0..variants.slots.len()).zip(above.rows()) {
        frame.render_widget(variant_line(&ui.theme, state, variants, number, now), row);
    }
    below
}

fn variant_line(
    theme: &ScreenTheme,
    state: &Session,
    variants: &Variants,
    number: usize,
    now: Instant,
) -> Line<'static> {
    let is_shown = variants.shown() == number;
    let slot = variants.slots.get(number);
    let job = slot.and_then(|slot| state.jobs.get(slot.job?));
    let (sign, role, text) = describe_job(job, now);
    let model = slot.and_then(|slot| slot.model.as_deref());
    let model = model.map(|model| format!(" {}", Untrusted::new(model).headline(40)));
    let (mark, name) = if is_shown { ("▸", Role::Focus) } else { (" ", Role::Faint) };
    Line::from(vec![
        Span::styled(format!("{mark}{}", number + 1), theme.style(name)),
        Span::styled(model.unwrap_or_default(), theme.style(name)),
        Span::styled(format!(" {sign} "), theme.style(role)),
        Span::styled(text, theme.style(if is_shown { Role::Text } else { Role::Faint })),
    ])
}

/// The sign, its colour and the description of a job; `None` has not begun.
pub(super) fn describe_job(job: Option<&Job>, now: Instant) -> (&'static str, Role, String) {
    let Some(job) = job else { return ("○", Role::Faint, "waiting".to_owned()) };
    if !job.is_done() {
        let stage = if job.current.timeline.playing.is_some() { "playing" } else { "making" };
        return ("◐", Role::Wait, format!("{stage}, {}", format_tenths(job.elapsed(now))));
    }
    let (time, cost) = job.duration_and_cost();
    let time = time.map(format_tenths);
    let cost = cost.map(|usd| format!("about ${usd:.3}"));
    match &job.current.result {
        Some(Ok(game)) => {
            let (sign, role, verdict) = match job.verdict().map(|verdict| verdict.grade()) {
                Some(Grade::Responds) => ("✓", Role::Good, "responds"),
                Some(Grade::Loads) => ("◐", Role::Wait, "loads"),
                Some(Grade::Broken) => ("✗", Role::Bad, "broken"),
                None => ("✓", Role::Good, "checked"),
            };
            // The size of the game alone; the hardening is the same for all.
            let kilobytes = game.product.unhardened().len().div_ceil(1_000);
            let size = Some(format!("{kilobytes} kB"));
            let title = Some(Untrusted::new(&game.title).headline(24));
            let parts = [Some(verdict.to_owned()), size, time, cost, title];
            (sign, role, parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
        }
        Some(Err(failure)) => ("✗", Role::Bad, failure.message()),
        None => ("○", Role::Faint, String::new()),
    }
}

fn format_tenths(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
