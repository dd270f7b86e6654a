//! Chooses the kind of game, and says so where the prompt names none, or one that cannot be made.

use super::super::options;
use super::{NAMED_POINTS, PromptReader};
use crate::compose::kinds::{self, GameKind};
use crate::compose::languages;

/// Whether these words name a whole class of games, to which the named one may belong: "a block puzzle".
fn is_class(other: usize, typed: &str) -> bool {
    let name = kinds::unsupported().get(other).map_or("", |other| other.name.as_str());
    typed.strip_suffix(" game").unwrap_or(typed) == name.strip_suffix(" game").unwrap_or(name)
}

impl PromptReader {
    /// The named kind, else the nearest to an unsupported one, else the one with most hints.
    pub(super) fn choose_kind(&mut self, seed: u64) -> (&'static GameKind, Option<String>) {
        let all = kinds::all();
        let highest = self.points.iter().copied().max().unwrap_or_default();
        let best =
            self.points.iter().position(|points| *points == highest).and_then(|i| all.get(i));
        match (self.unsupported.take(), best) {
            (Some((other, typed)), Some(best)) if highest >= NAMED_POINTS => {
                if !is_class(other, &typed) {
                    self.unknown.push(typed);
                }
                (best, None)
            }
            (Some((other, typed)), _) => {
                let near = kinds::unsupported().get(other).map(|other| other.near.as_str());
                let near = all.iter().find(|kind| Some(kind.name.as_str()) == near);
                let kind = near.or(all.first()).unwrap_or(&kinds::EMPTY_KIND);
                let label = kind.label();
                let remark =
                    format!("I know no {typed}; the nearest I have is {label}, or ask a model");
                (kind, Some(remark))
            }
            (None, Some(best)) if highest > 0 => (best, None),
            (None, _) => {
                let has_parts = |kind: &&GameKind| {
                    self.named
                        .iter()
                        .all(|(part, _)| kind.takes(part.name()) && !kind.takes("faces"))
                };
                let mut fitting: Vec<&GameKind> = all.iter().filter(has_parts).collect();
                if fitting.iter().any(|kind| kind.suits_any) {
                    fitting.retain(|kind| kind.suits_any);
                }
                let pick = usize::try_from(seed).unwrap_or_default() % fitting.len().max(1);
                let kind = fitting.get(pick).copied().unwrap_or(&kinds::EMPTY_KIND);
                let why = if self.is_foreign() {
                    "I read English and ten more languages, but not this one"
                } else {
                    "no kind of game recognised"
                };
                (kind, Some(format!("{why}: made {}", kind.label())))
            }
        }
    }

    /// Whether most of what is not understood is written in letters that no table has.
    fn is_foreign(&self) -> bool {
        let other = self.unknown.iter().filter(|word| !languages::has_known_letters(word)).count();
        other > 0 && other * 2 >= self.unknown.len()
    }

    /// What only a few kinds can do speaks for them, if none is named.
    pub(super) fn hint_at_kinds(&mut self, option: usize) {
        const FEW: usize = 4;
        let takes =
            |kind: &GameKind| options::option_need(option).is_some_and(|need| kind.takes(need));
        let able = kinds::all().iter().enumerate().filter(|(_, kind)| takes(kind));
        let able: Vec<usize> = able.map(|(place, _)| place).collect();
        for place in able.iter().filter(|_| able.len() <= FEW) {
            self.add_points(*place, 1);
        }
    }
}
