//! Who a token belongs to, what it may do, and what is left of the credits.
//!
//! Both answers are HuggingFace's own (`whoami-v2`, `usage-v2`), rarely asked
//! for, and read with every field optional: the second is not documented.

use serde_json::{Value, json};

use super::{ErrorCause, InferenceError, PermanentCause, TransientCause};
use crate::untrusted::Untrusted;

/// Below the hub's address.
pub const WHOAMI_ROUTE: &str = "api/whoami-v2";
pub const USAGE_ROUTE: &str = "api/settings/billing/usage-v2";
/// The largest answer that is read: people are in hundreds of organisations.
pub const MAX_ANSWER_BYTES: usize = 2 << 20;
/// A token that may do both: ask models, and read what is left.
pub const NEW_TOKEN_URL: &str = "https://huggingface.co/settings/tokens/new\
    ?ownUserPermissions=inference.serverless.write&ownUserPermissions=user.billing.read\
    &tokenType=fineGrained";

/// Whose token it is, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub name: Untrusted,
    /// `user`, `org`, `app`.
    pub kind: Untrusted,
    pub plan: AccountPlan,
    /// When the month of its credits ends, in seconds since 1970.
    pub period_end: Option<i64>,
    pub token: TokenInfo,
}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPlan {
    Free,
    Pro,
    Unknown,
}

impl AccountPlan {
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "PRO",
            Self::Unknown => "unknown",
        }
    }
}

/// The token itself, as far as HuggingFace tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    pub kind: AccessTokenKind,
    /// What its owner called it.
    pub label: Option<Untrusted>,
    /// A date, as the server writes it.
    pub expires: Option<Untrusted>,
    /// Whether it may ask models; nothing where that cannot be told.
    pub may_infer: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessTokenKind {
    /// `read`, `write`, `admin`: a classic token.
    Classic(Untrusted),
    FineGrained,
    /// From `hf auth login`: it expires, and HuggingFace's tools renew it.
    OAuth,
    Other(Untrusted),
}

impl AccessTokenKind {
    pub fn describe(&self) -> String {
        match self {
            Self::Classic(role) => format!("a {} token", role.headline(20)),
            Self::FineGrained => "a fine-grained token".to_owned(),
            Self::OAuth => "a token of a login".to_owned(),
            Self::Other(kind) => format!("a token of the kind {}", kind.headline(30)),
        }
    }
}

impl Identity {
    /// Reads an answer; nothing where it names nobody.
    pub fn parse(body: &str) -> Option<Self> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        Some(Self {
            name: Untrusted::new(text("name")?),
            kind: Untrusted::new(text("type").unwrap_or("user")),
            plan: match json.get("isPro").and_then(Value::as_bool) {
                Some(true) => AccountPlan::Pro,
                Some(false) => AccountPlan::Free,
                None => AccountPlan::Unknown,
            },
            period_end: json.get("periodEnd").and_then(Value::as_i64),
            token: TokenInfo::parse(json.get("auth").unwrap_or(&Value::Null)),
        })
    }

    /// The part of an answer that may be kept on disk: no address, no picture, no organisations.
    pub fn strip_private(body: &str) -> Option<String> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let part = |path: &str| json.pointer(path).cloned().unwrap_or_default();
        let kept = json!({
            "type": part("/type"), "name": part("/name"), "isPro": part("/isPro"),
            "periodEnd": part("/periodEnd"),
            "auth": {
                "type": part("/auth/type"),
                "expiresAt": part("/auth/expiresAt"),
                "accessToken": {
                    "displayName": part("/auth/accessToken/displayName"),
                    "role": part("/auth/accessToken/role"),
                    "fineGrained": part("/auth/accessToken/fineGrained"),
                },
            },
        });
        Some(kept.to_string())
    }
}

impl TokenInfo {
    fn parse(auth: &Value) -> Self {
        let text = |path: &str| auth.pointer(path).and_then(Value::as_str);
        let role = text("/accessToken/role");
        let kind = match (text("/type").unwrap_or_default(), role) {
            ("access_token", Some("fineGrained")) => AccessTokenKind::FineGrained,
            ("access_token", Some(role)) => AccessTokenKind::Classic(Untrusted::new(role)),
            (kind, _) if kind.starts_with("app_token") || kind.contains("oauth") => {
                AccessTokenKind::OAuth
            }
            (kind, _) => AccessTokenKind::Other(Untrusted::new(kind)),
        };
        let may_infer = match role {
            Some("read" | "write" | "admin") => Some(true),
            Some("fineGrained") => Some(has_permission(auth, "inference.serverless.write")),
            _ => None,
        };
        let untrusted = |path| text(path).map(Untrusted::new);
        Self {
            kind,
            label: untrusted("/accessToken/displayName"),
            expires: untrusted("/expiresAt").or_else(|| untrusted("/accessToken/expiresAt")),
            may_infer,
        }
    }
}

/// Whether a fine-grained token has a right: for itself, an organisation, or everywhere.
fn has_permission(auth: &Value, right: &str) -> bool {
    let fine = auth.pointer("/accessToken/fineGrained").unwrap_or(&Value::Null);
    let has = |list: Option<&Value>| {
        list.and_then(Value::as_array).is_some_and(|list| list.iter().any(|it| it == right))
    };
    let mut scopes = fine.get("scoped").and_then(Value::as_array).into_iter().flatten();
    has(fine.get("global")) || scopes.any(|scope| has(scope.get("permissions")))
}

/// What HuggingFace says was spent this month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credits {
    pub used_usd: f64,
    pub included_usd: Option<f64>,
    pub requests: Option<u64>,
}

impl Credits {
    pub fn parse(body: &str) -> Option<Self> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let usage = json.pointer("/usage/inferenceProviders")?;
        let usd = |name: &str| {
            let nano = usage.get(name)?.as_f64()?;
            (nano.is_finite() && nano >= 0.0).then_some(nano / 1e9)
        };
        Some(Self {
            used_usd: usd("usedNanoUsd")?,
            included_usd: usd("includedNanoUsd"),
            requests: usage.get("numRequests").and_then(Value::as_u64),
        })
    }
}

/// Why HuggingFace did not tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub enum AccountError {
    /// It was not asked, for this reason.
    NotAsked(String),
    Failed(InferenceError),
}

impl AccountError {
    /// A clause for people, with what would help where something would.
    pub fn describe(&self) -> String {
        let error = match self {
            Self::NotAsked(why) => return why.clone(),
            Self::Failed(error) => error,
        };
        match error.cause {
            ErrorCause::Permanent(PermanentCause::BadToken) => {
                "HuggingFace refused the token (https://huggingface.co/settings/tokens)".to_owned()
            }
            ErrorCause::Permanent(PermanentCause::NoPermission | PermanentCause::Gated) => {
                format!("the token may not read it; one that may: {NEW_TOKEN_URL}")
            }
            ErrorCause::Transient(TransientCause::Limited) => {
                "HuggingFace limits how often it may be asked; try again in some minutes".to_owned()
            }
            ErrorCause::Permanent(PermanentCause::NotAnAnswer | PermanentCause::AnswerTooLarge) => {
                "HuggingFace's answer was not understood".to_owned()
            }
            cause => cause.describe().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(auth: &Value) -> Identity {
        let body = json!({ "type": "user", "name": "ann", "email": "ann@example.com",
            "isPro": false, "periodEnd": 1_793_491_200, "orgs": [{ "name": "acme" }], "auth": auth });
        Identity::parse(&body.to_string()).unwrap()
    }

    fn fine(permissions: &[&str]) -> Value {
        json!({ "type": "access_token", "accessToken": { "displayName": "laptop",
            "role": "fineGrained", "fineGrained": { "canReadGatedRepos": false, "global": [],
                "scoped": [{ "entity": { "_id": "1", "type": "user", "name": "ann" },
                    "permissions": permissions }] } } })
    }

    #[test]
    fn the_right_to_ask_models_is_found_where_it_stands() {
        let may = |auth: &Value| who(auth).token.may_infer;
        let classic =
            |role: &str| json!({ "type": "access_token", "accessToken": { "role": role } });
        assert_eq!(may(&fine(&["inference.serverless.write"])), Some(true));
        assert_eq!(may(&fine(&["repo.content.read", "user.billing.read"])), Some(false));
        assert_eq!((may(&classic("read")), may(&classic("write"))), (Some(true), Some(true)));
        assert_eq!(may(&classic("contributor")), None);
        let login = json!({ "type": "app_token_as_user", "expiresAt": "2026-11-25T00:00:00.000Z" });
        let pass = who(&login).token;
        assert_eq!((pass.kind, pass.may_infer), (AccessTokenKind::OAuth, None));
        assert!(pass.expires.is_some());
        assert_eq!(may(&Value::Null), None);
    }

    #[test]
    fn what_is_kept_reads_the_same_and_tells_nothing_private() {
        let body = json!({ "type": "user", "name": "ann", "email": "ann@example.com",
            "avatarUrl": "/a.svg", "isPro": true, "orgs": [{ "name": "acme" }],
            "auth": fine(&["inference.serverless.write"]) });
        let kept = Identity::strip_private(&body.to_string()).unwrap();
        assert_eq!(Identity::parse(&kept), Identity::parse(&body.to_string()));
        for private in ["ann@example.com", "a.svg", "acme"] {
            assert!(!kept.contains(private), "{kept}");
        }
        assert_eq!(Identity::parse("<html>"), None);
        assert_eq!(Identity::parse(r#"{"error":"no"}"#), None);
    }

    #[test]
    fn credits_are_read_in_billionths_of_a_dollar() {
        let body = r#"{"usage":{"inferenceProviders":{"usedNanoUsd":12000000,
            "includedNanoUsd":100000000,"limitNanoUsd":null,"numRequests":6}}}"#;
        let credits = Credits { used_usd: 0.012, included_usd: Some(0.1), requests: Some(6) };
        assert_eq!(Credits::parse(body), Some(credits));
        for body in ["", "{}", r#"{"usage":{"inferenceProviders":{"usedNanoUsd":-1}}}"#] {
            assert_eq!(Credits::parse(body), None, "{body}");
        }
    }

    #[test]
    fn a_silence_says_what_would_help() {
        let failed = |cause| AccountError::Failed(InferenceError::local(cause, "")).describe();
        assert!(
            failed(ErrorCause::Permanent(PermanentCause::BadToken)).contains("settings/tokens")
        );
        assert!(
            failed(ErrorCause::Permanent(PermanentCause::NoPermission))
                .contains("user.billing.read")
        );
        assert!(failed(ErrorCause::Transient(TransientCause::Limited)).contains("some minutes"));
        assert!(
            failed(ErrorCause::Transient(TransientCause::Unreachable))
                .contains("cannot be reached")
        );
    }
}
