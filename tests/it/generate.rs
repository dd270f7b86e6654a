//! What is generated from the commands tells all of them.

use crate::cli::User;

const COMMANDS: [&str; 6] = ["new", "edit", "models", "usage", "doctor", "library"];

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = User::new().run(&["completions", shell]);
        assert_eq!(run.code, 0, "{shell}: {}", run.err);
        for word in COMMANDS.into_iter().chain(["base-url", "completions", "credits"]) {
            assert!(run.out.contains(word), "{shell} does not know {word}");
        }
    }
    let run = User::new().run(&["completions", "tcsh"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
}

/// A real shell takes it, and completes by it.
#[cfg(unix)]
#[test]
fn bash_completes_by_its_script() {
    let user = User::new();
    let script = user.run(&["completions", "bash"]).out;
    std::fs::write(user.at().join("c.bash"), script).unwrap();
    let words = "source ./c.bash; COMP_WORDS=(codeagent mod); COMP_CWORD=1; \
                 _codeagent codeagent mod codeagent; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let run =
        std::process::Command::new("bash").args(["-c", words]).current_dir(user.at()).output();
    let run = crate::cli::Run::of(run.unwrap());
    assert_eq!((run.code, run.out.as_str()), (0, "models\n"), "{}", run.err);
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
