//! What is generated from the commands tells all of them.

use crate::cli::{Run, User};

const COMMANDS: [&str; 6] = ["new", "edit", "models", "usage", "doctor", "library"];

/// What a shell is told of the last of these words.
fn completed(user: &User, shell: &str, words: &[&str]) -> Vec<String> {
    let mut command = user.command(&["--", "codeagent"]);
    command.args(words).env("CODEAGENT_COMPLETE", shell);
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string()).env("_CLAP_IFS", "\n");
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, 0, "{shell} {words:?}: {}", run.err);
    run.out.lines().map(str::to_owned).collect()
}

#[test]
fn every_shell_gets_a_script_that_asks_for_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let user = User::new();
        let run = user.run(&["completions", shell]);
        assert_eq!(run.code, 0, "{shell}: {}", run.err);
        assert!(run.out.contains("CODEAGENT_COMPLETE"), "{}", run.out);
        let told = completed(&user, shell, &[""]).join("\n");
        for word in COMMANDS {
            assert!(told.contains(word), "{shell} does not know {word}: {told}");
        }
        assert!(!told.contains("launch"), "{told}");
    }
    let run = User::new().run(&["completions", "tcsh"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
}

#[test]
fn values_are_completed_with_todays_games_and_models() {
    let user = User::new();
    let words = |words: &[&str]| {
        let told = completed(&user, "bash", words);
        told.into_iter().filter(|word| !word.starts_with('-')).collect::<Vec<_>>()
    };
    assert_eq!(words(&["library", "show", ""]), [""; 0], "there is no library");
    assert!(!user.at().join("home").exists(), "looking makes none");
    assert_eq!(user.run(&["new", "a snake game"]).code, 0);
    assert_eq!(user.run(&["new", "a memory game", "-o", "other.txt"]).code, 0);
    for command in [["library", "show", ""], ["library", "undo", ""], ["library", "diff", ""]] {
        assert_eq!(words(&command), ["2", "1"], "{command:?}: the newest first");
    }
    // A game or a file.
    let played = words(&["play", ""]);
    assert!(
        played.contains(&"1".to_owned()) && played.contains(&"other.txt".to_owned()),
        "{played:?}"
    );
    assert_eq!(words(&["edit", "oth"]), ["other.txt"]);
    assert_eq!(words(&["new", "x", "--theme", "win"]), ["winter"]);
    assert_eq!(words(&["check", "--explain", "no-eva"]), ["no-eval"]);
    assert!(
        completed(&user, "bash", &["new", "--base-"])
            .iter()
            .any(|word| word.contains("--base-url"))
    );
    let models = words(&["local", "pull", "Qwen"]);
    assert!(models.iter().any(|model| model.contains("Coder")), "{models:?}");
    assert_eq!(words(&["new", "x", "--model", "Qwen"]), models);
    // Titles of games are told with them, and control nothing.
    let renamed = user.run(&["library", "rename", "1", "a\u{1b}[31mb"]);
    assert_eq!(renamed.code, 0, "{}", renamed.err);
    let told = completed(&user, "fish", &["library", "show", ""]).join("\n");
    assert!(told.contains("1\ta") && !told.contains('\u{1b}'), "{told:?}");
    // Settings that do not work complete nothing, and say nothing.
    crate::library::set(&user, "theme = \"sponky\"\n");
    assert_eq!(words(&["library", "show", ""]), [""; 0]);
}

/// A real shell takes it, and completes by it.
#[cfg(unix)]
#[test]
fn bash_completes_by_its_script() {
    let user = User::new();
    let script = user.run(&["completions", "bash"]).out;
    std::fs::write(user.at().join("c.bash"), script).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_codeagent")).parent().unwrap();
    let words = "source ./c.bash; COMP_WORDS=(codeagent mod); COMP_CWORD=1; COMP_TYPE=9; \
                 _clap_complete_codeagent codeagent mod codeagent; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let path = format!("{}:/usr/bin:/bin", program.display());
    let mut bash = std::process::Command::new("bash");
    bash.args(["-c", words]).current_dir(user.at()).env("PATH", path).env("HOME", user.at());
    let run = Run::of(bash.output().unwrap());
    assert_eq!((run.code, run.out.trim()), (0, "models"), "{}", run.err);
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let page = |words: &[&str]| {
        let run = User::new().run(&[&["man"], words].concat());
        assert_eq!(run.code, 0, "{words:?}: {}", run.err);
        assert!(run.out.contains(".TH "), "{}", run.out);
        run.out
    };
    let whole = page(&[]);
    for command in COMMANDS {
        assert!(whole.contains(&format!("codeagent\\-{command}")), "{command} is missing");
        assert!(page(&[command]).contains(&format!("codeagent\\-{command}")));
    }
    assert!(whole.contains("Exit codes") && whole.contains("\\-\\-base\\-url"));
    assert!(page(&["library", "diff"]).contains("codeagent\\-library\\-diff"));
    let run = User::new().run(&["man", "nothing"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("no command `nothing`; the commands are new, edit"), "{}", run.err);
}

/// The words of a command of the README, up to a comment, a pipe, a redirection or the next command.
fn command_words(line: &str) -> Option<Vec<String>> {
    let start = line.find("codeagent ").filter(|at| *at == 0 || line[..*at].ends_with("| "))?;
    let words = shell_words::split(line[start..].split(" #").next()?.trim()).ok()?;
    let ends = |word: &String| ["|", ">", "<"].contains(&word.as_str()) || word.ends_with(';');
    let end = words.iter().position(ends).unwrap_or(words.len());
    let last_is_cut = words.get(end).is_some_and(|word| word.ends_with(';') && word.len() > 1);
    let mut kept = words[..end].to_vec();
    if last_is_cut {
        kept.push(words[end].trim_end_matches(';').to_owned());
    }
    Some(kept)
}

#[test]
fn every_command_of_the_readme_is_one() {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands: Vec<_> = blocks.flat_map(str::lines).filter_map(command_words).collect();
    assert!(commands.len() > 40, "{} commands", commands.len());
    for words in commands {
        let parsed = codeagent::cli::args::command_definition().try_get_matches_from(&words);
        assert!(parsed.is_ok(), "{words:?}: {}", parsed.err().unwrap());
    }
}
