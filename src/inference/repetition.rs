//! Sees while a reply streams that it repeats itself: the same text again and again, also with
//! numbers that count on. Small models do that until their token limit.
//!
//! Games repeat themselves, too: rows of a map, sprites, long arrays. So repeated *data* (no word of
//! two letters) may be longer, and numbers count only if each one goes on by the same step.

/// Repeated text of this many bytes is no program any more: some 350 to 500 tokens.
const MAX_REPEATED: usize = 1_600;
/// The same for lines whose numbers count on evenly, which take more tokens.
const MAX_COUNTED: usize = 1_100;
/// The same for data, such as the rows of a large map or the zeros of an encoded sound.
const MAX_REPEATED_DATA: usize = 12_000;
/// The longest cycle that is looked for, in bytes: several functions of a game, which a model wrote
/// twenty times (1,193 bytes). Up to 1,800 bytes it is stopped within 600 tokens of its beginning.
const MAX_CYCLE: usize = 4_000;
/// The repeated text must hold the cycle at least this many times, in tenths.
const MIN_CYCLES_TENTHS: usize = 23;
/// How much new text leads to another look, in bytes.
const LOOK_EVERY: usize = 200;
/// How often counting numbers must go on by the same step.
const MIN_COUNTED: usize = 5;

/// Watches the text of one reply.
#[derive(Debug, Default)]
pub struct RepetitionDetector {
    /// The newest text. What is too old to matter is dropped at the next look.
    tail: Vec<u8>,
    /// All bytes so far.
    received: usize,
    unseen: usize,
}

impl RepetitionDetector {
    /// Adds a piece of the reply. Returns the byte offset in the reply at which the repetition begins,
    /// behind its first cycle, once one is seen.
    pub fn push(&mut self, text: &str) -> Option<usize> {
        self.tail.extend_from_slice(text.as_bytes());
        self.received += text.len();
        self.unseen += text.len();
        if self.unseen < LOOK_EVERY || self.tail.len() < MAX_COUNTED {
            return None;
        }
        self.unseen = 0;
        let extra = self.tail.len().saturating_sub(MAX_REPEATED_DATA + MAX_CYCLE);
        self.tail.drain(..extra);
        let (cycle, length) = exact_cycle(&self.tail).or_else(|| counting_cycle(&self.tail))?;
        Some(self.received - length + cycle)
    }
}

/// The cycle at the end of the text and the length of all its repetitions, in bytes.
fn exact_cycle(text: &[u8]) -> Option<(usize, usize)> {
    let (cycle, length) = longest_cycle(text, MAX_REPEATED)?;
    let is_data = is_data(text.get(text.len() - cycle..)?);
    (!is_data || length >= MAX_REPEATED_DATA).then_some((cycle, length))
}

/// The same for text that differs in numbers only, each of which goes on by the same step.
fn counting_cycle(text: &[u8]) -> Option<(usize, usize)> {
    let text = text.get(text.len().saturating_sub(2 * MAX_REPEATED)..)?;
    let (shape, numbers) = shape(text);
    // Numbers have more digits than their sign in the shape.
    let max_length = MAX_COUNTED * shape.len() / text.len().max(1);
    let (cycle, length) = longest_cycle(&shape, max_length)?;
    let places = numbers_in(shape.get(shape.len() - cycle..)?);
    let counted = numbers_in(shape.get(shape.len() - length..)?);
    let numbers = numbers.get(numbers.len().saturating_sub(counted)..)?;
    if places == 0 || counted < places * MIN_COUNTED || !goes_on_evenly(numbers, places) {
        return None;
    }
    let in_text = |part: usize| part * text.len() / shape.len().max(1);
    Some((in_text(cycle), in_text(length)))
}

/// Stands for a number in a shape: a byte that is no text.
const NUMBER: u8 = 0xff;

/// The text with one sign for each number, and the numbers. A number of over 15 digits is 0.
fn shape(text: &[u8]) -> (Vec<u8>, Vec<i64>) {
    let (mut shape, mut numbers) = (Vec::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some((first, others)) = rest.split_first() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            shape.push(*first);
            rest = others;
            continue;
        }
        let (number, after) = rest.split_at(digits);
        let number = std::str::from_utf8(number).ok().filter(|number| number.len() <= 15);
        numbers.push(number.and_then(|number| number.parse().ok()).unwrap_or(0));
        shape.push(NUMBER);
        rest = after;
    }
    (shape, numbers)
}

fn numbers_in(shape: &[u8]) -> usize {
    shape.split(|byte| *byte == NUMBER).count() - 1
}

/// Whether each of the `places` numbers of a cycle goes on by the same step. The first cycle is left
/// out: it may be cut.
fn goes_on_evenly(numbers: &[i64], places: usize) -> bool {
    let steps: Vec<i64> =
        numbers.iter().zip(numbers.iter().skip(places)).map(|(from, to)| to - from).collect();
    let later = steps.get(places..).unwrap_or_default();
    // Numbers that all stand still are an exact repetition, which is judged as such.
    later.iter().any(|step| *step != 0)
        && later.iter().zip(later.iter().skip(places)).all(|(one, next)| one == next)
}

/// The shortest cycle at the end of the text that is repeated long enough, and how long.
fn longest_cycle(text: &[u8], max_length: usize) -> Option<(usize, usize)> {
    let matches = matches_from_end(text, MAX_CYCLE);
    (1..matches.len()).find_map(|cycle| {
        let length = matches.get(cycle)? + cycle;
        let is_long = length >= max_length.max(cycle * MIN_CYCLES_TENTHS / 10);
        is_long.then_some((cycle, length))
    })
}

/// For each shift up to `longest`, how many bytes at the end of the text equal those `shift` bytes before them: the Z
/// function (Gusfield 1997) of the reversed text.
fn matches_from_end(text: &[u8], longest: usize) -> Vec<usize> {
    // How many bytes equal those `shift` before them, where the last `known` are known to.
    let extend = |shift: usize, known: usize| {
        let end = text.get(..text.len() - known).unwrap_or_default();
        let before = end.get(..end.len().saturating_sub(shift)).unwrap_or_default();
        let pairs = end.iter().rev().zip(before.iter().rev());
        known + pairs.take_while(|(one, other)| one == other).count()
    };
    let mut matches = vec![0; text.len().min(longest + 1)];
    let (mut left, mut right) = (0, 0);
    for shift in 1..matches.len() {
        let known = matches.get(shift - left).copied().unwrap_or_default();
        let known = if shift < right { known.min(right - shift) } else { 0 };
        let length = extend(shift, known);
        if shift + length > right {
            (left, right) = (shift, shift + length);
        }
        if let Some(slot) = matches.get_mut(shift) {
            *slot = length;
        }
    }
    matches
}

/// Whether a cycle is data rather than code: no word of two letters, or one unbroken word such as the
/// `AAAA` of an encoded sound.
fn is_data(cycle: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let is_encoded = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
    let has_word = cycle.windows(2).any(|two| two.iter().all(u8::is_ascii_alphabetic));
    !has_word && cycle.iter().any(|byte| !byte.is_ascii_whitespace())
        || cycle.iter().all(is_encoded)
        // A map may be drawn with words of one sign: emoji in quotes.
        || !has_word && cycle.iter().any(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a reply is stopped, and how much of it was read by then.
    fn stopped(text: &str) -> Option<(usize, usize)> {
        let mut detector = RepetitionDetector::default();
        let mut read = 0;
        for piece in text.split_inclusive([' ', '\n']) {
            read += piece.len();
            if let Some(start) = detector.push(piece) {
                return Some((start, read));
            }
        }
        None
    }

    const HEAD: &str = "<!doctype html>\n<title>Owls</title>\n<script>\nconst owls = [];\n";

    #[test]
    fn the_same_line_is_seen_soon() {
        for cycle in [
            "  owls.push(new Owl(canvas));\n",
            "no ",
            "function fly() {\n  for (const owl of owls) owl.fly();\n  requestAnimationFrame(fly);\n}\n\n",
        ] {
            let text = format!("{HEAD}{}", cycle.repeat(9_000 / cycle.len()));
            let (start, read) = stopped(&text).expect(cycle);
            assert!(read - HEAD.len() < 2_400, "{cycle}: {read}");
            assert!(
                start >= HEAD.len() && start <= HEAD.len() + 2 * cycle.len(),
                "{cycle}: {start}"
            );
        }
    }

    #[test]
    fn a_long_block_is_seen_in_its_third_turn() {
        let lines = |line| format!("  step{line}(owl, {line}, wind);\n");
        let block = (0..30).map(lines).collect::<Vec<_>>().concat();
        let text = format!("{HEAD}{}", block.repeat(8));
        let (start, read) = stopped(&text).unwrap();
        assert!(read - HEAD.len() < block.len() * 3, "{read}");
        assert!(start.abs_diff(HEAD.len() + block.len()) <= block.len(), "{start}");
    }

    #[test]
    fn functions_that_come_in_turn_are_seen() {
        let function = |name| {
            let lines = |line| format!("  {name}{line}(owl, branches, {line}, wind);\n");
            format!("on('{name}', () => {{\n{}}});\n", (0..12).map(lines).collect::<String>())
        };
        let names = ["click", "keyup", "keydown", "drag", "drop", "enter", "leave"];
        for (names, within) in [(&names[..1], 2_400), (&names[..3], 2_400), (&names[..], 4_700)] {
            let block = names.iter().map(function).collect::<String>();
            let text = format!("{HEAD}{}", block.repeat(12));
            let (start, read) = stopped(&text).expect("a repetition");
            let begins = HEAD.len() + block.len();
            assert!(start.abs_diff(begins) <= block.len(), "{} bytes: {start}", block.len());
            assert!(read - begins < within, "{} bytes: {}", block.len(), read - begins);
        }
    }

    #[test]
    fn numbers_that_count_on_are_seen() {
        let line = |n| format!("addBranch({}, {});\n", 100 + n * 90, 500 - n * 2);
        let lines = (0..400).map(line).collect::<Vec<_>>().concat();
        let (start, read) = stopped(&format!("{HEAD}{lines}")).unwrap();
        assert!(read < 3_000, "{read}");
        assert!(start < 600, "{start}");
    }

    #[test]
    fn data_of_games_is_left_alone() {
        let row = "  [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],\n";
        let walls = "  '#..................#',\n";
        let emoji = "  '🌲','🌲','🌲','🌲','🌲','🌲',\n";
        for data in [row, walls, emoji] {
            let text = format!("{HEAD}const map = [\n{}];\n", data.repeat(48));
            assert_eq!(stopped(&text), None, "{data}");
        }
        let sound = format!("{HEAD}const beep = 'data:audio/wav;base64,{}';", "A".repeat(8_000));
        assert_eq!(stopped(&sound), None);
        let mut n = 7_u32;
        let mut next = || {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            n >> 24
        };
        let mut pixel = |_| format!("ctx.fillRect({}, {}, 2, 2);\n", next(), next());
        let sprites = (0..200).map(&mut pixel).collect::<Vec<_>>().concat();
        assert_eq!(stopped(&format!("{HEAD}{sprites}")), None, "pixels count in no even steps");
        let card = |n| format!("  {{ name: 'card {n}', value: {} }},\n", n * n % 13);
        let cards = (0..40).map(card).collect::<Vec<_>>().concat();
        assert_eq!(stopped(&format!("{HEAD}{cards}")), None);
    }

    #[test]
    fn even_data_ends_when_it_is_longer_than_any_game_has() {
        let text = format!("{HEAD}{}", "0, 0, 0, 0, 0, 0, 0, 0,\n".repeat(2_000));
        let (_, read) = stopped(&text).unwrap();
        assert!(read < 14_000, "{read}");
    }

    #[test]
    fn the_matches_are_those_of_the_slow_way() {
        let text = b"abcabcababcabcabcaabcabc";
        let slow = |shift: usize| {
            let same = |index: &usize| {
                text.len() > index + shift
                    && text[text.len() - 1 - index] == text[text.len() - 1 - index - shift]
            };
            (0..text.len()).take_while(same).count()
        };
        let fast = matches_from_end(text, text.len());
        for (shift, length) in fast.iter().enumerate().skip(1) {
            assert_eq!(*length, slow(shift), "{shift}");
        }
    }
}
