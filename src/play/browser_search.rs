//! Finds a browser that speaks the `DevTools` protocol, by its usual names and places.

use std::path::{Path, PathBuf};

/// Where to look. The environment is read elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowserPaths {
    /// The program named by the user; if set, no other is used.
    pub override_program: Option<PathBuf>,
    /// The directories of `PATH`.
    pub path: Vec<PathBuf>,
    /// Directories for installed programs: the user's own, and those of Windows.
    pub roots: Vec<PathBuf>,
}

/// Why there is no browser for play-tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindBrowserError {
    #[error("no browser found")]
    NotFound,
    #[error("CODEAGENT_BROWSER is {0}, which cannot be started")]
    BadOverride(String),
    #[error("play-tests are not supported on this system yet")]
    Unsupported,
    #[error("this build leaves out the play-test, which the feature `browser` brings")]
    LeftOut,
}

impl FindBrowserError {
    /// Advice, as one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotFound => {
                "Install Chromium or Chrome (`apt install chromium`, `brew install --cask \
                 chromium`), or set CODEAGENT_BROWSER to one."
            }
            Self::BadOverride(_) => "Correct it, or unset it to search the usual places.",
            Self::Unsupported | Self::LeftOut => "The static checks still run.",
        }
    }
}

/// Program names on `PATH`.
const PROGRAM_NAMES: [&str; 11] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chrome-headless-shell",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
    "brave",
];

/// Full paths of browsers that are not on `PATH`.
const INSTALL_PATHS: [&str; 9] = [
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
    "/opt/brave.com/brave/brave",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Brave Browser.app/Contents/MacOS/Brave Browser",
];

/// Paths below the directories that differ between machines.
const ROOT_RELATIVE_PATHS: [&str; 8] = [
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Applications/Chromium.app/Contents/MacOS/Chromium",
    "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Applications/Brave Browser.app/Contents/MacOS/Brave Browser",
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "BraveSoftware/Brave-Browser/Application/brave.exe",
];

/// Returns the first browser found.
///
/// # Errors
/// If there is none, the named program cannot be started, or the system is not supported.
pub fn find_browser(places: &BrowserPaths) -> Result<PathBuf, FindBrowserError> {
    if cfg!(not(feature = "browser")) {
        return Err(FindBrowserError::LeftOut);
    }
    if cfg!(not(unix)) {
        return Err(FindBrowserError::Unsupported);
    }
    if let Some(named) = &places.override_program {
        let is_path = named.components().count() > 1;
        let found =
            if is_path { existing_program(named.clone()) } else { find_on_path(places, named) };
        let shown = || crate::untrusted::Untrusted::new(named.to_string_lossy()).headline(200);
        return found.ok_or_else(|| FindBrowserError::BadOverride(shown()));
    }
    let named = PROGRAM_NAMES.iter().find_map(|name| find_on_path(places, Path::new(name)));
    let usual = || INSTALL_PATHS.iter().find_map(|file| existing_program(PathBuf::from(file)));
    let below = || {
        let files = places
            .roots
            .iter()
            .flat_map(|root| ROOT_RELATIVE_PATHS.iter().map(|file| root.join(file)));
        files.into_iter().find_map(existing_program)
    };
    named.or_else(usual).or_else(below).ok_or(FindBrowserError::NotFound)
}

fn find_on_path(places: &BrowserPaths, name: &Path) -> Option<PathBuf> {
    places.path.iter().find_map(|folder| existing_program(folder.join(name)))
}

fn existing_program(file: PathBuf) -> Option<PathBuf> {
    is_program(&file).then_some(file)
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
#[cfg(unix)]
#[cfg(feature = "browser")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn install(name: &str, folder: &Path) -> PathBuf {
        let file = folder.join(name);
        std::fs::write(&file, "").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    #[test]
    fn the_named_browser_wins_and_a_wrong_name_is_told() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = vec![one.path().to_owned(), two.path().to_owned()];
        let chrome = install("google-chrome", one.path());
        let mine = install("mine", two.path());
        let at = |named: Option<&str>| BrowserPaths {
            override_program: named.map(PathBuf::from),
            path: path.clone(),
            roots: Vec::new(),
        };
        assert_eq!(find_browser(&at(None)), Ok(chrome.clone()));
        assert_eq!(find_browser(&at(Some("mine"))), Ok(mine));
        assert_eq!(find_browser(&at(chrome.to_str())), Ok(chrome.clone()));
        std::fs::set_permissions(&chrome, std::fs::Permissions::from_mode(0o644)).unwrap();
        for wrong in [chrome.to_str().unwrap(), "nothing", "/nowhere/\u{1b}[31m"] {
            let error = find_browser(&at(Some(wrong))).unwrap_err();
            assert!(
                matches!(&error, FindBrowserError::BadOverride(name) if !name.contains('\u{1b}')),
                "{error}"
            );
        }
    }

    #[test]
    fn a_browser_is_found_below_the_users_own_folder() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("Applications/Chromium.app/Contents/MacOS");
        std::fs::create_dir_all(&folder).unwrap();
        let file = install("Chromium", &folder);
        let roots = vec![home.path().to_owned()];
        let found = find_browser(&BrowserPaths { override_program: None, path: Vec::new(), roots });
        // Where one is installed in a usual place, that one comes first.
        assert!(found.is_ok_and(|found| found == file || found.is_absolute()));
    }
}
