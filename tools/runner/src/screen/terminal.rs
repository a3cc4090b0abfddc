//! The terminal that this program was started from: its modes, and one line of progress.
//!
//! QEMU puts a terminal into raw mode, and takes that back when it ends by itself; a
//! QEMU that was killed doesn't.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// The terminal's modes as they were; they are put back when this is dropped.
pub struct Modes(Option<Termios>);

impl Modes {
    /// Keeps the modes of the terminal on stdin, if there is one.
    pub fn keep() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        if let Some(modes) = &self.0 {
            // A terminal that went away needs no modes.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, modes);
        }
    }
}

/// Whether a line can be edited here: stdin and stdout are a terminal that moves its cursor.
pub fn can_edit() -> bool {
    let moves = std::env::var("TERM").is_ok_and(|name| !["", "dumb", "emacs"].contains(&&*name));
    moves && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Takes keys as they are typed, and shows none of them: what reads them does that. Ctrl-C
/// stays a signal. [`Modes`] takes it back.
///
/// # Errors
/// stdin is no terminal.
pub fn take_keys() -> io::Result<()> {
    let mut modes = tcgetattr(io::stdin())?;
    modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON;
    tcsetattr(io::stdin(), OptionalActions::Now, &modes)?;
    Ok(())
}

/// Whether a line of progress is on the screen.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Whether progress can be shown: stderr is a terminal.
pub fn shows_progress() -> bool {
    io::stderr().is_terminal()
}

/// Shows a line of progress in place of the last one; nothing where it can't be.
pub fn progress(text: &str) {
    if !shows_progress() {
        return;
    }
    // A terminal that doesn't know its size says 0.
    let width = match tcgetwinsize(io::stderr()) {
        Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
        _ => 80,
    };
    let text: String = text.chars().take(width - 1).collect();
    SHOWN.store(true, Ordering::Relaxed);
    // A screen that can't be written to is nobody's loss.
    let _ = write!(io::stderr(), "\r{text}\x1b[K");
}

/// Takes the line of progress away, so that other output may come.
pub fn clear_progress() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}
