//! An HTML document before any check.

/// The text of an HTML document, from a reply or from the composer.
///
/// It is unchecked; [`crate::game::vet()`] checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlSource(String);

impl HtmlSource {
    pub fn new(html: impl Into<String>) -> Self {
        Self(html.into())
    }

    pub fn into_text(self) -> String {
        self.0
    }

    pub fn text(&self) -> &str {
        &self.0
    }
}
