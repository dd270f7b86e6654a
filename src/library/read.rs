//! Reads a page that somebody else wrote, or says in one sentence why not.
//!
//! What is named may be anything: a folder, a picture, a disk image. So its
//! size is looked at first, and never more is read than a page may have.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::SystemTime;

/// Why something is not a page that could be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("there is no such file")]
    Missing,
    #[error("it is a folder; name the files in it")]
    Folder,
    #[error("permission denied")]
    Forbidden,
    #[error("it is empty")]
    Empty,
    #[error("it is larger than the {} MiB that a page may have", most / (1024 * 1024))]
    TooLarge { most: usize },
    #[error("it is UTF-16; save it as UTF-8")]
    Utf16,
    #[error("it is a binary file, not a page")]
    Binary,
    #[error("line {line} is not UTF-8; save it as UTF-8")]
    NotUtf8 { line: usize },
    #[error("it cannot be read: {0}")]
    Other(String),
}

/// The text of a file of at most `most` bytes.
pub fn read_file(path: &Path, most: usize) -> Result<String, Unreadable> {
    let told = std::fs::metadata(path).map_err(|e| Unreadable::of(&e))?;
    if told.is_dir() {
        return Err(Unreadable::Folder);
    }
    if told.len() > u64::try_from(most).unwrap_or(u64::MAX) {
        return Err(Unreadable::TooLarge { most });
    }
    read(std::fs::File::open(path).map_err(|e| Unreadable::of(&e))?, most)
}

/// The text of a stream of at most `most` bytes. A pipe does not tell its size, so it is counted.
pub fn read(stream: impl Read, most: usize) -> Result<String, Unreadable> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    stream.take(one_more).read_to_end(&mut bytes).map_err(|e| Unreadable::of(&e))?;
    if bytes.len() > most {
        return Err(Unreadable::TooLarge { most });
    }
    decode(bytes)
}

/// When a file was last changed, and its size: by these a change is seen without reading.
pub fn changed_at(path: &Path) -> Option<(SystemTime, u64)> {
    let told = std::fs::metadata(path).ok()?;
    Some((told.modified().ok()?, told.len()))
}

fn decode(bytes: Vec<u8>) -> Result<String, Unreadable> {
    if bytes.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    if is_utf16(&bytes) {
        return Err(Unreadable::Utf16);
    }
    String::from_utf8(bytes).map_err(|e| {
        let valid = e.as_bytes().get(..e.utf8_error().valid_up_to()).unwrap_or_default();
        if e.as_bytes().contains(&0) {
            return Unreadable::Binary;
        }
        Unreadable::NotUtf8 { line: valid.split(|b| *b == b'\n').count() }
    })
}

/// By its mark, or because every second byte of its beginning is zero.
fn is_utf16(bytes: &[u8]) -> bool {
    let begin = bytes.get(..bytes.len().min(64)).unwrap_or_default();
    let pairs = begin.chunks_exact(2).len();
    let zeros = |at: usize| begin.chunks_exact(2).filter(|pair| pair.get(at) == Some(&0)).count();
    let is_marked = begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff");
    let one_side = |at: usize| zeros(at) * 4 > pairs * 3 && zeros(1 - at) == 0;
    is_marked || pairs > 1 && (one_side(0) || one_side(1))
}

impl Unreadable {
    fn of(error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::PermissionDenied => Self::Forbidden,
            ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_page_is_told_apart() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let cases = [
            (b"".to_vec(), Unreadable::Empty),
            (b" \r\n\t".to_vec(), Unreadable::Empty),
            (utf16("\u{feff}<!DOCTYPE html>"), Unreadable::Utf16),
            (utf16("<!DOCTYPE html>"), Unreadable::Utf16),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Unreadable::Binary),
            (b"<p>\n<p>caf\xe9".to_vec(), Unreadable::NotUtf8 { line: 2 }),
            (b"12345678901".to_vec(), Unreadable::TooLarge { most: 10 }),
        ];
        for (bytes, why) in cases {
            let most = if why == (Unreadable::TooLarge { most: 10 }) { 10 } else { 1_000 };
            assert_eq!(read(bytes.as_slice(), most), Err(why));
        }
        assert_eq!(read(b"\xef\xbb\xbf<p>\0".as_slice(), 10), Ok("\u{feff}<p>\0".to_owned()));
    }
}
