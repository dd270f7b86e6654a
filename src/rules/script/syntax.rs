//! `syntax`: code that does not parse does not run.
//!
//! No rule has seen such code either, so it is never accepted as clean.

use oxc_ast::AstType;
use oxc_ast::ast_kind::AstKind;
use oxc_span::GetSpan as _;

use crate::page::Span;
use crate::page::script::{ParseGoal, ScriptProblem, ScriptTree};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "syntax",
    severity: Severity::Deny,
    title: "the code has an error",
    help: "Ask for a fix of this line.",
    why: "A browser skips a script that does not parse, and the game with it.",
    fail: &[
        "<script>let = = 1</script>",
        "<script>function f( {</script>",
        "<script>let a; let a;</script>",
        "<script>return 1</script>",
        "<script type=module>with (a) {}</script>",
        "<script>const a;</script>",
        "<script>'unclosed</script>",
        r"<script>/(?<a\uDCA4>.)/</script>",
        r"<script>/(?<1a>.)/</script>",
        "<script>/(?<a>.)(?<a>.)/</script>",
        r"<script>/(?<a>.)\k<b>/</script>",
        "<script>/a/gg; /b/z</script>",
        "<script>/a/uv</script>",
        r"<script>/\p{Nonsense}/u</script>",
        r"<script>/\p{Script=Nonsense}/v</script>",
        "<script>/(a/</script>",
        "<script>/a)/</script>",
        "<script>/[b-a]/</script>",
        "<script>/*/ /+/ </script>",
        "<script>/a{2,1}/</script>",
        "<script>/a**/</script>",
        "<script>/(?<=a)*/</script>",
        r"<script>/\u{110000}/u</script>",
        r"<script>/\-/u</script>",
        "<script>/[a&&&b]/v</script>",
        "<script>/(?ii:a)/</script>",
    ],
    pass: &[
        "<script>let a = 1 /* <b> */</script>",
        "<script><!-- an old habit\nplay()\n--></script>",
        "<script>var a; var a; with (a) {}</script>",
        "<script type=module>await 1; export const a = 1</script>",
        "<script type='text/x-shader'>void main( {</script>",
        "<script src='data:,'>not ( read</script>",
        "<script>a\r\nb</script>",
        "<script>async function f() { for await (const x of y) {} } label: for (;;) break label</script>",
        "<script>function a() {} function a() {} var a = 1; { function b() {} function b() {} }</script>",
        "<script>try { x() } catch (e) { var e = 1 } try { x() } catch { } for (var i = 0; ;) { let i = 1; break }</script>",
        "<script>var let = 1, yield = 2, async = 3, of = 4, await = 5, static = 6; delete let; x = 010; arguments = 1</script>",
        "<script>function f(a, a) { return arguments.length } function g() { return new.target } a: b: for (;;) continue a</script>",
        "<script>class A { #x = 1; static { this.y = 1 } has(o) { return #x in o } get x() { return this.#x } static async *z() {} }</script>",
        "<script>const { a = 1, ...rest } = { b: [1, , 2] }; x ??= a?.b?.[c]?.(d) ?? 1_000n ** 2n; let [p, q = p] = []</script>",
        "<script>if (a) function f() {} else function g() {} switch (x) { case 1: let y; default: } do x++; while (x < 9) x--</script>",
        "<script>var s = `a${`b${1}`}`, r = /[/]\\/(?<n>x)/giu.test(s), d = a / b / c, h = '<\\/script>', u = '\\u{1f47b}'</script>",
        r"<script>/(?<a>.)|(?<a>b)/; /\k<a>/; /(?<π>.)\k<π>/u; /(?<$a_1>.)/; /(?<\u0061>.)/</script>",
        r"<script>/]/; /{/; /}/; /a{/; /\c/; /[\c]/; /\8/; /[\w-a]/; /(?=a)*/; /x{,5}/</script>",
        r"<script>/\p{L}/u; /\p{Script=Greek}/u; /\p{Emoji}\p{Extended_Pictographic}/gu; /\p{RGI_Emoji}/v</script>",
        r"<script>/[\p{L}--[a-z]]/v; /[[a-z]&&[aeiou]]/v; /(?i:a)b/; /(?<!a)b(?<=c)/dgimsy; /[^]/; /\u{1F600}/u</script>",
        r#"<script type=module>const ok = await /a[/]b(\d+)/.test('x'); await /["'`{(]/g; for await (const x of /[{"]/.exec(y)) {}</script>"#,
        r#"<script>async function f() { return await /[{("]/.test('{') } if (a) {} /["{]/.test(b)</script>"#,
        "<script>let a = 1\nlet b = 2\n;[a, b] = [b, a]\nconst f = async () => { await g() }\nvar \\u0061\\u0062 = 1, ꙮ = 2, $ = 3</script>",
    ],
    find,
};

/// The bytes of `const`.
const KEYWORD_BYTES: u32 = 5;

/// One error causes others: the first ones are enough.
const MAX_REPORTED: usize = 3;

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees.iter().filter(|tree| tree.code.goal != ParseGoal::Handler) {
        if let Some(repairs) = repairs(context, tree) {
            for (span, fix) in repairs {
                diagnostics.repair(span, "this constant is declared without a value", fix);
            }
            continue;
        }
        for problem in tree.problems.iter().take(MAX_REPORTED) {
            let message = problem.message.trim_end_matches('.');
            let why = format!(
                "this script does not parse: {message}; the rest of it was not checked by other rules"
            );
            diagnostics.deny(problem.span, why);
        }
    }
}

/// The repairs of all errors of a script. `None` if one has none: the script would still not run.
///
/// A constant without a value is a variable that is assigned later.
fn repairs(
    context: &RuleContext<'_, '_>,
    tree: &ScriptTree<'_>,
) -> Option<Vec<(Span, FindingFix)>> {
    if tree.problems.is_empty() {
        return None;
    }
    let keywords = keywords_without_value(tree);
    let fix = |problem: &ScriptProblem| {
        let is_it = |(name, _): &&(Span, Span)| *name == problem.span;
        let (_, keyword) = keywords.iter().find(is_it)?;
        let is_written = keyword.text_in(context.page.source()) == "const";
        is_written.then(|| (problem.span, FindingFix::from_edit(TextEdit::new(*keyword, "let"))))
    };
    tree.problems.iter().map(fix).collect()
}

/// The names of constants without a value, each with the keyword of its declaration, in the page.
fn keywords_without_value(tree: &ScriptTree<'_>) -> Vec<(Span, Span)> {
    let declarations = tree.nodes(&[AstType::VariableDeclaration]).filter_map(|node| match node {
        AstKind::VariableDeclaration(it) if it.kind.is_const() => Some(it),
        _ => None,
    });
    let names = declarations.flat_map(|declaration| {
        let keyword =
            tree.source_span(oxc_span::Span::sized(declaration.span.start, KEYWORD_BYTES));
        let bare = declaration.declarations.iter().filter(|it| it.init.is_none());
        bare.map(move |it| (tree.source_span(it.id.span()), keyword))
    });
    names.collect()
}
