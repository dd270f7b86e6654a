//! How long it takes from a reply to a game. It is linear where the throughput of all sizes is alike.

use std::hint::black_box;

use codeagent::game::{Extraction, extract, vet};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A reply with a game of about that many bytes, in the style that models write.
fn reply(bytes: usize) -> String {
    let part = |i: usize| {
        format!(
            "class Ghost{i} {{\n  constructor(x, y) {{ this.x = x; this.y = y; this.alive = true; }}\n  \
             update(dt) {{\n    const speed = Math.sin(performance.now() / 1000) * {i} + dt;\n    \
             this.x += speed; if (this.x > canvas.width) {{ this.x = 0; score += 1; }}\n    \
             document.getElementById('score').textContent = `Score: ${{score}}`;\n  }}\n  \
             draw() {{ ctx.fillStyle = 'rgba(200, 200, 255, 0.8)'; ctx.fillRect(this.x, this.y, 8, 8); }}\n}}\n\
             ghosts.push(new Ghost{i}(10 * {i}, 20));\n"
        )
    };
    let mut code = String::from(
        "const canvas = document.querySelector('canvas'); const ctx = canvas.getContext('2d');\n\
         let score = 0; const ghosts = [];\nfunction start() { requestAnimationFrame(loop); }\n",
    );
    let mut i = 0;
    while code.len() < bytes {
        code.push_str(&part(i));
        i += 1;
    }
    format!(
        "Here it is:\n```html\n<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>Ghosts</title>\n\
         <style>body {{ margin: 0; background: linear-gradient(#000, #213) }}</style>\n</head>\n<body>\n\
         <canvas width=\"400\" height=\"300\"></canvas><p id=\"score\"></p>\n\
         <button onclick=\"start()\">Start</button>\n<script>\n{code}</script>\n</body>\n</html>\n```\n"
    )
}

fn from_reply_to_game(c: &mut Criterion) {
    let mut group = c.benchmark_group("extract and vet");
    group.sample_size(20);
    for (name, bytes) in
        [("10 kB", 10_000), ("100 kB", 100_000), ("1 MB", 1_000_000), ("3.9 MB", 3_900_000)]
    {
        let reply = reply(bytes);
        group.throughput(Throughput::Bytes(u64::try_from(reply.len()).unwrap_or_default()));
        group.bench_with_input(BenchmarkId::from_parameter(name), &reply, |b, reply| {
            b.iter(|| match extract(black_box(reply)) {
                Extraction::Whole(source) => vet(source).map(|game| game.html().len()).ok(),
                Extraction::Truncated(_) | Extraction::NoDocument(_) => None,
            });
        });
    }
    group.finish();
}

criterion_group!(benches, from_reply_to_game);
criterion_main!(benches);
