//! Suspends the program until the shell continues it.

#[cfg(unix)]
pub use unix::{is_possible, suspend_group, suspend_self};
#[cfg(not(unix))]
pub use unsupported::{is_possible, suspend_group, suspend_self};

#[cfg(unix)]
mod unix {
    use rustix::process::{
        Signal, getpgrp, getpid, getsid, kill_current_process_group, kill_process,
    };

    /// Whether a shell can continue the program: one that gave it a process group of its own. In
    /// the group of the session leader it would stop for ever.
    pub fn is_possible() -> bool {
        getsid(None).is_ok_and(|session| session != getpgrp())
    }

    /// Suspends the process group; returns once it is continued.
    ///
    /// Uses SIGSTOP, because SIGTSTP has a handler of ours that cannot be removed.
    pub fn suspend_group() {
        // If the signal fails, the program just continues.
        kill_current_process_group(Signal::STOP).ok();
    }

    /// Suspends this process, if the others stop by themselves.
    pub fn suspend_self() {
        kill_process(getpid(), Signal::STOP).ok();
    }
}

#[cfg(not(unix))]
mod unsupported {
    //! Shells have no job control here.

    /// Whether a shell can continue the program: not on this system.
    pub fn is_possible() -> bool {
        false
    }

    /// Does nothing on this system.
    pub fn suspend_group() {}

    /// Does nothing on this system.
    pub fn suspend_self() {}
}
