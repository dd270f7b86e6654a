//! Decodes and scales pictures on a worker thread.
//!
//! Decoding a PNG and scaling it takes longer than a frame may, so drawing only leaves an
//! [`ImageRequest`] and shows the result when it arrives.

#[cfg(feature = "pictures")]
mod encoded;
#[cfg(not(feature = "pictures"))]
#[path = "image_worker/not_encoded.rs"]
mod encoded;

use std::sync::{Arc, mpsc};

use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::style::Color;

use super::theme::{ColorDepth, ScreenTheme};
use encoded::EncodedImage;

/// How the terminal shows pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GraphicsProtocol {
    /// Two pixels per cell as colours, which every terminal can show.
    #[default]
    Halfblocks,
    /// Pixels, in a terminal with cells of this size.
    Pixels(PixelProtocol, (u16, u16)),
}

/// The protocols for sending pixels to a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelProtocol {
    Kitty,
    Iterm,
    Sixel,
}

/// A picture to scale, and its room in cells.
#[derive(Debug, Clone)]
pub struct ImageRequest {
    png: Arc<[u8]>,
    size: Size,
    encode: GraphicsProtocol,
    kind: PictureKind,
}

/// How long a picture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    Still,
    /// One of several that follow each other: in half-blocks everywhere, because pixels of each would be
    /// megabytes for the terminal.
    Frame,
}

impl ImageRequest {
    /// Compares the bytes by address: comparing their content would cost a frame.
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.png, &other.png)
            && (self.size, self.encode, self.kind) == (other.size, other.encode, other.kind)
    }

    /// Decodes and scales the picture.
    pub fn render(self) -> ScaledImage {
        let encoded = EncodedImage::new(&self.png, self.size, self.encode);
        ScaledImage { request: self, encoded }
    }
}

/// A scaled picture, or the failure to decode one.
pub struct ScaledImage {
    request: ImageRequest,
    encoded: Option<EncodedImage>,
}

impl std::fmt::Debug for ScaledImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture").field("order", &self.request.size).finish_non_exhaustive()
    }
}

/// Handle to the worker thread.
#[derive(Debug)]
pub struct ImageWorker {
    requests: mpsc::Sender<ImageRequest>,
}

impl ImageWorker {
    /// Starts the thread, which calls `deliver` with each picture. It ends when the handle is
    /// dropped.
    #[expect(clippy::disallowed_methods, reason = "pictures belong to the screen alone")]
    pub fn start(deliver: impl Fn(ScaledImage) + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel::<ImageRequest>();
        std::thread::spawn(move || {
            while let Ok(request) = receiver.recv() {
                // While a window is being resized only the last size is worth the work.
                let request = receiver.try_iter().last().unwrap_or(request);
                deliver(request.render());
            }
        });
        Self { requests: sender }
    }

    /// Queues a request.
    pub fn send(&self, request: ImageRequest) {
        // Without the thread the area stays empty.
        drop(self.requests.send(request));
    }
}

/// The picture of the one area that shows pictures.
#[derive(Debug, Default)]
pub struct ImageSlot {
    protocol: GraphicsProtocol,
    current: Option<ScaledImage>,
    requested: Option<ImageRequest>,
    /// A request not handed out yet.
    unsent: Option<ImageRequest>,
}

/// The result of drawing a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawResult {
    Drawn,
    Pending,
    Unreadable,
}

impl ImageSlot {
    /// Sets how the terminal draws images.
    pub fn set_protocol(&mut self, canvas: GraphicsProtocol) {
        self.protocol = canvas;
    }

    /// Drops the picture: another program had the terminal, which may have lost it.
    pub fn reset(&mut self) {
        (self.current, self.requested) = (None, None);
    }

    /// Whether the picture covers cells and is not made of them.
    pub fn covers_cells(&self) -> bool {
        matches!(
            self.protocol,
            GraphicsProtocol::Pixels(PixelProtocol::Iterm | PixelProtocol::Sixel, _)
        )
    }

    /// Takes the request that the last frame left.
    pub fn take_request(&mut self) -> Option<ImageRequest> {
        self.unsent.take()
    }

    /// Accepts a picture if it is still the requested one.
    pub fn set_image(&mut self, picture: ScaledImage) {
        if self.requested.as_ref().is_some_and(|asked| asked.is_same(&picture.request)) {
            self.current = Some(picture);
        }
    }

    /// Draws the picture centred in the area, or requests it.
    pub fn draw(
        &mut self,
        frame: &mut Frame<'_>,
        at: Rect,
        (png, kind): (&Arc<[u8]>, PictureKind),
        theme: &ScreenTheme,
    ) -> DrawResult {
        let encode = match kind {
            PictureKind::Still => self.protocol,
            PictureKind::Frame => GraphicsProtocol::Halfblocks,
        };
        let request = ImageRequest { png: Arc::clone(png), size: at.as_size(), encode, kind };
        let is_ready = self.current.as_ref().is_some_and(|it| it.request.is_same(&request));
        if !is_ready && !self.requested.as_ref().is_some_and(|asked| asked.is_same(&request)) {
            self.requested = Some(request.clone());
            self.unsent = Some(request);
        }
        // The frame before stays until the next one is ready.
        let is_before = |it: &&ScaledImage| {
            it.request.kind == PictureKind::Frame && it.request.size == at.as_size()
        };
        let current = self.current.as_ref().filter(|it| is_ready || is_before(it));
        let Some(picture) = current else { return DrawResult::Pending };
        let Some(encoded) = &picture.encoded else { return DrawResult::Unreadable };
        let size = encoded.size();
        let x = at.x + at.width.saturating_sub(size.width) / 2;
        let area = Rect { x, width: size.width, height: size.height, ..at }.intersection(at);
        encoded.draw(frame, area);
        if picture.request.encode == GraphicsProtocol::Halfblocks
            && theme.depth() != ColorDepth::True
        {
            reduce_colors(frame, area, theme);
        }
        DrawResult::Drawn
    }
}

/// Replaces colours that the terminal does not have.
fn reduce_colors(frame: &mut Frame<'_>, at: Rect, theme: &ScreenTheme) {
    let known = |color| match color {
        Color::Rgb(r, g, b) => theme.terminal_color(r, g, b),
        other => other,
    };
    for position in at.positions() {
        if let Some(cell) = frame.buffer_mut().cell_mut(position) {
            (cell.fg, cell.bg) = (known(cell.fg), known(cell.bg));
        }
    }
}

#[cfg(test)]
#[cfg(feature = "pictures")]
mod tests {
    use image::{ImageFormat, Rgb, RgbImage};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::compose;
    use crate::tui::theme_registry::load;

    const RED: [u8; 3] = [255, 0, 0];
    const GREEN: [u8; 3] = [0, 255, 0];
    const BLUE: [u8; 3] = [0, 0, 255];
    const WHITE: [u8; 3] = [255, 255, 255];

    /// Four quadrants of `side` pixels each.
    fn png(side: u32) -> Arc<[u8]> {
        let colour = |x, y| match (x < side, y < side) {
            (true, true) => Rgb(RED),
            (false, true) => Rgb(GREEN),
            (true, false) => Rgb(BLUE),
            (false, false) => Rgb(WHITE),
        };
        let image = RgbImage::from_fn(side * 2, side * 2, colour);
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png).unwrap();
        Arc::from(bytes.into_inner())
    }

    /// Each cell's sign and colours, once the picture has come.
    fn cells(png: &Arc<[u8]>, size: (u16, u16), depth: ColorDepth) -> Vec<(String, Color, Color)> {
        let mut slot = ImageSlot::default();
        let theme = load(compose::GameTheme::Spooky, depth);
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        let mut draw = |slot: &mut ImageSlot| {
            let mut shown = DrawResult::Pending;
            let draw = |frame: &mut Frame<'_>| {
                shown = slot.draw(frame, frame.area(), (png, PictureKind::Still), &theme);
            };
            terminal.draw(draw).unwrap();
            (shown, terminal.backend().buffer().clone())
        };
        assert_eq!(draw(&mut slot).0, DrawResult::Pending);
        let request = slot.take_request().unwrap();
        assert_eq!(draw(&mut slot).0, DrawResult::Pending);
        assert!(slot.take_request().is_none(), "it is asked for once");
        slot.set_image(request.render());
        let (shown, buffer) = draw(&mut slot);
        assert_eq!(shown, DrawResult::Drawn);
        assert!(slot.take_request().is_none(), "nothing is asked for at rest");
        buffer.content().iter().map(|cell| (cell.symbol().into(), cell.fg, cell.bg)).collect()
    }

    fn rgb([r, g, b]: [u8; 3]) -> Color {
        Color::Rgb(r, g, b)
    }

    #[test]
    fn two_pixels_are_one_cell_and_the_brighter_one_is_the_sign() {
        let expected =
            [("▀".to_owned(), rgb(RED), rgb(BLUE)), ("▄".to_owned(), rgb(WHITE), rgb(GREEN))];
        assert_eq!(cells(&png(1), (2, 1), ColorDepth::True), expected);
    }

    #[test]
    fn four_quadrants_fill_four_corners_in_the_middle_of_the_place() {
        let cells = cells(&png(2), (8, 2), ColorDepth::True);
        let backgrounds: Vec<_> = cells.iter().map(|(_, _, ground)| *ground).collect();
        let row = |left, right| {
            let (none, left, right) = (Color::Reset, rgb(left), rgb(right));
            [none, none, left, left, right, right, none, none]
        };
        assert_eq!(backgrounds, [row(RED, GREEN), row(BLUE, WHITE)].concat());
    }

    #[test]
    fn a_terminal_of_256_colours_gets_no_others() {
        let cells = cells(&png(1), (2, 1), ColorDepth::Indexed);
        assert!(cells.iter().all(|(_, fg, _)| matches!(fg, Color::Indexed(_))), "{cells:?}");
    }

    #[test]
    fn a_frame_stays_until_the_next_one_is_ready() {
        let protocol = GraphicsProtocol::Pixels(PixelProtocol::Kitty, (8, 16));
        let mut slot = ImageSlot { protocol, ..ImageSlot::default() };
        let theme = load(compose::GameTheme::Spooky, ColorDepth::True);
        let mut terminal = Terminal::new(TestBackend::new(4, 2)).unwrap();
        let mut draw = |slot: &mut ImageSlot, png: &Arc<[u8]>, kind| {
            let mut shown = DrawResult::Pending;
            let draw = |frame: &mut Frame<'_>| {
                shown = slot.draw(frame, frame.area(), (png, kind), &theme);
            };
            terminal.draw(draw).unwrap();
            (shown, slot.take_request())
        };
        let (first, second) = (png(1), png(1));
        let (shown, request) = draw(&mut slot, &first, PictureKind::Frame);
        let request = request.unwrap();
        assert_eq!((shown, request.encode), (DrawResult::Pending, GraphicsProtocol::Halfblocks));
        slot.set_image(request.render());
        assert_eq!(draw(&mut slot, &first, PictureKind::Frame).0, DrawResult::Drawn);
        // The second one is asked for, and the first one seen.
        let (shown, request) = draw(&mut slot, &second, PictureKind::Frame);
        assert_eq!((shown, request.is_some()), (DrawResult::Drawn, true));
        // The picture after the last one is made of pixels.
        let (shown, request) = draw(&mut slot, &second, PictureKind::Still);
        let request = request.unwrap();
        assert_eq!((shown, request.encode), (DrawResult::Drawn, protocol));
        slot.set_image(request.render());
        let (shown, request) = draw(&mut slot, &second, PictureKind::Still);
        assert!(shown == DrawResult::Drawn && request.is_none(), "{shown:?}");
        // Another game's picture does not stand for this one.
        assert_eq!(draw(&mut slot, &first, PictureKind::Still).0, DrawResult::Pending);
    }

    #[test]
    fn a_picture_keeps_its_shape_in_any_room() {
        use encoded::fit_size;
        let fit = |picture, (width, height)| fit_size(picture, Size::new(width, height)).unwrap();
        assert_eq!(fit((800, 600), (80, 40)), Size::new(80, 30));
        assert_eq!(fit((800, 600), (80, 15)), Size::new(40, 15));
        assert_eq!(fit((1, 10_000), (80, 15)), Size::new(1, 15));
        assert_eq!(fit_size((0, 0), Size::new(8, 8)), None);
    }

    #[test]
    fn what_is_no_picture_and_what_comes_too_late_is_not_shown() {
        let request = |png: &Arc<[u8]>, size: (u16, u16)| ImageRequest {
            png: Arc::clone(png),
            size: Size::from(size),
            encode: GraphicsProtocol::Halfblocks,
            kind: PictureKind::Still,
        };
        let (good, bad): (_, Arc<[u8]>) = (png(1), Arc::from(*b"GIF89a"));
        assert!(request(&bad, (2, 2)).render().encoded.is_none());
        let asked = Some(request(&good, (2, 2)));
        let mut slot = ImageSlot { requested: asked, ..ImageSlot::default() };
        slot.set_image(request(&good, (3, 3)).render());
        assert!(slot.current.is_none());
    }
}
