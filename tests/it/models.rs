//! What a server serves, whose the token is, what is left: asked over a real socket.

use std::process::Stdio;

use serde_json::Value;

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub, body};
use crate::library::set;

/// One who has a token, a server, and that server's word on accounts too.
fn ask(user: &User, hub: &Hub, arguments: &[&str]) -> Run {
    let mut command = user.command(arguments);
    command.env("HF_TOKEN", "hf_testtesttesttest").env("CODEAGENT_BASE_URL", hub.url());
    command.env("HF_ENDPOINT", hub.root());
    Run::of(command.stdin(Stdio::null()).output().unwrap())
}

fn paths(hub: &Hub) -> Vec<String> {
    let requests = hub.requests().into_iter();
    requests.map(|it| it.path.split('?').next().unwrap().to_owned()).collect()
}

/// The kept answers of this user, to be damaged or made old.
fn kept(user: &User, kind: &str) -> std::path::PathBuf {
    let folder = user.at().join("home/.local/share/codeagent/cache");
    let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(kind)).unwrap()
}

/// Makes a kept answer so much older.
fn age(path: &std::path::Path, hours: i64) {
    let mut file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    file["at"] = (file["at"].as_i64().unwrap() - hours * 3_600_000).into();
    std::fs::write(path, file.to_string()).unwrap();
}

#[test]
fn models_are_listed_with_what_they_cost() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let run = ask(&user, &hub, &["models"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let lines: Vec<_> = run.out.lines().collect();
    assert!(lines[0].starts_with("model") && lines[0].ends_with("providers"), "{}", run.out);
    assert!(lines[1].starts_with("  acme/coder-small") && lines[1].contains("131k"), "{}", run.out);
    assert!(lines[2].starts_with("  acme/coder-large"), "{}", run.out);
    let request = &hub.requests()[0];
    assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/v1/models"));
    assert_eq!(request.header("authorization"), Some("Bearer hf_testtesttesttest"));
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[test]
fn models_as_json_have_the_shape_that_is_promised() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let json = ask(&user, &hub, &["models", "small", "--json"]).json();
    let [model] = json["models"].as_array().unwrap().as_slice() else { panic!("{json}") };
    // 2,000 tokens at $0.1 and 8,000 at $0.3 a million.
    assert_eq!((&model["id"], &model["usd_a_game"]), (&"acme/coder-small".into(), &0.0026.into()));
    assert_eq!((&model["games_a_month"], &json["credits_usd"]), (&Value::Null, &Value::Null));
    set(&user, "credits_usd = 0.10\n");
    let json = ask(&user, &hub, &["models", "small", "--json"]).json();
    assert_eq!(json["models"][0]["games_a_month"], 38, "what the user's own credits pay for");
    let [model] = json["models"].as_array().unwrap().as_slice() else { panic!("{json}") };
    let [north, south] = model["providers"].as_array().unwrap().as_slice() else {
        panic!("{json}")
    };
    let known = ["provider", "context_length", "input_usd", "output_usd", "throughput", "status"];
    let told = known.map(|name| north[name].clone());
    let expected: [Value; 6] =
        ["north".into(), 131_072.into(), 0.1.into(), 0.3.into(), 61.5.into(), "live".into()];
    assert_eq!(told, expected);
    assert_eq!((&south["provider"], &south["input_usd"]), (&"south".into(), &Value::Null));
}

#[test]
fn a_list_lasts_an_hour_and_belongs_to_its_server() {
    let user = User::new();
    let (one, other) = (Hub::start(vec![]), Hub::start(vec![]));
    let asked = |hub: &Hub| hub.requests().len();
    ask(&user, &one, &["models"]);
    ask(&user, &one, &["models"]);
    assert_eq!(asked(&one), 1, "it is kept");
    ask(&user, &one, &["models", "--refresh"]);
    assert_eq!(asked(&one), 2);
    ask(&user, &other, &["models"]);
    assert_eq!(asked(&other), 1, "another server's list is another list");
    let user = User::new();
    ask(&user, &one, &["models"]);
    age(&kept(&user, "models"), 2);
    ask(&user, &one, &["models"]);
    assert_eq!(asked(&one), 4, "after an hour it is asked again");
    std::fs::write(kept(&user, "models"), "damaged").unwrap();
    let run = ask(&user, &one, &["models"]);
    assert_eq!((run.code, asked(&one)), (0, 5), "{}", run.err);
    ask(&user, &one, &["models"]);
    assert_eq!(asked(&one), 5, "what was damaged is whole again");
}

#[test]
fn an_old_list_is_better_than_none_and_says_so() {
    let user = User::new();
    let away = Answer::status(503).json(r#"{"error":"down for now"}"#).at("/v1/models");
    let hub = Hub::start(vec![Answer::models().at("/v1/models"), away]);
    ask(&user, &hub, &["models"]);
    age(&kept(&user, "models"), 50);
    let run = ask(&user, &hub, &["models"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("down for now; this list is 2 days old"), "{}", run.err);
    assert!(run.out.contains("acme/coder-small"));
    let json = ask(&user, &hub, &["models", "--json"]).json();
    assert!(json["stale"].as_str().unwrap().contains("HTTP 503"), "{json}");
    assert!(json["age_s"].as_u64().unwrap() >= 180_000);
}

#[test]
fn without_a_list_the_exit_code_says_why() {
    let refused = |status: u16, body: &str| {
        let hub = Hub::start(vec![Answer::status(status).json(body).at("/v1/models")]);
        let run = ask(&User::new(), &hub, &["models"]);
        assert!(run.out.is_empty(), "{}", run.out);
        (run.code, run.err)
    };
    assert_eq!(refused(503, r#"{"error":"busy"}"#).0, 5);
    assert_eq!(refused(401, r#"{"error":"Invalid username or password."}"#).0, 3);
    let (code, words) = refused(404, r#"{"error":"Not Found"}"#);
    assert_eq!(code, 10);
    assert!(words.contains("does not list its models"), "{words}");
    let (code, words) = refused(200, "<html>sign in</html>");
    assert_eq!(code, 10);
    assert!(words.contains("--base-url"), "{words}");
    let endless = format!(r#"{{"data":[],"filler":"{}"}}"#, "x".repeat(9 << 20));
    let (code, words) = refused(200, &endless);
    assert_eq!(code, 10);
    assert!(words.contains("larger than 8 MiB"), "{words}");
    let nobody = User::new().run(&["models", "--base-url", "http://127.0.0.1:1/v1"]);
    assert_eq!(nobody.code, 5, "{}", nobody.err);
}

#[test]
fn offline_asks_nobody_and_says_what_to_do() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let run = ask(&user, &hub, &["models", "--offline"]);
    assert_eq!((run.code, hub.requests().len()), (5, 0));
    assert!(run.err.contains("without --offline"), "{}", run.err);
    ask(&user, &hub, &["models"]);
    let run = ask(&user, &hub, &["models", "--offline", "--refresh"]);
    assert_eq!((run.code, hub.requests().len()), (0, 1), "the kept list does: {}", run.err);
    assert!(run.err.contains("offline: this list is a minute old"), "{}", run.err);
}

#[test]
fn servers_of_one_s_own_list_what_they_have() {
    let body =
        r#"{"object":"list","data":[{"id":"llama3:8b","object":"model","owned_by":"library"}]}"#;
    let hub = Hub::start(vec![Answer::status(200).json(body).at("/v1/models")]);
    let user = User::new();
    let mut command = user.command(&["models", "--base-url", &hub.root()]);
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("llama3:8b") && !run.out.contains("cheapest"), "{}", run.out);
    assert_eq!(hub.requests()[0].header("authorization"), None);
    let info = r#"{"model_id":"acme/tgi","max_total_tokens":8192}"#;
    let hub = Hub::start(vec![Answer::status(200).json(info).at("/info")]);
    let arguments = ["models", "--protocol", "text-generation", "--base-url", &hub.root()];
    let run = user.run(&arguments);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("acme/tgi") && run.out.contains("8k"), "{}", run.out);
}

#[test]
fn a_hostile_list_is_shown_and_not_obeyed() {
    let list = serde_json::json!([
        { "id": "\u{1b}[2Jacme/evil" },
        { "id": "acme/good", "providers": [{ "provider": "north", "status": "\u{1b}]0;x\u{7}\u{202e}" }] },
    ]);
    let hub = Hub::start(vec![Answer::status(200).json(list.to_string()).at("/v1/models")]);
    for arguments in [["models", "good"], ["models", "--json"]] {
        let run = ask(&User::new(), &hub, &arguments);
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!run.out.contains(obeyed) && !run.err.contains(obeyed), "{:?}", run.out);
        assert!(run.out.contains("acme/good") && !run.out.contains("evil"), "{}", run.out);
    }
}

#[test]
fn a_redirection_takes_the_token_nowhere() {
    let (user, other) = (User::new(), Hub::start(vec![]));
    let away = |path: &str| {
        Answer::status(307).header("location", &format!("{}{path}", other.root())).at(path)
    };
    let hub = Hub::start(vec![away("/v1/models"), away("/api/whoami-v2"), away("/usage-v2")]);
    assert_eq!(ask(&user, &hub, &["models"]).code, 10);
    assert_eq!(ask(&user, &hub, &["usage", "--credits"]).code, 0);
    assert_eq!((hub.requests().len(), other.requests().len()), (3, 0));
}

#[test]
fn a_project_s_env_file_cannot_send_the_token_away() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let lines = format!("CODEAGENT_BASE_URL={}\nHF_ENDPOINT={}\n", hub.url(), hub.root());
    std::fs::write(user.at().join(".env"), lines).unwrap();
    for arguments in [vec!["models"], vec!["usage", "--credits"], vec!["doctor"]] {
        let mut command = user.command(&arguments);
        command.env("HF_TOKEN", "hf_testtesttesttest");
        let run = Run::of(command.output().unwrap());
        assert!(!run.out.contains("hf_test") && !run.err.contains("hf_test"), "{}", run.out);
    }
    assert!(hub.requests().iter().all(|it| it.header("authorization").is_none()));
    assert!(paths(&hub).iter().all(|path| path == "/v1/models"), "{:?}", paths(&hub));
}

#[test]
fn credits_are_told_as_huggingface_counts_them() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let run = ask(&user, &hub, &["usage", "--credits"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let line = "HuggingFace: ann, free plan: $0.0123 of $0.10 used, 6 requests, until 2026-12-01\n";
    assert!(run.out.ends_with(line), "{}", run.out);
    assert_eq!(paths(&hub), ["/api/whoami-v2", "/api/settings/billing/usage-v2"]);
    let usage = &hub.requests()[1].path;
    assert!(usage.contains("?startDate=") && usage.contains("&endDate="), "{usage}");
    let json = ask(&user, &hub, &["usage", "--credits", "--json"]).json();
    let told = &json["huggingface"];
    assert_eq!((&told["plan"], &told["used_usd"]), (&"free".into(), &0.0123.into()));
    assert_eq!((&told["requests"], &told["error"]), (&6.into(), &Value::Null));
    assert_eq!(paths(&hub).len(), 3, "who it is was kept");
    let identity = std::fs::read_to_string(kept(&user, "whoami")).unwrap();
    for private in ["hf_test", "ann@example.com", "a.svg"] {
        assert!(!identity.contains(private), "{identity}");
    }
    age(&kept(&user, "whoami"), 13);
    ask(&user, &hub, &["usage", "--credits"]);
    assert_eq!(paths(&hub).len(), 5, "after twelve hours it is asked again");
    assert!(ask(&user, &hub, &["usage", "--json"]).json().get("huggingface").is_none());
}

#[test]
fn where_huggingface_does_not_tell_the_estimate_stands() {
    let cases = [
        (401, "settings/tokens"),
        (403, "user.billing.read"),
        (429, "rate limited"),
        (500, "overloaded or failing"),
    ];
    for (status, remedy) in cases {
        let refusal = Answer::status(status).json(r#"{"error":"no"}"#).at("/usage-v2");
        let (user, hub) = (User::new(), Hub::start(vec![refusal]));
        let run = ask(&user, &hub, &["usage", "--credits"]);
        assert_eq!(run.code, 0, "{status}: {}", run.err);
        let last = run.out.lines().last().unwrap();
        assert!(last.starts_with("HuggingFace: ann, free plan; only the estimate above"), "{last}");
        assert!(last.contains(remedy), "{status}: {last}");
        let told = ask(&user, &hub, &["usage", "--credits", "--json"]).json();
        assert!(told["huggingface"]["error"].as_str().unwrap().contains(remedy), "{told}");
        assert!(told["month"]["estimated_usd"].is_number());
    }
    // Another server's key is nothing that HuggingFace is to see.
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let mut command = user.command(&["usage", "--credits"]);
    command.env("HF_TOKEN", "AIza-not-of-huggingface").env("HF_ENDPOINT", hub.root());
    let run = Run::of(command.env("CODEAGENT_BASE_URL", hub.url()).output().unwrap());
    assert_eq!((run.code, hub.requests().len()), (0, 0), "{}", run.err);
    assert!(run.out.contains("is not a HuggingFace token"), "{}", run.out);
}

#[test]
fn what_a_server_refuses_is_told_apart_with_its_own_link() {
    let permission = "This authentication method does not have sufficient permissions to call \
                      Inference Providers on behalf of user ann";
    let gated = "Access to model acme/gated is restricted and you are not in the authorized list.";
    let terms =
        "You cannot access this model unless you share your contact data, accepting the terms.";
    let cases = [
        (401, "Invalid username or password.", 3, "bad-token", "huggingface.co/settings/tokens)"),
        (
            402,
            "You have depleted your monthly included credits.",
            4,
            "no-credits",
            "settings/billing",
        ),
        (403, permission, 3, "no-permission", "ownUserPermissions=inference.serverless.write"),
        (403, gated, 3, "gated", "https://huggingface.co/ and its name"),
        (403, terms, 3, "gated", "https://huggingface.co/ and its name"),
    ];
    for (status, said, code, kind, link) in cases {
        let body = serde_json::json!({ "error": said }).to_string();
        let (user, hub) = (User::new(), Hub::start(vec![Answer::status(status).json(body)]));
        let run = ask(&user, &hub, &["new", "lights", "--json"]);
        let error = &run.json()["error"];
        assert_eq!((run.code, error["kind"].as_str()), (code, Some(kind)), "{said}");
        assert!(error["advice"].as_str().unwrap().contains(link), "{error}");
    }
}

#[test]
fn a_game_costs_what_the_provider_that_answered_takes() {
    let by = |provider: &str| game().header("x-inference-provider", provider);
    let (user, hub) = (User::new(), Hub::start(vec![by("south"), by("North")]));
    let make = |engine: &str| {
        let model = ["--engine", engine, "--model", "acme/coder-small:cheapest"];
        let run = ask(&user, &hub, &[&["new", "lights", "--json"], &model[..]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        run.json()["usage"].clone()
    };
    assert_eq!(make("huggingface")["estimated_usd"], Value::Null, "its price is not listed");
    let usage = make("huggingface");
    let tokens = |name: &str| usage[name].as_f64().unwrap() / 1e6;
    let expected = tokens("prompt_tokens") * 0.1 + tokens("completion_tokens") * 0.3;
    let told = usage["estimated_usd"].as_f64().unwrap();
    assert!((told - expected).abs() < 1e-6 && told > 0.0, "{usage}");
    let month = ask(&user, &hub, &["usage", "--json"]).json()["month"]["estimated_usd"].clone();
    assert!((month.as_f64().unwrap() - told).abs() < 1e-9, "{month}");
    assert_eq!(make("endpoint")["estimated_usd"], 0.0, "a server of this machine takes nothing");
}

fn game() -> Answer {
    Answer::chat_stream(&format!("```html\n{}\n```\n", body::GAME))
}

#[test]
fn what_huggingface_settles_takes_the_place_of_the_estimate() {
    let (user, hub) = (User::new(), Hub::start(vec![game()]));
    let new = ["new", "lights", "--engine", "huggingface", "--model", "acme/coder-small:cheapest"];
    assert_eq!(ask(&user, &hub, &new).code, 0);
    let session = hub.posts()[0].header("x-hf-session-id").unwrap().to_owned();
    let month = user.run(&["usage", "--json"]).json()["month"].clone();
    assert_eq!((&month["pending"], &month["settled_usd"]), (&1.into(), &0.0.into()));
    let costs = serde_json::json!({ "currency": "USD", "periods": [{ "period": "2026-11-01T00:00:00Z",
        "sessions": [{ "id": session, "requestCount": 1, "costCents": 1.25 },
            { "id": "of another program", "requestCount": 1, "costCents": 99 }] }] });
    let route = "/api/settings/billing/usage-by-inference-session";
    let billing = Hub::start(vec![Answer::status(200).json(costs.to_string()).at(route)]);
    let month = ask(&user, &billing, &["usage", "--credits", "--json"]).json()["month"].clone();
    assert_eq!((&month["pending"], &month["settled_usd"]), (&0.into(), &0.0125.into()));
    assert_eq!(month["estimated_usd"], 0.0125);
    let asked = billing.requests().pop().unwrap();
    assert!(asked.path.contains("?startDate=20") && asked.path.contains("T00:00:00Z&endDate="));
    // A server of one's own is told no session.
    let own = Hub::start(vec![game()]);
    assert_eq!(ask(&user, &own, &["new", "lights"]).code, 0);
    assert_eq!(own.posts()[0].header("x-hf-session-id"), None);
}
