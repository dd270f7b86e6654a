//! Says what a line of an answer may be, between the parts of a block.
//!
//! Models vary the marks: three signs to many, with other words behind them or
//! none, bold, in code marks, with a fence glued on. A row of bare signs may as
//! well be a line of the game, so a mark is only what a line *may* be.

/// A line that may stand between the parts of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockMarker {
    pub role: MarkerRole,
    pub style: MarkerStyle,
    /// How many signs it has. The marks of one block mostly have the same number.
    pub length: usize,
}

/// Which part of a block may begin or end here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkerRole {
    Open,
    Divider,
    End,
    /// An end that says what a beginning says, or the other way round.
    OpenOrEnd,
}

/// What stands behind the signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkerStyle {
    /// Words: the line was meant as a mark.
    Worded,
    /// Nothing: the line may be text of the game.
    Bare,
    /// Nothing behind `-` or `+`, which are ruled lines nearly everywhere.
    Rule,
}

/// The fewest signs of a mark that has a word of ours behind it, and of a divider.
const MIN_LENGTH: usize = 3;
/// The fewest without a word: `>>>` alone is a prompt.
const MIN_LENGTH_BARE: usize = 4;
/// The fewest before words that are not ours: a branch, the name of a file.
const MIN_LENGTH_NAMED: usize = 5;
/// The longest words behind a mark, in bytes.
const MAX_WORDS_BYTES: usize = 60;

/// Words that begin the lines which go.
const SEARCH_WORDS: &[&str] =
    &["search", "original", "head", "old", "before", "find", "current", "existing", "from", "ours"];
/// Words that end the lines which come.
const REPLACE_WORDS: &[&str] = &[
    "replace",
    "replaced",
    "replacement",
    "updated",
    "update",
    "new",
    "after",
    "end",
    "modified",
    "changed",
    "theirs",
    "to",
    "with",
];

/// What a line may be, if it may be a mark at all.
pub(super) fn parse_marker(line: &str) -> Option<BlockMarker> {
    let line = strip_markdown(line);
    let sign = line.chars().next().filter(|sign| "<=>-+".contains(*sign))?;
    let rest = line.trim_start_matches(sign);
    let signs = line.len() - rest.len();
    let words = rest.trim_matches(|c: char| c.is_whitespace() || "<>=-+:*`_~#".contains(c));
    let first = words.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    let first = first.unwrap_or_default().to_lowercase();
    let (goes, comes) =
        (SEARCH_WORDS.contains(&first.as_str()), REPLACE_WORDS.contains(&first.as_str()));
    let fewest = match (words.is_empty(), sign) {
        (false, _) if goes || comes => MIN_LENGTH,
        (false, _) => MIN_LENGTH_NAMED,
        (true, '=') => MIN_LENGTH,
        (true, _) => MIN_LENGTH_BARE,
    };
    if signs < fewest || !is_name(words) {
        return None;
    }
    let dress = match (words.is_empty(), sign) {
        (false, _) => MarkerStyle::Worded,
        (true, '-' | '+') => MarkerStyle::Rule,
        (true, _) => MarkerStyle::Bare,
    };
    let role = match sign {
        '<' if comes => MarkerRole::End,
        '<' => MarkerRole::Open,
        '>' if goes => MarkerRole::OpenOrEnd,
        '>' => MarkerRole::End,
        '=' if words.is_empty() || comes || goes => MarkerRole::Divider,
        '-' if words.is_empty() || goes => MarkerRole::Open,
        '+' if words.is_empty() || comes => MarkerRole::End,
        _ => return None,
    };
    Some(BlockMarker { role, style: dress, length: signs })
}

/// The line without what makes it bold or code, and without a fence that is glued to it.
fn strip_markdown(line: &str) -> &str {
    let line = line.trim().trim_matches(['*', '`', '_', '~', '#', ' ', '\t', '\u{feff}']);
    // "```html<<<<<<< SEARCH": the language of the fence is glued on as well.
    let word = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let is_glued = word.len() < line.len() && word.starts_with("<<<<<");
    if is_glued { word } else { line }
}

/// Whether words name something, and are no code: a mark with code behind it hides a line.
fn is_name(words: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || " \t_./\\:,-()[]'\"`#*".contains(c);
    words.len() <= MAX_WORDS_BYTES && words.chars().all(is_plain) && !words.contains("()")
}
