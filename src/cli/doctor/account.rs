//! The token: where it was found (never what it is), whose it is, and what it may do.

use super::line::{Health, Line};
use crate::app::Engine;
use crate::config::Settings;
use crate::driver::Checkup;
use crate::inference::account::{AccessTokenKind, AccountError, Identity};
use crate::inference::{ErrorCause, PermanentCause};

const TOKENS: &str = "https://huggingface.co/settings/tokens";

pub fn lines(settings: &Settings, checkup: &Checkup) -> Vec<Line> {
    let account = match &checkup.account {
        Ok(identity) => Some(known(identity)),
        Err(silence) if settings.token.is_some() => Some(unknown(silence)),
        // Without a token there is nobody to ask about.
        Err(_) => None,
    };
    [token(settings)].into_iter().chain(account).collect()
}

fn token(settings: &Settings) -> Line {
    let wants_one = settings.engine.value == Engine::HuggingFace;
    match &settings.token {
        Some(token) => {
            let kind = if token.value.is_huggingface() { "hf_***" } else { "***" };
            Line::good("token", kind).set(&token.origin)
        }
        None if wants_one => Line::good("token", "none")
            .with(Health::Bad(3), format!("Put one into HF_TOKEN: {TOKENS}")),
        None => Line::good("token", "none, and none is needed"),
    }
}

/// Whose it is. A right that cannot be told is no reason to worry anybody.
fn known(identity: &Identity) -> Line {
    let pass = &identity.token;
    let label = pass.label.as_ref().map(|label| format!(" “{}”", label.headline(40)));
    let expires = pass.expires.as_ref().map(|date| format!(", until {}", date.headline(30)));
    let words = format!(
        "{}, {} plan; {}{}{}",
        identity.name.headline(60),
        identity.plan.name(),
        pass.kind.describe(),
        label.unwrap_or_default(),
        expires.unwrap_or_default(),
    );
    match (pass.may_infer, &pass.kind) {
        (Some(true), _) => Line::good("account", words).and(" that may ask models"),
        (Some(false), _) => Line::good("account", words)
            .and(" that may not ask models (inference.serverless.write is missing)")
            .with(Health::Bad(3), PermanentCause::NoPermission.advice()),
        (None, AccessTokenKind::OAuth) => Line::good("account", words).with(
            Health::Less,
            "Such a token expires: where it is refused, `hf auth login` brings a new one.",
        ),
        (None, _) => Line::good("account", words).with(
            Health::Less,
            format!("Whether it may ask models is not told. {TOKENS} shows its rights."),
        ),
    }
}

fn unknown(silence: &AccountError) -> Line {
    match silence {
        AccountError::NotAsked(why) => Line::good("account", format!("not asked: {why}")),
        AccountError::Failed(trouble)
            if trouble.cause == ErrorCause::Permanent(PermanentCause::BadToken) =>
        {
            Line::good("account", "HuggingFace refuses the token")
                .with(Health::Bad(3), PermanentCause::BadToken.advice())
        }
        AccountError::Failed(_) => {
            Line::good("account", format!("not known: {}", silence.describe()))
                .with(Health::Less, "Games can be made all the same, if the token may ask models.")
        }
    }
}
