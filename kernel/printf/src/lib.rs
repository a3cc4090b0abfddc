//! C's printf formats, as Linux reads them: what `printk` and `snprintf` of a
//! module in C mean.
//!
//! ```text
//!  "%-8.3lx|"   ──► specification.rs ──►  number.rs  ──►  sink
//!                   flags, width,         text, and
//!                   precision, size       its padding
//!       arguments ──────────────────────────┘
//! ```
//!
//! Conversions: `d i u x X o c s p %`, sizes `hh h l ll z t j`, flags `- + 0 # ` and
//! blank, width and precision as numbers or `*`. Of Linux's pointers: `%p` (hashed),
//! `%px` (as it is), `%pS`, `%pB` (symbol and offset), `%ps` (symbol), `%pK` (as `%p`).
//!
//! Where Linux differs from C, this is Linux: `0` pads also a number with a
//! precision, a precision of 0 shows a zero, `%#x` of zero is `0x0`, and an unknown
//! conversion is printed as it stands.
//!
//! Where the arguments come from, and what an address means, is the caller's: the
//! crate has no `unsafe` and no idea of a machine.
#![no_std]
#![forbid(unsafe_code)]

mod number;
mod parse;
mod specification;

pub use parse::{ParseError, signed, unsigned};
pub use specification::{Conversion, Pointer, Size, Specification};

use specification::Piece;

/// Where the text goes.
pub trait Sink {
    /// Takes some bytes of it.
    fn put(&mut self, bytes: &[u8]);
}

/// Where the arguments come from.
pub trait Arguments {
    /// The next argument, in 64 bits as the ABI passes it.
    fn word(&mut self) -> u64;
    /// Hands over the bytes at an address up to a NUL, at most `limit`, in pieces.
    fn string(&mut self, address: u64, limit: usize, take: &mut dyn FnMut(&[u8]));
    /// Hands over what `%pS` and its kin say of an address; `%p`, a hash's text.
    fn pointer(&mut self, pointer: Pointer, address: u64, take: &mut dyn FnMut(&[u8]));
}

/// Bytes of the longest text of a pointer.
const POINTER_TEXT: usize = 160;

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

struct Output<'sink> {
    sink: &'sink mut dyn Sink,
    length: usize,
}

impl Output<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len());
        self.sink.put(bytes);
    }

    fn repeat(&mut self, byte: u8, count: usize) {
        let some = [byte; 16];
        let mut left = count;
        while left > 0 {
            let now = left.min(some.len());
            self.put(&some[..now]);
            left -= now;
        }
    }

    /// A text in a field.
    fn field(&mut self, text: &[u8], specification: &Specification) {
        let padding = specification.width.saturating_sub(text.len());
        if !specification.left {
            self.repeat(b' ', padding);
        }
        self.put(text);
        if specification.left {
            self.repeat(b' ', padding);
        }
    }
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
    let told = match address {
        0 => Some(&b"(null)"[..]),
        // The last 4095 addresses are error numbers.
        ..LOWEST_STRING | 0xffff_ffff_ffff_f001.. => Some(&b"(efault)"[..]),
        _ => None,
    };
    if let Some(told) = told {
        output.field(&told[..told.len().min(limit)], specification);
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
    let is_error = address == 0 || address > u64::MAX - 4096;
    if pointer == Pointer::Plain || (pointer == Pointer::Hashed && is_error) {
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
