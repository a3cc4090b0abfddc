//! `sym` and `maps`: what is at an address, and what is where.

use super::command::{Action, Command, hexadecimal, none};
use super::error::Error;
use super::instructions::address_of;
use super::interrupt;
use super::row::row;
use crate::backtrace::Address;
use crate::memory::{translation, vmalloc};
use crate::modules;
use crate::percpu::{self, Handle};
use crate::{cpus, println};
use arch::PAGE_SIZE;
use core::fmt;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "sym",
        arguments: "NAME|ADDRESS",
        help: "shows a symbol's address, or an address's symbol",
        look: "A per-CPU variable's address is its handle: each CPU's copy is elsewhere.",
        example: "sym {function}",
        action: Action::Run(symbol),
    },
    Command {
        name: "maps",
        arguments: "",
        help: "shows what lies where, and what each part allows",
        look: "Nothing is writable and executable. Modules and the per-CPU first chunk are about\n\
               2 TiB apart: what `larl` can't reach.",
        example: "maps",
        action: Action::Run(maps),
    },
];

fn symbol<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let [word] = arguments else {
        return Err(Error::Expected(
            "a symbol's name, or an address in hexadecimal",
        ));
    };
    let address = match (address_of(word), modules::variable_named(word)?) {
        (Some(address), _) => address,
        (None, Some(variable)) => variable.handle,
        (None, None) => hexadecimal(word).ok_or(Error::NoSuchSymbol(word))? as u64,
    };
    if let Some((variable, byte)) = modules::variable_holding(address)? {
        let name = modules::VariableName(variable.name);
        row!(
            "{address:#x} is the handle of {name}, byte {byte}, {} bytes",
            variable.size
        );
        row!("next: pcpu {name}; pcpu {name} --hop");
        return Ok(());
    }
    if let Some((cpu, handle)) = percpu::locate_address(address as usize) {
        row!("{address:#x} is cpu {cpu}'s copy of handle {handle}");
        row!("next: pcpu {handle}; percpu {address:#x}");
        return Ok(());
    }
    let kind = match translation(address as usize) {
        Some(mapping) if mapping.executable => "code",
        Some(mapping) if mapping.writable => "data",
        Some(_) => "read-only",
        None => "not mapped",
    };
    row!("{} ({kind})", Address(address));
    row!("next: dis {address:#x}; x {address:#x}; walk {address:#x}");
    Ok(())
}

/// What the page of an address allows.
struct Allows(usize);

impl fmt::Display for Allows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match translation(self.0) {
            Some(mapping) => {
                let write = if mapping.writable { 'w' } else { '-' };
                let execute = if mapping.executable { 'x' } else { '-' };
                write!(f, "r{write}{execute}")
            }
            None => f.write_str("---"),
        }
    }
}

fn line((start, end): (usize, usize), what: fmt::Arguments<'_>) {
    row!(
        "{start:#018x}..{end:#018x} {:>9} KiB {}  {what}",
        (end - start) / 1024,
        Allows(start)
    );
}

fn maps<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    println!("address                                       size      page is what");
    let image = arch::boot::image();
    line(
        (0, PAGE_SIZE),
        format_args!("lowcore, each CPU's own by prefixing"),
    );
    line(image.text, format_args!("kernel text"));
    line(
        image.rodata,
        format_args!("kernel rodata, and the per-CPU template"),
    );
    line(
        image.per_cpu,
        format_args!("  in it, the template: handles of statics"),
    );
    line(image.data, format_args!("kernel data"));
    line(
        percpu::first_chunk(),
        format_args!("per-CPU first chunk: a unit a CPU"),
    );
    let unit = percpu::summary().sizes.unit_size;
    let mut from = 0;
    while let Some(part) = percpu::chunk_from(from) {
        interrupt::check()?;
        from = part.number + 1;
        if part.chunk > 0 {
            let Handle(handle) = part.handle;
            let place = |cpu| handle.wrapping_add(percpu::offset(cpu));
            let last = place(cpus::possible() - 1) + unit;
            line(
                (place(0), last),
                format_args!("per-CPU chunk {}", part.chunk),
            );
        }
    }
    let (areas, bytes) = vmalloc::count();
    let (start, end) = vmalloc::region();
    row!("{start:#018x}..{end:#018x}  vmalloc region: {areas} areas, {bytes} bytes");
    for (module, start, end) in modules::ranges()? {
        interrupt::check()?;
        line((start, end), format_args!("module {module}"));
        let view = modules::view(module)?;
        for region in view
            .layout()
            .regions()
            .iter()
            .filter(|region| region.size > 0)
        {
            let start = start + region.offset as usize;
            line(
                (start, start + region.size as usize),
                format_args!("  {}", region.kind),
            );
        }
    }
    println!(
        "next: walk 0; sections {}; percpu map",
        modules::sample().module
    );
    Ok(())
}
