//! Finds all code in a page: script elements and handler attributes.

use crate::page::{Attribute, DecodedText, Element, HtmlPage, Namespace, NodeId};

use super::{PageCode, ParseGoal};

/// The type of a script element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptKind {
    Classic,
    Module,
    /// No code, but instructions about code or pages to load: `importmap`, `speculationrules`,
    /// `webbundle`.
    ImportMap,
    /// A type that browsers do not run: used to store text.
    Data,
}

/// A script element.
#[derive(Debug, Clone)]
pub struct ScriptElement {
    pub element: NodeId,
    pub kind: ScriptKind,
    /// Whether its code is loaded, so that its content is not run.
    pub external: bool,
    pub text: DecodedText,
}

/// An `on…` attribute.
#[derive(Debug, Clone, Copy)]
pub struct InlineHandler<'p> {
    pub id: NodeId,
    pub element: &'p Element,
    pub number: usize,
    pub attribute: &'p Attribute,
}

impl HtmlPage {
    /// All script elements, in document order.
    pub fn scripts(&self) -> Vec<ScriptElement> {
        let scripts = self.elements().filter(|(_, element)| is_script(element));
        scripts.map(|(id, element)| self.script(id, element)).collect()
    }

    fn script(&self, id: NodeId, element: &Element) -> ScriptElement {
        let external = match element.language() {
            Namespace::Svg => element.attributes.iter().any(|a| **a.local() == *"href"),
            Namespace::Html | Namespace::MathMl | Namespace::Other => {
                element.attribute("src").is_some()
            }
        };
        ScriptElement {
            element: id,
            kind: script_kind(element),
            external,
            text: self.child_text(id),
        }
    }

    /// All handler attributes, in document order.
    pub fn handlers(&self) -> impl Iterator<Item = InlineHandler<'_>> {
        self.elements().flat_map(|(id, element)| {
            let numbered = element.attributes.iter().enumerate();
            let handlers = numbered.filter(|(_, attribute)| attribute.is_handler());
            handlers.map(move |(number, attribute)| InlineHandler {
                id,
                element,
                number,
                attribute,
            })
        })
    }

    /// All code that a browser would run.
    pub fn codes(&self) -> Vec<PageCode> {
        let mut codes = Vec::new();
        for script in self.scripts().into_iter().filter(|script| !script.external) {
            let goal = match script.kind {
                ScriptKind::Classic => ParseGoal::Script,
                ScriptKind::Module => ParseGoal::Module,
                ScriptKind::ImportMap | ScriptKind::Data => continue,
            };
            let (text, element) = (script.text, script.element);
            codes.push(PageCode { text, goal, element, attribute: None, is_markup: false });
        }
        for handler in self.handlers() {
            let Some(place) = &handler.attribute.place else { continue };
            let (text, attribute) = (place.value.clone(), Some(handler.number));
            let (goal, element) = (ParseGoal::Handler, handler.id);
            codes.push(PageCode { text, goal, element, attribute, is_markup: false });
        }
        codes
    }
}

impl Attribute {
    /// Whether it is an event handler.
    pub fn is_handler(&self) -> bool {
        let name = self.local().as_bytes();
        let rest = name.get(2..).unwrap_or_default();
        let on = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"on"));
        on && !rest.is_empty() && rest.iter().all(u8::is_ascii_alphabetic)
    }
}

fn is_script(element: &Element) -> bool {
    matches!(element.language(), Namespace::Html | Namespace::Svg) && element.name() == "script"
}

/// The kind according to `type`, or else to the older `language`.
fn script_kind(element: &Element) -> ScriptKind {
    let named = element.value("type");
    let language = element.value("language").filter(|language| !language.is_empty());
    let kind = match (named, language) {
        (Some(""), _) | (None, None) => return ScriptKind::Classic,
        (Some(named), _) => named.trim_ascii().to_ascii_lowercase(),
        (None, Some(language)) => format!("text/{}", language.to_ascii_lowercase()),
    };
    match kind.as_str() {
        "module" => ScriptKind::Module,
        "importmap" | "speculationrules" | "webbundle" => ScriptKind::ImportMap,
        kind if is_javascript(kind) => ScriptKind::Classic,
        _ => ScriptKind::Data,
    }
}

/// Whether the MIME type is one of JavaScript, obsolete ones included.
fn is_javascript(kind: &str) -> bool {
    let Some((top, sub)) = kind.split_once('/') else { return false };
    let versioned = sub.strip_prefix("javascript1.");
    match top {
        "application" => {
            matches!(sub, "javascript" | "ecmascript" | "x-javascript" | "x-ecmascript")
        }
        "text" => {
            matches!(sub, "javascript" | "ecmascript" | "x-javascript" | "x-ecmascript")
                || matches!(sub, "jscript" | "livescript")
                || versioned.is_some_and(|v| matches!(v, "0" | "1" | "2" | "3" | "4" | "5"))
        }
        _ => false,
    }
}
