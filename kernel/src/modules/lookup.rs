//! Addresses and handles to the modules whose they are. All text that these return is the
//! initrd's, and stays when the module goes.

use super::error::Reason;
use super::loaded::Loaded;
use super::registry::{self, Entry};
use super::state::{Frames, State};
use crate::symbols::Located;
use alloc::vec::Vec;
use arch::traps::Code;
use fallible::collected;
use loader::linux::Exception;

/// The state of the module of this name; `None` if there is none.
pub fn state(name: &str) -> Option<State> {
    registry::read(|entries| Some(registry::named(entries, name)?.state))
}

/// Names of all modules in the list, in the order in which they came.
///
/// # Errors
/// [`Reason::Heap`].
pub fn loaded() -> Result<Vec<&'static str>, Reason<'static>> {
    let names =
        registry::read(|entries| collected(entries.len(), entries.iter().map(|entry| entry.name)));
    Ok(names?)
}

/// Name, first address and the address behind the last of every module that takes
/// memory; given-back init sections are between the two.
///
/// # Errors
/// [`Reason::Heap`].
pub fn ranges() -> Result<Vec<(&'static str, usize, usize)>, Reason<'static>> {
    let ranges = registry::read(|entries| {
        let ranges = entries.iter().filter_map(|entry| {
            let loaded = entry.loaded.as_ref()?;
            let (start, size) = (loaded.base() as usize, loaded.layout.size() as usize);
            (start != 0).then_some((entry.name, start, start + size))
        });
        collected(entries.len(), ranges)
    });
    Ok(ranges?)
}

/// If an address is a module's, the module's name and the function that it lies in. Never
/// waits: panics ask.
pub fn symbol_at(address: u64) -> Option<(&'static str, Option<Located<'static>>)> {
    let (module, within) = registry::try_read(|entries| {
        entries.iter().find_map(|entry| {
            let loaded = entry.loaded.as_ref()?;
            let inside = loaded.owns(address);
            inside.then(|| (entry.name, loaded.within(address)))
        })
    })??;
    let function = within.and_then(|within| within.function());
    let located = function.map(|(function, offset)| Located {
        name: function.name,
        offset,
        size: function.size,
    });
    Some((module, located))
}

/// Whether an address lies in the code of a module; `None` where that can't be known. Never
/// waits: panics ask.
pub fn is_text(address: u64) -> Option<bool> {
    registry::try_read(|entries| {
        let mut loaded = entries.iter().filter_map(|entry| entry.loaded.as_ref());
        loaded.any(|loaded| loaded.is_text(address))
    })
}

/// What a MONITOR CALL reports.
#[derive(Clone, Copy, Debug)]
pub struct BugFound {
    /// Address of the source file's name, which ends with NUL.
    pub file: u64,
    /// The line.
    pub line: u16,
    /// Whether the code goes on.
    pub is_warning: bool,
    /// Whether it is one that hasn't been printed, or is printed each time.
    pub is_to_be_printed: bool,
}

/// What the MONITOR CALL at an address reports, if it is a module's. From its handler.
pub fn bug_at(instruction: u64) -> Option<BugFound> {
    let (bug, is_to_be_printed) = registry::read_in_handler(|entries| {
        let loaded = owner(entries, instruction)?;
        loaded.linux.as_ref()?.bug(instruction)
    })??;
    Some(BugFound {
        file: bug.file,
        line: bug.line,
        is_warning: bug.is_warning,
        is_to_be_printed,
    })
}

/// What a program check of a module's instruction leads to, if it is expected there. From its
/// handler.
pub fn exception_at(instruction: u64) -> Option<Exception> {
    if arch::boot::image().text.1 as u64 > instruction {
        return None;
    }
    registry::read_in_handler(|entries| {
        let loaded = owner(entries, instruction)?;
        loaded.linux.as_ref()?.tables.exception(instruction)
    })?
}

/// What code of modules there is at an address. Never waits: panics ask.
pub fn code_at(address: u64) -> Code {
    let found = registry::try_read(|entries| {
        let loaded = owner(entries, address).filter(|it| it.is_text(address))?;
        Some(match loaded.frames {
            Frames::Packed => Code::Packed,
            Frames::Plain => Code::Plain,
        })
    });
    found.flatten().unwrap_or(Code::None)
}

/// How the stack frames of the code at an address are laid out.
pub fn frames_at(address: u64) -> Frames {
    let found = registry::read(|entries| owner(entries, address).map(|loaded| loaded.frames));
    found.unwrap_or(Frames::Plain)
}

/// The module that an address is of.
fn owner(entries: &[Entry], address: u64) -> Option<&Loaded> {
    let mut loaded = entries.iter().filter_map(|entry| entry.loaded.as_ref());
    loaded.find(|loaded| loaded.owns(address))
}

/// The module and the variable of its static per-CPU ones that a handle lies in, and bytes
/// from the variable's start. Never waits.
pub fn variable_at(handle: u64) -> Option<(&'static str, &'static str, u64)> {
    let (module, within) = registry::try_read(|entries| {
        entries.iter().find_map(|entry| {
            let loaded = entry.loaded.as_ref()?;
            let inside = loaded.has_handle(handle);
            inside.then(|| (entry.name, loaded.within(handle)))
        })
    })??;
    let (variable, byte) = within?.variable()?;
    Some((module, variable.name, byte))
}

/// The module that an address was an init section of until its init returned. Never waits:
/// panics ask.
pub fn freed_init_at(address: u64) -> Option<&'static str> {
    registry::try_read(|entries| {
        entries.iter().find_map(|entry| {
            let loaded = entry.loaded.as_ref()?;
            loaded.is_freed(address).then_some(entry.name)
        })
    })?
}
