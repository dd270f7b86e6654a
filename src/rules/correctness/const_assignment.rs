//! `const-assignment`: a constant keeps its value.
//!
//! A name that is assigned later was meant to be a variable, so its `const` becomes `let`, which
//! changes nothing else.

use std::collections::HashMap;

use crate::page::Span;
use crate::page::script::{Bindings, ConstantName, FreeName, NameUse, ScriptTree};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "const-assignment",
    severity: Severity::Warn,
    title: "a constant is assigned again",
    help: "Declare it with `let`.",
    why: "Assigning to a `const` throws a TypeError, and the game stops there.",
    fail: &[
        "<script>const score = 0; function hit() { score++ } hit()</script>",
        "<script>const a = 1, b = 2; b = 3</script>",
        "<script>const { x, y } = { x: 1, y: 2 }; x += 1</script>",
        "<script>for (const i = 0; i < 3; i++) alert(i)</script>",
        "<script>for (const n of [1]) n = 2</script>",
        "<script>const [first] = [1]; [first] = [2]</script>",
        "<script>const lives = 3</script><script>lives -= 1</script>",
        "<script>const lives = 3</script><button onclick='lives = 2'>x</button>",
        "<button onclick='const a = 1; a = 2'>x</button>",
        "<script type=module>const a = 1; function f() { a ||= 2 } f()</script>",
        "<script>const list = []; for (list of [[1]]) alert(list)</script>",
    ],
    pass: &[
        "<script>const a = { n: 1 }; a.n = 2; a.m ??= 3</script>",
        "<script>const a = 1; { let a = 2; a = 3 } alert(a)</script>",
        "<script>const a = 1; function f(a) { a = 2; return a } f(a)</script>",
        "<script>let a = 1; a = 2; var b = 1; b++</script>",
        "<script>const list = []; list.push(1); list[0] = 2</script>",
        "<script type=module>const own = 1; alert(own)</script><script>own = 2</script>",
        "<script>for (const n of [1]) alert(n)</script>",
        "<script>function f() { const t = 1; return t } f(); var t = 2; t = 3</script>",
        "<script>const f = function g() { return g }; f()</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let outside = assigned_elsewhere(context);
    for tree in context.trees {
        for constant in Bindings::of(tree).constant_names() {
            let own =
                Bindings::of(tree).writes(constant.symbol).map(|span| tree.source_span(span)).min();
            let others = constant.is_page_wide.then(|| outside.get(constant.name)).flatten();
            let Some(span) = own.or(others.copied()) else { continue };
            let why = format!("`{}` is declared with `const` and assigned here", constant.name);
            diagnostics.advise(span, why, fix(context, tree, constant));
        }
    }
}

/// The first assignment of each name that a script does not declare itself.
fn assigned_elsewhere<'t>(context: &'t RuleContext<'_, '_>) -> HashMap<&'t str, Span> {
    let mut assigned: HashMap<&str, Span> = HashMap::new();
    for tree in context.trees {
        let is_write = |name: &FreeName<'_>| name.usage != NameUse::Read;
        for name in Bindings::of(tree).free_uses().filter(is_write) {
            let span = tree.source_span(name.span);
            let first = assigned.entry(name.name).or_insert(span);
            *first = (*first).min(span);
        }
    }
    assigned
}

/// Makes the declaration one of variables. `None` where its keyword is not written as such.
fn fix(
    context: &RuleContext<'_, '_>,
    tree: &ScriptTree<'_>,
    constant: ConstantName<'_>,
) -> Option<FindingFix> {
    let keyword = tree.source_span(constant.keyword?);
    let is_written = keyword.text_in(context.page.source()) == "const";
    is_written.then(|| FindingFix::from_edit(TextEdit::new(keyword, "let")))
}
