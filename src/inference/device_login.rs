//! The device login of HuggingFace: a code that the user confirms in a browser, for a token.
//!
//! Source: RFC 8628; `POST /oauth/device` and `POST /oauth/token` of the Hub (November 2026).

use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::secret::Secret;
use crate::untrusted::Untrusted;

/// Below the Hub's address.
pub const DEVICE_ROUTE: &str = "oauth/device";
pub const TOKEN_ROUTE: &str = "oauth/token";

/// The page that makes a token with every right that this program has a use for.
pub const NEW_TOKEN_URL: &str = "https://huggingface.co/settings/tokens/new\
    ?ownUserPermissions=inference.serverless.write&ownUserPermissions=user.billing.read\
    &ownUserPermissions=repo.content.read&ownUserPermissions=repo.write&tokenType=fineGrained";

/// What a login asks for: to call models, to publish, to read what was spent.
const SCOPE: &str = "openid profile inference-api contribute-repos read-billing";

/// A login that waits for the user's browser.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceCode {
    /// What the token is asked for with; as good as one.
    secret: Secret,
    /// What the user types.
    pub user_code: Untrusted,
    /// The page to type it at.
    pub page: Untrusted,
    /// Seconds between two questions for the token.
    pub interval: u64,
    /// Seconds until the code is worth nothing.
    pub expires_in: u64,
}

/// An answer to the question for the token.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenAnswer {
    Token(Secret),
    /// The user has not confirmed yet.
    Pending,
    /// The same, and it is asked too often.
    SlowDown,
    /// It will not come: why, in the server's words.
    Refused(Untrusted),
}

impl DeviceCode {
    /// The body that begins a login, as a form.
    pub fn question(client_id: &str) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("client_id", client_id).append_pair("scope", SCOPE).finish()
    }

    /// Reads the Hub's answer. `None` if it is none.
    pub fn parse(body: &str) -> Option<Self> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let text = |name: &str| json.get(name)?.as_str();
        let number = |name: &str| json.get(name).and_then(Value::as_u64);
        Some(Self {
            secret: Secret::new(text("device_code")?),
            user_code: Untrusted::new(text("user_code")?),
            page: Untrusted::new(text("verification_uri")?),
            // RFC 8628, section 3.2.
            interval: number("interval").unwrap_or(5).clamp(1, 60),
            expires_in: number("expires_in").unwrap_or(900).min(3_600),
        })
    }

    /// The body that asks for the token, as a form.
    pub fn token_question(&self, client_id: &str) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            .append_pair("device_code", self.secret.expose())
            .append_pair("client_id", client_id)
            .finish()
    }
}

impl TokenAnswer {
    /// Reads an answer, whatever its status was. `None` if it is none.
    pub fn parse(body: &str) -> Option<Self> {
        let json = serde_json::from_str::<Value>(body).ok()?;
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        if let Some(token) = text("access_token") {
            return Some(Self::Token(Secret::new(token)));
        }
        let code = text("error")?;
        Some(match code {
            "authorization_pending" => Self::Pending,
            "slow_down" => Self::SlowDown,
            _ => Self::Refused(Untrusted::new(text("error_description").unwrap_or(code))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_and_asked_for_its_token() {
        let body = r#"{"device_code":"d c","user_code":"ABCD-1234","interval":5,"expires_in":900,
            "verification_uri":"https://huggingface.co/device"}"#;
        let code = DeviceCode::parse(body).unwrap();
        assert_eq!((code.user_code.raw(), code.interval), ("ABCD-1234", 5));
        let question = code.token_question("app&1");
        assert!(question.ends_with("device_code=d+c&client_id=app%261"), "{question}");
        assert!(!format!("{code:?}").contains("d c"), "the code is as good as a token");
        for bad in ["", "{}", r#"{"error":"invalid_client"}"#] {
            assert_eq!(DeviceCode::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn each_answer_has_a_meaning() {
        let answer = |body: &str| TokenAnswer::parse(body).unwrap();
        assert_eq!(answer(r#"{"error":"authorization_pending"}"#), TokenAnswer::Pending);
        assert_eq!(answer(r#"{"error":"slow_down"}"#), TokenAnswer::SlowDown);
        let token = TokenAnswer::Token(Secret::new("hf_oauth_x"));
        assert_eq!(answer(r#"{"access_token":"hf_oauth_x","expires_in":9}"#), token);
        let denied = answer(r#"{"error":"access_denied","error_description":"No."}"#);
        assert_eq!(denied, TokenAnswer::Refused(Untrusted::new("No.")));
        assert_eq!(TokenAnswer::parse("<html>"), None);
    }
}
