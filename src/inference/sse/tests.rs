//! Bodies as servers write them, cut anywhere.

use proptest::prelude::*;

use super::*;

fn read_in(bytes: &[u8], size: usize) -> Vec<SseEvent> {
    let mut events = SseParser::default();
    let mut all: Vec<SseEvent> = bytes.chunks(size).flat_map(|chunk| events.push(chunk)).collect();
    all.extend(events.end());
    all
}

fn read(text: &str) -> Vec<SseEvent> {
    read_in(text.as_bytes(), usize::MAX)
}

fn message(name: &str, data: &str) -> SseEvent {
    SseEvent::Message { name: name.to_owned(), data: data.to_owned() }
}

#[test]
fn an_event_ends_with_its_blank_line_or_with_the_body() {
    assert_eq!(read("data: 1\n\ndata:2\r\n\r\ndata: 3"), ["1", "2", "3"].map(|d| message("", d)));
    assert_eq!(read("\u{feff}event: ping\rdata\r\r"), [message("ping", "")]);
    assert_eq!(read("data: one\ndata: two\n\n"), [message("", "one\ntwo")]);
    assert_eq!(read(": here\n\nid: 7\nretry: 9\n\n:\n\n"), []);
}

#[test]
fn a_missing_blank_line_joins_no_two_whole_events() {
    let body = "data: {\"a\":1}\ndata: {\"a\":2}\ndata: [DONE]\n";
    let events = [r#"{"a":1}"#, r#"{"a":2}"#, "[DONE]"].map(|data| message("", data));
    assert_eq!(read(body), events);
    let spread = "data: {\ndata: \"a\": 1\ndata: }\n\n";
    assert_eq!(read(spread), [message("", "{\n\"a\": 1\n}")]);
}

#[test]
fn what_is_no_event_stream_is_handed_on_line_by_line() {
    let bare = |text: &str| SseEvent::PlainLine(text.to_owned());
    assert_eq!(read("{\"choices\":[]}\n"), [bare("{\"choices\":[]}")]);
    assert_eq!(read("<html>\n<b>no"), [bare("<html>"), bare("<b>no")]);
    let error = "error: {\"code\":400}\n\ndata: [DONE]\n\n";
    assert_eq!(read(error), [message("error", "{\"code\":400}"), message("", "[DONE]")]);
}

#[test]
fn a_bad_byte_costs_one_character() {
    let body = b"data: moth\xff wing\n\ndata: end\n\n";
    let events = [message("", "moth\u{fffd} wing"), message("", "end")];
    for size in [1, 2, 64] {
        assert_eq!(read_in(body, size), events);
    }
}

#[test]
fn nothing_is_read_beyond_measure() {
    let long = format!("data: {}", "y".repeat(MAX_EVENT_BYTES));
    assert_eq!(read(&long), [SseEvent::TooLarge]);
    let many = "data: yyyyyyyyyyyyyyyyyyyyyyyyy\n".repeat(MAX_EVENT_BYTES / 16);
    assert_eq!(read(&many).last(), Some(&SseEvent::TooLarge));
    let whole = format!("{{\"x\":\"{}\"}}", "y".repeat(2 * MAX_EVENT_BYTES));
    assert_eq!(read(&whole), [SseEvent::PlainLine(whole.clone())]);
}

/// Pieces of which bodies are made: fields, ends of lines, JSON, half characters.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"data:".to_vec()),
        Just(b"data: {\"a\":1}".to_vec()),
        Just(b"event: error".to_vec()),
        Just(b"error: x".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b": ping".to_vec()),
        Just("é👻".as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn where_a_body_is_cut_changes_nothing(body in body(), sizes in prop::collection::vec(1..9_usize, 1..9)) {
        let mut events = SseParser::default();
        let (mut all, mut rest, mut size) = (Vec::new(), body.as_slice(), sizes.iter().cycle());
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.len().min(*size.next().unwrap()));
            all.extend(events.push(chunk));
            rest = after;
        }
        all.extend(events.end());
        prop_assert_eq!(all, read_in(&body, usize::MAX));
    }
}
