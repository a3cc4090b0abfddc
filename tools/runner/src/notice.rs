//! Leaves out the one notice that every compilation for the guest starts with.
//!
//! The back chain, which backtraces follow, is a target feature that rustc
//! doesn't promise to keep; `.cargo/config.toml` asks for it on purpose. rustc
//! says so at each start, and no flag turns that off:
//!
//! ```text
//!  warning: unstable feature specified for `-Ctarget-feature`: `backchain`
//!    |
//!    = note: this feature is not stably supported; its behavior can change in the future
//!  (an empty line)
//! ```

use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};

/// Runs a command with its stderr passed on, less the notice.
pub fn run(command: &mut Command) -> io::Result<ExitStatus> {
    let mut child = pipe(command).spawn()?;
    let passing = child.stderr.take().map(pass_on);
    let status = child.wait();
    passing.map(JoinHandle::join);
    status
}

/// Prepares a command for [`pass_on`]; its colours stay.
pub fn pipe(command: &mut Command) -> &mut Command {
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command.stderr(Stdio::piped())
}

/// Copies to stderr, less the notice, until the end.
pub fn pass_on(from: impl Read + Send + 'static) -> JoinHandle<()> {
    thread::spawn(move || {
        // Nobody is left to tell when stderr itself is gone.
        let _ = copy(from, &mut io::stderr());
    })
}

fn copy(from: impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut inside = false;
    for line in BufReader::new(from).split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        if text.contains("unstable feature specified") && text.contains("backchain") {
            inside = true;
        } else if !inside {
            to.write_all(&line)?;
            to.write_all(b"\n")?;
        } else if text.trim().is_empty() {
            inside = false;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_notice_is_left_out() {
        let text = "\
warning: unstable feature specified for `-Ctarget-feature`: `backchain`
  |
  = note: this feature is not stably supported; its behavior can change in the future

warning: unused variable: `x`
  |
  = note: something

error: no
";
        let mut copied = Vec::new();
        copy(text.as_bytes(), &mut copied).unwrap();
        let start = text.find("warning: unused").unwrap();
        assert_eq!(String::from_utf8(copied).unwrap(), text[start..]);
    }
}
