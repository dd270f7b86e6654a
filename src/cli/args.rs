//! The command line's arguments. Only this file and `args/` use clap.

mod library;
mod settings;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::report::{LineDetail, output};
use crate::untrusted::sanitize;

pub use library::{LibraryArgs, LibraryCommand};
pub use settings::SharedArgs;

/// Turns a sentence into a playable browser game, in the terminal
#[derive(Debug, Parser)]
#[command(name = "codeagent", version)]
#[command(after_help = AFTER_HELP)]
pub struct CliArgs {
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// Open the screen with this prompt filled in
    pub prompt: Option<String>,
    #[command(flatten)]
    pub shared: SharedArgs,
}

const AFTER_HELP: &str = "\
Without a token the built-in composer makes the game, offline. Put a HuggingFace \
token into HF_TOKEN to use a model.

Exit codes:
  0 a valid game      5 network, retries used up   9 disk, library
  2 usage             6 the reply was cut off     10 the server refused the request
  3 token             7 the checks refused it    130 cancelled
  4 quota or credits  8 the play-test found it broken";

#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Make one game and save it
    New(NewArgs),
    /// Change a game that is there, and save it as a new one
    Edit(EditArgs),
    /// Play a game in the browser, shut in and up to date
    Play(PlayArgs),
    /// Check HTML files against the rules, and repair them
    Check(CheckArgs),
    /// Repair an HTML file and lock it down: no network, no code but its own
    Harden(HardenArgs),
    /// Games and all their versions: find, compare, undo, export
    Library(LibraryArgs),
    /// What the server serves: context, price, speed, games a month on the free credits
    Models(ModelsArgs),
    /// What was asked of model servers, against the limits and the credits
    Usage(UsageArgs),
    /// What was found, where it was set, and what would help
    Doctor(DoctorArgs),
    /// A script that completes commands and flags in a shell
    Completions(CompletionsArgs),
    /// The manual page, of all or of one command
    Man(ManArgs),
}

/// Make one game and save it
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, ClapArgs)]
pub struct NewArgs {
    /// What the game is about; `-` reads it from standard input
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
    /// Save the hardened page alone, without the page around it whose frame it cannot leave
    #[arg(long)]
    pub plain: bool,
    /// The form it is saved in anyway
    #[arg(long, hide = true, conflicts_with = "plain")]
    pub sealed: bool,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Change a game that is there, and save it as a new one
#[derive(Debug, ClapArgs)]
pub struct EditArgs {
    /// A file, or a game of the library: `12` or its version `12.3`
    pub game: String,
    #[command(flatten)]
    pub new: NewArgs,
}

/// Play a game in the browser, shut in and up to date
///
/// It is served on this machine alone, in a sandbox without a way out. A new version is shown
/// when it lands: a file that is written, or a game of the library that gets one.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, ClapArgs)]
pub struct PlayArgs {
    /// A file, or a game of the library: `12` or its version `12.3`; with `--test` any number of them
    #[arg(required = true, value_name = "GAME")]
    pub games: Vec<String>,
    /// Print the address, and let no browser be opened
    #[arg(long)]
    pub no_open: bool,
    /// Have a headless browser play it instead, and print the verdict
    #[arg(long, conflicts_with = "no_open")]
    pub test: bool,
    /// Print the verdict as one JSON object; those of several games as its `games`
    #[arg(long, requires = "test")]
    pub json: bool,
    /// Play so many games at once instead of as many as there are processors
    #[arg(long, requires = "test", value_name = "N")]
    pub jobs: Option<std::num::NonZero<usize>>,
    /// Save the picture of the liveliest moment as a PNG
    #[arg(long, requires = "test", value_name = "FILE")]
    pub picture: Option<PathBuf>,
}

/// Check HTML files against the rules, and repair them
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// HTML files; `-` reads standard input
    #[arg(required_unless_present_any = ["list", "explain"], value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write the repairs into the files that are valid with them
    #[arg(long)]
    pub fix: bool,
    /// How the findings are told
    #[arg(long, value_enum, default_value_t, value_name = "NAME")]
    pub format: ReportFormat,
    /// Print one JSON object; the same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Name every rule
    #[arg(long, conflicts_with_all = ["files", "fix", "explain"])]
    pub list: bool,
    /// Tell what a rule finds, why, and what to do instead
    #[arg(long, value_name = "RULE", conflicts_with_all = ["files", "fix"])]
    pub explain: Option<String>,
}

/// How findings are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// The source lines, with a caret under each finding
    #[default]
    Human,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations for GitHub Actions
    Github,
}

/// Repair an HTML file and lock it down: no network, no code but its own
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
    /// Put a page around the game whose frame it cannot leave, in which its storage lasts [default:
    /// the form that the file has]
    #[arg(long)]
    pub sealed: bool,
    /// Harden the page alone, also where the file has such a page around it
    #[arg(long, conflicts_with = "sealed")]
    pub plain: bool,
}

/// What the server serves: context, price, speed, games a month on the free credits
///
/// A game is taken to be 2,000 tokens sent and 8,000 received. The list is kept for an hour.
#[derive(Debug, ClapArgs)]
pub struct ModelsArgs {
    /// Only models with these in their names, or of these providers
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Ask the server, however new the kept list is
    #[arg(long)]
    pub refresh: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What was asked of model servers, against the limits and the credits
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct UsageArgs {
    /// Ask HuggingFace for the plan and what is left of its credits
    #[arg(long)]
    pub credits: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What was found, where it was set, and what would help
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct DoctorArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A script that completes commands and flags in a shell
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct CompletionsArgs {
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// The manual page, of all or of one command
#[derive(Debug, ClapArgs)]
pub struct ManArgs {
    /// The command, as it is typed: `library diff`
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// How the result and the way to it are told.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that clap reads by itself")]
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct ReportArgs {
    /// Print one JSON object instead of the path
    #[arg(long, conflicts_with = "jsonl")]
    pub json: bool,
    /// Print one JSON object a line as things happen, the result last
    #[arg(long)]
    pub jsonl: bool,
    /// Say nothing on the way
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more on the way: who answers, request ids, findings
    #[arg(short, long)]
    pub verbose: bool,
}

impl ReportArgs {
    /// How much of the progress is printed.
    pub fn detail(self) -> LineDetail {
        if self.verbose { LineDetail::Full } else { LineDetail::Brief }
    }
}

/// The definition of all commands, for the completions and the manual.
pub fn command_definition() -> clap::Command {
    CliArgs::command()
}

/// Parses the command line; exits the process for `--help`, `--version` and errors.
pub fn parse() -> CliArgs {
    CliArgs::try_parse().unwrap_or_else(|error| {
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
