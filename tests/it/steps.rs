//! A long life at random: keys, pastes, mice, sizes and answers of every kind, step after step.
//!
//! Nothing may panic, and what is in the editor is always what the machine keeps. No key that moves or
//! edits, no paste, no late answer and no stop begins a game: the requests are counted.
//! `CODEAGENT_STEPS=1000000 cargo test --release --test it steps::` goes on for a million.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use codeagent::app::picker::{PickerItem, PickerValue};
use codeagent::app::{
    Action, AutoPlayTest, BaseVersion, Effect, Engine, Event, GamePage, JobEvent, JobId, JobTask,
    OpenPurpose, OpenedVersion, PickerKind, PlayError, QueueMode, SaveReport, SessionEvent,
    SessionPlan, SessionTask, StartupMode, StartupSummary, Task, TaskEvent, TranscriptEntry,
    TranscriptKind, VettingOutcome, update,
};
use codeagent::compose::compose;
use codeagent::game::{ExtractError, HtmlSource, Vetted, vet};
use codeagent::inference::client::StreamProgress as Heard;
use codeagent::inference::limits::{LimitKind, LimitReached, RequestCounters};
use codeagent::inference::{
    ErrorCause, FinishReason, InferenceError, Outcome, PermanentCause, Reply, TokenUsage,
    TransientCause,
};
use codeagent::library::{DiskError, GameId, LibraryError, VersionId, compare_pages};
use codeagent::play::{FindBrowserError, PlayTestError, PlayTestStage};
use codeagent::tui::{Pane, UiState};
use crossterm::event::{
    Event as Term, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::replay::{GAME, Replay, passed, plan};
use crate::screens::ui;

/// Keys that have a name.
pub const KEYS: [KeyCode; 17] = [
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::F(1),
    KeyCode::F(3),
    KeyCode::F(4),
];

const PASTES: [&str; 6] = [
    "幽霊の迷路 👻\r\nتحرك\n",
    "\u{202e}\x1b[2J\t\u{9b}",
    "",
    "a maze\nof bats",
    "\r\r\n",
    "e\u{301}👩‍👩‍👧",
];

/// splitmix64 (Steele, Lea, Flood 2014): the same life from the same number.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 1).unwrap_or(0) % most.max(1)
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// One run of the program: from its start until it ends or somebody loses patience.
struct Life {
    replay: Replay,
    ui: UiState,
    chance: Chance,
    pending: VecDeque<(JobId, Task)>,
    size: (u16, u16),
    /// The text that reached the disk last.
    on_disk: String,
    game: Arc<Vetted>,
    /// The jobs that have asked for something.
    asked: BTreeSet<JobId>,
    /// What happens now, if it must begin no game.
    harmless: Option<String>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut chance = Chance(seed);
        let engine = chance.one(&[Engine::HuggingFace, Engine::Offline, Engine::Endpoint]);
        let play_test = chance.one(&[AutoPlayTest::Off, AutoPlayTest::On]);
        let variant_models = vec!["acme/a".into(), "acme/b".into()];
        let plan = SessionPlan { variant_models, ..plan() }.with(|job| {
            job.engine = engine;
            job.play_test = play_test;
        });
        let replay = Replay::new(plan);
        let mut ui = ui(&replay);
        ui.sync(&replay.state);
        let game = Arc::new(vet(HtmlSource::new(GAME)).unwrap());
        let mut life = Self {
            replay,
            ui,
            chance,
            pending: VecDeque::new(),
            size: (100, 30),
            on_disk: String::new(),
            game,
            asked: BTreeSet::new(),
            harmless: None,
        };
        life.event(Event::Acted(Action::LoadStartup(StartupMode::Resume)));
        life
    }

    fn event(&mut self, event: Event) {
        for effect in update(&mut self.replay.state, event, self.replay.now) {
            match effect {
                Effect::Start(id, Task::Session(SessionTask::KeepPrompt(text))) => {
                    self.on_disk.clone_from(&text);
                    self.pending.push_back((id, Task::Session(SessionTask::KeepPrompt(text))));
                }
                Effect::Start(id, task) => {
                    self.count(id, &task);
                    self.pending.push_back((id, task));
                }
                Effect::Abort(id) => self.pending.retain(|(of, _)| *of != id),
            }
        }
    }

    /// A job that asks for the first time was begun by what happens now.
    fn count(&mut self, id: JobId, task: &Task) {
        let asks = matches!(task, Task::Job(JobTask::Ask(_) | JobTask::Compose { .. }));
        if asks && self.asked.insert(id) {
            assert_eq!(self.harmless, None, "a game was begun by this");
        }
    }

    fn term(&mut self, event: Term) {
        self.harmless = self.is_harmless(&event).then(|| format!("{event:?}"));
        for action in self.ui.on_event(event, &self.replay.state) {
            self.event(Event::Acted(action));
        }
    }

    /// Whether nobody who does this wants a game.
    fn is_harmless(&self, event: &Term) -> bool {
        let dialogs = &self.replay.state.dialogs;
        let is_open = dialogs.picker.is_some() || dialogs.confirm.is_some();
        match event {
            Term::Paste(_) | Term::Resize(..) | Term::FocusGained | Term::FocusLost => true,
            Term::Mouse(_) => !is_open,
            Term::Key(KeyEvent { code: KeyCode::Char(letter), modifiers, .. }) => {
                let sends = *letter == 'g' && *modifiers == KeyModifiers::CONTROL
                    // Asks a model what the prompt leaves open.
                    || *letter == 'i' && *modifiers == KeyModifiers::ALT;
                !is_open && self.ui.view().focus == Pane::Prompt && !sends
            }
            Term::Key(key) => key.code != KeyCode::Enter,
        }
    }

    /// An answer begins a game only where one was asked for before: a prompt in the queue that is not
    /// held, or another variant.
    fn expects_games(&self) -> bool {
        let state = &self.replay.state;
        let is_queued = state.queue.iter().any(|queued| queued.mode == QueueMode::Runs);
        is_queued || state.variants.is_some()
    }

    fn step(&mut self, seed: u64) {
        let expects = self.expects_games();
        self.harmless = (!expects).then(|| "time, or an answer".to_owned());
        match self.chance.below(20) {
            0..=8 => self.key(),
            9 => {
                let text = self.chance.one(&PASTES);
                self.term(Term::Paste(text.to_owned()));
            }
            10 => self.mouse(),
            11 => {
                let sizes =
                    [(160, 50), (120, 30), (80, 24), (40, 12), (20, 5), (1, 1), (39, 9), (250, 3)];
                self.size = self.chance.one(&sizes);
                self.term(Term::Resize(self.size.0, self.size.1));
            }
            12 | 13 => {
                let wait = self.chance.one(&[1, 200, 1_000, 2_500, 70_000]);
                self.replay.now += Duration::from_millis(wait);
                self.event(Event::TimerFired);
            }
            14 => {
                let focus = self.chance.one(&[Term::FocusGained, Term::FocusLost]);
                self.term(focus);
            }
            _ => self.answer(),
        }
        self.look(seed);
    }

    fn key(&mut self) {
        let letters: Vec<char> =
            "abcdfgijknprtuvxyzGNU019/?,.[]<> é幽👻\u{202e}\u{0}".chars().collect();
        let code = match self.chance.below(3) {
            0 => self.chance.one(&KEYS),
            _ => KeyCode::Char(self.chance.one(&letters)),
        };
        let with = [
            KeyModifiers::NONE,
            KeyModifiers::NONE,
            KeyModifiers::NONE,
            KeyModifiers::CONTROL,
            KeyModifiers::ALT,
            KeyModifiers::SHIFT,
        ];
        let with = self.chance.one(&with);
        self.term(Term::Key(KeyEvent::new(code, with)));
    }

    fn mouse(&mut self) {
        let kinds = [
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Drag(MouseButton::Left),
            MouseEventKind::Up(MouseButton::Left),
            MouseEventKind::ScrollDown,
            MouseEventKind::ScrollUp,
            MouseEventKind::Moved,
        ];
        let kind = self.chance.one(&kinds);
        let column = u16::try_from(self.chance.below(usize::from(self.size.0) + 2)).unwrap();
        let row = u16::try_from(self.chance.below(usize::from(self.size.1) + 2)).unwrap();
        self.term(Term::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    }

    /// Some task has news, of one kind or another.
    fn answer(&mut self) {
        let at = self.chance.below(self.pending.len());
        let Some((id, task)) = self.pending.get(at).cloned() else { return };
        let (news, is_last) = self.news_of(&task);
        if is_last {
            self.pending.remove(at);
        }
        if let Some(news) = news {
            self.event(Event::Reported(id, news));
        }
    }

    /// What a task may tell, and whether that is its end.
    fn news_of(&mut self, task: &Task) -> (Option<TaskEvent>, bool) {
        match task {
            Task::Job(task) => {
                let (event, is_last) = self.job_event(task);
                (event.map(TaskEvent::Job), is_last)
            }
            Task::Session(task) => (self.session_event(task).map(TaskEvent::Session), true),
        }
    }

    fn job_event(&mut self, task: &JobTask) -> (Option<JobEvent>, bool) {
        let version = VersionId { game: GameId(4), number: 2 };
        let gone = LibraryError::NoVersion(version);
        let broken = DiskError { path: "x.html".into(), why: "the disk is full".into() };
        let luck = self.chance.below(4);
        let news = match task {
            JobTask::Ask(_) => return self.heard(),
            JobTask::KeepTry(_) => return (None, true),
            JobTask::Compose { seed, theme, .. } => {
                JobEvent::Composed(Box::new(compose("a snake", *seed % 2, *theme)))
            }
            JobTask::Stitch { cut, more } => JobEvent::Stitched(format!("{cut}{more}")),
            JobTask::VetReply { .. } | JobTask::VetSource(_) => self.vetted(),
            JobTask::Save { .. } if luck == 0 => JobEvent::Saved(Err(broken)),
            JobTask::Save { .. } => {
                let kept = self.chance.one(&[None, Some(Ok(version)), Some(Err(gone))]);
                JobEvent::Saved(Ok(SaveReport { path: Some("bats.html".into()), version: kept }))
            }
            JobTask::Overwrite { .. } if luck == 0 => JobEvent::Overwritten(Err(broken)),
            JobTask::Overwrite { path, .. } => JobEvent::Overwritten(Ok(path.clone())),
            JobTask::KeepDraft { .. } if luck == 0 => JobEvent::DraftKept(Err(broken)),
            JobTask::KeepDraft { .. } => JobEvent::DraftKept(Ok("draft.txt".into())),
            JobTask::PlayTest { .. } if luck > 1 => {
                return (Some(JobEvent::PlayTestStage(PlayTestStage::Loading)), false);
            }
            JobTask::PlayTest { .. } => JobEvent::PlayTested(Err(PlayTestError::BrowserNotFound(
                FindBrowserError::NotFound,
            ))),
        };
        (Some(news), true)
    }

    /// What a task of the session answers; `None` if it never does.
    fn session_event(&mut self, task: &SessionTask) -> Option<SessionEvent> {
        let version = VersionId { game: GameId(4), number: 2 };
        let gone = LibraryError::NoVersion(version);
        let broken = DiskError { path: "x.html".into(), why: "the disk is full".into() };
        let luck = self.chance.below(4);
        Some(match task {
            SessionTask::KeepPrompt(_) if luck == 0 => SessionEvent::PromptKept(Err(broken)),
            SessionTask::KeepPrompt(_) => SessionEvent::PromptKept(Ok(())),
            SessionTask::SaveCopy { .. } if luck == 0 => SessionEvent::CopySaved(Err(broken)),
            SessionTask::SaveCopy { .. } => SessionEvent::CopySaved(Ok(SaveReport {
                path: Some("copy.html".into()),
                version: None,
            })),
            SessionTask::LoadStartup => SessionEvent::StartupLoaded(Ok(StartupSummary {
                is_first: luck == 0,
                counters: RequestCounters::default(),
                unfinished: Vec::new(),
                prompts: vec!["owls".to_owned(), "an old\nprompt".to_owned()],
                last_game: (luck > 1).then_some(GameId(4)),
            })),
            SessionTask::Search { kind, query } => {
                let items = if luck == 0 { Err(gone) } else { Ok(items(*kind, version)) };
                SessionEvent::Found { kind: *kind, query: query.clone(), items }
            }
            SessionTask::Open(_) | SessionTask::Look(_) if luck == 0 => {
                SessionEvent::Opened(Err(gone))
            }
            SessionTask::Open(_) | SessionTask::Look(_) => {
                let base = BaseVersion {
                    version: Some(version),
                    title: "Bats".into(),
                    ..BaseVersion::default()
                };
                let product = GamePage::Vetted(Arc::clone(&self.game));
                let transcript = vec![TranscriptEntry {
                    job: None,
                    prompt: "bats".to_owned(),
                    kind: TranscriptKind::NewGame,
                    tries: Vec::new(),
                }];
                let base = Arc::new(base);
                let purpose = match task {
                    SessionTask::Look(_) => OpenPurpose::Look,
                    _ => OpenPurpose::Change,
                };
                let opened = OpenedVersion { base, product, played: None, purpose, transcript };
                SessionEvent::Opened(Ok(Box::new(opened)))
            }
            SessionTask::Compare { new, .. } => SessionEvent::Compared(Ok(Box::new(
                compare_pages(("old", GAME), (&new.name, &new.source)),
            ))),
            SessionTask::FollowPointing => {
                SessionEvent::Pointed("At the thing I clicked [canvas]: ".to_owned())
            }
            SessionTask::Play(_) => {
                SessionEvent::Played(Err(PlayError::Broke("it broke".to_owned())))
            }
            _ => return None,
        })
    }

    /// A model's answer, piece by piece, with every end that it may have.
    fn heard(&mut self) -> (Option<JobEvent>, bool) {
        let text = [
            "Sure:\n```html\n",
            GAME,
            "<p>\n",
            "```\n",
            "\u{1b}[31m日本\n",
            "x",
            "<<<<<<< SEARCH\n",
        ];
        let held =
            LimitReached { limit: LimitKind::Minute, max: 50, wait: Duration::from_secs(20) };
        match self.chance.below(12) {
            0..=6 => (
                Some(JobEvent::StreamProgress(Heard::Content(self.chance.one(&text).to_owned()))),
                false,
            ),
            7 => (Some(JobEvent::StreamProgress(Heard::Thinking)), false),
            8 => (Some(JobEvent::LimitReached(held, RequestCounters::default())), true),
            9 => {
                let causes = [
                    ErrorCause::Transient(TransientCause::Busy),
                    ErrorCause::Transient(TransientCause::Loading),
                    ErrorCause::Permanent(PermanentCause::BadToken),
                ];
                let trouble = InferenceError::local(self.chance.one(&causes), "said so\u{1b}[2J");
                (Some(JobEvent::Ended(Outcome::Failed(trouble))), true)
            }
            _ => {
                let finish = self.chance.one(&[
                    FinishReason::Complete,
                    FinishReason::Complete,
                    FinishReason::Length,
                ]);
                let usage = Some(TokenUsage { prompt_tokens: 40, completion_tokens: 4_000 });
                (
                    Some(JobEvent::Ended(Outcome::Replied(Reply {
                        finish,
                        usage,
                        ..Reply::default()
                    }))),
                    true,
                )
            }
        }
    }

    fn vetted(&mut self) -> JobEvent {
        match self.chance.below(6) {
            0 => JobEvent::Vetted(VettingOutcome::Cut),
            1 => JobEvent::Vetted(VettingOutcome::Nothing(ExtractError::Prose)),
            2 => {
                let refused = vet(HtmlSource::new(GAME.replace("1)", "eval('1'))"))).unwrap_err();
                JobEvent::Vetted(VettingOutcome::Refused(Arc::new(refused)))
            }
            _ => passed(GAME),
        }
    }

    /// What is seen, and what must always hold.
    fn look(&mut self, seed: u64) {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        self.ui.sync(&self.replay.state);
        let (state, now) = (&self.replay.state, self.replay.now);
        terminal.draw(|frame| self.ui.draw(frame, state, now)).unwrap();
        if !state.quitting {
            assert_eq!(
                self.ui.prompt_text(),
                state.draft.text,
                "life {seed}: the draft is in the editor"
            );
        }
    }
}

fn items(kind: PickerKind, version: VersionId) -> Vec<PickerItem> {
    let value = match kind {
        PickerKind::Prompts => PickerValue::Prompt("old words\nof two lines".into()),
        PickerKind::Paths => PickerValue::Words("games/".into()),
        _ => PickerValue::Version(version),
    };
    let item = PickerItem { label: "幽霊 \u{1b}[2J".into(), detail: "3 versions".into(), value };
    vec![item; 5]
}

#[test]
fn no_life_breaks_the_screen_or_loses_the_draft() {
    let steps = std::env::var("CODEAGENT_STEPS").ok().and_then(|steps| steps.parse().ok());
    let steps: usize = steps.unwrap_or(4_000);
    let (mut taken, mut seed) = (0, 1);
    while taken < steps {
        let mut life = Life::new(seed);
        for _ in 0..1_000 {
            taken += 1;
            life.step(seed);
            if life.replay.state.is_over() {
                let kept = &life.replay.state.draft.text;
                let is_kept = life.on_disk == *kept || kept.is_empty();
                assert!(is_kept, "life {seed} ended with {kept:?}, on disk is {:?}", life.on_disk);
                break;
            }
        }
        seed += 1;
    }
}

/// An editor with this text, of which the last line is selected, and a session without a token.
fn with_selection(text: &str) -> Life {
    let mut life = Life::new(1);
    life.replay = Replay::new(plan().with(|job| job.has_token = false));
    life.ui = ui(&life.replay);
    life.term(Term::Paste(text.to_owned()));
    life.term(Term::Key(KeyEvent::new(KeyCode::Up, KeyModifiers::SHIFT)));
    life.look(0);
    life
}

#[test]
fn a_prompt_that_fails_at_once_is_there_once_also_where_something_was_selected() {
    for text in ["\n\nbats\nat night", "bats\nat night \t", "bats\nat night"] {
        let mut life = with_selection(text);
        life.term(Term::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)));
        life.look(0);
        assert_eq!(life.ui.prompt_text().trim(), "bats\nat night", "{text:?}");
    }
}

#[test]
fn what_is_pointed_at_takes_the_place_of_nothing() {
    let mut life = with_selection("bats\nat night");
    let words = "At the thing I clicked [canvas]: ";
    life.replay.state.draft.pointed.count += 1;
    words.clone_into(&mut life.replay.state.draft.pointed.text);
    life.ui.sync(&life.replay.state);
    assert_eq!(life.ui.prompt_text(), format!("bats\nat night {words}"));
}
