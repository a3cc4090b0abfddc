//! Numbers from text, as Linux's kstrto functions take them: all of the text, with
//! a sign and, in base 0, `0x` or `0` in front; one newline may follow.

/// Why a text is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// It is something else.
    Invalid,
    /// It is too large.
    Range,
}

/// An unsigned number.
pub fn unsigned(text: &[u8], base: u32) -> Result<u64, ParseError> {
    magnitude(text.strip_prefix(b"+").unwrap_or(text), base)
}

/// A signed number.
pub fn signed(text: &[u8], base: u32) -> Result<i64, ParseError> {
    match text.strip_prefix(b"-") {
        Some(rest) => 0i64
            .checked_sub_unsigned(magnitude(rest, base)?)
            .ok_or(ParseError::Range),
        None => i64::try_from(unsigned(text, base)?).map_err(|_| ParseError::Range),
    }
}

fn magnitude(text: &[u8], base: u32) -> Result<u64, ParseError> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let hexadecimal = |text: &[u8]| match text {
        [b'0', b'x' | b'X', digit, ..] => digit.is_ascii_hexdigit(),
        _ => false,
    };
    let (base, digits) = match (base, text) {
        (0 | 16, _) if hexadecimal(text) => (16, &text[2..]),
        (0, [b'0', _, ..]) => (8, &text[1..]),
        (0, _) => (10, text),
        (2..=16, _) => (base, text),
        _ => return Err(ParseError::Invalid),
    };
    if digits.is_empty() {
        return Err(ParseError::Invalid);
    }
    digits.iter().try_fold(0u64, |value, &byte| {
        let digit = (byte as char).to_digit(base).ok_or(ParseError::Invalid)?;
        let value = value.checked_mul(base.into()).ok_or(ParseError::Range)?;
        value.checked_add(digit.into()).ok_or(ParseError::Range)
    })
}
