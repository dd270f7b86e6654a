//! Finds where something can be inserted so that the browser sees it there.

use super::{Element, HtmlPage, NodeId};

impl HtmlPage {
    /// The start, after a byte order mark.
    pub fn content_start(&self) -> usize {
        if self.source().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// The first offset inside `<head>`, also if the head is implied.
    ///
    /// Only comments, white space, the doctype and start tags precede it; the parser accepted those
    /// tags as such because nothing had started the head yet.
    pub fn head_start(&self) -> usize {
        let tag_end =
            |name| self.first_element(name).and_then(|(_, e)| e.start_tag).map(|tag| tag.end);
        let doctype = self.doctype().map(|doctype| doctype.end);
        tag_end("head")
            .or_else(|| tag_end("html"))
            .or(doctype)
            .unwrap_or_else(|| self.content_start())
    }

    /// The first offset for a script in the head: after the charset, which browsers look for only
    /// in the first 1,024 bytes, unless another script comes before.
    pub fn script_start(&self) -> usize {
        let first = self.elements().find(|(id, element)| {
            let in_head = self.parent(*id).is_some_and(|(_, parent)| parent.is("head"));
            element.is("script") || in_head && element.attribute("charset").is_some()
        });
        let charset = first.filter(|(_, element)| element.is("meta"));
        let end = charset.and_then(|(_, element)| Some(element.start_tag?.end));
        end.unwrap_or_else(|| self.head_start())
    }

    /// The offset after the last script and inside the body if possible.
    pub fn script_end(&self) -> usize {
        let scripts = self.scripts();
        let ends = scripts.iter().filter_map(|script| self.element(script.element)?.end_tag);
        let last = ends.map(|tag| tag.end).max().unwrap_or_default();
        let closing = self.body_end().or(self.html_end()).map(|tag| tag.start);
        closing.filter(|at| *at >= last).unwrap_or(self.source().len())
    }

    /// The element with this id.
    pub fn element(&self, id: NodeId) -> Option<&Element> {
        self.tree().element(id)
    }
}
