//! What colours cost, in process: no key waits for them, but the eye does.

use std::time::Instant;

use codeagent::tui::highlight::{LineHighlighter, PageSyntax};

use crate::server::page;
use crate::table::{Row, Unit, median, milliseconds, percentile};

/// As many lines as a screen shows.
const SCREEN: usize = 40;

pub fn colours() {
    let page = page(20_000 * 68);
    let first: Vec<_> = (0..5).map(|_| first_screen(&page)).collect();
    Row::new(
        "first screen of 20,000 lines in colours",
        Unit::Milliseconds,
        median(&first),
        0.03,
        0.01,
    )
    .print();
    let lines = each_line(&page);
    let (half, most) = (percentile(&lines, 0.5), percentile(&lines, 0.99));
    Row {
        told: Some(format!("{} · {}", milliseconds(half), milliseconds(most))),
        ..Row::new("colours of a streamed line, p50 · p99", Unit::Milliseconds, most, 5e-4, 2e-5)
    }
    .print();
}

/// With the syntaxes, which are loaded then.
fn first_screen(page: &str) -> f64 {
    let began = Instant::now();
    let brush = PageSyntax::new();
    let pen = LineHighlighter::new(&brush);
    let mut stand = pen.initial_state();
    let runs: usize =
        page.lines().take(SCREEN).map(|line| pen.highlight_line(&mut stand, line).len()).sum();
    assert!(runs > SCREEN, "nothing was coloured");
    began.elapsed().as_secs_f64()
}

fn each_line(page: &str) -> Vec<f64> {
    let brush = PageSyntax::new();
    let pen = LineHighlighter::new(&brush);
    let mut stand = pen.initial_state();
    let mut time = |line| {
        let began = Instant::now();
        std::hint::black_box(pen.highlight_line(&mut stand, line));
        began.elapsed().as_secs_f64()
    };
    page.lines().take(2_000).map(&mut time).collect()
}
