//! Decides whether handlers must stay in the markup.
//!
//! A function in an element's slot does what the attribute did, unless the page inspects or copies
//! the attribute, or gives its names another meaning. Either all handlers of a page are moved or
//! none.

use std::collections::HashSet;

use oxc_ast::ast::{Expression, MemberExpression};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{Assignment, InlineHandler, ScriptTree};
use crate::page::{HtmlPage, Namespace};
use crate::rules::RuleContext;

use super::no_inline_handler::is_safe;
use super::scope;

/// Why the handlers of a page must stay. `None` if moving them makes no difference.
pub(super) fn keep_reason(
    context: &RuleContext<'_, '_>,
    handlers: &[(InlineHandler<'_>, &ScriptTree<'_>)],
) -> Option<String> {
    let in_style = context.page.styles().any(|style| selects_handlers(style.text()));
    if in_style {
        return Some("a style selects by its attribute".to_owned());
    }
    let page = ShadowingNames::from_context(context);
    handlers
        .iter()
        .find_map(|(handler, tree)| own_reason(context.page, handler, tree, &page))
        .or_else(|| context.trees.iter().find_map(observation_reason))
}

/// Names that the page adds to elements and the document, which handlers may find there.
struct ShadowingNames<'p> {
    /// Members set by its code.
    set: HashSet<&'p str>,
    /// Names of elements that are members of the document.
    named: HashSet<&'p str>,
}

impl<'p> ShadowingNames<'p> {
    fn from_context(context: &RuleContext<'p, '_>) -> Self {
        let set = context.trees.iter().flat_map(|tree| tree.assignments().iter());
        let set = set.filter(|set| !is_on_window(set));
        let named = context.page.elements().filter(|(_, element)| {
            ["img", "form", "embed", "object", "iframe"].iter().any(|name| element.is(name))
        });
        Self {
            set: set.filter_map(|set| set.key).collect(),
            named: named
                .flat_map(|(_, element)| [element.value("name"), element.value("id")])
                .flatten()
                .collect(),
        }
    }
}

/// Whether this sets a member of the window, written as such.
fn is_on_window(set: &Assignment<'_>) -> bool {
    let object = set.set.left.as_member_expression().map(MemberExpression::object);
    object.is_some_and(|object| match object {
        Expression::Identifier(name) => {
            matches!(name.name.as_str(), "window" | "self" | "globalThis")
        }
        Expression::ThisExpression(_) => true,
        _ => false,
    })
}

fn own_reason(
    page: &HtmlPage,
    handler: &InlineHandler<'_>,
    tree: &ScriptTree<'_>,
    names: &ShadowingNames<'_>,
) -> Option<String> {
    let element = handler.element;
    let slot = handler.attribute.name();
    if page.is_in_template(handler.id) {
        return Some("it is in a template".to_owned());
    }
    if element.language() != Namespace::Html || element.name().contains('-') {
        return Some(format!("`<{}>` is not an HTML element", element.name()));
    }
    if !scope::is_slot(element.name(), &slot) || slot == "onerror" {
        return Some(format!("`{slot}` works differently from other handlers"));
    }
    if !is_safe(tree.code.text.text()) {
        return Some("its code cannot be moved into a script".to_owned());
    }
    let up = |id: &crate::page::NodeId| page.parent(*id).map(|(id, _)| id);
    let mut ancestors = std::iter::successors(Some(handler.id), up);
    let in_form = |id| page.element(id).is_some_and(|element| element.is("form"));
    if ancestors.any(in_form) || element.attribute("form").is_some() {
        return Some("it can use the fields of its form by name".to_owned());
    }
    let is_odd = |name: &str| {
        name == "arguments"
            || scope::has_name(element.name(), name)
            || names.set.contains(name)
            || names.named.contains(name)
    };
    let (name, _) = tree.free_names().find(|(name, _)| is_odd(name))?;
    Some(format!("`{name}` may be a member of the element or of the document there"))
}

/// Members that read, write or copy attributes.
const ATTRIBUTE_MEMBERS: &[&str] = &[
    "attributes",
    "cloneContents",
    "cloneNode",
    "getAttributeNames",
    "getAttributeNode",
    "getHTML",
    "importNode",
    "removeAttributeNode",
    "serializeToString",
    "setAttributeNode",
];
/// Methods with an attribute's name as argument.
const ATTRIBUTE_METHODS: &[&str] = &[
    "getAttribute",
    "getAttributeNS",
    "hasAttribute",
    "hasAttributeNS",
    "removeAttribute",
    "removeAttributeNS",
    "setAttribute",
    "setAttributeNS",
    "toggleAttribute",
];
/// Markup properties, which can be read as well as written.
const MARKUP: &[&str] = &["innerHTML", "outerHTML"];
/// Globals that observe or create elements.
const WATCHING_GLOBALS: &[&str] = &["MutationObserver", "XMLSerializer", "customElements"];

/// How code inspects attributes. `None` if it does not.
fn observation_reason(tree: &ScriptTree<'_>) -> Option<String> {
    let watcher = tree.free_names().find(|(name, _)| WATCHING_GLOBALS.contains(name));
    if let Some((name, _)) = watcher {
        return Some(format!("`{name}` may see it"));
    }
    let kinds = &[
        AstType::StaticMemberExpression,
        AstType::ComputedMemberExpression,
        AstType::BindingProperty,
        AstType::StringLiteral,
        AstType::TemplateElement,
        AstType::CallExpression,
    ];
    tree.nodes(kinds).find_map(|kind| node_reason(tree, kind))
}

fn node_reason<'a>(tree: &ScriptTree<'a>, kind: AstKind<'a>) -> Option<String> {
    match kind {
        AstKind::StaticMemberExpression(member) => {
            member_reason(tree, member.property.name.as_str(), member.node_id.get(), member.span)
        }
        AstKind::ComputedMemberExpression(member) => {
            let name = tree.constant(&member.expression)?;
            member_reason(tree, &name, member.node_id.get(), member.span)
        }
        AstKind::BindingProperty(taken) => {
            let name = taken.key.static_name()?;
            let is_look = MARKUP.contains(&&*name) || ATTRIBUTE_MEMBERS.contains(&&*name);
            is_look.then(|| format!("`{name}` may read it"))
        }
        AstKind::StringLiteral(text) => selector_reason(&text.value),
        AstKind::TemplateElement(text) => {
            selector_reason(text.value.cooked.as_deref().unwrap_or_default())
        }
        AstKind::CallExpression(call) => {
            let callee = call.callee.get_inner_expression().as_member_expression()?;
            let name =
                callee.static_property_name().filter(|name| ATTRIBUTE_METHODS.contains(name))?;
            let at = usize::from(name.ends_with("NS"));
            let attribute = tree.argument(call, at).and_then(|name| tree.constant(name));
            let is_other =
                attribute.is_some_and(|name| !name.to_ascii_lowercase().starts_with("on"));
            (!is_other).then(|| format!("`{name}` may concern it"))
        }
        _ => None,
    }
}

fn member_reason(
    tree: &ScriptTree<'_>,
    name: &str,
    id: oxc_syntax::node::NodeId,
    span: oxc_span::Span,
) -> Option<String> {
    if ATTRIBUTE_MEMBERS.contains(&name) {
        return Some(format!("`{name}` reads or copies it"));
    }
    let is_only_set = || match tree.parent(id) {
        AstKind::AssignmentExpression(set) => set.operator.is_assign() && set.left.span() == span,
        _ => false,
    };
    let is_read = MARKUP.contains(&name) && !is_only_set();
    is_read.then(|| format!("`{name}` is read, and the markup may be written back"))
}

fn selector_reason(text: &str) -> Option<String> {
    let is_open = text.trim_ascii_end().ends_with('[');
    (is_open || selects_handlers(text)).then(|| "a selector may name its attribute".to_owned())
}

/// Whether a text selects elements by a handler: `[onclick]`.
fn selects_handlers(text: &str) -> bool {
    text.match_indices('[').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default().trim_ascii_start();
        let name = rest.trim_start_matches(['*', '|']).get(..2);
        name.is_some_and(|name| name.eq_ignore_ascii_case("on"))
    })
}
