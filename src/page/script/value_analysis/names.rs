//! The possible values of names: declared, assigned, passed, looped over or destructured.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, IdentifierReference, MemberExpression,
};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;

use super::uses::ADDING_METHODS;
use super::{
    PossibleValue, PossibleValues, ValueAnalysis, any_value, bound_values, cycle_values,
    merge_values, unordered_list,
};
use crate::page::script::resolve::assigned_name;
use crate::page::script::{ParseGoal, ScriptTree};

/// Most uses of a name; with more it may be anything.
const MAX_USES: usize = 256;

impl<'a> ValueAnalysis<'_, 'a> {
    /// The values that a name in script number `at` can have.
    pub(super) fn name_values(
        &self,
        at: usize,
        name: &IdentifierReference<'a>,
    ) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return any_value() };
        match tree.symbol(name) {
            Some(symbol) => self.symbol_value(at, symbol),
            None => self.shared_name_values(name.name.as_str()),
        }
    }

    /// The values of a name that this code does not declare: another script may.
    fn shared_name_values(&self, name: &str) -> PossibleValues<'a> {
        if matches!(name, "undefined" | "NaN" | "Infinity") {
            return vec![PossibleValue::NonText];
        }
        let found = self.values_set_elsewhere(self.trees.len(), name);
        if found.is_empty() { any_value() } else { found }
    }

    /// The values that a variable of script number `at` can have.
    pub(super) fn symbol_value(&self, at: usize, symbol: SymbolId) -> PossibleValues<'a> {
        if let Some(known) = self.symbol_values.borrow().get(&(at, symbol)) {
            return known.clone();
        }
        let is_same = |open: &&(usize, SymbolId, usize)| (open.0, open.1) == (at, symbol);
        let outer_operations = self.in_progress.borrow().iter().find(is_same).map(|open| open.2);
        if let Some(operations) = outer_operations {
            return cycle_values(self, operations);
        }
        let circles = self.cycles.get();
        self.in_progress.borrow_mut().push((at, symbol, self.operations.get()));
        let values = bound_values(self.definition_values(at, symbol));
        self.in_progress.borrow_mut().pop();
        // Within a cycle the values are incomplete until the cycle is done.
        let is_outermost = self.in_progress.borrow().is_empty() && self.spreads.borrow().is_empty();
        if circles == self.cycles.get() || is_outermost {
            self.symbol_values.borrow_mut().insert((at, symbol), values.clone());
        }
        values
    }

    fn definition_values(&self, at: usize, symbol: SymbolId) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return any_value() };
        let scoping = tree.semantic().scoping();
        let mut all = self.declared_values(at, symbol);
        let mut added = Vec::new();
        for (uses, reference) in scoping.get_resolved_references(symbol).enumerate() {
            if uses > MAX_USES {
                return any_value();
            }
            if reference.is_write() {
                all = merge_values(all, self.values_set_at(at, reference.node_id()));
            } else {
                let (members, elements): (Vec<_>, Vec<_>) = self
                    .values_added_at(at, reference.node_id())
                    .into_iter()
                    .partition(|choice| matches!(choice, PossibleValue::Member(..)));
                all = merge_values(all, members);
                added.extend(elements);
            }
        }
        if !added.is_empty() {
            all.push(unordered_list(added));
        }
        if tree.page_wide_symbol(scoping.symbol_name(symbol)) == Some(symbol) {
            all = merge_values(all, self.values_set_elsewhere(at, scoping.symbol_name(symbol)));
        }
        all
    }

    /// The values that other scripts give a page-wide name.
    fn values_set_elsewhere(&self, declaring: usize, name: &str) -> PossibleValues<'a> {
        let mut found = Vec::new();
        for (at, tree) in self.trees.iter().enumerate().filter(|(at, _)| *at != declaring) {
            if let Some(symbol) = tree.page_wide_symbol(name) {
                found = merge_values(found, self.symbol_value(at, symbol));
            }
        }
        for (at, set) in self.uses().set_for_all.get(name).into_iter().flatten() {
            found = merge_values(found, self.assigned_values(*at, set));
        }
        found
    }

    fn declared_values(&self, at: usize, symbol: SymbolId) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return any_value() };
        let (nodes, scoping) = (tree.semantic().nodes(), tree.semantic().scoping());
        let declaration = scoping.symbol_declaration(symbol);
        let span = scoping.symbol_span(symbol);
        match nodes.kind(declaration) {
            AstKind::VariableDeclarator(declarator) => {
                let whole = match &declarator.init {
                    Some(value) => self.values(at, value),
                    None => self.loop_variable_values(at, declaration),
                };
                self.pattern_values(at, &declarator.id, span, whole)
            }
            AstKind::FormalParameter(parameter) => {
                let whole = self.parameter_values(at, declaration, parameter);
                self.pattern_values(at, &parameter.pattern, span, whole)
            }
            AstKind::Function(_) | AstKind::Class(_) => {
                vec![PossibleValue::Function(at, declaration)]
            }
            _ => any_value(),
        }
    }

    /// The values of a loop variable; unset if declared elsewhere.
    fn loop_variable_values(&self, at: usize, declarator: NodeId) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return any_value() };
        match tree.ancestors(declarator).nth(1) {
            Some(AstKind::ForOfStatement(each)) => {
                self.element_values(&self.values(at, &each.right))
            }
            Some(AstKind::ForInStatement(each)) => self.key_values(&self.values(at, &each.right)),
            _ => vec![PossibleValue::NonText],
        }
    }

    /// The values that a pattern assigns to the name at this span.
    fn pattern_values(
        &self,
        at: usize,
        pattern: &'a BindingPattern<'a>,
        name: Span,
        whole: PossibleValues<'a>,
    ) -> PossibleValues<'a> {
        match pattern {
            BindingPattern::BindingIdentifier(_) => whole,
            BindingPattern::AssignmentPattern(default) => {
                let whole = merge_values(whole, self.values(at, &default.right));
                self.pattern_values(at, &default.left, name, whole)
            }
            BindingPattern::ObjectPattern(object) => {
                let holds_name = |span: Span| span.contains_inclusive(name);
                let property = object.properties.iter().find(|part| holds_name(part.value.span()));
                let Some(property) = property else { return whole };
                let key = property.key.static_name();
                let part = self.members(&whole, key.as_deref());
                self.pattern_values(at, &property.value, name, part)
            }
            BindingPattern::ArrayPattern(array) => {
                let elements = array.elements.iter().enumerate();
                let mut elements = elements.filter_map(|(i, part)| Some((i, part.as_ref()?)));
                let found = elements.find(|(_, part)| part.span().contains_inclusive(name));
                let Some((number, part)) = found else {
                    return vec![unordered_list(self.element_values(&whole))];
                };
                let element = self.members(&whole, Some(&number.to_string()));
                self.pattern_values(at, part, name, element)
            }
        }
    }

    /// The values assigned to a name at this node.
    fn values_set_at(&self, at: usize, name: NodeId) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return any_value() };
        match tree.parent(name) {
            AstKind::AssignmentExpression(set) if assigned_name(&set.left).is_some() => {
                self.assigned_values(at, set)
            }
            AstKind::UpdateExpression(_) => vec![PossibleValue::NonText],
            AstKind::ForOfStatement(each) => self.element_values(&self.values(at, &each.right)),
            AstKind::ForInStatement(each) => self.key_values(&self.values(at, &each.right)),
            _ => any_value(),
        }
    }

    /// The values added at this node to the list or object with a name: `list.push(x)`, `table[key]
    /// = x`, `table.name = x`.
    fn values_added_at(&self, at: usize, name: NodeId) -> PossibleValues<'a> {
        let Some(tree) = self.trees.get(at) else { return Vec::new() };
        let mut ancestors = tree.ancestors(name);
        match (ancestors.next(), ancestors.next()) {
            (
                Some(AstKind::ComputedMemberExpression(member)),
                Some(AstKind::AssignmentExpression(set)),
            ) if set.left.span() == member.span => self.assigned_values(at, set),
            (
                Some(AstKind::StaticMemberExpression(member)),
                Some(AstKind::AssignmentExpression(set)),
            ) if set.left.span() == member.span => {
                let key = member.property.name.as_str();
                vec![PossibleValue::Member(key, self.assigned_values(at, set).into())]
            }
            (
                Some(AstKind::StaticMemberExpression(member)),
                Some(AstKind::CallExpression(call)),
            ) if call.callee.span() == member.span => {
                let method = member.property.name.as_str();
                if ADDING_METHODS.contains(&method) {
                    self.added_values(at, method, call)
                } else {
                    Vec::new()
                }
            }
            _ => Vec::new(),
        }
    }

    /// The values that a call adds to a list, or the pair it adds to a map.
    fn added_values(
        &self,
        at: usize,
        method: &str,
        call: &'a CallExpression<'a>,
    ) -> PossibleValues<'a> {
        if method == "set" {
            let pair = call.arguments.iter().filter_map(Argument::as_expression);
            let pair: Vec<_> = pair.map(|e| self.values(at, e)).collect();
            return vec![PossibleValue::List(pair.into())];
        }
        self.argument_values(at, &call.arguments)
    }

    /// The values of all arguments, unordered.
    pub(super) fn argument_values(
        &self,
        at: usize,
        arguments: &'a [Argument<'a>],
    ) -> PossibleValues<'a> {
        arguments.iter().fold(Vec::new(), |all, argument| {
            let more = match argument {
                Argument::SpreadElement(spread) => {
                    self.element_values(&self.values(at, &spread.argument))
                }
                argument => match argument.as_expression() {
                    Some(e) => self.values(at, e),
                    None => any_value(),
                },
            };
            merge_values(all, more)
        })
    }

    /// The functions that an expression can be. `None` if it can be anything else.
    pub(super) fn possible_functions(
        &self,
        at: usize,
        e: &'a Expression<'a>,
    ) -> Option<Vec<(usize, NodeId)>> {
        let function = |choice: &PossibleValue<'a>| match choice {
            PossibleValue::Function(at, id) => Some((*at, *id)),
            _ => None,
        };
        let is_sure = |choice: &&PossibleValue<'a>| !matches!(choice, PossibleValue::NonText);
        self.values(at, e).iter().filter(is_sure).map(function).collect()
    }
}

impl ScriptTree<'_> {
    /// The symbol of a name that this code declares for all scripts of the page. `None` if it does
    /// not.
    pub(super) fn page_wide_symbol(&self, name: &str) -> Option<SymbolId> {
        let scoping = self.semantic().scoping();
        let symbol = scoping.get_binding(scoping.root_scope_id(), name.into())?;
        (self.code.goal == ParseGoal::Script && !self.is_redundant_declaration(symbol))
            .then_some(symbol)
    }
}

/// The name of the called method and its object. `None` if the call is no method call.
pub(super) fn method_of<'a>(call: &'a CallExpression<'a>) -> Option<(&'a str, &'a Expression<'a>)> {
    let member = call.callee.get_inner_expression().as_member_expression()?;
    let name = MemberExpression::static_property_name(member)?;
    Some((name, member.object()))
}
