//! Module parameters: `name=value` words, written into a linked image.
//!
//! A module describes its parameters in section `__param` (`record.rs`). The values in the
//! file are the defaults; what is set here is set before any of the
//! module's code runs. Every record is checked, also those that nobody sets. As in
//! Linux `-` and `_` are the same in a name, and a bool without a value is true.

mod error;
mod number;
mod record;

pub use error::ParameterError;
pub use record::ParameterKind;

use crate::layout::Layout;
use number::number;
use record::{RECORD, SECTION};

/// A record, checked: offsets count in the image.
#[derive(Clone, Copy)]
struct Record {
    name: usize,
    value: usize,
    kind: ParameterKind,
}

/// Checks all records and carries out `words`, in order, on an image that `link`
/// has filled for `base`; none of the module's code may have run.
///
/// `keep` keeps a string for as long as the module lives, with a NUL behind it, and
/// returns its address; `None` if there is no memory.
///
/// # Errors
/// If a record is impossible, a word names no parameter, or its value isn't one of the
/// parameter's type. Words before that one have been carried out.
pub fn set_parameters<'word>(
    layout: &Layout<'_>,
    base: u64,
    image: &mut [u8],
    words: impl Iterator<Item = &'word str>,
    keep: &mut dyn FnMut(&str) -> Option<u64>,
) -> Result<(), ParameterError<'word>> {
    let (start, count) = section(layout)?;
    for index in 0..count {
        record(layout, base, image, start, index)?;
    }
    for word in words {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let records = (0..count).filter_map(|index| record(layout, base, image, start, index).ok());
        let found = { records }.find(|record| is_named(&image[record.name..], name));
        let record = found.ok_or(ParameterError::Unknown(name))?;
        store(image, &record, name, value, keep)?;
    }
    Ok(())
}

/// Where the records begin, and how many there are.
fn section<'word>(layout: &Layout<'_>) -> Result<(usize, usize), ParameterError<'word>> {
    let mut sections = layout.sections().iter();
    let Some(section) = sections.find(|section| section.name == SECTION) else {
        return Ok((0, 0));
    };
    let bytes = section.size;
    let whole = bytes.is_multiple_of(RECORD as u64) && section.align.is_multiple_of(8);
    match layout.offset_of(section.index) {
        Some(start) if whole || bytes == 0 => Ok((start as usize, bytes as usize / RECORD)),
        _ => Err(ParameterError::Section { bytes }),
    }
}

fn record<'word>(
    layout: &Layout<'_>,
    base: u64,
    image: &[u8],
    start: usize,
    index: usize,
) -> Result<Record, ParameterError<'word>> {
    let bad = |field, value| ParameterError::Record {
        index,
        field,
        value,
    };
    let bytes = image.get(start + index * RECORD..);
    let (bytes, _) = bytes
        .and_then(|bytes| bytes.split_first_chunk::<RECORD>())
        .ok_or(bad("place", start as u64))?;
    let word = |at: usize| {
        let eight = bytes[at..at + 8].iter();
        eight.fold(0u64, |value, &byte| value << 8 | u64::from(byte))
    };
    let (name, value, tag) = (word(0), word(8), word(16));
    let kind = u32::try_from(tag >> 32).ok().and_then(ParameterKind::of);
    let kind = kind.filter(|_| tag as u32 == 0);
    let kind = kind.ok_or(bad("kind", tag))?;
    let inside = |address: u64| {
        let offset = usize::try_from(address.checked_sub(base)?).ok()?;
        (offset < image.len()).then_some(offset)
    };
    let named = inside(name).filter(|&at| image[at..].contains(&0) && image[at] != 0);
    let written = inside(value).filter(|&at| {
        value.is_multiple_of(kind.bytes() as u64) && is_writable(layout, at as u64, kind)
    });
    Ok(Record {
        name: named.ok_or(bad("name", name))?,
        value: written.ok_or(bad("value", value))?,
        kind,
    })
}

fn is_writable(layout: &Layout<'_>, at: u64, kind: ParameterKind) -> bool {
    layout
        .regions()
        .iter()
        .any(|region| region.kind.is_writable() && region.contains(at + kind.bytes() as u64 - 1))
}

/// Whether a string that ends with NUL is this name.
fn is_named(text: &[u8], name: &str) -> bool {
    let same = |byte: u8| if byte == b'-' { b'_' } else { byte };
    let text = text.iter().take_while(|&&byte| byte != 0);
    text.map(|&byte| same(byte)).eq(name.bytes().map(same))
}

fn store<'word>(
    image: &mut [u8],
    record: &Record,
    name: &'word str,
    value: Option<&'word str>,
    keep: &mut dyn FnMut(&str) -> Option<u64>,
) -> Result<(), ParameterError<'word>> {
    let kind = record.kind;
    let bits = match (kind, value) {
        (ParameterKind::Bool, None) => 1,
        (_, None) => return Err(ParameterError::NoValue(name, kind)),
        (ParameterKind::Text, Some(value)) => keep(value).ok_or(ParameterError::OutOfMemory)?,
        (ParameterKind::Bool, Some(value)) => match value {
            "1" | "y" | "Y" | "on" | "true" => 1,
            "0" | "n" | "N" | "off" | "false" => 0,
            _ => return Err(ParameterError::Value { name, value, kind }),
        },
        (_, Some(value)) => {
            let number = number(value).ok_or(ParameterError::Value { name, value, kind })?;
            let (least, greatest) = kind.range();
            if number < least || number > greatest {
                return Err(ParameterError::Range { name, value, kind });
            }
            number as u64
        }
    };
    let bytes = kind.bytes();
    image[record.value..][..bytes].copy_from_slice(&bits.to_be_bytes()[8 - bytes..]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_are_underscores() {
        assert!(is_named(b"max_hits\0rest", "max-hits"));
        assert!(!is_named(b"max_hits\0", "max_hit"));
        assert!(!is_named(b"max_hit\0", "max_hits"));
    }

    fn stored(kind: ParameterKind, value: Option<&str>) -> Result<[u8; 8], ParameterError<'_>> {
        let mut image = [0xee; 8];
        let record = Record {
            name: 0,
            value: 0,
            kind,
        };
        store(&mut image, &record, "p", value, &mut |_| None)?;
        Ok(image)
    }

    #[test]
    fn limits_of_the_types() {
        let table = [
            (ParameterKind::Int, "2147483647", "2147483648"),
            (ParameterKind::Int, "-2147483648", "-2147483649"),
            (ParameterKind::UnsignedInt, "4294967295", "4294967296"),
            (ParameterKind::UnsignedInt, "0", "-1"),
            (
                ParameterKind::Long,
                "-9223372036854775808",
                "-9223372036854775809",
            ),
            (
                ParameterKind::UnsignedLong,
                "18446744073709551615",
                "18446744073709551616",
            ),
        ];
        for (kind, fits, too_far) in table {
            assert!(stored(kind, Some(fits)).is_ok(), "{kind} {fits}");
            let value = too_far;
            let range = ParameterError::Range {
                name: "p",
                value,
                kind,
            };
            assert_eq!(stored(kind, Some(too_far)), Err(range));
        }
    }

    #[test]
    fn only_the_variable_is_written() {
        let image = stored(ParameterKind::Int, Some("-2")).unwrap();
        assert_eq!(image, [0xff, 0xff, 0xff, 0xfe, 0xee, 0xee, 0xee, 0xee]);
        let image = stored(ParameterKind::Bool, None).unwrap();
        assert_eq!(image[..2], [1, 0xee]);
        let image = stored(ParameterKind::Bool, Some("n")).unwrap();
        assert_eq!(image[..2], [0, 0xee]);
    }

    #[test]
    fn what_is_no_value_is_refused() {
        let kind = ParameterKind::Bool;
        let value = "maybe";
        let refused = ParameterError::Value {
            name: "p",
            value,
            kind,
        };
        assert_eq!(stored(kind, Some(value)), Err(refused));
        let kind = ParameterKind::Int;
        assert_eq!(stored(kind, None), Err(ParameterError::NoValue("p", kind)));
        let out_of_memory = Err(ParameterError::OutOfMemory);
        assert_eq!(stored(ParameterKind::Text, Some("x")), out_of_memory);
    }
}
