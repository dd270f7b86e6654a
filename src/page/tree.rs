//! The tree of a page: elements, attributes and text with their spans.

use std::cell::Cell;

use html5ever::{LocalName, QualName, ns};

use super::token::AttributePlace;
use super::{DecodedText, Span};

/// The id of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct NodeId(pub(super) usize);

/// A node with the ids of its neighbours; `None` where there is no such neighbour.
#[derive(Debug)]
pub(super) struct PageNode {
    pub parent: Option<NodeId>,
    pub previous: Option<NodeId>,
    pub next: Option<NodeId>,
    pub first: Option<NodeId>,
    pub last: Option<NodeId>,
    /// Its depth when inserted.
    pub depth: usize,
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum NodeKind {
    Document,
    /// The content of a template: not part of the document until a script copies it.
    Fragment,
    Doctype(Span),
    Comment(Span),
    Text(DecodedText),
    Element(Element),
}

/// An element.
#[derive(Debug)]
pub struct Element {
    pub(super) name: QualName,
    pub attributes: Vec<Attribute>,
    /// Its start tag. `None` if the parser implied or copied it.
    pub start_tag: Option<Span>,
    /// Its end tag, for elements such as scripts and styles that only their own end tag ends.
    pub end_tag: Option<Span>,
    pub(super) content: Option<NodeId>,
    pub(super) integration_point: bool,
}

/// An attribute of an element.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub(super) name: QualName,
    /// The value as the browser sees it.
    pub value: String,
    /// Where it is written. `None` if the parser copied the element.
    pub place: Option<AttributePlace>,
}

/// The namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    Html,
    Svg,
    MathMl,
    Other,
}

impl Element {
    /// Its name, in lower case for HTML.
    pub fn name(&self) -> &str {
        &self.name.local
    }

    /// The namespace: HTML, SVG or math markup.
    pub fn language(&self) -> Namespace {
        match self.name.ns {
            ns!(html) => Namespace::Html,
            ns!(svg) => Namespace::Svg,
            ns!(mathml) => Namespace::MathMl,
            _ => Namespace::Other,
        }
    }

    /// Whether it is the HTML element with this name.
    pub fn is(&self, name: &str) -> bool {
        self.language() == Namespace::Html && self.name() == name
    }

    /// The attribute with this name, `xlink:href` by its full name. `None` if there is none.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.is(name))
    }

    /// The value of an attribute. `None` without the attribute.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| attribute.value.as_str())
    }
}

impl Attribute {
    /// Its name with its prefix.
    pub fn name(&self) -> String {
        match &self.name.prefix {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}:{}", self.name.local),
            _ => self.name.local.to_string(),
        }
    }

    /// Its name without a prefix.
    pub fn local(&self) -> &LocalName {
        &self.name.local
    }

    fn is(&self, name: &str) -> bool {
        match (name.split_once(':'), &self.name.prefix) {
            (Some((prefix, local)), Some(own)) => **own == *prefix && *self.name.local == *local,
            (None, None) => *self.name.local == *name,
            _ => false,
        }
    }
}

/// All nodes of a page, the document first.
#[derive(Debug)]
pub(super) struct PageTree {
    pub nodes: Vec<PageNode>,
    /// The greatest depth of an inserted node.
    pub max_depth: Cell<usize>,
    /// Bytes of the attributes of elements that are not in the source.
    pub copied_bytes: usize,
}

impl PageTree {
    pub const DOCUMENT: NodeId = NodeId(0);

    /// A tree with nothing but the document.
    pub fn new() -> Self {
        let mut tree = Self { nodes: Vec::new(), max_depth: Cell::new(0), copied_bytes: 0 };
        tree.add(NodeKind::Document);
        tree
    }

    /// Adds a node that has no parent yet.
    pub fn add(&mut self, kind: NodeKind) -> NodeId {
        let id = NodeId(self.nodes.len());
        let (parent, previous, next, first, last) = (None, None, None, None, None);
        self.nodes.push(PageNode { parent, previous, next, first, last, depth: 0, kind });
        id
    }

    /// The node with this id.
    pub fn get(&self, id: NodeId) -> Option<&PageNode> {
        self.nodes.get(id.0)
    }

    fn edit(&mut self, id: Option<NodeId>, change: impl FnOnce(&mut PageNode)) {
        if let Some(node) = id.and_then(|id| self.nodes.get_mut(id.0)) {
            change(node);
        }
    }

    /// The element with this id. `None` if the node is something else.
    pub fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.get(id)?.kind {
            NodeKind::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The element with this id, to be changed. `None` if the node is something else.
    pub fn element_mut(&mut self, id: NodeId) -> Option<&mut Element> {
        match &mut self.nodes.get_mut(id.0)?.kind {
            NodeKind::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The text with this id, to be changed. `None` if the node is something else.
    pub fn text_mut(&mut self, id: NodeId) -> Option<&mut DecodedText> {
        match &mut self.nodes.get_mut(id.0)?.kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes a node out of its parent; it keeps its children.
    pub fn detach(&mut self, id: NodeId) {
        let Some(node) = self.get(id) else { return };
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        match previous {
            Some(_) => self.edit(previous, |node| node.next = next),
            None => self.edit(parent, |node| node.first = next),
        }
        match next {
            Some(_) => self.edit(next, |node| node.previous = previous),
            None => self.edit(parent, |node| node.last = previous),
        }
        self.edit(Some(id), |node| {
            (node.parent, node.previous, node.next) = (None, None, None);
        });
    }

    /// Inserts a node as the last child or before a sibling.
    pub fn insert(&mut self, parent: NodeId, before: Option<NodeId>, id: NodeId) {
        self.detach(id);
        let Some(under) = self.get(parent) else { return };
        let (depth, last) = (under.depth + 1, under.last);
        let previous = match before {
            Some(sibling) => self.get(sibling).and_then(|node| node.previous),
            None => last,
        };
        self.max_depth.set(self.max_depth.get().max(depth));
        self.edit(Some(id), |node| {
            node.parent = Some(parent);
            node.previous = previous;
            node.next = before;
            node.depth = depth;
        });
        match previous {
            Some(_) => self.edit(previous, |node| node.next = Some(id)),
            None => self.edit(Some(parent), |node| node.first = Some(id)),
        }
        match before {
            Some(_) => self.edit(before, |node| node.previous = Some(id)),
            None => self.edit(Some(parent), |node| node.last = Some(id)),
        }
    }

    /// The children of a node, in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = self.get(id).and_then(|node| node.first);
        std::iter::successors(first, |id| self.get(*id).and_then(|node| node.next))
    }
}
