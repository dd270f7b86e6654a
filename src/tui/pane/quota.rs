//! What was asked of the server, against the limits, and what the month has cost.

use std::time::Instant;

use ratatui::text::{Line, Span};

use crate::app::{Engine, State, credit};
use crate::inference::LimitKind;
use crate::tui::desk::Desk;
use crate::tui::theme::Role;

/// What the lines are made of.
pub(super) struct Quota<'d> {
    pub desk: &'d Desk,
    pub state: &'d State,
    pub now: Instant,
}

impl Quota<'_> {
    pub fn lines(&self, width: usize) -> Vec<Line<'static>> {
        [self.limits(width)].into_iter().chain(self.credit()).collect()
    }

    fn line(&self, role: Role, text: impl Into<String>) -> Line<'static> {
        Line::styled(text.into(), self.desk.theme.style(role))
    }

    /// What the month has cost: HuggingFace's word where it was asked, else what is known here.
    fn credit(&self) -> Option<Line<'static>> {
        if let Some(reported) = &self.state.reported {
            let at = self.desk.clock.time_of_day(reported.at);
            let text = format!("credit {} (HuggingFace, {at})", reported.amount());
            return Some(self.line(Role::Faint, text));
        }
        let spent = self.state.counters.spent_usd()?;
        // A server of one's own has no credits; one of another price list may have cost something.
        if self.state.plan.engine != Engine::HuggingFace && spent <= 0.0 {
            return None;
        }
        let amount = credit::estimated(spent, self.state.plan.credits_usd);
        Some(self.line(Role::Faint, format!("credit {amount} (est.)")))
    }

    /// The limits are this program's own; HuggingFace documents none.
    fn limits(&self, width: usize) -> Line<'static> {
        let (counters, limits) = (&self.state.counters, &self.state.plan.limits);
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
        let style = |role| self.desk.theme.style(role);
        let counts = counts.map(|(limit, unit)| {
            let (used, most) = (within(limit), limits.max_for(limit));
            let (level, role) = level(used, most);
            let most = if most == 0 { String::new() } else { format!("/{}", short(most)) };
            Span::styled(format!(" {level}{used}{most} {unit}"), style(role))
        });
        let taken: usize = counts.iter().map(Span::width).sum();
        let name = if "local limits".len() + taken <= width { "local limits" } else { "local" };
        Line::from([vec![Span::styled(name, style(Role::Faint))], counts.to_vec()].concat())
    }
}

/// How full a limit is, in one cell, and how much that matters. No limit has no cell.
fn level(used: usize, most: usize) -> (String, Role) {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    if most == 0 {
        return (String::new(), Role::Faint);
    }
    let role = match used * 10 / most {
        10.. => Role::Bad,
        8.. => Role::Wait,
        _ => Role::Faint,
    };
    let cell = LEVELS.get((used * LEVELS.len() / most).min(LEVELS.len() - 1));
    (cell.map(char::to_string).unwrap_or_default(), role)
}

fn short(number: usize) -> String {
    if number >= 1_000 { format!("{}k", number / 1_000) } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_nearly_full_stands_out() {
        let told = |used, most| level(used, most);
        assert_eq!(told(0, 50), ("▁".to_owned(), Role::Faint));
        assert_eq!(told(39, 50), ("▇".to_owned(), Role::Faint));
        assert_eq!(told(40, 50), ("▇".to_owned(), Role::Wait));
        assert_eq!(told(50, 50), ("█".to_owned(), Role::Bad));
        assert_eq!(told(70, 50), ("█".to_owned(), Role::Bad));
        assert_eq!(told(7, 0), (String::new(), Role::Faint), "there is no such limit");
    }
}
