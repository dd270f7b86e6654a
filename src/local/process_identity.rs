//! Which process is meant, whether it still runs, and its end.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sysinfo::{ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, Signal, System};

/// How long a server may take to end by itself.
pub(super) const END_TIMEOUT: Duration = Duration::from_secs(3);
/// How often it is looked whether it has.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// Which process is meant: numbers are used again, but not with the same time of start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    pub pid: u32,
    /// Seconds since 1970.
    pub started: u64,
}

impl ProcessIdentity {
    /// This program.
    pub fn own() -> Self {
        Self::of(std::process::id()).unwrap_or(Self { pid: std::process::id(), started: 0 })
    }

    /// The process of this number. `None` if there is none.
    pub fn of(pid: u32) -> Option<Self> {
        with_process(pid, |process| {
            // What nobody has waited for yet has ended all the same.
            let is_over = matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead);
            (!is_over).then(|| Self { pid, started: process.start_time() })
        })
    }

    /// Whether it runs. The system's clock may have been set by a second meanwhile.
    pub fn is_alive(self) -> bool {
        Self::of(self.pid).is_some_and(|now| now.started.abs_diff(self.started) <= 2)
    }

    /// Ends a process that this run did not start: asks, and after a moment kills. Blocks.
    pub fn end(self) {
        for signal in [Signal::Term, Signal::Kill] {
            if !self.is_alive() || !send_signal(self.pid, signal) {
                return;
            }
            let looks = END_TIMEOUT.as_millis() / LOOK_INTERVAL.as_millis();
            if (0..looks).any(|_| self.is_gone_after(LOOK_INTERVAL)) {
                return;
            }
        }
    }

    fn is_gone_after(self, wait: Duration) -> bool {
        std::thread::sleep(wait);
        !self.is_alive()
    }
}

/// Looks at a process. `None` if there is none of this number.
fn with_process<T>(pid: u32, look: impl Fn(&sysinfo::Process) -> Option<T>) -> Option<T> {
    let pid = sysinfo::Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    let only = ProcessRefreshKind::nothing().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, only);
    look(system.process(pid)?)
}

/// Whether the signal was sent; a system without signals ends the process at once.
pub(super) fn send_signal(pid: u32, signal: Signal) -> bool {
    let send = |process: &sysinfo::Process| {
        Some(process.kill_with(signal).unwrap_or_else(|| process.kill()))
    };
    with_process(pid, send).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_process_is_known_by_its_number_and_its_start() {
        let own = ProcessIdentity::own();
        assert!(own.started > 1_600_000_000 && own.is_alive());
        assert!(!ProcessIdentity { started: own.started - 100, ..own }.is_alive());
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let identity = ProcessIdentity::of(child.id()).unwrap();
        assert!(identity.is_alive());
        identity.end();
        assert!(!identity.is_alive(), "a zombie has ended");
        child.wait().unwrap();
        assert_eq!(ProcessIdentity::of(child.id()), None);
    }
}
