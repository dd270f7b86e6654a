//! What a rule found at one place in a page.

use crate::page::Span;
use crate::untrusted::Untrusted;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The page is rejected.
    Deny,
    /// Can be repaired without changing what the game does.
    Repair,
    /// Works, but the user should know.
    Warn,
}

impl Severity {
    /// Its name in JSON and in text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Repair => "repair",
            Self::Warn => "warn",
        }
    }
}

/// Whether a finding still applies to the resulting page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingState {
    Open,
    Repaired,
}

impl FindingState {
    /// Its name in JSON and in text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Repaired => "repaired",
        }
    }
}

/// One finding of a rule, in the source that the user sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The code of the rule, as `check --explain` takes it.
    pub rule: &'static str,
    pub severity: Severity,
    pub state: FindingState,
    /// Byte range in the extracted document.
    pub span: Span,
    /// The offending text.
    pub excerpt: Untrusted,
    /// One sentence: what is wrong here.
    pub why: String,
    /// One sentence: what to do instead.
    pub help: &'static str,
}

impl Finding {
    /// Whether this finding alone makes the page invalid.
    pub fn denies(&self) -> bool {
        self.state == FindingState::Open && self.severity == Severity::Deny
    }
}
