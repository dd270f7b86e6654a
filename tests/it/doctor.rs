//! Does the doctor see what is wrong, say what helps, and keep its mouth shut about the token?

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub};

/// One who has a token and a server, which is also the hub; the browser is none.
fn ask(user: &User, hub: &Hub, arguments: &[&str]) -> Run {
    let mut command = user.command(arguments);
    command.env("HF_TOKEN", "hf_secretsecretsecret").env("CODEAGENT_BASE_URL", hub.url());
    command.env("HF_ENDPOINT", hub.root()).env("CODEAGENT_BROWSER", "/nowhere/chromium");
    command.env("TERM", "xterm-256color").env("COLORTERM", "truecolor");
    let run = Run::of(command.stdin(Stdio::null()).output().unwrap());
    assert!(!run.out.contains("secret") && !run.err.contains("secret"), "{}", run.out);
    run
}

fn line<'r>(run: &'r Run, name: &str) -> &'r str {
    let is_it = |line: &&str| line.get(4..).is_some_and(|rest| rest.starts_with(name));
    run.out.lines().find(is_it).unwrap_or_else(|| panic!("no line {name} in\n{}", run.out))
}

const SERVED: [&str; 2] = ["--model", "acme/coder-small"];

fn doctor<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["doctor"], more].concat()
}

#[test]
fn everything_that_is_well_is_told_with_its_source() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let run = ask(&user, &hub, &[&doctor(&SERVED)[..], &["--all"]].concat());
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    for words in [
        "✓ engine    endpoint  (CODEAGENT_BASE_URL in the environment)",
        "✓ token     hf_***  (HF_TOKEN in the environment)",
        "✓ account   ann, free plan; a fine-grained token “laptop” with permission to call models",
        " ms and lists 2 models  (CODEAGENT_BASE_URL in the environment)",
        "✓ model     acme/coder-small: served by 2, cheapest north, fastest north  (--model)",
        "– browser   static checks only: CODEAGENT_BROWSER is /nowhere/chromium",
        "✓ terminal  xterm-256color\n",
        "✓ colours   16 million: COLORTERM is truecolor",
        "✓ library   0 games in 0 versions, ",
        "  limits.minute       50  (the default)\n",
        "  bill_to             –  (the default)\n",
    ] {
        assert!(run.out.contains(words), "{words} is not in\n{}", run.out);
    }
    let told = ask(&user, &hub, &doctor(&["--json", "--model", "acme/coder-small"])).json();
    assert_eq!(told["ok"], true);
    let names: Vec<_> = told["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["name"].as_str().unwrap())
        .collect();
    let expected = [
        "engine",
        "token",
        "account",
        "server",
        "model",
        "local",
        "browser",
        "terminal",
        "colours",
        "pictures",
        "keyboard",
        "clipboard",
        "home",
        "games",
        "config",
        "library",
    ];
    assert_eq!(names, expected);
    let settings = told["settings"].as_array().unwrap();
    assert_eq!(settings.len(), codeagent::config::setting_keys().count());
    let model = settings.iter().find(|setting| setting["name"] == "model").unwrap();
    let expected: [Value; 2] = ["acme/coder-small".into(), "--model".into()];
    assert_eq!([model["value"].clone(), model["set_by"].clone()], expected);
    let identity = hub.requests().iter().filter(|it| it.path == "/api/whoami-v2").count();
    assert_eq!(identity, 1, "who it is was kept");
}

const OTHER: &str =
    r#"[{"id":"acme/Coder-Small-2","providers":[{"provider":"north","status":"live"}]}]"#;

#[test]
fn what_keeps_games_from_being_made_has_an_exit_code_and_a_remedy() {
    let permissions = r#"{"type":"user","name":"ann","isPro":false,"auth":{"type":"access_token",
        "accessToken":{"displayName":"x","role":"fineGrained","fineGrained":{"scoped":[
        {"entity":{"type":"user"},"permissions":["repo.content.read"]}]}}}}"#;
    let whoami = |status, body: &str| Answer::status(status).json(body).at("/api/whoami-v2");
    let models = |status, body: &str| Answer::status(status).json(body).at("/v1/models");
    let cases: [(Answer, &str, i32, &str); 6] = [
        (whoami(200, permissions), "account", 3, "inference.serverless.write&"),
        (whoami(401, r#"{"error":"no"}"#), "account", 3, "https://huggingface.co/settings/tokens"),
        (models(401, r#"{"error":"no"}"#), "server", 3, "Set HF_TOKEN to a valid token"),
        (models(503, r#"{"error":"down"}"#), "server", 5, "Try again later"),
        (models(200, "<html>"), "server", 10, "Check --base-url"),
        (models(200, OTHER), "model", 10, "It serves acme/Coder-Small-2"),
    ];
    for (answer, name, code, remedy) in cases {
        let (user, hub) = (User::new(), Hub::start(vec![answer]));
        let run = ask(&user, &hub, &doctor(&SERVED));
        assert_eq!(run.code, code, "{name}: {}{}", run.out, run.err);
        assert!(line(&run, name.trim_start_matches(' ')).len() > 9);
        let bad = run.out.lines().position(|line| line.starts_with('✗')).unwrap();
        let lines: Vec<_> = run.out.lines().collect();
        assert!(lines[bad].starts_with(&format!("✗ {name}")), "{}", run.out);
        assert!(lines[bad + 1].contains(remedy), "{}", run.out);
    }
}

#[test]
fn a_right_that_was_just_given_is_seen() {
    let without = r#"{"type":"user","name":"ann","auth":{"type":"access_token",
        "accessToken":{"role":"fineGrained","fineGrained":{"scoped":[]}}}}"#;
    let (user, path) = (User::new(), "/api/whoami-v2");
    let answer = Answer::status(200).json(without).at(path);
    let hub = Hub::start(vec![answer.clone(), answer, Answer::whoami().at(path)]);
    assert_eq!(ask(&user, &hub, &doctor(&SERVED)).code, 3);
    assert_eq!(ask(&user, &hub, &doctor(&SERVED)).code, 3, "nothing has changed yet");
    let run = ask(&user, &hub, &doctor(&SERVED));
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn what_cannot_be_known_is_no_failure() {
    let own = Answer::status(200).json(r#"{"data":[{"id":"tgi"}]}"#).at("/v1/models");
    let (user, hub) = (User::new(), Hub::start(vec![own]));
    let run = ask(&user, &hub, &doctor(&SERVED));
    assert_eq!(run.code, 0, "a server of one's own may take any name: {}", run.out);
    assert!(line(&run, "model").contains("not in its list"), "{}", run.out);
    for (status, words) in [(429, "rate limited"), (500, "overloaded or failing")] {
        let refusal = Answer::status(status).json(r#"{"error":"no"}"#).at("/api/whoami-v2");
        let (user, hub) = (User::new(), Hub::start(vec![refusal]));
        let run = ask(&user, &hub, &doctor(&SERVED));
        assert_eq!(run.code, 0, "{}", run.out);
        assert!(line(&run, "account").contains(words), "{}", run.out);
    }
    let none = Answer::status(404).json(r#"{"error":"Not Found"}"#).at("/v1/models");
    let (user, hub) = (User::new(), Hub::start(vec![none]));
    let run = ask(&user, &hub, &["doctor"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(line(&run, "server").contains("does not list its models"), "{}", run.out);
}

#[test]
fn a_server_that_hangs_is_left_after_three_seconds() {
    let hang = |path: &str| Answer::status(200).after(Duration::from_mins(1)).at(path);
    let (user, hub) = (User::new(), Hub::start(vec![hang("/v1/models"), hang("/api/whoami-v2")]));
    let began = Instant::now();
    let run = ask(&user, &hub, &["doctor"]);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(run.code, 5, "{}", run.out);
    assert!(line(&run, "server").contains("no response for 3 s"), "{}", run.out);
    assert!(run.err.is_empty(), "progress is for terminals: {}", run.err);
}

#[test]
fn offline_and_without_a_token_nobody_is_asked() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let run = ask(&user, &hub, &["doctor", "--offline"]);
    assert_eq!((run.code, hub.requests().len()), (0, 0), "{}", run.out);
    assert!(
        line(&run, "server").contains("is not contacted, nor any other server: offline by choice")
    );
    let mut command = user.command(&["doctor"]);
    command.env("HF_ENDPOINT", hub.root());
    let run = Run::of(command.output().unwrap());
    assert_eq!((run.code, hub.requests().len()), (0, 0), "{}", run.out);
    assert!(line(&run, "server").contains("no token"), "{}", run.out);
    assert!(line(&run, "token").contains("none, not needed"));
    assert!(run.out.contains("Games are made by the built-in composer"), "{}", run.out);
}

#[test]
fn a_library_that_is_damaged_inside_is_seen() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let made = user.run(&["new", "dodge", "-o", "x.html"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let run = ask(&user, &hub, &doctor(&SERVED));
    assert!(line(&run, "library").contains("1 game in 1 version,"), "{}", run.out);
    // A page of the file is written over with noise; its head stays as it was.
    let path = user.at().join("home/.local/share/codeagent/library.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = 4_096 * 3;
    bytes[middle..middle + 8_192].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let run = ask(&user, &hub, &doctor(&SERVED));
    assert_eq!(run.code, 9, "{}", run.out);
    assert!(run.out.contains("✗ library"), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn a_home_that_cannot_be_written_is_named() {
    let user = User::new();
    std::fs::write(user.at().join("home"), "a file where the folder should be").unwrap();
    let run = user.run(&["doctor", "--offline"]);
    assert_eq!(run.code, 9, "{}", run.out);
    assert!(run.out.contains("✗ home") && run.out.contains("--home"), "{}", run.out);
}
