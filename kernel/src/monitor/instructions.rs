//! `dis`, and `x/i`: instructions, as their bytes.
//!
//! The guest knows how long an instruction is, and where a relative one leads to. What an
//! instruction is called is not its business: [`PLACEHOLDER`] stands for it, and the program
//! that shows the console's text puts the name there (`tools/runner/src/screen/disassembly.rs`).
//!
//! ```text
//!  0x00000200000000d0: c4 08 00 00 11 b4   <?>   ; 0x20000002438
//! ```

use super::command::{Action, Command, hexadecimal, number};
use super::error::Error;
use super::interrupt;
use super::shown::Bytes;
use super::tables::print_walk;
use crate::backtrace::Address;
use crate::modules;
use crate::println;
use crate::symbols;
use arch::fault_safe;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "dis",
    arguments: "SYMBOL|ADDRESS [N]",
    help: "shows N instructions, 10 if no N is given",
    look: "c4 .8 is lgrl: it loads what a slot holds. e3 .0 03 30 00 08 is ag with 816:\n\
           the running CPU's per-CPU offset is added. Behind `;` is where it leads to.",
    example: "dis {function} 6",
    action: Action::Run(disassemble),
}];

/// Stands for what the instruction is called.
const PLACEHOLDER: &str = "<?>";

/// Most instructions.
const MOST: u64 = 4096;

fn disassemble<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let (place, count) = match arguments {
        [place] => (place, 10),
        [place, count] => (place, number(count)?),
        _ => {
            return Err(Error::Expected(
                "a function's name or an address, and a number",
            ));
        }
    };
    if count > MOST {
        return Err(Error::Expected("at most 4096 instructions"));
    }
    let start = match address_of(place) {
        Some(start) => start,
        None => hexadecimal(place).ok_or(Error::NoSuchSymbol(place))? as u64,
    };
    show(start, count)
}

/// The address of a symbol: an export, a module's function, or the kernel's.
pub fn address_of(name: &str) -> Option<u64> {
    modules::address_of(name).or_else(|| symbols::kernel_named(name))
}

/// Shows instructions from an address on.
pub fn show<'line>(start: u64, count: u64) -> Result<(), Error<'line>> {
    println!("{}:", Address(start));
    let mut place = start;
    for _ in 0..count {
        interrupt::check()?;
        let mut bytes = [0; 6];
        let bytes = read(place, &mut bytes)?;
        match leads_to(place, bytes) {
            Some(target) => println!(
                "{place:#018x}: {:<17}   {PLACEHOLDER}   ; {}",
                Bytes(bytes),
                Address(target)
            ),
            None => println!("{place:#018x}: {:<17}   {PLACEHOLDER}", Bytes(bytes)),
        }
        place = place.wrapping_add(bytes.len() as u64);
    }
    Ok(())
}

/// Bytes of an instruction: its two leftmost bits have it (Principles of Operation, chapter 5,
/// "Instruction Length").
pub fn length(first: u8) -> usize {
    [2, 4, 4, 6][usize::from(first >> 6)]
}

/// Reads the instruction at an address; where that fails, shows the walk.
fn read<'line>(place: u64, bytes: &mut [u8; 6]) -> Result<&[u8], Error<'line>> {
    let place = place as usize;
    let mut all = || {
        let length = length(fault_safe::read_u8(place)?);
        fault_safe::read_bytes(place, &mut bytes[..length])?;
        Ok(length)
    };
    match all() {
        Ok(length) => Ok(&bytes[..length]),
        Err(fault) => {
            let fault: fault_safe::Fault = fault;
            print_walk(fault.address);
            Err(fault.into())
        }
    }
}

/// Where an instruction of format RIL or RI leads to that counts halfwords from itself:
/// `larl`, `brasl`, `brcl`, `lgrl` and its like; `brc`, `bras`, `brct`, `brctg`.
pub fn leads_to(place: u64, bytes: &[u8]) -> Option<u64> {
    let halfwords = match *bytes {
        [0xc0, second, a, b, c, d] if matches!(second & 15, 0 | 4 | 5) => {
            i32::from_be_bytes([a, b, c, d])
        }
        [0xc4 | 0xc6, _, a, b, c, d] => i32::from_be_bytes([a, b, c, d]),
        [0xa7, second, a, b] if matches!(second & 15, 4..=7) => i16::from_be_bytes([a, b]).into(),
        _ => return None,
    };
    Some(place.wrapping_add_signed(2 * i64::from(halfwords)))
}
