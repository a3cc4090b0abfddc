//! Integers in a field.
//!
//! ```text
//!  blanks | sign | prefix | zeros to the width, or to the precision | digits | blanks
//! ```

use crate::output::Output;
use crate::specification::{Conversion, Size, Specification};

/// Digits of 2^64 in base 8.
const DIGITS: usize = 22;

/// Puts a number, of which the argument holds as many bytes as the size says.
pub fn put(output: &mut Output<'_>, specification: &Specification, argument: u64) {
    let (base, capitals, is_signed) = match specification.conversion {
        Conversion::Unsigned { base, capitals } => (base, capitals, false),
        _ => (10, false, true),
    };
    let (negative, magnitude) = if is_signed {
        let value = match specification.size {
            Size::One => i64::from(argument as i8),
            Size::Two => i64::from(argument as i16),
            Size::Four => i64::from(argument as i32),
            Size::Eight => argument as i64,
        };
        (value < 0, value.unsigned_abs())
    } else {
        let value = match specification.size {
            Size::One => u64::from(argument as u8),
            Size::Two => u64::from(argument as u16),
            Size::Four => u64::from(argument as u32),
            Size::Eight => argument,
        };
        (false, value)
    };

    let mut buffer = [0; DIGITS];
    let digits = digits(&mut buffer, magnitude, base, capitals);
    let sign: &[u8] = match (is_signed, negative) {
        (true, true) => b"-",
        (true, false) if specification.plus => b"+",
        (true, false) if specification.blank => b" ",
        _ => b"",
    };
    let prefix: &[u8] = match (specification.prefix, base) {
        (true, 16) if capitals => b"0X",
        (true, 16) => b"0x",
        (true, 8) if magnitude != 0 => b"0",
        _ => b"",
    };
    let around = sign.len() + prefix.len();
    let mut zeros = specification
        .precision
        .unwrap_or(0)
        .saturating_sub(digits.len());
    let width = specification.width.saturating_sub(around);
    if specification.zero && !specification.left {
        zeros = zeros.max(width.saturating_sub(digits.len()));
    }
    let padding = width.saturating_sub(zeros + digits.len());
    if !specification.left {
        output.repeat(b' ', padding);
    }
    output.put(sign);
    output.put(prefix);
    output.repeat(b'0', zeros);
    output.put(digits);
    if specification.left {
        output.repeat(b' ', padding);
    }
}

fn digits(buffer: &mut [u8; DIGITS], value: u64, base: u64, capitals: bool) -> &[u8] {
    let letters: &[u8; 16] = if capitals {
        b"0123456789ABCDEF"
    } else {
        b"0123456789abcdef"
    };
    let mut at = DIGITS;
    let mut rest = value;
    loop {
        at -= 1;
        buffer[at] = letters[(rest % base) as usize];
        rest /= base;
        if rest == 0 {
            return &buffer[at..];
        }
    }
}
