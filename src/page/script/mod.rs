//! Parses JavaScript: all code of a page, once, with resolved scopes.
//!
//! The trees borrow from an arena, so they live inside [`analyse`] and are passed to a closure.
//! What the rules share is computed here: what a name denotes, which strings are constant, where
//! global powers are used.

mod bindings;
mod constant_text;
mod constants;
mod fold;
mod generated_handlers;
mod global_access;
mod global_path;
mod index;
mod inventory;
mod markup;
mod missing_tolerance;
mod nesting_guard;
mod other_goal;
mod parsed_script;
mod pattern;
mod resolve;
mod return_values;
mod text_template;
mod text_variants;
mod this_binding;
mod truth;
mod value_analysis;
mod values;

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

use self::global_access::GlobalAccesses;
use self::parsed_script::ParsedScript;
use super::{DecodedText, HtmlPage, Span};

pub use bindings::{Bindings, ConstantName, FreeName, LateName, NameUse};
pub use constant_text::ConstantText;
pub use constants::{Constant, ConstantValue};
pub use generated_handlers::{GeneratedHandler, GeneratedText, TextHolder, WrittenText};
pub use global_access::{AccessKind, GlobalAccess, GlobalCall};
pub use global_path::GlobalPath;
pub use index::{Assignment, MethodCall};
pub use inventory::{InlineHandler, ScriptElement, ScriptKind};
pub use nesting_guard::{MAX_CHAIN, MAX_NESTING};
pub use parsed_script::{ScriptReader, with_reader};
pub use text_template::TextTemplate;
pub use text_variants::TextVariant;
pub use truth::MissingApi;
pub use value_analysis::{PossibleValue, ValueAnalysis};
pub use values::ValueShape;

/// Most scripts and handlers of a page: each costs memory of its own. One more is still parsed.
pub const MAX_CODES: usize = 20_000;

/// How a piece of code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParseGoal {
    Script,
    Module,
    /// The body of a function, as in an `on…` attribute.
    Handler,
}

/// A piece of code in a page.
#[derive(Debug, Clone)]
pub struct PageCode {
    pub text: DecodedText,
    pub goal: ParseGoal,
    /// The element it belongs to.
    pub element: super::NodeId,
    /// For a handler: the index of its attribute.
    pub attribute: Option<usize>,
    /// Whether it is in markup that a script writes.
    pub is_markup: bool,
}

/// What prevents a piece of code from running or from being analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptProblem {
    pub span: Span,
    pub message: String,
}

/// Page-wide names.
type GlobalPaths<'a> = HashMap<String, Option<GlobalPath<'a>>>;

/// A piece of code as a tree.
pub struct ScriptTree<'a> {
    pub code: PageCode,
    pub problems: Vec<ScriptProblem>,
    allocator: &'a Allocator,
    parsed: Rc<ParsedScript<'a>>,
    paths: resolve::PathMemo<'a>,
    /// The value of each name that has only one.
    values: RefCell<HashMap<SymbolId, Option<&'a Expression<'a>>>>,
    strings: constant_text::FoldMemo<&'a str>,
    lists: constant_text::FoldMemo<constant_text::ConstantList<'a>>,
    /// Bytes of text that all code of the page may still concatenate.
    folding_budget: Rc<Cell<usize>>,
    /// Whether a name is ever assigned.
    written_symbols: RefCell<HashMap<SymbolId, bool>>,
    /// Whether a function is called without a receiver.
    bare_calls: RefCell<HashMap<NodeId, bool>>,
    sites: RefCell<HashMap<SymbolId, this_binding::FunctionUse>>,
    /// How many of them are being evaluated.
    depth: Cell<usize>,
    /// What a function returns.
    returns: RefCell<HashMap<NodeId, Option<&'a [&'a Expression<'a>]>>>,
    /// The functions that other code of the page calls without a receiver.
    called_undeclared: Rc<HashSet<&'a str>>,
    /// The page-wide names that this code uses.
    globals: GlobalPaths<'a>,
    accesses: GlobalAccesses<'a>,
    /// The handlers it generates, computed on demand.
    generated: OnceCell<Vec<GeneratedHandler<'a>>>,
}

/// Parses all code once and passes the trees to `work`.
pub fn analyse<R>(codes: Vec<PageCode>, work: impl for<'a> FnOnce(&[ScriptTree<'a>]) -> R) -> R {
    with_reader(|reader| work(&reader.trees(codes)))
}

impl<'a> ScriptReader<'a> {
    /// Parses the code of a page as trees that know each other; of too much code only the start.
    pub fn trees(&mut self, codes: Vec<PageCode>) -> Vec<ScriptTree<'a>> {
        self.trees_among(codes, None)
    }

    /// The handlers that enter a page later, as far as they are literal. `None` if there are none.
    pub fn later_trees(
        &mut self,
        page: &HtmlPage,
        trees: &[ScriptTree<'a>],
    ) -> Option<Vec<ScriptTree<'a>>> {
        let choices = ValueAnalysis::new(trees);
        let generated =
            trees.iter().enumerate().flat_map(|(at, tree)| tree.generated_codes(&choices, at));
        let codes: Vec<_> = generated.chain(page.stored_codes()).collect();
        (!codes.is_empty()).then(|| self.trees_among(codes, Some(trees)))
    }

    /// Parses trees whose page-wide names may be declared by others.
    fn trees_among(
        &mut self,
        codes: Vec<PageCode>,
        others: Option<&[ScriptTree<'a>]>,
    ) -> Vec<ScriptTree<'a>> {
        let folding_budget = Rc::new(Cell::new(fold::MAX_FOLDED_BYTES));
        let mut trees: Vec<_> =
            codes.into_iter().map(|code| self.tree(code, &folding_budget)).collect();
        let declaring = others.unwrap_or(&trees);
        let globals: GlobalPaths<'a> =
            declaring.iter().flat_map(ScriptTree::declarations).collect();
        let called: Rc<HashSet<_>> =
            Rc::new(declaring.iter().flat_map(ScriptTree::calls_undeclared).collect());
        for tree in &mut trees {
            tree.called_undeclared = Rc::clone(&called);
            let known = |name: &str| Some((name.to_owned(), *globals.get(name)?));
            tree.globals = tree.undeclared_names().filter_map(known).collect();
            tree.accesses = global_access::collect(tree);
        }
        trees
    }

    fn tree(&mut self, code: PageCode, folding_budget: &Rc<Cell<usize>>) -> ScriptTree<'a> {
        let parsed = self.parse(code.text.text(), code.goal);
        let problems =
            parsed.errors.iter().map(|error| ScriptProblem::from_error(error, &code)).collect();
        ScriptTree {
            code,
            problems,
            allocator: self.allocator,
            parsed,
            paths: resolve::PathMemo::default(),
            values: RefCell::default(),
            strings: RefCell::default(),
            lists: RefCell::default(),
            folding_budget: Rc::clone(folding_budget),
            written_symbols: RefCell::default(),
            bare_calls: RefCell::default(),
            sites: RefCell::default(),
            depth: Cell::new(0),
            returns: RefCell::default(),
            called_undeclared: Rc::default(),
            globals: GlobalPaths::default(),
            accesses: GlobalAccesses::default(),
            generated: OnceCell::new(),
        }
    }
}

/// Parses a handler as an independent tree and passes it to `work`.
pub fn parse_handler<R>(code: &str, work: impl for<'a> FnOnce(&ScriptTree<'a>) -> R) -> R {
    let text = DecodedText::verbatim(code, 0);
    let element = super::NodeId::default();
    let code =
        PageCode { text, goal: ParseGoal::Handler, element, attribute: None, is_markup: false };
    with_reader(|reader| work(&reader.tree(code, &Rc::new(Cell::new(fold::MAX_FOLDED_BYTES)))))
}

/// Whether a text is a list of statements without declarations.
pub fn parses_as_statements(text: &str) -> bool {
    if nesting_guard::check_nesting(text, ParseGoal::Script).is_err() {
        return false;
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::script()).parse();
    let plain = |statement: &Statement<'_>| !statement.is_declaration();
    !parsed.panicked && !parsed.diagnostics.has_errors() && parsed.program.body.iter().all(plain)
}

impl<'a> ScriptTree<'a> {
    /// The page-wide names of this code, each with the global it stands for, if any.
    fn declarations(&self) -> Vec<(String, Option<GlobalPath<'a>>)> {
        if self.code.goal != ParseGoal::Script {
            return Vec::new();
        }
        let scoping = self.semantic().scoping();
        let bindings = scoping.get_bindings(scoping.root_scope_id());
        let local_names =
            bindings.iter().filter(|(_, symbol)| !self.is_redundant_declaration(**symbol));
        local_names
            .map(|(name, symbol)| {
                (name.to_string(), self.resolve_symbol(*symbol, constant_text::MAX_STEPS))
            })
            .collect()
    }

    fn semantic(&self) -> &Semantic<'a> {
        &self.parsed.semantic
    }

    /// The names that this code uses without declaring them.
    fn undeclared_names(&self) -> impl Iterator<Item = &str> + '_ {
        let scoping = self.semantic().scoping();
        let free = scoping.root_unresolved_references().keys();
        let bindings = scoping.get_bindings(scoping.root_scope_id());
        let redundant =
            bindings.iter().filter(|(_, symbol)| self.is_redundant_declaration(**symbol));
        free.chain(redundant.map(|(name, _)| name)).map(oxc_ast::ast::Ident::as_str)
    }

    /// The source span of a range of the code.
    pub fn source_span(&self, span: oxc_span::Span) -> Span {
        self.code.text.span(offset(span.start), offset(span.end))
    }

    /// The code in a range, as it is run.
    pub fn text(&self, span: oxc_span::Span) -> &'a str {
        self.parsed.text.get(offset(span.start)..offset(span.end)).unwrap_or_default()
    }

    /// Each access to a global.
    pub fn global_accesses(&self) -> &[GlobalAccess<'a>] {
        &self.accesses.accesses
    }

    /// Each call of a global, however written.
    pub fn global_calls(&self) -> &[GlobalCall<'a>] {
        &self.accesses.calls
    }

    /// Every node of these types.
    pub fn nodes<'t>(&'t self, kinds: &'t [AstType]) -> impl Iterator<Item = AstKind<'a>> + 't {
        self.ids(kinds).map(|id| self.semantic().nodes().kind(id))
    }

    fn ids<'t>(&'t self, kinds: &'t [AstType]) -> impl Iterator<Item = NodeId> + 't {
        kinds.iter().flat_map(|kind| self.parsed.index.nodes_of(*kind))
    }

    /// Each method call.
    pub fn methods(&self) -> &[MethodCall<'a>] {
        self.parsed.index.methods()
    }

    /// Each assignment.
    pub fn assignments(&self) -> &[Assignment<'a>] {
        self.parsed.index.assignments()
    }

    /// The parent of a node, parentheses included.
    pub fn parent(&self, id: NodeId) -> AstKind<'a> {
        self.semantic().nodes().parent_kind(id)
    }

    /// The ancestors of a node, nearest first.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = AstKind<'a>> + '_ {
        self.semantic().nodes().ancestor_kinds(id)
    }

    /// Each access to the parent or opener window.
    pub fn other_window_accesses(&self) -> &[GlobalAccess<'a>] {
        &self.accesses.other_windows
    }

    /// Whether a classic script of the page declares a page-wide name.
    pub fn is_declared(&self, name: &str) -> bool {
        self.globals.contains_key(name)
    }

    /// Whether the page concatenates so much text that not all of it was followed.
    pub fn is_exhausted(&self) -> bool {
        self.folding_budget.get() == 0
    }

    /// The whole program.
    pub fn program(&self) -> &'a Program<'a> {
        self.semantic().nodes().program()
    }

    /// Names that the code uses without declaring them, each with its spans in the code.
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

impl ScriptProblem {
    fn from_error(error: &parsed_script::SyntaxError, code: &PageCode) -> Self {
        let (start, end) = (offset(error.span.start), offset(error.span.end));
        Self { span: code.text.span(start, end), message: error.message.clone() }
    }
}

fn offset(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
