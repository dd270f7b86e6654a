//! Texts of the user's own: the story before a game, and what is said at its end.

/// The longest text, in characters.
const LONGEST: usize = 160;

/// What opens a quotation, and what closes it.
const QUOTES: [(char, char); 5] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」')];

/// Words before a quotation that put it at the end of the game.
const AT_THE_END: [&str; 12] = [
    "game over",
    "lose",
    "losing",
    "lost",
    "die",
    "dead",
    "the end",
    "ending",
    "win",
    "won",
    "finish",
    "final",
];

/// Words before a quotation that say it is to be shown.
const SHOWN: [&str; 15] = [
    "say",
    "text",
    "message",
    "story",
    "intro",
    "start",
    "begin",
    "write",
    "words",
    "line",
    "display",
    "show",
    "tell",
    "describ",
    "instruction",
];

/// What stands before a story that is not quoted.
const STORY_MARKS: [&str; 4] = ["story:", "storyline:", "intro:", "backstory:"];

/// The texts that a prompt gives word for word.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::compose) struct OwnTexts {
    pub story: Option<String>,
    /// Shown in the place of "Game over".
    pub ending: Option<String>,
}

impl OwnTexts {
    /// These texts, with those of a later prompt in their place.
    pub fn then(self, later: Self) -> Self {
        Self { story: later.story.or(self.story), ending: later.ending.or(self.ending) }
    }

    /// What was understood, for the line about it.
    pub fn describe(&self) -> impl Iterator<Item = String> {
        let story = self.story.as_ref().map(|_| "your story".to_owned());
        story.into_iter().chain(self.ending.as_ref().map(|_| "your last words".to_owned()))
    }
}

/// Takes the texts out of a prompt, and returns them with the rest.
pub(super) fn extract(prompt: &str) -> (OwnTexts, String) {
    let mut texts = OwnTexts::default();
    let mut rest = String::with_capacity(prompt.len());
    let mut ahead = prompt;
    while let Some((before, quoted, after)) = next_quotation(ahead) {
        rest.push_str(before);
        let lead = last_words(before);
        let has = |words: &[&str]| words.iter().any(|word| lead.contains(word));
        let text = clean(quoted);
        if text.is_empty() || !has(&AT_THE_END) && !has(&SHOWN) {
            rest.extend([" ", quoted, " "]);
        } else if has(&AT_THE_END) {
            texts.ending = Some(text);
        } else {
            texts.story = Some(text);
        }
        ahead = after;
    }
    rest.push_str(ahead);
    if texts.story.is_none() {
        (texts.story, rest) = marked_story(rest);
    }
    (texts, rest)
}

/// What is before the first quotation, in it and behind it.
fn next_quotation(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find(|c| QUOTES.iter().any(|(open, _)| *open == c))?;
    let open = text.get(start..)?.chars().next()?;
    let (_, close) = QUOTES.iter().find(|(known, _)| *known == open)?;
    let inside = text.get(start + open.len_utf8()..)?;
    let end = inside.find(*close)?;
    Some((text.get(..start)?, inside.get(..end)?, inside.get(end + close.len_utf8()..)?))
}

/// The end of the sentence before a quotation, in small letters.
fn last_words(before: &str) -> String {
    const REACH: usize = 40;
    let sentence = before.rsplit(['.', ';', '\n', '!']).next().unwrap_or_default();
    let skipped = sentence.chars().count().saturating_sub(REACH);
    sentence.chars().skip(skipped).collect::<String>().to_lowercase()
}

/// A story behind a mark, up to the end of its line.
fn marked_story(prompt: String) -> (Option<String>, String) {
    let lower = prompt.to_ascii_lowercase();
    let found = STORY_MARKS.iter().find_map(|mark| Some((lower.find(mark)?, mark.len())));
    let Some((start, length)) = found else { return (None, prompt) };
    let behind = prompt.get(start + length..).unwrap_or_default();
    let end = behind.find('\n').unwrap_or(behind.len());
    let (story, rest) = behind.split_at(end);
    let story = Some(clean(story)).filter(|story| !story.is_empty());
    let front = prompt.get(..start).unwrap_or_default();
    (story, format!("{front}{rest}"))
}

/// The text in one line, without what cannot be seen.
fn clean(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(prompt: &str) -> (Option<String>, Option<String>, String) {
        let (texts, rest) = extract(prompt);
        (texts.story, texts.ending, rest)
    }

    #[test]
    fn a_quotation_is_the_story_or_the_end_by_the_words_before_it() {
        let own = |text: &str| Some(text.to_owned());
        let story = "snake that says \"Save the moon!\" at the start";
        assert_eq!(
            texts(story),
            (own("Save the moon!"), None, "snake that says  at the start".into())
        );
        let both = "pong, intro text “Go!”, and when you lose say \"Too bad\"";
        assert_eq!(
            texts(both),
            (own("Go!"), own("Too bad"), "pong, intro text , and when you lose say ".into())
        );
        assert_eq!(texts("a \"hard\" snake"), (None, None, "a  hard  snake".into()));
        assert_eq!(texts("snake \"half"), (None, None, "snake \"half".into()));
    }

    #[test]
    fn a_story_may_stand_behind_its_name() {
        let (story, ending, rest) =
            texts("a snake\nStory: the moon fell down. Bring it back.\nfaster");
        assert_eq!(story.as_deref(), Some("the moon fell down. Bring it back."));
        assert_eq!((ending, rest.as_str()), (None, "a snake\n\nfaster"));
        assert_eq!(texts("a snake with a story").0, None);
    }
}
