//! A game of 60 kB that comes as fast as it can be read: how soon it is on the screen, coloured
//! and checked, what that costs, and what is kept of it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use vt100::Screen;

use crate::programs::{Ours, aichat, is_there, tenere};
use crate::server::{Server, page};
use crate::table::{Limit, Row, Unit, median, milliseconds};
use crate::terminal::{Terminal, since};

/// The last line of the page.
const LAST: &str = "</html>";
/// F8, as xterm sends it.
const NEW_GAME: &str = "\x1b[19~";
/// How many games memory is watched over.
const GAMES: usize = 20;

/// What one answer took, until its last line was shown as it stays.
struct Answer {
    time: f64,
    cpu: f64,
    bytes: f64,
    resident: f64,
}

pub fn answers(home: &Path, server: &Server) {
    let small: Vec<_> = (0..5).map(|_| ours(home, server, "full60")).collect();
    let large: Vec<_> = (0..3).map(|_| ours(home, server, "full240")).collect();
    let has_aichat = is_there("aichat");
    let peer: Vec<_> =
        (0..if has_aichat { 3 } else { 0 }).map(|_| of_aichat(home, server)).collect();
    let floors = [("curl", curl(server)), ("cat of the page", cat(home))];
    let broken = if is_there("tenere") { of_tenere(home, server) } else { String::new() };
    print(&small, &large, &peer, floors, broken);
    growth(home, server);
}

fn of(answers: &[Answer], which: fn(&Answer) -> f64) -> f64 {
    median(&answers.iter().map(which).collect::<Vec<_>>())
}

fn print(
    small: &[Answer],
    large: &[Answer],
    peer: &[Answer],
    floors: [(&'static str, f64); 2],
    broken: String,
) {
    let row = |measure, unit, which: fn(&Answer) -> f64, pass, aim| Row {
        beside: vec![("aichat", of(peer, which))],
        ..Row::new(measure, unit, of(small, which), pass, aim)
    };
    let third = |which| Limit::beside("0.3 × aichat", 0.3 * of(peer, which));
    let half = |which| Limit::beside("0.5 × aichat", 0.5 * of(peer, which));
    let mut time = row(
        "60 kB at full speed: request → last line, coloured and checked",
        Unit::Milliseconds,
        |it| it.time,
        0.15,
        0.06,
    );
    time.beside.extend(floors);
    time.pass.push(third(|it| it.time));
    time.remark = broken;
    time.print();
    let mut cpu = row("processor time for it", Unit::Milliseconds, |it| it.cpu, 0.2, 0.08);
    cpu.pass.push(half(|it| it.cpu));
    cpu.print();
    let (one, four) = (of(small, |it| it.cpu), of(large, |it| it.cpu));
    let told = format!("{:.1} × ({})", four / one, milliseconds(four));
    Row {
        told: Some(told),
        ..Row::new("growth of that from 60 to 240 kB", Unit::Times, four / one, 4.5, 4.0)
    }
    .print();
    row("bytes to the terminal for it", Unit::Kilobytes, |it| it.bytes, 120e3, 30e3).print();
    row("resident memory after it", Unit::Mebibytes, |it| it.resident, 32.0, 20.0).print();
}

/// Sends the keys and watches until it looks like the end; what comes late is part of the cost.
fn one(
    terminal: &mut Terminal,
    server: &Server,
    keys: &str,
    (what, looks): (&str, impl Fn(&Screen) -> bool),
) -> Answer {
    server.forget();
    let (before, bytes) = (terminal.used().cpu, terminal.bytes);
    terminal.send(keys);
    let asked = server.asked();
    let shown = terminal.wait(what, looks);
    terminal.idle(Duration::from_millis(300));
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let bytes = (terminal.bytes - bytes) as f64;
    let (cpu, resident) = (terminal.used().cpu - before, terminal.resident());
    Answer { time: since(asked, shown), cpu, bytes, resident }
}

fn ours(home: &Path, server: &Server, model: &str) -> Answer {
    let ours = Ours::new(home, server, model);
    ours.forget_games();
    let checked =
        |screen: &Screen| screen.contents().contains("✓ complete") && is_coloured(screen, LAST);
    one(&mut ours.ready(), server, "bats\x07", ("the last line, coloured, and a verdict", checked))
}

/// Whether the text stands there in another colour than the empty cells at the end of its row.
fn is_coloured(screen: &Screen, text: &str) -> bool {
    let (_, columns) = screen.size();
    let rows = (0_u16..).zip(screen.rows(0, columns));
    let found = rows.filter_map(|(row, line)| {
        let at = line.find(text)?;
        let column = u16::try_from(line.get(..at)?.chars().count()).ok()?;
        Some((screen.cell(row, column)?.fgcolor(), screen.cell(row, columns - 3)?.fgcolor()))
    });
    found.into_iter().any(|(text, ground)| text != ground)
}

fn has_last(screen: &Screen) -> bool {
    screen.contents().contains(LAST)
}

fn of_aichat(home: &Path, server: &Server) -> Answer {
    let (mut terminal, _) = aichat(home);
    terminal.idle(Duration::from_millis(300));
    one(&mut terminal, server, "bats\r", ("the last line", has_last))
}

/// tenere takes each read for one event and stops where it is not. Says so, with how far it came.
fn of_tenere(home: &Path, server: &Server) -> String {
    server.forget();
    let (mut terminal, _) = tenere(home);
    for keys in ["i", "bats", "\x1b", "\r"] {
        terminal.send(keys);
        terminal.idle(Duration::from_millis(200));
    }
    server.asked();
    if terminal.until(Duration::from_secs(3), has_last).is_some() {
        return "tenere shows it within 3 s".to_owned();
    }
    let contents = terminal.contents();
    let mut said =
        contents.lines().map(str::trim).filter(|line| !line.is_empty() && !is_frame(line));
    let last = said.next_back().unwrap_or_default().replace('|', "\\|");
    format!("tenere breaks: 3 s after it was sent all, its last line is `{last}`")
}

fn is_frame(line: &str) -> bool {
    line.starts_with(['┏', '┃', '┗'])
}

/// Reads everything and shows nothing.
fn curl(server: &Server) -> f64 {
    let url = format!("{}/chat/completions", server.base);
    let time = || {
        let began = Instant::now();
        let mut curl = Command::new("curl");
        curl.args(["-sN", "-d", "{\"model\":\"full60\"}", &url]).stdout(Stdio::null());
        curl.status().is_ok().then(|| began.elapsed().as_secs_f64())
    };
    median(&(0..5).filter_map(|_| time()).collect::<Vec<_>>())
}

/// Shows everything and reads nothing.
fn cat(home: &Path) -> f64 {
    std::fs::write(home.join("page.html"), page(60_000)).unwrap();
    let time = || {
        let wait_and_show = ["-c", "echo ready; read go; exec cat page.html"];
        let mut terminal = Terminal::start("sh", &wait_and_show, &[], home);
        terminal.shows("ready");
        let sent = terminal.send("\n");
        since(sent, terminal.wait("the last line", has_last))
    };
    median(&(0..5).map(|_| time()).collect::<Vec<_>>())
}

/// How much is kept of twenty games more, each one new: a change would send the page back.
fn growth(home: &Path, server: &Server) {
    let ours = Ours::new(home, server, "full60");
    ours.forget_games();
    let mut terminal = ours.ready();
    let mut game = |number: usize| {
        server.forget();
        terminal.send(NEW_GAME);
        terminal.send(&format!("bats {number}\x07"));
        server.asked();
        // The title of the prompt: the sentence in the status may break before the number.
        terminal.shows(&format!("Bats {number}.1"));
        terminal.idle(Duration::from_millis(100));
        terminal.resident()
    };
    let first = game(1);
    let last = (2..=GAMES + 1).map(game).last().unwrap_or(f64::NAN);
    Row::new("its growth over 20 such games", Unit::Mebibytes, last - first, 8.0, 0.0).print();
}
