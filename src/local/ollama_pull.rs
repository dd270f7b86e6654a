//! How far Ollama is with a download, from what it streams.
//!
//! Source: `POST /api/pull` in `docs/api.md` of Ollama: a line of JSON each, with `status`, and for each
//! layer `digest`, `total` and `completed`; `{"status":"success"}` at the end, or `{"error":"…"}`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model_ref::ModelRef;
use crate::untrusted::Untrusted;

/// The longest line that is kept, in bytes.
const MAX_LINE: usize = 64 << 10;

impl ModelRef {
    /// What Ollama calls it: it downloads from the Hub by this name.
    pub fn ollama_name(&self) -> String {
        format!("hf.co/{self}")
    }
}

/// Reads the stream of a download.
#[derive(Debug, Default)]
pub struct OllamaPull {
    line: Vec<u8>,
    /// Total and completed bytes of each layer.
    layers: BTreeMap<String, (u64, u64)>,
    /// How it ended: well, or with Ollama's words. `None` while it goes on.
    pub end: Option<Result<(), Untrusted>>,
}

impl OllamaPull {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => self.take_line(),
                byte if self.line.len() < MAX_LINE => self.line.push(*byte),
                _ => {}
            }
        }
    }

    /// The stream has ended; a last line needs no end of line.
    pub fn close(&mut self) {
        self.take_line();
    }

    /// Bytes done and in all, of the layers that are known.
    pub fn bytes(&self) -> (u64, u64) {
        let sum = |pick: fn(&(u64, u64)) -> u64| self.layers.values().map(pick).sum();
        (sum(|(_, done)| *done), sum(|(total, _)| *total))
    }

    fn take_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Ok(json) = serde_json::from_slice::<Value>(&line) else { return };
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        if let Some(error) = text("error") {
            self.end = Some(Err(Untrusted::new(error)));
        } else if text("status") == Some("success") {
            self.end = Some(Ok(()));
        } else if let Some(digest) = text("digest") {
            let number = |name: &str| json.get(name).and_then(Value::as_u64).unwrap_or_default();
            let (total, done) = (number("total"), number("completed"));
            self.layers.insert(digest.to_owned(), (total, done.min(total)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_tells_how_far_it_is_wherever_it_is_cut() {
        let stream = concat!(
            "{\"status\":\"pulling manifest\"}\n",
            "{\"status\":\"pulling a\",\"digest\":\"sha256:a\",\"total\":1000}\n",
            "{\"status\":\"pulling a\",\"digest\":\"sha256:a\",\"total\":1000,\"completed\":400}\n",
            "{\"status\":\"pulling b\",\"digest\":\"sha256:b\",\"total\":10,\"completed\":10}\n",
            "{\"status\":\"verifying sha256 digest\"}\n",
            "{\"status\":\"success\"}"
        );
        for size in [1, 7, 4_096] {
            let mut pull = OllamaPull::default();
            stream.as_bytes().chunks(size).for_each(|bytes| pull.push(bytes));
            assert_eq!((pull.bytes(), pull.end.clone()), ((410, 1_010), None), "{size}");
            pull.close();
            assert_eq!(pull.end, Some(Ok(())));
        }
    }

    #[test]
    fn an_error_is_ollama_s_own_sentence() {
        let mut pull = OllamaPull::default();
        pull.push(b"not json\n{\"error\":\"pull model manifest: file does not exist\"}\n");
        let said = Untrusted::new("pull model manifest: file does not exist");
        assert_eq!(pull.end, Some(Err(said)));
    }
}
