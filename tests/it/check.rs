//! Do `check` and `harden` keep their word? The real binary on files of every kind.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::cli::{Run, User};
use crate::fake::body::GAME;

const HOSTILE: &str = "eval('boo()');";

/// A folder with a good, a repairable and a hostile page.
fn user() -> User {
    let user = User::new();
    let write = |name: &str, html: &str| std::fs::write(user.at().join(name), html).unwrap();
    write("good.html", GAME);
    write("handler.html", &with_handler());
    write("bad.html", &hostile());
    user
}

fn with_handler() -> String {
    GAME.replace("<canvas", "<button onclick=\"frame()\">Go</button>\n<canvas")
}

fn hostile() -> String {
    GAME.replace("frame();\n", &format!("{HOSTILE}\nframe();\n"))
}

fn feed(user: &User, arguments: &[&str], input: &[u8]) -> Run {
    let mut command = user.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A process that has seen enough may close the pipe first.
    drop(child.stdin.take().unwrap().write_all(input));
    Run::of(child.wait_with_output().unwrap())
}

#[test]
fn each_file_gets_its_verdict_and_the_worst_decides() {
    let user = user();
    let good = user.run(&["check", "good.html"]);
    assert_eq!((good.code, good.out.as_str(), good.err.as_str()), (0, "good.html: valid\n", ""));
    let repairable = user.run(&["check", "handler.html"]);
    assert_eq!(repairable.code, 0, "{}", repairable.err);
    assert!(repairable.out.ends_with("handler.html: valid, 1 repair; --fix writes the repairs\n"));
    let all = user.run(&["check", "good.html", "bad.html", "handler.html"]);
    assert_eq!((all.code, all.err.as_str()), (7, "3 files, 2 valid\n"));
    let line = hostile().lines().position(|line| line.contains(HOSTILE)).unwrap() + 1;
    assert!(all.out.contains("error[no-eval]: "), "{}", all.out);
    assert!(all.out.contains(&format!("--> bad.html:{line}:")), "{}", all.out);
    assert!(all.out.contains(&format!("{line} | ")) && all.out.contains("^^^^"), "{}", all.out);
    assert!(all.out.contains("bad.html: refused, 1 error\n"), "{}", all.out);
    let unread = user.run(&["check", "bad.html", "ghost.html"]);
    assert_eq!(unread.code, 2, "a file that cannot be read outweighs a refusal");
}

#[test]
fn json_is_one_object_in_the_order_of_the_files() {
    let user = user();
    let names = ["bad.html", "ghost.html", "handler.html", "good.html"];
    let run = user.run(&[&["check", "--json"], names.as_slice()].concat());
    assert_eq!(run.code, 2);
    let files = run.json()["files"].as_array().unwrap().clone();
    let told: Vec<_> =
        files.iter().map(|file| (file["path"].as_str().unwrap(), &file["valid"])).collect();
    let verdicts = [false, false, true, true].map(Value::Bool);
    assert_eq!(told, names.into_iter().zip(&verdicts).collect::<Vec<_>>());
    assert_eq!(files[0]["findings"][0]["rule"], "no-eval");
    assert_eq!(files[0]["findings"][0]["state"], "open");
    assert_eq!(files[1]["error"], "there is no such file");
    assert_eq!(files[2]["findings"][0]["state"], "repaired");
    assert_eq!(files[3]["findings"], Value::Array(Vec::new()));
    let keys: Vec<_> = files[3].as_object().unwrap().keys().take(3).collect();
    assert_eq!(keys, ["path", "valid", "findings"]);
    assert_eq!(
        user.run(&["check", "--format", "json", "good.html"]).json()["files"][0]["valid"],
        true
    );
}

#[test]
fn sarif_has_what_the_standard_requires() {
    let user = user();
    std::fs::rename(user.at().join("bad.html"), user.at().join("a bad#1.html")).unwrap();
    let run =
        user.run(&["check", "--format", "sarif", "a bad#1.html", "handler.html", "ghost.html"]);
    let log = run.json();
    assert_eq!((run.code, log["version"].as_str()), (2, Some("2.1.0")));
    let told = &log["runs"][0];
    let driver = &told["tool"]["driver"];
    let rules = driver["rules"].as_array().unwrap();
    assert_eq!(
        (driver["name"].as_str(), rules.len()),
        (Some("codeagent"), codeagent::rules::ALL.len())
    );
    let results = told["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["message"]["text"].as_str().unwrap().ends_with('.'));
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let number = |name: &str| region[name].as_u64().unwrap();
        let start = (number("startLine"), number("startColumn"));
        assert!(start.0 >= 1 && start.1 >= 1, "{region}");
        assert!((number("endLine"), number("endColumn")) >= start, "{region}");
    }
    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20bad%231.html");
    assert_eq!([&results[0]["level"], &results[1]["level"]], ["error", "note"]);
    let invocation = &told["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notice = &invocation["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(notice, "ghost.html: there is no such file");
}

#[test]
fn github_gets_one_command_a_finding() {
    let user = user();
    std::fs::rename(user.at().join("bad.html"), user.at().join("bad,line=1.html")).unwrap();
    let run = user.run(&["check", "--format", "github", "bad,line=1.html", "handler.html"]);
    assert_eq!(run.code, 7);
    let lines: Vec<_> = run.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.out);
    let line = hostile().lines().position(|line| line.contains(HOSTILE)).unwrap() + 1;
    let place = format!("::error file=bad%2Cline=1.html,line={line},endLine={line},col=");
    assert!(lines[0].starts_with(&place) && lines[0].contains("title=no-eval%3A "), "{}", run.out);
    assert!(lines[1].starts_with("::notice file=handler.html,line="), "{}", run.out);
}

#[test]
fn fix_writes_the_repairs_and_nothing_else() {
    let user = user();
    let run = user.run(&["check", "--fix", "good.html", "handler.html", "bad.html"]);
    assert_eq!(run.code, 7);
    assert!(run.out.contains("handler.html: valid, 1 repair; repairs written\n"), "{}", run.out);
    assert_eq!((user.read("good.html"), user.read("bad.html")), (GAME.to_owned(), hostile()));
    let fixed = user.read("handler.html");
    assert!(!fixed.contains("onclick=\"") && !fixed.contains("Content-Security-Policy"), "{fixed}");
    assert_eq!(user.files(), ["bad.html", "good.html", "handler.html"], "no other file is left");
    let again = user.run(&["check", "--fix", "handler.html"]);
    assert_eq!((again.code, again.out.as_str()), (0, "handler.html: valid\n"));
    assert_eq!(user.read("handler.html"), fixed);
}

#[test]
fn a_repair_that_cannot_be_written_ends_with_nine() {
    let user = user();
    let path = user.at().join("handler.html");
    let mut permissions = path.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let run = user.run(&["check", "--fix", "handler.html", "ghost.html"]);
    assert_eq!(run.code, 9);
    assert!(
        run.err.contains("handler.html: cannot be written: the file is read-only"),
        "{}",
        run.err
    );
    assert_eq!(user.read("handler.html"), with_handler());
}

#[test]
fn a_page_can_come_through_a_pipe() {
    let user = User::new();
    let run = feed(&user, &["check", "-"], hostile().as_bytes());
    assert_eq!(run.code, 7);
    assert!(
        run.out.contains("--> -:") && run.out.ends_with("-: refused, 1 error\n"),
        "{}",
        run.out
    );
    let run = feed(&user, &["check", "--fix", "-"], GAME.as_bytes());
    assert_eq!(run.code, 2);
    assert!(run.err.contains("harden -"), "{}", run.err);
}

#[test]
fn what_is_no_page_gets_one_clear_sentence() {
    let user = User::new();
    let utf16: Vec<u8> =
        format!("\u{feff}{GAME}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, &[u8], &str); 5] = [
        ("empty.html", b"", "it is empty"),
        ("blank.html", b" \n\n", "it is empty"),
        ("utf16.html", &utf16, "it is UTF-16; save it as UTF-8"),
        ("picture.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a binary file, not a page"),
        ("latin.html", b"<p>\n<p>caf\xe9", "line 2 is not UTF-8; save it as UTF-8"),
    ];
    for (name, bytes, _) in cases {
        std::fs::write(user.at().join(name), bytes).unwrap();
    }
    std::fs::create_dir(user.at().join("folder.html")).unwrap();
    // A hole: it has a gigabyte and takes no room.
    std::fs::File::create(user.at().join("huge.html")).unwrap().set_len(1 << 30).unwrap();
    let more = [
        ("folder.html", "it is a folder; name the files in it"),
        ("ghost.html", "there is no such file"),
        ("huge.html", "it is larger than 4 MiB, the limit for a page"),
    ];
    for (name, sentence) in cases.iter().map(|(name, _, why)| (*name, *why)).chain(more) {
        for arguments in [["check", name], ["harden", name]] {
            let run = user.run(&arguments);
            let told = format!("error: {name}: {sentence}\n");
            assert_eq!((run.code, run.out.as_str(), run.err), (2, "", told), "{arguments:?}");
        }
    }
    let endless = vec![b' '; 5 << 20];
    let run = feed(&user, &["check", "-"], &endless);
    assert!(run.err.contains("-: it is larger than"), "{}", run.err);
}

#[test]
fn many_files_are_checked_in_order() {
    let user = user();
    let names: Vec<String> = (0..60).map(|i| format!("{i}.html")).collect();
    for (i, name) in names.iter().enumerate() {
        let html = if i % 3 == 0 { hostile() } else { GAME.to_owned() };
        std::fs::write(user.at().join(name), html).unwrap();
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let run = user.run(&[&["check", "--json"], names.as_slice()].concat());
    let json = run.json();
    for (i, file) in json["files"].as_array().unwrap().iter().enumerate() {
        assert_eq!(
            (file["path"].as_str(), &file["valid"]),
            (Some(names[i]), &Value::Bool(i % 3 != 0))
        );
    }
    assert_eq!((run.code, run.err.as_str()), (7, "60 files, 40 valid\n"));
}

#[test]
fn every_rule_is_listed_and_explained() {
    let user = User::new();
    let list = user.run(&["check", "--list"]);
    assert_eq!((list.code, list.out.lines().count()), (0, codeagent::rules::ALL.len()));
    for rule in codeagent::rules::ALL {
        assert!(list.out.contains(rule.code) && list.out.contains(rule.title), "{}", rule.code);
        let told = user.run(&["check", "--explain", rule.code]);
        assert_eq!(told.code, 0, "{}", told.err);
        for part in [rule.code, rule.title, rule.why, rule.help] {
            assert!(told.out.contains(part), "{}", told.out);
        }
    }
    let unknown = user.run(&["check", "--explain", "no-evil"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("no rule \"no-evil\"; did you mean no-eval"), "{}", unknown.err);
}

#[test]
fn harden_prints_a_page_that_hardening_does_not_change() {
    let user = user();
    let run = user.run(&["harden", "handler.html"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("Content-Security-Policy") && !run.out.contains("onclick=\""));
    assert!(run.err.ends_with("handler.html: valid, 1 repair\n"), "{}", run.err);
    let again = feed(&user, &["harden", "-"], run.out.as_bytes());
    assert_eq!((again.code, again.out), (0, run.out));
}

#[test]
fn harden_seals_a_game_into_a_frame() {
    let user = user();
    let run = user.run(&["harden", "good.html", "--sealed"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let frame = "<iframe sandbox=\"allow-scripts allow-pointer-lock allow-modals allow-forms\"";
    assert!(run.out.contains(frame), "{}", run.out);
}

#[test]
fn harden_saves_beside_and_over_only_where_it_is_forced() {
    let user = user();
    let run = user.run(&["harden", "good.html", "-o", "good.html"]);
    assert_eq!((run.code, run.out.as_str()), (0, "good-2.html\n"));
    assert_eq!(user.read("good.html"), GAME);
    let run = user.run(&["harden", "good.html", "-o", "good.html", "--force"]);
    assert_eq!((run.code, run.out.as_str()), (0, "good.html\n"));
    assert_eq!(user.read("good.html"), user.read("good-2.html"));
    let run = user.run(&["harden", "good.html", "-o", "no/such/x.html"]);
    assert_eq!(run.code, 9);
    let run = user.run(&["harden", "bad.html", "-o", "x.html"]);
    assert_eq!((run.code, run.out.as_str()), (7, ""));
    assert!(run.err.contains("error[no-eval]") && run.err.contains("--> bad.html:"), "{}", run.err);
    assert!(!user.files().contains(&"x.html".to_owned()));
}

#[cfg(unix)]
#[test]
fn a_hostile_name_is_shown_and_never_obeyed() {
    let user = User::new();
    let name = "a\u{1b}[2J\n::error::\u{202e}.html";
    std::fs::write(user.at().join(name), hostile()).unwrap();
    for format in ["human", "json", "sarif", "github"] {
        let run = user.run(&["check", "--format", format, name, "ghost\u{1b}[2J"]);
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!run.out.contains(obeyed) && !run.err.contains(obeyed), "{}", run.out);
        let told = run.out.clone() + &run.err;
        assert!(!told.contains("\n::error::"), "{told}");
    }
}

#[test]
fn broken_settings_do_not_stop_a_check() {
    let user = user();
    std::fs::write(user.at().join("config.toml"), "model : 3\n").unwrap();
    assert_eq!(user.run(&["check", "good.html", "--home", "."]).code, 0);
    assert_eq!(user.run(&["check"]).code, 2, "a check of nothing is a mistake");
}
