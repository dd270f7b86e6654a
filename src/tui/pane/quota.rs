//! Requests against the limits, and the cost of the month.

use std::time::Instant;

use ratatui::text::{Line, Span};

use crate::app::{Engine, Session, credits};
use crate::inference::LimitKind;
use crate::tui::theme::Role;
use crate::tui::ui_state::UiState;

/// What the lines are made from.
pub(super) struct QuotaView<'d> {
    pub ui: &'d UiState,
    pub state: &'d Session,
    pub now: Instant,
}

impl QuotaView<'_> {
    /// The lines about limits and credits, for this width in columns.
    pub fn lines(&self, width: usize) -> Vec<Line<'static>> {
        [self.limits_line(width)].into_iter().chain(self.credit_line()).collect()
    }

    fn line(&self, role: Role, text: impl Into<String>) -> Line<'static> {
        Line::styled(text.into(), self.ui.theme.style(role))
    }

    /// The cost of the month: as reported by HuggingFace, or else as estimated here. `None` if
    /// nothing is known.
    fn credit_line(&self) -> Option<Line<'static>> {
        if let Some(reported) = &self.state.shared.reported_credits {
            let at = self.ui.clock.time_of_day(reported.at);
            let text = format!("spent {} (HuggingFace, {at})", reported.amount());
            return Some(self.line(Role::Faint, text));
        }
        let spent = self.state.shared.counters.spent_usd()?;
        // A private server has no credits; one with another price list may still cost something.
        if self.state.plan.job.engine != Engine::HuggingFace && spent <= 0.0 {
            return None;
        }
        let amount = credits::estimated(spent, self.state.plan.credits_usd);
        Some(self.line(Role::Faint, format!("spent {amount} this month")))
    }

    /// The limits are this program's own; HuggingFace documents none.
    fn limits_line(&self, width: usize) -> Line<'static> {
        let (counters, limits) = (&self.state.shared.counters, &self.state.plan.job.limits);
        let within = |limit: LimitKind| match limit.window() {
            Some(window) => counters.count_within(window, self.now),
            None => counters.running(),
        };
        let counts = [
            (LimitKind::Minute, "min"),
            (LimitKind::Hour, "h"),
            (LimitKind::Day, "d"),
            (LimitKind::Running, "now"),
        ];
        let style = |role| self.ui.theme.style(role);
        let counts = counts.map(|(limit, unit)| {
            let (used, max) = (within(limit), limits.max_for(limit));
            let (level, role) = level_bar(used, max);
            let max = if max == 0 { String::new() } else { format!("/{}", short_number(max)) };
            Span::styled(format!(" {level}{used}{max} {unit}"), style(role))
        });
        let taken: usize = counts.iter().map(Span::width).sum();
        let name = if "local limits".len() + taken <= width { "local limits" } else { "local" };
        Line::from([vec![Span::styled(name, style(Role::Faint))], counts.to_vec()].concat())
    }
}

/// The fill level of a limit in one cell, and its colour. Empty without a limit.
fn level_bar(used: usize, max: usize) -> (String, Role) {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    if max == 0 {
        return (String::new(), Role::Faint);
    }
    let role = match used * 10 / max {
        10.. => Role::Bad,
        8.. => Role::Wait,
        _ => Role::Faint,
    };
    let cell = LEVELS.get((used * LEVELS.len() / max).min(LEVELS.len() - 1));
    (cell.map(char::to_string).unwrap_or_default(), role)
}

fn short_number(number: usize) -> String {
    if number >= 1_000 { format!("{}k", number / 1_000) } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_nearly_full_stands_out() {
        let bar = |used, max| level_bar(used, max);
        assert_eq!(bar(0, 50), ("▁".to_owned(), Role::Faint));
        assert_eq!(bar(39, 50), ("▇".to_owned(), Role::Faint));
        assert_eq!(bar(40, 50), ("▇".to_owned(), Role::Wait));
        assert_eq!(bar(50, 50), ("█".to_owned(), Role::Bad));
        assert_eq!(bar(70, 50), ("█".to_owned(), Role::Bad));
        assert_eq!(bar(7, 0), (String::new(), Role::Faint), "there is no such limit");
    }
}
