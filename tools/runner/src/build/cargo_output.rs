//! What cargo writes to stderr, as it is shown: errors and warnings as they are, its
//! progress as one line that is rewritten, or as plain lines where stderr is no terminal.
//!
//! ```text
//!     Compiling log v0.4.35                        a status: 12 columns, a blank
//!      Building [====>    ] 1/3: log\r             the bar, if it is asked for
//!  warning: unused variable: `x`                   anything else is passed on
//! ```
//!
//! One notice is left out, with which every compilation for the guest starts. The back
//! chain, which backtraces follow, is a target feature that rustc doesn't promise to
//! keep; `.cargo/config.toml` asks for it on purpose. No flag turns the notice off:
//!
//! ```text
//!  warning: unstable feature specified for `-Ctarget-feature`: `backchain`
//!    |
//!    = note: this feature is not stably supported; its behavior can change in the future
//!  (an empty line)
//!  warning: `kernel` (bin "kernel") generated 1 warning (1 duplicate)
//! ```

use crate::screen::terminal;
use std::io::{self, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};

/// Statuses that say nothing of how far a build has come.
const SILENT: [&str; 7] = [
    "Executable",
    "Finished",
    "Running",
    "Doc-tests",
    "Locking",
    "Updating",
    "Fresh",
];

/// Runs a command with its stderr passed on; progress is shown under this name.
pub fn run(command: &mut Command, name: &str) -> io::Result<ExitStatus> {
    let mut child = pipe(command).spawn()?;
    let name = name.to_owned();
    let passing = child.stderr.take();
    let passing = passing.map(|stderr| pass_on(stderr, name, io::stderr));
    let status = child.wait();
    passing.map(JoinHandle::join);
    status
}

/// Prepares a command for [`pass_on`]; its colours stay.
pub fn pipe(command: &mut Command) -> &mut Command {
    if terminal::shows_progress() {
        command.env("CARGO_TERM_COLOR", "always");
        command.env("CARGO_TERM_PROGRESS_WHEN", "always");
        command.env("CARGO_TERM_PROGRESS_WIDTH", "120");
    } else {
        command.env("CARGO_TERM_PROGRESS_WHEN", "never");
    }
    command.stderr(Stdio::piped())
}

/// Passes a command's stderr on to what `to` opens, until its end; progress is shown under
/// this name.
pub fn pass_on<W: Write>(
    from: impl Read + Send + 'static,
    name: String,
    to: impl FnOnce() -> W + Send + 'static,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut output = Output {
            name,
            rewrites: terminal::shows_progress(),
            in_notice: false,
        };
        output.copy(from, &mut to());
        terminal::clear_progress();
    })
}

/// The state of a copy.
struct Output {
    name: String,
    /// Progress is one line that is rewritten.
    rewrites: bool,
    /// Within the notice that is left out.
    in_notice: bool,
}

/// What a piece of cargo's output is.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// Crates built, of all, and the names of those at work.
    Bar(String),
    /// A status, by its word.
    Status(String),
    /// Anything else.
    Text,
}

impl Output {
    /// Reads to the end, even if nothing can be written: a command whose stderr nobody
    /// takes would fail for that.
    fn copy(&mut self, from: impl Read, to: &mut impl Write) {
        let mut piece = Vec::new();
        for byte in BufReader::new(from).bytes().map_while(Result::ok) {
            match byte {
                b'\n' | b'\r' => {
                    let _ = self.piece(&std::mem::take(&mut piece), to);
                }
                byte => piece.push(byte),
            }
        }
        if !piece.is_empty() {
            let _ = self.piece(&piece, to);
        }
    }

    fn piece(&mut self, piece: &[u8], to: &mut impl Write) -> io::Result<()> {
        let text = plain(&String::from_utf8_lossy(piece));
        if text.contains("unstable feature specified") && text.contains("backchain") {
            self.in_notice = true;
            return Ok(());
        }
        if is_count(&text) {
            return Ok(());
        }
        let kind = kind(&text);
        if self.in_notice && kind == Kind::Text {
            self.in_notice = !text.trim().is_empty();
            return Ok(());
        }
        match kind {
            Kind::Bar(progress) => {
                terminal::progress(&format!("{}: {progress}", self.name));
                Ok(())
            }
            Kind::Status(word) if self.rewrites || SILENT.contains(&word.as_str()) => {
                // Waiting for another cargo has no bar.
                if word == "Blocking" {
                    terminal::progress(&format!("{}: {}", self.name, text.trim()));
                }
                Ok(())
            }
            _ => {
                terminal::clear_progress();
                to.write_all(piece)?;
                to.write_all(b"\n")
            }
        }
    }
}

/// Whether this counts a crate's warnings, which were shown, but for the notice.
fn is_count(text: &str) -> bool {
    text.starts_with("warning: `") && text.contains(") generated ") && text.contains(" warning")
}

/// A line without its escape sequences: ESC, `[`, parameters, a letter.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            characters.find(|character| character.is_ascii_alphabetic());
        } else {
            plain.push(character);
        }
    }
    plain
}

fn kind(text: &str) -> Kind {
    // The word ends in column 12, right-aligned.
    let Some((column, rest)) = text.split_at_checked(12) else {
        return Kind::Text;
    };
    let word = column.trim_start();
    let is_word = word.len() > 2 && word.starts_with(|first: char| first.is_ascii_uppercase());
    if !is_word || word.contains(' ') || !rest.starts_with(' ') {
        return Kind::Text;
    }
    match bar(rest) {
        Some(progress) => Kind::Bar(progress),
        None => Kind::Status(word.to_owned()),
    }
}

/// Reads ` [=====>     ] 12/43: object, clap`.
fn bar(text: &str) -> Option<String> {
    let (_, progress) = text.strip_prefix(" [")?.split_once("] ")?;
    let (count, names) = progress.split_once(':').unwrap_or((progress, ""));
    let (done, all) = count.split_once('/')?;
    let (done, all): (u32, u32) = (done.trim().parse().ok()?, all.trim().parse().ok()?);
    let names = names.trim();
    let this = (done + 1).min(all);
    Some(format!("crate {this} of {all}: {names}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(text: &str, rewrites: bool) -> String {
        let mut output = Output {
            name: "kernel".to_owned(),
            rewrites,
            in_notice: false,
        };
        let mut copied = Vec::new();
        output.copy(text.as_bytes(), &mut copied);
        String::from_utf8(copied).unwrap()
    }

    #[test]
    fn what_cannot_be_written_is_read_all_the_same() {
        let mut output = Output {
            name: "kernel".to_owned(),
            rewrites: false,
            in_notice: false,
        };
        let mut from = &b"error: one\nerror: two\nerror: three"[..];
        output.copy(&mut from, &mut &mut [0; 4][..]);
        assert!(from.is_empty());
    }

    #[test]
    fn only_the_notice_is_left_out() {
        let text = "\
warning: unstable feature specified for `-Ctarget-feature`: `backchain`
  |
  = note: this feature is not stably supported; its behavior can change in the future

warning: `log` (lib) generated 1 warning
warning: unused variable: `x`
  |
  = note: something

error: no
";
        let counts = "warning: `hello` (lib) generated 1 warning (1 duplicate)\n";
        assert_eq!(copied(counts, true), "");
        let start = text.find("warning: unused").unwrap();
        assert_eq!(copied(text, true), text[start..]);
    }

    #[test]
    fn statuses_are_plain_lines_or_progress() {
        let bar = "\x1b[1m\x1b[96m    Building\x1b[0m [====>    ] 1/3: log, fnv       ";
        let text = format!(
            "\x1b[1m   Compiling\x1b[0m log v0.4.35\n{bar}\r\x1b[K   Compiling fnv v1\nerror: no\n    Finished it\n"
        );
        assert_eq!(copied(&text, true), "error: no\n");
        let plain = copied("   Compiling fnv v1\nerror: no\n    Finished it\n", false);
        assert_eq!(plain, "   Compiling fnv v1\nerror: no\n");
    }

    #[test]
    fn a_bar_is_read() {
        let text = "    Building [=====>     ] 12/43: object, clap(build)   ";
        let progress = "crate 13 of 43: object, clap(build)".to_owned();
        assert_eq!(kind(text), Kind::Bar(progress));
        assert_eq!(
            kind("   Compiling x v1"),
            Kind::Status("Compiling".to_owned())
        );
        for text in [
            "error: no",
            "    |",
            "            x",
            "",
            "   = note: this is so",
        ] {
            assert_eq!(kind(text), Kind::Text, "{text}");
        }
    }
}
