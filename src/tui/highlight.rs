//! Colours code on a thread of its own, a line after the other.
//!
//! The state of the parser is kept, so a streamed line costs one line. The
//! syntaxes load on the first line, never before the first frame.

use std::ops::Range;
use std::str::FromStr;
use std::sync::mpsc;

use syntect::highlighting::{
    Color, HighlightState, Highlighter, RangedHighlightIterator, ScopeSelectors, StyleModifier,
    Theme, ThemeItem, ThemeSettings,
};
use syntect::parsing::{ParseState, ScopeStack, SyntaxSet};

use super::preview::{Painted, Unpainted};
use super::theme::Code;

/// A longer line stays plain: the regular expressions behind the syntaxes take
/// quadratic time on long string literals (0.1 s for 2 kB on one line).
const LONGEST_LINE: usize = 500;
/// At most so many lines between two deliveries.
const BATCH: usize = 64;

/// Colours for the lines from `first` on.
#[derive(Debug, Clone)]
pub struct Paint {
    pub generation: u64,
    pub first: usize,
    pub lines: Vec<Painted>,
}

/// Where lines are sent to be coloured.
#[derive(Debug)]
pub struct Painter {
    lines: mpsc::Sender<Unpainted>,
}

impl Painter {
    /// Starts the thread. It ends when the painter is dropped.
    #[expect(clippy::disallowed_methods, reason = "colouring belongs to the screen alone")]
    pub fn start(deliver: impl Fn(Paint) + Send + 'static) -> Self {
        let (lines, work) = mpsc::channel::<Unpainted>();
        std::thread::spawn(move || colour(&work, &deliver));
        Self { lines }
    }

    pub fn send(&self, lines: Unpainted) {
        // A thread that is gone leaves the code plain.
        drop(self.lines.send(lines));
    }
}

/// Colours whatever comes; another generation is another page.
fn colour(work: &mpsc::Receiver<Unpainted>, deliver: &impl Fn(Paint)) {
    let Ok(first) = work.recv() else { return };
    let brush = Brush::new();
    let mut page = Page::new(&brush, first.generation);
    page.paint(&first, deliver);
    for next in work {
        if next.generation != page.generation {
            page = Page::new(&brush, next.generation);
        }
        page.paint(&next, deliver);
    }
}

/// The syntaxes, and a theme whose colours are numbers of [`Code`]s.
pub struct Brush {
    syntaxes: SyntaxSet,
    theme: Theme,
}

/// Scopes and what they are; the first column is syntect's selector language.
const SCOPES: [(&str, Code); 7] = [
    ("comment", Code::Comment),
    ("string, constant.character, punctuation.definition.string", Code::String),
    ("constant.numeric, constant.language, constant.other, support.constant", Code::Number),
    ("keyword, storage, keyword.operator.word", Code::Keyword),
    ("entity.name.function, support.function, variable.function", Code::Function),
    ("entity.name.tag, punctuation.definition.tag", Code::Tag),
    (
        "entity.other.attribute-name, support.type.property-name, entity.name.class, support.class",
        Code::Name,
    ),
];

impl Brush {
    pub fn new() -> Self {
        let color =
            |index: usize| Color { r: u8::try_from(index).unwrap_or_default(), g: 0, b: 0, a: 255 };
        let scopes = SCOPES.iter().enumerate().map(|(index, (selectors, _))| ThemeItem {
            scope: ScopeSelectors::from_str(selectors).unwrap_or_default(),
            style: StyleModifier { foreground: Some(color(index + 1)), ..StyleModifier::default() },
        });
        let settings = ThemeSettings { foreground: Some(color(0)), ..ThemeSettings::default() };
        let theme = Theme { settings, scopes: scopes.collect(), ..Theme::default() };
        Self { syntaxes: SyntaxSet::load_defaults_newlines(), theme }
    }
}

impl Default for Brush {
    fn default() -> Self {
        Self::new()
    }
}

/// One page being coloured.
pub struct Page<'b> {
    brush: &'b Brush,
    highlighter: Highlighter<'b>,
    parse: ParseState,
    state: HighlightState,
    generation: u64,
}

impl<'b> Page<'b> {
    pub fn new(brush: &'b Brush, generation: u64) -> Self {
        let syntax = brush.syntaxes.find_syntax_by_extension("html");
        let syntax = syntax.unwrap_or_else(|| brush.syntaxes.find_syntax_plain_text());
        let highlighter = Highlighter::new(&brush.theme);
        let state = HighlightState::new(&highlighter, ScopeStack::new());
        Self { brush, highlighter, parse: ParseState::new(syntax), state, generation }
    }

    fn paint(&mut self, unpainted: &Unpainted, deliver: &impl Fn(Paint)) {
        let mut first = unpainted.first;
        for batch in unpainted.lines.chunks(BATCH) {
            let lines = batch.iter().map(|line| self.line(line)).collect();
            deliver(Paint { generation: self.generation, first, lines });
            first += batch.len();
        }
    }

    /// The colours of the next line.
    pub fn line(&mut self, line: &str) -> Painted {
        if line.len() > LONGEST_LINE {
            return Vec::new();
        }
        let line = format!("{line}\n");
        let Ok(parsed) = self.parse.parse_line(&line, &self.brush.syntaxes) else {
            return Vec::new();
        };
        let ops = parsed.as_slice();
        let runs = RangedHighlightIterator::new(&mut self.state, ops, &line, &self.highlighter);
        let text = line.len() - 1;
        let mut painted: Painted = Vec::new();
        for (style, _, range) in runs {
            push(&mut painted, code(style.foreground), range.start..range.end.min(text));
        }
        painted
    }
}

fn code(color: Color) -> Code {
    let index = usize::from(color.r).checked_sub(1);
    index.and_then(|index| SCOPES.get(index)).map_or(Code::Plain, |(_, code)| *code)
}

fn push(painted: &mut Painted, code: Code, range: Range<usize>) {
    if range.is_empty() {
        return;
    }
    match painted.last_mut() {
        Some((last, before)) if *last == code && before.end == range.start => {
            before.end = range.end;
        }
        _ => painted.push((code, range)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_css_and_script_are_coloured_line_by_line() {
        let brush = Brush::new();
        let mut page = Page::new(&brush, 0);
        let page_lines = ["<script>", "const ghosts = 7; // boo", "</script>"];
        let painted: Vec<_> = page_lines.iter().map(|line| page.line(line)).collect();
        assert!(painted[0].iter().any(|(code, _)| *code == Code::Tag));
        let kinds: Vec<_> = painted[1].iter().map(|(code, _)| *code).collect();
        for code in [Code::Keyword, Code::Number, Code::Comment] {
            assert!(kinds.contains(&code), "{code:?} in {kinds:?}");
        }
    }

    #[test]
    fn a_very_long_line_stays_plain_and_costs_nothing() {
        let brush = Brush::new();
        let mut page = Page::new(&brush, 0);
        page.line("<script>");
        assert!(page.line(&format!("const s = '{}';", "x".repeat(40_000))).is_empty());
        assert!(!page.line("const t = 1;").is_empty());
    }
}
