//! Why llama.cpp's server ended, from the last lines of its log.
//!
//! The words are those of llama.cpp's sources in November 2026 (`llama-model.cpp`, `gguf.cpp`,
//! `ggml-cuda.cu`, `server.cpp`) and of the dynamic linkers.

use std::process::ExitStatus;

use crate::untrusted::Untrusted;

/// How much of a log is looked at, from its end, in bytes.
pub const TAIL_BYTES: u64 = 16 << 10;

/// What the log says and what it means, the surest first.
const MEANINGS: [(&str, &str); 15] = [
    ("data is not within the file bounds", "the file of the model is incomplete or damaged"),
    ("invalid magic", "the file is no model in the form GGUF"),
    ("failed to read magic", "the file is no model in the form GGUF"),
    ("unknown model architecture", "it is too old for this model; update llama.cpp"),
    ("invalid argument:", "it is too old and does not know one of our options; update llama.cpp"),
    ("out of memory", "the memory was not enough for the model; choose a smaller one"),
    ("failed to allocate", "the memory was not enough for the model; choose a smaller one"),
    ("unable to allocate", "the memory was not enough for the model; choose a smaller one"),
    ("bad_alloc", "the memory was not enough for the model; choose a smaller one"),
    ("cannot allocate memory", "the memory was not enough for the model; choose a smaller one"),
    ("error while loading shared libraries", "a library of it is missing; install llama.cpp anew"),
    ("Library not loaded", "a library of it is missing; install llama.cpp anew"),
    ("couldn't bind", "its port was taken by another program"),
    ("cannot execute", "the program cannot be started"),
    ("failed to load model", "it could not load the model"),
];

/// Whether its port was taken, which another port cures.
pub fn is_port_taken(log: &str) -> bool {
    log.contains("couldn't bind")
}

/// Why the server ended, as a clause: from its log, else from how it ended.
pub fn explain_end(log: &str, status: Option<ExitStatus>) -> String {
    let log_lower = log.to_lowercase();
    let known = MEANINGS.iter().find(|(said, _)| log_lower.contains(&said.to_lowercase()));
    if let Some((_, meaning)) = known {
        return (*meaning).to_owned();
    }
    match status.and_then(signal_of) {
        // What the system sends when memory is short; nobody else is likely to.
        Some(9) => "it was killed, most likely because the memory ran out".to_owned(),
        Some(4) => {
            "it was built for another processor than this one; install another build".to_owned()
        }
        Some(signal) => format!("it crashed (signal {signal})"),
        None => match log.lines().rev().find(|line| !line.trim().is_empty()) {
            Some(line) => format!("it said “{}”", Untrusted::new(line).headline(160)),
            None => "it gave no reason".to_owned(),
        },
    }
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn the_log_says_why() {
        let cases = [
            (
                "0.00.05 E llama_model_load: error loading model: tensor 'blk.13.attn_q.weight' data is \
                 not within the file bounds, model is corrupted or incomplete\nE failed to load model",
                "the file of the model is incomplete or damaged",
            ),
            (
                "gguf_init_from_file: invalid magic characters: '<htm'",
                "the file is no model in the form GGUF",
            ),
            (
                "CUDA error: out of memory",
                "the memory was not enough for the model; choose a smaller one",
            ),
            (
                "error: invalid argument: --alias",
                "it is too old and does not know one of our options; update llama.cpp",
            ),
            (
                "start: couldn't bind HTTP server socket, hostname: 127.0.0.1",
                "its port was taken by another program",
            ),
            ("so that is that\n\n", "it said “so that is that”"),
            ("", "it gave no reason"),
        ];
        for (log, meaning) in cases {
            assert_eq!(explain_end(log, None), meaning, "{log}");
        }
    }

    #[test]
    fn a_crash_without_a_word_is_told_from_how_it_ended() {
        let ended = |raw: i32| explain_end("loading\n", Some(ExitStatus::from_raw(raw)));
        assert_eq!(ended(9), "it was killed, most likely because the memory ran out");
        assert!(ended(4).contains("another processor"));
        assert_eq!(ended(11), "it crashed (signal 11)");
        assert_eq!(ended(256), "it said “loading”");
    }
}
