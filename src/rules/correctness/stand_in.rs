//! What takes the place of pictures and sounds that a page of one file cannot have.

/// Ten milliseconds of silence: RIFF WAVE, one channel of 8,000 unsigned bytes a second.
pub(super) const SILENCE: &str = "data:audio/wav;base64,UklGRnQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YVAAAACAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgA==";
