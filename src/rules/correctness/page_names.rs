//! The names that a page has before and beside its declarations.

use std::collections::HashSet;
use std::sync::LazyLock;

use oxc_ast::AstKind;
use oxc_ast::AstType;

use crate::page::HtmlPage;
use crate::page::script::{Bindings, ScriptKind, ScriptTree};
use crate::rules::RuleContext;

/// What the browser declares.
static BROWSER: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/browser-globals.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// Whether every page has this name.
pub(super) fn is_of_browser(name: &str) -> bool {
    BROWSER.contains(name)
}

/// Whether not all of the page's code is there to be read: a script is loaded, or does not parse.
pub(super) fn has_unread_code(context: &RuleContext<'_, '_>) -> bool {
    let is_loaded = |kind| matches!(kind, ScriptKind::Classic | ScriptKind::Module);
    let mut scripts = context.page.scripts().into_iter();
    scripts.any(|script| script.external && is_loaded(script.kind))
        || context.trees.iter().any(|tree| !tree.problems.is_empty() || tree.is_exhausted())
        || context.page.truncated_at().is_some()
}

/// Whether the page may have names that no rule can find: not all of its code is there to be read, or its
/// code adds some in a way that is not followed.
pub(super) fn may_have_unknown_names(context: &RuleContext<'_, '_>) -> bool {
    has_unread_code(context)
        || context.trees.iter().any(|tree| Bindings::of(tree).adds_unknown_names())
}

/// Names that the page has without declaring them: those of its elements, and members of the window.
pub(super) fn names_without_declaration(context: &RuleContext<'_, '_>) -> HashSet<String> {
    let mut names = element_names(context.page, context.trees);
    names.extend(context.trees.iter().flat_map(|tree| Bindings::of(tree).window_names()));
    names
}

/// The ids and names of elements, which are names of the page: those in the markup, and those in
/// texts that scripts may turn into markup.
fn element_names(page: &HtmlPage, trees: &[ScriptTree<'_>]) -> HashSet<String> {
    let of = |element: &crate::page::Element| {
        ["id", "name"].map(|key| element.value(key).map(str::to_owned)).into_iter().flatten()
    };
    let mut names: HashSet<String> = page.elements().flat_map(|(_, one)| of(one)).collect();
    for text in trees.iter().flat_map(string_texts).filter(|text| text.contains('<')) {
        names.extend(words(text).map(str::to_owned));
    }
    for set in trees.iter().flat_map(|tree| tree.assignments().iter().map(move |s| (tree, s))) {
        let (tree, set) = set;
        let id = (set.key == Some("id")).then(|| tree.constant(&set.set.right)).flatten();
        names.extend(id.map(std::borrow::Cow::into_owned));
    }
    names
}

/// The literal parts of all texts in the code.
pub(super) fn string_texts<'a, 't>(tree: &'t ScriptTree<'a>) -> impl Iterator<Item = &'a str> + 't {
    const TEXTS: &[AstType] = &[AstType::StringLiteral, AstType::TemplateElement];
    tree.nodes(TEXTS).filter_map(|kind| match kind {
        AstKind::StringLiteral(text) => Some(text.value.as_str()),
        AstKind::TemplateElement(part) => Some(part.value.cooked?.as_str()),
        _ => None,
    })
}

/// The words of a text, as ids and classes are written.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
    text.split(move |c| !is_part(c)).filter(|word| !word.is_empty())
}
