//! Credits used this month, as one line: estimated, or as HuggingFace reports them.

use std::time::Instant;

use crate::inference::account::Credits;

/// Credits as HuggingFace reported them, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReportedCredits {
    pub credits: Credits,
    pub at: Instant,
}

impl ReportedCredits {
    /// `$0.0123 of $2.00`.
    pub fn amount(&self) -> String {
        let of = self.credits.included_usd.map(|usd| format!(" of ${usd:.2}"));
        format!("{}{}", usd(self.credits.used_usd), of.unwrap_or_default())
    }
}

/// `~$0.012 of $2.00`: the ledger's sum over replies whose price is known, and the credits where the
/// user has set them.
pub fn estimated(spent_usd: f64, credits_usd: Option<f64>) -> String {
    let of = credits_usd.map(|usd| format!(" of ${usd:.2}"));
    format!("~{}{}", usd(spent_usd), of.unwrap_or_default())
}

/// Thousandths while they count.
fn usd(amount: f64) -> String {
    if amount < 1.0 { format!("${amount:.3}") } else { format!("${amount:.2}") }
}
