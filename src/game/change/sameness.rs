//! Whether a changed game is the game as it was: some models give it back, or change a comment alone.

use crate::page::script::{ScriptTree, analyse};
use crate::page::{DecodedText, HtmlPage, Span};

/// Whether both documents are the same but for comments, indentation and empty lines.
pub(super) fn is_same_game(one: &str, other: &str) -> bool {
    lines(one).eq(lines(other)) || code(one) == code(other)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The document's lines without its comments.
fn code(document: &str) -> String {
    let page = HtmlPage::parse(document);
    let mut comments: Vec<Span> = page.comments().collect();
    analyse(page.codes(), |trees| {
        let of_tree = |tree: &ScriptTree<'_>| {
            let comments = tree.program().comments.iter();
            comments.map(|comment| tree.source_span(comment.span)).collect::<Vec<_>>()
        };
        comments.extend(trees.iter().flat_map(of_tree));
    });
    comments.extend(page.styles().flat_map(|style| style_comments(&style)));
    comments.sort_by_key(|span| span.start);
    let mut text = String::new();
    let mut end = 0;
    for comment in comments {
        text.push_str(document.get(end..comment.start).unwrap_or_default());
        end = end.max(comment.end);
    }
    text.push_str(document.get(end..).unwrap_or_default());
    lines(&text).collect::<Vec<_>>().join("\n")
}

/// One pass: a reply may hold nothing but marks of comments.
fn style_comments(style: &DecodedText) -> Vec<Span> {
    let text = style.text();
    let after =
        |mark: &str, from: usize| text.get(from..)?.find(mark).map(|at| from + at + mark.len());
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(inner) = after("/*", from)
        && let Some(end) = after("*/", inner)
    {
        found.push(style.span(inner - 2, end));
        from = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAME: &str = "<!doctype html><title>Bats</title>\n<style>\np { color: red }\n</style>\n\
        <!-- the field -->\n<canvas></canvas>\n<script>\nlet speed = 2; // slow\n\
        const link = 'http://a.b';\n</script>";

    #[test]
    fn comments_and_white_space_change_no_game() {
        let same = [
            GAME.replace('\n', "\n\n    "),
            GAME.replace("// slow", "// Make it faster"),
            GAME.replace("// slow", "/* faster */"),
            GAME.replace("let speed", "// faster now\nlet speed"),
            GAME.replace("<!-- the field -->", ""),
            GAME.replace("red }", "red } /* text */"),
            GAME.replace("red }", "red }/* one */ /* two *//**/"),
            GAME.replace("red }", &format!("red }}{}", "/**/".repeat(100_000))),
        ];
        for changed in &same {
            assert!(is_same_game(GAME, changed), "{changed}");
        }
        let others = [
            GAME.replace("= 2", "= 4"),
            GAME.replace("red", "blue"),
            GAME.replace("//a.b", "//c.d"),
            GAME.replace("Bats", "Owls"),
            GAME.replace("<canvas>", "<canvas width=640>"),
        ];
        for changed in &others {
            assert!(!is_same_game(GAME, changed), "{changed}");
        }
    }
}
