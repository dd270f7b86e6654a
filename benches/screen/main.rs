//! The screen beside programs of its kind, in one run: start, memory, rest, a 60 kB answer at full
//! speed, keys while it streams, stopping, colours, the library.
//!
//!     cargo install aichat tenere        # the peers; what is missing is left out
//!     cargo build --profile dist         # else the binary is measured as it is tested
//!     cargo bench --bench screen         # some two minutes, of silence elsewhere
//!
//! Every program runs in a pseudo-terminal of 120×40 and asks the same server on loopback. Times are
//! from outside: from a key to the first bytes that show its effect. Trust ratios before figures.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark that cannot go on has failed; it times and reports"
)]

mod answers;
mod colours;
mod keys;
mod programs;
mod rest;
mod search;
mod server;
mod starts;
mod table;
mod terminal;

use std::path::Path;
use std::process::Command;

use server::Server;
use table::{Row, Unit};

fn main() {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    programs::configure(home, &server.base);
    search::fill(home);
    eprintln!("measured: {}", programs::binary().display());
    table::head();
    starts::starts(home, &server, search::GAMES);
    starts::versions();
    rest::at_rest(home, &server);
    answers::answers(home, &server);
    keys::latencies(home, &server);
    keys::stopping(home, &server);
    colours::colours();
    search::search(home, &server);
    size(home);
}

/// Our binary without symbols.
fn size(home: &Path) {
    let copy = home.join("stripped");
    std::fs::copy(programs::binary(), &copy).unwrap();
    drop(Command::new("strip").arg(&copy).status());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let size = std::fs::metadata(&copy).map_or(f64::NAN, |told| told.len() as f64);
    Row::new("binary, stripped", Unit::Megabytes, size, 16e6, 12e6).print();
}
