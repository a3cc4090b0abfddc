//! Numbers as C writes them.

/// The value of a number: decimal, or hexadecimal behind `0x`, or octal behind `0`, each
/// with a sign or without; `None` for what is none.
pub(crate) fn number(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    // A second sign would be taken by the parser.
    if !digits.as_bytes().first()?.is_ascii_hexdigit() {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_c_writes_them() {
        let table = [
            ("0", 0),
            ("7", 7),
            ("-7", -7),
            ("+7", 7),
            ("0x1F", 31),
            ("-0x10", -16),
            ("017", 15),
            ("18446744073709551615", u64::MAX.into()),
        ];
        for (text, value) in table {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in [
            "", "-", "x", "0x", "08", "1 ", " 1", "--1", "+-1", "1k", "0x-1", "é",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
