//! `no-inline-handler`: code stands in scripts, not in attributes.  (CWE-79)
//!
//! A policy that knows each script by its hash cannot know an attribute, so a
//! handler in one would be dead without a word. A third of all real games has
//! them: the code is moved into a script that puts it into the same slot,
//! `element.onclick`, so `this`, `event`, `return false` and later changes of
//! the slot mean what they meant. Names are looked up when it is called. What
//! scripts make themselves is the work of `made`.

use std::collections::HashMap;

use crate::page::Place;
use crate::page::script::{Handler, Tree};
use crate::rules::edit::Edits;
use crate::rules::{Edit, Fix, Look, Notes, Rule, Severity};

use super::locate::Locator;
use super::made;
use super::scope::lift;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-inline-handler",
    severity: Severity::Repair,
    title: "code stands in an attribute",
    help: "Bind it in a script: `element.addEventListener('click', start)`.",
    why: "The page's policy knows each script by its hash, and stops code in attributes.",
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

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    let mut locator = Locator::new(look.page, "data-on-");
    let trees: HashMap<_, _> = look
        .trees
        .iter()
        .filter_map(|tree| Some(((tree.code.element, tree.code.attribute?), tree)))
        .collect();
    for handler in look.page.handlers() {
        let tree = trees.get(&(handler.id, handler.number));
        if let (Some(tree), Some(place)) = (tree, &handler.attribute.place) {
            judge(look, &mut locator, (&handler, place, tree), notes);
        }
    }
    made::find(look, notes);
}

fn judge(
    look: &Look<'_, '_>,
    locator: &mut Locator,
    (handler, place, tree): (&Handler<'_>, &Place, &Tree<'_>),
    notes: &mut Notes,
) {
    let name = handler.attribute.name();
    if let Some(problem) = tree.problems.first() {
        let why = format!("the code in `{name}` does not parse: {}", problem.message);
        return notes.deny(problem.span, why);
    }
    if look.page.is_in_template(handler.id) {
        return notes.deny(place.whole, format!("`{name}` stands in a template"));
    }
    let code =
        lift(tree, |name| tree.is_declared(name), Edits::default()).filter(|code| is_safe(code));
    let Some(code) = code else {
        return notes.deny(place.whole, format!("the code in `{name}` cannot be moved"));
    };
    let found = locator.find(handler.element);
    let edit = match found.marker {
        Some(marker) => Edit::new(place.whole, marker),
        None => Edit::remove_attribute(look.page.source(), place.whole),
    };
    let slot = name.to_ascii_lowercase();
    let binding = format!(
        "bindHandler({}, \"{slot}\", function (event) {{{}}});",
        found.expression,
        body(&code)
    );
    let fix = Fix { edits: vec![edit], bindings: vec![binding] };
    notes.repair(place.whole, format!("the code of `{name}` stands in the markup"), fix);
}

/// Whether code can stand in a script element.
pub(super) fn is_safe(code: &str) -> bool {
    let lower = code.to_ascii_lowercase();
    !lower.contains("</script") && !lower.contains("<script") && !lower.contains("<!--")
}

/// The code as the body of a function, where a comment at its end swallows no bracket.
pub(super) fn body(code: &str) -> String {
    let code = code.trim();
    if code.contains("//") || code.contains('\n') {
        format!("\n{code}\n")
    } else {
        format!(" {code} ")
    }
}
