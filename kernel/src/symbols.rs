//! Names of the kernel's own addresses, from `System.map`; modules have tables of
//! their own, and `backtrace.rs` knows both.
//!
//! `System.map` is text, sorted by address, one `ADDRESS TYPE NAME` a line. A
//! look-up reads it from the start: it happens in a panic, where simple matters.

use crate::initrd;

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

/// Names of the kernel's static per-CPU variables: they lie in the template.
pub fn kernel_variables() -> impl Iterator<Item = &'static str> {
    let (start, end) = arch::boot::image().per_cpu;
    let map = initrd::file("System.map").map_or(&[][..], |file| file.data);
    let map = core::str::from_utf8(map).unwrap_or("");
    let variables = map.lines().filter_map(parse);
    let variables =
        variables.filter(move |(address, _)| (start as u64..end as u64).contains(address));
    variables.map(|(_, name)| name)
}

fn parse(line: &str) -> Option<(u64, &str)> {
    let mut words = line.split(' ');
    let address = u64::from_str_radix(words.next()?, 16).ok()?;
    Some((address, words.nth(1)?))
}
