//! Parses a document into a tree by the WHATWG algorithm.

use html5ever::interface::TreeSink as _;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{TagKind, Token, TokenSink as _, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};

use super::token::{SpannedToken, TextMode, TokenContent, Tokenizer};
use super::tree::{Element, NodeId, NodeKind, PageTree};
use super::tree_sink::SpannedTreeSink;
use super::{DecodedText, Span};

/// Nesting depth at which parsing stops; no person writes deeper pages.
pub const MAX_DEPTH: usize = 512;

/// Bytes of attributes the parser may duplicate.
const MAX_COPIED_BYTES: usize = 16 << 20;

/// A page as the browser parses it.
#[derive(Debug)]
pub struct HtmlPage {
    source: String,
    tree: PageTree,
    /// All elements in document order, with those in templates.
    elements: Vec<NodeId>,
    /// The effective `</body>` and `</html>`.
    body_end: Option<Span>,
    html_end: Option<Span>,
    /// Where parsing stopped because the page was too deep or duplicated too much. `None` if it did
    /// not.
    truncated_at: Option<Span>,
}

impl HtmlPage {
    /// Parses a page. Never fails; a page beyond the limits is parsed up to them.
    pub fn parse(source: &str) -> Self {
        let mut tokenizer = Tokenizer::new(source);
        let builder = TreeBuilder::new(SpannedTreeSink::new(), TreeBuilderOpts::default());
        let (mut body_end, mut html_end, mut stopped) = (None, None, None);
        // The parser copies open formatting elements into each paragraph: a page can request far
        // more than it contains.
        let max_copied = source.len() / 2 + 50_000;
        loop {
            let foreign = builder.adjusted_current_node_present_but_not_in_html_namespace();
            let content = if foreign { TokenContent::Foreign } else { TokenContent::Html };
            let Some(lexeme) = tokenizer.next(content) else { break };
            match end_tag_name(&lexeme) {
                Some("body") => body_end = Some(lexeme.span),
                Some("html") => html_end = Some(lexeme.span),
                _ => {}
            }
            let span = lexeme.span;
            process_token(&builder, &mut tokenizer, lexeme);
            let tree = builder.sink.tree.borrow();
            let copied = tree.nodes.len() > max_copied || tree.copied_bytes > MAX_COPIED_BYTES;
            if tree.max_depth.get() > MAX_DEPTH || copied {
                stopped = Some(span);
                break;
            }
        }
        let _ = builder.process_token(Token::EOFToken, 1);
        builder.end();
        let tree = builder.sink.finish();
        let mut page = Self {
            source: source.to_owned(),
            tree,
            elements: Vec::new(),
            body_end,
            html_end,
            truncated_at: stopped,
        };
        page.elements = page.collect_elements();
        page
    }

    /// The parsed tree.
    pub(super) fn tree(&self) -> &PageTree {
        &self.tree
    }

    /// The text that was parsed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where parsing stopped. `None` if the page was parsed completely.
    pub fn truncated_at(&self) -> Option<Span> {
        self.truncated_at
    }

    /// The effective `</body>`. `None` if there is none.
    pub fn body_end(&self) -> Option<Span> {
        self.body_end
    }

    /// The effective `</html>`. `None` if there is none.
    pub fn html_end(&self) -> Option<Span> {
        self.html_end
    }

    /// All elements in document order, with those in templates.
    pub fn elements(&self) -> impl Iterator<Item = (NodeId, &Element)> {
        self.elements.iter().filter_map(|id| Some((*id, self.tree.element(*id)?)))
    }

    /// The first HTML element with this name. `None` if there is none.
    pub fn first_element(&self, name: &str) -> Option<(NodeId, &Element)> {
        self.elements().find(|(_, element)| element.is(name))
    }

    /// The effective doctype. `None` if there is none.
    pub fn doctype(&self) -> Option<Span> {
        self.tree.children(PageTree::DOCUMENT).find_map(|id| match self.tree.get(id)?.kind {
            NodeKind::Doctype(span) => Some(span),
            _ => None,
        })
    }

    /// The spans of all comments.
    pub fn comments(&self) -> impl Iterator<Item = Span> {
        self.tree.nodes.iter().filter_map(|node| match node.kind {
            NodeKind::Comment(span) => Some(span),
            _ => None,
        })
    }

    /// The text of each style element.
    pub fn styles(&self) -> impl Iterator<Item = DecodedText> {
        let styles = self.elements().filter(|(_, element)| element.name() == "style");
        styles.map(|(id, _)| self.child_text(id))
    }

    /// The text of an element's own text nodes, mapped to the source.
    pub fn child_text(&self, id: NodeId) -> DecodedText {
        let mut text = DecodedText::default();
        for child in self.tree.children(id) {
            if let Some(NodeKind::Text(part)) = self.tree.get(child).map(|node| &node.kind) {
                text.append(part);
            }
        }
        text
    }

    /// The text of an element and its descendants.
    pub fn descendant_text(&self, id: NodeId) -> String {
        let mut text = String::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            match self.tree.get(id).map(|node| &node.kind) {
                Some(NodeKind::Text(part)) => text.push_str(part.text()),
                Some(_) => {
                    let children: Vec<_> = self.tree.children(id).collect();
                    open.extend(children.into_iter().rev());
                }
                None => {}
            }
        }
        text
    }

    /// The parent element. `None` for a root.
    pub fn parent(&self, id: NodeId) -> Option<(NodeId, &Element)> {
        let parent = self.tree.get(id)?.parent?;
        Some((parent, self.tree.element(parent)?))
    }

    /// Whether an element is in a template, so that no script finds it in the document.
    pub fn is_in_template(&self, id: NodeId) -> bool {
        let up = |id: &NodeId| self.tree.get(*id).and_then(|node| node.parent);
        let top = std::iter::successors(Some(id), up).last();
        top != Some(PageTree::DOCUMENT)
    }

    fn collect_elements(&self) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut open = vec![PageTree::DOCUMENT];
        while let Some(id) = open.pop() {
            let mut children: Vec<_> = self.tree.children(id).collect();
            if let Some(element) = self.tree.element(id) {
                found.push(id);
                children.extend(element.content);
            }
            open.extend(children.into_iter().rev());
        }
        found
    }
}

fn end_tag_name(lexeme: &SpannedToken) -> Option<&str> {
    match &lexeme.token {
        Token::TagToken(tag) if tag.kind == TagKind::EndTag => Some(&tag.name),
        _ => None,
    }
}

/// Lets the tree builder process a token and sets the tokenizer's mode accordingly.
fn process_token(
    builder: &TreeBuilder<NodeId, SpannedTreeSink>,
    tokenizer: &mut Tokenizer<'_>,
    mut lexeme: SpannedToken,
) {
    builder.sink.set_token(&mut lexeme);
    match builder.process_token(lexeme.token, 1) {
        TokenSinkResult::Plaintext => tokenizer.mode = TextMode::Plaintext,
        TokenSinkResult::RawData(RawKind::Rcdata) => tokenizer.mode = TextMode::Rcdata,
        TokenSinkResult::RawData(RawKind::Rawtext) => tokenizer.mode = TextMode::Rawtext,
        TokenSinkResult::RawData(RawKind::ScriptData | RawKind::ScriptDataEscaped(_)) => {
            tokenizer.mode = TextMode::Script;
        }
        TokenSinkResult::Script(_) => tokenizer.mode = TextMode::Data,
        TokenSinkResult::Continue | TokenSinkResult::EncodingIndicator(_) => {}
    }
}
