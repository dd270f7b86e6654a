//! The command line's arguments. Only this file and `args/` use clap.

mod library;
mod local;
mod mistakes;
mod settings;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::local::server_process::LAUNCH_COMMAND;
use crate::report::{LineDetail, output};
use crate::untrusted::sanitize;

pub use library::{LibraryArgs, LibraryCommand};
pub use local::{LocalArgs, LocalCommand};
pub use settings::SharedArgs;

/// Turns a sentence into a playable browser game, in the terminal
#[derive(Debug, Default, Parser)]
#[command(name = "codeagent", version)]
#[command(after_help = AFTER_HELP, after_long_help = long_help())]
pub struct CliArgs {
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// Open the screen with this prompt filled in
    pub prompt: Option<String>,
    #[command(flatten)]
    pub shared: SharedArgs,
}

const AFTER_HELP: &str = "\
Without a token the built-in composer makes the game, offline. `codeagent local` runs a \
model on this machine, free; `codeagent login` or HF_TOKEN is for HuggingFace's, paid.

Exit codes:
  0 a valid game      5 network, retries used up   9 disk, library
  2 usage             6 the reply was cut off     10 the server refused the request
  3 token             7 the checks refused it     11 nothing would change
  4 limit or credits  8 the play-test found it broken   130 cancelled";

#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Make one game and save it
    New(NewArgs),
    /// Change an existing game: a file in place, or a game of the library
    Edit(EditArgs),
    /// Play a game in the browser, sandboxed, with live reload
    Play(PlayArgs),
    /// Check HTML files against the rules, and repair them
    Check(CheckArgs),
    /// Repair an HTML file and lock it down: no network, only its own code
    Harden(HardenArgs),
    /// Games and their versions: find, compare, undo, export
    Library(LibraryArgs),
    /// List models: context, price of a game, speed, and what they came to with you
    Models(ModelsArgs),
    /// Models on this machine, free: what fits, download, start, stop
    Local(LocalArgs),
    /// Log in to HuggingFace: a token, kept where its tools look for it
    Login,
    /// Requests, tokens and cost, against the limits
    Usage(UsageArgs),
    /// Diagnose settings, network, browser and library
    Doctor(DoctorArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page of the program or of one command
    Man(ManArgs),
    /// Become a model server: for this program's own use
    #[command(name = LAUNCH_COMMAND, hide = true)]
    LaunchLocalServer(LaunchArgs),
}

/// Make one game and save it
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, ClapArgs)]
pub struct NewArgs {
    /// A description of the game; `-` reads it from standard input
    #[arg(allow_hyphen_values = true)]
    pub prompt: String,
    /// Where to save the game; `-` prints it [default: a file named after its title]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace FILE if it exists, instead of saving beside it
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Save the game even if it breaks a rule, marked as unsafe
    #[arg(long = "unsafe")]
    pub keep_unsafe: bool,
    /// Save only the hardened page, without the sandbox page around it
    #[arg(long)]
    pub plain: bool,
    /// Save with the sandbox page around it, which is the default
    #[arg(long, hide = true, conflicts_with = "plain")]
    pub sealed: bool,
    /// Make N games side by side, keep the first that plays, and stop the others
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true,
        value_parser = clap::value_parser!(u8).range(1..=MAX_PARALLEL))]
    pub parallel: u8,
    /// A picture or sound of yours for the composer, such as `hero.png`; may be given again
    #[arg(long = "asset", value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with = "improve")]
    pub assets: Vec<PathBuf>,
    /// Print the prompt with what it leaves open added by the engine, and make nothing
    #[arg(long, conflicts_with_all = ["output", "parallel"])]
    pub improve: bool,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// More at once would only wait for each other.
const MAX_PARALLEL: i64 = 4;

/// Change an existing game
///
/// A file is changed in place; the library keeps the page as it was. A game of the library gets a new
/// version, and a file named after its title.
#[derive(Debug, ClapArgs)]
pub struct EditArgs {
    /// A file, or a game of the library: `12` or its version `12.3`
    pub game: String,
    /// Save the changed game beside FILE, and leave FILE as it is
    #[arg(long, conflicts_with = "output")]
    pub as_new: bool,
    #[command(flatten)]
    pub new: NewArgs,
}

/// Play a game in the browser, sandboxed, with live reload
///
/// It is served on this machine only, in a sandbox that it cannot leave. The page reloads when the
/// file is written or the game in the library gets a new version.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, ClapArgs)]
pub struct PlayArgs {
    /// A file, or a game of the library: `12` or its version `12.3`; with `--test`, several
    #[arg(required = true, value_name = "GAME")]
    pub games: Vec<String>,
    /// Print the address without opening a browser
    #[arg(long)]
    pub no_open: bool,
    /// Play-test it in a headless browser instead, and print the verdict
    #[arg(long, conflicts_with = "no_open")]
    pub test: bool,
    /// Print the verdict as one JSON object; several verdicts as its `games`
    #[arg(long, requires = "test")]
    pub json: bool,
    /// Play-test this many games at once [default: the number of processors]
    #[arg(long, requires = "test", value_name = "N")]
    pub jobs: Option<std::num::NonZero<usize>>,
    /// Save the picture of the liveliest moment as a PNG
    #[arg(long, requires = "test", value_name = "FILE")]
    pub picture: Option<PathBuf>,
    /// Save four seconds of the game in motion as an animated GIF
    #[arg(long, requires = "test", value_name = "FILE")]
    pub gif: Option<PathBuf>,
}

/// Check HTML files against the rules, and repair them
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// HTML files; `-` reads standard input
    #[arg(required_unless_present_any = ["list", "explain"], value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write repairs to the files, if they make them valid
    #[arg(long)]
    pub fix: bool,
    /// The format of the findings
    #[arg(long, value_enum, default_value_t, value_name = "NAME")]
    pub format: ReportFormat,
    /// Print one JSON object; the same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// List all rules
    #[arg(long, conflicts_with_all = ["files", "fix", "explain"])]
    pub list: bool,
    /// Explain a rule: what it finds, why, and what to do instead
    #[arg(long, value_name = "RULE", conflicts_with_all = ["files", "fix"])]
    pub explain: Option<String>,
}

/// The format of the findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Source lines, with a caret under each finding
    #[default]
    Human,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations for GitHub Actions
    Github,
}

/// Repair an HTML file and lock it down: no network, only its own code
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, ClapArgs)]
pub struct HardenArgs {
    /// An HTML file; `-` reads standard input
    pub file: PathBuf,
    /// Where to save the hardened page; `-` prints it
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// Replace the output if it exists, instead of saving beside it
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Put the sandbox page around the game, which also keeps its storage [default: the form of the
    /// file]
    #[arg(long)]
    pub sealed: bool,
    /// Harden only the page, and remove a sandbox page around it
    #[arg(long, conflicts_with = "sealed")]
    pub plain: bool,
}

/// List models: context, price of a game, speed, and what they came to with you
///
/// Prices assume 2,000 tokens sent and 8,000 received for a game. The list is cached for an hour.
#[derive(Debug, ClapArgs)]
pub struct ModelsArgs {
    /// Only models that match all words, in their name or as the name of a provider
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Ignore the cached list, and ask the server
    #[arg(long)]
    pub refresh: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Requests, tokens and cost, against the limits
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct UsageArgs {
    /// Ask HuggingFace for the plan, and what it counts as spent
    #[arg(long)]
    pub credits: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Diagnose settings, network, browser and library
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct DoctorArgs {
    /// List every setting, also those that have their default
    #[arg(long)]
    pub all: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Print a completion script for a shell
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct CompletionsArgs {
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Print the manual page of the program or of one command
#[derive(Debug, ClapArgs)]
pub struct ManArgs {
    /// The command, as typed: `library diff`
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// What becomes a model server.
#[derive(Debug, ClapArgs)]
pub struct LaunchArgs {
    /// How long it lives: `program` or `until-stopped`
    #[arg(value_parser = ["program", "until-stopped"])]
    pub lifetime: String,
    /// The number of the process that starts it
    pub starter: u32,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub command: Vec<OsString>,
}

/// How the result and the progress are printed.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct ReportArgs {
    /// Print one JSON object instead of the path
    #[arg(long, conflicts_with = "jsonl")]
    pub json: bool,
    /// Print one JSON object per line for each event, the result last
    #[arg(long)]
    pub jsonl: bool,
    /// Print no progress
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more progress: provider, request ids, findings
    #[arg(short, long)]
    pub verbose: bool,
}

impl ReportArgs {
    /// Whether a person reads along.
    pub fn is_for_people(self) -> bool {
        !self.quiet && !self.json && !self.jsonl
    }

    /// How much of the progress is printed.
    pub fn detail(self) -> LineDetail {
        if self.verbose { LineDetail::Full } else { LineDetail::Brief }
    }
}

/// The definition of all commands, for the completions and the manual.
pub fn command_definition() -> clap::Command {
    CliArgs::command()
}

/// What `--help` of the program says below its flags.
fn long_help() -> String {
    format!("{}\n{AFTER_HELP}", settings::settings_help())
}

/// Parses the command line; exits the process for `--help`, `--version` and errors.
pub fn parse() -> CliArgs {
    let words: Vec<_> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    // The screen starts at once: to define all commands takes longer than to draw it.
    if words.is_empty() {
        return CliArgs::default();
    }
    let parsed = CliArgs::try_parse();
    if let Some(sentence) = mistakes::explain(&parsed, &words) {
        output::write_stderr(&format!("error: {sentence}\n"));
        std::process::exit(2);
    }
    parsed.unwrap_or_else(|error| {
        // clap's errors quote the arguments, which may be names of files with control characters.
        let is_plain = |word: OsString| {
            let word = word.to_string_lossy();
            sanitize(&word) == word
        };
        if std::env::args_os().all(is_plain) {
            error.exit();
        }
        output::write_stderr(&error.render().to_string());
        std::process::exit(error.exit_code())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_arguments_are_what_clap_makes_of_none() {
        let parsed = CliArgs::try_parse_from(["codeagent"]).unwrap();
        assert_eq!(format!("{parsed:?}"), format!("{:?}", CliArgs::default()));
    }
}
