//! Determines whether code tolerates that a browser API is missing.
//!
//! It does inside a `try`, behind a test, with `?.`, and if the value is only inspected. The guard
//! removes powers, so a page that works without one is a good game all the same.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentExpression, BinaryExpression, BindingPattern, CallExpression, LogicalExpression,
    MemberExpression, Statement, VariableDeclarator,
};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;

use super::constant_text::MAX_STEPS;
use super::truth::{MissingApi, STEP_COST};
use super::{GlobalAccess, GlobalCall, ScriptTree};

/// Most names and functions followed in a row.
const MAX_HOPS: usize = 3;
/// Most uses of a name that is followed.
const MAX_USES: usize = 64;

/// What happens to a value.
enum ValueFate {
    /// Nothing breaks, whatever it is.
    Harmless,
    Breaks,
    /// It is assigned to a name.
    Named(SymbolId),
    /// It becomes the value of its parent.
    Forwarded,
}

impl<'a> ScriptTree<'a> {
    /// Whether the code tolerates that an accessed global is missing.
    pub fn tolerates_missing(&self, access: &GlobalAccess<'a>, missing: MissingApi) -> bool {
        match self.semantic().nodes().kind(access.node) {
            AstKind::VariableDeclarator(declarator) => {
                self.is_behind_test(access.node, missing, MAX_HOPS)
                    || self.is_fine_in_parts(&declarator.id, access, missing)
            }
            AstKind::AssignmentExpression(_) | AstKind::FormalParameter(_) => {
                self.is_behind_test(access.node, missing, MAX_HOPS)
            }
            _ => self.is_optional(access.node, missing),
        }
    }

    /// Whether an exception of a call is caught around it.
    pub fn is_caught(&self, call: &GlobalCall<'a>) -> bool {
        let nothing = MissingApi { path: |_| false, member: |_| false };
        self.is_behind_test(call.node, nothing, MAX_HOPS)
    }

    /// Whether the mere name throws if it is missing.
    pub fn throws_by_name(&self, access: &GlobalAccess<'a>, missing: MissingApi) -> bool {
        self.is_bare(access.node) && !self.is_behind_test(access.node, missing, MAX_HOPS)
    }

    /// Whether the code tolerates that a member of any object is missing.
    pub fn is_optional_member(&self, member: &MemberExpression<'a>, missing: MissingApi) -> bool {
        let id = match member {
            MemberExpression::ComputedMemberExpression(member) => member.node_id.get(),
            MemberExpression::StaticMemberExpression(member) => member.node_id.get(),
            MemberExpression::PrivateFieldExpression(member) => member.node_id.get(),
        };
        self.is_optional(id, missing)
    }

    fn is_optional(&self, id: NodeId, missing: MissingApi) -> bool {
        self.is_behind_test(id, missing, MAX_HOPS)
            || !self.is_bare(id) && self.is_harmless(id, missing, MAX_HOPS)
    }

    /// A missing bare name throws unless it is the operand of `typeof`.
    fn is_bare(&self, id: NodeId) -> bool {
        let is_typed =
            matches!(self.parent(id), AstKind::UnaryExpression(kind) if kind.operator.is_typeof());
        matches!(self.semantic().nodes().kind(id), AstKind::IdentifierReference(_)) && !is_typed
    }

    /// `const { share } = navigator`: the property is `undefined`, and its uses count.
    fn is_fine_in_parts(
        &self,
        pattern: &'a BindingPattern<'a>,
        access: &GlobalAccess<'a>,
        missing: MissingApi,
    ) -> bool {
        let BindingPattern::ObjectPattern(object) = pattern else { return false };
        let part = object.properties.iter().find(|part| self.source_span(part.span) == access.span);
        let name = part.and_then(|part| match &part.value {
            BindingPattern::BindingIdentifier(name) => name.symbol_id.get(),
            BindingPattern::AssignmentPattern(default) => match &default.left {
                BindingPattern::BindingIdentifier(name) => name.symbol_id.get(),
                _ => None,
            },
            _ => None,
        });
        name.is_some_and(|name| self.is_name_harmless(name, missing, MAX_HOPS))
    }

    /// Whether nothing breaks if this value is `undefined`.
    fn is_harmless(&self, id: NodeId, missing: MissingApi, hops: usize) -> bool {
        let nodes = self.semantic().nodes();
        let mut value = nodes.kind(id).span();
        for around in nodes.ancestor_kinds(id) {
            match self.value_fate(around, value, missing) {
                ValueFate::Harmless => return true,
                ValueFate::Breaks => return false,
                ValueFate::Named(name) => return self.is_name_harmless(name, missing, hops),
                ValueFate::Forwarded => value = around.span(),
            }
        }
        false
    }

    fn is_name_harmless(&self, name: SymbolId, missing: MissingApi, hops: usize) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        let uses: Vec<_> = self
            .semantic()
            .scoping()
            .get_resolved_references(name)
            .filter(|reference| reference.is_read())
            .map(oxc_semantic::Reference::node_id)
            .take(MAX_USES + 1)
            .collect();
        uses.len() <= MAX_USES
            && uses.into_iter().all(|id| {
                self.is_behind_test(id, missing, hops) || self.is_harmless(id, missing, hops)
            })
    }

    /// What the parent does with a value.
    fn value_fate(&self, around: AstKind<'a>, value: Span, missing: MissingApi) -> ValueFate {
        match around {
            AstKind::ParenthesizedExpression(_)
            | AstKind::ChainExpression(_)
            | AstKind::AwaitExpression(_) => ValueFate::Forwarded,
            AstKind::SequenceExpression(all) => {
                let last = all.expressions.last().is_some_and(|last| last.span() == value);
                if last { ValueFate::Forwarded } else { ValueFate::Harmless }
            }
            AstKind::StaticMemberExpression(member) if member.optional => ValueFate::Harmless,
            AstKind::ComputedMemberExpression(member) if member.optional => ValueFate::Harmless,
            AstKind::CallExpression(call) if self.is_call_harmless(call, value) => {
                ValueFate::Harmless
            }
            AstKind::ConditionalExpression(either) if either.test.span() != value => {
                ValueFate::Forwarded
            }
            AstKind::LogicalExpression(either) => self.fate_in_logic(either, value, missing),
            AstKind::VariableDeclarator(declarator) => fate_in_declaration(declarator),
            AstKind::AssignmentExpression(set) => self.fate_in_assignment(set, value, missing),
            AstKind::BinaryExpression(pair) if pair.right.span() == value && is_asking(pair) => {
                ValueFate::Breaks
            }
            AstKind::BinaryExpression(_)
            | AstKind::UnaryExpression(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::IfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::ForStatement(_)
            | AstKind::ExpressionStatement(_)
            | AstKind::TemplateLiteral(_) => ValueFate::Harmless,
            _ => ValueFate::Breaks,
        }
    }

    fn fate_in_logic(
        &self,
        either: &'a LogicalExpression<'a>,
        value: Span,
        missing: MissingApi,
    ) -> ValueFate {
        if either.left.span() != value {
            return ValueFate::Forwarded;
        }
        // `x || other` is the other, and `x && other` is not evaluated.
        let other = !either.operator.is_and() && self.is_missing(&either.right, missing, MAX_STEPS);
        if other { ValueFate::Forwarded } else { ValueFate::Harmless }
    }

    fn fate_in_assignment(
        &self,
        set: &'a AssignmentExpression<'a>,
        value: Span,
        missing: MissingApi,
    ) -> ValueFate {
        if set.left.span() == value {
            return ValueFate::Harmless;
        }
        let local = super::resolve::assigned_name(&set.left).and_then(|name| self.symbol(name));
        match local {
            Some(name) => ValueFate::Named(name),
            // `navigator.getUserMedia = navigator.getUserMedia || …`
            None if self.assigned_path(&set.left).is_some_and(|path| (missing.path)(&path)) => {
                ValueFate::Harmless
            }
            None => ValueFate::Breaks,
        }
    }

    /// `f?.()`, and `Boolean(f)`.
    fn is_call_harmless(&self, call: &'a CallExpression<'a>, value: Span) -> bool {
        if call.callee.span() == value {
            return call.optional;
        }
        self.path(&call.callee).is_some_and(|path| path == ["Boolean"])
    }

    /// Whether this is not run, or its exception is caught, if an API is missing.
    fn is_behind_test(&self, id: NodeId, missing: MissingApi, hops: usize) -> bool {
        let nodes = self.semantic().nodes();
        let mut inner = nodes.kind(id).span();
        let mut inside = true;
        for (around_id, around) in
            nodes.ancestors_enumerated(id).map(|(id, node)| (id, node.kind()))
        {
            if self.spend_budget(STEP_COST).is_none() {
                return false;
            }
            if self.is_skipped(around, inner, missing) || inside && is_caught(around, inner) {
                return true;
            }
            let is_function =
                matches!(around, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_));
            if is_function && self.is_called_behind_test(around_id, missing, hops) {
                return true;
            }
            inside &= !is_function;
            inner = around.span();
        }
        false
    }

    /// Whether an ancestor keeps a piece of code from running.
    fn is_skipped(&self, around: AstKind<'a>, inner: Span, missing: MissingApi) -> bool {
        let comes_to = |test, value| self.truth_value(test, missing, MAX_STEPS) == Some(value);
        match around {
            AstKind::IfStatement(either) => {
                either.consequent.span() == inner && comes_to(&either.test, false)
                    || either.test.span() != inner
                        && either.consequent.span() != inner
                        && comes_to(&either.test, true)
            }
            AstKind::ConditionalExpression(either) => {
                either.consequent.span() == inner && comes_to(&either.test, false)
                    || either.alternate.span() == inner && comes_to(&either.test, true)
            }
            AstKind::LogicalExpression(both) if both.right.span() == inner => {
                both.operator.is_and() && comes_to(&both.left, false)
                    || both.operator.is_or() && comes_to(&both.left, true)
            }
            AstKind::WhileStatement(repeated) => comes_to(&repeated.test, false),
            AstKind::Program(program) => self.is_left_before(&program.body, inner, missing),
            AstKind::BlockStatement(block) => self.is_left_before(&block.body, inner, missing),
            AstKind::FunctionBody(body) => self.is_left_before(&body.statements, inner, missing),
            AstKind::SwitchCase(case) => self.is_left_before(&case.consequent, inner, missing),
            // `navigator.share?.(navigator.share)`: nothing behind the dots is run.
            AstKind::CallExpression(call) if call.optional && call.callee.span() != inner => {
                self.is_missing(&call.callee, missing, MAX_STEPS)
            }
            _ => false,
        }
    }

    /// `if (!navigator.share) return;` before it.
    fn is_left_before(&self, body: &'a [Statement<'a>], inner: Span, missing: MissingApi) -> bool {
        let before = body.partition_point(|statement| statement.span().end <= inner.start);
        if self.spend_budget(before).is_none() {
            return false;
        }
        let before = body.iter().take(before);
        before
            .filter_map(|statement| match statement {
                Statement::IfStatement(either) => Some(&**either),
                _ => None,
            })
            .filter(|either| exits(&either.consequent))
            .any(|either| self.truth_value(&either.test, missing, MAX_STEPS) == Some(true))
    }

    /// Whether every use of a function's name is behind a test itself.
    fn is_called_behind_test(&self, function: NodeId, missing: MissingApi, hops: usize) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        let nodes = self.semantic().nodes();
        let name = match (nodes.kind(function), nodes.parent_kind(function)) {
            (AstKind::Function(own), _) if own.id.is_some() => own.id.as_ref(),
            (_, AstKind::VariableDeclarator(declarator)) => declarator.id.get_binding_identifier(),
            _ => None,
        };
        let Some(name) = name.and_then(|name| name.symbol_id.get()) else { return false };
        let scoping = self.semantic().scoping();
        let mut uses = scoping.get_resolved_references(name).take(MAX_USES).peekable();
        uses.peek().is_some()
            && uses.all(|reference| self.is_behind_test(reference.node_id(), missing, hops))
    }
}

/// `x in y` and `x instanceof y`, which throw without `y`.
fn is_asking(pair: &BinaryExpression<'_>) -> bool {
    pair.operator.is_in() || pair.operator.is_instance_of()
}

fn fate_in_declaration(declarator: &VariableDeclarator<'_>) -> ValueFate {
    match &declarator.id {
        BindingPattern::BindingIdentifier(name) => {
            name.symbol_id.get().map_or(ValueFate::Breaks, ValueFate::Named)
        }
        // `undefined` cannot be destructured.
        _ => ValueFate::Breaks,
    }
}

fn is_caught(around: AstKind<'_>, inner: Span) -> bool {
    matches!(around, AstKind::TryStatement(tried)
        if tried.handler.is_some() && tried.block.span == inner)
}

/// Whether no code after a statement runs.
fn exits(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ReturnStatement(_)
        | Statement::ThrowStatement(_)
        | Statement::ContinueStatement(_)
        | Statement::BreakStatement(_) => true,
        Statement::BlockStatement(block) => block.body.last().is_some_and(exits),
        _ => false,
    }
}
