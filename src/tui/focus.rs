//! Which pane has the keys. It never moves by itself.

/// The panes, in the order of their numbers on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Prompt,
    Status,
    Preview,
}

impl Pane {
    /// All panes, in reading order.
    pub const ALL: [Self; 3] = [Self::Prompt, Self::Status, Self::Preview];

    /// The pane after this one, in a circle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Prompt => Self::Status,
            Self::Status => Self::Preview,
            Self::Preview => Self::Prompt,
        }
    }

    /// The pane before this one, in a circle.
    #[must_use]
    pub fn back(self) -> Self {
        self.next().next()
    }

    /// The pane's title, with the number of its key.
    pub fn title(self) -> &'static str {
        match self {
            Self::Prompt => "1 Prompt",
            Self::Status => "2 Status",
            Self::Preview => "3 Preview",
        }
    }
}
