//! Who plays which part in a game.

use crate::compose::sprites::SpriteRole;
use crate::compose::themes::Cast;

/// Assigns the roles, each sprite at most one, so that the player can tell friend from foe.
pub(super) fn assign_cast(usual: &'static Cast, named: &[(SpriteRole, &'static str)]) -> Cast {
    let who =
        |part: SpriteRole| named.iter().filter(move |(p, _)| *p == part).map(|(_, name)| *name);
    let mut cast = usual.clone();
    let foes: Vec<String> = who(SpriteRole::Foe).map(str::to_owned).collect();
    if !foes.is_empty() {
        cast.foe = foes;
    }
    let mut taken = cast.foe.clone();
    let mut choose = |part: SpriteRole, first: &'static str, others: &[&'static str]| {
        let free = who(part).chain([first]).chain(others.iter().copied());
        let name = free.into_iter().find(|name| !taken.iter().any(|t| t == name)).unwrap_or(first);
        taken.push(name.to_owned());
        name.to_owned()
    };
    cast.hero = choose(SpriteRole::Hero, &usual.hero, &["witch", "pumpkin"]);
    cast.food = choose(SpriteRole::Food, &usual.food, &["lantern", "candy"]);
    cast.treat = choose(SpriteRole::Food, &usual.treat, &["lantern", "pumpkin"]);
    cast.ball = choose(SpriteRole::Ball, &usual.ball, &["skull"]);
    cast
}
