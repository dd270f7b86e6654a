//! `codeagent usage`: the ledger, against the local limits and the month's credits.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Usage;
use super::{clock, library, put, refuse_library};
use crate::config::Settings;
use crate::driver;
use crate::inference::Limit;
use crate::library::{LibraryError, Load, Moment, Spent};

/// What the ledger says now.
struct Ledger<'s> {
    settings: &'s Settings,
    load: Load,
    month: Spent,
}

const LIMITS: [Limit; 4] = [Limit::Minute, Limit::Hour, Limit::Day, Limit::Running];

/// Tells what was asked, and answers with the exit code.
pub fn run(usage: Usage, settings: &Settings) -> ExitCode {
    match look(settings, driver::wall()) {
        Ok(ledger) if usage.json => put(&format!("{}\n", ledger.json()), 0),
        Ok(ledger) => put(&ledger.human(), 0),
        Err(error) => refuse_library(&error),
    }
}

fn look(settings: &Settings, now: Moment) -> Result<Ledger<'_>, LibraryError> {
    let mut library = library::open(settings)?;
    let load = library.load(now)?;
    Ok(Ledger { settings, load, month: library.spent(clock::month_of(now))? })
}

impl Ledger<'_> {
    fn used(&self, limit: Limit) -> usize {
        let within = |window| self.load.ages.iter().filter(|age| **age < window).count();
        limit.window().map_or(self.load.running, within)
    }

    /// Nothing where there is no limit.
    fn most(&self, limit: Limit) -> Option<usize> {
        Some(self.settings.limits.most(limit)).filter(|most| *most > 0)
    }

    fn json(&self) -> Value {
        let limits = LIMITS.map(|limit| {
            let counts = json!({ "used": self.used(limit), "limit": self.most(limit) });
            (limit.name().to_owned(), counts)
        });
        let month = json!({
            "requests": self.month.requests,
            "prompt_tokens": self.month.prompt_tokens,
            "completion_tokens": self.month.completion_tokens,
            "estimated_usd": self.month.estimated_usd,
            "credits_usd": self.settings.credits_usd,
        });
        limits.into_iter().chain([("month".to_owned(), month)]).collect()
    }

    fn human(&self) -> String {
        let line =
            |name: &str, made: &str, limit: &str| format!("{name:<10}{made:>8}{limit:>13}\n");
        let limits = LIMITS.map(|limit| {
            let most = self.most(limit).map_or("none".to_owned(), |most| most.to_string());
            line(limit.name(), &self.used(limit).to_string(), &most)
        });
        let Spent { requests, prompt_tokens, completion_tokens, estimated_usd } = self.month;
        let credits = self.settings.credits_usd;
        let month = format!(
            "\nthis month: {requests} requests, {prompt_tokens} tokens sent, {completion_tokens} \
             received, about ${estimated_usd:.4} of ${credits:.2} (models of a known price)\n"
        );
        line("requests", "made", "local limit") + &limits.concat() + &month
    }
}
