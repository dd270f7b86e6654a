//! What is often meant by a command line that means something else, or nothing.

use clap::CommandFactory;
use clap::error::ErrorKind;

use super::CliArgs;
use crate::untrusted::Untrusted;

/// What the user most likely meant. `None` if the command line means what it says.
pub(super) fn explain(parsed: &Result<CliArgs, clap::Error>, words: &[String]) -> Option<String> {
    match parsed {
        Ok(args) if args.command.is_none() => mistyped_command(args.prompt.as_deref()?, words),
        Err(error) if error.kind() == ErrorKind::UnknownArgument => unquoted_prompt(words),
        Ok(_) | Err(_) => None,
    }
}

/// One word that is nearly a command: as a prompt it would open the screen.
fn mistyped_command(prompt: &str, words: &[String]) -> Option<String> {
    let is_one_word = !prompt.is_empty() && prompt.chars().all(char::is_alphanumeric);
    if !is_one_word || words.iter().any(|word| word == "--") {
        return None;
    }
    let is_meant = |command: &str| {
        format!(
            "no command `{prompt}`: did you mean `{command}`?\n  codeagent -- {prompt} opens the \
             screen with it as the prompt"
        )
    };
    if let Some(path) = nested_command(prompt) {
        return Some(is_meant(&format!("codeagent {path}")));
    }
    near_command(prompt).map(|command| is_meant(&command))
}

/// The command that is nearly this word: `new` for `nwe`. `None` if none is, or it is one.
fn near_command(word: &str) -> Option<String> {
    // Two letters of a short word are another word: chess is no check.
    let most = if word.chars().count() <= 5 { 1 } else { 2 };
    let definition = CliArgs::command();
    let names = definition.get_subcommands().filter(|command| !command.is_hide_set());
    let distance = |name: &str| strsim::damerau_levenshtein(word, name);
    let nearest = names.map(clap::Command::get_name).min_by_key(|name| distance(name))?;
    (1..=most).contains(&distance(nearest)).then(|| nearest.to_owned())
}

/// The command of two words that ends in this one, as in `library import`.
fn nested_command(name: &str) -> Option<String> {
    let definition = CliArgs::command();
    let mut groups = definition.get_subcommands().filter(|command| !command.is_hide_set());
    let group =
        groups.find(|group| group.get_subcommands().any(|inner| inner.get_name() == name))?;
    Some(format!("{} {name}", group.get_name()))
}

/// A prompt of several words without quotes.
fn unquoted_prompt(words: &[String]) -> Option<String> {
    let (command, after) = match words.split_first()? {
        (new, after) if new == "new" => ("codeagent new".to_owned(), after),
        (edit, after) if edit == "edit" => {
            let (game, after) = after.split_first()?;
            (format!("codeagent edit {}", Untrusted::new(game).headline(60)), after)
        }
        // `nwe "a snake game" -o snake.html`: of the flags of a command nobody is told that there are none.
        (first, _) if near_command(first).is_some() => ("codeagent".to_owned(), words),
        _ if words.iter().all(|word| !word.starts_with('-')) => ("codeagent".to_owned(), words),
        _ => return None,
    };
    let first = words.first()?;
    let meant = nested_command(first).or_else(|| near_command(first));
    let prompt: Vec<_> = after.iter().take_while(|word| !word.starts_with('-')).collect();
    if prompt.len() < 2 {
        return meant.map(|path| format!("no command `{first}`: did you mean `codeagent {path}`?"));
    }
    let text = prompt.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" ");
    let text = Untrusted::new(text.replace('"', "'")).headline(80);
    let quoted = format!("a prompt of several words needs quotes:\n  {command} \"{text}\"");
    Some(match meant {
        Some(path) => {
            format!("no command `{first}`: did you mean `codeagent {path}`? If not, {quoted}")
        }
        None => quoted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn explained(line: &str) -> Option<String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let program = std::iter::once("codeagent".to_owned());
        explain(&CliArgs::try_parse_from(program.chain(words.clone())), &words)
    }

    #[test]
    fn a_mistyped_command_is_no_prompt() {
        for (typed, meant) in
            [("nwe", "new"), ("libary", "library"), ("docter", "doctor"), ("plya", "play")]
        {
            let told = explained(typed).unwrap();
            assert!(told.contains(&format!("did you mean `{meant}`?")), "{told}");
        }
        for prompt in ["snake", "chess", "pong", "tetris", "-- nwe", "new x", "maze"] {
            assert_eq!(explained(prompt), None, "{prompt}");
        }
    }

    #[test]
    fn a_prompt_without_quotes_is_told_with_them() {
        assert!(explained("new snake game").unwrap().ends_with("codeagent new \"snake game\""));
        let edited = explained("edit 12 faster bats -o x.html").unwrap();
        assert!(edited.ends_with("codeagent edit 12 \"faster bats\""), "{edited}");
        assert!(explained("snake game").unwrap().ends_with("codeagent \"snake game\""));
        assert_eq!(explained("new snake --bogus"), None, "clap names the flag");
        let imported = explained("import bats.html").unwrap();
        assert!(
            imported.starts_with("no command `import`: did you mean `codeagent library import`")
        );
        assert!(imported.ends_with("codeagent \"import bats.html\""), "{imported}");
        for (typed, meant) in [
            ("nwe pong", "new"),
            ("nwe pong -o pong.html", "new"),
            ("nwe -o pong.html", "new"),
            ("libary list", "library"),
            ("plya snake.html --test", "play"),
        ] {
            let told = explained(typed).unwrap();
            assert!(told.contains(&format!("did you mean `codeagent {meant}`?")), "{told}");
        }
        assert!(!explained("snake game").unwrap().contains("did you mean"));
        let alone = explained("import").unwrap();
        assert!(alone.contains("did you mean `codeagent library import`?"), "{alone}");
    }
}
