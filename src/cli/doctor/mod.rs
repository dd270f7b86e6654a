//! `codeagent doctor`: what the program found, where each thing was set, and what would help.

mod account;
mod line;
mod places;
mod server;

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Doctor;
use super::{output, put, refuse};
use crate::config::{PlayTestMode, Settings};
use crate::driver::{self, Checkup, Found};
use crate::library::DiskError;
use crate::play::NoBrowser;
use crate::untrusted::Untrusted;

use line::{Health, Line};

/// Something that another room knows of the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub name: &'static str,
    pub words: String,
    /// What would help, where something is not as it could be.
    pub advice: Option<String>,
}

/// Tells what there is. The exit code is that of the first thing that keeps games from being made
/// or kept, else 0.
pub fn run(doctor: Doctor, settings: &Settings, terminal: Vec<Seen>) -> ExitCode {
    let checkup = match look(settings) {
        Ok(checkup) => checkup,
        Err(error) => return refuse(&error, 9),
    };
    let lines = lines(settings, &checkup, terminal);
    let code = lines.iter().find_map(Line::exit_code).unwrap_or_default();
    if doctor.json {
        let told: Vec<_> = lines.iter().map(Line::json).collect();
        let object = json!({ "ok": code == 0, "lines": told, "settings": settings_told(settings) });
        return put(&format!("{object}\n"), code);
    }
    let lines = lines.iter().map(Line::human).collect::<String>();
    // What was found comes last: it is what stays in sight.
    put(&format!("settings\n{}\n{lines}", settings_shown(settings)), code)
}

/// On a terminal a wait that can be felt says what for.
fn look(settings: &Settings) -> std::io::Result<Checkup> {
    let mut told = false;
    let is_watched = output::is_stderr_terminal();
    let checkup = driver::block_on(async {
        let tell = || {
            if is_watched {
                told = true;
                output::write_stderr("looking at servers, library and browser …");
            }
        };
        Ok(driver::checkup(settings, tell).await)
    });
    if told {
        output::erase_line();
    }
    checkup
}

fn lines(settings: &Settings, checkup: &Checkup, terminal: Vec<Seen>) -> Vec<Line> {
    let terminal = terminal.into_iter().map(|seen| {
        let line = Line::good(seen.name, seen.words);
        match seen.advice {
            Some(advice) => line.with(Health::Less, advice),
            None => line,
        }
    });
    let mut lines = vec![engine(settings)];
    lines.extend(account::lines(settings, checkup));
    lines.extend(server::lines(settings, checkup));
    lines.push(browser(settings, &checkup.browser));
    lines.extend(terminal);
    lines.extend(places::lines(settings, checkup));
    lines
}

fn engine(settings: &Settings) -> Line {
    let line = Line::good("engine", settings.engine.value.name()).set(&settings.engine.origin);
    // That of the project is told beside the result.
    let told_beside = settings.project_notice.as_ref();
    match settings.notices.iter().find(|notice| Some(*notice) != told_beside) {
        Some(notice) => line.with(Health::Less, notice.clone()),
        None => line,
    }
}

fn browser(settings: &Settings, found: &Result<Found, NoBrowser>) -> Line {
    let line = match found {
        Ok(Found { program, version }) => {
            let path = DiskError::display_path(program);
            match version {
                Some(version) => Line::good("browser", format!("{version}, {path}")),
                None => Line::good("browser", path).with(
                    Health::Less,
                    "It does not say its version: it may be no browser. Name another one in \
                     CODEAGENT_BROWSER.",
                ),
            }
        }
        Err(why) => Line::good("browser", format!("static checks only: {why}"))
            .with(Health::Less, NoBrowser::advice(why)),
    };
    let is_off = settings.play_test == PlayTestMode::Off;
    if is_off { line.and("; play-tests are off") } else { line }
}

/// Every setting as it was written; none is a token.
fn shown(value: &str) -> String {
    Untrusted::new(value).headline(120)
}

fn settings_shown(settings: &Settings) -> String {
    let line = |(name, setting): &(&str, crate::config::Setting<String>)| {
        let value = Some(shown(&setting.value)).filter(|value| !value.is_empty());
        format!("  {name:<20}{}  ({})\n", value.as_deref().unwrap_or("–"), setting.origin)
    };
    settings.resolved.iter().map(line).collect()
}

fn settings_told(settings: &Settings) -> Vec<Value> {
    let told = settings.resolved.iter().map(|(name, setting)| {
        json!({
            "name": name,
            "value": shown(&setting.value),
            "set_by": setting.origin.to_string(),
        })
    });
    told.collect()
}
