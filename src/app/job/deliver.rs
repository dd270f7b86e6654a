//! The end of a job: titles, saves and records its game, or keeps the draft of a failed one.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Job, JobContext, JobPhase};
use crate::app::conversation::BaseVersion;
use crate::app::dialogs::Tone;
use crate::app::effect::{DraftContent, JobTask, VersionRecord};
use crate::app::effects::Milestone;
use crate::app::engine::Engine;
use crate::app::event::SaveReport;
use crate::app::failure::JobError;
use crate::app::finished_game::{FinishedGame, GamePage};
use crate::app::options::{AutoPlayTest, GameAuthor, OutputForm};
use crate::app::progress::JobProgress;
use crate::app::prompt::Prompt;
use crate::game::Vetted;
use crate::library::{DiskError, LibraryError, Provenance, RequestCost, VersionId, VersionParent};
use crate::untrusted::Untrusted;

impl Job {
    /// The game in the requested form. A changed game keeps the storage key of its base.
    pub(super) fn in_form(&self, game: Arc<Vetted>) -> GamePage {
        let base = self.current.conversation.base.as_ref();
        let key = base.and_then(|base| base.key.clone());
        match self.options.form {
            OutputForm::Plain => GamePage::Vetted(game),
            OutputForm::Sealed => {
                let key = key.unwrap_or_else(|| game.storage_key().clone());
                GamePage::Sealed { game, key }
            }
        }
    }

    /// Writes it where it belongs, and into the library.
    pub(super) fn deliver(&mut self, product: GamePage, context: &mut JobContext) {
        let title = self.title(&product);
        let provenance = self.provenance();
        let changed = self.current.conversation.base.as_ref().and_then(|base| base.version);
        let to = self.save_target();
        // A game that was asked for anew is another version of the same game.
        let parent = changed.or_else(|| self.last_version());
        let place = parent.map_or(VersionParent::NewGame, VersionParent::After);
        let keep = VersionRecord { place, title: title.clone(), provenance };
        let slug = Prompt::slug(&title);
        let task = JobTask::Save { product: product.clone(), slug, to, keep: Box::new(keep) };
        self.current.result = Some(Ok(FinishedGame { product, title, path: None, version: None }));
        self.current.phase = JobPhase::Saving;
        self.current.timeline.saving = Some(context.now);
        context.effects.start(self.id, task);
    }

    /// The game is saved, or could not be written to its file.
    pub(super) fn on_saved(
        &mut self,
        saved: Result<SaveReport, DiskError>,
        context: &mut JobContext,
    ) {
        match saved {
            Ok(saved) => {
                if let Some(Err(error)) = &saved.version {
                    context.effects.notify(Tone::Bad, library_error_text(error));
                }
                self.record_saved(saved);
                self.after_saving(context);
            }
            Err(error) => self.fail(JobError::Disk(error), context),
        }
    }

    /// The game is on disk: it is played where that is wanted, and then the job is done.
    fn after_saving(&mut self, context: &mut JobContext) {
        self.current.timeline.saved = Some(context.now);
        let is_wanted = self.options.play_test == AutoPlayTest::On;
        match self.playable().filter(|_| is_wanted) {
            Some(game) => {
                context.effects.reach(Milestone::Saved);
                self.start_play(game, context);
            }
            None => self.end(context),
        }
    }

    /// Fails the job. A partial reply, or an unsaved game, is kept before it ends.
    pub(super) fn fail(&mut self, failure: JobError, context: &mut JobContext) {
        self.current.retry.resume(context.now);
        let game = self.current.result.take().and_then(Result::ok);
        self.current.result = Some(Err(failure));
        let is_composed =
            self.options.engine == Engine::Offline && self.options.author == GameAuthor::Engine;
        let from_model = !is_composed && !self.current.reply.is_empty();
        let draft = match game {
            Some(game) => DraftContent::Game(game.product),
            None if from_model => DraftContent::Reply(self.current.reply.raw().to_owned()),
            None => return self.end(context),
        };
        self.current.phase = JobPhase::Saving;
        self.current.timeline.saving = Some(context.now);
        let slug = Prompt::slug(self.prompt.text());
        context.effects.start(self.id, JobTask::KeepDraft { draft, slug });
    }

    /// An unusable reply is in a file of its own, or could not be written.
    pub(super) fn on_draft_kept(
        &mut self,
        draft: Result<PathBuf, DiskError>,
        context: &mut JobContext,
    ) {
        match draft {
            Ok(path) => {
                self.log.push(JobProgress::DraftKept { path: DiskError::display_path(&path) });
                self.current.draft = Some(path);
            }
            Err(error) => {
                context.effects.notify(Tone::Bad, format!("cannot save the draft: {error}"));
            }
        }
        self.end(context);
    }

    fn record_saved(&mut self, saved: SaveReport) {
        if let Some(path) = &saved.path {
            self.log.push(JobProgress::Saved { path: DiskError::display_path(path) });
        }
        let version = saved.version.and_then(|saved| self.on_version_saved(saved));
        if let Some(Ok(game)) = self.current.result.as_mut() {
            (game.path, game.version) = (saved.path, version);
        }
    }

    fn on_version_saved(&mut self, saved: Result<VersionId, LibraryError>) -> Option<VersionId> {
        self.log.push(match &saved {
            Ok(version) => JobProgress::Kept { version: version.to_string() },
            Err(error) => JobProgress::Library { trouble: library_error_text(error) },
        });
        saved.ok()
    }

    fn provenance(&self) -> Provenance {
        let headline = |text: &Option<Untrusted>| text.as_ref().map(|text| text.headline(200));
        let is_offline = self.options.engine == Engine::Offline;
        let is_by_hand = self.options.author != GameAuthor::Engine;
        let engine = if is_by_hand { Provenance::USER_ENGINE } else { self.options.engine.name() };
        let usage = self.current.answer.usage;
        Provenance {
            prompt: self.current.question.prompt.text().to_owned(),
            engine: engine.to_owned(),
            model: (!is_offline).then(|| self.current.request.model.clone()),
            provider: headline(&self.current.answer.meta.provider),
            request_id: headline(&self.current.answer.meta.request_id),
            seed: seed_of_page(self),
            cost: RequestCost {
                prompt_tokens: usage.map(|usage| usage.prompt_tokens),
                completion_tokens: usage.map(|usage| usage.completion_tokens),
                estimated_usd: usage.and_then(|usage| self.current.request.estimated_usd(usage)),
            },
        }
    }

    /// The composer's seed: that of the base for a change, else that of the options.
    pub(super) fn seed(&self) -> u64 {
        let base = self.current.conversation.base.as_ref();
        let drawn = base.and_then(|base| base.seed).unwrap_or(self.options.seed);
        drawn.wrapping_add(self.variant)
    }

    /// The finished game as one that may be changed.
    pub(in crate::app) fn as_base(&self) -> Option<BaseVersion> {
        let game = self.current.result.as_ref()?.as_ref().ok()?;
        let mut prompts = self
            .current
            .conversation
            .base
            .as_ref()
            .map(|base| base.prompts.clone())
            .unwrap_or_default();
        if self.options.author == GameAuthor::Engine {
            prompts.push(self.current.question.prompt.text().to_owned());
        }
        Some(BaseVersion {
            version: game.version,
            title: game.title.clone(),
            source: game.product.unhardened().into(),
            key: game.product.storage_key().cloned(),
            prompts,
            seed: seed_of_page(self),
        })
    }

    /// The page's own title, else that of the game that was changed, else the first words of the prompt.
    fn title(&self, product: &GamePage) -> String {
        let from_page = match product {
            GamePage::Vetted(vetted) | GamePage::Sealed { game: vetted, .. } => {
                vetted.title().headline(80)
            }
            GamePage::Unsafe(_) => String::new(),
        };
        let of_base = || self.current.conversation.base.as_ref().map(|base| base.title.clone());
        let of_prompt = || Untrusted::new(self.prompt.text()).headline(40);
        if from_page.is_empty() { of_base().unwrap_or_else(of_prompt) } else { from_page }
    }
}

fn library_error_text(error: &LibraryError) -> String {
    format!("the game is saved, but not in the library: {error}. {}", error.advice())
}

/// The seed from which the composer makes the page again. `None` if the composer has not made it, or
/// the user has edited it since.
fn seed_of_page(job: &Job) -> Option<u64> {
    let base = job.current.conversation.base.as_ref();
    match job.options.author {
        GameAuthor::Engine => (job.options.engine == Engine::Offline).then(|| job.seed()),
        GameAuthor::Knobs => base.and_then(|base| base.seed),
        GameAuthor::User => None,
    }
}
