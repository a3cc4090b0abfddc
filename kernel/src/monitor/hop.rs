//! `pcpu VAR --hop`: the way to a CPU's copy, one step after another, with what is in memory
//! now at each.
//!
//! ```text
//!  instruction ──distance──► GOT slot ──► handle ─┐
//!  lowcore byte 816 ─────────────────► offset ────┴─ sum ──► copy
//! ```

use super::error::Error;
use super::instructions;
use super::per_cpu_target::Target;
use super::row::row;
use super::shown::{Bytes, Signed, Value};
use crate::backtrace::Address;
use crate::modules::{self, FoundVariable, View};
use crate::{cpus, percpu, println, smp};
use arch::{fault_safe, lowcore};
use loader::{Via, type_name};

/// Byte of the lowcore that holds the per-CPU offset.
const PER_CPU_OFFSET: usize = core::mem::offset_of!(lowcore::Lowcore, per_cpu_offset);

/// Bytes of a GiB.
const GIB: u64 = 1 << 30;

/// Shows the way to the CPU's copy.
pub fn show<'line>(target: &Target, cpu: u32) -> Result<(), Error<'line>> {
    row!("the way to cpu {cpu}'s copy of {target}");
    let slot = target
        .variable
        .and_then(|variable| variable.slot.zip(variable.module));
    let mut code = None;
    let handle = match (slot, target.variable) {
        (Some((slot, module)), Some(variable)) => {
            let (from_slot, function) = from_slot(&variable, module, slot)?;
            code = function;
            from_slot
        }
        (None, Some(_)) => {
            println!(
                "1. the handle: {:#x}, this variable's address in the template.",
                target.handle
            );
            println!(
                "     Its code is linked with the template, which is near: `larl` reaches it."
            );
            println!("2. no slot");
            target.handle
        }
        _ => {
            println!(
                "1. the handle: {:#x}, what the allocator returned: a value.",
                target.handle
            );
            println!(
                "     No symbol names it, so there is no slot, and the code has it in a register."
            );
            println!("2. no slot");
            target.handle
        }
    };
    let offset = offset_of(cpu, code)?;
    let copy = handle.wrapping_add(offset);
    println!("4. the sum");
    println!("     {handle:#x} + {offset:#x} = {copy:#x}");
    println!("5. the copy");
    let mut bytes = [0; 32];
    let bytes = &mut bytes[..32.min(target.size as usize)];
    fault_safe::read_bytes(copy as usize, bytes)?;
    let value = Value {
        bytes,
        hexadecimal: false,
        is_cut: target.size > 32,
    };
    match arch::dat::real_address(copy as usize) {
        Some(real) if real as u64 != copy => row!("     {copy:#018x}, real {real:#x}: {value}"),
        _ => row!("     {copy:#018x}, which is its real address too: {value}"),
    }
    row!("     Another CPU has another offset, and so another copy: pcpu {target}");
    row!("next: pcpu {target}; lowcore {cpu}; walk {copy:#x}");
    Ok(())
}

/// Steps 1 and 2: an instruction and its slot; returns what the slot holds.
fn from_slot<'line>(
    variable: &FoundVariable,
    module: &'static str,
    slot: u64,
) -> Result<(u64, Option<(u64, u64)>), Error<'line>> {
    let view = modules::view(module)?;
    let place = instruction(&view, slot);
    match place {
        Some((place, kind)) => print_instruction(place, kind, slot, variable.handle)?,
        None => println!("1. no instruction that is still there loads the slot"),
    }
    let handle = fault_safe::read_u64(slot as usize)?;
    println!("2. the slot, 8 bytes beside the module, filled in by the loader");
    println!(
        "     {slot:#018x}: {}   the handle {handle:#x}",
        Bytes(&handle.to_be_bytes())
    );
    let function = place.and_then(|(place, _)| {
        let (function, offset) = view.linked.within(place)?.function()?;
        Some((place, place - offset + function.size))
    });
    Ok((handle, function))
}

/// The first instruction from an address on, up to an end, whose operand is byte 816 of
/// page 0, with no base and no index register; and its bytes.
fn user_of_offset((start, end): (u64, u64)) -> Option<(u64, [u8; 6])> {
    let mut at = start;
    while at < end {
        let first = fault_safe::read_u8(at as usize).ok()?;
        let length = instructions::length(first);
        let mut bytes = [0; 6];
        if length == 6 && fault_safe::read_bytes(at as usize, &mut bytes).is_ok() {
            let low = u16::from_be_bytes([bytes[2], bytes[3]]);
            let is_rxy = bytes[0] == 0xe3 && bytes[1] & 15 == 0;
            if is_rxy && usize::from(low) == PER_CPU_OFFSET && bytes[4] == 0 {
                return Some((at, bytes));
            }
        }
        at += length as u64;
    }
    None
}

/// What the instructions are called that add or load a doubleword.
fn name_of(operation: u8) -> &'static str {
    match operation {
        0x04 => "lg",
        0x08 => "ag",
        0x0a => "alg",
        _ => "?",
    }
}

/// Address of an instruction that names the slot, and the type of its relocation: in an
/// exported function if one has it.
fn instruction(view: &View, slot: u64) -> Option<(u64, u32)> {
    let mut found = None;
    for (section, relocation, computed) in view.bindings.relocations(&view.plan) {
        let is_there = modules::is_text(computed.address) == Some(true);
        if computed.via != Via::Slot(slot) || !section.is_executable() || !is_there {
            continue;
        }
        // The field is behind the instruction's first halfword.
        let place = (computed.address - 2, relocation.r_type);
        let function = view
            .linked
            .within(place.0)
            .and_then(|within| within.function());
        let is_exported = function.is_some_and(|(function, _)| {
            let mut exports = view.linked.exports().iter();
            exports.any(|export| export.name == function.name)
        });
        if is_exported {
            return Some(place);
        }
        found.get_or_insert(place);
    }
    found
}

fn print_instruction<'line>(
    place: u64,
    kind: u32,
    slot: u64,
    handle: u64,
) -> Result<(), Error<'line>> {
    let mut code = [0; 6];
    fault_safe::read_bytes(place as usize, &mut code)?;
    let field = i32::from_be_bytes([code[2], code[3], code[4], code[5]]);
    let distance = 2 * i64::from(field);
    let register = code[1] >> 4;
    let name = match (code[0], code[1] & 15) {
        (0xc4, 8) => "lgrl",
        (0xc0, 0) => "larl",
        _ => "?",
    };
    println!("1. the instruction, in {}", Address(place));
    println!(
        "     {place:#018x}: {}   {name} %r{register},{slot:#x}",
        Bytes(&code)
    );
    println!(
        "     {}: its field is {} halfwords: {place:#x}{} = {:#x}",
        type_name(kind),
        Signed(field.into()),
        Signed(distance),
        place.wrapping_add_signed(distance)
    );
    let away = place.abs_diff(handle);
    println!(
        "     The handle is {}.{} GiB from here; a field of 32 bits reaches 4 GiB: hence the slot.",
        away / GIB,
        away % GIB * 10 / GIB
    );
    Ok(())
}

/// Step 3: the CPU's offset, from its lowcore; `code` is where the instruction may be that
/// reads it there.
fn offset_of<'line>(cpu: u32, code: Option<(u64, u64)>) -> Result<u64, Error<'line>> {
    println!("3. the offset of cpu {cpu}, byte {PER_CPU_OFFSET} of its lowcore");
    if let Some((place, bytes)) = code.and_then(user_of_offset) {
        let (name, register) = (name_of(bytes[5]), bytes[1] >> 4);
        println!(
            "     {place:#018x}: {}   {name} %r{register},{PER_CPU_OFFSET}",
            Bytes(&bytes)
        );
        println!(
            "     It has no base register: the operand is in page 0, the lowcore of who runs it."
        );
    }
    if !cpus::is_online(cpu) {
        let offset = percpu::offset(cpu) as u64;
        println!("     {offset:#x}: it isn't online, and will find this in its lowcore");
        return Ok(offset);
    }
    let (prefix, offset) = smp::run_on(cpu, || {
        (lowcore::prefix_of_this_cpu(), lowcore::per_cpu_offset())
    })?;
    println!(
        "     Its prefix is {prefix:#x}, so it is at absolute {:#x}: {}   {offset:#x}",
        prefix as usize + PER_CPU_OFFSET,
        Bytes(&offset.to_be_bytes())
    );
    Ok(offset)
}
