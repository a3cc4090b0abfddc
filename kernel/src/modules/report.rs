//! What is shown of the modules: a log line on each load, `lsmod`, `exports`, a panic's last
//! line. What is to be printed is copied out of the list first: nothing is printed under its
//! lock.

use super::error::Reason;
use super::loaded::Loaded;
use super::registry::{self, Entry};
use super::state::{Id, State};
use super::taint::Taint;
use super::variable_name::{SymbolName, VariableName};
use crate::console::is_interrupted;
use crate::control::{self, details};
use crate::{cpus, percpu, println};
use alloc::vec::Vec;
use core::fmt;
use fallible::TryPush;
use loader::{LoadError, Position, RelativeTo};

/// CPUs on one line.
const COPIES_A_LINE: u32 = 4;

/// Logs a module that was linked: address, regions, GOT, PLT, variables.
pub fn log(name: &str, loaded: &Loaded) {
    if !log::log_enabled!(log::Level::Info) {
        return;
    }
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

/// Sends what may be typed of a module that was linked. Not inlined: loads nest, and few
/// send this.
#[inline(never)]
pub fn emit_names(name: &str, loaded: &Loaded) {
    let exports = loaded.exports().iter().map(|export| export.name);
    control::send_names(control::Names::Symbols, Some(name), exports);
    let variables = loaded.linked.variables();
    let variables = variables.map(|variable| VariableName(variable.name));
    control::send_names(control::Names::Variables, Some(name), variables);
}

/// Sends what there is of a module that was linked. Not inlined, as [`emit_names`].
#[inline(never)]
pub fn emit_details(name: &'static str, loaded: &Loaded) {
    let (base, layout) = (loaded.base(), &loaded.layout);
    let per_cpu = loaded.per_cpu();
    for section in layout.sections() {
        let position = layout.position(section.index);
        let is_per_cpu = matches!(position, Position::PerCpu(_));
        if let Some(address) = position.address(base, per_cpu) {
            details::section(name, section.name, address, section.size, is_per_cpu);
        }
    }
    for (kind, (offset, bytes)) in [("got", layout.got()), ("plt", layout.plt())] {
        details::table(name, kind, base + offset, bytes);
    }
    for variable in loaded.linked.variables() {
        details::variable(&details::Variable {
            module: Some(name),
            name: VariableName(variable.name),
            handle: variable.handle,
            bytes: variable.size,
            slot: variable.slot,
        });
    }
}

/// Sends the relocation for which a module is refused, if its value counts from its place.
#[cold]
#[inline(never)]
pub fn emit_refusal(name: &str, reason: &Reason<'_>) {
    let Reason::Object(LoadError::Overflow(facts) | LoadError::Odd(facts)) = reason else {
        return;
    };
    let howto = facts.howto;
    if howto.relative_to != RelativeTo::Place {
        return;
    }
    details::relocation(&details::Relocation {
        module: name,
        section: facts.place.section.as_str(),
        offset: facts.place.offset,
        address: facts.from,
        type_name: howto.name,
        symbol: SymbolName(facts.symbol.as_str(), facts.value),
        addend: facts.offset.wrapping_add(howto.bias),
        value: facts.value,
        via: None,
        result: facts.result,
        fits: false,
        function: None::<&str>,
        code: None,
    });
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

/// Prints all exported symbols in the format of System.map, by their values: those of
/// per-CPU variables are handles. Ctrl-C ends it.
///
/// # Errors
/// [`Reason::Heap`]; then nothing is printed.
pub fn exports() -> Result<(), Reason<'static>> {
    let mut symbols = registry::symbols()?;
    symbols.sort_unstable_by_key(|&(name, exported)| (exported.value, name));
    for (name, exported) in symbols {
        if is_interrupted() {
            break;
        }
        let letter = exported.kind().letter();
        println!("{:016x} {letter} {name}", exported.value);
    }
    Ok(())
}

/// A line of `lsmod`.
struct Row {
    id: Id,
    name: &'static str,
    state: State,
    users: i64,
    base: u64,
    size: u64,
    got: u64,
    plt: u64,
    per_cpu: u64,
    license: &'static str,
    taint: Taint,
}

impl Row {
    fn of(entry: &Entry) -> Self {
        let loaded = entry.loaded.as_ref();
        Self {
            id: entry.id,
            name: entry.name,
            state: entry.state,
            users: entry.users(),
            base: loaded.map_or(0, Loaded::base),
            size: loaded.map_or(0, Loaded::size),
            got: loaded.map_or(0, |loaded| loaded.layout.got().1),
            plt: loaded.map_or(0, |loaded| loaded.layout.plt().1),
            per_cpu: loaded.map_or(0, |loaded| loaded.layout.per_cpu().0),
            license: loaded.map_or("", |loaded| loaded.license),
            taint: loaded.map_or(Taint::default(), |loaded| loaded.taint),
        }
    }
}

/// Prints the modules as `lsmod` shows them.
///
/// # Errors
/// [`Reason::Heap`]; then the list isn't complete.
pub fn list() -> Result<(), Reason<'static>> {
    let mut rows: Vec<Row> = Vec::new();
    while let Some(row) = registry::read_next(rows.last().map_or(Id::NONE, |it| it.id), Row::of) {
        rows.try_push(row)?;
    }
    println!(
        "{:<16} {:>15} {:>8} {:>6} {:>5} {:>7} state   {:<7} used by",
        "module", "address", "bytes", "GOT", "PLT", "per-CPU", "license"
    );
    let mut users = Vec::new();
    for row in rows {
        users.clear();
        registry::read(|entries| {
            let users_of = entries.iter().filter(|user| user.uses.contains(row.id));
            { users_of }.try_for_each(|user| users.try_push(user.name))
        })?;
        println!(
            "{:<16} {:#15x} {:>8} {:>6} {:>5} {:>7} {:<7} {:<7} {}{}{}",
            row.name,
            row.base,
            row.size,
            row.got,
            row.plt,
            row.per_cpu,
            row.state,
            row.license,
            row.users,
            Names(&users),
            row.taint
        );
    }
    Ok(())
}

/// Names, a blank before each.
struct Names<'a>(&'a [&'static str]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|name| write!(f, " {name}"))
    }
}

/// Prints the names of all modules on one line, for a panic: takes no memory, and never
/// waits.
pub fn print_names() {
    println!("  modules:{}", AllNames);
}

/// The names of the modules that are in the list when each is asked for.
struct AllNames;

impl fmt::Display for AllNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for index in 0.. {
            let name = registry::try_read(|entries| entries.get(index).map(|entry| entry.name));
            match name {
                Some(Some(name)) => write!(f, " {name}")?,
                Some(None) if index == 0 => return f.write_str(" none"),
                Some(None) => break,
                None => return f.write_str(" the list is being changed"),
            }
        }
        Ok(())
    }
}
