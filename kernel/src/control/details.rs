//! What the machine looks like from inside: for a file that others are made of.
//!
//! Only a run whose starter asked for it has these events (`details`); for any other the
//! question costs a load.

use super::channel::write;
use core::fmt::{self, Display};
use core::sync::atomic::{AtomicBool, Ordering};

static WANTED: AtomicBool = AtomicBool::new(false);

/// From now on details are sent. Once, at boot.
pub fn want_details() {
    WANTED.store(true, Ordering::Relaxed);
}

/// Whether details are sent. Who sends them asks first: finding them out isn't free.
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

/// A possible CPU: its address, if the machine has it, its prefix, if it runs, and what turns
/// a handle into the address of its copy, modulo 2^64.
pub fn cpu(number: u32, address: Option<u16>, prefix: Option<u32>, offset: usize) {
    write("cpu", |record| {
        record.number("number", number.into());
        if let Some(address) = address {
            record.number("address", address.into());
        }
        record.flag("online", prefix.is_some());
        if let Some(prefix) = prefix {
            record.number("prefix", prefix.into());
        }
        record.number("offset", offset as u64);
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

/// A slot of a module's GOT: what it is for, and what it holds.
pub fn slot(module: &str, name: impl Display, address: u64, value: u64) {
    write("slot", |record| {
        record
            .text("module", module)
            .text("name", name)
            .number("address", address)
            .number("value", value);
    });
}

/// A relocation of a module.
#[derive(Debug)]
pub struct Relocation<'a, N, F> {
    /// The module.
    pub module: &'a str,
    /// The section that it is in.
    pub section: &'a str,
    /// Bytes from its start to the place.
    pub offset: u64,
    /// Address of the place.
    pub address: u64,
    /// The ABI's name of its type.
    pub type_name: &'static str,
    /// Its symbol.
    pub symbol: N,
    /// What is added to the symbol's value.
    pub addend: i64,
    /// The symbol's value.
    pub value: u64,
    /// Which entry of a table it goes by: the table's kind, the entry's address.
    pub via: Option<(&'static str, u64)>,
    /// What its field is to stand for, in bytes.
    pub result: i64,
    /// Whether the field holds that.
    pub fits: bool,
    /// The function that the place is in, and bytes from its start.
    pub function: Option<F>,
    /// The bytes that are there, from the start of its instruction to the end of its field.
    pub code: Option<&'a [u8]>,
}

/// A relocation as it was done, or why a module is refused.
pub fn relocation<N: Display, F: Display>(relocation: &Relocation<'_, N, F>) {
    write("relocation", |record| {
        record
            .short_text("module", relocation.module)
            .short_text("section", relocation.section)
            .number("offset", relocation.offset)
            .number("address", relocation.address)
            .word("type", relocation.type_name)
            .short_text("symbol", &relocation.symbol)
            .number("addend", relocation.addend.cast_unsigned())
            .number("value", relocation.value);
        if let Some((table, address)) = relocation.via {
            record.number(table, address);
        }
        record
            .number("result", relocation.result.cast_unsigned())
            .flag("fits", relocation.fits);
        if let Some(function) = &relocation.function {
            record.short_text("function", function);
        }
        if let Some(code) = relocation.code {
            record.text("code", Hexadecimal(code));
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

/// A page of a chunk's unit at a moment of a stress run: a letter for each 64 bytes.
pub fn moment(number: u64, chunk: usize, page: usize, map: &str) {
    write("moment", |record| {
        record
            .number("number", number)
            .number("chunk", chunk as u64)
            .number("page", page as u64)
            .text("map", map);
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
