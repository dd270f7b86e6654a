//! FORBIDS what a game must not do, one rule a file.
