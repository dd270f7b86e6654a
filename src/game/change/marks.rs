//! Says what a line of an answer may be, between the parts of a block.
//!
//! Models vary the marks: three signs to many, with other words behind them or
//! none, bold, in code marks, with a fence glued on. A row of bare signs may as
//! well be a line of the game, so a mark is only what a line *may* be.

/// A line that may stand between the parts of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub role: Role,
    pub dress: Dress,
    /// How many signs it has. The marks of one block mostly have the same number.
    pub signs: usize,
}

/// Which part of a block may begin or end here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Open,
    Divider,
    End,
    /// An end that says what a beginning says, or the other way round.
    OpenOrEnd,
}

/// What stands behind the signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dress {
    /// Words: the line was meant as a mark.
    Worded,
    /// Nothing: the line may be text of the game.
    Bare,
    /// Nothing behind `-` or `+`, which are ruled lines nearly everywhere.
    Ruled,
}

/// The fewest signs of a mark that has a word of ours behind it, and of a divider.
const FEWEST: usize = 3;
/// The fewest without a word: `>>>` alone is a prompt.
const FEWEST_BARE: usize = 4;
/// The fewest before words that are not ours: a branch, the name of a file.
const FEWEST_NAMED: usize = 5;
/// The longest words behind a mark, in bytes.
const LONGEST_WORDS: usize = 60;

/// Words that begin the lines which go.
const GOING: &[&str] =
    &["search", "original", "head", "old", "before", "find", "current", "existing", "from", "ours"];
/// Words that end the lines which come.
const COMING: &[&str] = &[
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
pub(super) fn mark(line: &str) -> Option<Mark> {
    let line = undressed(line);
    let sign = line.chars().next().filter(|sign| "<=>-+".contains(*sign))?;
    let rest = line.trim_start_matches(sign);
    let signs = line.len() - rest.len();
    let words = rest.trim_matches(|c: char| c.is_whitespace() || "<>=-+:*`_~#".contains(c));
    let first = words.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    let first = first.unwrap_or_default().to_lowercase();
    let (goes, comes) = (GOING.contains(&first.as_str()), COMING.contains(&first.as_str()));
    let fewest = match (words.is_empty(), sign) {
        (false, _) if goes || comes => FEWEST,
        (false, _) => FEWEST_NAMED,
        (true, '=') => FEWEST,
        (true, _) => FEWEST_BARE,
    };
    if signs < fewest || !is_name(words) {
        return None;
    }
    let dress = match (words.is_empty(), sign) {
        (false, _) => Dress::Worded,
        (true, '-' | '+') => Dress::Ruled,
        (true, _) => Dress::Bare,
    };
    let role = match sign {
        '<' if comes => Role::End,
        '<' => Role::Open,
        '>' if goes => Role::OpenOrEnd,
        '>' => Role::End,
        '=' if words.is_empty() || comes || goes => Role::Divider,
        '-' if words.is_empty() || goes => Role::Open,
        '+' if words.is_empty() || comes => Role::End,
        _ => return None,
    };
    Some(Mark { role, dress, signs })
}

/// The line without what makes it bold or code, and without a fence that is glued to it.
fn undressed(line: &str) -> &str {
    let line = line.trim().trim_matches(['*', '`', '_', '~', '#', ' ', '\t', '\u{feff}']);
    // "```html<<<<<<< SEARCH": the language of the fence is glued on as well.
    let word = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let is_glued = word.len() < line.len() && word.starts_with("<<<<<");
    if is_glued { word } else { line }
}

/// Whether words name something, and are no code: a mark with code behind it hides a line.
fn is_name(words: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || " \t_./\\:,-()[]'\"`#*".contains(c);
    words.len() <= LONGEST_WORDS && words.chars().all(is_plain) && !words.contains("()")
}
