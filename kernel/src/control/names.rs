//! What may be typed: names, for a program that completes them.
//!
//! Only a run whose starter asked for them has these events (`monitor=lines`); for any
//! other the question costs a load.

use super::channel::{add_token, send, write};
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

/// From now on names are sent. Once, at boot.
pub fn want() {
    WANTED.store(true, Ordering::Relaxed);
}

/// Whether names are sent.
pub fn wants_names() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// Sends names, in as many events as it takes; those of a module go with it. In the contexts
/// of [`write()`].
// Not inlined: a record takes a page of the stack, and modules load others in their inits.
#[inline(never)]
pub fn send_names(kind: Names, module: Option<&str>, names: impl Iterator<Item = impl Display>) {
    let mut names = names.peekable();
    while names.peek().is_some() {
        let mut record = Record::new("names");
        add_token(&mut record);
        record.word("kind", kind.word());
        if let Some(module) = module {
            record.text("module", module);
        }
        record.list("names");
        let mut is_first = true;
        // A name that is longer than a line isn't one that anybody types.
        while let Some(name) = names.peek()
            && (record.entry(name) || is_first)
        {
            is_first = false;
            names.next();
        }
        record.end_list();
        send(&mut record);
    }
}

/// Sends a command of the monitor, and how `help` shows it.
pub fn command_usage(name: &'static str, arguments: &str, help: impl Display) {
    write("usage", |record| {
        record
            .word("name", name)
            .text("arguments", arguments)
            .text("help", help);
    });
}
