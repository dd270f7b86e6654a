//! Limits waits by the CPU time a page uses, which other programs do not change.
//!
//! On a busy machine a page is late but not worse. So a page hangs if it has worked for long
//! without responding, whatever the wall clock says.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cdp_pipe::PipeError;
use super::tab::{BrowserTab, TabError};

/// How long a reply may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitLimit {
    /// Wall-clock time, for replies of the browser itself.
    Time(Duration),
    /// CPU time of the page's process.
    Work(Duration),
}

impl WaitLimit {
    /// For replies of the browser itself.
    pub const BROWSER: Self = Self::Time(Duration::from_mins(1));
    /// For one call of the page.
    pub const PAGE: Self = Self::Work(Duration::from_secs(4));
    /// For loading a page.
    pub const LOAD: Self = Self::Work(Duration::from_secs(6));
}

/// A page that responds within this time is not checked.
const FIRST_CHECK_AFTER: Duration = Duration::from_millis(1_500);
const CHECK_INTERVAL: Duration = Duration::from_millis(500);
/// Longest wait for a page that neither responds nor works.
const MAX_IDLE: Duration = Duration::from_secs(20);
/// Percentage of CPU below which a page counts as idle.
const MIN_WORK_PERCENT: u32 = 1;
/// Longest wait, however little CPU the page gets.
const MAX_WAIT: Duration = Duration::from_mins(4);

/// CPU time of each page's process, by its id.
type ProcessTimes = HashMap<u64, Duration>;

impl BrowserTab<'_> {
    /// Handles messages until the condition holds.
    ///
    /// # Errors
    /// [`TabError::Frozen`] once the limit is reached; otherwise if the tab fails.
    #[expect(clippy::disallowed_methods, reason = "a browser has to answer in real time")]
    pub(super) fn wait_until(
        &mut self,
        limit: WaitLimit,
        is_so: impl Fn(&Self) -> bool,
    ) -> Result<(), TabError> {
        let began = Instant::now();
        let mut look_at = began + limit.first_check();
        let mut at_first: Option<ProcessTimes> = None;
        loop {
            if is_so(self) {
                return Ok(());
            }
            match self.chromium.pipe.receive(look_at) {
                Ok(message) => self.handle_message(message)?,
                Err(PipeError::Closed) => return Err(TabError::BrowserGone),
                Err(PipeError::TimedOut) => {
                    self.check_work(limit, began.elapsed(), &mut at_first)?;
                    look_at = Instant::now() + CHECK_INTERVAL;
                }
            }
        }
    }

    /// Checks whether the page may take longer.
    fn check_work(
        &mut self,
        limit: WaitLimit,
        waited: Duration,
        at_first: &mut Option<ProcessTimes>,
    ) -> Result<(), TabError> {
        let WaitLimit::Work(most) = limit else { return Err(TabError::Frozen) };
        let works = self.all_process_times()?;
        let first = at_first.get_or_insert_with(|| works.clone());
        let is_over = is_over(most, waited, max_work_since(first, &works));
        if is_over { Err(TabError::Frozen) } else { Ok(()) }
    }

    /// Records a work measurement, if its reply arrived.
    pub(super) fn record_work(&mut self, asked: Option<u64>) {
        let answer = asked.and_then(|asked| self.answers.remove(&asked));
        if let Some(Ok(metrics)) = answer {
            self.work = process_time(&metrics);
        }
    }

    /// CPU time of the page since it was last recorded.
    ///
    /// # Errors
    /// If the browser is gone.
    pub(super) fn work_since_recorded(&mut self) -> Result<Duration, TabError> {
        let before = self.work;
        Ok(self.measure_work()?.saturating_sub(before))
    }

    /// CPU time of the page's process when last recorded.
    pub fn recorded_work(&self) -> Duration {
        self.work
    }

    /// CPU time of the page's process so far.
    ///
    /// # Errors
    /// If the browser is gone.
    pub fn measure_work(&mut self) -> Result<Duration, TabError> {
        let metrics = self.call_browser("Performance.getMetrics", &serde_json::json!({}))?;
        self.work = process_time(&metrics);
        Ok(self.work)
    }

    /// CPU times of all pages' processes, which the browser reports while a page hangs.
    fn all_process_times(&mut self) -> Result<ProcessTimes, TabError> {
        let id = self.chromium.pipe.post(None, "SystemInfo.getProcessInfo", &serde_json::json!({}));
        let id = id.map_err(|_| TabError::BrowserGone)?;
        let WaitLimit::Time(most) = WaitLimit::BROWSER else { return Ok(ProcessTimes::new()) };
        self.wait_until(WaitLimit::Time(most), |tab| tab.answers.contains_key(&id))?;
        let answer = self.answers.remove(&id).and_then(Result::ok).unwrap_or_default();
        let all = answer.get("processInfo").and_then(Value::as_array).cloned().unwrap_or_default();
        let pages =
            all.iter().filter(|it| it.get("type").and_then(Value::as_str) == Some("renderer"));
        let work = |it: &Value| {
            Some((it.get("id")?.as_u64()?, duration_from_secs(it.get("cpuTime")?.as_f64()?)))
        };
        Ok(pages.filter_map(work).collect())
    }
}

impl WaitLimit {
    fn first_check(self) -> Duration {
        match self {
            Self::Time(time) => time,
            Self::Work(_) => FIRST_CHECK_AFTER,
        }
    }
}

/// Whether the wait is over, after this time and this much work since the first check.
fn is_over(most: Duration, waited: Duration, worked: Duration) -> bool {
    let is_idle = waited > MAX_IDLE && worked < waited * MIN_WORK_PERCENT / 100;
    // The work before the first check is unknown; on an idle machine it is all of the time.
    worked >= most.saturating_sub(FIRST_CHECK_AFTER) || is_idle || waited > MAX_WAIT
}

/// The most work of one process since then.
fn max_work_since(first: &ProcessTimes, now: &ProcessTimes) -> Duration {
    let since = |(id, work): (&u64, &Duration)| {
        work.saturating_sub(first.get(id).copied().unwrap_or(*work))
    };
    now.iter().map(since).max().unwrap_or_default()
}

fn process_time(metrics: &Value) -> Duration {
    let all = metrics.get("metrics").and_then(Value::as_array).into_iter().flatten();
    let mut named = all.filter(|it| it.get("name").and_then(Value::as_str) == Some("ProcessTime"));
    duration_from_secs(named.next().and_then(|it| it.get("value")?.as_f64()).unwrap_or_default())
}

fn duration_from_secs(seconds: f64) -> Duration {
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
        let first = ProcessTimes::from([(1, MOST), (2, MOST)]);
        let now = ProcessTimes::from([(1, MOST), (2, MOST * 2), (3, MOST * 3)]);
        assert_eq!(max_work_since(&first, &now), MOST);
    }
}
