//! The image of a linked module, and its hash: what the kernel and the host tool
//! compare.
//!
//! ```text
//!  │ regions, in the order of their addresses │ per-CPU template │
//!  0                             Layout::size(), a page boundary
//! ```
//!
//! The hash is FNV-1a of 64 bits over all of it, padding included. A byte of zero does
//! nothing to FNV-1a but a multiplication, so eight of them are one with the eighth power;
//! most of a small image is padding.

use core::hash::Hasher;
use fnv::FnvHasher;

const PRIME: u64 = 0x100_0000_01b3;
/// The eighth power of the prime, modulo 2^64.
const EIGHT: u64 = {
    let two = PRIME.wrapping_mul(PRIME);
    let four = two.wrapping_mul(two);
    four.wrapping_mul(four)
};

/// The hash of what lies at the base and of the template, as `link` left them.
pub fn image_hash(image: &[u8], template: &[u8]) -> u64 {
    let start = FnvHasher::default().finish();
    hashed(hashed(start, image), template)
}

/// Hashes more bytes into a hash.
fn hashed(mut hash: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = match u64::from_ne_bytes(*word) {
            0 => hash.wrapping_mul(EIGHT),
            _ => continued(hash, word),
        };
    }
    continued(hash, rest)
}

fn continued(hash: u64, bytes: &[u8]) -> u64 {
    let mut hasher = FnvHasher::with_key(hash);
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn fnv_1a_as_published() {
        assert_eq!(image_hash(b"", b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(image_hash(b"a", b""), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(image_hash(b"foo", b"bar"), 0x8594_4171_f739_67e8);
        assert_eq!(image_hash(b"foobar", b""), image_hash(b"foo", b"bar"));
    }

    #[test]
    fn zeroes_in_eights_hash_as_one_by_one() {
        let mut bytes = Vec::new();
        for run in [0, 1, 7, 8, 9, 16, 64, 100, 4096] {
            bytes.resize(bytes.len() + run, 0);
            bytes.push(run as u8 | 1);
        }
        let mut hasher = FnvHasher::default();
        hasher.write(&bytes);
        assert_eq!(image_hash(&bytes, b""), hasher.finish());
        assert_eq!(image_hash(&bytes[..13], &bytes[13..]), hasher.finish());
    }
}
