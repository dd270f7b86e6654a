//! DECIDES: what happens next, given what happened.
//!
//! [`update()`] takes the state, one event and the time, changes the state and
//! answers with effects as data. It never sleeps, reads a clock, opens a file
//! or touches a terminal, so the screen and the commands cannot differ in what
//! they do: both send the same actions here.

pub mod compare;
pub mod confirm;
pub mod credit;
pub mod effect;
mod effects;
pub mod engine;
pub mod event;
pub mod failure;
pub mod focus;
mod forms;
pub mod job;
mod options;
pub mod picker;
pub mod playing;
pub mod progress;
pub mod prompt;
pub mod pulse;
mod shared;
pub mod state;
pub mod talk;
mod tasks;
pub mod trial;
mod update;
pub mod variants;

pub use compare::{Against, Compared, Side, Uncompared};
pub use confirm::{Choice, Confirm, Consent, Press};
pub use credit::Reported;
pub use effect::{DraftContent, Effect, Keep, OnHand, Task, Which};
pub use effects::Effects;
pub use engine::Engine;
pub use event::{
    Action, Event, ExportError, Greeting, JobId, JobIds, News, Opened, Saved, Vetting,
};
pub use failure::{CutOff, Failure};
pub use focus::Pane;
pub use forms::{Form, Forms};
pub use job::{Game, Hold, Job, Phase, Product};
pub use options::JobOptions;
pub use picker::{Item, Picker, Stock};
pub use playing::{PlayTrouble, Playing, Way};
pub use progress::Progress;
pub use prompt::{Prompt, PromptError};
pub use shared::Shared;
pub use state::{
    Armed, NextGame, Notice, OutputForm, OverLimit, Plan, PlayTest, QueueMode, Saving, State, Tab,
    Tone, Welcome, Zoom,
};
pub use talk::{Base, Given, Step, Talk, missed};
pub use trial::{Fix, FixEnd, FixOutcome, Remembered, Trial};
pub use update::update;
pub use variants::{Slot, Variants};
