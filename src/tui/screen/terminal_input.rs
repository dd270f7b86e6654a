//! The input of the terminal: a thread reads it, and a channel delivers it.

use tokio::sync::mpsc;

use crate::tui::input_thread::{InputEvent, InputThread};
use crate::tui::terminal_query::TerminalQuery;

/// The events of the terminal, and the thread that reads them.
pub(super) struct TerminalInput {
    /// The channel closes when the terminal is gone.
    pub events: mpsc::UnboundedReceiver<InputEvent>,
    /// The sender for the input thread. `None` once that has started.
    sender: Option<mpsc::UnboundedSender<InputEvent>>,
    /// `None` before the first frame, and if the thread could not be started.
    pub thread: Option<InputThread>,
}

impl Default for TerminalInput {
    fn default() -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        Self { events, sender: Some(sender), thread: None }
    }
}

impl TerminalInput {
    /// Starts the thread, which expects the replies to this query.
    pub fn start(&mut self, query: TerminalQuery) {
        // The only sender is given away, so that the end of the thread closes the channel.
        let thread = self.sender.take().map(|sender| InputThread::start(sender, query));
        self.thread = thread.and_then(Result::ok);
    }
}
