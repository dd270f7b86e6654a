//! Reads untrusted files of bounded size.
//!
//! The path may be anything: a folder, a picture, a disk image. So the size is checked first, and
//! no more than the limit is read.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::SystemTime;

/// Why a file is not a readable text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("there is no such file")]
    Missing,
    #[error("it is a folder; name the files in it")]
    Folder,
    #[error("permission denied")]
    Forbidden,
    #[error("it is empty")]
    Empty,
    #[error("it is larger than {} MiB, the limit for a page", max / (1024 * 1024))]
    TooLarge { max: usize },
    #[error("it is UTF-16; save it as UTF-8")]
    Utf16,
    #[error("it is a binary file, not a page")]
    Binary,
    #[error("line {line} is not UTF-8; save it as UTF-8")]
    NotUtf8 { line: usize },
    #[error("it cannot be read: {0}")]
    Other(String),
}

/// Reads a text file of at most `max` bytes.
///
/// # Errors
///
/// The file cannot be read, is empty or too large, or is not UTF-8 text.
pub fn read_text_file(path: &Path, max: usize) -> Result<String, ReadError> {
    let metadata = std::fs::metadata(path).map_err(|e| ReadError::from_io(&e))?;
    if metadata.is_dir() {
        return Err(ReadError::Folder);
    }
    if metadata.len() > u64::try_from(max).unwrap_or(u64::MAX) {
        return Err(ReadError::TooLarge { max });
    }
    read_text(std::fs::File::open(path).map_err(|e| ReadError::from_io(&e))?, max)
}

/// Reads a text stream of at most `max` bytes.
///
/// # Errors
///
/// As [`read_text_file`].
pub fn read_text(stream: impl Read, max: usize) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    stream.take(one_more).read_to_end(&mut bytes).map_err(|e| ReadError::from_io(&e))?;
    if bytes.len() > max {
        return Err(ReadError::TooLarge { max });
    }
    decode(bytes)
}

/// A file's modification time and size, to detect changes without reading; `None` if it is missing.
pub fn modified_and_size(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn decode(bytes: Vec<u8>) -> Result<String, ReadError> {
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    if is_utf16(&bytes) {
        return Err(ReadError::Utf16);
    }
    String::from_utf8(bytes).map_err(|e| {
        let valid = e.as_bytes().get(..e.utf8_error().valid_up_to()).unwrap_or_default();
        if e.as_bytes().contains(&0) {
            return ReadError::Binary;
        }
        ReadError::NotUtf8 { line: valid.split(|b| *b == b'\n').count() }
    })
}

/// Whether it has a UTF-16 byte order mark, or every second byte at its start is zero.
fn is_utf16(bytes: &[u8]) -> bool {
    let begin = bytes.get(..bytes.len().min(64)).unwrap_or_default();
    let pairs = begin.chunks_exact(2).len();
    let zeros = |at: usize| begin.chunks_exact(2).filter(|pair| pair.get(at) == Some(&0)).count();
    let is_marked = begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff");
    let one_side = |at: usize| zeros(at) * 4 > pairs * 3 && zeros(1 - at) == 0;
    is_marked || pairs > 1 && (one_side(0) || one_side(1))
}

impl ReadError {
    fn from_io(error: &std::io::Error) -> Self {
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
            (b"".to_vec(), ReadError::Empty),
            (b" \r\n\t".to_vec(), ReadError::Empty),
            (utf16("\u{feff}<!DOCTYPE html>"), ReadError::Utf16),
            (utf16("<!DOCTYPE html>"), ReadError::Utf16),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), ReadError::Binary),
            (b"<p>\n<p>caf\xe9".to_vec(), ReadError::NotUtf8 { line: 2 }),
            (b"12345678901".to_vec(), ReadError::TooLarge { max: 10 }),
        ];
        for (bytes, why) in cases {
            let max = if why == (ReadError::TooLarge { max: 10 }) { 10 } else { 1_000 };
            assert_eq!(read_text(bytes.as_slice(), max), Err(why));
        }
        assert_eq!(read_text(b"\xef\xbb\xbf<p>\0".as_slice(), 10), Ok("\u{feff}<p>\0".to_owned()));
    }
}
