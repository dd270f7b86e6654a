//! A race of variants: the first game that plays ends it.

use std::time::Instant;

use super::copying;
use crate::app::dialogs::Tone;
use crate::app::effects::Effects;
use crate::app::event::SaveReport;
use crate::app::ids::JobId;
use crate::app::job::Job;
use crate::app::options::SaveTarget;
use crate::app::session::Session;
use crate::app::tries::TryGrade;

impl Session {
    /// A variant has ended: it may have won, or be the last.
    pub(super) fn conclude_race(&mut self, id: JobId, now: Instant, effects: &mut Effects) {
        let Some(variants) = self.variants.as_ref().filter(|variants| variants.races(id)) else {
            return;
        };
        let ids: Vec<_> = variants.slots.iter().filter_map(|slot| slot.job).collect();
        let plays = matches!(self.grade_of(id), Some(TryGrade::Checked | TryGrade::Responds));
        let is_last = !ids.iter().any(|id| self.jobs.is_running(*id));
        let best = ids.iter().copied().max_by_key(|id| self.grade_of(*id));
        let winner = if plays { Some(id) } else { best.filter(|_| is_last) };
        if let Some(winner) = winner {
            self.end_race(winner, &ids, now, effects);
        }
    }

    /// A loser that was saving when the race ended is not played any more.
    pub(super) fn stop_loser(&mut self, id: JobId, now: Instant, effects: &mut Effects) {
        if self.variants.as_ref().is_some_and(|variants| variants.has_lost(id)) {
            self.with_job(id, now, effects, Job::give_up);
        }
    }

    fn grade_of(&self, id: JobId) -> Option<TryGrade> {
        self.jobs.get(id).filter(|job| job.game().is_some())?.tries.best()
    }

    /// Stops the others for real, and gives the winner's game the file that the user named.
    fn end_race(&mut self, winner: JobId, ids: &[JobId], now: Instant, effects: &mut Effects) {
        let Some(variants) = self.variants.as_mut() else { return };
        variants.winner = Some(winner);
        let at = variants.slots.iter().position(|slot| slot.job == Some(winner));
        variants.at = at.unwrap_or_default();
        variants.viewed = None;
        let stopped = ids.iter().filter(|id| self.jobs.is_running(**id)).count();
        for loser in ids.iter().filter(|id| **id != winner) {
            self.with_job(*loser, now, effects, Job::give_up);
        }
        self.bring_to_front(winner);
        let number = at.unwrap_or_default() + 1;
        let stopped_text = match stopped {
            0 => String::new(),
            1 => "; the other was stopped".to_owned(),
            count => format!("; {count} others were stopped"),
        };
        let Some(game) = self.jobs.get(winner).and_then(Job::game) else { return };
        if self.plan.job.saving != SaveTarget::GamesFolder {
            let task = copying(game, self.plan.job.saving.clone());
            self.start_task(task, effects);
        }
        self.notify(Tone::Good, format!("variant {number} came first{stopped_text}"));
    }

    /// The winner's game is in the file that the user named.
    pub(super) fn place_winner(&mut self, report: &SaveReport) {
        let winner = self.variants.as_ref().and_then(|variants| variants.winner);
        if let Some(job) = winner.and_then(|id| self.jobs.get_mut(id)) {
            job.place(report.path.as_deref());
        }
    }
}
