//! Is no more asked for than a model can answer? Contexts that are known, and refusals that tell.

use serde_json::{Value, json};

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub, body};

fn game() -> Answer {
    Answer::chat_stream(&format!("```html\n{}\n```", body::GAME))
}

/// One game of a server that lists this and then refuses as told; what was posted to the model.
fn made(list: &Value, answers: Vec<Answer>) -> (Run, Vec<Value>) {
    let list = Answer::status(200).json(list.to_string()).at("/v1/models");
    let hub = Hub::start([list].into_iter().chain(answers).collect());
    let run = User::new().ask(&hub, &["new", "owls", "--model", "tiny"]);
    let posts = hub.posts().into_iter().filter(|post| post.path.ends_with("/chat/completions"));
    (run, posts.map(|post| post.json()).collect())
}

fn nothing_known() -> Value {
    json!({ "object": "list", "data": [{ "id": "tiny", "object": "model" }] })
}

#[test]
fn a_context_that_the_server_lists_bounds_the_first_question() {
    for model in [
        json!({ "id": "tiny", "max_model_len": 8_192 }),
        json!({ "id": "tiny", "context_length": 8_192 }),
        json!({ "id": "tiny", "meta": { "n_ctx": 8_192, "n_ctx_train": 262_144 } }),
        json!({ "id": "/models/tiny.gguf", "meta": { "n_ctx": 8_192 } }),
    ] {
        let (run, posts) = made(&json!({ "data": [model] }), vec![game()]);
        assert_eq!((run.code, posts.len()), (0, 1), "{}", run.err);
        let tokens = posts[0]["max_tokens"].as_u64().unwrap();
        assert!((2_000..7_500).contains(&tokens), "{tokens} tokens of {model}");
        let told = format!("asking for at most {tokens} tokens: the model's context is 8192");
        assert!(run.err.contains(&told), "{}", run.err);
    }
    let large = json!({ "data": [{ "id": "tiny", "max_model_len": 262_144 }] });
    let (run, posts) = made(&large, vec![game()]);
    assert_eq!(posts[0]["max_tokens"], 16_000);
    assert!(!run.err.contains("at most"), "{}", run.err);
}

#[test]
fn a_server_that_lists_less_is_asked_for_the_rest() {
    let props = json!({ "default_generation_settings": { "n_ctx": 8_192 } }).to_string();
    let list = json!({ "data": [{ "id": "tiny", "owned_by": "llamacpp", "meta": { "n_ctx_train": 131_072 } }] });
    let (_, posts) = made(&list, vec![Answer::status(200).json(props).at("/props"), game()]);
    assert!(posts[0]["max_tokens"].as_u64().unwrap() < 7_500, "{posts:?}");
    let show = json!({ "parameters": "stop \"</s>\"\nnum_ctx    8192",
                       "model_info": { "owl.context_length": 131_072 } });
    let list = json!({ "data": [{ "id": "tiny", "owned_by": "library" }] });
    let show = Answer::status(200).json(show.to_string()).at("/api/show");
    let (_, posts) = made(&list, vec![show, game()]);
    assert!(posts[0]["max_tokens"].as_u64().unwrap() < 7_500, "{posts:?}");
}

fn refusal(status: u16, error: &Value) -> Answer {
    Answer::status(status).json(error.to_string())
}

fn said(words: &str) -> Value {
    json!({ "error": { "message": words, "type": "BadRequestError", "code": 400 } })
}

#[test]
fn a_refusal_that_names_the_numbers_is_asked_once_more_with_them() {
    let cases = [
        (
            said(
                "This model's maximum context length is 4096 tokens. However, you requested 16900 \
               tokens (900 in the messages, 16000 in the completion). Please reduce the length.",
            ),
            3_196,
        ),
        (
            json!({ "object": "error", "code": 400, "message":
            "'max_tokens' or 'max_completion_tokens' is too large: 16000. This model's maximum context \
             length is 4096 tokens and your request has 900 input tokens (16000 > 4096 - 900)." }),
            3_196,
        ),
        (
            said(
                "Requested token count exceeds the model's maximum context length of 4096 tokens. You \
               requested a total of 16900 tokens: 900 tokens from the input messages and 16000 tokens \
               for the completion.",
            ),
            3_196,
        ),
        (
            said(
                "max_tokens is too large: 16000. This model supports at most 4,096 completion tokens, \
               whereas you provided 16000.",
            ),
            4_096,
        ),
        (said("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"), 8_192),
        (said("`max_tokens` must be less than or equal to `8192`, the maximum value"), 8_192),
        (
            json!({ "error": { "code": 400, "type": "exceed_context_size_error", "n_ctx": 4_096,
            "n_prompt_tokens": 900, "message": "the request exceeds the available context size" } }),
            3_196,
        ),
    ];
    for (error, tokens) in cases {
        let (run, posts) = made(&nothing_known(), vec![refusal(400, &error), game()]);
        assert_eq!((run.code, posts.len()), (0, 2), "{error}: {}", run.err);
        assert_eq!(
            (&posts[0]["max_tokens"], &posts[1]["max_tokens"]),
            (&json!(16_000), &json!(tokens))
        );
        assert!(run.err.contains(&format!("retrying with at most {tokens} tokens")), "{}", run.err);
    }
}

#[test]
fn a_lower_bound_of_the_prompt_is_not_taken_for_its_length() {
    let error = said(
        "This model's maximum context length is 9000 tokens. However, you requested 16000 \
        output tokens and your prompt contains at least 1 input tokens, for a total of at least 16001.",
    );
    let (_, posts) = made(&nothing_known(), vec![refusal(400, &error), game()]);
    let tokens = posts[1]["max_tokens"].as_u64().unwrap();
    assert!((2_000..8_700).contains(&tokens), "{tokens}: our own guess of the prompt counts");
}

#[test]
fn what_a_server_does_not_know_is_put_in_another_way() {
    let renamed = json!({ "error": { "param": "max_tokens", "code": "unsupported_parameter", "message":
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
         'max_completion_tokens' instead." } });
    let (run, posts) = made(&nothing_known(), vec![refusal(400, &renamed), game()]);
    assert_eq!((run.code, &posts[1]["max_completion_tokens"]), (0, &json!(16_000)), "{}", run.err);
    assert_eq!(posts[1].get("max_tokens"), None);
    assert!(run.err.contains("with max_completion_tokens instead of max_tokens"), "{}", run.err);
    for (status, words) in [
        (400, "System role not supported"),
        (500, "Conversation roles must alternate user/assistant/user/assistant/..."),
        (400, "Only user, assistant and tool roles are supported, got system."),
        (422, "Template error: invalid operation: Only user and assistant roles are supported!"),
    ] {
        let (run, posts) = made(&nothing_known(), vec![refusal(status, &said(words)), game()]);
        assert_eq!((run.code, posts.len()), (0, 2), "{words}: {}", run.err);
        let messages = posts[1]["messages"].as_array().unwrap();
        assert_eq!((messages.len(), &messages[0]["role"]), (1, &json!("user")), "{words}");
        let text = messages[0]["content"].as_str().unwrap();
        assert!(text.ends_with("\n\nowls") && text.len() > 500, "{text}");
    }
    let unknown = json!({ "detail": [{ "type": "extra_forbidden", "loc": ["body", "stream_options"],
        "msg": "Extra inputs are not permitted" }] });
    let (run, posts) = made(&nothing_known(), vec![refusal(422, &unknown), game()]);
    assert_eq!((run.code, posts[1].get("stream_options")), (0, None), "{}", run.err);
}

#[test]
fn it_is_asked_at_most_once_more_and_the_advice_names_the_flag() {
    let error = said(
        "This model's maximum context length is 4096 tokens. However, you requested 16900 \
        tokens (900 in the messages, 16000 in the completion).",
    );
    let (run, posts) = made(&nothing_known(), vec![refusal(400, &error)]);
    assert_eq!((run.code, posts.len()), (10, 2), "{}", run.err);
    assert!(run.err.contains("Lower --max-tokens"), "{}", run.err);
    let full = json!({ "error": { "code": 500, "type": "exceed_context_size_error", "n_ctx": 512,
        "n_prompt_tokens": 900, "message": "the request exceeds the available context size" } });
    for answer in [
        refusal(500, &full),
        refusal(400, &said("max_tokens must be at least 1, got -186.")),
        Answer::status(200).header("content-type", "text/event-stream").body(format!(
            "error: {}\n\ndata: [DONE]\n\n",
            json!({ "code": 400, "message": "the request exceeds the available context size" })
        )),
    ] {
        let (run, posts) = made(&nothing_known(), vec![answer]);
        assert_eq!((run.code, posts.len()), (10, 1), "{}", run.err);
        assert!(run.err.contains("Lower --max-tokens"), "{}", run.err);
    }
}
