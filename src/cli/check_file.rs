//! Checks one file: reads, vets and optionally repairs it.

use std::io::stdin;
use std::path::Path;

use crate::game::{HtmlSource, Rejection, Vetted, report, vet};
use crate::library::{self, DiskError, ReadError};
use crate::rules::{self, Finding, FindingState, MAX_FILE_BYTES, Severity};

/// What to do with the repairs of a valid page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RepairMode {
    Report,
    Write,
}

/// A file and the result of its check.
#[derive(Debug)]
pub(super) struct CheckedFile {
    /// Its path, safe to display and on one line.
    pub name: String,
    /// `None` if it could not be read.
    pub verdict: Option<FileVerdict>,
    pub error: Option<FileError>,
}

/// The result of the rules for a page.
#[derive(Debug)]
pub(super) struct FileVerdict {
    pub valid: bool,
    /// Whether its repairs were written into the file.
    pub fixed: bool,
    pub findings: Vec<Finding>,
    /// The text that the findings' spans refer to.
    pub source: String,
}

/// The message for a page on which the checks panicked.
pub(super) const CHECKS_PANICKED: &str = "the checks crashed on it; please report this bug";

/// Why a file could not be checked or written: a sentence and the exit code.
#[derive(Debug)]
pub(super) struct FileError {
    pub why: String,
    pub code: u8,
}

impl FileError {
    /// The sentence, preceded by the name of the file.
    pub fn with_name(&self, name: &str) -> String {
        format!("{name}: {}", self.why)
    }
}

/// The path on one line, so that a line break in a name does not start an output line.
pub(super) fn display_name(path: &Path) -> String {
    DiskError::display_path(path).replace('\n', "␊").replace('\t', "␉")
}

/// Reads a page; `-` is standard input.
pub(super) fn read_page(path: &Path) -> Result<String, ReadError> {
    if path == Path::new("-") {
        return library::read_text(stdin().lock(), MAX_FILE_BYTES);
    }
    library::read_text_file(path, MAX_FILE_BYTES)
}

impl CheckedFile {
    /// Reads and checks a file, and writes its repairs if `repairs` says so.
    pub fn new(path: &Path, repairs: RepairMode) -> Self {
        let name = display_name(path);
        let text = match read_page(path) {
            Ok(text) => text,
            Err(why) => return Self::failed(name, why.to_string(), 2),
        };
        let (verdict, error) = match vet(HtmlSource::new(text)) {
            Ok(vetted) => apply_repairs(path, &vetted, repairs),
            Err(rejection) => (FileVerdict::from(rejection), None),
        };
        Self { name, verdict: Some(verdict), error }
    }

    /// A file on which the checks panicked.
    pub fn panicked(path: &Path) -> Self {
        Self::failed(display_name(path), CHECKS_PANICKED.to_owned(), 2)
    }

    fn failed(name: String, why: String, code: u8) -> Self {
        Self { name, verdict: None, error: Some(FileError { why, code }) }
    }

    /// Whether the file was read and no rule denies it.
    pub fn is_valid(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| verdict.valid)
    }

    /// The exit code for this file.
    pub fn code(&self) -> u8 {
        match &self.error {
            Some(error) => error.code,
            None if self.is_valid() => 0,
            None => 7,
        }
    }
}

fn apply_repairs(
    path: &Path,
    vetted: &Vetted,
    repairs: RepairMode,
) -> (FileVerdict, Option<FileError>) {
    let wanted = repairs == RepairMode::Write;
    let repaired = wanted.then(|| vetted.repaired_text()).flatten();
    let written =
        repaired.map(|text| library::rewrite_unchanged(path, vetted.original(), &text)).transpose();
    let error = written
        .as_ref()
        .err()
        .map(|e| FileError { why: format!("cannot be written: {}", e.why), code: 9 });
    let fixed = matches!(written, Ok(Some(())));
    let mut verdict = FileVerdict { fixed, ..FileVerdict::from(vetted) };
    if !fixed && vetted.is_as_hardened() == Some(false) {
        verdict.valid = false;
        verdict.findings.insert(0, rules::unhardened());
    }
    (verdict, error)
}

impl From<&Vetted> for FileVerdict {
    fn from(vetted: &Vetted) -> Self {
        let (findings, source) = (vetted.findings().to_vec(), vetted.original().to_owned());
        Self { valid: true, fixed: false, findings, source }
    }
}

impl From<Rejection> for FileVerdict {
    fn from(rejection: Rejection) -> Self {
        let Rejection { findings, source } = rejection;
        Self { valid: false, fixed: false, findings, source }
    }
}

impl FileVerdict {
    /// The findings as text, each with file and position, and a summary.
    pub fn report(&self, name: &str) -> String {
        let report = report(Some(name), &self.source, &self.findings);
        let gap = if report.is_empty() { "" } else { "\n" };
        format!("{report}{gap}{name}: {}", self.summary())
    }

    /// Whether there are repairs to write.
    pub fn is_repairable(&self) -> bool {
        self.valid && self.count(is_repair) > 0
    }

    fn summary(&self) -> String {
        let is_warning =
            |f: &Finding| f.state == FindingState::Open && f.severity == Severity::Warn;
        let counts = [
            (self.count(Finding::denies), "error"),
            (self.count(is_warning), "warning"),
            (self.count(is_repair), "repair"),
        ];
        let verdict = if self.valid { "valid" } else { "refused" };
        counts.iter().fold(verdict.to_owned(), |text, (number, what)| match number {
            0 => text,
            1 => format!("{text}, 1 {what}"),
            _ => format!("{text}, {number} {what}s"),
        })
    }

    fn count(&self, predicate: impl Fn(&Finding) -> bool) -> usize {
        self.findings.iter().filter(|finding| predicate(finding)).count()
    }
}

fn is_repair(finding: &Finding) -> bool {
    finding.state == FindingState::Repaired || finding.severity == Severity::Repair
}
