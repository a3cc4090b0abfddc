//! What may be typed: names, for a program that completes them.
//!
//! Only a run whose starter asked for them has these events (`monitor=lines`); for any
//! other the question costs a load.

use super::channel::{begin, send, write};
use super::record::Record;
use core::fmt::Display;
use core::sync::atomic::{AtomicBool, Ordering};

static WANTED: AtomicBool = AtomicBool::new(false);

/// What names are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Functions and data that are exported.
    Symbols,
    /// Static per-CPU variables.
    Variables,
    /// Files of the initrd.
    Files,
    /// Self-tests.
    Tests,
    /// Groups of the benchmark.
    Groups,
}

impl Names {
    fn word(self) -> &'static str {
        match self {
            Names::Symbols => "symbol",
            Names::Variables => "variable",
            Names::Files => "file",
            Names::Tests => "test",
            Names::Groups => "group",
        }
    }
}

/// From now on names are told. Once, at boot.
pub fn want() {
    WANTED.store(true, Ordering::Relaxed);
}

/// Whether names are told.
pub fn wants_names() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// Tells names, in as many events as it takes; those of a module go with it. In the contexts
/// of [`write`].
// Not inlined: a record takes a page of the stack, and modules load others in their inits.
#[inline(never)]
pub fn send_names(kind: Names, module: Option<&str>, names: impl Iterator<Item = impl Display>) {
    if !wants_names() {
        return;
    }
    let mut pending: Option<Record> = None;
    for name in names {
        let record = pending.get_or_insert_with(|| begin_names(kind, module));
        if record.entry(&name) {
            continue;
        }
        end_names(pending.take());
        let record = pending.insert(begin_names(kind, module));
        // A name that is longer than a line isn't one that anybody types.
        record.entry(&name);
    }
    end_names(pending);
}

fn begin_names(kind: Names, module: Option<&str>) -> Record {
    let mut record = begin("names");
    record.word("kind", kind.word());
    if let Some(module) = module {
        record.text("module", module);
    }
    record.list("names");
    record
}

fn end_names(record: Option<Record>) {
    if let Some(mut record) = record {
        record.end_list();
        send(&mut record);
    }
}

/// Tells a command of the monitor, and how `help` shows it.
pub fn command_usage(name: &'static str, arguments: &str, help: &str) {
    write("usage", |record| {
        record
            .word("name", name)
            .text("arguments", arguments)
            .text("help", help);
    });
}
