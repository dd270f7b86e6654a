//! Streams event by event.

use proptest::prelude::*;

use super::*;

fn hear(events: &[&str]) -> (String, Outcome) {
    let mut stream = ReplyStream::new(ResponseHead { status: 200, headers: Vec::new() });
    let mut text = String::new();
    for event in events {
        if let StreamEvent::Content(piece) =
            stream.on_sse_message("", event, SystemTime::UNIX_EPOCH)
        {
            text.push_str(&piece);
        }
    }
    (text, stream.finish(None))
}

const PIECE: &str = r#"{"choices":[{"delta":{"content":"a"}}]}"#;
const STOP: &str = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

fn finish_of(outcome: &Outcome) -> Option<FinishReason> {
    match outcome {
        Outcome::Replied(reply) => Some(reply.finish),
        Outcome::Interrupted(_) | Outcome::Failed(_) => None,
    }
}

#[test]
fn a_stream_is_whole_when_its_server_says_so() {
    for end in [STOP, "[DONE]", " [DONE] "] {
        assert_eq!(finish_of(&hear(&[PIECE, end]).1), Some(FinishReason::Complete), "{end}");
    }
    assert!(matches!(hear(&[PIECE]).1, Outcome::Interrupted(_)));
    assert!(matches!(hear(&[]).1, Outcome::Failed(_)));
}

#[test]
fn unknown_reasons_mean_done_and_length_means_cut() {
    let ended = |reason: &str| {
        let event = format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":"{reason}"}}]}}"#);
        finish_of(&hear(&[PIECE, &event]).1)
    };
    for reason in ["stop", "eos_token", "stop_sequence", "tool_calls", "brand_new"] {
        assert_eq!(ended(reason), Some(FinishReason::Complete), "{reason}");
    }
    assert_eq!(ended("length"), Some(FinishReason::Length));
    assert_eq!(ended("content_filter"), Some(FinishReason::Filtered));
}

#[test]
fn an_error_counts_even_when_done_follows_it() {
    let error = r#"{"error":{"message":"out of memory","http_status_code":422}}"#;
    assert!(matches!(hear(&[PIECE, error, "[DONE]"]).1, Outcome::Interrupted(_)));
    assert!(matches!(hear(&[error, "[DONE]"]).1, Outcome::Failed(_)));
    // `error: null` is how some servers say that there is none.
    let fine = r#"{"error":null,"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}"#;
    assert_eq!(hear(&[PIECE, fine]).0, "ab");
}

#[test]
fn usage_is_replaced_not_added() {
    let count = |n: u32| {
        format!(r#"{{"choices":[],"usage":{{"prompt_tokens":1,"completion_tokens":{n}}}}}"#)
    };
    let (_, outcome) = hear(&[PIECE, &count(3), &count(5), STOP]);
    let Outcome::Replied(reply) = outcome else { panic!("{outcome:?}") };
    assert_eq!(reply.usage, Some(TokenUsage { prompt_tokens: 1, completion_tokens: 5 }));
}

#[test]
fn a_copy_of_the_text_is_not_added_to_it() {
    let both = r#"{"choices":[{"text":"a","delta":{"content":"a"},"finish_reason":"stop"}]}"#;
    assert_eq!(hear(&[both]).0, "a");
}

#[test]
fn thinking_alone_is_no_content_but_it_was_paid_for() {
    for name in ["reasoning_content", "reasoning", "reasoning_text", "thinking"] {
        let event = format!(r#"{{"choices":[{{"delta":{{"content":null,"{name}":"hm"}}}}]}}"#);
        let (text, outcome) = hear(&[&event]);
        assert_eq!(text, "");
        assert!(matches!(outcome, Outcome::Interrupted(_)), "{name}");
    }
}

#[test]
fn a_whole_answer_is_read_like_a_stream() {
    let head = ResponseHead { status: 200, headers: Vec::new() };
    let read = |body: &str| {
        let mut stream = ReplyStream::new(head.clone());
        let text = match stream
            .on_sse_event(&SseEvent::PlainLine(body.to_owned()), SystemTime::UNIX_EPOCH)
        {
            StreamEvent::Content(text) => Some(text),
            StreamEvent::Nothing | StreamEvent::Thought => None,
        };
        (text, stream.finish(None))
    };
    let chat = r#"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#;
    assert_eq!(read(chat).0.as_deref(), Some("hi"));
    let (_, outcome) = read(r#"[{"generated_text":"hello"}]"#);
    assert!(matches!(outcome, Outcome::Replied(Reply { text: Some(text), .. }) if text == "hello"));
    assert!(matches!(read(r#"{"error":"no"}"#).1, Outcome::Failed(_)));
    assert!(matches!(read("[1]").1, Outcome::Failed(_)));
}

proptest! {
    #[test]
    fn no_event_breaks_the_stream(
        events in prop::collection::vec("(\\[DONE\\]|\\{\"(choices|error|token|usage)\":[\\[\\]{}\"a-z0-9:,]{0,40}|\\PC{0,40})", 0..8),
    ) {
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        hear(&events);
    }
}
