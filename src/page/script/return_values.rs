//! Finds what functions of the page return.

use oxc_ast::ast::{ArrowFunctionBody, Expression};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use super::ScriptTree;

/// Most return values of a function; with more it may return anything.
const MAX_RETURNS: usize = 16;

impl<'a> ScriptTree<'a> {
    /// All return values of a function. `None` if it is async or a generator, or there are too
    /// many.
    pub(super) fn returns(&self, function: NodeId) -> Option<&'a [&'a Expression<'a>]> {
        if let Some(known) = self.returns.borrow().get(&function) {
            return *known;
        }
        let found = self.find_returns(function);
        let found = found.map(|all| &*self.allocator.alloc_slice_copy(&all));
        self.returns.borrow_mut().insert(function, found);
        found
    }

    fn find_returns(&self, function: NodeId) -> Option<Vec<&'a Expression<'a>>> {
        match self.semantic().nodes().kind(function) {
            AstKind::Function(function) if function.r#async || function.generator => return None,
            AstKind::ArrowFunctionExpression(arrow) if arrow.r#async => return None,
            AstKind::ArrowFunctionExpression(arrow) => {
                if let Some(value) = arrow_value(&arrow.body) {
                    return Some(vec![value]);
                }
            }
            _ => {}
        }
        let span = self.semantic().nodes().kind(function).span();
        let mut found = Vec::new();
        for id in self.parsed.index.nodes_after(AstType::ReturnStatement, function) {
            let kind = self.semantic().nodes().kind(id);
            if kind.span().start >= span.end {
                break;
            }
            let AstKind::ReturnStatement(returned) = kind else { continue };
            if self.function_around(id) == Some(function) {
                found.extend(returned.argument.as_ref());
            }
            if found.len() > MAX_RETURNS {
                return None;
            }
        }
        Some(found)
    }

    /// The function that a node belongs to.
    fn function_around(&self, id: NodeId) -> Option<NodeId> {
        let mut ancestors = self.semantic().nodes().ancestors_enumerated(id);
        let is_function =
            |kind| matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_));
        ancestors.find(|(_, node)| is_function(node.kind())).map(|(id, _)| id)
    }
}

/// The value of an arrow function without a block.
fn arrow_value<'a>(body: &'a ArrowFunctionBody<'a>) -> Option<&'a Expression<'a>> {
    match body {
        ArrowFunctionBody::FunctionBody(_) => None,
        body => body.as_expression(),
    }
}
