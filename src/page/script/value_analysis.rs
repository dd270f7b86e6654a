//! Computes the possible values of an expression, such as all texts of a table.
//!
//! `fold` finds the one text that an expression always is; this finds each that it may be, over all
//! scripts of a page and regardless of order. What cannot be told, or would cost too much to
//! follow, may be anything.

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

/// Most values followed; more may be anything.
const MAX_CHOICES: usize = 128;
/// Recursion depth: each level takes some frames of the stack.
const MAX_DEPTH: usize = 64;
/// Most expressions evaluated for a page.
const MAX_EFFORT: usize = 1 << 17;

/// The results of `typeof`.
const TYPEOF_RESULTS: &[&str] =
    &["undefined", "object", "boolean", "number", "string", "function", "symbol", "bigint"];

/// One possible value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PossibleValue<'a> {
    /// This text.
    Text(Cow<'a, str>),
    /// Text with this start and end; anything at all if both are empty.
    Affixed(Cow<'a, str>, Cow<'a, str>),
    /// A number, boolean or nothing: neither text nor an object.
    NonText,
    /// A function or class, by the index of its tree and its node.
    Function(usize, NodeId),
    /// An object literal, by the index of its tree and its node.
    Object(usize, NodeId),
    /// An object created by a function or class of the page.
    Instance,
    /// A member added to an object later, with its possible values.
    Member(&'a str, Rc<[PossibleValue<'a>]>),
    /// A list with the possible values of each element.
    List(Rc<[PossibleValues<'a>]>),
    /// A list of any length with the possible values of its elements.
    UnorderedList(Rc<[PossibleValue<'a>]>),
}

/// All possible values of something.
pub(super) type PossibleValues<'a> = Vec<PossibleValue<'a>>;

/// Results for items of a tree, by the index of the tree.
type TreeCache<K, T> = RefCell<HashMap<(usize, K), T>>;

/// Where an object is spread into another, in which tree, and the member that is looked up.
type SpreadPlace = (usize, NodeId, Option<String>);

/// The analysis of a page's expressions.
pub struct ValueAnalysis<'t, 'a> {
    trees: &'t [ScriptTree<'a>],
    /// Whether members are matched by name alone, whatever object they belong to. That finds more
    /// and mistakes more.
    by_name: bool,
    /// The uses of names, computed on demand.
    uses: OnceCell<NameUses<'a>>,
    symbol_values: TreeCache<SymbolId, PossibleValues<'a>>,
    sites: TreeCache<NodeId, Option<Rc<[CallSite<'a>]>>>,
    name_sites: TreeCache<SymbolId, Option<Rc<[CallSite<'a>]>>>,
    /// The names being evaluated, each with the number of enclosing operations.
    in_progress: RefCell<Vec<(usize, SymbolId, usize)>>,
    /// The objects whose members are being looked up, by where each is spread and under which name, with
    /// the number of enclosing operations.
    spreads: RefCell<Vec<(SpreadPlace, usize)>>,
    /// Enclosing operations that create new values.
    operations: Cell<usize>,
    /// How often a name led back to itself.
    cycles: Cell<usize>,
    depth: Cell<usize>,
    budget: Cell<usize>,
}

impl<'t, 'a> ValueAnalysis<'t, 'a> {
    /// An analysis that follows names and members of literals.
    pub fn new(trees: &'t [ScriptTree<'a>]) -> Self {
        Self {
            trees,
            by_name: false,
            uses: OnceCell::new(),
            symbol_values: RefCell::default(),
            sites: RefCell::default(),
            name_sites: RefCell::default(),
            in_progress: RefCell::default(),
            spreads: RefCell::default(),
            operations: Cell::new(0),
            cycles: Cell::new(0),
            depth: Cell::new(0),
            budget: Cell::new(MAX_EFFORT),
        }
    }

    /// An analysis that also matches calls and assignments by member name.
    pub fn with_members_by_name(trees: &'t [ScriptTree<'a>]) -> Self {
        Self { by_name: true, ..Self::new(trees) }
    }

    /// The possible values of an expression in the tree with this index.
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

    /// Runs a recursive step. `None` if the depth or the budget is exhausted.
    fn recurse<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        let budget = self.budget.get().checked_sub(1)?;
        let depth = Some(self.depth.get() + 1).filter(|depth| *depth <= MAX_DEPTH)?;
        self.budget.set(budget);
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

    /// The values that an assignment sets, as far as it tells.
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

    /// Runs a step that creates a new value, so that a cycle through it may produce anything.
    fn within_operation<R>(&self, work: impl FnOnce() -> R) -> R {
        self.operations.set(self.operations.get() + 1);
        let values = work();
        self.operations.set(self.operations.get() - 1);
        values
    }
}

/// The values of what leads back to itself, where its evaluation began within so many operations: a
/// pure cycle adds nothing, a cycle that creates a new value may be anything.
fn cycle_values<'a>(analysis: &ValueAnalysis<'_, 'a>, operations: usize) -> PossibleValues<'a> {
    analysis.cycles.set(analysis.cycles.get() + 1);
    let is_made = analysis.operations.get() > operations;
    if is_made { any_value() } else { Vec::new() }
}

fn any_value<'a>() -> PossibleValues<'a> {
    vec![PossibleValue::Affixed("".into(), "".into())]
}

/// An unordered list.
fn unordered_list<'a>(elements: impl IntoIterator<Item = PossibleValue<'a>>) -> PossibleValue<'a> {
    let all = elements.into_iter().fold(Vec::new(), |all, one| merge_values(all, vec![one]));
    PossibleValue::UnorderedList(bound_values(all).into())
}

fn bound_values(values: PossibleValues<'_>) -> PossibleValues<'_> {
    if values.len() > MAX_CHOICES { any_value() } else { values }
}

/// The values of both, without duplicates.
fn merge_values<'a>(mut all: PossibleValues<'a>, more: PossibleValues<'a>) -> PossibleValues<'a> {
    for one in more {
        // Too many values become anything when bounded.
        if all.len() <= MAX_CHOICES && !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// Each of the first texts followed by each of the second.
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
    /// Whether it is certainly a non-empty text.
    pub fn is_text(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Affixed(start, end) => !start.is_empty() || !end.is_empty(),
            _ => false,
        }
    }

    /// Whether it can be this text. A function as a key is its source, which is no name.
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
            // Several elements are joined by commas.
            Self::List(elements) => match &**elements {
                [only] => only.iter().any(|element| element.can_be(name)),
                _ => false,
            },
            Self::UnorderedList(_) => true,
        }
    }
}
