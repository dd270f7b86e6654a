//! `unstarted-loop`: the loop that runs the game is started.
//!
//! Told where nothing of the page runs again, and what would is reached by nobody. A function that
//! only schedules itself is started at the end of its script.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use oxc_ast::ast::PropertyKind;
use oxc_ast::{AstKind, AstType};
use oxc_span::{GetSpan as _, Span};

use crate::page::script::{Bindings, ParseGoal, ScriptTree};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::function_graph::FunctionGraph;
use super::member_table::key_name;
use super::name_table::{DeclaredName, NameTable};
use super::page_names::{string_texts, words};
use super::schedule::{ScheduleKind, ScheduledCall, scheduled_calls};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "unstarted-loop",
    severity: Severity::Warn,
    title: "the game's loop is never started",
    help: "Call the function that starts the loop, at the end of the script or when a button is pressed.",
    why: "A loop that nothing starts never draws and never moves anything: the game stands still.",
    fail: &[
        "<script>function loop() { draw(); requestAnimationFrame(loop) } function draw() {}</script>",
        "<script>const loop = () => { requestAnimationFrame(loop) }</script>",
        "<script>function tick() { setTimeout(() => tick(), 50) }</script>",
        "<script>function start() { loop() } function loop() { requestAnimationFrame(loop) }</script>",
        "<script>function start() { setInterval(step, 50) } function step() {}</script>",
        "<script>class Game { loop() { requestAnimationFrame(() => this.loop()) } }</script>",
        "<script>class Game { loop() { requestAnimationFrame(this.loop.bind(this)) } } const game = new Game()</script>",
        "<script>const game = { loop() { requestAnimationFrame(() => game.loop()) } }</script>",
        "<script>function a() { requestAnimationFrame(b) } function b() { requestAnimationFrame(a) }</script>",
    ],
    pass: &[
        "<script>function loop() { requestAnimationFrame(loop) } loop()</script>",
        "<script>function loop() { requestAnimationFrame(loop) } onload = loop</script>",
        "<script>function loop() { requestAnimationFrame(loop) } addEventListener('click', () => loop())</script>",
        "<script>function loop() { requestAnimationFrame(loop) }</script><button onclick='loop()'>x</button>",
        "<script>function loop() { requestAnimationFrame(loop) }</script><script>loop()</script>",
        "<script>function loop() { requestAnimationFrame(loop) } window['loop']()</script>",
        "<script>function loop() { requestAnimationFrame(loop) } document.body.innerHTML = '<b onclick=\"loop()\">x</b>'</script>",
        "<script>(function loop() { requestAnimationFrame(loop) })()</script>",
        "<script>const loop = function step() { requestAnimationFrame(step) }; loop()</script>",
        "<script>function old() { requestAnimationFrame(old) } setInterval(() => 1, 50)</script>",
        "<script>class Game { loop() { requestAnimationFrame(() => this.loop()) } } new Game().loop()</script>",
        "<script>class Game { constructor() { this.loop() } loop() { requestAnimationFrame(() => this.loop()) } } new Game()</script>",
        "<script>class Game { loop() { requestAnimationFrame(() => this.loop()) } } const { loop } = new Game()</script>",
        "<script>const game = { loop() { requestAnimationFrame(() => game.loop()) } }; game['loop']()</script>",
        "<script type=module>export function loop() { requestAnimationFrame(loop) }</script>",
        "<script>function hint() { setTimeout(() => alert(1), 50) }</script>",
        "<script>function onload() { requestAnimationFrame(onload) }</script>",
        "<script>function flash() { requestAnimationFrame(() => 1) } function loop() { requestAnimationFrame(loop) } loop()</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let calls = scheduled_calls(context.trees);
    let Some(table) = context.names().filter(|_| !calls.is_empty()) else { return };
    let graph = FunctionGraph::new(table);
    let methods = OnceCell::new();
    let mut unstarted: BTreeMap<UnstartedPart, &ScheduledCall<'_>> = BTreeMap::new();
    for call in &calls {
        let part = part_around(table, &graph, &methods, call);
        let repeats = call.kind != ScheduleKind::Timeout
            || part.is_some_and(|part| part.runs_itself(table, call));
        let is_loop = repeats || is_self_scheduled(table, &graph, call);
        match part {
            // Something runs again: what does not is a remainder, or waits for its turn.
            None if is_loop => return,
            Some(part) if is_loop => {
                unstarted.entry(part).or_insert(call);
            }
            _ => {}
        }
    }
    report(context, (table, &graph), &unstarted, diagnostics);
}

/// What contains a call and is never reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UnstartedPart {
    Name(DeclaredName),
    /// A method, by its tree and the place of its name.
    Method {
        tree: usize,
        start: u32,
        end: u32,
    },
}

impl UnstartedPart {
    /// Whether a call in it schedules the part itself.
    fn runs_itself(self, table: &NameTable<'_, '_>, call: &ScheduledCall<'_>) -> bool {
        match self {
            Self::Name(name) => call.runs(table, name),
            Self::Method { tree, start, end } => {
                let Some(tree) = table.tree(tree) else { return false };
                let name = tree.text(Span::new(start, end));
                words(tree.text(call.callback.span())).any(|word| word == name)
            }
        }
    }
}

/// Whether a call schedules a function that it is in.
fn is_self_scheduled(
    table: &NameTable<'_, '_>,
    graph: &FunctionGraph,
    call: &ScheduledCall<'_>,
) -> bool {
    let Some(tree) = table.tree(call.tree) else { return false };
    let name = graph.function_around(tree, call.tree, call.node);
    name.is_some_and(|name| call.runs(table, name))
}

/// The part around a call that is never reached. `None` if code that runs comes to the call.
fn part_around<'a>(
    table: &NameTable<'_, 'a>,
    graph: &FunctionGraph,
    methods: &OnceCell<UncalledMethods<'a>>,
    call: &ScheduledCall<'_>,
) -> Option<UnstartedPart> {
    let tree = table.tree(call.tree)?;
    for (id, kind) in Bindings::of(tree).ancestors_with_ids(call.node) {
        if let Some(key) = method_key(kind).filter(|key| {
            methods.get_or_init(|| UncalledMethods::new(table.trees())).has(
                call.tree,
                key,
                kind.span(),
            )
        }) {
            return Some(UnstartedPart::Method {
                tree: call.tree,
                start: key.span.start,
                end: key.span.end,
            });
        }
        if let Some(name) = graph.name_of(call.tree, id) {
            return (!graph.is_live(name)).then_some(UnstartedPart::Name(name));
        }
    }
    None
}

/// The name of a method, with its place.
struct MethodKey {
    name: String,
    span: Span,
}

/// The name of a method of a class or an object literal.
fn method_key(kind: AstKind<'_>) -> Option<MethodKey> {
    let (key, is_method) = match kind {
        AstKind::MethodDefinition(method) => (&method.key, method.kind.is_method()),
        AstKind::ObjectProperty(property) => {
            (&property.key, property.kind == PropertyKind::Init && property.value.is_function())
        }
        AstKind::PropertyDefinition(field) => {
            (&field.key, field.value.as_ref().is_some_and(oxc_ast::ast::Expression::is_function))
        }
        _ => return None,
    };
    let name = key_name(key).filter(|name| is_method && !name.starts_with(['#', 'o']))?;
    Some(MethodKey { name: name.into_owned(), span: key.span() })
}

/// Which methods are called by nobody but themselves, by their names.
struct UncalledMethods<'a> {
    /// The places where a member with the name is used, by tree.
    uses: HashMap<&'a str, Vec<(usize, Span)>>,
    /// Names in texts and patterns, by which methods may be taken.
    taken: HashSet<&'a str>,
    /// Whether methods are called by names that are not written.
    is_open: bool,
}

impl<'a> UncalledMethods<'a> {
    fn new(trees: &[ScriptTree<'a>]) -> Self {
        const PARTS: &[AstType] = &[
            AstType::StaticMemberExpression,
            AstType::ComputedMemberExpression,
            AstType::IdentifierName,
        ];
        let mut all = Self { uses: HashMap::new(), taken: HashSet::new(), is_open: false };
        for (number, tree) in trees.iter().enumerate() {
            all.taken.extend(string_texts(tree).flat_map(words));
            tree.nodes(PARTS).for_each(|kind| all.add(tree, number, kind));
        }
        all
    }

    fn add(&mut self, tree: &ScriptTree<'a>, number: usize, kind: AstKind<'a>) {
        match kind {
            AstKind::StaticMemberExpression(member) => {
                let uses = self.uses.entry(member.property.name.as_str()).or_default();
                uses.push((number, member.span));
            }
            AstKind::ComputedMemberExpression(member) => {
                let parent = tree.parent(member.node_id.get());
                self.is_open |= matches!(parent, AstKind::CallExpression(call)
                    if call.callee.span() == member.span);
            }
            AstKind::IdentifierName(name) => {
                let is_pattern = matches!(
                    tree.parent(name.node_id.get()),
                    AstKind::BindingProperty(_) | AstKind::AssignmentTargetPropertyProperty(_)
                );
                self.taken.extend(is_pattern.then_some(name.name.as_str()));
            }
            _ => {}
        }
    }

    /// Whether nobody calls a method that stands at a place of a tree.
    fn has(&self, tree: usize, key: &MethodKey, method: Span) -> bool {
        let name = key.name.as_str();
        let uses = self.uses.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_own =
            |(other, span): &(usize, Span)| *other == tree && method.contains_inclusive(*span);
        !self.is_open && !self.taken.contains(name) && uses.iter().all(is_own)
    }
}

fn report(
    context: &RuleContext<'_, '_>,
    (table, graph): (&NameTable<'_, '_>, &FunctionGraph),
    unstarted: &BTreeMap<UnstartedPart, &ScheduledCall<'_>>,
    diagnostics: &mut Diagnostics,
) {
    let mut told: HashSet<DeclaredName> = HashSet::new();
    for (part, call) in unstarted {
        let name = match *part {
            UnstartedPart::Name(name) => name,
            UnstartedPart::Method { tree, start, end } => {
                let Some(tree) = context.trees.get(tree) else { continue };
                let span = Span::new(start, end);
                let why = format!(
                    "the method `{}` runs the game's loop, and nothing calls it",
                    tree.text(span)
                );
                diagnostics.warn(tree.source_span(span), why);
                continue;
            }
        };
        let starts = graph.unused_starts(name);
        let starts = if starts.is_empty() { vec![name] } else { starts };
        for start in starts {
            let Some(span) = place(table, start).filter(|_| told.insert(start)) else { continue };
            let runs_itself = start == name && part.runs_itself(table, call);
            let is_alone = runs_itself && graph.unused().nth(1).is_none();
            let fix = is_alone.then(|| fix(context, table, (start, call))).flatten();
            let role = if runs_itself { LoopRole::Itself } else { LoopRole::Starter };
            diagnostics.advise(span, why(table, start, role), fix);
        }
    }
}

/// Where the name of a function is declared, in the page.
fn place(table: &NameTable<'_, '_>, name: DeclaredName) -> Option<crate::page::Span> {
    let tree = table.tree(name.0)?;
    let span = match table.node(name.0, table.declaration(name)?)? {
        AstKind::Function(function) => function.id.as_ref()?.span,
        AstKind::Class(class) => class.id.as_ref()?.span,
        AstKind::VariableDeclarator(declarator) => declarator.id.span(),
        _ => return None,
    };
    Some(tree.source_span(span))
}

/// How a function and the loop belong together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LoopRole {
    /// It is the loop.
    Itself,
    /// It leads to the loop.
    Starter,
}

fn why(table: &NameTable<'_, '_>, name: DeclaredName, role: LoopRole) -> String {
    let text = table.text(name);
    let node = table.declaration(name).and_then(|at| table.node(name.0, at));
    match (node, role) {
        (Some(AstKind::Class(_)), _) => {
            format!("`{text}` runs the game's loop, and nothing makes one")
        }
        (_, LoopRole::Itself) => format!("`{text}` schedules itself, and nothing starts it"),
        (_, LoopRole::Starter) => format!("`{text}` starts the game's loop, and nothing calls it"),
    }
}

/// Starts a loop at the end of its script. `None` if it takes what is not known.
fn fix(
    context: &RuleContext<'_, '_>,
    table: &NameTable<'_, '_>,
    (name, call): (DeclaredName, &ScheduledCall<'_>),
) -> Option<FindingFix> {
    use oxc_ast::ast::Expression;
    let tree = context.trees.get(name.0)?;
    let params = match table.node(name.0, table.declaration(name)?)? {
        AstKind::Function(function) if !function.generator => &function.params,
        AstKind::VariableDeclarator(declarator) => match declarator.init.as_ref()? {
            Expression::FunctionExpression(function) if !function.generator => &function.params,
            Expression::ArrowFunctionExpression(arrow) => &arrow.params,
            _ => return None,
        },
        _ => return None,
    };
    let is_frame = call.kind == ScheduleKind::Frame
        && matches!(call.callback.get_inner_expression(), Expression::Identifier(_));
    let known = usize::from(is_frame);
    if params.items.len() > known || params.rest.is_some() {
        return None;
    }
    let is_page_wide = Bindings::of(tree).is_shared(name.1) && tree.code.goal == ParseGoal::Script;
    if !is_page_wide || !tree.code.text.is_verbatim() {
        return None;
    }
    let text = table.text(name);
    let start =
        if is_frame { format!("requestAnimationFrame({text});") } else { format!("{text}();") };
    let end = tree.code.text.source_span().end;
    Some(FindingFix::from_edit(TextEdit::insert(end, format!("\n{start}\n"))))
}
