//! Which functions and classes of a page are ever reached from code that runs.

use std::collections::{HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_syntax::node::NodeId;

use crate::page::script::{Bindings, NameUse, ScriptTree};

use super::name_table::{DeclaredName, NamePlace, NameTable};

/// The named functions and classes of a page, as far as all their uses are known.
pub(super) struct FunctionGraph {
    /// The name of each function, by its tree and node.
    names: HashMap<(usize, NodeId), DeclaredName>,
    /// The functions that code which runs comes to.
    live: HashSet<DeclaredName>,
    /// The functions that use a function, itself aside.
    users: HashMap<DeclaredName, Vec<DeclaredName>>,
}

impl FunctionGraph {
    pub fn new(table: &NameTable<'_, '_>) -> Self {
        let mut names = HashMap::new();
        for (name, at) in table.names() {
            if let Some(function) = named_function(table, name, at) {
                names.insert((name.0, function), name);
            }
        }
        let mut graph = Self { names, live: HashSet::new(), users: HashMap::new() };
        let mut leads_to: HashMap<DeclaredName, Vec<DeclaredName>> = HashMap::new();
        let mut open = Vec::new();
        let all: Vec<DeclaredName> = graph.names.values().copied().collect();
        for name in all {
            let places = table.uses(name);
            let is_known = !is_used_outside(table, name)
                && places.iter().all(|place| place.usage == NameUse::Read);
            let around: Option<HashSet<_>> =
                places.into_iter().map(|place| graph.around(table, place)).collect();
            let Some(mut around) = around.filter(|_| is_known) else {
                open.push(name);
                continue;
            };
            around.remove(&name);
            for outer in &around {
                leads_to.entry(*outer).or_default().push(name);
            }
            graph.users.insert(name, around.into_iter().collect());
        }
        while let Some(name) = open.pop() {
            if graph.live.insert(name) {
                open.extend(leads_to.get(&name).into_iter().flatten());
            }
        }
        graph
    }

    /// The named function that a place is in. `None` if it is in none, so that it runs if its script
    /// does.
    fn around(&self, table: &NameTable<'_, '_>, place: NamePlace) -> Option<DeclaredName> {
        self.function_around(table.tree(place.tree)?, place.tree, place.node)
    }

    /// The named function that a node of a tree is in.
    pub fn function_around(
        &self,
        tree: &ScriptTree<'_>,
        number: usize,
        node: NodeId,
    ) -> Option<DeclaredName> {
        let mut around = Bindings::of(tree).ancestors_with_ids(node);
        around.find_map(|(id, _)| self.name_of(number, id))
    }

    /// The name of a function, by its node.
    pub fn name_of(&self, tree: usize, node: NodeId) -> Option<DeclaredName> {
        self.names.get(&(tree, node)).copied()
    }

    /// Whether code that runs comes to a function.
    pub fn is_live(&self, name: DeclaredName) -> bool {
        self.live.contains(&name)
    }

    /// The functions that lead to one that is never reached and that nothing else leads to: itself
    /// if it has no users.
    pub fn unused_starts(&self, name: DeclaredName) -> Vec<DeclaredName> {
        let (mut seen, mut open) = (HashSet::from([name]), vec![name]);
        let mut starts = Vec::new();
        while let Some(one) = open.pop() {
            let users = self.users.get(&one).map(Vec::as_slice).unwrap_or_default();
            if users.is_empty() {
                starts.push(one);
            }
            open.extend(users.iter().filter(|user| seen.insert(**user)));
        }
        starts.sort_unstable();
        starts
    }

    /// Every function that is never reached.
    pub fn unused(&self) -> impl Iterator<Item = DeclaredName> {
        self.names.values().copied().filter(|name| !self.is_live(*name))
    }
}

/// Whether a function is exported, or has the name of a handler of the window.
fn is_used_outside(table: &NameTable<'_, '_>, name: DeclaredName) -> bool {
    let (Some(tree), Some(at)) = (table.tree(name.0), table.declaration(name)) else { return true };
    let is_exported = |kind: &AstKind<'_>| {
        matches!(
            kind,
            AstKind::ExportDeclaration(_)
                | AstKind::ExportNamedDeclaration(_)
                | AstKind::ExportDefaultDeclaration(_)
        )
    };
    table.text(name).starts_with("on") || tree.ancestors(at).take(2).any(|kind| is_exported(&kind))
}

/// The node of the function or class that a declaration names.
fn named_function(
    table: &NameTable<'_, '_>,
    name: DeclaredName,
    declaration: NodeId,
) -> Option<NodeId> {
    match table.node(name.0, declaration)? {
        // The name of an expression is only for itself: the expression is reached where it stands.
        AstKind::Function(function) => function.is_declaration().then_some(declaration),
        AstKind::Class(class) => class.is_declaration().then_some(declaration),
        AstKind::VariableDeclarator(declarator) => {
            declarator.id.get_binding_identifier()?;
            match declarator.init.as_ref()?.get_inner_expression() {
                Expression::FunctionExpression(function) => Some(function.node_id.get()),
                Expression::ArrowFunctionExpression(arrow) => Some(arrow.node_id.get()),
                Expression::ClassExpression(class) => Some(class.node_id.get()),
                _ => None,
            }
        }
        _ => None,
    }
}
