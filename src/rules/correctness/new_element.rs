//! What a missing element must be, told by what the code does with it.

use std::collections::BTreeSet;

use super::selector::Selector;
use super::stand_in::SILENCE;

/// An element that takes the place of a missing one.
pub(super) struct NewElement {
    pub tag: &'static str,
    pub html: String,
}

/// Members that say what an element is, the more special first.
const KINDS: &[(&str, &[&str])] = &[
    ("canvas", &["getContext", "toDataURL", "transferControlToOffscreen"]),
    ("select", &["options", "selectedIndex", "selectedOptions"]),
    ("audio", &["play", "pause", "currentTime", "volume", "muted"]),
    ("input", &["value", "checked", "select", "placeholder", "valueAsNumber", "@input", "@change"]),
    (
        "button",
        &["disabled", "click", "onclick", "@click", "onmousedown", "@mousedown", "@pointerdown"],
    ),
];

/// Members that every element has: they say nothing more than that there must be one.
const COMMON: &[&str] = &[
    "textContent",
    "innerText",
    "innerHTML",
    "style",
    "classList",
    "className",
    "append",
    "appendChild",
    "prepend",
    "insertBefore",
    "insertAdjacentHTML",
    "replaceChildren",
    "removeChild",
    "firstChild",
    "lastChild",
    "children",
    "childNodes",
    "querySelector",
    "querySelectorAll",
    "setAttribute",
    "removeAttribute",
    "getAttribute",
    "dataset",
    "title",
    "hidden",
    "id",
    "focus",
    "blur",
    "remove",
    "addEventListener",
    "removeEventListener",
    "getBoundingClientRect",
    "clientWidth",
    "clientHeight",
    "offsetWidth",
    "offsetHeight",
    "offsetLeft",
    "offsetTop",
    "scrollTop",
    "scrollHeight",
    "scrollIntoView",
    "width",
    "height",
    "type",
    "onmousemove",
    "ontouchstart",
    "onkeydown",
];

/// The element that code with these members needs. `None` if that cannot be told.
pub(super) fn new_element(selector: &Selector, members: &BTreeSet<&str>) -> Option<NewElement> {
    let tag = kind(members)?;
    let (attribute, name) = match selector {
        Selector::Id(id) => (format!(" id=\"{id}\""), id),
        Selector::Class(class) => (format!(" class=\"{class}\""), class),
        Selector::Tag(own) if own == tag => (String::new(), own),
        Selector::Tag(_) => return None,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins || !name.chars().all(is_plain) {
        return None;
    }
    let html = match tag {
        "canvas" => format!("<canvas{attribute} width=\"640\" height=\"480\"></canvas>"),
        "select" => format!("<select{attribute}></select>"),
        "audio" => format!("<audio{attribute} src=\"{SILENCE}\"></audio>"),
        "input" if members.contains("checked") => format!("<input{attribute} type=\"checkbox\">"),
        "input" => format!("<input{attribute}>"),
        "button" => format!("<button{attribute}>{}</button>", label(name)),
        _ => format!("<div{attribute}></div>"),
    };
    Some(NewElement { tag, html: html + "\n" })
}

/// The kind that all members fit. `None` if there is none, or if nothing is said.
fn kind(members: &BTreeSet<&str>) -> Option<&'static str> {
    let is_common = |member: &str| member.starts_with('@') || COMMON.contains(&member);
    let special = KINDS.iter().find(|(_, own)| own.iter().any(|one| members.contains(one)));
    let Some((tag, own)) = special else {
        let is_told = !members.is_empty() && members.iter().all(|member| is_common(member));
        return is_told.then_some("div");
    };
    // A button may be clicked, and so may everything else.
    let fits = |member: &&str| {
        is_common(member)
            || own.contains(member)
            || KINDS.last().is_some_and(|(_, b)| b.contains(member))
    };
    members.iter().all(fits).then_some(*tag)
}

/// What a button with this name does: `startButton` starts.
fn label(name: &str) -> String {
    let mut words = vec![String::new()];
    for c in name.chars() {
        let is_next = c == '-' || c == '_' || c.is_ascii_uppercase();
        if is_next {
            words.push(String::new());
        }
        words
            .last_mut()
            .into_iter()
            .for_each(|word| word.extend(c.to_lowercase().filter(|c| c.is_alphanumeric())));
    }
    words.retain(|word| !word.is_empty() && !matches!(word.as_str(), "btn" | "button"));
    let text = words.join(" ");
    match text.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => "OK".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_what_the_code_does_with_it() {
        let made = |members: &[&str]| {
            let members = members.iter().copied().collect();
            new_element(&Selector::Id("startBtn".to_owned()), &members).map(|made| made.tag)
        };
        for (members, tag) in [
            (&["textContent", "style"][..], Some("div")),
            (&["getContext", "width", "addEventListener", "@click"], Some("canvas")),
            (&["addEventListener", "@click", "textContent"], Some("button")),
            (&["value", "focus"], Some("input")),
            (&["play", "currentTime"], Some("audio")),
            (&["addEventListener", "@keydown"], Some("div")),
            (&["getContext", "value"], None),
            (&["rows"], None),
            (&[], None),
        ] {
            assert_eq!(made(members), tag, "{members:?}");
        }
    }

    #[test]
    fn a_button_says_what_its_name_says() {
        let labels = ["startButton", "new-game", "btn_reset", "btn"].map(label);
        assert_eq!(labels, ["Start", "New game", "Reset", "OK"]);
    }
}
