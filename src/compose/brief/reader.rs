//! Goes through the words of a prompt once and collects what they mean.

use super::Brief;
use super::lexicon::{self, LEXICON, Meaning, Unwished};
use super::wishes::{self, Numbers, Wishes};
use crate::compose::kinds::{self, Kind};
use crate::compose::themes::{Cast, Theme};
use crate::compose::things::{self, Part};
use crate::compose::words::Word;

/// How many sorts of foe one game has room for.
const MOST_FOES: usize = 3;

/// What a kind gains by its name, and by a word that goes with it.
const NAMED: u32 = 10;
const HINTED: u32 = 2;

/// What was found so far.
pub(super) struct Reader {
    /// The line that is being read.
    words: Vec<Word>,
    theme: Theme,
    points: Vec<u32>,
    elsewhere: Option<usize>,
    named: Vec<(Part, &'static str)>,
    /// Who was said to be the player, not only taken for it.
    heroes: Vec<&'static str>,
    wishes: Vec<usize>,
    numbers: Numbers,
    guessed: Vec<String>,
    unknown: Vec<String>,
}

impl Reader {
    pub fn new(theme: Theme) -> Self {
        Self {
            words: Vec::new(),
            theme,
            points: vec![0; kinds::all().len()],
            elsewhere: None,
            named: Vec::new(),
            heroes: Vec::new(),
            wishes: Vec::new(),
            numbers: Numbers::default(),
            guessed: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Reads one line; a kind that it names takes the place of an earlier one.
    pub fn read(&mut self, words: &[Word]) {
        let nothing = vec![0; kinds::all().len()];
        let earlier = (std::mem::replace(&mut self.points, nothing), self.elsewhere.take());
        words.clone_into(&mut self.words);
        let mut at = 0;
        while let Some(ahead) = words.get(at..).filter(|ahead| !ahead.is_empty()) {
            let number = if is_fixed_phrase(ahead) { None } else { self.read_number(at, ahead) };
            at += number.unwrap_or_else(|| self.read_phrase(at, ahead));
        }
        let names_kind = self.elsewhere.is_some() || self.points.iter().any(|n| *n >= NAMED);
        let knew_kind = earlier.1.is_some() || earlier.0.iter().any(|n| *n > 0);
        if knew_kind && !names_kind {
            (self.points, self.elsewhere) = earlier;
        }
    }

    /// A number and its unit; how many words they took.
    fn read_number(&mut self, at: usize, ahead: &[Word]) -> Option<usize> {
        let number = lexicon::number(ahead.first()?)?;
        let unit = ahead.get(1)?;
        let is_more = matches!(unit.typed.as_str(), "more" | "extra" | "additional");
        if is_more && ahead.get(2).is_some_and(|unit| lexicon::is_unit("lives", unit)) {
            self.numbers.more_lives += number.min(99);
            return Some(3);
        }
        if lexicon::is_unit("lives", unit) && unit.typed != "live" {
            self.numbers.lives = Some(number.clamp(1, 99));
        } else if lexicon::is_unit("seconds", unit) {
            self.numbers.seconds = Some(number.clamp(5, 3600));
        } else if lexicon::is_unit("minutes", unit) {
            self.numbers.seconds = Some(number.saturating_mul(60).clamp(5, 3600));
        } else if lexicon::is_unit("age", unit) {
            // A game for somebody of four or seven years.
            self.wishes.extend(wishes::labelled("easy").filter(|_| number < 10));
        } else {
            return self.read_count(number, at, ahead.get(1..)?);
        }
        Some(2)
    }

    /// How many of a thing there are to be.
    fn read_count(&mut self, number: u32, at: usize, ahead: &[Word]) -> Option<usize> {
        let word = ahead.first()?;
        let known = LEXICON.longest(ahead);
        let guess = || Some((LEXICON.guess(ahead.get(..1)?)?, 1));
        let (meaning, count) = known.or_else(guess)?;
        if let Meaning::Wish(_) | Meaning::Quiet = meaning {
            return self.read_count_beyond(number, ahead.get(count..)?);
        }
        let Meaning::Thing(thing) = meaning else { return None };
        let is_hero = lexicon::is_hero_before(ahead.get(count..)?);
        if number == 1 && is_hero {
            self.name_hero(thing);
            return Some(1 + count);
        }
        if known.is_none() {
            self.admit_guess(std::slice::from_ref(word), meaning);
        }
        if self.cast_thing(thing, at) == Some(Part::Foe) {
            self.numbers.foes = Some(number.min(9));
        }
        Some(1 + count)
    }

    /// The same where a word stands between: "3 slow ghosts"; takes only the number.
    fn read_count_beyond(&mut self, number: u32, ahead: &[Word]) -> Option<usize> {
        let (Meaning::Thing(thing), _) = LEXICON.longest(ahead)? else { return None };
        let is_foe = things::all().get(thing).is_some_and(|thing| thing.part == Part::Foe);
        self.numbers.foes = Some(number.min(9)).filter(|_| is_foe).or(self.numbers.foes);
        is_foe.then_some(1)
    }

    fn read_phrase(&mut self, at: usize, ahead: &[Word]) -> usize {
        let known = LEXICON.longest(ahead);
        let count = known.map_or(0, |(_, count)| count);
        // "brick braker" is nearer to a whole phrase than to its first word.
        let is_known = |word: &Word| LEXICON.longest(std::slice::from_ref(word)).is_some();
        let longer = (count + 1..=3).rev().filter_map(|count| ahead.get(..count));
        let longer = longer.filter(|words| !words.iter().all(is_known));
        let mut guesses = longer.filter_map(|words| Some((words, LEXICON.guess(words)?)));
        if let Some((words, meaning)) = guesses.find(|(_, meaning)| meaning.is_worth_a_guess()) {
            self.take(meaning, at, words);
            self.admit_guess(words, meaning);
            return words.len();
        }
        match (known, ahead.first()) {
            (Some((meaning, _)), _) => {
                self.take(meaning, at, ahead.get(..count).unwrap_or_default());
            }
            (None, Some(word)) => self.unknown.push(word.typed.clone()),
            (None, None) => {}
        }
        count.max(1)
    }

    fn admit_guess(&mut self, words: &[Word], meaning: Meaning) {
        let typed: Vec<_> = words.iter().map(|word| word.typed.as_str()).collect();
        self.guessed.push(format!("read '{}' as {}", typed.join(" "), Self::name_of(meaning)));
    }

    fn take(&mut self, meaning: Meaning, at: usize, words: &[Word]) {
        match meaning {
            Meaning::Kind(kind) => self.favour(kind, NAMED),
            Meaning::Hint(kind) => self.favour(kind, HINTED),
            Meaning::Elsewhere(other) => self.elsewhere = self.elsewhere.or(Some(other)),
            Meaning::Thing(thing) => self.take_thing(thing, at, words),
            Meaning::Wish(wish) => self.wishes.push(wish),
            Meaning::Beyond => {
                let typed: Vec<_> = words.iter().map(|word| word.typed.as_str()).collect();
                self.unknown.push(typed.join(" "));
            }
            Meaning::Theme(theme) => self.theme = theme,
            Meaning::Quiet => {}
        }
    }

    fn take_thing(&mut self, thing: usize, at: usize, words: &[Word]) {
        let before = self.words.get(..at).unwrap_or_default();
        let after = self.words.get(at + words.len()..).unwrap_or_default();
        let is_one = words.last().is_some_and(|word| word.typed == word.stem);
        let is_hero = is_one && lexicon::is_hero_before(after);
        match lexicon::unwished(before) {
            Some(how) => self.send_away(thing, at, how),
            None if is_hero => self.name_hero(thing),
            None => {
                let is_foe = self.cast_thing(thing, at) == Some(Part::Foe);
                self.numbers.foes = self.numbers.foes.filter(|count| !is_foe || *count > 0);
            }
        }
    }

    fn name_hero(&mut self, thing: usize) {
        let hero = things::all().get(thing).map(|thing| (Part::Hero, thing.name.as_str()));
        self.named.extend(hero);
        self.heroes.extend(hero.map(|(_, name)| name));
    }

    /// Takes somebody out again; where nobody is left, there are to be none.
    fn send_away(&mut self, thing: usize, at: usize, how: Unwished) {
        let Some(away) = things::all().get(thing) else { return };
        self.named.retain(|(_, name)| *name != away.name);
        let is_last = self.named.iter().all(|(part, _)| *part != Part::Foe);
        if how == Unwished::Gone && away.part == Part::Foe && is_last {
            self.cast_thing(thing, at);
            self.numbers.foes = Some(0);
        }
    }

    fn favour(&mut self, kind: usize, points: u32) {
        if let Some(so_far) = self.points.get_mut(kind) {
            *so_far += points;
        }
    }

    fn name_of(meaning: Meaning) -> String {
        match meaning {
            Meaning::Kind(i) | Meaning::Hint(i) => {
                kinds::all().get(i).map(|k| k.label().to_owned())
            }
            Meaning::Elsewhere(i) => kinds::elsewhere().get(i).map(|other| other.name.clone()),
            Meaning::Thing(i) => things::all().get(i).map(|thing| thing.name.clone()),
            Meaning::Wish(i) => Some(wishes::label(i)),
            Meaning::Theme(theme) => Some(theme.to_string()),
            Meaning::Beyond | Meaning::Quiet => None,
        }
        .unwrap_or_default()
    }

    /// Gives something its part: what the word before it says, else what it always is.
    fn cast_thing(&mut self, thing: usize, at: usize) -> Option<Part> {
        let thing = things::all().get(thing)?;
        let said = lexicon::part_before(self.words.get(..at)?);
        let part = said.unwrap_or(thing.part);
        self.heroes.extend(said.filter(|part| *part == Part::Hero).map(|_| thing.name.as_str()));
        let foes = self.named.iter().filter(|(known, _)| *known == Part::Foe).count();
        if self.named.contains(&(part, thing.name.as_str())) {
            return Some(part);
        }
        if part == Part::Foe && foes == MOST_FOES {
            self.unknown.push(thing.name.clone());
            return Some(part);
        }
        self.named.push((part, &thing.name));
        Some(part)
    }

    pub fn settle(mut self, seed: u64, named_title: Option<String>) -> Brief {
        let (kind, remark) = self.choose_kind(seed);
        self.recast(kind);
        let named_foes = self.named.iter().filter(|(part, _)| *part == Part::Foe).count();
        let has_named_foe = named_foes > 0;
        let has_named_hero = self.named.iter().any(|(part, _)| *part == Part::Hero);
        let foes = if has_named_foe { kind.foes_when_named } else { kind.foes };
        // At least one of each that is named.
        let mut wishes = Wishes::new(foes.max(u32::try_from(named_foes).unwrap_or(foes)));
        let (mut fit, mut unfit) = self.tell_cast(kind);
        for wish in self.wishes {
            let list = if wishes.grant(wish, kind) { &mut fit } else { &mut unfit };
            let label = wishes::label(wish);
            if !list.contains(&label) {
                list.push(label);
            }
        }
        if wishes.players == 2 && kind.takes("players") {
            // Three misses are soon made when both are good.
            wishes.lives = wishes.lives.max(5);
        }
        wishes.set_numbers(&self.numbers);
        fit.extend(self.numbers.told());
        fit.extend(self.guessed);
        Brief {
            kind,
            theme: self.theme,
            cast: assign(&self.theme.look().cast, &self.named),
            wishes,
            named_title,
            has_named_foe,
            has_named_hero,
            remark,
            understood: fit,
            unfit,
            unknown: self.unknown,
        }
    }

    /// Where nobody is played, whoever could be a hero is one more that wanders about.
    fn recast(&mut self, kind: &Kind) {
        if kind.takes("hero") || !kind.takes("foe") {
            return;
        }
        for (part, name) in &mut self.named {
            if *part == Part::Hero && !self.heroes.contains(name) {
                *part = Part::Foe;
            }
        }
        let mut foes = 0;
        self.named.retain(|(part, _)| {
            foes += usize::from(*part == Part::Foe);
            *part != Part::Foe || foes <= MOST_FOES
        });
    }

    /// Who appears, in words: those this kind has a part for, and the others.
    fn tell_cast(&self, kind: &Kind) -> (Vec<String>, Vec<String>) {
        let said = |(part, name): &(Part, &str)| match part {
            _ if kind.takes("faces") => things::plural(name),
            Part::Foe => match self.numbers.foes {
                Some(count) => format!(
                    "{count} {}",
                    if count == 1 { (*name).to_owned() } else { things::plural(name) }
                ),
                None => things::plural(name),
            },
            Part::Food => format!("{} to collect", things::plural(name)),
            Part::Hero => format!("you are {} {name}", article(name)),
            Part::Ball => format!("the ball is {} {name}", article(name)),
        };
        let (fit, unfit): (Vec<_>, Vec<_>) =
            self.named.iter().partition(|(part, _)| kind.takes(part.name()));
        (fit.into_iter().map(said).collect(), unfit.into_iter().map(said).collect())
    }

    /// The kind that was named, else the nearest to what was named, else what the hints say.
    fn choose_kind(&mut self, seed: u64) -> (&'static Kind, Option<String>) {
        let all = kinds::all();
        let most = self.points.iter().copied().max().unwrap_or_default();
        let best = self.points.iter().position(|points| *points == most).and_then(|i| all.get(i));
        let other = self.elsewhere.and_then(|i| kinds::elsewhere().get(i));
        match (other, best) {
            (Some(other), Some(best)) if most >= NAMED => {
                self.unknown.push(other.name.clone());
                (best, None)
            }
            (Some(other), _) => {
                let near = all.iter().find(|kind| kind.name == other.near);
                let kind = near.or(all.first()).unwrap_or(&kinds::NONE);
                let label = kind.label();
                (kind, Some(format!("no {} here yet: made {label} instead", other.name)))
            }
            (None, Some(best)) if most > 0 => (best, None),
            (None, _) => {
                let has_parts = |kind: &&Kind| {
                    self.named
                        .iter()
                        .all(|(part, _)| kind.takes(part.name()) && !kind.takes("faces"))
                };
                let fitting: Vec<&Kind> = all.iter().filter(has_parts).collect();
                let pick = usize::try_from(seed).unwrap_or_default() % fitting.len().max(1);
                let kind = fitting.get(pick).copied().unwrap_or(&kinds::NONE);
                (kind, Some(format!("no kind of game was named: made {}", kind.label())))
            }
        }
    }
}

/// Phrases such as "one life" and "no second chance", whose first word is no number by itself.
fn is_fixed_phrase(ahead: &[Word]) -> bool {
    LEXICON.longest(ahead).is_some_and(|(meaning, count)| {
        count > 1 && !matches!(meaning, Meaning::Thing(_) | Meaning::Quiet)
    })
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Gives out the parts; nobody plays two, or the player could not tell friend from foe.
fn assign(usual: &'static Cast, named: &[(Part, &'static str)]) -> Cast {
    let who = |part: Part| named.iter().filter(move |(p, _)| *p == part).map(|(_, name)| *name);
    let mut cast = usual.clone();
    let foes: Vec<String> = who(Part::Foe).map(str::to_owned).collect();
    if !foes.is_empty() {
        cast.foe = foes;
    }
    let mut taken = cast.foe.clone();
    let mut choose = |part: Part, first: &'static str, others: &[&'static str]| {
        let free = who(part).chain([first]).chain(others.iter().copied());
        let name = free.into_iter().find(|name| !taken.iter().any(|t| t == name)).unwrap_or(first);
        taken.push(name.to_owned());
        name.to_owned()
    };
    cast.hero = choose(Part::Hero, &usual.hero, &["witch", "pumpkin"]);
    cast.food = choose(Part::Food, &usual.food, &["lantern", "candy"]);
    cast.treat = choose(Part::Food, &usual.treat, &["lantern", "pumpkin"]);
    cast.ball = choose(Part::Ball, &usual.ball, &["skull"]);
    cast
}
