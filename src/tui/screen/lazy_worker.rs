//! A worker thread that starts with its first request, and the channel of its results.

use tokio::sync::mpsc;

/// A worker `W` that sends results `R`.
pub(super) struct LazyWorker<W, R> {
    /// `None` before the first request.
    worker: Option<W>,
    pub results: mpsc::UnboundedReceiver<R>,
    sender: mpsc::UnboundedSender<R>,
}

impl<W, R> Default for LazyWorker<W, R> {
    fn default() -> Self {
        let (sender, results) = mpsc::unbounded_channel();
        Self { worker: None, results, sender }
    }
}

impl<W, R> LazyWorker<W, R> {
    /// The worker, which `start` starts if it does not run yet.
    pub fn get_or_start(&mut self, start: impl FnOnce(mpsc::UnboundedSender<R>) -> W) -> &mut W {
        self.worker.get_or_insert_with(|| start(self.sender.clone()))
    }
}
