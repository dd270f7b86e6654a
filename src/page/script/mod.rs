//! Reads JavaScript: all code of a page, parsed once, with scopes resolved.
//!
//! The trees borrow from an arena, so they live inside [`analyse`] and are
//! shown to a closure. What the rules share (what a name really denotes, which
//! strings are constant, where global powers are taken) is worked out here.

mod choices;
mod depth;
mod fold;
mod goals;
mod index;
mod inventory;
mod made;
mod markup;
mod optional;
mod parsed;
mod path;
mod pattern;
mod reach;
mod resolve;
mod returned;
mod skeleton;
mod this;
mod truth;
mod values;
mod wordings;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, Program, Statement};
use oxc_ast::{AstKind, AstType};
use oxc_parser::Parser;
use oxc_semantic::{Semantic, SymbolId};
use oxc_span::{GetSpan as _, SourceType};
use oxc_syntax::node::NodeId;

use self::parsed::Parsed;
use self::reach::Reached;
use super::{Decoded, Page, Span};

pub use choices::{Choice, Choices};
pub use depth::{MAX_CHAIN, MAX_NESTING};
pub use fold::Constant;
pub use index::{Assignment, MethodCall};
pub use inventory::{Handler, Script, ScriptKind};
pub use made::{Holder, MadeHandler, MadeText, Written};
pub use parsed::{Reader, reading};
pub use path::Path;
pub use reach::{Call, Reach, Use};
pub use skeleton::Skeleton;
pub use truth::Missing;
pub use values::Shape;
pub use wordings::Wording;

/// Scripts and handlers of a page, together: each costs memory of its own. One more is still read.
pub const MAX_CODES: usize = 20_000;

/// How a piece of code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    pub element: super::NodeId,
    /// For a handler: the attribute, with the number it has there.
    pub attribute: Option<usize>,
    /// Whether it stands in markup that a script writes.
    pub is_markup: bool,
}

/// What keeps a piece of code from being run or from being analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub span: Span,
    pub message: String,
}

/// Names that are declared for the whole page.
type Globals<'a> = HashMap<String, Option<Path<'a>>>;

/// A piece of code as a tree.
pub struct Tree<'a> {
    pub code: Code,
    pub problems: Vec<Problem>,
    allocator: &'a Allocator,
    parsed: Rc<Parsed<'a>>,
    paths: resolve::Memory<'a>,
    /// The one value of each name that has only one.
    values: RefCell<HashMap<SymbolId, Option<&'a Expression<'a>>>>,
    strings: fold::Memory<&'a str>,
    lists: fold::Memory<fold::List<'a>>,
    /// How much text may still be put together, in all code of the page.
    effort: Rc<Cell<usize>>,
    /// Whether a name is ever written to.
    written: RefCell<HashMap<SymbolId, bool>>,
    /// Whether a function is called by itself.
    bare: RefCell<HashMap<NodeId, bool>>,
    sites: RefCell<HashMap<SymbolId, this::Site>>,
    /// How many of them are being worked out.
    depth: Cell<usize>,
    /// What a function gives back.
    returns: RefCell<HashMap<NodeId, Option<&'a [&'a Expression<'a>]>>>,
    /// The functions that other code of the page calls by themselves.
    called: Rc<HashSet<&'a str>>,
    /// What this code uses of that which the classic scripts of the page declare for all of them.
    globals: Globals<'a>,
    reached: Reached<'a>,
    /// The handlers that it makes, once they are asked for.
    made: OnceCell<Vec<MadeHandler<'a>>>,
}

/// Parses all code, once, and shows the trees to `work`.
pub fn analyse<R>(codes: Vec<Code>, work: impl for<'a> FnOnce(&[Tree<'a>]) -> R) -> R {
    reading(|reader| work(&reader.trees(codes)))
}

impl<'a> Reader<'a> {
    /// The code of a page as trees that know of each other; of too much code only the beginning.
    pub fn trees(&mut self, codes: Vec<Code>) -> Vec<Tree<'a>> {
        self.trees_among(codes, None)
    }

    /// The handlers that come into a page later, as far as they are written whole. Nothing where
    /// there are none.
    pub fn later_trees(&mut self, page: &Page, trees: &[Tree<'a>]) -> Option<Vec<Tree<'a>>> {
        let choices = Choices::followed(trees);
        let made = trees.iter().enumerate().flat_map(|(at, tree)| tree.made_codes(&choices, at));
        let codes: Vec<_> = made.chain(page.kept_codes()).collect();
        (!codes.is_empty()).then(|| self.trees_among(codes, Some(trees)))
    }

    /// The same, where others may have declared what all of them know.
    fn trees_among(&mut self, codes: Vec<Code>, others: Option<&[Tree<'a>]>) -> Vec<Tree<'a>> {
        let effort = Rc::new(Cell::new(fold::MAX_EFFORT));
        let mut trees: Vec<_> = codes.into_iter().map(|code| self.tree(code, &effort)).collect();
        let declaring = others.unwrap_or(&trees);
        let globals: Globals<'a> = declaring.iter().flat_map(Tree::declarations).collect();
        let called: Rc<HashSet<_>> =
            Rc::new(declaring.iter().flat_map(Tree::calls_undeclared).collect());
        for tree in &mut trees {
            tree.called = Rc::clone(&called);
            let known = |name: &str| Some((name.to_owned(), *globals.get(name)?));
            tree.globals = tree.undeclared().filter_map(known).collect();
            tree.reached = reach::collect(tree);
        }
        trees
    }

    fn tree(&mut self, code: Code, effort: &Rc<Cell<usize>>) -> Tree<'a> {
        let parsed = self.parse(code.text.text(), code.goal);
        let problems = parsed.errors.iter().map(|error| Problem::of(error, &code)).collect();
        Tree {
            code,
            problems,
            allocator: self.allocator,
            parsed,
            paths: resolve::Memory::default(),
            values: RefCell::default(),
            strings: RefCell::default(),
            lists: RefCell::default(),
            effort: Rc::clone(effort),
            written: RefCell::default(),
            bare: RefCell::default(),
            sites: RefCell::default(),
            depth: Cell::new(0),
            returns: RefCell::default(),
            called: Rc::default(),
            globals: Globals::default(),
            reached: Reached::default(),
            made: OnceCell::new(),
        }
    }
}

/// Shows the code of a handler as a tree that knows of nothing else.
pub fn handler<R>(code: &str, work: impl for<'a> FnOnce(&Tree<'a>) -> R) -> R {
    let text = Decoded::plain(code, 0);
    let element = super::NodeId::default();
    let code = Code { text, goal: Goal::Handler, element, attribute: None, is_markup: false };
    reading(|reader| work(&reader.tree(code, &Rc::new(Cell::new(fold::MAX_EFFORT)))))
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
    /// The names this code makes global, each with the global thing it stands for, if it does.
    fn declarations(&self) -> Vec<(String, Option<Path<'a>>)> {
        if self.code.goal != Goal::Script {
            return Vec::new();
        }
        let scoping = self.semantic().scoping();
        let bindings = scoping.get_bindings(scoping.root_scope_id());
        let own = bindings.iter().filter(|(_, symbol)| !self.is_hollow(**symbol));
        own.map(|(name, symbol)| (name.to_string(), self.resolve_symbol(*symbol, fold::MAX_STEPS)))
            .collect()
    }

    fn semantic(&self) -> &Semantic<'a> {
        &self.parsed.semantic
    }

    /// The names that this code uses and gives no meaning.
    fn undeclared(&self) -> impl Iterator<Item = &str> + '_ {
        let scoping = self.semantic().scoping();
        let free = scoping.root_unresolved_references().keys();
        let bindings = scoping.get_bindings(scoping.root_scope_id());
        let hollow = bindings.iter().filter(|(_, symbol)| self.is_hollow(**symbol));
        free.chain(hollow.map(|(name, _)| name)).map(oxc_ast::ast::Ident::as_str)
    }

    /// Where a range of the code stands in the document.
    pub fn place(&self, span: oxc_span::Span) -> Span {
        self.code.text.span(offset(span.start), offset(span.end))
    }

    /// The code under a range, as it is run.
    pub fn text(&self, span: oxc_span::Span) -> &'a str {
        self.parsed.text.get(offset(span.start)..offset(span.end)).unwrap_or_default()
    }

    /// Each place where something global is taken hold of.
    pub fn reaches(&self) -> &[Reach<'a>] {
        &self.reached.reaches
    }

    /// Each call of something global, however it is written.
    pub fn calls(&self) -> &[Call<'a>] {
        &self.reached.calls
    }

    /// Every node of some kinds.
    pub fn nodes<'t>(&'t self, kinds: &'t [AstType]) -> impl Iterator<Item = AstKind<'a>> + 't {
        self.ids(kinds).map(|id| self.semantic().nodes().kind(id))
    }

    fn ids<'t>(&'t self, kinds: &'t [AstType]) -> impl Iterator<Item = NodeId> + 't {
        kinds.iter().flat_map(|kind| self.parsed.index.of(*kind))
    }

    /// Each call of something by its name.
    pub fn methods(&self) -> &[MethodCall<'a>] {
        self.parsed.index.methods()
    }

    pub fn assignments(&self) -> &[Assignment<'a>] {
        self.parsed.index.assignments()
    }

    /// The node around a node, parentheses and the like included.
    pub fn parent(&self, id: NodeId) -> AstKind<'a> {
        self.semantic().nodes().parent_kind(id)
    }

    /// The nodes around a node, the nearest first.
    pub fn around(&self, id: NodeId) -> impl Iterator<Item = AstKind<'a>> + '_ {
        self.semantic().nodes().ancestor_kinds(id)
    }

    /// Each place where the window around the page, or the one that opened it, is taken hold of.
    pub fn other_windows(&self) -> &[Reach<'a>] {
        &self.reached.others
    }

    /// Whether a classic script of the page declares a name for all of them.
    pub fn is_declared(&self, name: &str) -> bool {
        self.globals.contains_key(name)
    }

    /// Whether the page puts together so much text that not all of it was followed.
    pub fn is_exhausted(&self) -> bool {
        self.effort.get() == 0
    }

    /// The whole program.
    pub fn program(&self) -> &'a Program<'a> {
        self.semantic().nodes().program()
    }

    /// Names that the code uses and does not declare, each with its places in the code.
    pub fn free_names(&self) -> impl Iterator<Item = (&str, oxc_span::Span)> + '_ {
        let scoping = self.semantic().scoping();
        scoping.root_unresolved_references().iter().flat_map(move |(name, ids)| {
            let spans = ids.iter().map(move |id| {
                let node = scoping.get_reference(*id).node_id();
                self.semantic().nodes().kind(node).span()
            });
            spans.map(move |span| (name.as_str(), span))
        })
    }
}

impl Problem {
    fn of(error: &parsed::Error, code: &Code) -> Self {
        let (start, end) = (offset(error.span.start), offset(error.span.end));
        Self { span: code.text.span(start, end), message: error.message.clone() }
    }
}

fn offset(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
