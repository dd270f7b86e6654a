//! `missing-element`: what the code looks up is in the page, or made by it.
//!
//! Only lookups by one literal id, class or tag count, and only if the code breaks without the
//! element. An element whose purpose the code tells is put into the page; one whose name is only
//! written otherwise is called by its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::page::{Element, HtmlPage, NodeId, Span};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::element_uses::{ElementLookup, is_in_function, lookups, rebuilds_body};
use super::made_elements::MadeElements;
use super::new_element::new_element;
use super::page_names::has_unread_code;
use super::selector::Selector;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "missing-element",
    severity: Severity::Warn,
    title: "an element is used that the page does not have",
    help: "Put the element into the page, or look it up by the id that it has.",
    why: "Looking up what is not there gives null, and using that throws a TypeError: the game stops there.",
    fail: &[
        "<script>document.getElementById('score').textContent = 1</script>",
        "<script>const $ = id => document.getElementById(id); $('score').textContent = 1</script>",
        "<script>function $(s) { return document.querySelector(s) } $('#score').textContent = 1</script>",
        "<script>const byId = (id) => { return document.querySelector('#' + id) }; byId('score').textContent = 1</script>",
        "<script>const $ = document.querySelector.bind(document); const e = $('.hud'); e.title = 1</script>",
        "<script>const el = function (id) { return document.getElementById(`hud-${id}`) }</script><script>el('top').title = 1</script>",
        "<script>const c = document.getElementById('game'); const x = c.getContext('2d')</script>",
        "<canvas id=game></canvas><script>document.querySelector('#board').getContext('2d')</script>",
        "<p id=Score></p><script>document.getElementById('score').textContent = 1</script>",
        "<script>document.querySelector('.hud').style.display = 'none'</script>",
        "<script>document.querySelector('canvas').getContext('2d')</script>",
        "<script>let b; function init() { b = document.getElementById('go'); b.onclick = init } init()</script>",
        "<script>const b = document.getElementById('go')</script><script>b.addEventListener('click', alert)</script>",
        "<script>const hud = window.document.getElementById('h' + 'ud'); function f() { hud.innerHTML = '' } f()</script>",
        "<style>#score { color: red }</style><script>document.getElementById('score').innerText = 1</script>",
        "<p id=a></p><script>localStorage.setItem('score', 1); document.getElementById('score').title = 1</script>",
    ],
    pass: &[
        "<p id=score></p><script>document.getElementById('score').textContent = 1</script>",
        "<script>const e = document.getElementById('score'); if (e) e.textContent = 1</script>",
        "<script>document.getElementById('score')?.remove(); document.getElementById('pad')</script>",
        "<script>const e = document.getElementById('score'); if (!e) throw 1; e.title = 1</script>",
        "<script>document.body.innerHTML = '<p id=score></p>'; document.getElementById('score').title = 1</script>",
        "<script>document.body.innerHTML += `<b id=\"cell-${1}\"></b>`; document.getElementById('cell-1').title = 1</script>",
        "<script>const e = document.createElement('p'); e.id = 'hud'; document.getElementById('hud').title = 1</script>",
        "<script>const e = document.createElement('p'); e.className = 'a hud'; document.querySelector('.hud').title = 1</script>",
        "<script>const e = document.createElement('p'); e.classList.add('hud'); document.querySelector('.hud').title = 1</script>",
        "<script>const e = document.createElement('p'); e.setAttribute('id', 'hud'); document.getElementById('hud').title = 1</script>",
        "<script>const e = document.createElement('p'); e.id = 'c' + 1; document.getElementById('c1').title = 1</script>",
        "<script>function make(id) { const e = document.createElement('p'); e.id = id } make('hud'); document.getElementById('hud').title = 1</script>",
        "<script>Object.assign(document.createElement('p'), { id: 'hud' }); document.getElementById('hud').title = 1</script>",
        "<script>document.body.append(document.createElement('canvas')); document.querySelector('canvas').getContext('2d')</script>",
        "<script>document.querySelector('#a .b').title = 1; document.body.title = document.querySelector('body').title</script>",
        "<script>try { document.getElementById('score').title = 1 } catch {}</script>",
        "<script>const c = document.getElementById('c') || document.createElement('canvas'); c.getContext('2d')</script>",
        "<template><p id=card></p></template><script>document.getElementById('card').title = 1</script>",
        "<script type=text/x-template><p id=card></p></script><script>document.getElementById('card').title = 1</script>",
        "<script>const other = { getElementById: () => ({}) }; other.getElementById('x').title = 1</script>",
        "<script>let e = document.getElementById('x'); e = document.body; e.title = 1</script>",
        "<p id=score></p><script>const $ = id => document.getElementById(id); $('score').textContent = 1; $('pad')?.remove()</script>",
        "<script>const $ = id => document.getElementById(id); const e = $('score'); if (e) e.title = 1</script>",
        "<script>const $ = id => document.getElementById(id) || document.body; $('score').title = 1</script>",
        "<script>let $ = id => document.getElementById(id); $ = () => document.body; $('score').title = 1</script>",
        "<script>const $ = (id, root) => document.getElementById(id); const j = q => other.querySelector(q); const other = { querySelector: () => ({}) }; j('p').title = 1</script>",
        "<p id=hud-top></p><script>const $ = id => document.getElementById('hud-' + id); $('top').title = 1</script>",
        "<script>const $ = id => document.getElementById(id); const make = id => { const p = document.createElement('p'); p.id = id; document.body.append(p) }; make('score'); $('score').title = 1</script>",
    ],
    find,
};

/// Most elements that are put into a page; one that lacks more is not nearly a game.
const MAX_NEW: usize = 64;

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let lookups = lookups(context);
    if lookups.is_empty() || has_unread_code(context) {
        return;
    }
    let literals = lookups.iter().filter_map(|lookup| Some((lookup.tree, lookup.literal?)));
    let made = MadeElements::new(context, &literals.collect());
    let mut missing: BTreeMap<&Selector, Vec<&ElementLookup<'_>>> = BTreeMap::new();
    for lookup in lookups.iter().filter(|lookup| !is_made(&made, &lookup.selector)) {
        missing.entry(&lookup.selector).or_default().push(lookup);
    }
    let looked_up: BTreeSet<_> = lookups.iter().map(|lookup| &lookup.selector).collect();
    for (number, (selector, lookups)) in missing.into_iter().enumerate() {
        let needed = lookups.iter().filter(|lookup| lookup.is_needed);
        let Some(span) = needed.map(|lookup| place(context, lookup)).min() else { continue };
        let missing = Missing { selector, lookups: &lookups, looked_up: &looked_up };
        let fix = (number < MAX_NEW).then(|| missing.fix(context)).flatten();
        diagnostics.advise(span, why(selector), fix);
    }
}

fn is_made(made: &MadeElements, selector: &Selector) -> bool {
    match selector {
        Selector::Id(name) | Selector::Class(name) => made.has_name(name),
        Selector::Tag(tag) => made.has_tag(tag),
    }
}

fn place(context: &RuleContext<'_, '_>, lookup: &ElementLookup<'_>) -> Span {
    let tree = context.trees.get(lookup.tree);
    tree.map_or(Span::new(0, 0), |tree| tree.source_span(lookup.call.span))
}

fn why(selector: &Selector) -> String {
    match selector {
        Selector::Id(id) => format!("no element has the id `{id}`, and the code uses it"),
        Selector::Class(class) => {
            format!("no element has the class `{class}`, and the code uses one")
        }
        Selector::Tag(tag) => format!("the page has no `{tag}` element, and the code uses one"),
    }
}

/// An element that is missing, with everything that looks it up.
struct Missing<'m, 'a> {
    selector: &'m Selector,
    lookups: &'m [&'m ElementLookup<'a>],
    /// What the page looks up at all.
    looked_up: &'m BTreeSet<&'m Selector>,
}

impl Missing<'_, '_> {
    fn fix(&self, context: &RuleContext<'_, '_>) -> Option<FindingFix> {
        let members: BTreeSet<_> = self
            .lookups
            .iter()
            .flat_map(|lookup| lookup.members.iter().map(String::as_str))
            .collect();
        if rebuilds_body(context.trees) || !self.lookups.iter().all(|one| is_in_time(context, one))
        {
            return None;
        }
        let element = new_element(self.selector, &members)?;
        if let Selector::Id(id) = self.selector {
            match self.existing(context.page, id, element.tag) {
                Some((_, other)) if other.value("id").is_some_and(|id| !id.is_empty()) => {
                    return self.rename(context, other.value("id")?);
                }
                Some((_, other)) => return name(other, id),
                None => {}
            }
        }
        let edit = TextEdit::insert(place_for_element(context.page)?, element.html);
        Some(FindingFix::from_edit(edit))
    }

    /// The element that is meant: it has the id in another spelling, or it is the only canvas and
    /// nobody else looks for it.
    fn existing<'p>(
        &self,
        page: &'p HtmlPage,
        id: &str,
        tag: &str,
    ) -> Option<(NodeId, &'p Element)> {
        let spelt = |id: &str| id.to_ascii_lowercase().replace(['-', '_'], "");
        let mut same = page.elements().filter(|(_, element)| {
            let own = element.value("id").unwrap_or_default();
            spelt(own) == spelt(id) && !own.is_empty()
        });
        if let (Some(only), None) = (same.next(), same.next()) {
            return Some(only);
        }
        let mut of_kind = page.elements().filter(|(_, element)| element.is(tag));
        let only = match (of_kind.next(), of_kind.next()) {
            (Some(only), None) if tag == "canvas" => only,
            _ => return None,
        };
        let own = Selector::Id(only.1.value("id").unwrap_or_default().to_owned());
        let by_tag = Selector::Tag(tag.to_owned());
        let is_free = !self.looked_up.contains(&own) && !self.looked_up.contains(&by_tag);
        is_free.then_some(only)
    }

    /// Looks the element up by the id that it has.
    fn rename(&self, context: &RuleContext<'_, '_>, id: &str) -> Option<FindingFix> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let edit = |lookup: &&ElementLookup<'_>| {
            let span = context.trees.get(lookup.tree)?.source_span(lookup.literal?);
            let written = span.text_in(context.page.source());
            let quote = written.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
            let hash = if written.get(1..)?.trim_start().starts_with('#') { "#" } else { "" };
            Some(TextEdit::new(span, format!("{quote}{hash}{id}{quote}")))
        };
        let edits = id.chars().all(is_plain).then(|| self.lookups.iter().map(edit).collect());
        let edits: Option<Vec<_>> = edits.flatten();
        edits.map(|edits| FindingFix { edits, ..FindingFix::default() })
    }
}

/// Gives the element the id that it is looked up by.
fn name(element: &Element, id: &str) -> Option<FindingFix> {
    let tag = element.start_tag.filter(|_| element.attribute("id").is_none())?;
    let at = tag.start + 1 + element.name().len();
    Some(FindingFix::from_edit(TextEdit::insert(at, format!(" id=\"{id}\""))))
}

/// Whether an element in the body is there when it is looked up.
fn is_in_time(context: &RuleContext<'_, '_>, lookup: &ElementLookup<'_>) -> bool {
    let Some(tree) = context.trees.get(lookup.tree) else { return false };
    let mut around = std::iter::successors(Some(tree.code.element), |id| {
        context.page.parent(*id).map(|(parent, _)| parent)
    });
    let is_in_head =
        around.any(|id| context.page.element(id).is_some_and(|element| element.is("head")));
    !is_in_head || is_in_function(tree, lookup.call.node_id.get())
}

/// Elements that take any other.
const PLACES: &[&str] = &["body", "div", "main", "section", "article", "center"];

/// Before the first script of the body, or at its end. `None` where no element can be.
fn place_for_element(page: &HtmlPage) -> Option<usize> {
    let first = page.elements().find(|(id, element)| {
        element.is("script") && !page.is_in_template(*id) && parent_name(page, *id) != "head"
    });
    let Some((id, script)) = first else {
        let end = page.body_end().or(page.html_end()).map(|tag| tag.start);
        return Some(end.unwrap_or(page.source().len()));
    };
    let is_free = PLACES.contains(&parent_name(page, id));
    script.start_tag.filter(|_| is_free).map(|tag| tag.start)
}

fn parent_name(page: &HtmlPage, id: NodeId) -> &str {
    page.parent(id).map_or("", |(_, parent)| parent.name())
}
