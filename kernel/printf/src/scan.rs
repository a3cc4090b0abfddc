//! Numbers and texts out of a text, by a format: Linux's sscanf.
//!
//! Conversions: `d i u x X o s c n % [`, sizes `hh h l ll L z`, a width, and `*`, which passes
//! over what isn't blank. Where Linux differs from C, this is Linux: no `+` in front of a
//! number, `[` only with a width and without ranges, and `%*` looks at no conversion.

use crate::specification::Size;

/// What was found for an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'text> {
    /// So many bytes of a number.
    Number(u64, Size),
    /// A text, to end with NUL.
    Text(&'text [u8]),
    /// Bytes, without an end.
    Bytes(&'text [u8]),
}

/// Reads `text` by `format` and hands over what was found, argument by argument; returns how
/// many were, those of `%n` not counted.
pub fn scan<'text>(text: &'text [u8], format: &[u8], take: &mut dyn FnMut(Found<'text>)) -> usize {
    let mut scan = Scan {
        rest: text,
        format,
        length: text.len(),
        count: 0,
    };
    while scan.step(take).is_some() {}
    scan.count
}

struct Scan<'text, 'format> {
    rest: &'text [u8],
    format: &'format [u8],
    /// Bytes of the whole text.
    length: usize,
    count: usize,
}

fn is_blank(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || *byte == 0x0b
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| is_blank(byte)).count();
    &text[blanks..]
}

impl<'text> Scan<'text, '_> {
    /// Takes some bytes off the text.
    fn cut(&mut self, count: usize) -> &'text [u8] {
        let (cut, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        cut
    }

    /// One piece of the format; `None` at the end, and where the text has something else.
    fn step(&mut self, take: &mut dyn FnMut(Found<'text>)) -> Option<()> {
        let (&first, after) = self.format.split_first()?;
        if is_blank(&first) {
            self.format = without_blanks(after);
            self.rest = without_blanks(self.rest);
            return Some(());
        }
        self.format = after;
        if first != b'%' {
            return (self.cut(1).first() == Some(&first)).then_some(());
        }
        if let [b'*', after @ ..] = self.format {
            self.format = after;
            return self.pass();
        }
        let digits = self.format.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, after) = self.format.split_at(digits.count());
        self.format = after;
        let width = match digits {
            [] => None,
            _ => Some(digits.iter().fold(0usize, |width, digit| {
                width
                    .saturating_mul(10)
                    .saturating_add(usize::from(digit - b'0'))
            })),
        };
        if width == Some(0) {
            return None;
        }
        let (size, after) = match self.format {
            [b'h', b'h', after @ ..] => (Size::One, after),
            [b'h', after @ ..] => (Size::Two, after),
            [b'l', b'l', after @ ..] => (Size::Eight, after),
            [b'l' | b'L' | b'z', after @ ..] => (Size::Eight, after),
            after => (Size::Four, after),
        };
        let (&conversion, after) = after.split_first()?;
        self.format = after;
        if conversion == b'n' {
            take(Found::Number((self.length - self.rest.len()) as u64, size));
            return Some(());
        }
        if self.rest.is_empty() {
            return None;
        }
        let found = match conversion {
            b'c' => Found::Bytes(self.cut(width.unwrap_or(1))),
            b's' => {
                self.rest = without_blanks(self.rest);
                let solid = self.rest.iter().take_while(|byte| !is_blank(byte)).count();
                Found::Text(self.cut(solid.min(width.unwrap_or(usize::MAX))))
            }
            b'[' => Found::Text(self.of_set(width?)?),
            b'%' => return (self.cut(1) == b"%").then_some(()),
            b'd' => Found::Number(self.number(10, true, width)?, size),
            b'i' => Found::Number(self.number(0, true, width)?, size),
            b'u' => Found::Number(self.number(10, false, width)?, size),
            b'o' => Found::Number(self.number(8, false, width)?, size),
            b'x' | b'X' => Found::Number(self.number(16, false, width)?, size),
            _ => return None,
        };
        self.count += 1;
        take(found);
        Some(())
    }

    /// Passes over a conversion, and over what isn't blank.
    fn pass(&mut self) -> Option<()> {
        if self.rest.is_empty() {
            return None;
        }
        let mut in_set = false;
        let ends = |byte: &u8| {
            in_set = match byte {
                b'[' => true,
                b']' => false,
                _ => in_set,
            };
            !in_set && (is_blank(byte) || *byte == b'%')
        };
        let end = self.format.iter().position(ends);
        self.format = &self.format[end.unwrap_or(self.format.len())..];
        let solid = self.rest.iter().take_while(|byte| !is_blank(byte)).count();
        self.cut(solid);
        Some(())
    }

    /// Bytes of the set that the format has up to `]`, one at least.
    fn of_set(&mut self, width: usize) -> Option<&'text [u8]> {
        let (negated, set) = match self.format {
            [b'^', set @ ..] => (true, set),
            set => (false, set),
        };
        let end = set.iter().position(|&byte| byte == b']')?;
        let (set, after) = (&set[..end], &set[end + 1..]);
        self.format = after;
        let is_in = |byte: &u8| set.contains(byte) != negated;
        let count = self.rest.iter().take_while(|byte| is_in(byte)).count();
        (count > 0).then(|| self.cut(count.min(width)))
    }

    /// A number of a base; base 0 goes by what stands in front of it. Beyond 64 bits it wraps.
    fn number(&mut self, base: u32, is_signed: bool, width: Option<usize>) -> Option<u64> {
        self.rest = without_blanks(self.rest);
        let width = width.unwrap_or(usize::MAX).min(self.rest.len());
        let (negative, digits) = match &self.rest[..width] {
            [b'-', digits @ ..] if is_signed => (true, digits),
            digits => (false, digits),
        };
        let is_digit = |byte: u8, base: u32| char::from(byte).is_digit(base);
        let first = *digits.first()?;
        if !is_digit(first, if base == 0 { 10 } else { base }) {
            return None;
        }
        let hexadecimal = match digits {
            [b'0', b'x' | b'X', digit, ..] => digit.is_ascii_hexdigit(),
            _ => false,
        };
        let (base, prefix) = match base {
            0 | 16 if hexadecimal => (16, 2),
            0 if first == b'0' => (8, 0),
            0 => (10, 0),
            base => (base, 0),
        };
        let digits = &digits[prefix..];
        let count = digits
            .iter()
            .take_while(|&&byte| is_digit(byte, base))
            .count();
        let value = digits[..count].iter().fold(0u64, |value, &byte| {
            let digit = char::from(byte).to_digit(base).unwrap_or(0);
            value.wrapping_mul(base.into()).wrapping_add(digit.into())
        });
        self.cut(usize::from(negative) + prefix + count);
        Some(if negative {
            value.wrapping_neg()
        } else {
            value
        })
    }
}
