//! How much a page works: what its processor spent on it, which other programs do not change.
//!
//! A machine that is busy makes a page late and no worse. So a page hangs when
//! it has worked for long without an answer, whatever the clock on the wall says.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::tab::{End, Tab};
use super::wire::Silence;

/// How long an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// On the clock on the wall: the browser's own answers.
    Time(Duration),
    /// In time that the page's process works.
    Work(Duration),
}

impl Limit {
    /// What the browser itself may take for an answer.
    pub const BROWSER: Self = Self::Time(Duration::from_mins(1));
    /// What the page may work at one thing.
    pub const PAGE: Self = Self::Work(Duration::from_secs(4));
    /// What it may work at loading.
    pub const LOAD: Self = Self::Work(Duration::from_secs(6));
}

/// A page that answers within this is not looked at.
const FIRST_LOOK: Duration = Duration::from_millis(1_500);
const NEXT_LOOK: Duration = Duration::from_millis(500);
/// A page that does not answer and does not work waits for what never comes.
const IDLE: Duration = Duration::from_secs(20);
/// Of its time, in parts of a hundred: less is not work but keeping house.
const LEAST_WORK: u32 = 1;
/// However little of the processor there is for the page.
const LONGEST: Duration = Duration::from_mins(4);

/// What every page's process had worked, by its number.
type Works = HashMap<u64, Duration>;

impl Tab<'_> {
    /// Takes messages until something is so, or the limit is reached.
    #[expect(clippy::disallowed_methods, reason = "a browser has to answer in real time")]
    pub(super) fn until(&mut self, limit: Limit, is_so: impl Fn(&Self) -> bool) -> Result<(), End> {
        let began = Instant::now();
        let mut look_at = began + limit.first_look();
        let mut at_first: Option<Works> = None;
        loop {
            if is_so(self) {
                return Ok(());
            }
            match self.chromium.wire.next(look_at) {
                Ok(message) => self.hear(message)?,
                Err(Silence::Gone) => return Err(End::Gone),
                Err(Silence::Late) => {
                    self.look_at_work(limit, began.elapsed(), &mut at_first)?;
                    look_at = Instant::now() + NEXT_LOOK;
                }
            }
        }
    }

    /// Whether the page may go on without an answer, after so long.
    fn look_at_work(
        &mut self,
        limit: Limit,
        waited: Duration,
        at_first: &mut Option<Works>,
    ) -> Result<(), End> {
        let Limit::Work(most) = limit else { return Err(End::Frozen) };
        let works = self.works()?;
        let first = at_first.get_or_insert_with(|| works.clone());
        let is_over = is_over(most, waited, most_worked(first, &works));
        if is_over { Err(End::Frozen) } else { Ok(()) }
    }

    /// Takes note of what the page had worked by then.
    pub(super) fn note_work(&mut self, asked: Option<u64>) {
        let answer = asked.and_then(|asked| self.answers.remove(&asked));
        if let Some(Ok(metrics)) = answer {
            self.work = process_time(&metrics);
        }
    }

    /// What the page has worked since it was noted last.
    pub(super) fn worked_since_noted(&mut self) -> Result<Duration, End> {
        let before = self.work;
        Ok(self.worked()?.saturating_sub(before))
    }

    /// What the page's process had worked when it was looked at last.
    pub fn work(&self) -> Duration {
        self.work
    }

    /// What the page's process has worked in all.
    pub fn worked(&mut self) -> Result<Duration, End> {
        let metrics = self.ask("Performance.getMetrics", &serde_json::json!({}))?;
        self.work = process_time(&metrics);
        Ok(self.work)
    }

    /// The same for all pages' processes, of the browser: it answers while a page does not.
    fn works(&mut self) -> Result<Works, End> {
        let id = self.chromium.wire.post(None, "SystemInfo.getProcessInfo", &serde_json::json!({}));
        let id = id.map_err(|_| End::Gone)?;
        let Limit::Time(most) = Limit::BROWSER else { return Ok(Works::new()) };
        self.until(Limit::Time(most), |tab| tab.answers.contains_key(&id))?;
        let answer = self.answers.remove(&id).and_then(Result::ok).unwrap_or_default();
        let all = answer.get("processInfo").and_then(Value::as_array).cloned().unwrap_or_default();
        let pages =
            all.iter().filter(|it| it.get("type").and_then(Value::as_str) == Some("renderer"));
        let work =
            |it: &Value| Some((it.get("id")?.as_u64()?, seconds(it.get("cpuTime")?.as_f64()?)));
        Ok(pages.filter_map(work).collect())
    }
}

impl Limit {
    fn first_look(self) -> Duration {
        match self {
            Self::Time(time) => time,
            Self::Work(_) => FIRST_LOOK,
        }
    }
}

/// Whether a page has had its chance, after so long on the wall and so much work since the first look.
fn is_over(most: Duration, waited: Duration, worked: Duration) -> bool {
    let is_idle = waited > IDLE && worked < waited * LEAST_WORK / 100;
    // What it worked before the first look is not known; on a machine at rest it is all of the time.
    worked >= most.saturating_sub(FIRST_LOOK) || is_idle || waited > LONGEST
}

/// What the process that worked most did since then.
fn most_worked(first: &Works, now: &Works) -> Duration {
    let since = |(id, work): (&u64, &Duration)| {
        work.saturating_sub(first.get(id).copied().unwrap_or(*work))
    };
    now.iter().map(since).max().unwrap_or_default()
}

fn process_time(metrics: &Value) -> Duration {
    let all = metrics.get("metrics").and_then(Value::as_array).into_iter().flatten();
    let mut named = all.filter(|it| it.get("name").and_then(Value::as_str) == Some("ProcessTime"));
    seconds(named.next().and_then(|it| it.get("value")?.as_f64()).unwrap_or_default())
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_secs(4);

    #[test]
    fn a_page_hangs_by_what_it_worked_and_not_by_how_long_it_took() {
        let secs = Duration::from_secs;
        assert!(!is_over(MOST, secs(30), secs(1)));
        assert!(is_over(MOST, secs(5), secs(3)));
        assert!(is_over(MOST, secs(40), secs(3)));
    }

    #[test]
    fn a_page_that_waits_without_working_is_not_waited_for_without_end() {
        assert!(!is_over(MOST, Duration::from_secs(10), Duration::ZERO));
        assert!(is_over(MOST, Duration::from_secs(21), Duration::from_millis(20)));
    }

    #[test]
    fn only_work_since_the_first_look_counts_and_only_that_of_one_process() {
        let first = Works::from([(1, MOST), (2, MOST)]);
        let now = Works::from([(1, MOST), (2, MOST * 2), (3, MOST * 3)]);
        assert_eq!(most_worked(&first, &now), MOST);
    }
}
