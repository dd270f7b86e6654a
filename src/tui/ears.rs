//! The thread that reads the terminal, and how it is made to leave it alone.
//!
//! It waits without a timeout, so at rest nothing runs; and it reads only when something
//! has come, so an editor that gets the terminal for a while gets all of its keys.

use std::time::Duration;

use crossterm::event::{Event, poll, read};
use tokio::sync::mpsc::UnboundedSender;

use super::answers::Late;
use super::probe::{self, Found, Question};
use crate::driver;

pub use rest::Ears;

/// What the thread has to tell.
#[derive(Debug)]
pub enum Heard {
    Event(Event),
    /// The terminal has answered, or has not in time.
    Found(Found),
    /// What the user's editor has left.
    Edited(Result<String, String>),
}

/// Long enough to look at what has come: crossterm looks at nothing in no time.
#[cfg(unix)]
const MOMENT: Duration = Duration::from_millis(1);

/// What the thread has with it.
#[derive(Debug)]
struct Listener {
    tell: UnboundedSender<Heard>,
    late: Option<Late>,
}

impl Listener {
    /// Tells what the terminal answers, and what was typed meanwhile.
    fn ask(tell: UnboundedSender<Heard>, question: Question) -> Self {
        let mut found = probe::hear(question, driver::now);
        let late = found.late.take().map(Late::new);
        let typed = std::mem::take(&mut found.typed);
        let all = std::iter::once(Heard::Found(found)).chain(typed.into_iter().map(Heard::Event));
        // A screen that is gone hears nothing.
        all.for_each(|heard| drop(tell.send(heard)));
        Self { tell, late }
    }

    /// Tells everything that has come. Nothing means that nobody is there any more.
    fn listen(&mut self, patience: Duration) -> Option<()> {
        while poll(patience).ok()? {
            let event = read().ok()?;
            if self.late.as_mut().is_some_and(|late| late.swallows(&event)) {
                continue;
            }
            self.tell.send(Heard::Event(event)).ok()?;
        }
        Some(())
    }
}

#[cfg(unix)]
mod rest {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

    use super::{Heard, Listener, MOMENT, Question};

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
        /// The last that comes.
        Gone,
    }

    impl Ears {
        /// Asks the question and listens from then on.
        #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
        pub fn listen(tell: UnboundedSender<Heard>, question: Question) -> std::io::Result<Self> {
            let (call, called) = UnixStream::pair()?;
            let (rests, resting) = channel();
            let weak = tell.downgrade();
            std::thread::spawn(move || {
                let listener = Listener::ask(tell, question);
                // The end of it ends what the screen hears.
                run(listener, called, &rests);
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

    fn run(mut listener: Listener, mut called: UnixStream, rests: &Sender<()>) -> Option<()> {
        loop {
            match wait(&called)? {
                Woke::Typed => listener.listen(MOMENT)?,
                Woke::Gone => return listener.listen(MOMENT),
                Woke::Called => {
                    called.read_exact(&mut [0]).ok()?;
                    rests.send(()).ok()?;
                    called.read_exact(&mut [0]).ok()?;
                }
            }
        }
    }

    fn wait(called: &UnixStream) -> Option<Woke> {
        let terminal = std::io::stdin();
        let mut waits = [PollFd::new(called, PollFlags::IN), PollFd::new(&terminal, PollFlags::IN)];
        while let Err(error) = poll(&mut waits, None) {
            if error != Errno::INTR {
                return None;
            }
        }
        let [call, typed] = waits.map(|wait| wait.revents());
        Some(if !call.is_empty() {
            Woke::Called
        } else if typed.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            Woke::Gone
        } else {
            Woke::Typed
        })
    }
}

#[cfg(not(unix))]
mod rest {
    use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
    use std::time::Duration;

    use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

    use super::{Heard, Listener, Question};

    /// There is no way to wait for two things here: how often the thread looks up.
    const LOOK_UP: Duration = Duration::from_millis(50);

    /// The way to the thread.
    #[derive(Debug)]
    pub struct Ears {
        call: Sender<()>,
        resting: Receiver<()>,
        tell: WeakUnboundedSender<Heard>,
    }

    impl Ears {
        #[expect(clippy::disallowed_methods, reason = "the terminal belongs to the screen alone")]
        pub fn listen(tell: UnboundedSender<Heard>, question: Question) -> std::io::Result<Self> {
            let (call, called) = channel();
            let (rests, resting) = channel();
            let weak = tell.downgrade();
            std::thread::spawn(move || {
                run(Listener::ask(tell, question), &called, &rests);
            });
            Ok(Self { call, resting, tell: weak })
        }

        pub fn tell(&self) -> Option<UnboundedSender<Heard>> {
            self.tell.upgrade()
        }

        pub fn rest(&mut self) {
            drop(self.call.send(()));
            self.resting.recv().ok();
        }

        pub fn go_on(&mut self) {
            drop(self.call.send(()));
        }
    }

    fn run(mut listener: Listener, called: &Receiver<()>, rests: &Sender<()>) -> Option<()> {
        loop {
            listener.listen(LOOK_UP)?;
            match called.try_recv() {
                Ok(()) => {
                    rests.send(()).ok()?;
                    called.recv().ok()?;
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return None,
            }
        }
    }
}
