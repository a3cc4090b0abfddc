//! What the machine looks like from inside: for a file that others are made of.
//!
//! Only a run whose starter asked for it has these events (`details`); for any other the
//! question costs a load.

use super::channel::write;
use core::fmt::{self, Display};
use core::sync::atomic::{AtomicBool, Ordering};

static WANTED: AtomicBool = AtomicBool::new(false);

/// From now on details are told. Once, at boot.
pub fn want_details() {
    WANTED.store(true, Ordering::Relaxed);
}

/// Whether details are told. Who tells them asks first: finding them out isn't free.
pub fn wants_details() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// A range of addresses of the map, by its name.
pub fn region(name: &'static str, start: usize, end: usize) {
    write("region", |record| {
        record
            .word("name", name)
            .number("start", start as u64)
            .number("end", end as u64);
    });
}

/// A possible CPU: its address, if the machine has it, whether it runs, and what turns a
/// handle into the address of its copy, modulo 2^64.
pub fn cpu(number: u32, address: Option<u16>, is_online: bool, offset: usize) {
    write("cpu", |record| {
        record.number("number", number.into());
        if let Some(address) = address {
            record.number("address", address.into());
        }
        record
            .flag("online", is_online)
            .number("offset", offset as u64);
    });
}

/// A section of a module that was linked; its per-CPU data has a handle, not an address.
pub fn section(module: &str, name: &str, address: u64, bytes: u64, is_per_cpu: bool) {
    write("section", |record| {
        record
            .text("module", module)
            .text("name", name)
            .number("address", address)
            .number("bytes", bytes)
            .flag("per_cpu", is_per_cpu);
    });
}

/// A table that the loader makes for a module: its first entry's address, and bytes.
pub fn table(module: &str, kind: &'static str, address: u64, bytes: u64) {
    write("table", |record| {
        record
            .text("module", module)
            .word("kind", kind)
            .number("address", address)
            .number("bytes", bytes);
    });
}

/// A static per-CPU variable.
#[derive(Debug)]
pub struct Variable<N> {
    /// Its module; `None` for the kernel's own.
    pub module: Option<&'static str>,
    /// Its name.
    pub name: N,
    /// Its handle.
    pub handle: u64,
    /// Bytes of a copy.
    pub bytes: u64,
    /// Address of its GOT slot.
    pub slot: Option<u64>,
}

/// A static per-CPU variable, of a module that was linked or of the kernel.
pub fn variable<N: Display>(variable: &Variable<N>) {
    write("variable", |record| {
        if let Some(module) = variable.module {
            record.text("module", module);
        }
        record
            .text("name", &variable.name)
            .number("handle", variable.handle)
            .number("bytes", variable.bytes);
        if let Some(slot) = variable.slot {
            record.number("slot", slot);
        }
    });
}

/// A CPU's copy of what has this handle: where it is, and what it holds.
pub fn copy(handle: u64, cpu: u32, address: usize, value: &[u8]) {
    write("copy", |record| {
        record
            .number("handle", handle)
            .number("cpu", cpu.into())
            .number("address", address as u64)
            .text("value", Hexadecimal(value));
    });
}

struct Hexadecimal<'a>(&'a [u8]);

impl Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A chunk of the per-CPU allocator, or the reserved part of the first.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    /// 0 for the first, then the region's.
    pub number: usize,
    /// It is the first chunk's reserved part.
    pub reserved: bool,
    /// The handle of its unit's first byte.
    pub handle: usize,
    /// Where in a unit it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Pages of a unit that are populated.
    pub populated: usize,
}

/// A chunk; its areas follow.
pub fn chunk(chunk: Chunk) {
    write("chunk", |record| {
        record
            .number("number", chunk.number as u64)
            .flag("reserved", chunk.reserved)
            .number("handle", chunk.handle as u64)
            .number("start", chunk.start as u64)
            .number("end", chunk.end as u64)
            .number("populated", chunk.populated as u64);
    });
}

/// Bytes of a chunk's unit that are one thing.
pub fn area(chunk: usize, start: usize, end: usize, used: &'static str) {
    write("area", |record| {
        record
            .number("chunk", chunk as u64)
            .number("start", start as u64)
            .number("end", end as u64)
            .word("use", used);
    });
}

/// A figure of the benchmark: how often it was done, and what all of it took.
pub fn figure(name: &'static str, operations: u64, nanoseconds: u64) {
    write("figure", |record| {
        record
            .word("name", name)
            .number("operations", operations)
            .number("total", nanoseconds);
    });
}
