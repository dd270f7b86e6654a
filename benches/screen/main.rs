//! The screen beside programs of its kind, in one run: start, memory, rest, a 60 kB answer at full
//! speed, keys while it streams, stopping.
//!
//!     cargo install aichat tenere        # the peers; what is missing is left out
//!     cargo bench --bench screen
//!
//! Every program runs in a pseudo-terminal of 120×40 and asks the same server on loopback. Times are
//! from outside: from a key to the first bytes that show its effect. Trust ratios before figures.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed; it times and reports"
)]

mod server;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use server::Server;
use terminal::Terminal;

const LONG: Duration = Duration::from_secs(30);
/// A start is short, and noise is not: the median of so many.
const STARTS: usize = 15;

fn main() {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    configure(home.path(), &server.base);
    println!("| measure | codeagent | beside it |\n| --- | --- | --- |");
    starts(home.path(), &server);
    versions();
    at_rest(home.path(), &server);
    answers(home.path(), &server);
    latencies(home.path(), &server);
    stopping(home.path(), &server);
    println!("\nbinary: {:.1} MB", stripped() / 1e6);
}

fn ours() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_codeagent"))
}

fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// What aichat and tenere need to ask our server.
fn configure(home: &Path, base: &str) {
    let aichat = format!(
        "model: local:m\nstream: true\nsave: false\nclients:\n- type: openai-compatible\n  name: local\n  api_base: {base}\n  api_key: x\n  models:\n  - name: m\n"
    );
    let tenere = format!(
        "llm = \"chatgpt\"\n[chatgpt]\nopenai_api_key = \"x\"\nmodel = \"m\"\nurl = \"{base}/chat/completions\"\n"
    );
    for (name, text) in [("aichat/config.yaml", aichat), ("tenere/config.toml", tenere)] {
        let path = home.join(".config").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Our screen with this model and its own home in `home`.
fn screen(home: &Path, server: &Server, model: &str) -> Terminal {
    let env = [
        ("HF_TOKEN", "hf_benchmark".to_owned()),
        ("CODEAGENT_BASE_URL", server.base.clone()),
        ("CODEAGENT_MODEL", model.to_owned()),
        ("CODEAGENT_HOME", home.join("codeagent").display().to_string()),
    ];
    let ours = ours().display().to_string();
    let mut terminal = Terminal::start(&ours, &["--no-play-test".to_owned()], &env, home);
    terminal.shows("1 Prompt", LONG).unwrap();
    terminal
}

fn aichat(home: &Path) -> Terminal {
    let mut terminal = Terminal::start("aichat", &[], &[], home);
    terminal.shows("local:m", LONG).unwrap();
    terminal.until(Duration::from_millis(300), |_| false);
    terminal
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few hundred values"
    )]
    let at = (values.len() as f64 * part) as usize;
    values[at.min(values.len() - 1)]
}

fn row(measure: &str, ours: &str, beside: &str) {
    println!("| {measure} | {ours} | {beside} |");
}

fn ms(time: f64) -> String {
    format!("{:.1} ms", time * 1e3)
}

/// From the start of the process to its first useful frame, all in turn so that noise meets all.
fn starts(home: &Path, server: &Server) {
    let (mut own, mut cat, mut talk, mut ten) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut own_cpu, mut cat_cpu) = (Vec::new(), Vec::new());
    drop_home(home);
    for _ in 0..STARTS {
        let mut floor = Terminal::start("cat", &[], &[], home);
        floor.send("floor\n");
        let twice = |screen: &vt100::Screen| screen.contents().matches("floor").count() > 1;
        cat.push(since(floor.began, floor.until(LONG, twice)));
        cat_cpu.push(floor.used().cpu);
        floor.end();
        let began = Instant::now();
        let ours = screen(home, server, "m");
        own.push(since(ours.began, Some(Instant::now())).min(began.elapsed().as_secs_f64()));
        own_cpu.push(ours.used().cpu);
        ours.end();
        if is_there("aichat") {
            let mut peer = Terminal::start("aichat", &[], &[], home);
            talk.push(since(peer.began, peer.shows("local:m", LONG)));
            peer.end();
        }
        if is_there("tenere") {
            let mut peer = Terminal::start("tenere", &[], &[], home);
            ten.push(since(
                peer.began,
                peer.until(LONG, |screen| !screen.contents().trim().is_empty()),
            ));
            peer.end();
        }
    }
    let beside = [("cat", cat), ("aichat", talk), ("tenere", ten)];
    let beside = beside.into_iter().filter(|(_, times)| !times.is_empty());
    let beside: Vec<_> =
        beside.map(|(name, times)| format!("{name} {}", ms(median(times)))).collect();
    row("start → first frame", &ms(median(own)), &beside.join(", "));
    row("processor for it", &ms(median(own_cpu)), &format!("cat {}", ms(median(cat_cpu))));
}

fn drop_home(home: &Path) {
    drop(std::fs::remove_dir_all(home.join("codeagent")));
}

fn since(began: Instant, at: Option<Instant>) -> f64 {
    at.map_or(f64::NAN, |at| at.saturating_duration_since(began).as_secs_f64())
}

fn versions() {
    let time = |program: &Path| {
        let began = Instant::now();
        drop(Command::new(program).arg("--version").stdout(Stdio::null()).status());
        began.elapsed().as_secs_f64()
    };
    let own = median((0..STARTS).map(|_| time(&ours())).collect());
    let peer = is_there("aichat")
        .then(|| median((0..STARTS).map(|_| time(Path::new("aichat"))).collect()));
    row(
        "--version",
        &ms(own),
        &peer.map_or_else(String::new, |time| format!("aichat {}", ms(time))),
    );
}

fn at_rest(home: &Path, server: &Server) {
    let rest = |terminal: &mut Terminal| {
        terminal.idle(Duration::from_secs(2));
        let (before, bytes) = (terminal.used(), terminal.bytes);
        terminal.idle(Duration::from_secs(10));
        let after = terminal.used();
        let (cpu, woken) = (after.cpu - before.cpu, after.switches - before.switches);
        format!(
            "{:.1} MiB · {:.1} ms · {woken} wake-ups · {} bytes",
            terminal.resident(),
            cpu * 1e3,
            terminal.bytes - bytes
        )
    };
    let mut ours = screen(home, server, "m");
    let own = rest(&mut ours);
    ours.end();
    let peers = ["aichat", "tenere"].into_iter().filter(|name| is_there(name)).map(|name| {
        let mut peer = Terminal::start(name, &[], &[], home);
        let told = rest(&mut peer);
        peer.end();
        format!("{name} {told}")
    });
    row("at rest for 10 s", &own, &peers.collect::<Vec<_>>().join("; "));
}

/// One answer: seconds to its last line, processor seconds, bytes to the terminal.
fn one_answer(
    terminal: &mut Terminal,
    server: &Server,
    end: impl Fn(&vt100::Screen) -> bool,
    keys: &str,
) -> [f64; 3] {
    server.forget();
    let (before, bytes) = (terminal.used().cpu, terminal.bytes);
    terminal.send(keys);
    let asked = server.asked();
    let shown = terminal.until(LONG, end);
    // What is coloured late is part of it.
    terminal.idle(Duration::from_millis(300));
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let written = (terminal.bytes - bytes) as f64;
    [since(asked, shown), terminal.used().cpu - before, written]
}

fn answers(home: &Path, server: &Server) {
    drop_home(home);
    let finished = |screen: &vt100::Screen| {
        let contents = screen.contents();
        contents.contains("✓ complete") && contents.contains("</html>")
    };
    let run = |model: &str| {
        let mut terminal = screen(home, server, model);
        terminal.idle(Duration::from_millis(500));
        let told = one_answer(&mut terminal, server, finished, "bats\x07");
        let resident = terminal.resident();
        terminal.end();
        (told, resident)
    };
    let runs: Vec<_> = (0..5).map(|_| run("full60")).collect();
    let big: Vec<_> = (0..3).map(|_| run("full240")).collect();
    let of = |runs: &[([f64; 3], f64)], at: usize| {
        median(runs.iter().map(|(told, _)| told[at]).collect())
    };
    let peer = is_there("aichat").then(|| {
        let runs = (0..3).map(|_| {
            let mut terminal = aichat(home);
            let done = |screen: &vt100::Screen| screen.contents().contains("</html>");
            let told = one_answer(&mut terminal, server, done, "bats\r");
            let resident = terminal.resident();
            terminal.end();
            (told, resident)
        });
        runs.collect::<Vec<_>>()
    });
    let beside = |at: usize, unit: fn(f64) -> String| {
        peer.as_ref().map_or_else(String::new, |runs| format!("aichat {}", unit(of(runs, at))))
    };
    let seconds = |time: f64| format!("{time:.3} s");
    let kilobytes = |bytes: f64| format!("{:.0} kB", bytes / 1e3);
    let curl = curl(server);
    row(
        "60 kB: request → last line, coloured and checked",
        &seconds(of(&runs, 0)),
        &format!("{}, curl {curl}", beside(0, seconds)),
    );
    row("processor for it", &seconds(of(&runs, 1)), &beside(1, seconds));
    row("bytes to the terminal", &kilobytes(of(&runs, 2)), &beside(2, kilobytes));
    row(
        "processor for 240 kB",
        &format!("{} ({:.1} ×)", seconds(of(&big, 1)), of(&big, 1) / of(&runs, 1)),
        "",
    );
    let resident = median(runs.iter().map(|(_, resident)| *resident).collect());
    row(
        "resident after 60 kB",
        &format!("{resident:.1} MiB"),
        &peer.map_or_else(String::new, |runs| {
            format!("aichat {:.1} MiB", median(runs.iter().map(|run| run.1).collect()))
        }),
    );
    growth(home, server);
}

/// How much is kept of twenty games more.
fn growth(home: &Path, server: &Server) {
    let mut terminal = screen(home, server, "full60");
    let game = |terminal: &mut Terminal, number: usize| {
        // A new game each time: a change would send the whole page back.
        let saved = format!("version {number}.1");
        terminal.send("\x0e");
        terminal.send(&format!("bats {number}\x07"));
        terminal.until(LONG, |screen| screen.contents().contains(&saved)).is_some()
    };
    let first = (1..=50).find(|number| game(&mut terminal, *number) || *number > 8);
    let before = terminal.resident();
    let from = first.unwrap_or(1) + 1;
    let made = (from..from + 20).filter(|number| game(&mut terminal, *number)).count();
    row(
        "growth over twenty such",
        &format!("{:.1} MiB ({made} made)", terminal.resident() - before),
        "",
    );
    terminal.end();
}

fn curl(server: &Server) -> String {
    let time = || {
        let began = Instant::now();
        let body = "{\"model\":\"full60\"}";
        let url = format!("{}/chat/completions", server.base);
        let status =
            Command::new("curl").args(["-sN", "-d", body, &url]).stdout(Stdio::null()).status();
        status.is_ok().then(|| began.elapsed().as_secs_f64())
    };
    let times: Vec<_> = (0..5).filter_map(|_| time()).collect();
    if times.is_empty() { "is not there".to_owned() } else { format!("{:.3} s", median(times)) }
}

fn latencies(home: &Path, server: &Server) {
    for (name, model) in
        [("idle", None), ("200 tokens/s", Some("paced")), ("full speed", Some("flood"))]
    {
        let mut terminal = screen(home, server, model.unwrap_or("m"));
        terminal.idle(Duration::from_millis(500));
        if model.is_some() {
            terminal.send("bats\x07");
            terminal.shows("stream", LONG).unwrap();
            terminal.idle(Duration::from_millis(400));
        }
        let mut times = keys(&mut terminal);
        let (half, most) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
        row(
            &format!("key → screen, {name}: p50 · p99"),
            &format!("{} · {}", ms(half), ms(most)),
            "",
        );
        terminal.end();
    }
}

/// Types a letter that is nowhere else and takes it back, again and again.
fn keys(terminal: &mut Terminal) -> Vec<f64> {
    let mut times = Vec::new();
    for turn in 0..150 {
        let (key, is_there) = if turn % 2 == 0 { ("Ω", true) } else { ("\x7f", false) };
        let sent = terminal.send(key);
        let shown = terminal
            .until(Duration::from_secs(5), |screen| screen.contents().contains('Ω') == is_there);
        times.push(since(sent, shown));
        terminal.idle(Duration::from_millis(7));
    }
    times
}

fn stopping(home: &Path, server: &Server) {
    let (mut shown, mut closed) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        drop_home(home);
        let mut terminal = screen(home, server, "paced");
        terminal.idle(Duration::from_millis(300));
        server.forget();
        terminal.send("bats\x07");
        server.asked();
        terminal.idle(Duration::from_millis(500));
        terminal.send("\x1b");
        terminal.shows("Esc again", LONG).unwrap();
        let sent = terminal.send("\x1b");
        let stopped = terminal.until(LONG, |screen| screen.contents().contains("stopped"));
        shown.push(since(sent, stopped));
        closed.push(since(sent, Some(server.left())));
        terminal.end();
    }
    row("Esc Esc → stopped on the screen", &ms(median(shown)), "");
    row("… → connection closed (the server writes each 5 ms)", &ms(median(closed)), "");
}

/// The size of our binary without symbols.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn stripped() -> f64 {
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("codeagent");
    std::fs::copy(ours(), &copy).unwrap();
    drop(Command::new("strip").arg(&copy).status());
    std::fs::metadata(&copy).map_or(0.0, |told| told.len() as f64)
}
