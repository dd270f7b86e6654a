//! `within-limits`: a page that is too large or too deep is not parsed to its end.
//!
//! No real game comes near: the largest of 191 had 96 kB. What does is an accident or an attack on
//! the reader.

use crate::page::Span;
use crate::page::script::MAX_CODES;
use crate::rules::{Diagnostics, Finding, FindingState, Rule, RuleContext, Severity};
use crate::untrusted::Untrusted;

/// Most bytes of a game.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Most bytes of a file: a game with its sealing and hardening.
pub(crate) const MAX_FILE_BYTES: usize = MAX_BYTES + 64 * 1024;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "within-limits",
    severity: Severity::Deny,
    title: "the page is too large or too deep",
    help: "Ask for a smaller game.",
    why: "A page of more than 4 MiB, nested deeper than 512, or with more than 20,000 scripts and handlers is not a game that a person wrote.",
    fail: &[],
    pass: &["<div><div><div><script>[[[[1]]]]</script></div></div></div>"],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    if let Some(span) = context.page.truncated_at() {
        diagnostics.deny(span, "elements are nested too deeply, or copied too often, here");
    }
    if let Some(tree) = context.trees.get(MAX_CODES) {
        let why = format!("the page has more than {MAX_CODES} scripts and handlers");
        diagnostics.deny(tree.code.text.source_span(), why);
    }
    if let Some(tree) = context.trees.first().filter(|tree| tree.is_exhausted()) {
        diagnostics.deny(
            tree.code.text.source_span(),
            "the code builds more text than the checks can follow",
        );
    }
}

/// The finding for a page that is too large to be parsed.
pub(crate) fn too_large(bytes: usize) -> Finding {
    page_finding(format!("the page has {bytes} bytes; a game has at most {MAX_BYTES}"))
}

/// The finding for a page whose head does not start where it is written.
pub(crate) fn unplaceable() -> Finding {
    page_finding("the page is structured so oddly that its policy cannot come first".to_owned())
}

/// The finding for a sealed game whose shell was changed.
pub(crate) fn altered() -> Finding {
    let help = "Delete everything before the game's own <!DOCTYPE>, including `<plaintext \
        hidden>`, and harden the rest with `--sealed`.";
    Finding {
        help,
        ..page_finding(
            "the page around the sealed game differs from what codeagent writes".to_owned(),
        )
    }
}

/// The finding for a file that claims to be hardened but is not as hardening leaves it.
pub(crate) fn unhardened() -> Finding {
    let why = "the file was changed after it was hardened, so its sandbox may not hold";
    Finding {
        help: "Run `codeagent harden FILE -o FILE --force`, or `codeagent check --fix FILE`.",
        ..page_finding(why.to_owned())
    }
}

fn page_finding(why: String) -> Finding {
    Finding {
        rule: RULE.code,
        severity: Severity::Deny,
        state: FindingState::Open,
        span: Span::new(0, 0),
        excerpt: Untrusted::default(),
        why,
        help: RULE.help,
    }
}
