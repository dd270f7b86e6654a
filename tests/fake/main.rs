//! A scripted HuggingFace on loopback, started by hand.

fn main() {}
