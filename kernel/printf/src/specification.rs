//! From the text of a conversion, `%-8.3lx`, to what it says.

use crate::caller::{Arguments, Memory, Pointer};

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

/// Widths beyond are cut: as in Linux, they are mistakes. That of a map is its bits.
const WIDEST: usize = (1 << 23) - 1;

/// The same of precisions.
const MOST_PRECISE: usize = (1 << 15) - 1;

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
            let precision = (arguments.word() as i32).max(0);
            self.precision = Some((precision.unsigned_abs() as usize).min(MOST_PRECISE));
        }
        self
    }

    /// Whether there is a width, if only of 0.
    pub(crate) fn has_width(&self) -> bool {
        self.width_argument || self.width > 0
    }

    /// This specification for an error number without a name.
    pub(crate) fn for_error(self) -> Self {
        Self {
            size: Size::Eight,
            conversion: Conversion::Signed,
            ..self
        }
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
            let (precision, behind) = number(after);
            let precision = precision.min(MOST_PRECISE);
            specification.precision = (behind.len() < after.len()).then_some(precision);
            rest = behind;
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
            let letters = after.iter().take_while(|byte| byte.is_ascii_alphanumeric());
            let (letters, behind) = after.split_at(letters.count());
            after = behind;
            let pointer = pointer(letters);
            Conversion::Pointer(pointer)
        }
        _ => return None,
    };
    Some((specification, after))
}

/// What the letters behind `%p` say.
fn pointer(letters: &[u8]) -> Pointer {
    let has = |letter: u8| letters.contains(&letter);
    Pointer::Memory(match letters {
        [b'x', ..] => return Pointer::Plain,
        [b'S' | b'B', ..] => return Pointer::SymbolOffset,
        [b's', ..] => return Pointer::Symbol,
        [b'e', ..] => return Pointer::Error,
        [b'h', b'C', ..] => Memory::Bytes(Some(b':')),
        [b'h', b'D', ..] => Memory::Bytes(Some(b'-')),
        [b'h', b'N', ..] => Memory::Bytes(None),
        [b'h', ..] => Memory::Bytes(Some(b' ')),
        [b'U', ..] => Memory::Uuid {
            little: has(b'l') || has(b'L'),
            capitals: has(b'B') || has(b'L'),
        },
        [kind @ (b'I' | b'i'), b'4', ..] => Memory::Ip4 {
            padded: *kind == b'i',
            little: has(b'l'),
        },
        [kind @ (b'I' | b'i'), b'6', ..] if !has(b'c') => Memory::Ip6 {
            colons: *kind == b'I',
        },
        [kind @ (b'M' | b'm'), ..] => Memory::Mac {
            between: match kind {
                b'm' => None,
                _ if has(b'F') => Some(b'-'),
                _ => Some(b':'),
            },
            reversed: has(b'R'),
        },
        [b'b', b'l', ..] => Memory::Ranges,
        [b'b', ..] => Memory::Bitmap,
        [b'a', ..] => Memory::Address,
        [letter, ..] if b"VdDgtCGOfrREN4IiF".contains(letter) => {
            return Pointer::Missing(*letter);
        }
        _ => return Pointer::Hashed,
    })
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
