//! The laws of the fuzz targets, held without a fuzzer: on arbitrary text, on
//! the seeds, and on the seeds cut and spliced at arbitrary places.

use proptest::prelude::*;

#[path = "../fuzz/laws.rs"]
mod laws;

const SEEDS: [&str; 8] = [
    include_str!("../fake/game.html"),
    include_str!("../fuzz/seeds/handlers.html"),
    include_str!("../fuzz/seeds/hostile.html"),
    include_str!("../fuzz/seeds/odd.html"),
    include_str!("../fuzz/seeds/policy.html"),
    include_str!("../fuzz/seeds/reply-fenced.txt"),
    include_str!("../fuzz/seeds/reply-parts.txt"),
    include_str!("../fuzz/seeds/reply-thinking.txt"),
];

fn hold_all(text: &str) {
    laws::extraction(text);
    laws::document(text);
    laws::rules_and_repair(text);
    laws::hardening(text);
}

/// The head of one seed and the tail of another.
fn spliced() -> impl Strategy<Value = String> {
    let seed = || prop::sample::select(&SEEDS[..]);
    (seed(), seed(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
        |(head, tail, end, start)| {
            let end = head.floor_char_boundary(end.index(head.len()));
            let start = tail.floor_char_boundary(start.index(tail.len()));
            format!("{}{}", &head[..end], &tail[start..])
        },
    )
}

#[test]
fn the_laws_hold_for_every_seed() {
    SEEDS.into_iter().for_each(hold_all);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_for_any_text(text in prop_oneof![any::<String>(), spliced()]) {
        hold_all(&text);
    }
}
