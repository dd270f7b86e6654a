//! Error bodies as servers shape them. Whole recorded shapes are tried in
//! `tests/it/hub.rs`; here are the odd corners.

use proptest::prelude::*;

use super::*;
use crate::inference::RequestAdjustment;

fn head(status: u16, headers: &[(&str, &str)]) -> ResponseHead {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    ResponseHead { status, headers: headers.iter().map(owned).collect() }
}

fn refused(status: u16, headers: &[(&str, &str)], body: &str) -> InferenceError {
    let noon = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
    parse_refusal(&head(status, headers), body, noon)
}

#[test]
fn the_sentence_is_found_wherever_it_stands() {
    let cases = [
        (r#"{"error":{"message":"a"}}"#, "a"),
        (r#"{"error":"b"}"#, "b"),
        (r#"{"error":["c","d"]}"#, "c; d"),
        (r#"{"errors":[{"message":"e"},{"message":"f"}]}"#, "e; f"),
        (r#"{"message":"g"}"#, "g"),
        (r#"{"detail":"h","title":"t"}"#, "h"),
        (r#"{"detail":[{"msg":"i","loc":[]}]}"#, "i"),
        (r#"{"title":"j"}"#, "j"),
        ("plain words", "plain words"),
        ("<html>a page</html>", ""),
        (r#"{"unknown":1}"#, ""),
        ("", ""),
    ];
    for (body, message) in cases {
        assert_eq!(refused(400, &[], body).message.raw(), message, "{body}");
    }
    let header = refused(401, &[("X-Error-Message", "from the header")], "");
    assert_eq!(header.message.raw(), "from the header");
}

#[test]
fn waits_come_in_every_dialect() {
    let demand = |seconds: f64| Some(RetryHint::RetryAfter(Duration::from_secs_f64(seconds)));
    let cases = [
        (refused(429, &[("retry-after", "7")], ""), demand(7.0)),
        (refused(503, &[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], ""), demand(30.0)),
        (refused(503, &[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], ""), demand(0.0)),
        (refused(429, &[("ratelimit", r#""api";r=0;t=55"#)], ""), demand(56.0)),
        (refused(429, &[("ratelimit", r#""api";r=3;t=55"#)], ""), None),
        (refused(429, &[], r#"{"error":"Please try again in 11.455s."}"#), demand(11.455)),
        (refused(429, &[], r#"{"error":"try again in 350ms"}"#), demand(0.35)),
        (refused(429, &[], r#"{"error":"try again in 2 minutes"}"#), demand(120.0)),
        (refused(429, &[("retry-after", "soon")], ""), None),
        (refused(429, &[("retry-after", "-1")], ""), None),
        // A wait that comes with a refusal means nothing.
        (refused(402, &[("retry-after", "7")], ""), None),
    ];
    for (trouble, asked) in cases {
        assert_eq!(trouble.retry_hint, asked, "{trouble:?}");
    }
}

#[test]
fn an_estimate_is_no_demand() {
    let loading = refused(503, &[], r#"{"error":"x is currently loading","estimated_time":20.5}"#);
    assert_eq!(loading.retry_hint, Some(RetryHint::Estimate(Duration::from_secs_f64(20.5))));
    let absurd = refused(503, &[], r#"{"error":"loading","estimated_time":-1e300}"#);
    assert_eq!(absurd.retry_hint, None);
}

#[test]
fn two_refusals_tell_how_to_ask_instead() {
    let too_long = "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. \
                    Given: 96 `inputs` tokens and 16000 `max_new_tokens`";
    let body = serde_json::json!({ "error": too_long }).to_string();
    let shrink = Some(RequestAdjustment::MaxTokens(4_000));
    assert_eq!(refused(422, &[], &body).adjustment, shrink);
    let inside = serde_json::json!({ "error": too_long, "error_type": "validation" });
    let now = SystemTime::UNIX_EPOCH;
    assert_eq!(parse_embedded_error(&head(200, &[]), &inside, now).adjustment, shrink);
    // What would be left is no game.
    let small = body.replace("4096", "512");
    assert_eq!(refused(422, &[], &small).adjustment, None);
}

#[test]
fn numbers_are_found_in_every_dialect() {
    let adjustment = |message: &str| {
        let body = serde_json::json!({ "error": { "message": message, "code": 400 } });
        refused(400, &[], &body.to_string()).adjustment
    };
    let fewer = |tokens| Some(RequestAdjustment::MaxTokens(tokens));
    let within = |tokens| Some(RequestAdjustment::ContextLimit(tokens));
    let cases = [
        (
            "Range of max_tokens: max_tokens: 16000 > 8192, which is the maximum allowed",
            fewer(8_192),
        ),
        ("The maximum tokens you requested exceeds the model limit of 4096.", fewer(4_096)),
        (
            "maxOutputTokens: the supported range is from 1 (inclusive) to 8193 (exclusive)",
            fewer(8_192),
        ),
        ("too many tokens: max tokens must be less than or equal to 4_096", fewer(4_096)),
        ("max_tokens must be <= 8,192", fewer(8_192)),
        (
            "Prompt contains 900 tokens, too large for model with 32768 maximum context length",
            fewer(31_868),
        ),
        ("Your request exceeded model token limit: 8192", within(8_192)),
        (
            "The model is loaded with context length of only 4096 tokens, too long a prompt",
            within(4_096),
        ),
        (
            "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
            within(8_192),
        ),
        // What would be left is no game, or nothing.
        ("request (9000 tokens) exceeds the available context size (4096 tokens)", None),
        (
            "maximum context length is 8192 tokens. However, your messages resulted in 8202 tokens",
            None,
        ),
        ("max_tokens is too large: 16000. This model supports at most 256 completion tokens", None),
        ("the moon is 384400 km away", None),
    ];
    for (message, expected) in cases {
        assert_eq!(adjustment(message), expected, "{message}");
    }
    let credits = r#"{"error":{"message":"fewer max_tokens are needed, you can only afford 90"}}"#;
    assert_eq!(refused(402, &[], credits).cause, ErrorCause::Permanent(PermanentCause::NoCredits));
    assert_eq!(refused(402, &[], credits).adjustment, None);
}

#[test]
fn the_length_of_a_prompt_does_not_pass() {
    let full =
        r#"{"error":{"code":500,"message":"the request exceeds the available context size"}}"#;
    let trouble = refused(500, &[], full);
    assert_eq!(trouble.cause, ErrorCause::Permanent(PermanentCause::Rejected));
    assert!(trouble.advice().contains("--max-tokens"));
    let other = refused(400, &[], r#"{"error":"no such thing"}"#);
    assert!(!other.advice().contains("--max-tokens"));
}

#[test]
fn an_error_inside_a_success_is_not_told_by_the_success() {
    let json = serde_json::json!({ "error": "overloaded", "error_type": "overloaded" });
    let trouble =
        parse_embedded_error(&head(200, &[("retry-after", "30")]), &json, SystemTime::UNIX_EPOCH);
    assert_eq!(
        (trouble.cause, trouble.retry_hint),
        (ErrorCause::Transient(TransientCause::Limited), None)
    );
}

proptest! {
    #[test]
    fn any_answer_is_understood_somehow(
        status in 0_u16..700,
        name in "(retry-after|ratelimit|content-type)",
        value in "\\PC{0,30}",
        body in prop_oneof!["\\PC{0,200}", "\\{\"error\":[\"{}a-z0-9:,\\[\\]]{0,60}\\}"],
    ) {
        let trouble = refused(status, &[(&name, &value)], &body);
        prop_assert_eq!(trouble.status, Some(status));
    }
}
