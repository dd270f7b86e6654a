//! The log: nothing without a wish for it, and never a word of what is private.

use crate::cli::User;
use crate::fake::{Answer, Hub, body};

/// The logs of the user, by name, with their text.
fn logs(user: &User) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(user.at().join("home/logs")) else { return Vec::new() };
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    let mut logs: Vec<_> = entries.map(|entry| read(entry.unwrap().path())).collect();
    logs.sort();
    logs
}

fn make(user: &User, hub: &Hub, flags: &[&str], rust_log: Option<&str>) -> crate::cli::Run {
    let home = user.at().join("home");
    let words = ["new", "marmalade owls", "--no-play-test", "--home", home.to_str().unwrap()];
    let mut command = user.command(&[&words, flags].concat());
    command.env("CODEAGENT_BASE_URL", hub.url()).env("HF_TOKEN", "hf_veryveryveryprivate");
    if let Some(value) = rust_log {
        command.env("RUST_LOG", value);
    }
    crate::cli::Run::of(command.output().unwrap())
}

fn answering() -> Hub {
    Hub::start(vec![Answer::chat_stream(&format!("```html\n{}\n```\n", body::GAME))])
}

#[test]
fn a_log_says_what_happened_and_nothing_private() {
    let (user, hub) = (User::new(), answering());
    let run = make(&user, &hub, &["--log"], None);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("logging to "), "{}", run.err);
    let logs = logs(&user);
    let [(name, text)] = logs.as_slice() else { panic!("{logs:?}") };
    assert!(run.err.contains(name.as_str()), "{}", run.err);
    for word in
        ["version=", "task=\"ask\"", "event=\"ended\"", "request", "task=\"save\"", "127.0.0.1"]
    {
        assert!(text.contains(word), "no {word} in {text}");
    }
    for word in ["hf_very", "marmalade", "canvas", "doctype"] {
        assert!(!text.contains(word), "{word} is in {text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = user.at().join("home/logs").join(name);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn without_a_wish_there_is_no_log() {
    for rust_log in [None, Some("trace"), Some("reqwest=debug,hyper=trace")] {
        let (user, hub) = (User::new(), answering());
        let run = make(&user, &hub, &[], rust_log);
        assert_eq!((run.code, logs(&user).len()), (0, 0), "{rust_log:?}: {}", run.err);
        assert!(!run.err.contains("logging"), "{}", run.err);
    }
}

#[test]
fn the_environment_can_ask_for_more_and_a_mistake_costs_no_game() {
    let (user, hub) = (User::new(), answering());
    let run = make(&user, &hub, &[], Some("hyper=trace,codeagent=trace"));
    assert_eq!(run.code, 0, "{}", run.err);
    let logs = logs(&user);
    assert!(logs[0].1.contains("TRACE"), "{logs:?}");
    assert!(!logs[0].1.contains("marmalade") && !logs[0].1.contains("hf_very"));
    let (user, hub) = (User::new(), answering());
    let run = make(&user, &hub, &["--log"], Some("codeagent=loud"));
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("no log is written: RUST_LOG"), "{}", run.err);
}

#[test]
fn only_the_newest_logs_are_kept() {
    let (user, hub) = (User::new(), answering());
    let folder = user.at().join("home/logs");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 10..30 {
        std::fs::write(folder.join(format!("codeagent-10000000{number}-1.log")), "old").unwrap();
    }
    std::fs::write(folder.join("mine.txt"), "kept").unwrap();
    assert_eq!(make(&user, &hub, &["--log"], None).code, 0);
    let names: Vec<_> = logs(&user).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 11, "{names:?}");
    assert_eq!(names[0], "codeagent-1000000021-1.log");
    assert!(names.contains(&"mine.txt".to_owned()));
}
