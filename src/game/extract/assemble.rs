//! Assembles the files of a reply into one document.

use crate::page::url::{UrlTarget, url_target};
use crate::page::{Element, HtmlPage, Span};
use crate::rules::TextEdit;
use crate::rules::edit::EditSet;

use super::code_block::{BlockKind, CodeBlock};

/// Inlines the styles and scripts that the document names and the reply shows.
pub(super) fn inline_files(document: &str, blocks: &[CodeBlock<'_>]) -> String {
    let has_parts = blocks.iter().any(|b| matches!(b.kind, BlockKind::Style | BlockKind::Script));
    if !has_parts {
        return document.to_owned();
    }
    let page = HtmlPage::parse(document);
    let mut edits = EditSet::default();
    let mut used = Vec::new();
    for (_, element) in page.elements() {
        let Some((name, kind)) = local_file(element) else { continue };
        let Some(part) = find_block(&name, kind, blocks) else { continue };
        let Some(tag) = element.start_tag else { continue };
        let end = element.end_tag.map_or(tag.end, |end| end.end);
        used.push(&*part.text);
        edits.add_all(&[TextEdit::new(
            Span::new(tag.start, end),
            wrap_in_element(&part.text, kind, element),
        )]);
    }
    let codeless = page.scripts().iter().all(|script| script.text.text().trim().is_empty());
    if codeless {
        inline_unnamed(&page, blocks, &used, &mut edits);
    }
    edits.apply(document)
}

/// A document without code, and code it does not name, belong together.
fn inline_unnamed(page: &HtmlPage, blocks: &[CodeBlock<'_>], used: &[&str], edits: &mut EditSet) {
    let tail = page.script_end();
    for block in blocks.iter().filter(|block| !used.contains(&&*block.text)) {
        match block.kind {
            BlockKind::Style => {
                let style = format!("<style>\n{}\n</style>\n", block.text);
                edits.add_all(&[TextEdit::insert(page.head_start(), style)]);
            }
            BlockKind::Script => {
                let script = format!("<script>\n{}\n</script>\n", block.text);
                edits.add_all(&[TextEdit::insert(tail, script)]);
            }
            BlockKind::Document | BlockKind::Fragment | BlockKind::Server | BlockKind::Other => {}
        }
    }
}

/// The file that an element loads, if it would be next to the page.
fn local_file(element: &Element) -> Option<(String, BlockKind)> {
    let (url, kind) = if element.is("script") {
        (element.value("src")?, BlockKind::Script)
    } else if element.is("link") && element.value("rel")?.eq_ignore_ascii_case("stylesheet") {
        (element.value("href")?, BlockKind::Style)
    } else {
        return None;
    };
    let name = url.split(['?', '#']).next()?.rsplit('/').next()?;
    (url_target(url) == UrlTarget::Relative).then(|| (name.to_ascii_lowercase(), kind))
}

/// The block with that name, or else the last one of that kind.
fn find_block<'b, 'r>(
    name: &str,
    kind: BlockKind,
    blocks: &'b [CodeBlock<'r>],
) -> Option<&'b CodeBlock<'r>> {
    let of_kind = || blocks.iter().filter(move |block| block.kind == kind);
    let named = of_kind().rfind(|block| block.label.to_ascii_lowercase().contains(name));
    named.or_else(|| of_kind().next_back())
}

fn wrap_in_element(text: &str, kind: BlockKind, element: &Element) -> String {
    if kind == BlockKind::Style {
        return format!("<style>\n{text}\n</style>");
    }
    let module = element.value("type").is_some_and(|kind| kind.eq_ignore_ascii_case("module"));
    let tag = if module { "<script type=\"module\">" } else { "<script>" };
    format!("{tag}\n{text}\n</script>")
}

/// Builds a document from the parts of a reply without a whole one. `None` if they make no game.
pub(super) fn from_parts(blocks: &[CodeBlock<'_>]) -> Option<String> {
    let of = |kind: BlockKind| blocks.iter().filter(move |block| block.kind == kind);
    let scripts: Vec<_> = of(BlockKind::Script).map(|block| &*block.text).collect();
    let fragment = of(BlockKind::Fragment).next_back().map(|block| &*block.text);
    let code = scripts.iter().any(|code| creates_elements(code));
    let alive = fragment.is_some_and(has_own_script);
    if !alive && (scripts.is_empty() || fragment.is_none() && !code) {
        return None;
    }
    let styles: Vec<_> = of(BlockKind::Style).map(|block| &*block.text).collect();
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    );
    if !styles.is_empty() {
        page.extend(["<style>\n", &styles.join("\n"), "\n</style>\n"]);
    }
    page.push_str("</head>\n<body>\n");
    page.push_str(fragment.unwrap_or_default());
    page.push('\n');
    if !alive && !scripts.is_empty() {
        page.extend(["<script>\n", &scripts.join("\n"), "\n</script>\n"]);
    }
    page.push_str("</body>\n</html>");
    Some(page)
}

/// Whether a fragment has a script of its own; prose may mention the tag.
fn has_own_script(fragment: &str) -> bool {
    let lower = fragment.to_ascii_lowercase();
    let mut signs = lower.trim_start().chars();
    let is_markup = signs.next() == Some('<') && signs.next().is_some_and(|c| c != '<');
    lower.contains("<script") && (is_markup || lower.contains("</script"))
}

/// Whether code creates the elements it draws on.
fn creates_elements(code: &str) -> bool {
    code.contains("createElement") || code.contains("document.body")
}
