//! The members that values of the language and of the canvas have.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::literal_kind::LiteralKind;

/// Methods of every object, by ECMAScript 2025, with the older ones of its annex B.
const OBJECT: &str = "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf \
    __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__";

/// Methods of lists, by the same, and those that browsers have beyond it.
const LIST: &str = "at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap \
    forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort \
    splice toReversed toSorted toSpliced unshift values with";

/// Methods of texts, with those of annex B.
const TEXT: &str = "at charAt charCodeAt codePointAt concat endsWith includes indexOf isWellFormed lastIndexOf \
    localeCompare match matchAll normalize padEnd padStart repeat replace replaceAll search slice split startsWith \
    substring substr toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimStart \
    trimLeft trimRight anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup";

/// Methods of numbers.
const NUMBER: &str = "toExponential toFixed toPrecision";

/// Functions of `Math`, with those that were added last.
const MATH: &str = "abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 f16round floor \
    fround hypot imul log log10 log1p log2 max min pow random round sign sin sinh sqrt sumPrecise tan tanh trunc";

/// Whether every value of this kind has a method.
pub(super) fn has_method(kind: LiteralKind, name: &str) -> bool {
    is_in(OBJECT, name) || is_in(own_methods(kind), name)
}

/// The methods of a kind beside those of every object, divided by white space.
pub(super) fn own_methods(kind: LiteralKind) -> &'static str {
    match kind {
        LiteralKind::List => LIST,
        LiteralKind::Text => TEXT,
        LiteralKind::Number => NUMBER,
        LiteralKind::Boolean
        | LiteralKind::Object
        | LiteralKind::Pattern
        | LiteralKind::Nothing => "",
    }
}

/// Whether `Math` has a function.
pub(super) fn is_of_math(name: &str) -> bool {
    is_in(OBJECT, name) || is_in(MATH, name)
}

/// The functions of `Math`, divided by white space.
pub(super) fn math_functions() -> &'static str {
    MATH
}

fn is_in(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|one| one == name)
}

/// The methods of a canvas's context.
static CANVAS_METHODS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| canvas_lines().filter(|line| !line.ends_with('=')).collect());

/// The attributes of a canvas's context.
static CANVAS_ATTRIBUTES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| canvas_lines().filter_map(|line| line.strip_suffix('=')).collect());

fn canvas_lines() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("../../../assets/canvas-members.txt").lines();
    lines.filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// What a canvas's context has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CanvasMember {
    Method,
    Attribute,
}

/// What a canvas's context has under a name. `None` if it has nothing.
pub(super) fn canvas_member(name: &str) -> Option<CanvasMember> {
    if CANVAS_METHODS.contains(name) || is_in(OBJECT, name) {
        Some(CanvasMember::Method)
    } else {
        CANVAS_ATTRIBUTES.contains(name).then_some(CanvasMember::Attribute)
    }
}

/// The method of a canvas's context that a name is nearest to.
pub(super) fn nearest_canvas_method(name: &str) -> Option<&'static str> {
    nearest(name, CANVAS_METHODS.iter().copied())
}

/// The name that another is most like: the same but for case, or with at most two letters wrong,
/// and one for each three that it has. `None` if none is like it.
pub(super) fn nearest<'n>(name: &str, all: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most = (name.chars().count() / 3).min(2);
    let rated = all.into_iter().filter(|other| *other != name).map(|other| {
        let is_same = other.eq_ignore_ascii_case(name);
        (if is_same { 0 } else { letters_wrong(name, other) }, other)
    });
    rated.filter(|(wrong, _)| *wrong <= most).min().map(|(_, other)| other)
}

/// How many letters must be replaced, added or left out, or swapped with the next one, to make one
/// name of another (the optimal string alignment distance).
fn letters_wrong(a: &str, b: &str) -> usize {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least =
                (at(&row, j) + usize::from(x != y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let is_swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if is_swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    at(&row, b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_like_those_that_a_slip_makes_of_it() {
        let all = ["jump", "move", "drawImage", "fillRect"];
        for (name, like) in [
            ("jmup", Some("jump")),
            ("Jump", Some("jump")),
            ("fillrect", Some("fillRect")),
            ("drawImge", Some("drawImage")),
            ("moev", Some("move")),
            ("run", None),
            ("fillCircle", None),
        ] {
            assert_eq!(nearest(name, all), like, "{name}");
        }
    }

    #[test]
    fn the_canvas_has_methods_and_attributes() {
        assert_eq!(canvas_member("roundRect"), Some(CanvasMember::Method));
        assert_eq!(canvas_member("fillStyle"), Some(CanvasMember::Attribute));
        assert_eq!(canvas_member("toString"), Some(CanvasMember::Method));
        assert_eq!(canvas_member("fillCircle"), None);
        assert!(CANVAS_METHODS.len() > 40 && CANVAS_ATTRIBUTES.len() > 20);
    }

    #[test]
    fn lists_texts_and_numbers_have_their_methods() {
        for (kind, name, is_there) in [
            (LiteralKind::List, "toSorted", true),
            (LiteralKind::List, "remove", false),
            (LiteralKind::Text, "bold", true),
            (LiteralKind::Text, "push", false),
            (LiteralKind::Number, "toFixed", true),
            (LiteralKind::Number, "length", false),
            (LiteralKind::Object, "hasOwnProperty", true),
        ] {
            assert_eq!(has_method(kind, name), is_there, "{name}");
        }
    }
}
