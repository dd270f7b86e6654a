//! Collects accesses to globals and how they are used.
//!
//! A power must be accessed before it can be renamed, passed or called, and only by its own name,
//! through the global object, or through a pattern. So rules need not follow what happens to it
//! later.

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, Expression};
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use super::constant_text::MAX_STEPS;
use super::pattern::{PatternKey, pattern_keys, target_keys};
use super::resolve::argument;
use super::{GlobalPath, ScriptTree};
use crate::page::Span;

/// An access to a global.
#[derive(Debug)]
pub struct GlobalAccess<'a> {
    pub path: GlobalPath<'a>,
    pub span: Span,
    pub usage: AccessKind<'a>,
    /// The expression, or the pattern that selects it.
    pub(super) node: NodeId,
}

/// How it is used there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessKind<'a> {
    /// Called or constructed.
    Called,
    /// Its value is used elsewhere.
    Taken,
    /// One of its members is used: `fetch.length`.
    Member(&'a str),
    /// Only tested for existence.
    Tested,
    /// Assigned.
    Written,
}

/// A call of a global.
pub struct GlobalCall<'a> {
    pub path: GlobalPath<'a>,
    /// Its arguments; empty if they are unknown.
    pub arguments: Vec<&'a Expression<'a>>,
    pub span: Span,
    /// Whether it is called by its own name and not through `call`, `bind` and the like.
    pub is_direct: bool,
    /// The call itself.
    pub node: NodeId,
}

/// All global accesses of a piece of code.
#[derive(Default)]
pub(super) struct GlobalAccesses<'a> {
    pub accesses: Vec<GlobalAccess<'a>>,
    pub calls: Vec<GlobalCall<'a>>,
    /// Accesses to other windows, by name.
    pub other_windows: Vec<GlobalAccess<'a>>,
}

/// Walks the code once in source order, which is its order in memory.
pub(super) fn collect<'a>(tree: &ScriptTree<'a>) -> GlobalAccesses<'a> {
    let mut reached = GlobalAccesses::default();
    for (id, node) in tree.semantic().nodes().iter_enumerated() {
        let kind = node.kind();
        let path = match kind {
            AstKind::IdentifierReference(name) if tree.is_global(name) => {
                Some(GlobalPath::from_name(name.name.as_str()))
            }
            AstKind::StaticMemberExpression(member) => {
                tree.resolve_key(&member.object, member.property.name.as_str(), MAX_STEPS)
            }
            AstKind::ComputedMemberExpression(member) => computed_path(tree, member),
            AstKind::CallExpression(call) => {
                reached.calls.extend(tree.global_call(
                    &call.callee,
                    &call.arguments,
                    (id, call.span),
                ));
                tree.resolve_call(call, MAX_STEPS)
            }
            AstKind::NewExpression(new) => {
                reached.calls.extend(tree.global_call(&new.callee, &new.arguments, (id, new.span)));
                None
            }
            kind => {
                tree.add_pattern_accesses((id, kind), &mut reached.accesses);
                None
            }
        };
        let take = |path| GlobalAccess {
            path,
            span: tree.source_span(kind.span()),
            usage: tree.usage(id),
            node: id,
        };
        reached.accesses.extend(path.filter(|path| !path.is_empty()).map(take));
        reached.other_windows.extend(other_window(tree, kind).map(take));
    }
    reached
}

/// Names of other windows. For the game alone they are its own window, so paths pass through them.
const OTHER_WINDOW_NAMES: &[&str] = &["top", "parent", "opener", "frames"];

/// The name of another window accessed by a node. `None` for other nodes.
fn other_window<'a>(tree: &ScriptTree<'a>, kind: AstKind<'a>) -> Option<GlobalPath<'a>> {
    let other = |name: &str| OTHER_WINDOW_NAMES.iter().copied().find(|other| *other == name);
    let name = match kind {
        AstKind::IdentifierReference(name) => {
            other(name.name.as_str()).filter(|_| tree.is_global(name))
        }
        AstKind::StaticMemberExpression(member) => {
            other(member.property.name.as_str()).filter(|_| is_window(tree, &member.object))
        }
        AstKind::ComputedMemberExpression(member) if is_window(tree, &member.object) => {
            other(&tree.fold(&member.expression, MAX_STEPS)?)
        }
        _ => None,
    };
    name.map(GlobalPath::with_only)
}

fn is_window<'a>(tree: &ScriptTree<'a>, object: &'a Expression<'a>) -> bool {
    tree.resolve(object, MAX_STEPS).is_some_and(|path| path.is_empty())
}

fn computed_path<'a>(
    tree: &ScriptTree<'a>,
    member: &'a oxc_ast::ast::ComputedMemberExpression<'a>,
) -> Option<GlobalPath<'a>> {
    let path = tree.resolve(&member.object, MAX_STEPS)?;
    path.join(tree.step(tree.fold(&member.expression, MAX_STEPS)?))
}

impl<'a> ScriptTree<'a> {
    /// How the value of a node is used.
    fn usage(&self, id: NodeId) -> AccessKind<'a> {
        let nodes = self.semantic().nodes();
        let mut span = nodes.kind(id).span();
        for around in nodes.ancestor_kinds(id) {
            match around {
                AstKind::ParenthesizedExpression(_) | AstKind::ChainExpression(_) => {
                    span = around.span();
                }
                AstKind::SequenceExpression(all)
                    if all.expressions.last().is_some_and(|last| last.span() == span) =>
                {
                    span = around.span();
                }
                _ => return self.usage_in(around, span),
            }
        }
        AccessKind::Taken
    }

    fn usage_in(&self, around: AstKind<'a>, span: oxc_span::Span) -> AccessKind<'a> {
        match around {
            AstKind::CallExpression(call) if call.callee.span() == span => AccessKind::Called,
            AstKind::NewExpression(new) if new.callee.span() == span => AccessKind::Called,
            AstKind::TaggedTemplateExpression(_) => AccessKind::Called,
            AstKind::StaticMemberExpression(member) => {
                AccessKind::Member(member.property.name.as_str())
            }
            AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                let key = self.constant(&member.expression);
                AccessKind::Member(key.map(|key| self.step(key)).unwrap_or_default())
            }
            AstKind::AssignmentExpression(set) if set.left.span() == span => AccessKind::Written,
            AstKind::UpdateExpression(_) => AccessKind::Written,
            AstKind::IfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::UnaryExpression(_)
            | AstKind::ExpressionStatement(_) => AccessKind::Tested,
            // An operand of a sum is part of its result.
            AstKind::BinaryExpression(pair) if !pair.operator.is_arithmetic() => AccessKind::Tested,
            AstKind::ConditionalExpression(either) if either.test.span() == span => {
                AccessKind::Tested
            }
            AstKind::LogicalExpression(either)
                if either.left.span() == span && either.operator.is_and() =>
            {
                AccessKind::Tested
            }
            _ => AccessKind::Taken,
        }
    }

    /// Normalises a call: `f.call(x, a)` and `Reflect.apply(f, x, [a])` are `f(a)`.
    fn global_call(
        &self,
        callee: &'a Expression<'a>,
        arguments: &'a [Argument<'a>],
        (node, span): (NodeId, oxc_span::Span),
    ) -> Option<GlobalCall<'a>> {
        let mut path = self.resolve(callee, MAX_STEPS)?;
        let written = path;
        let mut arguments: Vec<_> = arguments.iter().map_while(Argument::as_expression).collect();
        if path == ["Reflect", "apply"] || path == ["Reflect", "construct"] {
            path = self.resolve(arguments.first()?, MAX_STEPS)?;
            arguments = arguments.last().map(|list| array_items(list)).unwrap_or_default();
        } else if let [.., _, way] = *path {
            match way {
                "call" | "bind" => {
                    path = path.parent();
                    arguments = arguments.split_off(arguments.len().min(1));
                }
                "apply" => {
                    path = path.parent();
                    arguments = arguments.get(1).map(|list| array_items(list)).unwrap_or_default();
                }
                _ => {}
            }
        }
        let is_direct = path == written;
        Some(GlobalCall { path, arguments, span: self.source_span(span), is_direct, node })
    }

    fn add_pattern_accesses(
        &self,
        (node, kind): (NodeId, AstKind<'a>),
        reaches: &mut Vec<GlobalAccess<'a>>,
    ) {
        let mut all = Vec::new();
        let value = match kind {
            AstKind::VariableDeclarator(declarator) if declarator.id.is_object_pattern() => {
                pattern_keys(&declarator.id, &[], &mut all);
                declarator.init.as_ref()
            }
            AstKind::FormalParameter(parameter) if parameter.pattern.is_object_pattern() => {
                pattern_keys(&parameter.pattern, &[], &mut all);
                self.passed_argument(parameter.node_id.get(), parameter.span)
            }
            AstKind::AssignmentExpression(set) => {
                target_keys(&set.left, &[], &mut all);
                Some(&set.right)
            }
            _ => None,
        };
        if all.is_empty() {
            return;
        }
        let Some(path) = value.and_then(|value| self.resolve(value, MAX_STEPS)) else { return };
        for PatternKey { keys, span } in all {
            let Some(path) = keys.into_iter().try_fold(path, GlobalPath::join) else { continue };
            reaches.push(GlobalAccess {
                path,
                span: self.source_span(span),
                usage: AccessKind::Taken,
                node,
            });
        }
    }

    /// Whether a member of a call's result is used: `open(url).focus()`.
    pub fn is_result_used(&self, call: &GlobalCall<'a>) -> bool {
        matches!(self.usage(call.node), AccessKind::Member(_) | AccessKind::Called)
    }

    /// The argument of a call with this index. `None` if it is missing or spread.
    pub fn argument(
        &self,
        call: &'a oxc_ast::ast::CallExpression<'a>,
        i: usize,
    ) -> Option<&'a Expression<'a>> {
        argument(call, i)
    }
}

/// The elements of an array literal.
fn array_items<'a>(list: &'a Expression<'a>) -> Vec<&'a Expression<'a>> {
    match list {
        Expression::ArrayExpression(array) => {
            array.elements.iter().map_while(|element| element.as_expression()).collect()
        }
        _ => Vec::new(),
    }
}
