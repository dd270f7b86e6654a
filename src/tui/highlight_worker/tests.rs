//! What is looked at comes first, and in the end every line is exact.

use std::cell::RefCell;

use proptest::prelude::*;

use super::*;
use crate::tui::theme::TokenKind;

fn lines(generation: u64, first: usize, lines: &[String]) -> HighlightRequest {
    HighlightRequest::Lines(PendingLines { generation, first, lines: lines.to_vec() })
}

fn viewport(generation: u64, first: usize, count: usize) -> HighlightRequest {
    HighlightRequest::Viewport(LineRange { generation, first, count })
}

fn in_order(syntax: &PageSyntax, page: &[String]) -> Vec<StyledRanges> {
    let highlighter = LineHighlighter::new(syntax);
    let mut state = highlighter.initial_state();
    page.iter().map(|line| highlighter.highlight_line(&mut state, line)).collect()
}

/// What the screen has in the end; `None` where nothing came.
fn apply(lines: &mut Vec<Option<StyledRanges>>, batch: HighlightBatch) {
    for (offset, line) in batch.lines.into_iter().enumerate() {
        let at = batch.first + offset;
        lines.resize(lines.len().max(at + 1), None);
        lines[at] = Some(line);
    }
}

/// A page whose script has so many lines of code.
fn page(code: usize) -> Vec<String> {
    let head = ["<html>", "<style>", "p { color: red }", "</style>", "<script>"].map(str::to_owned);
    let code = (0..code).map(|i| format!("const ghost{i} = {i}; // boo"));
    head.into_iter().chain(code).collect()
}

#[test]
fn a_window_far_ahead_comes_before_the_rest_and_in_colours() {
    let syntax = PageSyntax::new();
    let page = page(3_000);
    let mut buffer = HighlightBuffer::new(&syntax);
    buffer.accept(lines(1, 0, &page));
    buffer.accept(viewport(1, 2_900, 40));
    let batch = buffer.next_batch().unwrap();
    assert_eq!((batch.first, batch.lines.len()), (2_900, 40));
    assert_eq!(batch.lines, in_order(&syntax, &page)[2_900..2_940], "it was guessed right");
    let next = buffer.next_batch().unwrap();
    assert_eq!((next.first, next.lines.len()), (0, CHECKPOINT_INTERVAL), "then all in order");
}

#[test]
fn a_window_soon_reached_is_left_to_the_order() {
    let syntax = PageSyntax::new();
    let mut buffer = HighlightBuffer::new(&syntax);
    buffer.accept(lines(1, 0, &page(3_000)));
    buffer.accept(viewport(1, MAX_LEAD_LINES, 40));
    assert_eq!(buffer.next_batch().unwrap().first, 0);
}

/// Drives the thread's own function: the request comes while the page is worked on.
#[test]
fn a_wish_is_heard_between_two_deliveries() {
    let (sender, requests) = mpsc::channel();
    sender.send(lines(1, 0, &page(2_000))).unwrap();
    let sender = RefCell::new(Some(sender));
    let firsts = RefCell::new(Vec::new());
    run_worker(&requests, &|batch| {
        firsts.borrow_mut().push(batch.first);
        match firsts.borrow().len() {
            2 => {
                let viewports =
                    [viewport(1, 800, 40), viewport(7, 900, 40), viewport(1, 1_900, 40)];
                let sender = sender.borrow();
                for request in viewports {
                    sender.as_ref().unwrap().send(request).unwrap();
                }
            }
            3 => drop(sender.borrow_mut().take()),
            _ => {}
        }
    });
    let firsts = firsts.into_inner();
    assert_eq!(
        firsts[..4],
        [0, CHECKPOINT_INTERVAL, 1_900, 2 * CHECKPOINT_INTERVAL],
        "the newest wish, and none of others"
    );
    assert!(firsts[3..].is_sorted());
    assert_eq!(firsts.len(), page(2_000).len().div_ceil(CHECKPOINT_INTERVAL) + 1);
}

#[test]
fn another_page_ends_the_work_on_the_one_before() {
    let syntax = PageSyntax::new();
    let mut buffer = HighlightBuffer::new(&syntax);
    buffer.accept(lines(1, 0, &page(2_000)));
    buffer.accept(viewport(1, 1_900, 40));
    buffer.accept(lines(2, 0, &page(1)));
    let batches: Vec<_> = std::iter::from_fn(|| buffer.next_batch()).collect();
    assert_eq!(batches.len(), 1);
    assert_eq!((batches[0].generation, batches[0].lines.len()), (2, 6));
}

/// A comment that begins far ahead cannot be guessed, and was seen before.
#[test]
fn a_page_that_begins_alike_is_exact_at_once() {
    let syntax = PageSyntax::new();
    let mut before = page(1_000);
    before[300] = "/* all is quiet".to_owned();
    let mut buffer = HighlightBuffer::new(&syntax);
    buffer.accept(lines(1, 0, &before));
    buffer.accept(viewport(1, 900, 1));
    assert_eq!(buffer.next_batch().unwrap().lines[0][0].0, TokenKind::Keyword, "a guess");
    while buffer.next_batch().is_some() {}
    let mut now = before;
    now[950] = "changed */ let x;".to_owned();
    buffer.accept(lines(2, 0, &now));
    buffer.accept(viewport(2, 900, 60));
    let batch = buffer.next_batch().unwrap();
    assert_eq!(batch.first, 900);
    assert_eq!(batch.lines, in_order(&syntax, &now)[900..960]);
    // Behind the change nothing is known any more.
    assert!(buffer.checkpoints.len() <= 950 / CHECKPOINT_INTERVAL + 1);
}

#[test]
fn a_tag_is_found_however_it_is_written() {
    for line in ["<script>", "x</SCRIPT >", "<p><Style media=x>", "< <</style"] {
        assert!(switches_language(line), "{line}");
    }
    for line in ["script", "<scrip", "<", "</", "<p style>", "幽<", "<幽script"] {
        assert!(!switches_language(line), "{line}");
    }
}

fn any_line() -> impl Strategy<Value = String> {
    let lines = [
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<p id=\"a\">",
        "/*",
        "*/",
        "`",
        "let a = `${",
        "}`;",
        "a { color: red }",
        "const ghost = 'boo'; // 👻",
        "",
        "<!--",
        "-->",
        "function f() {",
        "}",
    ];
    prop_oneof![
        8 => prop::sample::select(lines.to_vec()).prop_map(str::to_owned),
        1 => Just(format!("const long = '{}", "幽".repeat(300))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Pieces come as a stream, requests at any time, and the page changes once.
    #[test]
    fn in_the_end_it_is_as_if_coloured_in_order(
        page in prop::collection::vec(any_line(), 1..700),
        cuts in prop::collection::vec((0_usize..700, 0_usize..900, 0_usize..80, 0_usize..4), 1..6),
        change in 0_usize..700,
    ) {
        let syntax = PageSyntax::new();
        let mut buffer = HighlightBuffer::new(&syntax);
        let mut changed = page.clone();
        if let Some(line) = changed.get_mut(change) {
            "<script>`".clone_into(line);
        }
        for (generation, page) in [(1, &page), (2, &changed)] {
            let mut colored = Vec::new();
            let mut sent = 0;
            for (piece, first, count, steps) in &cuts {
                let end = (sent + piece).min(page.len());
                buffer.accept(lines(generation, sent, &page[sent..end]));
                sent = end;
                buffer.accept(viewport(generation, *first, *count));
                (0..*steps).filter_map(|_| buffer.next_batch()).for_each(|batch| apply(&mut colored, batch));
            }
            buffer.accept(lines(generation, sent, &page[sent..]));
            while let Some(batch) = buffer.next_batch() {
                prop_assert_eq!(batch.generation, generation);
                apply(&mut colored, batch);
            }
            let colored: Vec<_> = colored.into_iter().map(Option::unwrap_or_default).collect();
            prop_assert_eq!(colored, in_order(&syntax, page));
        }
    }
}
