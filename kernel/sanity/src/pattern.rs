//! Which bytes are where, and how they are distinguished.
//!
//! Each is the same byte over and over, so a pointer that is read from there is a number
//! that shows whence it is; none is the address of anything (the first table's index alone
//! is beyond what translation reaches).

/// In a red zone.
pub const RED_ZONE: u8 = 0xbb;
/// Where nothing has been written since the allocation.
pub const UNINITIALISED: u8 = 0xa5;
/// In what has been freed.
pub const FREED: u8 = 0x6b;

/// What differs from a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where the first byte is that differs, from the beginning of what was compared.
    pub first: usize,
    /// Where the last is.
    pub last: usize,
    /// What the first is instead.
    pub value: u8,
}

/// The first and the last of the bytes that differ from a pattern.
pub fn damage(bytes: &[u8], pattern: u8) -> Option<Damage> {
    let word = u64::from_ne_bytes([pattern; 8]);
    let (words, _) = bytes.as_chunks::<8>();
    // Nearly always all are equal: by words, up to the first that isn't.
    let equal = words
        .iter()
        .take_while(|it| u64::from_ne_bytes(**it) == word);
    let equal = equal.count() * 8;
    let differs = |&byte: &u8| byte != pattern;
    let first = equal + bytes.get(equal..)?.iter().position(differs)?;
    let last = bytes.iter().rposition(differs)?;
    Some(Damage {
        first,
        last,
        value: *bytes.get(first)?,
    })
}

/// How far from a pattern's own number a pointer into an object that was read may be.
const REACH: u64 = 1 << 20;

/// What an address was read from, if it is one of the patterns, or a field's offset from it.
pub fn explain(address: u64) -> Option<&'static str> {
    let near = |pattern: u8| {
        let value = u64::from_ne_bytes([pattern; 8]);
        // A program check names the page alone.
        address.wrapping_sub(value & !0xfff).wrapping_add(REACH) < 2 * REACH
    };
    [
        (FREED, "a pointer that was read from freed memory"),
        (
            UNINITIALISED,
            "a pointer that was read from memory before anything was written there",
        ),
        (
            RED_ZONE,
            "a pointer that was read from beyond the end of a block",
        ),
    ]
    .into_iter()
    .find_map(|(pattern, what)| near(pattern).then_some(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_counts() {
        for length in 0..40 {
            let clean = std::vec![RED_ZONE; length];
            assert_eq!(damage(&clean, RED_ZONE), None);
            for at in 0..length {
                for end in at..length {
                    let mut bytes = clean.clone();
                    bytes[at] = 1;
                    bytes[end] = 2;
                    let found = damage(&bytes, RED_ZONE).unwrap();
                    assert_eq!((found.first, found.last), (at, end));
                    assert_eq!(found.value, bytes[at]);
                }
            }
        }
    }

    #[test]
    fn pointers_name_their_origin() {
        let freed = u64::from_ne_bytes([FREED; 8]);
        for address in [freed, freed + 8, freed - 64, freed & !0xfff, freed + 4096] {
            assert!(explain(address).unwrap().contains("freed"), "{address:#x}");
        }
        let new = u64::from_ne_bytes([UNINITIALISED; 8]);
        assert!(explain(new).unwrap().contains("before"));
        for address in [0, 0x1000, 0x200_0000_0000, u64::MAX, freed >> 8] {
            assert_eq!(explain(address), None);
        }
    }
}
