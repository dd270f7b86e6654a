//! Diagnoses the token: its origin (never its value), owner and permissions.

use super::line::{CheckHealth, DoctorLine};
use crate::app::Engine;
use crate::config::Settings;
use crate::driver::DiagnosticReport;
use crate::inference::account::{AccessTokenKind, AccountError, Identity};
use crate::inference::{ErrorCause, PermanentCause};

const TOKENS_URL: &str = "https://huggingface.co/settings/tokens";

/// The lines about the token and its account.
pub fn account_lines(settings: &Settings, checkup: &DiagnosticReport) -> Vec<DoctorLine> {
    let account = match &checkup.account {
        Ok(identity) => Some(account_line(identity)),
        Err(error) if settings.network.token.is_some() => Some(account_error_line(error)),
        // Without a token there is no account.
        Err(_) => None,
    };
    [token_line(settings)].into_iter().chain(account).collect()
}

fn token_line(settings: &Settings) -> DoctorLine {
    let wants_one = settings.inference.engine.value == Engine::HuggingFace;
    match &settings.network.token {
        Some(token) => {
            let kind = if token.value.is_huggingface() { "hf_***" } else { "***" };
            DoctorLine::good("token", kind).with_origin(&token.origin)
        }
        None if wants_one => DoctorLine::good("token", "none").with_advice(
            CheckHealth::Broken(3),
            format!("Create one and set HF_TOKEN to it: {TOKENS_URL}"),
        ),
        None => DoctorLine::good("token", "none, not needed"),
    }
}

/// The token's owner and permissions. An unknown permission is not an error.
fn account_line(identity: &Identity) -> DoctorLine {
    let token = &identity.token;
    let label = token.label.as_ref().map(|label| format!(" “{}”", label.headline(40)));
    let expires = token.expires.as_ref().map(|date| format!(", until {}", date.headline(30)));
    let text = format!(
        "{}, {} plan; {}{}{}",
        identity.name.headline(60),
        identity.plan.name(),
        token.kind.describe(),
        label.unwrap_or_default(),
        expires.unwrap_or_default(),
    );
    match (token.may_infer, &token.kind) {
        (Some(true), _) => {
            DoctorLine::good("account", text).append(" with permission to call models")
        }
        (Some(false), _) => DoctorLine::good("account", text)
            .append(" without permission to call models (inference.serverless.write is missing)")
            .with_advice(CheckHealth::Broken(3), PermanentCause::NoPermission.advice()),
        (None, AccessTokenKind::OAuth) => DoctorLine::good("account", text).with_advice(
            CheckHealth::Degraded,
            "Such a token expires: if it is refused, run `hf auth login` for a new one.",
        ),
        (None, _) => DoctorLine::good("account", text).with_advice(
            CheckHealth::Degraded,
            format!(
                "HuggingFace does not say whether it may call models. See its permissions at \
                {TOKENS_URL}."
            ),
        ),
    }
}

fn account_error_line(error: &AccountError) -> DoctorLine {
    match error {
        AccountError::NotAsked(why) => DoctorLine::good("account", format!("not checked: {why}")),
        AccountError::Failed(error)
            if error.cause == ErrorCause::Permanent(PermanentCause::BadToken) =>
        {
            DoctorLine::good("account", "HuggingFace refuses the token")
                .with_advice(CheckHealth::Broken(3), PermanentCause::BadToken.advice())
        }
        AccountError::Failed(_) => DoctorLine::good(
            "account",
            format!("unknown: {}", error.describe()),
        )
        .with_advice(CheckHealth::Degraded, "Games still work if the token may call models."),
    }
}
