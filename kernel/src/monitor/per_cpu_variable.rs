//! `pcpu`: a per-CPU variable, on every CPU at once; its value set; the way to it.

use super::command::{Action, Command, number, possible_cpu};
use super::error::Error;
use super::hop;
use super::per_cpu_target::{Target, find};
use super::row::row;
use super::shown::Value;
use crate::modules::VariableName;
use crate::percpu::{self, Handle, Part};
use crate::{cpus, println};
use arch::fault_safe;
use core::fmt;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "pcpu",
    arguments: "VAR|HANDLE|ADDRESS [-x | --hop [@CPU] | = VALUE @CPU]",
    help: "shows a per-CPU variable on each CPU; the way to it",
    look: "VAR is a name, a handle, or the address of a CPU's copy. One handle, and for each CPU\n\
           handle + offset = the copy's address. -x: hexadecimal. --hop [@CPU]: the way\n\
           that an instruction takes, step by step. = VALUE @CPU: sets that CPU's copy.",
    example: "pcpu {variable} --hop @{cpu}",
    action: Action::Run(pcpu),
}];

/// Bytes of a variable that are shown of each copy.
const SHOWN: usize = 32;

/// What the words ask for.
enum Task {
    Show { hexadecimal: bool },
    Set { value: u64, cpu: u32 },
    Hop { cpu: u32 },
}

const EXPECTED: &str =
    "VAR, then nothing, -x, --hop [@CPU], or = VALUE @CPU; VAR is a name or an address";

fn pcpu<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let (name, task) = match arguments {
        [name] => (name, Task::Show { hexadecimal: false }),
        [name, "-x"] | ["-x", name] => (name, Task::Show { hexadecimal: true }),
        [name, "--hop"] | ["--hop", name] => (
            name,
            Task::Hop {
                cpu: arch::cpu::number(),
            },
        ),
        [name, "--hop", cpu] | ["--hop", name, cpu] => {
            let cpu = possible_cpu(cpu)?;
            (name, Task::Hop { cpu })
        }
        [name, "=", value, cpu] if cpu.starts_with('@') => {
            let (value, cpu) = (number(value)?, possible_cpu(cpu)?);
            (name, Task::Set { value, cpu })
        }
        _ => return Err(Error::Expected(EXPECTED)),
    };
    let target = find(name)?;
    match task {
        Task::Show { hexadecimal } => show(&target, hexadecimal),
        Task::Set { value, cpu } => set(&target, value, cpu),
        Task::Hop { cpu } => hop::show(&target, cpu),
    }
}

/// What it is, for the first line.
struct Described<'a>(&'a Target);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Target {
            variable,
            handle,
            size,
        } = self.0;
        match variable {
            Some(variable) => {
                write!(f, "{}", VariableName(variable.name))?;
                match variable.module {
                    Some(module) => write!(f, " of module {module}")?,
                    None => f.write_str(" of the kernel")?,
                }
            }
            None => f.write_str("an area of the dynamic allocator")?,
        }
        write!(f, ": {size} bytes, handle {handle:#x}, ")?;
        match variable.map(|variable| (variable.slot, variable.module)) {
            Some((Some(slot), _)) => write!(f, "GOT slot {slot:#x}"),
            Some((None, Some(_))) => f.write_str("no GOT slot"),
            Some((None, None)) => f.write_str("no slot"),
            None => f.write_str("no slot: a pointer"),
        }
    }
}

fn show<'line>(target: &Target, hexadecimal: bool) -> Result<(), Error<'line>> {
    row!("{}", Described(target));
    if let Some(location) = percpu::locate(Handle(target.handle as usize)) {
        let part = match location.part {
            Part::Static => "static",
            Part::Reserved => "reserved",
            Part::Dynamic => "dynamic",
        };
        row!(
            "  {part} part of chunk {}, byte {:#x} of each unit; its type isn't known here",
            location.chunk,
            location.offset
        );
    }
    println!("cpu  offset              copy's address      real address        value");
    for cpu in 0..cpus::possible() {
        let copy = target.copy(cpu);
        let mut bytes = [0; SHOWN];
        let bytes = &mut bytes[..SHOWN.min(target.size as usize)];
        let offset = percpu::offset(cpu);
        let Some(real) = arch::dat::real_address(copy) else {
            row!("{cpu:<4} {offset:#018x}  {copy:#018x}  not populated");
            continue;
        };
        fault_safe::read_bytes(copy, bytes)?;
        let value = Value {
            bytes,
            hexadecimal,
            is_cut: target.size as usize > SHOWN,
        };
        row!("{cpu:<4} {offset:#018x}  {copy:#018x}  {real:#018x}  {value}");
    }
    let copy = target.copy(cpus::online().last().unwrap_or(0));
    match target.variable.and_then(|variable| variable.module) {
        Some(module) => {
            row!("next: pcpu {target} --hop; got {module}; walk {copy:#x}; percpu {copy:#x}")
        }
        None => row!("next: pcpu {target} --hop; percpu {copy:#x}; walk {copy:#x}; percpu map"),
    }
    Ok(())
}

fn set<'line>(target: &Target, value: u64, cpu: u32) -> Result<(), Error<'line>> {
    let copy = target.copy(cpu);
    let size = target.size;
    if !matches!(size, 1 | 2 | 4 | 8) {
        return Err(Error::Expected("a variable of 1, 2, 4 or 8 bytes"));
    }
    if size < 8 && value >> (8 * size) != 0 {
        return Err(Error::TooLargeFor { value, size });
    }
    let mut before = [0; 8];
    let before = &mut before[..size as usize];
    fault_safe::read_bytes(copy, before)?;
    // SAFETY: C9: the copy of a live variable; who types the command answers for its value.
    // One store, so whoever reads it meanwhile sees the one or the other.
    unsafe {
        match size {
            1 => fault_safe::write_u8(copy, value as u8),
            2 => fault_safe::write_u16(copy, value as u16),
            4 => fault_safe::write_u32(copy, value as u32),
            _ => fault_safe::write_u64(copy, value),
        }
    }?;
    let was = Value {
        bytes: before,
        hexadecimal: false,
        is_cut: false,
    };
    row!("{target} on cpu {cpu}, at {copy:#x}: was {was}, is {value}");
    row!("next: pcpu {target}; x/1dg {copy:#x}");
    Ok(())
}
