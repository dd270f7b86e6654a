//! The process of a server: started through this program, which decides how long it lives, then becomes
//! the server.
//!
//! A server that is to end with this program must end however this program ends, also when it is killed.
//! Linux does that for a process that asks for it (`PR_SET_PDEATHSIG`, kept over `execve`); the
//! process that asks is this program, started once more with [`LAUNCH_COMMAND`]. Elsewhere the next run
//! finds the orphan by its record and ends it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use sysinfo::Signal;

use super::process_identity::{END_TIMEOUT, ProcessIdentity, send_signal};
use super::server_record::ServerLifetime;

/// The hidden command that becomes the server.
pub const LAUNCH_COMMAND: &str = "launch-local-server";

/// Variables with keys of other services, of which a server has no need.
const SECRET_WORDS: [&str; 4] = ["TOKEN", "API_KEY", "SECRET", "PASSWORD"];

/// A server to be started.
#[derive(Debug)]
pub struct ServerCommand {
    /// This program.
    pub launcher: PathBuf,
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// A variable and its value, for what no command line may show.
    pub variable: (&'static str, String),
    pub lifetime: ServerLifetime,
    /// Takes what the server says.
    pub log: File,
}

/// A server that this run started and ends.
#[derive(Debug)]
pub struct ServerProcess {
    pub identity: ProcessIdentity,
    state: Arc<ProcessState>,
}

#[derive(Debug, Default)]
struct ProcessState {
    ended: Mutex<Option<ExitStatus>>,
    changed: Condvar,
}

impl ServerProcess {
    /// Starts a server. The thread that starts it waits for it as well: Linux ends the server with the
    /// thread that started it, not with the process.
    ///
    /// # Errors
    ///
    /// The program cannot be started.
    pub fn start(command: ServerCommand) -> io::Result<Self> {
        let state = Arc::new(ProcessState::default());
        let (report, started) = std::sync::mpsc::channel();
        let waiting = Arc::clone(&state);
        std::thread::Builder::new().name("local-server".to_owned()).spawn(move || {
            match spawn(command) {
                Ok(mut child) => {
                    let pid = child.id();
                    drop(
                        report.send(ProcessIdentity::of(pid).ok_or(io::ErrorKind::NotFound.into())),
                    );
                    wait_unreaped(pid);
                    let mut ended = waiting.ended.lock().unwrap_or_else(PoisonError::into_inner);
                    // While this lock is held nobody sends signals to the number that is given back.
                    *ended = child.wait().ok();
                    waiting.changed.notify_all();
                }
                Err(error) => drop(report.send(Err(error))),
            }
        })?;
        let identity = started.recv().map_err(io::Error::other)??;
        Ok(Self { identity, state })
    }

    /// How it ended. `None` while it runs.
    pub fn exit_status(&self) -> Option<ExitStatus> {
        *self.state.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it: asks, and after a moment kills. Blocks.
    pub fn end(&self) {
        let mut ended = self.state.ended.lock().unwrap_or_else(PoisonError::into_inner);
        for signal in [Signal::Term, Signal::Kill] {
            if ended.is_some() || !send_signal(self.identity.pid, signal) {
                return;
            }
            let waited =
                self.state.changed.wait_timeout_while(ended, END_TIMEOUT, |ended| ended.is_none());
            ended = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Waits until a child has ended, and leaves its number taken.
#[cfg(unix)]
fn wait_unreaped(pid: u32) {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
}

#[cfg(not(unix))]
fn wait_unreaped(_pid: u32) {}

fn spawn(command: ServerCommand) -> io::Result<std::process::Child> {
    let lifetime = match command.lifetime {
        ServerLifetime::Program => "program",
        ServerLifetime::UntilStopped => "until-stopped",
    };
    let (variable, value) = command.variable;
    let mut process = Command::new(&command.launcher);
    process
        .args([LAUNCH_COMMAND, lifetime])
        .arg(std::process::id().to_string())
        .arg(&command.program)
        .args(&command.arguments)
        .stdin(Stdio::null())
        .stdout(command.log.try_clone()?)
        .stderr(command.log);
    // Ctrl+C in the terminal is for this program alone.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut process, 0);
    for name in secret_variables() {
        process.env_remove(name);
    }
    process.env(variable, value).spawn()
}

/// The names of the user's variables that look like keys.
#[expect(clippy::disallowed_methods, reason = "a child inherits the environment as it is")]
fn secret_variables() -> Vec<OsString> {
    let is_secret = |name: &OsString| {
        let name = name.to_string_lossy().to_uppercase();
        SECRET_WORDS.iter().any(|word| name.contains(word))
    };
    std::env::vars_os().map(|(name, _)| name).filter(is_secret).collect()
}

/// Becomes the server: the whole work of [`LAUNCH_COMMAND`]. Returns only if that fails, with the reason.
#[cfg(unix)]
pub fn become_server(
    lifetime: ServerLifetime,
    starter: u32,
    program: &Path,
    arguments: &[OsString],
) -> io::Error {
    match lifetime {
        ServerLifetime::Program => {
            if let Err(error) = end_with(starter) {
                return error;
            }
        }
        // Its terminal may close.
        ServerLifetime::UntilStopped => drop(rustix::process::setsid()),
    }
    std::os::unix::process::CommandExt::exec(Command::new(program).args(arguments))
}

/// Starts the server and waits for it, where no process can become another one.
#[cfg(not(unix))]
pub fn become_server(
    _lifetime: ServerLifetime,
    _starter: u32,
    program: &Path,
    arguments: &[OsString],
) -> io::Error {
    match Command::new(program).args(arguments).status() {
        Ok(status) => io::Error::other(format!("it ended: {status}")),
        Err(error) => error,
    }
}

/// Has the system end this process with the one that started it.
#[cfg(target_os = "linux")]
fn end_with(starter: u32) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    // It may have ended before the system knew.
    let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    if parent == Some(starter) {
        Ok(())
    } else {
        Err(io::Error::other("the program that started it is gone"))
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn end_with(_starter: u32) -> io::Result<()> {
    Ok(())
}
