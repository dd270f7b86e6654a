//! Where something can be put into a page so that the browser sees it there.

use super::{Element, HtmlPage, NodeId};

impl HtmlPage {
    /// Before everything but a byte order mark.
    pub fn content_start(&self) -> usize {
        if self.source().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// The first place inside `<head>`, also where the head is not written.
    ///
    /// Before it stand only comments, white space, the doctype and start tags
    /// that the parser took for what they are: it took them while nothing had
    /// begun the head yet.
    pub fn head_start(&self) -> usize {
        let tag_end =
            |name| self.first_element(name).and_then(|(_, e)| e.start_tag).map(|tag| tag.end);
        let doctype = self.doctype().map(|doctype| doctype.end);
        tag_end("head")
            .or_else(|| tag_end("html"))
            .or(doctype)
            .unwrap_or_else(|| self.content_start())
    }

    /// The first place for a script in the head: behind the charset, for which browsers look in the
    /// first 1,024 bytes only, unless another script comes before.
    pub fn script_start(&self) -> usize {
        let first = self.elements().find(|(id, element)| {
            let in_head = self.parent(*id).is_some_and(|(_, parent)| parent.is("head"));
            element.is("script") || in_head && element.attribute("charset").is_some()
        });
        let charset = first.filter(|(_, element)| element.is("meta"));
        let end = charset.and_then(|(_, element)| Some(element.start_tag?.end));
        end.unwrap_or_else(|| self.head_start())
    }

    /// The place after the last script and inside the body, if it can be.
    pub fn script_end(&self) -> usize {
        let scripts = self.scripts();
        let ends = scripts.iter().filter_map(|script| self.element(script.element)?.end_tag);
        let last = ends.map(|tag| tag.end).max().unwrap_or_default();
        let closing = self.body_end().or(self.html_end()).map(|tag| tag.start);
        closing.filter(|at| *at >= last).unwrap_or(self.source().len())
    }

    /// An element by its number.
    pub fn element(&self, id: NodeId) -> Option<&Element> {
        self.tree().element(id)
    }
}
