//! What names are bound to: uses that no declaration answers, and writes to constants.

use std::borrow::Cow;

use oxc_ast::ast::{BinaryOperator, Expression, IdentifierReference, VariableDeclarationKind};
use oxc_ast::{AstKind, AstType};
use oxc_semantic::{Reference, SymbolId};
use oxc_span::{GetSpan, Span};
use oxc_syntax::node::NodeId;

use super::{ParseGoal, ScriptTree};

/// What is done with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameUse {
    Read,
    Written,
    /// Read and written: `x += 1`.
    Changed,
}

impl NameUse {
    fn of(reference: &Reference) -> Self {
        match (reference.is_read(), reference.is_write()) {
            (true, true) => Self::Changed,
            (false, true) => Self::Written,
            (_, false) => Self::Read,
        }
    }
}

/// A use of a name that the code itself does not declare.
#[derive(Debug, Clone, Copy)]
pub struct FreeName<'t> {
    pub name: &'t str,
    /// Where it is used, in the code.
    pub span: Span,
    pub node: NodeId,
    pub usage: NameUse,
    /// Whether it is used in strict code, where assigning declares nothing.
    pub is_strict: bool,
}

/// A name that is declared with `const` and assigned elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct ConstantName<'t> {
    pub name: &'t str,
    pub symbol: SymbolId,
    /// The keyword of its declaration, in the code. `None` if that is no `const`.
    pub keyword: Option<Span>,
    /// Whether all classic scripts of the page see it.
    pub is_page_wide: bool,
}

/// A read of a name that exists only from its declaration on.
#[derive(Debug, Clone, Copy)]
pub struct LateName {
    pub symbol: SymbolId,
    /// Where it is used.
    pub node: NodeId,
    /// The start of its declaration, in the code.
    pub declared_at: u32,
    /// What it is given there.
    pub value: Option<Span>,
    /// The node whose scope it is declared in.
    pub scope_node: NodeId,
    /// Whether it is declared at the top of the code.
    pub is_top: bool,
}

impl LateName {
    /// Whether code in this range runs before the name exists, if both run in one go.
    pub fn is_before(&self, code: Span) -> bool {
        code.start < self.declared_at
            || self.value.is_some_and(|value| value.contains_inclusive(code))
    }
}

/// What the names of a piece of code are bound to.
#[derive(Clone, Copy)]
pub struct Bindings<'t, 'a> {
    tree: &'t ScriptTree<'a>,
}

impl<'t, 'a> Bindings<'t, 'a> {
    /// The bindings of this script.
    pub fn of(tree: &'t ScriptTree<'a>) -> Self {
        Self { tree }
    }

    /// Every use of a name that the code does not declare.
    pub fn free_uses(self) -> impl Iterator<Item = FreeName<'t>> {
        let scoping = self.tree.semantic().scoping();
        scoping.root_unresolved_references().iter().flat_map(move |(name, ids)| {
            ids.iter().map(move |id| self.free_use(name.as_str(), scoping.get_reference(*id)))
        })
    }

    fn free_use(self, name: &'t str, reference: &Reference) -> FreeName<'t> {
        let node = reference.node_id();
        FreeName {
            name,
            span: self.tree.semantic().nodes().kind(node).span(),
            node,
            usage: NameUse::of(reference),
            is_strict: self
                .tree
                .semantic()
                .scoping()
                .scope_flags(reference.scope_id())
                .is_strict_mode(),
        }
    }

    /// Names that are declared in a function or block of this code.
    pub fn inner_names(self) -> impl Iterator<Item = &'t str> {
        let scoping = self.tree.semantic().scoping();
        let root = scoping.root_scope_id();
        let inner = scoping.symbol_ids().filter(move |id| scoping.symbol_scope_id(*id) != root);
        inner.map(|id| scoping.symbol_name(id))
    }

    /// Names that are declared at the top of this code.
    pub fn top_names(self) -> impl Iterator<Item = &'t str> {
        let scoping = self.tree.semantic().scoping();
        let bindings = scoping.get_bindings(scoping.root_scope_id());
        bindings.keys().map(oxc_ast::ast::Ident::as_str)
    }

    /// Every name that is declared with `const`.
    pub fn constant_names(self) -> impl Iterator<Item = ConstantName<'t>> {
        let scoping = self.tree.semantic().scoping();
        let constants =
            scoping.symbol_ids().filter(|id| scoping.symbol_flags(*id).is_const_variable());
        constants.map(move |symbol| ConstantName {
            name: scoping.symbol_name(symbol),
            symbol,
            keyword: self.constant_keyword(symbol),
            is_page_wide: self.is_shared(symbol),
        })
    }

    fn constant_keyword(self, symbol: SymbolId) -> Option<Span> {
        let at = self.tree.semantic().scoping().symbol_declaration(symbol);
        let declaration = std::iter::once(self.tree.semantic().nodes().kind(at))
            .chain(self.tree.ancestors(at))
            .find_map(|kind| match kind {
                AstKind::VariableDeclaration(declaration) => Some(declaration),
                _ => None,
            })?;
        let is_const = declaration.kind == VariableDeclarationKind::Const;
        is_const.then(|| Span::sized(declaration.span.start, 5))
    }

    /// Where a declared name is assigned, in the code.
    pub fn writes(self, symbol: SymbolId) -> impl Iterator<Item = Span> {
        let nodes = self.tree.semantic().nodes();
        let uses = self.tree.semantic().scoping().get_resolved_references(symbol);
        uses.filter(|reference| reference.is_write()).map(|r| nodes.kind(r.node_id()).span())
    }

    /// Names that are used as members of the global object, or looked for there: `window.x`,
    /// `'x' in window`.
    pub fn window_names(self) -> impl Iterator<Item = String> {
        const PLACES: &[AstType] = &[
            AstType::StaticMemberExpression,
            AstType::ComputedMemberExpression,
            AstType::BinaryExpression,
        ];
        self.tree.nodes(PLACES).filter_map(move |kind| match kind {
            AstKind::StaticMemberExpression(member) => self
                .is_global_object(&member.object)
                .then(|| member.property.name.as_str().to_owned()),
            AstKind::ComputedMemberExpression(member) => {
                self.text_for_global(&member.object, &member.expression)
            }
            AstKind::BinaryExpression(pair) if pair.operator == BinaryOperator::In => {
                self.text_for_global(&pair.right, &pair.left)
            }
            _ => None,
        })
    }

    fn text_for_global(
        self,
        object: &'a Expression<'a>,
        key: &'a Expression<'a>,
    ) -> Option<String> {
        self.is_global_object(object).then(|| self.tree.constant(key))?.map(Cow::into_owned)
    }

    /// Whether the code may add names to the page that it does not spell: by a computed key of the
    /// global object, or by passing that object on.
    pub fn adds_unknown_names(self) -> bool {
        let computed = || {
            let unspelt = self.tree.assignments().iter().filter(|set| set.key.is_none());
            let mut members = unspelt.filter_map(|set| set.set.left.as_member_expression());
            members.any(|member| self.is_global_object(member.object()))
        };
        let passed = || {
            let calls = self.tree.nodes(&[AstType::CallExpression]).filter_map(|kind| match kind {
                AstKind::CallExpression(call) => Some(&call.arguments),
                _ => None,
            });
            let mut values = calls.flatten().filter_map(|argument| argument.as_expression());
            values.any(|value| self.is_global_object(value))
        };
        let with = || self.tree.nodes(&[AstType::WithStatement]).next().is_some();
        with() || computed() || passed()
    }

    fn is_global_object(self, e: &'a Expression<'a>) -> bool {
        let may_be = matches!(
            e.get_inner_expression(),
            Expression::Identifier(_) | Expression::ThisExpression(_)
        );
        may_be && self.tree.path(e).is_some_and(|path| path.is_empty())
    }

    /// Whether an exception at this node is caught in the same function.
    pub fn is_in_try(self, node: NodeId) -> bool {
        let mut inner = self.tree.semantic().nodes().kind(node).span();
        for around in self.tree.ancestors(node) {
            match around {
                AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => return false,
                AstKind::TryStatement(tried)
                    if tried.handler.is_some() && tried.block.span == inner =>
                {
                    return true;
                }
                _ => inner = around.span(),
            }
        }
        false
    }

    /// The function whose first parameter a name is. `None` for all other names.
    pub fn function_of_first_parameter(self, symbol: SymbolId) -> Option<NodeId> {
        let at = self.tree.semantic().scoping().symbol_declaration(symbol);
        let AstKind::FormalParameter(parameter) = self.node(at) else { return None };
        let around = self.tree.semantic().nodes().ancestors_enumerated(at);
        let (id, params) =
            around.map(|(id, node)| (id, node.kind())).find_map(|(id, kind)| match kind {
                AstKind::Function(function) => Some((id, &function.params)),
                AstKind::ArrowFunctionExpression(arrow) => Some((id, &arrow.params)),
                _ => None,
            })?;
        params.items.first().is_some_and(|first| first.span == parameter.span).then_some(id)
    }

    /// Every use of a name that `let`, `const` or `class` declares where the use may come earlier.
    pub fn late_names(self) -> impl Iterator<Item = LateName> {
        let (scoping, nodes) = (self.tree.semantic().scoping(), self.tree.semantic().nodes());
        let late = scoping.symbol_ids().filter(|id| scoping.symbol_flags(*id).is_block_scoped());
        late.flat_map(move |symbol| {
            let scope = scoping.symbol_scope_id(symbol);
            let scope_node = scoping.get_node_id(scope);
            let declaration = nodes.kind(scoping.symbol_declaration(symbol));
            let name = LateName {
                symbol,
                node: scope_node,
                declared_at: declaration.span().start,
                value: match declaration {
                    AstKind::VariableDeclarator(declarator) => {
                        declarator.init.as_ref().map(GetSpan::span)
                    }
                    _ => None,
                },
                scope_node,
                is_top: scope == scoping.root_scope_id(),
            };
            let uses = scoping.get_resolved_references(symbol).map(Reference::node_id);
            // One after the declaration may come before it where a function is called early.
            let may_be_early =
                move |node: &NodeId| name.is_top || name.is_before(nodes.kind(*node).span());
            uses.filter(may_be_early).map(move |node| LateName { node, ..name })
        })
    }

    /// The ancestors of a node with their ids, nearest first.
    pub fn ancestors_with_ids(self, id: NodeId) -> impl Iterator<Item = (NodeId, AstKind<'a>)> {
        self.tree.semantic().nodes().ancestors_enumerated(id).map(|(id, node)| (id, node.kind()))
    }

    /// The function that a name is declared as. `None` for all other names.
    pub fn declared_function(self, symbol: SymbolId) -> Option<NodeId> {
        let at = self.tree.semantic().scoping().symbol_declaration(symbol);
        matches!(self.node(at), AstKind::Function(_)).then_some(at)
    }

    /// The node with this id.
    pub fn node(self, id: NodeId) -> AstKind<'a> {
        self.tree.semantic().nodes().kind(id)
    }

    /// The declaration that a name refers to. `None` for names that the code does not declare.
    pub fn declaration(self, name: &IdentifierReference<'_>) -> Option<SymbolId> {
        self.tree.semantic().scoping().get_reference(name.reference_id.get()?).symbol_id()
    }

    /// Every place where a declared name is read.
    pub fn reads(self, symbol: SymbolId) -> impl Iterator<Item = NodeId> {
        let uses = self.tree.semantic().scoping().get_resolved_references(symbol);
        uses.filter(|reference| reference.is_read()).map(Reference::node_id)
    }

    /// Whether all scripts of the page share a declared name.
    pub fn is_shared(self, symbol: SymbolId) -> bool {
        let scoping = self.tree.semantic().scoping();
        self.tree.code.goal == ParseGoal::Script
            && scoping.symbol_scope_id(symbol) == scoping.root_scope_id()
    }

    /// Every declared name.
    pub fn symbols(self) -> impl Iterator<Item = SymbolId> {
        self.tree.semantic().scoping().symbol_ids()
    }

    /// The node that declares a name: a declarator, a function, a class or a parameter. `None` if
    /// it is declared more than once.
    pub fn only_declaration(self, symbol: SymbolId) -> Option<NodeId> {
        let scoping = self.tree.semantic().scoping();
        let is_only = scoping.symbol_redeclarations(symbol).is_empty();
        is_only.then(|| scoping.symbol_declaration(symbol))
    }

    /// Every use of a declared name in this code.
    pub fn uses(self, symbol: SymbolId) -> impl Iterator<Item = (NodeId, NameUse)> {
        let uses = self.tree.semantic().scoping().get_resolved_references(symbol);
        uses.map(|reference| (reference.node_id(), NameUse::of(reference)))
    }

    /// The name of a declaration.
    pub fn declared_name(self, symbol: SymbolId) -> &'t str {
        self.tree.semantic().scoping().symbol_name(symbol)
    }
}
