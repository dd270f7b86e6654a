//! Whether a player can see at a glance who is who: heroes, foes and things against what is behind
//! them, measured on the pictures that a browser paints.

use codeagent::compose::{GameTheme, compose, kind_prompts};

use crate::chromium::Browser;
use crate::sheet::play_by_chance;

/// Plays some seconds and looks at two pictures of them, at each sprite before and after it is painted.
///
/// From the middle of a sprite a line is drawn in each of 24 directions. A direction is clear if some
/// dot on it has a contrast of 3:1, the least that the Web Content Accessibility Guidelines (1.4.11)
/// want of what has to be seen, to the same dot before the sprite was there. A sprite counts if it is
/// whole, solid, not tiny, and does not cover another; who looks out of a hole, and is cut off by its
/// edge, does not. The answer has the fewest clear directions of each name.
const LOOK: &str = "(() => {
    const seen = {}, drawn = [];
    const linear = (part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const light = (data, at) => 0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]) + 0.05;
    // The field itself is the first clip; one more cuts off what is painted.
    const { save, restore, clip } = CanvasRenderingContext2D.prototype, kept = [];
    let clips = 0;
    Object.assign(CanvasRenderingContext2D.prototype, {
        save() { kept.push(clips); save.call(this); },
        restore() { clips = kept.pop() ?? 0; restore.call(this); },
        clip(...path) { clips += 1; clip.apply(this, path); },
    });
    const paintSprite = sprite;
    sprite = (name, x, y, radius, turn = 0, alpha = 1) => {
        const at = ink.getTransform(), r = Math.hypot(at.a, at.b) * radius, { x: cx, y: cy } = at.transformPoint({ x, y });
        const left = Math.floor(cx - r * 1.4), top = Math.floor(cy - r * 1.4), width = Math.ceil(r * 2.8);
        const isWhole = cx - r > view.x && cy - r > view.y && cx + r < view.x + field.w * view.scale && cy + r < view.y + field.h * view.scale;
        const isAlone = drawn.every((it) => Math.hypot(it.cx - cx, it.cy - cy) > (it.r + r) * 0.75);
        if (ink.canvas === canvas) drawn.push({ cx, cy, r });
        if (!isAlone || ink.canvas !== canvas || alpha < 0.9 || r < 8 || !isWhole || clips > 1) return paintSprite(name, x, y, radius, turn, alpha);
        const before = ink.getImageData(left, top, width, width).data;
        paintSprite(name, x, y, radius, turn, alpha);
        const after = ink.getImageData(left, top, width, width).data;
        let clear = 0, painted = 0;
        for (let at = 0; at < before.length; at += 4) if (Math.abs(before[at] - after[at]) + Math.abs(before[at + 1] - after[at + 1]) > 20) painted += 1;
        if (painted < width * width * 0.02) return undefined;
        for (let i = 0; i < 24; i += 1) {
            for (let reach = 0; reach < width / 2 - 1; reach += 0.5) {
                const at = 4 * (Math.floor(width / 2 + Math.sin(i * TAU / 24) * reach) * width + Math.floor(width / 2 + Math.cos(i * TAU / 24) * reach));
                const [one, other] = [light(before, at), light(after, at)];
                if (Math.max(one, other) < 3 * Math.min(one, other)) continue;
                clear += 1;
                break;
            }
        }
        seen[name] = Math.min(seen[name] ?? 24, clear);
    };
    PLAY
    return JSON.stringify(seen);
})()";

/// How many of the 24 directions have to be clear: between wings there is nothing, and where one sprite
/// stands before another, their rims touch.
const CLEAR: u64 = 16;

/// Every kind is looked at in one theme, the next kind in the next; with `CODEAGENT_PLAYS=1` in all.
#[test]
fn everyone_stands_out_from_what_is_behind() {
    let Some(mut browser) = Browser::start() else { return };
    let play = play_by_chance(
        240,
        "",
        "game.safe = 0; if (i % 120 === 70) { drawn.length = 0; paint(); }",
    );
    let look = LOOK.replace("PLAY", &play);
    let all = std::env::var_os("CODEAGENT_PLAYS").is_some();
    let (mut hidden, mut looked_at) = (Vec::new(), 0);
    for (at, kind) in kind_prompts().enumerate() {
        for (place, theme) in GameTheme::ALL.into_iter().enumerate() {
            if !all && at % GameTheme::ALL.len() != place {
                continue;
            }
            let made = compose(kind, 7, theme);
            let seen = browser.open(made.source.text(), (900, 600)).evaluate(&look);
            let seen: std::collections::BTreeMap<String, u64> =
                serde_json::from_str(seen.as_str().expect("what was seen")).expect("a map");
            looked_at += seen.len();
            let unclear = seen.into_iter().filter(|(_, clear)| *clear < CLEAR);
            hidden.extend(unclear.map(|(name, clear)| format!("{kind}, {theme}: {name} {clear}")));
        }
    }
    assert!(looked_at > 60, "only {looked_at} sprites were looked at");
    assert!(hidden.is_empty(), "too few of 24 directions are clear:\n{}", hidden.join("\n"));
}
