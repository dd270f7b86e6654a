//! Finds the document in a reply.

use super::Source;

/// What a reply holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extraction {
    /// One complete document.
    Whole(Source),
    /// A document that stops in the middle, as far as it goes.
    Cut(Source),
    /// No document at all.
    Nothing(NoGame),
}

/// Why there is no document in a reply, and what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoGame {
    #[error("The reply is empty. Ask again, or choose another model.")]
    Empty,
    #[error(
        "The model thought until its tokens ran out and wrote no page. Raise --max-tokens, or choose a model that thinks less."
    )]
    ThoughtOnly,
    #[error("The reply is only prose. Ask for one complete HTML file.")]
    Prose,
    #[error(
        "The reply is a program for a server, not a page. Ask for one HTML file that needs no server."
    )]
    ServerCode,
    #[error(
        "The reply leaves code out with a comment in its place. Ask for the whole file, with nothing left out."
    )]
    Placeholder,
}

/// Finds the document in a reply.
pub fn extract(reply: &str) -> Extraction {
    if reply.trim().is_empty() {
        return Extraction::Nothing(NoGame::Empty);
    }
    let lower = reply.to_ascii_lowercase();
    let Some(start) = lower.find("<!doctype").or_else(|| lower.find("<html")) else {
        return Extraction::Nothing(NoGame::Prose);
    };
    match lower.rfind("</html>") {
        Some(end) if end > start => {
            Extraction::Whole(Source::new(reply.get(start..end + 7).unwrap_or_default()))
        }
        _ => Extraction::Cut(Source::new(reply.get(start..).unwrap_or_default())),
    }
}
