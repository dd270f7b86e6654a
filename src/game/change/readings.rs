//! Tries each way to read the blocks of an answer against the game.
//!
//! A way counts where every block fits or changes nothing. Where all ways that
//! count make the same game, that is the change; where they differ, or where
//! there is none, nothing is applied and the blocks are told.

use super::blocks::{Block, Next, Place, Sheet, TooMany};
use super::{Mismatch, Unmatched, fits, own};

/// How often a block may be tried in another way than the first, over the whole answer. Each time
/// costs about a millisecond for a game of a megabyte.
const MOST_TRIES: usize = 1_000;
/// How many blocks of an answer may be read in more ways than one: each holds a copy of the game.
const DEEPEST: usize = 24;

/// How many blocks that do not fit are told at most, and how many ways to read one are tried for it: each
/// takes a search through the game.
const MOST_TOLD: usize = 32;

/// What the blocks of an answer come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// The game with the blocks applied, how many were, and those that change nothing.
    Applied(String, usize, Vec<Unmatched>),
    /// Blocks that do not fit.
    Unfit(Vec<Unmatched>),
    /// No block at all.
    None,
}

/// Finds the blocks and applies them, where there is one way to do so.
pub(super) fn read(sheet: &Sheet<'_>, game: &str) -> Reading {
    let mut ways = Ways { sheet, game, tries: 0, found: Vec::new() };
    let gone = ways.go(Way::new(game), 0, 0);
    match (gone, ways.found.as_slice()) {
        (Ok(()), [way]) => way.clone().told(),
        (Ok(()), [first, other, ..]) => Reading::Unfit(first.unlike(other)),
        (Ok(()), []) => ways.first().refused(),
        (Err(TooMany), _) => Reading::Unfit(ways.first().unclear()),
    }
}

/// One way to read an answer, as far as it goes.
#[derive(Debug, Clone)]
struct Way {
    text: String,
    places: Vec<Place>,
    /// Blocks that change nothing, or do not fit.
    told: Vec<Unmatched>,
}

impl Way {
    fn new(game: &str) -> Self {
        Self { text: game.to_owned(), places: Vec::new(), told: Vec::new() }
    }

    /// The way with a block that does not fit.
    fn with(mut self, place: Place, why: Mismatch) -> Self {
        self.places.push(place);
        self.tell(why);
        self
    }

    fn tell(&mut self, why: Mismatch) {
        self.told.push(Unmatched { number: self.places.len(), why });
    }

    /// What to say where every block fits or changes nothing.
    fn told(self) -> Reading {
        match self.places.len() - self.told.len() {
            0 if self.places.is_empty() => Reading::None,
            0 => Reading::Unfit(self.told),
            applied => Reading::Applied(self.text, applied, self.told),
        }
    }

    /// Two ways fit: the blocks that they do not agree on.
    fn unlike(&self, other: &Self) -> Vec<Unmatched> {
        let differs = |(at, place): (usize, &Place)| {
            (other.places.get(at) != Some(place))
                .then(|| Unmatched { number: at + 1, why: Mismatch::Unclear })
        };
        let differing: Vec<_> = self.places.iter().enumerate().filter_map(differs).collect();
        if differing.is_empty() { self.clone().unclear() } else { differing }
    }

    /// No block can be relied on.
    fn unclear(self) -> Vec<Unmatched> {
        let numbers = 1..=self.places.len().max(1);
        numbers.map(|number| Unmatched { number, why: Mismatch::Unclear }).collect()
    }

    /// No way fits: what is wrong with this one.
    fn refused(mut self) -> Reading {
        if self.places.is_empty() {
            return Reading::None;
        }
        let is_wrong = |block: &Unmatched| block.why != Mismatch::Same;
        if self.told.iter().any(is_wrong) {
            self.told.retain(is_wrong);
        } else {
            // Each block fits by itself, and a mark is left that nobody needs.
            self.tell(Mismatch::Unclear);
        }
        Reading::Unfit(self.told)
    }
}

/// The ways to read an answer.
struct Ways<'s, 'a> {
    sheet: &'s Sheet<'a>,
    game: &'s str,
    tries: usize,
    /// Ways that make different games; two are enough to know that there is not one.
    found: Vec<Way>,
}

impl Ways<'_, '_> {
    /// Goes on with a way from a row.
    fn go(&mut self, mut way: Way, mut row: usize, depth: usize) -> Result<(), TooMany> {
        while let Next::Open(open) = self.sheet.next(row) {
            let last = self.branch(&way, open, depth)?;
            let Some((next, end)) = last.filter(|_| self.found.len() < 2) else { return Ok(()) };
            (way, row) = (next, end + 1);
        }
        let is_new = self.found.iter().all(|found| found.text != way.text);
        if self.sheet.next(row) == Next::Nothing && is_new {
            self.found.push(way);
        }
        Ok(())
    }

    /// Goes on with each block that can stand next but the last, which is given back: so a long answer
    /// with one way to read it needs no depth.
    fn branch(
        &mut self,
        way: &Way,
        open: usize,
        depth: usize,
    ) -> Result<Option<(Way, usize)>, TooMany> {
        let mut last = None;
        for place in self.places(way, open)? {
            let Some(next) = self.with(way, place) else { continue };
            let Some((before, end)) = last.replace((next, place.end)) else { continue };
            if depth == DEEPEST {
                return Err(TooMany);
            }
            self.go(before, end + 1, depth + 1)?;
        }
        Ok(last)
    }

    /// Where a block can stand that opens here.
    fn places(&mut self, way: &Way, open: usize) -> Result<Vec<Place>, TooMany> {
        let has = |line: &str| way.text.contains(line) || self.game.contains(line);
        let places = self.sheet.places(open, has)?;
        self.tries += places.len().saturating_sub(1);
        if self.tries <= MOST_TRIES { Ok(places) } else { Err(TooMany) }
    }

    /// The way with one more block, if that fits or changes nothing.
    fn with(&self, way: &Way, place: Place) -> Option<Way> {
        let block = self.sheet.block(place);
        if own::is_example(&block, &way.text) {
            return Some(way.clone());
        }
        let changed = fits(self.game, &way.text, &block);
        let mut next = Way { places: [way.places.as_slice(), &[place]].concat(), ..way.clone() };
        match changed {
            Ok(text) => next.text = text,
            // Among several ways only one whose lines are there is one.
            Err(Mismatch::Same) if self.is_sure(&block, place, &way.text) => {
                next.tell(Mismatch::Same);
            }
            Err(_) => return None,
        }
        Some(next)
    }

    fn is_sure(&self, block: &Block, place: Place, text: &str) -> bool {
        self.sheet.dividers(place) == 1 || text.contains(&block.search)
    }

    /// The way that takes the first place for each block, or one of the first that fits: to say what
    /// is wrong.
    fn first(&self) -> Way {
        let mut way = Way::new(self.game);
        let mut row = 0;
        while let (Next::Open(open), true) = (self.sheet.next(row), way.told.len() < MOST_TOLD) {
            let has = |line: &str| way.text.contains(line) || self.game.contains(line);
            let places = self.sheet.places(open, has);
            (way, row) = match places {
                Ok(places) => self.first_of(way, open, &places),
                Err(TooMany) => (way.with(Place::none(open), Mismatch::Unclear), open + 1),
            };
        }
        way
    }

    fn first_of(&self, way: Way, open: usize, places: &[Place]) -> (Way, usize) {
        let places = places.get(..places.len().min(MOST_TOLD)).unwrap_or_default();
        let fitting = places.iter().find_map(|place| Some((self.with(&way, *place)?, place.end)));
        if let Some((next, end)) = fitting {
            return (next, end + 1);
        }
        let Some(place) = places.first() else {
            return (way.with(Place::none(open), Mismatch::NoEnd), open + 1);
        };
        let why = fits(self.game, &way.text, &self.sheet.block(*place));
        (way.with(*place, why.err().unwrap_or(Mismatch::Unclear)), place.end + 1)
    }
}
