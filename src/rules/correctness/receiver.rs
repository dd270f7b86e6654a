//! What the object of a method call certainly is.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use oxc_ast::AstKind;
use oxc_ast::ast::{Class, ClassElement, Expression, ObjectExpression, ObjectPropertyKind};
use oxc_span::GetSpan as _;
use oxc_syntax::node::NodeId;

use crate::page::script::{Bindings, NameUse, ScriptTree};

use super::known_members::{has_method, is_of_math, math_functions, nearest, own_methods};
use super::literal_kind::{LiteralKind, kind_of_name};
use super::member_table::{MemberTable, gives_unknown_value, key_name};
use super::name_table::{DeclaredName, NameTable};

/// What a method is called on.
pub(super) enum Receiver<'a> {
    /// A value of the language.
    Value(LiteralKind),
    /// An object literal. `is_kept` tells that nothing else ever gets it.
    Literal { own: OwnNames<'a>, added: HashSet<&'a str>, is_kept: bool },
    /// An object of a class that extends none, with the name of the class.
    Instance { own: OwnNames<'a>, class: Option<&'a str> },
    /// The functions of `Math`.
    Math,
}

/// The members that a literal or a class writes. `None` if it may have others.
type OwnNames<'a> = Option<HashSet<Cow<'a, str>>>;

/// A receiver, if it is certain.
type KnownReceiver<'a> = Option<Rc<Receiver<'a>>>;

/// The receivers of a page, each of which is looked at once.
pub(super) struct Receivers<'c, 't, 'a> {
    table: &'c NameTable<'t, 'a>,
    members: &'c MemberTable<'a>,
    by_name: RefCell<HashMap<DeclaredName, KnownReceiver<'a>>>,
    /// What `this` is, by the function around it.
    by_function: RefCell<HashMap<(usize, NodeId), KnownReceiver<'a>>>,
}

impl<'c, 't, 'a> Receivers<'c, 't, 'a> {
    pub fn new(table: &'c NameTable<'t, 'a>, members: &'c MemberTable<'a>) -> Self {
        Self { table, members, by_name: RefCell::default(), by_function: RefCell::default() }
    }

    /// What an expression in a tree is. `None` if that is not certain.
    pub fn find(&self, number: usize, e: &'a Expression<'a>) -> KnownReceiver<'a> {
        let tree = self.table.tree(number)?;
        match e.get_inner_expression() {
            Expression::ThisExpression(this) => {
                let function = function_around(tree, this.node_id.get())?;
                let mut known = self.by_function.borrow_mut();
                let found = known.entry((number, function)).or_insert_with(|| {
                    Receiver::of_method(tree, self.members, function).map(Rc::new)
                });
                found.clone()
            }
            Expression::Identifier(name) if tree.is_global(name) => {
                (name.name == "Math").then(|| Rc::new(Receiver::Math))
            }
            Expression::Identifier(name) => {
                let name = self.table.declared(number, name)?;
                let mut known = self.by_name.borrow_mut();
                let found = known
                    .entry(name)
                    .or_insert_with(|| Receiver::of_name(self.table, name).map(Rc::new));
                found.clone()
            }
            Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => {
                Some(Rc::new(Receiver::Value(LiteralKind::Text)))
            }
            _ => None,
        }
    }
}

/// What `this` belongs to: a function that is no arrow function, or a part of a class.
fn function_around(tree: &ScriptTree<'_>, this: NodeId) -> Option<NodeId> {
    let mut around = Bindings::of(tree).ancestors_with_ids(this);
    let is_own = |kind: AstKind<'_>| {
        matches!(
            kind,
            AstKind::Function(_)
                | AstKind::StaticBlock(_)
                | AstKind::PropertyDefinition(_)
                | AstKind::Class(_)
        )
    };
    around.find(|(_, kind)| is_own(*kind)).map(|(id, _)| id)
}

impl<'a> Receiver<'a> {
    fn of_name(table: &NameTable<'_, 'a>, name: DeclaredName) -> Option<Self> {
        let value = table.value(name).map(|(tree, value)| (tree, value.get_inner_expression()));
        match value {
            Some((_, Expression::ObjectExpression(object))) => {
                return Some(Self::of_literal(table, name, object));
            }
            Some((tree, Expression::NewExpression(new))) => {
                return match new.callee.get_inner_expression() {
                    Expression::Identifier(class) => {
                        class_named(table, table.declared(tree, class)?).map(Self::of_class)
                    }
                    _ => None,
                };
            }
            _ => {}
        }
        match kind_of_name(table, name)? {
            kind @ (LiteralKind::List | LiteralKind::Text | LiteralKind::Number) => {
                Some(Self::Value(kind))
            }
            _ => None,
        }
    }

    fn of_literal(
        table: &NameTable<'_, 'a>,
        name: DeclaredName,
        object: &'a ObjectExpression<'a>,
    ) -> Self {
        let mut added = HashSet::new();
        let mut is_kept = true;
        for place in table.uses(name).iter().filter(|place| place.usage == NameUse::Read) {
            let Some(tree) = table.tree(place.tree) else { continue };
            let used = Bindings::of(tree).node(place.node).span();
            match tree.parent(place.node) {
                AstKind::StaticMemberExpression(member) if member.object.span() == used => {
                    let is_given = is_given_value(tree, member.node_id.get());
                    added.extend(is_given.then_some(member.property.name.as_str()));
                }
                AstKind::ComputedMemberExpression(member) if member.object.span() == used => {
                    is_kept &= !is_given_value(tree, member.node_id.get());
                }
                _ => is_kept = false,
            }
        }
        Self::Literal { own: literal_names(object), added, is_kept }
    }

    fn of_class(class: &'a Class<'a>) -> Self {
        let name = class.id.as_ref().map(|id| id.name.as_str());
        Self::Instance { own: own_names(class), class: name }
    }

    /// `this` in a method of a class or of an object literal that is called on nothing else.
    fn of_method(
        tree: &ScriptTree<'a>,
        members: &MemberTable<'a>,
        function: NodeId,
    ) -> Option<Self> {
        let mut outside = Bindings::of(tree).ancestors_with_ids(function);
        match outside.next()?.1 {
            AstKind::MethodDefinition(method) if !method.r#static => {
                if key_name(&method.key).is_none_or(|name| members.is_taken(&name)) {
                    return None;
                }
                let class = outside.find_map(|(_, kind)| match kind {
                    AstKind::Class(class) => Some(class),
                    _ => None,
                })?;
                is_plain(class).then(|| Self::of_class(class))
            }
            AstKind::ObjectProperty(property) => {
                let is_handler = |name: &str| name.starts_with("on") || members.is_taken(name);
                if key_name(&property.key).is_none_or(|name| is_handler(&name)) {
                    return None;
                }
                let AstKind::ObjectExpression(object) = outside.next()?.1 else { return None };
                // Given to something else, its methods may be those of an element.
                if !matches!(outside.next()?.1, AstKind::VariableDeclarator(_)) {
                    return None;
                }
                let own = literal_names(object);
                Some(Self::Literal { own, added: HashSet::new(), is_kept: false })
            }
            _ => None,
        }
    }

    /// Whether it certainly lacks a member, whatever the code of the page does.
    pub fn lacks(&self, members: &MemberTable<'a>, name: &str) -> bool {
        let is_missing_in =
            |own: &OwnNames<'a>| own.as_ref().is_some_and(|own| !own.contains(name));
        match self {
            Self::Value(kind) => !has_method(*kind, name) && !members.has(name),
            Self::Math => !is_of_math(name) && !members.has(name),
            Self::Instance { own, .. } => {
                !has_method(LiteralKind::Object, name)
                    && !members.is_set(name)
                    && is_missing_in(own)
            }
            Self::Literal { own, added, is_kept } => {
                !has_method(LiteralKind::Object, name)
                    && !added.contains(name)
                    && (!members.has(name) || *is_kept)
                    && is_missing_in(own)
            }
        }
    }

    /// The member that it has and that a name is most like.
    pub fn nearest(&self, name: &str) -> Option<String> {
        let of_words = |names: &'static str| nearest(name, names.split_ascii_whitespace());
        let found = match self {
            Self::Value(kind) => of_words(own_methods(*kind)),
            Self::Math => of_words(math_functions()),
            Self::Instance { own, .. } => nearest(name, own.iter().flatten().map(AsRef::as_ref)),
            Self::Literal { own, added, .. } => {
                let own = own.iter().flatten().map(AsRef::as_ref);
                nearest(name, own.chain(added.iter().copied()))
            }
        };
        found.map(str::to_owned)
    }
}

/// Whether a member is assigned, or may be in a way that is not followed.
fn is_given_value(tree: &ScriptTree<'_>, member: NodeId) -> bool {
    let span = Bindings::of(tree).node(member).span();
    match tree.parent(member) {
        AstKind::AssignmentExpression(set) => set.left.span() == span,
        target => gives_unknown_value(target),
    }
}

/// The class that a name always is, if it extends none.
fn class_named<'a>(table: &NameTable<'_, 'a>, name: DeclaredName) -> Option<&'a Class<'a>> {
    if table.uses(name).iter().any(|place| place.usage != NameUse::Read) {
        return None;
    }
    let class = match table.node(name.0, table.declaration(name)?)? {
        AstKind::Class(class) => class,
        AstKind::VariableDeclarator(declarator) => match &declarator.init {
            Some(Expression::ClassExpression(class)) => class,
            _ => return None,
        },
        _ => return None,
    };
    is_plain(class).then_some(class)
}

/// Whether objects of a class are what the class says: it extends none, and its constructor
/// returns nothing else.
fn is_plain(class: &Class<'_>) -> bool {
    let returns = class.body.body.iter().any(|element| match element {
        ClassElement::MethodDefinition(method) if method.kind.is_constructor() => {
            let body = method.value.body.as_ref();
            body.is_some_and(|body| body.statements.iter().any(may_return))
        }
        _ => false,
    });
    class.heritage.is_none() && class.decorators.is_empty() && !returns
}

fn may_return(statement: &oxc_ast::ast::Statement<'_>) -> bool {
    use oxc_ast::ast::Statement;
    match statement {
        Statement::ReturnStatement(returned) => returned.argument.is_some(),
        Statement::BlockStatement(block) => block.body.iter().any(may_return),
        Statement::IfStatement(either) => {
            may_return(&either.consequent) || either.alternate.as_ref().is_some_and(may_return)
        }
        _ => false,
    }
}

/// The members that a class declares. `None` if one of them has no written name.
fn own_names<'a>(class: &'a Class<'a>) -> OwnNames<'a> {
    let elements = class.body.body.iter();
    let named = elements.filter(|element| !matches!(element, ClassElement::StaticBlock(_)));
    named
        .map(|element| match element {
            ClassElement::MethodDefinition(method) => key_name(&method.key),
            ClassElement::PropertyDefinition(field) => key_name(&field.key),
            ClassElement::AccessorProperty(field) => key_name(&field.key),
            _ => None,
        })
        .collect()
}

/// The members of an object literal. `None` if one of them has no written name, or gives it others.
fn literal_names<'a>(object: &'a ObjectExpression<'a>) -> OwnNames<'a> {
    let name = |property: &'a ObjectPropertyKind<'a>| match property {
        ObjectPropertyKind::ObjectProperty(property) => {
            key_name(&property.key).filter(|name| name != "__proto__")
        }
        ObjectPropertyKind::SpreadProperty(_) => None,
    };
    object.properties.iter().map(name).collect()
}
