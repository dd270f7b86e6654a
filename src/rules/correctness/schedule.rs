//! What the code of a page has run later, and again: frames, timers and intervals.

use std::collections::HashSet;

use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use crate::page::script::ScriptTree;

use super::name_table::{DeclaredName, NameTable};
use super::page_names::words;

/// How a function is scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScheduleKind {
    Frame,
    Timeout,
    Interval,
}

/// A call that schedules a function.
pub(super) struct ScheduledCall<'a> {
    /// The number of the tree that it is in.
    pub tree: usize,
    pub node: NodeId,
    pub kind: ScheduleKind,
    /// What is scheduled.
    pub callback: &'a Expression<'a>,
}

/// Every call that schedules something.
pub(super) fn scheduled_calls<'a>(trees: &[ScriptTree<'a>]) -> Vec<ScheduledCall<'a>> {
    let mut found = Vec::new();
    for (number, tree) in trees.iter().enumerate() {
        for call in tree.global_calls() {
            let [name] = *call.path else { continue };
            let kind = match name {
                "requestAnimationFrame"
                | "webkitRequestAnimationFrame"
                | "mozRequestAnimationFrame"
                | "msRequestAnimationFrame"
                | "oRequestAnimationFrame" => ScheduleKind::Frame,
                "setTimeout" => ScheduleKind::Timeout,
                "setInterval" => ScheduleKind::Interval,
                _ => continue,
            };
            let Some(callback) = call.arguments.first() else { continue };
            found.push(ScheduledCall { tree: number, node: call.node, kind, callback });
        }
    }
    found
}

/// The functions that are scheduled themselves, by tree and node.
pub(super) fn scheduled_functions(
    table: &NameTable<'_, '_>,
    calls: &[ScheduledCall<'_>],
) -> HashSet<(usize, NodeId)> {
    calls.iter().filter_map(|call| function_of(table, call)).collect()
}

fn function_of(table: &NameTable<'_, '_>, call: &ScheduledCall<'_>) -> Option<(usize, NodeId)> {
    let of = |tree: usize, e: &Expression<'_>| match e.get_inner_expression() {
        Expression::FunctionExpression(function) => Some((tree, function.node_id.get())),
        Expression::ArrowFunctionExpression(arrow) => Some((tree, arrow.node_id.get())),
        _ => None,
    };
    match call.callback.get_inner_expression() {
        Expression::Identifier(name) => {
            let name = table.declared(call.tree, name)?;
            let at = table.declaration(name)?;
            match table.node(name.0, at)? {
                AstKind::Function(_) => Some((name.0, at)),
                _ => table.value(name).and_then(|(tree, value)| of(tree, value)),
            }
        }
        own => of(call.tree, own),
    }
}

impl ScheduledCall<'_> {
    /// Whether it schedules the function with this name, or code that names it.
    pub fn runs(&self, table: &NameTable<'_, '_>, name: DeclaredName) -> bool {
        match self.callback.get_inner_expression() {
            Expression::Identifier(used) => table.declared(self.tree, used) == Some(name),
            callback => {
                let text = table.tree(self.tree).map_or("", |tree| tree.text(callback.span()));
                words(text).any(|word| word == table.text(name))
            }
        }
    }
}
