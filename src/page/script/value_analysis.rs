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

use super::ScriptTree;
use sites::CallSite;
use uses::NameUses;

/// More than this and it may be anything.
const MAX_CHOICES: usize = 128;
/// How deep expressions are followed into each other: each level is some frames of the stack.
const MAX_DEPTH: usize = 64;
/// How many expressions a page may have looked at.
const MAX_EFFORT: usize = 1 << 17;

/// What `typeof` says.
const TYPEOF_RESULTS: &[&str] =
    &["undefined", "object", "boolean", "number", "string", "function", "symbol", "bigint"];

/// One thing that an expression can be when the code runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PossibleValue<'a> {
    /// This text.
    Text(Cow<'a, str>),
    /// Text that begins and ends so; anything at all where both are empty.
    Affixed(Cow<'a, str>, Cow<'a, str>),
    /// A number, a truth value or nothing: no text, and nothing that has members.
    NonText,
    /// A function or a class, by its tree and node.
    Function(usize, NodeId),
    /// An object that is written out, by its tree and node.
    Object(usize, NodeId),
    /// An object that a function or a class of the page makes.
    Instance,
    /// A member that an object got later, with all that it can be.
    Member(&'a str, Rc<[PossibleValue<'a>]>),
    /// A list, with all that each of its elements can be.
    List(Rc<[PossibleValues<'a>]>),
    /// A list of any length with all that its elements can be.
    UnorderedList(Rc<[PossibleValue<'a>]>),
}

/// All that something can be.
pub(super) type PossibleValues<'a> = Vec<PossibleValue<'a>>;

/// What was found of something in a tree, by the number of the tree.
type TreeCache<K, T> = RefCell<HashMap<(usize, K), T>>;

/// What expressions of a page can be.
pub struct ValueAnalysis<'t, 'a> {
    trees: &'t [ScriptTree<'a>],
    /// Whether a member is known by its name alone, whatever it is a member of. Then more is
    /// seen, and more is mistaken.
    by_name: bool,
    /// What the scripts do by name, once it is asked for.
    uses: OnceCell<NameUses<'a>>,
    symbol_values: TreeCache<SymbolId, PossibleValues<'a>>,
    sites: TreeCache<NodeId, Option<Rc<[CallSite<'a>]>>>,
    name_sites: TreeCache<SymbolId, Option<Rc<[CallSite<'a>]>>>,
    /// The names that are being worked out, each with the operations around it.
    in_progress: RefCell<Vec<(usize, SymbolId, usize)>>,
    /// How many operations make something new of what is being worked out.
    operations: Cell<usize>,
    /// How often a name led back to itself.
    cycles: Cell<usize>,
    depth: Cell<usize>,
    budget: Cell<usize>,
}

impl<'t, 'a> ValueAnalysis<'t, 'a> {
    /// What can be told by following names and members of what is written out.
    pub fn new(trees: &'t [ScriptTree<'a>]) -> Self {
        Self {
            trees,
            by_name: false,
            uses: OnceCell::new(),
            symbol_values: RefCell::default(),
            sites: RefCell::default(),
            name_sites: RefCell::default(),
            in_progress: RefCell::default(),
            operations: Cell::new(0),
            cycles: Cell::new(0),
            depth: Cell::new(0),
            budget: Cell::new(MAX_EFFORT),
        }
    }

    /// The same, and what is called and set by its name alone.
    pub fn with_members_by_name(trees: &'t [ScriptTree<'a>]) -> Self {
        Self { by_name: true, ..Self::new(trees) }
    }

    /// All that an expression of the tree of that number can be.
    pub fn possible_values(
        &self,
        tree: usize,
        expression: &'a Expression<'a>,
    ) -> Vec<PossibleValue<'a>> {
        self.values(tree, expression)
    }

    fn uses(&self) -> &NameUses<'a> {
        self.uses.get_or_init(|| NameUses::from_trees(self.trees))
    }

    fn values(&self, at: usize, e: &'a Expression<'a>) -> PossibleValues<'a> {
        self.recurse(|| bound_values(self.expression_values(at, e.get_inner_expression())))
            .unwrap_or_else(any_value)
    }

    /// Does a piece of work that leads to more of its kind, if there is enough left to do it.
    fn recurse<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        let effort = self.budget.get().checked_sub(1)?;
        let depth = Some(self.depth.get() + 1).filter(|depth| *depth <= MAX_DEPTH)?;
        self.budget.set(effort);
        self.depth.set(depth);
        let done = work();
        self.depth.set(depth - 1);
        Some(done)
    }

    fn expression_values(&self, at: usize, e: &'a Expression<'a>) -> PossibleValues<'a> {
        let function = |id| vec![PossibleValue::Function(at, id)];
        match e {
            Expression::StringLiteral(text) => {
                vec![PossibleValue::Text(text.value.as_str().into())]
            }
            Expression::TemplateLiteral(template) => self.template_values(at, template),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => self
                .within_operation(|| {
                    concat_values(&self.values(at, &sum.left), &self.values(at, &sum.right))
                }),
            Expression::UnaryExpression(kind) if kind.operator.is_typeof() => {
                TYPEOF_RESULTS.iter().map(|kind| PossibleValue::Text((*kind).into())).collect()
            }
            Expression::NumericLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::UpdateExpression(_)
            | Expression::UnaryExpression(_)
            | Expression::BinaryExpression(_) => vec![PossibleValue::NonText],
            Expression::ConditionalExpression(either) => {
                let first = self.values(at, &either.consequent);
                merge_values(first, self.values(at, &either.alternate))
            }
            Expression::LogicalExpression(either) => {
                merge_values(self.values(at, &either.left), self.values(at, &either.right))
            }
            Expression::SequenceExpression(all) => {
                all.expressions.last().map_or_else(any_value, |last| self.values(at, last))
            }
            Expression::AssignmentExpression(set) => self.assigned_values(at, set),
            Expression::Identifier(name) => self.name_values(at, name),
            Expression::FunctionExpression(own) => function(own.node_id.get()),
            Expression::ArrowFunctionExpression(own) => function(own.node_id.get()),
            Expression::ThisExpression(_) => vec![PossibleValue::Instance],
            Expression::ClassExpression(own) => function(own.node_id.get()),
            Expression::ObjectExpression(object) => {
                vec![PossibleValue::Object(at, object.node_id.get())]
            }
            Expression::ArrayExpression(array) => vec![self.array_value(at, array)],
            Expression::CallExpression(call) => self.call_values(at, call),
            Expression::NewExpression(new) => self.constructed_values(at, new),
            Expression::AwaitExpression(awaited) => self.values(at, &awaited.argument),
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.call_values(at, call),
                element => match element.as_member_expression() {
                    Some(member) => self.member_values(at, member),
                    None => any_value(),
                },
            },
            _ => match e.as_member_expression() {
                Some(member) => self.member_values(at, member),
                None => any_value(),
            },
        }
    }

    /// What an assignment sets, as far as that can be told from it alone.
    fn assigned_values(&self, at: usize, set: &'a AssignmentExpression<'a>) -> PossibleValues<'a> {
        match set.operator {
            AssignmentOperator::Assign
            | AssignmentOperator::LogicalOr
            | AssignmentOperator::LogicalAnd
            | AssignmentOperator::LogicalNullish => self.values(at, &set.right),
            AssignmentOperator::Addition => {
                self.within_operation(|| concat_values(&any_value(), &self.values(at, &set.right)))
            }
            _ => vec![PossibleValue::NonText],
        }
    }

    fn array_value(&self, at: usize, array: &'a ArrayExpression<'a>) -> PossibleValue<'a> {
        let mut elements = Vec::new();
        let mut is_spread = false;
        for element in &array.elements {
            elements.push(match element {
                ArrayExpressionElement::SpreadElement(spread) => {
                    is_spread = true;
                    self.element_values(&self.values(at, &spread.argument))
                }
                ArrayExpressionElement::Elision(_) => vec![PossibleValue::NonText],
                element => match element.as_expression() {
                    Some(e) => self.values(at, e),
                    None => any_value(),
                },
            });
        }
        if is_spread {
            return unordered_list(elements.into_iter().flatten());
        }
        PossibleValue::List(elements.into())
    }

    fn template_values(&self, at: usize, template: &'a TemplateLiteral<'a>) -> PossibleValues<'a> {
        self.within_operation(|| {
            let mut whole = vec![PossibleValue::Text("".into())];
            let mut values = template.expressions.iter();
            for quasi in &template.quasis {
                let text = quasi.value.cooked.map(|text| PossibleValue::Text(text.as_str().into()));
                whole = concat_values(&whole, &text.map_or_else(any_value, |text| vec![text]));
                let value = values.next().map(|e| self.values(at, e));
                whole = value.map_or_else(|| whole.clone(), |value| concat_values(&whole, &value));
            }
            whole
        })
    }

    /// Does what makes something new of its parts, so that a circle through it may make anything.
    fn within_operation<R>(&self, work: impl FnOnce() -> R) -> R {
        self.operations.set(self.operations.get() + 1);
        let made = work();
        self.operations.set(self.operations.get() - 1);
        made
    }
}

fn any_value<'a>() -> PossibleValues<'a> {
    vec![PossibleValue::Affixed("".into(), "".into())]
}

/// A list in no order.
fn unordered_list<'a>(elements: impl IntoIterator<Item = PossibleValue<'a>>) -> PossibleValue<'a> {
    let all = elements.into_iter().fold(Vec::new(), |all, one| merge_values(all, vec![one]));
    PossibleValue::UnorderedList(bound_values(all).into())
}

fn bound_values(values: PossibleValues<'_>) -> PossibleValues<'_> {
    if values.len() > MAX_CHOICES { any_value() } else { values }
}

/// The choices of both, each once.
fn merge_values<'a>(mut all: PossibleValues<'a>, more: PossibleValues<'a>) -> PossibleValues<'a> {
    for one in more {
        // What is too much is anything, as soon as it is bounded.
        if all.len() <= MAX_CHOICES && !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// Each of the first texts with each of the second ones behind it.
fn concat_values<'a>(
    first: &[PossibleValue<'a>],
    second: &[PossibleValue<'a>],
) -> PossibleValues<'a> {
    if first.len() * second.len() > MAX_CHOICES {
        return any_value();
    }
    let pairs = first.iter().flat_map(|a| second.iter().map(move |b| (a, b)));
    pairs.fold(Vec::new(), |all, (a, b)| merge_values(all, vec![concat_pair(a, b)]))
}

fn concat_pair<'a>(a: &PossibleValue<'a>, b: &PossibleValue<'a>) -> PossibleValue<'a> {
    if matches!((a, b), (PossibleValue::NonText, PossibleValue::NonText)) {
        return PossibleValue::NonText;
    }
    let ends = |choice: &PossibleValue<'a>| match choice {
        PossibleValue::Text(text) => (text.clone(), text.clone(), true),
        PossibleValue::Affixed(start, end) => (start.clone(), end.clone(), false),
        _ => ("".into(), "".into(), false),
    };
    let ((start, before, a_whole), (behind, end, b_whole)) = (ends(a), ends(b));
    match (a_whole, b_whole) {
        (true, true) => PossibleValue::Text(start + behind),
        (true, false) => PossibleValue::Affixed(start + behind, end),
        (false, true) => PossibleValue::Affixed(start, before + end),
        (false, false) => PossibleValue::Affixed(start, end),
    }
}

impl PossibleValue<'_> {
    /// Whether it is surely text, and some.
    pub fn is_text(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Affixed(start, end) => !start.is_empty() || !end.is_empty(),
            _ => false,
        }
    }

    /// Whether it can be this text. A function as a key is its whole code, which is no name.
    pub fn can_be(&self, name: &str) -> bool {
        match self {
            Self::Text(text) => *text == *name,
            Self::Affixed(start, end) => {
                name.len() >= start.len() + end.len()
                    && name.starts_with(&**start)
                    && name.ends_with(&**end)
            }
            Self::NonText
            | Self::Function(..)
            | Self::Object(..)
            | Self::Instance
            | Self::Member(..) => false,
            // More elements than one have commas between them.
            Self::List(elements) => match &**elements {
                [only] => only.iter().any(|element| element.can_be(name)),
                _ => false,
            },
            Self::UnorderedList(_) => true,
        }
    }
}
