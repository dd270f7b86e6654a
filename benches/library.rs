//! What a library of a hundred thousand versions costs: to open, list, search and undo.
//!
//! `CODEAGENT_VERSIONS` sets another number. The library is made anew in each run, in a temporary
//! folder, from games of ten versions whose code is some 6 kB of words that games use.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed; it reads its environment and reports"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use codeagent::library::{
    GameId, Library, ListRange, NewRequest, NewVersion, Provenance, UnixMillis, VersionId,
    VersionParent,
};
use criterion::{Criterion, criterion_group, criterion_main};

const EACH: u32 = 10;
const LIST: ListRange = ListRange { offset: 0, limit: 50 };

const NOUNS: [&str; 24] = [
    "ghost",
    "snake",
    "maze",
    "lantern",
    "bat",
    "owl",
    "tower",
    "graveyard",
    "pumpkin",
    "witch",
    "cat",
    "moon",
    "river",
    "forest",
    "castle",
    "spider",
    "candle",
    "skeleton",
    "raven",
    "fog",
    "key",
    "door",
    "potion",
    "bone",
];

fn noun(number: u32) -> &'static str {
    NOUNS.get(number as usize % NOUNS.len()).unwrap()
}

/// A page as models write them, with names of its own.
fn source(game: u32, version: u32) -> String {
    let mut code =
        String::from("<!doctype html>\n<title>Game</title>\n<canvas></canvas>\n<script>\n");
    for line in 0..60 {
        let (a, b) = (noun(game + line), noun(game * 7 + line * 3));
        writeln!(
            code,
            "function {a}{line}(dt) {{ {b}.x += speed * dt; if ({b}.x > canvas.width) score += {version}; }}"
        )
        .unwrap();
    }
    writeln!(code, "const unique{game} = {version};\n</script>").unwrap();
    code
}

fn version(game: u32, number: u32) -> NewVersion {
    let source = source(game, number);
    let prompt = format!("a {} game with a {}, change {number}", noun(game), noun(game / 24));
    NewVersion {
        title: format!("{} {} {game}", noun(game), noun(game / 24)),
        provenance: Provenance {
            prompt,
            engine: "huggingface".to_owned(),
            ..Provenance::default()
        },
        html: source.replace("<title>", "<meta http-equiv=\"Content-Security-Policy\"><title>"),
        source,
        findings: "[]".to_owned(),
        valid: true,
    }
}

fn fill(library: &mut Library, versions: u32) {
    for game in 0..versions / EACH {
        let mut place = VersionParent::NewGame;
        for number in 1..=EACH {
            let now = UnixMillis(1_790_000_000_000 + i64::from(game));
            place = VersionParent::After(
                library.save_version(place, &version(game, number), now).unwrap(),
            );
        }
    }
}

fn megabytes(path: &Path) -> u64 {
    path.metadata().map_or(0, |told| told.len() / 1_000_000)
}

/// Resident memory of this process, where the system tells it.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.unwrap_or("VmRSS: not told here").trim_start_matches("VmRSS:").trim().to_owned()
}

fn library(c: &mut Criterion) {
    let asked = std::env::var("CODEAGENT_VERSIONS").ok();
    let versions = asked.map_or(100_000, |count| count.parse().unwrap());
    let home = tempfile::tempdir().unwrap();
    let began = Instant::now();
    fill(&mut Library::open(home.path(), "fill").unwrap(), versions);
    let took = began.elapsed();
    println!("{versions} versions were made in {took:.0?} ({:.2?} each)", took / versions);
    println!("the file has {} MB", megabytes(&home.path().join("library.db")));
    println!("resident before it is opened: {}", resident());
    let mut library = Library::open(home.path(), "bench").unwrap();
    measure(c, &mut library, home.path(), GameId(i64::from(versions / EACH / 2)));
    println!("resident after it was used: {}", resident());
}

fn measure(c: &mut Criterion, library: &mut Library, home: &Path, game: GameId) {
    let mut group = c.benchmark_group("library");
    group.sample_size(20);
    group.bench_function("open", |b| b.iter(|| Library::open(home, "again").unwrap()));
    group.bench_function("list", |b| b.iter(|| library.games(black_box(LIST)).unwrap()));
    group.bench_function("versions", |b| b.iter(|| library.versions(game).unwrap()));
    for typed in ["g", "gh", "ghost", "ghost sna", "speed canvas", "unique77", "nothing"] {
        group.bench_function(format!("search {typed:?}"), |b| {
            b.iter(|| library.search(black_box(typed), 50).unwrap());
        });
    }
    group.bench_function("prompts", |b| b.iter(|| library.prompts("ghost", 20).unwrap()));
    group.bench_function("prompts, none", |b| b.iter(|| library.prompts("zebra", 20).unwrap()));
    group.bench_function("undo and redo", |b| {
        b.iter(|| (library.undo(game).unwrap(), library.redo(game).unwrap()));
    });
    let first = VersionId { game, number: 1 };
    group.bench_function("restore, first to last", |b| {
        b.iter(|| {
            library.restore(first).unwrap();
            library.restore(VersionId { number: EACH, ..first }).unwrap()
        });
    });
    let request =
        NewRequest { engine: "huggingface", model: "acme/coder".to_owned(), session: None };
    group.bench_function("ledger", |b| {
        let now = UnixMillis(1_790_000_000_000);
        b.iter(|| library.begin_request(&request, now, |_| Err::<(), ()>(())).unwrap());
    });
    group.finish();
}

criterion_group!(benches, library);
criterion_main!(benches);
