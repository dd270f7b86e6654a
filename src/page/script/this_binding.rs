//! Determines where `this` is the global object: outside of every function, and in a sloppy
//! function called without a receiver.
//!
//! A strict function, a method and a constructor have a `this` of their own. A function counts as
//! called without a receiver only if such a call is seen, or the browser or the language calls it
//! back that way.

use oxc_ast::AstKind;
use oxc_ast::ast::{CallExpression, Directive, Expression, Function, MemberExpression};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::node::NodeId;

use super::constant_text::MAX_STEPS;
use super::resolve::argument;
use super::{GlobalPath, ParseGoal, ScriptTree};

/// Most uses of a name that is followed.
const MAX_USES: usize = 64;
/// Most names followed in a row.
const MAX_DEPTH: usize = 24;

/// List methods that call back with each element, without a receiver or with their second argument
/// as one.
pub(super) const ELEMENT_CALLBACKS: &[&str] = &[
    "forEach",
    "map",
    "filter",
    "some",
    "every",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flatMap",
];
/// Other methods that call back without a receiver.
const CALLBACKS_WITHOUT_RECEIVER: &[&str] = &[
    "reduce",
    "reduceRight",
    "sort",
    "toSorted",
    "then",
    "catch",
    "finally",
    "replace",
    "replaceAll",
    "from",
];
/// Browser functions that call back with the window as receiver.
const WINDOW_CALLBACKS: &[&str] = &[
    "setTimeout",
    "setInterval",
    "requestAnimationFrame",
    "requestIdleCallback",
    "queueMicrotask",
    "addEventListener",
    "Promise",
];

/// How a function is used at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FunctionUse {
    /// It is called without a receiver.
    CalledBare,
    /// It constructs objects, so its `this` is one of them.
    Constructed,
    Other,
}

impl<'a> ScriptTree<'a> {
    /// The global object, if a `this` denotes it. A module, whose top-level `this` is undefined,
    /// may be run as a classic script.
    pub(super) fn global_this(&self, this: NodeId) -> Option<GlobalPath<'a>> {
        let nodes = self.semantic().nodes();
        let at = nodes.kind(this).span();
        // In a computed member name and in `extends` it is the same as around the class.
        let is_value = |value: Option<&Expression<'_>>| {
            value.is_some_and(|value| value.span().contains_inclusive(at))
        };
        for (id, node) in nodes.ancestors_enumerated(this) {
            match node.kind() {
                AstKind::Function(function) => {
                    return self.is_called_bare(id, function).then(GlobalPath::default);
                }
                AstKind::StaticBlock(_) => return None,
                AstKind::PropertyDefinition(member) if is_value(member.value.as_ref()) => {
                    return None;
                }
                AstKind::AccessorProperty(member) if is_value(member.value.as_ref()) => {
                    return None;
                }
                _ => {}
            }
        }
        (self.code.goal != ParseGoal::Handler).then(GlobalPath::default)
    }

    /// Whether a function is sloppy and called somewhere without a receiver.
    fn is_called_bare(&self, id: NodeId, function: &'a Function<'a>) -> bool {
        if let Some(known) = self.bare_calls.borrow().get(&id) {
            return *known;
        }
        // While it is being evaluated it is not, which ends cycles.
        self.bare_calls.borrow_mut().insert(id, false);
        let is_bare = !self.is_strict(id, function) && {
            let own_name = function.id.as_ref().and_then(|name| name.symbol_id.get());
            let by_name = own_name.map_or(FunctionUse::Other, |name| self.name_use(name));
            let sites = [by_name, self.use_at(id)];
            sites.contains(&FunctionUse::CalledBare) && !sites.contains(&FunctionUse::Constructed)
        };
        self.bare_calls.borrow_mut().insert(id, is_bare);
        is_bare
    }

    fn is_strict(&self, id: NodeId, function: &Function<'_>) -> bool {
        let says_so = |directives: &[Directive<'_>]| {
            directives.iter().any(|directive| directive.directive == "use strict")
        };
        function.body.as_ref().is_some_and(|body| says_so(&body.directives))
            || self.semantic().nodes().ancestor_kinds(id).any(|around| match around {
                AstKind::Class(_) => true,
                AstKind::FunctionBody(body) => says_so(&body.directives),
                AstKind::Program(program) => says_so(&program.directives),
                _ => false,
            })
    }

    /// The combined uses of a function's name.
    fn name_use(&self, name: SymbolId) -> FunctionUse {
        if let Some(known) = self.sites.borrow().get(&name) {
            return *known;
        }
        // A name that leads back to itself adds nothing.
        self.sites.borrow_mut().insert(name, FunctionUse::Other);
        let depth = self.depth.get();
        if depth == MAX_DEPTH {
            return FunctionUse::Other;
        }
        self.depth.set(depth + 1);
        let site = self.find_name_use(name);
        self.depth.set(depth);
        self.sites.borrow_mut().insert(name, site);
        site
    }

    fn find_name_use(&self, name: SymbolId) -> FunctionUse {
        let scoping = self.semantic().scoping();
        let references = scoping.get_resolved_references(name).filter(|r| r.is_read());
        let mut whole = FunctionUse::Other;
        for reference in references.take(MAX_USES) {
            match self.use_at(reference.node_id()) {
                FunctionUse::Constructed => return FunctionUse::Constructed,
                FunctionUse::CalledBare => whole = FunctionUse::CalledBare,
                FunctionUse::Other => {}
            }
        }
        let is_shared = scoping.symbol_scope_id(name) == scoping.root_scope_id();
        if is_shared && self.called_undeclared.contains(scoping.symbol_name(name)) {
            whole = FunctionUse::CalledBare;
        }
        whole
    }

    /// How a function is used where it, or its name, stands.
    fn use_at(&self, id: NodeId) -> FunctionUse {
        let nodes = self.semantic().nodes();
        let mut value = nodes.kind(id).span();
        for (around_id, around) in nodes.ancestors_enumerated(id).map(|(id, n)| (id, n.kind())) {
            match around {
                AstKind::ParenthesizedExpression(_)
                | AstKind::ConditionalExpression(_)
                | AstKind::LogicalExpression(_)
                | AstKind::SequenceExpression(_)
                | AstKind::ChainExpression(_) => value = around.span(),
                _ => return self.use_in((around_id, around), value),
            }
        }
        FunctionUse::Other
    }

    fn use_in(&self, (id, around): (NodeId, AstKind<'a>), value: Span) -> FunctionUse {
        let bare = |is_bare| if is_bare { FunctionUse::CalledBare } else { FunctionUse::Other };
        match around {
            AstKind::CallExpression(call) if call.callee.span() == value => FunctionUse::CalledBare,
            AstKind::CallExpression(call) => bare(self.calls_back_bare(call, value)),
            AstKind::TaggedTemplateExpression(tagged) if tagged.tag.span() == value => {
                FunctionUse::CalledBare
            }
            AstKind::NewExpression(new) if new.callee.span() == value => FunctionUse::Constructed,
            AstKind::NewExpression(new) => {
                bare(self.path(&new.callee).is_some_and(|path| path == ["Promise"]))
            }
            AstKind::StaticMemberExpression(member) if member.object.span() == value => {
                match member.property.name.as_str() {
                    "prototype" => FunctionUse::Constructed,
                    "call" | "apply" | "bind" => bare(self.is_for_window(id)),
                    _ => FunctionUse::Other,
                }
            }
            AstKind::VariableDeclarator(declarator) => {
                let name = declarator.id.get_binding_identifier();
                let name = name.and_then(|name| name.symbol_id.get());
                name.map_or(FunctionUse::Other, |name| self.name_use(name))
            }
            AstKind::AssignmentExpression(set) if set.right.span() == value => {
                let local = super::resolve::assigned_name(&set.left).and_then(|n| self.symbol(n));
                match local {
                    Some(name) => self.name_use(name),
                    // `onload = function () { … }`
                    None => bare(self.assigned_path(&set.left).is_some_and(|path| path.len() == 1)),
                }
            }
            _ => FunctionUse::Other,
        }
    }

    /// Whether `f.call(…)`, whose `f.call` this is, has no receiver or the window as one.
    fn is_for_window(&self, member: NodeId) -> bool {
        let AstKind::CallExpression(call) = self.parent(member) else { return false };
        argument(call, 0).is_none_or(|receiver| self.is_no_receiver(receiver))
    }

    /// Whether a sloppy function with this receiver gets the window.
    fn is_no_receiver(&self, receiver: &'a Expression<'a>) -> bool {
        let inner = receiver.get_inner_expression();
        matches!(inner, Expression::NullLiteral(_))
            || inner.is_specific_id("undefined")
            || self.resolve(inner, MAX_STEPS).is_some_and(|path| path.is_empty())
    }

    /// Whether a call calls back its argument without a receiver.
    fn calls_back_bare(&self, call: &'a CallExpression<'a>, value: Span) -> bool {
        let callee = call.callee.get_inner_expression();
        if self
            .path(callee)
            .is_some_and(|path| matches!(*path, [name] if WINDOW_CALLBACKS.contains(&name)))
        {
            return true;
        }
        let number = call.arguments.iter().position(|argument| argument.span() == value);
        let method = callee.as_member_expression().and_then(MemberExpression::static_property_name);
        match (method, number) {
            (Some(method), Some(0)) if ELEMENT_CALLBACKS.contains(&method) => {
                argument(call, 1).is_none_or(|receiver| self.is_no_receiver(receiver))
            }
            (Some(method), _) => CALLBACKS_WITHOUT_RECEIVER.contains(&method),
            (None, Some(number)) => self.is_parameter_called(callee, number),
            (None, None) => false,
        }
    }

    /// Whether a function of the page calls the argument with this index.
    fn is_parameter_called(&self, callee: &'a Expression<'a>, number: usize) -> bool {
        let parameters = match self.function_of(callee).map(|id| self.semantic().nodes().kind(id)) {
            Some(AstKind::Function(function)) => &function.params,
            Some(AstKind::ArrowFunctionExpression(arrow)) => &arrow.params,
            _ => return false,
        };
        let parameter = parameters.items.get(number);
        let name = parameter.and_then(|item| item.pattern.get_binding_identifier());
        let name = name.and_then(|name| name.symbol_id.get());
        name.is_some_and(|name| self.name_use(name) == FunctionUse::CalledBare)
    }

    /// The function that an expression is or names. `None` if there is none.
    pub(super) fn function_of(&self, e: &'a Expression<'a>) -> Option<NodeId> {
        match e.get_inner_expression() {
            Expression::FunctionExpression(function) => Some(function.node_id.get()),
            Expression::ArrowFunctionExpression(arrow) => Some(arrow.node_id.get()),
            Expression::Identifier(name) => {
                let declaration = self.semantic().scoping().symbol_declaration(self.symbol(name)?);
                if let AstKind::Function(_) = self.semantic().nodes().kind(declaration) {
                    return Some(declaration);
                }
                match self.constant_value(name)?.get_inner_expression() {
                    Expression::FunctionExpression(function) => Some(function.node_id.get()),
                    Expression::ArrowFunctionExpression(arrow) => Some(arrow.node_id.get()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The names of functions that code calls without a receiver and does not declare.
    pub(super) fn calls_undeclared(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.nodes(&[oxc_ast::AstType::CallExpression]).filter_map(|kind| {
            let AstKind::CallExpression(call) = kind else { return None };
            let Expression::Identifier(name) = call.callee.get_inner_expression() else {
                return None;
            };
            self.symbol(name).is_none().then_some(name.name.as_str())
        })
    }
}
