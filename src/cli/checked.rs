//! One foreign file: read, vetted, and rewritten where that was asked for.

use std::io::stdin;
use std::path::Path;

use crate::game::{HtmlSource, Rejection, Vetted, report, vet};
use crate::library::{self, DiskError, Unreadable};
use crate::rules::{self, Finding, FindingState, MAX_FILE_BYTES, Severity};

/// What is done with the repairs of a valid page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repairs {
    Told,
    Written,
}

/// A file and what came of checking it.
#[derive(Debug)]
pub(super) struct Checked {
    /// Its path, safe to show and on one line.
    pub name: String,
    /// Nothing where it could not even be read.
    pub verdict: Option<Verdict>,
    pub trouble: Option<Trouble>,
}

/// What the rules say about a page.
#[derive(Debug)]
pub(super) struct Verdict {
    pub valid: bool,
    /// Whether its repairs are now in the file.
    pub fixed: bool,
    pub findings: Vec<Finding>,
    /// What the findings point into.
    pub source: String,
}

/// What is said of a page that the checks could not get through.
pub(super) const STUMBLED: &str = "the checks broke down on it; please report it as a defect";

/// Why a file could not be checked or written: a sentence, and what the process ends with.
#[derive(Debug)]
pub(super) struct Trouble {
    pub why: String,
    pub code: u8,
}

impl Trouble {
    /// The sentence with the name of the file.
    pub fn about(&self, name: &str) -> String {
        format!("{name}: {}", self.why)
    }
}

/// The path on one line: whoever reads our lines must not take a part of a name for one.
pub(super) fn name_of(path: &Path) -> String {
    DiskError::shown(path).replace('\n', "␊").replace('\t', "␉")
}

/// The text of a page; `-` is standard input.
pub(super) fn text_of(path: &Path) -> Result<String, Unreadable> {
    if path == Path::new("-") {
        return library::read(stdin().lock(), MAX_FILE_BYTES);
    }
    library::read_file(path, MAX_FILE_BYTES)
}

impl Checked {
    pub fn new(path: &Path, repairs: Repairs) -> Self {
        let name = name_of(path);
        let text = match text_of(path) {
            Ok(text) => text,
            Err(why) => return Self::failed(name, why.to_string(), 2),
        };
        let (verdict, trouble) = match vet(HtmlSource::new(text)) {
            Ok(vetted) => valid(path, &vetted, repairs),
            Err(rejection) => (Verdict::from(rejection), None),
        };
        Self { name, verdict: Some(verdict), trouble }
    }

    /// A file that the checks themselves could not get through.
    pub fn stumbled(path: &Path) -> Self {
        Self::failed(name_of(path), STUMBLED.to_owned(), 2)
    }

    fn failed(name: String, why: String, code: u8) -> Self {
        Self { name, verdict: None, trouble: Some(Trouble { why, code }) }
    }

    pub fn is_valid(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| verdict.valid)
    }

    /// What the process should end with because of this file.
    pub fn code(&self) -> u8 {
        match &self.trouble {
            Some(trouble) => trouble.code,
            None if self.is_valid() => 0,
            None => 7,
        }
    }
}

fn valid(path: &Path, vetted: &Vetted, repairs: Repairs) -> (Verdict, Option<Trouble>) {
    let wanted = repairs == Repairs::Written;
    let repaired = wanted.then(|| vetted.repaired_text()).flatten();
    let written = repaired.map(|text| library::rewrite(path, vetted.original(), &text)).transpose();
    let trouble = written
        .as_ref()
        .err()
        .map(|e| Trouble { why: format!("cannot be written: {}", e.why), code: 9 });
    let fixed = matches!(written, Ok(Some(())));
    let mut verdict = Verdict { fixed, ..Verdict::from(vetted) };
    if !fixed && vetted.is_as_hardened() == Some(false) {
        verdict.valid = false;
        verdict.findings.insert(0, rules::unhardened());
    }
    (verdict, trouble)
}

impl From<&Vetted> for Verdict {
    fn from(vetted: &Vetted) -> Self {
        let (findings, source) = (vetted.findings().to_vec(), vetted.original().to_owned());
        Self { valid: true, fixed: false, findings, source }
    }
}

impl From<Rejection> for Verdict {
    fn from(rejection: Rejection) -> Self {
        let Rejection { findings, source } = rejection;
        Self { valid: false, fixed: false, findings, source }
    }
}

impl Verdict {
    /// The findings for people, each with its file and place, and what they come to.
    pub fn told(&self, name: &str) -> String {
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
        counts.iter().fold(verdict.to_owned(), |told, (number, what)| match number {
            0 => told,
            1 => format!("{told}, 1 {what}"),
            _ => format!("{told}, {number} {what}s"),
        })
    }

    fn count(&self, is_it: impl Fn(&Finding) -> bool) -> usize {
        self.findings.iter().filter(|finding| is_it(finding)).count()
    }
}

fn is_repair(finding: &Finding) -> bool {
    finding.state == FindingState::Repaired || finding.severity == Severity::Repair
}
