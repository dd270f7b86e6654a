//! DECIDES: what happens next, given what happened.
//!
//! [`update()`] takes the state, one event and the time, changes the state and
//! answers with effects as data. It never sleeps, reads a clock, opens a file
//! or touches a terminal, so the screen and the commands cannot differ in what
//! they do: both send the same actions here.

pub mod confirm;
pub mod conversation;
pub mod credits;
pub mod dialogs;
pub mod diff;
mod document;
mod draft;
mod edit_forms;
pub mod effect;
mod effects;
pub mod engine;
pub mod event;
pub mod failure;
mod finished_game;
mod ids;
mod improve;
pub mod job;
mod jobs;
mod knobs;
mod model_records;
mod options;
pub mod picker;
pub mod play_session;
pub mod play_test;
pub mod progress;
pub mod prompt;
pub mod pulse;
mod queue;
mod request_terms;
pub mod session;
mod session_plan;
mod session_tasks;
mod shared;
mod startup;
pub mod transcript;
mod tries;
mod try_sampling;
mod update;
mod variant_mode;
pub mod variants;
mod vetting_outcome;

pub use confirm::{Confirm, ConfirmAction, ConfirmChoice, ConfirmKey};
pub use conversation::{AskMode, BaseVersion, Conversation, ReceivedChange, missed};
pub use credits::ReportedCredits;
pub use dialogs::{ArmedKey, Dialogs, Notice, Tone};
pub use diff::{DiffBase, DiffError, DiffState, DiffView, DiffWatch, NamedPage};
pub use document::Document;
pub use edit_forms::{EditForm, EditFormRecord};
pub use effect::{
    DraftContent, Effect, JobTask, PlayableGame, SessionTask, Task, VersionRecord, VersionRef,
};
pub use effects::Effects;
pub use engine::{Engine, EngineChoice, EngineTarget, LoadingModel, LocalModelTarget};
pub use event::{
    Action, Event, ExportError, HandEdit, JobAction, JobEvent, JobRef, OpenPurpose, OpenedVersion,
    QueueAction, SaveReport, SessionEvent, StartupSummary, TaskEvent,
};
pub use failure::{CutOffReason, JobError};
pub use finished_game::{FinishedGame, GamePage};
pub use ids::{JobId, JobIds, Revision};
pub use improve::{ImprovementRequest, PromptImprovement};
pub use job::{CurrentTry, Job, JobPhase, LimitWait};
pub use jobs::{Jobs, Shown};
pub use knobs::{Knob, KnobPanel, keep_turned};
pub use model_records::{ModelRecords, describe_summary};
pub use options::{AutoPlayTest, GameAuthor, JobOptions, LimitPolicy, OutputForm, SaveTarget};
pub use picker::{Picker, PickerItem, PickerKind};
pub use play_session::{LatestPlayable, OpenOutcome, PlayError, PlaySession};
pub use play_test::{FixOutcome, FixResult, PlayTestState, Playback, StoredVerdict};
pub use progress::JobProgress;
pub use prompt::{Prompt, PromptError};
pub use queue::{PromptQueue, QueueMode, QueuedPrompt};
pub use request_terms::RequestTerms;
pub use session::{NextGame, Session, can_stop};
pub use session_plan::SessionPlan;
pub use shared::SharedFacts;
pub use startup::{StartupFacts, StartupMode};
pub use transcript::{Transcript, TranscriptEntry, TranscriptKind};
pub use tries::{
    FREE_TRIES, NextStep, PAID_TRIES, RepairCount, RepairRecord, StopReason, TryBudget, TryGrade,
    TryKind, TryLog, TryReport,
};
pub use update::update;
pub use variant_mode::VariantMode;
pub use variants::{VariantSlot, Variants};
pub use vetting_outcome::VettingOutcome;
