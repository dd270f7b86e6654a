//! `undefined-name`: what is read or called is declared somewhere in the page.
//!
//! All scripts of a page share their names, and much adds to them: assignments in sloppy code, the
//! window's members, ids of elements. A name counts as known if any of that may declare it, or if
//! the code asks whether it is there.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::UnaryOperator;
use oxc_span::GetSpan as _;

use crate::page::script::{Bindings, FreeName, NameUse, ParseGoal, ScriptTree};
use crate::rules::html::has_name;
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::page_names::{is_of_browser, may_have_unknown_names, names_without_declaration};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "undefined-name",
    severity: Severity::Warn,
    title: "a name is used that is defined nowhere",
    help: "Declare it where the code that uses it can see it, or correct its spelling.",
    why: "Reading a name that is defined nowhere throws a ReferenceError, and the game stops there.",
    fail: &[
        "<script>let score = 0; function draw() { show(score) } draw()</script>",
        "<script>function add() { const bullet = {} } add(); bullet.x = 1</script>",
        "<script>if (playerX > 3) alert('x')</script>",
        "<button onclick='begin()'>x</button><script>function start() {}</script>",
        "<script>count += 1</script>",
        "<script>left++</script>",
        "<script>'use strict'; total = 1</script>",
        "<script type=module>total = 1</script>",
        "<script type=module>const a = 1</script><script>alert(a)</script>",
        "<script>requestAnimationFrame(loop)</script>",
        "<script>const draw = () => ctx.fillRect(0, 0, 1, 1)</script>",
        "<script>for (const e of enemies) alert(e)</script>",
        "<script>alert({ lives }.lives)</script>",
    ],
    pass: &[
        "<script>start(); function start() {}</script>",
        "<script>alert(score)</script><script>var score = 1</script>",
        "<canvas id=board></canvas><script>board.width = 3</script>",
        "<script>document.body.innerHTML = `<p id=out></p>`; out.textContent = 1</script>",
        "<script>const e = document.body; e.id = 'pad'; pad.title = 1</script>",
        "<script>if (typeof THREE !== 'undefined') alert(THREE)</script>",
        "<script>if ('chrome2' in window) alert(chrome2)</script>",
        "<script>window.game = {}; alert(game)</script>",
        "<script>this.best = 3; alert(best)</script>",
        "<script>globalThis['best'] = 3; alert(best)</script>",
        "<script>Object.assign(window, { a: 1 }); alert(a)</script>",
        "<script>for (const key of ['a']) window[key] = 1; alert(a)</script>",
        "<script>(function (root) { root.app = 1 })(this); alert(app)</script>",
        "<script>best = 3; alert(best)</script>",
        "<script>for (i = 0; i < 3; i++) alert(i)</script>",
        "<script>[x, y] = [1, 2]; alert(x + y)</script>",
        "<script>onkeydown = () => alert(event.key); function f() { return arguments.length } f()</script>",
        "<script>outer: for (;;) break outer; if (1) { function g() {} } g()</script>",
        "<script>try { missing() } catch {}</script>",
        "<script>const raf = window.requestAnimationFrame || mozRequestAnimationFrame; raf(f); function f() {}</script>",
        "<script>const A = AudioContext || webkitAudioContext2; new A()</script>",
        "<button value=3 onclick='alert(value); this.remove()'>x</button>",
        "<form><input name=who><button onclick='alert(who.value)'>x</button></form>",
        "<script>const f = function again(n) { return n && again(n - 1) }; f(3)</script>",
        "<script src=lib.js></script><script>lib()</script>",
        "<script>delete ghost; class A { #x = 1; get y() { return this.#x } } alert(new A().y)</script>",
        "<script>var a = 1, b; try { a() } catch (e) { alert(e) } alert(b)</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    if may_have_unknown_names(context) {
        return;
    }
    let known = known_names(context);
    let mut missing: BTreeMap<&str, MissingName> = BTreeMap::new();
    for tree in context.trees {
        for name in
            Bindings::of(tree).free_uses().filter(|name| is_missing(context, tree, *name, &known))
        {
            let span = tree.source_span(name.span);
            let missing = missing.entry(name.name).or_insert(MissingName { span, uses: 0 });
            missing.span = missing.span.min(span);
            missing.uses += 1;
        }
    }
    let declared = DeclaredNames::new(context);
    for (name, MissingName { span, uses }) in missing {
        let more = if uses > 1 { format!(", and used {uses} times") } else { String::new() };
        diagnostics.warn(span, declared.explain(name) + &more);
    }
}

/// A name that is defined nowhere: its first use, and the number of all.
struct MissingName {
    span: crate::page::Span,
    uses: usize,
}

/// What the page may define without declaring it, and what it asks for.
fn known_names(context: &RuleContext<'_, '_>) -> HashSet<String> {
    let mut known = names_without_declaration(context);
    for tree in context.trees {
        let free =
            Bindings::of(tree).free_uses().filter(|name| is_asked(tree, *name) || declares(*name));
        known.extend(free.map(|name| name.name.to_owned()));
    }
    known
}

/// Assigning declares a name in sloppy code.
fn declares(name: FreeName<'_>) -> bool {
    name.usage == NameUse::Written && !name.is_strict
}

/// `typeof x`, which throws nothing.
pub(super) fn is_asked(tree: &ScriptTree<'_>, name: FreeName<'_>) -> bool {
    let mut around = tree.ancestors(name.node);
    let parent = around.find(|kind| !matches!(kind, AstKind::ParenthesizedExpression(_)));
    matches!(parent, Some(AstKind::UnaryExpression(unary))
        if matches!(unary.operator, UnaryOperator::Typeof | UnaryOperator::Delete))
}

fn is_missing(
    context: &RuleContext<'_, '_>,
    tree: &ScriptTree<'_>,
    used: FreeName<'_>,
    known: &HashSet<String>,
) -> bool {
    let name = used.name;
    !is_of_browser(name)
        && name != "arguments"
        && !tree.is_declared(name)
        && !known.contains(name)
        && !is_in_handler_scope(context, tree, name)
        && !Bindings::of(tree).is_in_try(used.node)
        && !is_never_reached(tree, used)
}

fn is_in_handler_scope(context: &RuleContext<'_, '_>, tree: &ScriptTree<'_>, name: &str) -> bool {
    let element = context.page.element(tree.code.element);
    tree.code.goal == ParseGoal::Handler
        && element.is_some_and(|element| has_name(element.name(), name))
}

/// The other side of `requestAnimationFrame || …`, which every browser has.
fn is_never_reached(tree: &ScriptTree<'_>, used: FreeName<'_>) -> bool {
    tree.ancestors(used.node).any(|around| match around {
        AstKind::LogicalExpression(either) if !either.operator.is_and() => {
            let other = tree.path(&either.left);
            let is_there =
                other.is_some_and(|path| path.len() == 1 && path.iter().all(|n| is_of_browser(n)));
            is_there && either.right.span().contains_inclusive(used.span)
        }
        _ => false,
    })
}

/// All names that the page declares, to say what is near.
struct DeclaredNames<'t> {
    top: HashSet<&'t str>,
    inner: HashSet<&'t str>,
    /// By their form in lower case, without the ending of a plural.
    by_form: HashMap<String, &'t str>,
}

impl<'t> DeclaredNames<'t> {
    fn new(context: &RuleContext<'t, '_>) -> Self {
        let trees = || context.trees.iter();
        let top: HashSet<_> = trees().flat_map(|tree| Bindings::of(tree).top_names()).collect();
        let inner: HashSet<_> = trees().flat_map(|tree| Bindings::of(tree).inner_names()).collect();
        let mut all: Vec<_> = top.iter().chain(&inner).copied().collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        let by_form = all.into_iter().map(|name| (form(name), name)).collect();
        Self { top, inner, by_form }
    }

    fn explain(&self, name: &str) -> String {
        if self.inner.contains(name) {
            return format!(
                "`{name}` is declared only inside another function or block, not where it is used"
            );
        }
        if self.top.contains(name) {
            return format!("`{name}` is declared only in another script that keeps it to itself");
        }
        match self.by_form.get(&form(name)) {
            Some(other) => format!("`{name}` is defined nowhere; `{other}` is"),
            None => format!("`{name}` is defined nowhere in the page"),
        }
    }
}

/// What names have in common that differ only by case or by the ending of a plural.
fn form(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.strip_suffix('s').map(str::to_owned).unwrap_or(lower)
}
