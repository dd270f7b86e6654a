//! Does the screen get on with the terminal? Modes, jobs of the shell, editors, the mouse
//! and what is said beside the screen, in a pseudo-terminal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::fake::{Answer, Hub, body};
use crate::pty::Session;

/// The modes that the screen sets.
const MODES: [&str; 7] = ["1049", "2004", "1004", "1000", "1002", "1006", "25"];

fn offline(env: &[(&str, String)]) -> Session {
    let mut session = Session::codeagent("--no-play-test", env);
    session.sees("idle");
    session
}

/// Written by the program in bytes.
fn wrote(session: &Session, what: &str) -> bool {
    count(session, what) > 0
}

fn count(session: &Session, what: &str) -> usize {
    session.raw.windows(what.len()).filter(|bytes| *bytes == what.as_bytes()).count()
}

fn writes(session: &mut Session, what: &str) {
    session.until(&format!("{what:?} is written"), |session| wrote(session, what));
}

/// A program whose question is answered with what it is then seen to act upon. On a busy
/// machine the answer may come too late, which nobody can do anything about but ask again.
fn answered(env: &[(&str, String)], answer: &str, then: &str) -> Session {
    for _ in 0..5 {
        let mut session = Session::codeagent("--no-play-test", env);
        writes(&mut session, "\x1b[?u\x1b[c");
        session.press(answer).press("owls").sees("owls");
        std::thread::sleep(Duration::from_millis(200));
        session.sees("4 chars");
        if wrote(&session, then) {
            return session;
        }
        session.press("\x11").ends_with("0");
    }
    panic!("{answer:?} does not lead to {then:?}")
}

#[test]
fn every_mode_is_set_and_comes_back() {
    let mut session = answered(&[], "\x1b[?0u\x1b[?62c", "\x1b[>1u");
    let on = session.modes();
    for mode in MODES {
        let set = if mode == "25" { 'l' } else { 'h' };
        assert_eq!(on.get(mode), Some(&set), "mode {mode}");
    }
    // From now on keys come as Kitty has them.
    session.press("\x1b[63;1u\x1b[27u").sees("owls?");
    session.press("\x1b[113;5u").ends_with("0");
    assert!(wrote(&session, "\x1b[<1u"));
}

#[test]
fn keys_stay_as_they_are_where_kittys_are_not_known() {
    let mut session = answered(&[], "\x1b[?62c", "\x1b[?1049h");
    assert!(!wrote(&session, "\x1b[>1u"));
    session.press("\x11").ends_with("0");
}

#[test]
fn without_the_mouse_the_terminal_keeps_its_own() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".config/codeagent")).unwrap();
    std::fs::write(home.path().join(".config/codeagent/config.toml"), "mouse = false").unwrap();
    let mut session = offline(&[("HOME", home.path().to_string_lossy().into_owned())]);
    assert!(!wrote(&session, "\x1b[?1000h"));
    // F2 takes it.
    session.press("\x1bOQ").sees("mouse capture on");
    assert!(wrote(&session, "\x1b[?1000h"));
    session.press("\x1bOQ").sees("mouse capture off");
    session.press("\x11").ends_with("0");
}

/// A shell with job control, which waits for Enter while the program is stopped.
const JOBS: &str = "set -m; stty -g > before; 'PROGRAM' --no-play-test; echo $? > stopped; \
                    stty -g > during; echo the shell; read go; fg; echo $? > code; \
                    stty -g > after";

fn in_a_shell(env: &[(&str, String)]) -> Session {
    let script = JOBS.replace("PROGRAM", env!("CARGO_BIN_EXE_codeagent"));
    Session::script(&script, env)
}

/// Stops the program by `how`, and looks at what the shell finds.
fn stops(session: &mut Session, how: impl Fn(&mut Session)) {
    how(session);
    session.until("the program stops", |session| session.file("during").is_some());
    session.sees("the shell");
    assert_eq!(session.file("before"), session.file("during"), "the line discipline has changed");
    session.is_given_back();
    session.press("\n");
}

#[test]
fn suspending_gives_the_terminal_back_and_takes_it_again() {
    let hub = Hub::start(vec![Answer::chat_stream(body::GAME).rate(20)]);
    let token = ("HF_TOKEN", "hf_testtesttesttest".to_owned());
    let mut session = in_a_shell(&[("CODEAGENT_BASE_URL", hub.url()), token]);
    session.sees("idle").press("bats\x07").sees("◐ stream");
    stops(&mut session, |session| {
        session.press("\x1a");
    });
    session.until("the screen is back", |session| session.screen.screen().alternate_screen());
    // The reply goes on to come.
    session.sees("◐ stream").press("\x1b").sees("Esc again to stop").press("\x1b");
    session.sees("✗ cancelled").press("\x11").ends_with("0");
}

#[test]
fn a_stop_from_outside_is_the_same() {
    let mut session = in_a_shell(&[]);
    session.sees("idle").press("owls").sees("owls");
    stops(&mut session, |session| session.signal("TSTP"));
    session.sees("owls").press("!").sees("owls!").press("\x11").ends_with("0");
}

#[test]
fn without_a_shell_nothing_stops() {
    let mut session = offline(&[]);
    session.press("\x1a").sees("no shell to return to");
    session.press("bats").sees("bats").press("\x11").ends_with("0");
}

/// An editor that is this shell script.
fn script(folder: &Path, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("an editor");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

fn editor(text: &str) -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    let words = format!("'{}' --wait", script(folder.path(), text).display());
    let session = offline(&[("EDITOR", "false".to_owned()), ("VISUAL", words)]);
    (folder, session)
}

#[test]
fn the_prompt_can_be_written_in_an_editor_while_a_game_is_made() {
    let (_folder, mut session) = editor(
        "[ \"$1\" = --wait ] || exit 3\nstty -g > during\necho editing\nread more\n\
         printf ' and %s' \"$more\" >> \"$2\"",
    );
    session.press("a snake game\x07").press("\x1b[21~").sees("editing");
    session.is_given_back();
    assert_eq!(session.file("before"), session.file("during"), "the editor has a raw terminal");
    let games = session.folder.path().join(".local/share/codeagent/games");
    session.until("the game is made meanwhile", |_| {
        std::fs::read_dir(&games).is_ok_and(|mut games| games.next().is_some())
    });
    // Ctrl-C is the editor's; the keys are as well.
    session.press("owls\n").sees("and owls").sees("saved to the library as");
    assert!(session.screen.screen().alternate_screen());
    session.press("!").sees("and owls!").press("\x15\x15\x15");
    session.until("it is undone", |session| !session.screen.screen().contents().contains("owls"));
    session.press("\x11").ends_with("0");
    let home = session.folder.path().join(".local/share/codeagent");
    let left = std::fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("edit-")).collect();
    assert_eq!(left.len(), 0, "what was lent is left behind: {left:?}");
}

#[test]
fn an_editor_that_fails_loses_nothing() {
    let cases = [
        ("printf lost > \"$2\"; exit 4", "failed (exit status: 4); nothing is changed"),
        ("printf '\\377' > \"$2\"", "the edited text is not UTF-8 text"),
        ("rm \"$2\"", "the edited text cannot be read"),
        (":", "the prompt is unchanged"),
        ("head -c 1000001 /dev/zero > \"$2\"", "is too large for a prompt"),
    ];
    for (text, sentence) in cases {
        let (_folder, mut session) = editor(text);
        session.press("bats").sees("bats").press("\x1b[21~").sees(sentence).sees("bats");
        session.press("!").sees("bats!").press("\x11").ends_with("0");
    }
    let mut session = offline(&[("EDITOR", "/no/such/editor".to_owned())]);
    session.press("bats\x1b[21~").sees("cannot start").sees("bats");
    session.press("\x11").ends_with("0");
}

#[test]
fn an_interrupt_in_the_editor_ends_the_editor_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = script(folder.path(), "echo editing; exec sleep 60");
    // The shell has a group of its own, as it has on a desk.
    let script = format!(
        "set -m; stty -g > before; '{}' --no-play-test; echo $? > code; stty -g > after",
        env!("CARGO_BIN_EXE_codeagent")
    );
    let mut session = Session::script(&script, &[("VISUAL", format!("'{}'", path.display()))]);
    session.sees("idle");
    session.press("bats\x1b[21~").sees("editing").press("\x03");
    session.sees("failed (signal: 2").sees("bats").press("\x11").ends_with("0");
}

#[test]
fn a_light_terminal_gets_paper_and_others_stay_dark() {
    let colours = || ("COLORTERM", "truecolor".to_owned());
    let answer = "\x1b]11;rgb:ffff/ffff/eeee\x1b\\\x1b[?62c";
    let mut light = answered(&[colours()], answer, "48;2;250;246;236");
    light.press("\x11").ends_with("0");
    let mut late = offline(&[colours()]);
    std::thread::sleep(Duration::from_millis(300));
    // Long after: not typed, and its end generates nothing.
    late.press("\x1b]11;rgb:ffff/ffff/eeee\x07\x1b[?62cbats").sees("bats").sees("4 chars");
    assert!(!wrote(&late, "48;2;250;246;236"));
    late.press("\x11").ends_with("0");
    let mut chosen = Session::codeagent("--no-play-test --screen-theme neon", &[colours()]);
    chosen.sees("idle");
    writes(&mut chosen, "48;2;10;0;20");
    assert!(!wrote(&chosen, "\x1b]11;?"), "what is chosen needs no question");
    chosen.press("\x11").ends_with("0");
}

/// Types pieces with a pause of so many milliseconds behind each.
fn slowly(session: &mut Session, pieces: &[(&str, u64)]) {
    for (piece, pause) in pieces {
        session.press(piece);
        std::thread::sleep(Duration::from_millis(*pause));
    }
}

#[test]
fn an_answer_in_pieces_is_no_text_and_sends_nothing() {
    let mut session = offline(&[]);
    slowly(
        &mut session,
        &[("\x1b[?6", 60), ("c\x1b", 70), ("]11;rgb:20", 90), ("20/3030/4040", 50)],
    );
    slowly(&mut session, &[("\x07", 60), ("\x1b]10;rgb:ff/ff", 60), ("/ff\x1b", 70), ("\\", 60)]);
    slowly(&mut session, &[("\x1bP>|xterm", 60), ("(390)\x1b\\\x1b[?2026;", 60), ("2$y", 40)]);
    // One that never ends is forgotten.
    slowly(&mut session, &[("\x1b]11;rgb:12", 1_300)]);
    session.press("lamps").sees("lamps").sees("5 chars");
    session.sees("idle").press("\x11").ends_with("0");
}

#[test]
fn a_key_that_comes_in_pieces_is_that_key() {
    let mut session = offline(&[]);
    session.press("lamp").sees("lamp");
    slowly(
        &mut session,
        &[("\x1b", 3), ("[D", 40), ("\x1b[", 60), ("D", 40), ("\x1b", 60), ("[D", 200)],
    );
    session.press("i").sees("liamp");
    // Who presses Esc and goes on to type has typed.
    slowly(&mut session, &[("\x1b", 400), ("[", 300), ("A", 200)]);
    session.sees("li[Aamp").sees("7 chars").press("\x11").ends_with("0");
}

#[test]
fn a_theme_that_is_not_there_is_one_sentence() {
    let mut session = Session::codeagent("--screen-theme moon", &[]);
    session.ends_with("2");
    let told = String::from_utf8_lossy(&session.raw).into_owned();
    assert!(told.starts_with("error: screen_theme (--screen-theme): cannot read "), "{told}");
    assert!(told.contains("themes/moon.toml") && told.lines().count() == 1, "{told}");
    assert!(!wrote(&session, "\x1b[?1049h"));
}

#[test]
fn no_colour_stays_no_colour() {
    let mut session = offline(&[("NO_COLOR", "1".to_owned()), ("COLORTERM", "24bit".to_owned())]);
    session
        .press("a snake game\x07")
        .sees("saved to the library as")
        .press("\tT")
        .sees("mono")
        .press("\x1b[B");
    session.press("\x1b").until("the list is closed", |session| {
        !session.screen.screen().contents().contains("Screen themes")
    });
    session.press("\x11").ends_with("0");
    let raw = String::from_utf8_lossy(&session.raw);
    let styles = raw.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then(|| rest[..end].split(';').map(str::to_owned))
    });
    let is_colour =
        |style: &String| matches!(style.parse(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107));
    assert_eq!(styles.flatten().find(is_colour), None);
}

/// Keys that arrive together, as over a slow line: Enter takes the line that the arrows led to.
#[test]
fn keys_in_a_burst_choose_what_they_lead_to() {
    let mut session = offline(&[]);
    session.press("\tT").sees("Screen themes");
    session.press("\x1b[B\x1b[B\x1b[B\r").sees("screen theme: neon");
    session.press("T").sees("Screen themes");
    session.press("paper\r").sees("screen theme: paper");
    session.press("pp?").sees("Keys · Esc closes").press("?").sees("▸Findings");
    session.press("\x11").ends_with("0");
}

#[test]
fn who_looks_elsewhere_is_told_that_a_game_is_done() {
    let mut session = offline(&[("TERM_PROGRAM", "WezTerm".to_owned())]);
    writes(&mut session, "\x1b]2;codeagent\x1b\\");
    session.press("a snake game\x07").sees("saved to the library as");
    assert!(!wrote(&session, "\x1b]9;"), "who looks needs no notification");
    session.press("\x1b[O\x0ea breakout game\x07");
    writes(&mut session, "\x1b]9;codeagent: ");
    writes(&mut session, "is done\x1b\\");
    writes(&mut session, "\x1b]2;✓ codeagent · ");
    session.press("\x1b[I\x11").ends_with("0");
    let mut plain = offline(&[]);
    plain.press("\x1b[Oa snake game\x07").sees("saved to the library as");
    writes(&mut plain, "\x07");
    assert!(!wrote(&plain, "\x1b]9;"));
    plain.press("\x11").ends_with("0");
}

#[test]
fn the_mouse_focuses_scrolls_and_copies() {
    let mut session = offline(&[]);
    session.press("a snake game\x07").sees("saved to the library as");
    let click = |column: u16, row: u16| format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m");
    session.press(&click(80, 10)).sees("▸4 Preview");
    session.press(&click(10, 28)).sees("▸3 Prompt");
    session.press("g");
    session.sees("</html>");
    // The wheel over the code scrolls it; the focus stays in the editor.
    session.press(&"\x1b[<64;80;10M".repeat(400)).sees("<!DOCTYPE html>").sees("▸3 Prompt");
    session.press("\x1b[<0;60;4M\x1b[<32;64;4M\x1b[<0;64;4m");
    session.sees("copied ");
    writes(&mut session, "\x1b]52;c;");
    session.press("\x11").ends_with("0");
}

#[test]
fn lines_tell_what_a_screen_would_show() {
    let mut session = Session::codeagent("--screen-reader --no-play-test", &[]);
    session.sees("type a prompt and press Enter").press(":dance\n").sees("no command :dance");
    session.press(":save\n").sees("no game to save yet");
    session
        .press("a snake game\n")
        .sees("checked: valid")
        .sees("saved to the library as version 1.1")
        .sees("done: ");
    session.press(":library\n").sees("1. ").press("1\n").sees("version 1.1");
    session.press(":pane-session\n").sees("prompt: a snake game");
    session.sees("version 1.1: passed every check, which the next prompt changes");
    session.press(":help\n").sees(":play-test").press(":save\n");
    session.until("it is saved here", |session| {
        let entries = std::fs::read_dir(session.folder.path()).unwrap();
        entries.flatten().any(|entry| entry.path().extension().is_some_and(|it| it == "html"))
    });
    session.press(":quit\n").ends_with("0");
    assert!(!session.raw.contains(&0x1b), "nothing is drawn");
}

#[test]
fn a_wait_is_told_once_with_its_cause() {
    let loading = Answer::status(503).json(r#"{"error":"Model is loading","estimated_time":30}"#);
    let hub = Hub::start(vec![loading]);
    let token = ("HF_TOKEN", "hf_testtesttesttest".to_owned());
    let dumb = ("TERM", "dumb".to_owned());
    let mut session = Session::codeagent("", &[("CODEAGENT_BASE_URL", hub.url()), token, dumb]);
    session.sees("TERM is dumb").press("bats\n").sees("then attempt 2 of 5");
    session.sees("still waiting, ");
    let told = session.screen.screen().contents();
    assert_eq!(told.matches("then attempt 2 of 5").count(), 1, "{told}");
    session.press(":retry-now\n").sees("then attempt 3 of 5");
    session.press(":stop\n").sees("cancelled").signal("INT");
    session.ends_with("130");
}

#[test]
fn lines_from_a_pipe_are_prompts_and_their_end_waits_for_the_game() {
    use std::io::Write;
    let home = tempfile::tempdir().unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_codeagent"))
        .args(["--screen-reader", "--no-play-test", "--offline"])
        .env_clear()
        .env("HOME", home.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(b"a snake game\na breakout game").unwrap();
    let done = program.wait_with_output().unwrap();
    let told = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{told}");
    assert_eq!(told.matches("done: ").count(), 2, "{told}");
    assert!(told.lines().filter(|line| line.contains(".html")).count() >= 2, "{told}");
}
