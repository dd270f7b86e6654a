//! `codeagent play --test`: play-tests games in a headless browser and prints the verdicts.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};

use super::args::PlayArgs;
use super::load_game::{load_game, vet_game};
use super::{exit_with_error, output, warn};
use crate::config::Settings;
use crate::driver::{self, PlayTestCandidate};
use crate::library::{DiskError, replace_file};
use crate::page::LineIndex;
use crate::play::{CheckOutcome, Grade, PlayTestError, PlayTestStage, Recording, Verdict};

/// The precedence of exit codes, the gravest first.
const EXIT_CODE_PRIORITY: [u8; 5] = [130, 9, 2, 7, 8];

/// Play-tests the games, prints the verdicts in order, and returns the exit code.
pub fn run(play: &PlayArgs, settings: &Settings) -> ExitCode {
    let is_single = play.games.len() == 1;
    if !is_single && (play.picture.is_some() || play.gif.is_some()) {
        return exit_with_error(&"`--picture` and `--gif` are of one game: name one", 2);
    }
    let recording = if play.gif.is_some() { Recording::Replayed } else { Recording::Off };
    let mut codes = Vec::new();
    let mut names = Vec::new();
    let mut candidates = Vec::new();
    for game in &play.games {
        let loaded = load_game(game, settings).and_then(|loaded| Ok((vet_game(&loaded)?, loaded)));
        match loaded {
            Ok((game, loaded)) => {
                let (game, version) = (Arc::new(game), loaded.version);
                candidates.push(PlayTestCandidate { game, version, recording });
                names.push(loaded.name);
            }
            Err(code) => codes.push(code),
        }
    }
    let mut report = PlayTestReport { play, is_single, names: &names, objects: Vec::new(), codes };
    let on_stage = stage_printer(&names);
    let on_verdict = |index: usize, played| {
        if let Some(candidate) = candidates.get(index) {
            report.add(index, candidate, played);
        }
    };
    match driver::block_on(driver::play_test_all(
        &candidates,
        settings,
        play.jobs,
        on_stage,
        on_verdict,
    )) {
        Ok(()) => report.end(),
        Err(error) => exit_with_error(&format!("cannot listen for signals: {error}"), 9),
    }
}

/// Prints the stages of the play-tests, if standard error is a terminal.
fn stage_printer(names: &[String]) -> impl Fn(usize, PlayTestStage) + Clone + Send + 'static {
    let is_seen = output::is_stderr_terminal();
    let names: Arc<[String]> = names.into();
    move |index, stage| {
        if is_seen {
            let name = names.get(index).filter(|_| names.len() > 1);
            let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
            warn(&format!("{name}play-test: {}", stage.describe()));
        }
    }
}

/// Collects the verdicts of all games.
struct PlayTestReport<'r> {
    play: &'r PlayArgs,
    is_single: bool,
    names: &'r [String],
    /// The JSON objects to print at the end.
    objects: Vec<Value>,
    codes: Vec<u8>,
}

impl PlayTestReport<'_> {
    /// Adds the result of a game and prints it.
    fn add(
        &mut self,
        index: usize,
        candidate: &PlayTestCandidate,
        played: Result<Verdict, PlayTestError>,
    ) {
        let name = self.names.get(index).map_or("", String::as_str);
        let verdict = match played {
            Ok(verdict) => verdict,
            Err(why) => return self.add_error(name, &why),
        };
        let saved = save_picture(self.play, &verdict)
            .and_then(|picture| Ok((picture, save_gif(self.play, &verdict)?)));
        let (picture, gif) = match saved {
            Ok(saved) => saved,
            Err(error) => {
                warn(&format!("error: the picture is not saved: {error}"));
                self.codes.push(9);
                return;
            }
        };
        if verdict.grade() == Grade::Broken {
            self.codes.push(8);
        }
        let original = candidate.game.original();
        if self.play.json {
            let mut object = verdict_json(name, &verdict, picture.as_deref(), original);
            if let Some(fields) = object.as_object_mut() {
                let gif = gif.as_deref().map(DiskError::display_path);
                fields.insert("gif".to_owned(), json!(gif));
            }
            self.objects.push(object);
            return;
        }
        let mut text = verdict_text(&verdict, picture.as_deref(), original);
        if let Some(path) = gif {
            text.extend(["  gif: ", &DiskError::display_path(&path), "\n"]);
        }
        let name = if self.is_single { String::new() } else { format!("{name}: ") };
        self.write(&format!("{name}{text}"));
    }

    fn add_error(&mut self, name: &str, why: &PlayTestError) {
        let code = exit_code(why);
        // An error that applies to all games is printed once.
        if !self.codes.contains(&code) {
            let name = if self.is_single { String::new() } else { format!("{name}: ") };
            warn(&format!("error: {name}{why}\n  {}", why.advice()));
        }
        self.codes.push(code);
    }

    fn write(&mut self, text: &str) {
        if output::write_stdout(text.as_bytes()).is_err() {
            self.codes.push(9);
        }
    }

    fn end(mut self) -> ExitCode {
        let text = std::mem::take(&mut self.objects);
        match text.as_slice() {
            [object] if self.is_single => self.write(&format!("{object}\n")),
            [] if self.is_single => {}
            verdicts if self.play.json => self.write(&format!("{}\n", json!({"games": verdicts}))),
            _ => {}
        }
        let worst = EXIT_CODE_PRIORITY.into_iter().find(|code| self.codes.contains(code));
        ExitCode::from(worst.or(self.codes.first().copied()).unwrap_or_default())
    }
}

fn exit_code(why: &PlayTestError) -> u8 {
    match why {
        PlayTestError::Stopped => 130,
        PlayTestError::BrowserNotFound(_)
        | PlayTestError::BrowserLaunch(_)
        | PlayTestError::BrowserLost => 2,
    }
}

/// Saves the picture, if the user asked for it; returns its path.
fn save_picture(play: &PlayArgs, verdict: &Verdict) -> Result<Option<PathBuf>, DiskError> {
    let (Some(path), Some(png)) = (&play.picture, &verdict.picture) else {
        if play.picture.is_some() {
            warn("there is no picture: the game was over before one could be taken");
        }
        return Ok(None);
    };
    replace_file(path, png.as_ref()).map(Some)
}

/// Saves the animation, if the user asked for it; returns its path.
fn save_gif(play: &PlayArgs, verdict: &Verdict) -> Result<Option<PathBuf>, DiskError> {
    let Some(path) = &play.gif else { return Ok(None) };
    if let Some(gif) = verdict.motion.to_gif() {
        return replace_file(path, gif).map(Some);
    }
    warn("there is no animation: the game failed before one could be taken");
    Ok(None)
}

fn verdict_json(name: &str, verdict: &Verdict, picture: Option<&Path>, original: &str) -> Value {
    let mut object = verdict.to_json(original);
    if let Some(fields) = object.as_object_mut() {
        fields.insert("path".to_owned(), json!(name));
        fields.insert("screenshot".to_owned(), json!(picture.map(DiskError::display_path)));
    }
    object
}

fn verdict_text(verdict: &Verdict, picture: Option<&Path>, original: &str) -> String {
    let lines = LineIndex::new(original);
    let levels: Vec<_> = verdict.checks.all().iter().map(level_mark).collect();
    let seconds = verdict.elapsed.as_secs_f64();
    let mut text =
        vec![verdict.headline(original), format!("  {}   {seconds:.1} s", levels.join(" "))];
    for problem in &verdict.problems {
        text.push(format!("  {}", problem.describe(&lines)));
        text.extend(problem.stack.first().map(|at| {
            let line = lines.position(at.original).line;
            let text = crate::untrusted::Untrusted::new(lines.text(line)).headline(100);
            format!("    {line} | {text}")
        }));
    }
    text.extend(
        verdict.console.iter().take(10).map(|line| format!("  console {}", line.describe())),
    );
    text.extend(verdict.requests.iter().map(|url| format!("  asked for {}", url.headline(200))));
    text.extend(picture.map(|path| format!("  picture: {}", DiskError::display_path(path))));
    text.join("\n") + "\n"
}

fn level_mark((name, level): &(&'static str, CheckOutcome)) -> String {
    let sign = match level {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '–',
    };
    format!("{sign} {name}")
}
