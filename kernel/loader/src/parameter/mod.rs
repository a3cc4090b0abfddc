//! Module parameters: `name=value` words, written into a linked image.
//!
//! A module describes its parameters in section `__param` (`record.rs`). The values in the
//! file are the defaults; what is set here is set before any of the module's code runs, but
//! for what its own functions set, which are handed back to be called. Every record is
//! checked, also those that nobody sets. As in Linux `-` and `_` are the same in a name, a
//! bool without a value is true, and quotes around a value or a word are no part of it.

mod error;
mod kind;
mod number;
mod record;
mod section;

pub use error::ParameterError;
pub use kind::ParameterKind;
pub use record::Setter;

use crate::layout::Layout;
use alloc::vec::Vec;
use fallible::TryPush;
use record::{Record, Records, What};

/// A function that is to get a value:
/// `int set(const char *value, const struct kernel_param *parameter)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callback<'word> {
    /// The parameter's name, as it was given.
    pub name: &'word str,
    /// Its value, as it was given, without quotes.
    pub value: Option<&'word str>,
    /// The function.
    pub set: Setter,
    /// Address of the value, which `keep` has returned; 0 for none.
    pub text: u64,
    /// Address of the parameter's struct, in the module.
    pub parameter: u64,
}

/// Checks all records and carries out `words`, in order, on an image that `link`
/// has filled for `base`; none of the module's code may have run. Returns the module's own
/// functions that are still to be called, in order.
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
) -> Result<Vec<Callback<'word>>, ParameterError<'word>> {
    let records = Records::of(layout, base)?;
    if let Some(records) = &records {
        for index in 0..records.count {
            records.get(image, index)?;
        }
    }
    let mut callbacks = Vec::new();
    for word in words {
        let (name, value) = parts(word);
        let all = records.iter().flat_map(|records| {
            (0..records.count).filter_map(|index| records.get(image, index).ok())
        });
        let found = { all }.find(|record| is_named(&image[record.name..], name));
        let record = found.ok_or(ParameterError::Unknown(name))?;
        if let Some(callback) = store(image, &record, name, value, keep)? {
            let pushed = callbacks.try_push(callback);
            pushed.map_err(|_| ParameterError::OutOfMemory)?;
        }
    }
    Ok(callbacks)
}

/// The name of a word, and what stands behind its `=`, both without quotes.
fn parts(word: &str) -> (&str, Option<&str>) {
    let unquoted = |text| {
        let inner = str::strip_prefix(text, '"');
        inner.map_or(text, |inner| inner.strip_suffix('"').unwrap_or(inner))
    };
    let word = unquoted(word);
    match word.split_once('=') {
        Some((name, value)) => (name, Some(unquoted(value))),
        None => (word, None),
    }
}

/// Whether a string that ends with NUL is this name.
fn is_named(text: &[u8], name: &str) -> bool {
    let same = |byte: u8| if byte == b'-' { b'_' } else { byte };
    let text = text.iter().take_while(|&&byte| byte != 0);
    text.map(|&byte| same(byte)).eq(name.bytes().map(same))
}

/// Writes what a word sets; returns what is to be called for it.
fn store<'word>(
    image: &mut [u8],
    record: &Record,
    name: &'word str,
    value: Option<&'word str>,
    keep: &mut dyn FnMut(&str) -> Option<u64>,
) -> Result<Option<Callback<'word>>, ParameterError<'word>> {
    let needed = || value.ok_or(ParameterError::NoText(name));
    match record.what {
        What::Variable(kind, at) => {
            let bits = kind.bits(value, keep);
            let bits = bits.map_err(|bad| ParameterError::of(bad, name, value, kind))?;
            write(image, at, kind.bytes(), bits);
        }
        What::Array {
            kind,
            start,
            most,
            count,
        } => {
            let mut set = 0;
            for element in needed()?.split(',') {
                if set == most {
                    return Err(ParameterError::TooMany { name, most });
                }
                let element = Some(element);
                let bits = kind.bits(element, keep);
                let bits = bits.map_err(|bad| ParameterError::of(bad, name, element, kind))?;
                write(image, start + set * kind.bytes(), kind.bytes(), bits);
                set += 1;
            }
            if let Some(count) = count {
                write(image, count, 4, set as u64);
            }
        }
        What::Text { start, bytes } => {
            let value = needed()?;
            if value.len() >= bytes {
                return Err(ParameterError::TooLong { name, bytes });
            }
            image[start..][..value.len()].copy_from_slice(value.as_bytes());
            image[start + value.len()] = 0;
        }
        What::ReadOnly => return Err(ParameterError::ReadOnly(name)),
        What::Function {
            set,
            parameter,
            may_be_none,
        } => {
            let text = match value {
                None if may_be_none => 0,
                _ => keep(needed()?).ok_or(ParameterError::OutOfMemory)?,
            };
            return Ok(Some(Callback {
                name,
                value,
                set,
                text,
                parameter,
            }));
        }
    }
    Ok(None)
}

/// Writes a number's last bytes.
fn write(image: &mut [u8], at: usize, bytes: usize, number: u64) {
    image[at..][..bytes].copy_from_slice(&number.to_be_bytes()[8 - bytes..]);
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
        let what = What::Variable(kind, 0);
        let record = Record { name: 0, what };
        store(&mut image, &record, "p", value, &mut |_| None)?;
        Ok(image)
    }

    #[test]
    fn limits_of_the_types() {
        let table = [
            (ParameterKind::Int, "2147483647", "2147483648"),
            (ParameterKind::Int, "-2147483648", "-2147483649"),
            (ParameterKind::UnsignedInt, "4294967295", "4294967296"),
            (ParameterKind::Hexadecimal, "0xffffffff", "0x100000000"),
            (ParameterKind::Short, "32767", "32768"),
            (ParameterKind::Short, "-32768", "-32769"),
            (ParameterKind::UnsignedShort, "65535", "65536"),
            (ParameterKind::Byte, "255", "256"),
            (ParameterKind::Byte, "0", "-1"),
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
    fn yes_and_no_by_their_first_letters() {
        let table = [
            ("yes", 1),
            ("No", 0),
            ("Off", 0),
            ("on", 1),
            ("true", 1),
            ("0", 0),
        ];
        for (text, byte) in table {
            let image = stored(ParameterKind::Bool, Some(text)).unwrap();
            assert_eq!(image[0], byte, "{text}");
            let image = stored(ParameterKind::InvertedBool, Some(text)).unwrap();
            assert_eq!(image[0], 1 - byte, "{text}");
            let image = stored(ParameterKind::BoolInt, Some(text)).unwrap();
            assert_eq!(image[..4], [0, 0, 0, byte], "{text}");
        }
        assert!(stored(ParameterKind::Bool, Some("o")).is_err());
        assert!(stored(ParameterKind::InvertedBool, None).is_err());
    }

    #[test]
    fn quotes_are_no_part_of_a_value() {
        assert_eq!(parts("s=a"), ("s", Some("a")));
        assert_eq!(parts("s=\"a b\""), ("s", Some("a b")));
        assert_eq!(parts("\"s=a b\""), ("s", Some("a b")));
        assert_eq!(parts("s=\"a b"), ("s", Some("a b")));
        assert_eq!(parts("s=a\"b\""), ("s", Some("a\"b\"")));
        assert_eq!(parts("s"), ("s", None));
    }

    #[test]
    fn elements_up_to_the_last() {
        let record = Record {
            name: 0,
            what: What::Array {
                kind: ParameterKind::Short,
                start: 0,
                most: 2,
                count: Some(4),
            },
        };
        let set = |value| {
            let mut image = [0xee; 8];
            let stored = store(&mut image, &record, "p", Some(value), &mut |_| None);
            stored.map(|_| image)
        };
        assert_eq!(set("-1,2").unwrap(), [0xff, 0xff, 0, 2, 0, 0, 0, 2]);
        assert_eq!(set("7").unwrap(), [0, 7, 0xee, 0xee, 0, 0, 0, 1]);
        let too_many = ParameterError::TooMany { name: "p", most: 2 };
        assert_eq!(set("1,2,3"), Err(too_many));
        assert!(set("1,").is_err() && set("").is_err());
    }

    #[test]
    fn a_text_and_its_nul() {
        let what = What::Text { start: 1, bytes: 3 };
        let record = Record { name: 0, what };
        let set = |value| {
            let mut image = [0xee; 5];
            let stored = store(&mut image, &record, "p", Some(value), &mut |_| None);
            stored.map(|_| image)
        };
        assert_eq!(set("ab").unwrap(), [0xee, b'a', b'b', 0, 0xee]);
        let too_long = ParameterError::TooLong {
            name: "p",
            bytes: 3,
        };
        assert_eq!(set("abc"), Err(too_long));
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
