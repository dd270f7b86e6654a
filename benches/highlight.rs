//! How long it takes until code has its colours.

use std::hint::black_box;

use codeagent::tui::highlight::PageSyntax;
use codeagent::tui::highlight_worker::{
    HighlightBatch, HighlightBuffer, HighlightRequest, LineRange, PendingLines,
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// A game of so many lines, in the style that models write.
fn page(count: usize) -> Vec<String> {
    let head = "<!DOCTYPE html>\n<html>\n<head>\n<title>Ghosts</title>\n<style>\n\
                body { margin: 0; background: linear-gradient(#000, #213) }\n</style>\n</head>\n\
                <body>\n<canvas width=\"400\" height=\"300\"></canvas>\n<script>\n";
    let part = |i: usize| {
        format!(
            "class Ghost{i} {{\n  constructor(x, y) {{ this.x = x; this.y = y; this.alive = true; }}\n  \
             update(dt) {{\n    const speed = Math.sin(performance.now() / 1000) * {i} + dt;\n    \
             this.x += speed; if (this.x > canvas.width) {{ this.x = 0; score += 1; }}\n    \
             document.getElementById('score').textContent = `Score: ${{score}}`;\n  }}\n  // boo\n  \
             draw() {{ ctx.fillStyle = 'rgba(200, 200, 255, 0.8)'; ctx.fillRect(this.x, this.y, 8, 8); }}\n}}\n\
             ghosts.push(new Ghost{i}(10 * {i}, 20));\n"
        )
    };
    let script = (0..count / 10).map(part).collect::<String>();
    format!("{head}{script}").lines().take(count).map(str::to_owned).collect()
}

fn lines(first: usize, lines: Vec<String>) -> HighlightRequest {
    HighlightRequest::Lines(PendingLines { generation: 1, first, lines })
}

/// Opens a page and looks at its last lines; answers with their colours.
fn open_at_the_end(sheet: &mut HighlightBuffer<'_>, page: Vec<String>) -> Option<HighlightBatch> {
    let end = page.len() - 50;
    sheet.accept(lines(0, page));
    sheet.accept(HighlightRequest::Viewport(LineRange { generation: 1, first: end, count: 50 }));
    sheet.next_batch().filter(|paint| paint.first == end)
}

fn colours(c: &mut Criterion) {
    let brush = PageSyntax::new();
    let mut group = c.benchmark_group("highlight");
    group.sample_size(20);
    let long = page(20_000);
    group.bench_function("first window at the end of 20,000 lines", |b| {
        b.iter_batched(
            || (HighlightBuffer::new(&brush), long.clone()),
            |(mut sheet, page)| {
                let paint = open_at_the_end(&mut sheet, page).expect("the window comes first");
                (sheet, paint)
            },
            BatchSize::LargeInput,
        );
    });
    group.bench_function("the same, and the syntaxes load first", |b| {
        b.iter_batched(
            || long.clone(),
            |page| {
                let brush = PageSyntax::new();
                open_at_the_end(&mut HighlightBuffer::new(&brush), page)
                    .expect("the window comes first")
            },
            BatchSize::LargeInput,
        );
    });
    group.bench_function("one streamed line", |b| {
        let mut sheet = HighlightBuffer::new(&brush);
        sheet.accept(lines(0, page(2_000)));
        while sheet.next_batch().is_some() {}
        let mut first = 2_000;
        b.iter(|| {
            let line =
                "    this.x += speed; if (this.x > canvas.width) { this.x = 0; score += 1; }";
            sheet.accept(lines(first, vec![line.to_owned()]));
            sheet.accept(HighlightRequest::Viewport(LineRange { generation: 1, first, count: 1 }));
            first += 1;
            black_box(sheet.next_batch().expect("its colours"))
        });
    });
    let short = page(2_000);
    group.bench_function("a whole page of 2,000 lines", |b| {
        b.iter_batched(
            || (HighlightBuffer::new(&brush), short.clone()),
            |(mut sheet, page)| {
                sheet.accept(lines(0, page));
                std::iter::from_fn(|| sheet.next_batch())
                    .map(|paint| paint.lines.len())
                    .sum::<usize>()
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, colours);
criterion_main!(benches);
