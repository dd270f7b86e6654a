//! Models on the user's own machine: found on their ports, offered, used, and lost.

use serde_json::Value;

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub, body};

/// A server with Ollama's routes (`docs/api.md` of Ollama), and these answers to questions.
fn ollama(answers: Vec<Answer>) -> Hub {
    let at = |path: &str, body: &str| {
        let json = Answer::status(200).header("content-type", "application/json");
        json.body(body).at(path)
    };
    let routes = [
        at(
            "/v1/models",
            r#"{"object":"list","data":[
                {"id":"llama3:8b","object":"model","created":1,"owned_by":"library"},
                {"id":"qwen2.5-coder:7b","object":"model","created":1,"owned_by":"library"}]}"#,
        ),
        at(
            "/api/tags",
            r#"{"models":[{"name":"llama3:8b","model":"llama3:8b","size":4661224676},
                {"name":"qwen2.5-coder:7b","model":"qwen2.5-coder:7b","size":4683087332}]}"#,
        ),
        at(
            "/api/ps",
            r#"{"models":[{"name":"qwen2.5-coder:7b","size":6000000000,"context_length":8192}]}"#,
        ),
        at("/api/show", r#"{"model_info":{"qwen2.context_length":32768},"parameters":""}"#),
    ];
    Hub::start(routes.into_iter().chain(answers).collect())
}

fn port(hub: &Hub) -> String {
    hub.root().rsplit(':').next().unwrap().trim_end_matches('/').to_owned()
}

/// A user without a token, on whose machine these ports may have servers.
fn ask(user: &User, ports: &str, arguments: &[&str]) -> Run {
    let mut command = user.command(arguments);
    command.env("CODEAGENT_LOCAL_PORTS", ports).stdin(std::process::Stdio::null());
    Run::of(command.output().unwrap())
}

#[test]
fn a_server_is_found_without_a_setting_and_offered_after_the_composer_s_game() {
    let (user, hub) = (User::new(), ollama(vec![]));
    let run = ask(&user, &port(&hub), &["new", "snake", "-o", "snake.html"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let offer = format!(
        "Ollama on this machine has qwen2.5-coder:7b, which is free: --base-url \
         http://127.0.0.1:{}/v1 --model qwen2.5-coder:7b",
        port(&hub)
    );
    assert!(run.err.trim_end().ends_with(&offer), "{}", run.err);
    assert!(hub.posts().is_empty(), "it is never chosen silently");
    for quiet in [&["--quiet"][..], &["--json"], &["--offline"]] {
        let run = ask(&user, &port(&hub), &[&["new", "snake"], quiet].concat());
        assert!(run.code == 0 && !run.err.contains("Ollama"), "{quiet:?}: {}", run.err);
    }
}

#[test]
fn what_was_offered_makes_a_game_and_a_cut_answer_is_kept() {
    let user = User::new();
    let cut = Answer::chat_stream(&format!("```html\n{}", body::GAME)).cut_after(1_000);
    let hub = ollama(vec![Answer::chat_stream(body::GAME), cut]);
    let base = format!("http://127.0.0.1:{}/v1", port(&hub));
    let using = ["--base-url", &base, "--model", "qwen2.5-coder:7b", "--json"];
    let run = ask(&user, "none", &[&["new", "lights"], &using[..]].concat());
    assert_eq!((run.code, &run.json()["usage"]["estimated_usd"]), (0, &0.0.into()), "{}", run.err);
    let run = ask(&user, "none", &[&["new", "bats", "--tries", "1"], &using[..]].concat());
    assert_ne!(run.code, 0, "the server was lost in the middle");
    let draft = run.json()["draft"].as_str().map(str::to_owned).unwrap();
    assert!(!user.read(&draft).trim().is_empty(), "{}", run.err);
}

#[test]
fn models_are_listed_with_what_is_on_this_machine_above() {
    let (user, hub, away) = (User::new(), ollama(vec![]), Hub::start(vec![]));
    let ask = |arguments: &[&str]| {
        let mut command = user.command(arguments);
        command.env("CODEAGENT_LOCAL_PORTS", port(&hub)).env("CODEAGENT_BASE_URL", away.url());
        Run::of(command.output().unwrap())
    };
    let run = ask(&["models"]);
    let lines: Vec<_> = run.out.lines().take(4).collect();
    assert_eq!(lines[0], "on this machine, free", "{}", run.out);
    assert_eq!(lines[1], "  Ollama        qwen2.5-coder:7b  4.6 GB · 8k context · loaded");
    assert_eq!(lines[2], "                llama3:8b  4.6 GB");
    assert!(lines[3].contains("to use it: --base-url"), "{}", run.out);
    assert!(run.out.contains("acme/coder-small"), "the server's own list follows: {}", run.out);
    assert!(!ask(&["models", "small"]).out.contains("Ollama"), "no model of it fits");
    let local = ask(&["models", "--json"]).json()["local"][0].clone();
    assert_eq!((&local["server"], &local["loading"]), (&"Ollama".into(), &false.into()));
    assert_eq!(local["models"][0]["context_length"], 8_192);
    let request = hub.requests().remove(0);
    assert_eq!(request.header("authorization"), None, "no token goes there");
}

#[test]
fn what_else_answers_on_a_port_is_no_model_server() {
    let user = User::new();
    let page = Hub::start(vec![Answer::status(200).body("<html>").at("/v1/models")]);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let loading = Answer::status(503)
        .header("content-type", "application/json")
        .body(r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#);
    let loading = Hub::start(vec![loading.at("/v1/models")]);
    let ports = format!("{},{silent_port},1", port(&page));
    let first = ask(&user, &ports, &["new", "snake"]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.err.contains("A free model runs on this machine"), "{}", first.err);
    let second = ask(&user, &ports, &["new", "snake"]);
    assert!(!second.err.contains("free model"), "told once: {}", second.err);
    let run = ask(&user, &port(&loading), &["doctor", "--json"]);
    let lines = run.json()["lines"].as_array().unwrap().clone();
    let line = lines.iter().find(|line| line["name"] == "local").unwrap();
    assert!(line["value"].as_str().unwrap().contains("(loading)"), "{line}");
    assert!(line["advice"].as_str().unwrap().contains("still loading"), "{line}");
}

#[test]
fn offline_by_choice_of_the_hub_s_tools_still_finds_this_machine() {
    let (user, hub) = (User::new(), ollama(vec![]));
    let mut command = user.command(&["models", "--json"]);
    command.env("CODEAGENT_LOCAL_PORTS", port(&hub)).env("HF_HUB_OFFLINE", "1");
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.json()["local"][0]["server"], Value::from("Ollama"));
}
