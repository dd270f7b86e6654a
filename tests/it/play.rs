//! A real browser plays pages of which the truth is known, and leaves nothing behind.
#![allow(clippy::print_stderr, reason = "what is skipped is skipped aloud")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use codeagent::compose::{GameTheme, compose, kind_prompts};
use codeagent::game::{HtmlSource, Vetted, vet};
use codeagent::page::LineIndex;
use codeagent::play::{
    BrowserConfig, BrowserPaths, GamePlayer, Grade, KillSwitch, PlayTestError, Verdict,
    find_browser, play_test_once,
};

use crate::cli::{Run, User};
use crate::truth::{Row, folder, rows};

/// Where the browser is; nothing where none is installed and none was promised.
pub fn lab() -> Option<BrowserConfig> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<_> = std::env::split_paths(&path).collect();
    let named = std::env::var_os("CODEAGENT_BROWSER").map(PathBuf::from);
    match find_browser(&BrowserPaths {
        override_program: named,
        path: path.clone(),
        roots: Vec::new(),
    }) {
        Ok(program) => Some(BrowserConfig { program, path }),
        Err(why) => {
            let is_promised = std::env::var_os("CODEAGENT_NEEDS_BROWSER").is_some();
            assert!(!is_promised, "a browser was promised, but {why}");
            eprintln!("\n!!! SKIPPED: {why}, nothing was played !!!\n");
            None
        }
    }
}

fn vetted(html: &str) -> Vetted {
    vet(HtmlSource::new(html)).unwrap_or_else(|refused| panic!("refused: {}", refused.summary()))
}

fn read(file: &str) -> Vetted {
    vetted(&std::fs::read_to_string(folder().join(file)).unwrap())
}

#[test]
fn the_example_for_small_models_is_a_game_that_plays() {
    let game = vetted(include_str!("../../assets/prompts/example.html"));
    assert!(game.findings().is_empty(), "{:?}", game.findings());
    let Some(lab) = lab() else { return };
    let verdict = play_test_once(&game, &lab, &KillSwitch::default(), |_| ()).unwrap();
    assert_eq!(verdict.grade(), Grade::Responds, "{:?}", verdict.problems);
}

#[test]
fn a_game_that_reloads_itself_without_end_comes_to_a_verdict() {
    let Some(lab) = lab() else { return };
    let game = |when: &str| {
        vetted(&format!(
            "<!doctype html><meta charset=utf-8><meta name=viewport content=width=device-width>\
             <title>Frog</title><canvas id=c width=300 height=300></canvas><script>\
             let x = 20; const pen = c.getContext('2d');\
             addEventListener('keydown', () => {{ x += 20; draw(); }});\
             function draw() {{ pen.clearRect(0, 0, 300, 300); pen.fillRect(x, 90, 40, 40); }} draw();\
             {when} location.reload();</script>"
        ))
    };
    let play = |game| play_test_once(&game, &lab, &KillSwitch::default(), |_| ()).unwrap();
    let verdict = play(game(""));
    assert_eq!(verdict.grade(), Grade::Broken);
    let message = verdict.problems[0].message.headline(80);
    assert!(message.contains("reloads itself again and again"), "{message}");
    // The phone's window alone: what comes there never makes a game broken.
    let verdict = play(game("if (innerWidth < 500)"));
    assert_eq!(verdict.grade(), Grade::Responds, "{:?}", verdict.problems);
}

/// Two at once, each in one browser for all: there are two processors, and a page's own time does
/// not care.
fn both<T: Sync>(items: &[T], lab: &BrowserConfig, work: impl Fn(&T, &mut GamePlayer) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let (next, work, mut player) = (&next, &work, GamePlayer::new(lab.clone()));
            let places = move || items.get(next.fetch_add(1, Ordering::SeqCst));
            scope.spawn(move || std::iter::from_fn(places).for_each(|it| work(it, &mut player)));
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
        let missed = verdict.checks.all().into_iter().find(|(_, level)| *level == Some(false));
        let level = verdict.checks.all().into_iter().find(|(name, _)| name == fails).unwrap().1;
        if level != Some(false) {
            say(format!("should fail at {fails}, fails at {missed:?}"));
        }
    }
    for (name, truth) in [("restarts", page.restarts), ("touch", page.touch)] {
        let told = verdict.checks.all().into_iter().find(|(known, _)| *known == name).unwrap().1;
        if truth.is_some() && told != truth {
            say(format!("{name} is {told:?}, {truth:?} is true"));
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
        let found = at.map(|at| LineIndex::new(game.original()).position(at).line);
        if found != Some(line) {
            say(format!("fails in line {found:?}, not {line}"));
        }
    }
    wrong
}

/// All pages as often as `CODEAGENT_PLAYS` says, else one in six.
#[test]
fn every_page_is_judged_right() {
    let Some(lab) = lab() else { return };
    let truth = rows();
    let times = std::env::var("CODEAGENT_PLAYS").ok().map(|times| times.parse::<u32>().unwrap());
    let few = truth.iter().skip(1).step_by(6);
    let pages: Vec<_> = if times.is_some() { truth.iter().collect() } else { few.collect() };
    let all_wrong = Mutex::new(Vec::new());
    for _ in 0..times.unwrap_or(1) {
        both(&pages, &lab, |page, player| {
            let game = read(&page.file);
            let verdict = player.play_test(&game, &KillSwitch::default(), |_| {}).unwrap();
            all_wrong.lock().unwrap().extend(wrong(page, &game, &verdict));
        });
    }
    assert_eq!(all_wrong.into_inner().unwrap(), [""; 0]);
}

/// What one game keeps, hangs or breaks down, the next one in the same browser does not notice.
#[test]
fn a_game_leaves_nothing_to_the_next_one() {
    let Some(lab) = lab() else { return };
    let nosy = vetted(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>x</title></head><body><h1>Nosy</h1><p id=\"p\">0</p>\
         <script>if (localStorage.getItem('seen')) throw new Error('somebody was here');\
         addEventListener('keydown', () => { localStorage.setItem('seen', 'yes'); \
         p.textContent += ' pressed'; });</script></body></html>",
    );
    let mut player = GamePlayer::new(lab);
    let mut play = |game: &Vetted| {
        let verdict = player.play_test(game, &KillSwitch::default(), |_| {}).unwrap();
        player.prepare_next();
        verdict
    };
    let first = play(&nosy);
    assert_eq!(first.grade(), Grade::Responds, "{:?}", first.problems);
    for file in ["freeze-on-load.html", "endless-alerts.html", "out-of-memory.html"] {
        assert_eq!(play(&read(file)).grade(), Grade::Broken, "{file}");
        let again = play(&nosy);
        assert_eq!(
            (again.grade(), &again.inputs),
            (Grade::Responds, &first.inputs),
            "after {file}"
        );
    }
    drop(player);
    assert_eq!((browsers(), folders()), (0, 0));
}

#[test]
fn several_games_are_told_in_their_order() {
    let Some(lab) = lab() else { return };
    let user = User::new();
    for file in ["crash-missing-canvas.html", "arrows.html", "endless-alerts.html"] {
        std::fs::copy(folder().join(file), user.at().join(file)).unwrap();
    }
    std::fs::write(user.at().join("refused.html"), "<!DOCTYPE html><script>eval('1')</script>")
        .unwrap();
    let play = |games: &[&str]| {
        let mut command = user.command(&["play", "--test", "--json"]);
        command.args(games).env("CODEAGENT_BROWSER", &lab.program);
        command.env("PATH", std::env::join_paths(&lab.path).unwrap());
        Run::of(command.stdin(std::process::Stdio::null()).output().unwrap())
    };
    let played = play(&["crash-missing-canvas.html", "arrows.html", "endless-alerts.html"]);
    let told: serde_json::Value = serde_json::from_str(&played.out).unwrap();
    let told: Vec<_> = told["games"].as_array().unwrap().iter().collect();
    let verdicts = told.iter().map(|one| (one["path"].as_str(), one["verdict"].as_str()));
    assert_eq!(
        verdicts.collect::<Vec<_>>(),
        [
            (Some("crash-missing-canvas.html"), Some("broken")),
            (Some("arrows.html"), Some("responds")),
            (Some("endless-alerts.html"), Some("broken")),
        ]
    );
    assert_eq!(played.code, 8);
    // A game that is refused is told of, and does not keep the others from being played.
    let played = play(&["refused.html", "arrows.html"]);
    let told: serde_json::Value = serde_json::from_str(&played.out).unwrap();
    assert_eq!((told["games"].as_array().unwrap().len(), played.code), (1, 7));
    assert!(played.err.contains("only games that pass every check can be played"));
}

/// Four seconds of a game that moves, as an animation that repeats; one of nothing is refused in words.
#[test]
fn a_game_in_motion_is_saved_as_a_gif() {
    use image::AnimationDecoder;
    let Some(lab) = lab() else { return };
    let user = User::new();
    std::fs::copy(folder().join("arrows.html"), user.at().join("arrows.html")).unwrap();
    let mut command = user.command(&["play", "arrows.html", "--test", "--json", "--gif", "a.gif"]);
    command.env("CODEAGENT_BROWSER", &lab.program);
    command.env("PATH", std::env::join_paths(&lab.path).unwrap());
    let run = Run::of(command.stdin(std::process::Stdio::null()).output().unwrap());
    assert_eq!((run.code, run.json()["gif"].as_str()), (0, Some("a.gif")), "{}", run.err);
    let bytes = std::fs::read(user.at().join("a.gif")).unwrap();
    let gif = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(&bytes)).unwrap();
    let frames = gif.into_frames().collect_frames().unwrap();
    let moves = frames.windows(2).filter(|pair| pair[0].buffer() != pair[1].buffer()).count();
    assert!(frames.len() == 32 && moves >= 4, "{} frames, {moves} of them new", frames.len());
    assert!(frames[0].buffer().width() <= 480 && bytes.len() < 4_000_000, "{}", bytes.len());
    let several = user.run(&["play", "arrows.html", "b.html", "--test", "--gif", "a.gif"]);
    assert!(several.code == 2 && several.err.contains("name one"), "{}", several.err);
}

#[test]
fn only_a_test_takes_several_games() {
    let user = User::new();
    let refused = user.run(&["play", "one.html", "two.html"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("one game is played at a time"), "{}", refused.err);
}

/// Each error once, the console beside them, and nothing of either raw.
#[test]
fn every_error_and_what_the_console_says_is_kept() {
    let Some(lab) = lab() else { return };
    let game = vetted(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>x</title></head><body><h1>Errors</h1>\
         <p style=\"background:green;height:90px\">A heading alone is near a blank page.</p>\
         <script>for (let i = 0; i < 3; i++) setTimeout(() => { throw new Error('no ' + i); }, 50);\
         setTimeout(() => missing(), 60); console.warn('\\u001b[31mred', 7);</script></body></html>",
    );
    let verdict = play_test_once(&game, &lab, &KillSwitch::default(), |_| {}).unwrap();
    let said: Vec<_> = verdict.problems.iter().map(|it| it.message.raw().to_owned()).collect();
    assert_eq!(
        said,
        ["Error: no 0", "Error: no 1", "Error: no 2", "ReferenceError: missing is not defined"]
    );
    let json = verdict.to_json(game.original());
    assert_eq!(json["errors"].as_array().unwrap().len(), 4);
    assert_eq!(json["console"][0]["level"], "warning");
    assert_eq!(json["console"][0]["text"], "␛[31mred 7");
}

/// Decks are shuffled by comparing at random, and the engine sorts short lists in another way once it has made
/// the loop fast. Each run of a game has to see the same deck.
#[test]
fn what_is_shuffled_by_comparing_comes_out_the_same_in_each_run() {
    let Some(lab) = lab() else { return };
    let game = vetted(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>x</title></head><body><h1>Decks</h1>\
         <p style=\"background:green;height:90px\">A heading alone is near a blank page.</p>\
         <script>let state; const dice = () => (state = state * 16807 % 2147483647) / 2147483647;\
         function deck(size) { state = 12345; const cards = [];\
           for (let i = 0; i < size; i += 1) cards.push(i); return cards.sort(() => dice() - 0.5).join(); }\
         for (const size of [4, 16, 52]) { const first = deck(size);\
           for (let i = 0; i < 3000; i += 1) if (deck(size) !== first) throw new Error(size + ' cards, deck ' + i); }\
         const odd = [3, , 1, undefined, 2]; odd.sort((a, b) => a - b);\
         if (JSON.stringify(odd) + (4 in odd) !== '[1,2,3,null,null]false') throw new Error(JSON.stringify(odd));\
         if ([3, 1, 2].toSorted((a, b) => b - a).join() + [10, 9, 1].sort().join('') !== '3,2,11109') throw new Error('sorted');\
         </script></body></html>",
    );
    let verdict = play_test_once(&game, &lab, &KillSwitch::default(), |_| {}).unwrap();
    assert_eq!(verdict.problems, []);
}

/// Every kind of the composer in every theme where `CODEAGENT_PLAYS` is set, else each sixth in one, which takes two
/// minutes and a half of both cores: all of them are started, played, paused and lost in `browser.rs`.
#[test]
fn composed_games_respond() {
    let Some(lab) = lab() else { return };
    let all = kind_prompts().flat_map(|kind| GameTheme::ALL.map(|theme| (kind, theme)));
    let is_all = std::env::var_os("CODEAGENT_PLAYS").is_some();
    // Another theme than the kind before it.
    let once = kind_prompts().step_by(6).zip(GameTheme::ALL.into_iter().cycle());
    let pairs: Vec<_> = if is_all { all.collect() } else { once.collect() };
    assert!(pairs.len() >= 6);
    let all_wrong = Mutex::new(Vec::new());
    both(&pairs, &lab, |(kind, theme), player| {
        let made = compose(kind, 3, *theme);
        let game = vet(made.source).unwrap();
        let verdict = player.play_test(&game, &KillSwitch::default(), |_| {}).unwrap();
        // All but typing are played by fingers, too; there the words come from the phone's keyboard.
        let is_for_fingers = verdict.checks.touch == Some(true) || *kind == "typing";
        if verdict.grade() != Grade::Responds || !is_for_fingers {
            let headline = verdict.headline(game.original());
            all_wrong
                .lock()
                .unwrap()
                .push(format!("{kind}, {theme}: {headline}, by touch {:?}", verdict.checks.touch));
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
            assert!(play_test_once(&game, &lab, &KillSwitch::default(), |_| {}).is_ok());
        }
        let at = Duration::from_millis(300 * (round + 1));
        assert_eq!(cut(&game, &lab, at, KillSwitch::trigger), Err(PlayTestError::Stopped));
        let killed = cut(&game, &lab, at, |_| kill_browsers());
        assert!(
            matches!(
                killed,
                Err(PlayTestError::BrowserLost | PlayTestError::BrowserLaunch(_)) | Ok(_)
            ),
            "{killed:?}"
        );
        assert_eq!((browsers(), folders()), (0, 0));
    }
}

/// Plays, and does something to it after a while.
fn cut(
    game: &Arc<Vetted>,
    lab: &BrowserConfig,
    after: Duration,
    act: impl Fn(&KillSwitch),
) -> Result<Verdict, PlayTestError> {
    let stop = KillSwitch::default();
    let (played, lab, stopped) = (Arc::clone(game), lab.clone(), stop.clone());
    let thread = std::thread::spawn(move || play_test_once(&played, &lab, &stopped, |_| {}));
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
        let stop = KillSwitch::default();
        let (told, heard) = std::sync::mpsc::channel();
        let (played, stopped) = (Arc::clone(&game), stop.clone());
        let lab = lab.clone();
        std::thread::spawn(move || {
            told.send(play_test_once(&played, &lab, &stopped, |_| {})).unwrap();
        });
        std::thread::sleep(Duration::from_millis(1_500));
        let began = Instant::now();
        stop.trigger();
        assert_eq!(heard.recv().unwrap(), Err(PlayTestError::Stopped));
        // Its folder and its helpers are gone by then, too.
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}

/// What a page tries on its own network, a listener would see. This page is shown as it is, without
/// the policy and the guard that every game gets: only the browser's own walls are left.
#[test]
fn a_page_does_not_reach_a_listening_server() {
    use codeagent::play::chromium::load_unchecked;
    let Some(lab) = lab() else { return };
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    server.set_nonblocking(true).unwrap();
    let page = format!( "<!DOCTYPE html><title>x</title><link rel=preconnect href=http://127.0.0.1:{port}>
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
        </script>" );
    let requests = load_unchecked(&page, &lab.program, &lab.path, 3_000.0);
    assert!(requests.iter().any(|url| url.ends_with("/fetch")), "{requests:?}");
    assert!(requests.iter().any(|url| url.ends_with("/img")), "{requests:?}");
    std::thread::sleep(Duration::from_millis(500));
    assert!(server.accept().is_err(), "somebody came");
}
