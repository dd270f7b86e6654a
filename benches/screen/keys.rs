//! From a key to what it does on the screen: at rest, while a reply streams, and when it stops.

use std::path::Path;
use std::time::Duration;

use crate::programs::Ours;
use crate::server::Server;
use crate::table::{Row, Unit, median, milliseconds, percentile};
use crate::terminal::{Terminal, since};

/// Keys for one row.
const KEYS: usize = 150;

pub fn latencies(home: &Path, server: &Server) {
    let idle = at_rest(home, server);
    print("key → screen at rest, p50 · p99", &idle, 0.010, 0.004);
    let paced = streaming(home, server, "paced");
    print("the same while 200 tokens a second come", &paced, 0.017, 0.010);
    let flood = streaming(home, server, "flood");
    print("the same while they come at full speed", &flood, 0.033, 0.016);
}

fn print(measure: &'static str, times: &[f64], pass: f64, aim: f64) {
    let (half, most) = (percentile(times, 0.5), percentile(times, 0.99));
    let told = format!("{} · {}", milliseconds(half), milliseconds(most));
    Row { told: Some(told), ..Row::new(measure, Unit::Milliseconds, most, pass, aim) }.print();
}

fn at_rest(home: &Path, server: &Server) -> Vec<f64> {
    let mut terminal = Ours::new(home, server, "m").ready();
    (0..KEYS).map(|turn| key(&mut terminal, turn)).collect()
}

/// Types while an answer streams, in as many answers as it takes.
fn streaming(home: &Path, server: &Server, model: &str) -> Vec<f64> {
    let mut times = Vec::new();
    while times.len() < KEYS {
        let ours = Ours::new(home, server, model);
        ours.forget_games();
        let mut terminal = ours.ready();
        server.forget();
        terminal.send("bats\x07");
        server.asked();
        terminal.wait("code", |screen| screen.contents().contains("const bat"));
        let mut turn = 0;
        while times.len() < KEYS {
            let time = key(&mut terminal, turn);
            // What was typed at the end of the answer is not counted.
            if server.has_sent() {
                break;
            }
            times.push(time);
            turn += 1;
        }
        assert!(turn > 0, "the whole answer came before one key was shown");
    }
    times
}

/// Types a letter that is nowhere else, or takes it back, at no fixed pace.
fn key(terminal: &mut Terminal, turn: usize) -> f64 {
    let (key, is_there) = if turn.is_multiple_of(2) { ("Ω", true) } else { ("\x7f", false) };
    let sent = terminal.send(key);
    let shown =
        terminal.wait("what was typed", |screen| screen.contents().contains('Ω') == is_there);
    let pause = 5 + (turn * 7) % 23;
    terminal.idle(Duration::from_millis(pause as u64));
    since(sent, shown)
}

pub fn stopping(home: &Path, server: &Server) {
    let stops: Vec<_> = (0..7).map(|_| stop(home, server)).collect();
    let shown = median(&stops.iter().map(|(shown, _)| *shown).collect::<Vec<_>>());
    let closed = median(&stops.iter().map(|(_, closed)| *closed).collect::<Vec<_>>());
    Row::new("Esc Esc → cancelled on the screen", Unit::Milliseconds, shown, 0.05, 0.02).print();
    Row::new("Esc Esc → the connection is closed", Unit::Milliseconds, closed, 0.05, 0.02).print();
}

fn stop(home: &Path, server: &Server) -> (f64, f64) {
    let ours = Ours::new(home, server, "paced");
    ours.forget_games();
    let mut terminal = ours.ready();
    server.forget();
    terminal.send("bats\x07");
    terminal.wait("code", |screen| screen.contents().contains("const bat"));
    terminal.send("\x1b");
    terminal.shows("Esc again");
    terminal.idle(Duration::from_millis(50));
    let sent = terminal.send("\x1b");
    let shown = terminal.shows("cancelled");
    (since(sent, shown), since(sent, server.left()))
}
