//! Stops the program until the shell continues it.

#[cfg(unix)]
pub use unix::{is_possible, suspend_group, suspend_self};
#[cfg(not(unix))]
pub use unsupported::{is_possible, suspend_group, suspend_self};

#[cfg(unix)]
mod unix {
    use rustix::process::{
        Signal, getpgrp, getpid, getsid, kill_current_process_group, kill_process,
    };

    /// Whether somebody is there to continue it: a shell that has given us a group of our own.
    /// In the group of the session's leader we would stop for ever.
    pub fn is_possible() -> bool {
        getsid(None).is_ok_and(|session| session != getpgrp())
    }

    /// Stops everything that the shell started with us; comes back when it is continued.
    ///
    /// SIGSTOP, for SIGTSTP has a handler of ours that cannot be taken off.
    pub fn suspend_group() {
        // Who cannot be stopped goes on.
        kill_current_process_group(Signal::STOP).ok();
    }

    /// Stops this process, where the others stop by themselves.
    pub fn suspend_self() {
        kill_process(getpid(), Signal::STOP).ok();
    }
}

#[cfg(not(unix))]
mod unsupported {
    //! Here shells have no jobs.

    pub fn is_possible() -> bool {
        false
    }

    pub fn suspend_group() {}

    pub fn suspend_self() {}
}
