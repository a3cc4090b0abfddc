//! From a format and its arguments to the text.

use crate::caller::{Arguments, Pointer, Sink};
use crate::output::Output;
use crate::specification::{self, Conversion, Piece, Specification};
use crate::{errno, memory, number};

/// Bytes of the longest text of a pointer.
const POINTER_TEXT: usize = 160;

/// Bytes of the longest name of an error, with its sign and room.
const ERROR_NAME: usize = 24;

/// Below is page 0, where nothing can be read.
const LOWEST_STRING: u64 = 4096;

/// Formats; returns how many bytes the text has.
pub fn format(sink: &mut dyn Sink, format: &[u8], arguments: &mut dyn Arguments) -> usize {
    let mut output = Output { sink, length: 0 };
    let mut rest = format;
    while !rest.is_empty() {
        let (piece, after) = specification::next(rest);
        match piece {
            Piece::Text(text) => output.put(text),
            Piece::Conversion(specification) => {
                convert(&mut output, specification.complete(arguments), arguments);
            }
        }
        rest = after;
    }
    output.length
}

fn convert(output: &mut Output<'_>, specification: Specification, arguments: &mut dyn Arguments) {
    match specification.conversion {
        Conversion::Percent => output.put(b"%"),
        Conversion::Character => {
            let byte = arguments.word() as u8;
            output.field(&[byte], &specification);
        }
        Conversion::String => string(output, &specification, arguments),
        Conversion::Pointer(pointer) => self::pointer(output, &specification, pointer, arguments),
        Conversion::Signed | Conversion::Unsigned { .. } => {
            let value = arguments.word();
            number::put(output, &specification, value);
        }
    }
}

fn string(output: &mut Output<'_>, specification: &Specification, arguments: &mut dyn Arguments) {
    let address = arguments.word();
    let limit = specification.precision.unwrap_or(usize::MAX);
    let instead = match address {
        0 => Some(&b"(null)"[..]),
        // The last 4095 addresses are error numbers.
        ..LOWEST_STRING | 0xffff_ffff_ffff_f001.. => Some(&b"(efault)"[..]),
        _ => None,
    };
    if let Some(text) = instead {
        output.field(&text[..text.len().min(limit)], specification);
        return;
    }
    let mut length = 0;
    if specification.width > 0 {
        arguments.string(address, limit, &mut |bytes| length += bytes.len());
    }
    let padding = specification.width.saturating_sub(length);
    if !specification.left {
        output.repeat(b' ', padding);
    }
    arguments.string(address, limit, &mut |bytes| output.put(bytes));
    if specification.left {
        output.repeat(b' ', padding);
    }
}

fn pointer(
    output: &mut Output<'_>,
    specification: &Specification,
    pointer: Pointer,
    arguments: &mut dyn Arguments,
) {
    let address = arguments.word();
    let is_error = address > u64::MAX - 4095;
    // What can't be looked at, by name.
    let instead = match address {
        0 => Some(&b"(null)"[..]),
        _ if is_error || address < LOWEST_STRING => Some(&b"(efault)"[..]),
        _ => None,
    };
    let pointer = match (pointer, instead) {
        (Pointer::Memory(_), Some(text)) => return output.field(text, specification),
        (Pointer::Memory(what), None) => {
            return memory::put(output, specification, what, address, arguments);
        }
        (Pointer::Missing(letter), _) => {
            return output.field(&[b'(', b'%', b'p', letter, b'?', b')'], specification);
        }
        (Pointer::Error, _) if is_error => match errno::name(address.wrapping_neg()) {
            Some(name) => {
                let mut text = [b'-'; ERROR_NAME];
                text[1..=name.len()].copy_from_slice(name.as_bytes());
                return output.field(&text[..=name.len()], specification);
            }
            None => return number::put(output, &specification.for_error(), address),
        },
        (Pointer::Error, _) => Pointer::Hashed,
        (pointer, _) => pointer,
    };
    if pointer == Pointer::Plain || (pointer == Pointer::Hashed && (is_error || address == 0)) {
        return number::put(output, &specification.for_address(), address);
    }
    let mut text = [0; POINTER_TEXT];
    let mut used = 0;
    arguments.pointer(pointer, address, &mut |bytes| {
        // What is longer is cut.
        let room = bytes.len().min(POINTER_TEXT - used);
        text[used..used + room].copy_from_slice(&bytes[..room]);
        used += room;
    });
    let shown = used.min(specification.precision.unwrap_or(usize::MAX));
    output.field(&text[..shown], specification);
}
