//! From the text of a conversion, `%-8.3lx`, to what it says.

use crate::caller::{Arguments, Pointer};

/// Bytes of an integer argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// `hh`
    One,
    /// `h`
    Two,
    /// Nothing: an `int`.
    Four,
    /// `l`, `ll`, `z`, `t`, `j`
    Eight,
}

/// What is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `%%`
    Percent,
    /// `%c`
    Character,
    /// `%s`
    String,
    /// `%p` and its kin.
    Pointer(Pointer),
    /// `%d`
    Signed,
    /// `%u`, `%x`, `%X`, `%o`
    Unsigned {
        /// 8, 10 or 16.
        base: u64,
        /// Digits above 9 as capitals.
        capitals: bool,
    },
}

/// A conversion with all that stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specification {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A blank.
    pub blank: bool,
    /// `#`
    pub prefix: bool,
    /// `0`
    pub zero: bool,
    /// Bytes at least.
    pub width: usize,
    /// Digits at least, or bytes at most.
    pub precision: Option<usize>,
    /// Bytes of a number.
    pub size: Size,
    /// What is shown.
    pub conversion: Conversion,
    width_argument: bool,
    precision_argument: bool,
}

/// Widths and precisions beyond are cut: as in Linux, they are mistakes.
const WIDEST: usize = 1 << 15;

impl Specification {
    const fn plain(conversion: Conversion) -> Self {
        Self {
            left: false,
            plus: false,
            blank: false,
            prefix: false,
            zero: false,
            width: 0,
            precision: None,
            size: Size::Four,
            conversion,
            width_argument: false,
            precision_argument: false,
        }
    }

    /// Takes the arguments that `*` stands for.
    pub(crate) fn complete(mut self, arguments: &mut dyn Arguments) -> Self {
        if self.width_argument {
            let width = arguments.word() as i32;
            self.left |= width < 0;
            self.width = (width.unsigned_abs() as usize).min(WIDEST);
        }
        if self.precision_argument {
            let precision = arguments.word() as i32;
            self.precision = usize::try_from(precision)
                .ok()
                .map(|precision| precision.min(WIDEST));
        }
        self
    }

    /// This specification for an address as a number: all 16 digits unless a width is
    /// given.
    pub(crate) fn for_address(self) -> Self {
        Self {
            zero: self.zero || self.width == 0,
            width: if self.width == 0 { 16 } else { self.width },
            size: Size::Eight,
            conversion: Conversion::Unsigned {
                base: 16,
                capitals: false,
            },
            ..self
        }
    }
}

/// A piece of a format.
pub(crate) enum Piece<'format> {
    /// Printed as it is.
    Text(&'format [u8]),
    /// Replaced by an argument.
    Conversion(Specification),
}

/// The first piece of a format that isn't empty, and the rest.
pub(crate) fn next(format: &[u8]) -> (Piece<'_>, &[u8]) {
    match format.iter().position(|&byte| byte == b'%') {
        None => (Piece::Text(format), &[]),
        Some(0) => match conversion(&format[1..]) {
            Some((specification, after)) => (Piece::Conversion(specification), after),
            // The sign stands for itself, and what follows is text again.
            None => (Piece::Text(&format[..1]), &format[1..]),
        },
        Some(at) => (Piece::Text(&format[..at]), &format[at..]),
    }
}

/// What stands behind a percent sign, and the rest.
fn conversion(text: &[u8]) -> Option<(Specification, &[u8])> {
    let mut specification = Specification::plain(Conversion::Percent);
    let mut rest = text;
    while let [flag, after @ ..] = rest {
        match flag {
            b'-' => specification.left = true,
            b'+' => specification.plus = true,
            b' ' => specification.blank = true,
            b'#' => specification.prefix = true,
            b'0' => specification.zero = true,
            _ => break,
        }
        rest = after;
    }
    if let [b'*', after @ ..] = rest {
        specification.width_argument = true;
        rest = after;
    } else {
        (specification.width, rest) = number(rest);
    }
    if let [b'.', after @ ..] = rest {
        if let [b'*', after @ ..] = after {
            specification.precision_argument = true;
            rest = after;
        } else {
            let (precision, after) = number(after);
            specification.precision = Some(precision);
            rest = after;
        }
    }
    (specification.size, rest) = match rest {
        [b'h', b'h', after @ ..] => (Size::One, after),
        [b'h', after @ ..] => (Size::Two, after),
        [b'l', b'l', after @ ..] => (Size::Eight, after),
        [b'l' | b'z' | b't' | b'j' | b'L', after @ ..] => (Size::Eight, after),
        _ => (Size::Four, rest),
    };
    let unsigned = |base| Conversion::Unsigned {
        base,
        capitals: false,
    };
    let (&letter, mut after) = rest.split_first()?;
    specification.conversion = match letter {
        b'%' => Conversion::Percent,
        b'c' => Conversion::Character,
        b's' => Conversion::String,
        b'd' | b'i' => Conversion::Signed,
        b'u' => unsigned(10),
        b'o' => unsigned(8),
        b'x' => unsigned(16),
        b'X' => Conversion::Unsigned {
            base: 16,
            capitals: true,
        },
        b'p' => {
            let (pointer, letters) = match after {
                [b'x', ..] => (Pointer::Plain, 1),
                [b'S' | b'B', ..] => (Pointer::SymbolOffset, 1),
                [b's', ..] => (Pointer::Symbol, 1),
                [b'K', ..] => (Pointer::Hashed, 1),
                _ => (Pointer::Hashed, 0),
            };
            after = &after[letters..];
            Conversion::Pointer(pointer)
        }
        _ => return None,
    };
    Some((specification, after))
}

/// Decimal digits at the start of a text, and the rest.
fn number(text: &[u8]) -> (usize, &[u8]) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(digits);
    let value = digits.iter().fold(0, |value: usize, digit| {
        (value * 10 + usize::from(digit - b'0')).min(WIDEST)
    });
    (value, rest)
}
