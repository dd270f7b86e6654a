//! The library's plain data: games, versions, and their addresses.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Wall-clock time in milliseconds since 1970, UTC. It may jump, also backwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// The time since `earlier`; zero if it is in the future.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }

    /// The start of its month in UTC, as the ledger counts a month.
    ///
    /// The day of the month is computed from the count of days (Howard Hinnant, `civil_from_days`).
    #[must_use]
    pub fn month_start(self) -> Self {
        const DAY: i64 = 86_400_000;
        let days = self.0.div_euclid(DAY);
        let of_era = (days + 719_468).rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let of_month = of_year - (153 * month + 2) / 5;
        Self((days - of_month) * DAY)
    }

    /// The start of the billing period that ends at this time and holds `now`: the same day of the month
    /// before. A day that the month before does not have is its last one's next.
    #[must_use]
    pub fn month_before(self) -> Self {
        const DAY: i64 = 86_400_000;
        let of_month = self.0 - self.month_start().0;
        let before = Self(self.month_start().0 - DAY).month_start();
        Self((before.0 + of_month).min(self.month_start().0))
    }

    /// This time plus `span`, saturating.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This time minus `span`, saturating.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// A game's number, as the user types it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GameId(pub i64);

/// A version of a game, written `12.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionId {
    pub game: GameId,
    pub number: u32,
}

/// A game or version as the user names it: `12` or `12.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameAddress {
    /// A game, or its current version.
    Game(GameId),
    Version(VersionId),
}

impl GameAddress {
    /// The addressed game, or that of the addressed version.
    pub fn game(self) -> GameId {
        match self {
            Self::Game(game) => game,
            Self::Version(version) => version.game,
        }
    }
}

impl fmt::Display for GameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.game, self.number)
    }
}

/// A text is not the address of a game or version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a game as `12`, a version as `12.3`")]
pub struct GameAddressError;

impl FromStr for GameId {
    type Err = GameAddressError;

    fn from_str(text: &str) -> Result<Self, GameAddressError> {
        text.parse().ok().filter(|id| *id > 0).map(Self).ok_or(GameAddressError)
    }
}

impl FromStr for VersionId {
    type Err = GameAddressError;

    fn from_str(text: &str) -> Result<Self, GameAddressError> {
        let (game, number) = text.split_once('.').ok_or(GameAddressError)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or(GameAddressError)?;
        Ok(Self { game: game.parse()?, number })
    }
}

impl FromStr for GameAddress {
    type Err = GameAddressError;

    fn from_str(text: &str) -> Result<Self, GameAddressError> {
        text.parse().map(Self::Version).or_else(|_| text.parse().map(Self::Game))
    }
}

/// How a version was made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Provenance {
    pub prompt: String,
    pub engine: String,
    pub model: Option<String>,
    pub provider: Option<String>,
    pub request_id: Option<String>,
    /// The composer's random seed.
    pub seed: Option<u64>,
    pub cost: RequestCost,
}

impl Provenance {
    /// The engine of a page that was imported.
    pub const IMPORT_ENGINE: &str = "import";

    /// The engine of a page that the user has edited.
    pub const USER_ENGINE: &str = "hand";

    /// Whether its prompt is a wish of the user's. What is said of a page that was imported, or
    /// edited by hand, is none.
    pub fn is_prompted(&self) -> bool {
        ![Self::IMPORT_ENGINE, Self::USER_ENGINE].contains(&self.engine.as_str())
    }
}

/// The cost of a request, as far as the server reported it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RequestCost {
    pub prompt_tokens: Option<u64>,
    pub completion_tokens: Option<u64>,
    /// `None` if the price of the model is unknown.
    pub estimated_usd: Option<f64>,
}

/// A version to be saved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewVersion {
    pub title: String,
    pub provenance: Provenance,
    /// The hardened file, as saved.
    pub html: String,
    /// The page before hardening, which the next change starts from.
    pub source: String,
    /// A JSON list, as `check --json` prints it.
    pub findings: String,
    pub valid: bool,
}

/// The parent of a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionParent {
    NewGame,
    /// The version that it changes.
    After(VersionId),
}

/// A game as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameEntry {
    pub id: GameId,
    pub title: String,
    pub versions: u32,
    /// The number of the current version.
    pub head: u32,
    pub updated: UnixMillis,
    pub tags: Vec<String>,
}

/// A version as listed.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionEntry {
    pub id: VersionId,
    pub parent: Option<u32>,
    pub provenance: Provenance,
    pub findings: String,
    pub valid: bool,
    /// `responds`, `loads` or `broken`; `None` if it was not play-tested.
    pub verdict: Option<String>,
    pub bytes: u64,
    pub sha256: String,
    pub created: UnixMillis,
}

/// The result of a version's play-test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlayRecord {
    /// `responds`, `loads` or `broken`.
    pub grade: String,
    /// One line for the user, safe to display.
    pub headline: String,
    /// A JSON object, as `play --test --json` prints it.
    pub report: String,
    /// A screenshot of the moment with the most change, as PNG.
    pub picture: Option<Vec<u8>>,
}

/// Both texts of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageTexts {
    pub html: String,
    pub source: String,
}

/// A range of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListRange {
    pub offset: u32,
    pub limit: u32,
}

/// A game found by a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    pub version: VersionId,
    pub title: String,
    pub matched: MatchField,
    /// The first matching line.
    pub excerpt: String,
}

/// The field that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchField {
    Title,
    Prompt,
    Source,
}

impl MatchField {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Prompt => "prompt",
            Self::Source => "source",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_by_game_and_number() {
        let version = VersionId { game: GameId(12), number: 3 };
        assert_eq!("12.3".parse(), Ok(GameAddress::Version(version)));
        assert_eq!("12".parse(), Ok(GameAddress::Game(GameId(12))));
        assert_eq!(version.to_string(), "12.3");
        for bad in ["", "0", "-1", "1.", ".1", "1.0", "1.2.3", "x", "1.-2", "99999999999999999999"]
        {
            assert_eq!(bad.parse::<GameAddress>(), Err(GameAddressError), "{bad}");
        }
    }
}
