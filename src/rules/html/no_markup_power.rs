//! `no-markup-power`: markup requests nothing from the browser that no game gets.
//!
//! Some powers need no script: an element that asks for the player's location, an attribute that
//! reports to an advertiser or offers a form to an agent, a tag in the head that enables an
//! experiment. If the page is the same without it, it is removed. A file input is only a warning:
//! the page can read what the player chooses, but cannot send it.

use oxc_ast::ast::Expression;
use oxc_span::GetSpan as _;

use crate::page::script::{Assignment, MethodCall, ScriptTree};
use crate::page::{Attribute, AttributePlace, Element, HtmlPage, Span};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-markup-power",
    severity: Severity::Deny,
    title: "markup requests a forbidden browser feature",
    help: "Leave it out: a game needs plain elements and its own script.",
    why: "Elements and attributes can ask for the player's location, cards and passwords, or \
        report to others, without any script.",
    fail: &[
        "<geolocation></geolocation>",
        "<USERMEDIA type='camera'></USERMEDIA>",
        "<permission type='camera microphone'></permission>",
        "<template><install></install></template>",
        "<form toolname=buy tooldescription=x toolautosubmit></form>",
        "<a attributionsrc href='#'>x</a>",
        "<img attributionsrc='https://x' src='data:,'>",
        "<img browsingtopics src='data:,'>",
        "<img sharedstoragewritable src='data:,'>",
        "<input autocomplete='billing CC-Number'>",
        "<form autocomplete=cc-csc></form>",
        "<input autocomplete='current-password'>",
        "<input type=file capture=user accept='image/*'>",
        "<input type=file webkitdirectory>",
        "<input type=file>",
        "<input TYPE=Password>",
        "<meta http-equiv='Origin-Trial' content=x>",
        "<meta http-equiv=accept-ch content='sec-ch-ua-model'>",
        "<meta http-equiv=delegate-ch content='sec-ch-ua https://x'>",
        "<meta http-equiv=' x-dns-prefetch-control ' content=on>",
        "<meta http-equiv=set-cookie content='a=1'>",
        "<meta http-equiv=content-security-policy-report-only content=x>",
        "<p><meta http-equiv=origin-trial content=x></p>",
        "<div><template shadowrootmode=closed><a href='#'>x</a></template></div>",
        "<script>document.createElement('geo' + 'location')</script>",
        "<script>img.setAttribute('attributionsrc', 'https://x')</script>",
        "<script>img.attributionSrc = 'https://x'</script>",
        "<script>form.toggleAttribute('toolautosubmit')</script>",
        "<script>input.type = 'password'</script>",
        "<script>input.setAttribute('autocomplete', 'cc-number')</script>",
        "<script>input.autocomplete = 'cc-number'</script>",
        "<script>const i = document.createElement('input'); i.type = 'file'; i.click()</script>",
    ],
    pass: &[
        "<meta http-equiv=content-type content='text/html; charset=utf-8'>",
        "<meta http-equiv='X-UA-Compatible' content='ie=edge'><meta http-equiv=content-language content=en>",
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'\">",
        "<meta http-equiv='Cache-Control' content='no-cache'><meta http-equiv=expires content=0>",
        "<meta name=theme-color content='#000'><meta http-equiv=refresh content=5>",
        "<input type=text autocomplete=off><input autocomplete=nickname><form autocomplete=off></form>",
        "<input type=range><input type=color><input>",
        "<div><template shadowrootmode=open><b>x</b></template></div>",
        "<game-board capture=1></game-board><p class=permission>geolocation</p>",
        "<script>move.capture = piece; tile.type = 'grass'; input.type = 'text'</script>",
        "<script>document.createElement('canvas'); el.setAttribute('title', 'capture')</script>",
        "<button command='show-modal' commandfor=d interestfor=d>x</button><dialog id=d></dialog>",
    ],
    find,
};

/// Elements that request a power.
const ELEMENTS: &[&str] = &["geolocation", "usermedia", "permission", "install"];

/// Attributes of any element that report to others or offer the page to an agent.
const ATTRIBUTES: &[&str] = &[
    "attributionsrc",
    "browsingtopics",
    "sharedstoragewritable",
    "adauctionheaders",
    "privatetoken",
    "toolname",
    "tooldescription",
    "toolautosubmit",
    "toolparamtitle",
    "toolparamdescription",
];

/// Attributes of an input that opens a camera or takes a whole directory.
const OF_FIELDS: &[&str] = &["capture", "webkitdirectory", "directory"];

/// Allowed values of `http-equiv`. The policy is replaced by hardening, `no-navigation` checks
/// refreshes, and caching headers do nothing.
const EQUIVALENTS: &[&str] = &[
    "",
    "content-type",
    "content-language",
    "default-style",
    "x-ua-compatible",
    "content-security-policy",
    "refresh",
    "cache-control",
    "pragma",
    "expires",
    "imagetoolbar",
];

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for (_, element) in context.page.elements() {
        if let Some(tag) = element.start_tag {
            check_markup(context.page, (element, tag), diagnostics);
        }
    }
    for tree in context.trees {
        for set in tree.assignments() {
            check_assignment(tree, set, diagnostics);
        }
        for method in tree.methods() {
            check_method(tree, method, diagnostics);
        }
    }
}

fn check_markup(page: &HtmlPage, (element, tag): (&Element, Span), diagnostics: &mut Diagnostics) {
    if ELEMENTS.iter().any(|name| element.is(name)) {
        let why = format!("`{}` requests a browser feature that no game may use", element.name());
        diagnostics.deny(tag, why);
    }
    for attribute in &element.attributes {
        let Some(place) = &attribute.place else { continue };
        if let Some(why) = removal_reason(element, attribute) {
            let edit = TextEdit::remove_attribute(page.source(), place.whole);
            diagnostics.repair(place.whole, why, FindingFix::from_edit(edit));
        }
        check_value(element, (attribute, place), diagnostics);
    }
}

/// Why an attribute is removed. `None` if it is not.
fn removal_reason(element: &Element, attribute: &Attribute) -> Option<String> {
    let name = &**attribute.local();
    let lower = name.to_ascii_lowercase();
    if ATTRIBUTES.contains(&lower.as_str()) {
        return Some(format!("`{name}` reports to others"));
    }
    if element.is("input") && OF_FIELDS.contains(&name) {
        return Some(format!("`{name}` asks the player for more than a file"));
    }
    if name == "autocomplete" && fills_in(&attribute.value) {
        return Some("`autocomplete` asks for a card or a password".to_owned());
    }
    let equiv = attribute.value.trim_ascii().to_ascii_lowercase();
    let orders = element.is("meta") && name == "http-equiv";
    (orders && !EQUIVALENTS.contains(&equiv.as_str()))
        .then(|| format!("`{name}` gives the browser an instruction that no game needs"))
}

/// Whether a browser would fill in what only a shop or an account needs.
fn fills_in(tokens: &str) -> bool {
    let tokens = tokens.to_ascii_lowercase();
    tokens.split_ascii_whitespace().any(|token| {
        token.starts_with("cc-")
            || matches!(token, "current-password" | "new-password" | "one-time-code" | "webauthn")
    })
}

/// Checks values that request a power where the attribute alone does not.
fn check_value(
    element: &Element,
    (attribute, place): (&Attribute, &AttributePlace),
    diagnostics: &mut Diagnostics,
) {
    let value = attribute.value.to_ascii_lowercase();
    match (element.name(), &**attribute.local(), value.as_str()) {
        ("input", "type", "password") => {
            let fix = FindingFix::from_edit(TextEdit::new(place.whole, "type=\"text\""));
            diagnostics.repair(place.whole, PASSWORD, fix);
        }
        ("input", "type", "file") => diagnostics.warn(place.whole, FILE),
        ("template", "shadowrootmode", "closed") => {
            let fix = FindingFix::from_edit(TextEdit::new(place.whole, "shadowrootmode=\"open\""));
            diagnostics.repair(
                place.whole,
                "a closed root hides what is in it from the guard",
                fix,
            );
        }
        _ => {}
    }
}

const PASSWORD: &str = "a game needs no password field";
const FILE: &str = "the player chooses a file here: the game can read it, but cannot send it";

fn check_assignment<'a>(
    tree: &ScriptTree<'a>,
    set: &Assignment<'a>,
    diagnostics: &mut Diagnostics,
) {
    let Some(key) = set.key else { return };
    let place = tree.source_span(set.set.span);
    if matches!(key, "attributionSrc" | "browsingTopics" | "sharedStorageWritable") {
        diagnostics.deny(place, format!("`{key}` reports to others"));
    }
    if matches!(key, "type" | "autocomplete") {
        check_script_value(tree, (key, &set.set.right), diagnostics);
    }
}

fn check_method<'a>(tree: &ScriptTree<'a>, method: &MethodCall<'a>, diagnostics: &mut Diagnostics) {
    let made = match method.name {
        "createElement" | "setAttribute" | "toggleAttribute" => 0,
        "createElementNS" | "setAttributeNS" => 1,
        _ => return,
    };
    let name = tree.argument(method.call, made).and_then(|name| tree.constant(name));
    let Some(name) = name.map(|name| name.to_ascii_lowercase()) else { return };
    let place = tree.source_span(method.call.span);
    if method.name.starts_with("create") {
        if ELEMENTS.contains(&name.as_str()) {
            diagnostics
                .deny(place, format!("`{name}` requests a browser feature that no game may use"));
        }
    } else if ATTRIBUTES.contains(&name.as_str()) || OF_FIELDS.contains(&name.as_str()) {
        diagnostics.deny(place, format!("`{name}` requests what no game may use"));
    } else if let Some(value) = tree.argument(method.call, made + 1) {
        check_script_value(tree, (&name, value), diagnostics);
    }
}

/// Checks the type or the autocompletion that a script gives an input.
fn check_script_value<'a>(
    tree: &ScriptTree<'a>,
    (key, value): (&str, &'a Expression<'a>),
    diagnostics: &mut Diagnostics,
) {
    let Some(text) = tree.constant(value).map(|text| text.to_ascii_lowercase()) else { return };
    let place = tree.source_span(value.span());
    match key {
        "type" if text == "password" => diagnostics.warn(place, PASSWORD),
        "type" if text == "file" => diagnostics.warn(place, FILE),
        "autocomplete" if fills_in(&text) => {
            diagnostics.deny(place, "`autocomplete` asks for a card or a password");
        }
        _ => {}
    }
}
