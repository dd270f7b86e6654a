//! Files that are named in markup: in attributes of the page, in texts that scripts turn into
//! markup, and in styles that scripts set.

use oxc_ast::ast::{Expression, TemplateLiteral};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use crate::page::script::{ScriptElement, ScriptKind, ScriptTree};
use crate::page::url::{UrlTarget, url_target};
use crate::page::{Attribute, Element, HtmlPage, Span};
use crate::rules::html::{is_frame, loads};
use crate::rules::{RuleContext, TextEdit};

use super::stand_in::MediaKind;

/// A file that markup names.
pub(super) struct MarkupFile {
    /// Where it is named, in the page.
    pub span: Span,
    pub name: String,
    /// What puts a stand-in there. `None` if nothing can.
    pub edit: Option<TextEdit>,
}

/// The files that the markup of the page names, and those in markup that it stores as text.
pub(super) fn files_of_page(page: &HtmlPage) -> Vec<MarkupFile> {
    let mut found = files_in(page, '"', Some);
    let is_stored = |script: &ScriptElement| {
        script.kind == ScriptKind::Data && script.text.text().trim_ascii_start().starts_with('<')
    };
    for script in page.scripts().into_iter().filter(is_stored) {
        let text = &script.text;
        let place = |span: Span| text.is_verbatim().then(|| text.span(span.start, span.end));
        found.extend(files_in(&HtmlPage::parse(text.text()), '"', place));
    }
    found
}

/// The files in parsed markup, whose places are told by their places in it.
fn files_in(page: &HtmlPage, quote: char, place: impl Fn(Span) -> Option<Span>) -> Vec<MarkupFile> {
    let mut found = Vec::new();
    for (_, element) in page.elements() {
        for attribute in element.attributes.iter().filter(|one| loads(element, one)) {
            let Some((at, url)) = file_in(element, attribute) else { continue };
            let Some(span) = place(at) else { continue };
            let edit = url.map(|url| {
                TextEdit::new(span, format!("{}={quote}{url}{quote}", attribute.name()))
            });
            found.push(MarkupFile { span, name: attribute.value.trim().to_owned(), edit });
        }
    }
    found
}

/// The place of an attribute that names a file beside the page, with the address of its stand-in.
fn file_in(element: &Element, attribute: &Attribute) -> Option<(Span, Option<String>)> {
    let place = attribute.place.as_ref()?;
    let name = attribute.value.trim();
    if is_frame(element) || url_target(name) != UrlTarget::Relative {
        return None;
    }
    let kind = MediaKind::from_name(name).filter(|kind| shows(element, *kind));
    Some((place.whole, kind.and_then(|kind| kind.stand_in(name))))
}

/// Whether an element is for files of this kind.
fn shows(element: &Element, kind: MediaKind) -> bool {
    let is_sound = matches!(element.name(), "audio" | "source");
    match kind {
        MediaKind::Picture => !is_sound && !matches!(element.name(), "track" | "use" | "mpath"),
        MediaKind::Sound => is_sound,
        MediaKind::Film => false,
    }
}

/// Members and methods that turn a text into markup.
const SINKS: &[&str] = &[
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "parseFromString",
    "setHTMLUnsafe",
    "write",
    "writeln",
];

/// The files in texts of the code that may become markup, and in styles that it sets.
pub(super) fn files_of_code(context: &RuleContext<'_, '_>) -> Vec<MarkupFile> {
    let makes_markup = |tree: &ScriptTree<'_>| {
        let set = tree.assignments().iter().any(|set| set.key.is_some_and(|k| SINKS.contains(&k)));
        set || tree.methods().iter().any(|method| SINKS.contains(&method.name))
    };
    let is_made = context.trees.iter().any(makes_markup);
    let mut found = Vec::new();
    for tree in context.trees {
        found.extend(style_files(tree));
        if is_made {
            found.extend(text_files(tree));
        }
    }
    found
}

fn text_files(tree: &ScriptTree<'_>) -> Vec<MarkupFile> {
    let mut found = Vec::new();
    for kind in tree.nodes(&[AstType::StringLiteral, AstType::TemplateLiteral]) {
        let text = match kind {
            AstKind::StringLiteral(text) if may_name_file(&text.value) => {
                WrittenMarkup::of_literal(tree, text.span, &text.value)
            }
            AstKind::TemplateLiteral(template)
                if template.quasis.iter().any(|part| may_name_file(&part.value.raw)) =>
            {
                WrittenMarkup::of_template(tree, template)
            }
            _ => continue,
        };
        let Some(text) = text.filter(|_| !is_shown_as_text(tree, kind.node_id())) else { continue };
        found.extend(text.files(tree));
    }
    found
}

fn may_name_file(text: &str) -> bool {
    text.contains('<') && ["src", "href", "poster", "background"].iter().any(|by| text.contains(by))
}

/// Whether a text is certainly shown as it is, with all its brackets.
fn is_shown_as_text(tree: &ScriptTree<'_>, text: NodeId) -> bool {
    const SHOWN: &[&str] = &["textContent", "innerText", "title", "alt", "value", "nodeValue"];
    const SHOWING: &[&str] = &["log", "warn", "error", "info", "createTextNode", "fillText"];
    for around in tree.ancestors(text) {
        match around {
            AstKind::BinaryExpression(_)
            | AstKind::TemplateLiteral(_)
            | AstKind::ParenthesizedExpression(_)
            | AstKind::ConditionalExpression(_) => {}
            AstKind::AssignmentExpression(set) => {
                let member = set.left.as_member_expression();
                let key = member.and_then(oxc_ast::ast::MemberExpression::static_property_name);
                return key.is_some_and(|key| SHOWN.contains(&key));
            }
            AstKind::CallExpression(call) => {
                let callee = call.callee.get_inner_expression();
                let member = callee.as_member_expression();
                let name = member.and_then(oxc_ast::ast::MemberExpression::static_property_name);
                let is_dialog = matches!(callee, Expression::Identifier(name)
                    if matches!(name.name.as_str(), "alert" | "confirm" | "prompt"));
                return is_dialog || name.is_some_and(|name| SHOWING.contains(&name));
            }
            _ => return false,
        }
    }
    false
}

/// Markup as it is written in the code.
struct WrittenMarkup {
    /// As long as in the code: what is put in is masked.
    text: String,
    /// Where it starts, in the code.
    start: u32,
    /// What is put in, in the text.
    holes: Vec<std::ops::Range<usize>>,
    /// The quote of attributes that does not end it.
    quote: char,
    /// Whether each byte of the text is one of the code.
    is_exact: bool,
    whole: oxc_span::Span,
}

impl WrittenMarkup {
    fn of_literal(tree: &ScriptTree<'_>, span: oxc_span::Span, value: &str) -> Option<Self> {
        let written = tree.text(span);
        let quote = if written.starts_with('"') { '\'' } else { '"' };
        let inner = written.get(1..written.len().checked_sub(1)?)?;
        let is_exact = inner == value;
        let text = value.to_owned();
        Some(Self { text, start: span.start + 1, holes: Vec::new(), quote, is_exact, whole: span })
    }

    fn of_template(tree: &ScriptTree<'_>, template: &TemplateLiteral<'_>) -> Option<Self> {
        let whole = template.span;
        let start = whole.start + 1;
        let written = tree.text(oxc_span::Span::new(start, whole.end.checked_sub(1)?));
        let offset = |at: u32| usize::try_from(at.checked_sub(start)?).ok();
        let mut text = String::with_capacity(written.len());
        let mut holes = Vec::new();
        for pair in template.quasis.windows(2) {
            let [before, after] = pair else { continue };
            // The marks of a hole are around its expression.
            let hole = offset(before.span.end)?..offset(after.span.start)?;
            text.push_str(written.get(text.len()..hole.start)?);
            text.extend(std::iter::repeat_n('x', hole.len()));
            holes.push(hole);
        }
        text.push_str(written.get(text.len()..)?);
        Some(Self { text, start, holes, quote: '"', is_exact: true, whole })
    }

    fn files(&self, tree: &ScriptTree<'_>) -> Vec<MarkupFile> {
        let at = |at: usize| Some(self.start + u32::try_from(at).ok()?);
        let place = |span: Span| {
            if !self.is_exact {
                return Some(tree.source_span(self.whole));
            }
            let holes = self.holes.iter().filter(|h| h.start < span.end && span.start < h.end);
            let are_parts = holes.clone().all(|hole| self.is_name_part(hole, span));
            let code = oxc_span::Span::new(at(span.start)?, at(span.end)?);
            are_parts.then(|| tree.source_span(code))
        };
        let mut found = files_in(&HtmlPage::parse(&self.text), self.quote, place);
        let is_fixed = self.is_exact && self.holes.is_empty() && tree.code.text.is_verbatim();
        for file in found.iter_mut().filter(|_| !is_fixed) {
            file.edit = None;
        }
        if !self.holes.is_empty() {
            found.retain(|file| MediaKind::from_name(&file.name).is_some());
        }
        found
    }

    /// Whether a hole only continues the name of a file: `img/${kind}.png`.
    fn is_name_part(&self, hole: &std::ops::Range<usize>, attribute: Span) -> bool {
        let before = self.text.get(attribute.start..hole.start).unwrap_or_default();
        let after = self.text.get(hole.end..attribute.end).unwrap_or_default();
        before.ends_with(['/', '_', '-']) && after.contains('.')
    }
}

/// Members of a style whose value may name a picture.
const STYLES: &[&str] =
    &["background", "backgroundImage", "borderImage", "listStyleImage", "cssText", "maskImage"];

/// `element.style.backgroundImage = 'url(sky.png)'`.
fn style_files(tree: &ScriptTree<'_>) -> Vec<MarkupFile> {
    let mut found = Vec::new();
    for set in tree.assignments().iter().filter(|set| set.key.is_some_and(|k| STYLES.contains(&k)))
    {
        let Expression::StringLiteral(text) = set.set.right.get_inner_expression() else {
            continue;
        };
        let Some((start, name)) = url_in(&text.value) else { continue };
        let is_picture = MediaKind::from_name(name) == Some(MediaKind::Picture);
        if !is_picture || url_target(name) != UrlTarget::Relative {
            continue;
        }
        let written = tree.text(text.span);
        let is_exact = written.get(1..written.len().saturating_sub(1)) == Some(text.value.as_str());
        let at = u32::try_from(start).map(|start| text.span.start + 1 + start);
        let length = u32::try_from(name.len());
        let (Ok(at), Ok(length), true) = (at, length, is_exact) else {
            let span = tree.source_span(text.span());
            found.push(MarkupFile { span, name: name.to_owned(), edit: None });
            continue;
        };
        let span = tree.source_span(oxc_span::Span::sized(at, length));
        let url = MediaKind::Picture.stand_in(name).filter(|_| tree.code.text.is_verbatim());
        let edit = url.map(|url| TextEdit::new(span, url));
        found.push(MarkupFile { span, name: name.to_owned(), edit });
    }
    found
}

/// The address in `url(…)`, with its offset in bytes.
fn url_in(style: &str) -> Option<(usize, &str)> {
    let start = style.find("url(")? + "url(".len();
    let rest = style.get(start..)?;
    let inside = rest.get(..rest.find(')')?)?;
    let name = inside.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\''));
    Some((start + inside.find(name)?, name))
}
