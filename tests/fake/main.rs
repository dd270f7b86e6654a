//! A scripted Hugging Face on loopback, started by hand.
//!
//! `cargo run --example fake-hf -- tests/fake/scripts/loading-then-stream.json --port 8080`
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for a person")]

#[path = "server.rs"]
mod fake;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use fake::{Hub, Request, Script};

fn main() -> ExitCode {
    match serve() {
        Ok(hub) => loop {
            // Everything happens on the hub's threads; Ctrl-C ends the process.
            std::thread::park_timeout(Duration::from_hours(1));
            let _still_running = hub.url();
        },
        Err(problem) => {
            eprintln!("fake-hf: {problem}");
            ExitCode::from(2)
        }
    }
}

fn serve() -> Result<Hub, String> {
    let (path, port) = arguments(std::env::args().skip(1))?;
    let script = Script::read(&path)?;
    let hub = Hub::serve(script, port, log).map_err(|e| format!("port {port}: {e}"))?;
    println!("serving {} at {}", path.display(), hub.url());
    println!("point codeagent at it with:");
    println!("  CODEAGENT_BASE_URL={} HF_TOKEN=hf_test codeagent new \"a snake game\"", hub.url());
    Ok(hub)
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<(PathBuf, u16), String> {
    const USAGE: &str = "usage: fake-hf SCRIPT.json [--port PORT]";
    let (mut path, mut port) = (None, 0);
    while let Some(word) = words.next() {
        if word == "--port" {
            let number = words.next().and_then(|number| number.parse().ok());
            port = number.ok_or("--port needs a number from 0 to 65535")?;
        } else if path.replace(PathBuf::from(word)).is_some() {
            return Err(USAGE.to_owned());
        }
    }
    Ok((path.ok_or(USAGE)?, port))
}

/// One line a request; never the token, which is what people paste into reports.
fn log(request: &Request) {
    let token = match request.header("authorization") {
        Some(value) if value.starts_with("Bearer ") => "with a token",
        Some(_) => "with odd credentials",
        None => "without a token",
    };
    let Request { method, path, arrived, .. } = request;
    eprintln!(
        "{:>8.3}s {method} {path:?} {token}, keys: {:?}",
        arrived.as_secs_f64(),
        request.keys().join(" ")
    );
}
