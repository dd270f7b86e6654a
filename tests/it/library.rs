//! Does the library keep its word? The real binary, on libraries in every state.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use codeagent::library::{
    Admission, Library, NewRequest, NewVersion, Provenance, UnixMillis, VersionId, VersionParent,
};
use serde_json::Value;

use crate::cli::{Run, User};
use crate::fake::{Answer, Hub, body};

const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

pub fn home(user: &User) -> PathBuf {
    user.at().join("home/.local/share/codeagent")
}

pub fn library(user: &User) -> Library {
    Library::open(&home(user), "test").unwrap()
}

/// The program with a token, against this server.
pub fn ask(user: &User, hub: &Hub, arguments: &[&str]) -> Run {
    let mut command = user.command(arguments);
    command.env("HF_TOKEN", "hf_testtesttesttest").env("CODEAGENT_BASE_URL", hub.url());
    Run::of(command.stdin(Stdio::null()).output().unwrap())
}

pub fn set(user: &User, settings: &str) {
    let folder = user.at().join("home/.config/codeagent");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), settings).unwrap();
}

fn game() -> Answer {
    Answer::chat_stream(&format!("```html\n{}\n```", body::GAME))
}

/// A game with this many versions of the same page, each with another word in it.
fn game_of(user: &User, versions: u32) -> VersionId {
    let mut library = library(user);
    let mut place = VersionParent::NewGame;
    let mut last = None;
    for number in 1..=versions {
        let html = body::GAME.replace("</body>", &format!("<p>word{number}</p>\n</body>"));
        let making = Provenance {
            prompt: format!("wish {number}"),
            engine: "huggingface".to_owned(),
            model: Some("acme/coder".to_owned()),
            ..Provenance::default()
        };
        let new = NewVersion {
            title: "Lantern".to_owned(),
            provenance: making,
            source: html.clone(),
            html,
            findings: "[]".to_owned(),
            valid: true,
        };
        let id = library.save_version(place, &new, NOW).unwrap();
        place = VersionParent::After(id);
        last = Some(id);
    }
    last.unwrap()
}

#[test]
fn every_finished_game_is_in_the_library_with_how_it_was_made() {
    let user = User::new();
    let hub = Hub::start(vec![game()]);
    let made = ask(&user, &hub, &["new", "lights in the dark", "--json"]).json();
    assert_eq!((&made["game"]["id"], &made["game"]["version"]), (&1.into(), &1.into()));
    let offline = user.run(&["new", "breakout", "--offline", "--seed", "7", "-o", "-", "-v"]);
    assert!(offline.err.contains("saved to the library as version 2.1"), "{}", offline.err);
    let listed = user.run(&["library", "list", "--json"]).json();
    let games = listed["games"].as_array().unwrap();
    assert_eq!((games.len(), &games[1]["title"]), (2, &"Lantern 👻".into()));
    let shown = user.run(&["library", "show", "1", "--json"]).json();
    let version = &shown["versions"][0];
    assert_eq!(version["prompt"], "lights in the dark");
    assert_eq!((&version["engine"], &version["provider"]), (&"endpoint".into(), &"north".into()));
    assert_eq!(version["sha256"], made["game"]["sha256"]);
    assert_eq!(version["completion_tokens"], made["usage"]["completion_tokens"]);
    assert_eq!(user.run(&["library", "show", "1", "--source"]).out, user.read("lantern.html"));
    assert_eq!(user.run(&["library", "show", "2", "--source"]).out, offline.out);
    let composed = user.run(&["library", "show", "2.1", "--json"]).json();
    assert_eq!(composed["versions"][0]["seed"], 7);
}

#[test]
fn undo_redo_restore_and_fork_move_between_versions() {
    let user = User::new();
    game_of(&user, 3);
    let say = |arguments: &[&str]| {
        let run = user.run(&[&["library"], arguments].concat());
        (run.code, run.out.trim().to_owned() + run.err.lines().next().unwrap_or_default())
    };
    let told = |code: i32, words: &str| (code, words.to_owned());
    assert_eq!(say(&["undo", "1"]), told(0, "1.2"));
    assert_eq!(say(&["undo", "1"]), told(0, "1.1"));
    let nothing = "error: game 1 has nothing to undo: its first version is current";
    assert_eq!(say(&["undo", "1"]), told(2, nothing));
    assert_eq!(say(&["redo", "1"]), told(0, "1.2"));
    assert_eq!(say(&["restore", "1.3"]), told(0, "1.3"));
    assert_eq!(say(&["fork", "1.2"]), told(0, "2.1"));
    assert_eq!(say(&["restore", "1.9"]), told(2, "error: there is no version 1.9"));
    assert_eq!(say(&["undo", "7"]), told(2, "error: there is no game 7"));
    let page = user.run(&["library", "show", "2", "--source"]).out;
    assert!(page.contains("word2") && !page.contains("word3"));
}

#[test]
fn a_diff_tells_what_changed() {
    let user = User::new();
    game_of(&user, 3);
    let diff = user.run(&["library", "diff", "1"]).out;
    assert!(diff.starts_with("--- 1.2\n+++ 1.3\n@@"), "{diff}");
    assert!(diff.contains("\n-<p>word2</p>\n+<p>word3</p>\n"), "{diff}");
    let json = user.run(&["library", "diff", "1.3", "1.1", "--json"]).json();
    assert_eq!(
        (&json["from"], &json["added"], &json["removed"]),
        (&"1.3".into(), &1.into(), &1.into())
    );
    assert_eq!(user.run(&["library", "diff", "1.1"]).code, 2);
}

#[test]
fn games_are_found_renamed_tagged_removed_and_brought_back() {
    let user = User::new();
    game_of(&user, 2);
    let run = |arguments: &[&str]| user.run(&[&["library"], arguments].concat());
    assert!(run(&["search", "lant"]).out.starts_with("1.2  Lantern  title"));
    let hits = run(&["search", "WORD1", "--json"]).json();
    assert_eq!(
        (&hits["hits"][0]["version"], &hits["hits"][0]["found_in"]),
        (&1.into(), &"source".into())
    );
    assert_eq!(run(&["search", "\"NOT (", "*"]).code, 0);
    assert_eq!(run(&["rename", "1", "Owls  at\nnight"]).out, "1 Owls at night\n");
    assert_eq!(run(&["tag", "1", "#Spooky"]).out, "1 Owls at night  spooky\n");
    assert_eq!(run(&["tag", "1", "two words"]).code, 2);
    let listed = run(&["list"]).out;
    assert!(listed.starts_with("1  Owls at night  2 versions  "), "{listed}");
    assert!(run(&["rm", "1"]).out.contains("codeagent library rm 1 --undo"));
    assert_eq!(run(&["list"]).out, "");
    assert_eq!(run(&["rm", "1", "--undo"]).out, "1 Owls at night  spooky\n");
    assert_eq!(run(&["show", "12.x"]).code, 2);
}

#[test]
fn an_export_can_be_taken_in_again() {
    let user = User::new();
    game_of(&user, 3);
    user.run(&["library", "undo", "1"]);
    user.run(&["library", "tag", "1", "good"]);
    let run = user.run(&["library", "export", "-o", "all"]);
    assert_eq!((run.code, run.out.as_str()), (0, "all/manifest.json\n"), "{}", run.err);
    assert!(user.read("all/lantern-1/3.html").contains("word3"));
    assert_eq!(user.run(&["library", "export", "-o", "all"]).code, 9, "nothing is written over");
    let other = user.run(&["library", "import", "all", "--home", "other"]);
    assert_eq!((other.code, other.out.as_str()), (0, "1 Lantern: 3 versions\n"), "{}", other.err);
    let shown = user.run(&["library", "show", "1", "--home", "other", "--json"]).json();
    assert_eq!((&shown["current"], &shown["tags"][0]), (&2.into(), &"good".into()));
    assert_eq!(
        (&shown["versions"][2]["prompt"], &shown["versions"][2]["parent"]),
        (&"wish 3".into(), &2.into())
    );
    assert!(shown["versions"][2]["created"].as_str().unwrap().starts_with("2026-09-"));
    // Nothing is added twice: neither what was taken in before, nor what came from here.
    let again = user.run(&["library", "import", "all", "--home", "other"]);
    assert_eq!((again.code, again.out.as_str()), (0, "1 Lantern: in the library already\n"));
    let own = user.run(&["library", "import", "all"]);
    assert_eq!(own.out, "1 Lantern: in the library already\n", "{}", own.err);
    assert_eq!(user.run(&["library", "show", "1", "--json"]).json()["current"], 2);
    let page = user.run(&["library", "export", "1.1", "-o", "one.html"]);
    assert_eq!((page.code, page.out.as_str()), (0, "one.html\n"));
    let one = user.run(&["library", "import", "one.html"]);
    assert_eq!(one.out, "2 Lantern 👻: 1 version\n");
    let source = user.run(&["library", "show", "2", "--source"]).out;
    assert!(source.contains("Content-Security-Policy"), "what is taken in is locked down");
}

#[cfg(unix)]
#[test]
fn a_hostile_export_gets_nowhere() {
    let user = User::new();
    game_of(&user, 1);
    user.run(&["library", "export", "-o", "all"]);
    let manifest = user.at().join("all/manifest.json");
    let page = user.at().join("all/lantern-1/1.html");
    let honest = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(user.at().join("secret.html"), body::GAME).unwrap();
    let import = || user.run(&["library", "import", "all", "--home", "other"]);

    std::fs::write(&manifest, honest.replace("lantern-1/1.html", "../secret.html")).unwrap();
    let outside = import();
    assert_eq!(outside.code, 2);
    assert!(outside.err.contains("names a file outside the folder"), "{}", outside.err);

    std::fs::write(&manifest, honest.replace("\"Lantern\"", "\"\\u001b[2J../x\"")).unwrap();
    std::fs::remove_file(&page).unwrap();
    std::os::unix::fs::symlink("../../secret.html", &page).unwrap();
    assert!(import().err.contains("a link out of the folder"));

    std::fs::remove_file(&page).unwrap();
    std::fs::write(&page, body::GAME.replace("frame();\n", "eval('boo()');\nframe();\n")).unwrap();
    let refused = import();
    assert_eq!((refused.code, refused.out.as_str()), (7, "1 ␛[2J../x: 1 version, 1 not valid\n"));
    let shown = user.run(&["library", "show", "1", "--home", "other", "--json"]).json();
    assert_eq!(shown["versions"][0]["valid"], false);
    assert_eq!(shown["versions"][0]["findings"][0]["rule"], "no-eval");
    let again = user.run(&["library", "export", "--home", "other", "-o", "back"]);
    assert_eq!((again.code, user.files().contains(&"back".to_owned())), (0, true));
    assert!(Path::new(&user.at().join("back/2j-x-1/1.html")).exists());
}

/// Makes a game, which must not fail, and then asks for the list, which must say why it cannot.
fn without_a_library(user: &User, sentence: &str) {
    let hub = Hub::start(vec![game()]);
    let made = ask(user, &hub, &["new", "lights"]);
    assert_eq!((made.code, made.out.as_str()), (0, "lantern.html\n"), "{}", made.err);
    let said = made.err.matches(sentence).count();
    assert_eq!(said, 2, "once for the count, once for the game: {}", made.err);
    let listed = user.run(&["library", "list"]);
    assert_eq!((listed.code, listed.out.as_str()), (9, ""));
    assert!(listed.err.contains(sentence), "{}", listed.err);
}

#[test]
fn a_library_of_a_newer_program_stops_no_game() {
    let user = User::new();
    drop(library(&user));
    let db = rusqlite::Connection::open(home(&user).join("library.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    without_a_library(&user, "was written by a newer codeagent");
}

#[test]
fn a_library_that_is_held_stops_no_game() {
    let user = User::new();
    drop(library(&user));
    let db = rusqlite::Connection::open(home(&user).join("library.db")).unwrap();
    db.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let made = user.run(&["new", "breakout", "--offline", "-o", "x.html"]);
    assert_eq!((made.code, made.out.as_str()), (0, "x.html\n"));
    assert!(made.err.contains("is locked by another program"), "{}", made.err);
}

/// Root may write everywhere, so the program runs as nobody there.
#[cfg(unix)]
#[test]
fn a_home_that_cannot_be_written_stops_no_game() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let user = User::new();
    let open = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let closed = user.at().join("closed");
    std::fs::create_dir(&closed).unwrap();
    open(user.at(), 0o777);
    open(&closed, 0o555);
    let is_root = std::fs::write(closed.join("x"), "").is_ok();
    drop(std::fs::remove_file(closed.join("x")));
    let run = |arguments: &[&str]| {
        let mut command = user.command(arguments);
        command.args(["--home", "closed"]);
        if is_root {
            command.uid(65_534);
        }
        Run::of(command.stdin(Stdio::null()).output().unwrap())
    };
    let made = run(&["new", "breakout", "--offline", "-o", "x.html"]);
    assert_eq!((made.code, made.out.as_str()), (0, "x.html\n"), "{}", made.err);
    assert!(made.err.contains("cannot write to the library"), "{}", made.err);
    let listed = run(&["library", "list"]);
    assert_eq!(listed.code, 9);
    assert!(listed.err.contains("choose another folder with --home"), "{}", listed.err);
}

#[test]
fn a_damaged_library_is_kept_aside_and_told() {
    let user = User::new();
    std::fs::create_dir_all(home(&user)).unwrap();
    std::fs::write(home(&user).join("library.db"), "no database".repeat(1_000)).unwrap();
    let made = user.run(&["new", "breakout", "--offline", "-o", "x.html"]);
    assert_eq!(made.code, 0);
    assert!(made.err.contains("the library was damaged and moved to"), "{}", made.err);
    let kept = home(&user).join("library-damaged-1.db");
    assert!(std::fs::read_to_string(kept).unwrap().starts_with("no database"));
    let listed = user.run(&["library", "list", "--json"]);
    assert_eq!(listed.json()["games"].as_array().unwrap().len(), 1);
    assert_eq!(listed.err, "");
}

#[test]
fn the_ledger_tells_what_was_asked() {
    let user = User::new();
    set(&user, "credits_usd = 2.0\n[limits]\nhour = 0\n");
    let hub = Hub::start(vec![Answer::status(401).json("{}"), game()]);
    assert_eq!(ask(&user, &hub, &["new", "lights"]).code, 3);
    let made = ask(&user, &hub, &["new", "lights", "--json"]).json();
    let usage = user.run(&["usage", "--json"]).json();
    let counts = |used: u64, limit: Value| serde_json::json!({ "used": used, "limit": limit });
    assert_eq!(usage["minute"], counts(2, 50.into()));
    assert_eq!(usage["hour"], counts(2, Value::Null));
    assert_eq!(usage["running"], counts(0, 10.into()));
    assert_eq!(
        (&usage["month"]["requests"], &usage["month"]["credits_usd"]),
        (&2.into(), &2.0.into())
    );
    assert_eq!(usage["month"]["completion_tokens"], made["usage"]["completion_tokens"]);
    let human = user.run(&["usage"]).out;
    assert!(human.contains("minute           2           50\n"), "{human}");
}

#[test]
fn a_request_over_a_limit_ends_with_four_and_the_time() {
    let user = User::new();
    set(&user, "[limits]\nminute = 1\n");
    let hub = Hub::start(vec![game()]);
    assert_eq!(ask(&user, &hub, &["new", "lights"]).code, 0);
    let held = ask(&user, &hub, &["new", "lights"]);
    assert_eq!((held.code, hub.posts().len()), (4, 1));
    assert!(held.err.contains("the local limit of 1 requests a minute is reached"), "{}", held.err);
    assert!(held.err.contains("The next request can start at "), "{}", held.err);
    let json = ask(&user, &hub, &["new", "lights", "--json"]).json();
    assert_eq!(
        (&json["error"]["kind"], &json["error"]["exit_code"]),
        (&"over-limit".into(), &4.into())
    );
    assert!(json["error"]["may_start"].as_str().unwrap().ends_with('Z'));
    assert_eq!(user.run(&["new", "breakout", "--offline", "-q"]).code, 0, "no server is asked");
}

/// A request that this program made a year from now, as the clock said then.
#[test]
fn a_clock_that_was_wrong_blocks_for_a_minute_and_not_for_a_year() {
    let user = User::new();
    set(&user, "[limits]\nminute = 1\n");
    let future = NewRequest { engine: "huggingface", model: "acme/coder".into(), session: None };
    let begun =
        library(&user).begin_request(&future, UnixMillis(i64::MAX / 2), |_| Ok::<(), ()>(()));
    assert!(matches!(begun, Ok(Admission::Admitted(..))));
    let hub = Hub::start(vec![game()]);
    let held = ask(&user, &hub, &["new", "lights"]);
    assert_eq!(held.code, 4);
    let is_soon = ["in 1 min", "in 59 s", "in 58 s"].iter().any(|wait| held.err.contains(wait));
    assert!(is_soon, "{}", held.err);
    let usage = user.run(&["usage", "--json"]).json();
    assert_eq!((&usage["minute"]["used"], &usage["running"]["used"]), (&1.into(), &0.into()));
}

#[test]
fn a_request_that_is_stopped_runs_no_more() {
    let user = User::new();
    let hub = Hub::start(vec![game().stall_after(3_000)]);
    let mut command = user.command(&["new", "lights"]);
    command.env("HF_TOKEN", "hf_testtesttesttest").env("CODEAGENT_BASE_URL", hub.url());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(hub.wait_for_post(Duration::from_secs(10)));
    let running = || user.run(&["usage", "--json"]).json()["running"]["used"].as_u64();
    assert_eq!(running(), Some(1));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    assert_eq!(running(), Some(0));
    let db = rusqlite::Connection::open(home(&user).join("library.db")).unwrap();
    let ending: String = db.query_row("SELECT ending FROM requests", [], |row| row.get(0)).unwrap();
    assert_eq!(ending, "cancelled", "it is known how it ended, not only that its process is gone");
    assert_eq!(library(&user).unfinished_replies(), Ok(Vec::new()), "the draft file has it");
}
