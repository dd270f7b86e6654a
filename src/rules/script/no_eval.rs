//! `no-eval`: text must not become code. (CWE-95)
//!
//! Code built at run time is invisible to every other rule, so this one rejects the page instead of
//! warning.

use crate::page::script::ScriptTree;
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::gives_away;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-eval",
    severity: Severity::Deny,
    title: "code is built from a string (eval)",
    help: "Write the code out, or look the value up in a table.",
    why: "Code built at run time was never checked, and the page's policy blocks it.",
    fail: &[
        "<script>eval('1')</script>",
        "<script>(0, eval)('1')</script>",
        "<script>const e = eval; e('1')</script>",
        "<script>window.eval('1')</script>",
        "<script>window['ev' + 'al']('1')</script>",
        "<script>globalThis[['e', 'val'].join('')]('1')</script>",
        "<script>self[`ev${'al'}`]?.('1')</script>",
        "<script>const { eval: run } = window; run('1')</script>",
        "<script>let run; ({ eval: run } = self); run('1')</script>",
        "<script>const w = window; const k = 'eval'; w[k]('1')</script>",
        "<script>eval.call(null, '1')</script>",
        "<script>Reflect.apply(eval, null, ['1'])</script>",
        "<script>Reflect.get(window, 'eval')('1')</script>",
        "<script>[eval][0]('1')</script>",
        "<script>this.eval('1')</script>",
        "<script>class A { [this.eval('1')]() {} }</script>",
        "<script>class A extends this.eval('Object') {}</script>",
        "<script>(function (w) { w.eval('1') })(window)</script>",
        "<script>(function () { return this })().eval('1')</script>",
        "<script>function f() { this.eval('1') } f()</script>",
        "<script>var f = function () { this['ev' + 'al']('1') }; f()</script>",
        "<script>[1].forEach(function () { this.eval('1') })</script>",
        "<script>[2, 1].sort(function () { return this.eval('1') })</script>",
        "<script>setTimeout(function () { this.eval('1') }, 9)</script>",
        "<script>onload = function () { this.eval('1') }</script>",
        "<script>new Promise(function (f) { f(this.eval('1')) })</script>",
        "<script>function me() { return this } me().eval('1')</script>",
        "<script>const me = () => this; me().eval('1')</script>",
        "<script>const me = function () { const g = this; return g }; me()['eval']('1')</script>",
        "<script>(() => { const { eval: run } = this; run('1') })()</script>",
        "<script>function w() { return window } w()['ev' + 'al']('1')</script>",
        "<script>(function () { (() => this.eval('1'))() })()</script>",
        "<script>(function () { this.eval('1') }).call(this)</script>",
        "<script>(function () { this.eval('1') }).apply(null)</script>",
        "<script>!function () { this.eval('1') }()</script>",
        "<script>function f(x = this.eval('1')) {} f()</script>",
        "<script>function f(w = window) { w.eval('1') } f()</script>",
        "<script>function run(f) { f() } run(function () { this.eval('1') })</script>",
        "<script>function f() { this.eval('1') }</script><button onclick='f()'>x</button>",
        "<script>class A { static x = 1; [(() => this.eval('1'))()] = 2 }</script>",
        "<script>const o = { [this.eval('1')]: 1, get [this.eval('2')]() { return 1 } }</script>",
        "<script>document.defaultView.eval('1')</script>",
        "<script>window[String.fromCharCode(101, 118, 97, 108)]('1')</script>",
        "<script>window['lave'.split('').reverse().join('')]('1')</script>",
        "<script>window[atob('ZXZhbA==')]('1')</script>",
        "<script>top.window.frames.eval?.('1')</script>",
        "<script>e\\u0076al('1')</script>",
        "<script>var eval; eval('1')</script>",
        "<script>const w = window</script><script>w.eval('1')</script>",
        "<script type=module>eval('1')</script>",
        "<svg><script>eval('1')</script></svg>",
        "<button onclick=\"eval('1')\">x</button>",
        "<button onclick=\"&#101;val('1')\">x</button>",
    ],
    pass: &[
        "<script>const evaluate = 1</script>",
        "<script>game.eval('1')</script>",
        "<script>function eval2() {} eval2()</script>",
        "<script>(function (eval) { eval('1') })(Math.abs)</script>",
        "<script>const o = { eval: 1 }; o.eval</script>",
        "<script>'eval(1)' // eval(1)</script>",
        "<script>if (typeof eval === 'function') {}</script>",
        "<script>class Board { eval() { return 1 } } new Board().eval()</script>",
        "<script>const o = { eval() { return 1 }, go() { return this.eval() } }; o.go()</script>",
        "<script>function Board() { this.eval('1') } new Board()</script>",
        "<script>function Board() {} Board.prototype.go = function () { this.eval('1') }</script>",
        "<script>'use strict'; function f() { this.eval('1') } f()</script>",
        "<script>class A { go() { [1].map(function () { this.eval('1') }) } static { this.eval('1') } }</script>",
        "<script>b.onclick = function () { this.eval('1') }; b.addEventListener('x', function () { this.eval('1') })</script>",
        "<script>[1].map(function () { return this.eval('1') }, board); (function () { this.eval('1') }).call(board)</script>",
        "<p>eval('1')</p>",
        "<script type='text/plain'>eval('1')</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for reach in context.trees.iter().flat_map(ScriptTree::global_accesses) {
        if reach.path == ["eval"] && gives_away(reach) {
            diagnostics.deny(reach.span, "`eval` runs a string as code");
        }
    }
}
