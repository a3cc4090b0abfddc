//! What is shown of a module: where it lies, and where its variables lie.

use super::load::Image;
use super::loaded::Loaded;
use super::registry;
use crate::{cpus, percpu, println};
use alloc::string::ToString;
use core::fmt::{self, Write};

/// CPUs on one line.
const COPIES_A_LINE: u32 = 4;

/// Logs a module that was linked: address, regions, GOT, PLT, variables.
pub fn loaded(name: &str, loaded: &Loaded) {
    let (base, layout) = (loaded.base(), &loaded.layout);
    let (got, got_size) = layout.got();
    let (plt, plt_size) = layout.plt();
    log::info!(
        "module {name}: {base:#x}..{:#x}, GOT {got_size} bytes at {:#x}, PLT {plt_size} bytes at {:#x}",
        base + layout.size(),
        base + got,
        base + plt
    );
    for variable in loaded.linked.variables() {
        let shown = VariableName(variable.name);
        let handle = variable.handle;
        match variable.slot {
            Some(slot) => log::info!("  {shown}: handle {handle:#x}, GOT slot {slot:#x}"),
            None => log::info!("  {shown}: handle {handle:#x}, no GOT slot"),
        }
        for first in (0..cpus::possible()).step_by(COPIES_A_LINE as usize) {
            log::info!("    copies: {}", Copies { handle, first });
        }
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "linked {}: {} bytes at {:#x}, {} per-CPU bytes at {:#x}, hash {:#018x}",
            self.name, self.memory.1, self.memory.0, self.per_cpu.1, self.per_cpu.0, self.hash
        )
    }
}

/// Prints all exported symbols in the format of System.map, in no order.
pub fn exports() {
    registry::each_symbol(|name, value| println!("{value:016x} T {name}"));
}

/// Addresses of some CPUs' copies.
struct Copies {
    handle: u64,
    first: u32,
}

impl fmt::Display for Copies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = cpus::possible().min(self.first + COPIES_A_LINE);
        for cpu in self.first..end {
            let address = (self.handle as usize).wrapping_add(percpu::offset(cpu));
            let comma = if cpu == self.first { "" } else { ", " };
            write!(f, "{comma}cpu {cpu} at {address:#x}")?;
        }
        Ok(())
    }
}

/// A per-CPU variable's name as its author wrote it. The storage behind
/// `percpu!` is a static inside a method of the variable's type, so the type is
/// what to show. Allocates nothing.
#[derive(Clone, Copy, Debug)]
pub struct VariableName<'a>(pub &'a str);

impl fmt::Display for VariableName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = heapless::String::<256>::new();
        // What is longer is cut.
        let _ = write!(name, "{}", loader::Demangled(self.0));
        let kind = name
            .strip_prefix('<')
            .and_then(|rest| rest.split_once(" as "));
        f.write_str(kind.map_or(&name, |(kind, _)| kind))
    }
}

/// Prints the modules as `lsmod` shows them.
pub fn list() {
    println!(
        "{:<20} {:>18} {:>8} {:>8} state   {:<12} used by",
        "module", "address", "bytes", "per-CPU", "license"
    );
    registry::read(|entries| {
        for entry in entries {
            let loaded = entry.loaded.as_ref();
            let base = loaded.map_or(0, Loaded::base);
            let size = loaded.map_or(0, Loaded::size);
            let per_cpu = loaded.map_or(0, |loaded| loaded.layout.per_cpu().0);
            let license = loaded.map_or("", |loaded| loaded.license);
            let state = entry.state.to_string();
            let mut users = alloc::format!("{}", entry.users());
            for user in entries {
                let uses = |loaded: &Loaded| loaded.providers.contains(entry.id);
                if user.loaded.as_ref().is_some_and(uses) {
                    users.push(' ');
                    users.push_str(user.name);
                }
            }
            println!(
                "{:<20} {base:#18x} {size:>8} {per_cpu:>8} {state:<7} {license:<12} {users}",
                entry.name
            );
        }
    });
}

/// Prints the names of all modules on one line, for a panic.
pub fn print_names() {
    let printed = registry::try_read(|entries| {
        println!("  modules:{}", Names(entries));
    });
    if printed.is_none() {
        println!("  modules: the list is being changed");
    }
}

struct Names<'a>(&'a [registry::Entry]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(" none");
        }
        self.0
            .iter()
            .try_for_each(|entry| write!(f, " {}", entry.name))
    }
}
