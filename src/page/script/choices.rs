//! Works out all that an expression can be: the texts of a table, whichever of them is meant.
//!
//! Where `fold` asks for the one text that an expression always is, this asks for each that it
//! may be, over all scripts of a page and without regard to order. What cannot be told may be
//! anything, and so may what would cost too much to follow.

mod calls;
mod members;
mod names;
mod sites;
mod uses;

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use oxc_ast::ast::{
    ArrayExpression, ArrayExpressionElement, AssignmentExpression, AssignmentOperator,
    BinaryOperator, ChainElement, Expression, TemplateLiteral,
};
use oxc_semantic::SymbolId;
use oxc_syntax::node::NodeId;

use super::Tree;
use sites::Site;
use uses::Uses;

/// More than this and it may be anything.
const MAX_CHOICES: usize = 128;
/// How deep expressions are followed into each other: each level is some frames of the stack.
const MAX_DEPTH: usize = 64;
/// How many expressions a page may have looked at.
const MAX_EFFORT: usize = 1 << 17;

/// What `typeof` says.
const KINDS: &[&str] =
    &["undefined", "object", "boolean", "number", "string", "function", "symbol", "bigint"];

/// One thing that an expression can be when the code runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice<'a> {
    /// This text.
    Text(Cow<'a, str>),
    /// Text that begins and ends so; anything at all where both are empty.
    Around(Cow<'a, str>, Cow<'a, str>),
    /// A number, a truth value or nothing: no text, and nothing that has members.
    Plain,
    /// A function or a class, by its tree and node.
    Function(usize, NodeId),
    /// An object that is written out, by its tree and node.
    Object(usize, NodeId),
    /// An object that a function or a class of the page makes.
    Instance,
    /// A member that an object got later, with all that it can be.
    Member(&'a str, Rc<[Choice<'a>]>),
    /// A list, with all that each of its elements can be.
    List(Rc<[Values<'a>]>),
    /// A list of any length with all that its elements can be.
    Bag(Rc<[Choice<'a>]>),
}

/// All that something can be.
pub(super) type Values<'a> = Vec<Choice<'a>>;

/// What was found of something in a tree, by the number of the tree.
type Memory<K, T> = RefCell<HashMap<(usize, K), T>>;

/// What expressions of a page can be.
pub struct Choices<'t, 'a> {
    trees: &'t [Tree<'a>],
    /// Whether a member is known by its name alone, whatever it is a member of. Then more is
    /// seen, and more is mistaken.
    by_name: bool,
    /// What the scripts do by name, once it is asked for.
    uses: OnceCell<Uses<'a>>,
    known: Memory<SymbolId, Values<'a>>,
    sites: Memory<NodeId, Option<Rc<[Site<'a>]>>>,
    name_sites: Memory<SymbolId, Option<Rc<[Site<'a>]>>>,
    /// The names that are being worked out, each with the operations around it.
    open: RefCell<Vec<(usize, SymbolId, usize)>>,
    /// How many operations make something new of what is being worked out.
    operations: Cell<usize>,
    /// How often a name led back to itself.
    circles: Cell<usize>,
    depth: Cell<usize>,
    effort: Cell<usize>,
}

impl<'t, 'a> Choices<'t, 'a> {
    /// What can be told by following names and members of what is written out.
    pub fn followed(trees: &'t [Tree<'a>]) -> Self {
        Self {
            trees,
            by_name: false,
            uses: OnceCell::new(),
            known: RefCell::default(),
            sites: RefCell::default(),
            name_sites: RefCell::default(),
            open: RefCell::default(),
            operations: Cell::new(0),
            circles: Cell::new(0),
            depth: Cell::new(0),
            effort: Cell::new(MAX_EFFORT),
        }
    }

    /// The same, and what is called and set by its name alone.
    pub fn named(trees: &'t [Tree<'a>]) -> Self {
        Self { by_name: true, ..Self::followed(trees) }
    }

    /// All that an expression of the tree of that number can be.
    pub fn of(&self, tree: usize, expression: &'a Expression<'a>) -> Vec<Choice<'a>> {
        self.values(tree, expression)
    }

    fn uses(&self) -> &Uses<'a> {
        self.uses.get_or_init(|| Uses::of(self.trees))
    }

    fn values(&self, at: usize, e: &'a Expression<'a>) -> Values<'a> {
        self.deeper(|| bounded(self.expression(at, e.get_inner_expression())))
            .unwrap_or_else(anything)
    }

    /// Does a piece of work that leads to more of its kind, if there is enough left to do it.
    fn deeper<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        let effort = self.effort.get().checked_sub(1)?;
        let depth = Some(self.depth.get() + 1).filter(|depth| *depth <= MAX_DEPTH)?;
        self.effort.set(effort);
        self.depth.set(depth);
        let done = work();
        self.depth.set(depth - 1);
        Some(done)
    }

    fn expression(&self, at: usize, e: &'a Expression<'a>) -> Values<'a> {
        match e {
            Expression::StringLiteral(text) => vec![Choice::Text(text.value.as_str().into())],
            Expression::TemplateLiteral(template) => self.template(at, template),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                self.operation(|| joined(&self.values(at, &sum.left), &self.values(at, &sum.right)))
            }
            Expression::UnaryExpression(kind) if kind.operator.is_typeof() => {
                KINDS.iter().map(|kind| Choice::Text((*kind).into())).collect()
            }
            Expression::NumericLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::UpdateExpression(_)
            | Expression::UnaryExpression(_)
            | Expression::BinaryExpression(_) => vec![Choice::Plain],
            Expression::ConditionalExpression(either) => {
                let first = self.values(at, &either.consequent);
                union(first, self.values(at, &either.alternate))
            }
            Expression::LogicalExpression(either) => {
                union(self.values(at, &either.left), self.values(at, &either.right))
            }
            Expression::SequenceExpression(all) => {
                all.expressions.last().map_or_else(anything, |last| self.values(at, last))
            }
            Expression::AssignmentExpression(set) => self.assigned(at, set),
            Expression::Identifier(name) => self.name(at, name),
            Expression::FunctionExpression(own) => vec![Choice::Function(at, own.node_id.get())],
            Expression::ArrowFunctionExpression(own) => {
                vec![Choice::Function(at, own.node_id.get())]
            }
            Expression::ThisExpression(_) => vec![Choice::Instance],
            Expression::ClassExpression(own) => vec![Choice::Function(at, own.node_id.get())],
            Expression::ObjectExpression(object) => vec![Choice::Object(at, object.node_id.get())],
            Expression::ArrayExpression(array) => vec![self.array(at, array)],
            Expression::CallExpression(call) => self.call(at, call),
            Expression::NewExpression(new) => self.made(at, new),
            Expression::AwaitExpression(awaited) => self.values(at, &awaited.argument),
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.call(at, call),
                element => match element.as_member_expression() {
                    Some(member) => self.member(at, member),
                    None => anything(),
                },
            },
            _ => match e.as_member_expression() {
                Some(member) => self.member(at, member),
                None => anything(),
            },
        }
    }

    /// What an assignment sets, as far as that can be told from it alone.
    fn assigned(&self, at: usize, set: &'a AssignmentExpression<'a>) -> Values<'a> {
        match set.operator {
            AssignmentOperator::Assign
            | AssignmentOperator::LogicalOr
            | AssignmentOperator::LogicalAnd
            | AssignmentOperator::LogicalNullish => self.values(at, &set.right),
            AssignmentOperator::Addition => {
                self.operation(|| joined(&anything(), &self.values(at, &set.right)))
            }
            _ => vec![Choice::Plain],
        }
    }

    fn array(&self, at: usize, array: &'a ArrayExpression<'a>) -> Choice<'a> {
        let mut elements = Vec::new();
        let mut is_spread = false;
        for element in &array.elements {
            elements.push(match element {
                ArrayExpressionElement::SpreadElement(spread) => {
                    is_spread = true;
                    self.elements(&self.values(at, &spread.argument))
                }
                ArrayExpressionElement::Elision(_) => vec![Choice::Plain],
                element => match element.as_expression() {
                    Some(e) => self.values(at, e),
                    None => anything(),
                },
            });
        }
        if is_spread {
            return bag(elements.into_iter().flatten());
        }
        Choice::List(elements.into())
    }

    fn template(&self, at: usize, template: &'a TemplateLiteral<'a>) -> Values<'a> {
        self.operation(|| {
            let mut whole = vec![Choice::Text("".into())];
            let mut values = template.expressions.iter();
            for quasi in &template.quasis {
                let text = quasi.value.cooked.map(|text| Choice::Text(text.as_str().into()));
                whole = joined(&whole, &text.map_or_else(anything, |text| vec![text]));
                let value = values.next().map(|e| self.values(at, e));
                whole = value.map_or_else(|| whole.clone(), |value| joined(&whole, &value));
            }
            whole
        })
    }

    /// Does what makes something new of its parts, so that a circle through it may make anything.
    fn operation<R>(&self, work: impl FnOnce() -> R) -> R {
        self.operations.set(self.operations.get() + 1);
        let made = work();
        self.operations.set(self.operations.get() - 1);
        made
    }
}

fn anything<'a>() -> Values<'a> {
    vec![Choice::Around("".into(), "".into())]
}

/// A list in no order.
fn bag<'a>(elements: impl IntoIterator<Item = Choice<'a>>) -> Choice<'a> {
    let all = elements.into_iter().fold(Vec::new(), |all, one| union(all, vec![one]));
    Choice::Bag(bounded(all).into())
}

fn bounded(values: Values<'_>) -> Values<'_> {
    if values.len() > MAX_CHOICES { anything() } else { values }
}

/// The choices of both, each once.
fn union<'a>(mut all: Values<'a>, more: Values<'a>) -> Values<'a> {
    for one in more {
        // What is too much is anything, as soon as it is bounded.
        if all.len() <= MAX_CHOICES && !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// Each of the first texts with each of the second ones behind it.
fn joined<'a>(first: &[Choice<'a>], second: &[Choice<'a>]) -> Values<'a> {
    if first.len() * second.len() > MAX_CHOICES {
        return anything();
    }
    let pairs = first.iter().flat_map(|a| second.iter().map(move |b| (a, b)));
    pairs.fold(Vec::new(), |all, (a, b)| union(all, vec![sum(a, b)]))
}

fn sum<'a>(a: &Choice<'a>, b: &Choice<'a>) -> Choice<'a> {
    if matches!((a, b), (Choice::Plain, Choice::Plain)) {
        return Choice::Plain;
    }
    let ends = |choice: &Choice<'a>| match choice {
        Choice::Text(text) => (text.clone(), text.clone(), true),
        Choice::Around(start, end) => (start.clone(), end.clone(), false),
        _ => ("".into(), "".into(), false),
    };
    let ((start, before, a_whole), (behind, end, b_whole)) = (ends(a), ends(b));
    match (a_whole, b_whole) {
        (true, true) => Choice::Text(start + behind),
        (true, false) => Choice::Around(start + behind, end),
        (false, true) => Choice::Around(start, before + end),
        (false, false) => Choice::Around(start, end),
    }
}

impl Choice<'_> {
    /// Whether it is surely text, and some.
    pub fn is_text(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Around(start, end) => !start.is_empty() || !end.is_empty(),
            _ => false,
        }
    }

    /// Whether it can be this text. A function as a key is its whole code, which is no name.
    pub fn can_be(&self, name: &str) -> bool {
        match self {
            Self::Text(text) => *text == *name,
            Self::Around(start, end) => {
                name.len() >= start.len() + end.len()
                    && name.starts_with(&**start)
                    && name.ends_with(&**end)
            }
            Self::Plain
            | Self::Function(..)
            | Self::Object(..)
            | Self::Instance
            | Self::Member(..) => false,
            // More elements than one have commas between them.
            Self::List(elements) => match &**elements {
                [only] => only.iter().any(|element| element.can_be(name)),
                _ => false,
            },
            Self::Bag(_) => true,
        }
    }
}
