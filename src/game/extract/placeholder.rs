//! Sees comments that stand where code was left out.
//!
//! Only comments are read, and only those that say that code which exists is
//! not shown: a heading such as `// The rest of the levels` is none.

use crate::page::Page;
use crate::page::script::analyse;

/// Whether a document leaves code out.
pub(super) fn is_elided(document: &str) -> bool {
    let lower = document.to_ascii_lowercase();
    // Nearly all documents hold none of these words together: they are not read twice.
    if !HIDDEN.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let page = Page::read(document);
    let codes = page.codes();
    let in_scripts = analyse(&codes, |trees| {
        trees.iter().any(|tree| {
            tree.program().comments.iter().any(|comment| says_so(tree.text(comment.span)))
        })
    });
    in_scripts
        || page.comments().any(|comment| says_so(comment.of(document)))
        || page.styles().any(|style| style_comments(style.text()).any(says_so))
}

/// Words for code that is not shown.
const HIDDEN: &[&str] = &[
    "rest of",
    "existing",
    "remaining",
    "previous",
    "as before",
    "unchanged",
    "omitted",
    "same as",
];
/// Words for what is not shown.
const CODE: &[&str] = &[
    "code",
    "script",
    "function",
    "logic",
    "style",
    "css",
    "html",
    "javascript",
    "implementation",
    "game",
    "content",
    "method",
];
/// Signs that it is not shown here.
const HERE: &[&str] = &["...", "…", " here", "unchanged", "same", "as before", "omitted", "goes"];

fn says_so(comment: &str) -> bool {
    let comment = comment.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| comment.contains(word));
    // A long comment explains something.
    comment.len() < 160 && has(HIDDEN) && has(CODE) && has(HERE)
}

fn style_comments(style: &str) -> impl Iterator<Item = &str> {
    style.split("/*").skip(1).filter_map(|rest| rest.split("*/").next())
}
