//! Requests as each protocol writes them.

use super::*;
use crate::inference::{ChatTurn, Sampling};

fn request() -> CompletionRequest {
    CompletionRequest {
        model: "o/m:cheapest".into(),
        prices: None,
        system: "S".into(),
        turns: vec![ChatTurn::User("U".into())],
        user_prompt: "U".into(),
        is_for_game: true,
        max_tokens: 7,
        sampling: Sampling::default(),
        omitted_parameters: Vec::new(),
        is_settled: false,
        ask_above_usd: None,
        trace: 0,
    }
}

fn body(request: &CompletionRequest, protocol: Protocol) -> String {
    String::from_utf8(protocol.encode(request).unwrap()).unwrap()
}

#[test]
fn every_protocol_is_found_by_its_name() {
    for protocol in Protocol::ALL {
        assert_eq!(protocol.name().parse(), Ok(protocol));
    }
    assert_eq!("soap".parse::<Protocol>().unwrap_err().to_string(), "use chat or text-generation");
}

#[test]
fn a_repeated_question_is_taken_off_the_answer() {
    let request = request();
    let repeated = format!("{}<p>", text_generation::instruction(&request));
    assert_eq!(request.strip_echo(&repeated), "<p>");
    assert_eq!(request.strip_echo("U"), "U");
}

#[test]
fn a_chunk_is_read_by_its_own_shape() {
    let text = |json: &str| {
        let json = serde_json::from_str(json).unwrap();
        match decode(&json).piece {
            AnswerPiece::Text(text) | AnswerPiece::Message(text) => Some(text.into_owned()),
            AnswerPiece::Nothing | AnswerPiece::Thought => None,
        }
    };
    let token = r#"{"token":{"text":"t","special":false}}"#;
    assert_eq!(text(token).as_deref(), Some("t"));
    let both = r#"{"choices":[{"delta":{"content":"c"}}],"token":{"text":"t"}}"#;
    assert_eq!(text(both).as_deref(), Some("c"), "choices are a chat's, whatever is beside them");
    assert_eq!(text(r#"{"token":{"text":"</s>","special":true}}"#), None);
    let count = serde_json::json!({ "usage": { "prompt_tokens": 2, "completion_tokens": 3 } });
    let counted = decode(&count).usage;
    assert_eq!(counted, Some(TokenUsage { prompt_tokens: 2, completion_tokens: 3 }));
}

#[test]
fn chat_names_the_model_first_and_nothing_the_user_did_not_set() {
    assert_eq!(
        body(&request(), Protocol::Chat),
        r#"{"model":"o/m:cheapest","messages":[{"role":"system","content":"S"},{"role":"user","content":"U"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":7}"#
    );
}

#[test]
fn sampling_is_sent_as_far_as_it_is_chosen_and_not_refused() {
    let mut request = request();
    let sampling = Sampling { temperature: Some(0.7), seed: Some(5), ..Sampling::default() };
    request.sampling = Sampling { repeat_penalty: Some(1.08), ..sampling };
    let chat = body(&request, Protocol::Chat);
    assert!(chat.ends_with(r#""max_tokens":7,"temperature":0.7,"seed":5,"repeat_penalty":1.08}"#));
    let text = body(&request, Protocol::TextGeneration);
    assert!(text.contains(r#""details":true,"temperature":0.7,"seed":5}"#), "{text}");
    request.adjust(RequestAdjustment::OmitParameters(vec!["temperature".into()]));
    let chat = body(&request, Protocol::Chat);
    assert!(chat.ends_with(r#""max_tokens":7,"seed":5,"repeat_penalty":1.08}"#), "{chat}");
}

#[test]
fn refused_sampling_is_left_out() {
    let messages = [
        "Unsupported value: 'temperature' does not support 0.4 with this model.",
        "[{'type': 'extra_forbidden', 'loc': ['body', 'repeat_penalty']}]",
        "Unrecognized request argument supplied: seed",
        "`temperature` and `top_p` cannot both be specified: top_p is not supported here",
    ];
    let expected: [&[&str]; 4] =
        [&["temperature"], &["repeat_penalty"], &["seed"], &["temperature", "top_p"]];
    for (message, names) in messages.iter().zip(expected) {
        let lower = message.to_lowercase();
        let refusal = RefusalText { message, lower: &lower, body: &lower };
        let adjustment = suggested_adjustment(&refusal).unwrap();
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(adjustment, RequestAdjustment::OmitParameters(names), "{message}");
        assert!(!request().would_change(&adjustment), "it was not sent: {message}");
    }
}

#[test]
fn text_generation_uses_the_instruction_template() {
    assert_eq!(
        body(&request(), Protocol::TextGeneration),
        r#"{"inputs":"<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST]","parameters":{"max_new_tokens":7,"return_full_text":false,"details":true},"stream":true}"#
    );
}

#[test]
fn a_conversation_keeps_its_order_and_its_rules_first() {
    let mut request = request();
    request.turns.extend([ChatTurn::Model("M".into()), ChatTurn::User("V".into())]);
    let chat = body(&request, Protocol::Chat);
    assert!(chat.contains(
        r#"{"role":"user","content":"U"},{"role":"assistant","content":"M"},{"role":"user","content":"V"}]"#
    ));
    let text = "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST] M </s><s>[INST] V [/INST]";
    assert_eq!(text_generation::instruction(&request), text);
}

#[test]
fn a_server_that_knows_less_is_asked_in_its_own_way() {
    let mut request = request();
    let names = ["max_tokens", "system", "stream_options"].map(str::to_owned);
    let adjustment = RequestAdjustment::OmitParameters(names.to_vec());
    assert!(request.would_change(&adjustment));
    request.adjust(adjustment.clone());
    assert!(!request.would_change(&adjustment), "the same is not asked twice");
    assert_eq!(
        body(&request, Protocol::Chat),
        r#"{"model":"o/m:cheapest","messages":[{"role":"user","content":"S\n\nU"}],"stream":true,"max_completion_tokens":7}"#
    );
}

#[test]
fn an_adjusted_request_leaves_out_what_the_server_refused() {
    let mut request = request();
    request.adjust(RequestAdjustment::OmitParameters(vec![
        "details".into(),
        "return_full_text".into(),
    ]));
    request.adjust(RequestAdjustment::MaxTokens(3));
    assert!(body(&request, Protocol::TextGeneration).contains(r#"{"max_new_tokens":3}"#));
}
