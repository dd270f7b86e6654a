//! Waits for a page within a limit, and measures the CPU time of its process.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::cdp_pipe::PipeError;
use super::super::wait_limit::{CHECK_INTERVAL, ProcessTimes, WaitLimit, is_over, max_work_since};
use super::{BrowserTab, TabError};

/// The work of a page: CPU time of its process.
#[derive(Debug, Default)]
pub struct PageWork {
    /// The longest block of the main thread.
    pub longest_block: Duration,
    /// The work when last measured.
    pub(super) recorded: Duration,
    /// The page time of that, in milliseconds. `None` if it must be measured again.
    pub(super) recorded_at: Option<f64>,
}

/// A page that hangs after so many reloads of its own does nothing else.
const MANY_DOCUMENTS: u32 = 5;

impl BrowserTab<'_> {
    /// Handles messages until the condition holds.
    ///
    /// # Errors
    /// [`TabError::Frozen`] once the limit is reached; otherwise if the tab fails.
    #[expect(clippy::disallowed_methods, reason = "a browser has to answer in real time")]
    pub(in crate::play) fn wait_until(
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
                Err(PipeError::TimedOut) => {}
            }
            // Also of a page that never falls silent, and never does what is waited for.
            if Instant::now() >= look_at {
                self.check_work(limit, began.elapsed(), &mut at_first)?;
                look_at = Instant::now() + CHECK_INTERVAL;
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
        let WaitLimit::Work(max) = limit else { return Err(TabError::Frozen) };
        let works = self.all_process_times()?;
        let first = at_first.get_or_insert_with(|| works.clone());
        let is_over = is_over(max, waited, max_work_since(first, &works));
        if !is_over {
            return Ok(());
        }
        let reloads = self.events.documents > MANY_DOCUMENTS;
        Err(if reloads { TabError::EndlessReload } else { TabError::Frozen })
    }

    /// Records a work measurement, if its reply arrived.
    pub(in crate::play) fn record_work(&mut self, request: Option<u64>) {
        let answer = request.and_then(|request| self.answers.remove(&request));
        if let Some(Ok(metrics)) = answer {
            self.work.recorded = process_time(&metrics);
        }
    }

    /// CPU time of the page since it was last recorded.
    ///
    /// # Errors
    /// If the browser is gone.
    pub(in crate::play) fn work_since_recorded(&mut self) -> Result<Duration, TabError> {
        let before = self.work.recorded;
        Ok(self.measure_work()?.saturating_sub(before))
    }

    /// CPU time of the page's process when last recorded.
    pub fn recorded_work(&self) -> Duration {
        self.work.recorded
    }

    /// CPU time of the page's process so far.
    ///
    /// # Errors
    /// If the browser is gone.
    pub fn measure_work(&mut self) -> Result<Duration, TabError> {
        let metrics = self.call_browser("Performance.getMetrics", &serde_json::json!({}))?;
        self.work.recorded = process_time(&metrics);
        Ok(self.work.recorded)
    }

    /// CPU times of all pages' processes, which the browser reports while a page hangs.
    fn all_process_times(&mut self) -> Result<ProcessTimes, TabError> {
        let id = self.chromium.pipe.post(None, "SystemInfo.getProcessInfo", &serde_json::json!({}));
        let id = id.map_err(|_| TabError::BrowserGone)?;
        let WaitLimit::Time(max) = WaitLimit::BROWSER else { return Ok(ProcessTimes::new()) };
        self.wait_until(WaitLimit::Time(max), |tab| tab.answers.contains_key(&id))?;
        let answer = self.answers.remove(&id).and_then(Result::ok).unwrap_or_default();
        let all = answer.get("processInfo").and_then(Value::as_array).cloned().unwrap_or_default();
        let pages = all
            .iter()
            .filter(|process| process.get("type").and_then(Value::as_str) == Some("renderer"));
        let work = |process: &Value| {
            Some((
                process.get("id")?.as_u64()?,
                duration_from_secs(process.get("cpuTime")?.as_f64()?),
            ))
        };
        Ok(pages.filter_map(work).collect())
    }
}

fn process_time(metrics: &Value) -> Duration {
    let all = metrics.get("metrics").and_then(Value::as_array).into_iter().flatten();
    let mut named =
        all.filter(|process| process.get("name").and_then(Value::as_str) == Some("ProcessTime"));
    duration_from_secs(
        named.next().and_then(|process| process.get("value")?.as_f64()).unwrap_or_default(),
    )
}

fn duration_from_secs(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
