//! Recognises comments in place of omitted code.
//!
//! Only comments are read, and only those saying that existing code is not shown: a heading such as
//! `// The rest of the levels` does not count.

use crate::page::HtmlPage;
use crate::page::script::analyse;

/// Whether a document omits code.
pub(super) fn is_elided(document: &str) -> bool {
    let lower = document.to_ascii_lowercase();
    // Most documents contain none of these words and are not parsed again.
    if !OMITTED_WORDS.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let page = HtmlPage::parse(document);
    let in_scripts = analyse(page.codes(), |trees| {
        trees.iter().any(|tree| {
            tree.program().comments.iter().any(|comment| says_omitted(tree.text(comment.span)))
        })
    });
    in_scripts
        || page.comments().any(|comment| says_omitted(comment.text_in(document)))
        || page.styles().any(|style| style_comments(style.text()).any(says_omitted))
}

/// Words that introduce omitted code.
const OMITTED_WORDS: &[&str] = &["rest", "existing", "remaining", "previous"];
/// Words between those and the name: `rest of your game logic`.
const FILLER_WORDS: &[&str] = &["of", "the", "your", "my", "our", "this", "game", "s", "js"];
/// Names of code.
const CODE_NAMES: &[&str] = &[
    "code",
    "script",
    "scripts",
    "function",
    "functions",
    "logic",
    "style",
    "styles",
    "css",
    "html",
    "javascript",
    "implementation",
    "methods",
];

/// Whether a comment names code and says that it is omitted.
pub(super) fn says_omitted(comment: &str) -> bool {
    // A long comment explains something.
    if comment.len() > 160 {
        return false;
    }
    let comment = comment.to_ascii_lowercase();
    let text = comment.trim_matches(|c: char| c.is_whitespace() || "/*<!->()[]{}".contains(c));
    let words: Vec<_> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let open = ["...", "…"].iter().any(|dots| text.starts_with(dots) || text.ends_with(dots));
    let absent = words.last() == Some(&"here")
        || words.iter().any(|word| matches!(*word, "unchanged" | "omitted"))
        || ["the same", "as before"].iter().any(|phrase| text.contains(phrase));
    (open || absent)
        && (0..words.len()).any(|i| starts_with_omitted_code(words.get(i..).unwrap_or_default()))
}

/// Whether words start with a name of omitted code.
fn starts_with_omitted_code(words: &[&str]) -> bool {
    let Some((first, rest)) = words.split_first() else { return false };
    let name = rest.iter().find(|word| !FILLER_WORDS.contains(word));
    OMITTED_WORDS.contains(first) && name.is_some_and(|name| CODE_NAMES.contains(name))
}

fn style_comments(style: &str) -> impl Iterator<Item = &str> {
    style.split("/*").skip(1).filter_map(|rest| rest.split("*/").next())
}
