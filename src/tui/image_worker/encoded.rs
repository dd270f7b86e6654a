//! Decodes, scales and encodes pictures for the terminal.

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::protocol::Protocol;
use ratatui_image::protocol::halfblocks::Halfblocks;
use ratatui_image::{FontSize, Image, Resize};

use super::{GraphicsProtocol, PixelProtocol};

/// A picture as the terminal takes it.
pub(super) struct EncodedImage(Protocol);

impl EncodedImage {
    /// Decodes a PNG and scales it to `room`; `None` if it is no picture.
    pub fn new(png: &[u8], area: Size, encode: GraphicsProtocol) -> Option<Self> {
        let image = image::load_from_memory_with_format(png, ImageFormat::Png).ok()?;
        match encode {
            GraphicsProtocol::Halfblocks => {
                let size = fit_size((image.width(), image.height()), area)?;
                Some(Self(Protocol::Halfblocks(Halfblocks::new(image, size).ok()?)))
            }
            GraphicsProtocol::Pixels(how, cell) => {
                encode_pixels(image, how, (area, cell)).map(Self)
            }
        }
    }

    /// The size in cells.
    pub fn size(&self) -> Size {
        self.0.size()
    }

    /// Draws the picture in this area.
    pub fn draw(&self, frame: &mut Frame<'_>, at: Rect) {
        frame.render_widget(Image::new(&self.0), at);
    }
}

fn encode_pixels(
    image: DynamicImage,
    how: PixelProtocol,
    (size, cell): (Size, (u16, u16)),
) -> Option<Protocol> {
    #[expect(deprecated, reason = "the other way reads the terminal, which belongs to the screen")]
    let mut picker = Picker::from_fontsize(FontSize::from(cell));
    picker.set_protocol_type(match how {
        PixelProtocol::Kitty => ProtocolType::Kitty,
        PixelProtocol::Iterm => ProtocolType::Iterm2,
        PixelProtocol::Sixel => ProtocolType::Sixel,
    });
    picker.new_protocol(image, size, Resize::Scale(Some(FilterType::Triangle))).ok()
}

/// The largest size in cells with the same aspect ratio; a cell is two pixels high. `None` for an
/// empty picture.
pub(super) fn fit_size((width, height): (u32, u32), size: Size) -> Option<Size> {
    let (width, height) = (u64::from(width), u64::from(height));
    let (across, down) = (u64::from(size.width), u64::from(size.height) * 2);
    let rows = (height * across).checked_div(width)?;
    let (across, down) =
        if rows <= down { (across, rows) } else { ((width * down).checked_div(height)?, down) };
    let cells = |count: u64| u16::try_from(count.max(1)).ok();
    Some(Size::new(cells(across)?, cells(down.div_ceil(2))?))
}
