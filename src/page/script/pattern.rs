//! Finds where a local name gets its value: declarations, assignments, parameters of functions
//! called on the spot, and patterns in all of them.

use std::borrow::Cow;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingPattern,
    BindingProperty, Expression, FormalParameters, PropertyKey,
};
use oxc_semantic::SymbolId;
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use super::ScriptTree;
use super::global_path::path_step;
use super::resolve::{argument, assigned_name};

/// Most values of a name; with more it may be anything.
const MAX_DEFINITIONS: usize = 8;

/// One value of a name.
pub(super) struct NameDefinition<'a> {
    pub value: &'a Expression<'a>,
    /// The keys from the value to the name: `const {a: {b: x}} = value`.
    pub keys: Vec<&'a str>,
    /// Whether it is the only value and never changes.
    pub constant: bool,
}

/// The keys of a pattern with the span of what they select.
pub(super) struct PatternKey<'a> {
    pub keys: Vec<&'a str>,
    pub span: oxc_span::Span,
}

impl<'a> ScriptTree<'a> {
    /// All values that a name gets.
    pub(super) fn definitions(&self, symbol: SymbolId) -> Vec<NameDefinition<'a>> {
        let scoping = self.semantic().scoping();
        let mut definitions = Vec::new();
        let declaration = scoping.symbol_declaration(symbol);
        definitions.extend(self.declared_definition(symbol, declaration));
        let default = self.default_definition(declaration);
        let is_sure = default.is_none();
        definitions.extend(default);
        let writes = scoping.get_resolved_references(symbol).filter(|r| r.is_write());
        for write in writes.take(MAX_DEFINITIONS) {
            definitions.extend(self.assigned_definition(write.node_id()));
        }
        let only = is_sure && definitions.len() == 1 && !scoping.symbol_is_mutated(symbol);
        for definition in &mut definitions {
            definition.constant = only;
        }
        definitions
    }

    fn declared_definition(
        &self,
        symbol: SymbolId,
        declaration: NodeId,
    ) -> Option<NameDefinition<'a>> {
        let at = self.semantic().scoping().symbol_span(symbol).start;
        match self.semantic().nodes().kind(declaration) {
            AstKind::VariableDeclarator(declarator) => {
                let mut keys = Vec::new();
                let value = declarator.init.as_ref()?;
                find_name(&declarator.id, (symbol, at), &mut keys).then_some(NameDefinition {
                    value,
                    keys,
                    constant: false,
                })
            }
            AstKind::FormalParameter(parameter) => {
                let mut keys = Vec::new();
                find_name(&parameter.pattern, (symbol, at), &mut keys);
                let value = self.passed_argument(parameter.node_id.get(), parameter.span)?;
                Some(NameDefinition { value, keys, constant: false })
            }
            _ => None,
        }
    }

    /// The default value of a parameter.
    fn default_definition(&self, declaration: NodeId) -> Option<NameDefinition<'a>> {
        let AstKind::FormalParameter(parameter) = self.semantic().nodes().kind(declaration) else {
            return None;
        };
        let value = parameter.initializer.as_deref()?;
        parameter.pattern.get_binding_identifier()?;
        Some(NameDefinition { value, keys: Vec::new(), constant: false })
    }

    /// The argument for a parameter, if the function is called on the spot.
    pub(super) fn passed_argument(
        &self,
        parameter: NodeId,
        span: oxc_span::Span,
    ) -> Option<&'a Expression<'a>> {
        let nodes = self.semantic().nodes();
        let AstKind::FormalParameters(FormalParameters { items, node_id, .. }) =
            nodes.parent_kind(parameter)
        else {
            return None;
        };
        let number = items.partition_point(|item| item.span.start < span.start);
        let function = nodes.parent_id(node_id.get());
        let mut called = nodes.kind(function).span();
        for around in nodes.ancestor_kinds(function) {
            match around {
                AstKind::ParenthesizedExpression(_) | AstKind::ChainExpression(_) => {
                    called = around.span();
                }
                AstKind::CallExpression(call) if call.callee.span() == called => {
                    return argument(call, number);
                }
                _ => return None,
            }
        }
        None
    }

    fn assigned_definition(&self, name: NodeId) -> Option<NameDefinition<'a>> {
        let AstKind::AssignmentExpression(set) = self.semantic().nodes().parent_kind(name) else {
            return None;
        };
        assigned_name(&set.left)?;
        Some(NameDefinition { value: &set.right, keys: Vec::new(), constant: false })
    }
}

/// Finds a name in a pattern and collects its keys. Returns whether it is there.
fn find_name<'a>(
    pattern: &BindingPattern<'a>,
    (symbol, at): (SymbolId, u32),
    keys: &mut Vec<&'a str>,
) -> bool {
    match pattern {
        BindingPattern::BindingIdentifier(name) => name.symbol_id.get() == Some(symbol),
        BindingPattern::AssignmentPattern(default) => find_name(&default.left, (symbol, at), keys),
        BindingPattern::ObjectPattern(object) => {
            let passed = object.properties.partition_point(|property| property.span.end <= at);
            let Some(property) = object.properties.get(passed) else { return false };
            keys.push(static_key(&property.key).unwrap_or_default());
            find_name(&property.value, (symbol, at), keys)
        }
        BindingPattern::ArrayPattern(_) => false,
    }
}

/// All that a pattern selects, by keys.
pub(super) fn pattern_keys<'a>(
    pattern: &BindingPattern<'a>,
    keys: &[&'a str],
    all: &mut Vec<PatternKey<'a>>,
) {
    match pattern {
        BindingPattern::AssignmentPattern(default) => pattern_keys(&default.left, keys, all),
        BindingPattern::ObjectPattern(object) => {
            for property in &object.properties {
                property_keys(property, keys, all);
            }
        }
        BindingPattern::BindingIdentifier(_) | BindingPattern::ArrayPattern(_) => {}
    }
}

fn property_keys<'a>(
    property: &BindingProperty<'a>,
    keys: &[&'a str],
    all: &mut Vec<PatternKey<'a>>,
) {
    let Some(key) = static_key(&property.key) else { return };
    let keys = [keys, &[key]].concat();
    pattern_keys(&property.value, &keys, all);
    all.push(PatternKey { keys, span: property.span });
}

/// All that an assignment to a pattern selects.
pub(super) fn target_keys<'a>(
    target: &AssignmentTarget<'a>,
    keys: &[&'a str],
    all: &mut Vec<PatternKey<'a>>,
) {
    let AssignmentTarget::ObjectAssignmentTarget(object) = target else { return };
    for property in &object.properties {
        let (key, inner) = match property {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(p) => {
                (Some(path_step(p.binding.name.as_str())), None)
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(p) => {
                (static_key(&p.name), Some(&p.binding))
            }
        };
        let Some(key) = key else { continue };
        let keys = [keys, &[key]].concat();
        if let Some(target) = inner.and_then(AssignmentTargetMaybeDefault::as_assignment_target) {
            target_keys(target, &keys, all);
        }
        all.push(PatternKey { keys, span: property.span() });
    }
}

/// A key of a pattern. `{[expression]: x}` is so rare that only plain names and strings are read.
fn static_key<'a>(key: &PropertyKey<'a>) -> Option<&'a str> {
    match key.static_name()? {
        Cow::Borrowed(name) => Some(path_step(name)),
        // A number or regular expression: no power has such a name.
        Cow::Owned(_) => Some(""),
    }
}
