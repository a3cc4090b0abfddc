//! Commands that look at memory, whatever is or isn't there.

use super::command::{Action, Command, address, number};
use super::error::Error;
use crate::println;
use arch::dat::walk;
use arch::fault_safe;
use core::fmt;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "x",
        arguments: "ADDRESS [BYTES]",
        help: "shows memory, 64 bytes if not said otherwise",
        action: Action::Run(examine),
    },
    Command {
        name: "walk",
        arguments: "ADDRESS",
        help: "shows how an address is translated, table by table",
        action: Action::Run(translate),
    },
];

/// Bytes that one command shows, at most.
const MOST: u64 = 64 * 1024;

/// Bytes on a line.
const ROW: usize = 16;

fn examine<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let (start, bytes) = match arguments {
        [start] => (address(start)?, 64),
        [start, bytes] => (address(start)?, number(bytes)?),
        _ => return Err(Error::Expected("an address in hexadecimal, and bytes")),
    };
    if bytes > MOST {
        return Err(Error::Expected("at most 65536 bytes"));
    }
    for done in (0..bytes as usize).step_by(ROW) {
        let mut row = [0; ROW];
        let row = &mut row[..ROW.min(bytes as usize - done)];
        let place = start.wrapping_add(done);
        if let Err(fault) = fault_safe::read_bytes(place, row) {
            // The rest of the row isn't there; the bytes before it are.
            let there = fault.address.wrapping_sub(place).min(row.len());
            if there > 0 {
                println!("{place:#018x}: {}", Row(&row[..there]));
            }
            print_walk(fault.address);
            return Err(fault.into());
        }
        println!("{place:#018x}: {}", Row(row));
    }
    Ok(())
}

/// Up to 16 bytes: in hexadecimal, and as text.
struct Row<'a>(&'a [u8]);

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for at in 0..ROW {
            let gap = if at % 8 == 0 && at > 0 { " " } else { "" };
            match self.0.get(at) {
                Some(byte) => write!(f, "{gap}{byte:02x}")?,
                None => write!(f, "{gap}  ")?,
            }
        }
        f.write_str("  ")?;
        self.0.iter().try_for_each(|&byte| match byte {
            b' '..=b'~' => write!(f, "{}", char::from(byte)),
            _ => f.write_str("."),
        })
    }
}

fn translate<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let [place] = arguments else {
        return Err(Error::Expected("an address in hexadecimal"));
    };
    let place = address(place)?;
    print_walk(place);
    match arch::dat::real_address(place) {
        Some(real) => {
            println!("{place:#018x} is real {real:#x}");
            Ok(())
        }
        None => Err(Error::NotMapped(place)),
    }
}

fn print_walk(place: usize) {
    walk(place).for_each(|step| println!("  {step}"));
}
