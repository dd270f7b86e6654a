//! Reads what the header of a GGUF file says: how much memory its context takes, and whether the file
//! is whole.
//!
//! Source: `docs/gguf.md` of ggml (versions 2 and 3, little-endian).

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read};

use super::fit::MemoryPlan;

/// A header with the words of its tokenizer is a few megabytes long.
const MAX_HEADER_BYTES: u64 = 256 << 20;
/// The longest name or text that is kept; a template may be longer than what is needed here.
const MAX_TEXT_BYTES: u64 = 1 << 20;
/// More entries or tensors than any model has.
const MAX_ENTRIES: u64 = 1 << 20;
/// Lists in lists do not occur.
const MAX_DEPTH: u32 = 4;

/// What the header says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GgufHeader {
    /// As the makers of the file call the model. `None` if they do not.
    pub name: Option<String>,
    /// `None` if the file does not say.
    pub licence: Option<String>,
    /// The longest context that it was trained for, in tokens.
    pub context: Option<u32>,
    /// Bytes of memory for each token of context. `None` if the file does not say enough.
    pub kv_bytes: Option<u64>,
    /// Whether it brings its own prompt format.
    pub has_template: bool,
    /// The offset of the last tensor, from the beginning of the file. The file is longer, if it is whole.
    pub last_tensor: u64,
}

impl GgufHeader {
    /// Reads a header.
    ///
    /// # Errors
    ///
    /// It is no GGUF file, or it ends within its header.
    pub fn read(from: impl Read) -> io::Result<Self> {
        let mut reader = HeaderReader { from: from.take(MAX_HEADER_BYTES), position: 0 };
        if reader.array::<4>()? != *b"GGUF" {
            return Err(invalid("it is no GGUF file"));
        }
        if !matches!(reader.u32()?, 2 | 3) {
            return Err(invalid("it is a GGUF file of an unknown version"));
        }
        let (tensors, entries) = (reader.count()?, reader.count()?);
        let mut values = BTreeMap::new();
        for _ in 0..entries {
            let name = reader.text()?;
            let kind = reader.u32()?;
            if let Some(value) = reader.value(kind, 0)? {
                values.insert(name, value);
            }
        }
        let mut last = 0;
        for _ in 0..tensors {
            last = last.max(reader.tensor_offset()?);
        }
        let header = Self::of(&values);
        let alignment = count(&values, "general.alignment").filter(|it| *it > 0).unwrap_or(32);
        let last_tensor = reader.position.next_multiple_of(alignment).saturating_add(last);
        Ok(Self { last_tensor, ..header })
    }

    fn of(values: &BTreeMap<String, Value>) -> Self {
        let text = |name: &str| match values.get(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            Some(Value::Count(_)) | None => None,
        };
        let architecture = text("general.architecture").unwrap_or_default();
        let of_model = |name: &str| count(values, &format!("{architecture}.{name}"));
        let context = of_model("context_length").and_then(|tokens| u32::try_from(tokens).ok());
        let kv_bytes = || {
            let layers = of_model("block_count")?;
            let heads = of_model("attention.head_count")?;
            let kv_heads = of_model("attention.head_count_kv").unwrap_or(heads);
            let width = of_model("embedding_length")?.checked_div(heads)?;
            let key = of_model("attention.key_length").unwrap_or(width);
            let value = of_model("attention.value_length").unwrap_or(width);
            // Two bytes each, which is what llama.cpp keeps where it is not told otherwise.
            layers.checked_mul(kv_heads)?.checked_mul(key.checked_add(value)?)?.checked_mul(2)
        };
        Self {
            name: text("general.name"),
            licence: text("general.license"),
            context,
            kv_bytes: kv_bytes(),
            has_template: values.contains_key("tokenizer.chat_template"),
            last_tensor: 0,
        }
    }

    /// What a model of so many bytes takes of memory. What the file does not say is assumed as for a
    /// model of 7 B.
    pub fn memory(&self, bytes: u64) -> MemoryPlan {
        let (kv_bytes, max_context) =
            (self.kv_bytes.unwrap_or(131_072), self.context.unwrap_or(32_768));
        MemoryPlan { bytes, kv_bytes, max_context: max_context.max(512) }
    }
}

/// A value that is of interest.
enum Value {
    Text(String),
    Count(u64),
}

fn count(values: &BTreeMap<String, Value>, name: &str) -> Option<u64> {
    match values.get(name)? {
        Value::Count(number) => Some(*number),
        Value::Text(_) => None,
    }
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

struct HeaderReader<R> {
    from: R,
    position: u64,
}

impl<R: Read> HeaderReader<R> {
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes)?;
        self.position += N as u64;
        Ok(bytes)
    }

    fn u32(&mut self) -> io::Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> io::Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A number of entries.
    fn count(&mut self) -> io::Result<u64> {
        let number = self.u64()?;
        (number <= MAX_ENTRIES).then_some(number).ok_or_else(|| invalid("its header is damaged"))
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.from.by_ref().take(bytes), &mut io::sink())?;
        self.position += skipped;
        (skipped == bytes).then_some(()).ok_or_else(|| ErrorKind::UnexpectedEof.into())
    }

    fn text(&mut self) -> io::Result<String> {
        let length = self.u64()?;
        if length > MAX_TEXT_BYTES {
            self.skip(length)?;
            return Ok(String::new());
        }
        let mut bytes = Vec::new();
        self.from.by_ref().take(length).read_to_end(&mut bytes)?;
        self.position += bytes.len() as u64;
        if bytes.len() as u64 != length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A value of this kind; `None` if it is not of interest. Of a list of numbers, one for each layer,
    /// the largest counts.
    fn value(&mut self, kind: u32, depth: u32) -> io::Result<Option<Value>> {
        Ok(match kind {
            0 | 1 | 7 => self.skip(1).map(|()| None)?,
            2 | 3 => self.skip(2).map(|()| None)?,
            4 | 5 => Some(Value::Count(self.u32()?.into())),
            6 => self.skip(4).map(|()| None)?,
            8 => Some(Value::Text(self.text()?)),
            9 if depth < MAX_DEPTH => {
                let kind = self.u32()?;
                let length = self.u64()?;
                self.largest_of(length, kind, depth + 1)?.map(Value::Count)
            }
            10 | 11 => Some(Value::Count(self.u64()?)),
            12 => self.skip(8).map(|()| None)?,
            _ => return Err(invalid("its header is damaged")),
        })
    }

    /// The largest number of a list. `None` if it has none.
    fn largest_of(&mut self, length: u64, kind: u32, depth: u32) -> io::Result<Option<u64>> {
        let mut largest = None;
        for _ in 0..length {
            if let Some(Value::Count(number)) = self.value(kind, depth)? {
                largest = largest.max(Some(number));
            }
        }
        Ok(largest)
    }

    /// The offset of the next tensor, from the end of the header.
    fn tensor_offset(&mut self) -> io::Result<u64> {
        self.text()?;
        let dimensions = u64::from(self.u32()?).min(8);
        self.skip(dimensions * 8 + 4)?;
        self.u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
    }

    fn entry(name: &str, kind: u32, value: &[u8]) -> Vec<u8> {
        [text(name), kind.to_le_bytes().to_vec(), value.to_vec()].concat()
    }

    fn file(entries: &[Vec<u8>]) -> Vec<u8> {
        let head = [&b"GGUF"[..], &3u32.to_le_bytes(), &1u64.to_le_bytes()].concat();
        let tensor = [
            text("output.weight"),
            2u32.to_le_bytes().to_vec(),
            [0; 20].to_vec(),
            64u64.to_le_bytes().to_vec(),
        ];
        [head, (entries.len() as u64).to_le_bytes().to_vec(), entries.concat(), tensor.concat()]
            .concat()
    }

    fn qwen() -> Vec<Vec<u8>> {
        let number = |name: &str, value: u32| entry(name, 4, &value.to_le_bytes());
        let words =
            [8u32.to_le_bytes().to_vec(), 2u64.to_le_bytes().to_vec(), text("a"), text("b")];
        vec![
            entry("general.architecture", 8, &text("qwen2")),
            entry("general.name", 8, &text("Qwen2.5 Coder 1.5B")),
            entry("general.license", 8, &text("apache-2.0")),
            number("qwen2.block_count", 28),
            number("qwen2.context_length", 32_768),
            number("qwen2.embedding_length", 1_536),
            number("qwen2.attention.head_count", 12),
            number("qwen2.attention.head_count_kv", 2),
            entry("tokenizer.ggml.tokens", 9, &words.concat()),
            entry("tokenizer.chat_template", 8, &text("{% for %}")),
        ]
    }

    #[test]
    fn a_header_says_how_much_memory_the_context_takes() {
        let bytes = file(&qwen());
        let header = GgufHeader::read(&bytes[..]).unwrap();
        assert_eq!(header.kv_bytes, Some(28_672), "as in the table of models");
        assert_eq!((header.context, header.has_template), (Some(32_768), true));
        assert_eq!(header.licence.as_deref(), Some("apache-2.0"));
        assert_eq!(header.last_tensor, (bytes.len() as u64).next_multiple_of(32) + 64);
    }

    #[test]
    fn a_damaged_header_is_an_error_and_never_a_panic() {
        let bytes = file(&qwen());
        for end in 0..bytes.len() {
            assert!(GgufHeader::read(&bytes[..end]).is_err(), "{end}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _read_or_refused = GgufHeader::read(&damaged[..]);
        }
        let why = GgufHeader::read(&b"<html>no model</html>"[..]).unwrap_err();
        assert_eq!(why.to_string(), "it is no GGUF file");
    }
}
