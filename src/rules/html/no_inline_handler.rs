//! `no-inline-handler`: code is in scripts, not in attributes. (CWE-79)
//!
//! A third of all real games has handlers. If that makes no difference, the code is moved into a
//! script that puts it into the same slot, `element.onclick`, as soon as the element exists: then
//! the page's policy knows it like all scripts, and no attribute runs code. If the page inspects or
//! copies attributes, or names mean something else there, all handlers stay, and the policy allows
//! exactly their texts (CSP 3, `'unsafe-hashes'`). Handlers that scripts generate are checked by
//! `generated_markup`.

use std::collections::HashMap;

use crate::page::script::{InlineHandler, ScriptTree};
use crate::page::{HtmlPage, Span};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::{generated_markup, handler_retention};

/// Prefix of the markers of elements whose handler was moved, before a number.
const MARKER_PREFIX: &str = "data-on-";

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-inline-handler",
    severity: Severity::Repair,
    title: "code in an attribute",
    help: "Bind it in a script: `element.addEventListener('click', start)`.",
    why: "The page's policy allows each script by its hash, and blocks code in attributes unless \
        it allows that, too.",
    fail: &[
        "<button onclick='start()'>x</button>",
        "<BODY ONLOAD=init()>",
        "<svg><circle onclick='hit(this)'/></svg>",
        "<svg onload='go()'></svg>",
        "<img src='data:,' onerror=\"go()\">",
        "<input onchange='return false'>",
        "<button onclick='if ('>x</button>",
        "<template><b onclick='x()'></b></template>",
        "<math><mi onclick='x()'>x</mi></math>",
        "<button onclick='a()'onmouseover='b()'>x</button>",
        "<script>el.setAttribute('onclick', 'go()')</script>",
        "<script>el.setAttribute('on' + 'click', f)</script>",
        "<script>el.innerHTML = '<b onclick=\"go()\">x</b>'</script>",
        "<script>el.innerHTML = `<b onclick=\"flip(${i})\">x</b>`</script>",
        "<script>el.innerHTML = '<b onclick=\"flip(' + i + ')\">x</b>'</script>",
        "<script>el.innerHTML = '<td onclick=\"flip(' + i + ')\">x</td>'</script>",
    ],
    pass: &[
        "<button id=a>x</button><script>a.onclick = () => start()</script>",
        "<script>el.addEventListener('click', f)</script>",
        "<script>el.setAttribute('once', '1')</script>",
        "<p data-onclick='x()'>onclick='x()'</p>",
        "<script>const help = 'use onclick=\"x()\" to start'</script>",
        "<!-- <b onclick='x()'> -->",
        "<script>if (a < b && on) on = a > b</script>",
        "<script>el.innerHTML = `<b class=\"on\" data-on=\"1\">${x}</b>`</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let generated = generated_markup::find_generated(context, diagnostics);
    let trees: HashMap<_, _> = context
        .trees
        .iter()
        .filter_map(|tree| Some(((tree.code.element, tree.code.attribute?), tree)))
        .collect();
    let mut handlers = Vec::new();
    for handler in context.page.handlers() {
        let Some(tree) = trees.get(&(handler.id, handler.number)) else { continue };
        if let Some(problem) = tree.problems.first() {
            let name = handler.attribute.name();
            let why = format!(
                "the code in `{name}` does not parse: {}; the rest of it was not checked",
                problem.message
            );
            diagnostics.deny(problem.span, why);
        } else {
            handlers.push((handler, *tree));
        }
    }
    let kept = context.page.stored_codes().into_iter();
    let generated: Vec<_> = generated
        .into_iter()
        .chain(kept.map(|code| (code.text.source_span(), code.text.text().to_owned())))
        .collect();
    let is_made = diagnostics.has_any() || !generated.is_empty();
    let reason = if is_made {
        Some("a script inserts handlers into the page".to_owned())
    } else {
        handler_retention::keep_reason(context, &handlers)
    };
    match reason {
        None => move_handlers(context.page, &handlers, diagnostics),
        Some(reason) => allow_handlers(&handlers, generated, &reason, diagnostics),
    }
}

/// Moves all handlers into a script.
fn move_handlers(
    page: &HtmlPage,
    handlers: &[(InlineHandler<'_>, &ScriptTree<'_>)],
    diagnostics: &mut Diagnostics,
) {
    let first = generated_markup::first_free_number(page.source(), MARKER_PREFIX);
    for ((handler, tree), number) in handlers.iter().zip(first..) {
        let Some(place) = &handler.attribute.place else { continue };
        let name = handler.attribute.name();
        let mark = format!("{MARKER_PREFIX}{number}");
        let entry = format!(
            "[\"{mark}\", \"{name}\", function (event) {{{}}}]",
            function_body(tree.code.text.text())
        );
        let edits = vec![TextEdit::new(place.whole, mark)];
        let fix = FindingFix { edits, handlers: vec![entry], ..FindingFix::default() };
        diagnostics.repair(place.whole, format!("the code of `{name}` is in the markup"), fix);
    }
}

/// Allows each handler by its text.
fn allow_handlers(
    handlers: &[(InlineHandler<'_>, &ScriptTree<'_>)],
    generated: Vec<(Span, String)>,
    reason: &str,
    diagnostics: &mut Diagnostics,
) {
    let written = handlers.iter().filter_map(|(handler, tree)| {
        let place = handler.attribute.place.as_ref()?;
        Some((place.whole, tree.code.text.text().to_owned()))
    });
    let mut all: Vec<_> = written.chain(generated).collect();
    all.sort();
    let Some((first, _)) = all.first() else { return };
    let (place, count) = (*first, all.len());
    let texts = all.into_iter().map(|(_, text)| text).collect();
    let what = match count {
        1 => "this handler stays in its attribute, allowed by its exact text".to_owned(),
        n => format!("{n} handlers stay in their attributes, each allowed by its exact text"),
    };
    diagnostics.allow(place, format!("{what}, because {reason}"), texts);
}

/// Whether code can be in a script element.
pub(super) fn is_safe(code: &str) -> bool {
    let lower = code.to_ascii_lowercase();
    !lower.contains("</script") && !lower.contains("<script") && !lower.contains("<!--")
}

/// The code as the body of a function; a comment at its end must not swallow the bracket.
pub(super) fn function_body(code: &str) -> String {
    let code = code.trim();
    if code.contains("//") || code.contains('\n') {
        format!("\n{code}\n")
    } else {
        format!(" {code} ")
    }
}
