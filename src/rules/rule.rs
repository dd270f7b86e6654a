//! What a rule is, and how all of them are run.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::page::script::{ScriptReader, ScriptTree, with_reader};
use crate::page::{HtmlPage, Span};
use crate::untrusted::Untrusted;

use super::correctness::{MemberTable, NameTable};
use super::{CORRECTNESS, Finding, FindingFix, FindingState, SAFETY, Severity, html};

/// A rule: one thing that a page must not do.
pub struct Rule {
    /// Its code, also the name of its file.
    pub code: &'static str,
    /// Its highest severity.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// What to do instead.
    pub help: &'static str,
    /// Why it is forbidden.
    pub why: &'static str,
    /// Pages that break it.
    pub fail: &'static [&'static str],
    /// Similar pages that do not break it.
    pub pass: &'static [&'static str],
    /// The check.
    pub find: fn(&RuleContext<'_, '_>, &mut Diagnostics),
}

/// What rules inspect.
pub struct RuleContext<'p, 'a> {
    pub page: &'p HtmlPage,
    pub trees: &'p [ScriptTree<'a>],
    /// What several rules need, computed on demand.
    names: OnceCell<Option<NameTable<'p, 'a>>>,
    members: OnceCell<MemberTable<'a>>,
}

impl<'p, 'a> RuleContext<'p, 'a> {
    fn new(page: &'p HtmlPage, trees: &'p [ScriptTree<'a>]) -> Self {
        Self { page, trees, names: OnceCell::new(), members: OnceCell::new() }
    }

    /// The declared names of the page with their uses. `None` if not all of its code is known.
    pub(super) fn names(&self) -> Option<&NameTable<'p, 'a>> {
        self.names.get_or_init(|| NameTable::new(self)).as_ref()
    }

    /// The members that the code of the page gives to objects.
    pub(super) fn members(&self) -> &MemberTable<'a> {
        self.members.get_or_init(|| MemberTable::new(self.trees))
    }
}

/// One diagnostic of a rule.
#[derive(Debug)]
pub struct RuleDiagnostic {
    pub span: Span,
    pub why: String,
    pub severity: Severity,
    pub fix: Option<FindingFix>,
    /// Code in attributes that the policy must allow.
    pub allows: Vec<String>,
}

/// The diagnostics of one rule.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<RuleDiagnostic>);

impl Diagnostics {
    /// Adds a diagnostic that refuses the page.
    pub fn deny(&mut self, span: Span, why: impl Into<String>) {
        self.note(Severity::Deny, span, why);
    }

    /// Adds a warning, which the page passes with.
    pub fn warn(&mut self, span: Span, why: impl Into<String>) {
        self.note(Severity::Warn, span, why);
    }

    /// Adds a diagnostic with the edits that repair it.
    pub fn repair(&mut self, span: Span, why: impl Into<String>, fix: FindingFix) {
        self.note(Severity::Repair, span, why).fix = Some(fix);
    }

    /// Adds a warning with a repair. The page is valid with and without it.
    pub fn advise(&mut self, span: Span, why: impl Into<String>, fix: Option<FindingFix>) {
        self.note(Severity::Warn, span, why).fix = fix;
    }

    /// Adds a warning about code that stays in attributes, with its texts.
    pub fn allow(&mut self, span: Span, why: impl Into<String>, texts: Vec<String>) {
        self.note(Severity::Warn, span, why).allows = texts;
    }

    /// Whether there is any diagnostic.
    pub fn has_any(&self) -> bool {
        !self.0.is_empty()
    }

    fn note(
        &mut self,
        severity: Severity,
        span: Span,
        why: impl Into<String>,
    ) -> &mut RuleDiagnostic {
        let why = why.into();
        self.0.push_mut(RuleDiagnostic { span, why, severity, fix: None, allows: Vec::new() })
    }
}

/// A finding, and its repair.
#[derive(Debug)]
pub struct CheckedFinding {
    pub finding: Finding,
    pub fix: Option<FindingFix>,
    /// The code in attributes that the policy has to allow.
    pub allows: Vec<String>,
}

/// Runs every rule on a page; the findings are in the order of the page.
pub fn check_page(page: &HtmlPage) -> Vec<CheckedFinding> {
    with_reader(|reader| check_with_reader(page, reader))
}

/// Runs every rule, with a reader that may have parsed the code before the page was repaired.
pub fn check_with_reader(page: &HtmlPage, reader: &mut ScriptReader<'_>) -> Vec<CheckedFinding> {
    let trees = reader.trees(page.codes());
    let context = RuleContext::new(page, &trees);
    let mut checked_findings = run_all(&context);
    checked_findings.extend(CORRECTNESS.iter().flat_map(|rule| run_rule(rule, &context)));
    if let Some(later) = reader.later_trees(page, &trees) {
        let new = new_findings(page, &later, &checked_findings);
        checked_findings.extend(new.into_iter().map(|checked| adapt_to_text(checked, &later)));
    }
    if let Some(others) = reader.other_trees(&trees) {
        let new = new_findings(page, &others, &checked_findings);
        checked_findings.extend(new.into_iter().filter_map(only_as_other_kind));
    }
    checked_findings.sort_by_key(|checked| (checked.finding.span, checked.finding.rule));
    checked_findings.dedup_by(|b, a| {
        finding_key(a) == finding_key(b) && b.fix.is_none() && b.allows.is_empty()
    });
    checked_findings
}

/// The findings in other trees that are not known yet.
fn new_findings(
    page: &HtmlPage,
    trees: &[ScriptTree<'_>],
    known: &[CheckedFinding],
) -> Vec<CheckedFinding> {
    let known: HashSet<_> = known.iter().map(finding_key).collect();
    let mut found = run_all(&RuleContext::new(page, trees));
    found.retain(|checked| !known.contains(&finding_key(checked)));
    found
}

/// Adapts a finding in a handler that stands in a text: its repair is written like the text if that
/// is markup.
fn adapt_to_text(mut checked: CheckedFinding, later: &[ScriptTree<'_>]) -> CheckedFinding {
    let at = checked.finding.span;
    let holder = later.iter().find(|tree| {
        let whole = tree.code.text.source_span();
        whole.start <= at.start && at.end <= whole.end
    });
    let is_repair = checked.finding.severity == Severity::Repair;
    match &mut checked.fix {
        Some(fix) if holder.is_some_and(|tree| tree.code.is_markup) => {
            for edit in &mut fix.edits {
                edit.text = html::encode_quoted(&edit.text);
            }
        }
        _ if is_repair => {
            checked.fix = None;
            checked.finding.severity = Severity::Deny;
        }
        _ => {}
    }
    checked
}

/// Runs the rules that can deny a page. Those about correctness look at the page as a whole, once:
/// a part of its code cannot tell what the rest declares.
fn run_all(context: &RuleContext<'_, '_>) -> Vec<CheckedFinding> {
    SAFETY.iter().flat_map(|rule| run_rule(rule, context)).collect()
}

/// The identity of a finding.
fn finding_key(checked: &CheckedFinding) -> (Span, &'static str) {
    (checked.finding.span, checked.finding.rule)
}

/// A finding that applies only if a text is run as the other kind of script. That is never
/// intended, so only errors are reported, without repair.
fn only_as_other_kind(checked: CheckedFinding) -> Option<CheckedFinding> {
    let finding = checked.finding;
    if finding.severity == Severity::Warn {
        return None;
    }
    let why = format!("{} if this text runs as the other kind of script", finding.why);
    let finding = Finding { severity: Severity::Deny, why, ..finding };
    Some(CheckedFinding { finding, fix: None, allows: Vec::new() })
}

fn run_rule(rule: &'static Rule, context: &RuleContext<'_, '_>) -> Vec<CheckedFinding> {
    let mut diagnostics = Diagnostics::default();
    (rule.find)(context, &mut diagnostics);
    diagnostics.0.into_iter().map(|note| to_finding(rule, context.page, note)).collect()
}

fn to_finding(rule: &'static Rule, page: &HtmlPage, note: RuleDiagnostic) -> CheckedFinding {
    let span = note.span.on_boundaries(page.source());
    let finding = Finding {
        rule: rule.code,
        severity: note.severity,
        state: FindingState::Open,
        span,
        excerpt: excerpt(span.text_in(page.source())),
        why: note.why,
        help: rule.help,
    };
    CheckedFinding { finding, fix: note.fix, allows: note.allows }
}

/// As much of the text as a reader needs.
pub(super) fn excerpt(text: &str) -> Untrusted {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => Untrusted::new(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Untrusted::new(text),
    }
}
