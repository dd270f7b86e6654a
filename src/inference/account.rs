//! Reads HuggingFace's account answers: a token's owner and permissions, and the credits used.
//!
//! The routes are `whoami-v2` and `usage-v2`. Every field is optional, because the second route is
//! not documented.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ErrorCause, InferenceError, PermanentCause, TransientCause};
use crate::untrusted::Untrusted;

/// Routes below the hub's base address.
pub const WHOAMI_ROUTE: &str = "api/whoami-v2";
/// The route of the usage and the remaining credits, below the hub's address.
pub const USAGE_ROUTE: &str = "api/settings/billing/usage-v2";
/// The route of the cost of each session, below the hub's address; its query has ISO dates. For an
/// organisation it is below `api/organizations/NAME/billing`.
pub const SESSIONS_ROUTE: &str = "api/settings/billing/usage-by-inference-session";

/// The same route of an organisation. Names have letters, digits and a few signs; anything else is left
/// out, so that it stays one part of the path.
pub fn organisation_sessions_route(name: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    let name: String = name.chars().filter(is_plain).collect();
    let name = name.trim_matches('.');
    format!("api/organizations/{name}/billing/usage-by-inference-session")
}

/// The largest answer that is read, in bytes: a user may belong to hundreds of organisations.
pub const MAX_ANSWER_BYTES: usize = 2 << 20;
/// The page that creates a token with both permissions: inference and reading the credits.
pub const NEW_TOKEN_URL: &str = "https://huggingface.co/settings/tokens/new\
    ?ownUserPermissions=inference.serverless.write&ownUserPermissions=user.billing.read\
    &tokenType=fineGrained";

/// The owner of a token, and the token's permissions.
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

/// The owner's subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPlan {
    Free,
    Pro,
    Unknown,
}

impl AccountPlan {
    /// The name of the plan, as HuggingFace writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "PRO",
            Self::Unknown => "unknown",
        }
    }
}

/// What `whoami-v2` says about the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    pub kind: AccessTokenKind,
    /// The name that its owner gave it.
    pub label: Option<Untrusted>,
    /// The expiry date, as the server writes it.
    pub expires: Option<Untrusted>,
    /// Whether it may use Inference Providers; `None` if the answer does not say.
    pub may_infer: Option<bool>,
}

/// The kind of a token, which decides what its permissions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessTokenKind {
    /// `read`, `write`, `admin`: a classic token.
    Classic(Untrusted),
    FineGrained,
    /// Created by `hf auth login`: it expires, and HuggingFace's tools renew it.
    OAuth,
    Other(Untrusted),
}

impl AccessTokenKind {
    /// The kind in words, with its article.
    pub fn describe(&self) -> String {
        match self {
            Self::Classic(role) => format!("a {} token", role.headline(20)),
            Self::FineGrained => "a fine-grained token".to_owned(),
            Self::OAuth => "a login token".to_owned(),
            Self::Other(kind) => format!("a token of type {}", kind.headline(30)),
        }
    }
}

impl Identity {
    /// Parses a `whoami-v2` answer; `None` if it is not JSON or has no name.
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

    /// Returns the answer without its private fields (email, picture, organisations), for the cache
    /// on disk; `None` if it is not JSON.
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

/// Whether a fine-grained token has a permission: globally, or for its owner or an organisation.
fn has_permission(auth: &Value, right: &str) -> bool {
    let fine = auth.pointer("/accessToken/fineGrained").unwrap_or(&Value::Null);
    let has = |list: Option<&Value>| {
        list.and_then(Value::as_array).is_some_and(|list| list.iter().any(|item| item == right))
    };
    let mut scopes = fine.get("scoped").and_then(Value::as_array).into_iter().flatten();
    has(fine.get("global")) || scopes.any(|scope| has(scope.get("permissions")))
}

/// The credits used this month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credits {
    pub used_usd: f64,
    pub included_usd: Option<f64>,
    pub requests: Option<u64>,
}

impl Credits {
    /// Parses a `usage-v2` answer; `None` if it has no sum of the used credits.
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

/// The cost of a session: what was sent as `X-HF-Session-Id`.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionCost {
    pub id: String,
    pub usd: f64,
}

/// Parses an answer of [`SESSIONS_ROUTE`]: the cost of each session, over all its periods. `None` if it
/// is no such answer, or in another currency.
pub fn parse_session_costs(body: &str) -> Option<Vec<SessionCost>> {
    let json = serde_json::from_str::<Value>(body).ok()?;
    if json.get("currency").and_then(Value::as_str).is_some_and(|currency| currency != "USD") {
        return None;
    }
    let mut costs = BTreeMap::<&str, f64>::new();
    for period in json.get("periods")?.as_array()? {
        for session in period.get("sessions").and_then(Value::as_array).into_iter().flatten() {
            let cents = session.get("costCents").and_then(Value::as_f64);
            let Some(cents) = cents.filter(|cents| cents.is_finite() && *cents >= 0.0) else {
                continue;
            };
            let Some(id) = session.get("id").and_then(Value::as_str) else { continue };
            *costs.entry(id).or_default() += cents / 100.0;
        }
    }
    let cost = |(id, usd): (&str, f64)| SessionCost { id: id.to_owned(), usd };
    Some(costs.into_iter().map(cost).collect())
}

/// Why the account could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub enum AccountError {
    /// No request was made, for this reason.
    NotAsked(String),
    Failed(InferenceError),
}

impl AccountError {
    /// A clause for the user, with a remedy if there is one.
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
                format!("the token lacks the permission; create one that has it: {NEW_TOKEN_URL}")
            }
            ErrorCause::Transient(TransientCause::Limited) => {
                "rate limited by HuggingFace; try again in a few minutes".to_owned()
            }
            ErrorCause::Permanent(PermanentCause::NotAnAnswer | PermanentCause::AnswerTooLarge) => {
                "HuggingFace's response is not in the expected form".to_owned()
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
    fn a_session_costs_the_sum_of_its_periods() {
        let body = r#"{"currency":"USD","periods":[
            {"period":"2026-11-01T00:00:00Z","sessions":[{"id":"a","requestCount":1,"costCents":0.25},
                {"id":"b","requestCount":1,"costCents":-1},{"requestCount":1,"costCents":1}]},
            {"period":"2026-11-02T00:00:00Z","sessions":[{"id":"a","requestCount":1,"costCents":0.75}]}]}"#;
        let cost = SessionCost { id: "a".to_owned(), usd: 0.01 };
        assert_eq!(parse_session_costs(body), Some(vec![cost]));
        assert_eq!(parse_session_costs(r#"{"currency":"USD","periods":[]}"#), Some(Vec::new()));
        for body in ["", "{}", r#"{"currency":"EUR","periods":[]}"#] {
            assert_eq!(parse_session_costs(body), None, "{body}");
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
        assert!(failed(ErrorCause::Transient(TransientCause::Limited)).contains("a few minutes"));
        assert!(
            failed(ErrorCause::Transient(TransientCause::Unreachable))
                .contains("cannot be reached")
        );
    }
}
