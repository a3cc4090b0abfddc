//! What a format asks for that Linux has and this kernel hasn't: for who builds a module.

use crate::caller::Pointer;
use crate::specification::{self, Conversion, Piece};

/// A conversion that is shown as `(%pd?)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported<'format> {
    /// As it stands in the format, with flags, width and precision: `%-12pd2`.
    pub text: &'format [u8],
    /// The letter behind `%p`.
    pub letter: u8,
}

/// The conversions of a format that aren't here, in their order.
pub fn unsupported(format: &[u8]) -> impl Iterator<Item = Unsupported<'_>> {
    let mut rest = format;
    let pieces = core::iter::from_fn(move || {
        let (piece, after) = (!rest.is_empty()).then(|| specification::next(rest))?;
        let text = &rest[..rest.len() - after.len()];
        rest = after;
        Some((piece, text))
    });
    pieces.filter_map(|(piece, text)| {
        let Piece::Conversion(specification) = piece else {
            return None;
        };
        match specification.conversion {
            Conversion::Pointer(Pointer::Missing(letter)) => Some(Unsupported { text, letter }),
            _ => None,
        }
    })
}
