//! The colours of a line of code, and how things stand behind it.
//!
//! What a line means hangs on all lines before it, so the state between two
//! lines is a value of its own: whoever keeps it can begin there again.

use std::ops::Range;
use std::str::FromStr;

use syntect::highlighting::{
    Color, HighlightState, Highlighter, RangedHighlightIterator, ScopeSelectors, StyleModifier,
    Theme, ThemeItem, ThemeSettings,
};
use syntect::parsing::{ParseState, ScopeStack, SyntaxSet};

use super::theme::Code;

/// So much of a line is coloured, in bytes: the regular expressions behind the
/// syntaxes take quadratic time on long string literals (0.1 s for 2 kB on one line).
pub const LONGEST_LINE: usize = 500;

/// What runs of bytes in a line are, in their order; the rest is plain.
pub type Painted = Vec<(Code, Range<usize>)>;

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

/// How things stand between two lines. A copy costs next to nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Stand {
    parse: ParseState,
    state: HighlightState,
}

/// Colours a line after the other, wherever it begins.
pub struct Pen<'b> {
    brush: &'b Brush,
    highlighter: Highlighter<'b>,
}

impl<'b> Pen<'b> {
    pub fn new(brush: &'b Brush) -> Self {
        Self { brush, highlighter: Highlighter::new(&brush.theme) }
    }

    /// Where every page begins.
    pub fn begin(&self) -> Stand {
        let syntaxes = &self.brush.syntaxes;
        let syntax = syntaxes.find_syntax_by_extension("html");
        let syntax = syntax.unwrap_or_else(|| syntaxes.find_syntax_plain_text());
        let state = HighlightState::new(&self.highlighter, ScopeStack::new());
        Stand { parse: ParseState::new(syntax), state }
    }

    /// The colours of the next line. The end of a very long one is not read, so
    /// what comes behind it goes on as if it had not been there.
    pub fn line(&self, stand: &mut Stand, line: &str) -> Painted {
        if line.len() <= LONGEST_LINE {
            return self.whole(stand, line);
        }
        let read = line.get(..line.floor_char_boundary(LONGEST_LINE)).unwrap_or_default();
        self.whole(&mut stand.clone(), read)
    }

    fn whole(&self, stand: &mut Stand, line: &str) -> Painted {
        let line = format!("{line}\n");
        let Ok(parsed) = stand.parse.parse_line(&line, &self.brush.syntaxes) else {
            return Vec::new();
        };
        let ops = parsed.as_slice();
        let runs = RangedHighlightIterator::new(&mut stand.state, ops, &line, &self.highlighter);
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
    use proptest::prelude::*;

    use super::*;

    fn kinds(painted: &Painted) -> Vec<Code> {
        painted.iter().map(|(code, _)| *code).collect()
    }

    #[test]
    fn html_css_and_script_are_coloured_line_by_line() {
        let brush = Brush::new();
        let pen = Pen::new(&brush);
        let mut stand = pen.begin();
        let page_lines = ["<script>", "const ghosts = 7; // boo", "</script>"];
        let painted: Vec<_> = page_lines.iter().map(|line| pen.line(&mut stand, line)).collect();
        assert!(kinds(&painted[0]).contains(&Code::Tag));
        for code in [Code::Keyword, Code::Number, Code::Comment] {
            assert!(kinds(&painted[1]).contains(&code), "{code:?} in {:?}", painted[1]);
        }
    }

    #[test]
    fn a_very_long_line_is_coloured_at_its_begin_and_changes_nothing_behind_it() {
        let brush = Brush::new();
        let pen = Pen::new(&brush);
        let mut stand = pen.begin();
        pen.line(&mut stand, "<script>");
        let before = stand.clone();
        let painted = pen.line(&mut stand, &format!("const s = `{}", "幽x".repeat(10_000)));
        assert!(stand == before, "the end of the string was not read");
        assert_eq!(kinds(&painted)[0], Code::Keyword);
        // A character of three bytes would stand across the 500th.
        assert_eq!(
            painted.last().map(|(code, range)| (*code, range.end)),
            Some((Code::String, 499))
        );
        assert!(kinds(&pen.line(&mut stand, "const t = 1;")).contains(&Code::Number));
    }

    /// Pieces that open and close things, and letters of all widths and directions.
    fn any_line() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("<script>".to_owned()),
            Just("</script><style>".to_owned()),
            Just("const s = '👻 👩\u{200d}👩\u{200d}👧 שלום مرحبا 幽霊'; // e\u{301}".to_owned()),
            Just("`${a}\t/* <b title=\"\u{202e}\">".to_owned()),
            Just("幽霊".repeat(170)),
            any::<String>().prop_map(|text| text.replace(['\n', '\r'], " ")),
        ];
        prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_range_can_be_cut_out_of_its_line(
            lines in prop::collection::vec(any_line(), 1..12),
        ) {
            let brush = Brush::new();
            let pen = Pen::new(&brush);
            let mut stand = pen.begin();
            for line in &lines {
                let mut end = 0;
                for (_, range) in pen.line(&mut stand, line) {
                    prop_assert_eq!(range.start, end, "a gap or a step back in {:?}", line);
                    prop_assert!(range.end > range.start);
                    prop_assert!(line.get(range.clone()).is_some(), "{:?} of {:?}", range, line);
                    end = range.end;
                }
                prop_assert_eq!(end, line.floor_char_boundary(LONGEST_LINE));
            }
        }
    }
}
