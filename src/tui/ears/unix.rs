//! Waits for the terminal and for a call at once, with `poll`.

use std::io::{Read, Stdin, Write, stdin};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

use super::super::answers::Answers;
use super::super::decoder::Decoder;
use super::super::probe::PATIENCE;
use super::{Heard, Question};
use crate::driver::now;

/// The way to the thread.
#[derive(Debug)]
pub struct Ears {
    call: UnixStream,
    resting: Receiver<()>,
    tell: WeakUnboundedSender<Heard>,
}

/// What the thread woke up for.
enum Woke {
    Typed,
    Called,
    /// Nothing has come in time.
    Waited,
}

impl Ears {
    /// Listens from now on, for the answers to the question as well.
    #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
    pub fn listen(tell: UnboundedSender<Heard>, question: Question) -> std::io::Result<Self> {
        let (call, called) = UnixStream::pair()?;
        let (rests, resting) = channel();
        let weak = tell.downgrade();
        std::thread::spawn(move || {
            let asked = Some((question, now() + PATIENCE));
            let listener = Listener {
                tell,
                asked,
                told: None,
                decoder: Decoder::default(),
                terminal: stdin(),
            };
            // The end of it ends what the screen hears.
            listener.run(called, &rests);
        });
        Ok(Self { call, resting, tell: weak })
    }

    /// For others who have something to tell: nothing once the terminal is gone.
    pub fn tell(&self) -> Option<UnboundedSender<Heard>> {
        self.tell.upgrade()
    }

    /// Has the thread leave the terminal alone; comes back when it does.
    pub fn rest(&mut self) {
        // A thread that has ended rests as well.
        drop(self.call.write_all(b"r"));
        self.resting.recv().ok();
    }

    pub fn go_on(&mut self) {
        drop(self.call.write_all(b"g"));
    }
}

/// What the thread has with it.
#[derive(Debug)]
struct Listener {
    tell: UnboundedSender<Heard>,
    /// What was asked, and until when the answers count. Nothing once all is told.
    asked: Option<(Question, Instant)>,
    /// The answers that were told last.
    told: Option<Answers>,
    decoder: Decoder,
    /// Standard input, for macOS cannot wait for `/dev/tty`.
    terminal: Stdin,
}

impl Listener {
    /// Listens until nobody is there any more.
    fn run(mut self, mut called: UnixStream, rests: &Sender<()>) -> Option<()> {
        loop {
            match self.wait(&called)? {
                Woke::Typed => self.read()?,
                Woke::Waited => self.decoder.tick(now()),
                Woke::Called => {
                    self.decoder.end();
                    self.tell()?;
                    called.read_exact(&mut [0]).ok()?;
                    rests.send(()).ok()?;
                    called.read_exact(&mut [0]).ok()?;
                }
            }
            self.tell()?;
        }
    }

    /// Reads what has come. Nothing means that no more comes.
    fn read(&mut self) -> Option<()> {
        let mut buffer = [0; 4_096];
        match rustix::io::read(&self.terminal, &mut buffer) {
            Ok(length @ 1..) => {
                self.decoder.hear(buffer.get(..length).unwrap_or_default(), now());
                Some(())
            }
            Err(Errno::INTR | Errno::AGAIN) => Some(()),
            Ok(0) | Err(_) => None,
        }
    }

    /// Tells what was heard. Nothing means that nobody listens any more.
    fn tell(&mut self) -> Option<()> {
        self.tell_answers()?;
        for event in self.decoder.take() {
            self.tell.send(Heard::Event(event)).ok()?;
        }
        Some(())
    }

    /// Tells the answers at the device answer, and anew where the rest comes in time.
    fn tell_answers(&mut self) -> Option<()> {
        let Some((question, until)) = self.asked else { return Some(()) };
        let answers = self.decoder.answers;
        let is_over = question.is_answered(answers) || until <= now();
        let is_due = is_over || self.told.is_none() && answers.sixel.is_some();
        if is_over {
            self.asked = None;
        }
        if is_due && self.told.replace(answers) != Some(answers) {
            self.tell.send(Heard::Found(question.found(answers))).ok()?;
        }
        Some(())
    }

    /// How long the thread sleeps at most. Nothing at rest: as long as it takes.
    fn patience(&self) -> Option<Duration> {
        let answers = self.asked.map(|(_, until)| until);
        let next = answers.into_iter().chain(self.decoder.deadline()).min()?;
        // Rounded up, or else it wakes just before, and again.
        Some(next.saturating_duration_since(now()) + Duration::from_micros(1))
    }

    fn wait(&self, called: &UnixStream) -> Option<Woke> {
        let mut waits =
            [PollFd::new(called, PollFlags::IN), PollFd::new(&self.terminal, PollFlags::IN)];
        loop {
            let patience = self.patience().map(Timespec::try_from).transpose().ok()?;
            match poll(&mut waits, patience.as_ref()) {
                Ok(0) => return Some(Woke::Waited),
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(_) => return None,
            }
        }
        let [call, _] = waits.map(|wait| wait.revents());
        // Of a terminal that has gone, the end is read.
        Some(if call.is_empty() { Woke::Typed } else { Woke::Called })
    }
}
