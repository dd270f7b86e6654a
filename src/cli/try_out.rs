//! `codeagent play --test`: a headless browser plays the games, and the verdicts are printed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};

use super::args::Play;
use super::play::{checked, find};
use super::{output, refuse, warn};
use crate::config::Settings;
use crate::driver::{self, Candidate};
use crate::library::{DiskError, write_over};
use crate::page::LineIndex;
use crate::play::{CheckOutcome, Grade, PlayTestError, PlayTestStage, Verdict};

/// Several codes in one: the gravest is told.
const GRAVEST: [u8; 5] = [130, 9, 2, 7, 8];

/// Plays the games, tells how that went in their order, and answers with the exit code.
pub fn run(play: &Play, settings: &Settings) -> ExitCode {
    let is_one = play.games.len() == 1;
    if !is_one && play.picture.is_some() {
        return refuse(&"`--picture` takes the picture of one game", 2);
    }
    let mut codes = Vec::new();
    let mut names = Vec::new();
    let mut candidates = Vec::new();
    for game in &play.games {
        let found = find(game, settings).and_then(|found| Ok((checked(&found)?, found)));
        match found {
            Ok((game, found)) => {
                candidates.push(Candidate { game: Arc::new(game), version: found.version });
                names.push(found.name);
            }
            Err(code) => codes.push(code),
        }
    }
    let mut report = Report { play, is_one, names: &names, told: Vec::new(), codes };
    let tell = stages(&names);
    let done = |place: usize, played| {
        if let Some(candidate) = candidates.get(place) {
            report.add(place, candidate, played);
        }
    };
    match driver::block_on(driver::try_out(&candidates, settings, play.jobs, tell, done)) {
        Ok(()) => report.end(),
        Err(error) => refuse(&format!("the signals cannot be heard: {error}"), 9),
    }
}

/// Says what is being done, where somebody looks on.
fn stages(names: &[String]) -> impl Fn(usize, PlayTestStage) + Clone + Send + 'static {
    let is_seen = output::is_stderr_terminal();
    let names: Arc<[String]> = names.into();
    move |place, stage| {
        if is_seen {
            let name = names.get(place).filter(|_| names.len() > 1);
            let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
            warn(&format!("{name}play-test: {}", stage.describe()));
        }
    }
}

/// What the verdicts of all games come to.
struct Report<'r> {
    play: &'r Play,
    is_one: bool,
    names: &'r [String],
    /// The objects that are printed at the end.
    told: Vec<Value>,
    codes: Vec<u8>,
}

impl Report<'_> {
    /// Tells how a game played, as soon as those before it are told.
    fn add(&mut self, place: usize, candidate: &Candidate, played: Result<Verdict, PlayTestError>) {
        let name = self.names.get(place).map_or("", String::as_str);
        let verdict = match played {
            Ok(verdict) => verdict,
            Err(why) => return self.refuse(name, &why),
        };
        let picture = match picture(self.play, &verdict) {
            Ok(picture) => picture,
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
            self.told.push(object(name, &verdict, picture.as_deref(), original));
            return;
        }
        let told = told(&verdict, picture.as_deref(), original);
        let name = if self.is_one { String::new() } else { format!("{name}: ") };
        self.write(&format!("{name}{told}"));
    }

    fn refuse(&mut self, name: &str, why: &PlayTestError) {
        let code = code_of(why);
        // One sentence is enough for what is the same for all of them.
        if !self.codes.contains(&code) {
            let name = if self.is_one { String::new() } else { format!("{name}: ") };
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
        let told = std::mem::take(&mut self.told);
        match told.as_slice() {
            [one] if self.is_one => self.write(&format!("{one}\n")),
            [] if self.is_one => {}
            all if self.play.json => self.write(&format!("{}\n", json!({"games": all}))),
            _ => {}
        }
        let gravest = GRAVEST.into_iter().find(|code| self.codes.contains(code));
        ExitCode::from(gravest.or(self.codes.first().copied()).unwrap_or_default())
    }
}

fn code_of(why: &PlayTestError) -> u8 {
    match why {
        PlayTestError::Stopped => 130,
        PlayTestError::BrowserNotFound(_)
        | PlayTestError::BrowserLaunch(_)
        | PlayTestError::BrowserLost => 2,
    }
}

/// The picture, where the user wants it as a file.
fn picture(play: &Play, verdict: &Verdict) -> Result<Option<PathBuf>, DiskError> {
    let (Some(path), Some(png)) = (&play.picture, &verdict.picture) else {
        if play.picture.is_some() {
            warn("there is no picture: the game was over before one could be taken");
        }
        return Ok(None);
    };
    write_over(path, png.as_ref()).map(Some)
}

fn object(name: &str, verdict: &Verdict, picture: Option<&Path>, original: &str) -> Value {
    let mut object = verdict.to_json(original);
    if let Some(fields) = object.as_object_mut() {
        fields.insert("path".to_owned(), json!(name));
        fields.insert("screenshot".to_owned(), json!(picture.map(DiskError::shown)));
    }
    object
}

fn told(verdict: &Verdict, picture: Option<&Path>, original: &str) -> String {
    let lines = LineIndex::new(original);
    let levels: Vec<_> = verdict.checks.all().iter().map(level).collect();
    let seconds = verdict.elapsed.as_secs_f64();
    let mut told =
        vec![verdict.headline(original), format!("  {}   {seconds:.1} s", levels.join(" "))];
    for problem in &verdict.problems {
        told.push(format!("  {}", problem.describe(&lines)));
        told.extend(problem.stack.first().map(|at| {
            let line = lines.position(at.original).line;
            let text = crate::untrusted::Untrusted::new(lines.text(line)).headline(100);
            format!("    {line} | {text}")
        }));
    }
    told.extend(
        verdict.console.iter().take(10).map(|line| format!("  console {}", line.describe())),
    );
    told.extend(verdict.requests.iter().map(|url| format!("  asked for {}", url.headline(200))));
    told.extend(picture.map(|path| format!("  picture: {}", DiskError::shown(path))));
    told.join("\n") + "\n"
}

fn level((name, level): &(&'static str, CheckOutcome)) -> String {
    let sign = match level {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '–',
    };
    format!("{sign} {name}")
}
