//! `undeclared-variable`: a variable is declared before it is read.
//!
//! Assigning to a name that nothing declares makes a variable of the page in sloppy code, so such a
//! name is known. Until then reading it throws, and a frame that reads the time of the last one before
//! it sets it never comes to its end. What the code does with the name says how it begins.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{AssignmentOperator, BinaryOperator, Expression};
use oxc_span::{GetSpan as _, Span};

use crate::page::script::{Bindings, FreeName, NameUse, ParseGoal, ScriptTree};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::page_names::{is_of_browser, may_have_unknown_names, names_without_declaration};
use super::undefined_name::is_asked;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "undeclared-variable",
    severity: Severity::Warn,
    title: "a variable is read before anything declares it",
    help: "Declare it with `let` at the top of the script.",
    why: "Reading a name that nothing has declared or set yet throws a ReferenceError, and the game stops \
          there.",
    fail: &[
        "<script>function frame(now) { const d = now - last; last = now; alert(d) } requestAnimationFrame(frame)</script>",
        "<script>function draw() { for (const bat of bats) alert(bat) } function begin() { bats = [] } onclick = begin; draw()</script>",
        "<script>function hit() { hits++ } function begin() { hits = 0 } onkeydown = hit; onclick = begin</script>",
        "<script>onclick = () => { if (!busy) { busy = true; alert(1) } }</script>",
        "<button onclick='alert(count)'>x</button><script>function add() { count = 1 } onkeydown = add</script>",
    ],
    pass: &[
        "<script>last = 0; function frame(now) { const d = now - last; last = now; alert(d) } frame(1)</script>",
        "<script>function list() { for (i = 0; i < 3; i++) alert(i) } list()</script>",
        "<script>let last = 0; function frame(now) { alert(now - last); last = now } frame(1)</script>",
        "<script>function go() { if (typeof busy === 'undefined') busy = 1; alert(busy) } go()</script>",
        "<script>function go() { try { alert(busy) } catch { busy = 1 } } go()</script>",
        "<script>window.best = 1; function go() { alert(best); best = 2 } go()</script>",
        "<p id=out></p><script>function go() { out.title = 1; out = null } go()</script>",
        "<script>function go() { total = 1; alert(total) } go()</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    if may_have_unknown_names(context) {
        return;
    }
    let known = known_names(context);
    for (name, uses) in uses(context, &known) {
        let Some(read) = first_read(&uses) else { continue };
        let why = format!("`{name}` is read here before anything declares or sets it");
        let fix = fix(name, &uses);
        diagnostics.advise(read.tree.source_span(read.name.span), why, fix);
    }
}

/// A use of a name that no script declares.
#[derive(Clone, Copy)]
struct FreeUse<'t, 'a> {
    tree: &'t ScriptTree<'a>,
    /// The number of the tree.
    number: usize,
    name: FreeName<'t>,
    /// The place of the innermost function around it. `None` for code that runs at once.
    function: Option<Span>,
}

/// Names that are there without a declaration.
fn known_names(context: &RuleContext<'_, '_>) -> HashSet<String> {
    let mut known = names_without_declaration(context);
    for tree in context.trees {
        known.extend(Bindings::of(tree).top_names().map(str::to_owned));
    }
    known
}

/// The uses of each name that is assigned in sloppy code and declared nowhere.
fn uses<'t, 'a>(
    context: &RuleContext<'t, 'a>,
    known: &HashSet<String>,
) -> BTreeMap<&'t str, Vec<FreeUse<'t, 'a>>> {
    let mut uses: BTreeMap<&str, Vec<FreeUse<'_, '_>>> = BTreeMap::new();
    let is_sloppy = |tree: &ScriptTree<'_>| tree.code.goal != ParseGoal::Module;
    for (number, tree) in context.trees.iter().enumerate().filter(|(_, tree)| is_sloppy(tree)) {
        for name in Bindings::of(tree).free_uses() {
            let is_known = is_of_browser(name.name)
                || name.name == "arguments"
                || known.contains(name.name)
                || tree.is_declared(name.name);
            if !is_known {
                let function = function_around(tree, name);
                uses.entry(name.name).or_default().push(FreeUse { tree, number, name, function });
            }
        }
    }
    uses.retain(|_, uses| is_candidate(uses));
    uses
}

/// Whether the name is set in a function and nowhere before, and nothing asks whether it is there.
fn is_candidate(uses: &[FreeUse<'_, '_>]) -> bool {
    let is_set = |it: &FreeUse<'_, '_>| it.name.usage == NameUse::Written;
    let is_guarded = |it: &FreeUse<'_, '_>| {
        it.name.is_strict
            || is_asked(it.tree, it.name)
            || Bindings::of(it.tree).is_in_try(it.name.node)
    };
    uses.iter().any(is_set)
        && !uses.iter().any(|it| is_set(it) && it.function.is_none())
        && !uses.iter().any(is_guarded)
}

fn function_around(tree: &ScriptTree<'_>, name: FreeName<'_>) -> Option<Span> {
    if tree.code.goal == ParseGoal::Handler {
        return Some(Span::default());
    }
    tree.ancestors(name.node).find_map(|around| match around {
        AstKind::Function(function) => Some(function.span),
        AstKind::ArrowFunctionExpression(function) => Some(function.span),
        _ => None,
    })
}

/// The first use of a function, or of the code that runs at once, that reads the name.
fn first_read<'u, 't, 'a>(uses: &'u [FreeUse<'t, 'a>]) -> Option<&'u FreeUse<'t, 'a>> {
    let place = |it: &FreeUse<'_, '_>| it.tree.source_span(it.name.span).start;
    let mut first: HashMap<(usize, Option<Span>), &FreeUse<'_, '_>> = HashMap::new();
    for it in uses {
        let known = first.entry((it.number, it.function)).or_insert(it);
        if place(it) < place(known) {
            *known = it;
        }
    }
    let reads = first.into_values().filter(|it| it.name.usage != NameUse::Written);
    reads.min_by_key(|it| place(it))
}

/// Declares the variable at the top of the first script that uses it. `None` without such a script.
fn fix(name: &str, uses: &[FreeUse<'_, '_>]) -> Option<FindingFix> {
    let scripts = uses.iter().filter(|it| it.tree.code.goal == ParseGoal::Script);
    let tree = scripts.min_by_key(|it| it.number)?.tree;
    let first = tree.program().body.first()?.span();
    let place = tree.source_span(Span::new(first.start, first.start));
    let value = initial_value(uses).map(|value| format!(" = {value}")).unwrap_or_default();
    Some(FindingFix::from_edit(TextEdit::new(place, format!("var {name}{value};\n"))))
}

/// What a variable begins with, by all that is done with it. `None` if that is not one kind of value.
fn initial_value(uses: &[FreeUse<'_, '_>]) -> Option<&'static str> {
    let values: HashSet<_> = uses.iter().filter_map(evidence).collect();
    match values.into_iter().collect::<Vec<_>>().as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

/// What a use says about the value.
fn evidence(used: &FreeUse<'_, '_>) -> Option<&'static str> {
    let mut around = used.tree.ancestors(used.name.node);
    match around.find(|kind| !matches!(kind, AstKind::ParenthesizedExpression(_)))? {
        AstKind::UpdateExpression(_) => Some("0"),
        AstKind::BinaryExpression(sum) if is_arithmetic(sum.operator) => Some("0"),
        AstKind::AssignmentExpression(set) if set.left.span() == used.name.span => {
            match set.operator {
                AssignmentOperator::Assign | AssignmentOperator::Addition => kind_of(&set.right),
                _ => Some("0"),
            }
        }
        _ => None,
    }
}

fn is_arithmetic(operator: BinaryOperator) -> bool {
    operator.is_compare() || operator.is_arithmetic() && operator != BinaryOperator::Addition
}

/// The simplest value of the kind of an expression. `None` if it may be any.
fn kind_of(value: &Expression<'_>) -> Option<&'static str> {
    Some(match value.get_inner_expression() {
        Expression::NumericLiteral(_) => "0",
        Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => "''",
        Expression::BooleanLiteral(_) => "false",
        Expression::ArrayExpression(_) => "[]",
        Expression::BinaryExpression(sum) if is_arithmetic(sum.operator) => "0",
        _ => return None,
    })
}
