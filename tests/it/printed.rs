//! Does a terminal show what it would obey, and does a pipe get the exact bytes? Every command that
//! prints a page or the words of others, in a pseudo-terminal and into a file.

use std::path::Path;

use crate::fake::{Answer, Hub};
use crate::pty::Session;

/// What a terminal would act on: ESC, BEL, backspace, a C1 control, DEL, and text that runs backwards.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{8}\u{9b}31m\u{7f}\u{202e}";

fn page(script: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Bats {HOSTILE}</title>\n\
         </head>\n<body>\n<p>{HOSTILE}</p>\n<canvas></canvas>\n\
         <script>\nconst word = '{HOSTILE}';\n{script}\n</script>\n</body>\n</html>\n"
    )
}

/// Everything that reached the terminal while a script of the shell ran.
fn seen(folder: &Path, script: &str, env: &[(&str, String)]) -> String {
    let program = env!("CARGO_BIN_EXE_codeagent");
    let script = format!(
        "cd '{}'; codeagent() {{ '{program}' \"$@\"; }}; {script}; echo over > \"$HOME/after\"",
        folder.display()
    );
    let mut session = Session::script(&script, env);
    session.until("the script ends", |session| session.file("after").is_some());
    session.drain();
    String::from_utf8(session.raw.clone()).unwrap()
}

fn is_harmless(seen: &str) {
    // The one sequence of ours empties the line that tells what goes on.
    let seen = seen.replace("\r\u{1b}[K", "").replace("\r\n", "\n");
    let obeyed = |c: &char| {
        let is_direction = matches!(*c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() && *c != '\n' && *c != '\t' || is_direction
    };
    assert_eq!(seen.chars().find(obeyed), None, "{seen:?}");
}

fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("good.html"), page("")).unwrap();
    std::fs::write(at("bad.html"), page("eval(word);")).unwrap();
    std::fs::write(at(&format!("{HOSTILE}.html")), page("eval(word);")).unwrap();
    std::fs::write(at(&format!("--{HOSTILE}")), "").unwrap();
    folder
}

#[test]
fn a_page_is_shown_in_a_terminal_and_whole_in_a_pipe() {
    let folder = files();
    for (command, mark) in [
        ("codeagent harden good.html", "␛]0;owned␇␈<U+009B>31m␡<U+202E>"),
        (
            "codeagent --home lib library import good.html && codeagent --home lib library show 1 --source",
            "␛]0;owned",
        ),
        ("codeagent --home lib library show 1 --source --json 2>&1", "<U+009B>"),
    ] {
        let shown = seen(folder.path(), command, &[]);
        is_harmless(&shown);
        assert!(shown.contains(mark), "{command}: {shown}");
    }
    let commands = "codeagent harden good.html > piped 2> told; \
                    codeagent --home lib library show 1 --source | cat > shown";
    is_harmless(&seen(folder.path(), commands, &[]));
    for name in ["piped", "shown"] {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains(&format!("const word = '{HOSTILE}';")), "{name}: {text:?}");
    }
}

#[test]
fn names_findings_and_mistakes_are_shown() {
    let folder = files();
    for command in [
        "codeagent check *.html",
        "codeagent check --json *.html",
        "codeagent check --format sarif *.html",
        "codeagent check --format github *.html",
        "codeagent check \"$(printf 'no\\033[2Jne')\"",
        "codeagent check --explain \"$(printf 'no\\033[2Jne')\"",
        "codeagent check --*",
        "codeagent --*",
        "codeagent check --\"$(printf 'no\\033[2Jne')\"",
        "codeagent check --format \"$(printf 'no\\033[2Jne')\" good.html",
        "codeagent harden bad.html",
        "codeagent play bad.html",
        "codeagent play \"$(printf 'no\\033[2Jne')\"",
        "codeagent man \"$(printf 'no\\033[2Jne')\"",
        "codeagent edit bad.html \"$(printf 'in\\033[2J space')\" --offline -o -",
        "codeagent new \"$(printf 'snake\\033[2J')\" --offline -o - --verbose",
        "codeagent --home lib library import bad.html",
        "codeagent --home lib library list",
        "codeagent --home lib library search owned",
        "codeagent --home lib library rename 1 \"$(printf 'a\\033[2Jb\\302\\233')\"",
        "codeagent --home lib library export 1 -o \"$(printf 'no\\033[2Jne')\"",
        "codeagent --home lib library show 1",
        "codeagent --theme \"$(printf 'no\\033[2Jne')\" usage",
        "CODEAGENT_MODEL=\"$(printf 'no\\033[2Jne')\" codeagent usage",
    ] {
        is_harmless(&seen(folder.path(), command, &[]));
    }
}

#[test]
fn what_a_server_says_is_shown() {
    let error = format!("{{\"error\":{{\"message\":\"no {}\"}}}}", HOSTILE.escape_default());
    let game = page("requestAnimationFrame(() => {});");
    let reply = format!("```html\n{game}\n```\n");
    let hub = Hub::start(vec![
        Answer::chat_stream(&reply),
        Answer::chat_stream(&reply),
        Answer::status(400).json(error),
        Answer::status(400).body(HOSTILE),
    ]);
    let token = ("HF_TOKEN", "hf_testtesttesttest".to_owned());
    let env = [("CODEAGENT_BASE_URL", hub.url()), token];
    let folder = tempfile::tempdir().unwrap();
    let shown = seen(folder.path(), "codeagent new bats -o -", &env);
    is_harmless(&shown);
    assert!(shown.contains("␛]0;owned"), "{shown}");
    let jsonl = seen(folder.path(), "codeagent new bats -o - --jsonl", &env);
    is_harmless(&jsonl);
    for _ in 0..2 {
        is_harmless(&seen(folder.path(), "codeagent new bats -o - --attempts 1", &env));
    }
    is_harmless(&seen(folder.path(), "codeagent models; codeagent doctor", &env));
}
