//! A guest that carries out commands of this program's own, to its end and unseen.

use super::watch::Run;
use super::{initrd, qemu};
use crate::build::Guest;
use crate::error::Error;
use crate::options::Options;
use crate::verdict::judge::Ending;

/// What the line says by which a kernel begins to die.
const PANIC: &str = "panic: ";

/// Runs it: each command may fail, and that is its caller's to look at.
///
/// # Errors
/// If the guest can't be started, or doesn't carry out all commands and end by itself.
pub fn run(guest: &Guest, options: &Options) -> Result<Run, Error> {
    let run = qemu::run_unseen(options, &initrd::pack(guest, options)?)?;
    if run.ending != Ending::Exit(0) || !run.record.commands_ended {
        let lines = &run.transcript.lines;
        let panic = lines.iter().position(|line| line.contains(PANIC));
        let last = lines.len().saturating_sub(1);
        let message = lines[panic.unwrap_or(last)..].join("\n");
        return Err(Error::Guest { message });
    }
    Ok(run)
}
