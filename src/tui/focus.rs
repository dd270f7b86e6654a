//! Which pane has the keys. It never moves by itself.

/// The panes, in the order of their numbers on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pane {
    Session,
    Status,
    #[default]
    Prompt,
    Preview,
}

impl Pane {
    /// All panes, in reading order.
    pub const ALL: [Self; 4] = [Self::Session, Self::Status, Self::Prompt, Self::Preview];

    /// The pane after this one, in a circle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Session => Self::Status,
            Self::Status => Self::Prompt,
            Self::Prompt => Self::Preview,
            Self::Preview => Self::Session,
        }
    }

    /// The pane before this one, in a circle.
    #[must_use]
    pub fn back(self) -> Self {
        self.next().next().next()
    }

    /// The pane's title, with the number of its key.
    pub fn title(self) -> &'static str {
        match self {
            Self::Session => "1 Session",
            Self::Status => "2 Status",
            Self::Prompt => "3 Prompt",
            Self::Preview => "4 Preview",
        }
    }
}
