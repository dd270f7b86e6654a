//! Reads JavaScript: all code of a page, parsed once, with scopes resolved.
//!
//! The trees borrow from an arena, so they live inside [`analyse`] and are
//! shown to a closure. What the rules share (what a name really denotes, which
//! strings are constant, where global powers are taken) is worked out here.

mod depth;
mod fold;
mod inventory;
mod pattern;
mod reach;
mod resolve;
mod skeleton;
mod values;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, Program, Statement};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder, SymbolId};
use oxc_span::{GetSpan as _, SourceType};

use super::{Decoded, NodeId, Span};

pub use depth::{MAX_CHAIN, MAX_NESTING};
pub use fold::Constant;
pub use inventory::{Handler, Script, ScriptKind};
pub use reach::{Call, Reach, Use};
pub use resolve::Path;
pub use skeleton::Skeleton;
pub use values::Shape;

/// How a piece of code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    Script,
    Module,
    /// The body of a function, as an `on…` attribute holds it.
    Handler,
}

/// A piece of code that stands in a page.
#[derive(Debug, Clone)]
pub struct Code {
    pub text: Decoded,
    pub goal: Goal,
    /// The element it belongs to.
    pub element: NodeId,
    /// For a handler: the attribute, with the number it has there.
    pub attribute: Option<usize>,
}

/// What keeps a piece of code from being run or from being analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub span: Span,
    pub message: String,
}

/// Names that are declared for the whole page.
type Globals = HashMap<String, Option<Path>>;

/// A piece of code as a tree.
pub struct Tree<'a> {
    pub code: &'a Code,
    pub problems: Vec<Problem>,
    pub(super) semantic: Semantic<'a>,
    paths: resolve::Memory,
    /// The one value of each name that has only one.
    values: RefCell<HashMap<SymbolId, Option<&'a Expression<'a>>>>,
    /// Whether a name is ever written to.
    written: RefCell<HashMap<SymbolId, bool>>,
    /// What the classic scripts of the page declare for all of them.
    globals: Rc<Globals>,
    reaches: Vec<Reach>,
    calls: Vec<Call<'a>>,
    others: Vec<Reach>,
}

/// Parses all code and shows the trees to `work`.
pub fn analyse<R>(codes: &[Code], work: impl for<'a> FnOnce(&[Tree<'a>]) -> R) -> R {
    let allocator = Allocator::default();
    let mut trees: Vec<Tree<'_>> = codes.iter().map(|code| Tree::parse(&allocator, code)).collect();
    let globals: Rc<Globals> = Rc::new(trees.iter().flat_map(Tree::declarations).collect());
    for tree in &mut trees {
        tree.globals = Rc::clone(&globals);
        (tree.reaches, tree.calls) = reach::collect(tree);
        tree.others = reach::other_windows(tree);
    }
    work(&trees)
}

/// Whether text is a list of statements that declares nothing.
pub fn parses(text: &str) -> bool {
    if depth::check(text, Goal::Script).is_err() {
        return false;
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::script()).parse();
    let plain = |statement: &Statement<'_>| !statement.is_declaration();
    !parsed.panicked && !parsed.diagnostics.has_errors() && parsed.program.body.iter().all(plain)
}

impl<'a> Tree<'a> {
    fn parse(allocator: &'a Allocator, code: &'a Code) -> Self {
        let text = code.text.text();
        if let Err(at) = depth::check(text, code.goal) {
            let span = code.text.span(at, at + 1);
            let message = "the code is nested too deeply to be read".to_owned();
            return Self::unread(allocator, code, Problem { span, message });
        }
        let source_type =
            if code.goal == Goal::Module { SourceType::mjs() } else { SourceType::script() };
        let options = ParseOptions {
            allow_return_outside_function: code.goal == Goal::Handler,
            ..ParseOptions::default()
        };
        let parsed = Parser::new(allocator, text, source_type).with_options(options).parse();
        let errors = parsed.diagnostics.errors();
        let mut problems: Vec<_> = errors
            .map(|e| problem(code, e.labels.first().map(oxc_span::LabeledSpan::span), &e.message))
            .collect();
        if parsed.panicked && problems.is_empty() {
            problems.push(Problem { span: code.text.whole(), message: "not analysed".to_owned() });
        }
        Self::build(code, allocator.alloc(parsed.program), problems)
    }

    /// A tree of nothing, with the reason.
    fn unread(allocator: &'a Allocator, code: &'a Code, problem: Problem) -> Self {
        let empty = Parser::new(allocator, "", SourceType::script()).parse();
        Self::build(code, allocator.alloc(empty.program), vec![problem])
    }

    fn build(code: &'a Code, program: &'a Program<'a>, mut problems: Vec<Problem>) -> Self {
        let built = SemanticBuilder::new()
            .with_build_nodes(true)
            .with_check_syntax_error(true)
            .build(program);
        if problems.is_empty() {
            let errors = built.diagnostics.errors();
            problems = errors
                .map(|e| {
                    problem(code, e.labels.first().map(oxc_span::LabeledSpan::span), &e.message)
                })
                .collect();
        }
        Self {
            code,
            problems,
            semantic: built.semantic,
            paths: resolve::Memory::default(),
            values: RefCell::default(),
            written: RefCell::default(),
            globals: Rc::default(),
            reaches: Vec::new(),
            calls: Vec::new(),
            others: Vec::new(),
        }
    }

    /// The names this code makes global, each with the global thing it stands for, if it does.
    fn declarations(&self) -> Vec<(String, Option<Path>)> {
        if self.code.goal != Goal::Script {
            return Vec::new();
        }
        let scoping = self.semantic.scoping();
        let bindings = scoping.get_bindings(scoping.root_scope_id());
        let own = bindings.iter().filter(|(_, symbol)| !self.is_hollow(**symbol));
        own.map(|(name, symbol)| (name.to_string(), self.resolve_symbol(*symbol, fold::MAX_STEPS)))
            .collect()
    }

    /// Where a range of the code stands in the document.
    pub fn place(&self, span: oxc_span::Span) -> Span {
        self.code.text.span(offset(span.start), offset(span.end))
    }

    /// The code under a range, as it is run.
    pub fn text(&self, span: oxc_span::Span) -> &'a str {
        self.code.text.text().get(offset(span.start)..offset(span.end)).unwrap_or_default()
    }

    /// Each place where something global is taken hold of.
    pub fn reaches(&self) -> &[Reach] {
        &self.reaches
    }

    /// Each call of something global, however it is written.
    pub fn calls(&self) -> &[Call<'a>] {
        &self.calls
    }

    /// Every node of the tree, outer before inner.
    pub fn nodes(&self) -> impl Iterator<Item = AstKind<'a>> + '_ {
        self.semantic.nodes().iter().map(oxc_semantic::AstNode::kind)
    }

    /// The node around a node, parentheses and the like included.
    pub fn parent(&self, id: oxc_syntax::node::NodeId) -> AstKind<'a> {
        self.semantic.nodes().parent_kind(id)
    }

    /// Every node with the nodes around it, the nearest first.
    pub fn nested_nodes(
        &self,
    ) -> impl Iterator<Item = (AstKind<'a>, impl Iterator<Item = AstKind<'a>> + '_)> + '_ {
        let nodes = self.semantic.nodes();
        nodes.iter().map(|node| (node.kind(), nodes.ancestor_kinds(node.id())))
    }

    /// Each place where the window around the page, or the one that opened it, is taken hold of.
    pub fn other_windows(&self) -> &[Reach] {
        &self.others
    }

    /// Whether a classic script of the page declares a name for all of them.
    pub fn is_declared(&self, name: &str) -> bool {
        self.globals.contains_key(name)
    }

    /// The whole program.
    pub fn program(&self) -> &'a Program<'a> {
        self.semantic.nodes().program()
    }

    /// Names that the code uses and does not declare, each with its places in the code.
    pub fn free_names(&self) -> impl Iterator<Item = (&str, oxc_span::Span)> + '_ {
        let scoping = self.semantic.scoping();
        scoping.root_unresolved_references().iter().flat_map(move |(name, ids)| {
            let spans = ids.iter().map(move |id| {
                let node = scoping.get_reference(*id).node_id();
                self.semantic.nodes().kind(node).span()
            });
            spans.map(move |span| (name.as_str(), span))
        })
    }
}

fn problem(code: &Code, label: Option<oxc_span::Span>, message: &str) -> Problem {
    let start = label.map_or(0, |span| offset(span.start));
    let end = label.map_or(start, |span| offset(span.end));
    Problem { span: code.text.span(start, end), message: message.to_owned() }
}

fn offset(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
