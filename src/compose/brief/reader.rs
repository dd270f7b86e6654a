//! Reads the words of a prompt once and collects their meanings.

mod cast;
mod kind_choice;
mod numbers;
mod others;
mod replacement;

use super::Brief;
use super::amounts::PromptNumbers;
use super::lexicon::{self, LEXICON, PhraseMeaning, Removal};
use super::options::{self, GameOptions};
use super::own_texts::OwnTexts;
use super::report::PromptReport;
use crate::compose::kinds::{self, GameKind};
use crate::compose::media::MediaPlan;
use crate::compose::sprites::{self, SpriteRole};
use crate::compose::themes::GameTheme;
use crate::compose::words::PromptWord;

/// The maximum of different foes in a game.
const MAX_FOES: usize = 3;

/// The points of a kind for its name, and for a related word.
const NAMED_POINTS: u32 = 10;
const HINTED_POINTS: u32 = 2;

/// The findings so far.
pub(super) struct PromptReader {
    /// The current line.
    words: Vec<PromptWord>,
    theme: GameTheme,
    points: Vec<u32>,
    /// A kind that cannot be made, and the words that name it.
    unsupported: Option<(usize, String)>,
    named: Vec<(SpriteRole, &'static str)>,
    /// The sprites that the prompt explicitly makes the player.
    heroes: Vec<&'static str>,
    options: Vec<usize>,
    /// The colour of the background, as an option.
    ground: Option<usize>,
    /// The options of earlier prompts.
    earlier_options: usize,
    numbers: PromptNumbers,
    guessed: Vec<String>,
    unknown: Vec<String>,
}

impl PromptReader {
    /// A reader that has read nothing yet.
    pub fn new(theme: GameTheme) -> Self {
        Self {
            words: Vec::new(),
            theme,
            points: vec![0; kinds::all().len()],
            unsupported: None,
            named: Vec::new(),
            heroes: Vec::new(),
            options: Vec::new(),
            ground: None,
            earlier_options: 0,
            numbers: PromptNumbers::default(),
            guessed: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Another prompt follows: what the one before did not come to was told with it.
    pub fn begin_prompt(&mut self) {
        self.unknown.clear();
        self.guessed.clear();
        self.numbers.begin_prompt();
        self.earlier_options = self.options.len();
    }

    /// Reads one line; a kind that it names takes the place of an earlier one.
    pub fn read(&mut self, words: &[PromptWord]) {
        let nothing = vec![0; kinds::all().len()];
        let earlier = (std::mem::replace(&mut self.points, nothing), self.unsupported.take());
        words.clone_into(&mut self.words);
        let mut at = 0;
        while let Some(ahead) = words.get(at..).filter(|ahead| !ahead.is_empty()) {
            let number =
                if numbers::is_fixed_phrase(ahead) { None } else { self.read_number(at, ahead) };
            at += number.unwrap_or_else(|| self.read_phrase(at, ahead));
        }
        let names_kind =
            self.unsupported.is_some() || self.points.iter().any(|n| *n >= NAMED_POINTS);
        let knew_kind = earlier.1.is_some() || earlier.0.iter().any(|n| *n > 0);
        if knew_kind && !names_kind {
            (self.points, self.unsupported) = earlier;
        }
    }

    fn read_phrase(&mut self, at: usize, ahead: &[PromptWord]) -> usize {
        let known = LEXICON.longest(ahead);
        let count = known.map_or(0, |(_, count)| count);
        // "brick braker" is closer to a whole phrase than to its first word.
        let is_known = |word: &PromptWord| LEXICON.longest(std::slice::from_ref(word)).is_some();
        let longer = (count + 1..=3).rev().filter_map(|count| ahead.get(..count));
        let longer = longer.filter(|words| !words.iter().all(is_known));
        let mut guesses = longer.filter_map(|words| Some((words, LEXICON.guess(words)?)));
        if let Some((words, meaning)) = guesses.find(|(_, meaning)| meaning.is_worth_a_guess()) {
            self.apply_meaning(meaning, at, words);
            self.record_guess(words, meaning);
            return words.len();
        }
        match (known, ahead.first()) {
            (Some((meaning, _)), _) => {
                self.apply_meaning(meaning, at, ahead.get(..count).unwrap_or_default());
            }
            (None, Some(word)) => self.unknown.push(word.typed.clone()),
            (None, None) => {}
        }
        count.max(1)
    }

    fn record_guess(&mut self, words: &[PromptWord], meaning: PhraseMeaning) {
        let typed = join_typed(words);
        self.guessed.push(format!("read '{typed}' as {}", Self::meaning_name(meaning)));
    }

    fn apply_meaning(&mut self, meaning: PhraseMeaning, at: usize, words: &[PromptWord]) {
        match meaning {
            // The longer name counts: "a jumping game where you go up forever".
            PhraseMeaning::Kind(kind) => {
                let words = u32::try_from(words.len()).unwrap_or_default();
                self.add_points(kind, NAMED_POINTS + words);
            }
            PhraseMeaning::Hint(kind) => self.add_points(kind, HINTED_POINTS),
            PhraseMeaning::UnsupportedKind(other) => {
                self.unsupported.get_or_insert_with(|| (other, join_typed(words)));
            }
            PhraseMeaning::Sprite(sprite) => {
                self.apply_sprite(sprite, at, words);
                lexicon::hinted_kinds(words).for_each(|kind| self.add_points(kind, HINTED_POINTS));
            }
            PhraseMeaning::GameOption(option) if self.is_denied(at) => {
                self.withdraw_options(|known| known == option);
            }
            PhraseMeaning::GameOption(option)
                if options::option_colour(option).is_some()
                    && lexicon::is_about_background(&self.words, at, words.len()) =>
            {
                self.ground = Some(option);
            }
            PhraseMeaning::GameOption(option)
                if options::option_colour(option).is_some()
                    && others::is_about_others(&self.words, at, words.len()) =>
            {
                self.unknown.push(join_typed(words));
            }
            PhraseMeaning::GameOption(option)
                if options::is_crowd(option)
                    && !others::is_about_foes(&self.words, at, words.len()) => {}
            PhraseMeaning::GameOption(option) => {
                self.numbers.foes = options::foes_after(option, self.numbers.foes);
                self.withdraw_options(|known| options::is_overruled(known, option));
                self.options.push(option);
                self.hint_at_kinds(option);
                lexicon::hinted_kinds(words).for_each(|kind| self.add_points(kind, HINTED_POINTS));
            }
            PhraseMeaning::Theme(theme) if self.is_denied(at) => self.deny_theme(theme),
            PhraseMeaning::OutOfScope => {
                self.unknown.push(join_typed(words));
            }
            PhraseMeaning::Theme(theme) => self.theme = theme,
            PhraseMeaning::StopWord => {}
        }
    }

    fn apply_sprite(&mut self, sprite: usize, at: usize, words: &[PromptWord]) {
        let before = self.words.get(..at).unwrap_or_default();
        let after = self.words.get(at + words.len()..).unwrap_or_default();
        let is_one = words.last().is_some_and(|word| word.typed == word.stem);
        // "Catch the candy, avoid the spiders": what stands before it counts more.
        let is_hero =
            is_one && lexicon::role_before(before).is_none() && lexicon::is_hero_before(after);
        match lexicon::removal_before(before) {
            Some(how) => self.remove_sprite(sprite, at, how),
            None if is_hero => self.name_hero(sprite),
            None => {
                let is_foe = self.assign_role(sprite, at) == Some(SpriteRole::Foe);
                self.numbers.foes = self.numbers.foes.filter(|count| !is_foe || *count > 0);
            }
        }
    }

    fn withdraw_options(&mut self, is_meant: impl Fn(usize) -> bool) {
        let earlier = self.options.iter().take(self.earlier_options);
        self.earlier_options -= earlier.filter(|known| is_meant(**known)).count();
        self.options.retain(|known| !is_meant(*known));
    }

    /// Whether the words before this place take back what follows: "not spooky", "without shields".
    fn is_denied(&self, at: usize) -> bool {
        lexicon::is_denied(self.words.get(..at).unwrap_or_default())
    }

    /// Chooses another theme, if this one was chosen so far.
    fn deny_theme(&mut self, denied: GameTheme) {
        if self.theme == denied {
            self.theme =
                GameTheme::ALL.into_iter().find(|theme| *theme != denied).unwrap_or(denied);
        }
    }

    fn name_hero(&mut self, sprite: usize) {
        let hero =
            sprites::all().get(sprite).map(|sprite| (SpriteRole::Hero, sprite.name.as_str()));
        self.named.retain(|(part, _)| *part != SpriteRole::Hero);
        self.named.extend(hero);
        self.heroes.extend(hero.map(|(_, name)| name));
    }

    /// Removes a sprite; if no foe is left, the game has none.
    fn remove_sprite(&mut self, sprite: usize, at: usize, how: Removal) {
        let Some(away) = sprites::all().get(sprite) else { return };
        if how == Removal::Replace {
            return self.replace(away, at);
        }
        self.named.retain(|(_, name)| *name != away.name);
        let is_last = self.named.iter().all(|(part, _)| *part != SpriteRole::Foe);
        if away.role == SpriteRole::Foe && is_last {
            self.assign_role(sprite, at);
            self.numbers.foes = Some(0);
        }
    }

    fn add_points(&mut self, kind: usize, points: u32) {
        if let Some(so_far) = self.points.get_mut(kind) {
            *so_far += points;
        }
    }

    fn meaning_name(meaning: PhraseMeaning) -> String {
        match meaning {
            PhraseMeaning::Kind(i) | PhraseMeaning::Hint(i) => {
                kinds::all().get(i).map(|k| k.label().to_owned())
            }
            PhraseMeaning::UnsupportedKind(i) => {
                kinds::unsupported().get(i).map(|other| other.name.clone())
            }
            PhraseMeaning::Sprite(i) => sprites::all().get(i).map(|sprite| sprite.name.clone()),
            PhraseMeaning::GameOption(i) => Some(options::option_label(i)),
            PhraseMeaning::Theme(theme) => Some(theme.to_string()),
            PhraseMeaning::OutOfScope | PhraseMeaning::StopWord => None,
        }
        .unwrap_or_default()
    }

    /// Assigns a sprite its role: by the words before it, else its usual one.
    fn assign_role(&mut self, sprite: usize, at: usize) -> Option<SpriteRole> {
        let taken = self.take_over_role(at);
        let sprite = sprites::all().get(sprite)?;
        let before = self.words.get(..at)?;
        let is_many = self.words.get(at).is_some_and(|word| word.typed != word.stem);
        let listed = || lexicon::role_in_list(before, sprite.role).filter(|_| is_many);
        let said = taken.or_else(|| lexicon::role_before(before)).or_else(listed);
        let part = said.unwrap_or(sprite.role);
        if part == SpriteRole::Foe {
            // Who names foes wants some, whatever was said before.
            self.withdraw_options(|option| options::option_foes(option).is_some());
        }
        self.heroes
            .extend(said.filter(|part| *part == SpriteRole::Hero).map(|_| sprite.name.as_str()));
        let foes = self.named.iter().filter(|(known, _)| *known == SpriteRole::Foe).count();
        if self.named.contains(&(part, sprite.name.as_str())) {
            return Some(part);
        }
        if said == Some(SpriteRole::Hero) {
            // There is one player: the newest.
            self.named.retain(|(part, _)| *part != SpriteRole::Hero);
        }
        if part == SpriteRole::Foe && foes == MAX_FOES {
            self.unknown.push(sprite.name.clone());
            return Some(part);
        }
        self.named.push((part, &sprite.name));
        Some(part)
    }

    /// Chooses the kind and the cast, and applies the options.
    pub fn finish(mut self, seed: u64, named_title: Option<String>) -> Brief {
        let (kind, remark) = self.choose_kind(seed);
        self.reassign_roles(kind);
        let named_foes = self.named.iter().filter(|(part, _)| *part == SpriteRole::Foe).count();
        let has_named_foe = named_foes > 0 && self.numbers.foes != Some(0);
        let has_named_hero = self.named.iter().any(|(part, _)| *part == SpriteRole::Hero);
        let has_some = has_named_foe || self.options.iter().copied().any(options::wants_foes);
        let foes = if has_some { kind.foes.named } else { kind.foes.usual };
        // At least one of each named foe.
        let mut options = GameOptions::new(foes.max(u32::try_from(named_foes).unwrap_or(foes)));
        let (mut fit, mut unfit) = self.describe_cast(kind);
        let (amounts, unfit_amounts) = self.describe_amounts(kind);
        for (place, option) in self.options.into_iter().enumerate() {
            let is_granted = options.apply_option(option, kind);
            let list = if is_granted { &mut fit } else { &mut unfit };
            let label = options::option_label(option);
            let is_told = is_granted || place >= self.earlier_options;
            if is_told && !list.contains(&label) {
                list.push(label);
            }
        }
        if options.players == 2 && kind.takes("players") {
            // Two good players need more than three misses.
            options.lives = options.lives.max(5);
        }
        if let Some(ground) = self.ground {
            options.additions.ground = options::option_colour(ground).map(str::to_owned);
            fit.push(format!("{} background", options::option_label(ground)));
            self.unknown.retain(|word| !lexicon::is_background(word));
        }
        options.set_numbers(&self.numbers);
        if options.rule != GameOptions::USUAL_RULE && self.numbers.foes != Some(0) {
            // Who wishes to be chased wishes for somebody who does it.
            options.foes = options.foes.max(kind.foes.named);
        }
        if options.win.goal > 0 && kind.takes("rounds") {
            // Whoever wins so many rounds first: the other one, too.
            options.lives = options.win.goal;
        }
        fit.extend(amounts);
        unfit.extend(unfit_amounts);
        fit.extend(self.numbers.describe());
        fit.dedup();
        fit.extend(self.guessed);
        Brief {
            kind,
            theme: self.theme,
            cast: cast::assign_cast(&self.theme.data().cast, &self.named),
            options,
            named_title,
            own_texts: OwnTexts::default(),
            media: MediaPlan::default(),
            language: None,
            has_named_foe,
            has_named_hero,
            remark,
            report: PromptReport {
                understood: fit,
                unfit,
                left_out: Vec::new(),
                unknown: self.unknown,
            },
        }
    }

    /// Implicit heroes become foes: all of them in kinds without a hero, in others those who would be a second one.
    fn reassign_roles(&mut self, kind: &GameKind) {
        if !kind.takes("foe") {
            return;
        }
        let (said, heroes): (Vec<_>, Vec<_>) = self
            .named
            .iter_mut()
            .filter(|(part, _)| *part == SpriteRole::Hero)
            .partition(|(_, name)| self.heroes.contains(name));
        let mut has_hero = !kind.takes("hero") || !said.is_empty();
        for (part, _) in heroes {
            *part = if has_hero { SpriteRole::Foe } else { SpriteRole::Hero };
            has_hero = true;
        }
        let mut foes = 0;
        self.named.retain(|(part, _)| {
            foes += usize::from(*part == SpriteRole::Foe);
            *part != SpriteRole::Foe || foes <= MAX_FOES
        });
    }

    /// Describes the cast: the sprites that this kind has a role for, and the others.
    fn describe_cast(&self, kind: &GameKind) -> (Vec<String>, Vec<String>) {
        let said = |(part, name): &(SpriteRole, &str)| match part {
            _ if kind.takes("faces") => sprites::plural(name),
            SpriteRole::Foe => match self.numbers.foes {
                Some(count) if count < 2 || self.numbers.fits_foes(kind) => format!(
                    "{count} {}",
                    if count == 1 { (*name).to_owned() } else { sprites::plural(name) }
                ),
                _ => sprites::plural(name),
            },
            SpriteRole::Food => format!("{} to collect", sprites::plural(name)),
            SpriteRole::Hero => format!("you are {} {name}", article(name)),
            SpriteRole::Ball => format!("the ball is {} {name}", article(name)),
        };
        let (fit, unfit): (Vec<_>, Vec<_>) =
            self.named.iter().partition(|(part, _)| kind.takes(part.name()));
        (fit.into_iter().map(said).collect(), unfit.into_iter().map(said).collect())
    }
}

/// Words as they were typed.
fn join_typed(words: &[PromptWord]) -> String {
    words.iter().map(|word| word.typed.as_str()).collect::<Vec<_>>().join(" ")
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) && !name.starts_with("uni") { "an" } else { "a" }
}
