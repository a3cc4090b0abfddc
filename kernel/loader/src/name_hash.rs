//! A hash of names, eight bytes at a time, with the search for the name's end in the same loop:
//! a module of 100,000 exports has as many to find and to hash.

/// Odd, and without a pattern: the golden ratio's bits.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

fn step(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR)
}

fn finish(hash: u64) -> u32 {
    ((hash ^ (hash >> 32)).wrapping_mul(FACTOR) >> 32) as u32
}

/// The hash of a name. A table's bucket is best taken from its high bits.
pub fn name_hash(name: &str) -> u32 {
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let hash = words
        .iter()
        .fold(0, |hash, word| step(hash, u64::from_be_bytes(*word)));
    let last = match name.as_bytes().last_chunk() {
        // The bytes that are in no word are among the last eight.
        Some(last) if !rest.is_empty() => u64::from_be_bytes(*last) << (64 - 8 * rest.len()),
        _ => last_word(rest),
    };
    finish(step(hash, last))
}

/// Fewer than eight bytes as a word, with zeros behind them.
#[cold]
fn last_word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(word)
}

/// Bytes of the name that these begin with, up to its NUL, and its hash; `None` without a NUL.
#[inline(always)]
pub(crate) fn hash_until_nul(bytes: &[u8]) -> Option<(usize, u32)> {
    let mut rest = bytes;
    let mut hash = 0;
    loop {
        let (word, is_last) = match rest.first_chunk() {
            Some(word) => (u64::from_be_bytes(*word), false),
            None => (last_word(rest), true),
        };
        // Is one of the bytes zero? Those that are below 0x80, and become it by taking one away.
        if word.wrapping_sub(0x0101_0101_0101_0101) & !word & HIGH != 0 {
            let before = leading_bytes(word);
            let name = word & !(u64::MAX >> (8 * before));
            let length = bytes.len() - rest.len() + before;
            let is_there = length < bytes.len();
            return is_there.then(|| (length, finish(step(hash, name))));
        }
        if is_last {
            return None;
        }
        hash = step(hash, word);
        rest = &rest[8..];
    }
}

/// How many bytes of a word come before the first that is zero, of which there is one. Without
/// carries from byte to byte, which the shorter way has.
fn leading_bytes(word: u64) -> usize {
    let low = !HIGH;
    let zeros = !(((word & low) + low) | word | low);
    zeros.leading_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_name_in_a_table_has_the_hash_of_the_name() {
        for name in [
            "",
            "a",
            "seven__",
            "eight___",
            "nine_____",
            "sixteen_bytes___",
            "ä\u{1}\u{7f}",
        ] {
            for behind in [&b"\0"[..], b"\0\x01\0 and others", b"\0\xff\0"] {
                let mut table = name.as_bytes().to_vec();
                table.extend_from_slice(behind);
                let found = hash_until_nul(&table);
                assert_eq!(found, Some((name.len(), name_hash(name))), "{name}");
            }
        }
    }

    #[test]
    fn without_a_nul_there_is_no_name() {
        for bytes in [&b""[..], b"abc", b"eight___", b"eleven_____"] {
            assert_eq!(hash_until_nul(bytes), None);
        }
    }

    /// A byte of 1 before the NUL, which a carry would take for another NUL.
    #[test]
    fn a_one_is_no_end() {
        assert_eq!(hash_until_nul(b"\x01\x01\x01\0").map(|it| it.0), Some(3));
        assert_eq!(hash_until_nul(b"\x80\x01\0").map(|it| it.0), Some(2));
    }

    /// Names as generators make them spread over the buckets as random numbers would: 0.63 of
    /// as many buckets are hit.
    #[test]
    fn numbered_names_spread() {
        for name in [
            |n| format!("exported_{n}_of_65536"),
            |n| format!("{n:08}"),
            |n| format!("f{n}"),
        ] {
            let buckets: HashSet<u32> = (0..65536).map(|n| name_hash(&name(n)) >> 16).collect();
            assert!(buckets.len() > 40_000, "{}: {}", name(1), buckets.len());
        }
    }
}
