//! Models on the user's own machine: found on their ports, offered, used, and lost.

use serde_json::Value;

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub, Request, body};

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

/// The requests for games: Ollama is also asked about a model.
fn questions(hub: &Hub) -> Vec<Request> {
    let posts = hub.posts().into_iter();
    posts.filter(|request| request.path.ends_with("/chat/completions")).collect()
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
        "Ollama on this machine has qwen2.5-coder:7b, free with --base-url \
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
    assert!(first.err.contains("A free model can run on this machine"), "{}", first.err);
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

#[test]
fn a_server_of_this_machine_needs_no_model_to_be_named() {
    let user = User::new();
    let hub = ollama(vec![Answer::chat_stream(body::GAME)]);
    let base = format!("http://127.0.0.1:{}/v1", port(&hub));
    let run = ask(&user, "none", &["new", "lights", "--base-url", &base, "-o", "lights.html"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("no --model was given: asking qwen2.5-coder:7b"), "{}", run.err);
    assert_eq!(questions(&hub)[0].json()["model"], "qwen2.5-coder:7b", "the one in memory");
    let shown = ask(&user, "none", &["library", "show", "1", "--json"]).json();
    assert_eq!(shown["versions"][0]["model"], "qwen2.5-coder:7b");
    let named = ["new", "lights", "--base-url", &base, "--model", "absent:1b", "--json"];
    ask(&user, "none", &named);
    let last = questions(&hub).pop().unwrap();
    assert_eq!(last.json()["model"], "absent:1b", "what was named is asked, and nothing else");
    let looks = hub.requests().into_iter().filter(|request| request.path == "/api/tags");
    assert_eq!(looks.count(), 1, "only where none was named is one looked for");
}

#[test]
fn a_service_elsewhere_is_not_asked_for_a_model_that_nobody_named() {
    let user = User::new();
    let mut command = user.command(&["new", "lights", "--preset", "groq", "--json"]);
    let run = Run::of(command.env("GROQ_API_KEY", "gsk_testtesttesttest").output().unwrap());
    let error = run.json()["error"].clone();
    assert_eq!((run.code, &error["kind"]), (2, &"no-model-chosen".into()), "{}", run.err);
    assert!(error["advice"].as_str().unwrap().contains("--model"), "{error}");
    assert!(!run.err.contains("gsk_") && !run.out.contains("gsk_"), "{}", run.err);
}

/// The folder of the library, where the engine that was chosen is remembered.
fn remember(user: &User, text: &str) {
    let home = user.at().join("home/.local/share/codeagent");
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join("engine.toml"), text).unwrap();
}

#[test]
fn a_remembered_engine_makes_the_games_of_commands_too() {
    let hub = ollama(vec![Answer::chat_stream(body::GAME)]);
    let base = format!("http://127.0.0.1:{}/v1", port(&hub));
    let user = User::new();
    let text =
        format!("engine = \"endpoint\"\nbase_url = \"{base}\"\nmodel = \"qwen2.5-coder:7b\"\n");
    remember(&user, &text);
    let run = |arguments: &[&str], env: &[(&str, &str)]| {
        let mut command = user.command(arguments);
        Run::of(command.envs(env.iter().copied()).output().unwrap())
    };
    let made = run(&["new", "lights", "--json"], &[("HF_TOKEN", "hf_testtesttesttest")]);
    assert_eq!((made.code, &made.json()["model"]), (0, &"qwen2.5-coder:7b".into()), "{}", made.err);
    let asked = questions(&hub).remove(0);
    assert_eq!(asked.header("authorization"), None, "a token was never meant for it");
    let offline = run(&["new", "lights", "--json", "--offline"], &[]);
    assert_eq!(offline.json()["engine"], "offline", "a flag is stronger");
    let other = Hub::start(vec![Answer::chat_stream(body::GAME)]);
    let elsewhere = run(&["new", "lights", "--json"], &[("CODEAGENT_BASE_URL", &other.url())]);
    assert_eq!(elsewhere.json()["model"], "Qwen/Qwen3-Coder-30B-A3B-Instruct", "{}", elsewhere.err);
    assert_eq!((questions(&hub).len(), questions(&other).len()), (1, 1));
    remember(&user, "engine = \"warp\"\n");
    let broken = run(&["new", "lights"], &[]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("engine.toml"), "{}", broken.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_model_is_taken_in_the_screen_and_remembered_until_another_is() {
    use crate::pty::Session;

    let hub = ollama(vec![Answer::chat_stream(body::GAME)]);
    let ports = [("CODEAGENT_LOCAL_PORTS", port(&hub))];
    let mut session = Session::codeagent("--no-play-test", &ports);
    session.sees("offline composer").sees("Ollama on this machine has qwen2.5-coder:7b, free");
    session.press("\x1bOS").sees("llama3:8b").press("qwen").sees("1 of 1").press("\r");
    session.sees("qwen2.5-coder:7b at 127.0.0.1 makes them");
    session.press("lights\x07").sees("saved to the library as");
    assert_eq!(questions(&hub).len(), 1);
    let remembered = session.folder.path().join(".local/share/codeagent/engine.toml");
    let text = std::fs::read_to_string(&remembered).unwrap();
    assert!(text.contains("qwen2.5-coder:7b") && text.contains("endpoint"), "{text}");
    session.press("\x1bOS").sees("the built-in composer").press("composer").sees("1 of 1");
    session.press("\r").sees("the built-in composer makes them");
    assert_eq!(std::fs::read_to_string(&remembered).unwrap(), "engine = \"offline\"\n");
    session.press("\x11").ends_with("0");
}

#[test]
fn ollama_downloads_and_makes_the_games_where_no_llama_server_is_installed() {
    let model = "hf.co/Qwen/Qwen2.5-Coder-7B-Instruct-GGUF:Q4_K_M";
    let progress = [
        r#"{"status":"pulling manifest"}"#,
        r#"{"status":"pulling a","digest":"sha256:a","total":4683073536,"completed":1200000000}"#,
        r#"{"status":"pulling a","digest":"sha256:a","total":4683073536,"completed":4683073536}"#,
        r#"{"status":"success"}"#,
    ];
    let pulled = Answer::status(200).body(progress.join("\n")).at("/api/pull");
    let refused = Answer::status(200).body(r#"{"error":"pull model manifest: not found"}"#);
    let list = format!(
        r#"{{"object":"list","data":[{{"id":"{model}","object":"model","owned_by":"library"}}]}}"#
    );
    let listed = Answer::status(200).json(&*list).at("/v1/models");
    let hub = Hub::start(vec![
        listed,
        pulled,
        refused.at("/api/pull"),
        Answer::status(200).json(r#"{"models":[]}"#).at("/api/tags"),
        Answer::status(200).json(r#"{"models":[]}"#).at("/api/ps"),
        Answer::status(200).json(r#"{"model_info":{}}"#).at("/api/show"),
        Answer::chat_stream(body::GAME),
    ]);
    let (user, port) = (User::new(), port(&hub));
    let run = ask(&user, &port, &["local", "pull", "Qwen2.5-Coder-7B"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("of 4.68 GB"), "{}", run.err);
    assert!(run.out.starts_with(&format!("Ollama has {model}")), "{}", run.out);
    let asked = hub.posts().remove(0);
    assert_eq!((asked.path.as_str(), &asked.json()["model"]), ("/api/pull", &model.into()));
    let run = ask(&user, &port, &["local", "pull", "o/missing"]);
    assert!(run.code == 5 && run.err.contains("manifest: not found"), "{}", run.err);
    let run = ask(&user, &port, &["local", "start", "Qwen2.5-Coder-7B"]);
    assert!(run.code == 0 && run.out.contains("of Ollama makes the games"), "{}", run.err);
    let run = ask(&user, &port, &["new", "lights"]);
    assert!(run.code == 0 && run.err.contains(model), "{}", run.err);
    let run = ask(&user, &port, &["local", "stop"]);
    assert!(run.code == 0 && run.out.contains("as before"), "{}", run.err);
    let run = ask(&user, &port, &["new", "lights"]);
    assert!(run.err.contains("offline: composing"), "{}", run.err);
}

/// vLLM and LM Studio by their real lists; both are found by a port alone, used, and lost.
#[test]
fn other_servers_are_found_used_and_lost_in_the_middle_of_a_reply() {
    let vllm = r#"{"object":"list","data":[{"id":"o/m","object":"model","created":1,
        "owned_by":"vllm","max_model_len":16384}]}"#;
    let lm_studio = r#"{"object":"list","data":[{"id":"o/m","object":"model",
        "owned_by":"organization_owner"}]}"#;
    let details = r#"{"object":"list","data":[{"id":"o/m","object":"model","type":"llm",
        "state":"loaded","max_context_length":32768,"loaded_context_length":8192}]}"#;
    for (name, list) in [("vLLM", vllm), ("LM Studio", lm_studio)] {
        let user = User::new();
        let cut = Answer::chat_stream(&format!("```html\n{}", body::GAME)).cut_after(1_000);
        let hub = Hub::start(vec![
            Answer::status(200).json(list).at("/v1/models"),
            Answer::status(200).json(details).at("/api/v0/models"),
            Answer::chat_stream(body::GAME),
            cut,
        ]);
        let found = ask(&user, &port(&hub), &["models"]);
        assert!(
            found.out.contains(name) && found.out.contains("o/m"),
            "{}{}",
            found.out,
            found.err
        );
        let base = format!("http://127.0.0.1:{}/v1", port(&hub));
        let run = ask(&user, "none", &["new", "lights", "--base-url", &base]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        assert_eq!(questions(&hub)[0].json()["model"], "o/m", "{name}");
        let using = ["new", "bats", "--base-url", &base, "--model", "o/m", "--tries", "1"];
        let run = ask(&user, "none", &using);
        assert_eq!(run.code, 6, "{name}: {}", run.err);
        assert!(run.err.contains("the partial reply is saved in"), "{name}: {}", run.err);
    }
}
