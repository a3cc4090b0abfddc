//! Symbol names for addresses: the kernel's from `System.map`, modules' from
//! their own tables.
//!
//! `System.map` is text, sorted by address, one `ADDRESS TYPE NAME` a line. A
//! look-up reads it from the start: it happens in a panic, where simple matters.

use crate::{initrd, modules};
use core::fmt;

/// The symbol that an address lies in.
#[derive(Clone, Copy, Debug)]
pub struct Located<'name> {
    /// As the linker has it, mangled.
    pub name: &'name str,
    /// Bytes from the symbol's start.
    pub offset: u64,
}

/// The kernel's symbol at or below `address`.
pub fn kernel(address: u64) -> Option<Located<'static>> {
    let image = arch::boot::image();
    let inside = |(start, end): (usize, usize)| (start as u64..end as u64).contains(&address);
    if !(inside(image.text) || inside(image.rodata) || inside(image.data)) {
        return None;
    }
    let map = core::str::from_utf8(initrd::file("System.map")?.data).ok()?;
    map.lines()
        .filter_map(parse)
        .take_while(|&(start, _)| start <= address)
        .last()
        .map(|(start, name)| Located {
            name,
            offset: address - start,
        })
}

fn parse(line: &str) -> Option<(u64, &str)> {
    let mut words = line.split(' ');
    let address = u64::from_str_radix(words.next()?, 16).ok()?;
    Some((address, words.nth(1)?))
}

/// Prints an address with its symbol: `0x101234 kernel::main+0x12`, with the
/// module's name behind it in brackets for a module's.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub u64);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#014x}", self.0)?;
        if let Some(symbol) = kernel(self.0) {
            let name = rustc_demangle::demangle(symbol.name);
            return write!(f, " {name:#}+{:#x}", symbol.offset);
        }
        modules::with_symbol_at(self.0, |module, symbol| match symbol {
            Some(symbol) => {
                let name = rustc_demangle::demangle(symbol.name);
                write!(f, " {name:#}+{:#x} [{module}]", symbol.offset)
            }
            None => write!(f, " [{module}]"),
        })
        .unwrap_or(Ok(()))
    }
}
