//! Without Unix, crossterm reads the terminal and decodes its keys.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use crossterm::event::{poll, read};
use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

use super::super::query_replies::QueryReplies;
use super::{InputEvent, TerminalQuery};

/// How often the thread checks for a pause: `poll` cannot wait for two sources here.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Handle to the thread that reads the terminal.
#[derive(Debug)]
pub struct InputThread {
    control: Sender<()>,
    paused: Receiver<()>,
    sender: WeakUnboundedSender<InputEvent>,
}

impl InputThread {
    /// Starts the thread. Nothing is queried here, so the capabilities are those of the defaults.
    ///
    /// # Errors
    /// None on this system; the signature is that of Unix.
    #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
    pub fn start(
        sender: UnboundedSender<InputEvent>,
        query: TerminalQuery,
    ) -> std::io::Result<Self> {
        let (control, requests) = channel();
        let (acknowledge, paused) = channel();
        let weak = sender.downgrade();
        std::thread::spawn(move || {
            // A closed screen has no receiver.
            let capabilities = query.capabilities(QueryReplies::default());
            drop(sender.send(InputEvent::Capabilities(capabilities)));
            run(&sender, &requests, &acknowledge);
        });
        Ok(Self { control, paused, sender: weak })
    }

    /// A sender for other sources of input. `None` if the thread has ended.
    pub fn sender(&self) -> Option<UnboundedSender<InputEvent>> {
        self.sender.upgrade()
    }

    /// Makes the thread stop reading; blocks until it has.
    pub fn pause(&mut self) {
        drop(self.control.send(()));
        self.paused.recv().ok();
    }

    /// Makes a paused thread read again.
    pub fn resume(&mut self) {
        drop(self.control.send(()));
    }
}

fn run(
    sender: &UnboundedSender<InputEvent>,
    requests: &Receiver<()>,
    acknowledge: &Sender<()>,
) -> Option<()> {
    loop {
        while poll(POLL_INTERVAL).ok()? {
            sender.send(InputEvent::Terminal(read().ok()?)).ok()?;
        }
        match requests.try_recv() {
            Ok(()) => {
                acknowledge.send(()).ok()?;
                requests.recv().ok()?;
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return None,
        }
    }
}
