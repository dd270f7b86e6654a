//! `no-dynamic-code`: no code is added later.
//!
//! Modules loaded by name, workers, compiled code and script elements made by scripts all run what
//! was not in the file when it was checked. The policy stops each of them, so a game that needs one
//! would silently not work.

use oxc_ast::AstType;
use oxc_span::GetSpan as _;

use crate::page::script::{AccessKind, GlobalAccess, MethodCall, ScriptKind, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::powers;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-dynamic-code",
    severity: Severity::Deny,
    title: "code is loaded or built at run time",
    help: "Put the code into the page's own script.",
    why: "Code that arrives later was never checked, and the page's policy blocks it.",
    fail: &[
        "<script>import('./x.js')</script>",
        "<script type=module>const m = await import('data:text/javascript,x')</script>",
        "<script type=importmap>{ \"imports\": { \"three\": \"https://x/three.js\" } }</script>",
        "<script type=speculationrules>{}</script>",
        "<script type=' WebBundle '>{}</script>",
        "<script>new Worker('w.js')</script>",
        "<script>new Worker(URL.createObjectURL(new Blob([code])))</script>",
        "<script>const W = window['Wor' + 'ker']; new W(url)</script>",
        "<script>new SharedWorker(url)</script>",
        "<script>navigator.serviceWorker.register('sw.js')</script>",
        "<script>const { serviceWorker: s } = navigator; s.register('sw.js')</script>",
        "<script>WebAssembly.instantiate(bytes)</script>",
        "<script>new WebAssembly.Module(bytes)</script>",
        "<script>context.audioWorklet.addModule(url)</script>",
        "<script>document.createElement('script')</script>",
        "<script>document.createElementNS('http://www.w3.org/2000/svg', 'SCRIPT')</script>",
        "<script>const d = document; d.createElement('scr' + 'ipt')</script>",
        "<script>new ShadowRealm().evaluate('1')</script>",
    ],
    pass: &[
        "<script>class Worker { dig() {} } new Worker().dig()</script>",
        "<script>function Worker() {} const w = new Worker()</script>",
        "<script>if ('serviceWorker' in navigator) {} if (window.Worker) {}</script>",
        "<script>typeof WebAssembly === 'object'</script>",
        "<script>document.createElement('canvas'); URL.createObjectURL(blob)</script>",
        "<script type='x-shader/x-vertex'>void main() {}</script>",
        "<script type=module>console.log(import.meta.url)</script>",
        "<script>gl.createShader(1); colony.worker.register()</script>",
    ],
    find,
};

pub(super) const CODE_MAKERS: &[&[&str]] = &[
    &["Worker"],
    &["SharedWorker"],
    &["navigator", "serviceWorker"],
    &["WebAssembly"],
    &["ShadowRealm"],
];

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for script in context.page.scripts() {
        let tag = context.page.element(script.element).and_then(|element| element.start_tag);
        if let Some(tag) = tag.filter(|_| script.kind == ScriptKind::ImportMap) {
            diagnostics.deny(tag, "this sets where other code is loaded from");
        }
    }
    for tree in context.trees {
        for access in tree.global_accesses().iter().filter(|access| is_used(access)) {
            if CODE_MAKERS.contains(&&*access.path) {
                let name = access.path.join(".");
                let why = format!("`{name}` runs code that is not in the page");
                powers::report_access(tree, access, why, diagnostics);
            }
        }
        let imports = tree.nodes(&[AstType::ImportExpression]).map(|kind| kind.span());
        let calls = tree.methods().iter().filter(|method| brings_code(tree, method));
        for span in imports.chain(calls.map(|method| method.call.span)) {
            diagnostics.deny(tree.source_span(span), "this brings in code that was never checked");
        }
    }
}

fn is_used(access: &GlobalAccess<'_>) -> bool {
    match access.usage {
        AccessKind::Called | AccessKind::Taken => true,
        AccessKind::Member(name) => name != "prototype",
        AccessKind::Tested | AccessKind::Written => false,
    }
}

fn brings_code<'a>(tree: &ScriptTree<'a>, method: &MethodCall<'a>) -> bool {
    let name = match method.name {
        "addModule" => return true,
        "createElement" => tree.argument(method.call, 0),
        "createElementNS" => tree.argument(method.call, 1),
        _ => return false,
    };
    let name = name.and_then(|name| tree.constant(name));
    name.is_some_and(|name| name.eq_ignore_ascii_case("script"))
}
