//! The knobs of a game: constants that the user turns, one step at a time, and the page with them
//! turned.

use crate::game::HtmlSource;
use crate::page::script::{Constant, ConstantValue};
use crate::page::{HtmlPage, Span};

/// How far a colour turns at one step, in degrees of hue.
const HUE_STEP: f64 = 15.0;

/// The constants of a page as knobs, with what they stood at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnobPanel {
    page: String,
    knobs: Vec<Knob>,
}

/// One constant, and what it is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knob {
    pub name: String,
    /// The comment of the code; empty if there is none.
    pub note: String,
    before: ConstantValue,
    value: ConstantValue,
    span: Span,
}

impl Knob {
    fn new(constant: Constant) -> Self {
        let Constant { name, value, span, note } = constant;
        Self { name, note, before: value.clone(), value, span }
    }

    /// The value as the code would have it.
    pub fn text(&self) -> String {
        value_text(&self.value)
    }

    /// What it was on the page.
    pub fn text_before(&self) -> String {
        value_text(&self.before)
    }

    /// Red, green and blue. `None` if it is no colour.
    pub fn colour(&self) -> Option<[u8; 3]> {
        match &self.value {
            ConstantValue::Colour(text) => rgb(text),
            ConstantValue::Number(_) | ConstantValue::Switch(_) => None,
        }
    }

    /// Whether it stands elsewhere than on the page.
    pub fn is_turned(&self) -> bool {
        self.value != self.before
    }

    /// Turns it by so many steps: a number by the unit of its last digit, or of its second one if it
    /// is large; a colour along the hues; a switch to its other side.
    pub fn turn(&mut self, steps: i32) {
        self.value = match &self.value {
            ConstantValue::Number(text) => ConstantValue::Number(stepped(text, steps)),
            ConstantValue::Switch(is_on) => ConstantValue::Switch(is_on ^ (steps % 2 != 0)),
            ConstantValue::Colour(text) => ConstantValue::Colour(hue_turned(text, steps)),
        };
    }

    /// Sets it to what was typed. `false`, and nothing is changed, if that is no value of its type.
    pub fn set(&mut self, typed: &str) -> bool {
        let value = match &self.value {
            ConstantValue::Number(_) => number(typed).map(ConstantValue::Number),
            ConstantValue::Switch(_) => typed.parse().ok().map(ConstantValue::Switch),
            ConstantValue::Colour(_) => rgb(typed).map(|_| ConstantValue::Colour(typed.to_owned())),
        };
        let is_value = value.is_some();
        self.value = value.unwrap_or_else(|| self.value.clone());
        is_value
    }

    /// Puts it back to where it was on the page.
    pub fn reset(&mut self) {
        self.value = self.before.clone();
    }
}

impl KnobPanel {
    /// The knobs of a page. There are none if no script of it names a plain value.
    pub fn new(page: &str) -> Self {
        let knobs = HtmlPage::parse(page).constants().into_iter().map(Knob::new).collect();
        Self { page: page.to_owned(), knobs }
    }

    pub fn knobs(&self) -> &[Knob] {
        &self.knobs
    }

    /// The knob at this place.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Knob> {
        self.knobs.get_mut(at)
    }

    /// The page that the knobs are of.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Those that stand elsewhere than on the page.
    pub fn turned(&self) -> impl Iterator<Item = &Knob> {
        self.knobs.iter().filter(|knob| knob.is_turned())
    }

    /// The page as it is with all knobs where they stand.
    pub fn turned_page(&self) -> String {
        let mut page = self.page.clone();
        let mut turned: Vec<_> = self.turned().collect();
        turned.sort_by_key(|knob| std::cmp::Reverse(knob.span));
        for knob in turned {
            page.replace_range(knob.span.start..knob.span.end, &knob.text());
        }
        page
    }

    /// What was turned, in one line: `lives 3 → 5, speed 1.0 → 1.4`. Empty if nothing was.
    pub fn summary(&self) -> String {
        let parts = self
            .turned()
            .map(|knob| format!("{} {} → {}", knob.name, knob.text_before(), knob.text()));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// The page with those knobs turned that were turned on the way from `made` to `turned`. One that the
/// page itself has changed since `made` stays as the page has it.
pub fn keep_turned(made: &str, turned: &str, page: HtmlSource) -> HtmlSource {
    if made == turned {
        return page;
    }
    let (made, turned) = (KnobPanel::new(made), KnobPanel::new(turned));
    let mut panel = KnobPanel::new(page.text());
    let value = |panel: &KnobPanel, name: &str| {
        panel.knobs.iter().find(|knob| knob.name == name).map(|knob| knob.value.clone())
    };
    for knob in &mut panel.knobs {
        let (before, after) = (value(&made, &knob.name), value(&turned, &knob.name));
        if let Some(after) = after.filter(|_| before.as_ref() == Some(&knob.value)) {
            knob.value = after;
        }
    }
    HtmlSource::new(panel.turned_page())
}

fn value_text(value: &ConstantValue) -> String {
    match value {
        ConstantValue::Number(text) | ConstantValue::Colour(text) => text.clone(),
        ConstantValue::Switch(is_on) => is_on.to_string(),
    }
}

/// A decimal number as it may stand in code. `None` if it is something else.
fn number(typed: &str) -> Option<String> {
    let value: f64 = typed.parse().ok()?;
    let is_plain = typed.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b));
    let decimals = typed.split_once('.').map_or(0, |(_, part)| part.len());
    (is_plain && typed.len() <= 12).then(|| format!("{value:.decimals$}"))
}

/// The number that is so many units away. Whole numbers from 100 on have the unit of their second
/// digit, so that one step can be noticed.
fn stepped(text: &str, steps: i32) -> String {
    let decimals = text.split_once('.').map_or(0, |(_, part)| part.len());
    let value: f64 = text.parse().unwrap_or_default();
    let unit = if decimals > 0 || value.abs() < 100.0 {
        10f64.powi(-i32::try_from(decimals).unwrap_or_default())
    } else {
        10f64.powf(value.abs().log10().floor() - 1.0)
    };
    let next = format!("{:.decimals$}", value + unit * f64::from(steps));
    // -0 is 0.
    if next.parse() == Ok(0.0) { next.trim_start_matches('-').to_owned() } else { next }
}

fn rgb(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let wide: String = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        6 | 8 => digits.to_owned(),
        _ => return None,
    };
    let part = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// The colour with its hue turned (HSV); its lightness, its saturation and its alpha stay. A grey has no
/// hue: it gets lighter, and after white it begins with black.
fn hue_turned(text: &str, steps: i32) -> String {
    let Some(parts) = rgb(text) else { return text.to_owned() };
    let alpha = text.get(7..).unwrap_or_default();
    let [red, green, blue] = parts.map(|part| f64::from(part) / 255.0);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let range = most - least;
    let turned = if range < 0.02 {
        [(most + f64::from(steps) / 16.0).rem_euclid(1.0 + 1e-9); 3]
    } else {
        let [_, green_part, blue_part] = parts;
        let top = parts.into_iter().max().unwrap_or_default();
        let hue = if top > green_part && top > blue_part {
            (green - blue) / range
        } else if top == green_part {
            2.0 + (blue - red) / range
        } else {
            4.0 + (red - green) / range
        };
        let hue = (hue * 60.0 + HUE_STEP * f64::from(steps)).rem_euclid(360.0) / 60.0;
        [5.0, 3.0, 1.0].map(|shift| {
            let at = (shift + hue).rem_euclid(6.0);
            most - range * at.min(4.0 - at).clamp(0.0, 1.0)
        })
    };
    let digits = turned.map(|part| format!("{:02x}", to_byte(part)));
    format!("#{}{alpha}", digits.concat())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 255"
)]
fn to_byte(part: f64) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn panel(script: &str) -> KnobPanel {
        KnobPanel::new(&format!("<!DOCTYPE html><script>{script}</script>"))
    }

    fn turned(value: &str, steps: i32) -> String {
        let mut panel = panel(&format!("const A = {value};"));
        panel.get_mut(0).expect("a knob").turn(steps);
        panel.knobs()[0].text()
    }

    #[test]
    fn a_number_turns_by_what_can_be_noticed() {
        let cases = [
            ("3", 1, "4"),
            ("0", -1, "-1"),
            ("1.0", 4, "1.4"),
            ("0.25", -1, "0.24"),
            ("-0.1", 1, "0.0"),
        ];
        for (value, steps, expected) in cases {
            assert_eq!(turned(value, steps), expected, "{value}");
        }
        assert_eq!((turned("320", 1), turned("1500", -1)), ("330".to_owned(), "1400".to_owned()));
    }

    #[test]
    fn a_colour_turns_around_and_a_grey_gets_lighter() {
        assert_eq!(turned("'#f00'", 8), "#00ff00");
        assert_eq!(turned("'#ff000080'", -8), "#0000ff80");
        assert_eq!(turned("'#336699'", 24), "#336699");
        assert_eq!(turned("'#808080'", 1), "#909090");
        assert_eq!((turned("true", 1), turned("true", 2)), ("false".to_owned(), "true".to_owned()));
    }

    #[test]
    fn what_is_typed_has_to_be_of_the_same_type() {
        let mut panel = panel("const A = 3, B = '#fff', C = true;");
        let typed = ["2.5", "#00f", "false"];
        for (at, text) in typed.into_iter().enumerate() {
            let knob = panel.get_mut(at).expect("a knob");
            for wrong in ["", "red", "1e9", "3;alert(1)", "#12", "NaN", "inf"] {
                assert!(!knob.set(wrong), "{wrong}");
            }
            assert!(knob.set(text) && knob.is_turned());
        }
        assert!(panel.turned_page().contains("const A = 2.5, B = '#00f', C = false;"));
        assert_eq!(panel.summary(), "A 3 → 2.5, B #fff → #00f, C true → false");
        panel.get_mut(0).expect("a knob").reset();
        assert!(panel.turned_page().contains("A = 3,"));
    }

    #[test]
    fn a_knob_stays_where_it_was_put_unless_a_later_wish_is_about_it() {
        let page = |speed: &str, lives: &str| {
            format!("<script>const S = {speed}, L = {lives}, N = 1;</script>")
        };
        let (made, turned) = (page("1.0", "3"), page("1.4", "5"));
        let faster = keep_turned(&made, &turned, HtmlSource::new(page("1.3", "3")));
        assert_eq!(faster.text(), page("1.3", "5"));
        let other = HtmlSource::new("<script>const M = 2;</script>");
        assert_eq!(keep_turned(&made, &turned, other.clone()).text(), other.text());
    }

    proptest! {
        /// However the knobs are turned, the page has the same knobs, standing where they were put.
        #[test]
        fn a_turned_page_has_the_same_knobs(turns in prop::collection::vec((0..5_usize, -40..40_i32), 0..12)) {
            let mut panel = panel("const A = 3, B = { speed: 0.5, ink: '#12ab9f' }; let d = false, e = -250;");
            for (at, steps) in turns {
                panel.get_mut(at).expect("a knob").turn(steps);
            }
            let again = KnobPanel::new(&panel.turned_page());
            let texts = |panel: &KnobPanel| panel.knobs().iter().map(|knob| (knob.name.clone(), knob.text())).collect::<Vec<_>>();
            prop_assert_eq!(texts(&again), texts(&panel));
            prop_assert!(!again.knobs().iter().any(Knob::is_turned));
        }
    }
}
