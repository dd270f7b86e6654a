//! The work as plain lines, for screen readers and for terminals that only print.
//!
//! Nothing is drawn and nothing is written over: what changes is one line more. A line
//! that is typed is a prompt, or a command with a colon, by the names of the key table.

use std::collections::VecDeque;
use std::io::BufRead;
use std::process::ExitCode;
use std::time::Instant;

use tokio::sync::mpsc;

use super::keys::{Command, Keymap};
use super::told::Told;
use super::{exit_with_error, tell_written};
use crate::app::picker::{Picker, Value};
use crate::app::{Action, Plan, QueueMode, State, Stock};
use crate::cli::output;
use crate::config::Settings;
use crate::driver::signals::{Ending, Signals};
use crate::driver::{self, Front};

/// Tells the work in lines and answers with the exit code when it is over.
pub(super) fn run(
    prompt: Option<&str>,
    settings: &Settings,
    plan: Plan,
    why: Option<&str>,
) -> ExitCode {
    let greeting = why.into_iter().map(str::to_owned).chain(settings.notices.iter().cloned());
    let hint = "type a prompt and Enter; :help lists the commands, :quit ends";
    say(greeting.chain([hint.to_owned()]));
    let done = driver::block_on(async {
        let world = driver::world(settings);
        let mut reader = Reader::open()?;
        let first = prompt.map(|prompt| Action::Generate(prompt.to_owned()));
        let state = driver::run(driver::state(plan), first, &world, &mut reader).await?;
        Ok((state, reader.by_signal))
    });
    match done {
        Ok((state, by_signal)) => {
            tell_written(&state);
            ExitCode::from(if by_signal { 130 } else { 0 })
        }
        Err(error) => exit_with_error(&format!("standard input or output failed: {error}"), 9),
    }
}

/// Lines in, lines out.
struct Reader {
    lines: mpsc::UnboundedReceiver<String>,
    /// Whether more lines may come.
    input: Input,
    signals: Signals,
    by_signal: bool,
    keys: Keymap,
    told: Told,
    /// Prompts that came while a game was made. They wait here, so that how it ends is told
    /// before the next one begins.
    waiting: VecDeque<String>,
    work: Work,
    picker: Option<Picker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Open,
    /// What was begun is brought to its end.
    Ended,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Idle,
    Busy,
}

impl Reader {
    fn open() -> std::io::Result<Self> {
        Ok(Self {
            lines: listen(),
            input: Input::Open,
            signals: Signals::new()?,
            by_signal: false,
            keys: Keymap::built_in(),
            told: Told::default(),
            waiting: VecDeque::new(),
            work: Work::Idle,
            picker: None,
        })
    }

    /// A line is a command, an answer to the open list, or a prompt.
    fn take(&mut self, line: &str) -> Vec<Action> {
        let line = line.trim();
        if let Some(name) = line.strip_prefix(':') {
            return self.obey(name.trim());
        }
        match &self.picker {
            Some(picker) => answer(picker, line),
            None if line.is_empty() => Vec::new(),
            None if self.work == Work::Busy => {
                self.waiting.push_back(line.to_owned());
                say([format!("queued, {} waiting", self.waiting.len())]);
                Vec::new()
            }
            None => vec![Action::Generate(line.to_owned())],
        }
    }

    /// A line, or that there are no more.
    fn heard(&mut self, line: Option<String>) -> Vec<Action> {
        let Some(line) = line else {
            self.input = Input::Ended;
            return Vec::new();
        };
        self.take(&line)
    }

    fn obey(&mut self, name: &str) -> Vec<Action> {
        let command = Command::named(name);
        if command == Some(Command::Help) {
            say(help(&self.keys));
            return Vec::new();
        }
        if let (Some(Command::Stop), Some(_)) = (command, &self.picker) {
            return vec![Action::Stop];
        }
        let action = command.and_then(action);
        if action.is_none() {
            let name = crate::untrusted::Untrusted::new(name).headline(40);
            say([format!("there is no command :{name} here; :help lists what there is")]);
        }
        action.into_iter().collect()
    }
}

/// What a command is where nothing is drawn; nothing where it is about the drawing.
fn action(command: Command) -> Option<Action> {
    Some(match command {
        Command::Stop => Action::StopNow,
        Command::RetryNow => Action::RetryNow,
        Command::Save => Action::Save,
        Command::Play => Action::Play,
        Command::PlayTest => Action::PlayTest,
        Command::Fix => Action::Fix,
        Command::Undo => Action::Undo,
        Command::Redo => Action::Redo,
        Command::NewGame => Action::NewGame,
        Command::EarlierPrompts => Action::Pick(Stock::Prompts),
        Command::Library => Action::Pick(Stock::Games),
        Command::Quit => Action::QuitNow,
        Command::Unqueue => Action::Unqueue,
        Command::Models => Action::Pick(Stock::Models),
        Command::Credits => Action::Credits,
        Command::NextVariant => Action::StepVariant(1),
        Command::BackVariant => Action::StepVariant(-1),
        Command::KeepVariant => Action::KeepVariant,
        Command::Generate
        | Command::NextTab
        | Command::ShowDiff
        | Command::Against
        | Command::Zoom
        | Command::SaveAs
        | Command::Variants
        | Command::Actions
        | Command::Open
        | Command::Search
        | Command::FindNext
        | Command::FindBack
        | Command::NextPane
        | Command::BackPane
        | Command::PanePrompt
        | Command::PaneStatus
        | Command::PanePreview
        | Command::Rightward
        | Command::Leftward
        | Command::LineDown
        | Command::LineUp
        | Command::PageDown
        | Command::PageUp
        | Command::Top
        | Command::Bottom
        | Command::Clear
        | Command::Help
        | Command::Themes
        | Command::Mouse
        | Command::Copy
        | Command::Suspend
        | Command::Editor => return None,
    })
}

/// A number takes a line of the list, words narrow it, nothing closes it.
fn answer(picker: &Picker, line: &str) -> Vec<Action> {
    if line.is_empty() {
        return vec![Action::Stop];
    }
    let number = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let item = number.and_then(|number| Some((number, picker.items.as_ref()?.get(number)?)));
    let Some((number, item)) = item else { return vec![Action::Narrow(line.to_owned())] };
    let by = number.cast_signed() - picker.chosen.cast_signed();
    let mut actions = vec![Action::Step(by), Action::Choose];
    if let Value::Prompt(prompt) = &item.value {
        actions.push(Action::Generate(prompt.clone()));
    }
    actions
}

/// Every command that counts here, from the table that the keys are in.
fn help(keys: &Keymap) -> Vec<String> {
    let mut lines = vec!["A line is a prompt. Commands:".to_owned()];
    for bind in &keys.binds {
        let line = format!(":{} {}", bind.run, bind.help);
        let counts = bind.run == Command::Help || action(bind.run).is_some();
        if counts && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Prints lines. With the reader gone the work still comes to its end.
fn say(lines: impl IntoIterator<Item = String>) {
    for line in lines {
        drop(output::write_stdout(format!("{line}\n").as_bytes()));
    }
}

/// Reads standard input on a thread of its own; it ends with the program.
#[expect(clippy::disallowed_methods, reason = "standard input belongs to this front alone")]
fn listen() -> mpsc::UnboundedReceiver<String> {
    let (send, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut line = Vec::new();
        while let Ok(1..) = input.read_until(b'\n', &mut line) {
            let text = String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned();
            if send.send(text).is_err() {
                break;
            }
        }
    });
    lines
}

impl Front for Reader {
    async fn next(&mut self) -> Option<Vec<Action>> {
        if self.work == Work::Idle
            && let Some(prompt) = self.waiting.pop_front()
        {
            return Some(vec![Action::Generate(prompt)]);
        }
        tokio::select! {
            line = self.lines.recv(), if self.input == Input::Open => Some(self.heard(line)),
            ending = self.signals.next() => {
                self.by_signal = true;
                let (Ending::Interrupt | Ending::Demand) = ending;
                Some(vec![Action::QuitNow])
            }
        }
    }

    fn show(&mut self, state: &State, now: Instant) -> std::io::Result<()> {
        say(self.told.news(state, now));
        self.work = if state.is_busy() { Work::Busy } else { Work::Idle };
        self.picker.clone_from(&state.view.picker);
        Ok(())
    }

    fn redraw_at(&self, state: &State, _: Instant) -> Option<Instant> {
        self.told.next(state)
    }

    fn is_over(&self, state: &State) -> bool {
        let is_idle = !state.is_busy()
            && (state.queue.is_empty() || state.queue_mode == QueueMode::Held)
            && self.waiting.is_empty();
        state.is_over() || self.input == Input::Ended && is_idle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Item;

    #[test]
    fn every_command_of_the_key_table_has_a_name_that_means_it() {
        for bind in Keymap::built_in().binds {
            assert_eq!(Command::named(&bind.run.to_string()), Some(bind.run));
        }
        assert_eq!(Command::named("dance"), None);
        let help = help(&Keymap::built_in()).join("\n");
        assert!(help.contains(":play-test play-test\n") && !help.contains(":line-down"), "{help}");
    }

    #[test]
    fn a_list_is_answered_with_a_number_or_with_words() {
        let item = |text: &str| Item {
            label: text.to_owned(),
            detail: String::new(),
            value: Value::Prompt(text.to_owned()),
        };
        let picker = Picker::offering(Stock::Prompts, vec![item("bats"), item("owls")]);
        let taken = answer(&picker, "2");
        let expected = [Action::Step(1), Action::Choose, Action::Generate("owls".to_owned())];
        assert_eq!(taken, expected);
        assert_eq!(answer(&picker, "3"), [Action::Narrow("3".to_owned())]);
        assert_eq!(answer(&picker, ""), [Action::Stop]);
    }
}
