//! `codeagent new`: makes one game from one prompt.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::args::{NewArgs, ReportArgs};
use super::{clock, exit_with_error, improve, json, lines, output, print_result, target, warn};
use crate::app::progress::kilobytes;
use crate::app::{
    Action, AutoPlayTest, BaseVersion, Engine, Job, JobAction, JobError, JobId, JobPhase,
    JobProgress, JobRef, LimitPolicy, OutputForm, Prompt, SaveTarget, Session, VariantMode, prompt,
};
use crate::config::{PlayTestMode, Settings};
use crate::driver::signals::Signals;
use crate::driver::{self, Frontend};
use crate::game::report;
use crate::inference::outcome::format_duration;
use crate::library::{self, DiskError, ListRange};
use crate::play::Recording;

/// Makes the game, prints progress and result, and returns the exit code.
pub fn run(new: &NewArgs, settings: &Settings) -> ExitCode {
    if new.improve {
        return match read_prompt(&new.prompt) {
            Ok(prompt) => improve::print_improved(&prompt, new.report, settings),
            Err(why) => exit_with_error(&why, 2),
        };
    }
    make_game(new, settings, (save_target(new), output_form(new)), None)
}

/// Makes a new game, or a changed version of `base`.
pub(super) fn make_game(
    new: &NewArgs,
    settings: &Settings,
    (saving, form): (SaveTarget, OutputForm),
    base: Option<BaseVersion>,
) -> ExitCode {
    let prompt = match read_prompt(&new.prompt) {
        Ok(prompt) => prompt,
        Err(why) => return exit_with_error(&why, 2),
    };
    if let Err(error) = Prompt::new(&prompt) {
        return exit_with_error(&error, 2);
    }
    if let Err(error) = check_target(&saving) {
        return exit_with_error(&format!("{error}; choose another place with -o"), 9);
    }
    let media = match driver::read_media(&new.assets, settings.inference.engine.value) {
        Ok(media) => media,
        Err(why) => return exit_with_error(&why, 2),
    };
    let lines = CommandFrontend::new(new.report);
    lines.print_notices(&settings.notices.all);
    let mut plan = driver::plan(settings, saving);
    let job = Arc::make_mut(&mut plan.job);
    job.form = form;
    job.media = media;
    job.keep_unsafe = new.keep_unsafe;
    job.over_limit = LimitPolicy::Fail;
    if settings.play.test_mode == PlayTestMode::On {
        job.play_test = AutoPlayTest::On;
    }
    let mut state = driver::state(plan);
    state.current = base.map(Arc::new);
    remember_models(&mut state, settings);
    let action = first_action(prompt, new.parallel);
    let mut again = state.clone();
    let mut made = run_job(state, action.clone(), settings, lines);
    // Nothing was sent: with the user's consent it is.
    if made.as_ref().is_ok_and(|state| may_spend(state, new.report)) {
        Arc::make_mut(&mut again.plan.job).ask_above_usd = None;
        made = run_job(again, action, settings, CommandFrontend::new(new.report));
    }
    match made {
        Ok(state) => {
            let code = print_outcome(&state, new);
            offer_free_model(new.report, settings);
            code
        }
        Err(error) => exit_with_error(&error, 9),
    }
}

/// Asks a user at a terminal whether an expensive reply is wanted. `false` where the question does not
/// arise, or nobody can answer.
fn may_spend(state: &Session, form: ReportArgs) -> bool {
    let failure = state.job().and_then(|job| job.current.failure());
    let Some(expensive @ JobError::Expensive { .. }) = failure else { return false };
    if !form.is_for_people() || !output::is_stderr_terminal() || !std::io::stdin().is_terminal() {
        return false;
    }
    output::write_stderr(&format!("{}. Go on? [y/N] ", expensive.message()));
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// After a game of the composer that nobody chose: what could make games for free on this machine.
/// The way to get it is told once, with the first game.
fn offer_free_model(form: ReportArgs, settings: &Settings) {
    let engine = settings.inference.engine.value;
    if !form.is_for_people() || engine != Engine::Offline || settings.is_offline_by_choice() {
        return;
    }
    let found = driver::block_on(async { Ok(driver::find_local_servers(&settings.local).await) });
    let Ok(local) = found else { return };
    if let Some(offer) = local.offer() {
        return warn(&offer);
    }
    let some = ListRange { offset: 0, limit: 2 };
    let games = driver::library(settings).and_then(|library| library.games(some));
    if !local.is_unsearched && games.is_ok_and(|games| games.len() <= 1) {
        warn(&local.advice(std::env::consts::OS));
    }
}

/// What models came to before. Without a library, or for the composer, nothing is known.
fn remember_models(state: &mut Session, settings: &Settings) {
    if settings.inference.engine.value == Engine::Offline {
        return;
    }
    let Ok(library) = driver::library(settings) else { return };
    if state.current.is_some() {
        let known = library.form_tallies().unwrap_or_default();
        for tally in &known {
            state.shared.forms.add(tally);
        }
    }
    state.shared.records.load(library.model_summaries().unwrap_or_default());
}

/// One game, or a race of several.
fn first_action(prompt: String, parallel: u8) -> Action {
    match parallel {
        0 | 1 => Action::Generate(prompt),
        count => Action::Vary(prompt, vec![None; usize::from(count)], VariantMode::Race),
    }
}

fn run_job(
    state: Session,
    first: Action,
    settings: &Settings,
    mut lines: CommandFrontend,
) -> std::io::Result<Session> {
    driver::block_on(async {
        lines.signals = Signals::new()?;
        let executor = driver::system_executor(settings, Recording::Off);
        driver::run(state, Some(first), &executor, &mut lines).await
    })
}

fn read_prompt(prompt: &str) -> Result<String, String> {
    if prompt != "-" {
        return Ok(prompt.to_owned());
    }
    let max_bytes = u64::try_from(prompt::LONGEST).unwrap_or(u64::MAX).saturating_mul(2);
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(max_bytes).read_to_end(&mut bytes);
    read.map_err(|e| format!("cannot read standard input: {e}"))?;
    String::from_utf8(bytes).map_err(|_| "standard input is not UTF-8 text".to_owned())
}

/// The form that the flags ask for.
pub(super) fn output_form(new: &NewArgs) -> OutputForm {
    if new.plain { OutputForm::Plain } else { OutputForm::Sealed }
}

/// Where the game is to be saved, from `--output` and `--force`.
pub(super) fn save_target(new: &NewArgs) -> SaveTarget {
    match &new.output {
        None => SaveTarget::Folder(PathBuf::new()),
        Some(path) if target::is_standard_output(path) => SaveTarget::Nowhere,
        Some(path) if new.force => SaveTarget::Over(path.clone()),
        Some(path) => SaveTarget::File(path.clone()),
    }
}

/// Checks that the target can be written, before a request is paid for.
fn check_target(saving: &SaveTarget) -> Result<(), DiskError> {
    match saving {
        SaveTarget::Folder(folder) => library::check_writable(&folder.join("game.html")),
        SaveTarget::File(path) | SaveTarget::Over(path) => library::check_writable(path),
        SaveTarget::Nowhere | SaveTarget::GamesFolder => Ok(()),
    }
}

/// Prints the result or the failure, and returns the exit code.
fn print_outcome(state: &Session, new: &NewArgs) -> ExitCode {
    let Some(job) = state.job() else { return ExitCode::FAILURE };
    let form = new.report;
    let object = (form.json || form.jsonl)
        .then(|| format!("{}\n", json::job_report(job, form, driver::now())));
    match &job.current.result {
        Some(Ok(game)) => {
            if form.verbose {
                let findings = report(None, game.product.source(), game.product.findings());
                output::write_stderr(&findings);
            }
            let plain = || match &game.path {
                Some(path) => format!("{}\n", DiskError::display_path(path)),
                None => game.product.html(),
            };
            let code = if job.is_broken() { 8 } else { 0 };
            print_result(&object.unwrap_or_else(plain), code)
        }
        Some(Err(failure)) => {
            match object {
                // The failure's exit code is more informative than that of a closed output.
                Some(object) => drop(output::write_stdout(object.as_bytes())),
                None => print_failure(failure),
            }
            ExitCode::from(failure.exit_code())
        }
        None => ExitCode::FAILURE,
    }
}

/// Says why there is none, and what helps.
pub(super) fn print_failure(failure: &JobError) {
    if let JobError::Refused(rejection) = failure {
        output::write_stderr(&report(None, &rejection.source, &rejection.findings));
    }
    let start = if matches!(failure, JobError::NoChange(_)) { "" } else { "error: " };
    warn(&format!("{start}{}\n  {}", failure.message(), failure.advice()));
    if let JobError::OverLimit(held) = failure {
        let at = clock::format_time(driver::wall_clock().after(held.wait));
        warn(&format!("  The next request can start at {at}."));
    }
}

/// The frontend of a command: progress lines on standard error, and signals.
struct CommandFrontend {
    args: ReportArgs,
    /// Reported entries of each job's log.
    reported: BTreeMap<JobId, usize>,
    /// Whether one line is rewritten in place, on a terminal.
    live: bool,
    live_line: String,
    /// The line of the last failed attempt.
    last_failure: String,
    signals: Signals,
}

impl CommandFrontend {
    fn new(form: ReportArgs) -> Self {
        let live = !form.quiet && !form.jsonl && output::is_stderr_terminal();
        Self {
            args: form,
            reported: BTreeMap::new(),
            live,
            live_line: String::new(),
            last_failure: String::new(),
            signals: Signals::none(),
        }
    }

    fn print_notices(&self, notices: &[String]) {
        for notice in notices.iter().filter(|_| !self.args.quiet) {
            warn(notice);
        }
    }

    /// Prints the progress since the last call. If the output is closed, the job still runs to its
    /// end.
    fn print_progress(&mut self, state: &Session) {
        for job in state.jobs.iter() {
            let reported = self.reported.insert(job.id, job.log.len()).unwrap_or_default();
            for progress in job.log.iter().skip(reported) {
                // In a race, lines say whose they are.
                let number = state.variants.as_ref().map(|_| job.variant + 1);
                self.print_step(job, progress, number);
            }
        }
    }

    fn print_step(&mut self, job: &Job, progress: &JobProgress, number: Option<u64>) {
        if self.args.jsonl {
            let mut event = serde_json::to_value(progress).unwrap_or_default();
            if let (Some(fields), Some(number)) = (event.as_object_mut(), number) {
                fields.insert("variant".to_owned(), number.into());
            }
            drop(output::write_stdout(format!("{event}\n").as_bytes()));
        } else if let Some(line) = lines::progress_line(progress, self.args.detail())
            && !self.args.quiet
            && self.is_unreported(job, progress, &line)
        {
            self.erase();
            let prefix = number.map(|number| format!("{number}: ")).unwrap_or_default();
            warn(&format!("{prefix}{line}"));
        }
    }

    /// Whether a line says something new. The failure of an attempt does not if it equals the previous
    /// one, or if the job ends with it and reports it at the end.
    fn is_unreported(&mut self, job: &Job, progress: &JobProgress, line: &str) -> bool {
        if !matches!(progress, JobProgress::Failed { .. }) {
            return true;
        }
        let reports_failure =
            job.current.failure().is_some_and(|failure| failure.inference_error().is_some());
        let is_last = reports_failure
            && job.log.iter().rfind(|last| matches!(last, JobProgress::Failed { .. }))
                == Some(progress);
        let is_repeated = self.last_failure == line;
        line.clone_into(&mut self.last_failure);
        !is_repeated && !is_last
    }

    fn update_live_line(&mut self, state: &Session, now: Instant) {
        let line = live_line(state, now).unwrap_or_default();
        if line == self.live_line {
            return;
        }
        self.erase();
        output::write_stderr(&line);
        self.live_line = line;
    }

    fn erase(&mut self) {
        if !self.live_line.is_empty() {
            output::erase_line();
            self.live_line.clear();
        }
    }
}

/// The current activity: a countdown, or the size received; `None` if there is none.
fn live_line(state: &Session, now: Instant) -> Option<String> {
    let job = state.job()?;
    let lull = || {
        let text = job.lull(now).map(|lull| lull.describe(state.plan.job.idle_timeout));
        text.map(|text| format!(", {text}")).unwrap_or_default()
    };
    match job.current.phase {
        JobPhase::Waiting(pause) => {
            let left = pause.until.saturating_duration_since(now);
            Some(format!("next attempt in {} (Ctrl-C stops)", format_duration(left)))
        }
        JobPhase::Throttled(hold) => {
            let left = hold.until.saturating_duration_since(now);
            Some(format!("starting in {} (Ctrl-C stops)", format_duration(left)))
        }
        JobPhase::Requesting => {
            Some(format!("waiting for a reply, {} s{}", job.elapsed(now).as_secs(), lull()))
        }
        JobPhase::Streaming => {
            let size = kilobytes(job.current.reply.raw().len());
            Some(format!("receiving: {size}, {} s{}", job.elapsed(now).as_secs(), lull()))
        }
        JobPhase::PlayTesting => {
            let what = job.current.play_test.stage.map_or("play-test", |stage| stage.describe());
            Some(format!("{what}, {} s (Ctrl-C skips it)", job.elapsed(now).as_secs()))
        }
        JobPhase::Composing | JobPhase::Checking | JobPhase::Saving | JobPhase::Done => None,
    }
}

impl Frontend for CommandFrontend {
    async fn next(&mut self, _: &Session) -> Option<Vec<Action>> {
        self.signals.next().await;
        Some(vec![Action::Job(JobRef::Running, JobAction::Stop)])
    }

    fn render(&mut self, state: &Session, now: Instant) -> std::io::Result<()> {
        self.print_progress(state);
        if self.live {
            self.update_live_line(state, now);
        }
        Ok(())
    }

    fn redraw_at(&self, state: &Session, now: Instant) -> Option<Instant> {
        let changes = self.live && live_line(state, now).is_some();
        changes.then(|| now + Duration::from_millis(250))
    }

    fn is_over(&self, state: &Session) -> bool {
        !state.is_unfinished()
    }
}
