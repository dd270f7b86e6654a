//! Reads pictures and sounds for a game: `--asset`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::Engine;
use crate::compose::{MAX_MEDIA, MAX_MEDIA_BYTES, OwnMedia};
use crate::library::DiskError;

/// The files, in the order in which they were given.
///
/// # Errors
/// If they are too many, one cannot be read or is no picture or sound, or a model is to make the game:
/// it would have to repeat each of them letter by letter.
pub fn read_media(files: &[PathBuf], engine: Engine) -> Result<Arc<[OwnMedia]>, String> {
    if !files.is_empty() && engine != Engine::Offline {
        return Err(
            "a model cannot use --asset: it would have to repeat each file letter by letter; \
                    --offline has the composer make the game"
                .to_owned(),
        );
    }
    if files.len() > MAX_MEDIA {
        return Err(format!("{} files are too many for --asset: at most {MAX_MEDIA}", files.len()));
    }
    let media = files.iter().map(|path| read_one(path)).collect::<Result<Vec<_>, _>>()?;
    Ok(media.into())
}

fn read_one(path: &Path) -> Result<OwnMedia, String> {
    let name = DiskError::display_path(path);
    let bytes = read_bytes(path).map_err(|why| format!("--asset {name}: {why}"))?;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    OwnMedia::new(&file, &bytes).map_err(|why| format!("--asset {name}: {why}"))
}

/// One byte more than may be is enough to know that it is too large, also of a device without an end.
fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_MEDIA_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
