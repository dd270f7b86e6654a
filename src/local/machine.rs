//! What this machine has: memory, processors, and room on its disk.

use std::path::Path;

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// What this machine has, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineResources {
    pub memory: u64,
    /// What programs can have now without pushing others out.
    pub free_memory: u64,
    pub processors: usize,
}

impl MachineResources {
    /// Asks the system. In a container its limits count.
    pub fn read() -> Self {
        let memory = MemoryRefreshKind::nothing().with_ram();
        let system = System::new_with_specifics(RefreshKind::nothing().with_memory(memory)).ok();
        let (mut total, mut free) = system
            .as_ref()
            .map(|system| (system.total_memory(), system.available_memory()))
            .unwrap_or_default();
        if let Some(limits) = system.as_ref().and_then(System::cgroup_limits) {
            total = total.min(limits.total_memory);
            free = free.min(limits.total_memory.saturating_sub(limits.rss));
        }
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { memory: total, free_memory: free, processors }
    }
}

/// The bytes that this user can still write below the folder, or below the nearest one that exists.
/// `None` if the system does not say.
#[cfg(unix)]
pub fn free_disk(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|folder| folder.exists())?;
    let disk = rustix::fs::statvfs(existing).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The bytes that this user can still write; nobody looks on this system.
#[cfg(not(unix))]
pub fn free_disk(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_something() {
        let machine = MachineResources::read();
        assert!(machine.memory > 1 << 28 && machine.processors > 0, "{machine:?}");
        assert!(machine.free_memory <= machine.memory);
        assert!(free_disk(Path::new("/no/such/folder")).is_some());
    }
}
