//! Reads answers that are not streams: every status and every shape of error body.
//!
//! The router, TGI, the providers behind them and the proxies before them each have their own error
//! bodies. This module turns all of them into one [`InferenceError`].

mod adjustment;
mod web_page;

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{
    ErrorCause, InferenceError, PermanentCause, ResponseMeta, RetryHint, TransientCause, protocol,
};
use crate::secret::redact;
use crate::untrusted::Untrusted;
use adjustment::suggested_adjustment;

pub use adjustment::mentions_length_limit;
pub use web_page::describe_web_page;

/// The status and the headers of a response.
#[derive(Debug, Clone, Default)]
pub struct ResponseHead {
    pub status: u16,
    pub headers: Vec<(String, String)>,
}

impl ResponseHead {
    /// A header's trimmed value, found by name in any case; `None` if it is absent or empty.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The provider and the request id from the headers; both may be missing.
    pub fn meta(&self) -> ResponseMeta {
        let text = |name| self.header(name).map(|value| Untrusted::new(redact(value)));
        ResponseMeta { provider: text("x-inference-provider"), request_id: text("x-request-id") }
    }

    fn is_html(&self) -> bool {
        let name = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        name.split(';').next().unwrap_or_default().trim().ends_with("html")
    }
}

/// Parses a refusal, that is a response whose status is not 2xx.
pub fn parse_refusal(head: &ResponseHead, body: &str, at: SystemTime) -> InferenceError {
    let json = serde_json::from_str::<Value>(body).unwrap_or(Value::Null);
    read_refusal(head, &json, body, at)
}

/// Reads a refusal from its parsed body, and from the text of one that is not JSON.
fn read_refusal(head: &ResponseHead, json: &Value, body: &str, at: SystemTime) -> InferenceError {
    if let Some(message) = web_page::describe_block(head, json, body) {
        let cause = ErrorCause::Permanent(PermanentCause::Blocked);
        let request_id = head.meta().request_id;
        return InferenceError {
            status: Some(head.status),
            request_id,
            ..InferenceError::local(cause, message)
        };
    }
    let message = error_message(json)
        .or_else(|| head.header("x-error-message").map(str::to_owned))
        .or_else(|| plain_text(head, body))
        .or_else(|| web_page::describe_redirect(head))
        .unwrap_or_default();
    let cause = classify(head.status, json, &message);
    InferenceError {
        cause,
        status: Some(head.status),
        retry_hint: matches!(cause, ErrorCause::Transient(_))
            .then(|| retry_hint(head, json, &message, at))
            .flatten(),
        adjustment: suggested_adjustment(head.status, json, &message),
        message: Untrusted::new(redact(&message)),
        request_id: head.meta().request_id,
    }
}

/// Parses an `error` inside a 2xx answer. TGI puts the status into the body, or only the kind of
/// error.
pub fn parse_embedded_error(head: &ResponseHead, json: &Value, at: SystemTime) -> InferenceError {
    let error = json.get("error").filter(|error| !error.is_null()).unwrap_or(json);
    let number = ["http_status_code", "status", "status_code", "code"]
        .iter()
        .find_map(|name| parse_number(error.get(name).or_else(|| json.get(name))?));
    let kinds = [json.get("error_type"), error.get("type"), error.get("code")];
    let kind =
        kinds.into_iter().flatten().filter_map(Value::as_str).find_map(protocol::error_status);
    let status = number.and_then(|n| u16::try_from(n).ok()).filter(|n| (400..600).contains(n));
    let status = status.or(kind).unwrap_or(500);
    let inner = ResponseHead { status, headers: head.headers.clone() };
    let mut refused = read_refusal(&inner, json, "", at);
    // The headers of a 200 describe that success, not this failure.
    if matches!(refused.retry_hint, Some(RetryHint::RetryAfter(_)))
        && head.header("retry-after").is_some()
    {
        refused.retry_hint = None;
    }
    // The number in the body is not the status of this response either.
    refused.status = Some(head.status).filter(|status| !(200..300).contains(status));
    refused
}

/// A number, which some servers write as text.
fn parse_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn classify(status: u16, json: &Value, message: &str) -> ErrorCause {
    let code = json.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
    let text = message.to_ascii_lowercase();
    let is_model = code.starts_with("model_not")
        || text.contains("model not supported")
        || text.contains("not supported by any provider");
    match status {
        300..=399 => ErrorCause::Permanent(PermanentCause::Redirected),
        400 if is_model => ErrorCause::Permanent(PermanentCause::NoModel),
        400 if text.contains("invalid state") => ErrorCause::Permanent(PermanentCause::Paused),
        // Waiting does not shorten a prompt, whatever the status is.
        400 | 413 | 422 | 424 | 500 if adjustment::is_too_long(json, &text) => {
            ErrorCause::Permanent(PermanentCause::Rejected)
        }
        401 => ErrorCause::Permanent(PermanentCause::BadToken),
        402 => ErrorCause::Permanent(PermanentCause::NoCredits),
        403 if is_gated(&text) => ErrorCause::Permanent(PermanentCause::Gated),
        403 => ErrorCause::Permanent(PermanentCause::NoPermission),
        404 => ErrorCause::Permanent(PermanentCause::NoModel),
        410 => ErrorCause::Permanent(PermanentCause::Gone),
        413 => ErrorCause::Permanent(PermanentCause::RequestTooLarge),
        407 => ErrorCause::Permanent(PermanentCause::Blocked),
        408 => ErrorCause::Transient(TransientCause::TimedOut),
        429 => ErrorCause::Transient(TransientCause::Limited),
        503 if is_loading(json, &text) => ErrorCause::Transient(TransientCause::Loading),
        // "unknown error" with warnings is a bug in the model's own code.
        500 if json.get("warnings").is_some() && !text.contains("busy") => {
            ErrorCause::Permanent(PermanentCause::Broken)
        }
        424 | 425 | 500 | 502.. => ErrorCause::Transient(TransientCause::Busy),
        200..=299 => ErrorCause::Permanent(PermanentCause::NotAnAnswer),
        _ => ErrorCause::Permanent(PermanentCause::Rejected),
    }
}

/// Whether the owner of the model has to grant access, in HuggingFace's wordings over the years.
fn is_gated(text: &str) -> bool {
    ["terms", "gated", "is restricted", "authorized list"].iter().any(|word| text.contains(word))
}

fn is_loading(json: &Value, text: &str) -> bool {
    json.get("estimated_time").is_some() || text.contains("loading") || text.contains("initializ")
}

/// The server's own sentence: in a protocol's own shape, else in that of plain lists, FastAPI or
/// problem+json.
pub(super) fn error_message(json: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = |value: &Value, field: &str| {
        let items = value.as_array()?;
        let each = items.iter().filter_map(|item| text(item.get(field).unwrap_or(item)));
        Some(each.collect::<Vec<_>>().join("; "))
    };
    protocol::error_message(json)
        .map(str::to_owned)
        .or_else(|| json.get("error").and_then(|error| list(error, "message")))
        .or_else(|| json.get("errors").and_then(|errors| list(errors, "message")))
        .or_else(|| json.get("message").and_then(text))
        .or_else(|| json.get("detail").and_then(text))
        .or_else(|| json.get("detail").and_then(|detail| list(detail, "msg")))
        .or_else(|| json.get("title").and_then(text))
        .map(|message| message.trim().to_owned())
        .filter(|message| !message.is_empty())
}

/// A body of plain text, at most 500 characters. A proxy's HTML page adds nothing to its status.
fn plain_text(head: &ResponseHead, body: &str) -> Option<String> {
    let body = body.trim();
    let is_text = !body.is_empty() && !head.is_html() && !body.starts_with(['<', '{', '[']);
    is_text.then(|| body.chars().take(500).collect())
}

/// How long to wait: a header takes precedence over a sentence, and that over an estimate.
fn retry_hint(
    head: &ResponseHead,
    json: &Value,
    message: &str,
    at: SystemTime,
) -> Option<RetryHint> {
    let demand = head
        .header("retry-after")
        .and_then(|value| parse_retry_after(value, at))
        .or_else(|| head.header("ratelimit").and_then(parse_rate_limit))
        .or_else(|| parse_try_again(message));
    let estimate = || {
        let guess = json.get("estimated_time")?.as_f64()?;
        Duration::try_from_secs_f64(guess).ok().map(RetryHint::Estimate)
    };
    demand.map(RetryHint::RetryAfter).or_else(estimate)
}

/// Parses `Retry-After` (RFC 9110): whole seconds or a date.
fn parse_retry_after(value: &str, at: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(at).unwrap_or_default())
}

/// Parses `RateLimit`: `"api";r=0;t=55` means that no request remains for 55 s. If some remain (`r`
/// over 0), the limit is not why the request failed.
fn parse_rate_limit(value: &str) -> Option<Duration> {
    let field = |name: &str| {
        let part = value.split(';').map(str::trim).find_map(|part| part.strip_prefix(name));
        part.and_then(|number| number.parse::<u64>().ok())
    };
    (field("r=")? == 0).then_some(Duration::from_secs(field("t=")?.saturating_add(1)))
}

/// "Please try again in 11.455s", "try again in 2 minutes", "in 350ms".
fn parse_try_again(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let (_, rest) = lower.split_once("try again in ")?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let number = rest.get(..end)?.trim_end_matches('.').parse::<f64>().ok()?;
    let unit = rest.get(end..)?.trim_start();
    let factor = match unit {
        _ if unit.starts_with("ms") || unit.starts_with("milli") => 0.001,
        _ if unit.starts_with('m') => 60.0,
        _ if unit.starts_with('h') => 3600.0,
        _ => 1.0,
    };
    Duration::try_from_secs_f64(number * factor).ok()
}

#[cfg(test)]
mod tests;
