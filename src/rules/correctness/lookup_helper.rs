//! Functions of a page that only look an element up: `const $ = id => document.getElementById(id)`.

use std::borrow::Cow;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    ArrowFunctionBody, BinaryOperator, CallExpression, Expression, FunctionBody, Statement,
};
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;
use oxc_syntax::symbol::SymbolId;

use crate::page::script::{Bindings, MethodCall, ScriptTree};
use crate::rules::RuleContext;

use super::selector::Selector;
use super::shared_uses::SharedUses;

/// A function that returns the element with the id, or for the selector, that it is given.
pub(super) struct LookupHelper {
    /// The number of the tree that declares it.
    tree: usize,
    name: SymbolId,
    is_by_id: bool,
    /// What is put before the argument.
    prefix: String,
}

impl LookupHelper {
    /// Every such function of a page.
    pub fn all(context: &RuleContext<'_, '_>) -> Vec<Self> {
        let trees = context.trees.iter().enumerate();
        let mut found: Vec<Self> = trees
            .flat_map(|(number, tree)| {
                let methods = tree.methods().iter();
                let helpers = methods.filter_map(move |method| Self::around(tree, number, method));
                let bound = tree.methods().iter();
                helpers.chain(bound.filter_map(move |method| Self::bound(tree, number, method)))
            })
            .collect();
        found.retain(|helper| {
            let names = context.trees.get(helper.tree).map(Bindings::of);
            names.is_some_and(|names| {
                names.only_declaration(helper.name).is_some()
                    && names.writes(helper.name).next().is_none()
            })
        });
        found
    }

    /// The function whose only statement a lookup is.
    fn around<'a>(tree: &ScriptTree<'a>, number: usize, method: &MethodCall<'a>) -> Option<Self> {
        let is_by_id = method.name == "getElementById";
        if !is_by_id && method.name != "querySelector" {
            return None;
        }
        let member = method.call.callee.get_inner_expression().as_member_expression()?;
        let (prefix, parameter) = prefix_and_name(tree, tree.argument(method.call, 0)?)?;
        let names = Bindings::of(tree);
        let function = names.function_of_first_parameter(names.declaration(parameter)?)?;
        let name = match names.node(function) {
            AstKind::Function(own) if !own.r#async && !own.generator => {
                let is_only = own.params.items.len() == 1 && own.params.rest.is_none();
                let body = own.body.as_ref().filter(|_| is_only)?;
                returns_only(body, method.call).then_some(())?;
                own.id.as_ref().filter(|_| own.is_declaration()).and_then(|id| id.symbol_id.get())
            }
            AstKind::ArrowFunctionExpression(own) if !own.r#async => {
                let is_only = own.params.items.len() == 1 && own.params.rest.is_none();
                let is_all = match &own.body {
                    ArrowFunctionBody::FunctionBody(body) => returns_only(body, method.call),
                    body => is_call(body.as_expression()?, method.call),
                };
                (is_only && is_all).then_some(())?;
                None
            }
            _ => return None,
        };
        let name = name.or_else(|| declared_as(tree, function))?;
        let is_of_document = tree.path(member.object())? == ["document"];
        is_of_document.then_some(Self { tree: number, name, is_by_id, prefix })
    }

    /// `const $ = document.querySelector.bind(document)`.
    fn bound<'a>(tree: &ScriptTree<'a>, number: usize, method: &MethodCall<'a>) -> Option<Self> {
        if method.name != "bind" {
            return None;
        }
        let member = method.call.callee.get_inner_expression().as_member_expression()?;
        let path = tree.path(member.object())?;
        let is_by_id = path == ["document", "getElementById"];
        if !is_by_id && path != ["document", "querySelector"] {
            return None;
        }
        let name = declared_as(tree, method.call.node_id.get())?;
        Some(Self { tree: number, name, is_by_id, prefix: String::new() })
    }

    /// Every call of it, with the number of its tree.
    pub fn calls<'a>(
        &self,
        context: &RuleContext<'_, 'a>,
        shared: &SharedUses<'_, 'a>,
    ) -> Vec<(usize, &'a CallExpression<'a>)> {
        let Some(tree) = context.trees.get(self.tree) else { return Vec::new() };
        let names = Bindings::of(tree);
        let own = names.reads(self.name).filter_map(|id| Some((self.tree, called(tree, id)?)));
        let others = names.is_shared(self.name).then(|| shared.of(names.declared_name(self.name)));
        let others = others.unwrap_or_default().iter();
        own.chain(others.filter_map(|(number, tree, id)| Some((*number, called(tree, *id)?))))
            .collect()
    }

    /// What a call of it looks up. `None` if that is not one constant part.
    pub fn selector<'a>(
        &self,
        tree: &ScriptTree<'a>,
        call: &'a CallExpression<'a>,
    ) -> Option<Selector> {
        let text = tree.constant(tree.argument(call, 0)?)?;
        let text = format!("{}{text}", self.prefix);
        if self.is_by_id { Some(Selector::Id(text)) } else { Selector::parse(&text) }
    }

    /// Whether it looks up exactly what it is given.
    pub fn is_plain(&self) -> bool {
        self.prefix.is_empty()
    }
}

/// The call whose function a name is.
fn called<'a>(tree: &ScriptTree<'a>, name: NodeId) -> Option<&'a CallExpression<'a>> {
    let span = Bindings::of(tree).node(name).span();
    match tree.parent(name) {
        AstKind::CallExpression(call) if call.callee.span() == span && !call.optional => Some(call),
        _ => None,
    }
}

/// `id`, `'#' + id` and `` `#${id}` ``, as the constant before the name, and the name.
fn prefix_and_name<'a>(
    tree: &ScriptTree<'a>,
    e: &'a Expression<'a>,
) -> Option<(String, &'a oxc_ast::ast::IdentifierReference<'a>)> {
    let name = |e: &'a Expression<'a>| match e.get_inner_expression() {
        Expression::Identifier(name) => Some(&**name),
        _ => None,
    };
    match e.get_inner_expression() {
        Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
            let prefix = tree.constant(&sum.left).map(Cow::into_owned)?;
            Some((prefix, name(&sum.right)?))
        }
        Expression::TemplateLiteral(template) => {
            let ([only], [start, end]) =
                (template.expressions.as_slice(), template.quasis.as_slice())
            else {
                return None;
            };
            let is_end = end.value.raw.is_empty();
            Some((start.value.cooked?.to_string(), name(only).filter(|_| is_end)?))
        }
        _ => Some((String::new(), name(e)?)),
    }
}

fn returns_only(body: &FunctionBody<'_>, call: &CallExpression<'_>) -> bool {
    match body.statements.as_slice() {
        [Statement::ReturnStatement(returned)] => {
            returned.argument.as_ref().is_some_and(|value| is_call(value, call))
        }
        _ => false,
    }
}

fn is_call(e: &Expression<'_>, call: &CallExpression<'_>) -> bool {
    matches!(e.get_inner_expression(), Expression::CallExpression(own) if own.span == call.span)
}

/// The name of the variable whose value a node is.
fn declared_as(tree: &ScriptTree<'_>, value: NodeId) -> Option<SymbolId> {
    match tree.parent(value) {
        AstKind::VariableDeclarator(declarator) => {
            declarator.id.get_binding_identifier()?.symbol_id.get()
        }
        _ => None,
    }
}
