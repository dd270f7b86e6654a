//! Asks a browser for its version.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::untrusted::Untrusted;

/// How long a program may take to print its version.
const VERSION_TIMEOUT: Duration = Duration::from_secs(5);

/// The version, such as `Chromium 156.0.8078.79`, safe to display. `None` if the program does not
/// print one in time.
#[expect(clippy::disallowed_methods, reason = "a program has to answer in real time")]
pub fn version(program: &Path, path: &[PathBuf]) -> Option<String> {
    let mut child = Command::new(program)
        .arg("--version")
        .env_clear()
        .env("PATH", std::env::join_paths(path).unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let until = Instant::now() + VERSION_TIMEOUT;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() > until {
            // It may just have exited.
            drop(child.kill());
            drop(child.wait());
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut output = String::new();
    child.stdout.take()?.take(4_096).read_to_string(&mut output).ok()?;
    let output = output.split(" built on ").next().unwrap_or_default();
    Some(Untrusted::new(output).headline(80)).filter(|output| !output.is_empty())
}
