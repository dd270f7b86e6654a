//! `no-dynamic-global`: members of the global object are accessed by name.
//!
//! `window[name]` can be any power, and no rule can tell which. A key that starts or ends like no
//! power, as in `window['level' + n]`, is fine, and so is one from a table of the game's own
//! without names of powers; assigning to a computed name is only a warning.

use oxc_ast::ast::Expression;
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{GlobalCall, PossibleValue, ScriptTree, ValueAnalysis};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::powers;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-dynamic-global",
    severity: Severity::Deny,
    title: "a global is looked up by a name built at run time",
    help: "Put what is looked up by name into an object of the game's own.",
    why: "A name built at run time can be that of any browser feature, so it cannot be checked.",
    fail: &[
        "<script>window[name]()</script>",
        "<script>const w = self; w[a + b]('1')</script>",
        "<script>globalThis[atob(x)]('1')</script>",
        "<script>this[key]('1')</script>",
        "<script>document[key]('<p>')</script>",
        "<script>window['e' + x]('1')</script>",
        "<script>window['Lang' + x].create()</script>",
        "<script>navigator['geo' + x].watchPosition(f)</script>",
        "<script>document[`model${x}`]</script>",
        "<script>navigator.clipboard['read' + x]()</script>",
        "<script>window[`${a}al`]('1')</script>",
        "<script>location[key] = url</script>",
        "<script>navigator[key]('/x', 1)</script>",
        "<script>Reflect.get(window, key)('1')</script>",
        "<script>Object.values(window)</script>",
        "<script>Object.entries(globalThis).find(f)</script>",
        "<script>const { [key]: f } = window</script>",
        "<script>with (document) { write('x') }</script>",
        "<script>(function (w) { w[key]('1') })(window)</script>",
        "<script>const t = ['score', 'eval']; window[t[i]]('1')</script>",
        "<script>const t = { a: 'ev' + 'al' }; window[t[k]]('1')</script>",
        "<script>const t = []; t.push('eval'); window[t[0]]('1')</script>",
        "<script>const t = {}; t[k] = 'eval'; window[t.x]('1')</script>",
        "<script>const t = {}; t.a = 'eval'; window[t[k]]('1')</script>",
        "<script>var k = 'score'</script><script>k = 'eval'</script><script>window[k]('1')</script>",
        "<script>function go(k) { window[k]('1') } go('score'); go('eval')</script>",
        "<script>function go(k) { window[k]('1') }</script><button onclick=\"go('eval')\">x</button>",
        "<script>function go(k) { window[k]('1') }</script><script>window.go('eval')</script>",
        "<script>function go(k) { window[k]('1') } list.forEach(go)</script>",
        "<script>for (const [a, b] of Object.entries({ x: 'eval' })) window[b]('1')</script>",
        "<script>for (const k in { eval: 1 }) window[k]('1')</script>",
        "<script>let k = 'score'; if (x) k = location.hash; window[k]()</script>",
        "<script>let k = 'ev'; k += 'al'; window[k]('1')</script>",
        "<script>let k = 'e'; for (const c of 'val') k = k + c; window[k]('1')</script>",
        "<script>['ev', 'x'].forEach(p => window[p + 'al']('1'))</script>",
        "<script>const m = new Map([['a', 'eval']]); window[m.get('a')]('1')</script>",
        "<script>class A { k = 'score'; set(k) { this.k = k } go() { window[this.k]('1') } } a.set('eval')</script>",
        "<script>const s = JSON.parse(x); window[s[0].handler]()</script>",
        "<script>window[['eval']]('1'); window[e.target.dataset.run]()</script>",
        "<script>function pick() { return on ? 'eval' : 'x' } window[pick()]('1')</script>",
        "<script>const { k = 'eval' } = o; window[k]('1')</script>",
    ],
    pass: &[
        "<script>keys[e.key] = true; grid[x][y]</script>",
        "<script>window['score'] = 1; window['ev' + 'ent']</script>",
        "<script>window['level' + n]()</script>",
        "<script>const api = {}; api[name]()</script>",
        "<script>class A { get(k) { return this[k] } }</script>",
        "<script>function f() { return this[k] }</script>",
        "<script>Object.values(scores); Reflect.get(ghost, key)</script>",
        "<script>document.body.style[key] = 1; document.forms[0]; localStorage[key]</script>",
        "<script>for (const k in window) {} if (k in window) {}</script>",
        "<script>function a() {} const steps = [{ handler: 'a' }]; let i = 0; window[steps[i].handler]()</script>",
        "<script>const steps = ['intro', 'play']; for (const step of steps) window[step]()</script>",
        "<script>const table = { up: 'goUp', down: 'goDown' }; onkeydown = e => { const f = table[e.key]; if (f) window[f]() }</script>",
        "<script>const vendors = ['ms', 'moz']; for (let x = 0; x < vendors.length && !window.requestAnimationFrame; ++x) { window.requestAnimationFrame = window[vendors[x] + 'RequestAnimationFrame']; window.cancelAnimationFrame = window[vendors[x] + 'CancelAnimationFrame'] || window[vendors[x] + 'CancelRequestAnimationFrame'] }</script>",
        "<script>let hidden, change; if (typeof document.hidden !== 'undefined') { hidden = 'hidden'; change = 'visibilitychange' } else if (typeof document.msHidden !== 'undefined') { hidden = 'msHidden' } document.addEventListener(change, () => { if (document[hidden]) pause() })</script>",
        "<script>['webkit', 'moz'].forEach(p => { AC = AC || window[p + 'AudioContext'] })</script>",
        "<script>let AC = null; for (const p of ['', 'webkit', 'moz']) AC ||= window[`${p}AudioContext`]</script>",
        "<script>const name = ['AudioContext', 'webkitAudioContext'].find(n => n in window); const c = new window[name]()</script>",
        "<script>function call(name) { window[name]() } call('start'); call('stop')</script>",
        "<script>function call(name = 'start') { window[name]() } call()</script>",
        "<script>const call = name => globalThis[name](); ['start', 'stop'].forEach(call)</script>",
        "<script>const m = new Map([['a', 'start'], ['b', 'stop']]); window[m.get(key)]()</script>",
        "<script>const m = new Map(); m.set('a', 'start'); m.forEach(f => window[f]())</script>",
        "<script>for (const [key, fn] of Object.entries({ a: 'start', b: 'stop' })) window[fn](key)</script>",
        "<script>Object.keys({ start: 1, stop: 2 }).forEach(k => self[k]())</script>",
        "<script>Object.values({ a: 'start' }).map(k => self[k]())</script>",
        "<script>let mode; switch (x) { case 1: mode = 'easy'; break; default: mode = 'hard' } window[mode]()</script>",
        "<script>const { action } = on ? { action: 'start' } : { action: 'stop' }; window[action]()</script>",
        "<script>const [first, ...rest] = ['start', 'stop']; window[first](); window[rest[0]]()</script>",
        "<script>const queue = []; queue.push('start'); queue.push({ f: 'stop' }); window[queue.shift()]()</script>",
        "<script>const steps = []; steps.push({ handler: 'a' }, { handler: 'b' }); steps.forEach(({ handler }) => window[handler]())</script>",
        "<script>class Step { constructor(handler) { this.handler = handler } run() { window[this.handler]() } } const s = [new Step('a'), new Step('b')]; s.map(x => window[x.handler]())</script>",
        "<script>class Game { state = 'menu'; go(s) { this.state = s } tick() { window[this.state]() } } const g = new Game(); g.go('play')</script>",
        "<script>const game = { state: 'menu', tick() { window[this.state + 'Update']() } }; game.state = 'play'</script>",
        "<script>let state = 'menu'; function to(s) { state = s } to('play'); window[state]()</script>",
        "<script>const names = 'start stop pause'.split(' '); names.forEach(n => window[n]())</script>",
        "<script>const tools = [['a', 'start'], ['b', 'stop']].map(([k, f]) => ({ key: k, run: f })); tools.forEach(t => window[t.run]())</script>",
        "<script>const fn = ['start', 'stop'].filter(Boolean)[0]; window[fn]()</script>",
        "<script>const fn = cond ? 'start' : other ? 'stop' : 'x'; window[fn] && window[fn]()</script>",
        "<script>const dirs = ['left', 'right']; dirs.forEach(d => window['on' + d[0].toUpperCase() + d.slice(1)]())</script>",
        "<script>function name(i) { return ['easy', 'hard'][i] } window[name(1)]()</script>",
        "<script>const fs = ['requestFullscreen', 'webkitRequestFullscreen'].find(f => document.documentElement[f]); document.documentElement[fs]()</script>",
        "<script>const exit = ['exitFullscreen', 'webkitExitFullscreen', 'mozCancelFullScreen'].find(n => document[n]); document[exit]()</script>",
        "<script>const p = ['webkit', 'moz', 'ms', 'o']; for (let i = 0; i < p.length; i++) { if (p[i] + 'Hidden' in document) h = p[i] + 'Hidden' } var h = 'hidden'; if (document[h]) pause()</script>",
        "<script>window['inner' + (w ? 'Width' : 'Height')]; window['innerWidth']</script>",
        "<script>const cfg = Object.freeze({ start: 'begin' }); window[cfg.start]()</script>",
        "<script>const all = [...['a', 'b'], 'c']; window[all[n]]()</script>",
        "<script>function open(k) {} const t = ['open', 'x']; window[t[0]]()</script>",
        "<script>const el = ['score', 'lives'].reduce((o, id) => { o[id] = window[id]; return o }, {})</script>",
        "<script>function go(k) { window[k]() }</script><button onclick=\"go('start')\">x</button>",
        "<script>const t = {}; t.up = 'goUp'; t.n = 1; t.f = () => x; onkeydown = e => window[t[e.key]]()</script>",
        "<script>let state = 'menu'</script><script>state = 'play'</script><script>window[state]()</script>",
        "<script>const steps = ['start']</script><script>let i = 0; window[steps[i]]()</script>",
    ],
    find,
};

/// Names of powers besides those no game gets: a key with another start is none.
const POWERS: &[&str] = &[
    "eval",
    "Function",
    "setTimeout",
    "setInterval",
    "fetch",
    "XMLHttpRequest",
    "WebSocket",
    "EventSource",
    "importScripts",
    "Worker",
    "WebAssembly",
    "open",
    "location",
    "history",
    "navigation",
    "navigator",
    "document",
    "window",
    "self",
    "globalThis",
    "frames",
    "top",
    "parent",
    "opener",
    "write",
    "writeln",
    "defaultView",
    "sendBeacon",
    "constructor",
    "Reflect",
    "Object",
    "postMessage",
    "href",
    "assign",
    "replace",
    "createElement",
    "clipboard",
    "read",
    "readText",
    "createPolicy",
    "__proto__",
];

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let keys = ValueAnalysis::with_members_by_name(context.trees);
    for (number, tree) in context.trees.iter().enumerate() {
        let of = &DynamicGlobalCheck { tree, number, keys: &keys };
        for kind in tree.nodes(&[
            AstType::WithStatement,
            AstType::ComputedMemberExpression,
            AstType::VariableDeclarator,
        ]) {
            judge(of, kind, diagnostics);
        }
        for call in tree.global_calls().iter().filter(|call| lists_or_gets(of, call)) {
            diagnostics.deny(call.span, ANY);
        }
    }
}

/// A piece of code, and the possible values of its keys.
struct DynamicGlobalCheck<'t, 'a> {
    tree: &'t ScriptTree<'a>,
    number: usize,
    keys: &'t ValueAnalysis<'t, 'a>,
}

const ANY: &str = "this may be any feature of the browser";

fn judge<'a>(of: &DynamicGlobalCheck<'_, 'a>, kind: AstKind<'a>, diagnostics: &mut Diagnostics) {
    let tree = of.tree;
    match kind {
        AstKind::WithStatement(with) => {
            diagnostics.deny(tree.source_span(with.span), "`with` makes every name ambiguous");
        }
        AstKind::ComputedMemberExpression(member)
            if is_dynamic(of, &member.object, &member.expression) =>
        {
            let place = tree.source_span(member.span);
            let of_window = tree.path(&member.object).is_some_and(|path| path.is_empty());
            if of_window && is_stored(tree.parent(member.node_id.get()), member.span) {
                diagnostics.warn(place, "a global is set under a name built at run time");
            } else {
                diagnostics.deny(place, ANY);
            }
        }
        AstKind::VariableDeclarator(declarator)
            if computes_key(declarator)
                && declarator.init.as_ref().is_some_and(|from| is_power(tree, from)) =>
        {
            diagnostics.deny(tree.source_span(declarator.span), ANY);
        }
        _ => {}
    }
}

/// Whether a member is only assigned.
fn is_stored(around: AstKind<'_>, member: oxc_span::Span) -> bool {
    matches!(around, AstKind::AssignmentExpression(set) if set.left.span() == member)
}

fn is_dynamic<'a>(
    of: &DynamicGlobalCheck<'_, 'a>,
    object: &'a Expression<'a>,
    key: &'a Expression<'a>,
) -> bool {
    is_power(of.tree, object) && may_be_power(of, key)
}

/// Whether an object has powers as members.
fn is_power<'a>(tree: &ScriptTree<'a>, object: &'a Expression<'a>) -> bool {
    let Some(path) = tree.path(object) else { return false };
    matches!(
        *path,
        [] | ["document" | "location" | "navigator" | "history" | "trustedTypes"]
            | ["navigator", "clipboard"]
    )
}

fn may_be_power<'a>(of: &DynamicGlobalCheck<'_, 'a>, key: &'a Expression<'a>) -> bool {
    if of.tree.constant(key).is_some() || key.is_number_literal() {
        return false;
    }
    let start = of.tree.constant_start(key).unwrap_or_default();
    let starts = |power: &&str| power.starts_with(&*start) && !of.tree.is_declared(power);
    let mut powers = POWERS.iter().copied().chain(powers::names()).filter(starts).peekable();
    if powers.peek().is_none() {
        return false;
    }
    let keys = of.keys.possible_values(of.number, key);
    powers.any(|power| keys.iter().any(|key: &PossibleValue<'_>| key.can_be(power)))
}

fn computes_key(declarator: &oxc_ast::ast::VariableDeclarator<'_>) -> bool {
    let oxc_ast::ast::BindingPattern::ObjectPattern(object) = &declarator.id else { return false };
    object.properties.iter().any(|property| property.key.static_name().is_none())
}

fn lists_or_gets<'a>(of: &DynamicGlobalCheck<'_, 'a>, call: &GlobalCall<'a>) -> bool {
    let tree = of.tree;
    let Some(first) = call.arguments.first().copied() else { return false };
    match *call.path {
        ["Object", "values" | "entries" | "getOwnPropertyDescriptors"] => is_power(tree, first),
        ["Reflect", "get"] | ["Object", "getOwnPropertyDescriptor"] => {
            is_power(tree, first) && call.arguments.get(1).is_some_and(|key| may_be_power(of, key))
        }
        _ => false,
    }
}
