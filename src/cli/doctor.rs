//! `codeagent doctor`: what the program found, where each thing was set, and what would help.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Doctor;
use super::{library, put};
use crate::app::Engine;
use crate::config::{Origin, PlayWish, Settings};
use crate::library::{DiskError, Slice};
use crate::play::{self, NoBrowser};
use crate::untrusted::Untrusted;

/// One thing that was looked at.
struct Line {
    name: &'static str,
    health: Health,
    words: String,
    /// Where it was set, if it can be.
    origin: Option<String>,
    /// What would help, where something would.
    advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Good,
    /// Works with less.
    Less,
    Bad,
}

impl Health {
    fn sign(self) -> char {
        match self {
            Self::Good => '✓',
            Self::Less => '–',
            Self::Bad => '✗',
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Less => "less",
            Self::Bad => "bad",
        }
    }
}

/// Tells what there is; 9 where the library cannot be used, else 0.
pub fn run(doctor: Doctor, settings: &Settings) -> ExitCode {
    let lines = [
        engine(settings),
        model(settings),
        server(settings),
        token(settings),
        browser(settings),
        home(settings),
        games(settings),
    ];
    let code = if lines.iter().any(|line| line.health == Health::Bad) { 9 } else { 0 };
    if doctor.json {
        let told: Vec<_> = lines.iter().map(Line::json).collect();
        return put(&format!("{}\n", json!({ "ok": code == 0, "lines": told })), code);
    }
    put(&lines.iter().map(Line::human).collect::<String>(), code)
}

impl Line {
    fn good(name: &'static str, words: impl Into<String>) -> Self {
        Self { name, health: Health::Good, words: words.into(), origin: None, advice: None }
    }

    fn set(self, origin: &Origin) -> Self {
        Self { origin: Some(origin.to_string()), ..self }
    }

    fn with(self, health: Health, advice: impl Into<String>) -> Self {
        Self { health, advice: Some(advice.into()), ..self }
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "health": self.health.code(),
            "value": self.words,
            "set_by": self.origin,
            "advice": self.advice,
        })
    }

    fn human(&self) -> String {
        let origin = self.origin.as_ref().map(|origin| format!("  ({origin})"));
        let advice = self.advice.as_ref().map(|advice| format!("    {advice}\n"));
        let (sign, name, words) = (self.health.sign(), self.name, &self.words);
        let (origin, advice) = (origin.unwrap_or_default(), advice.unwrap_or_default());
        format!("{sign} {name:<9}{words}{origin}\n{advice}")
    }
}

fn engine(settings: &Settings) -> Line {
    let line = Line::good("engine", settings.engine.value.name()).set(&settings.engine.origin);
    match settings.notices.first() {
        Some(notice) => line.with(Health::Less, notice.clone()),
        None => line,
    }
}

fn model(settings: &Settings) -> Line {
    let model = Untrusted::new(settings.model.value.as_str()).headline(120);
    Line::good("model", model).set(&settings.model.origin)
}

fn server(settings: &Settings) -> Line {
    let host = Untrusted::new(settings.endpoint.value.host()).headline(120);
    Line::good("server", host).set(&settings.endpoint.origin)
}

/// Where it was found; never what it is.
fn token(settings: &Settings) -> Line {
    match &settings.token {
        Some(token) => Line::good("token", "there is one").set(&token.origin),
        None if settings.engine.value == Engine::HuggingFace => Line::good("token", "none")
            .with(Health::Less, "Put one into HF_TOKEN: https://huggingface.co/settings/tokens"),
        None => Line::good("token", "none, and none is needed"),
    }
}

fn browser(settings: &Settings) -> Line {
    let line = match play::find(&settings.browser) {
        Ok(program) => {
            let path = DiskError::shown(&program);
            match version(&program, settings) {
                Some(version) => Line::good("browser", format!("{version}, {path}")),
                None => Line::good("browser", path).with(
                    Health::Less,
                    "It does not say its version: it may be no browser. Name another one in \
                     CODEAGENT_BROWSER.",
                ),
            }
        }
        Err(why) => Line::good("browser", format!("static checks only: {why}"))
            .with(Health::Less, NoBrowser::advice(&why)),
    };
    let is_off = settings.play_test == PlayWish::Off;
    if is_off {
        Line { words: format!("{}; play-tests are off", line.words), ..line }
    } else {
        line
    }
}

#[cfg(unix)]
fn version(program: &std::path::Path, settings: &Settings) -> Option<String> {
    play::chromium::version(program, &settings.browser.path)
}

#[cfg(not(unix))]
fn version(_program: &std::path::Path, _settings: &Settings) -> Option<String> {
    None
}

fn home(settings: &Settings) -> Line {
    Line::good("home", DiskError::shown(&settings.home.value)).set(&settings.home.origin)
}

fn games(settings: &Settings) -> Line {
    let looked = library::open(settings).and_then(|library| {
        let games = library.games(Slice { skip: 0, most: 100_000 })?;
        Ok(games.len())
    });
    match looked {
        Ok(1) => Line::good("library", "1 game"),
        Ok(games) => Line::good("library", format!("{games} games")),
        Err(error) => Line::good("library", error.to_string()).with(Health::Bad, error.advice()),
    }
}
