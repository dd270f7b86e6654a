//! The signals that end the program: what had arrived is kept first.

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
