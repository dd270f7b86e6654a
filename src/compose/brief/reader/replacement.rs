//! Who takes the place of somebody: "the ghosts are cats", "cats instead of ghosts", "replace ghosts with cats".

use super::super::lexicon;
use super::{PromptReader, SpriteRole};
use crate::compose::sprites::Sprite;

impl PromptReader {
    /// The role of whom the sprite at this place replaces; who had it is gone. `None` if it replaces nobody.
    pub(super) fn take_over_role(&mut self, at: usize) -> Option<SpriteRole> {
        let before = self.words.get(..at)?;
        let subject =
            lexicon::before_copula(before).or_else(|| lexicon::before_substitute(before))?;
        if lexicon::ends_with_foe_noun(subject) {
            return Some(SpriteRole::Foe);
        }
        let (sprite, _) = lexicon::split_last_sprite(subject)?;
        Some(self.give_up_role(sprite))
    }

    /// Somebody is replaced: by who was named before, or by who will be named.
    pub(super) fn replace(&mut self, away: &'static Sprite, at: usize) {
        let (before, after) = self.words.split_at_checked(at).unwrap_or_default();
        let is_after = lexicon::is_after_its_substitute(before);
        if !is_after && lexicon::is_before_its_substitute(after) {
            return;
        }
        let part = self.give_up_role(away);
        if !is_after {
            return;
        }
        // Who is the player only by what it usually is.
        let implied = |name: &str| !self.heroes.contains(&name);
        if let Some((substitute, name)) = self.named.last_mut()
            && *substitute == SpriteRole::Hero
            && implied(name)
        {
            *substitute = part;
        }
    }

    fn give_up_role(&mut self, away: &'static Sprite) -> SpriteRole {
        let named = self.named.iter().find(|(_, name)| *name == away.name);
        let part = named.map_or(away.role, |(part, _)| *part);
        self.named.retain(|(_, name)| *name != away.name);
        part
    }
}
