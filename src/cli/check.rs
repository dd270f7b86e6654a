//! `codeagent check`: any HTML files, many at once, held against the rules.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

use super::args::{Check, Format};
use super::checked::{Checked, Repairs, Verdict};
use super::{explain, github, put, refuse, sarif, warn};
use crate::driver::beside;
use crate::game::to_json;
use crate::page::LineIndex;

/// Checks the files, tells what was found, and answers with the exit code.
pub fn run(check: &Check) -> ExitCode {
    if check.list {
        return put(&explain::list(), 0);
    }
    if let Some(code) = &check.explain {
        return match explain::rule(code) {
            Ok(told) => put(&told, 0),
            Err(why) => refuse(&why, 2),
        };
    }
    if check.fix && check.files.iter().any(|file| file == Path::new("-")) {
        return refuse(&"--fix cannot rewrite standard input; `codeagent harden -` prints it", 2);
    }
    files(check)
}

fn files(check: &Check) -> ExitCode {
    let repairs = if check.fix { Repairs::Written } else { Repairs::Told };
    let checked = beside(&check.files, |path| Checked::new(path, repairs));
    let checked = checked.into_iter().zip(&check.files);
    let checked: Vec<_> =
        checked.map(|(done, path)| done.unwrap_or_else(|| Checked::stumbled(path))).collect();
    let told = match if check.json { Format::Json } else { check.format } {
        Format::Human => human(&checked),
        Format::Json => json(&checked),
        Format::Sarif => sarif::log(&checked),
        Format::Github => github::commands(&checked),
    };
    let code = put(&told, code(&checked));
    complain(&checked);
    code
}

/// A disk that fails outweighs a file that cannot be read, and that a page that is refused.
fn code(checked: &[Checked]) -> u8 {
    let codes: Vec<_> = checked.iter().map(Checked::code).collect();
    [9, 2, 7].into_iter().find(|code| codes.contains(code)).unwrap_or(0)
}

fn human(checked: &[Checked]) -> String {
    let told = checked.iter().filter_map(|file| Some(file.verdict.as_ref()?.told(&file.name)));
    let hints = checked.iter().filter_map(|file| Some(hint(file.verdict.as_ref()?)));
    told.zip(hints).flat_map(|(told, hint)| [told, hint.to_owned() + "\n"]).collect()
}

fn hint(verdict: &Verdict) -> &'static str {
    match (verdict.fixed, verdict.is_repairable()) {
        (true, _) => "; the repairs are written",
        (false, true) => "; --fix writes the repairs",
        (false, false) => "",
    }
}

/// What went wrong with files, and the sum of many, beside the result.
fn complain(checked: &[Checked]) {
    let troubles = checked.iter().filter_map(|file| Some((&file.name, file.trouble.as_ref()?)));
    for (name, trouble) in troubles {
        warn(&format!("error: {}", trouble.about(name)));
    }
    if checked.len() > 1 {
        let valid = checked.iter().filter(|file| file.is_valid()).count();
        warn(&format!("{} files, {valid} valid", checked.len()));
    }
}

#[derive(Serialize)]
struct Told<'c> {
    files: Vec<File<'c>>,
}

#[derive(Serialize)]
struct File<'c> {
    path: &'c str,
    valid: bool,
    findings: Vec<Value>,
    fixed: bool,
    /// Why it could not be read or written.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'c str>,
}

fn json(checked: &[Checked]) -> String {
    let told = Told { files: checked.iter().map(File::of).collect() };
    serde_json::to_string(&told).unwrap_or_default() + "\n"
}

impl<'c> File<'c> {
    fn of(checked: &'c Checked) -> Self {
        let verdict = checked.verdict.as_ref();
        let findings = verdict.into_iter().flat_map(|verdict| {
            let lines = LineIndex::new(&verdict.source);
            let told = verdict.findings.iter().map(|finding| to_json(&lines, finding));
            told.collect::<Vec<_>>()
        });
        Self {
            path: &checked.name,
            valid: checked.is_valid(),
            findings: findings.collect(),
            fixed: verdict.is_some_and(|verdict| verdict.fixed),
            error: checked.trouble.as_ref().map(|trouble| trouble.why.as_str()),
        }
    }
}
