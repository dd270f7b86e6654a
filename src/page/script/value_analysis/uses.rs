//! Indexes what the scripts of a page do, by name, once.

use std::borrow::Cow;
use std::collections::HashMap;

use oxc_ast::ast::{AssignmentExpression, CallExpression, Expression, MemberExpression};
use oxc_ast::{AstKind, AstType};
use oxc_syntax::node::NodeId;

use crate::page::script::resolve::assigned_name;
use crate::page::script::{MethodCall, ScriptTree};

/// Methods that add their arguments to a list.
pub(super) const ADDING_METHODS: &[&str] = &["push", "unshift", "add", "splice", "fill", "set"];

/// Items by key, each with the index of its tree.
type ByName<K, T> = HashMap<K, Vec<(usize, T)>>;

/// What is done with each name.
#[derive(Default)]
pub(super) struct NameUses<'a> {
    /// `x.name = …`
    pub set: ByName<&'a str, &'a AssignmentExpression<'a>>,
    /// `name = …` without a declaration, and `window.name = …`.
    pub set_for_all: ByName<&'a str, &'a AssignmentExpression<'a>>,
    /// `x.name.push(…)`
    pub added: ByName<&'a str, &'a CallExpression<'a>>,
    /// `x.name(…)`
    pub called: ByName<&'a str, &'a CallExpression<'a>>,
    /// `window.name`
    pub reached: ByName<&'a str, NodeId>,
    /// `{ name: … }` and `class { name = … }`
    pub fields: ByName<Cow<'a, str>, &'a Expression<'a>>,
}

impl<'a> NameUses<'a> {
    /// The uses in all of these scripts.
    pub fn from_trees(trees: &[ScriptTree<'a>]) -> Self {
        let mut uses = Self::default();
        for (at, tree) in trees.iter().enumerate() {
            uses.add_tree(at, tree);
        }
        uses
    }

    fn add_tree(&mut self, at: usize, tree: &ScriptTree<'a>) {
        for assignment in tree.assignments() {
            let set = assignment.set;
            if let Some(key) = assignment.key {
                self.set.entry(key).or_default().push((at, set));
            }
            if let Some(name) = set_for_all(tree, set) {
                self.set_for_all.entry(name).or_default().push((at, set));
            }
        }
        for method in tree.methods() {
            self.called.entry(method.name).or_default().push((at, method.call));
            if let Some(key) = filled_member(method) {
                self.added.entry(key).or_default().push((at, method.call));
            }
        }
        for reach in tree.global_accesses() {
            if let [name] = *reach.path {
                self.reached.entry(name).or_default().push((at, reach.node));
            }
        }
        let fields = tree.nodes(&[AstType::PropertyDefinition, AstType::ObjectProperty]);
        for (key, value) in fields.filter_map(field) {
            self.fields.entry(key).or_default().push((at, value));
        }
    }
}

/// The page-wide name that an assignment sets. `None` if it sets none.
fn set_for_all<'a>(tree: &ScriptTree<'a>, set: &'a AssignmentExpression<'a>) -> Option<&'a str> {
    if let Some(name) = assigned_name(&set.left) {
        return tree.symbol(name).is_none().then_some(name.name.as_str());
    }
    match *tree.assigned_path(&set.left)? {
        [name] => Some(name),
        _ => None,
    }
}

/// The name of the member that a method adds to. `None` if it adds to none.
fn filled_member<'a>(method: &MethodCall<'a>) -> Option<&'a str> {
    let callee = method.call.callee.get_inner_expression().as_member_expression()?;
    let list = callee.object().get_inner_expression().as_member_expression()?;
    MemberExpression::static_property_name(list).filter(|_| ADDING_METHODS.contains(&method.name))
}

fn field(kind: AstKind<'_>) -> Option<(Cow<'_, str>, &Expression<'_>)> {
    match kind {
        AstKind::PropertyDefinition(field) => {
            Some((field.key.static_name()?, field.value.as_ref()?))
        }
        AstKind::ObjectProperty(property) => Some((property.key.static_name()?, &property.value)),
        _ => None,
    }
}
