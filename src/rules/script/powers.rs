//! The powers no game gets, from `assets/powers.txt`, and the reports about their uses.
//!
//! The guard removes each before the game's first script, so code that tests for it takes its other
//! branch and only gets a warning. Code that cannot do without it would break: it is rejected.

use std::collections::HashSet;
use std::sync::LazyLock;

use oxc_ast::ast::MemberExpression;

use crate::page::HtmlPage;
use crate::page::script::{AccessKind, GlobalAccess, MissingApi, ScriptTree};
use crate::rules::Diagnostics;

/// The powers, by how code accesses them.
#[derive(Default)]
struct PowerList {
    /// Members of the global object, such as `fetch`.
    globals: HashSet<&'static str>,
    /// Members of singletons.
    members: HashSet<(&'static str, &'static str)>,
    /// Members of all objects of a class.
    methods: HashSet<(&'static str, &'static str)>,
}

static POWERS: LazyLock<PowerList> = LazyLock::new(|| {
    let mut powers = PowerList::default();
    for line in include_str!("../../../assets/powers.txt").lines() {
        match line.split_once('.') {
            _ if line.is_empty() || line.starts_with('#') => {}
            None => _ = powers.globals.insert(line),
            Some(pair) if line.starts_with(|c: char| c.is_ascii_uppercase()) => {
                powers.methods.insert(pair);
            }
            Some(pair) => _ = powers.members.insert(pair),
        }
    }
    powers
});

/// The singleton of a class, if there is one.
const CONDITIONAL: &[(&[&str], &str)] =
    &[(&["navigator", "clipboard"], "Clipboard"), (&["trustedTypes"], "TrustedTypePolicyFactory")];

/// The APIs that are missing when a game runs.
const MISSING: MissingApi = MissingApi { path: leads_nowhere, member: is_method };

/// Whether a path is a power.
pub(super) fn is_power(path: &[&str]) -> bool {
    match path {
        [] => false,
        [name] => POWERS.globals.contains(name),
        [owner, name] if POWERS.members.contains(&(*owner, *name)) => true,
        ["Navigator", "prototype", name] => POWERS.members.contains(&("navigator", *name)),
        ["Document", "prototype", name] => POWERS.members.contains(&("document", *name)),
        [class, "prototype", name] => POWERS.methods.contains(&(*class, *name)),
        [of @ .., name] => CONDITIONAL
            .iter()
            .any(|(object, class)| of == *object && POWERS.methods.contains(&(*class, *name))),
    }
}

/// Whether a path is a power or a member of one.
fn leads_nowhere(path: &[&str]) -> bool {
    (1..=path.len()).any(|end| path.get(..end).is_some_and(is_power))
}

fn is_method(name: &str) -> bool {
    POWERS.methods.iter().any(|(_, method)| *method == name)
}

/// Whether only powers have a method with this name: it has at least two words after the first.
fn is_telling(name: &str) -> bool {
    is_method(name) && name.bytes().filter(u8::is_ascii_uppercase).count() > 1
}

/// The names under which members of the page's objects are powers.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    POWERS.globals.iter().copied().chain(POWERS.members.iter().map(|(_, name)| *name))
}

/// The game's own globals and element ids with the names of powers.
pub(super) fn own_names<'p>(page: &'p HtmlPage, trees: &'p [ScriptTree<'_>]) -> HashSet<&'p str> {
    let ids = page.elements().filter_map(|(_, element)| element.value("id"));
    let written = trees
        .iter()
        .flat_map(ScriptTree::global_accesses)
        .filter(|access| access.usage == AccessKind::Written);
    let written = written.filter_map(|access| match *access.path {
        [name] => Some(name),
        _ => None,
    });
    ids.chain(written).filter(|name| POWERS.globals.contains(name)).collect()
}

/// Reports the use of a power: an error, unless it is removed and the code tolerates that.
pub(super) fn report_access<'a>(
    tree: &ScriptTree<'a>,
    access: &GlobalAccess<'a>,
    why: impl Into<String>,
    diagnostics: &mut Diagnostics,
) {
    if !is_power(&access.path) || !tree.tolerates_missing(access, MISSING) {
        return diagnostics.deny(access.span, why);
    }
    let name = access.path.join(".");
    diagnostics.warn(access.span, format!("`{name}` is removed; the game can do without it"));
}

/// Whether testing for it by its bare name already breaks the game.
pub(super) fn throws<'a>(tree: &ScriptTree<'a>, access: &GlobalAccess<'a>) -> bool {
    tree.throws_by_name(access, MISSING)
}

/// Checks uses of methods that only powers have, on any object: `video.requestPictureInPicture()`.
pub(super) fn check_methods(tree: &ScriptTree<'_>, diagnostics: &mut Diagnostics) {
    for method in tree.methods() {
        let Some(member) = method.call.callee.get_inner_expression().as_member_expression() else {
            continue;
        };
        let object = member.object().get_inner_expression().as_member_expression();
        let of = object.and_then(MemberExpression::static_property_name).unwrap_or_default();
        let remote = of == "remote" && matches!(method.name, "prompt" | "watchAvailability");
        if !remote && !is_telling(method.name)
            || tree.path(&method.call.callee).is_some_and(|path| is_power(&path))
        {
            continue;
        }
        let (taken, name) = match object {
            Some(object) if remote => (object, of),
            _ => (member, method.name),
        };
        let span = tree.source_span(method.call.span);
        if tree.is_optional_member(taken, MISSING) {
            diagnostics.warn(span, format!("`{name}` is removed; the game can do without it"));
        } else {
            diagnostics.deny(span, format!("`{name}` is a feature that no game may use"));
        }
    }
}
