//! Does the library hold when many processes share it, and when they are killed?

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use codeagent::library::ListRange;
use rusqlite::Connection;

use crate::cli::User;
use crate::fake::{Answer, Hub, body};
use crate::library::{ask, home, library, set};

const PROCESSES: usize = 8;
const GAMES_EACH: usize = 25;
const AT_ONCE: usize = 5;
/// What a crash may cost of a reply.
const LOST_AT_MOST: Duration = Duration::from_secs(2);
const NO_WINDOWS: &str = "minute = 0\nhour = 0\nday = 0\n";

fn db(user: &User) -> Connection {
    Connection::open(home(user).join("library.db")).unwrap()
}

fn count(db: &Connection, sql: &str) -> usize {
    let number: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
    usize::try_from(number).unwrap()
}

/// Does the work for each number, so many at once.
fn at_once<T: Send>(threads: usize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let take = || Some(next.fetch_add(1, Ordering::SeqCst)).filter(|number| *number < count);
    let serve = || {
        for answer in std::iter::from_fn(take).map(&work) {
            done.lock().unwrap().push(answer);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(serve);
        }
    });
    done.into_inner().unwrap()
}

/// The most requests that arrived within any span of this length.
fn most_within(hub: &Hub, span: Duration) -> usize {
    let mut arrived: Vec<_> = hub.posts().iter().map(|request| request.arrived).collect();
    arrived.sort();
    let within = |from: &Duration| {
        arrived.iter().filter(|at| **at >= *from && at.saturating_sub(*from) < span).count()
    };
    arrived.iter().map(within).max().unwrap_or_default()
}

#[test]
fn eight_processes_share_one_limit_and_lose_nothing() {
    let user = User::new();
    set(&user, &format!("[limits]\nrunning = {AT_ONCE}\n{NO_WINDOWS}"));
    // The answer begins so late that whoever arrives meanwhile really runs at the same time.
    let span = Duration::from_millis(80);
    let hub = Hub::start(vec![Answer::chat_stream(body::GAME).after(span)]);
    let all = PROCESSES * GAMES_EACH;
    let runs = at_once(PROCESSES, all, |number| {
        ask(&user, &hub, &["new", &format!("game {number}"), "-o", "-", "-q"])
    });
    for run in runs {
        assert_eq!((run.code, run.err.as_str()), (0, ""));
    }
    let db = db(&user);
    assert_eq!(count(&db, "SELECT count(*) FROM requests"), all);
    assert_eq!(count(&db, "SELECT count(*) FROM requests WHERE ending = 'replied'"), all);
    assert_eq!(count(&db, "SELECT count(DISTINCT prompt) FROM versions"), all);
    assert_eq!(hub.posts().len(), all);
    let most = most_within(&hub, span);
    assert!(most <= AT_ONCE, "{most} at once");
    assert!(most > 1, "nothing ran at once, so nothing was tried");
}

/// How often a process is killed; `CODEAGENT_KILLS=500` for the long run.
fn kills() -> usize {
    let asked = std::env::var("CODEAGENT_KILLS").ok();
    asked.map_or(20, |count| count.parse().expect("a number of kills"))
}

/// Numbers that look random and are the same in every run.
fn scattered(number: usize, below: u64) -> u64 {
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33) % below
}

/// What was to be seen of one process that was killed.
struct Killed {
    prompt: String,
    /// It ended by itself before.
    finished: bool,
    /// How long the server had been answering.
    answering: Option<Duration>,
}

fn start(user: &User, hub: &Hub, prompt: &str, file: &str) -> Child {
    let mut command: Command = user.command(&["new", prompt, "-o", file, "-q"]);
    command.env("HF_TOKEN", "hf_testtesttesttest").env("CODEAGENT_BASE_URL", hub.url());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Starts a game and kills the process: a third while it starts, others while they listen; every
/// seventh is left alone.
fn kill_one(user: &User, hub: &Hub, number: usize) -> Killed {
    let prompt = format!("kill{number:04}");
    let mut child = start(user, hub, &prompt, &format!("{prompt}.html"));
    if number % 7 == 4 {
        let finished = child.wait().unwrap().success();
        return Killed { prompt, finished, answering: None };
    }
    let mut answering = None;
    if number.is_multiple_of(3) {
        std::thread::sleep(Duration::from_millis(scattered(number, 250)));
    } else {
        let is_asked = hub.wait_until(Duration::from_secs(20), |requests| {
            requests.iter().any(|request| request.body.contains(&format!("\"{prompt}\"")))
        });
        assert!(is_asked, "{prompt} never asked");
        let began = Instant::now();
        std::thread::sleep(Duration::from_millis(scattered(number, 4_500)));
        answering = Some(began.elapsed());
    }
    child.kill().unwrap();
    let finished = child.wait().unwrap().success();
    Killed { prompt, finished, answering }
}

#[test]
fn a_process_may_be_killed_at_any_moment() {
    let user = User::new();
    set(&user, &format!("[limits]\nrunning = 0\n{NO_WINDOWS}"));
    let reply = format!("```html\n{}\n```", body::GAME);
    let events = reply.chars().count() / 4;
    // Some four seconds of streaming.
    let pace = Duration::from_micros(4_000_000 / events as u64);
    let hub = Hub::start(vec![Answer::chat_stream(&reply).pace(pace)]);
    let killed = at_once(4, kills(), |number| kill_one(&user, &hub, number));
    assert_eq!(killed.len(), kills());
    nothing_is_broken(&user);
    for killed in &killed {
        is_finished_or_offered(&user, killed, &reply);
    }
    assert!(killed.iter().any(|killed| killed.finished), "none was left alone");
    let cut = killed.iter().filter(|killed| !killed.finished).count();
    let offered = user.run(&["library", "recover"]);
    assert_eq!(offered.code, 0, "{}", offered.err);
    assert!(!offered.out.is_empty() && offered.out.lines().count() <= cut);
    assert_eq!(user.run(&["library", "recover"]).out, "", "what was taken is not offered again");
}

fn nothing_is_broken(user: &User) {
    let library = library(user);
    let db = db(user);
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    assert_eq!(count(&db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let games = library.games(ListRange { offset: 0, limit: u32::MAX }).unwrap();
    for game in &games {
        let versions = library.versions(game.id).unwrap();
        assert_eq!(versions.len(), 1, "a game has its version or is not there");
        assert!(is_whole(&library.page_texts(versions[0].id).unwrap().html));
    }
    for file in
        user.files().iter().filter(|file| Path::new(file).extension() == Some("html".as_ref()))
    {
        assert!(file.starts_with(".codeagent-") || is_whole(&user.read(file)), "{file} is half");
    }
}

fn is_whole(html: &str) -> bool {
    html.contains("Content-Security-Policy") && html.trim_end().ends_with("</html>")
}

/// A finished game is a version; of any other the prompt is there, and what came but its last two
/// seconds.
fn is_finished_or_offered(user: &User, killed: &Killed, reply: &str) {
    let library = library(user);
    let unfinished = library.unfinished_replies().unwrap();
    let offered = unfinished.iter().find(|draft| draft.prompt == killed.prompt);
    let kept = library.search(&killed.prompt, 10).unwrap();
    let kept = kept.iter().any(|hit| hit.excerpt == killed.prompt);
    let prompt = &killed.prompt;
    if killed.finished {
        assert!(kept, "{prompt} ended well and is not in the library");
        assert!(offered.is_none(), "{prompt} ended well and is offered again");
        return;
    }
    let Some(answering) = killed.answering else { return };
    assert!(kept || offered.is_some(), "{prompt} was asked and is gone");
    if let Some(draft) = offered {
        assert!(reply.starts_with(&draft.reply), "{prompt}: {:?}", draft.reply);
        let had = answering.saturating_sub(LOST_AT_MOST).as_millis();
        // A busy machine may stream at a tenth of the pace.
        let least = reply.len() as u128 * had / 40_000;
        let kept = draft.reply.len() as u128;
        assert!(kept >= least, "{prompt} kept {kept} bytes, and at least {least} had come");
    }
}
