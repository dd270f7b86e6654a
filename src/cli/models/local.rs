//! The models on this machine, above the list of the server.

use serde_json::{Value, json};

use crate::inference::local_server::{LocalModel, LocalServer, LocalServers};
use crate::untrusted::Untrusted;

/// A block of lines, or how to get a free model.
pub fn local_text(local: &LocalServers, words: &str) -> String {
    let shown = local.found.iter().map(|server| server_text(server, words)).collect::<String>();
    match local.offered() {
        Some((server, _)) if !shown.is_empty() => {
            format!("on this machine, free\n{shown}  to use it: {}\n\n", server.options())
        }
        None if words.is_empty() && !local.is_unsearched => {
            format!("{}\n\n", local.advice(std::env::consts::OS))
        }
        Some(_) | None => String::new(),
    }
}

fn server_text(server: &LocalServer, words: &str) -> String {
    let fits = |model: &&LocalModel| {
        let id = model.id.to_lowercase();
        words.to_lowercase().split_whitespace().all(|word| id.contains(word))
    };
    let models = server.models.iter().filter(fits);
    let lines = models.enumerate().map(|(number, model)| {
        let name = if number == 0 { server.kind.name() } else { "" };
        let id = Untrusted::new(model.id.as_str()).headline(100);
        format!("  {name:<13} {id}{}\n", facts(model))
    });
    lines.collect()
}

/// `  4.7 GB · 32k · loaded`.
fn facts(model: &LocalModel) -> String {
    let facts = model.facts().collect::<Vec<_>>().join(" · ");
    if facts.is_empty() { facts } else { format!("  {facts}") }
}

/// The servers for programs.
pub fn local_json(local: &LocalServers) -> Vec<Value> {
    let server = |server: &LocalServer| {
        json!({
            "server": server.kind.name(),
            "base_url": server.base_url,
            "loading": server.is_loading,
            "models": server.models.iter().map(model_json).collect::<Vec<_>>(),
        })
    };
    local.found.iter().map(server).collect()
}

fn model_json(model: &LocalModel) -> Value {
    json!({
        "id": model.id,
        "bytes": model.bytes,
        "context_length": model.context,
        "loaded": model.is_loaded,
    })
}
