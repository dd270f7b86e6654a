//! Handlers that scripts make: in the markup they write, and by `setAttribute`.
//!
//! One game in twenty-five writes `<b onclick="flip(${i})">` into its markup.
//! A mark takes the place of the handler, and attributes keep what stood in
//! its gaps; a script binds each marked element when it comes into the page.
//! What a gap held is read as a value and never run.

use oxc_ast::ast::{CallExpression, Expression, IdentifierReference, StringLiteral};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{Code, Goal, Handler, Skeleton, Tree, analyse};
use crate::page::{Page, Place, Span};
use crate::rules::edit::Edits;
use crate::rules::{Edit, Fix, Look, Notes};

use super::no_inline_handler::{body, is_safe};
use super::scope::lift;

/// What marks are called, before their number.
const MARK: &str = "data-made-";

/// Finds handlers that code makes.
pub(super) fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    let mut next = first_free(look.page.source());
    for tree in look.trees.iter().filter(|tree| tree.code.goal != Goal::Handler) {
        for method in tree.methods().iter().filter(|method| method.name == "setAttribute") {
            judge_call(tree, method.call, notes);
        }
        for kind in tree.nodes(TEXTS).filter(|kind| may_be_markup(tree, *kind)) {
            if let Some(skeleton) = tree.skeleton(kind) {
                judge_markup(tree, kind.span(), &skeleton, &mut next, notes);
            }
        }
    }
}

/// What may be markup.
const TEXTS: &[AstType] =
    &[AstType::StringLiteral, AstType::TemplateLiteral, AstType::BinaryExpression];

/// The number after the highest one that is taken.
fn first_free(source: &str) -> usize {
    let taken = source.match_indices(MARK).filter_map(|(at, _)| {
        let rest = source.get(at + MARK.len()..)?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..digits)?.parse::<usize>().ok()
    });
    taken.max().map_or(1, |last| last.saturating_add(1))
}

/// Whether a closer look is worth it.
fn may_be_markup(tree: &Tree<'_>, kind: AstKind<'_>) -> bool {
    let raw = match kind {
        AstKind::StringLiteral(text) => tree.text(text.span),
        AstKind::TemplateLiteral(text) => tree.text(text.span),
        AstKind::BinaryExpression(sum) => tree.text(sum.span),
        _ => return false,
    };
    raw.contains('<') && raw.contains('=') && raw.to_ascii_lowercase().contains("on")
}

/// Text as markup; cells and rows are read where they may stand.
struct Markup {
    page: Page,
    /// How much was written before it so that it may.
    offset: usize,
}

impl Markup {
    fn read(text: &str) -> Self {
        const TABLE: &str = "<table><tr>";
        let first = text.split('<').nth(1).unwrap_or_default().to_ascii_lowercase();
        let is_of_table = ["td", "th", "tr", "tbody", "thead"].iter().any(|n| first.starts_with(n));
        let around = if is_of_table { TABLE } else { "" };
        Self { page: Page::read(&format!("{around}{text}")), offset: around.len() }
    }
}

fn judge_markup(
    tree: &Tree<'_>,
    span: oxc_span::Span,
    skeleton: &Skeleton,
    next: &mut usize,
    notes: &mut Notes,
) {
    let markup = Markup::read(skeleton.text());
    let codes: Vec<_> = markup.page.codes();
    if codes.iter().all(|code| code.goal != Goal::Handler) {
        return;
    }
    analyse(codes, |handlers| {
        for handler in markup.page.handlers() {
            let found = handlers.iter().find(|tree| is_of(&tree.code, &handler));
            let (Some(place), Some(code)) = (&handler.attribute.place, found) else { continue };
            let name = handler.attribute.name();
            let made = Made { tree, skeleton, offset: markup.offset, place, mark: mark(*next) };
            if let Some(fix) = made.fix(&name.to_ascii_lowercase(), code) {
                let why = format!("the code of `{name}` stands in the markup made here");
                *next += 1;
                notes.repair(made.span().unwrap_or(tree.place(span)), why, fix);
            } else {
                let why = format!("the markup made here has `{name}`, which does not run");
                notes.deny(tree.place(span), why);
            }
        }
    });
}

fn mark(number: usize) -> String {
    format!("{MARK}{number}")
}

fn is_of(code: &Code, handler: &Handler<'_>) -> bool {
    code.element == handler.id && code.attribute == Some(handler.number)
}

/// A handler in markup that code makes.
struct Made<'t, 'a> {
    /// The code that makes it.
    tree: &'t Tree<'a>,
    skeleton: &'t Skeleton,
    offset: usize,
    /// Where it stands in the markup, `offset` bytes on.
    place: &'t Place,
    mark: String,
}

impl Made<'_, '_> {
    /// A part of the skeleton as a place in the document.
    fn written(&self, part: std::ops::Range<usize>) -> Option<Span> {
        let code = self.skeleton.written(part)?;
        Some(self.tree.code.text.span(code.start, code.end))
    }

    fn whole(&self) -> std::ops::Range<usize> {
        self.place.whole.start - self.offset..self.place.whole.end - self.offset
    }

    /// Where the attribute begins.
    fn span(&self) -> Option<Span> {
        let start = self.whole().start;
        let name = self.place.name.end - self.place.name.start;
        self.written(start..start + name)
    }

    fn fix(&self, slot: &str, handler: &Tree<'_>) -> Option<Fix> {
        if !handler.problems.is_empty() {
            return None;
        }
        let gaps = self.gaps();
        let changes = read_gaps(handler, &gaps, &self.mark)?;
        let is_declared = |name: &str| self.tree.is_declared(name);
        let code = lift(handler, is_declared, changes).filter(|code| is_safe(code))?;
        let binding = format!(
            "bindMarkup(\"{}\", \"{slot}\", function (event) {{{}}});",
            self.mark,
            body(&code)
        );
        Some(Fix { edits: self.edits(&gaps)?, bindings: vec![binding] })
    }

    /// The gaps of this attribute, with their places in the skeleton.
    fn gaps(&self) -> Vec<(String, std::ops::Range<usize>)> {
        let whole = self.whole();
        let text = self.skeleton.text().get(whole.clone()).unwrap_or_default();
        let found = self.skeleton.gaps().filter_map(|gap| {
            let at = text.find(&gap)? + whole.start;
            Some((gap.clone(), at..at + gap.len()))
        });
        found.collect()
    }

    /// The mark in place of the handler, and an attribute around each gap.
    fn edits(&self, gaps: &[(String, std::ops::Range<usize>)]) -> Option<Vec<Edit>> {
        let whole = self.whole();
        if gaps.is_empty() {
            return Some(vec![Edit::new(self.written(whole)?, self.mark.clone())]);
        }
        self.place.quote?;
        // As it is written in the code: `\"` inside `"`.
        let quote = self.written(whole.end - 1..whole.end)?;
        let code = self.skeleton.written(whole.end - 1..whole.end)?;
        let quote_text = self.tree.code.text.text().get(code)?;
        let mut edits = Vec::new();
        let mut start = whole.start;
        for (number, (_, gap)) in gaps.iter().enumerate() {
            let before = if number == 0 { self.mark.clone() } else { quote_text.to_owned() };
            let text = format!("{before} {}-{}={quote_text}", self.mark, number + 1);
            edits.push(Edit::new(self.written(start..gap.start)?, text));
            start = gap.end;
        }
        let end = self.written(start..whole.end)?;
        edits.push(Edit::new(Span::new(end.start, quote.end), quote_text));
        Some(edits)
    }
}

/// What reads the gaps where the handler runs; nothing if one is more than a value.
fn read_gaps(
    handler: &Tree<'_>,
    gaps: &[(String, std::ops::Range<usize>)],
    mark: &str,
) -> Option<Edits> {
    let mut edits = Edits::default();
    for (number, (gap, _)) in gaps.iter().enumerate() {
        let name = format!("(this, \"{mark}-{}\")", number + 1);
        let mut places = 0;
        for kind in handler.nodes(&[AstType::IdentifierReference, AstType::StringLiteral]) {
            let edit = match kind {
                AstKind::IdentifierReference(id) if id.name == gap.as_str() => {
                    value(handler, id, &name)
                }
                AstKind::StringLiteral(text) if text.value.contains(gap.as_str()) => {
                    text_edits(handler, text, gap, &name)
                }
                _ => continue,
            };
            places += 1;
            if !edits.add(&edit?) {
                return None;
            }
        }
        if places != handler.code.text.text().matches(gap.as_str()).count() {
            return None;
        }
    }
    Some(edits)
}

/// A gap that is a value of its own: an argument, an operand. Not what is called or looked into.
fn value(handler: &Tree<'_>, id: &IdentifierReference<'_>, name: &str) -> Option<Vec<Edit>> {
    let is_value = match handler.parent(id.node_id.get()) {
        AstKind::CallExpression(call) => call.callee.span() != id.span,
        AstKind::BinaryExpression(_)
        | AstKind::ArrayExpression(_)
        | AstKind::ConditionalExpression(_)
        | AstKind::LogicalExpression(_)
        | AstKind::UnaryExpression(_) => true,
        AstKind::ComputedMemberExpression(member) => member.object.span() != id.span,
        AstKind::AssignmentExpression(set) => set.right.span() == id.span,
        _ => false,
    };
    is_value.then(|| vec![Edit::new(span(id.span), format!("markupValue{name}"))])
}

/// A gap inside text: the text is put together where the handler runs.
fn text_edits(
    handler: &Tree<'_>,
    text: &StringLiteral<'_>,
    gap: &str,
    name: &str,
) -> Option<Vec<Edit>> {
    let raw = handler.text(text.span);
    let quote = raw.get(..1)?;
    let whole = span(text.span);
    let at = whole.start + raw.find(gap)?;
    Some(vec![
        Edit::insert(whole.start, "("),
        Edit::new(Span::new(at, at + gap.len()), format!("{quote} + markupText{name} + {quote}")),
        Edit::insert(whole.end, ")"),
    ])
}

fn span(span: oxc_span::Span) -> Span {
    let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
    Span::new(at(span.start), at(span.end))
}

/// The name of the handler that a call of `setAttribute` sets.
fn handler_set<'a>(tree: &Tree<'a>, call: &'a CallExpression<'a>) -> Option<String> {
    let name = tree.constant(tree.argument(call, 0)?)?.to_ascii_lowercase();
    let is_handler =
        name.starts_with("on") && !matches!(name.as_str(), "on" | "once" | "online" | "only");
    is_handler.then_some(name)
}

/// `el.setAttribute('onclick', 'go()')` fills the slot with a function instead.
fn judge_call<'a>(tree: &Tree<'a>, call: &'a CallExpression<'a>, notes: &mut Notes) {
    let Some(name) = handler_set(tree, call) else { return };
    let place = tree.place(call.span);
    match slot_filled(tree, call, &name) {
        Some(edit) => {
            let why = "`setAttribute` sets code as text, which does not run";
            notes.repair(place, why, Fix::edit(edit));
        }
        None => notes.deny(place, "`setAttribute` sets code as text, which does not run"),
    }
}

fn slot_filled<'a>(tree: &Tree<'a>, call: &'a CallExpression<'a>, name: &str) -> Option<Edit> {
    let Expression::StaticMemberExpression(member) = &call.callee else { return None };
    let is_statement = matches!(tree.parent(call.node_id.get()), AstKind::ExpressionStatement(_));
    let code = tree.constant(tree.argument(call, 1)?)?;
    if !is_statement || member.optional || !name.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let page = Page::read(&format!(
        "<b {name}=\"{}\">",
        code.replace('&', "&amp;").replace('"', "&quot;")
    ));
    let lifted = analyse(page.codes(), |handlers| {
        let handler = handlers.first().filter(|handler| handler.problems.is_empty())?;
        lift(handler, |name| tree.is_declared(name), Edits::default())
    });
    let code = lifted.filter(|code| is_safe(code))?;
    let after = oxc_span::Span::new(member.object.span().end, call.span.end);
    Some(Edit::new(tree.place(after), format!(".{name} = function (event) {{{}}}", body(&code))))
}
