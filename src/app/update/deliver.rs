//! A game is there: what it is called, where it goes, and what is remembered of it.

use std::sync::Arc;
use std::time::Instant;

use super::saving;
use crate::app::effect::{Effect, Keep};
use crate::app::engine::Engine;
use crate::app::event::Saved;
use crate::app::failure::Failure;
use crate::app::job::{Game, Job, Phase, Product};
use crate::app::progress::Progress;
use crate::app::state::{OutputForm, Saving, State, Tone};
use crate::app::talk::Base;
use crate::game::Vetted;
use crate::library::{DiskError, LibraryError, Provenance, RequestCost, VersionId, VersionParent};
use crate::untrusted::Untrusted;

impl State {
    /// The game in the form that was asked for. A changed game finds what it stored before.
    pub(super) fn in_form(&self, game: Arc<Vetted>) -> Product {
        let base = self.job.as_ref().and_then(|job| job.talk.base.as_ref());
        let key = base.and_then(|base| base.key.clone());
        match self.plan.form {
            OutputForm::Plain => Product::Vetted(game),
            OutputForm::Sealed => {
                let key = key.unwrap_or_else(|| game.storage_key().clone());
                Product::Sealed { game, key }
            }
        }
    }

    /// Writes it where it belongs, and into the library.
    pub(super) fn deliver(&mut self, product: Product, now: Instant) -> Vec<Effect> {
        let (seed, to) = (self.plan.seed, self.plan.saving.clone());
        self.with_job(|job| {
            let title = job.title(&product);
            let making = job.making(seed);
            let changed = job.talk.base.as_ref().and_then(|base| base.version);
            let to = match job.fix.as_ref().and_then(|fix| fix.over.clone()) {
                Some(path) => Saving::Over(path),
                None => to,
            };
            let place = changed.map_or(VersionParent::NewGame, VersionParent::After);
            let keep = Keep { place, title: title.clone(), making };
            let task = saving(product.clone(), &title, to, Some(Box::new(keep)));
            job.result = Some(Ok(Game { product, title, path: None, kept: None }));
            job.phase = Phase::Saving;
            job.times.saving = Some(now);
            vec![Effect::Start(job.id, task)]
        })
    }

    pub(super) fn on_saved(
        &mut self,
        saved: Result<Saved, DiskError>,
        now: Instant,
    ) -> Vec<Effect> {
        match saved {
            Ok(saved) => {
                if let Some(Err(error)) = &saved.kept {
                    self.say(Tone::Bad, unkept(error));
                }
                self.with_job(|job| job.on_saved(saved));
                self.after_saving(now)
            }
            Err(error) => self.fail(Failure::Disk(error), now),
        }
    }
}

impl Job {
    fn on_saved(&mut self, saved: Saved) -> Vec<Effect> {
        if let Some(path) = &saved.path {
            self.log.push(Progress::Saved { path: DiskError::display_path(path) });
        }
        let kept = saved.kept.and_then(|kept| self.on_kept(kept));
        if let Some(Ok(game)) = self.result.as_mut() {
            (game.path, game.kept) = (saved.path, kept);
        }
        Vec::new()
    }

    fn on_kept(&mut self, kept: Result<VersionId, LibraryError>) -> Option<VersionId> {
        self.log.push(match &kept {
            Ok(version) => Progress::Kept { version: version.to_string() },
            Err(error) => Progress::Library { trouble: unkept(error) },
        });
        kept.ok()
    }

    fn making(&self, seed: u64) -> Provenance {
        let shown = |text: &Option<Untrusted>| text.as_ref().map(|text| text.headline(200));
        let is_offline = self.engine == Engine::Offline;
        let usage = self.answer.usage;
        Provenance {
            prompt: self.prompt.text().to_owned(),
            engine: self.engine.name().to_owned(),
            model: (!is_offline).then(|| self.request.model.clone()),
            provider: shown(&self.answer.meta.provider),
            request_id: shown(&self.answer.meta.request_id),
            seed: is_offline.then(|| self.seed(seed)),
            cost: RequestCost {
                prompt_tokens: usage.map(|usage| usage.prompt_tokens),
                completion_tokens: usage.map(|usage| usage.completion_tokens),
                estimated_usd: usage.and_then(|usage| self.request.estimated_usd(usage)),
            },
        }
    }

    /// What a change of a composed game draws from, else what a new one does.
    pub(super) fn seed(&self, plan: u64) -> u64 {
        let drawn = self.talk.base.as_ref().and_then(|base| base.seed).unwrap_or(plan);
        drawn.wrapping_add(self.variant)
    }

    /// The finished game as one that may be changed.
    pub(super) fn as_base(&self, seed: u64) -> Option<Base> {
        let game = self.result.as_ref()?.as_ref().ok()?;
        let mut wishes =
            self.talk.base.as_ref().map(|base| base.wishes.clone()).unwrap_or_default();
        wishes.push(self.prompt.text().to_owned());
        Some(Base {
            version: game.kept,
            title: game.title.clone(),
            source: game.product.bare().into(),
            key: game.product.storage_key().cloned(),
            wishes,
            seed: (self.engine == Engine::Offline).then(|| self.seed(seed)),
        })
    }

    /// The page's own title, else that of the game that was changed, else the first words of the prompt.
    fn title(&self, product: &Product) -> String {
        let own = match product {
            Product::Vetted(vetted) | Product::Sealed { game: vetted, .. } => {
                vetted.title().headline(80)
            }
            Product::Unsafe(_) => String::new(),
        };
        let before = || self.talk.base.as_ref().map(|base| base.title.clone());
        let words = || Untrusted::new(self.prompt.text()).headline(40);
        if own.is_empty() { before().unwrap_or_else(words) } else { own }
    }
}

fn unkept(error: &LibraryError) -> String {
    format!("the game is saved, but not in the library: {error}. {}", error.advice())
}
