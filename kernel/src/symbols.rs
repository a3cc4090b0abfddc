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

/// Writes an address as `%pS` and `%ps` do: `main+0x12/0x40 [module]`, `main [module]`,
/// or as a number if no symbol is known.
pub fn write(output: &mut dyn fmt::Write, address: u64, with_offset: bool) -> fmt::Result {
    let mut symbol = |module: Option<&str>, symbol: Option<Located<'_>>| {
        match symbol {
            Some(symbol) => {
                write!(output, "{:#}", rustc_demangle::demangle(symbol.name))?;
                if with_offset {
                    write!(output, "+{:#x}/{:#x}", symbol.offset, symbol.size)?;
                }
            }
            None => write!(output, "{address:#x}")?,
        }
        module.map_or(Ok(()), |module| write!(output, " [{module}]"))
    };
    if let Some(found) = kernel(address) {
        return symbol(None, Some(found));
    }
    let found = modules::with_symbol_at(address, |module, found| symbol(Some(module), found));
    found.unwrap_or_else(|| symbol(None, None))
}
