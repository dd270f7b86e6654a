//! Where the scripts of a page use names that another one declares.

use std::collections::HashMap;

use oxc_syntax::node::NodeId;

use crate::page::script::{Bindings, ScriptTree};
use crate::rules::RuleContext;

/// The uses of names that a script does not declare itself, by name.
pub(super) struct SharedUses<'t, 'a>(HashMap<&'t str, Vec<SharedUse<'t, 'a>>>);

/// A use of a name, with the number of its tree.
type SharedUse<'t, 'a> = (usize, &'t ScriptTree<'a>, NodeId);

impl<'t, 'a> SharedUses<'t, 'a> {
    pub fn new(context: &RuleContext<'t, 'a>) -> Self {
        let mut uses: HashMap<_, Vec<_>> = HashMap::new();
        for (number, tree) in context.trees.iter().enumerate() {
            for used in Bindings::of(tree).free_uses() {
                uses.entry(used.name).or_default().push((number, tree, used.node));
            }
        }
        Self(uses)
    }

    /// The uses of a name by code that does not declare it.
    pub fn of(&self, name: &str) -> &[SharedUse<'t, 'a>] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}
