//! Lists as servers write them, and as they should not.

use super::*;

/// In the form of the router's own documentation: gaps, and five ways to serve one model.
pub const ROUTER: &str = r#"{"object":"list","data":[
  {"id":"deepseek-ai/DeepSeek-V4-Pro","object":"model","created":1776837885,"owned_by":"deepseek-ai",
   "architecture":{"input_modalities":["text"],"output_modalities":["text"]},"providers":[
    {"provider":"novita","status":"live","context_length":1048576,"pricing":{"input":1.69,"output":3.38},
     "supports_tools":true,"first_token_latency_ms":1490,"throughput":24.69},
    {"provider":"together","status":"live","context_length":512000,"pricing":{"input":2.1,"output":4.4},
     "first_token_latency_ms":611,"throughput":40.13},
    {"provider":"fireworks-ai","status":"live","context_length":1048576,"throughput":45.42},
    {"provider":"featherless-ai","status":"live","is_model_author":false},
    {"provider":"deepinfra","status":"error","context_length":65536,"pricing":{"input":0.1,"output":0.2},
     "throughput":99.0}]},
  {"id":"acme/painter","architecture":{"output_modalities":["image"]},"providers":[{"provider":"a","status":"live"}]},
  {"id":"acme/asleep","providers":[{"provider":"a","status":"staging","unheard":{"of":1}}]}]}"#;

fn ids(body: &str) -> Vec<String> {
    Catalogue::parse(body).unwrap().models.into_iter().map(|model| model.id).collect()
}

#[test]
fn the_router_s_list_is_read_with_its_gaps() {
    let catalogue = Catalogue::parse(ROUTER).unwrap();
    assert_eq!(ids(ROUTER), ["deepseek-ai/DeepSeek-V4-Pro", "acme/asleep"]);
    let model = &catalogue.models[0];
    let name = |provider: Option<&Provider>| provider.map(|it| it.name.clone()).unwrap();
    assert_eq!(name(model.cheapest()), "novita", "deepinfra is cheaper, and fails");
    assert_eq!(name(model.fastest()), "fireworks-ai");
    assert_eq!(name(model.provider_for("")), "fireworks-ai");
    assert_eq!(name(model.provider_for("together")), "together");
    assert_eq!(model.context(), Some(512_000));
    assert!(!catalogue.models[1].is_served());
    assert_eq!(catalogue.models[1].providers[0].status.label(), "staging");
    let dollars = |name: &str| catalogue.prices(name)?.current().map(|price| price.output);
    assert_eq!(dollars("deepseek-ai/DeepSeek-V4-Pro:cheapest"), Some(3.38));
    assert_eq!(dollars("deepseek-ai/DeepSeek-V4-Pro"), None, "the fastest tells no price");
    assert_eq!(dollars("acme/unknown"), None);
}

#[test]
fn every_wrapping_is_opened() {
    for body in [
        r#"{"object":"list","data":[{"id":"a/b","object":"model"}]}"#,
        r#"{"data":{"id":"a/b","providers":[]}}"#,
        r#"[{"id":"a/b"}]"#,
        r#"{"id":"a/b"}"#,
        r#"{"models":[{"name":"a/b","model":"a/b"}]}"#,
        r#"{"model_id":"a/b","max_total_tokens":4096,"docker_label":null}"#,
    ] {
        assert_eq!(ids(body), ["a/b"], "{body}");
    }
    assert_eq!(ids(r#"{"data":[]}"#), [""; 0]);
    for body in ["", "<html>", r#"{"error":"no"}"#, "3", r#"{"data":"x"}"#, r#"{"data":{}}"#] {
        assert_eq!(Catalogue::parse(body), None, "{body}");
    }
}

#[test]
fn servers_of_one_s_own_tell_what_fits() {
    let context = |body: &str| Catalogue::parse(body).unwrap().models[0].context();
    assert_eq!(context(r#"{"data":[{"id":"m","max_model_len":32768}]}"#), Some(32_768));
    assert_eq!(context(r#"{"data":[{"id":"m","meta":{"n_ctx_train":4096}}]}"#), Some(4_096));
    assert_eq!(context(r#"{"model_id":"m","max_total_tokens":8192}"#), Some(8_192));
    let ollama = Catalogue::parse(r#"{"data":[{"id":"llama3:8b"}]}"#).unwrap();
    assert_eq!(ollama.find("llama3:8b").map(|(_, suffix)| suffix), Some(""));
    assert!(ollama.models[0].is_served());
}

#[test]
fn what_is_hostile_or_endless_stays_out() {
    let odd = ["two words", "\u{1b}[2J", "a\u{202e}b", "", &"x".repeat(201)];
    for id in odd {
        let body =
            serde_json::json!({ "data": [{ "id": id }, { "id": 3 }, null, { "id": "a/b" }] });
        assert_eq!(ids(&body.to_string()), ["a/b"], "{id:?}");
    }
    let provider = serde_json::json!({ "id": "a/b", "providers": [
        { "provider": "\u{1b}]0;x\u{7}", "status": "live" },
        { "provider": "good", "status": "\u{1b}[31mlive", "throughput": -1,
          "pricing": { "input": "0.5", "output": f64::MAX }, "context_length": -3 },
        { "provider": "free", "status": "live", "pricing": { "input": 0, "output": 0 } }] });
    let model = &Catalogue::parse(&provider.to_string()).unwrap().models[0];
    let names: Vec<_> = model.providers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["good", "free"]);
    assert_eq!(model.providers[0].status.label(), "␛[31mlive");
    assert_eq!((model.providers[0].throughput, model.providers[0].context), (None, None));
    assert!(model.cheapest().is_none(), "a price of 0 is an unknown one");
    let many: Vec<_> = (0..6_000).map(|n| serde_json::json!({ "id": format!("m/{n}") })).collect();
    assert_eq!(ids(&serde_json::json!(many).to_string()).len(), MAX_MODELS);
    assert_eq!(ids(r#"[{"id":"a"},{"id":"a"}]"#), ["a"]);
}

#[test]
fn words_find_models_by_name_and_provider() {
    let catalogue = Catalogue::parse(ROUTER).unwrap();
    let found = |words: &str| catalogue.matching(words).len();
    assert_eq!((found(""), found("V4 seek"), found("novita pro"), found("owl")), (2, 1, 1, 0));
}

#[test]
fn tokens_are_told_for_a_glance() {
    let told = [512, 4_096, 131_072, 262_144, 1_000_000, 1_048_576, 10_485_760].map(format_tokens);
    assert_eq!(told, ["512", "4k", "131k", "262k", "1M", "1M", "10.4M"]);
}

#[test]
fn a_price_a_token_is_read_as_openrouter_lists_it() {
    let body = r#"{"data":[{"id":"acme/coder","context_length":131072,
        "pricing":{"prompt":"0.0000001","completion":"0.0000003","request":"0"}},
        {"id":"acme/coder:free","pricing":{"prompt":"0","completion":"0"}}]}"#;
    let catalogue = Catalogue::parse(body).unwrap();
    let price = catalogue.prices("acme/coder").unwrap().current().unwrap();
    assert!((price.game_cost() - 0.0026).abs() < 1e-9, "{price:?}");
    assert_eq!(catalogue.prices("acme/coder:free").unwrap().current(), None);
    assert_eq!(catalogue.models[0].context(), Some(131_072));
}
