//! A browser as a process: started into a group of its own, and ended with everything it started.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt as _, FdMapping};
use rustix::process::{
    Pid, Signal, WaitOptions, kill_process, kill_process_group, waitpgid, waitpid,
};

use super::folder::Folder;
#[cfg(target_os = "linux")]
use super::proc::{Process, processes};
use super::wire::Wire;

/// What every browser is told. No port is opened, no name leads anywhere, and what is not a name
/// goes to a proxy that is not there; loopback too.
const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    // A page that is tried is nobody's background, whatever else is open.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-frame-rate-limit",
    "--disable-gpu",
    "--disable-gpu-vsync",
    "--disable-quic",
    "--disable-renderer-backgrounding",
    // Scrolling that takes real time would go on behind the back of the page's own clock.
    "--disable-smooth-scrolling",
    "--disable-sync",
    "--metrics-recording-only",
    "--mute-audio",
    "--hide-scrollbars",
    "--password-store=basic",
    "--use-mock-keychain",
    "--autoplay-policy=no-user-gesture-required",
    "--enable-unsafe-swiftshader",
    "--force-color-profile=srgb",
    "--disable-features=BackForwardCache,Translate,MediaRouter,OptimizationHints",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
];

/// How long a browser may take to leave by itself.
const LEAVES: Duration = Duration::from_millis(400);
/// How long the helpers of a killed browser may take to be gone.
const GONE: Duration = Duration::from_secs(2);

/// What is started, and with what.
#[derive(Debug, Clone, Default)]
pub struct Launch {
    pub program: PathBuf,
    /// The folders of `PATH`: all that the browser gets of the environment.
    pub path: Vec<PathBuf>,
    pub flags: Vec<String>,
}

/// Why a browser did not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoStart {
    #[error("no private folder for the browser could be made: {0}")]
    Folder(String),
    #[error("the browser could not be started: {0}")]
    Process(String),
}

/// A running browser. Dropping it ends it, its helpers and its folder.
#[derive(Debug)]
pub struct Chromium {
    child: Child,
    group: Pid,
    folder: Folder,
    stop: Stop,
    /// Helpers that left the group: the reporters of crashes.
    strays: Vec<Pid>,
    pub wire: Wire,
}

/// Ends a browser from another thread: everything asked of it fails from then on.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Mutex<Stopping>>);

#[derive(Debug, Default)]
struct Stopping {
    is_stopped: bool,
    group: Option<Pid>,
}

impl Stop {
    pub fn stop(&self) {
        let mut stopping = self.lock();
        stopping.is_stopped = true;
        if let Some(group) = stopping.group {
            kill(group);
        }
    }

    pub fn is_stopped(&self) -> bool {
        self.lock().is_stopped
    }

    /// From now on this group is what there is to end.
    fn covers(&self, group: Option<Pid>) {
        let mut stopping = self.lock();
        stopping.group = group;
        if let Some(group) = group.filter(|_| stopping.is_stopped) {
            kill(group);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stopping> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Chromium {
    pub fn start(launch: &Launch, stop: Stop) -> Result<Self, NoStart> {
        let folder = Folder::new().map_err(|e| NoStart::Folder(e.to_string()))?;
        let failed = |error: std::io::Error| NoStart::Process(error.to_string());
        let (to_us, from_browser) = std::io::pipe().map_err(failed)?;
        let (to_browser, from_us) = std::io::pipe().map_err(failed)?;
        let mut command = Command::new(&launch.program);
        let said = File::create(folder.path().join("said")).map_err(failed)?;
        prepare(&mut command, launch, folder.path()).stderr(Stdio::from(said));
        command
            .fd_mappings(vec![
                FdMapping { parent_fd: to_browser.into(), child_fd: 3 },
                FdMapping { parent_fd: from_browser.into(), child_fd: 4 },
            ])
            .map_err(|error| NoStart::Process(error.to_string()))?;
        adopt();
        let child = command.spawn().map_err(|error| {
            release();
            failed(error)
        })?;
        // The command still holds the browser's ends; reading would never end.
        drop(command);
        let group = Pid::from_child(&child);
        stop.covers(Some(group));
        let wire = Wire::new(to_us, from_us);
        Ok(Self { child, group, folder, stop, strays: Vec::new(), wire })
    }

    /// Whether it has not ended meanwhile.
    pub fn is_there(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The number of the group that the browser and its helpers share.
    pub fn group(&self) -> Pid {
        self.group
    }

    /// From now on this is what ends it.
    pub fn obey(&mut self, stop: Stop) {
        self.stop.covers(None);
        stop.covers(Some(self.group));
        self.stop = stop;
    }

    /// Takes note of helpers that left the group: once dead they cannot be told from others.
    pub fn note_strays(&mut self) {
        for pid in strays(self.folder.path()) {
            if pid != self.group && !self.strays.contains(&pid) {
                self.strays.push(pid);
            }
        }
    }

    /// The last that the browser said of itself, where it did not start.
    pub fn said(&self) -> String {
        let said = std::fs::read(self.folder.path().join("said")).unwrap_or_default();
        let said = String::from_utf8_lossy(said.get(..4_000.min(said.len())).unwrap_or_default());
        let line = said.lines().rev().find(|line| !line.trim().is_empty());
        line.unwrap_or_default().to_owned()
    }

    /// Asks it to leave; its own way out leaves less behind than a kill.
    #[expect(clippy::disallowed_methods, reason = "a browser has to leave in real time")]
    fn leave(&mut self) {
        if self.wire.post(None, "Browser.close", &serde_json::json!({})).is_err() {
            return;
        }
        let until = Instant::now() + LEAVES;
        while let Ok(_message) = self.wire.next(until) {}
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.note_strays();
        if !self.stop.is_stopped() {
            self.leave();
        }
        // Before its number can come to mean another process.
        self.stop.covers(None);
        kill(self.group);
        for stray in &self.strays {
            let _ended_by_itself = kill_process(*stray, Signal::KILL);
        }
        drop(self.child.wait());
        self.note_strays();
        reap(|| waitpgid(self.group, WaitOptions::NOHANG));
        for stray in &self.strays {
            reap(|| waitpid(Some(*stray), WaitOptions::NOHANG));
        }
        release();
    }
}

fn prepare<'c>(command: &'c mut Command, launch: &Launch, folder: &Path) -> &'c mut Command {
    command
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(FLAGS)
        .args(&launch.flags)
        .arg("about:blank")
        .current_dir(folder)
        // Nothing of the user's is any of the game's business, least of all a token.
        .env_clear()
        .env("PATH", std::env::join_paths(&launch.path).unwrap_or_default())
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .env("XDG_CONFIG_HOME", folder)
        .env("XDG_CACHE_HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .process_group(0);
    // The system administrator cannot have the browser's own sandbox.
    if rustix::process::geteuid().is_root() {
        command.arg("--no-sandbox");
    }
    command
}

pub(super) fn kill(group: Pid) {
    let _gone_by_itself = kill_process_group(group, Signal::KILL);
}

/// Takes note of the ends of helpers that the browser left to us, until there are none.
#[expect(clippy::disallowed_methods, reason = "processes end in real time")]
fn reap<T>(wait: impl Fn() -> rustix::io::Result<Option<T>>) {
    let until = Instant::now() + GONE;
    while Instant::now() < until {
        match wait() {
            Ok(Some(_)) => {}
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Err(_) => return,
        }
    }
}

/// Children of this process that work for the browser of this folder.
#[cfg(target_os = "linux")]
fn strays(folder: &Path) -> Vec<Pid> {
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let works = |process: &Process| {
        let line = std::fs::read(process.folder.join("cmdline")).unwrap_or_default();
        let is_told = String::from_utf8_lossy(&line).contains(&*folder.to_string_lossy());
        // The dead have nothing but their name.
        is_told || (process.is_dead && process.name.starts_with("chrome_crashpad"))
    };
    let children = processes().filter(|process| process.parent == own);
    children.filter(works).filter_map(|process| Pid::from_raw(process.pid)).collect()
}

#[cfg(not(target_os = "linux"))]
fn strays(_folder: &Path) -> Vec<Pid> {
    Vec::new()
}

/// How many browsers this process looks after.
static BROWSERS: AtomicUsize = AtomicUsize::new(0);

/// Helpers whose browser is gone come to this process, also where the first process of the system
/// does not look after orphans, as in many containers.
fn adopt() {
    BROWSERS.fetch_add(1, Ordering::SeqCst);
    #[cfg(target_os = "linux")]
    let _else_init_does = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

fn release() {
    if BROWSERS.fetch_sub(1, Ordering::SeqCst) == 1 {
        #[cfg(target_os = "linux")]
        let _else_init_does = rustix::process::set_child_subreaper(None);
    }
}
