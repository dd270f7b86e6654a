//! Asks for a comparison when somebody looks at it, and not before.

use std::sync::Arc;

use crate::app::compare::{Against, Compared, Side, Uncompared};
use crate::app::effect::Task;
use crate::app::effects::Effects;
use crate::app::job::{Game, Job};
use crate::app::state::{State, Tab};
use crate::library::{PageComparison, VersionId};

impl State {
    /// The tab is open, a game is there, and its comparison is not.
    pub(super) fn compare_if_seen(&mut self, effects: &mut Effects) {
        if self.view.tab != Tab::Diff {
            return;
        }
        let Some((job, game)) = self.job.as_ref().and_then(finished) else { return };
        if self.compared.as_ref().is_some_and(|compared| compared.job == job.revision()) {
            return;
        }
        let id = job.revision();
        let task = Task::Compare { new: side(game), old: origin(job, game) };
        self.compared = Some(Compared { job: id, against: None, result: None });
        self.start_task(task, effects);
    }

    /// The user chose another version to compare with.
    pub(super) fn compare_with(&mut self, version: VersionId, effects: &mut Effects) {
        self.view.tab = Tab::Diff;
        let Some((job, game)) = self.job.as_ref().and_then(finished) else { return };
        let task = Task::Compare { new: side(game), old: Against::Version(version) };
        self.compared =
            Some(Compared { job: job.revision(), against: Some(version), result: None });
        self.start_task(task, effects);
    }

    pub(super) fn on_compared(&mut self, result: Result<Box<PageComparison>, Uncompared>) {
        if let Some(compared) = self.compared.as_mut() {
            compared.result = Some(result.map(|found| Arc::new(*found)));
        }
    }
}

fn finished(job: &Job) -> Option<(&Job, &Game)> {
    Some((job, job.result.as_ref()?.as_ref().ok()?))
}

fn side(game: &Game) -> Side {
    let name = game.kept.map_or_else(|| "this game".to_owned(), |id| format!("version {id}"));
    Side { name, source: game.product.bare().into() }
}

/// The game that was changed; a version that was opened has it in the library.
fn origin(job: &Job, game: &Game) -> Against {
    match (&job.talk.base, game.kept) {
        (Some(base), _) => {
            let name =
                base.version.map_or_else(|| "before".to_owned(), |id| format!("version {id}"));
            Against::Page(Side { name, source: Arc::clone(&base.source) })
        }
        (None, Some(version)) => Against::Parent(version),
        (None, None) => Against::Page(Side { name: "nothing".to_owned(), source: "".into() }),
    }
}
