//! Finds where functions are called, and their arguments.

use std::rc::Rc;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, CallExpression, Expression, FormalParameter, MethodDefinitionKind, PropertyKey,
};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;

use super::names::method_of;
use super::{PossibleValue, PossibleValues, ValueAnalysis, any_value, merge_values};
use crate::page::script::resolve::assigned_name;
use crate::page::script::this_binding::ELEMENT_CALLBACKS;

/// Most call sites of a function; with more it may get anything.
const MAX_SITES: usize = 64;

/// One call site of a function.
#[derive(Clone, Copy)]
pub(super) enum CallSite<'a> {
    /// Called with these arguments.
    Call(usize, &'a [Argument<'a>]),
    /// Called with each element of a list and its index.
    Each(usize, &'a Expression<'a>),
    /// Called with the accumulator, each element of a list and its index.
    Reduce(usize, &'a Expression<'a>),
}

/// The call sites of a function. `None` if some may be unseen.
type CallSites<'a> = Option<Vec<CallSite<'a>>>;

impl<'a> ValueAnalysis<'_, 'a> {
    /// The possible values of a parameter.
    pub(super) fn parameter_values(
        &self,
        at: usize,
        id: NodeId,
        parameter: &'a FormalParameter<'a>,
    ) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return any_value() };
        let nodes = tree.semantic().nodes();
        let AstKind::FormalParameters(all) = nodes.parent_kind(id) else { return any_value() };
        let number = all.items.partition_point(|item| item.span.start < parameter.span.start);
        let function = nodes.parent_id(all.node_id.get());
        let default = parameter.initializer.as_deref();
        let default = default.map_or(vec![PossibleValue::NonText], |value| self.values(at, value));
        match self.sites(at, function) {
            Some(sites) if !sites.is_empty() => sites.iter().fold(Vec::new(), |all, site| {
                let passed = self.argument_at(*site, number);
                merge_values(all, passed.unwrap_or_else(|| default.clone()))
            }),
            _ => any_value(),
        }
    }

    /// The argument at a call site. `None` if there is none.
    fn argument_at(&self, site: CallSite<'a>, number: usize) -> Option<PossibleValues<'a>> {
        match site {
            CallSite::Call(at, arguments) => {
                let is_spread =
                    |argument: &Argument<'_>| matches!(argument, Argument::SpreadElement(_));
                if arguments.iter().take(number + 1).any(is_spread) {
                    return Some(any_value());
                }
                Some(self.values(at, arguments.get(number)?.as_expression()?))
            }
            CallSite::Each(at, list) | CallSite::Reduce(at, list) => {
                let number = match site {
                    CallSite::Reduce(..) => number.checked_sub(1),
                    _ => Some(number),
                };
                let elements = self.element_values(&self.values(at, list));
                Some(match number {
                    // A map passes the value of a key, and the key.
                    Some(0) => merge_values(elements.clone(), self.pair_side(&elements, "1")),
                    Some(1) => {
                        merge_values(vec![PossibleValue::NonText], self.pair_side(&elements, "0"))
                    }
                    _ => any_value(),
                })
            }
        }
    }

    /// One side of the pairs among these.
    pub(super) fn pair_side(
        &self,
        elements: &[PossibleValue<'a>],
        side: &str,
    ) -> PossibleValues<'a> {
        let pairs =
            elements.iter().filter(|e| matches!(e, PossibleValue::List(pair) if pair.len() == 2));
        let pairs: Vec<_> = pairs.cloned().collect();
        self.members(&pairs, Some(side))
    }

    fn sites(&self, at: usize, function: NodeId) -> Option<Rc<[CallSite<'a>]>> {
        if let Some(known) = self.sites.borrow().get(&(at, function)) {
            return known.clone();
        }
        // While they are being searched there are none, which ends cycles.
        self.sites.borrow_mut().insert((at, function), None);
        let found = self.recurse(|| self.find_sites(at, function)).flatten();
        let found = found.filter(|sites| sites.len() <= MAX_SITES);
        let found: Option<Rc<[_]>> = found.map(Into::into);
        self.sites.borrow_mut().insert((at, function), found.clone());
        found
    }

    fn find_sites(&self, at: usize, function: NodeId) -> CallSites<'a> {
        let nodes = self.trees.get(at)?.semantic().nodes();
        let name = match nodes.kind(function) {
            AstKind::Function(own) => own.id.as_ref(),
            AstKind::Class(own) => own.id.as_ref(),
            _ => None,
        };
        let is_declared = match nodes.kind(function) {
            AstKind::Function(own) => own.is_declaration(),
            AstKind::Class(own) => own.is_declaration(),
            _ => false,
        };
        let mut sites = match name.and_then(|name| name.symbol_id.get()) {
            Some(name) => self.name_sites(at, name)?,
            None => Vec::new(),
        };
        if !is_declared {
            sites.extend(self.site(at, function)?);
        }
        Some(sites)
    }

    /// The call sites of what has a name.
    fn name_sites(&self, at: usize, name: SymbolId) -> CallSites<'a> {
        if let Some(known) = self.name_sites.borrow().get(&(at, name)) {
            return known.as_deref().map(<[_]>::to_vec);
        }
        // A name that leads back to itself adds nothing.
        self.name_sites.borrow_mut().insert((at, name), Some(Rc::default()));
        let found = self.recurse(|| self.find_name_sites(at, name)).flatten();
        self.name_sites.borrow_mut().insert((at, name), found.clone().map(Into::into));
        found
    }

    fn find_name_sites(&self, at: usize, name: SymbolId) -> CallSites<'a> {
        let tree = self.trees.get(at)?;
        let scoping = tree.semantic().scoping();
        let mut sites = Vec::new();
        for reference in scoping.get_resolved_references(name).filter(|r| r.is_read()) {
            sites.extend(self.site(at, reference.node_id())?);
            if sites.len() > MAX_SITES {
                return None;
            }
        }
        let text = scoping.symbol_name(name);
        if tree.page_wide_symbol(text) == Some(name) {
            sites.extend(self.shared_sites(at, text)?);
        }
        Some(sites)
    }

    /// The call sites in other scripts and through members of the window.
    fn shared_sites(&self, declaring: usize, name: &str) -> CallSites<'a> {
        let mut sites = Vec::new();
        for (at, tree) in self.trees.iter().enumerate() {
            let scoping = tree.semantic().scoping();
            let free = scoping.root_unresolved_references().get(name).filter(|_| at != declaring);
            for reference in free.into_iter().flatten() {
                sites.extend(self.site(at, scoping.get_reference(*reference).node_id())?);
            }
        }
        for (at, node) in self.uses().reached.get(name).into_iter().flatten() {
            sites.extend(self.site(*at, *node)?);
        }
        Some(sites)
    }

    /// The calls at the place where a function, or its name, stands.
    fn site(&self, at: usize, id: NodeId) -> CallSites<'a> {
        let nodes = self.trees.get(at)?.semantic().nodes();
        let mut value = nodes.kind(id).span();
        for (around_id, node) in nodes.ancestors_enumerated(id) {
            match node.kind() {
                AstKind::ParenthesizedExpression(_)
                | AstKind::ConditionalExpression(_)
                | AstKind::LogicalExpression(_)
                | AstKind::SequenceExpression(_)
                | AstKind::ChainExpression(_) => value = node.kind().span(),
                around => return self.site_in(at, (around_id, around), value),
            }
        }
        None
    }

    fn site_in(
        &self,
        at: usize,
        (id, around): (NodeId, AstKind<'a>),
        value: Span,
    ) -> CallSites<'a> {
        match around {
            AstKind::CallExpression(call) if call.callee.span() == value => {
                Some(vec![CallSite::Call(at, &call.arguments)])
            }
            AstKind::CallExpression(call) => self.callback_sites(at, call, value),
            AstKind::NewExpression(new) if new.callee.span() == value => {
                Some(vec![CallSite::Call(at, &new.arguments)])
            }
            AstKind::StaticMemberExpression(member) if member.object.span() == value => {
                self.site_of_member(at, id, member.property.name.as_str())
            }
            AstKind::VariableDeclarator(declarator) => {
                let name = declarator.id.get_binding_identifier()?.symbol_id.get()?;
                self.name_sites(at, name)
            }
            AstKind::AssignmentExpression(set) if set.right.span() == value => {
                if let Some(name) = assigned_name(&set.left) {
                    return self.name_sites(at, self.trees.get(at)?.symbol(name)?);
                }
                self.method_sites(set.left.as_member_expression()?.static_property_name()?)
            }
            AstKind::ObjectProperty(property) => self.property_sites(&property.key),
            AstKind::PropertyDefinition(field) => self.property_sites(&field.key),
            AstKind::MethodDefinition(method) if method.kind == MethodDefinitionKind::Method => {
                self.property_sites(&method.key)
            }
            AstKind::MethodDefinition(method)
                if method.kind == MethodDefinitionKind::Constructor =>
            {
                let mut outer = self.trees.get(at)?.semantic().nodes().ancestors_enumerated(id);
                let (class, _) = outer.find(|(_, n)| matches!(n.kind(), AstKind::Class(_)))?;
                self.find_sites(at, class)
            }
            // It is only inspected.
            AstKind::UnaryExpression(_)
            | AstKind::BinaryExpression(_)
            | AstKind::IfStatement(_)
            | AstKind::ExpressionStatement(_)
            | AstKind::ExportNamedDeclaration(_) => Some(Vec::new()),
            _ => None,
        }
    }

    /// `f.call(x, …)`, and members that call nothing.
    fn site_of_member(&self, at: usize, member: NodeId, name: &str) -> CallSites<'a> {
        match (name, self.trees.get(at)?.parent(member)) {
            ("call", AstKind::CallExpression(call)) => {
                Some(vec![CallSite::Call(at, call.arguments.get(1..).unwrap_or_default())])
            }
            ("apply" | "bind" | "call", _) => None,
            _ => Some(Vec::new()),
        }
    }

    fn property_sites(&self, key: &PropertyKey<'a>) -> CallSites<'a> {
        self.method_sites(&key.static_name()?)
    }

    /// The calls of any method with this name.
    fn method_sites(&self, name: &str) -> CallSites<'a> {
        // The browser calls event handlers.
        if !self.by_name || name.starts_with("on") {
            return None;
        }
        let calls = self.uses().called.get(name).into_iter().flatten();
        Some(calls.map(|(at, call)| CallSite::Call(*at, &call.arguments)).collect())
    }

    /// The calls of the callback passed at this place.
    fn callback_sites(
        &self,
        at: usize,
        call: &'a CallExpression<'a>,
        value: Span,
    ) -> CallSites<'a> {
        let tree = self.trees.get(at)?;
        let number = call.arguments.iter().position(|argument| argument.span() == value)?;
        match method_of(call) {
            Some((method, list)) if number == 0 && ELEMENT_CALLBACKS.contains(&method) => {
                return Some(vec![CallSite::Each(at, list)]);
            }
            Some(("reduce" | "reduceRight", list)) if number == 0 => {
                return Some(vec![CallSite::Reduce(at, list)]);
            }
            _ => {}
        }
        let path = tree.path(&call.callee);
        if path.is_some_and(|path| path == ["setTimeout"] || path == ["setInterval"]) {
            return Some(vec![CallSite::Call(at, call.arguments.get(2..).unwrap_or_default())]);
        }
        let function = tree.function_of(&call.callee)?;
        let parameters = match tree.semantic().nodes().kind(function) {
            AstKind::Function(function) => &function.params,
            AstKind::ArrowFunctionExpression(arrow) => &arrow.params,
            _ => return None,
        };
        let parameter = parameters.items.get(number)?.pattern.get_binding_identifier()?;
        self.name_sites(at, parameter.symbol_id.get()?)
    }

    /// The possible results of a function.
    pub(super) fn returned_values(&self, at: usize, function: NodeId) -> PossibleValues<'a> {
        let returns = self.trees.get(at).and_then(|tree| tree.returns(function));
        let Some(returns) = returns else { return any_value() };
        let none = if returns.is_empty() { vec![PossibleValue::NonText] } else { Vec::new() };
        returns.iter().fold(none, |all, value| merge_values(all, self.values(at, value)))
    }
}
