//! Finds what CSS loads, by its tokens, so that `\75rl(` is a URL too.

use cssparser::{ParseError, Parser, Token};

use super::{DecodedText, HtmlPage, Span};

/// Nesting depth that is examined; browsers nest no deeper in practice.
const MAX_DEPTH: usize = 64;

/// A resource that a style loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleLoad {
    pub url: String,
    /// The whole `url(…)`, string, or `@import …;`.
    pub span: Span,
    pub kind: StyleLoadKind,
}

/// How it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StyleLoadKind {
    Import,
    Url,
    /// A bare string as a URL: in `image-set()`.
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UrlContext {
    Plain,
    /// In `url()` and `src()`: the string is the URL.
    Url,
    /// In `image-set()`: strings may be URLs.
    Images,
}

impl HtmlPage {
    /// What the page's style elements and attributes load.
    pub fn loads(&self) -> Vec<StyleLoad> {
        let mut loads = Vec::new();
        for (id, element) in self.elements() {
            if element.name() == "style" {
                loads.extend(style_loads(&self.child_text(id)));
            }
            let place = element.attribute("style").and_then(|style| style.place.as_ref());
            loads.extend(place.map(|place| style_loads(&place.value)).unwrap_or_default());
        }
        loads
    }
}

/// What a style loads.
pub fn style_loads(style: &DecodedText) -> Vec<StyleLoad> {
    let text = style.text();
    // Nearly all styles load nothing, and hiding that they do takes a backslash.
    if !text.contains(['\\', '@']) && !text.contains('(') {
        return Vec::new();
    }
    let mut reader = StyleReader { style, loads: Vec::new() };
    reader.block(&mut Parser::new(text), UrlContext::Plain, 0);
    reader.loads
}

struct StyleReader<'s> {
    style: &'s DecodedText,
    loads: Vec<StyleLoad>,
}

/// An open `@import`: its start, and the number of loads found before.
#[derive(Clone, Copy)]
struct OpenImport {
    start: usize,
    known: usize,
}

impl StyleReader<'_> {
    fn block(&mut self, parser: &mut Parser<'_>, inside: UrlContext, depth: usize) {
        let mut open: Option<OpenImport> = None;
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace().cloned() else { break };
            match &token {
                Token::AtKeyword(name) if depth == 0 && name.eq_ignore_ascii_case("import") => {
                    open = Some(OpenImport { start, known: self.loads.len() });
                }
                Token::Semicolon => self.import(open.take(), parser),
                Token::UnquotedUrl(url) => self.load(url, StyleLoadKind::Url, start, parser),
                Token::QuotedString(url) if open.is_some() || inside != UrlContext::Plain => {
                    self.load(url, StyleLoadKind::Text, start, parser);
                }
                Token::Function(name) => self.nested(parser, url_context(name), start, depth),
                Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock => {
                    self.nested(parser, UrlContext::Plain, start, depth);
                }
                _ => {}
            }
        }
        self.import(open, parser);
    }

    fn nested(&mut self, parser: &mut Parser<'_>, inside: UrlContext, start: usize, depth: usize) {
        if depth >= MAX_DEPTH {
            return;
        }
        let first = self.loads.len();
        let _: Result<(), ParseError<()>> = parser.parse_nested_block(|parser| {
            self.block(parser, inside, depth + 1);
            Ok(())
        });
        if inside == UrlContext::Url {
            self.widen(first, start, parser.position().byte_index());
        }
    }

    fn load(&mut self, url: &str, kind: StyleLoadKind, start: usize, parser: &Parser<'_>) {
        let span = self.style.span(start, parser.position().byte_index());
        self.loads.push(StyleLoad { url: url.to_owned(), span, kind });
    }

    /// The first URL in an `@import` is what it imports.
    fn import(&mut self, open: Option<OpenImport>, parser: &Parser<'_>) {
        let Some(OpenImport { start, known }) = open else { return };
        let url = self.loads.get(known).map(|load| load.url.clone()).unwrap_or_default();
        self.loads.truncate(known);
        self.load(&url, StyleLoadKind::Import, start, parser);
    }

    /// The string in `url("…")` stands for all of it.
    fn widen(&mut self, first: usize, start: usize, end: usize) {
        let span = self.style.span(start, end);
        for load in self.loads.get_mut(first..).unwrap_or_default() {
            load.span = span;
            load.kind = StyleLoadKind::Url;
        }
    }
}

fn url_context(name: &str) -> UrlContext {
    let name = name.to_ascii_lowercase();
    match name.trim_start_matches("-webkit-") {
        "url" | "src" => UrlContext::Url,
        "image-set" | "image" => UrlContext::Images,
        _ => UrlContext::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(style: &str) -> Vec<(String, String)> {
        let loads = style_loads(&DecodedText::verbatim(style, 0));
        loads.into_iter().map(|load| (load.url, load.span.text_in(style).to_owned())).collect()
    }

    #[test]
    fn every_way_to_load_is_seen() {
        let pair = |url: &str, text: &str| (url.to_owned(), text.to_owned());
        assert_eq!(urls("a{b:url(x.png)}"), [pair("x.png", "url(x.png)")]);
        assert_eq!(urls("a{b:\\75rl( 'x' )}"), [pair("x", "\\75rl( 'x' )")]);
        assert_eq!(urls("@import 'a.css' screen;b{}"), [pair("a.css", "@import 'a.css' screen;")]);
        assert_eq!(urls("@import url('a.css');"), [pair("a.css", "@import url('a.css');")]);
        assert_eq!(urls("a{b:image-set('x' 1x)}"), [pair("x", "'x'")]);
        assert_eq!(urls("a::before{content:'url(x)'}"), []);
    }
}
