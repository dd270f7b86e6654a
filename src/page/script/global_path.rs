//! The path to a global, small enough to be copied.

use std::ops::Deref;

/// Most steps of a path; longer ones lead into the page, not to a power.
const MAX_STEPS: usize = 6;
/// Longest step in bytes; longer names are data and are not kept.
const MAX_NAME: usize = 64;
const TOO_LONG: &str = "…";
/// Names of the global object, and of other windows' global objects.
const GLOBAL_OBJECT_NAMES: &[&str] = &["window", "self", "globalThis", "frames", "top", "parent"];

/// The path to a global: `["navigator", "sendBeacon"]`; empty for the global object itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct GlobalPath<'a> {
    steps: [&'a str; MAX_STEPS],
    length: usize,
}

impl<'a> GlobalPath<'a> {
    /// The path of a member of the global object.
    pub(super) fn from_name(name: &'a str) -> Self {
        Self::default().join(name).unwrap_or_default()
    }

    /// A path of one name, even if that names the global object.
    pub(super) fn with_only(name: &'a str) -> Self {
        let mut path = Self { length: 1, ..Self::default() };
        path.steps[0] = name;
        path
    }

    /// The path with one more step; `window.window` and `document.defaultView` lead nowhere new.
    /// `None` if it gets too long.
    pub(super) fn join(mut self, key: &'a str) -> Option<Self> {
        match (&*self, key) {
            ([], key) if GLOBAL_OBJECT_NAMES.contains(&key) => return Some(self),
            (["document"], "defaultView") => return Some(Self::default()),
            // The same object with another name.
            (["document"], "location") => return Some(Self::from_name(key)),
            _ => {}
        }
        *self.steps.get_mut(self.length)? = key;
        self.length += 1;
        Some(self)
    }

    /// The path without its last step.
    pub(super) fn parent(mut self) -> Self {
        if let Some(last) = self.length.checked_sub(1) {
            self.length = last;
            self.steps.get_mut(last).into_iter().for_each(|step| *step = "");
        }
        self
    }
}

/// A name as stored in a path.
pub(super) fn path_step(name: &str) -> &str {
    if name.len() > MAX_NAME { TOO_LONG } else { name }
}

impl<'a> Deref for GlobalPath<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &[&'a str] {
        self.steps.get(..self.length).unwrap_or_default()
    }
}

impl<const N: usize> PartialEq<[&str; N]> for GlobalPath<'_> {
    fn eq(&self, other: &[&str; N]) -> bool {
        **self == *other
    }
}
