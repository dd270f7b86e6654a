//! Hangs what the tree builder makes into the tree, with the places it knows nothing of.
//!
//! The tree builder of html5ever decides what becomes of each token; it asks
//! for elements and text while it works on one. So the token's places wait
//! here, and what is made from the token picks them up.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::{HashMap, HashSet};

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{TagKind, Token};
use html5ever::{Attribute as Raw, QualName};

use super::token::{Lexeme, Place};
use super::tree::{Attribute, Element, Kind, NodeId, Tree};
use super::{Decoded, Span};

pub(super) struct Builder {
    pub tree: RefCell<Tree>,
    now: RefCell<Now>,
    /// The attributes of `<html>` and `<body>`, once later tags have added to them.
    grown: RefCell<HashMap<NodeId, HashSet<QualName>>>,
}

/// The token that the tree builder works on.
#[derive(Default)]
struct Now {
    span: Option<Span>,
    tag: Option<(TagKind, String)>,
    places: Vec<Place>,
    text: Decoded,
    /// How much of the text has been put into the tree.
    used: usize,
    /// Whether the element of this tag has been made.
    made: bool,
}

impl Builder {
    pub fn new() -> Self {
        let tree = RefCell::new(Tree::new());
        Self { tree, now: RefCell::default(), grown: RefCell::default() }
    }

    /// Takes the places of a token that is about to be handed to the tree builder.
    pub fn prepare(&self, lexeme: &mut Lexeme) {
        let tag = match &lexeme.token {
            Token::TagToken(tag) => Some((tag.kind, tag.name.to_ascii_lowercase().to_string())),
            _ => None,
        };
        *self.now.borrow_mut() = Now {
            span: Some(lexeme.span),
            tag,
            places: std::mem::take(&mut lexeme.places),
            text: std::mem::take(&mut lexeme.decoded),
            used: 0,
            made: false,
        };
    }

    /// Puts text behind what is there, or a node.
    fn put(&self, parent: NodeId, before: Option<NodeId>, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(id) => self.tree.borrow_mut().insert(parent, before, id),
            NodeOrText::AppendText(text) => self.put_text(parent, before, &text),
        }
    }

    fn put_text(&self, parent: NodeId, before: Option<NodeId>, text: &str) {
        let decoded = self.now.borrow_mut().take_text(text);
        let mut tree = self.tree.borrow_mut();
        let neighbour = match before {
            Some(sibling) => tree.get(sibling).and_then(|node| node.previous),
            None => tree.get(parent).and_then(|node| node.last),
        };
        if let Some(old) = neighbour.and_then(|id| tree.text_mut(id)) {
            old.append(&decoded);
            return;
        }
        let id = tree.add(Kind::Text(decoded));
        tree.insert(parent, before, id);
    }
}

impl Now {
    /// The part of the token's text that this is; text kept from earlier tokens has lost its place.
    fn take_text(&mut self, text: &str) -> Decoded {
        let rest = self.text.text().get(self.used..).unwrap_or_default();
        // Nearly always all of it is taken in order, and to search for a whole script is slow.
        let found = if rest.starts_with(text) { Some(0) } else { rest.find(text) };
        let Some(skipped) = found else {
            let span = self.span.unwrap_or(Span::new(0, 0));
            let mut lost = Decoded::default();
            lost.push(text, span.start);
            lost.close(span.end);
            return lost;
        };
        let start = self.used + skipped;
        self.used = start + text.len();
        self.text.slice(start, self.used)
    }

    /// Whether the element about to be made is the one this tag asks for, and not a copy of an older one.
    fn is_own(&mut self, name: &QualName, attributes: &[Raw]) -> bool {
        let own = !self.made
            && self.tag.as_ref().is_some_and(|(kind, tag)| {
                *kind == TagKind::StartTag && (*name.local).eq_ignore_ascii_case(tag)
            })
            && attributes.len() == self.places.len()
            && attributes.iter().zip(&self.places).all(|(a, p)| *a.value == *p.value.text());
        self.made |= own;
        own
    }
}

/// What an attribute takes, its value and itself.
fn weight(attribute: &Attribute) -> usize {
    size_of::<Attribute>() + attribute.value.len()
}

impl TreeSink for Builder {
    type Handle = NodeId;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        Tree::DOCUMENT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        static NONE: std::sync::LazyLock<QualName> =
            std::sync::LazyLock::new(|| QualName::new(None, "".into(), "".into()));
        Ref::map(self.tree.borrow(), |tree| {
            tree.element(*target).map_or(&*NONE, |element| &element.name)
        })
    }

    fn create_element(&self, name: QualName, raw: Vec<Raw>, flags: ElementFlags) -> NodeId {
        let mut now = self.now.borrow_mut();
        let own = now.is_own(&name, &raw);
        let mut places = if own { now.places.clone() } else { Vec::new() }.into_iter();
        let attributes: Vec<_> = raw
            .into_iter()
            .map(|a| Attribute { name: a.name, value: a.value.to_string(), place: places.next() })
            .collect();
        let mut tree = self.tree.borrow_mut();
        if !own {
            tree.copied += attributes.iter().map(weight).sum::<usize>();
        }
        let content = flags.template.then(|| tree.add(Kind::Fragment));
        tree.add(Kind::Element(Element {
            name,
            attributes,
            start_tag: now.span.filter(|_| own),
            end_tag: None,
            content,
            integration_point: flags.mathml_annotation_xml_integration_point,
        }))
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        let span = self.now.borrow().span.unwrap_or(Span::new(0, 0));
        self.tree.borrow_mut().add(Kind::Comment(span))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.create_comment(StrTendril::new())
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.put(*parent, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let parent = self.tree.borrow().get(*element).and_then(|node| node.parent);
        match parent {
            Some(parent) => self.put(parent, Some(*element), child),
            None => self.put(*previous, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {
        let span = self.now.borrow().span.unwrap_or(Span::new(0, 0));
        let mut tree = self.tree.borrow_mut();
        let id = tree.add(Kind::Doctype(span));
        tree.insert(Tree::DOCUMENT, None, id);
    }

    fn pop(&self, id: &NodeId) {
        let now = self.now.borrow();
        let Some((TagKind::EndTag, name)) = &now.tag else { return };
        let mut tree = self.tree.borrow_mut();
        if let Some(element) = tree.element_mut(*id)
            && element.end_tag.is_none()
            && element.name().eq_ignore_ascii_case(name)
        {
            element.end_tag = now.span;
        }
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        let tree = self.tree.borrow();
        tree.element(*target).and_then(|element| element.content).unwrap_or(*target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    /// A root that stays a template is made once, from the tag that says where it is written.
    fn allow_declarative_shadow_roots(&self, _: &NodeId) -> bool {
        false
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let parent = self.tree.borrow().get(*sibling).and_then(|node| node.parent);
        if let Some(parent) = parent {
            self.put(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, raw: Vec<Raw>) {
        let now = self.now.borrow();
        let mut tree = self.tree.borrow_mut();
        let Some(element) = tree.element_mut(*target) else { return };
        let mut grown = self.grown.borrow_mut();
        let names = grown.entry(*target).or_insert_with(|| {
            element.attributes.iter().map(|attribute| attribute.name.clone()).collect()
        });
        // The places stand in the order of the tag's attributes, some of which are gone.
        let mut places = now.places.iter();
        for attribute in raw {
            let place = places.find(|place| *place.value.text() == *attribute.value).cloned();
            if !names.insert(attribute.name.clone()) {
                continue;
            }
            let value = attribute.value.to_string();
            element.attributes.push(Attribute { name: attribute.name, value, place });
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut tree = self.tree.borrow_mut();
        while let Some(first) = tree.get(*node).and_then(|node| node.first) {
            tree.insert(*new_parent, None, first);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, id: &NodeId) -> bool {
        self.tree.borrow().element(*id).is_some_and(|element| element.integration_point)
    }
}
