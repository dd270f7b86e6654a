//! `stuck-state`: what the game waits for is set somewhere.
//!
//! A variable, or a member, that only ever has some known values keeps code from running that asks
//! for another. Told where that code is the game: it leaves a scheduled function, or asks for a
//! value or a name that speaks of playing. Switches of the player's own, such as for sound, are
//! left alone.

use std::collections::{HashMap, HashSet};

use oxc_ast::ast::{BinaryOperator, Expression, LogicalOperator, Statement, UnaryOperator};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use crate::page::script::ScriptTree;
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::schedule::{scheduled_calls, scheduled_functions};
use super::state_values::{StateCell, StateToken, StateValues};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "stuck-state",
    severity: Severity::Warn,
    title: "the game waits for a state that it never gets",
    help: "Set the variable where the game begins, or compare it with a value that it has.",
    why: "Code that waits for a value which nothing sets never runs: the game stays at its start.",
    fail: &[
        "<script>let state = 'start'; function loop() { if (state === 'playing') alert(1); requestAnimationFrame(loop) } loop()</script>",
        "<script>let running = false; function loop() { requestAnimationFrame(loop); if (!running) return; alert(1) } loop()</script>",
        "<script>let isPlaying = false; onkeydown = () => { if (isPlaying) alert(1) }</script>",
        "<script>let on = false; setInterval(tick, 50); function tick() { if (!on) return; alert(1) }</script>",
        "<script>let paused = true; setInterval(() => { if (paused) return; alert(1) }, 50)</script>",
        "<script>class Game { constructor() { this.running = false } step() { if (!this.running) return; alert(1) } } const g = new Game(); setInterval(() => g.step(), 9)</script>",
        "<script>const game = { state: 'menu' }; function f() { if (game.state == 'playing') alert(1); game.state = 'over' } f()</script>",
        "<script>const MENU = 0, PLAYING = 1; let state = MENU; if (state === PLAYING) alert(1)</script>",
        "<script>const State = { MENU: 'm', PLAYING: 'p' }; let state = State.MENU; if (state === State.PLAYING) alert(1)</script>",
        "<script>let state = 'start'; switch (state) { case 'playing': alert(1) } state = 'over'</script>",
        "<script>let gameStarted; function loop() { if (gameStarted && 1 < 2) alert(1) } loop()</script>",
    ],
    pass: &[
        "<script>let state = 'start'; onclick = () => { state = 'playing' }; if (state === 'playing') alert(1)</script>",
        "<script>let running = false; onclick = () => { running = !running }; if (running) alert(1)</script>",
        "<script>let running = false; function set(v) { running = v } set(true); if (running) alert(1)</script>",
        "<script>let running = false</script><button onclick='running = true'>x</button><script>if (running) alert(1)</script>",
        "<script>let running = false; document.body.innerHTML = '<b onclick=\"running = true\">x</b>'; if (running) alert(1)</script>",
        "<script>const DEBUG = false; function loop() { if (DEBUG) alert(1); requestAnimationFrame(loop) } loop()</script>",
        "<script>let debug = false; setInterval(() => { if (!debug) return; alert(1) }, 9)</script>",
        "<script>let gameOver = false; function loop() { if (gameOver) return; alert(1); requestAnimationFrame(loop) } loop()</script>",
        "<script>let musicPlaying = false; if (musicPlaying) alert(1)</script>",
        "<script>let mode = 'easy'; if (mode === 'hard') alert(1)</script>",
        "<script>const o = { running: false }; function f(o) { o.running = true } f(o); if (o.running) alert(1)</script>",
        "<script>const o = { running: false }; o['run' + 'ning'] = true; if (o.running) alert(1)</script>",
        "<script>let o = { running: false }; o = JSON.parse(localStorage.o); if (o.running) alert(1)</script>",
        "<script>let running = false; if (!running) alert(1)</script>",
        "<script>let state = Math.random() < 0.5 ? 'start' : 'playing'; if (state === 'playing') alert(1)</script>",
        "<script>let level = 1; level++; if (level === 2) alert(1)</script>",
        "<script>const player = { state: 'idle' }; if (player.state === 'running') alert(1)</script>",
        "<script>const v = document.createElement('video'); if (v.playing) alert(1)</script>",
        "<script>let [running] = [true]; if (running) alert(1)</script>",
        "<script>for (const state of ['start', 'playing']) if (state === 'playing') alert(1)</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let Some(table) = context.names() else { return };
    let members = context.members();
    let loops = scheduled_functions(table, &scheduled_calls(context.trees));
    let values = StateValues::new(table, members);
    let mut told: HashSet<StateCell> = HashSet::new();
    let mut known: HashMap<StateCell, Option<Vec<StateToken>>> = HashMap::new();
    for (number, tree) in context.trees.iter().enumerate() {
        for requirement in requirements(tree, number, &loops) {
            let Some(cell) = values.cell(number, requirement.of) else { continue };
            if told.contains(&cell) || !requirement.is_of_game(&values, number, &cell) {
                continue;
            }
            let all = known.entry(cell.clone()).or_insert_with(|| values.all(&cell));
            let why = all.as_ref().and_then(|all| requirement.unmet(&values, number, (&cell, all)));
            let Some(why) = why else { continue };
            diagnostics.warn(tree.source_span(requirement.of.span()), why);
            told.insert(cell);
        }
    }
}

/// What code asks of a value before it runs.
struct Requirement<'a> {
    of: &'a Expression<'a>,
    wanted: WantedValue<'a>,
    /// Whether a scheduled function is left without it.
    is_guard: bool,
}

#[derive(Clone, Copy)]
enum WantedValue<'a> {
    Truthy,
    Falsy,
    Equal(&'a Expression<'a>),
}

/// Everything that the code of a tree asks before it runs.
fn requirements<'a>(
    tree: &ScriptTree<'a>,
    number: usize,
    loops: &HashSet<(usize, NodeId)>,
) -> Vec<Requirement<'a>> {
    const TESTS: &[AstType] = &[
        AstType::IfStatement,
        AstType::ConditionalExpression,
        AstType::LogicalExpression,
        AstType::WhileStatement,
        AstType::SwitchStatement,
    ];
    let mut found = Vec::new();
    for kind in tree.nodes(TESTS) {
        let mut is_guard = false;
        let wanted = match kind {
            AstKind::IfStatement(either) if leaves(&either.consequent) => {
                is_guard = is_in_loop(tree, number, either.node_id.get(), loops);
                conditions(&either.test, TestResult::False)
            }
            AstKind::IfStatement(either) => conditions(&either.test, TestResult::True),
            AstKind::ConditionalExpression(either) => conditions(&either.test, TestResult::True),
            AstKind::WhileStatement(repeated) => conditions(&repeated.test, TestResult::True),
            AstKind::LogicalExpression(both) if both.operator == LogicalOperator::And => {
                conditions(&both.left, TestResult::True)
            }
            AstKind::SwitchStatement(switch) => {
                let tests = switch.cases.iter().filter_map(|case| case.test.as_ref());
                tests.map(|test| (&switch.discriminant, WantedValue::Equal(test))).collect()
            }
            _ => continue,
        };
        let requirement = |(of, wanted)| Requirement { of, wanted, is_guard };
        found.extend(wanted.into_iter().map(requirement));
    }
    found
}

/// What a test has to come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TestResult {
    True,
    False,
}

impl TestResult {
    fn other(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
        }
    }
}

/// Whether a statement only leaves its function.
fn leaves(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ReturnStatement(_) => true,
        Statement::BlockStatement(block) => matches!(block.body.as_slice(), [only] if leaves(only)),
        _ => false,
    }
}

/// Whether a statement stands in the body of a scheduled function itself.
fn is_in_loop(
    tree: &ScriptTree<'_>,
    number: usize,
    statement: NodeId,
    loops: &HashSet<(usize, NodeId)>,
) -> bool {
    let mut around = crate::page::script::Bindings::of(tree).ancestors_with_ids(statement);
    let is_body = matches!(around.next(), Some((_, AstKind::FunctionBody(_))));
    is_body && around.next().is_some_and(|(id, _)| loops.contains(&(number, id)))
}

/// What must be so for a test to come to a result, as far as that is certain.
fn conditions<'a>(
    test: &'a Expression<'a>,
    result: TestResult,
) -> Vec<(&'a Expression<'a>, WantedValue<'a>)> {
    let mut found = Vec::new();
    let mut open = vec![(test, result)];
    while let Some((test, result)) = open.pop() {
        match (test.get_inner_expression(), result) {
            (Expression::UnaryExpression(not), _) if not.operator == UnaryOperator::LogicalNot => {
                open.push((&not.argument, result.other()));
            }
            (Expression::LogicalExpression(pair), _) => {
                let all = match result {
                    TestResult::True => LogicalOperator::And,
                    TestResult::False => LogicalOperator::Or,
                };
                if pair.operator == all {
                    open.extend([(&pair.left, result), (&pair.right, result)]);
                }
            }
            (Expression::BinaryExpression(pair), _) => {
                let is_equal = match pair.operator {
                    BinaryOperator::Equality | BinaryOperator::StrictEquality => TestResult::True,
                    BinaryOperator::Inequality | BinaryOperator::StrictInequality => {
                        TestResult::False
                    }
                    _ => continue,
                };
                if is_equal == result {
                    found.push((&pair.left, WantedValue::Equal(&pair.right)));
                }
            }
            (_, TestResult::True) => found.push((test, WantedValue::Truthy)),
            (_, TestResult::False) => found.push((test, WantedValue::Falsy)),
        }
    }
    found
}

/// Parts of names that tell whether the game runs.
const RUNNING: &[&str] =
    &["running", "playing", "started", "gameactive", "gameon", "ingame", "ready", "hasbegun"];

/// Parts of names that tell of something else than the game.
const OTHER: &[&str] = &[
    "debug", "dev", "mute", "music", "sound", "audio", "song", "sfx", "cheat", "god", "test",
    "verbose", "log", "auto", "video", "anim", "timer", "drag", "over", "trace", "show",
];

/// What a state is called while the game is played.
const PLAYED: &[&str] = &[
    "play",
    "playing",
    "gameplay",
    "ingame",
    "inplay",
    "game",
    "started",
    "playingstate",
    "stateplaying",
    "gameplaying",
];

/// What a state is called while something runs: the game, or only a figure in it.
const ACTIVE: &[&str] = &["running", "run", "active"];

/// What the state of the whole game is called.
const GAME_STATE: &[&str] =
    &["state", "gamestate", "phase", "gamephase", "screen", "scene", "gamestatus", "status"];

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl<'a> Requirement<'a> {
    /// Whether the code that waits is the game.
    fn is_of_game(
        &self,
        values: &StateValues<'_, '_, 'a>,
        number: usize,
        cell: &StateCell,
    ) -> bool {
        let name = plain(values.name(cell));
        let is_other = OTHER.iter().any(|part| name.contains(part));
        match self.wanted {
            _ if self.is_guard => !is_other,
            WantedValue::Truthy => !is_other && RUNNING.iter().any(|part| name.contains(part)),
            WantedValue::Falsy => false,
            WantedValue::Equal(value) => {
                let wanted = plain(&values.label(number, value));
                let is_whole = matches!(cell, StateCell::Name(_)) && GAME_STATE.contains(&&*name);
                PLAYED.contains(&&*wanted)
                    || ACTIVE.contains(&&*wanted) && is_whole
                    || wanted == "true"
                        && !is_other
                        && RUNNING.iter().any(|part| name.contains(part))
            }
        }
    }

    /// What is wrong. `None` if one of the values may be what is wanted.
    fn unmet(
        &self,
        values: &StateValues<'_, '_, 'a>,
        number: usize,
        (cell, all): (&StateCell, &[StateToken]),
    ) -> Option<String> {
        let name = values.name(cell);
        let is_met = |token: &StateToken| match &self.wanted {
            WantedValue::Truthy => token.is_truthy(),
            WantedValue::Falsy => !token.is_truthy(),
            WantedValue::Equal(_) => false,
        };
        match self.wanted {
            WantedValue::Equal(value) => {
                let wanted = values.tokens(number, value)?;
                let is_possible =
                    wanted.iter().any(|one| all.iter().any(|other| one.may_be(other)));
                let written = values.label(number, value);
                (!is_possible).then(|| {
                    format!("`{name}` is compared with `{written}` here, and nothing ever sets it to that")
                })
            }
            _ if all.iter().any(is_met) => None,
            WantedValue::Truthy => {
                Some(format!("this waits for `{name}` to be true, and nothing ever makes it so"))
            }
            WantedValue::Falsy => {
                Some(format!("this waits for `{name}` to be false, and nothing ever makes it so"))
            }
        }
    }
}
