//! The one object that `--json` prints. Fields may be added, never renamed.

use std::time::Instant;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::{Failure, Game, Job};
use crate::game::to_json;
use crate::inference::Usage;
use crate::inference::retry::Attempt;
use crate::library::DiskError;
use crate::untrusted::Untrusted;

/// What the default model costs: USD for a million prompt and completion tokens.
/// Source: HuggingFace's model list, August 2026. Prices of other models come with their list.
const PRICES: [(&str, f64, f64); 1] = [("Qwen/Qwen3-Coder-30B-A3B-Instruct", 0.07, 0.26)];

/// The result of a job that has ended.
pub fn result(job: &Job, now: Instant) -> Value {
    match &job.result {
        Some(Ok(game)) => success(job, game, now),
        Some(Err(failure)) => self::failure(job, failure, now),
        None => Value::Null,
    }
}

fn success(job: &Job, game: &Game, now: Instant) -> Value {
    let mut value = common(job, now);
    let html = game.product.html();
    value["ok"] = json!(true);
    value["game"] = json!({
        "title": game.title,
        "path": game.path.as_deref().map(DiskError::shown),
        "version": 1,
        "bytes": html.len(),
        "sha256": sha256(&html),
    });
    value["usage"] = job.answer.usage.map_or(Value::Null, |usage| self::usage(job, usage));
    value["verdict"] = Value::Null;
    value
}

fn failure(job: &Job, failure: &Failure, now: Instant) -> Value {
    let mut value = common(job, now);
    let trouble = failure.trouble();
    value["ok"] = json!(false);
    value["error"] = json!({
        "kind": failure.kind(),
        "message": failure.message(),
        "advice": failure.advice(),
        "status": trouble.and_then(|trouble| trouble.status),
        "request_id": trouble.and_then(|trouble| shown(trouble.request_id.as_ref())),
        "exit_code": failure.exit_code(),
    });
    value["draft"] = json!(job.draft.as_deref().map(DiskError::shown));
    value
}

/// What both outcomes have.
fn common(job: &Job, now: Instant) -> Value {
    let source = job.source().unwrap_or_default();
    let findings: Vec<_> = job.findings().iter().map(|found| to_json(source, found)).collect();
    let offline = job.engine == crate::app::Engine::Offline;
    json!({
        "ok": false,
        "engine": job.engine.name(),
        "model": (!offline).then_some(&job.request.model),
        "provider": shown(job.answer.meta.provider.as_ref()),
        "request_id": shown(job.answer.meta.request_id.as_ref()),
        "understood": job.answer.understood,
        "attempts": job.retry.failed().iter().map(attempt).collect::<Vec<_>>(),
        "findings": findings,
        "elapsed_ms": millis(job.elapsed(now)),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "status": attempt.trouble.status,
        "cause": attempt.trouble.cause.code(),
        "said": attempt.trouble.said.headline(240),
        "waited_ms": millis(attempt.waited),
    })
}

fn usage(job: &Job, usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "estimated_usd": estimated_usd(&job.request.model, usage),
    })
}

/// An estimate, and only where the price is known.
fn estimated_usd(model: &str, usage: Usage) -> Option<f64> {
    let name = model.split(':').next().unwrap_or(model);
    let (_, input, output) = PRICES.iter().find(|(known, ..)| *known == name)?;
    let tokens = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / 1e6;
    let usd = tokens(usage.prompt_tokens) * input + tokens(usage.completion_tokens) * output;
    // Millionths of a dollar: more digits would promise more than an estimate holds.
    Some((usd * 1e6).round() / 1e6)
}

fn shown(text: Option<&Untrusted>) -> Option<String> {
    text.map(|text| text.headline(200))
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
