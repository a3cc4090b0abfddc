//! A guest, from its files to its end.
//!
//! ```text
//!  initrd       all that it reads
//!  qemu         the emulator's command line
//!    guardian     QEMU's end with this program's
//!    gdb          the command line of who debugs it
//!  watch/       runs it, reads both consoles
//!    streams      what comes and goes, by threads
//!    signals      those that end a run
//!    line/        the editor of `shell`
//!    question     a guest at its limit: where is it?
//!    dumper       waits for its panic
//!    qmp          QEMU's monitor: where CPUs are
//!  script       runs one for commands of ours
//!  report       the files of --json, --junit
//!    junit        test cases as XML
//!  log          where all of its text is kept
//!    date         the day and time
//!  endings      a script in QEMU's place: how runs end
//! ```

mod date;
mod dumper;
#[cfg(test)]
mod endings;
pub mod gdb;
pub mod guardian;
pub mod initrd;
mod junit;
mod line;
mod log;
pub mod qemu;
mod qmp;
mod question;
pub mod report;
pub mod script;
pub mod signals;
mod streams;
pub mod watch;
