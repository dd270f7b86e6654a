//! The signals that end the program: what had arrived is kept first.

#[cfg(not(unix))]
pub use elsewhere::{JobControlSignals, Signals};
#[cfg(unix)]
pub use unix::{JobControlSignals, Signals};

/// Who wants the program to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Termination {
    /// SIGINT: addressed to the foreground program of the terminal.
    Interrupt,
    /// SIGTERM or SIGHUP.
    Demand,
}

/// What happens to a program that has a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobControl {
    /// It is to stop until it is continued.
    Suspend,
    /// It has been stopped, and goes on.
    Continued,
    /// The window has another size.
    Resized,
}

#[cfg(unix)]
mod unix {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{JobControl, Termination};

    /// SIGTSTP, SIGCONT and SIGWINCH.
    #[derive(Debug)]
    pub struct JobControlSignals([(Signal, JobControl); 3]);

    impl JobControlSignals {
        /// Listens from now on; needs a running runtime.
        ///
        /// # Errors
        ///
        /// The system refuses the handler.
        pub fn new() -> std::io::Result<Self> {
            // Tokio names only the signals that every Unix numbers alike.
            let suspend = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
            let continued = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
            Ok(Self([
                (signal(suspend)?, JobControl::Suspend),
                (signal(continued)?, JobControl::Continued),
                (signal(SignalKind::window_change())?, JobControl::Resized),
            ]))
        }

        /// Waits for the next signal.
        pub async fn next(&mut self) -> JobControl {
            let arrived = self.0.iter_mut().map(|(signal, _)| Box::pin(signal.recv()));
            let (_, index, _) = futures_util::future::select_all(arrived).await;
            self.0.get(index).map_or(JobControl::Resized, |(_, nudge)| *nudge)
        }
    }

    /// SIGINT, SIGTERM and SIGHUP.
    #[derive(Debug)]
    pub struct Signals(Vec<Signal>);

    impl Signals {
        /// Nobody listens yet: the signals do what they do by default.
        pub fn none() -> Self {
            Self(Vec::new())
        }

        /// Listens from now on; needs a running runtime.
        ///
        /// # Errors
        ///
        /// The system refuses the handler.
        pub fn new() -> std::io::Result<Self> {
            let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
            kinds.into_iter().map(signal).collect::<std::io::Result<_>>().map(Self)
        }

        /// Waits for one of them.
        pub async fn next(&mut self) -> Termination {
            if self.0.is_empty() {
                return std::future::pending().await;
            }
            let arrived = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
            match futures_util::future::select_all(arrived).await.1 {
                0 => Termination::Interrupt,
                _ => Termination::Demand,
            }
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use super::{Ending, Nudge};

    /// Programs are not stopped here, and sizes come with the keys.
    #[derive(Debug)]
    pub struct JobControlSignals(());

    impl JobControlSignals {
        /// Listens to nothing: no shell suspends programs here.
        ///
        /// # Errors
        ///
        /// Never.
        pub fn new() -> std::io::Result<Self> {
            Ok(Self(()))
        }

        /// Waits for the next signal.
        pub async fn next(&mut self) -> JobControl {
            std::future::pending().await
        }
    }

    /// Ctrl-C, the one signal that every platform has.
    #[derive(Debug)]
    pub struct Signals(bool);

    impl Signals {
        /// Nobody listens yet.
        pub fn none() -> Self {
            Self(false)
        }

        /// Listens from now on.
        ///
        /// # Errors
        ///
        /// Never.
        pub fn new() -> std::io::Result<Self> {
            Ok(Self(true))
        }

        /// Waits for it.
        pub async fn next(&mut self) -> Termination {
            if !self.0 || tokio::signal::ctrl_c().await.is_err() {
                return std::future::pending().await;
            }
            Termination::Interrupt
        }
    }
}
