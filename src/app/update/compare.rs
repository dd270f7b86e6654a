//! Starts a comparison when somebody looks, not before.

use std::sync::Arc;

use crate::app::diff::{DiffBase, DiffError, DiffView, DiffWatch, NamedPage};
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::finished_game::FinishedGame;
use crate::app::jobs::Shown;
use crate::app::session::Session;
use crate::library::{PageComparison, VersionId};

impl Session {
    /// Starts the comparison if it is watched and the displayed game has none.
    pub(super) fn compare_if_watched(&mut self, effects: &mut Effects) {
        if self.diff.watch == DiffWatch::Off {
            return;
        }
        let Some((shown, game)) = self.jobs.in_sight().and_then(finished) else { return };
        let revision = shown.revision();
        if self.diff.view.as_ref().is_some_and(|compared| compared.revision == revision) {
            return;
        }
        let task = SessionTask::Compare { new: side(game), old: origin(shown, game) };
        self.diff.view = Some(DiffView { revision, against: None, result: None });
        self.start_task(task, effects);
    }

    /// The user chose another version to compare with.
    pub(super) fn compare_with(&mut self, version: VersionId, effects: &mut Effects) {
        let Some((shown, game)) = self.jobs.in_sight().and_then(finished) else { return };
        let revision = shown.revision();
        let task = SessionTask::Compare { new: side(game), old: DiffBase::Version(version) };
        self.diff.view = Some(DiffView { revision, against: Some(version), result: None });
        self.start_task(task, effects);
    }

    /// A comparison is computed, or failed.
    pub(super) fn on_compared(&mut self, result: Result<Box<PageComparison>, DiffError>) {
        if let Some(view) = self.diff.view.as_mut() {
            view.result = Some(result.map(|found| Arc::new(*found)));
        }
    }
}

fn finished(shown: Shown<'_>) -> Option<(Shown<'_>, &FinishedGame)> {
    Some((shown, shown.game()?))
}

fn side(game: &FinishedGame) -> NamedPage {
    let name = game.version.map_or_else(|| "this game".to_owned(), |id| format!("version {id}"));
    NamedPage { name, source: game.product.unhardened().into() }
}

/// The game that was changed; a version that was opened has it in the library.
fn origin(shown: Shown, game: &FinishedGame) -> DiffBase {
    match (shown.base(), game.version) {
        (Some(base), _) => {
            let name =
                base.version.map_or_else(|| "before".to_owned(), |id| format!("version {id}"));
            DiffBase::Page(NamedPage { name, source: Arc::clone(&base.source) })
        }
        (None, Some(version)) => DiffBase::Parent(version),
        (None, None) => DiffBase::Page(NamedPage { name: "nothing".to_owned(), source: "".into() }),
    }
}
