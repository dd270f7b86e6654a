//! Does a token get to where HuggingFace's tools look for it, and nowhere else?

use std::io::Write;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub};
use crate::pty::Session;

const TOKEN: &str = "hf_abcdefghijklmnop";

fn log_in(user: &User, hub: &Hub, token: &str, more: &[(&str, &str)]) -> Run {
    let mut command = user.command(&["login"]);
    command.env("HF_ENDPOINT", hub.root()).envs(more.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    running.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    Run::of(running.wait_with_output().unwrap())
}

#[test]
fn a_token_through_a_pipe_is_looked_at_and_kept() {
    let (user, hub) = (User::new(), Hub::start(vec![]));
    let run = log_in(&user, &hub, &format!("{TOKEN}\n"), &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("logged in as "), "{}", run.out);
    assert!(!run.out.contains(TOKEN) && !run.err.contains(TOKEN));
    let file = user.at().join("home/.cache/huggingface/token");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), TOKEN);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&file) & 0o777, 0o600);
    assert_eq!(mode(file.parent().unwrap()) & 0o777, 0o700);
    let doctor = user.run(&["doctor"]);
    assert!(doctor.out.contains("hf_***"), "it is found from now on: {}", doctor.out);
}

#[test]
fn what_is_no_good_is_not_kept() {
    let refused = Answer::status(401).json(r#"{"error":"Invalid username or password."}"#);
    let strict = Hub::start(vec![refused.at("/api/whoami-v2")]);
    let fine = Hub::start(vec![]);
    let nobody = Hub::start(vec![]).root();
    for (hub, token, more, code, words) in [
        (&strict, TOKEN, vec![], 3, "does not accept this token"),
        (&fine, "\n", vec![], 3, "that is no token"),
        (&fine, "hf_a b\n", vec![], 3, "that is no token"),
        (&fine, TOKEN, vec![("HF_HUB_OFFLINE", "1")], 5, "HF_HUB_OFFLINE"),
        (&fine, TOKEN, vec![("HF_ENDPOINT", nobody.as_str())], 5, "cannot be asked"),
    ] {
        let user = User::new();
        let run = log_in(&user, hub, token, &more);
        assert_eq!(run.code, code, "{words}: {}", run.err);
        assert!(run.err.contains(words) && !run.err.contains(TOKEN), "{}", run.err);
        assert!(!user.at().join("home/.cache/huggingface/token").exists());
    }
}

#[test]
fn an_app_logs_in_by_a_code_in_the_browser() {
    let json = |status: u16, text: &str| Answer::status(status).json(text);
    let code = r#"{"device_code":"secret-code","user_code":"ABCD-1234","interval":1,"expires_in":60,
        "verification_uri":"https://huggingface.co/device"}"#;
    let hub = Hub::start(vec![
        json(200, code).at("/oauth/device"),
        json(400, r#"{"error":"authorization_pending"}"#).at("/oauth/token"),
        json(200, &format!(r#"{{"access_token":"{TOKEN}"}}"#)).at("/oauth/token"),
    ]);
    let user = User::new();
    let run = log_in(&user, &hub, "", &[("CODEAGENT_LOGIN_APP", "my-app")]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.err.contains("Open https://huggingface.co/device and enter ABCD-1234"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("secret-code"));
    let file = user.at().join("home/.cache/huggingface/token");
    assert_eq!(std::fs::read_to_string(file).unwrap(), TOKEN);
    let denied = Hub::start(vec![
        json(200, code).at("/oauth/device"),
        json(400, r#"{"error":"access_denied","error_description":"You said no."}"#)
            .at("/oauth/token"),
    ]);
    let run = log_in(&User::new(), &denied, "", &[("CODEAGENT_LOGIN_APP", "my-app")]);
    assert!(run.code == 3 && run.err.contains("You said no"), "{}", run.err);
}

#[test]
fn what_is_typed_is_not_shown_and_the_terminal_is_as_before() {
    let hub = Hub::start(vec![]);
    let mut session = Session::codeagent("login", &[("HF_ENDPOINT", hub.root())]);
    session.sees("Token (it is not shown)").press(TOKEN).press("\r");
    session.ends_with("0");
    assert!(!String::from_utf8_lossy(&session.raw).contains(TOKEN));
}
