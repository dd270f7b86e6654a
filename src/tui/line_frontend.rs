//! Line mode, for screen readers and terminals that only print.
//!
//! Nothing is drawn or overwritten: each change is a new line. Input lines are prompts, or commands
//! with a colon named as in the key table.

use std::collections::VecDeque;
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;
use std::time::Instant;

use tokio::sync::mpsc;

use super::command_actions::session_action;
use super::keymap::{Keymap, UiCommand};
use super::line_reporter::LineReporter;
use super::session_lines::session_lines;
use super::{exit_with_error, print_saved_paths};
use crate::app::picker::{Picker, PickerValue};
use crate::app::{Action, JobAction, QueueAction, QueueMode, Session, SessionPlan, StartupMode};
use crate::config::Settings;
use crate::driver::signals::{Signals, Termination};
use crate::driver::{self, Frontend};
use crate::play::Recording;
use crate::report::output;

/// Runs line mode and returns the exit code; blocks until it is over.
pub(super) fn run(
    prompt: Option<&str>,
    settings: &Settings,
    plan: SessionPlan,
    reason: Option<&str>,
) -> ExitCode {
    let notices = reason.into_iter().map(str::to_owned).chain(settings.notices.all.iter().cloned());
    let hint = "type a prompt and press Enter; :help lists the commands, :quit quits";
    print_lines(notices.chain([hint.to_owned()]));
    // Prompts of a script make the same games whatever was made before.
    let startup = match prompt {
        None if std::io::stdin().is_terminal() => StartupMode::Resume,
        _ => StartupMode::Fresh,
    };
    let done = driver::block_on(async {
        let executor = driver::system_executor(settings, Recording::Off);
        let mut reader = LineFrontend::open(startup)?;
        let first = prompt.map(|prompt| Action::Generate(prompt.to_owned()));
        let state = driver::run(driver::state(plan), first, &executor, &mut reader).await?;
        Ok((state, reader.by_signal))
    });
    match done {
        Ok((state, by_signal)) => {
            print_saved_paths(&state);
            ExitCode::from(if by_signal { 130 } else { 0 })
        }
        Err(error) => exit_with_error(&format!("standard input or output failed: {error}"), 9),
    }
}

/// The frontend of line mode.
struct LineFrontend {
    lines: mpsc::UnboundedReceiver<String>,
    /// Whether more input may come.
    input: InputState,
    signals: Signals,
    by_signal: bool,
    keys: Keymap,
    reporter: LineReporter,
    /// Prompts entered while a game was being made. They wait here so that its result is printed
    /// before the next job starts.
    queued_prompts: VecDeque<String>,
    /// What is asked for first. `None` once it was.
    startup: Option<StartupMode>,
    /// How often what the user pointed at was sent.
    pointed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum InputState {
    Open,
    /// The input has ended; the running job still completes.
    Ended,
}

impl LineFrontend {
    fn open(startup: StartupMode) -> std::io::Result<Self> {
        Ok(Self {
            startup: Some(startup),
            lines: spawn_stdin_reader(),
            input: InputState::Open,
            signals: Signals::new()?,
            by_signal: false,
            keys: Keymap::built_in(),
            reporter: LineReporter::default(),
            queued_prompts: VecDeque::new(),
            pointed: 0,
        })
    }

    /// Handles a line: a command, an answer to the open list, or a prompt.
    fn handle_line(&mut self, line: &str, state: &Session) -> Vec<Action> {
        let line = line.trim();
        if let Some(name) = line.strip_prefix(':') {
            return self.run_command(name.trim(), state);
        }
        match &state.dialogs.picker {
            Some(picker) => answer_picker(picker, line),
            None if line.is_empty() => Vec::new(),
            None => self.handle_prompt(line, state),
        }
    }

    /// Sends a prompt, or keeps it for later; it begins with what the user pointed at.
    fn handle_prompt(&mut self, line: &str, state: &Session) -> Vec<Action> {
        let pointed = &state.draft.pointed;
        let is_new = std::mem::replace(&mut self.pointed, pointed.count) != pointed.count;
        let prompt = if is_new { format!("{}{line}", pointed.text) } else { line.to_owned() };
        // The session's draft holds the same words already.
        let edited = is_new.then(|| Action::Edited(prompt.clone()));
        if state.is_busy() {
            self.queued_prompts.push_back(prompt);
            print_lines([format!("queued, {} waiting", self.queued_prompts.len())]);
            return edited.into_iter().collect();
        }
        edited.into_iter().chain([Action::Generate(prompt)]).collect()
    }

    /// Handles a line, or the end of input (`None`).
    fn handle_input(&mut self, line: Option<String>, state: &Session) -> Vec<Action> {
        let Some(line) = line else {
            self.input = InputState::Ended;
            return Vec::new();
        };
        self.handle_line(&line, state)
    }

    fn run_command(&self, name: &str, state: &Session) -> Vec<Action> {
        let command = UiCommand::from_name(name);
        match command {
            Some(UiCommand::Help) => {
                print_lines(help_lines(&self.keys));
                return Vec::new();
            }
            Some(UiCommand::PaneSession) => {
                print_lines(session_lines(state));
                return Vec::new();
            }
            _ => {}
        }
        if let (Some(UiCommand::Stop), Some(_)) = (command, &state.dialogs.picker) {
            return vec![Action::Stop];
        }
        let action = command.and_then(line_action);
        if action.is_none() {
            let name = crate::untrusted::Untrusted::new(name).headline(40);
            print_lines([format!("no command :{name} here; :help lists the commands")]);
        }
        action.into_iter().collect()
    }
}

/// Maps a command to its action in line mode; `None` for commands that only affect drawing.
fn line_action(command: UiCommand) -> Option<Action> {
    match command {
        UiCommand::Stop => Some(Action::job(JobAction::Stop)),
        UiCommand::PlayTest => Some(Action::job(JobAction::PlayTest)),
        UiCommand::Quit => Some(Action::QuitNow),
        UiCommand::Unqueue => Some(Action::Queue(QueueAction::TakeLast)),
        other => session_action(other),
    }
}

/// A number chooses an item, text narrows the list, an empty line closes it.
fn answer_picker(picker: &Picker, line: &str) -> Vec<Action> {
    if line.is_empty() {
        return vec![Action::Stop];
    }
    let number = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let item = number.and_then(|number| Some((number, picker.items.as_ref()?.get(number)?)));
    let Some((number, item)) = item else { return vec![Action::Narrow(line.to_owned())] };
    let by = number.cast_signed() - picker.chosen.cast_signed();
    let mut actions = vec![Action::Step(by), Action::Choose];
    if let PickerValue::Prompt(prompt) = &item.value {
        actions.push(Action::Generate(prompt.clone()));
    }
    actions
}

/// The help: every command of line mode, from the key table.
fn help_lines(keys: &Keymap) -> Vec<String> {
    let mut lines = vec!["Each line is a prompt. Commands:".to_owned()];
    for bind in &keys.bindings {
        // Here, one line stops the job; the key needs two presses.
        let help = if bind.run == UiCommand::Stop { "stop the current job" } else { &bind.help };
        let line = format!(":{} {help}", bind.run);
        let is_printed = matches!(bind.run, UiCommand::Help | UiCommand::PaneSession);
        let counts = is_printed || line_action(bind.run).is_some();
        if counts && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Prints lines. Without a reader of standard output the job still completes.
fn print_lines(lines: impl IntoIterator<Item = String>) {
    for line in lines {
        drop(output::write_stdout(format!("{line}\n").as_bytes()));
    }
}

/// Reads standard input on a thread that ends with the program.
#[expect(clippy::disallowed_methods, reason = "standard input belongs to this front alone")]
fn spawn_stdin_reader() -> mpsc::UnboundedReceiver<String> {
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

impl Frontend for LineFrontend {
    async fn next(&mut self, state: &Session) -> Option<Vec<Action>> {
        if let Some(mode) = self.startup.take() {
            return Some(vec![Action::LoadStartup(mode)]);
        }
        if !state.is_busy()
            && let Some(prompt) = self.queued_prompts.pop_front()
        {
            return Some(vec![Action::Generate(prompt)]);
        }
        tokio::select! { line = self.lines.recv(), if self.input == InputState::Open => Some(self.handle_input(line, state)), ending = self.signals.next() => { self.by_signal = true; let (Termination::Interrupt | Termination::Demand) = ending; Some(vec![Action::QuitNow]) } }
    }

    fn render(&mut self, state: &Session, now: Instant) -> std::io::Result<()> {
        print_lines(self.reporter.new_lines(state, now));
        Ok(())
    }

    fn redraw_at(&self, state: &Session, _: Instant) -> Option<Instant> {
        self.reporter.next_report(state)
    }

    fn is_over(&self, state: &Session) -> bool {
        let is_idle = !state.jobs.are_running()
            && state.queue.iter().all(|queued| queued.mode == QueueMode::Held)
            && self.queued_prompts.is_empty();
        state.is_over() || self.input == InputState::Ended && is_idle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{PickerItem, PickerKind};

    #[test]
    fn every_command_of_the_key_table_has_a_name_that_means_it() {
        for bind in Keymap::built_in().bindings {
            assert_eq!(UiCommand::from_name(&bind.run.to_string()), Some(bind.run));
        }
        assert_eq!(UiCommand::from_name("dance"), None);
        let help = help_lines(&Keymap::built_in()).join("\n");
        assert!(help.contains(":play-test play-test\n") && !help.contains(":line-down"), "{help}");
    }

    #[test]
    fn a_list_is_answered_with_a_number_or_with_words() {
        let item = |text: &str| PickerItem {
            label: text.to_owned(),
            detail: String::new(),
            value: PickerValue::Prompt(text.to_owned()),
        };
        let picker = Picker::with_items(PickerKind::Prompts, vec![item("bats"), item("owls")]);
        let taken = answer_picker(&picker, "2");
        let expected = [Action::Step(1), Action::Choose, Action::Generate("owls".to_owned())];
        assert_eq!(taken, expected);
        assert_eq!(answer_picker(&picker, "3"), [Action::Narrow("3".to_owned())]);
        assert_eq!(answer_picker(&picker, ""), [Action::Stop]);
    }
}
