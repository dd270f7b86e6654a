//! Does the machine decide right? Events in, effects out, no runtime.

use std::sync::Arc;
use std::time::{Duration, Instant};

use codeagent::app::picker::{PickerItem, PickerValue};
use codeagent::app::{
    Action, AutoPlayTest, CutOffReason, DraftContent, Effect, Engine, EngineChoice, Event,
    GameAuthor, Job, JobAction, JobError, JobEvent, JobId, JobIds, JobOptions, JobPhase,
    JobProgress, JobRef, JobTask, LimitPolicy, OpenOutcome, OpenedVersion, OutputForm, PickerKind,
    PlaySession, QueueAction, RequestTerms, SaveReport, SaveTarget, Session, SessionEvent,
    SessionPlan, SessionTask, StartupMode, Task, TryBudget, VettingOutcome, update,
};
use codeagent::compose::GameTheme;
use codeagent::game::{HtmlSource, vet};
use codeagent::inference::client::StreamProgress as Heard;
use codeagent::inference::limits::{LimitKind, LimitReached, RequestCounters, RequestLimits};
use codeagent::inference::protocol::text_generation;
use codeagent::inference::{
    ErrorCause, FinishReason, InferenceError, Outcome, PermanentCause, Policy, Reply,
    RequestAdjustment, Sampling, ServerCost, TransientCause,
};
use codeagent::library::{DiskError, DraftKind, GameId, LibraryError, ModelTry, VersionId};

pub const GAME: &str = "<!doctype html><html lang=en><head><meta charset=utf-8>\
    <meta name=viewport content=width=device-width><title>Bats</title></head>\
    <body><canvas></canvas><script>requestAnimationFrame(() => 1)</script></body></html>";

/// How games are made in these tests: by a model, kept on the shelf.
pub fn plan() -> SessionPlan {
    let job = JobOptions {
        engine: Engine::HuggingFace,
        author: GameAuthor::default(),
        terms: RequestTerms {
            model: "acme/coder".into(),
            prices: None,
            max_tokens: 16_000,
            theme: GameTheme::Spooky,
            sampling: Sampling::default(),
        },
        has_token: true,
        idle_timeout: Duration::from_secs(30),
        policy: Policy::default(),
        seed: 0,
        media: std::sync::Arc::default(),
        limits: RequestLimits::default(),
        over_limit: LimitPolicy::Wait,
        saving: SaveTarget::GamesFolder,
        form: OutputForm::Plain,
        keep_unsafe: false,
        play_test: AutoPlayTest::Off,
        budget: TryBudget::ONE,
        ask_above_usd: None,
    };
    SessionPlan {
        job: Arc::new(job),
        variant_models: Vec::new(),
        credits_usd: None,
        server_cost: ServerCost::Listed,
        engine_choice: EngineChoice::User,
        base_url: "https://router.huggingface.co/v1".into(),
        configured: None,
        host: "router.huggingface.co".into(),
        notices: Vec::new(),
    }
}

/// A machine and its clock.
pub struct Replay {
    pub state: Session,
    pub now: Instant,
    effects: Vec<Effect>,
    /// What was recorded of tries, the oldest first.
    pub recorded: Vec<ModelTry>,
    /// Tasks of the session that were begun and have not answered.
    asked: Vec<(JobId, SessionTask)>,
}

pub fn start() -> Instant {
    Instant::now()
}

impl Replay {
    pub fn new(plan: SessionPlan) -> Self {
        Self {
            state: Session::new(plan, 7, JobIds::default()),
            now: start(),
            effects: Vec::new(),
            recorded: Vec::new(),
            asked: Vec::new(),
        }
    }

    pub fn act(&mut self, action: Action) -> &mut Self {
        self.event(Event::Acted(action))
    }

    pub fn generate(&mut self, prompt: &str) -> &mut Self {
        self.act(Action::Generate(prompt.to_owned()))
    }

    /// News of the job that is on show.
    pub fn news(&mut self, news: JobEvent) -> &mut Self {
        let id = self.job().id;
        self.event(Event::Reported(id, news.into()))
    }

    pub fn hears(&mut self, text: &str) -> &mut Self {
        self.news(JobEvent::StreamProgress(Heard::Content(text.to_owned())))
    }

    pub fn fails(&mut self, cause: ErrorCause) -> &mut Self {
        self.news(JobEvent::Ended(Outcome::Failed(InferenceError::local(cause, "said so"))))
    }

    pub fn replies(&mut self, text: &str) -> &mut Self {
        self.hears(text).news(JobEvent::Ended(Outcome::Replied(Reply::default())))
    }

    pub fn later(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self.event(Event::TimerFired)
    }

    pub fn event(&mut self, event: Event) -> &mut Self {
        for effect in update(&mut self.state, event, self.now) {
            if let Effect::Start(id, Task::Session(task)) = &effect {
                self.asked.push((*id, task.clone()));
            }
            match effect {
                Effect::Start(_, Task::Job(JobTask::KeepTry(made))) => self.recorded.push(*made),
                effect => self.effects.push(effect),
            }
        }
        self
    }

    pub fn job(&self) -> &Job {
        self.state.job().expect("a job was started")
    }

    /// What was to be done since the last look, by name.
    pub fn done(&mut self) -> Vec<&'static str> {
        self.effects.drain(..).map(|effect| name(&effect)).collect()
    }

    /// The same, as they are.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The ids of tasks that were begun, by name, the oldest first.
    pub fn ids(&self, task: &str) -> Vec<JobId> {
        let named = |effect: &Effect| match effect {
            Effect::Start(id, _) if name(effect) == task => Some(*id),
            Effect::Start(..) | Effect::Abort(_) => None,
        };
        self.effects.iter().filter_map(named).collect()
    }

    /// Whether somebody waits for such news.
    pub fn is_asked(&self, news: &SessionEvent) -> bool {
        self.asked.iter().any(|(_, task)| answers(task, news))
    }

    /// The library finds this version for the open list.
    pub fn finds(&mut self, kind: PickerKind, version: VersionId) -> &mut Self {
        let value = PickerValue::Version(version);
        let item = PickerItem { label: "Bats".into(), detail: String::new(), value };
        self.answers(SessionEvent::Found { kind, query: String::new(), items: Ok(vec![item]) })
    }

    /// Opens a version of the library, by choosing it from the list.
    pub fn opens(&mut self, opened: OpenedVersion) -> &mut Self {
        let version = VersionId { game: GameId(4), number: 1 };
        self.act(Action::Pick(PickerKind::Games)).finds(PickerKind::Games, version);
        self.act(Action::Choose).answers(SessionEvent::Opened(Ok(Box::new(opened))))
    }

    /// What a task of the session answers: the newest that asked for such news.
    pub fn answers(&mut self, news: SessionEvent) -> &mut Self {
        if matches!(news, SessionEvent::StartupLoaded(_)) {
            self.act(Action::LoadStartup(StartupMode::Fresh));
        }
        self.report_newest(news)
    }

    /// The same, where it was asked for already.
    pub fn report_newest(&mut self, news: SessionEvent) -> &mut Self {
        let at = self.asked.iter().rposition(|(_, task)| answers(task, &news));
        let (id, _) = self.asked.remove(at.expect("nobody has asked"));
        self.event(Event::Reported(id, news.into()))
    }

    pub fn failure(&self) -> &JobError {
        self.job().current.result.as_ref().expect("it ended").as_ref().expect_err("it failed")
    }
}

fn answers(task: &SessionTask, news: &SessionEvent) -> bool {
    matches!( (task, news), (SessionTask::Search { query: asked, .. }, SessionEvent::Found { query, .. }) if asked == query )
        || matches!(
            (task, news),
            (SessionTask::LoadStartup, SessionEvent::StartupLoaded(_))
                | (SessionTask::Open(_) | SessionTask::Look(_), SessionEvent::Opened(_))
                | (SessionTask::Compare { .. }, SessionEvent::Compared(_))
                | (SessionTask::Play(_) | SessionTask::Replace(_), SessionEvent::Played(_))
                | (SessionTask::FollowPointing, SessionEvent::Pointed(_))
                | (SessionTask::Export(_), SessionEvent::Exported(_))
                | (SessionTask::MakeCurrent(_), SessionEvent::MadeCurrent(_))
                | (SessionTask::ListModels, SessionEvent::ModelsListed(_))
                | (SessionTask::Credits, SessionEvent::CreditsLoaded(_))
                | (SessionTask::FindLocalServers, SessionEvent::LocalServersFound(_))
                | (SessionTask::ListLocalModels, SessionEvent::LocalModelsListed(_))
                | (SessionTask::DownloadModel(_), SessionEvent::ModelDownloaded(_))
                | (SessionTask::UseEngine(_), SessionEvent::EngineChanged(_))
                | (SessionTask::KeepPrompt(_), SessionEvent::PromptKept(_))
                | (SessionTask::SaveCopy { .. }, SessionEvent::CopySaved(_))
        )
}

fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Abort(_) => "abort",
        Effect::Start(_, Task::Job(JobTask::Ask(_))) => "ask",
        Effect::Start(_, Task::Job(JobTask::Compose { .. })) => "compose",
        Effect::Start(_, Task::Job(JobTask::Stitch { .. })) => "stitch",
        Effect::Start(_, Task::Job(JobTask::VetReply { .. })) => "vet reply",
        Effect::Start(_, Task::Job(JobTask::VetSource(_))) => "vet source",
        Effect::Start(_, Task::Job(JobTask::Save { .. })) => "save",
        Effect::Start(_, Task::Job(JobTask::Overwrite { .. })) => "overwrite",
        Effect::Start(_, Task::Job(JobTask::KeepDraft { .. })) => "keep draft",
        Effect::Start(_, Task::Session(SessionTask::KeepPrompt(_))) => "keep prompt",
        Effect::Start(_, Task::Session(SessionTask::Open(_))) => "open",
        Effect::Start(_, Task::Session(SessionTask::Look(_))) => "look at",
        Effect::Start(_, Task::Session(SessionTask::SaveCopy { .. })) => "save copy",
        Effect::Start(_, Task::Session(SessionTask::Play(_))) => "play",
        Effect::Start(_, Task::Session(SessionTask::Replace(_))) => "replace",
        Effect::Start(_, Task::Session(SessionTask::LoadStartup)) => "greet",
        Effect::Start(_, Task::Session(SessionTask::Search { .. })) => "look",
        Effect::Start(_, Task::Session(SessionTask::Compare { .. })) => "compare",
        Effect::Start(_, Task::Session(SessionTask::Export(_))) => "export",
        Effect::Start(_, Task::Session(SessionTask::MakeCurrent(_))) => "make current",
        Effect::Start(_, Task::Job(JobTask::KeepTry(_))) => "keep try",
        Effect::Start(_, Task::Job(JobTask::PlayTest { .. })) => "try out",
        Effect::Start(_, Task::Session(SessionTask::ListModels)) => "catalogue",
        Effect::Start(_, Task::Session(SessionTask::Credits)) => "credits",
        Effect::Start(_, Task::Session(SessionTask::FindLocalServers)) => "find local servers",
        Effect::Start(_, Task::Session(SessionTask::ListLocalModels)) => "list local models",
        Effect::Start(_, Task::Session(SessionTask::DownloadModel(_))) => "download model",
        Effect::Start(_, Task::Session(SessionTask::UseEngine(_))) => "use engine",
        Effect::Start(_, Task::Session(SessionTask::FollowPointing)) => "follow pointing",
    }
}

pub fn saved(path: &str) -> JobEvent {
    JobEvent::Saved(Ok(SaveReport { path: Some(path.into()), version: None }))
}

pub fn passed(html: &str) -> JobEvent {
    JobEvent::Vetted(VettingOutcome::Passed(Arc::new(
        vet(HtmlSource::new(html)).expect("it is harmless"),
    )))
}

fn disk_error() -> DiskError {
    DiskError { path: "x.html".into(), why: "the disk is full".into() }
}

const LOADING: ErrorCause = ErrorCause::Transient(TransientCause::Loading);
const BUSY: ErrorCause = ErrorCause::Transient(TransientCause::Busy);

// ARCHITECTURE.md shows this one as the life of a request.
#[test]
fn a_prompt_becomes_a_game() {
    let mut replay = Replay::new(plan());
    assert_eq!(replay.generate("bats at night").done(), ["ask"]);
    assert_eq!(replay.fails(LOADING).done(), [""; 0]);
    assert!(matches!(replay.job().current.phase, JobPhase::Waiting(_)));
    assert_eq!(replay.later(23).done(), ["ask"]);
    assert_eq!(replay.replies(GAME).done(), ["vet reply"]);
    assert_eq!(replay.news(passed(GAME)).done(), ["save"]);
    assert_eq!(replay.news(saved("bats.html")).done(), [""; 0]);
    let game = replay.job().current.result.as_ref().unwrap().as_ref().unwrap();
    assert_eq!((game.title.as_str(), replay.job().is_done()), ("Bats", true));
}

#[test]
fn a_game_that_is_played_is_followed_by_what_comes_after_it() {
    let mut replay = Replay::new(plan());
    assert_eq!(replay.act(Action::Play).done(), [""; 0], "there is nothing to play");
    let kept = |number| {
        let kept = Some(Ok(VersionId { game: GameId(4), number }));
        JobEvent::Saved(Ok(SaveReport { path: None, version: kept }))
    };
    replay.generate("bats").replies(GAME).news(passed(GAME)).news(kept(1)).done();
    replay.act(Action::Play);
    let [_, Effect::Start(_, Task::Session(SessionTask::Play(on_hand)))] = replay.effects() else {
        panic!("it is not played")
    };
    assert_eq!(on_hand.name, "version 4.1");
    assert_eq!(replay.done(), ["follow pointing", "play"]);
    let way = OpenOutcome::Unopened("none is installed".into());
    let playing = PlaySession { address: "http://127.0.0.1:4000/x/".into(), outcome: way };
    replay.answers(SessionEvent::Played(Ok(Some(playing))));
    let notice = replay.state.dialogs.notice.clone().unwrap().text;
    assert_eq!(notice, "playing at http://127.0.0.1:4000/x/ (no browser: none is installed)");
    // While the next one is made the last one can be played.
    replay.generate("faster").done();
    assert_eq!(replay.act(Action::Play).done(), ["play"]);
    replay.replies(GAME).news(passed(GAME)).done();
    assert_eq!(replay.news(kept(2)).done(), ["replace"]);
    assert_eq!(replay.later(60).done(), [""; 0], "once is enough");
}

/// Whatever became of the prompt, the game that it was to change is still there.
#[test]
fn a_change_in_vain_leaves_the_game_in_sight() {
    let bad_token = ErrorCause::Permanent(PermanentCause::BadToken);
    let title = |replay: &Replay| {
        let shown = replay.state.shown().expect("something to see");
        shown.game().map(|game| game.title.clone())
    };
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME)).news(saved("bats.html"));
    let first = replay.job().id;
    replay.generate("faster");
    assert_eq!(title(&replay), None, "while it is made");
    for _ in 0..2 {
        replay.fails(bad_token);
        assert_eq!(title(&replay).as_deref(), Some("Bats"));
        assert!(replay.state.jobs.game().is_some() && replay.job().id != first);
        assert_eq!(replay.failure().exit_code(), 3, "it is told all the same");
        assert_eq!(replay.state.background().count(), 0);
        replay.generate("slower");
    }
    // A page that is no game is looked at, and changes nothing of this.
    replay.replies("sorry").news(JobEvent::Vetted(VettingOutcome::Broke("why".to_owned())));
    replay.news(JobEvent::DraftKept(Ok("sorry.txt".into())));
    assert_eq!(title(&replay), None);
    replay.generate("smaller").fails(bad_token);
    assert_eq!(title(&replay).as_deref(), Some("Bats"));
    // Something is done with it: it is what the session is about again.
    replay.done();
    replay.act(Action::Job(JobRef::Foreground, JobAction::PlayTest));
    assert_eq!((replay.job().id, replay.done()), (first, vec!["try out"]));
}

/// A new game follows no other.
#[test]
fn a_new_game_in_vain_shows_no_other() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME)).news(saved("bats.html"));
    replay.act(Action::NewGame).generate("owls");
    replay.fails(ErrorCause::Permanent(PermanentCause::BadToken));
    assert!(replay.state.shown().is_some_and(|shown| shown.game().is_none()));
}

#[test]
fn what_the_user_points_at_is_added_to_the_prompt_and_sends_nothing() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME)).news(saved("bats.html")).done();
    replay.act(Action::Edited("slower".to_owned())).act(Action::Play);
    let id = replay.ids("follow pointing")[0];
    replay.done();
    let words = "At the thing I clicked [canvas]: ";
    let pointed = || Event::Reported(id, SessionEvent::Pointed(words.to_owned()).into());
    assert_eq!(replay.event(pointed()).done(), [""; 0]);
    assert_eq!(replay.state.draft.text, format!("slower {words}"));
    assert_eq!(replay.event(pointed()).done(), [""; 0]);
    assert_eq!(replay.state.draft.text, format!("slower {words}{words}"));
    assert_eq!(replay.state.draft.pointed.count, 2, "the editor adds it twice");
    // It is saved as what was typed is, and sent only when the user sends it.
    assert_eq!(replay.later(5).done(), ["keep prompt"]);
    replay.act(Action::Generate(format!("{words}red"))).done();
    assert_eq!(replay.state.draft.pointed.count, 2, "a prompt that was sent adds nothing again");
    // Playing again follows no second time.
    assert_eq!(replay.act(Action::Play).done(), ["play"]);
}

#[test]
fn a_game_that_nobody_plays_is_not_served() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME)).done();
    assert_eq!(replay.news(saved("bats.html")).done(), [""; 0]);
    assert!(replay.state.latest_playable.game.is_some());
}

#[test]
fn without_a_token_nothing_is_asked() {
    let mut replay = Replay::new(plan().with(|job| job.has_token = false));
    assert_eq!(replay.generate("bats").done(), [""; 0]);
    assert_eq!((replay.failure(), replay.failure().exit_code()), (&JobError::NoToken, 3));
}

#[test]
fn offline_composes_and_checks_like_any_reply() {
    let mut replay = Replay::new(plan().with(|job| {
        job.engine = Engine::Offline;
        job.has_token = false;
    }));
    assert_eq!(replay.generate("a snake").done(), ["compose"]);
    let composition = codeagent::compose::compose("a snake", 0, GameTheme::Spooky);
    assert_eq!(replay.news(JobEvent::Composed(Box::new(composition))).done(), ["vet source"]);
}

#[test]
fn five_failures_name_the_cause() {
    let mut replay = Replay::new(plan());
    replay.generate("bats");
    for _ in 0..4 {
        replay.fails(BUSY).later(60);
    }
    assert_eq!(replay.fails(BUSY).done(), ["ask"; 5]);
    assert_eq!(replay.failure().exit_code(), 5);
    let message = replay.failure().message();
    assert_eq!(message, "the server is overloaded or failing, after 5 attempts: said so");
}

#[test]
fn what_lasts_is_not_asked_again() {
    for cause in [
        PermanentCause::BadToken,
        PermanentCause::NoCredits,
        PermanentCause::NoModel,
        PermanentCause::Gone,
    ] {
        let mut replay = Replay::new(plan());
        replay.generate("bats").fails(ErrorCause::Permanent(cause)).later(3_600);
        assert_eq!(replay.done(), ["ask"], "{cause:?}");
        assert!(replay.job().is_done());
    }
}

#[test]
fn after_the_first_word_only_the_rest_is_asked_for() {
    let mut replay = Replay::new(plan());
    let trouble = InferenceError::local(BUSY, "gone");
    let interrupted = || JobEvent::Ended(Outcome::Interrupted(trouble.clone()));
    replay.generate("bats").hears("<!doc").news(interrupted());
    assert_eq!(replay.done(), ["ask", "ask"]);
    assert_eq!(
        replay.job().current.request.turns.len(),
        3,
        "it is asked to go on, not to start over"
    );
    replay.news(interrupted());
    assert_eq!(replay.done(), ["keep draft"]);
    replay.news(JobEvent::DraftKept(Ok("bats.txt".into()))).later(3_600);
    assert_eq!(replay.done(), [""; 0]);
    assert_eq!(replay.failure().exit_code(), 6);
    assert_eq!(replay.job().current.draft.as_deref().unwrap().to_str(), Some("bats.txt"));
}

#[test]
fn a_reply_at_the_token_limit_is_a_draft_even_if_it_looks_whole() {
    let mut replay = Replay::new(plan());
    let cut = Reply { finish: FinishReason::Length, ..Reply::default() };
    replay.generate("bats").hears(GAME).news(JobEvent::Ended(Outcome::Replied(cut)));
    assert_eq!(replay.done(), ["ask", "ask"], "it is asked to go on");
    replay.news(JobEvent::Ended(Outcome::Replied(Reply::default())));
    assert_eq!(replay.done(), ["keep draft"], "and has nothing to add");
    assert_eq!(*replay.failure(), JobError::CutOff(CutOffReason::Document));
}

#[test]
fn a_model_that_only_thought_is_told_as_that() {
    let mut replay = Replay::new(plan());
    let cut = Reply { finish: FinishReason::Length, ..Reply::default() };
    replay.generate("bats").news(JobEvent::StreamProgress(Heard::Thinking));
    replay.news(JobEvent::Ended(Outcome::Replied(cut)));
    assert_eq!(*replay.failure(), JobError::CutOff(CutOffReason::Thinking));
}

#[test]
fn a_server_may_say_once_how_to_ask_instead() {
    let mut replay = Replay::new(plan());
    let mut trouble =
        InferenceError::local(ErrorCause::Permanent(PermanentCause::Rejected), "too many");
    trouble.adjustment = Some(RequestAdjustment::MaxTokens(4_000));
    let refused = || JobEvent::Ended(Outcome::Failed(trouble.clone()));
    assert_eq!(replay.generate("bats").news(refused()).done(), ["ask", "ask"]);
    assert_eq!(replay.job().current.request.max_tokens, 4_000);
    assert_eq!(replay.news(refused()).done(), [""; 0]);
    assert_eq!(replay.failure().exit_code(), 10);
}

#[test]
fn an_echoed_question_is_not_part_of_the_answer() {
    let mut replay = Replay::new(plan().with(|job| job.engine = Engine::TextGeneration));
    replay.generate("bats");
    let text = format!("{}{GAME}", text_generation::instruction(&replay.job().current.request));
    let echo = Reply { text: Some(text), ..Reply::default() };
    replay.news(JobEvent::Ended(Outcome::Replied(echo)));
    assert_eq!(replay.job().current.reply.raw(), GAME);
}

#[test]
fn a_wait_can_be_skipped() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").fails(LOADING);
    assert_eq!(replay.act(Action::job(JobAction::RetryNow)).done(), ["ask", "ask"]);
    // The deadline that was skipped must not ask a third time.
    assert_eq!(replay.later(60).act(Action::job(JobAction::RetryNow)).done(), [""; 0]);
}

#[test]
fn stopping_needs_two_presses_within_two_seconds() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").act(Action::Stop).later(3).act(Action::Stop);
    assert_eq!(replay.done(), ["ask"]);
    assert_eq!(replay.act(Action::Stop).done(), ["abort"]);
    assert_eq!(*replay.failure(), JobError::Cancelled);
    assert_eq!(replay.failure().exit_code(), 130);
}

#[test]
fn stopping_keeps_what_had_arrived() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").hears("<!doctype").act(Action::job(JobAction::Stop));
    assert_eq!(replay.done(), ["ask", "abort", "keep draft"]);
}

#[test]
fn a_stopped_job_never_asks_again() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").fails(LOADING).act(Action::job(JobAction::Stop));
    replay.done();
    assert_eq!(replay.later(60).act(Action::job(JobAction::RetryNow)).done(), [""; 0]);
    assert_eq!(replay.state.poll_timeout(), None);
}

#[test]
fn news_of_a_stopped_job_is_dropped() {
    let mut replay = Replay::new(plan());
    replay.generate("bats");
    let old = replay.job().id;
    replay.act(Action::job(JobAction::Stop)).generate("owls").done();
    replay.event(Event::Reported(
        old,
        JobEvent::StreamProgress(Heard::Content("bats".into())).into(),
    ));
    assert!(replay.job().current.reply.is_empty());
}

#[test]
fn a_prompt_sent_meanwhile_waits_its_turn() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").generate("owls");
    assert_eq!((replay.done(), replay.state.queue.len()), (vec!["ask"], 1));
    replay.later(1).replies(GAME).news(passed(GAME)).news(saved("bats.html"));
    assert!(replay.done().contains(&"ask"));
    assert_eq!(replay.job().prompt.text(), "owls");
}

/// What waits is the user's to send once the job before it was stopped or failed.
#[test]
fn a_job_that_ends_without_a_game_starts_no_other() {
    let ends: [fn(&mut Replay) -> &mut Replay; 2] = [
        |replay| replay.fails(ErrorCause::Permanent(PermanentCause::BadToken)),
        |replay| replay.act(Action::job(JobAction::Stop)),
    ];
    for end in ends {
        let mut replay = Replay::new(plan());
        replay.generate("bats").generate("owls").done();
        end(&mut replay);
        assert!(!replay.done().contains(&"ask"));
        assert!(replay.later(60).done().is_empty() && replay.state.queue.first_held().is_some());
        replay.generate("");
        assert!(!replay.done().contains(&"ask"), "an empty prompt starts nothing");
        replay.act(Action::Queue(QueueAction::Resume));
        assert_eq!((replay.done(), replay.job().prompt.text()), (vec!["ask"], "owls"));
        assert!(replay.state.queue.is_empty());
    }
}

#[test]
fn what_is_sent_leaves_the_editor_and_comes_back_where_it_became_no_game() {
    let mut replay = Replay::new(plan());
    let send = |replay: &mut Replay, text: &str| {
        replay.act(Action::Edited(text.into())).generate(text);
    };
    send(&mut replay, "bats");
    assert_eq!(replay.state.draft.text, "");
    send(&mut replay, "owls");
    assert_eq!((replay.state.draft.text.as_str(), replay.state.queue.len()), ("", 1));
    assert_eq!(replay.job().prompt.text(), "bats", "each is sent alone");
    replay.act(Action::job(JobAction::Stop));
    assert_eq!(replay.state.draft.text, "bats");
    // What was written meanwhile is not touched.
    replay.act(Action::Edited("foxes".into())).generate("").act(Action::job(JobAction::Stop));
    assert_eq!(replay.state.draft.text, "foxes");
}

#[test]
fn an_empty_prompt_starts_nothing_and_says_why() {
    let mut replay = Replay::new(plan());
    assert_eq!(replay.generate(" \n ").done(), [""; 0]);
    let notice = replay.state.dialogs.notice.as_ref().unwrap();
    assert_eq!(notice.text, "the prompt is empty: describe the game in a sentence");
}

#[test]
fn a_disk_that_fails_does_not_lose_the_game() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME)).done();
    replay.effects = update(
        &mut replay.state,
        Event::Reported(JobId(1), JobEvent::Saved(Err(disk_error())).into()),
        replay.now,
    );
    let [Effect::Start(_, Task::Job(JobTask::KeepDraft { draft, .. }))] = replay.effects.as_slice()
    else {
        panic!("{:?}", replay.effects)
    };
    // Sealing it takes time, which the thread that draws does not have.
    assert!(matches!(draft, DraftContent::Game(_)));
    let (text, kind) = draft.to_file();
    assert!(text.contains("<canvas>") && kind == DraftKind::Page);
    assert_eq!(replay.failure().exit_code(), 9);
}

#[test]
fn refused_games_are_kept_only_when_asked_for() {
    let rejection = vet(HtmlSource::new(GAME.replace("1)", "eval('1'))"))).unwrap_err();
    let refused = || JobEvent::Vetted(VettingOutcome::Refused(Arc::new(rejection.clone())));
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(refused());
    assert_eq!(replay.done(), ["ask", "vet reply", "keep draft"]);
    assert_eq!(replay.failure().exit_code(), 7);
    let mut replay = Replay::new(plan().with(|job| job.keep_unsafe = true));
    replay.generate("bats").replies(GAME).news(refused());
    assert_eq!(replay.done(), ["ask", "vet reply", "save"]);
}

#[test]
fn typing_is_on_disk_within_two_seconds() {
    let mut replay = Replay::new(plan());
    replay.act(Action::Edited("b".into())).later(1).act(Action::Edited("ba".into()));
    assert_eq!(replay.done(), [""; 0]);
    assert_eq!(replay.later(1).done(), ["keep prompt"]);
    assert_eq!(replay.later(60).done(), [""; 0]);
}

#[test]
fn leaving_writes_what_is_not_yet_on_disk() {
    let mut replay = Replay::new(plan());
    replay.act(Action::Edited("bats".into())).act(Action::Quit);
    assert_eq!(replay.done(), ["keep prompt"]);
    assert!(replay.state.is_over());
}

#[test]
fn leaving_a_running_job_asks_first_and_keeps_the_reply() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").hears("<!doctype").act(Action::Quit);
    assert_eq!((replay.done(), replay.state.quitting), (vec!["ask"], false));
    assert_eq!(replay.act(Action::Quit).done(), ["abort", "keep draft"]);
    assert!(!replay.state.is_over());
    replay.news(JobEvent::DraftKept(Ok("bats.txt".into())));
    assert!(replay.state.is_over());
}

#[test]
fn leaving_while_a_game_is_saved_waits_for_it_and_asks_nothing() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME)).act(Action::Quit);
    assert!(replay.state.quitting && !replay.state.is_over());
    replay.news(saved("bats.html"));
    assert!(replay.state.is_over());
}

#[test]
fn running_requests_are_counted_and_uncounted() {
    let mut replay = Replay::new(plan());
    replay.generate("bats");
    assert_eq!(replay.state.shared.counters.running(), 1);
    replay.fails(LOADING);
    assert_eq!(replay.state.shared.counters.running(), 0);
    replay.act(Action::job(JobAction::RetryNow)).hears("x").act(Action::job(JobAction::Stop));
    assert_eq!(replay.state.shared.counters.running(), 0);
    let minute = replay.state.shared.counters.count_within(Duration::from_mins(1), replay.now);
    assert_eq!(minute, 2);
}

#[test]
fn the_log_tells_each_attempt_with_its_cause() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").fails(LOADING).later(60).fails(BUSY);
    let told = replay.job().log.iter().filter_map(|progress| match progress {
        JobProgress::Failed { attempt, cause, .. } => Some((*attempt, *cause)),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [(1, "loading"), (2, "busy")]);
}

fn held(limit: LimitKind, seconds: u64) -> JobEvent {
    let held = LimitReached { limit, max: 50, wait: Duration::from_secs(seconds) };
    JobEvent::LimitReached(held, RequestCounters::default())
}

fn library_error() -> LibraryError {
    LibraryError::ReadOnly("/home/x/library.db".into())
}

#[test]
fn a_request_over_a_limit_waits_until_it_may_start() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").news(held(LimitKind::Minute, 20)).done();
    assert!(matches!(replay.job().current.phase, JobPhase::Throttled(_)));
    assert_eq!(replay.later(19).done(), [""; 0]);
    assert_eq!(replay.later(1).done(), ["ask"]);
    replay.news(JobEvent::Admitted(RequestCounters::from_ages(
        &[Duration::ZERO; 3],
        2,
        replay.now,
    )));
    assert_eq!(replay.state.shared.counters.running(), 2);
    let requested = |progress: &&JobProgress| matches!(progress, JobProgress::Requested { .. });
    assert_eq!(replay.job().log.iter().filter(requested).count(), 1);
    assert_eq!(replay.replies(GAME).done(), ["vet reply"]);
}

#[test]
fn a_held_request_can_be_tried_again_and_stopped() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").news(held(LimitKind::Minute, 20)).done();
    assert_eq!(replay.act(Action::job(JobAction::RetryNow)).done(), ["ask"]);
    replay.news(held(LimitKind::Minute, 20)).act(Action::Stop).act(Action::Stop);
    assert_eq!(replay.done(), ["abort"]);
    assert_eq!(replay.failure(), &JobError::Cancelled);
    assert_eq!(replay.later(60).done(), [""; 0]);
}

#[test]
fn a_command_leaves_and_says_when_but_waits_for_others_to_finish() {
    let leaving = plan().with(|job| job.over_limit = LimitPolicy::Fail);
    let mut replay = Replay::new(leaving);
    replay.generate("bats");
    for _ in 0..299 {
        replay.news(held(LimitKind::Running, 1)).later(1);
    }
    assert!(!replay.job().is_done());
    replay.later(1).news(held(LimitKind::Running, 1));
    assert_eq!(replay.failure().exit_code(), 4);
    replay.generate("owls").news(held(LimitKind::Hour, 65));
    let told = replay.failure().message();
    assert_eq!(
        told,
        "the local limit of 50 requests an hour is reached; the next request can start in 1 min 5 s"
    );
}

#[test]
fn without_a_ledger_the_process_counts_for_itself_and_says_so_once() {
    let limits = RequestLimits { minute: 1, ..RequestLimits::default() };
    let mut replay = Replay::new(plan().with(|job| job.limits = limits));
    replay.generate("bats").news(JobEvent::LedgerUnavailable(library_error())).later(10);
    replay.fails(ErrorCause::Transient(TransientCause::Busy)).later(2);
    let JobPhase::Throttled(hold) = replay.job().current.phase else {
        panic!("the limit holds it")
    };
    assert_eq!((hold.until - replay.now).as_secs(), 48);
    replay.done();
    assert_eq!(replay.later(48).news(JobEvent::LedgerUnavailable(library_error())).done(), ["ask"]);
    let troubles = |progress: &&JobProgress| matches!(progress, JobProgress::Library { .. });
    assert_eq!(replay.job().log.iter().filter(troubles).count(), 1);
}

#[test]
fn a_library_that_fails_costs_no_game() {
    let mut replay = Replay::new(plan());
    replay.generate("bats").replies(GAME).news(passed(GAME));
    let kept = Some(Err(library_error()));
    replay.news(JobEvent::Saved(Ok(SaveReport { path: Some("bats.html".into()), version: kept })));
    assert!(matches!(replay.job().current.result, Some(Ok(_))));
    let notice = replay.state.dialogs.notice.as_ref().expect("it is said");
    assert!(notice.text.contains("saved, but not in the library"), "{}", notice.text);
    replay.generate("owls").replies(GAME).news(passed(GAME));
    let version = VersionId { game: GameId(3), number: 1 };
    let kept = Some(Ok(version));
    replay.news(JobEvent::Saved(Ok(SaveReport { path: None, version: kept })));
    let Some(Ok(game)) = &replay.job().current.result else { panic!("it is a game") };
    assert_eq!(game.version, Some(version));
}

#[test]
fn blank_lines_are_left_alone_when_the_program_ends() {
    let mut replay = Replay::new(plan());
    replay.act(Action::Edited("\n\n".into())).act(Action::QuitNow);
    assert_eq!(replay.state.draft.text, "\n\n", "the editor and the draft agree");
}
