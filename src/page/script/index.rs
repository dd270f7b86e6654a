//! Indexes the nodes of a tree by type, once, so that no rule walks all of them.

use oxc_ast::ast::{AssignmentExpression, CallExpression, MemberExpression};
use oxc_ast::{AstKind, AstType};
use oxc_semantic::AstNodes;
use oxc_syntax::node::NodeId;

/// The number of possible node types.
const KINDS: usize = u8::MAX as usize + 1;

/// The nodes of a tree by type, in order.
pub(super) struct NodeIndex<'a> {
    /// The start of each type's nodes in `ids`, and the end of all.
    starts: Vec<usize>,
    ids: Vec<NodeId>,
    methods: Vec<MethodCall<'a>>,
    assignments: Vec<Assignment<'a>>,
}

/// A method call: `x.name(…)`.
#[derive(Clone, Copy)]
pub struct MethodCall<'a> {
    pub name: &'a str,
    pub call: &'a CallExpression<'a>,
}

/// An assignment, with the name of the member it sets, if any: `x.key = …`.
#[derive(Clone, Copy)]
pub struct Assignment<'a> {
    pub key: Option<&'a str>,
    pub set: &'a AssignmentExpression<'a>,
}

impl<'a> NodeIndex<'a> {
    /// One walk counts the types and collects calls and assignments; then each node is put in its
    /// place.
    pub fn new(nodes: &AstNodes<'a>) -> Self {
        let mut starts = vec![0; KINDS + 1];
        let (mut methods, mut assignments) = (Vec::new(), Vec::new());
        for node in nodes.iter() {
            starts.get_mut(kind_number(node.kind()) + 1).into_iter().for_each(|count| *count += 1);
            match node.kind() {
                AstKind::CallExpression(call) => methods.extend(MethodCall::of(call)),
                AstKind::AssignmentExpression(set) => assignments.push(Assignment::of(set)),
                _ => {}
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let ids = sort_by_kind(nodes, starts.clone());
        Self { starts, ids, methods, assignments }
    }

    /// The nodes of one type.
    pub fn nodes_of(&self, kind: AstType) -> impl Iterator<Item = NodeId> + '_ {
        self.range(kind).iter().copied()
    }

    /// The nodes of one type after another node.
    pub fn nodes_after(&self, kind: AstType, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let all = self.range(kind);
        all.get(all.partition_point(|node| *node <= id)..).unwrap_or_default().iter().copied()
    }

    fn range(&self, kind: AstType) -> &[NodeId] {
        let kind = usize::from(kind as u8);
        let (start, end) = (self.starts.get(kind), self.starts.get(kind + 1));
        let range = start.copied().unwrap_or_default()..end.copied().unwrap_or_default();
        self.ids.get(range).unwrap_or_default()
    }

    /// All calls of methods, in the order of the source.
    pub fn methods(&self) -> &[MethodCall<'a>] {
        &self.methods
    }

    /// All assignments, in the order of the source.
    pub fn assignments(&self) -> &[Assignment<'a>] {
        &self.assignments
    }
}

/// Sorts all nodes by type; `next` holds the next free place of each.
fn sort_by_kind(nodes: &AstNodes<'_>, mut next: Vec<usize>) -> Vec<NodeId> {
    let mut ids = vec![NodeId::ROOT; nodes.len()];
    for (id, node) in nodes.iter_enumerated() {
        let Some(at) = next.get_mut(kind_number(node.kind())) else { continue };
        ids.get_mut(*at).into_iter().for_each(|place| *place = id);
        *at += 1;
    }
    ids
}

fn kind_number(kind: AstKind<'_>) -> usize {
    usize::from(kind.ty() as u8)
}

impl<'a> MethodCall<'a> {
    fn of(call: &'a CallExpression<'a>) -> Option<Self> {
        let member = call.callee.get_inner_expression().as_member_expression()?;
        Some(Self { name: member.static_property_name()?, call })
    }
}

impl<'a> Assignment<'a> {
    fn of(set: &'a AssignmentExpression<'a>) -> Self {
        let member = set.left.as_member_expression();
        Self { key: member.and_then(MemberExpression::static_property_name), set }
    }
}
