//! Pictures for the screen, made ready on a thread of their own.
//!
//! Reading a PNG and scaling it takes longer than a frame may, so drawing never
//! does it: a place that wants a picture leaves an [`Order`], and shows what comes.

use std::sync::{Arc, mpsc};

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::style::Color;
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::protocol::Protocol;
use ratatui_image::protocol::halfblocks::Halfblocks;
use ratatui_image::{FontSize, Image, Resize};

use super::theme::{Depth, Theme};

/// How the terminal shows a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Canvas {
    /// Two pixels a cell, as colours: every terminal can.
    #[default]
    Halfblocks,
    /// Pixels as they are, in a terminal whose cells have this size.
    Pixels(Graphics, (u16, u16)),
}

/// The ways to send pixels to a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Graphics {
    Kitty,
    Iterm,
    Sixel,
}

/// A picture that is wanted, and the room for it in cells.
#[derive(Debug, Clone)]
pub struct Order {
    png: Arc<[u8]>,
    room: Size,
    canvas: Canvas,
}

impl Order {
    /// The same bytes by their address: comparing them would cost a frame.
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.png, &other.png) && (self.room, self.canvas) == (other.room, other.canvas)
    }

    /// Reads and scales the picture.
    pub fn make(self) -> Picture {
        let made = self.protocol();
        Picture { order: self, made }
    }

    fn protocol(&self) -> Option<Protocol> {
        let image = image::load_from_memory_with_format(&self.png, ImageFormat::Png).ok()?;
        match self.canvas {
            Canvas::Halfblocks => {
                let size = fit((image.width(), image.height()), self.room)?;
                Some(Protocol::Halfblocks(Halfblocks::new(image, size).ok()?))
            }
            Canvas::Pixels(graphics, cell) => self.pixels(image, graphics, cell),
        }
    }

    fn pixels(&self, image: DynamicImage, how: Graphics, cell: (u16, u16)) -> Option<Protocol> {
        #[expect(
            deprecated,
            reason = "the other way reads the terminal, which belongs to the screen"
        )]
        let mut picker = Picker::from_fontsize(FontSize::from(cell));
        picker.set_protocol_type(match how {
            Graphics::Kitty => ProtocolType::Kitty,
            Graphics::Iterm => ProtocolType::Iterm2,
            Graphics::Sixel => ProtocolType::Sixel,
        });
        picker.new_protocol(image, self.room, Resize::Scale(Some(FilterType::Triangle))).ok()
    }
}

/// The largest size in cells that keeps the shape; a cell is two pixels high.
fn fit((width, height): (u32, u32), room: Size) -> Option<Size> {
    let (width, height) = (u64::from(width), u64::from(height));
    let (across, down) = (u64::from(room.width), u64::from(room.height) * 2);
    let tall = (height * across).checked_div(width)?;
    let (across, down) =
        if tall <= down { (across, tall) } else { ((width * down).checked_div(height)?, down) };
    let cells = |count: u64| u16::try_from(count.max(1)).ok();
    Some(Size::new(cells(across)?, cells(down.div_ceil(2))?))
}

/// A picture that can be drawn, or could not be read.
pub struct Picture {
    order: Order,
    made: Option<Protocol>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture").field("order", &self.order.room).finish_non_exhaustive()
    }
}

/// Where orders are sent to be made.
#[derive(Debug)]
pub struct Studio {
    orders: mpsc::Sender<Order>,
}

impl Studio {
    /// Starts the thread. It ends when the studio is dropped.
    #[expect(clippy::disallowed_methods, reason = "pictures belong to the screen alone")]
    pub fn start(deliver: impl Fn(Picture) + Send + 'static) -> Self {
        let (orders, work) = mpsc::channel::<Order>();
        std::thread::spawn(move || {
            while let Ok(order) = work.recv() {
                // While a window is dragged, only its last size is worth the work.
                let order = work.try_iter().last().unwrap_or(order);
                deliver(order.make());
            }
        });
        Self { orders }
    }

    pub fn send(&self, order: Order) {
        // A thread that is gone leaves the place empty.
        drop(self.orders.send(order));
    }
}

/// What is there for the one place that shows pictures.
#[derive(Debug, Default)]
pub struct Gallery {
    canvas: Canvas,
    hung: Option<Picture>,
    asked: Option<Order>,
    /// An order that was not handed out yet.
    wanted: Option<Order>,
}

/// What became of a wish to draw a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Drawn,
    NotYet,
    Unreadable,
}

impl Gallery {
    pub fn set_canvas(&mut self, canvas: Canvas) {
        self.canvas = canvas;
    }

    /// Somebody else had the terminal, which may have lost what was sent to it.
    pub fn forget(&mut self) {
        (self.hung, self.asked) = (None, None);
    }

    /// Whether the picture lies on the cells, and is not made of them.
    pub fn is_fragile(&self) -> bool {
        matches!(self.canvas, Canvas::Pixels(Graphics::Iterm | Graphics::Sixel, _))
    }

    /// The order that the last frame left.
    pub fn order(&mut self) -> Option<Order> {
        self.wanted.take()
    }

    /// Takes a picture, if it is still the one that is wanted.
    pub fn hang(&mut self, picture: Picture) {
        if self.asked.as_ref().is_some_and(|asked| asked.is(&picture.order)) {
            self.hung = Some(picture);
        }
    }

    /// Draws the picture in the middle of the place, or orders it.
    pub fn draw(
        &mut self,
        frame: &mut Frame<'_>,
        at: Rect,
        png: &Arc<[u8]>,
        theme: &Theme,
    ) -> Shown {
        let order = Order { png: Arc::clone(png), room: at.as_size(), canvas: self.canvas };
        let hung = self.hung.as_ref().filter(|picture| picture.order.is(&order));
        let Some(picture) = hung else {
            if !self.asked.as_ref().is_some_and(|asked| asked.is(&order)) {
                self.asked = Some(order.clone());
                self.wanted = Some(order);
            }
            return Shown::NotYet;
        };
        let Some(made) = &picture.made else { return Shown::Unreadable };
        let size = made.size();
        let x = at.x + at.width.saturating_sub(size.width) / 2;
        let place = Rect { x, width: size.width, height: size.height, ..at }.intersection(at);
        frame.render_widget(Image::new(made), place);
        if self.canvas == Canvas::Halfblocks && theme.depth() != Depth::True {
            dim(frame, place, theme);
        }
        Shown::Drawn
    }
}

/// Takes back colours that the terminal does not have.
fn dim(frame: &mut Frame<'_>, at: Rect, theme: &Theme) {
    let known = |color| match color {
        Color::Rgb(r, g, b) => theme.seen(r, g, b),
        other => other,
    };
    for place in at.positions() {
        if let Some(cell) = frame.buffer_mut().cell_mut(place) {
            (cell.fg, cell.bg) = (known(cell.fg), known(cell.bg));
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::compose;
    use crate::tui::theme::load;

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
    fn cells(png: &Arc<[u8]>, size: (u16, u16), depth: Depth) -> Vec<(String, Color, Color)> {
        let mut gallery = Gallery::default();
        let theme = load(compose::GameTheme::Spooky, depth);
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        let mut draw = |gallery: &mut Gallery| {
            let mut shown = Shown::NotYet;
            let draw = |frame: &mut Frame<'_>| {
                shown = gallery.draw(frame, frame.area(), png, &theme);
            };
            terminal.draw(draw).unwrap();
            (shown, terminal.backend().buffer().clone())
        };
        assert_eq!(draw(&mut gallery).0, Shown::NotYet);
        let order = gallery.order().unwrap();
        assert_eq!(draw(&mut gallery).0, Shown::NotYet);
        assert!(gallery.order().is_none(), "it is asked for once");
        gallery.hang(order.make());
        let (shown, buffer) = draw(&mut gallery);
        assert_eq!(shown, Shown::Drawn);
        assert!(gallery.order().is_none(), "nothing is asked for at rest");
        buffer.content().iter().map(|cell| (cell.symbol().into(), cell.fg, cell.bg)).collect()
    }

    fn rgb([r, g, b]: [u8; 3]) -> Color {
        Color::Rgb(r, g, b)
    }

    #[test]
    fn two_pixels_are_one_cell_and_the_brighter_one_is_the_sign() {
        let expected =
            [("▀".to_owned(), rgb(RED), rgb(BLUE)), ("▄".to_owned(), rgb(WHITE), rgb(GREEN))];
        assert_eq!(cells(&png(1), (2, 1), Depth::True), expected);
    }

    #[test]
    fn four_quadrants_fill_four_corners_in_the_middle_of_the_place() {
        let cells = cells(&png(2), (8, 2), Depth::True);
        let grounds: Vec<_> = cells.iter().map(|(_, _, ground)| *ground).collect();
        let row = |left, right| {
            let (none, left, right) = (Color::Reset, rgb(left), rgb(right));
            [none, none, left, left, right, right, none, none]
        };
        assert_eq!(grounds, [row(RED, GREEN), row(BLUE, WHITE)].concat());
    }

    #[test]
    fn a_terminal_of_256_colours_gets_no_others() {
        let cells = cells(&png(1), (2, 1), Depth::Indexed);
        assert!(cells.iter().all(|(_, fg, _)| matches!(fg, Color::Indexed(_))), "{cells:?}");
    }

    #[test]
    fn a_picture_keeps_its_shape_in_any_room() {
        let fit = |picture, (width, height)| fit(picture, Size::new(width, height)).unwrap();
        assert_eq!(fit((800, 600), (80, 40)), Size::new(80, 30));
        assert_eq!(fit((800, 600), (80, 15)), Size::new(40, 15));
        assert_eq!(fit((1, 10_000), (80, 15)), Size::new(1, 15));
        assert_eq!(super::fit((0, 0), Size::new(8, 8)), None);
    }

    #[test]
    fn what_is_no_picture_and_what_comes_too_late_is_not_shown() {
        let order = |png: &Arc<[u8]>, room: (u16, u16)| Order {
            png: Arc::clone(png),
            room: Size::from(room),
            canvas: Canvas::Halfblocks,
        };
        let (good, bad): (_, Arc<[u8]>) = (png(1), Arc::from(*b"GIF89a"));
        assert!(order(&bad, (2, 2)).make().made.is_none());
        let asked = Some(order(&good, (2, 2)));
        let mut gallery = Gallery { asked, ..Gallery::default() };
        gallery.hang(order(&good, (3, 3)).make());
        assert!(gallery.hung.is_none());
    }
}
