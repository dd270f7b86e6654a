//! `codeagent check`: checks HTML files against the rules, in parallel.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

use super::args::{CheckArgs, ReportFormat};
use super::check_file::{CheckedFile, FileVerdict, RepairMode};
use super::{exit_with_error, explain, github, print_result, sarif, warn};
use crate::driver::parallel_map;
use crate::game::to_json;
use crate::page::LineIndex;

/// Checks the files, prints the findings, and returns the exit code.
pub fn run(check: &CheckArgs) -> ExitCode {
    if check.list {
        return print_result(&explain::list_rules(), 0);
    }
    if let Some(code) = &check.explain {
        return match explain::explain_rule(code) {
            Ok(text) => print_result(&text, 0),
            Err(why) => exit_with_error(&why, 2),
        };
    }
    if check.fix && check.files.iter().any(|file| file == Path::new("-")) {
        return exit_with_error(
            &"--fix cannot rewrite standard input; `codeagent harden -` prints it",
            2,
        );
    }
    check_files(check)
}

fn check_files(check: &CheckArgs) -> ExitCode {
    let repairs = if check.fix { RepairMode::Write } else { RepairMode::Report };
    let checked = parallel_map(&check.files, |path| CheckedFile::new(path, repairs));
    let checked = checked.into_iter().zip(&check.files);
    let checked: Vec<_> =
        checked.map(|(done, path)| done.unwrap_or_else(|| CheckedFile::panicked(path))).collect();
    let text = match if check.json { ReportFormat::Json } else { check.format } {
        ReportFormat::Human => human_report(&checked),
        ReportFormat::Json => json_report(&checked),
        ReportFormat::Sarif => sarif::sarif_log(&checked),
        ReportFormat::Github => github::workflow_commands(&checked),
    };
    let code = print_result(&text, exit_code(&checked));
    print_errors(&checked);
    code
}

/// The exit code by precedence: a failed write, an unreadable file, a refused page.
fn exit_code(checked: &[CheckedFile]) -> u8 {
    let codes: Vec<_> = checked.iter().map(CheckedFile::code).collect();
    [9, 2, 7].into_iter().find(|code| codes.contains(code)).unwrap_or(0)
}

fn human_report(checked: &[CheckedFile]) -> String {
    let text = checked.iter().filter_map(|file| Some(file.verdict.as_ref()?.report(&file.name)));
    let hints = checked.iter().filter_map(|file| Some(hint(file.verdict.as_ref()?)));
    text.zip(hints).flat_map(|(text, hint)| [text, hint.to_owned() + "\n"]).collect()
}

fn hint(verdict: &FileVerdict) -> &'static str {
    match (verdict.fixed, verdict.is_repairable()) {
        (true, _) => "; repairs written",
        (false, true) => "; --fix writes the repairs",
        (false, false) => "",
    }
}

/// Prints errors of files, and the totals of several.
fn print_errors(checked: &[CheckedFile]) {
    let errors = checked.iter().filter_map(|file| Some((&file.name, file.error.as_ref()?)));
    for (name, error) in errors {
        warn(&format!("error: {}", error.with_name(name)));
    }
    if checked.len() > 1 {
        let valid = checked.iter().filter(|file| file.is_valid()).count();
        warn(&format!("{} files, {valid} valid", checked.len()));
    }
}

#[derive(Serialize)]
struct CheckOutput<'c> {
    files: Vec<FileReport<'c>>,
}

#[derive(Serialize)]
struct FileReport<'c> {
    path: &'c str,
    valid: bool,
    findings: Vec<Value>,
    fixed: bool,
    /// Why the file could not be read or written.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'c str>,
}

fn json_report(checked: &[CheckedFile]) -> String {
    let text = CheckOutput { files: checked.iter().map(FileReport::from_checked).collect() };
    serde_json::to_string(&text).unwrap_or_default() + "\n"
}

impl<'c> FileReport<'c> {
    fn from_checked(checked: &'c CheckedFile) -> Self {
        let verdict = checked.verdict.as_ref();
        let findings = verdict.into_iter().flat_map(|verdict| {
            let lines = LineIndex::new(&verdict.source);
            let text = verdict.findings.iter().map(|finding| to_json(&lines, finding));
            text.collect::<Vec<_>>()
        });
        Self {
            path: &checked.name,
            valid: checked.is_valid(),
            findings: findings.collect(),
            fixed: verdict.is_some_and(|verdict| verdict.fixed),
            error: checked.error.as_ref().map(|error| error.why.as_str()),
        }
    }
}
