//! Waits for the terminal and for pause requests at once, with `poll`.

use std::io::{Read, Stdin, Write, stdin};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

use super::super::decoder::InputDecoder;
use super::super::query_replies::QueryReplies;
use super::super::terminal_query::QUERY_TIMEOUT;
use super::{InputEvent, TerminalQuery};
use crate::driver::now;

/// Handle to the thread that reads the terminal.
#[derive(Debug)]
pub struct InputThread {
    control: UnixStream,
    paused: Receiver<()>,
    sender: WeakUnboundedSender<InputEvent>,
}

/// Why `poll` returned.
enum PollResult {
    InputReady,
    PauseRequested,
    /// The deadline passed without input.
    TimedOut,
}

impl InputThread {
    /// Starts the thread, which also collects the replies to `query`.
    ///
    /// # Errors
    /// If the socket pair for pause requests cannot be created.
    #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
    pub fn start(
        sender: UnboundedSender<InputEvent>,
        query: TerminalQuery,
    ) -> std::io::Result<Self> {
        let (wake_sender, wake_receiver) = UnixStream::pair()?;
        let (pause_confirmed, paused) = channel();
        let weak = sender.downgrade();
        std::thread::spawn(move || {
            let open_query = Some((query, now() + QUERY_TIMEOUT));
            let listener = InputListener {
                sender,
                open_query,
                reported: None,
                decoder: InputDecoder::default(),
                terminal: stdin(),
            };
            // When the thread ends, the screen's channel closes.
            listener.run(wake_receiver, &pause_confirmed);
        });
        Ok(Self { control: wake_sender, paused, sender: weak })
    }

    /// A sender for other sources of input. `None` if the thread has ended.
    pub fn sender(&self) -> Option<UnboundedSender<InputEvent>> {
        self.sender.upgrade()
    }

    /// Makes the thread stop reading; blocks until it has.
    pub fn pause(&mut self) {
        // A thread that has ended is paused too.
        drop(self.control.write_all(b"r"));
        self.paused.recv().ok();
    }

    /// Makes the thread read again.
    pub fn resume(&mut self) {
        drop(self.control.write_all(b"g"));
    }
}

/// The thread's state.
#[derive(Debug)]
struct InputListener {
    sender: UnboundedSender<InputEvent>,
    /// The query and until when its replies count. `None` once they were reported.
    open_query: Option<(TerminalQuery, Instant)>,
    /// The replies reported last.
    reported: Option<QueryReplies>,
    decoder: InputDecoder,
    /// Standard input, because macOS cannot poll `/dev/tty`.
    terminal: Stdin,
}

impl InputListener {
    /// Reads until the terminal or the receiver is gone.
    fn run(mut self, mut wake_receiver: UnixStream, pause_confirmed: &Sender<()>) -> Option<()> {
        loop {
            match self.wait(&wake_receiver)? {
                PollResult::InputReady => self.read()?,
                PollResult::TimedOut => self.decoder.handle_timeout(now()),
                PollResult::PauseRequested => {
                    self.decoder.finish();
                    self.send_events()?;
                    wake_receiver.read_exact(&mut [0]).ok()?;
                    pause_confirmed.send(()).ok()?;
                    wake_receiver.read_exact(&mut [0]).ok()?;
                }
            }
            self.send_events()?;
        }
    }

    /// Reads what is ready. `None` at the end of input.
    fn read(&mut self) -> Option<()> {
        let mut buffer = [0; 4_096];
        match rustix::io::read(&self.terminal, &mut buffer) {
            Ok(length @ 1..) => {
                self.decoder.feed(buffer.get(..length).unwrap_or_default(), now());
                Some(())
            }
            Err(Errno::INTR | Errno::AGAIN) => Some(()),
            Ok(0) | Err(_) => None,
        }
    }

    /// Sends the decoded events. `None` if the receiver is gone.
    fn send_events(&mut self) -> Option<()> {
        self.send_capabilities()?;
        for event in self.decoder.take_events() {
            self.sender.send(InputEvent::Terminal(event)).ok()?;
        }
        Some(())
    }

    /// Sends the capabilities with the device attributes reply, and again if further replies arrive
    /// in time. `None` if the receiver is gone.
    fn send_capabilities(&mut self) -> Option<()> {
        let Some((query, until)) = self.open_query else { return Some(()) };
        let answers = self.decoder.replies;
        let is_over = query.is_answered(answers) || until <= now();
        let is_due = is_over || self.reported.is_none() && answers.sixel.is_some();
        if is_over {
            self.open_query = None;
        }
        if is_due && self.reported.replace(answers) != Some(answers) {
            self.sender.send(InputEvent::Capabilities(query.capabilities(answers))).ok()?;
        }
        Some(())
    }

    /// How long to wait for input. `None` without a limit.
    fn poll_timeout(&self) -> Option<Duration> {
        let answers = self.open_query.map(|(_, until)| until);
        let next = answers.into_iter().chain(self.decoder.deadline()).min()?;
        // Rounded up; otherwise it would wake just before the deadline, and again.
        Some(next.saturating_duration_since(now()) + Duration::from_micros(1))
    }

    fn wait(&self, wake_receiver: &UnixStream) -> Option<PollResult> {
        let mut waits =
            [PollFd::new(wake_receiver, PollFlags::IN), PollFd::new(&self.terminal, PollFlags::IN)];
        loop {
            let patience = self.poll_timeout().map(Timespec::try_from).transpose().ok()?;
            match poll(&mut waits, patience.as_ref()) {
                Ok(0) => return Some(PollResult::TimedOut),
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(_) => return None,
            }
        }
        let [wake, _] = waits.map(|wait| wait.revents());
        // Of a closed terminal the end of input is read.
        Some(if wake.is_empty() { PollResult::InputReady } else { PollResult::PauseRequested })
    }
}
