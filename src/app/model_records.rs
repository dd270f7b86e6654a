//! What models came to before: the sums of the library, and the repairs since they were read.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::tries::{RepairCount, RepairRecord, TryGrade, TryKind};
use crate::inference::model_size;
use crate::library::ModelSummary;

/// From this many tries on a share of them says something.
const ENOUGH_TRIES: u64 = 5;

/// Repairs by a model of 1.5 billion parameters, none of which ended in a game that plays; see
/// `benches/models.md`.
const MEASURED: RepairRecord = RepairRecord {
    fixes: RepairCount { helped: 0, failed: 24 },
    wake_ups: RepairCount { helped: 0, failed: 3 },
};

/// The name of a model, and the name of the engine that asks it.
type ModelKey = (String, &'static str);

/// What is known of models.
#[derive(Debug, Clone, Default)]
pub struct ModelRecords {
    summaries: Vec<ModelSummary>,
    /// Repairs that the summaries do not hold yet.
    since: BTreeMap<ModelKey, RepairRecord>,
}

impl ModelRecords {
    /// Takes the sums of the library, which hold all that was counted until now.
    pub fn load(&mut self, summaries: Vec<ModelSummary>) {
        self.summaries = summaries;
        self.since.clear();
    }

    /// Counts a try of this process.
    pub(super) fn count(&mut self, engine: Engine, model: &str, kind: TryKind, grade: TryGrade) {
        let record = self.since.entry((model.to_owned(), engine.name())).or_default();
        let (count, is_better) = match kind {
            TryKind::Fix => (&mut record.fixes, grade >= TryGrade::Loads),
            TryKind::WakeUp => (&mut record.wake_ups, grade == TryGrade::Responds),
            TryKind::First | TryKind::Anew => return,
        };
        match (grade, is_better) {
            (TryGrade::Checked, _) => {}
            (_, true) => count.helped += 1,
            (_, false) => count.failed += 1,
        }
    }

    /// How repairs by this model went. A small model begins with those of the measurements, none of which
    /// helped: it is asked anew, until a repair that the user asks for helps.
    pub fn repairs(&self, engine: Engine, model: &str) -> RepairRecord {
        let since = self.since.get(&(model.to_owned(), engine.name())).copied();
        let measured = if model_size::is_small(model) { MEASURED } else { RepairRecord::default() };
        let since = since.unwrap_or_default() + measured;
        let Some(known) = self.summary(engine.name(), model) else { return since };
        since
            + RepairRecord {
                fixes: RepairCount::from(known.fixes),
                wake_ups: RepairCount::from(known.wake_ups),
            }
    }

    /// Whether every fifth reply of this model, or more, had to be stopped because it repeated itself.
    pub(super) fn repeats_often(&self, engine: Engine, model: &str) -> bool {
        let known = self.summary(engine.name(), model);
        known.is_some_and(|summary| {
            summary.tries >= ENOUGH_TRIES && summary.repeated * 5 >= summary.tries
        })
    }

    /// The sums of this model. `None` if it has no played game on this engine.
    pub fn summary(&self, engine: &str, model: &str) -> Option<&ModelSummary> {
        self.summaries.iter().find(|it| it.engine == engine && it.model == model)
    }

    /// The line of a model, whatever way to it was chosen: `14 of 20 play, 2.1 tries, 38 s`. `None`
    /// without a game that was played.
    pub fn line(&self, engine: Engine, model: &str) -> Option<String> {
        Some(describe_summary(&self.sums(engine, model)?))
    }

    /// The sums of a model, whatever way to it was chosen. `None` without a game that was played.
    pub fn sums(&self, engine: Engine, model: &str) -> Option<ModelSummary> {
        let is_route = |summary: &&ModelSummary| {
            let rest = summary.model.strip_prefix(model);
            summary.engine == engine.name()
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        self.summaries.iter().filter(is_route).cloned().reduce(|sum, summary| ModelSummary {
            jobs: sum.jobs + summary.jobs,
            plays: sum.plays + summary.plays,
            tries: sum.tries + summary.tries,
            tokens: sum.tokens + summary.tokens,
            milliseconds: sum.milliseconds + summary.milliseconds,
            usd: sum.usd + summary.usd,
            ..sum
        })
    }
}

/// `14 of 20 play, 2.1 tries, 38 s`: prompts that ended in a game that responds, and tries and seconds per
/// prompt.
pub fn describe_summary(summary: &ModelSummary) -> String {
    let ModelSummary { jobs, plays, tries, milliseconds, .. } = *summary;
    let rounded = |sum: u64, unit: u64| (sum + unit / 2) / unit.max(1);
    let tenths = rounded(tries * 10, jobs);
    let tries = match (tenths / 10, tenths % 10) {
        (1, 0) => "1 try".to_owned(),
        (whole, tenth) => format!("{whole}.{tenth} tries"),
    };
    let seconds = rounded(milliseconds, jobs * 1_000);
    let verb = if jobs == 1 { "plays" } else { "play" };
    format!("{plays} of {jobs} {verb}, {tries}, {seconds} s")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::RepairTally;

    fn summary(model: &str, jobs: u64, plays: u64, tries: u64) -> ModelSummary {
        ModelSummary {
            model: model.into(),
            engine: "endpoint".into(),
            jobs,
            plays,
            tries,
            milliseconds: jobs * 38_000,
            ..ModelSummary::default()
        }
    }

    #[test]
    fn a_model_is_described_by_what_it_came_to() {
        assert_eq!(describe_summary(&summary("m", 20, 14, 42)), "14 of 20 play, 2.1 tries, 38 s");
        assert_eq!(describe_summary(&summary("m", 1, 1, 1)), "1 of 1 plays, 1 try, 38 s");
        assert_eq!(describe_summary(&summary("m", 3, 0, 18)), "0 of 3 play, 6.0 tries, 38 s");
    }

    #[test]
    fn every_way_to_a_model_counts_for_it() {
        let mut records = ModelRecords::default();
        let more = summary("o/m-large", 9, 9, 9);
        records.load(vec![summary("o/m:cheapest", 2, 1, 3), summary("o/m", 2, 2, 2), more]);
        let line = records.line(Engine::Endpoint, "o/m").unwrap();
        assert_eq!(line, "3 of 4 play, 1.3 tries, 38 s");
        assert_eq!(records.line(Engine::HuggingFace, "o/m"), None, "another engine");
    }

    #[test]
    fn repairs_of_this_process_are_added_until_the_library_has_them() {
        let mut records = ModelRecords::default();
        let engine = Engine::Endpoint;
        records.count(engine, "m", TryKind::Fix, TryGrade::Broken);
        records.count(engine, "m", TryKind::Fix, TryGrade::Checked);
        records.count(engine, "m", TryKind::WakeUp, TryGrade::Loads);
        records.count(engine, "m", TryKind::Anew, TryGrade::Responds);
        let seen = records.repairs(engine, "m");
        assert_eq!(seen.fixes, RepairCount { helped: 0, failed: 1 });
        assert_eq!(seen.wake_ups, RepairCount { helped: 0, failed: 1 });
        records.load(vec![ModelSummary {
            fixes: RepairTally { all: 3, helped: 1 },
            ..summary("m", 3, 1, 9)
        }]);
        records.count(engine, "m", TryKind::Fix, TryGrade::Loads);
        assert_eq!(records.repairs(engine, "m").fixes, RepairCount { helped: 2, failed: 2 });
    }

    #[test]
    fn a_small_model_repairs_nothing_until_it_has() {
        let mut records = ModelRecords::default();
        let (engine, small) = (Engine::Endpoint, "o/m-1.5B");
        assert!(records.repairs(engine, small).fixes.is_hopeless());
        assert!(records.repairs(engine, small).wake_ups.is_hopeless());
        assert!(!records.repairs(engine, "o/m-7B").fixes.is_hopeless());
        records.count(engine, small, TryKind::Fix, TryGrade::Responds);
        assert!(!records.repairs(engine, small).fixes.is_hopeless());
    }

    #[test]
    fn who_repeats_often_is_known_after_some_tries() {
        let mut records = ModelRecords::default();
        let often = |tries, repeated| ModelSummary { repeated, ..summary("m", 1, 0, tries) };
        for (tries, repeated, expected) in [(4, 4, false), (5, 1, true), (10, 1, false)] {
            records.load(vec![often(tries, repeated)]);
            assert_eq!(records.repeats_often(Engine::Endpoint, "m"), expected, "{tries}");
        }
    }
}
