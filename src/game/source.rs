//! A whole HTML document before it was checked.

/// The text of one HTML document, found in a reply or put together by the composer.
///
/// Nothing is promised about it yet; [`crate::game`] makes the promises.
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
