//! How the games of one prompt are made.

/// How the games of one prompt are made, and what ends it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VariantMode {
    /// One after the other; the user chooses.
    #[default]
    Choice,
    /// Side by side; the first that plays is kept, the others are stopped.
    Race,
}
