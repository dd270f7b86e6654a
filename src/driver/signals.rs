//! The signals that end the program: what had arrived is kept first.

#[cfg(not(unix))]
pub use elsewhere::Signals;
#[cfg(unix)]
pub use unix::Signals;

#[cfg(unix)]
mod unix {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// SIGINT, SIGTERM and SIGHUP.
    #[derive(Debug)]
    pub struct Signals(Vec<Signal>);

    impl Signals {
        /// Nobody listens yet: the signals do what they do by default.
        pub fn none() -> Self {
            Self(Vec::new())
        }

        /// Listens from now on; needs a running runtime.
        pub fn new() -> std::io::Result<Self> {
            let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
            kinds.into_iter().map(signal).collect::<std::io::Result<_>>().map(Self)
        }

        /// Waits for one of them.
        pub async fn next(&mut self) {
            if self.0.is_empty() {
                return std::future::pending().await;
            }
            let arrived = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
            futures_util::future::select_all(arrived).await;
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    /// Ctrl-C, the one signal that every platform has.
    #[derive(Debug)]
    pub struct Signals(bool);

    impl Signals {
        /// Nobody listens yet.
        pub fn none() -> Self {
            Self(false)
        }

        /// Listens from now on.
        pub fn new() -> std::io::Result<Self> {
            Ok(Self(true))
        }

        /// Waits for it.
        pub async fn next(&mut self) {
            if !self.0 || tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        }
    }
}
