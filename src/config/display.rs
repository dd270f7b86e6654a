//! Detects whether a browser on this machine is visible to the user.
//!
//! Over SSH a browser would open on the wrong machine, so the user gets the command that forwards
//! the port instead.

use super::Environment;

/// Where the user's display is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DisplayLocation {
    /// A browser can be opened.
    #[default]
    Local,
    /// There is no display.
    None,
    /// On another machine, over SSH.
    Remote(SshConnection),
}

/// The SSH connection to this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SshConnection {
    user: Option<String>,
    host: Option<String>,
    port: Option<String>,
}

impl DisplayLocation {
    /// Finds out from the environment whether a browser can be opened here.
    pub(super) fn detect(environment: &Environment) -> Self {
        let is_set = |name| environment.env(name).is_some_and(|value| !value.is_empty());
        if is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") {
            return Self::Local;
        }
        match environment.env("SSH_CONNECTION") {
            Some(connection) if !connection.is_empty() => {
                Self::Remote(SshConnection::parse(connection, environment))
            }
            // Systems without a display server variable, and WSL.
            _ if cfg!(any(windows, target_os = "macos")) || is_set("WSL_DISTRO_NAME") => {
                Self::Local
            }
            _ => Self::None,
        }
    }
}

impl SshConnection {
    /// Parses `SSH_CONNECTION`: client address, client port, server address, server port.
    fn parse(connection: &str, environment: &Environment) -> Self {
        let mut words = connection.split_whitespace().skip(2);
        let user = environment.env("USER").or_else(|| environment.env("LOGNAME"));
        Self {
            host: words.next().and_then(shell_safe),
            port: words.next().and_then(shell_safe).filter(|port| port != "22"),
            user: user.and_then(shell_safe),
        }
    }

    /// The command that the user runs on their own machine to forward the port to this one.
    pub fn forward_command(&self, port: u16) -> String {
        let user = self.user.as_deref().map(|user| format!("{user}@")).unwrap_or_default();
        let host = self.host.as_deref().unwrap_or("HOST");
        let door = self.port.as_deref().map(|door| format!("-p {door} ")).unwrap_or_default();
        format!("ssh -N -L {port}:127.0.0.1:{port} {door}{user}{host}")
    }
}

/// The word, if it needs no quoting in a shell.
fn shell_safe(word: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._:%-".contains(c);
    let fits = !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain);
    fits.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(env: &[(&str, &str)]) -> DisplayLocation {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let folder = tempfile::tempdir().unwrap();
        DisplayLocation::detect(&Environment::new(env, folder.path().to_owned()))
    }

    fn forward(env: &[(&str, &str)]) -> String {
        match seat(env) {
            DisplayLocation::Remote(ssh) => ssh.forward_command(4000),
            seat => panic!("{seat:?}"),
        }
    }

    #[test]
    fn over_ssh_there_is_a_line_to_type() {
        let connection = ("SSH_CONNECTION", "10.0.0.7 52622 10.0.0.9 22");
        assert_eq!(
            forward(&[connection, ("USER", "ann")]),
            "ssh -N -L 4000:127.0.0.1:4000 ann@10.0.0.9"
        );
        let connection = ("SSH_CONNECTION", "fe80::1 52622 fe80::2 2222");
        assert_eq!(forward(&[connection]), "ssh -N -L 4000:127.0.0.1:4000 -p 2222 fe80::2");
        let strange = [("SSH_CONNECTION", "a b -oProxyCommand=x 22"), ("USER", "$(x)")];
        assert_eq!(forward(&strange), "ssh -N -L 4000:127.0.0.1:4000 HOST");
    }

    #[test]
    fn a_display_is_a_seat_also_over_ssh() {
        let connection = ("SSH_CONNECTION", "10.0.0.7 52622 10.0.0.9 22");
        assert_eq!(seat(&[connection, ("DISPLAY", "localhost:10.0")]), DisplayLocation::Local);
        assert_eq!(seat(&[connection, ("WAYLAND_DISPLAY", "wayland-0")]), DisplayLocation::Local);
        assert_eq!(seat(&[("DISPLAY", ":0")]), DisplayLocation::Local);
        assert_eq!(seat(&[("WSL_DISTRO_NAME", "Debian")]), DisplayLocation::Local);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_a_display_nothing_is_opened() {
        assert_eq!(seat(&[]), DisplayLocation::None);
        assert_eq!(seat(&[("DISPLAY", ""), ("SSH_CONNECTION", "")]), DisplayLocation::None);
    }
}
