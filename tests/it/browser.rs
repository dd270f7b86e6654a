//! Games in a real browser: they open quietly, start, answer and end.

use std::time::Duration;

use codeagent::compose::{GameTheme, OwnMedia, compose, compose_with, kind_prompts};
use serde_json::{Value, json};

use crate::chromium::{Browser, Page};

const WIDE: (u32, u32) = (900, 600);
const TALL: (u32, u32) = (400, 700);

/// A game, its window, the key that moves something in it, and what moves.
type Sample = (&'static str, (u32, u32), &'static str, &'static str);

/// One game for each kind in which somebody is quick.
const ARCADE: [Sample; 20] = [
    ("a snake game where ghosts steal your tail", WIDE, "ArrowDown", "heading"),
    ("dodge falling bats as a witch, power-ups", TALL, "ArrowLeft", "Math.round(hero.x / 20)"),
    ("breakout with 3 ghosts, no mercy", TALL, "ArrowRight", "Math.round(paddle.x / 20)"),
    ("arcade space invaders, power-ups", TALL, "ArrowLeft", "Math.round(hero.x / 20)"),
    ("flappy bird in the ocean with sharks", WIDE, "Space", "isWaiting"),
    ("spooky pacman", WIDE, "ArrowRight", "hero.way"),
    ("pong with 2 drones, neon", WIDE, "ArrowDown", "Math.round(me.y / 20)"),
    (
        "asteroids with ufos that chase you, shields",
        TALL,
        "ArrowLeft",
        "Math.round(ship.angle * 5)",
    ),
    ("a forest runner, power-ups", WIDE, "Space", "hero.jumps"),
    ("ocean platformer, shields", WIDE, "ArrowRight", "Math.round(hero.x / 20)"),
    ("winter tower defence", WIDE, "ArrowLeft", "cursor.x"),
    ("pong for two players", WIDE, "KeyW", "Math.round(me.y / 20)"),
    ("frogger", WIDE, "ArrowUp", "hero"),
    ("lunar lander in winter", TALL, "ArrowUp", "Math.round(ship.fuel)"),
    ("candy doodle jump, power-ups", TALL, "ArrowRight", "Math.round(hero.x / 20)"),
    ("racing game, neon", WIDE, "ArrowLeft", "Math.round(car.x / 10)"),
    ("fishing in the ocean", WIDE, "ArrowRight", "Math.round(boat.x / 10)"),
    ("neon rhythm game", TALL, "ArrowLeft", "pads[0].age < 9"),
    ("air hockey", TALL, "ArrowLeft", "Math.round(me.y / 20)"),
    ("pinball in space", TALL, "ArrowLeft", "flippers[0].angle > 0"),
];

/// One game for each kind that waits for a thought: boards, cards, words and numbers.
const PUZZLES: [Sample; 24] = [
    ("neon tetris", TALL, "ArrowLeft", "piece.x"),
    ("2048 in candyland", TALL, "ArrowLeft", "tiles.map((tile) => [tile.x, tile.y])"),
    ("memory game in the forest", WIDE, "ArrowRight", "cursor.x"),
    ("winter minesweeper", TALL, "ArrowDown", "cursor.y"),
    ("whack the gummy bears", TALL, "ArrowRight", "cursor.x"),
    ("typing game in space", TALL, "KeyA", "beam.age < 1"),
    ("tic tac toe in space", TALL, "ArrowRight", "cursor.x"),
    ("tic tac toe for two players", TALL, "ArrowRight", "cursor.x"),
    ("connect four", WIDE, "ArrowLeft", "cursor.x"),
    ("ocean gomoku", WIDE, "ArrowUp", "cursor.y"),
    ("hangman in winter", TALL, "ArrowDown", "cursor.y"),
    ("hangman", WIDE, "KeyE", "tried.length"),
    ("neon simon says", TALL, "ArrowLeft", "poked.pad"),
    ("trivia quiz", WIDE, "ArrowDown", "cursor.y"),
    ("maths game for kids", TALL, "ArrowDown", "cursor.y"),
    ("cookie clicker", WIDE, "ArrowRight", "cursor.x"),
    ("candy blackjack", TALL, "ArrowDown", "phase"),
    ("bubble shooter", TALL, "ArrowLeft", "Math.round(angle * 9)"),
    ("match three", TALL, "ArrowRight", "cursor.x"),
    ("sudoku in the forest", WIDE, "ArrowDown", "cursor.y"),
    ("sokoban", WIDE, "ArrowUp", "[hero, past.length, asked, clock]"),
    ("chess in space", WIDE, "ArrowUp", "cursor.y"),
    ("dungeon crawler in the forest", WIDE, "ArrowLeft", "[hero.x, hero.y, idle]"),
    ("klondike solitaire", TALL, "ArrowRight", "chosen.pile"),
];

fn page(prompt: &str) -> String {
    compose(prompt, 7, GameTheme::Spooky).source.text().to_owned()
}

/// The game in a wide window, begun by this key.
fn begun<'b>(browser: &'b mut Browser, prompt: &str, key: &str) -> Page<'b> {
    let mut page = browser.open(&page(prompt), WIDE);
    page.press(key);
    page.wait_for("game.state === 'playing'");
    page
}

fn is_quiet(page: &mut Page) {
    assert_eq!(page.problems(), Vec::<String>::new());
    assert_eq!(page.requests(), Vec::<String>::new());
}

fn state(page: &mut Page) -> Value {
    page.evaluate("document.body.dataset.state")
}

#[test]
fn arcade_games_start_answer_pause_end_and_start_again() {
    play_through(&ARCADE);
}

#[test]
fn puzzles_start_answer_pause_end_and_start_again() {
    play_through(&PUZZLES);
}

fn play_through(games: &[Sample]) {
    let Some(mut browser) = Browser::start() else { return };
    for &(prompt, size, key, moved) in games {
        let page = &mut browser.open(&page(prompt), size);
        is_quiet(page);
        assert_eq!(state(page), "start", "{prompt}");
        let still = page.screenshot();
        page.press("Enter");
        page.wait_for("document.body.dataset.state === 'playing'");
        assert_ne!(page.screenshot(), still, "{prompt} looks the same when it is played");
        answers_to(page, key, moved);
        // Where letters are typed, only Escape pauses.
        let is_typed = page.evaluate("typeof letter === 'function'") == json!(true);
        pauses(page, if is_typed { "Escape" } else { "KeyP" });
        ends_and_starts_again(page, prompt);
    }
}

/// Every kind in every theme where `CODEAGENT_PLAYS` is set, else each sixth in another theme than above.
#[test]
fn games_start_again_in_every_theme() {
    let Some(mut browser) = Browser::start() else { return };
    let is_all = std::env::var_os("CODEAGENT_PLAYS").is_some();
    let once = kind_prompts().zip(GameTheme::ALL.into_iter().cycle()).step_by(6);
    let all = kind_prompts().flat_map(|kind| GameTheme::ALL.map(|theme| (kind, theme)));
    let pairs: Vec<_> = if is_all { all.collect() } else { once.collect() };
    assert!(pairs.len() > 5);
    for (kind, theme) in pairs {
        let page = &mut browser.open(compose(kind, 7, theme).source.text(), WIDE);
        page.press("Enter");
        page.wait_for("document.body.dataset.state === 'playing'");
        ends_and_starts_again(page, &format!("{kind}, {theme}"));
    }
}

/// A game that is played is lost, and played again by the space bar.
fn ends_and_starts_again(page: &mut Page, name: &str) {
    page.evaluate("game.safe = 0, game.lives = 1, hurt(0, 0)");
    assert_eq!(state(page), "over", "{name}");
    // A moment passes before a key counts again; here it has.
    page.evaluate("endedAt = -1");
    page.press("Space");
    page.wait_for("document.body.dataset.state === 'playing' && game.lives === GAME.lives");
    is_quiet(page);
}

fn answers_to(page: &mut Page, key: &str, moved: &str) {
    let before = page.evaluate(moved);
    page.hold(key, Duration::from_millis(150));
    page.wait_for(&format!("JSON.stringify({moved}) !== '{before}'"));
}

fn pauses(page: &mut Page, key: &str) {
    page.press(key);
    assert_eq!(state(page), "paused");
    let frozen = page.evaluate("JSON.stringify([game, pressed])");
    page.evaluate("new Promise((done) => setTimeout(done, 120))");
    assert_eq!(page.evaluate("JSON.stringify([game, pressed])"), frozen);
    page.press(key);
    page.wait_for("game.state === 'playing'");
}

#[test]
fn two_at_one_board_may_use_the_mouse() {
    let Some(mut browser) = Browser::start() else { return };
    for prompt in ["tic tac toe for two players", "connect four for two", "gomoku for two players"]
    {
        let page = &mut browser.open(&page(prompt), WIDE);
        page.click("#go");
        page.wait_for("game.state === 'playing'");
        page.move_mouse(400.0, 300.0);
        page.click("#scene");
        page.wait_for("cells.some((who) => who)");
        is_quiet(page);
    }
}

#[test]
fn two_snakes_have_their_own_keys_and_who_crashes_too_often_has_lost() {
    let Some(mut browser) = Browser::start() else { return };
    let page = &mut begun(&mut browser, "snake for two players", "Space");
    page.hold("KeyW", Duration::from_millis(150));
    page.wait_for("heading === TURNS.up && rival.heading === TURNS.left");
    page.hold("ArrowDown", Duration::from_millis(150));
    page.wait_for("rival.heading === TURNS.down");
    // Each drives into a wall; nobody steers, so it happens again and again.
    page.evaluate(
        "for (let i = 0; i < 400 && game.lives === GAME.lives && !rival.losses; i += 1) step(1 / 30)",
    );
    assert_eq!(page.evaluate("game.lives < GAME.lives || rival.losses > 0"), json!(true));
    // The last life of the second is the end.
    page.evaluate("rival.losses = GAME.lives - 1, body[0].x = 3, asRival(() => { body[0].y = rows - 1; heading = TURNS.down; crash(); })");
    assert_eq!(
        page.evaluate("document.body.textContent.includes('The first player wins')"),
        json!(true)
    );
    is_quiet(page);
}

#[test]
fn nothing_moves_the_player_but_the_player() {
    let Some(mut browser) = Browser::start() else { return };
    for (prompt, moved) in [("dodge bats", "hero.x"), ("breakout", "paddle.x")] {
        let page = &mut begun(&mut browser, prompt, "Enter");
        let before = page.evaluate(moved);
        page.evaluate("new Promise((done) => setTimeout(done, 250))");
        assert_eq!(page.evaluate(moved), before, "{prompt}");
    }
}

/// On a slow phone there is a tenth of a second between two frames, and a tap takes half of that.
#[test]
fn a_key_that_is_tapped_between_two_frames_counts_once() {
    let Some(mut browser) = Browser::start() else { return };
    let page = &mut begun(&mut browser, "breakout", "Enter");
    let tap = "(() => {
        const at = [paddle.x], key = (kind) => dispatchEvent(new KeyboardEvent(kind, { code: 'ArrowLeft', key: 'ArrowLeft' }));
        key('keydown'); key('keyup');
        for (let i = 0; i < 2; i += 1) { step(1 / 60); at.push(paddle.x); }
        key('keydown'); key('keyup'); key('keydown');
        for (let i = 0; i < 2; i += 1) { step(1 / 60); at.push(paddle.x); }
        return at.slice(1).map((x, i) => x < at[i]);
    })()";
    assert_eq!(page.evaluate(tap), json!([true, false, true, true]));
}

/// A letter is where the keyboard has it: on a French one, M is to the right of L.
#[test]
fn sound_and_pause_are_where_the_keyboard_has_their_letters() {
    let Some(mut browser) = Browser::start() else { return };
    let page = &mut begun(&mut browser, "snake", "Enter");
    let press = |key: &str, code: &str| {
        format!(
            "dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', code: '{code}' }})), [isMuted, game.state]"
        )
    };
    assert_eq!(page.evaluate(&press("m", "Semicolon")), json!([true, "playing"]));
    assert_eq!(page.evaluate(&press(",", "KeyM")), json!([true, "playing"]));
    assert_eq!(page.evaluate(&press("ь", "KeyM")), json!([false, "playing"]));
    assert_eq!(page.evaluate(&press("з", "KeyP")), json!([false, "paused"]));
}

#[test]
fn the_mouse_starts_and_steers() {
    let Some(mut browser) = Browser::start() else { return };
    for (prompt, moved) in [("dodge bats", "hero.x"), ("breakout", "paddle.x")] {
        let page = &mut browser.open(&page(prompt), WIDE);
        page.click("#go");
        page.wait_for("game.state === 'playing'");
        page.move_mouse(800.0, 450.0);
        page.wait_for(&format!("{moved} > field.w * 0.7"));
        page.move_mouse(120.0, 450.0);
        page.wait_for(&format!("{moved} < field.w * 0.3"));
        page.click("#pause");
        assert_eq!(state(page), "paused", "{prompt}");
        page.click("#mute");
        assert_eq!(page.evaluate("isMuted"), json!(true));
        is_quiet(page);
    }
}

#[test]
fn ghosts_steal_the_tail_and_a_caught_thief_gives_it_back() {
    let Some(mut browser) = Browser::start() else { return };
    let page = &mut begun(&mut browser, "a snake game where ghosts steal your tail", "Space");
    assert_eq!(page.evaluate("foes.length"), json!(2));
    // The thief is put where it wants to go; the bite is its own.
    let robbed = "growth = 0, thief = foes[0], thief.rest = -1, Object.assign(thief, slid(body.length - 1)), drift(thief, 0), [body.length, thief.loot]";
    assert_eq!(page.evaluate(robbed), json!([2, 2]));
    let caught = "Object.assign(thief, slid(0)), drift(thief, 0), [growth, thief.loot, game.score]";
    assert_eq!(page.evaluate(caught), json!([2, 0, 50]));
    page.wait_for("body.length === 4");
    is_quiet(page);
}

#[test]
fn a_game_goes_on_where_storage_is_forbidden() {
    let Some(mut browser) = Browser::start() else { return };
    let forbid = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });";
    let page = &mut browser.open_after(&page("snake"), WIDE, forbid);
    page.press("Enter");
    page.wait_for("game.state === 'playing'");
    page.evaluate("score(30), finish('The end')");
    assert_eq!(page.evaluate("byId('best').textContent"), json!("30"));
    is_quiet(page);
}

#[test]
fn the_best_score_and_the_sound_are_remembered() {
    let Some(mut browser) = Browser::start() else { return };
    let page = &mut browser.open(&page("breakout"), WIDE);
    page.press("Enter");
    page.press("KeyM");
    page.wait_for("game.state === 'playing' && isMuted");
    page.evaluate("score(120), finish('The end')");
    // The browser writes in its own time, and a new page may be there before that; what a busy
    // machine had not written yet when the page went is lost.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let kept = (0..20).any(|_| {
        page.reload();
        page.evaluate("[byId('best').textContent, isMuted]") == json!(["120", true])
    });
    assert!(kept, "{:?}", page.evaluate("JSON.stringify(localStorage)"));
}

/// A tenth of a second of silence, as a WAV file.
fn silence() -> Vec<u8> {
    let samples = vec![128; 800];
    let length = u32::try_from(samples.len()).expect("a small file");
    let head = [b"RIFF".to_vec(), (36 + length).to_le_bytes().to_vec(), b"WAVEfmt ".to_vec()];
    // 16 bytes of format: PCM, one channel, 8000 samples a second of one byte each.
    let format = [16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0].to_vec();
    let data = [b"data".to_vec(), length.to_le_bytes().to_vec(), samples];
    [head.concat(), format, data.concat()].concat()
}

#[test]
fn music_of_ones_own_is_heard_only_while_the_game_is_played() {
    let Some(mut browser) = Browser::start() else { return };
    let music = OwnMedia::new("music.wav", &silence()).expect("a sound");
    let made = compose_with(&["snake"], 7, GameTheme::Spooky, &[music]);
    let page = &mut browser.open(made.source.text(), WIDE);
    let is_silent = "recordings.music.paused";
    assert_eq!(page.evaluate(is_silent), json!(true));
    page.press("Enter");
    page.wait_for("document.body.dataset.state === 'playing' && !recordings.music.paused");
    page.press("KeyP");
    page.wait_for("document.body.dataset.state === 'paused'");
    assert_eq!(page.evaluate(is_silent), json!(true), "it goes on in a pause");
    page.press("KeyP");
    page.wait_for("document.body.dataset.state === 'playing' && !recordings.music.paused");
    page.press("KeyM");
    assert_eq!(page.evaluate(is_silent), json!(true), "it is heard though sound is off");
    page.press("KeyM");
    assert_eq!(page.evaluate("finish('Over'), recordings.music.paused"), json!(true));
    is_quiet(page);
}

#[test]
fn a_window_may_change_its_size_in_the_middle_of_a_game() {
    let Some(mut browser) = Browser::start() else { return };
    // The engine lays out every kind in the same way, so some speak for all.
    for (prompt, ..) in ARCADE.into_iter().chain(PUZZLES).step_by(3) {
        let page = &mut begun(&mut browser, prompt, "Enter");
        for (width, height) in [(320, 480), (1600, 300), (200, 900)] {
            page.resize(width, height);
            page.wait_for(&format!("view.w === {width} && view.h === {height}"));
            let fits = "view.x >= 0 && view.x + field.w * view.scale <= innerWidth + 1 && view.y + field.h * view.scale <= innerHeight + 1";
            assert_eq!(page.evaluate(fits), json!(true), "{prompt} at {width} × {height}");
        }
        is_quiet(page);
    }
}

#[test]
fn a_time_limit_ends_the_game() {
    let Some(mut browser) = Browser::start() else { return };
    let page = &mut begun(&mut browser, "dodge bats, 5 seconds, easy", "Enter");
    page.evaluate("game.left = 0.1");
    page.wait_for("game.state === 'over'");
    assert_eq!(page.evaluate("byId('above').textContent"), json!("Time is up"));
    is_quiet(page);
}

#[test]
fn a_page_that_misbehaves_is_seen() {
    let Some(mut browser) = Browser::start() else { return };
    let page = &mut browser.open(
        "<!DOCTYPE html><script>console.log('hello'); fetch('http://example.invalid/x').catch(() => {}); throw new Error('boo')</script>",
        WIDE,
    );
    let told = page.problems().join("\n");
    assert!(told.contains("hello") && told.contains("boo"), "{told}");
    assert_eq!(page.requests(), ["http://example.invalid/x"]);
}

/// Plays without drawing: half a minute of mad keys, game after game, in a moment.
const WILD_PLAY: &str = "(() => {
    let seed = 5;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647, words = ['left', 'right', 'up', 'down', 'fire', 'tap', 'mark'];
    Object.assign(pointer, { x: 300, y: 300, isUsed: true });
    let games = 1;
    start();
    for (let i = 0; i < 1800; i += 1) {
        if (game.state !== 'playing') { start(); games += 1; }
        if (i % 9 === 0) { const word = words[Math.floor(random() * 7)]; pressed.push(word); held[word] = !held[word]; }
        if (typeof letter === 'function') letter('etaoinsrhl'[Math.floor(random() * 10)]);
        step(1 / 60);
        const isSound = Number.isFinite(game.score) && game.score >= 0 && game.lives >= 0 && sparks.length <= 300 && labels.length < 100;
        if (!isSound) throw new Error('broken after ' + i + ' steps: ' + JSON.stringify(game));
    }
    paint();
    return games;
})()";

#[test]
fn mad_play_breaks_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    for prompt in [
        "a very fast snake, 9 ghosts steal your tail, no walls, power-ups, tiny",
        "dodge many bats and skulls that chase you, shields, double points, hard",
        "dodge pumpkins that steal, slow, small",
        "breakout with 5 witches that chase your paddle, power-ups, very fast, tiny",
        "space invaders that steal, power-ups, many, hard",
        "flappy with wasps that chase you, power-ups, very fast",
        "pacman with 6 ghosts that chase you, power-ups, fast",
        "tetris, power-ups, very fast",
        "2048, power-ups, big",
        "memory, very fast, big",
        "minesweeper, hard",
        "pong with 5 crabs that chase, power-ups, very fast",
        "asteroids with 4 ufos that chase you, power-ups, very fast, big",
        "runner with foxes that steal, many, power-ups, very fast",
        "whack many robots, small, power-ups, very fast",
        "a platformer with robots that steal, power-ups, very fast, in the dark",
        "typing with ghosts, power-ups, very fast",
        "tower defence with yetis, many, very fast",
        "pong for two players with 4 crabs, power-ups, very fast",
        "space invaders with a boss, they shoot back, auto fire, in all directions, rain, music, combos, very fast",
        "asteroids with a boss, they shoot back, auto fire, explosions, starfield, very fast",
        "snake with portals and moving food, faster and faster, rainbow colours, 3 levels",
        "snake for two players, 9 ghosts that chase, moving food, portals, power-ups, very fast, tiny",
        "minesweeper with 99 mines",
        "maths quiz with 3 questions",
        "match three with 3 colours",
        "bubble shooter with 6 colours",
        "breakout with multiball, shrinking paddle, faster and faster, health packs, day and night",
        "dodge in all directions with a magnet, difficulty levels, joystick, 500 points",
        "runner with a magnet, snow, no particles, very fast",
        "pong first to 5, shrinking paddle, confetti",
        "pinball with multiball and 9 bats, very fast, tiny",
        "tower defence with a boss, waves, very fast",
        "2048 3x7",
        "memory 5x5, very fast",
        "minesweeper 2x2",
        "whack 24 by 2, power-ups, very fast",
        "match three 5x4",
    ] {
        let page = &mut browser.open(&page(prompt), TALL);
        let games = page.evaluate(WILD_PLAY).as_u64().unwrap_or_default();
        assert!(games >= 1, "{prompt}");
        is_quiet(page);
    }
}
