//! Lists where code takes hold of something global, and what it does with it.
//!
//! A power has to be taken before it can be renamed, passed or called, and it
//! can be taken only by its own name, off the global object, or through a
//! pattern. So the rules need not follow what happens to it later.

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, Expression};
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use super::fold::MAX_STEPS;
use super::pattern::{Taken, taken, taken_by_target};
use super::resolve::{argument, extend};
use super::{Path, Tree};
use crate::page::Span;

/// A place where something global is taken hold of.
#[derive(Debug)]
pub struct Reach {
    pub path: Path,
    pub span: Span,
    pub usage: Use,
}

/// What is done with it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// Called or constructed.
    Called,
    /// Its value goes somewhere.
    Taken,
    /// Something of it is asked for: `fetch.length`.
    Member(String),
    /// Only asked whether it is there.
    Tested,
    /// Replaced by something else.
    Written,
}

/// A call of something global.
pub struct Call<'a> {
    pub path: Path,
    /// What it gets; nothing where they cannot be told apart.
    pub arguments: Vec<&'a Expression<'a>>,
    pub span: Span,
}

/// All reaches and all calls of a piece of code.
pub(super) fn collect<'a>(tree: &Tree<'a>) -> (Vec<Reach>, Vec<Call<'a>>) {
    let mut reaches = Vec::new();
    let mut calls = Vec::new();
    for node in tree.semantic.nodes().iter() {
        let id = node.id();
        let path = match node.kind() {
            AstKind::IdentifierReference(name) if tree.is_global(name) => {
                Some(extend(Path::new(), name.name.as_str()))
            }
            AstKind::StaticMemberExpression(member) => {
                tree.resolve_key(&member.object, member.property.name.as_str(), MAX_STEPS)
            }
            AstKind::ComputedMemberExpression(member) => computed(tree, member),
            AstKind::CallExpression(call) => {
                calls.extend(tree.global_call(&call.callee, &call.arguments, call.span));
                tree.resolve_call(call, MAX_STEPS)
            }
            AstKind::NewExpression(new) => {
                calls.extend(tree.global_call(&new.callee, &new.arguments, new.span));
                None
            }
            kind => {
                tree.reaches_by_pattern(kind, &mut reaches);
                None
            }
        };
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            let span = tree.place(node.kind().span());
            reaches.push(Reach { path, span, usage: tree.usage(id) });
        }
    }
    (reaches, calls)
}

/// Names of other windows. For the game alone they are its own window, so paths pass through them.
const OTHERS: &[&str] = &["top", "parent", "opener", "frames"];

/// Each place where another window is taken hold of, by its name.
pub(super) fn other_windows(tree: &Tree<'_>) -> Vec<Reach> {
    let mut others = Vec::new();
    for node in tree.semantic.nodes().iter() {
        let name = match node.kind() {
            AstKind::IdentifierReference(name) if tree.is_global(name) => {
                Some(name.name.to_string())
            }
            AstKind::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let is_it = OTHERS.contains(&name) && is_window(tree, &member.object);
                is_it.then(|| name.to_owned())
            }
            AstKind::ComputedMemberExpression(member) if is_window(tree, &member.object) => {
                tree.fold(&member.expression, MAX_STEPS).map(std::borrow::Cow::into_owned)
            }
            _ => None,
        };
        if let Some(name) = name.filter(|name| OTHERS.contains(&name.as_str())) {
            let span = tree.place(node.kind().span());
            others.push(Reach { path: vec![name], span, usage: tree.usage(node.id()) });
        }
    }
    others
}

fn is_window<'a>(tree: &Tree<'a>, object: &'a Expression<'a>) -> bool {
    tree.resolve(object, MAX_STEPS).is_some_and(|path| path.is_empty())
}

fn computed<'a>(
    tree: &Tree<'a>,
    member: &'a oxc_ast::ast::ComputedMemberExpression<'a>,
) -> Option<Path> {
    let path = tree.resolve(&member.object, MAX_STEPS)?;
    Some(extend(path, &tree.fold(&member.expression, MAX_STEPS)?))
}

impl<'a> Tree<'a> {
    /// What happens to the value of a node.
    fn usage(&self, id: NodeId) -> Use {
        let nodes = self.semantic.nodes();
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
        Use::Taken
    }

    fn usage_in(&self, around: AstKind<'a>, span: oxc_span::Span) -> Use {
        match around {
            AstKind::CallExpression(call) if call.callee.span() == span => Use::Called,
            AstKind::NewExpression(new) if new.callee.span() == span => Use::Called,
            AstKind::TaggedTemplateExpression(_) => Use::Called,
            AstKind::StaticMemberExpression(member) => {
                Use::Member(member.property.name.to_string())
            }
            AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                let key = self.constant(&member.expression);
                Use::Member(key.map(std::borrow::Cow::into_owned).unwrap_or_default())
            }
            AstKind::AssignmentExpression(set) if set.left.span() == span => Use::Written,
            AstKind::UpdateExpression(_) => Use::Written,
            AstKind::IfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::UnaryExpression(_)
            | AstKind::BinaryExpression(_)
            | AstKind::ExpressionStatement(_) => Use::Tested,
            AstKind::ConditionalExpression(either) if either.test.span() == span => Use::Tested,
            AstKind::LogicalExpression(either)
                if either.left.span() == span && either.operator.is_and() =>
            {
                Use::Tested
            }
            _ => Use::Taken,
        }
    }

    /// A call as it is meant: `f.call(x, a)` and `Reflect.apply(f, x, [a])` are `f(a)`.
    fn global_call(
        &self,
        callee: &'a Expression<'a>,
        arguments: &'a [Argument<'a>],
        span: oxc_span::Span,
    ) -> Option<Call<'a>> {
        let mut path = self.resolve(callee, MAX_STEPS)?;
        let mut arguments: Vec<_> = arguments.iter().map_while(Argument::as_expression).collect();
        if path == ["Reflect", "apply"] || path == ["Reflect", "construct"] {
            path = self.resolve(arguments.first()?, MAX_STEPS)?;
            arguments = arguments.last().map(|list| elements(list)).unwrap_or_default();
        } else if path.len() > 1 {
            match path.last().map(String::as_str) {
                Some("call" | "bind") => {
                    path.pop();
                    arguments = arguments.split_off(arguments.len().min(1));
                }
                Some("apply") => {
                    path.pop();
                    arguments = arguments.get(1).map(|list| elements(list)).unwrap_or_default();
                }
                _ => {}
            }
        }
        Some(Call { path, arguments, span: self.place(span) })
    }

    fn reaches_by_pattern(&self, kind: AstKind<'a>, reaches: &mut Vec<Reach>) {
        let mut all = Vec::new();
        let value = match kind {
            AstKind::VariableDeclarator(declarator) if declarator.id.is_object_pattern() => {
                taken(&declarator.id, &[], &mut all);
                declarator.init.as_ref()
            }
            AstKind::FormalParameter(parameter) if parameter.pattern.is_object_pattern() => {
                taken(&parameter.pattern, &[], &mut all);
                self.passed(parameter.node_id.get(), parameter.span)
            }
            AstKind::AssignmentExpression(set) => {
                taken_by_target(&set.left, &[], &mut all);
                Some(&set.right)
            }
            _ => None,
        };
        if all.is_empty() {
            return;
        }
        let Some(path) = value.and_then(|value| self.resolve(value, MAX_STEPS)) else { return };
        for Taken { keys, span } in all {
            let path = keys.iter().fold(path.clone(), |path, key| extend(path, key));
            reaches.push(Reach { path, span: self.place(span), usage: Use::Taken });
        }
    }

    /// An argument of a call by its number.
    pub fn argument(
        &self,
        call: &'a oxc_ast::ast::CallExpression<'a>,
        i: usize,
    ) -> Option<&'a Expression<'a>> {
        argument(call, i)
    }
}

/// The elements of a list that is written out.
fn elements<'a>(list: &'a Expression<'a>) -> Vec<&'a Expression<'a>> {
    match list {
        Expression::ArrayExpression(array) => {
            array.elements.iter().map_while(|element| element.as_expression()).collect()
        }
        _ => Vec::new(),
    }
}
