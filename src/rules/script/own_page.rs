//! Recognises URLs of the page itself: with another query, another fragment, or unchanged.
//!
//! Games restart by `location.search = '?level=2'` and by a dozen other notations. Only what is
//! provable counts: any other URL leads elsewhere.

use oxc_ast::ast::{
    Argument, BinaryOperator, CallExpression, Expression, MemberExpression, NewExpression,
};

use oxc_span::GetSpan as _;

use crate::page::script::ScriptTree;
use crate::rules::TextEdit;

/// Most names and parts followed.
const MAX_STEPS: usize = 12;

/// A part of an assembled URL.
enum UrlTerm<'t, 'a> {
    Text(std::borrow::Cow<'t, str>),
    Value(&'a Expression<'a>),
}

/// Edits that write a URL of the page in full; empty if it is. In a frame with `srcdoc` relative
/// URLs cannot be resolved: `?level=2` alone leads to the shell.
pub(super) fn whole<'a>(tree: &ScriptTree<'a>, to: &'a Expression<'a>) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    complete(tree, to, &mut edits, MAX_STEPS);
    edits
}

/// The page's URL without query and fragment, and without fragment.
const PAGE: &str = "document.URL.split(/[?#]/)[0]";
const PAGE_AND_QUERY: &str = "document.URL.split(/#/)[0]";

fn complete<'a>(
    tree: &ScriptTree<'a>,
    to: &'a Expression<'a>,
    edits: &mut Vec<TextEdit>,
    steps: usize,
) {
    let Some(steps) = steps.checked_sub(1) else { return };
    match to.get_inner_expression() {
        Expression::ConditionalExpression(either) => {
            complete(tree, &either.consequent, edits, steps);
            complete(tree, &either.alternate, edits, steps);
        }
        // The value of one side decides, so the missing part is added to the result of both.
        Expression::LogicalExpression(either) => {
            let sides = [&either.left, &either.right].map(|side| completion(tree, side));
            if let [Some(left), Some(right)] = sides
                && left.text == right.text
                && left.span.start == left.span.end
                && right.span.start == right.span.end
            {
                let span = tree.source_span(either.span);
                edits.push(TextEdit::insert(span.start, format!("{}(", left.text)));
                edits.push(TextEdit::insert(span.end, ")"));
            }
        }
        Expression::SequenceExpression(all) => {
            all.expressions.last().into_iter().for_each(|e| complete(tree, e, edits, steps));
        }
        Expression::AssignmentExpression(set) => complete(tree, &set.right, edits, steps),
        inner => edits.extend(completion(tree, inner)),
    }
}

/// The prefix of a URL, or the replacement of its first parts.
fn completion<'a>(tree: &ScriptTree<'a>, to: &'a Expression<'a>) -> Option<TextEdit> {
    let before =
        |page| Some(TextEdit::insert(tree.source_span(to.span()).start, format!("{page} + ")));
    let start = tree.constant_start(to).unwrap_or_default();
    match start.trim_start_matches(|c: char| c <= ' ').chars().next() {
        Some('?') => return before(PAGE),
        Some('#') => return before(PAGE_AND_QUERY),
        Some(_) => return None,
        None if tree.constant(to).is_some() => return before(PAGE_AND_QUERY),
        None => {}
    }
    let mut terms = Vec::new();
    flatten(tree, to, &mut terms, MAX_STEPS);
    let values = terms.iter().filter_map(|term| match term {
        UrlTerm::Value(e) => Some(*e),
        UrlTerm::Text(_) => None,
    });
    let name_of = |e| tree.path(e).and_then(|path| path.last().copied()).unwrap_or_default();
    let mut named = values.map(|e| (name_of(e), e.span()));
    let (name, first) = named.next()?;
    let instead = |end: oxc_span::Span| {
        let span = oxc_span::Span::new(first.start, end.end);
        Some(TextEdit::new(tree.source_span(span), PAGE))
    };
    match name {
        "search" => before(PAGE),
        "hash" => before(PAGE_AND_QUERY),
        "pathname" | "baseURI" => instead(first),
        "origin" | "protocol" => instead(named.find(|(name, _)| *name == "pathname")?.1),
        _ => None,
    }
}

/// Whether a URL is certainly that of the page itself.
pub(super) fn is_own<'a>(tree: &ScriptTree<'a>, to: &'a Expression<'a>) -> bool {
    is_own_within(tree, to, MAX_STEPS)
}

fn is_own_within<'a>(tree: &ScriptTree<'a>, to: &'a Expression<'a>, steps: usize) -> bool {
    let Some(steps) = steps.checked_sub(1) else { return false };
    let own = |e| is_own_within(tree, e, steps);
    match to.get_inner_expression() {
        Expression::ConditionalExpression(either) => {
            own(&either.consequent) && own(&either.alternate)
        }
        Expression::LogicalExpression(either) => own(&either.left) && own(&either.right),
        Expression::SequenceExpression(all) => all.expressions.last().is_some_and(own),
        Expression::AssignmentExpression(set) => set.operator.is_assign() && own(&set.right),
        Expression::NewExpression(new) => is_own_url(tree, new, steps),
        Expression::CallExpression(call) => is_own_call(tree, call, steps),
        Expression::Identifier(name) if tree.constant_value(name).is_some() => {
            tree.constant_value(name).is_some_and(|value| own(value) && !is_led_off(tree, value))
        }
        Expression::TemplateLiteral(_) | Expression::BinaryExpression(_) => {
            let mut terms = Vec::new();
            flatten(tree, to, &mut terms, steps) && is_own_sum(tree, &terms, steps)
        }
        inner => {
            is_own_part(tree, inner, steps) || tree.constant(inner).is_some_and(|t| leads_in(&t))
        }
    }
}

/// Whether a text is a URL that changes only query and fragment.
fn leads_in(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c <= ' ');
    text.is_empty() || text.starts_with(['?', '#'])
}

/// Whether it is `location`, `location.href`, or a member of a URL made from it.
fn is_own_part<'a>(tree: &ScriptTree<'a>, e: &'a Expression<'a>, steps: usize) -> bool {
    let by_path = tree.path(e).is_some_and(|path| {
        matches!(
            *path,
            ["location"]
                | ["location", "href" | "pathname" | "search" | "hash"]
                | ["document", "URL" | "documentURI" | "baseURI"]
        )
    });
    let Some(member) = e.as_member_expression().filter(|_| !by_path) else { return by_path };
    match member.static_property_name() {
        Some("href" | "pathname" | "search" | "hash") => {
            is_url(tree, member.object()) && is_own_within(tree, member.object(), steps)
        }
        _ => is_first_part(tree, member, steps),
    }
}

/// Whether a name or an expression is a `new URL(…)`.
fn is_url<'a>(tree: &ScriptTree<'a>, e: &'a Expression<'a>) -> bool {
    match e.get_inner_expression() {
        Expression::NewExpression(_) => true,
        Expression::Identifier(name) => {
            matches!(tree.constant_value(name), Some(Expression::NewExpression(_)))
        }
        _ => false,
    }
}

/// `location.href.split('?')[0]`.
fn is_first_part<'a>(
    tree: &ScriptTree<'a>,
    member: &'a MemberExpression<'a>,
    steps: usize,
) -> bool {
    let MemberExpression::ComputedMemberExpression(part) = member else { return false };
    let Expression::CallExpression(call) = part.object.get_inner_expression() else { return false };
    let Some(split) = call.callee.get_inner_expression().as_member_expression() else {
        return false;
    };
    tree.constant(&part.expression).is_some_and(|index| index == "0")
        && split.static_property_name() == Some("split")
        && tree.argument(call, 0).is_some_and(|by| cuts(tree, by))
        && is_own_within(tree, split.object(), steps)
}

/// Whether a text or regular expression matches the start of a query or fragment.
fn cuts<'a>(tree: &ScriptTree<'a>, by: &'a Expression<'a>) -> bool {
    if let Expression::RegExpLiteral(pattern) = by.get_inner_expression() {
        let pattern = pattern.regex.pattern.text.as_str();
        return ["\\?", "#", "\\#", "[?#]", "[#?]", "[?]", "[\\?#]", "[#\\?]"]
            .iter()
            .any(|start| pattern.starts_with(start) && !pattern.contains('|'));
    }
    let by_path = tree.path(by).is_some_and(|p| matches!(*p, ["location", "search" | "hash"]));
    by_path || tree.constant(by).is_some_and(|by| by.starts_with(['?', '#']))
}

/// `String(location)`, `url.toString()`, `location.href.replace(/\?.*/, '')`.
fn is_own_call<'a>(tree: &ScriptTree<'a>, call: &'a CallExpression<'a>, steps: usize) -> bool {
    let callee = call.callee.get_inner_expression();
    if tree.path(callee).is_some_and(|path| path == ["String"]) {
        return tree.argument(call, 0).is_some_and(|of| is_own_within(tree, of, steps));
    }
    let Some(member) = callee.as_member_expression() else { return false };
    let constant = |i| tree.argument(call, i).and_then(|text| tree.constant(text));
    let stays = match member.static_property_name() {
        Some("toString" | "valueOf" | "toJSON" | "trim") => true,
        Some("replace") => {
            tree.argument(call, 0).is_some_and(|by| cuts(tree, by))
                && constant(1).is_some_and(|with| leads_in(&with))
        }
        _ => false,
    };
    stays && is_own_within(tree, member.object(), steps)
}

/// `new URL(location.href)`, `new URL('?level=2', location.href)`.
fn is_own_url<'a>(tree: &ScriptTree<'a>, new: &'a NewExpression<'a>, steps: usize) -> bool {
    if !tree.path(&new.callee).is_some_and(|path| path == ["URL"]) {
        return false;
    }
    let mut all = new.arguments.iter().map(Argument::as_expression);
    all.all(|part| part.is_some_and(|part| is_own_within(tree, part, steps)))
        && !new.arguments.is_empty()
}

/// Whether a part of a named URL other than query and fragment is assigned.
fn is_led_off<'a>(tree: &ScriptTree<'a>, url: &'a Expression<'a>) -> bool {
    let is_own_url = |e: &'a Expression<'a>| match e.get_inner_expression() {
        Expression::Identifier(name) => {
            tree.constant_value(name).is_some_and(|value| std::ptr::eq(value, url))
        }
        _ => false,
    };
    matches!(url, Expression::NewExpression(_))
        && tree.assignments().iter().any(|set| {
            let of = set.set.left.as_member_expression().map(MemberExpression::object);
            of.is_some_and(is_own_url) && !matches!(set.key, Some("search" | "hash"))
        })
}

/// Collects the parts of a sum or template, from left to right. Returns `false` if there are too
/// many.
fn flatten<'a>(
    tree: &ScriptTree<'a>,
    e: &'a Expression<'a>,
    terms: &mut Vec<UrlTerm<'a, 'a>>,
    steps: usize,
) -> bool {
    let Some(steps) = steps.checked_sub(1) else { return false };
    match e.get_inner_expression() {
        Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
            flatten(tree, &sum.left, terms, steps) && flatten(tree, &sum.right, terms, steps)
        }
        Expression::TemplateLiteral(template) => {
            for (i, quasi) in template.quasis.iter().enumerate() {
                let Some(text) = quasi.value.cooked else { return false };
                terms.push(UrlTerm::Text(text.as_str().into()));
                let value = template.expressions.get(i);
                if value.is_some_and(|value| !flatten(tree, value, terms, steps)) {
                    return false;
                }
            }
            true
        }
        inner => {
            terms.push(tree.constant(inner).map_or(UrlTerm::Value(inner), UrlTerm::Text));
            true
        }
    }
}

/// Whether the parts form a URL that starts like the page's own, up to a query or fragment.
fn is_own_sum<'a>(tree: &ScriptTree<'a>, terms: &[UrlTerm<'a, 'a>], steps: usize) -> bool {
    let is_empty = |term: &&UrlTerm<'_, '_>| matches!(term, UrlTerm::Text(text) if text.is_empty());
    let mut terms = terms.iter().filter(|term| !is_empty(term));
    let is_part = |e: &'a Expression<'a>, name: &str| {
        tree.path(e).is_some_and(|path| path == ["location", name])
    };
    let mut next = terms.next();
    // `location.protocol + '//' + location.host + location.pathname`
    if matches!(next, Some(UrlTerm::Value(e)) if is_part(e, "protocol")) {
        let slashes = matches!(terms.next(), Some(UrlTerm::Text(text)) if text == "//");
        let host = matches!(terms.next(), Some(UrlTerm::Value(e)) if is_part(e, "host"));
        next = terms.next().filter(|_| slashes && host);
        return matches!(next, Some(UrlTerm::Value(e)) if is_part(e, "pathname"))
            && ends(tree, terms);
    }
    if matches!(next, Some(UrlTerm::Value(e)) if is_part(e, "origin")) {
        next = terms.next();
        return matches!(next, Some(UrlTerm::Value(e)) if is_part(e, "pathname"))
            && ends(tree, terms);
    }
    match next {
        None => true,
        Some(UrlTerm::Text(text)) => leads_in(text),
        Some(UrlTerm::Value(first)) => is_own_within(tree, first, steps) && ends(tree, terms),
    }
}

/// Whether only a query and a fragment follow the page's own URL.
fn ends<'t, 'a: 't>(
    tree: &ScriptTree<'a>,
    mut rest: impl Iterator<Item = &'t UrlTerm<'a, 'a>>,
) -> bool {
    loop {
        match rest.next() {
            None => return true,
            Some(UrlTerm::Text(text)) => return text.starts_with(['?', '#']),
            Some(UrlTerm::Value(e)) => {
                let path = tree.path(e);
                if !path.is_some_and(|path| matches!(*path, ["location", "search" | "hash"])) {
                    return false;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::game::{HtmlSource, vet};

    const PAGE: &str = "document.URL.split(/[?#]/)[0]";
    const QUERY: &str = "document.URL.split(/#/)[0]";

    fn repaired(script: &str) -> String {
        let page = format!("<canvas></canvas><script>{script}</script>");
        let game = vet(HtmlSource::new(page)).expect("its own page");
        let (_, rest) = game.source().split_once("<canvas></canvas><script>").unwrap();
        rest.split_once("</script>").unwrap().0.to_owned()
    }

    #[test]
    fn an_address_of_the_page_is_written_whole() {
        let cases = [
            ("location.href = '?level=2'", "location.href = PAGE + '?level=2'"),
            ("location.assign('#x')", "location.assign(QUERY + '#x')"),
            ("location.replace(`?seed=${n}`)", "location.replace(PAGE + `?seed=${n}`)"),
            ("window.location = window.location.pathname", "window.location = PAGE"),
            (
                "location = '?' + new URLSearchParams({ a: 1 })",
                "location = PAGE + '?' + new URLSearchParams({ a: 1 })",
            ),
            ("location = location.pathname + '?x=1'", "location = PAGE + '?x=1'"),
            (
                "location = `${location.origin}${location.pathname}?a=${b}`",
                "location = `${PAGE}?a=${b}`",
            ),
            (
                "location = location.protocol + '//' + location.host + location.pathname",
                "location = PAGE",
            ),
            (
                "location.href = on ? '?a' : location.pathname",
                "location.href = on ? PAGE + '?a' : PAGE",
            ),
            ("location = location.search || '?x'", "location = PAGE + (location.search || '?x')"),
            ("location.href = ''", "location.href = QUERY + ''"),
            (
                "const again = '?b'; location.href = again",
                "const again = '?b'; location.href = PAGE + again",
            ),
        ];
        for (script, whole) in cases {
            let whole = whole.replace("PAGE", PAGE).replace("QUERY", QUERY);
            assert_eq!(repaired(script), whole, "{script}");
            assert_eq!(repaired(&whole), whole, "it is whole");
        }
    }

    #[test]
    fn an_address_that_is_whole_stays_as_it_is() {
        let whole = [
            "location.href = location.href",
            "location.href += '?x'",
            "location = location.href.split('?')[0] + '?x=1'",
            "const url = new URL(location.href); url.search = '?x'; location.href = url",
            "location.search = '?level=2'; location.hash = 'x'; location.reload()",
        ];
        for script in whole {
            assert_eq!(repaired(script), script);
        }
    }
}
