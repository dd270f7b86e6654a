//! A llama-server for the tests: its command line, its routes, its key, its ways to fail.
//!
//! It answers as llama.cpp's server of November 2026 does, with the game of the scripted Hugging Face. What
//! it does besides is said by variables: `FAKE_LLAMA_LOG`, a file that gets a line of JSON at each start;
//! `FAKE_LLAMA_LOADING`, how many questions are answered with 503 first; `FAKE_LLAMA_SAYS`, a sentence to
//! end with; `FAKE_LLAMA_ONCE`, a file whose absence makes it end once as if its port were taken;
//! `FAKE_LLAMA_CUT`, after how many bytes a reply breaks off and the server dies.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "it is a program of its own, which waits for its end, and a test that it fails"
)]

#[path = "../fake/server.rs"]
mod fake;

use std::io::Write;
use std::time::Duration;

use fake::{Answer, Hub, Request, Script, body};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|word| word == name).expect(name);
        arguments[at + 1].clone()
    };
    let env = |name: &str| std::env::var(name).ok();
    if let Some(path) = env("FAKE_LLAMA_LOG") {
        let secrets = std::env::vars().filter(|(name, _)| name.contains("TOKEN"));
        let start = serde_json::json!({
            "arguments": arguments,
            "pid": std::process::id(),
            "key": key(),
            "tokens": secrets.map(|(name, _)| name).collect::<Vec<_>>(),
        });
        let mut log = std::fs::File::options().create(true).append(true).open(path).unwrap();
        writeln!(log, "{start}").unwrap();
    }
    if let Some(words) = env("FAKE_LLAMA_SAYS") {
        eprintln!("{words}");
        std::process::exit(1);
    }
    if let Some(path) = env("FAKE_LLAMA_ONCE").filter(|path| !std::path::Path::new(path).exists()) {
        std::fs::write(path, "").unwrap();
        eprintln!("E srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 1");
        std::process::exit(1);
    }
    let loading = env("FAKE_LLAMA_LOADING").map_or(0, |count| count.parse().unwrap());
    let cut = env("FAKE_LLAMA_CUT").map(|bytes| bytes.parse().unwrap());
    let script = Script::new(answers(&value("--alias"), loading, cut));
    let _hub = Hub::serve(script, value("--port").parse().unwrap(), check_key).unwrap();
    loop {
        std::thread::park_timeout(Duration::from_hours(1));
    }
}

fn key() -> String {
    std::env::var("LLAMA_API_KEY").unwrap_or_default()
}

fn answers(name: &str, loading: usize, cut: Option<usize>) -> Vec<Answer> {
    let json =
        |text: &str| Answer::status(200).json(text).header("content-type", "application/json");
    let busy = r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#;
    let models = format!(
        r#"{{"object":"list","data":[{{"id":"{name}","object":"model","owned_by":"llamacpp"}}]}}"#
    );
    let game = Answer::chat_stream(body::GAME);
    let game = match cut {
        Some(bytes) => game.cut_after(bytes),
        None => game,
    };
    let mut answers = vec![Answer::status(503).json(busy).at("/health"); loading];
    answers.extend([
        json(r#"{"status":"ok"}"#).at("/health"),
        json(&models).at("/v1/models"),
        game,
    ]);
    answers
}

/// llama.cpp's server refuses who does not have its key; this one ends, so that no test overlooks it.
fn check_key(request: &Request) {
    let is_allowed = request.method == "GET"
        || request.header("authorization") == Some(&format!("Bearer {}", key()));
    if !is_allowed || key().len() < 16 {
        eprintln!("a request without the key");
        std::process::exit(3);
    }
    if std::env::var_os("FAKE_LLAMA_CUT").is_some() && request.method == "POST" {
        std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(400));
            std::process::exit(137);
        });
    }
}
