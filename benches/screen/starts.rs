//! From the start of a process to its first useful frame; all in turn, so that noise meets all.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::programs::{Ours, aichat, binary, is_there, tenere};
use crate::server::Server;
use crate::table::{Limit, Row, Unit, median};
use crate::terminal::{Terminal, since};

/// A start is short, and noise is not: the median of so many.
const STARTS: usize = 15;

#[derive(Default)]
struct Starts {
    floor: Vec<f64>,
    floor_cpu: Vec<f64>,
    ours: Vec<f64>,
    ours_cpu: Vec<f64>,
    /// With ten thousand versions in the library.
    full: Vec<f64>,
    aichat: Vec<f64>,
    tenere: Vec<f64>,
}

/// `games` is the folder in `home` that has the large library.
pub fn starts(home: &Path, server: &Server, games: &str) {
    let empty = Ours { flags: &[], ..Ours::new(home, server, "m") };
    let full = Ours { games, flags: &[], ..Ours::new(home, server, "m") };
    let (has_aichat, has_tenere) = (is_there("aichat"), is_there("tenere"));
    let mut all = Starts::default();
    empty.forget_games();
    for _ in 0..STARTS {
        let (time, cpu) = floor(home);
        all.floor.push(time);
        all.floor_cpu.push(cpu);
        let (terminal, shown) = empty.start();
        all.ours_cpu.push(terminal.used().cpu);
        all.ours.push(since(terminal.began, shown));
        drop(terminal);
        all.full.push(time_of(full.start()));
        all.aichat.extend(has_aichat.then(|| time_of(aichat(home))));
        all.tenere.extend(has_tenere.then(|| time_of(tenere(home))));
    }
    all.print();
}

fn time_of((terminal, shown): (Terminal, Instant)) -> f64 {
    since(terminal.began, shown)
}

/// The least a program can do: `cat`, which says back what is typed.
fn floor(home: &Path) -> (f64, f64) {
    let mut terminal = Terminal::start("cat", &[], &[], home);
    terminal.send("floor\n");
    let twice = |screen: &vt100::Screen| screen.contents().matches("floor").count() > 1;
    let shown = terminal.wait("what was typed", twice);
    (since(terminal.began, shown), terminal.used().cpu)
}

impl Starts {
    fn print(&self) {
        let (floor, aichat, tenere) =
            (median(&self.floor), median(&self.aichat), median(&self.tenere));
        let row = |measure, ours: &[f64]| Row {
            beside: vec![("cat", floor), ("aichat", aichat), ("tenere", tenere)],
            pass: vec![
                Limit::beside("cat + 15 ms", floor + 0.015),
                Limit::beside("1.25 × aichat", 1.25 * aichat),
            ],
            aim: Limit::beside("tenere", tenere),
            ..Row::new(measure, Unit::Milliseconds, median(ours), f64::NAN, f64::NAN)
        };
        row("start → first useful frame", &self.ours).print();
        row("the same with 10,000 versions in the library", &self.full).print();
        let cpu = median(&self.floor_cpu);
        Row {
            beside: vec![("cat", cpu)],
            pass: vec![Limit::beside("cat + 8 ms", cpu + 0.008)],
            aim: Limit::beside("cat + 8 ms", cpu + 0.008),
            ..Row::new(
                "processor time until then",
                Unit::Milliseconds,
                median(&self.ours_cpu),
                f64::NAN,
                f64::NAN,
            )
        }
        .print();
    }
}

pub fn versions() {
    let time = |program: &Path| {
        let began = Instant::now();
        drop(Command::new(program).arg("--version").stdout(Stdio::null()).status());
        began.elapsed().as_secs_f64()
    };
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    let has_aichat = is_there("aichat");
    for _ in 0..2 * STARTS {
        ours.push(time(&binary()));
        peer.extend(has_aichat.then(|| time(Path::new("aichat"))));
    }
    let peer = median(&peer);
    Row {
        beside: vec![("aichat", peer)],
        pass: vec![Limit::beside("2 × aichat", 2.0 * peer)],
        aim: Limit::beside("aichat", peer),
        ..Row::new("`--version`", Unit::Milliseconds, median(&ours), f64::NAN, f64::NAN)
    }
    .print();
}
