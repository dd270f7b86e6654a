//! `codeagent doctor`: diagnoses settings, network, browser and library.

mod account;
mod line;
mod places;
mod server;

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::DoctorArgs;
use super::{exit_with_error, output, print_result};
use crate::config::{ConfigError, Origin, PlayTestMode, Settings};
use crate::driver::{self, BrowserStatus, DiagnosticReport};
use crate::inference::local_server::{LocalServer, LocalServers};
use crate::library::DiskError;
use crate::play::FindBrowserError;
use crate::report::TerminalCheck;
use crate::untrusted::Untrusted;

use line::{CheckHealth, DoctorLine};

/// Prints the diagnosis. The exit code is that of the first item that prevents games from being
/// made or saved, else 0.
///
/// `broken` says why the user's own settings cannot be used, and the defaults are looked at.
pub fn run(
    doctor: DoctorArgs,
    settings: &Settings,
    broken: Option<&ConfigError>,
    terminal: Vec<TerminalCheck>,
) -> ExitCode {
    let checkup = match run_checkup(settings) {
        Ok(checkup) => checkup,
        Err(error) => return exit_with_error(&error, 9),
    };
    let mut lines: Vec<_> = broken.map(settings_line).into_iter().collect();
    lines.extend(all_lines(settings, &checkup, terminal));
    let code = lines.iter().find_map(DoctorLine::exit_code).unwrap_or_default();
    if doctor.json {
        let report: Vec<_> = lines.iter().map(DoctorLine::json).collect();
        let object =
            json!({ "ok": code == 0, "lines": report, "settings": settings_json(settings) });
        return print_result(&format!("{object}\n"), code);
    }
    // What is wrong comes first.
    lines.sort_by_key(|line| std::cmp::Reverse(line.health()));
    let lines = lines.iter().map(DoctorLine::human).collect::<String>();
    print_result(&format!("{lines}\n{}", settings_text(settings, doctor)), code)
}

/// That the user's settings cannot be used.
fn settings_line(error: &ConfigError) -> DoctorLine {
    let advice = "Everything below is looked at with the defaults.";
    DoctorLine::good("settings", Untrusted::new(error.to_string()).headline(300))
        .with_advice(CheckHealth::Broken(2), advice)
}

/// Runs the checks; on a terminal it prints a message during a noticeable wait.
fn run_checkup(settings: &Settings) -> std::io::Result<DiagnosticReport> {
    let mut report = false;
    let is_watched = output::is_stderr_terminal();
    let checkup = driver::block_on(async {
        let on_slow = || {
            if is_watched {
                report = true;
                output::write_stderr("checking servers, library and browser …");
            }
        };
        Ok(driver::diagnose(settings, on_slow).await)
    });
    if report {
        output::erase_line();
    }
    checkup
}

fn all_lines(
    settings: &Settings,
    checkup: &DiagnosticReport,
    terminal: Vec<TerminalCheck>,
) -> Vec<DoctorLine> {
    let terminal = terminal.into_iter().map(|feature| {
        let line = DoctorLine::good(feature.name, feature.value);
        match feature.advice {
            Some(advice) => line.with_advice(CheckHealth::Degraded, advice),
            None => line,
        }
    });
    let mut lines = vec![engine_line(settings)];
    lines.extend(account::account_lines(settings, checkup));
    lines.extend(server::server_lines(settings, checkup));
    lines.push(local_line(settings, &checkup.local));
    lines.push(browser_line(settings, &checkup.browser));
    lines.extend(terminal);
    lines.extend(places::place_lines(settings, checkup));
    lines
}

fn engine_line(settings: &Settings) -> DoctorLine {
    let line = DoctorLine::good("engine", settings.inference.engine.value.name())
        .with_origin(&settings.inference.engine.origin);
    // The project's notice is printed separately.
    let printed_separately = settings.notices.project.as_ref();
    match settings.notices.all.iter().find(|notice| Some(*notice) != printed_separately) {
        Some(notice) => line.with_advice(CheckHealth::Degraded, notice.clone()),
        None => line,
    }
}

/// What could make games for free on this machine.
fn local_line(settings: &Settings, local: &LocalServers) -> DoctorLine {
    if settings.local.ports.is_empty() {
        return DoctorLine::good("local", "not looked for (local_ports)");
    }
    let describe = |server: &LocalServer| {
        let count = server.models.len();
        let models = if count == 1 { "model" } else { "models" };
        let state =
            if server.is_loading { "loading".to_owned() } else { format!("{count} {models}") };
        format!("{} at {} ({state})", server.kind.name(), server.base_url)
    };
    let found = local.found.iter().map(describe).collect::<Vec<_>>().join(", ");
    let text = if found.is_empty() { "no model server on this machine".to_owned() } else { found };
    let line = DoctorLine::good("local", text);
    match local.offered() {
        _ if settings.network.endpoint.value.is_loopback() => line,
        Some((server, _)) => {
            line.with_advice(CheckHealth::Good, format!("Free: {}", server.options()))
        }
        None => line.with_advice(CheckHealth::Good, local.advice(std::env::consts::OS)),
    }
}

fn browser_line(
    settings: &Settings,
    found: &Result<BrowserStatus, FindBrowserError>,
) -> DoctorLine {
    let line = match found {
        Ok(BrowserStatus { program, version }) => {
            let path = DiskError::display_path(program);
            match version {
                Some(version) => DoctorLine::good("browser", format!("{version}, {path}")),
                None => DoctorLine::good("browser", path).with_advice(
                    CheckHealth::Degraded,
                    "It reports no version, so it may not be a browser. Set CODEAGENT_BROWSER to \
                     another one.",
                ),
            }
        }
        Err(why) => DoctorLine::good("browser", format!("static checks only: {why}"))
            .with_advice(CheckHealth::Degraded, FindBrowserError::advice(why)),
    };
    let is_off = settings.play.test_mode == PlayTestMode::Off;
    if is_off { line.append("; play-tests are off") } else { line }
}

/// Text that is safe to display, at most 120 characters.
fn headline(value: &str) -> String {
    Untrusted::new(value).headline(120)
}

/// The settings that somebody has set, or all.
fn settings_text(settings: &Settings, DoctorArgs { all, .. }: DoctorArgs) -> String {
    let line = |(name, setting): &(&str, crate::config::Setting<String>)| {
        let value = Some(headline(&setting.value)).filter(|value| !value.is_empty());
        format!("  {name:<20}{}  ({})\n", value.as_deref().unwrap_or("–"), setting.origin)
    };
    let is_listed = |(_, setting): &&(&str, crate::config::Setting<String>)| {
        all || setting.origin != Origin::Default
    };
    let lines: String = settings.resolved.iter().filter(is_listed).map(line).collect();
    match (all, lines.is_empty()) {
        (true, _) => format!("settings\n{lines}"),
        (false, true) => "settings: all have their defaults (--all lists them)\n".to_owned(),
        (false, false) => format!("settings (--all lists the defaults, too)\n{lines}"),
    }
}

fn settings_json(settings: &Settings) -> Vec<Value> {
    let report = settings.resolved.iter().map(|(name, setting)| { json!({ "name": name, "value": headline(&setting.value), "set_by": setting.origin.to_string(), }) });
    report.collect()
}
