//! What a shared counter costs: hits lost in a guest, and time on this host.

use crate::build::{Guest, c, layout};
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use std::fmt;
use std::num::NonZero;
use std::path::Path;
use std::process::Command;

/// Hits of each CPU in the guest, and CPUs.
const EACH: u64 = 5_000_000;
const CPUS: u32 = 4;

/// Loads, adds and stores by four CPUs at once, in one variable: the skeleton of lab 5.
///
/// # Errors
/// If the module can't be compiled, or the guest doesn't come to its end.
pub fn lost_update(guest: &Guest, options: &Options) -> Result<String, Error> {
    let source = layout::root().join("tools/labs/5-lost-update/skeleton/hits.c");
    let module = c::extra(guest.compiler, "hits", &source, &guest.stamp)?;
    let options = Options {
        verb: None,
        cpus: Some(CPUS),
        modules: vec![module],
        run: Some(format!("insmod hits each={EACH}; call @0 hits_total")),
        ..options.clone()
    };
    let run = script::run(guest, &options)?;
    let mut lines = run.transcript.lines.iter();
    let counted = lines.find_map(|line| {
        let (_, value) = line.split_once("hits_total() = 0x")?;
        u64::from_str_radix(value, 16).ok()
    });
    let made = EACH * u64::from(CPUS);
    let counted = counted.unwrap_or_default();
    Ok(format!(
        "hits made     {made:>10}\nhits counted  {counted:>10}\nlost          {:>10}\n",
        made - counted.min(made)
    ))
}

/// How often it is tried: on a busy host threads may never run at once.
const TRIES: u32 = 8;

/// Nanoseconds for ten thousand increments.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// One thread alone.
    pub alone: u64,
    /// Two threads, each in a counter of its own.
    pub own: u64,
    /// Two threads in one counter.
    pub shared: u64,
}

/// Measures, by `docs/book/code/shared.c`; `None` where it can't be compiled, the host has
/// one CPU, or others keep it busy.
///
/// # Errors
/// If there is no room for the program.
pub fn on_this_host() -> Result<Option<Cost>, Error> {
    if std::thread::available_parallelism().map_or(1, NonZero::get) < 2 {
        return Ok(None);
    }
    let folder = tempfile::tempdir().map_err(Error::file("create", Path::new("a folder")))?;
    let program = folder.path().join("shared");
    let source = layout::root().join("docs/book/code/shared.c");
    let mut compiler = Command::new("cc");
    compiler
        .args(["-O2", "-pthread"])
        .arg(&source)
        .arg("-o")
        .arg(&program);
    if !compiler.output().is_ok_and(|made| made.status.success()) {
        return Ok(None);
    }
    for _ in 0..TRIES {
        let output = Command::new(&program)
            .output()
            .map_err(Error::start("shared"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<u64> = text
            .split_whitespace()
            .filter_map(|it| it.parse().ok())
            .collect();
        if let [alone, own, shared] = numbers[..]
            && !numbers.contains(&0)
        {
            return Ok(Some(Cost { alone, own, shared }));
        }
    }
    Ok(None)
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("one thread", self.alone),
            ("two threads, a counter each", self.own),
            ("two threads, one counter", self.shared),
        ];
        writeln!(f, "ten thousand increments       nanoseconds")?;
        rows.iter()
            .try_for_each(|(what, time)| writeln!(f, "{what:<28} {time:>12}"))
    }
}
