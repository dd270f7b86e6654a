//! Keys come as keys here, and not as bytes.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use crossterm::event::{poll, read};
use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

use super::super::answers::Answers;
use super::{Heard, Question};

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
            // A screen that is gone hears nothing.
            drop(tell.send(Heard::Found(question.found(Answers::default()))));
            run(&tell, &called, &rests);
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

fn run(tell: &UnboundedSender<Heard>, called: &Receiver<()>, rests: &Sender<()>) -> Option<()> {
    loop {
        while poll(LOOK_UP).ok()? {
            tell.send(Heard::Event(read().ok()?)).ok()?;
        }
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
