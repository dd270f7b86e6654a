//! Pictures in a build that leaves them out: there are none.

use std::convert::Infallible;

use ratatui::Frame;
use ratatui::layout::{Rect, Size};

use super::GraphicsProtocol;

/// No picture is ever encoded.
pub(super) struct EncodedImage(Infallible);

impl EncodedImage {
    /// `None`: this build draws no pictures.
    pub fn new(_png: &[u8], _room: Size, _encode: GraphicsProtocol) -> Option<Self> {
        None
    }

    /// Never called, because there is no value.
    pub fn size(&self) -> Size {
        match self.0 {}
    }

    /// Never called, because there is no value.
    pub fn draw(&self, _frame: &mut Frame<'_>, _at: Rect) {
        match self.0 {}
    }
}
