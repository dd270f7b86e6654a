//! Resolves which global an expression denotes, whatever its local name.
//!
//! `w.eval`, `window['ev' + 'al']`, `(0, eval)` and `Reflect.get(self, 'eval')` are all the path
//! `eval`; a game's own function named `fetch` is none.

use std::cell::RefCell;
use std::collections::HashMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentTarget, CallExpression, ChainElement, Expression, IdentifierReference,
};
use oxc_semantic::SymbolId;
use oxc_syntax::symbol::SymbolFlags;

use super::constant_text::{ConstantText, MAX_STEPS};
use super::global_path::{GlobalPath, path_step};
use super::{ParseGoal, ScriptTree};

/// The global each local name denotes.
pub(super) type PathMemo<'a> = RefCell<HashMap<SymbolId, Option<GlobalPath<'a>>>>;

impl<'a> ScriptTree<'a> {
    /// The global that an expression denotes. `None` if it denotes none.
    pub fn path(&self, expression: &'a Expression<'a>) -> Option<GlobalPath<'a>> {
        self.resolve(expression, MAX_STEPS)
    }

    /// The global that an assignment replaces. A local name for one is only rebound.
    pub fn assigned_path(&self, target: &'a AssignmentTarget<'a>) -> Option<GlobalPath<'a>> {
        match assigned_name(target) {
            Some(name) if self.is_global(name) => Some(GlobalPath::from_name(name.name.as_str())),
            Some(_) => None,
            None => self.resolve_member(target.as_member_expression()?, MAX_STEPS),
        }
    }

    /// Whether a name is the browser's: declared neither here nor by another script of the page.
    pub fn is_global(&self, name: &IdentifierReference<'_>) -> bool {
        self.symbol(name).is_none() && !self.globals.contains_key(name.name.as_str())
    }

    /// The symbol that a name refers to. `None` if it is a global.
    pub(super) fn symbol(&self, name: &IdentifierReference<'_>) -> Option<SymbolId> {
        let reference = self.semantic().scoping().get_reference(name.reference_id.get()?);
        reference.symbol_id().filter(|symbol| !self.is_redundant_declaration(*symbol))
    }

    /// `var eval;` at the top of a classic script only redeclares what exists.
    pub(super) fn is_redundant_declaration(&self, symbol: SymbolId) -> bool {
        let scoping = self.semantic().scoping();
        let at_top = scoping.symbol_scope_id(symbol) == scoping.root_scope_id();
        if !at_top || self.code.goal != ParseGoal::Script {
            return false;
        }
        let only_var = scoping.symbol_flags(symbol) == SymbolFlags::FunctionScopedVariable;
        let declaration = self.semantic().nodes().kind(scoping.symbol_declaration(symbol));
        let empty = matches!(declaration, AstKind::VariableDeclarator(d) if d.init.is_none());
        only_var && empty && !self.is_written(symbol)
    }

    fn is_written(&self, symbol: SymbolId) -> bool {
        if let Some(known) = self.written_symbols.borrow().get(&symbol) {
            return *known;
        }
        let written = self.semantic().scoping().symbol_is_mutated(symbol);
        self.written_symbols.borrow_mut().insert(symbol, written);
        written
    }

    /// The global that an expression denotes, within so many steps. `None` if it is not known.
    pub(super) fn resolve(&self, e: &'a Expression<'a>, steps: usize) -> Option<GlobalPath<'a>> {
        let steps = steps.checked_sub(1)?;
        match e {
            Expression::Identifier(name) => self.resolve_name(name, steps),
            Expression::ThisExpression(this) => self.global_this(this.node_id.get()),
            Expression::ParenthesizedExpression(inner) => self.resolve(&inner.expression, steps),
            Expression::SequenceExpression(all) => self.resolve(all.expressions.last()?, steps),
            Expression::AssignmentExpression(set) => self.resolve(&set.right, steps),
            Expression::ConditionalExpression(either) => self
                .resolve(&either.consequent, steps)
                .or_else(|| self.resolve(&either.alternate, steps)),
            Expression::LogicalExpression(either) => {
                self.resolve(&either.left, steps).or_else(|| self.resolve(&either.right, steps))
            }
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.resolve_result(call, steps),
                element => self.resolve_member(element.as_member_expression()?, steps),
            },
            Expression::CallExpression(call) => self.resolve_result(call, steps),
            member => self.resolve_member(member.as_member_expression()?, steps),
        }
    }

    /// The global that a name denotes. `None` if it is not known.
    pub(super) fn resolve_name(
        &self,
        name: &IdentifierReference<'a>,
        steps: usize,
    ) -> Option<GlobalPath<'a>> {
        match self.symbol(name) {
            None => match self.globals.get(name.name.as_str()) {
                Some(declared) => *declared,
                None => Some(GlobalPath::from_name(name.name.as_str())),
            },
            Some(symbol) => self.resolve_symbol(symbol, steps),
        }
    }

    /// The global that a member denotes. `None` if it is not known.
    pub(super) fn resolve_member(
        &self,
        member: &'a oxc_ast::ast::MemberExpression<'a>,
        steps: usize,
    ) -> Option<GlobalPath<'a>> {
        use oxc_ast::ast::MemberExpression as Member;
        match member {
            Member::StaticMemberExpression(member) => {
                self.resolve_key(&member.object, member.property.name.as_str(), steps)
            }
            Member::ComputedMemberExpression(member) => {
                // The object first: most computed members are of the game's own lists.
                let path = self.resolve(&member.object, steps)?;
                path.join(self.step(self.fold(&member.expression, steps)?))
            }
            Member::PrivateFieldExpression(_) => None,
        }
    }

    /// The global that `object[key]` denotes. `None` if it is not known.
    pub(super) fn resolve_key(
        &self,
        object: &'a Expression<'a>,
        key: &'a str,
        steps: usize,
    ) -> Option<GlobalPath<'a>> {
        self.resolve(object, steps)?.join(path_step(key))
    }

    /// A constant string as a path step.
    pub(super) fn step(&self, key: ConstantText<'a>) -> &'a str {
        match key {
            ConstantText::Borrowed(name) => path_step(name),
            ConstantText::Owned(name) => self.allocator.alloc_str(path_step(&name)),
        }
    }

    fn resolve_result(&self, call: &'a CallExpression<'a>, steps: usize) -> Option<GlobalPath<'a>> {
        self.resolve_call(call, steps).or_else(|| self.resolve_returned(call, steps))
    }

    /// The global that a call returns. `None` if it is not known.
    pub(super) fn resolve_call(
        &self,
        call: &'a CallExpression<'a>,
        steps: usize,
    ) -> Option<GlobalPath<'a>> {
        let steps = steps.checked_sub(1)?;
        let path = self.resolve(&call.callee, steps)?;
        match &*path {
            // A bound function is the same power.
            [.., _, "bind"] => Some(path.parent()),
            ["Reflect", "get"] => {
                let (object, key) = (argument(call, 0)?, argument(call, 1)?);
                self.resolve_key(object, self.step(self.fold(key, steps)?), steps)
            }
            ["Object"] => self.resolve(argument(call, 0)?, steps),
            _ => None,
        }
    }

    /// The result of a function of the page.
    fn resolve_returned(
        &self,
        call: &'a CallExpression<'a>,
        steps: usize,
    ) -> Option<GlobalPath<'a>> {
        let steps = steps.checked_sub(1)?;
        let returns = self.returns(self.function_of(&call.callee)?)?;
        returns.iter().find_map(|value| self.resolve(value, steps))
    }

    /// The global that a variable denotes. `None` if it is not known.
    pub(super) fn resolve_symbol(&self, symbol: SymbolId, steps: usize) -> Option<GlobalPath<'a>> {
        if let Some(known) = self.paths.borrow().get(&symbol) {
            return *known;
        }
        // While it is being resolved it denotes nothing, which ends cycles.
        self.paths.borrow_mut().insert(symbol, None);
        let path = self.definitions(symbol).into_iter().find_map(|definition| {
            let path = self.resolve(definition.value, steps)?;
            definition.keys.into_iter().try_fold(path, GlobalPath::join)
        });
        self.paths.borrow_mut().insert(symbol, path);
        path
    }

    /// The value of a name that has only one. `None` otherwise.
    pub fn constant_value(&self, name: &IdentifierReference<'a>) -> Option<&'a Expression<'a>> {
        self.constant_definition(name)
    }

    /// The expression that a name always stands for. `None` if there is none.
    pub(super) fn constant_definition(
        &self,
        name: &IdentifierReference<'a>,
    ) -> Option<&'a Expression<'a>> {
        let symbol = self.symbol(name)?;
        if let Some(known) = self.values.borrow().get(&symbol) {
            return *known;
        }
        let value = match self.definitions(symbol).as_slice() {
            [only] if only.keys.is_empty() && only.constant => Some(only.value),
            _ => None,
        };
        self.values.borrow_mut().insert(symbol, value);
        value
    }
}

/// The assigned name. `None` if the target is no name.
pub(super) fn assigned_name<'t, 'a>(
    target: &'t AssignmentTarget<'a>,
) -> Option<&'t IdentifierReference<'a>> {
    match target {
        AssignmentTarget::AssignmentTargetIdentifier(name) => Some(name),
        _ => None,
    }
}

/// An argument. `None` if it is missing or spread.
pub(super) fn argument<'a>(call: &'a CallExpression<'a>, i: usize) -> Option<&'a Expression<'a>> {
    call.arguments.get(i).and_then(Argument::as_expression)
}
