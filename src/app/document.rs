//! A version out of the library, open on the screen. It is no job: nothing works on it.

use std::sync::Arc;
use std::time::Instant;

use super::conversation::BaseVersion;
use super::finished_game::FinishedGame;
use super::ids::JobId;
use super::job::Job;
use super::options::JobOptions;
use super::play_test::StoredVerdict;
use super::progress::JobProgress;

/// An open version.
#[derive(Debug, Clone)]
pub struct Document {
    /// Unique among documents and jobs of the process. A job that works on it takes it over.
    pub id: JobId,
    /// The version as one that may be changed.
    pub base: Arc<BaseVersion>,
    pub game: FinishedGame,
    /// The stored verdict of its last play-test. `None` if it was not played.
    pub stored: Option<StoredVerdict>,
}

impl Document {
    /// A job about this version that is about to begin: its play-test.
    pub(super) fn into_job(self, options: Arc<JobOptions>, now: Instant) -> Job {
        let mut job = Job::new(self.id, options, None, self.base.prompt(), now);
        if let Some(version) = self.game.version {
            job.log = vec![JobProgress::Opened { version: version.to_string() }];
        }
        job.current.play_test.stored = self.stored;
        job.current.result = Some(Ok(self.game));
        job.finish(now);
        job
    }
}
