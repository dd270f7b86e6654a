//! Feeds `laws::extraction` with what the fuzzer finds.
#![no_main]

#[path = "../laws.rs"]
#[allow(dead_code, reason = "each target holds one law")]
mod laws;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| laws::extraction(text));
