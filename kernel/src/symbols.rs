//! Names of the kernel's own addresses, from `System.map`; modules have tables of
//! their own, and `backtrace.rs` knows both.
//!
//! `System.map` is text, sorted by address, one `ADDRESS TYPE NAME` a line. A
//! look-up reads it from the start: it happens in a panic, where simple matters.

use crate::initrd;
use core::fmt::Write;
use loader::Demangled;

/// The symbol that an address lies in.
#[derive(Clone, Copy, Debug)]
pub struct Located<'name> {
    /// As the linker has it, mangled.
    pub name: &'name str,
    /// Bytes from the symbol's start.
    pub offset: u64,
    /// Bytes that the symbol has: the kernel's reach to the next.
    pub size: u64,
}

/// The kernel's symbol at or below `address`.
pub fn kernel(address: u64) -> Option<Located<'static>> {
    let image = arch::boot::image();
    let inside = |(start, end): (usize, usize)| (start as u64..end as u64).contains(&address);
    if !(inside(image.text) || inside(image.rodata) || inside(image.data)) {
        return None;
    }
    let map = core::str::from_utf8(initrd::file("System.map")?.data).ok()?;
    let mut found = None;
    for (start, name) in map.lines().filter_map(parse) {
        if start > address {
            let (first, name) = found?;
            return Some(Located {
                name,
                offset: address - first,
                size: start - first,
            });
        }
        found = Some((start, name));
    }
    let (first, name) = found?;
    let offset = address - first;
    Some(Located {
        name,
        offset,
        size: offset + 1,
    })
}

/// All symbols of the kernel, by address: each with bytes up to the next.
pub fn kernel_symbols() -> impl Iterator<Item = (u64, Located<'static>)> {
    let map = initrd::file("System.map").and_then(|file| core::str::from_utf8(file.data).ok());
    let mut lines = map.unwrap_or("").lines().filter_map(parse).peekable();
    core::iter::from_fn(move || {
        let (start, name) = lines.next()?;
        let next = lines.peek().map_or(start + 1, |&(next, _)| next);
        let located = Located {
            name,
            offset: 0,
            size: next.saturating_sub(start),
        };
        Some((start, located))
    })
}

/// The address of the kernel's symbol of this name, mangled or not.
pub fn kernel_named(wanted: &str) -> Option<u64> {
    let found = kernel_symbols().find(|(_, located)| is_name(located.name, wanted));
    found.map(|(address, _)| address)
}

/// Whether a symbol is in its file, or is shown, as what was typed.
pub fn is_name(symbol: &str, typed: &str) -> bool {
    let mut shown = heapless::String::<256>::new();
    // What is longer is cut, and is nothing that anybody types.
    let _ = write!(shown, "{}", Demangled(symbol));
    symbol == typed || shown == typed
}

fn parse(line: &str) -> Option<(u64, &str)> {
    let mut words = line.split(' ');
    let address = u64::from_str_radix(words.next()?, 16).ok()?;
    Some((address, words.nth(1)?))
}
