//! What takes the place of pictures and sounds that a page of one file cannot have.

/// A tenth of a second of silence, so that a loop of it costs little: RIFF WAVE, one channel of
/// 4,000 unsigned bytes a second.
pub(super) const SILENCE: &str = concat!(
    "data:audio/wav;base64,",
    "UklGRrQBAABXQVZFZm10IBAAAAABAAEAoA8AAKAPAAABAAgAZGF0YZABAACAgICAgICAgICAgICAgICAgICAgICAgI",
    "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA",
    "gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
    "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA",
    "gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
    "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA",
    "gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA",
);

/// Colours of pictures; which one is told by the name of the file.
const COLOURS: &[&str] = &["e4572e", "f3a712", "76b041", "29a3a3", "4a7fd6", "9b5de5"];

/// What the name of a file says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum MediaKind {
    Picture,
    Sound,
    /// A film, which has no stand-in.
    Film,
}

impl MediaKind {
    /// The kind by the ending of a file's name. `None` for all other texts.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.split(['?', '#']).next().unwrap_or_default();
        let (stem, ending) = name.rsplit_once('.')?;
        let is_path = |c: char| c.is_alphanumeric() || "/._-~ %()".contains(c);
        if !stem.ends_with(|c: char| c.is_alphanumeric() || "_-)".contains(c))
            || !stem.chars().all(is_path)
        {
            return None;
        }
        match ending.to_ascii_lowercase().as_str() {
            "png" | "jpg" | "jpeg" | "gif" | "webp" | "svg" | "bmp" | "avif" => Some(Self::Picture),
            "mp3" | "wav" | "ogg" | "m4a" | "aac" | "flac" | "opus" => Some(Self::Sound),
            "mp4" | "webm" | "mov" => Some(Self::Film),
            _ => None,
        }
    }

    /// The address of what takes the place of a file, without quotes, spaces and brackets. `None`
    /// if nothing can.
    pub fn stand_in(self, name: &str) -> Option<String> {
        match self {
            Self::Picture => Some(picture(name)),
            Self::Sound => Some(SILENCE.to_owned()),
            Self::Film => None,
        }
    }
}

/// A picture of 64 by 64 pixels: a face, or a plain ground where the name speaks of one.
fn picture(name: &str) -> String {
    let lower = name.to_lowercase();
    let sum: usize = name.bytes().map(usize::from).sum();
    let colour = COLOURS.get(sum % COLOURS.len()).copied().unwrap_or_default();
    let is_ground =
        ["back", "bg", "ground", "tile", "wall", "sky"].iter().any(|w| lower.contains(w));
    let drawn = if is_ground {
        "<rect width='64' height='64' fill='#22223b'/>".to_owned()
    } else {
        format!(
            "<circle cx='32' cy='32' r='30' fill='#{colour}'/><circle cx='22' cy='26' r='5'/>\
             <circle cx='42' cy='26' r='5'/>"
        )
    };
    let svg =
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'>{drawn}</svg>");
    let encode = |c: char| match c {
        '<' => "%3C".to_owned(),
        '>' => "%3E".to_owned(),
        '#' => "%23".to_owned(),
        '\'' => "%27".to_owned(),
        ' ' => "%20".to_owned(),
        c => c.to_string(),
    };
    format!("data:image/svg+xml,{}", svg.chars().map(encode).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_file_says_what_it_is() {
        for (name, kind) in [
            ("ghost.png", Some(MediaKind::Picture)),
            ("img/Big Ghost.JPG?v=2", Some(MediaKind::Picture)),
            ("./a/win.mp3", Some(MediaKind::Sound)),
            ("intro.webm", Some(MediaKind::Film)),
            (".png", None),
            ("a.b", None),
            ("Press space.", None),
            ("<img src=a.png>x.png", None),
            ("data.json", None),
        ] {
            assert_eq!(MediaKind::from_name(name), kind, "{name}");
        }
    }

    #[test]
    fn a_stand_in_fits_into_every_quotation() {
        for name in ["ghost.png", "background.png", "win.mp3"] {
            let url = MediaKind::from_name(name).and_then(|kind| kind.stand_in(name));
            let url = url.expect("a stand-in");
            assert!(!url.contains(['"', '\'', '`', ' ', '(', ')', '<', '>', '\\', '$']), "{url}");
        }
    }
}
