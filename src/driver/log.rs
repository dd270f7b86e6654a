//! A log that helps to report a bug: off by default, one file for each run.
//!
//! It holds what the program did and when: tasks, requests by model, status and cause, verdicts. It
//! holds no prompt, no reply, no page and no token: nothing is logged whose type could hold one.

use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::config::Settings;
use crate::library::{DataDir, DiskError};

/// The target of all our records, and the one that `RUST_LOG` has to name.
const TARGET: &str = "codeagent";

/// Whether the user asked for a log on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFlag {
    Given,
    Absent,
}

/// Why there is no log though one was asked for.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("RUST_LOG is invalid: {0}")]
    Filter(String),
    #[error(transparent)]
    Disk(DiskError),
}

/// Starts the log, if the flag or a directive of `RUST_LOG` for our target asks for one. Returns its
/// path for display; `None` without a log.
///
/// # Errors
///
/// The directive is not understood, or the file cannot be created.
pub fn start(
    settings: &Settings,
    flag: LogFlag,
    rust_log: Option<&str>,
) -> Result<Option<String>, LogError> {
    let Some(directives) = directives(flag, rust_log) else { return Ok(None) };
    let filter = EnvFilter::try_new(&directives).map_err(|e| LogError::Filter(e.to_string()))?;
    let name = format!("codeagent-{}-{}.log", super::wall_clock().0 / 1_000, std::process::id());
    let data_dir = DataDir::new(settings.files.home.value.clone());
    let (path, file) = data_dir.create_log(&name).map_err(LogError::Disk)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    // Fails only if there is a subscriber already: then that one has the log.
    drop(log.with_writer(Mutex::new(file)).try_init());
    log_panics();
    log_settings(settings);
    Ok(Some(DiskError::display_path(&path)))
}

/// The directives for our target. `None` if no log was asked for.
fn directives(flag: LogFlag, rust_log: Option<&str>) -> Option<String> {
    let parts = rust_log.unwrap_or_default().split(',').map(str::trim);
    let is_ours = |word: &&str| {
        let target = word.split(['=', '[', ':']).next().unwrap_or_default();
        target == TARGET
    };
    let ours: Vec<_> = parts.filter(is_ours).collect();
    match (ours.is_empty(), flag) {
        (true, LogFlag::Absent) => None,
        (true, LogFlag::Given) => Some(format!("{TARGET}=debug")),
        (false, _) => Some(ours.join(",")),
    }
}

/// Has a panic logged, by its place alone: its message may quote a page.
fn log_panics() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
        previous(info);
    }));
}

fn log_settings(settings: &Settings) {
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        system = std::env::consts::OS,
        machine = std::env::consts::ARCH,
        engine = settings.inference.engine.value.name(),
        engine_from = %settings.inference.engine.origin,
        model = settings.inference.model.value,
        host = settings.network.endpoint.value.host(),
        has_token = settings.network.token.is_some(),
        "start"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_us_asks_for_a_log() {
        let table = [
            (LogFlag::Absent, None, None),
            (LogFlag::Absent, Some("info"), None),
            (LogFlag::Absent, Some("hyper=trace,reqwest=debug"), None),
            (LogFlag::Absent, Some("codeagents=trace"), None),
            (LogFlag::Given, None, Some("codeagent=debug")),
            (LogFlag::Given, Some("warn"), Some("codeagent=debug")),
            (LogFlag::Absent, Some("hyper=trace, codeagent=trace"), Some("codeagent=trace")),
            (LogFlag::Given, Some("codeagent::driver=info"), Some("codeagent::driver=info")),
            (LogFlag::Absent, Some("codeagent"), Some("codeagent")),
        ];
        for (flag, rust_log, expected) in table {
            assert_eq!(directives(flag, rust_log).as_deref(), expected, "{flag:?} {rust_log:?}");
        }
    }
}
