//! Runs the user's editor on the prompt or on a page.

use std::process::Command;

use crate::library::EditFile;
use crate::untrusted::Untrusted;

/// The editor that every system has.
const FALLBACK: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// The user's editor and its arguments: VISUAL, EDITOR or the fallback.
pub fn editor_command<'a>(env: impl Fn(&str) -> Option<&'a str>) -> Vec<String> {
    let words_of =
        |name| env(name).map(split_words).filter(|words: &Vec<String>| !words.is_empty());
    words_of("VISUAL").or_else(|| words_of("EDITOR")).unwrap_or_else(|| vec![FALLBACK.to_owned()])
}

/// Runs the editor and returns the edited text; blocks until it exits.
///
/// # Errors
/// One sentence if the editor cannot be started, fails, or leaves unreadable text.
pub fn run_editor(editor: &[String], file: &EditFile) -> Result<String, String> {
    let [program, arguments @ ..] = editor else { return Err("no editor is set".to_owned()) };
    let shown = Untrusted::new(program).headline(60);
    let status = Command::new(program).args(arguments).arg(file.path()).status();
    let status = status.map_err(|e| {
        format!("cannot start the editor {shown}: {e}; set VISUAL or EDITOR to another one")
    })?;
    if !status.success() {
        return Err(format!("the editor {shown} failed ({status}); nothing is changed"));
    }
    file.read().map_err(|why| format!("the edited text {why}; nothing is changed"))
}

/// Splits like a shell: at white space, honouring quotes and backslashes. A line that a shell refuses,
/// for a quote without its end, is one word: the message that it cannot be started quotes it.
fn split_words(line: &str) -> Vec<String> {
    // Windows paths contain backslashes.
    let escaped = if cfg!(windows) { line.replace('\\', "\\\\") } else { line.to_owned() };
    shell_words::split(&escaped).unwrap_or_else(|_| vec![line.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_is_a_program_and_its_arguments() {
        let table: [(&str, &[&str]); 7] = [
            ("vim", &["vim"]),
            ("  code  --wait ", &["code", "--wait"]),
            ("'/opt/my editor/ed' -n \"a b\" c'd'e", &["/opt/my editor/ed", "-n", "a b", "cde"]),
            (r#"/opt/my\ editor/ed "a \"b\"""#, &["/opt/my editor/ed", "a \"b\""]),
            ("ed ''", &["ed", ""]),
            ("", &[]),
            ("ed 'a b", &["ed 'a b"]),
        ];
        for (line, expected) in table {
            assert_eq!(split_words(line), expected, "{line}");
        }
    }

    #[test]
    fn visual_comes_first_and_blank_counts_as_not_set() {
        let editor = |visual: &'static str, editor: &'static str| {
            editor_command(|name| match name {
                "VISUAL" => Some(visual),
                "EDITOR" => Some(editor),
                _ => None,
            })
        };
        assert_eq!(editor("a", "b"), ["a"]);
        assert_eq!(editor(" ", "b"), ["b"]);
        assert_eq!(editor("", ""), [FALLBACK]);
    }
}
