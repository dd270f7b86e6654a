//! Waits for the terminal and for a call at once, with `poll`.

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

/// The way to the thread.
#[derive(Debug)]
pub struct InputThread {
    control: UnixStream,
    paused: Receiver<()>,
    sender: WeakUnboundedSender<InputEvent>,
}

/// What the thread woke up for.
enum PollResult {
    InputReady,
    PauseRequested,
    /// Nothing has come in time.
    TimedOut,
}

impl InputThread {
    /// Listens from now on, for the answers to the question as well.
    #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
    pub fn start(
        tell: UnboundedSender<InputEvent>,
        question: TerminalQuery,
    ) -> std::io::Result<Self> {
        let (call, called) = UnixStream::pair()?;
        let (rests, resting) = channel();
        let weak = tell.downgrade();
        std::thread::spawn(move || {
            let asked = Some((question, now() + QUERY_TIMEOUT));
            let listener = InputListener {
                sender: tell,
                open_query: asked,
                reported: None,
                decoder: InputDecoder::default(),
                terminal: stdin(),
            };
            // The end of it ends what the screen hears.
            listener.run(called, &rests);
        });
        Ok(Self { control: call, paused: resting, sender: weak })
    }

    /// For others who have something to tell: nothing once the terminal is gone.
    pub fn sender(&self) -> Option<UnboundedSender<InputEvent>> {
        self.sender.upgrade()
    }

    /// Has the thread leave the terminal alone; comes back when it does.
    pub fn pause(&mut self) {
        // A thread that has ended rests as well.
        drop(self.control.write_all(b"r"));
        self.paused.recv().ok();
    }

    pub fn resume(&mut self) {
        drop(self.control.write_all(b"g"));
    }
}

/// What the thread has with it.
#[derive(Debug)]
struct InputListener {
    sender: UnboundedSender<InputEvent>,
    /// What was asked, and until when the answers count. Nothing once all is told.
    open_query: Option<(TerminalQuery, Instant)>,
    /// The answers that were told last.
    reported: Option<QueryReplies>,
    decoder: InputDecoder,
    /// Standard input, for macOS cannot wait for `/dev/tty`.
    terminal: Stdin,
}

impl InputListener {
    /// Listens until nobody is there any more.
    fn run(mut self, mut called: UnixStream, rests: &Sender<()>) -> Option<()> {
        loop {
            match self.wait(&called)? {
                PollResult::InputReady => self.read()?,
                PollResult::TimedOut => self.decoder.handle_timeout(now()),
                PollResult::PauseRequested => {
                    self.decoder.finish();
                    self.send_events()?;
                    called.read_exact(&mut [0]).ok()?;
                    rests.send(()).ok()?;
                    called.read_exact(&mut [0]).ok()?;
                }
            }
            self.send_events()?;
        }
    }

    /// Reads what has come. Nothing means that no more comes.
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

    /// Tells what was heard. Nothing means that nobody listens any more.
    fn send_events(&mut self) -> Option<()> {
        self.send_capabilities()?;
        for event in self.decoder.take_events() {
            self.sender.send(InputEvent::Terminal(event)).ok()?;
        }
        Some(())
    }

    /// Tells the answers at the device answer, and anew where the rest comes in time.
    fn send_capabilities(&mut self) -> Option<()> {
        let Some((question, until)) = self.open_query else { return Some(()) };
        let answers = self.decoder.replies;
        let is_over = question.is_answered(answers) || until <= now();
        let is_due = is_over || self.reported.is_none() && answers.sixel.is_some();
        if is_over {
            self.open_query = None;
        }
        if is_due && self.reported.replace(answers) != Some(answers) {
            self.sender.send(InputEvent::Capabilities(question.capabilities(answers))).ok()?;
        }
        Some(())
    }

    /// How long the thread sleeps at most. Nothing at rest: as long as it takes.
    fn poll_timeout(&self) -> Option<Duration> {
        let answers = self.open_query.map(|(_, until)| until);
        let next = answers.into_iter().chain(self.decoder.deadline()).min()?;
        // Rounded up, or else it wakes just before, and again.
        Some(next.saturating_duration_since(now()) + Duration::from_micros(1))
    }

    fn wait(&self, called: &UnixStream) -> Option<PollResult> {
        let mut waits =
            [PollFd::new(called, PollFlags::IN), PollFd::new(&self.terminal, PollFlags::IN)];
        loop {
            let patience = self.poll_timeout().map(Timespec::try_from).transpose().ok()?;
            match poll(&mut waits, patience.as_ref()) {
                Ok(0) => return Some(PollResult::TimedOut),
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(_) => return None,
            }
        }
        let [call, _] = waits.map(|wait| wait.revents());
        // Of a terminal that has gone, the end is read.
        Some(if call.is_empty() { PollResult::InputReady } else { PollResult::PauseRequested })
    }
}
