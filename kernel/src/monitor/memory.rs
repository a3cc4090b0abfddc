//! Commands that look at memory, whatever is or isn't there.

use super::command::{Action, Command, hexadecimal, number};
use super::error::Error;
use super::format::{Format, How};
use super::instructions;
use super::interrupt;
use super::row::row;
use super::shown::number_of;
use super::tables::print_walk;
use crate::backtrace::Address;
use crate::println;
use arch::fault_safe;
use core::fmt::{self, Write};

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "x",
        arguments: "ADDRESS|SYMBOL [BYTES] | x/FMT ADDRESS|SYMBOL",
        help: "shows memory: 64 bytes, or as gdb's x/FMT",
        look: "FMT: a count, then x d u c s i or a, then b h w or g: 1, 2, 4 or 8 bytes each.\n\
               Where nothing can be read, the walk through the tables shows why.",
        example: "x/4xg {copy}",
        action: Action::Run(examine),
    },
    Command {
        name: "walk",
        arguments: "ADDRESS|SYMBOL",
        help: "shows how an address is translated, by each table",
        look: "Three tables of 2,048 entries, one of 256, a page of 4,096 bytes; bits are counted from\n\
               the left. I: invalid, TT: the table's level, TL: the next table's length; of a page\n\
               P: no stores, IEP: no instruction fetches.",
        example: "walk {copy}",
        action: Action::Run(translate),
    },
];

/// What a word says: an address in hexadecimal, or a symbol's.
fn place_of(word: &str) -> Result<usize, Error<'_>> {
    let named = || instructions::address_of(word).map(|address| address as usize);
    let place = hexadecimal(word).or_else(named);
    place.ok_or(Error::NotAnAddress(word))
}

/// Bytes that one command shows, at most.
const MOST: u64 = 64 * 1024;

/// Bytes on a line.
const ROW: usize = 16;

fn examine<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    if let [format, rest @ ..] = arguments
        && let Some(format) = format.strip_prefix('/')
    {
        let format = Format::parse(format).ok_or(Error::Expected(
            "/FMT: a count up to 4096, one of x d u c s i a, one of b h w g",
        ))?;
        let [start] = rest else {
            return Err(Error::Expected("an address in hexadecimal behind /FMT"));
        };
        return formatted(format, place_of(start)?);
    }
    let (start, bytes) = match arguments {
        [start] => (place_of(start)?, 64),
        [start, bytes] => (place_of(start)?, number(bytes)?),
        _ => return Err(Error::Expected("an address in hexadecimal, and bytes")),
    };
    if bytes > MOST {
        return Err(Error::Expected("at most 65536 bytes"));
    }
    for done in (0..bytes as usize).step_by(ROW) {
        interrupt::check()?;
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

/// Reads bytes; where that fails, shows the walk.
fn read<'line>(place: usize, bytes: &mut [u8]) -> Result<(), Error<'line>> {
    fault_safe::read_bytes(place, bytes).map_err(|fault| {
        print_walk(fault.address);
        fault.into()
    })
}

fn formatted<'line>(format: Format, start: usize) -> Result<(), Error<'line>> {
    match format.how {
        How::Instructions => return instructions::show(start as u64, format.count),
        How::Text => return texts(start, format.count),
        _ => {}
    }
    let mut place = start;
    let mut left = format.count as usize;
    while left > 0 {
        interrupt::check()?;
        let values = left.min(format.on_a_line());
        let mut line = heapless::String::<256>::new();
        for number in 0..values {
            let mut bytes = [0; 8];
            let bytes = &mut bytes[8 - format.size..];
            read(place.wrapping_add(number * format.size), bytes)?;
            let value = number_of(bytes);
            // A symbol's name may be cut.
            let _ = write!(line, "  {}", Shown { format, value });
        }
        row!("{place:#018x}:{line}");
        place = place.wrapping_add(values * format.size);
        left -= values;
    }
    Ok(())
}

/// A value as its format has it.
struct Shown {
    format: Format,
    value: u64,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, value } = *self;
        let unused = 64 - 8 * format.size as u32;
        match format.how {
            How::Signed => write!(f, "{}", (value << unused).cast_signed() >> unused),
            How::Unsigned => write!(f, "{value}"),
            How::Character => match value as u8 {
                letter @ b' '..=b'~' => write!(f, "{value} '{}'", char::from(letter)),
                _ => write!(f, "{value} '.'"),
            },
            How::Address => write!(f, "{}", Address(value)),
            _ => write!(f, "{value:#0width$x}", width = 2 + 2 * format.size),
        }
    }
}

/// Texts, one behind the other, each up to its NUL; of a long one the start of each line.
fn texts<'line>(start: usize, count: u64) -> Result<(), Error<'line>> {
    /// Letters on a line.
    const LINE: usize = 64;
    let mut place = start;
    for _ in 0..count {
        let mut is_ended = false;
        while !is_ended {
            interrupt::check()?;
            let (first, mut text) = (place, heapless::String::<LINE>::new());
            while !is_ended && text.len() < LINE {
                let mut byte = [0];
                read(place, &mut byte)?;
                place = place.wrapping_add(1);
                let letter = match byte[0] {
                    letter @ b' '..=b'~' => char::from(letter),
                    _ => '.',
                };
                is_ended = byte[0] == 0;
                if !is_ended {
                    // There is room.
                    let _ = text.push(letter);
                }
            }
            let more = if is_ended { "" } else { ".." };
            println!("{first:#018x}:  \"{text}\"{more}");
        }
    }
    Ok(())
}

fn translate<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let [place] = arguments else {
        return Err(Error::Expected("an address in hexadecimal"));
    };
    let place = place_of(place)?;
    print_walk(place);
    match arch::dat::real_address(place) {
        Some(real) => {
            println!("{place:#018x} is real {real:#x}");
            row!("next: x/8xg {place:#x}; sym {place:#x}; percpu {place:#x}");
            Ok(())
        }
        None => Err(Error::NotMapped(place)),
    }
}
