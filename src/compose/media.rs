//! Pictures and sounds of the user's own, which take the place of drawn sprites and played tones.
//!
//! They are carried by the page as data URLs, in a block of their own near its end, from which they are
//! read when the game is changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most files of one game, and the most bytes of each. A page is opened in one go, and kept whole in
/// each version.
pub const MAX_MEDIA: usize = 8;
pub const MAX_MEDIA_BYTES: usize = 200_000;

/// A picture or a sound of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMedia {
    /// The name of its file, reduced to letters, digits and `.-_`.
    file: String,
    format: MediaFormat,
    /// `data:image/png;base64,…`
    url: String,
}

/// What browsers on all systems show and play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MediaFormat {
    Png,
    Jpeg,
    Gif,
    WebP,
    Mp3,
    Ogg,
    Wav,
}

/// Why a file is no picture or sound for a game.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("it has more than {} kB: save it smaller", MAX_MEDIA_BYTES / 1000)]
    TooLarge,
    #[error("it is no PNG, JPEG, GIF or WebP picture and no MP3, Ogg or WAV sound")]
    UnknownFormat,
}

impl MediaFormat {
    const ALL: [Self; 7] =
        [Self::Png, Self::Jpeg, Self::Gif, Self::WebP, Self::Mp3, Self::Ogg, Self::Wav];

    /// By the first bytes, as the WHATWG's MIME Sniffing Standard has them (sections 6.1 and 6.2).
    fn of(bytes: &[u8]) -> Option<Self> {
        let riff = |kind: &[u8]| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(kind);
        let is_frame = matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2);
        let known = [
            (bytes.starts_with(b"\x89PNG\r\n\x1a\n"), Self::Png),
            (bytes.starts_with(b"\xff\xd8\xff"), Self::Jpeg),
            (bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"), Self::Gif),
            (riff(b"WEBP"), Self::WebP),
            (riff(b"WAVE"), Self::Wav),
            (bytes.starts_with(b"OggS"), Self::Ogg),
            (bytes.starts_with(b"ID3") || is_frame, Self::Mp3),
        ];
        known.into_iter().find_map(|(is_it, format)| is_it.then_some(format))
    }

    fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Mp3 => "audio/mpeg",
            Self::Ogg => "audio/ogg",
            Self::Wav => "audio/wav",
        }
    }

    fn is_picture(self) -> bool {
        self.mime().starts_with("image")
    }
}

impl OwnMedia {
    /// The picture or sound of a file.
    ///
    /// # Errors
    /// If it is too large or in no known format.
    pub fn new(file: &str, bytes: &[u8]) -> Result<Self, MediaError> {
        if bytes.len() > MAX_MEDIA_BYTES {
            return Err(MediaError::TooLarge);
        }
        let format = MediaFormat::of(bytes).ok_or(MediaError::UnknownFormat)?;
        let url = format!("data:{};base64,{}", format.mime(), STANDARD.encode(bytes));
        let is_plain = |c: &char| c.is_alphanumeric() || "-_.".contains(*c);
        let file = file.chars().filter(is_plain).take(40).collect();
        Ok(Self { file, format, url })
    }

    /// The pictures and sounds that a composed page carries.
    pub fn of_page(page: &str) -> Vec<Self> {
        let block = page.split_once(BLOCK_START).and_then(|(_, rest)| rest.split_once(BLOCK_END));
        let lines = block.map_or("", |(lines, _)| lines).lines();
        lines.filter_map(Self::of_line).take(MAX_MEDIA).collect()
    }

    /// `  'cat': 'data:image/png;base64,…',  // ship.png`. In a string the name would look like a file
    /// that the page lacks.
    fn of_line(line: &str) -> Option<Self> {
        let (_, rest) = line.split_once("': '")?;
        let (url, rest) = rest.split_once('\'')?;
        let (_, file) = rest.split_once("// ")?;
        let (kind, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
        let format = MediaFormat::ALL.into_iter().find(|format| format.mime() == kind)?;
        let bytes = STANDARD.decode(data).ok()?;
        Self::new(file, &bytes).ok().filter(|own| own.format == format)
    }

    /// The words of its name: `big-ship2.png` is `big`, `ship`.
    fn words(&self) -> Vec<String> {
        let stem = self.file.rsplit_once('.').map_or(self.file.as_str(), |(stem, _)| stem);
        let words = stem.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    }
}

/// Those of `earlier` whose files are not among `newer`, and then `newer`.
pub fn merged(earlier: Vec<OwnMedia>, newer: &[OwnMedia]) -> Vec<OwnMedia> {
    let is_new = |own: &OwnMedia| newer.iter().any(|new| new.file == own.file);
    let mut all: Vec<_> = earlier.into_iter().filter(|own| !is_new(own)).collect();
    all.extend(newer.iter().cloned());
    all
}

/// Who may be shown by a picture, as files are called, and the setting of the script that names it.
const PARTS: [(&str, &str); 20] = [
    ("hero", "hero"),
    ("player", "hero"),
    ("me", "hero"),
    ("foe", "foe"),
    ("enemy", "foe"),
    ("enemies", "foe"),
    ("monster", "foe"),
    ("villain", "foe"),
    ("food", "food"),
    ("coin", "food"),
    ("item", "food"),
    ("fruit", "food"),
    ("treat", "treat"),
    ("ball", "ball"),
    ("stone", "stone"),
    ("rock", "stone"),
    ("obstacle", "stone"),
    ("gift", "gift"),
    ("background", "background"),
    ("backdrop", "background"),
];

/// Whom a picture shows if its name tells nobody, the first that is free.
const USUAL_PARTS: [&str; 6] = ["hero", "foe", "food", "ball", "treat", "stone"];

/// When a sound is heard, as files are called, and the name of the tone that it takes the place of.
const TONES: [(&str, &str); 24] = [
    ("music", "music"),
    ("song", "music"),
    ("start", "start"),
    ("eat", "eat"),
    ("collect", "eat"),
    ("coin", "eat"),
    ("bonus", "bonus"),
    ("hit", "hit"),
    ("shoot", "shoot"),
    ("shot", "shoot"),
    ("laser", "shoot"),
    ("boom", "boom"),
    ("explosion", "boom"),
    ("bounce", "bounce"),
    ("jump", "jump"),
    ("hurt", "hurt"),
    ("ouch", "hurt"),
    ("power", "power"),
    ("level", "level"),
    ("win", "level"),
    ("over", "over"),
    ("lose", "over"),
    ("gameover", "over"),
    ("death", "over"),
];

const USUAL_TONES: [&str; 4] = ["eat", "hit", "jump", "level"];

/// The sprites of a game, by their parts.
pub(super) type PartNames<'n> = [(&'n str, &'n str)];

/// The files in their places.
#[derive(Debug, Default)]
pub(super) struct MediaPlan {
    /// The sprite, the tone or `background`, and the file.
    pictures: Vec<(String, OwnMedia)>,
    sounds: Vec<(String, OwnMedia)>,
    /// What became of each, for the line about what was understood.
    pub told: Vec<String>,
    /// Those that this kind of game has no place for.
    pub unfit: Vec<String>,
}

impl MediaPlan {
    /// Puts each file where its name says, else where there is a place: `parts` are the sprites of the
    /// game with their names, `tones` its sounds.
    pub fn new(media: &[OwnMedia], parts: &PartNames<'_>, tones: &[&str]) -> Self {
        let mut plan = Self::default();
        for own in media {
            if own.format.is_picture() {
                plan.place_picture(own, parts);
            } else {
                plan.place_sound(own, tones);
            }
        }
        plan
    }

    fn place_picture(&mut self, own: &OwnMedia, parts: &PartNames<'_>) {
        let words = own.words();
        let sprite = |part: &str| parts.iter().find(|(known, _)| *known == part);
        let is_free = |name: &str| self.pictures.iter().all(|(taken, _)| taken != name);
        let by_name = parts.iter().find(|(_, name)| words.iter().any(|word| word == name));
        let said = words.iter().find_map(|word| PARTS.iter().find(|(known, _)| known == word));
        if said.is_some_and(|(_, part)| *part == "background") {
            self.told.push(format!("{} is the background", own.file));
            self.pictures.push(("background".to_owned(), own.clone()));
            return;
        }
        let usual = || {
            let free = USUAL_PARTS.iter().filter_map(|part| sprite(part));
            free.into_iter().find(|(_, name)| is_free(name))
        };
        let found = by_name.or_else(|| said.and_then(|(_, part)| sprite(part))).or_else(usual);
        let Some((part, name)) = found else { return self.unfit.push(own.file.clone()) };
        let role = if *part == "hero" { "you" } else { part };
        self.told.push(format!(
            "{} is {}{role}",
            own.file,
            if role == "you" { "" } else { "the " }
        ));
        self.pictures.retain(|(taken, _)| taken != name);
        self.pictures.push(((*name).to_owned(), own.clone()));
    }

    fn place_sound(&mut self, own: &OwnMedia, tones: &[&str]) {
        let words = own.words();
        let said = words.iter().find_map(|word| TONES.iter().find(|(known, _)| known == word));
        let is_free = |tone: &str| self.sounds.iter().all(|(taken, _)| taken != tone);
        let has = |tone: &str| tone == "music" || tones.contains(&tone);
        let usual = || USUAL_TONES.into_iter().find(|tone| has(tone) && is_free(tone));
        let tone = said.map(|(_, tone)| *tone).filter(|tone| has(tone)).or_else(usual);
        let Some(tone) = tone else { return self.unfit.push(own.file.clone()) };
        self.told.push(format!("{} is heard for '{tone}'", own.file));
        self.sounds.retain(|(taken, _)| taken != tone);
        self.sounds.push((tone.to_owned(), own.clone()));
    }

    /// The features that the script needs for them.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        let pictures = (!self.pictures.is_empty()).then_some("pictures");
        pictures.into_iter().chain((!self.sounds.is_empty()).then_some("recordings"))
    }

    /// The script with the files in it, before it begins.
    pub fn written_into(&self, script: &str) -> String {
        if self.pictures.is_empty() && self.sounds.is_empty() {
            return script.to_owned();
        }
        let lines = |files: &[(String, OwnMedia)]| {
            let line = |(name, own): &(String, OwnMedia)| {
                format!("  '{name}': '{}',  // {}\n", own.url, own.file)
            };
            files.iter().map(line).collect::<String>()
        };
        let block = format!(
            "{BLOCK_START}const PICTURES = {{\n{}}};\nconst RECORDINGS = {{\n{}}};\n{BLOCK_END}",
            lines(&self.pictures),
            lines(&self.sounds)
        );
        let (front, end) = script.rsplit_once("begin();").unwrap_or((script, ""));
        format!("{front}{block}begin();{end}")
    }
}

const BLOCK_START: &str = "/* ---- Pictures and sounds of your own ---- */\n\n";
const BLOCK_END: &str = "/* ---- The game begins ---- */\n\n";

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and more";
    const MP3: &[u8] = b"ID3 and more";

    fn own(file: &str, bytes: &[u8]) -> OwnMedia {
        OwnMedia::new(file, bytes).unwrap()
    }

    #[test]
    fn a_file_is_what_its_bytes_say_and_not_too_large() {
        assert_eq!(own("a.txt", PNG).format, MediaFormat::Png);
        assert_eq!(own("a.png", b"\xff\xfb\x90 frame").format, MediaFormat::Mp3);
        assert_eq!(OwnMedia::new("a.png", b"<svg>"), Err(MediaError::UnknownFormat));
        assert_eq!(OwnMedia::new("a.png", b""), Err(MediaError::UnknownFormat));
        let large = [PNG, &vec![0; MAX_MEDIA_BYTES]].concat();
        assert_eq!(OwnMedia::new("a.png", &large), Err(MediaError::TooLarge));
        assert_eq!(own("../a'b</script>.png", PNG).file, "..abscript.png");
    }

    #[test]
    fn each_goes_where_its_name_says_else_where_there_is_a_place() {
        let parts = [("hero", "cat"), ("foe", "ghost"), ("food", "lantern")];
        let files = ["ship.png", "Ghost_2.png", "background.png", "coin.png", "more.png"];
        let mut media: Vec<_> = files.iter().map(|file| own(file, PNG)).collect();
        media.extend(["laser.mp3", "meow.mp3", "x.mp3"].iter().map(|file| own(file, MP3)));
        let plan = MediaPlan::new(&media, &parts, &["eat", "shoot"]);
        assert_eq!(
            plan.told,
            [
                "ship.png is you",
                "Ghost_2.png is the foe",
                "background.png is the background",
                "coin.png is the food",
                "laser.mp3 is heard for 'shoot'",
                "meow.mp3 is heard for 'eat'",
            ]
        );
        assert_eq!(plan.unfit, ["more.png", "x.mp3"]);
    }

    #[test]
    fn a_page_gives_back_what_was_written_into_it() {
        let media = [own("ship.png", PNG), own("laser.mp3", MP3)];
        let plan = MediaPlan::new(&media, &[("hero", "cat")], &["shoot"]);
        let page = plan.written_into("let a;\n\nbegin();\n");
        assert!(page.starts_with("let a;\n\n/* ----") && page.ends_with("begin();\n"), "{page}");
        assert_eq!(OwnMedia::of_page(&page), media);
        assert_eq!(OwnMedia::of_page("const PICTURES = {"), []);
        assert_eq!(merged(media.to_vec(), &[own("ship.png", b"GIF89a")]).len(), 2);
    }
}
