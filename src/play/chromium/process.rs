//! A browser process: started in a process group of its own, and ended with everything it started.

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

use super::cdp_pipe::CdpPipe;
#[cfg(target_os = "linux")]
use super::proc_stat::{ProcStat, list_processes};
use super::profile_dir::ProfileDir;

/// The flags of every browser. No port is opened, no name resolves, and all other traffic, loopback
/// included, goes to a proxy that does not exist.
const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    // A page under test must never be throttled as a background page.
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
    // Smooth scrolling takes real time, which the page's own clock does not see.
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
    // What the address bar would open is drawn by two pages more for each window, which nobody sees
    // and which take as long to start as the page under test.
    "--disable-features=BackForwardCache,Translate,MediaRouter,OptimizationHints,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
];

/// How long a browser may take to close by itself.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(400);
/// How long the helpers of a killed browser may take to end.
const REAP_TIMEOUT: Duration = Duration::from_secs(2);

/// The program to start, and its flags.
#[derive(Debug, Clone, Default)]
pub struct LaunchOptions {
    pub program: PathBuf,
    /// The directories of `PATH`, the only part of the environment the browser gets.
    pub path: Vec<PathBuf>,
    pub flags: Vec<String>,
}

/// Why a browser did not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    #[error("cannot create a private folder for the browser: {0}")]
    Folder(String),
    #[error("cannot start the browser: {0}")]
    Process(String),
}

/// A running browser. Dropping it ends it, its helpers and its directory.
#[derive(Debug)]
pub struct ChromiumProcess {
    child: Child,
    group: Pid,
    profile_dir: ProfileDir,
    kill_switch: KillSwitch,
    /// Helpers that left the process group: the crash reporters.
    strays: Vec<Pid>,
    pub pipe: CdpPipe,
}

/// Ends a browser from another thread; all calls to it fail from then on.
#[derive(Debug, Clone, Default)]
pub struct KillSwitch(Arc<Mutex<KillState>>);

#[derive(Debug, Default)]
struct KillState {
    is_triggered: bool,
    group: Option<Pid>,
}

impl KillSwitch {
    /// Stops the browser.
    pub fn trigger(&self) {
        let mut stopping = self.lock();
        stopping.is_triggered = true;
        if let Some(group) = stopping.group {
            kill_group(group);
        }
    }

    /// Whether the browser was stopped by this switch.
    pub fn is_triggered(&self) -> bool {
        self.lock().is_triggered
    }

    /// Sets the process group to kill.
    fn set_group(&self, group: Option<Pid>) {
        let mut stopping = self.lock();
        stopping.group = group;
        if let Some(group) = group.filter(|_| stopping.is_triggered) {
            kill_group(group);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, KillState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChromiumProcess {
    /// Starts the browser.
    ///
    /// # Errors
    /// If the directory cannot be created or the program cannot be started.
    pub fn start(launch: &LaunchOptions, stop: KillSwitch) -> Result<Self, LaunchError> {
        let folder = ProfileDir::new().map_err(|e| LaunchError::Folder(e.to_string()))?;
        let failed = |error: std::io::Error| LaunchError::Process(error.to_string());
        let (to_us, from_browser) = std::io::pipe().map_err(failed)?;
        let (to_browser, from_us) = std::io::pipe().map_err(failed)?;
        let mut command = Command::new(&launch.program);
        let output = File::create(folder.path().join("said")).map_err(failed)?;
        configure_command(&mut command, launch, folder.path()).stderr(Stdio::from(output));
        command
            .fd_mappings(vec![
                FdMapping { parent_fd: to_browser.into(), child_fd: 3 },
                FdMapping { parent_fd: from_browser.into(), child_fd: 4 },
            ])
            .map_err(|error| LaunchError::Process(error.to_string()))?;
        become_subreaper();
        let child = command.spawn().map_err(|error| {
            release_subreaper();
            failed(error)
        })?;
        // The command still holds the browser's ends of the pipes; reads would never end.
        drop(command);
        let group = Pid::from_child(&child);
        stop.set_group(Some(group));
        let pipe = CdpPipe::new(to_us, from_us);
        Ok(Self { child, group, profile_dir: folder, kill_switch: stop, strays: Vec::new(), pipe })
    }

    /// Whether the process is still running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The process group of the browser and its helpers.
    pub fn group(&self) -> Pid {
        self.group
    }

    /// Replaces the switch that ends the browser.
    pub fn set_kill_switch(&mut self, stop: KillSwitch) {
        self.kill_switch.set_group(None);
        stop.set_group(Some(self.group));
        self.kill_switch = stop;
    }

    /// Records helpers that left the group: once dead they cannot be told from others.
    pub fn record_strays(&mut self) {
        for pid in find_strays(self.profile_dir.path()) {
            if pid != self.group && !self.strays.contains(&pid) {
                self.strays.push(pid);
            }
        }
    }

    /// The last line of the browser's standard error; empty if there is none.
    pub fn last_error_line(&self) -> String {
        let output = std::fs::read(self.profile_dir.path().join("said")).unwrap_or_default();
        let output =
            String::from_utf8_lossy(output.get(..4_000.min(output.len())).unwrap_or_default());
        let line = output.lines().rev().find(|line| !line.trim().is_empty());
        line.unwrap_or_default().to_owned()
    }

    /// Asks the browser to close, which leaves less behind than killing it.
    #[expect(clippy::disallowed_methods, reason = "a browser has to leave in real time")]
    fn close_gracefully(&mut self) {
        if self.pipe.post(None, "Browser.close", &serde_json::json!({})).is_err() {
            return;
        }
        let until = Instant::now() + CLOSE_TIMEOUT;
        while let Ok(_message) = self.pipe.receive(until) {}
    }
}

impl Drop for ChromiumProcess {
    fn drop(&mut self) {
        self.record_strays();
        if !self.kill_switch.is_triggered() {
            self.close_gracefully();
        }
        // Before its number can be reused by another process.
        self.kill_switch.set_group(None);
        kill_group(self.group);
        for stray in &self.strays {
            let _ended_by_itself = kill_process(*stray, Signal::KILL);
        }
        drop(self.child.wait());
        self.record_strays();
        reap(|| waitpgid(self.group, WaitOptions::NOHANG));
        for stray in &self.strays {
            reap(|| waitpid(Some(*stray), WaitOptions::NOHANG));
        }
        release_subreaper();
    }
}

fn configure_command<'c>(
    command: &'c mut Command,
    launch: &LaunchOptions,
    folder: &Path,
) -> &'c mut Command {
    command
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(FLAGS)
        .args(&launch.flags)
        .arg("about:blank")
        .current_dir(folder)
        // The game gets nothing of the user's environment, least of all a token.
        .env_clear()
        .env("PATH", std::env::join_paths(&launch.path).unwrap_or_default())
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .env("XDG_CONFIG_HOME", folder)
        .env("XDG_CACHE_HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .process_group(0);
    // The browser's own sandbox does not work for root.
    if rustix::process::geteuid().is_root() {
        command.arg("--no-sandbox");
    }
    command
}

/// Kills all processes of a group.
pub(super) fn kill_group(group: Pid) {
    let _gone_by_itself = kill_process_group(group, Signal::KILL);
}

/// Reaps ended helpers until there are none, or the timeout has passed.
#[expect(clippy::disallowed_methods, reason = "processes end in real time")]
fn reap<T>(wait: impl Fn() -> rustix::io::Result<Option<T>>) {
    let until = Instant::now() + REAP_TIMEOUT;
    while Instant::now() < until {
        match wait() {
            Ok(Some(_)) => {}
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Err(_) => return,
        }
    }
}

/// Children of this process that belong to the browser of this directory.
#[cfg(target_os = "linux")]
fn find_strays(folder: &Path) -> Vec<Pid> {
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let works = |process: &ProcStat| {
        let line = std::fs::read(process.proc_dir.join("cmdline")).unwrap_or_default();
        let is_told = String::from_utf8_lossy(&line).contains(&*folder.to_string_lossy());
        // Zombies have only their name.
        is_told || (process.is_zombie && process.name.starts_with("chrome_crashpad"))
    };
    let children = list_processes().filter(|process| process.parent == own);
    children.filter(works).filter_map(|process| Pid::from_raw(process.pid)).collect()
}

#[cfg(not(target_os = "linux"))]
fn find_strays(_folder: &Path) -> Vec<Pid> {
    Vec::new()
}

/// The number of running browsers of this process.
static RUNNING_BROWSERS: AtomicUsize = AtomicUsize::new(0);

/// Makes this process the parent of orphaned helpers, also where the init process does not reap
/// orphans, as in many containers.
fn become_subreaper() {
    RUNNING_BROWSERS.fetch_add(1, Ordering::SeqCst);
    #[cfg(target_os = "linux")]
    let _else_init_does = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

fn release_subreaper() {
    if RUNNING_BROWSERS.fetch_sub(1, Ordering::SeqCst) == 1 {
        #[cfg(target_os = "linux")]
        let _else_init_does = rustix::process::set_child_subreaper(None);
    }
}
