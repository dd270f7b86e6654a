//! What a program costs that nobody touches. All rest at once: none disturbs the others.

use std::path::Path;
use std::time::Duration;

use crate::programs::{Ours, aichat, is_there, tenere};
use crate::server::Server;
use crate::table::{Row, Unit};
use crate::terminal::{Terminal, Used};

const REST: Duration = Duration::from_secs(10);

struct Resting {
    name: &'static str,
    terminal: Terminal,
    used: Used,
    bytes: usize,
}

/// What was used in ten seconds.
struct Rested {
    name: &'static str,
    resident: f64,
    cpu: f64,
    woken: f64,
    bytes: f64,
}

impl Resting {
    fn begin(name: &'static str, mut terminal: Terminal) -> Self {
        terminal.idle(Duration::from_secs(1));
        let (used, bytes) = (terminal.used(), terminal.bytes);
        Self { name, terminal, used, bytes }
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn end(mut self) -> Rested {
        let used = self.terminal.used();
        self.terminal.idle(Duration::from_millis(20));
        Rested {
            name: self.name,
            resident: self.terminal.resident(),
            cpu: used.cpu - self.used.cpu,
            woken: (used.switches - self.used.switches) as f64,
            bytes: (self.terminal.bytes - self.bytes) as f64,
        }
    }
}

pub fn at_rest(home: &Path, server: &Server) {
    let ours = Ours { flags: &[], ..Ours::new(home, server, "m") };
    ours.forget_games();
    let mut resting = vec![Resting::begin("codeagent", ours.ready())];
    if is_there("aichat") {
        resting.push(Resting::begin("aichat", aichat(home).0));
    }
    if is_there("tenere") {
        resting.push(Resting::begin("tenere", tenere(home).0));
    }
    // What was used before all rest is not counted.
    for one in &mut resting {
        (one.used, one.bytes) = (one.terminal.used(), one.terminal.bytes);
    }
    std::thread::sleep(REST);
    let mut rested = resting.into_iter().map(Resting::end);
    let ours = rested.next().unwrap();
    print(&ours, &rested.collect::<Vec<_>>());
}

fn print(ours: &Rested, peers: &[Rested]) {
    let row = |measure, unit, of: fn(&Rested) -> f64, pass, aim| {
        let beside = peers.iter().map(|peer| (peer.name, of(peer))).collect();
        Row { beside, ..Row::new(measure, unit, of(ours), pass, aim) }.print();
    };
    row("at rest: resident memory", Unit::Mebibytes, |it| it.resident, 16.0, 10.0);
    row("processor time in 10 s of rest", Unit::Milliseconds, |it| it.cpu, 0.002, 0.0);
    row("wake-ups in 10 s of rest", Unit::Count, |it| it.woken, 10.0, 0.0);
    row("bytes to the terminal in 10 s of rest", Unit::Count, |it| it.bytes, 0.0, 0.0);
}
