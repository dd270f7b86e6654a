//! Parses code and caches it while a page is repaired.
//!
//! A repaired page is checked again, and most of its code is unchanged: the slow half of a check
//! runs once per text.

use std::collections::HashMap;
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder, Stats};
use oxc_span::{LabeledSpan, SourceType, Span};

use super::index::NodeIndex;
use super::{ParseGoal, nesting_guard};

/// Parsed code with its scopes, wherever it is used.
pub(super) struct ParsedScript<'a> {
    pub text: &'a str,
    pub semantic: Semantic<'a>,
    pub index: NodeIndex<'a>,
    pub errors: Vec<SyntaxError>,
}

/// An error of the parser.
pub(super) struct SyntaxError {
    pub span: Span,
    pub message: String,
}

/// Parses code and caches the results.
pub struct ScriptReader<'a> {
    pub(super) allocator: &'a Allocator,
    cache: HashMap<(ParseGoal, &'a str), Rc<ParsedScript<'a>>>,
}

/// Passes a reader to `work`; all trees live that long.
pub fn with_reader<R>(work: impl for<'a> FnOnce(&mut ScriptReader<'a>) -> R) -> R {
    let allocator = Allocator::default();
    work(&mut ScriptReader { allocator: &allocator, cache: HashMap::new() })
}

impl<'a> ScriptReader<'a> {
    /// Parses a text under this goal; an equal text is parsed only once.
    pub(super) fn parse(&mut self, text: &str, goal: ParseGoal) -> Rc<ParsedScript<'a>> {
        if let Some(known) = self.cache.get(&(goal, text)) {
            return Rc::clone(known);
        }
        let text = self.allocator.alloc_str(text);
        let parsed = Rc::new(ParsedScript::new(self.allocator, text, goal));
        self.cache.insert((goal, text), Rc::clone(&parsed));
        parsed
    }
}

impl<'a> ParsedScript<'a> {
    fn new(allocator: &'a Allocator, text: &'a str, goal: ParseGoal) -> Self {
        if let Err(at) = nesting_guard::check_nesting(text, goal) {
            let message =
                "the code is nested too deeply, or a list in it is too long, to be read".to_owned();
            return Self::empty_with_error(
                allocator,
                SyntaxError { span: span(at, at + 1), message },
            );
        }
        let source_type =
            if goal == ParseGoal::Module { SourceType::mjs() } else { SourceType::script() };
        let options = ParseOptions {
            allow_return_outside_function: goal == ParseGoal::Handler,
            // A browser parses each regular expression with the script, and runs no script with an
            // invalid one.
            parse_regular_expression: true,
            ..ParseOptions::default()
        };
        let parsed = Parser::new(allocator, text, source_type).with_options(options).parse();
        let mut errors: Vec<_> = parsed
            .diagnostics
            .errors()
            .map(|e| SyntaxError::new(e.labels.first().map(LabeledSpan::span), &e.message))
            .collect();
        if parsed.panicked && errors.is_empty() {
            let message = "not analysed".to_owned();
            errors.push(SyntaxError { span: span(0, text.len()), message });
        }
        Self::build(text, allocator.alloc(parsed.program), errors)
    }

    /// An empty tree with an error.
    fn empty_with_error(allocator: &'a Allocator, error: SyntaxError) -> Self {
        let empty = Parser::new(allocator, "", SourceType::script()).parse();
        Self::build("", allocator.alloc(empty.program), vec![error])
    }

    fn build(text: &'a str, program: &'a Program<'a>, mut errors: Vec<SyntaxError>) -> Self {
        let built = SemanticBuilder::new()
            .with_stats(expected_stats(text))
            .with_build_nodes(true)
            .with_check_syntax_error(true)
            .build(program);
        if errors.is_empty() {
            errors = built
                .diagnostics
                .errors()
                .map(|e| SyntaxError::new(e.labels.first().map(LabeledSpan::span), &e.message))
                .collect();
        }
        let index = NodeIndex::new(built.semantic.nodes());
        Self { text, semantic: built.semantic, index, errors }
    }
}

/// An estimate of the tree's size; counting would take as long as the rules.
fn expected_stats(text: &str) -> Stats {
    let per = |bytes| u32::try_from(text.len() / bytes).unwrap_or(u32::MAX);
    Stats::new(per(4), per(40), per(40), per(10))
}

impl SyntaxError {
    fn new(label: Option<Span>, message: &str) -> Self {
        Self { span: label.unwrap_or_default(), message: message.to_owned() }
    }
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}
