//! A game in motion: pictures of it at equal intervals, as an animation.

use std::sync::Arc;

/// Whether the play-test keeps pictures of the game in motion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Recording {
    #[default]
    Off,
    /// Pictures of the first seconds of random input, which is played anyway.
    Sampled,
    /// The game is played once more for it, by the inputs that it responds to.
    Replayed,
}

/// A game in motion. Empty where it was not recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Motion {
    /// PNGs in their order.
    pub frames: Vec<Arc<[u8]>>,
    /// Milliseconds of the game's time from one to the next.
    pub frame_ms: u32,
}

impl Motion {
    /// The animated GIF of it, which repeats. `None` if nothing was recorded.
    pub fn to_gif(&self) -> Option<Vec<u8>> {
        #[cfg(feature = "browser")]
        return super::screenshot::to_gif(&self.frames, self.frame_ms);
        #[cfg(not(feature = "browser"))]
        None
    }
}
