//! Chooses the document of a reply that is the game.
//!
//! Models show a draft before it, and after it how to embed it or a page that links to it. So the
//! last document wins among those that could be the game: with code, not much smaller than the
//! others, and not named as another page.

use super::assemble;
use super::code_block::{BlockKind, CodeBlock};
use super::document::find_end;
use crate::page::HtmlPage;

/// A document this many times shorter than the longest one is a sample.
const SAMPLE_RATIO: usize = 4;

/// A document of a reply, with the files it names inlined.
pub(super) struct ReplyDocument {
    pub text: String,
    pub is_whole: bool,
    /// Its label in the reply, in lower case.
    label: String,
}

/// The document that is the game. `None` if there is none.
pub(super) fn choose_document(blocks: &[CodeBlock<'_>]) -> Option<ReplyDocument> {
    let documents = blocks.iter().filter(|block| block.kind == BlockKind::Document);
    let mut documents: Vec<_> = documents.map(|block| read_document(block, blocks)).collect();
    if documents.len() > 1 {
        retain_if_any(&mut documents, ReplyDocument::is_playable);
        let longest = documents.iter().map(|document| document.text.len()).max().unwrap_or(0);
        retain_if_any(&mut documents, |document| document.text.len() * SAMPLE_RATIO >= longest);
        retain_if_any(&mut documents, |document| !document.is_other_page());
        retain_if_any(&mut documents, |document| document.is_whole);
    }
    documents.pop()
}

/// Keeps the documents that match, if any does.
fn retain_if_any(documents: &mut Vec<ReplyDocument>, is_so: impl Fn(&ReplyDocument) -> bool) {
    if documents.iter().any(&is_so) {
        documents.retain(|document| is_so(document));
    }
}

fn read_document(block: &CodeBlock<'_>, blocks: &[CodeBlock<'_>]) -> ReplyDocument {
    let is_whole = is_complete(block);
    // A cut-off document is kept as it is.
    let text =
        if is_whole { assemble::inline_files(&block.text, blocks) } else { block.text.to_string() };
    ReplyDocument { text, is_whole, label: block.label.to_ascii_lowercase() }
}

impl ReplyDocument {
    /// Whether it has code or something to draw on, and does not only embed another page.
    fn is_playable(&self) -> bool {
        let lower = self.text.to_ascii_lowercase();
        let has_code = ["<script", "<canvas", "onclick=", "onkeydown="]
            .iter()
            .any(|sign| lower.contains(sign));
        let shows_another = lower.contains("<iframe") && !lower.contains("<canvas");
        has_code && !shows_another
    }

    /// Whether its name is that of a page other than a game.
    fn is_other_page(&self) -> bool {
        let word = |c: char| !c.is_alphanumeric() && !"._-".contains(c);
        let names = self.label.split(word).filter_map(|name| name.strip_suffix(".html"));
        let mut names = names.filter(|name| !name.is_empty()).peekable();
        let is_game =
            |name: &str| ["index", "game", "main", "play"].iter().any(|word| name.contains(word));
        names.peek().is_some() && !names.any(is_game)
    }
}

/// Whether a document is complete.
///
/// Many omit `</html>`; if the fence was closed, a document with closed scripts was meant to end
/// there.
fn is_complete(block: &CodeBlock<'_>) -> bool {
    if find_end(&block.text).is_some() {
        return true;
    }
    let page = HtmlPage::parse(&block.text);
    if page.body_end().is_some() {
        return true;
    }
    let scripts = page.scripts();
    let mut ends = scripts.iter().map(|script| page.element(script.element)?.end_tag);
    block.closed && !scripts.is_empty() && ends.all(|end| end.is_some())
}
