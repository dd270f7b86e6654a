//! An HTML document before any check.

/// The text of an HTML document, from a reply or from the composer.
///
/// It is unchecked; [`crate::game::vet()`] checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlSource(String);

impl HtmlSource {
    /// Wraps the text of a page.
    pub fn new(html: impl Into<String>) -> Self {
        Self(html.into())
    }

    /// The text of the page.
    pub fn into_text(self) -> String {
        self.0
    }

    /// The text of the page.
    pub fn text(&self) -> &str {
        &self.0
    }
}
