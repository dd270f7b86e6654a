//! Lookups of elements by a literal selector, and what the code does with the result.

use std::collections::BTreeSet;

use oxc_ast::ast::{AssignmentTarget, CallExpression, Expression};
use oxc_ast::{AstKind, AstType};
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;
use oxc_syntax::symbol::SymbolId;

use crate::page::script::{Bindings, MethodCall, ScriptTree};
use crate::rules::RuleContext;

use super::lookup_helper::LookupHelper;
use super::selector::Selector;
use super::shared_uses::SharedUses;

/// A lookup of one element in the document.
pub(super) struct ElementLookup<'a> {
    /// The number of the tree that it is in.
    pub tree: usize,
    pub selector: Selector,
    pub call: &'a CallExpression<'a>,
    /// The literal, in the code. `None` if the selector is put together.
    pub literal: Option<Span>,
    /// Whether the code breaks without the element.
    pub is_needed: bool,
    /// Members of the result that are used, and the events that are listened to: `@click`.
    pub members: BTreeSet<String>,
}

/// Every lookup of one element in the document by a constant selector, also through a function of
/// the page that does nothing else.
pub(super) fn lookups<'a>(context: &RuleContext<'_, 'a>) -> Vec<ElementLookup<'a>> {
    let shared = SharedUses::new(context);
    let mut found = Vec::new();
    for (number, tree) in context.trees.iter().enumerate() {
        for method in tree.methods() {
            let Some(selector) = selector(tree, method) else { continue };
            found.push(lookup(&shared, (number, tree), method.call, selector));
        }
    }
    for helper in LookupHelper::all(context) {
        for (number, call) in helper.calls(context, &shared) {
            let Some(tree) = context.trees.get(number) else { continue };
            let Some(selector) = helper.selector(tree, call) else { continue };
            let mut lookup = lookup(&shared, (number, tree), call, selector);
            // What is added to it is not in the literal.
            lookup.literal = lookup.literal.filter(|_| helper.is_plain());
            found.push(lookup);
        }
    }
    found
}

fn selector<'a>(tree: &ScriptTree<'a>, method: &MethodCall<'a>) -> Option<Selector> {
    if !matches!(method.name, "getElementById" | "querySelector") {
        return None;
    }
    let member = method.call.callee.get_inner_expression().as_member_expression()?;
    if method.call.optional || member.optional() || tree.path(member.object())? != ["document"] {
        return None;
    }
    let text = tree.constant(tree.argument(method.call, 0)?)?;
    match method.name {
        "getElementById" => Some(Selector::Id(text.into_owned())),
        _ => Selector::parse(&text),
    }
}

fn lookup<'a>(
    shared: &SharedUses<'_, 'a>,
    (number, tree): (usize, &ScriptTree<'a>),
    call: &'a CallExpression<'a>,
    selector: Selector,
) -> ElementLookup<'a> {
    let literal = match tree.argument(call, 0) {
        Some(Expression::StringLiteral(text)) => Some(text.span),
        _ => None,
    };
    let mut uses = ElementUses::default();
    uses.follow(tree, call.node_id.get(), shared);
    ElementLookup {
        tree: number,
        selector,
        call,
        literal,
        is_needed: uses.is_needed && !uses.is_tested,
        members: uses.members,
    }
}

/// What happens to an element that was looked up.
#[derive(Default)]
struct ElementUses {
    is_needed: bool,
    is_tested: bool,
    members: BTreeSet<String>,
}

impl ElementUses {
    /// Follows the result of a call, and the name that holds it.
    fn follow<'a>(&mut self, tree: &ScriptTree<'a>, id: NodeId, shared: &SharedUses<'_, 'a>) {
        let Some(symbol) = self.add_use(tree, id) else { return };
        for id in Bindings::of(tree).reads(symbol) {
            self.add_use(tree, id);
        }
        let names = Bindings::of(tree);
        let others = names.is_shared(symbol).then(|| shared.of(names.declared_name(symbol)));
        for (_, other, id) in others.unwrap_or_default() {
            self.add_use(other, *id);
        }
    }

    /// Adds one use of the element. Returns the name that it is given.
    fn add_use(&mut self, tree: &ScriptTree<'_>, id: NodeId) -> Option<SymbolId> {
        let mut value = Bindings::of(tree).node(id).span();
        for around in tree.ancestors(id) {
            match element_use(tree, around, value) {
                ElementUse::Forwarded => value = around.span(),
                ElementUse::Member { name, optional } => {
                    self.is_needed |= !optional && !Bindings::of(tree).is_in_try(id);
                    self.is_tested |= optional;
                    self.members.insert(name.to_owned());
                    self.members.extend(event(tree, around));
                    return None;
                }
                ElementUse::Named(symbol) => return Some(symbol),
                ElementUse::Tested => {
                    self.is_tested = true;
                    return None;
                }
                ElementUse::Other => return None,
            }
        }
        None
    }
}

/// What the code around an element does with it.
enum ElementUse<'a> {
    Member {
        name: &'a str,
        optional: bool,
    },
    /// It is given a name that never means anything else.
    Named(SymbolId),
    /// The code asks whether it is there, or keeps it where it cannot be followed.
    Tested,
    /// It is the value of this node, too.
    Forwarded,
    Other,
}

fn element_use<'a>(tree: &ScriptTree<'a>, around: AstKind<'a>, value: Span) -> ElementUse<'a> {
    let named = |name: Option<SymbolId>, writes| match name {
        Some(name) if Bindings::of(tree).writes(name).take(writes + 1).count() == writes => {
            ElementUse::Named(name)
        }
        _ => ElementUse::Other,
    };
    match around {
        AstKind::ParenthesizedExpression(_) => ElementUse::Forwarded,
        AstKind::StaticMemberExpression(member) if member.object.span() == value => {
            let name = member.property.name.as_str();
            ElementUse::Member { name, optional: member.optional }
        }
        AstKind::ComputedMemberExpression(member) if member.object.span() == value => {
            ElementUse::Member { name: "[]", optional: member.optional }
        }
        AstKind::VariableDeclarator(declared) => {
            let name = declared.id.get_binding_identifier();
            named(name.and_then(|name| name.symbol_id.get()), 0)
        }
        AstKind::AssignmentExpression(set) if set.right.span() == value => match &set.left {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                named(Bindings::of(tree).declaration(name), 1)
            }
            _ => ElementUse::Tested,
        },
        AstKind::IfStatement(_)
        | AstKind::ConditionalExpression(_)
        | AstKind::LogicalExpression(_)
        | AstKind::UnaryExpression(_)
        | AstKind::BinaryExpression(_)
        | AstKind::WhileStatement(_)
        | AstKind::ForStatement(_)
        | AstKind::ChainExpression(_) => ElementUse::Tested,
        _ => ElementUse::Other,
    }
}

/// The event of `element.addEventListener('click', …)`, with a mark before it.
fn event<'a>(tree: &ScriptTree<'a>, member: AstKind<'a>) -> Option<String> {
    let AstKind::StaticMemberExpression(member) = member else { return None };
    let AstKind::CallExpression(call) = tree.parent(member.node_id.get()) else { return None };
    let is_callee = call.callee.span() == member.span;
    let event = tree.argument(call, 0).filter(|_| is_callee)?;
    let is_listening = member.property.name == "addEventListener";
    is_listening.then(|| tree.constant(event))?.map(|event| format!("@{event}"))
}

/// Whether the page replaces what its body holds.
pub(super) fn rebuilds_body(trees: &[ScriptTree<'_>]) -> bool {
    let replaces = |tree: &ScriptTree<'_>| {
        let set = tree.assignments().iter().any(|set| {
            let object =
                set.set.left.as_member_expression().map(oxc_ast::ast::MemberExpression::object);
            matches!(set.key, Some("innerHTML" | "outerHTML" | "textContent" | "innerText"))
                && object.is_some_and(|o| tree.path(o).is_some_and(|p| p == ["document", "body"]))
        });
        set || tree
            .methods()
            .iter()
            .any(|method| method.name == "write" || method.name == "replaceChildren")
    };
    trees.iter().any(replaces)
}

/// Whether a node is in a function, which may run when the page is complete.
pub(super) fn is_in_function(tree: &ScriptTree<'_>, id: NodeId) -> bool {
    tree.ancestors(id)
        .any(|kind| matches!(kind.ty(), AstType::Function | AstType::ArrowFunctionExpression))
}
