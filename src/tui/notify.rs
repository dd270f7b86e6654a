//! What the terminal says beside the screen: the window's title, and that a game is done
//! while the user looks elsewhere. It costs no frame: only what changes is written.

use super::terminal::{Inside, Toasts};
use crate::app::{Failure, Job, JobId, Progress, State};
use crate::config::NotifyMode;
use crate::untrusted::Untrusted;

/// Whether the window has the user's eyes. A terminal that does not tell has them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Eyes {
    #[default]
    Here,
    Elsewhere,
}

/// Tells beside the screen.
#[derive(Debug)]
pub struct Herald {
    wish: NotifyMode,
    toasts: Toasts,
    inside: Inside,
    pub eyes: Eyes,
    title: String,
    /// The last job that was seen, and whether it had ended.
    seen: Option<(JobId, Standing)>,
}

/// How it stands with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Running,
    Ended,
}

impl Herald {
    pub fn new(wish: NotifyMode, toasts: Toasts, inside: Inside) -> Self {
        let (eyes, title) = (Eyes::Here, String::new());
        Self { wish, toasts, inside, eyes, title, seen: None }
    }

    /// Somebody else had the terminal, and may have set another title.
    pub fn forget_title(&mut self) {
        self.title.clear();
    }

    /// What is to be written to the terminal, now that this is the state: mostly nothing.
    pub fn tell(&mut self, state: &State) -> String {
        let mut told = String::new();
        let title = title(state);
        if title != self.title {
            told = format!("\x1b]2;{title}\x1b\\");
            self.title = title;
        }
        let seen = state.job.as_ref().map(|job| (job.id, standing(job)));
        if let Some(job) = state.job.as_ref().filter(|_| seen != self.seen) {
            told.push_str(&self.news(job));
        }
        self.seen = seen;
        told
    }

    /// That a job has ended, where nobody looks.
    fn news(&self, job: &Job) -> String {
        // A version out of the library was not waited for.
        let was_made = !matches!(job.log.first(), Some(Progress::Opened { .. }));
        let is_news = job.is_done() && was_made && !was_stopped(job);
        if !is_news || self.eyes == Eyes::Here {
            return String::new();
        }
        let words = match &job.result {
            Some(Ok(game)) => format!("{} is done", game.title),
            Some(Err(failure)) => format!("no game: {}", failure.message()),
            None => return String::new(),
        };
        let words = Untrusted::new(words).headline(100);
        let toast = || self.inside.wrapped(&format!("\x1b]9;codeagent: {words}\x1b\\"));
        match (self.wish, self.toasts) {
            (NotifyMode::Off, _) => String::new(),
            (NotifyMode::Osc9, _) | (NotifyMode::Auto, Toasts::Shown) => toast(),
            (NotifyMode::Bell, _) | (NotifyMode::Auto, Toasts::Unknown) => "\x07".to_owned(),
        }
    }
}

/// Whoever stops a job knows that it has ended.
fn was_stopped(job: &Job) -> bool {
    matches!(job.result, Some(Err(Failure::Cancelled)))
}

fn standing(job: &Job) -> Standing {
    if job.is_done() { Standing::Ended } else { Standing::Running }
}

/// The program, and the game that it is about; a mark where that has ended.
fn title(state: &State) -> String {
    let Some(job) = &state.job else { return "codeagent".to_owned() };
    let (mark, name) = match job.result.as_ref() {
        Some(Ok(game)) if job.is_done() => ("✓ ", game.title.as_str()),
        Some(Ok(game)) => ("", game.title.as_str()),
        Some(Err(_)) => ("✗ ", job.prompt.text()),
        None => ("", job.prompt.text()),
    };
    format!("{mark}codeagent · {}", Untrusted::new(name).headline(40))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Action, Engine, Event, Plan, update};

    fn offline() -> State {
        State::new(Plan::bare(Engine::HuggingFace), 1)
    }

    /// A job that has ended at once, for there is no token.
    fn failed(state: &mut State) {
        let prompt = "bats \x1b]0;owned\x07".to_owned();
        update(state, Event::Acted(Action::Generate(prompt)), crate::driver::now());
    }

    #[test]
    fn what_is_told_is_told_once_and_nothing_in_it_is_obeyed() {
        let mut herald = Herald::new(NotifyMode::Auto, Toasts::Shown, Inside::Nothing);
        let mut state = offline();
        assert_eq!(herald.tell(&state), "\x1b]2;codeagent\x1b\\");
        assert_eq!(herald.tell(&state), "");
        herald.eyes = Eyes::Elsewhere;
        failed(&mut state);
        let told = herald.tell(&state);
        assert!(told.starts_with("\x1b]2;✗ codeagent · bats ␛]0;owned␇\x1b\\"), "{told:?}");
        assert!(told.contains("\x1b]9;codeagent: no game: "), "{told:?}");
        assert_eq!(herald.tell(&state), "");
        herald.forget_title();
        assert!(herald.tell(&state).starts_with("\x1b]2;"));
    }

    #[test]
    fn it_is_told_as_it_is_wished() {
        let table = [
            (NotifyMode::Auto, Toasts::Unknown, Eyes::Elsewhere, "\x07"),
            (NotifyMode::Bell, Toasts::Shown, Eyes::Elsewhere, "\x07"),
            (NotifyMode::Osc9, Toasts::Unknown, Eyes::Elsewhere, "\x1b]9;"),
            (NotifyMode::Off, Toasts::Shown, Eyes::Elsewhere, ""),
            (NotifyMode::Auto, Toasts::Shown, Eyes::Here, ""),
        ];
        for (wish, toasts, eyes, expected) in table {
            let mut herald = Herald::new(wish, toasts, Inside::Nothing);
            let mut state = offline();
            herald.eyes = eyes;
            failed(&mut state);
            let told = herald.tell(&state);
            let (_, told) = told.split_once("\x1b\\").unwrap();
            assert!(told.starts_with(expected), "{wish:?}: {told:?}");
            assert_eq!(told.is_empty(), expected.is_empty(), "{wish:?}: {told:?}");
        }
    }
}
