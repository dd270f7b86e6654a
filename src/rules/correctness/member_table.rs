//! The members that the code of a page gives to objects, by their names alone.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use oxc_ast::ast::{AssignmentOperator, Expression, MemberExpression, PropertyKey};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{MethodCall, ScriptTree};

use super::page_names::{string_texts, words};

/// A value that some object's member is given.
#[derive(Clone, Copy)]
pub(in crate::rules) struct MemberValue<'a> {
    /// The number of the tree that it is in.
    pub tree: usize,
    /// `None` if it cannot be told, or if it is a method.
    pub value: Option<&'a Expression<'a>>,
}

/// What the members of a page's objects are called.
pub(in crate::rules) struct MemberTable<'a> {
    /// Members that are assigned, or that an object literal or the field of a class has.
    values: HashMap<Cow<'a, str>, Vec<MemberValue<'a>>>,
    /// Methods and accessors of classes.
    methods: HashSet<Cow<'a, str>>,
    /// Members that are read but not called.
    taken: HashSet<&'a str>,
    /// All words of texts, by which a member may be made.
    words: HashSet<&'a str>,
    /// Whether members are made by names that are not written.
    is_open: bool,
    /// Whether values come out of texts, or out of objects that are not written in the code.
    is_merged: bool,
}

impl<'a> MemberTable<'a> {
    pub fn new(trees: &[ScriptTree<'a>]) -> Self {
        let mut table = Self {
            values: HashMap::new(),
            methods: HashSet::new(),
            taken: HashSet::new(),
            words: HashSet::new(),
            is_open: false,
            is_merged: false,
        };
        for (number, tree) in trees.iter().enumerate() {
            table.words.extend(string_texts(tree).flat_map(words));
            table.add_assignments(number, tree);
            table.add_literals(number, tree);
            table.add_uses(number, tree);
        }
        table
    }

    fn add(
        &mut self,
        name: impl Into<Cow<'a, str>>,
        tree: usize,
        value: Option<&'a Expression<'a>>,
    ) {
        self.values.entry(name.into()).or_default().push(MemberValue { tree, value });
    }

    fn add_assignments(&mut self, number: usize, tree: &ScriptTree<'a>) {
        for set in tree.assignments() {
            let value = (set.set.operator == AssignmentOperator::Assign).then_some(&set.set.right);
            match (set.key, set.set.left.as_member_expression()) {
                (Some(key), _) => self.add(key, number, value),
                (None, Some(MemberExpression::ComputedMemberExpression(member))) => {
                    match tree.constant(&member.expression) {
                        Some(key) => self.add(key, number, value),
                        None => self.is_open |= is_made_name(tree, &member.expression),
                    }
                }
                _ => {}
            }
        }
    }

    fn add_literals(&mut self, number: usize, tree: &ScriptTree<'a>) {
        const PARTS: &[AstType] =
            &[AstType::ObjectProperty, AstType::MethodDefinition, AstType::PropertyDefinition];
        for kind in tree.nodes(PARTS) {
            match kind {
                AstKind::ObjectProperty(property) => match key_name(&property.key) {
                    Some(name) => self.add(name, number, Some(&property.value)),
                    None => self.is_open |= is_made_key(tree, &property.key),
                },
                AstKind::PropertyDefinition(field) => match key_name(&field.key) {
                    Some(name) => self.add(name, number, field.value.as_ref()),
                    None => self.is_open = true,
                },
                AstKind::MethodDefinition(method) => match key_name(&method.key) {
                    Some(name) => {
                        self.methods.insert(name);
                    }
                    None => self.is_open = true,
                },
                _ => {}
            }
        }
    }

    /// Adds the members that are changed in other ways, and those that are taken.
    fn add_uses(&mut self, number: usize, tree: &ScriptTree<'a>) {
        for kind in tree.nodes(&[AstType::StaticMemberExpression]) {
            let AstKind::StaticMemberExpression(member) = kind else { continue };
            let name = member.property.name.as_str();
            self.is_open |= MAKERS.contains(&name);
            match tree.parent(member.node_id.get()) {
                AstKind::CallExpression(call) if call.callee.span() == member.span => {}
                AstKind::AssignmentExpression(set) if set.left.span() == member.span => {}
                AstKind::StaticMemberExpression(outer) if outer.object.span() == member.span => {
                    let is_bound =
                        matches!(outer.property.name.as_str(), "bind" | "call" | "apply");
                    self.taken.extend((is_bound && !is_for_this(tree, outer)).then_some(name));
                }
                target if gives_unknown_value(target) => self.add(name, number, None),
                _ => {
                    self.taken.insert(name);
                }
            }
        }
        self.is_merged |= tree.methods().iter().any(|method| merges(tree, method));
        let names = tree.nodes(&[AstType::IdentifierReference]);
        self.is_open |= names
            .into_iter()
            .any(|kind| matches!(kind, AstKind::IdentifierReference(name) if name.name == "Proxy"));
    }

    /// Whether objects may have members that are not written in the code.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether objects may have values that are not written in the code, under any name.
    pub fn is_merged(&self) -> bool {
        self.is_merged
    }

    /// Whether some object of the page may have this member.
    pub fn has(&self, name: &str) -> bool {
        self.methods.contains(name) || self.is_set(name)
    }

    /// Whether this member may be given to an object beside the methods of its class.
    pub fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name) || self.is_written(name)
    }

    /// Whether a text has this word.
    pub fn is_written(&self, name: &str) -> bool {
        self.words.contains(name)
    }

    /// Whether a member with this name is read without being called.
    pub fn is_taken(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// All values that members of this name are given. `None` if there may be others.
    pub fn values(&self, name: &str) -> Option<&[MemberValue<'a>]> {
        let is_whole = !self.is_open && !self.methods.contains(name) && !self.is_written(name);
        self.values.get(name).filter(|_| is_whole).map(Vec::as_slice)
    }
}

/// What gives objects members that are not written as such.
const MAKERS: &[&str] = &[
    "prototype",
    "__proto__",
    "setPrototypeOf",
    "getOwnPropertyNames",
    "defineProperty",
    "defineProperties",
    "__defineGetter__",
];

/// Whether a call gives objects the values of a text, or of an object that is not written there.
fn merges<'a>(tree: &ScriptTree<'a>, method: &MethodCall<'a>) -> bool {
    let is_written = |argument: &oxc_ast::ast::Argument<'_>| {
        matches!(argument.as_expression(), Some(Expression::ObjectExpression(_)))
    };
    match method.name {
        "parse" => true,
        "assign" => {
            let member = method.call.callee.get_inner_expression().as_member_expression();
            let is_object =
                member.is_some_and(|m| tree.path(m.object()).is_some_and(|p| p == ["Object"]));
            is_object && !method.call.arguments.iter().skip(1).all(is_written)
        }
        _ => false,
    }
}

/// `this.loop.bind(this)`.
fn is_for_this(tree: &ScriptTree<'_>, member: &oxc_ast::ast::StaticMemberExpression<'_>) -> bool {
    let AstKind::CallExpression(call) = tree.parent(member.node_id.get()) else { return false };
    let first = call.arguments.first().and_then(oxc_ast::ast::Argument::as_expression);
    matches!(first, Some(Expression::ThisExpression(_)))
}

/// The name of a member that is written in the code.
pub(super) fn key_name<'a>(key: &'a PropertyKey<'a>) -> Option<Cow<'a, str>> {
    key.static_name().or_else(|| match key {
        PropertyKey::PrivateIdentifier(name) => Some(format!("#{}", name.name).into()),
        _ => None,
    })
}

/// Whether the name of a member is put together from texts.
fn is_made_name<'a>(tree: &ScriptTree<'a>, key: &'a Expression<'a>) -> bool {
    let is_made = matches!(
        key.get_inner_expression(),
        Expression::TemplateLiteral(_) | Expression::BinaryExpression(_)
    );
    // The sum of numbers is an index.
    is_made
        && tree.constant(key).is_none()
        && tree
            .constant_start(key)
            .is_some_and(|start| start.is_empty() || start.contains(char::is_alphabetic))
}

fn is_made_key<'a>(tree: &ScriptTree<'a>, key: &'a PropertyKey<'a>) -> bool {
    key.as_expression().is_some_and(|key| is_made_name(tree, key))
}

/// Whether what stands in this node gets a value there that is not followed.
pub(super) fn gives_unknown_value(target: AstKind<'_>) -> bool {
    matches!(
        target,
        AstKind::UpdateExpression(_)
            | AstKind::AssignmentTargetPropertyProperty(_)
            | AstKind::AssignmentTargetWithDefault(_)
            | AstKind::AssignmentTargetRest(_)
            | AstKind::ArrayAssignmentTarget(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForOfStatement(_)
    )
}
