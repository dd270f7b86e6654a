//! Analyses screenshots: is anything visible, and did it change?

use std::cell::OnceCell;
use std::collections::HashMap;

/// A decoded picture, three bytes per pixel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PixelBuffer {
    width: u32,
    pixels: Vec<u8>,
}

/// A screenshot as PNG, decoded when first needed.
#[derive(Debug, Clone, Default)]
pub struct Screenshot {
    png: Vec<u8>,
    pixels: OnceCell<PixelBuffer>,
}

impl Screenshot {
    /// A screenshot from the bytes of a PNG, which is decoded when its pixels are needed.
    pub fn new(png: Vec<u8>) -> Self {
        Self { png, pixels: OnceCell::new() }
    }

    /// The decoded picture; empty if the PNG is invalid.
    pub fn pixels(&self) -> &PixelBuffer {
        self.pixels.get_or_init(|| PixelBuffer::from_png(&self.png).unwrap_or_default())
    }

    /// The size of the PNG: the busiest picture compresses least.
    pub fn compressed_bytes(&self) -> usize {
        self.png.len()
    }

    /// The bytes of the PNG.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// The number of visibly changed pixels.
    pub fn changed_pixels(&self, other: &Self) -> usize {
        // Most pictures of an idle game are identical to the byte.
        if self.png == other.png { 0 } else { self.pixels().changed_pixels(other.pixels()) }
    }
}

/// The widest that an animation is, in pixels: it is looked at in chats and pages.
const MAX_GIF_WIDTH: u32 = 480;

/// An animated GIF of these PNGs, which repeats. `None` if there is none, or one cannot be read.
pub fn to_gif(frames: &[std::sync::Arc<[u8]>], frame_ms: u32) -> Option<Vec<u8>> {
    use image::codecs::gif::{GifEncoder, Repeat};
    use image::imageops::FilterType;

    /// From 1, the best and slowest, to 30.
    const SPEED: i32 = 10;
    if frames.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, SPEED);
    encoder.set_repeat(Repeat::Infinite).ok()?;
    for png in frames {
        let picture = image::load_from_memory(png).ok()?;
        let width = picture.width().min(MAX_GIF_WIDTH);
        let height = picture.height() * width / picture.width().max(1);
        let picture = picture.resize(width, height.max(1), FilterType::Triangle).into_rgba8();
        let delay = image::Delay::from_numer_denom_ms(frame_ms, 1);
        encoder.encode_frame(image::Frame::from_parts(picture, 0, 0, delay)).ok()?;
    }
    drop(encoder);
    Some(bytes)
}

/// Differences of a colour channel up to this are invisible.
const VISIBLE_DIFFERENCE: u8 = 24;

/// What is compared at once, in bytes: 64 pixels. Most of a picture stays as it is.
const BLOCK_BYTES: usize = 3 * 64;

/// The largest share of one colour in a picture that shows something.
const MAX_SINGLE_COLOUR: f64 = 0.998;

impl PixelBuffer {
    /// Decodes a PNG. `None` if it is invalid.
    pub fn from_png(png: &[u8]) -> Option<Self> {
        let image = image::load_from_memory_with_format(png, image::ImageFormat::Png).ok()?;
        let image = image.into_rgb8();
        Some(Self { width: image.width(), pixels: image.into_raw() })
    }

    /// The number of pixels.
    pub fn pixel_count(&self) -> usize {
        self.pixels.len() / 3
    }

    /// The number of visibly changed pixels; all of them if the sizes differ.
    pub fn changed_pixels(&self, other: &Self) -> usize {
        if self.width != other.width || self.pixels.len() != other.pixels.len() {
            return self.pixel_count().max(other.pixel_count());
        }
        let blocks = self.pixels.chunks(BLOCK_BYTES).zip(other.pixels.chunks(BLOCK_BYTES));
        blocks.filter(|(a, b)| a != b).map(|(a, b)| visible_differences(a, b)).sum()
    }

    /// Whether anything is visible: at least two colours, none of them nearly everywhere.
    pub fn shows_something(&self) -> bool {
        let colours = self.count_colours();
        let largest = colours.values().copied().max().unwrap_or_default();
        colours.len() >= 2 && f64_of(largest) <= MAX_SINGLE_COLOUR * f64_of(self.pixel_count())
    }

    fn count_colours(&self) -> HashMap<[u8; 3], usize> {
        let (pixels, _) = self.pixels.as_chunks::<3>();
        let mut colours = HashMap::new();
        // Neighbouring pixels are mostly equal: a run is counted at once.
        for run in pixels.chunk_by(|a, b| a == b) {
            let Some(colour) = run.first() else { continue };
            *colours.entry(*colour).or_default() += run.len();
        }
        colours
    }
}

/// The number of pixels that differ visibly.
fn visible_differences(a: &[u8], b: &[u8]) -> usize {
    let differs =
        |(a, b): (&[u8], &[u8])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > VISIBLE_DIFFERENCE);
    a.chunks_exact(3).zip(b.chunks_exact(3)).filter(|pair| differs(*pair)).count()
}

/// A screen has far fewer pixels than a float can count.
fn f64_of(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: &[[u8; 3]]) -> PixelBuffer {
        PixelBuffer { width: 1, pixels: pixels.concat() }
    }

    #[test]
    fn a_dot_on_a_blank_page_is_not_much_to_see() {
        let mut pixels = vec![[0; 3]; 1_000];
        assert!(!picture(&pixels).shows_something());
        pixels[500] = [255; 3];
        assert!(!picture(&pixels).shows_something());
        pixels[501] = [255; 3];
        pixels[502] = [255; 3];
        assert!(picture(&pixels).shows_something());
    }

    #[test]
    fn changes_count_pixels_that_somebody_would_see_change() {
        let before = picture(&[[10; 3], [20; 3], [30; 3]]);
        assert_eq!(before.changed_pixels(&before), 0);
        assert_eq!(before.changed_pixels(&picture(&[[12; 3], [20; 3], [80, 30, 30]])), 1);
        assert_eq!(before.changed_pixels(&picture(&[[10; 3]])), 3);
    }

    #[test]
    fn only_a_png_is_a_picture() {
        assert_eq!(PixelBuffer::from_png(b"GIF89a"), None);
        assert_eq!(PixelBuffer::from_png(b""), None);
    }
}
