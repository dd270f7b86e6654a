//! Error bodies as servers shape them. Whole recorded shapes are tried in
//! `tests/it/hub.rs`; here are the odd corners.

use proptest::prelude::*;

use super::*;
use crate::inference::Adjustment;

fn head(status: u16, headers: &[(&str, &str)]) -> Head {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Head { status, headers: headers.iter().map(owned).collect() }
}

fn refused(status: u16, headers: &[(&str, &str)], body: &str) -> Trouble {
    let noon = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
    refusal(&head(status, headers), body, noon)
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
    for (body, said) in cases {
        assert_eq!(refused(400, &[], body).said.raw(), said, "{body}");
    }
    let header = refused(401, &[("X-Error-Message", "from the header")], "");
    assert_eq!(header.said.raw(), "from the header");
}

#[test]
fn waits_come_in_every_dialect() {
    let demand = |seconds: f64| Some(Asked::Demand(Duration::from_secs_f64(seconds)));
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
        assert_eq!(trouble.asked, asked, "{trouble:?}");
    }
}

#[test]
fn an_estimate_is_no_demand() {
    let loading = refused(503, &[], r#"{"error":"x is currently loading","estimated_time":20.5}"#);
    assert_eq!(loading.asked, Some(Asked::Estimate(Duration::from_secs_f64(20.5))));
    let absurd = refused(503, &[], r#"{"error":"loading","estimated_time":-1e300}"#);
    assert_eq!(absurd.asked, None);
}

#[test]
fn two_refusals_tell_how_to_ask_instead() {
    let too_long = "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. \
                    Given: 96 `inputs` tokens and 16000 `max_new_tokens`";
    let body = serde_json::json!({ "error": too_long }).to_string();
    let shrink = Some(Adjustment::FewerTokens(4_000));
    assert_eq!(refused(422, &[], &body).adjustment, shrink);
    let inside = serde_json::json!({ "error": too_long, "error_type": "validation" });
    let now = SystemTime::UNIX_EPOCH;
    assert_eq!(refusal_inside(&head(200, &[]), &inside, now).adjustment, shrink);
    // What would be left is no game.
    let small = body.replace("4096", "512");
    assert_eq!(refused(422, &[], &small).adjustment, None);
}

#[test]
fn an_error_inside_a_success_is_not_told_by_the_success() {
    let json = serde_json::json!({ "error": "overloaded", "error_type": "overloaded" });
    let trouble =
        refusal_inside(&head(200, &[("retry-after", "30")]), &json, SystemTime::UNIX_EPOCH);
    assert_eq!((trouble.cause, trouble.asked), (Cause::Passing(Passing::Limited), None));
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
