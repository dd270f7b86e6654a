//! `codeagent play --test`: a headless browser plays the game, and the verdict is printed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};

use super::args::Play;
use super::{output, put, refuse, warn};
use crate::config::Settings;
use crate::driver;
use crate::game::Vetted;
use crate::library::{DiskError, VersionId, write_over};
use crate::page::Lines;
use crate::play::{Grade, Level, Stage, Unplayed, Verdict};

/// A checked game, by the name that the user knows it by.
pub struct Tried {
    pub name: String,
    pub game: Vetted,
    /// Its place in the library, which then remembers the verdict.
    pub version: Option<VersionId>,
}

/// Plays it, tells how that went, and answers with the exit code.
pub fn run(play: &Play, tried: Tried, settings: &Settings) -> ExitCode {
    let game = Arc::new(tried.game);
    let is_seen = output::is_stderr_terminal();
    let tell = move |stage: Stage| {
        if is_seen {
            warn(&format!("play-test: {}", stage.words()));
        }
    };
    let played = driver::try_out(Arc::clone(&game), tried.version, settings, tell);
    let verdict = match driver::block_on(played) {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(why)) => return refuse(&format!("{why}\n  {}", why.advice()), code_of(&why)),
        Err(error) => return refuse(&format!("the signals cannot be heard: {error}"), 9),
    };
    let picture = match picture(play, &verdict) {
        Ok(picture) => picture,
        Err(error) => return refuse(&format!("the picture is not saved: {error}"), 9),
    };
    let code = if verdict.grade() == Grade::Broken { 8 } else { 0 };
    let told = if play.json {
        format!("{}\n", object(&tried.name, &verdict, picture.as_deref(), game.original()))
    } else {
        told(&verdict, picture.as_deref(), game.original())
    };
    put(&told, code)
}

fn code_of(why: &Unplayed) -> u8 {
    match why {
        Unplayed::Stopped => 130,
        Unplayed::NoBrowser(_) | Unplayed::NoStart(_) | Unplayed::Lost => 2,
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
    let lines = Lines::new(original);
    let levels: Vec<_> = verdict.levels.all().iter().map(level).collect();
    let seconds = verdict.elapsed.as_secs_f64();
    let mut told =
        vec![verdict.headline(original), format!("  {}   {seconds:.1} s", levels.join(" "))];
    for problem in &verdict.problems {
        told.push(format!("  {}", problem.words(&lines)));
        told.extend(problem.stack.first().map(|at| {
            let line = lines.position(at.original).line;
            let text = crate::untrusted::Untrusted::new(lines.text(line)).headline(100);
            format!("    {line} | {text}")
        }));
    }
    told.extend(verdict.requests.iter().map(|url| format!("  asked for {}", url.headline(200))));
    told.extend(picture.map(|path| format!("  picture: {}", DiskError::shown(path))));
    told.join("\n") + "\n"
}

fn level((name, level): &(&'static str, Level)) -> String {
    let sign = match level {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '–',
    };
    format!("{sign} {name}")
}
