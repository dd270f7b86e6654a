//! `codeagent usage`: the recorded requests, against the local limits and the month's credits.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::UsageArgs;
use super::{clock, exit_with_error, exit_with_library_error, library, print_result};
use crate::config::Settings;
use crate::driver::{self, CacheUse, DEFAULT_TIMEOUT, HubQueries};
use crate::inference::LimitKind;
use crate::inference::account::{AccountError, Credits, Identity, SessionCost};
use crate::library::{LedgerLoad, LibraryError, SettledCost, SpendingTotals, UnixMillis};
use crate::untrusted::Untrusted;

/// The current figures of the ledger.
struct LedgerSummary<'s> {
    settings: &'s Settings,
    load: LedgerLoad,
    month: SpendingTotals,
    /// HuggingFace's own figures; `None` unless requested.
    account: Option<AccountSummary>,
}

/// HuggingFace's answers; each may fail on its own.
struct AccountSummary {
    identity: Result<Identity, AccountError>,
    credits: Result<Credits, AccountError>,
}

const LIMITS: [LimitKind; 4] =
    [LimitKind::Minute, LimitKind::Hour, LimitKind::Day, LimitKind::Running];

/// Prints the usage and returns the exit code.
pub fn run(usage: UsageArgs, settings: &Settings) -> ExitCode {
    let now = driver::wall_clock();
    let mut ledger = match read_ledger(settings, now) {
        Ok(ledger) => ledger,
        Err(error) => return exit_with_library_error(&error),
    };
    if usage.credits {
        match driver::block_on(async { Ok(fetch_account(settings, &ledger.month, now).await) }) {
            Ok((account, costs)) => {
                ledger.account = Some(account);
                match settle(settings, &costs, now) {
                    Ok(month) => ledger.month = month,
                    Err(error) => return exit_with_library_error(&error),
                }
            }
            Err(error) => return exit_with_error(&error, 9),
        }
    }
    if usage.json {
        return print_result(&format!("{}\n", ledger.json()), 0);
    }
    print_result(&ledger.human(), 0)
}

fn read_ledger(settings: &Settings, now: UnixMillis) -> Result<LedgerSummary<'_>, LibraryError> {
    let mut library = library::open(settings)?;
    let load = library.current_load(now)?;
    Ok(LedgerSummary {
        settings,
        load,
        month: library.spending_since(now.month_start())?,
        account: None,
    })
}

/// Records what HuggingFace has settled, and sums the month again.
fn settle(
    settings: &Settings,
    costs: &[SessionCost],
    now: UnixMillis,
) -> Result<SpendingTotals, LibraryError> {
    let mut library = library::open(settings)?;
    let settled = costs.iter().map(|cost| SettledCost { session: cost.id.clone(), usd: cost.usd });
    library.settle_requests(&settled.collect::<Vec<_>>())?;
    library.spending_since(now.month_start())
}

/// The account, and what its sessions have cost, as far as that can be read.
async fn fetch_account(
    settings: &Settings,
    month: &SpendingTotals,
    now: UnixMillis,
) -> (AccountSummary, Vec<SessionCost>) {
    let hub = HubQueries::new(settings);
    let identity = hub.identity(CacheUse::Cached, DEFAULT_TIMEOUT).await;
    // Without a first query there is no second one.
    let credits = match &identity {
        Err(AccountError::NotAsked(_)) => Err(AccountError::NotAsked(String::new())),
        identity => {
            let since = driver::billing_start(identity.as_ref().ok(), now);
            hub.credits(since, DEFAULT_TIMEOUT).await
        }
    };
    let period = (clock::format_iso(now.month_start()), clock::format_iso(now));
    let costs = match &credits {
        Ok(_) if month.pending > 0 => {
            hub.session_costs((&period.0, &period.1), DEFAULT_TIMEOUT).await
        }
        Ok(_) | Err(_) => Ok(Vec::new()),
    };
    // An account whose sessions cannot be read stays with the estimate.
    (AccountSummary { identity, credits }, costs.unwrap_or_default())
}

impl AccountSummary {
    /// One line of figures, or of the reason why there are none.
    fn human(&self) -> String {
        let plan = self.identity.as_ref().map(|identity| {
            let name = Untrusted::new(identity.name.raw()).headline(60);
            format!("{name}, {} plan", identity.plan.name())
        });
        let Credits { used_usd, included_usd, requests } = match (&self.credits, &self.identity) {
            (Ok(credits), _) => *credits,
            (Err(_), Err(why)) | (Err(why), Ok(_)) => {
                let source = plan.map(|plan| format!("{plan}; ")).unwrap_or_default();
                return format!(
                    "HuggingFace: {source}only the estimate above is known: {}\n",
                    why.describe()
                );
            }
        };
        let source = plan.unwrap_or_else(|_| "credits".to_owned());
        let of = included_usd.map(|usd| format!(" of ${usd:.2}")).unwrap_or_default();
        let requests = requests.map(|count| format!(", {count} requests")).unwrap_or_default();
        let until = self.period_end().map(|day| format!(", until {day}")).unwrap_or_default();
        format!("HuggingFace: {source}: ${used_usd:.4}{of} used{requests}{until}\n")
    }

    fn period_end(&self) -> Option<String> {
        let end = self.identity.as_ref().ok()?.period_end?;
        Some(clock::format_day(UnixMillis(end.saturating_mul(1_000))))
    }

    fn json(&self) -> Value {
        let identity = self.identity.as_ref().ok();
        let credits = self.credits.as_ref().ok();
        let why = match (&self.credits, &self.identity) {
            (Ok(_), _) => None,
            (Err(_), Err(why)) | (Err(why), Ok(_)) => Some(why.describe()),
        };
        json!({ "name": identity.map(|identity| identity.name.headline(100)), "plan": identity.map(|identity| identity.plan.name()), "used_usd": credits.map(|credits| credits.used_usd), "included_usd": credits.and_then(|credits| credits.included_usd), "requests": credits.and_then(|credits| credits.requests), "period_end": self.period_end(), "error": why, })
    }
}

impl LedgerSummary<'_> {
    fn used(&self, limit: LimitKind) -> usize {
        let within = |window| self.load.ages.iter().filter(|age| **age < window).count();
        limit.window().map_or(self.load.running, within)
    }

    /// `None` if there is no limit.
    fn limit_of(&self, limit: LimitKind) -> Option<usize> {
        Some(self.settings.usage.limits.max_for(limit)).filter(|max| *max > 0)
    }

    fn json(&self) -> Value {
        let limits = LIMITS.map(|limit| {
            let counts = json!({ "used": self.used(limit), "limit": self.limit_of(limit) });
            (limit.name().to_owned(), counts)
        });
        let month = json!({ "requests": self.month.requests, "prompt_tokens": self.month.prompt_tokens, "completion_tokens": self.month.completion_tokens, "estimated_usd": self.month.estimated_usd, "settled_usd": self.month.settled_usd, "pending": self.month.pending, "credits_usd": self.settings.usage.credits_usd, });
        let account =
            self.account.as_ref().map(|account| ("huggingface".to_owned(), account.json()));
        limits.into_iter().chain([("month".to_owned(), month)]).chain(account).collect()
    }

    /// How much of the month HuggingFace has settled. Empty if it settles nothing.
    fn settled_line(&self) -> String {
        let SpendingTotals { settled_usd, pending, .. } = self.month;
        if settled_usd <= 0.0 && pending == 0 {
            return String::new();
        }
        format!(
            "of that, ${settled_usd:.4} is settled by HuggingFace; {pending} requests are pending\n"
        )
    }

    fn human(&self) -> String {
        let line =
            |name: &str, made: &str, limit: &str| format!("{name:<10}{made:>8}{limit:>13}\n");
        let limits = LIMITS.map(|limit| {
            let max = self.limit_of(limit).map_or("none".to_owned(), |max| max.to_string());
            line(limit.name(), &self.used(limit).to_string(), &max)
        });
        let SpendingTotals { requests, prompt_tokens, completion_tokens, .. } = self.month;
        let estimated_usd = self.month.estimated_usd;
        let credits = self.settings.usage.credits_usd;
        let credits = credits.map(|usd| format!(" of ${usd:.2}")).unwrap_or_default();
        let month = format!(
            "\nthis month: {requests} requests, {prompt_tokens} tokens sent, {completion_tokens} \
             received, about ${estimated_usd:.4}{credits} (models with a known price)\n{}",
            self.settled_line()
        );
        let account = self.account.as_ref().map(AccountSummary::human).unwrap_or_default();
        line("requests", "made", "local limit") + &limits.concat() + &month + &account
    }
}
