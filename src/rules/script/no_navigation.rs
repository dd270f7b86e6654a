//! `no-navigation`: a game stays on its page. (CWE-601)
//!
//! A URL can carry away what the page knows, and what it opens was never checked. Reloading the
//! file and moving within it are harmless: many real games restart by `location.reload()`, so both
//! are allowed, and so is the page itself with another query. A menu in a second file does not
//! exist, so links to it are removed. An external link loses its address: players would press one
//! that covers the whole game.

use oxc_ast::ast::{AssignmentExpression, Expression};
use oxc_span::GetSpan as _;

use crate::page::script::{
    AccessKind, GlobalAccess, GlobalCall, MethodCall, ParseGoal, ScriptTree,
};
use crate::page::url::{UrlTarget, url_target};
use crate::page::{Element, HtmlPage, Namespace, Span};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::gives_away;
use super::other_file::{FileAddresses, is_inside, leave_out};
use super::own_page::{is_own, whole};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-navigation",
    severity: Severity::Deny,
    title: "the page navigates away or opens another page",
    help: "Show another part of the same page; `location.reload()` starts over.",
    why: "An address can carry data away, and the page that it opens was never checked.",
    fail: &[
        "<script>location = 'https://x'</script>",
        "<script>location.href = 'https://x/?' + score</script>",
        "<script>window.location = url</script>",
        "<script>window['loc' + 'ation'] = url</script>",
        "<script>document.location.href = 'menu.html'</script>",
        "<script>top.location.href = 'https://x'</script>",
        "<script>const l = location; l.href = url</script>",
        "<script>const { location: l } = window; l.assign(url)</script>",
        "<script>location['href'] = url</script>",
        "<script>location.host = 'x'</script>",
        "<script>location.protocol += 's'</script>",
        "<script>location.assign('https://x')</script>",
        "<script>location.replace?.(`//x/${score}`)</script>",
        "<script>location.assign.call(location, url)</script>",
        "<script>const go = location.assign.bind(location); go(url)</script>",
        "<script>Reflect.set(location, 'href', url)</script>",
        "<script>Reflect.set(window, 'location', url)</script>",
        "<script>Object.assign(location, { href: url })</script>",
        "<script>(function (w) { w.location = url })(window)</script>",
        "<script>document.defaultView.location = url</script>",
        "<script>window.open('https://x')</script>",
        "<script>open('https://x')</script>",
        "<script>const { open: show } = window; show(url)</script>",
        "<script>history.back()</script>",
        "<script>history.go(-1)</script>",
        "<script>navigation.navigate(url)</script>",
        "<script>a.href = 'https://x'; a.click()</script>",
        "<script>a.setAttribute('href', 'https://x'); a.click()</script>",
        "<button onclick=\"location.href='https://x'\">x</button>",
        "<meta http-equiv=refresh content='0;url=https://x'>",
        "<meta HTTP-EQUIV=' Refresh ' content='5'>",
        "<base href='https://x/'>",
        "<form action='https://x'><input></form>",
        "<form><button formaction='//x'>x</button></form>",
        "<a href='#' ping='https://x'>x</a>",
        "<a href='https://x'>credits</a>",
        "<a target=_blank href='htt&#112;&colon;//x'>x</a>",
        "<a href='menu.html'>menu</a>",
        "<map><area shape=default href='//x'></map>",
        "<svg><a href='https://x'><rect/></a></svg>",
        "<svg><a xlink:href='https://x'><rect/></a></svg>",
        "<math href='https://x'><mtext>x</mtext></math>",
        "<a href='about:blank'>x</a>",
        "<base target=_blank>",
        "<svg><a><animate attributeName=href values='#a;https://x'/></a></svg>",
        "<svg><a id=l /><set href='#l' attributeName='xlink:href' to='//x'/></svg>",
        "<svg><a href='#'><set attributeName=target to=_blank /></a></svg>",
        "<svg><set attributeName=onclick to='x()'/></svg>",
        "<script>location = 'about:blank'</script>",
        "<script>location.href = on ? location.href : 'https://x'</script>",
        "<script>const to = on ? location.href : url; location = to</script>",
        "<script>location.href = location.href + 'x'</script>",
        "<script>location.href = location.origin + '/menu'</script>",
        "<script>const u = new URL(location.href); u.host = 'x'; location.href = u</script>",
        "<script>const u = new URL('https://x', location.href); location.href = u</script>",
        "<script>location.href = location.href.replace('a', 'b')</script>",
        "<script>history.pushState({}, '', '/level/2')</script>",
        "<script>try { history.replaceState(null, '', `menu/${n}`) } catch {}</script>",
    ],
    pass: &[
        "<script>location.reload()</script>",
        "<script>window.location.reload(true)</script>",
        "<button onclick='location.reload()'>again</button>",
        "<script>location.hash = '#level2'</script>",
        "<script>location.href = location.href</script>",
        "<script>location.replace(location.href)</script>",
        "<script>location.search = '?seed=' + seed</script>",
        "<script>const seed = new URLSearchParams(location.search).get('seed')</script>",
        "<script>if (location.protocol === 'file:') {} console.log(`${location}`)</script>",
        "<script>const { hash, search } = location</script>",
        "<script>const player = { location: 'cave' }; player.location = 'hall'</script>",
        "<script>class A { go() { this.location = 'hall'; this.open() } open() {} }</script>",
        "<script>function Player() { this.location = 'hall' }</script>",
        "<script>function Player() { this.location = 'hall'; this.open = true } var p = new Player()</script>",
        "<script>var Door = function () { this.location = 'hall' }; Door.prototype.go = 1; doors.push(new Door)</script>",
        "<script>function open() {} open()</script>",
        "<script>let location = 1; location = 2</script>",
        "<script>(function () { var location = {}; location.href = 'x' })()</script>",
        "<script>text.replace('a', 'b'); door.open(); Object.assign(a, b)</script>",
        "<script>indexedDB.open('scores'); dialog.open = true; caches</script>",
        "<script>history.replaceState(null, '', '#a'); history.go(0)</script>",
        "<script>link.href = 'https://x'</script>",
        "<script>a.href = canvas.toDataURL(); a.download = 'x.png'; a.click()</script>",
        "<script>start.click()</script><a href='#credits'>credits</a><a href='?seed=2'>again</a>",
        "<form action='#' onsubmit='return false'></form><form action=''></form><form></form>",
        "<meta http-equiv=x-ua-compatible content=ie=edge>",
        "<form action='?level=2'><button formaction='?x'>x</button></form><form method=dialog></form>",
        "<svg><use href='#a'><animate attributeName=href values='#a;#b'/></use></svg>",
        "<svg><rect><animate attributeName=x to=9 /></rect></svg>",
        "<script>location.href = location.href.split('?')[0] + '?a=1'</script>",
        "<script>const base = location.href.split(/[?#]/)[0]; location.href = base + '?a=' + a + '&b=1'</script>",
        "<script>location.href = location.href.replace(/[?#].*$/, '') + '#x'</script>",
        "<script>const url = new URL(location.href); url.searchParams.set('a', 1); location.href = url</script>",
        "<script>const url = new URL(window.location); url.search = '?a'; location.href = url.toString()</script>",
        "<script>const url = new URL('?a', document.URL); location.assign(url.href)</script>",
        "<script>history.pushState({}, '', '?level=2'); history.replaceState({}, '', location.pathname)</script>",
        "<script>history.pushState({ level }, '', url)</script>",
    ],
    find,
};

/// Parts of a URL that lead elsewhere when set. Hash and search do not.
const LEADING: &[&str] = &["href", "host", "hostname", "port", "protocol", "pathname"];

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for (_, element) in context.page.elements() {
        in_markup(context.page, element, diagnostics);
    }
    let addresses = FileAddresses::from_context(context);
    for (number, tree) in context.trees.iter().enumerate() {
        let mut left_out = Vec::new();
        for call in tree.global_calls() {
            let replacement = addresses.replacement(number, call);
            if let Some(instead) = replacement.filter(|_| !stays(tree, call)) {
                leave_out(call.span, instead, diagnostics);
                left_out.push(call.span);
            }
        }
        for access in tree.global_accesses() {
            let why = takes(access).filter(|_| !is_inside(access.span, &left_out));
            if let Some(why) = why {
                diagnostics.deny(access.span, why);
            }
        }
        let calls = tree.global_calls().iter().filter(|call| leaves_by_call(tree, call));
        for call in calls.filter(|call| !is_inside(call.span, &left_out)) {
            let first = call.arguments.first().filter(|_| is_move(call) && call.is_direct);
            addresses.report(number, call.span, first.copied(), diagnostics);
        }
        for set in tree.assignments().iter().filter(|set| leaves_by_assignment(tree, set.set)) {
            let whole = matches!(
                tree.assigned_path(&set.set.left).as_deref(),
                Some(["location"] | ["location", "href"])
            );
            let to = whole.then_some(&set.set.right);
            addresses.report(number, tree.source_span(set.set.span), to, diagnostics);
        }
        for (span, to) in own_moves(tree) {
            let edits = whole(tree, to);
            if !edits.is_empty() {
                let why = "an address of the page itself is written in full, as a frame needs it";
                diagnostics.repair(span, why, FindingFix { edits, ..FindingFix::default() });
            }
        }
        for call in tree.global_calls().iter().filter(|call| renames_page(tree, call)) {
            let why = "the page takes the address of another one, which throws in a file";
            if tree.is_caught(call) {
                diagnostics.warn(call.span, why);
            } else {
                diagnostics.deny(call.span, why);
            }
        }
        pressed_links(tree, diagnostics);
    }
}

/// `history.go(0)` loads the page again.
fn stays<'a>(tree: &ScriptTree<'a>, call: &GlobalCall<'a>) -> bool {
    let by = call.arguments.first().and_then(|by| tree.constant(by));
    call.path == ["history", "go"] && by.is_some_and(|by| by == "0")
}

/// Where the page navigates to itself, and the URL. Code of an attribute becomes a script first.
fn own_moves<'a>(tree: &ScriptTree<'a>) -> Vec<(Span, &'a Expression<'a>)> {
    if tree.code.goal == ParseGoal::Handler {
        return Vec::new();
    }
    let calls = tree.global_calls().iter().filter(|call| is_move(call));
    let calls = calls.filter_map(|call| Some((call.span, *call.arguments.first()?)));
    let is_whole = |set: &'a AssignmentExpression<'a>| {
        let path = tree.assigned_path(&set.left);
        set.operator.is_assign()
            && matches!(path.as_deref(), Some(["location"] | ["location", "href"]))
    };
    let sets = tree.assignments().iter().filter(|set| is_whole(set.set));
    let sets = sets.map(|set| (tree.source_span(set.set.span), &set.set.right));
    calls.chain(sets).filter(|(_, to)| is_own(tree, to)).collect()
}

fn is_move(call: &GlobalCall<'_>) -> bool {
    matches!(*call.path, ["location", "assign" | "replace"])
}

/// Navigation that is wrong wherever it is used.
fn takes(access: &GlobalAccess) -> Option<&'static str> {
    match *access.path {
        ["open"] if gives_away(access) => Some("`open` opens another page"),
        ["history", "back" | "forward"]
        | ["navigation", "navigate" | "back" | "forward" | "traverseTo"]
            if gives_away(access) =>
        {
            Some("this leads to another page")
        }
        ["location", "assign" | "replace"] | ["history", "go"]
            if access.usage == AccessKind::Taken =>
        {
            Some("this can lead to another page")
        }
        _ => None,
    }
}

/// Calls that depend on their arguments.
fn leaves_by_call<'a>(tree: &ScriptTree<'a>, call: &GlobalCall<'a>) -> bool {
    let first = call.arguments.first().copied();
    match *call.path {
        ["location", "assign" | "replace"] => first.is_some_and(|to| !is_own(tree, to)),
        ["history", "go"] => first.is_some_and(|by| tree.constant(by).is_none_or(|by| by != "0")),
        ["Reflect", "set"] | ["Object", "assign" | "defineProperty"] => {
            let Some(of) = first.and_then(|of| tree.path(of)) else { return false };
            let key = call.arguments.get(1).and_then(|key| tree.constant(key));
            of == ["location"] || of.is_empty() && key.is_some_and(|key| key == "location")
        }
        _ => false,
    }
}

fn leaves_by_assignment<'a>(tree: &ScriptTree<'a>, set: &'a AssignmentExpression<'a>) -> bool {
    let leads = match tree.assigned_path(&set.left).as_deref() {
        Some(["location"]) => true,
        Some(["location", key]) => LEADING.contains(key),
        _ => false,
    };
    leads && !is_own(tree, &set.right)
}

/// A change of the URL that throws in a file and leads elsewhere on reload.
fn renames_page<'a>(tree: &ScriptTree<'a>, call: &GlobalCall<'a>) -> bool {
    let to = call.arguments.get(2).copied();
    matches!(*call.path, ["history", "pushState" | "replaceState"])
        && to.is_some_and(|to| tree.constant_start(to).is_some_and(|start| !start.is_empty()))
        && to.is_some_and(|to| !is_own(tree, to))
}

/// Reports external links that the script itself clicks.
fn pressed_links(tree: &ScriptTree<'_>, diagnostics: &mut Diagnostics) {
    if !tree.methods().iter().any(presses) {
        return;
    }
    let set = tree.assignments().iter().filter_map(|set| {
        set.key.filter(|key| is_link(key))?;
        Some(&set.set.right)
    });
    let called = tree.methods().iter().filter_map(|method| {
        let name = tree.argument(method.call, 0).filter(|_| method.name == "setAttribute")?;
        is_link(&tree.constant(name)?).then(|| tree.argument(method.call, 1))?
    });
    for address in set.chain(called).filter(|address| leads_off(tree, address)) {
        let why = "the script clicks a link that leads to another page";
        diagnostics.deny(tree.source_span(address.span()), why);
    }
}

fn presses(method: &MethodCall<'_>) -> bool {
    matches!(method.name, "click" | "dispatchEvent" | "requestSubmit" | "submit")
}

/// Whether the URL of a link or form has this name.
fn is_link(name: &str) -> bool {
    matches!(name, "href" | "action" | "formAction" | "formaction")
}

fn leads_off<'a>(tree: &ScriptTree<'a>, address: &'a Expression<'a>) -> bool {
    tree.constant_start(address).is_some_and(|start| url_target(&start) == UrlTarget::Remote)
}

fn in_markup(page: &HtmlPage, element: &Element, diagnostics: &mut Diagnostics) {
    let Some(tag) = element.start_tag else { return };
    if element.is("meta") {
        let equiv = element.value("http-equiv").unwrap_or_default().trim_ascii();
        if equiv.eq_ignore_ascii_case("refresh") {
            diagnostics.deny(tag, "the page navigates away after a while");
        }
    } else if element.is("base") {
        // The policy disables it, so the page is the same without it.
        let why = "`base` redirects every address";
        diagnostics.repair(tag, why, FindingFix::from_edit(TextEdit::remove(tag)));
    }
    if let Some(attribute) = element.attribute("attributeName").filter(|_| leads_by_time(element))
        && let Some(place) = &attribute.place
    {
        let why = format!("`{}` creates a link at run time", element.name());
        let edit = TextEdit::remove_attribute(page.source(), place.whole);
        diagnostics.repair(place.whole, why, FindingFix::from_edit(edit));
    }
    let is_link = element.is("a") || element.is("area") || is_foreign_link(element);
    for attribute in &element.attributes {
        let leads = is_link && &**attribute.local() == "href" && leads_away(&attribute.value);
        let sends = match (element.name(), &**attribute.local()) {
            ("form", "action") | ("button" | "input", "formaction") => leads_away(&attribute.value),
            ("a" | "area", "ping") => true,
            _ => false,
        };
        let Some(place) = attribute.place.as_ref().filter(|_| sends || leads) else { continue };
        let does = if leads { "leads" } else { "sends data" };
        let why = format!("`{}` {does} to another page", attribute.name());
        diagnostics.repair(
            place.whole,
            why,
            FindingFix::from_edit(TextEdit::remove_attribute(page.source(), place.whole)),
        );
    }
}

/// Whether an animation sets a link's target, or code: one of an icon to another part of the
/// drawing does not.
fn leads_by_time(element: &Element) -> bool {
    let name = element.value("attributeName").unwrap_or_default().trim_ascii();
    let name = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
    let values = ["to", "from", "by", "values"].iter().filter_map(|key| element.value(key));
    let is_inside = |url: &str| {
        let start = url.trim_ascii().to_ascii_lowercase();
        start.is_empty() || start.starts_with('#') || start.starts_with("data:image/")
    };
    let mut urls = values.flat_map(|values| values.split(';'));
    element.language() == Namespace::Svg
        && match name.as_str() {
            "href" => !urls.all(is_inside),
            "target" | "ping" | "download" => true,
            name => name.starts_with("on"),
        }
}

/// SVG has its own links, and in `MathML` any element may be one.
fn is_foreign_link(element: &Element) -> bool {
    match element.language() {
        Namespace::Svg => element.name() == "a",
        Namespace::MathMl => true,
        Namespace::Html | Namespace::Other => false,
    }
}

/// Whether a link leaves the page; its own URL with another query does not.
fn leads_away(url: &str) -> bool {
    let stays = url.trim_start_matches(|c: char| c <= ' ').starts_with('?');
    let blank = url.trim_start().to_ascii_lowercase().starts_with("about:");
    !stays && (blank || matches!(url_target(url), UrlTarget::Remote | UrlTarget::Relative))
}
