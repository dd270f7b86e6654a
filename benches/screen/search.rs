//! A library of ten thousand versions, and finding a game in it from the screen.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use codeagent::library::{Library, NewVersion, Provenance, UnixMillis, VersionParent};

use crate::programs::Ours;
use crate::server::Server;
use crate::table::{Row, Unit, milliseconds, percentile};
use crate::terminal::{Terminal, since};

/// The folder of the large library.
pub const GAMES: &str = "ten-thousand";

const COUNT: u32 = 1_000;
const EACH: u32 = 10;
const NOUNS: [&str; 8] = ["ghost", "snake", "maze", "owl", "tower", "moon", "raven", "fog"];

/// Makes the library: games of ten versions, of which each has a word of its own in title and code.
pub fn fill(home: &Path) {
    let mut library = Library::open(&home.join(GAMES), "fill").unwrap();
    for game in 0..COUNT {
        let mut place = VersionParent::NewGame;
        for number in 1..=EACH {
            let now = UnixMillis(1_790_000_000_000 + i64::from(game));
            place = VersionParent::After(
                library.save_version(place, &version(game, number), now).unwrap(),
            );
        }
    }
}

fn noun(number: u32) -> &'static str {
    NOUNS[number as usize % NOUNS.len()]
}

fn version(game: u32, number: u32) -> NewVersion {
    let mut source = String::from("<!doctype html>\n<title>Game</title>\n<script>\n");
    for line in 0..60 {
        let (a, b) = (noun(game + line), noun(game * 7 + line * 3));
        writeln!(source, "function {a}{line}(dt) {{ {b}.x += dt * {number}; score += {line}; }}")
            .unwrap();
    }
    writeln!(source, "const hidden{game:04} = {number};\n</script>").unwrap();
    let prompt = format!("a {} game, change {number}", noun(game));
    NewVersion {
        title: format!("{} game{game:04}", noun(game)),
        provenance: Provenance {
            prompt,
            engine: "huggingface".to_owned(),
            ..Provenance::default()
        },
        html: source.clone(),
        source,
        findings: "[]".to_owned(),
        valid: true,
    }
}

pub fn search(home: &Path, server: &Server) {
    let mut terminal = Ours { games: GAMES, ..Ours::new(home, server, "m") }.ready();
    let times: Vec<_> = (0..20)
        .flat_map(|turn| {
            let game = turn * 47 + 3;
            ["game", "hidden"].map(|word| find(&mut terminal, word, game))
        })
        .collect();
    let (half, most) = (percentile(&times, 0.5), percentile(&times, 0.99));
    let measure = "library of 10,000 versions: last letter → the found game, p50 · p99";
    let told = Some(format!("{} · {}", milliseconds(half), milliseconds(most)));
    Row { told, ..Row::new(measure, Unit::Milliseconds, most, 0.02, 0.005) }.print();
}

/// Opens the list, types a word of which ten games have the beginning, and times its last letter.
fn find(terminal: &mut Terminal, word: &str, game: u32) -> f64 {
    terminal.send("\x1bOR");
    terminal.shows("Enter opens");
    let tens = game / 10;
    terminal.send(&format!("{word}{tens:03}"));
    let neighbour = format!("game{tens:03}{}", (game + 1) % 10);
    terminal.wait("ten games", |screen| {
        screen.contents().contains(&neighbour) && screen.contents().contains("1 of 10┃")
    });
    let (last, wanted) = (format!("{}", game % 10), format!("game{game:04}"));
    let sent = terminal.send(&last);
    let shown = terminal.wait("the game", |screen| {
        screen.contents().contains(&wanted) && !screen.contents().contains(&neighbour)
    });
    terminal.send("\x1b");
    terminal.wait("the panes again", |screen| !screen.contents().contains("Enter opens"));
    terminal.idle(Duration::from_millis(10));
    since(sent, shown)
}
