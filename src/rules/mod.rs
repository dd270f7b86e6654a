//! FORBIDS what a generated page must not do: one rule a file.
//!
//! A rule looks at trees with scopes resolved, never at text with patterns, so
//! that a game's own `fetch` is no finding and `window['ev' + 'al']` is one.

mod finding;

pub use finding::{Finding, Severity, State};
