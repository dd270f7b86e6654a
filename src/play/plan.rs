//! The inputs of a play-test: which, in which order, and for how long. No browser and no clock.

/// An input of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayerInput {
    Key(KeyboardKey),
    /// Moves the mouse around.
    Mouse,
    /// Clicks in several places.
    Click,
    /// Drags from several places.
    Drag,
    /// Types words and letters.
    Type,
}

/// The kinds of events a game listens to; it can respond to no others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one way to play")]
pub struct InputListeners {
    pub keys: bool,
    pub clicks: bool,
    pub moves: bool,
    /// Text fields.
    pub fields: bool,
}

impl InputListeners {
    /// Whether the game may respond to this input.
    pub fn accepts(self, input: PlayerInput) -> bool {
        match input {
            PlayerInput::Key(_) => self.keys || self.fields,
            PlayerInput::Click => self.clicks,
            PlayerInput::Mouse => self.moves,
            PlayerInput::Drag => self.clicks || self.moves,
            PlayerInput::Type => self.fields,
        }
    }
}

/// A key, as the browser's protocol describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyboardKey {
    pub code: &'static str,
    pub key: &'static str,
    pub number: u32,
    /// The text it types.
    pub text: &'static str,
    /// Its displayed name.
    pub name: &'static str,
}

const fn key(
    code: &'static str,
    key: &'static str,
    number: u32,
    text: &'static str,
    name: &'static str,
) -> KeyboardKey {
    KeyboardKey { code, key, number, text, name }
}

pub const ENTER: KeyboardKey = key("Enter", "Enter", 13, "\r", "Enter");
pub const SPACE: KeyboardKey = key("Space", " ", 32, " ", "Space");
const LEFT: KeyboardKey = key("ArrowLeft", "ArrowLeft", 37, "", "←");
const UP: KeyboardKey = key("ArrowUp", "ArrowUp", 38, "", "↑");
const RIGHT: KeyboardKey = key("ArrowRight", "ArrowRight", 39, "", "→");
const DOWN: KeyboardKey = key("ArrowDown", "ArrowDown", 40, "", "↓");
const W: KeyboardKey = key("KeyW", "w", 87, "w", "W");
const A: KeyboardKey = key("KeyA", "a", 65, "a", "A");
const S: KeyboardKey = key("KeyS", "s", 83, "s", "S");
const D: KeyboardKey = key("KeyD", "d", 68, "d", "D");

const F: KeyboardKey = key("KeyF", "f", 70, "f", "F");
const G: KeyboardKey = key("KeyG", "g", 71, "g", "G");
const J: KeyboardKey = key("KeyJ", "j", 74, "j", "J");
const K: KeyboardKey = key("KeyK", "k", 75, "k", "K");
const Z: KeyboardKey = key("KeyZ", "z", 90, "z", "Z");
const X: KeyboardKey = key("KeyX", "x", 88, "x", "X");
const ONE: KeyboardKey = key("Digit1", "1", 49, "1", "1");
const TWO: KeyboardKey = key("Digit2", "2", 50, "2", "2");
const SHIFT: KeyboardKey = key("ShiftLeft", "Shift", 16, "", "Shift");
const C: KeyboardKey = key("KeyC", "c", 67, "c", "C");
pub const R: KeyboardKey = key("KeyR", "r", 82, "r", "R");

/// Keys held by the detailed probes: those of pianos and of games with keys of their own.
pub const HELD_KEYS: [KeyboardKey; 20] =
    [RIGHT, UP, SPACE, LEFT, DOWN, ENTER, A, S, D, W, F, G, J, K, Z, X, ONE, TWO, SHIFT, C];

/// Inputs with a response that are enough: the same game gives the same list each time.
pub const ENOUGH_ANSWERS: usize = 3;

/// The standard inputs, in order of how many games use them.
pub const STANDARD_INPUTS: [PlayerInput; 13] = [
    PlayerInput::Key(RIGHT),
    PlayerInput::Key(UP),
    PlayerInput::Key(SPACE),
    PlayerInput::Key(LEFT),
    PlayerInput::Key(DOWN),
    PlayerInput::Click,
    PlayerInput::Mouse,
    PlayerInput::Key(ENTER),
    PlayerInput::Key(D),
    PlayerInput::Key(W),
    PlayerInput::Drag,
    PlayerInput::Key(A),
    PlayerInput::Key(S),
];

impl PlayerInput {
    /// Its stable code in machine-readable output.
    pub fn code(self) -> &'static str {
        match self {
            Self::Key(key) => key.code,
            Self::Mouse => "mouse",
            Self::Click => "click",
            Self::Drag => "drag",
            Self::Type => "type",
        }
    }

    /// Its displayed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key(key) => key.name,
            Self::Mouse => "mouse",
            Self::Click => "click",
            Self::Drag => "drag",
            Self::Type => "typing",
        }
    }

    /// The input with this code. `None` if there is none.
    pub fn from_code(code: &str) -> Option<Self> {
        let others = HELD_KEYS.into_iter().map(Self::Key).chain([Self::Type]);
        STANDARD_INPUTS.into_iter().chain(others).find(|input| input.code() == code)
    }

    /// Time slots it takes: hover effects of the mouse have to end.
    pub fn slots(self) -> usize {
        match self {
            Self::Key(_) => 1,
            Self::Mouse | Self::Click | Self::Drag | Self::Type => 3,
        }
    }
}

/// One slot of page time, in milliseconds.
pub const SLOT_MS: f64 = 250.0;

/// Slots of the baseline run: with the start before them, more than three seconds.
pub const BASELINE_SLOTS: usize = 11;

/// Distributes the inputs over runs, so that each comes early in one of them.
#[derive(Debug, Clone)]
pub struct InputSchedule {
    all: Vec<PlayerInput>,
    waiting: Vec<PlayerInput>,
    pub answered: Vec<PlayerInput>,
}

/// An input within this many slots of a run counts as tried.
const EARLY_SLOTS: usize = 5;

impl InputSchedule {
    /// All inputs the game listens to.
    pub fn new(listens: InputListeners) -> Self {
        let waiting: Vec<_> =
            STANDARD_INPUTS.into_iter().filter(|input| listens.accepts(*input)).collect();
        Self { all: waiting.clone(), waiting, answered: Vec::new() }
    }

    /// The inputs not tried yet.
    pub fn untried(&self) -> &[PlayerInput] {
        &self.waiting
    }

    /// The inputs that were tried, in their usual order.
    pub fn tried(&self) -> Vec<PlayerInput> {
        self.all.iter().filter(|input| !self.waiting.contains(input)).copied().collect()
    }

    /// The inputs of the next run, each with its first slot; empty if all were tried.
    pub fn next_run(&self) -> Vec<(usize, PlayerInput)> {
        let mut slot = 0;
        let mut run = Vec::new();
        // The remaining slots repeat other inputs: a game may need what comes late, and it costs
        // nothing.
        let others = self.all.iter().filter(|input| !self.waiting.contains(input));
        let others = others.filter(|input| !self.answered.contains(input));
        if self.waiting.is_empty() {
            return run;
        }
        for input in self.waiting.iter().chain(others).copied() {
            if slot + input.slots() > BASELINE_SLOTS {
                break;
            }
            run.push((slot, input));
            slot += input.slots();
        }
        run
    }

    /// Records a run and the input it ended with, if the game responded to one.
    pub fn record_run(&mut self, run: &[(usize, PlayerInput)], answered: Option<PlayerInput>) {
        let end = answered.and_then(|it| run.iter().position(|(_, input)| *input == it));
        let tried = run.get(..end.unwrap_or(run.len())).unwrap_or_default();
        let had =
            |input: &PlayerInput| tried.iter().any(|(slot, it)| it == input && *slot < EARLY_SLOTS);
        self.waiting.retain(|input| !had(input) && Some(*input) != answered);
        self.answered.extend(answered);
    }
}

/// One random input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RandomInput {
    /// Holds a key for this many tenths of a second.
    Hold(KeyboardKey, u32),
    /// At these fractions of width and height.
    Click(f64, f64),
    Move(f64, f64),
    Drag((f64, f64), (f64, f64)),
    Wait,
}

/// A player with random inputs, reproducible by its seed.
#[derive(Debug, Clone)]
pub struct MonkeyPlayer {
    state: u64,
    keys: Vec<KeyboardKey>,
    listens: InputListeners,
}

impl MonkeyPlayer {
    /// Keys that the game responded to are more frequent; inputs it does not listen to are left
    /// out.
    pub fn new(seed: u64, answered: &[PlayerInput], listens: InputListeners) -> Self {
        let key = |input: &PlayerInput| match input {
            PlayerInput::Key(key) => Some(*key),
            PlayerInput::Mouse | PlayerInput::Click | PlayerInput::Drag | PlayerInput::Type => None,
        };
        let answered_keys = answered.iter().filter_map(key).flat_map(|key| [key; 3]);
        let keys = STANDARD_INPUTS.iter().filter_map(key).chain(answered_keys).collect();
        Self { state: seed, keys, listens }
    }

    /// The next random input.
    pub fn next_input(&mut self) -> RandomInput {
        let point = (self.random_fraction(), self.random_fraction());
        match self.random_below(10) {
            0..=5 => {
                let at = self.random_below(self.keys.len());
                let length = u32::try_from(1 + self.random_below(3)).unwrap_or(1);
                self.keys.get(at).map_or(RandomInput::Wait, |key| RandomInput::Hold(*key, length))
            }
            6 => self.if_accepted(PlayerInput::Click, RandomInput::Click(point.0, point.1)),
            7 => self.if_accepted(PlayerInput::Mouse, RandomInput::Move(point.0, point.1)),
            8 => {
                let to = (self.random_fraction(), self.random_fraction());
                self.if_accepted(PlayerInput::Drag, RandomInput::Drag(point, to))
            }
            _ => RandomInput::Wait,
        }
    }

    fn if_accepted(&self, input: PlayerInput, random_input: RandomInput) -> RandomInput {
        if self.listens.accepts(input) { random_input } else { RandomInput::Wait }
    }

    /// A random fraction away from the very edges.
    fn random_fraction(&mut self) -> f64 {
        let thousandths = u32::try_from(50 + self.random_below(900)).unwrap_or(500);
        f64::from(thousandths) / 1_000.0
    }

    fn random_below(&mut self, end: usize) -> usize {
        // splitmix64, as for the jitter of retries: a replay draws the same numbers.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = usize::try_from((z ^ (z >> 31)) >> 33).unwrap_or_default();
        high % end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: InputListeners =
        InputListeners { keys: true, clicks: true, moves: true, fields: true };

    #[test]
    fn what_nobody_listens_to_is_not_tried() {
        let turns =
            InputSchedule::new(InputListeners { keys: false, moves: false, fields: false, ..ALL });
        assert_eq!(turns.next_run(), [(0, PlayerInput::Click), (3, PlayerInput::Drag)]);
    }

    #[test]
    fn every_input_has_its_turn_early_in_some_run() {
        let mut turns = InputSchedule::new(ALL);
        let mut early = Vec::new();
        let mut runs = 0;
        loop {
            let run = turns.next_run();
            if run.is_empty() {
                break;
            }
            early.extend(
                run.iter().filter(|(slot, _)| *slot < EARLY_SLOTS).map(|(_, input)| *input),
            );
            turns.record_run(&run, None);
            runs += 1;
        }
        assert!(STANDARD_INPUTS.iter().all(|input| early.contains(input)));
        assert!(runs <= 5, "{runs} runs");
    }

    #[test]
    fn an_answered_input_is_not_tried_again() {
        let mut turns = InputSchedule::new(ALL);
        let run = turns.next_run();
        turns.record_run(&run, Some(PlayerInput::Key(UP)));
        assert_eq!(turns.answered, [PlayerInput::Key(UP)]);
        assert!(turns.next_run().iter().all(|(_, input)| *input != PlayerInput::Key(UP)));
        assert_eq!(turns.next_run().first(), Some(&(0, PlayerInput::Key(SPACE))));
    }

    #[test]
    fn a_wild_player_does_the_same_for_the_same_number() {
        let play = |seed, listens| {
            let mut monkey = MonkeyPlayer::new(seed, &[PlayerInput::Key(LEFT)], listens);
            (0..100).map(|_| monkey.next_input()).collect::<Vec<_>>()
        };
        assert_eq!(play(1, ALL), play(1, ALL));
        assert_ne!(play(1, ALL), play(2, ALL));
        let drags = |inputs: Vec<RandomInput>| {
            inputs.iter().any(|random_input| matches!(random_input, RandomInput::Drag(..)))
        };
        assert!(drags(play(1, ALL)));
        assert!(!drags(play(1, InputListeners { clicks: false, moves: false, ..ALL })));
    }
}
