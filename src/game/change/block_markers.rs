//! Recognises the markers between the parts of a block.
//!
//! Models vary the markers: three signs to many, other words or none, bold, in code marks, with a
//! fence attached. A row of bare signs may also be a line of the game, so a marker is only what a
//! line *may* be.

/// A line that may be a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockMarker {
    pub role: MarkerRole,
    pub style: MarkerStyle,
    /// How many signs it has. The markers of one block mostly have the same number.
    pub length: usize,
}

/// The part of a block that may start or end here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkerRole {
    Open,
    Divider,
    End,
    /// An end with the words of a start, or the other way round.
    OpenOrEnd,
}

/// What follows the signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkerStyle {
    /// Words: the line is meant as a marker.
    Worded,
    /// Nothing: the line may be text of the game.
    Bare,
    /// Nothing after `-` or `+`, which are rules nearly everywhere.
    Rule,
}

/// Fewest signs of a marker with a known word, and of a divider.
const MIN_LENGTH: usize = 3;
/// Fewest without a word: `>>>` alone is a prompt.
const MIN_LENGTH_BARE: usize = 4;
/// Fewest before unknown words: a branch, a file name.
const MIN_LENGTH_NAMED: usize = 5;
/// Longest words of a marker, in bytes.
const MAX_WORDS_BYTES: usize = 60;

/// Words that mark the lines to replace.
const SEARCH_WORDS: &[&str] =
    &["search", "original", "head", "old", "before", "find", "current", "existing", "from", "ours"];
/// Words that mark the replacement.
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

/// Parses a line as a marker. `None` if it cannot be one.
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

/// Strips bold and code marks and an attached fence.
fn strip_markdown(line: &str) -> &str {
    let line = line.trim().trim_matches(['*', '`', '_', '~', '#', ' ', '\t', '\u{feff}']);
    // "```html<<<<<<< SEARCH": the language of the fence is attached too.
    let word = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let is_glued = word.len() < line.len() && word.starts_with("<<<<<");
    if is_glued { word } else { line }
}

/// Whether the words are a name and no code: a marker followed by code hides a line.
fn is_name(words: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || " \t_./\\:,-()[]'\"`#*".contains(c);
    words.len() <= MAX_WORDS_BYTES && words.chars().all(is_plain) && !words.contains("()")
}
