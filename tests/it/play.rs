//! A real browser plays pages of which the truth is known, and leaves nothing behind.
#![allow(clippy::print_stderr, reason = "what is skipped is skipped aloud")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use codeagent::compose::{Theme, compose};
use codeagent::game::{Source, Vetted, vet};
use codeagent::page::Lines;
use codeagent::play::{Grade, Lab, Places, Stop, Unplayed, Verdict, find, try_out};

use crate::truth::{Row, folder, rows};

/// Where the browser is; nothing where none is installed and none was promised.
pub fn lab() -> Option<Lab> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<_> = std::env::split_paths(&path).collect();
    let named = std::env::var_os("CODEAGENT_BROWSER").map(PathBuf::from);
    match find(&Places { named, path: path.clone(), roots: Vec::new() }) {
        Ok(program) => Some(Lab { program, path }),
        Err(why) => {
            let is_promised = std::env::var_os("CODEAGENT_NEEDS_BROWSER").is_some();
            assert!(!is_promised, "a browser was promised, but {why}");
            eprintln!("\n!!! SKIPPED: {why}, nothing was played !!!\n");
            None
        }
    }
}

fn vetted(html: &str) -> Vetted {
    vet(Source::new(html)).unwrap_or_else(|refused| panic!("refused: {}", refused.summary()))
}

fn read(file: &str) -> Vetted {
    vetted(&std::fs::read_to_string(folder().join(file)).unwrap())
}

/// Two at once: there are two processors, and a page's own time does not care.
fn both<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let (next, work) = (&next, &work);
            let places = move || items.get(next.fetch_add(1, Ordering::SeqCst));
            scope.spawn(move || std::iter::from_fn(places).for_each(work));
        }
    });
}

/// What does not agree with the truth, in words.
fn wrong(page: &Row, game: &Vetted, verdict: &Verdict) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(format!("{}: {what}", page.file));
    if verdict.grade().name() != page.verdict {
        say(format!("{} is told, {} is true", verdict.headline(game.original()), page.verdict));
    }
    let answered: Vec<_> = verdict.inputs.iter().map(|input| input.code()).collect();
    // One answer decides; others are looked for as long as there is time.
    if !page.keys.is_empty() && !page.keys.iter().any(|key| answered.contains(&key.as_str())) {
        say(format!("answers to {answered:?}, not to {:?}", page.keys));
    }
    if let Some(fails) = &page.fails {
        let missed = verdict.levels.all().into_iter().find(|(_, level)| *level == Some(false));
        let level = verdict.levels.all().into_iter().find(|(name, _)| name == fails).unwrap().1;
        if level != Some(false) {
            say(format!("should fail at {fails}, fails at {missed:?}"));
        }
    }
    let first = verdict.problems.first();
    if let Some(error) = &page.error {
        let said = first.map(|first| first.message.raw().to_owned()).unwrap_or_default();
        if !said.contains(error) {
            say(format!("says {said:?}, not {error:?}"));
        }
    }
    if let Some(line) = page.line {
        let at = first.and_then(|first| first.stack.first()).map(|at| at.original);
        let found = at.map(|at| Lines::new(game.original()).position(at).line);
        if found != Some(line) {
            say(format!("fails in line {found:?}, not {line}"));
        }
    }
    wrong
}

/// All pages as often as `CODEAGENT_PLAYS` says, else one in four.
#[test]
fn every_page_is_judged_right() {
    let Some(lab) = lab() else { return };
    let truth = rows();
    let times = std::env::var("CODEAGENT_PLAYS").ok().map(|times| times.parse::<u32>().unwrap());
    let few = truth.iter().skip(1).step_by(4);
    let pages: Vec<_> = if times.is_some() { truth.iter().collect() } else { few.collect() };
    let all_wrong = Mutex::new(Vec::new());
    for _ in 0..times.unwrap_or(1) {
        both(&pages, |page| {
            let game = read(&page.file);
            let verdict = try_out(&game, &lab, &Stop::default(), |_| {}).unwrap();
            all_wrong.lock().unwrap().extend(wrong(page, &game, &verdict));
        });
    }
    assert_eq!(all_wrong.into_inner().unwrap(), [""; 0]);
}

/// Every kind of the composer in every theme where `CODEAGENT_PLAYS` is set, else twenty of them.
#[test]
fn composed_games_respond() {
    let Some(lab) = lab() else { return };
    let all = crate::sheet::KINDS.iter().flat_map(|kind| Theme::ALL.map(|theme| (*kind, theme)));
    let is_all = std::env::var_os("CODEAGENT_PLAYS").is_some();
    let pairs: Vec<_> = if is_all { all.collect() } else { all.step_by(7).collect() };
    assert!(pairs.len() >= 20);
    let all_wrong = Mutex::new(Vec::new());
    both(&pairs, |(kind, theme)| {
        let made = compose(kind, 3, *theme);
        let game = vet(made.source).unwrap();
        let verdict = try_out(&game, &lab, &Stop::default(), |_| {}).unwrap();
        if verdict.grade() != Grade::Responds {
            let headline = verdict.headline(game.original());
            all_wrong.lock().unwrap().push(format!("{kind}, {theme}: {headline}"));
        }
    });
    assert_eq!(all_wrong.into_inner().unwrap(), [""; 0]);
}

const PLAIN: &str = "arrows.html";

/// The browsers that this process started, helpers and the dead ones included.
fn browsers() -> usize {
    let own = format!(" {} ", std::process::id());
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = all.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    // The shell of a package's launcher is one of them, too.
    stats
        .filter(|stat| {
            let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            rest.contains(&own) && rest.split_ascii_whitespace().nth(1) == Some(own.trim())
        })
        .count()
}

/// Folders of browsers that nobody uses: those of other processes at work are their own business.
fn folders() -> usize {
    let all = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let ours =
        all.filter(|entry| entry.file_name().to_string_lossy().starts_with("codeagent-play-"));
    let is_left = |entry: &std::fs::DirEntry| {
        std::fs::File::open(entry.path().join("in-use")).is_ok_and(|lock| lock.try_lock().is_ok())
    };
    ours.filter(is_left).count()
}

/// Fifty play-tests, ten of them stopped and ten with the browser killed from outside, where
/// `CODEAGENT_PLAYS` is set; else a fifth of it.
#[test]
fn nothing_is_left_behind() {
    let Some(lab) = lab() else { return };
    let each = if std::env::var_os("CODEAGENT_PLAYS").is_some() { 10 } else { 2 };
    let game = Arc::new(read(PLAIN));
    for round in 0..each {
        for _ in 0..3 {
            assert!(try_out(&game, &lab, &Stop::default(), |_| {}).is_ok());
        }
        let at = Duration::from_millis(300 * (round + 1));
        assert_eq!(cut(&game, &lab, at, Stop::stop), Err(Unplayed::Stopped));
        let killed = cut(&game, &lab, at, |_| kill_browsers());
        assert!(matches!(killed, Err(Unplayed::Lost | Unplayed::NoStart(_)) | Ok(_)), "{killed:?}");
        assert_eq!((browsers(), folders()), (0, 0));
    }
}

/// Plays, and does something to it after a while.
fn cut(
    game: &Arc<Vetted>,
    lab: &Lab,
    after: Duration,
    act: impl Fn(&Stop),
) -> Result<Verdict, Unplayed> {
    let stop = Stop::default();
    let (played, lab, stopped) = (Arc::clone(game), lab.clone(), stop.clone());
    let thread = std::thread::spawn(move || try_out(&played, &lab, &stopped, |_| {}));
    std::thread::sleep(after);
    act(&stop);
    thread.join().unwrap()
}

fn kill_browsers() {
    let own = std::process::id().to_string();
    std::process::Command::new("pkill").args(["-KILL", "-P", &own, "chrom"]).status().unwrap();
}

#[test]
fn a_stop_is_felt_at_once() {
    let Some(lab) = lab() else { return };
    for file in [PLAIN, "freeze-on-load.html"] {
        let game = Arc::new(read(file));
        let stop = Stop::default();
        let (told, heard) = std::sync::mpsc::channel();
        let (played, stopped) = (Arc::clone(&game), stop.clone());
        let lab = lab.clone();
        std::thread::spawn(move || {
            told.send(try_out(&played, &lab, &stopped, |_| {})).unwrap();
        });
        std::thread::sleep(Duration::from_millis(1_500));
        let began = Instant::now();
        stop.stop();
        assert_eq!(heard.recv().unwrap(), Err(Unplayed::Stopped));
        // Its folder and its helpers are gone by then, too.
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}

/// What a page tries on its own network, a listener would see. This page is shown as it is, without
/// the policy and the guard that every game gets: only the browser's own walls are left.
#[test]
fn a_page_does_not_reach_a_listening_server() {
    use codeagent::play::chromium::bare;
    let Some(lab) = lab() else { return };
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    server.set_nonblocking(true).unwrap();
    let page = format!(
        "<!DOCTYPE html><title>x</title><link rel=preconnect href=http://127.0.0.1:{port}>
        <img src=http://127.0.0.1:{port}/img><script>
        fetch('http://127.0.0.1:{port}/fetch').catch(() => 0);
        fetch('http://localhost:{port}/fetch').catch(() => 0);
        navigator.sendBeacon('http://127.0.0.1:{port}/beacon', 'x');
        try {{ new WebSocket('ws://127.0.0.1:{port}/socket') }} catch {{}}
        try {{ new EventSource('http://127.0.0.1:{port}/events') }} catch {{}}
        const peer = new RTCPeerConnection({{ iceServers: [{{ urls: 'turn:127.0.0.1:{port}?transport=tcp', username: 'a', credential: 'b' }}] }});
        peer.createDataChannel('x'); peer.createOffer().then((offer) => peer.setLocalDescription(offer));
        try {{ new WebTransport('https://127.0.0.1:{port}/') }} catch {{}}
        const frame = document.createElement('iframe'); frame.src = 'http://127.0.0.1:{port}/frame'; document.documentElement.append(frame);
        open('http://127.0.0.1:{port}/window');
        </script>"
    );
    let requests = bare(&page, &lab.program, &lab.path, 3_000.0);
    assert!(requests.iter().any(|url| url.ends_with("/fetch")), "{requests:?}");
    assert!(requests.iter().any(|url| url.ends_with("/img")), "{requests:?}");
    std::thread::sleep(Duration::from_millis(500));
    assert!(server.accept().is_err(), "somebody came");
}
