//! `missing-method`: objects have the methods that are called on them.
//!
//! Told of objects that the code certainly knows: an object literal, an object of a class that
//! extends none, a list, a text, a number, and `Math`. A method that any object of the page may be
//! given under this name keeps the rule quiet.

use oxc_ast::ast::MemberExpression;
use oxc_ast::{AstKind, AstType};

use crate::page::script::{Bindings, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::receiver::{Receiver, Receivers};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "missing-method",
    severity: Severity::Warn,
    title: "a method is called that the object does not have",
    help: "Give the object this method, or call one that it has.",
    why: "Calling a method that is not there throws a TypeError, and the game stops there.",
    fail: &[
        "<script>const player = { x: 1, jump() {} }; player.jmup()</script>",
        "<script>class Player { jump() {} } const p = new Player(); p.fly()</script>",
        "<script>class Player { go() { this.mvoe() } move() {} } new Player().go()</script>",
        "<script>class Game { start() { requestAnimationFrame(() => this.lop()) } loop() {} } new Game().start()</script>",
        "<script>const game = { start() { this.drwa() }, draw() {} }; game.start()</script>",
        "<script>class A { draw() {} } class B { go() {} } const b = new B(); b.draw()</script>",
        "<script>const a = { draw() {} }; const b = { x: 1 }; a.draw(); b.draw()</script>",
        "<script>const enemies = []; enemies.add(1)</script>",
        "<script>let shots = []; shots = shots.filter(s => s); shots.remove(0)</script>",
        "<script>let score = 0; score++; score.increase()</script>",
        "<script>Math.randomInt(3)</script>",
        "<script>const player = { x: 1 }</script><button onclick='player.jump()'>x</button>",
        "<script>class A { constructor() { this.go = 1 } } const a = new A(); function f() { a.stop() } f()</script>",
    ],
    pass: &[
        "<script>const player = { x: 1 }; player.jump = () => 1; player.jump()</script>",
        "<script>const player = { x: 1 }; Object.assign(player, { jump() {} }); player.jump()</script>",
        "<script>const base = { jump() {} }; const player = { ...base }; player.jump()</script>",
        "<script>const key = 'jump'; const player = { [key]() {} }; player.jump()</script>",
        "<script>const player = {}; for (const k of ['jump']) player[k] = () => 1; player.jump()</script>",
        "<script>const player = {}; for (const k of ['Up']) player[`on${k}`] = () => 1; player.onUp()</script>",
        "<script>class A {} class B extends A { go() { this.stop() } } new B().go()</script>",
        "<script>class A extends Array {} const a = new A(); a.push(1)</script>",
        "<script>class A {} A.prototype.go = () => 1; const a = new A(); a.go()</script>",
        "<script>class A { constructor(go) { this.go = go } } const a = new A(() => 1); a.go()</script>",
        "<script>class A { go = () => 1; #own() {} run() { this.#own() } } const a = new A(); a.go(); a.run()</script>",
        "<script>class A { press() { this.focus() } } const a = new A(); onclick = a.press</script>",
        "<script>class A { constructor() { return { go() {} } } } const a = new A(); a.go()</script>",
        "<script>Array.prototype.remove = function () {}; const list = []; list.remove(1)</script>",
        "<script>const player = { x: 1 }; player.jump?.(); try { player.run() } catch {}</script>",
        "<script>const player = { x: 1 }; if (player.jump) player.jump()</script>",
        "<script>let player = { x: 1 }; player = document.body; player.click()</script>",
        "<script>const o = { toString() { return '' } }; o.hasOwnProperty('x'); [1].at(0); 'x'.at(0)</script>",
        "<script>function f(player) { player.jump() } f({ jump() {} })</script>",
        "<script>const o = new Proxy({}, {}); const p = { x: o }; p.go()</script>",
        "<script>const c = { go() { return this.stop() } }; class A { stop() {} } Object.setPrototypeOf(c, new A())</script>",
        "<script>Object.assign(document.body, { onclick() { this.blur() }, tap() { this.click() } })</script>",
        "<script>Math.floor(Math.random() * 3); Math.hypot(1, 2)</script>",
        "<script>Math.clamp = (a) => a; Math.clamp(1)</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let Some(table) = context.names() else { return };
    let members = context.members();
    if members.is_open() {
        return;
    }
    let receivers = Receivers::new(table, members);
    for (number, tree) in context.trees.iter().enumerate() {
        for kind in tree.nodes(&[AstType::CallExpression]) {
            let AstKind::CallExpression(call) = kind else { continue };
            let callee = call.callee.get_inner_expression().as_member_expression();
            let Some(member) = callee.filter(|m| !call.optional && !m.optional()) else { continue };
            let Some(name) = member_name(member) else { continue };
            // What is read elsewhere may be asked for before it is called.
            if members.is_taken(&name) {
                continue;
            }
            let Some(receiver) = receivers.find(number, member.object()) else { continue };
            if receiver.lacks(members, &name) && !Bindings::of(tree).is_in_try(call.node_id.get()) {
                diagnostics.warn(tree.source_span(call.span), why(tree, member, &name, &receiver));
            }
        }
    }
}

/// The name of a member. `None` if it is computed.
fn member_name(member: &MemberExpression<'_>) -> Option<String> {
    match member {
        MemberExpression::PrivateFieldExpression(_) => None,
        member => member.static_property_name().map(str::to_owned),
    }
}

fn why(
    tree: &ScriptTree<'_>,
    member: &MemberExpression<'_>,
    name: &str,
    receiver: &Receiver<'_>,
) -> String {
    use oxc_span::GetSpan as _;
    let object = tree.text(member.object().span());
    let is_short = object.len() <= 40 && !object.contains('\n');
    let what = match receiver {
        Receiver::Instance { class, .. } => match class.filter(|_| object == "this") {
            Some(class) => format!("`{class}`"),
            None if is_short => format!("`{object}`"),
            None => "the object".to_owned(),
        },
        Receiver::Value(kind) if is_short => format!("`{object}` is {}, which", kind.describe()),
        Receiver::Literal { .. } | Receiver::Math if is_short && object != "this" => {
            format!("`{object}`")
        }
        _ => "the object".to_owned(),
    };
    match receiver.nearest(name) {
        Some(other) => format!("{what} has no method `{name}`; it has `{other}`"),
        None => format!("{what} has no method `{name}`"),
    }
}
