//! A guest of ours that is run for its figures, and shows nothing else.

use super::measured::{Measured, measured};
use crate::build::Guest;
use crate::error::Error;
use crate::guest::{initrd, qemu};
use crate::options::{Options, Verb};
use crate::verdict::Verdict;
use crate::verdict::judge::{self, Purpose};
use std::num::NonZeroU64;
use std::path::PathBuf;

/// How long a guest may take: the slowest takes a tenth of that on an idle machine.
const SECONDS: NonZeroU64 = NonZeroU64::new(300).unwrap();

/// The options of a guest that counts instructions and carries out these commands.
pub fn options(options: &Options, commands: &str, modules: Vec<PathBuf>) -> Options {
    Options {
        verb: Some(Verb::BENCH),
        run: Some(commands.to_owned()),
        modules,
        timeout: options.timeout.or(Some(SECONDS)),
        ..options.clone()
    }
}

/// Runs a guest; its figures.
///
/// # Errors
/// If it didn't carry out all its commands, how it ended.
pub fn figures(guest: &Guest, options: &Options) -> Result<Measured, Error> {
    let run = qemu::run_unseen(options, &initrd::pack(guest, options)?)?;
    let purpose = Purpose::Commands(options.commands().len());
    let last_line = run.transcript.last_line();
    match judge::judge(purpose, run.ending, &run.record, last_line) {
        Verdict::Passed(_) => Ok(measured(&run.transcript.lines)),
        Verdict::Interrupted { signal } => Err(Error::Interrupted { signal }),
        verdict => Err(Error::Unmeasured {
            verdict: verdict.to_string(),
        }),
    }
}
