//! Builds the tree from html5ever's tree builder and adds source spans, which that does not know.
//!
//! The tree builder decides what each token becomes, and requests elements and text while it
//! processes one. So the spans of the current token are kept here and attached to what is made from
//! it.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::{HashMap, HashSet};

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{TagKind, Token};
use html5ever::{Attribute as Raw, QualName};

use super::token::{AttributePlace, SpannedToken};
use super::tree::{Attribute, Element, NodeId, NodeKind, PageTree};
use super::{DecodedText, Span};

/// Builds the tree as html5ever directs it, with the positions of the tokens.
pub(super) struct SpannedTreeSink {
    pub tree: RefCell<PageTree>,
    current: RefCell<CurrentToken>,
    /// The attributes of `<html>` and `<body>`, once later tags have added some.
    extended_attributes: RefCell<HashMap<NodeId, HashSet<QualName>>>,
}

/// The token being processed.
#[derive(Default)]
struct CurrentToken {
    span: Option<Span>,
    tag: Option<(TagKind, String)>,
    places: Vec<AttributePlace>,
    text: DecodedText,
    /// Bytes of the text already in the tree.
    used_bytes: usize,
    /// Whether the element of this tag was created.
    has_made_element: bool,
}

impl SpannedTreeSink {
    /// A sink with an empty document.
    pub fn new() -> Self {
        let tree = RefCell::new(PageTree::new());
        Self { tree, current: RefCell::default(), extended_attributes: RefCell::default() }
    }

    /// Keeps the spans of a token before the tree builder processes it.
    pub fn set_token(&self, lexeme: &mut SpannedToken) {
        let tag = match &lexeme.token {
            Token::TagToken(tag) => Some((tag.kind, tag.name.to_ascii_lowercase().to_string())),
            _ => None,
        };
        *self.current.borrow_mut() = CurrentToken {
            span: Some(lexeme.span),
            tag,
            places: std::mem::take(&mut lexeme.places),
            text: std::mem::take(&mut lexeme.decoded),
            used_bytes: 0,
            has_made_element: false,
        };
    }

    /// Appends text to existing text, or a node.
    fn append_child(&self, parent: NodeId, before: Option<NodeId>, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(id) => self.tree.borrow_mut().insert(parent, before, id),
            NodeOrText::AppendText(text) => self.append_text(parent, before, &text),
        }
    }

    fn append_text(&self, parent: NodeId, before: Option<NodeId>, text: &str) {
        let decoded = self.current.borrow_mut().take_text(text);
        let mut tree = self.tree.borrow_mut();
        let neighbour = match before {
            Some(sibling) => tree.get(sibling).and_then(|node| node.previous),
            None => tree.get(parent).and_then(|node| node.last),
        };
        if let Some(old) = neighbour.and_then(|id| tree.text_mut(id)) {
            old.append(&decoded);
            return;
        }
        let id = tree.add(NodeKind::Text(decoded));
        tree.insert(parent, before, id);
    }
}

impl CurrentToken {
    /// The part of the token's text equal to `text`; text kept from earlier tokens has lost its
    /// span.
    fn take_text(&mut self, text: &str) -> DecodedText {
        let rest = self.text.text().get(self.used_bytes..).unwrap_or_default();
        // Nearly always it is taken in order, and searching a whole script is slow.
        let found = if rest.starts_with(text) { Some(0) } else { rest.find(text) };
        let Some(skipped) = found else {
            let span = self.span.unwrap_or(Span::new(0, 0));
            let mut lost = DecodedText::default();
            lost.push(text, span.start);
            lost.end_at(span.end);
            return lost;
        };
        let start = self.used_bytes + skipped;
        self.used_bytes = start + text.len();
        self.text.slice(start, self.used_bytes)
    }

    /// Whether the next element is the one of this tag and not a copy of an older one.
    fn is_from_tag(&mut self, name: &QualName, attributes: &[Raw]) -> bool {
        let is_from_token = !self.has_made_element
            && self.tag.as_ref().is_some_and(|(kind, tag)| {
                *kind == TagKind::StartTag && (*name.local).eq_ignore_ascii_case(tag)
            })
            && attributes.len() == self.places.len()
            && attributes.iter().zip(&self.places).all(|(a, p)| *a.value == *p.value.text());
        self.has_made_element |= is_from_token;
        is_from_token
    }
}

/// Bytes of an attribute and its value.
fn attribute_bytes(attribute: &Attribute) -> usize {
    size_of::<Attribute>() + attribute.value.len()
}

impl TreeSink for SpannedTreeSink {
    type Handle = NodeId;
    type Output = PageTree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> PageTree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        PageTree::DOCUMENT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        static NONE: std::sync::LazyLock<QualName> =
            std::sync::LazyLock::new(|| QualName::new(None, "".into(), "".into()));
        Ref::map(self.tree.borrow(), |tree| {
            tree.element(*target).map_or(&*NONE, |element| &element.name)
        })
    }

    fn create_element(&self, name: QualName, raw: Vec<Raw>, flags: ElementFlags) -> NodeId {
        let mut now = self.current.borrow_mut();
        let is_from_token = now.is_from_tag(&name, &raw);
        let mut places = if is_from_token { now.places.clone() } else { Vec::new() }.into_iter();
        let attributes: Vec<_> = raw
            .into_iter()
            .map(|a| Attribute { name: a.name, value: a.value.to_string(), place: places.next() })
            .collect();
        let mut tree = self.tree.borrow_mut();
        if !is_from_token {
            tree.copied_bytes += attributes.iter().map(attribute_bytes).sum::<usize>();
        }
        let content = flags.template.then(|| tree.add(NodeKind::Fragment));
        tree.add(NodeKind::Element(Element {
            name,
            attributes,
            start_tag: now.span.filter(|_| is_from_token),
            end_tag: None,
            content,
            integration_point: flags.mathml_annotation_xml_integration_point,
        }))
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        let span = self.current.borrow().span.unwrap_or(Span::new(0, 0));
        self.tree.borrow_mut().add(NodeKind::Comment(span))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.create_comment(StrTendril::new())
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.append_child(*parent, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let parent = self.tree.borrow().get(*element).and_then(|node| node.parent);
        match parent {
            Some(parent) => self.append_child(parent, Some(*element), child),
            None => self.append_child(*previous, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {
        let span = self.current.borrow().span.unwrap_or(Span::new(0, 0));
        let mut tree = self.tree.borrow_mut();
        let id = tree.add(NodeKind::Doctype(span));
        tree.insert(PageTree::DOCUMENT, None, id);
    }

    fn pop(&self, id: &NodeId) {
        let now = self.current.borrow();
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

    /// A shadow root that stays a template is created once, from its tag.
    fn allow_declarative_shadow_roots(&self, _: &NodeId) -> bool {
        false
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let parent = self.tree.borrow().get(*sibling).and_then(|node| node.parent);
        if let Some(parent) = parent {
            self.append_child(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, raw: Vec<Raw>) {
        let now = self.current.borrow();
        let mut tree = self.tree.borrow_mut();
        let Some(element) = tree.element_mut(*target) else { return };
        let mut grown = self.extended_attributes.borrow_mut();
        let names = grown.entry(*target).or_insert_with(|| {
            element.attributes.iter().map(|attribute| attribute.name.clone()).collect()
        });
        // The spans are in the order of the tag's attributes, some of which were dropped.
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
