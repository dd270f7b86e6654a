//! What names can stand for: what is declared, set, passed, looped over and taken apart.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, IdentifierReference, MemberExpression,
};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;

use super::uses::ADDING;
use super::{Choice, Choices, Values, anything, bag, bounded, union};
use crate::page::script::resolve::assigned_name;
use crate::page::script::{Goal, Tree};

/// A name with more uses may be anything.
const MAX_USES: usize = 256;

impl<'a> Choices<'_, 'a> {
    pub(super) fn name(&self, at: usize, name: &IdentifierReference<'a>) -> Values<'a> {
        let Some(tree) = self.trees.get(at) else { return anything() };
        match tree.symbol(name) {
            Some(symbol) => self.symbol(at, symbol),
            None => self.shared(name.name.as_str()),
        }
    }

    /// What a name is that this code does not declare: another script may.
    fn shared(&self, name: &str) -> Values<'a> {
        if matches!(name, "undefined" | "NaN" | "Infinity") {
            return vec![Choice::Plain];
        }
        let found = self.set_elsewhere(self.trees.len(), name);
        if found.is_empty() { anything() } else { found }
    }

    pub(super) fn symbol(&self, at: usize, symbol: SymbolId) -> Values<'a> {
        if let Some(known) = self.known.borrow().get(&(at, symbol)) {
            return known.clone();
        }
        let is_it = |open: &&(usize, SymbolId, usize)| (open.0, open.1) == (at, symbol);
        let around = self.open.borrow().iter().find(is_it).map(|open| open.2);
        if let Some(operations) = around {
            self.circles.set(self.circles.get() + 1);
            // What only leads back adds nothing; what makes something new of itself may be anything.
            let is_made = self.operations.get() > operations;
            return if is_made { anything() } else { Vec::new() };
        }
        let circles = self.circles.get();
        self.open.borrow_mut().push((at, symbol, self.operations.get()));
        let values = bounded(self.definitions(at, symbol));
        self.open.borrow_mut().pop();
        // In a circle, what is inside of it is not all known until the circle is.
        if circles == self.circles.get() || self.open.borrow().is_empty() {
            self.known.borrow_mut().insert((at, symbol), values.clone());
        }
        values
    }

    fn definitions(&self, at: usize, symbol: SymbolId) -> Values<'a> {
        let Some(tree) = self.trees.get(at) else { return anything() };
        let scoping = tree.semantic().scoping();
        let mut all = self.declared(at, symbol);
        let mut added = Vec::new();
        for (uses, reference) in scoping.get_resolved_references(symbol).enumerate() {
            if uses > MAX_USES {
                return anything();
            }
            if reference.is_write() {
                all = union(all, self.set(at, reference.node_id()));
            } else {
                let (members, elements): (Vec<_>, Vec<_>) = self
                    .put_into(at, reference.node_id())
                    .into_iter()
                    .partition(|choice| matches!(choice, Choice::Member(..)));
                all = union(all, members);
                added.extend(elements);
            }
        }
        if !added.is_empty() {
            all.push(bag(added));
        }
        if tree.declared_for_all(scoping.symbol_name(symbol)) == Some(symbol) {
            all = union(all, self.set_elsewhere(at, scoping.symbol_name(symbol)));
        }
        all
    }

    /// What other scripts make of a name that is declared for all of them.
    fn set_elsewhere(&self, declaring: usize, name: &str) -> Values<'a> {
        let mut found = Vec::new();
        for (at, tree) in self.trees.iter().enumerate().filter(|(at, _)| *at != declaring) {
            if let Some(symbol) = tree.declared_for_all(name) {
                found = union(found, self.symbol(at, symbol));
            }
        }
        for (at, set) in self.uses().set_for_all.get(name).into_iter().flatten() {
            found = union(found, self.assigned(*at, set));
        }
        found
    }

    fn declared(&self, at: usize, symbol: SymbolId) -> Values<'a> {
        let Some(tree) = self.trees.get(at) else { return anything() };
        let (nodes, scoping) = (tree.semantic().nodes(), tree.semantic().scoping());
        let declaration = scoping.symbol_declaration(symbol);
        let span = scoping.symbol_span(symbol);
        match nodes.kind(declaration) {
            AstKind::VariableDeclarator(declarator) => {
                let whole = match &declarator.init {
                    Some(value) => self.values(at, value),
                    None => self.looped(at, declaration),
                };
                self.taken(at, &declarator.id, span, whole)
            }
            AstKind::FormalParameter(parameter) => {
                let whole = self.passed(at, declaration, parameter);
                self.taken(at, &parameter.pattern, span, whole)
            }
            AstKind::Function(_) | AstKind::Class(_) => vec![Choice::Function(at, declaration)],
            _ => anything(),
        }
    }

    /// What the variable of a loop is; nothing where it is declared elsewhere.
    fn looped(&self, at: usize, declarator: NodeId) -> Values<'a> {
        let Some(tree) = self.trees.get(at) else { return anything() };
        match tree.around(declarator).nth(1) {
            Some(AstKind::ForOfStatement(each)) => self.elements(&self.values(at, &each.right)),
            Some(AstKind::ForInStatement(each)) => self.keys(&self.values(at, &each.right)),
            _ => vec![Choice::Plain],
        }
    }

    /// What a pattern gives the name that stands at that place.
    fn taken(
        &self,
        at: usize,
        pattern: &'a BindingPattern<'a>,
        name: Span,
        whole: Values<'a>,
    ) -> Values<'a> {
        match pattern {
            BindingPattern::BindingIdentifier(_) => whole,
            BindingPattern::AssignmentPattern(default) => {
                let whole = union(whole, self.values(at, &default.right));
                self.taken(at, &default.left, name, whole)
            }
            BindingPattern::ObjectPattern(object) => {
                let is_it = |span: Span| span.contains_inclusive(name);
                let property = object.properties.iter().find(|part| is_it(part.value.span()));
                let Some(property) = property else { return whole };
                let key = property.key.static_name();
                let part = self.members(&whole, key.as_deref());
                self.taken(at, &property.value, name, part)
            }
            BindingPattern::ArrayPattern(array) => {
                let elements = array.elements.iter().enumerate();
                let mut elements = elements.filter_map(|(i, part)| Some((i, part.as_ref()?)));
                let found = elements.find(|(_, part)| part.span().contains_inclusive(name));
                let Some((number, part)) = found else { return vec![bag(self.elements(&whole))] };
                let element = self.members(&whole, Some(&number.to_string()));
                self.taken(at, part, name, element)
            }
        }
    }

    /// What a name is set to where it stands.
    fn set(&self, at: usize, name: NodeId) -> Values<'a> {
        let Some(tree) = self.trees.get(at) else { return anything() };
        match tree.parent(name) {
            AstKind::AssignmentExpression(set) if assigned_name(&set.left).is_some() => {
                self.assigned(at, set)
            }
            AstKind::UpdateExpression(_) => vec![Choice::Plain],
            AstKind::ForOfStatement(each) => self.elements(&self.values(at, &each.right)),
            AstKind::ForInStatement(each) => self.keys(&self.values(at, &each.right)),
            _ => anything(),
        }
    }

    /// What is put into the list or object that has a name, where the name stands: `list.push(x)`,
    /// `table[key] = x`, `table.name = x`.
    fn put_into(&self, at: usize, name: NodeId) -> Values<'a> {
        let Some(tree) = self.trees.get(at) else { return Vec::new() };
        let mut around = tree.around(name);
        match (around.next(), around.next()) {
            (
                Some(AstKind::ComputedMemberExpression(member)),
                Some(AstKind::AssignmentExpression(set)),
            ) if set.left.span() == member.span => self.assigned(at, set),
            (
                Some(AstKind::StaticMemberExpression(member)),
                Some(AstKind::AssignmentExpression(set)),
            ) if set.left.span() == member.span => {
                let key = member.property.name.as_str();
                vec![Choice::Member(key, self.assigned(at, set).into())]
            }
            (
                Some(AstKind::StaticMemberExpression(member)),
                Some(AstKind::CallExpression(call)),
            ) if call.callee.span() == member.span => {
                let method = member.property.name.as_str();
                if ADDING.contains(&method) { self.added(at, method, call) } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    /// What a call puts into a list; into a map a pair.
    fn added(&self, at: usize, method: &str, call: &'a CallExpression<'a>) -> Values<'a> {
        if method == "set" {
            let pair = call.arguments.iter().filter_map(Argument::as_expression);
            let pair: Vec<_> = pair.map(|e| self.values(at, e)).collect();
            return vec![Choice::List(pair.into())];
        }
        self.arguments(at, &call.arguments)
    }

    /// All that is passed to a call, in no order.
    pub(super) fn arguments(&self, at: usize, arguments: &'a [Argument<'a>]) -> Values<'a> {
        arguments.iter().fold(Vec::new(), |all, argument| {
            let more = match argument {
                Argument::SpreadElement(spread) => {
                    self.elements(&self.values(at, &spread.argument))
                }
                argument => match argument.as_expression() {
                    Some(e) => self.values(at, e),
                    None => anything(),
                },
            };
            union(all, more)
        })
    }

    /// The functions that an expression can be.
    pub(super) fn functions(
        &self,
        at: usize,
        e: &'a Expression<'a>,
    ) -> Option<Vec<(usize, NodeId)>> {
        let function = |choice: &Choice<'a>| match choice {
            Choice::Function(at, id) => Some((*at, *id)),
            _ => None,
        };
        let is_sure = |choice: &&Choice<'a>| !matches!(choice, Choice::Plain);
        self.values(at, e).iter().filter(is_sure).map(function).collect()
    }
}

impl Tree<'_> {
    /// The symbol of a name that this code declares for all scripts of the page.
    pub(super) fn declared_for_all(&self, name: &str) -> Option<SymbolId> {
        let scoping = self.semantic().scoping();
        let symbol = scoping.get_binding(scoping.root_scope_id(), name.into())?;
        (self.code.goal == Goal::Script && !self.is_hollow(symbol)).then_some(symbol)
    }
}

/// The name of the method that is called, and what it is called on.
pub(super) fn method_of<'a>(call: &'a CallExpression<'a>) -> Option<(&'a str, &'a Expression<'a>)> {
    let member = call.callee.get_inner_expression().as_member_expression()?;
    let name = MemberExpression::static_property_name(member)?;
    Some((name, member.object()))
}
