//! Parses code, and keeps what was parsed while a page is repaired.
//!
//! A repaired page is checked again, and most of its code is what it was: the
//! slow half of a check is done once for each text.

use std::collections::HashMap;
use std::rc::Rc;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder, Stats};
use oxc_span::{LabeledSpan, SourceType, Span};

use super::index::Index;
use super::{Goal, depth};

/// Code as a tree with its scopes, wherever it stands.
pub(super) struct Parsed<'a> {
    pub text: &'a str,
    pub semantic: Semantic<'a>,
    pub index: Index<'a>,
    pub errors: Vec<Error>,
}

/// What the parser objects to.
pub(super) struct Error {
    pub span: Span,
    pub message: String,
}

/// Reads code. What it has read once it remembers.
pub struct Reader<'a> {
    pub(super) allocator: &'a Allocator,
    known: HashMap<(Goal, &'a str), Rc<Parsed<'a>>>,
}

/// Lends a reader to `work`; all trees live as long as that.
pub fn reading<R>(work: impl for<'a> FnOnce(&mut Reader<'a>) -> R) -> R {
    let allocator = Allocator::default();
    work(&mut Reader { allocator: &allocator, known: HashMap::new() })
}

impl<'a> Reader<'a> {
    pub(super) fn parse(&mut self, text: &str, goal: Goal) -> Rc<Parsed<'a>> {
        if let Some(known) = self.known.get(&(goal, text)) {
            return Rc::clone(known);
        }
        let text = self.allocator.alloc_str(text);
        let parsed = Rc::new(Parsed::new(self.allocator, text, goal));
        self.known.insert((goal, text), Rc::clone(&parsed));
        parsed
    }
}

impl<'a> Parsed<'a> {
    fn new(allocator: &'a Allocator, text: &'a str, goal: Goal) -> Self {
        if let Err(at) = depth::check(text, goal) {
            let message =
                "the code is nested too deeply, or a list in it is too long, to be read".to_owned();
            return Self::unread(allocator, Error { span: span(at, at + 1), message });
        }
        let source_type =
            if goal == Goal::Module { SourceType::mjs() } else { SourceType::script() };
        let options = ParseOptions {
            allow_return_outside_function: goal == Goal::Handler,
            // A browser reads each pattern with the script, and starts none with a bad one.
            parse_regular_expression: true,
            ..ParseOptions::default()
        };
        let parsed = Parser::new(allocator, text, source_type).with_options(options).parse();
        let mut errors: Vec<_> = parsed
            .diagnostics
            .errors()
            .map(|e| Error::new(e.labels.first().map(LabeledSpan::span), &e.message))
            .collect();
        if parsed.panicked && errors.is_empty() {
            let message = "not analysed".to_owned();
            errors.push(Error { span: span(0, text.len()), message });
        }
        Self::build(text, allocator.alloc(parsed.program), errors)
    }

    /// A tree of nothing, with the reason.
    fn unread(allocator: &'a Allocator, error: Error) -> Self {
        let empty = Parser::new(allocator, "", SourceType::script()).parse();
        Self::build("", allocator.alloc(empty.program), vec![error])
    }

    fn build(text: &'a str, program: &'a Program<'a>, mut errors: Vec<Error>) -> Self {
        let built = SemanticBuilder::new()
            .with_stats(expected(text))
            .with_build_nodes(true)
            .with_check_syntax_error(true)
            .build(program);
        if errors.is_empty() {
            errors = built
                .diagnostics
                .errors()
                .map(|e| Error::new(e.labels.first().map(LabeledSpan::span), &e.message))
                .collect();
        }
        let index = Index::new(built.semantic.nodes());
        Self { text, semantic: built.semantic, index, errors }
    }
}

/// About how much there will be; a walk that counts it would take as long as the rules do.
fn expected(text: &str) -> Stats {
    let per = |bytes| u32::try_from(text.len() / bytes).unwrap_or(u32::MAX);
    Stats::new(per(4), per(40), per(40), per(10))
}

impl Error {
    fn new(label: Option<Span>, message: &str) -> Self {
        Self { span: label.unwrap_or_default(), message: message.to_owned() }
    }
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}
