//! The declared names of a page with all their uses, over all its scripts and handlers.

use std::collections::{HashMap, HashSet};

use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, IdentifierReference};
use oxc_syntax::node::NodeId;
use oxc_syntax::symbol::SymbolId;

use crate::page::script::{Bindings, NameUse, ScriptKind, ScriptTree};
use crate::rules::RuleContext;

use super::page_names::{may_have_unknown_names, string_texts, words};

/// A use of a name.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct NamePlace {
    /// The number of the tree that it is in.
    pub tree: usize,
    pub node: NodeId,
    pub usage: NameUse,
}

/// A declared name, by the number of its tree.
pub(super) type DeclaredName = (usize, SymbolId);

/// The names of a page.
pub(in crate::rules) struct NameTable<'t, 'a> {
    trees: &'t [ScriptTree<'a>],
    /// What the scripts of the page share. `None` if several declare it.
    shared: HashMap<&'t str, Option<DeclaredName>>,
    /// Uses of names that a piece of code does not declare itself.
    free: HashMap<&'t str, Vec<NamePlace>>,
    /// Names that code in a text may use, or that are used as members of the global object.
    hidden: HashSet<String>,
}

impl<'t, 'a> NameTable<'t, 'a> {
    /// The names of a page. `None` if not all of its code is known.
    pub fn new(context: &RuleContext<'t, 'a>) -> Option<Self> {
        let trees = context.trees;
        if may_have_unknown_names(context) {
            return None;
        }
        let mut table =
            Self { trees, shared: HashMap::new(), free: HashMap::new(), hidden: HashSet::new() };
        for (number, tree) in trees.iter().enumerate() {
            table.add_tree(number, tree);
        }
        for tree in trees {
            table.hidden.extend(Bindings::of(tree).window_names());
            string_texts(tree).for_each(|text| table.hide_words(text));
        }
        for script in context.page.scripts().iter().filter(|s| s.kind == ScriptKind::Data) {
            table.hide_words(script.text.text());
        }
        for (_, element) in context.page.elements() {
            let texts = element.attributes.iter().filter(|attribute| !attribute.is_handler());
            texts.for_each(|attribute| table.hide_words(&attribute.value));
        }
        Some(table)
    }

    fn add_tree(&mut self, number: usize, tree: &'t ScriptTree<'a>) {
        let names = Bindings::of(tree);
        for symbol in names.symbols().filter(|symbol| names.is_shared(*symbol)) {
            let known = self.shared.entry(names.declared_name(symbol));
            known.and_modify(|known| *known = None).or_insert(Some((number, symbol)));
        }
        for used in names.free_uses() {
            let place = NamePlace { tree: number, node: used.node, usage: used.usage };
            self.free.entry(used.name).or_default().push(place);
        }
    }

    /// Hides the shared names in a text that may be code.
    fn hide_words(&mut self, text: &str) {
        if text.contains(['(', '=', '+', '-']) {
            let shared = words(text).filter(|word| self.shared.contains_key(word));
            self.hidden.extend(shared.map(str::to_owned));
        }
    }

    /// The trees of the page.
    pub fn trees(&self) -> &'t [ScriptTree<'a>] {
        self.trees
    }

    /// The tree with this number.
    pub fn tree(&self, number: usize) -> Option<&'t ScriptTree<'a>> {
        self.trees.get(number)
    }

    /// The node with this id in a tree.
    pub fn node(&self, tree: usize, id: NodeId) -> Option<AstKind<'a>> {
        Some(Bindings::of(self.tree(tree)?).node(id))
    }

    /// Every declared name whose uses are all known, with the node that declares it.
    pub fn names(&self) -> impl Iterator<Item = (DeclaredName, NodeId)> {
        self.trees.iter().enumerate().flat_map(move |(number, tree)| {
            let symbols = Bindings::of(tree).symbols();
            symbols.filter_map(move |symbol| {
                Some(((number, symbol), self.declaration((number, symbol))?))
            })
        })
    }

    /// The node that declares a name. `None` if it is not the only one, or if code that is not read
    /// may use the name.
    pub fn declaration(&self, (tree, symbol): DeclaredName) -> Option<NodeId> {
        let names = Bindings::of(self.tree(tree)?);
        let name = names.declared_name(symbol);
        if names.is_shared(symbol)
            && (self.hidden.contains(name) || self.shared.get(name).is_some_and(Option::is_none))
        {
            return None;
        }
        names.only_declaration(symbol)
    }

    /// The declared name that a name in a tree refers to.
    pub fn declared(&self, tree: usize, name: &IdentifierReference<'_>) -> Option<DeclaredName> {
        match Bindings::of(self.tree(tree)?).declaration(name) {
            Some(symbol) => Some((tree, symbol)),
            None => *self.shared.get(name.name.as_str())?,
        }
    }

    /// Every use of a declared name.
    pub fn uses(&self, (tree, symbol): DeclaredName) -> Vec<NamePlace> {
        let Some(names) = self.tree(tree).map(Bindings::of) else { return Vec::new() };
        let own = names.uses(symbol).map(|(node, usage)| NamePlace { tree, node, usage });
        let shared = names.is_shared(symbol).then(|| self.free.get(names.declared_name(symbol)));
        own.chain(shared.flatten().into_iter().flatten().copied()).collect()
    }

    /// The name as it is written.
    pub fn text(&self, (tree, symbol): DeclaredName) -> &'t str {
        self.tree(tree).map_or("", |tree| Bindings::of(tree).declared_name(symbol))
    }

    /// What a name that is never assigned again always is, with the number of its tree.
    pub fn value(&self, name: DeclaredName) -> Option<(usize, &'a Expression<'a>)> {
        let AstKind::VariableDeclarator(declarator) = self.node(name.0, self.declaration(name)?)?
        else {
            return None;
        };
        declarator.id.get_binding_identifier()?;
        let is_written = self.uses(name).iter().any(|place| place.usage != NameUse::Read);
        declarator.init.as_ref().filter(|_| !is_written).map(|value| (name.0, value))
    }
}
