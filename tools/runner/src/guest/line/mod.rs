//! The line of `shell` on a terminal: an editor on this side of it. The guest knows it by
//! `monitor=lines`: it shows no prompt and no echo, and says when it waits for a line.
//!
//! ```text
//!  keys ─► editor ── whole lines ──► QEMU's stdin ──► monitor
//!            ▲ ▲                                         │ text, and ENQ at its end
//!  names ────┘ └──────────── screen ◄────────────────────┘
//!  (control channel)
//! ```
//!
//! Ctrl-C comes to this program alone, for QEMU has a process group of its own: the first is
//! passed on to the command that runs, a second within a second ends the machine.
//!
//! * `editor.rs`: the thread that reads lines
//! * `presses.rs`: Ctrl-C, once or twice
//! * `vocabulary.rs`: what completes them
//! * `screen.rs`: the guest's text, around a line that is being edited

mod editor;
mod presses;
mod screen;
mod vocabulary;

use crate::guest::question;
use crate::screen::{output, terminal};
use crate::verdict::events::Event;
use editor::{AGAIN, Session, Words};
use presses::Presses;
pub use screen::{ENQUIRY, Screen};
use std::io::{self, Write};
use std::process::ChildStdin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use vocabulary::Vocabulary;

/// How long what the guest printed last may take to be shown above the line.
const SHOWN: Duration = Duration::from_secs(1);

/// What a terminal sends for Ctrl-C.
const CTRL_C: u8 = 3;

/// Takes back what the editor set: a paste isn't marked any more.
const PLAIN_PASTE: &str = "\x1b[?2004l";

/// The watching thread's side of a session.
pub struct Line {
    guest: Arc<Mutex<ChildStdin>>,
    vocabulary: Arc<Mutex<Vocabulary>>,
    is_editing: Arc<AtomicBool>,
    is_running: Arc<AtomicBool>,
    is_interrupted: Arc<AtomicBool>,
    presses: Arc<Presses>,
    /// Ends when all is shown that came while a line was edited.
    shown: JoinHandle<()>,
}

impl Line {
    /// Begins a session: what is typed goes to the guest; its text is to go to the screen.
    ///
    /// # Errors
    /// The terminal can't be used so.
    pub fn begin(guest: ChildStdin) -> io::Result<(Self, Screen)> {
        terminal::take_keys()?;
        let vocabulary = Arc::<Mutex<Vocabulary>>::default();
        let mut editor = editor::new(Words(Arc::clone(&vocabulary))).map_err(io::Error::other)?;
        let printer = editor.create_external_printer().map_err(io::Error::other)?;
        let is_editing = Arc::<AtomicBool>::default();
        let (waits, is_waiting) = mpsc::channel();
        let (screen, shown) = Screen::new(printer, Arc::clone(&is_editing), waits);
        let line = Self {
            guest: Arc::new(Mutex::new(guest)),
            vocabulary,
            is_editing,
            is_running: Arc::default(),
            is_interrupted: Arc::default(),
            presses: Arc::default(),
            shown,
        };
        let session = Session {
            editor,
            guest: Arc::clone(&line.guest),
            waits: is_waiting,
            is_editing: Arc::clone(&line.is_editing),
            is_running: Arc::clone(&line.is_running),
            is_interrupted: Arc::clone(&line.is_interrupted),
            presses: Arc::clone(&line.presses),
        };
        thread::spawn(move || session.run());
        Ok((line, screen))
    }

    /// Learns from a line of the control channel.
    pub fn event(&self, line: &str) {
        if let Ok((event, _)) = Event::parse(line) {
            let vocabulary = self.vocabulary.lock();
            vocabulary
                .unwrap_or_else(PoisonError::into_inner)
                .learn(event);
        }
    }

    /// Ctrl-C has come; whether the machine is to end.
    pub fn interrupt(&self) -> bool {
        if self.presses.pressed(Instant::now()) {
            return true;
        }
        if self.is_running.load(Ordering::SeqCst) {
            self.is_interrupted.store(true, Ordering::SeqCst);
            let mut guest = self.guest.lock().unwrap_or_else(PoisonError::into_inner);
            // QEMU has ended, or is about to.
            let _ = guest.write_all(&[CTRL_C]).and_then(|()| guest.flush());
            output::message!(
                "the command ends at its next check; code of modules isn't stopped; \
                 Ctrl-C again within a second ends the machine"
            );
        } else if !self.is_editing.load(Ordering::SeqCst) {
            // It boots.
            output::message!("{AGAIN}");
        }
        false
    }

    /// The machine has ended, and its screen is dropped: what comes next is below the line.
    pub fn end(self) {
        if self.is_editing.load(Ordering::SeqCst) {
            question::joined(self.shown, SHOWN);
            output::line!("{PLAIN_PASTE}");
        }
    }
}
