//! The image of a linked module, and its hash: what the kernel and the host tool
//! compare.
//!
//! ```text
//!  │ regions, in the order of their addresses │ per-CPU template │
//!  0                             Layout::size(), a page boundary
//! ```
//!
//! The hash is FNV-1a of 64 bits over all of it, padding included. A byte of zero does
//! nothing to FNV-1a but a multiplication, so a run of them is one with a power of the prime;
//! most of a small image is padding.

use core::hash::Hasher;
use fnv::FnvHasher;

const PRIME: u64 = 0x100_0000_01b3;

/// Bytes that are looked at together for being zero: one comparison.
const RUN: usize = 256;

/// The prime to the power of the bytes of a run, modulo 2^64.
const RUN_POWER: u64 = PRIME.wrapping_pow(RUN as u32);

/// The hash of what lies at the base and of the template, as `link` left them.
pub fn image_hash(image: &[u8], template: &[u8]) -> u64 {
    let start = FnvHasher::default().finish();
    hashed(hashed(start, image), template)
}

/// Hashes more bytes into a hash.
fn hashed(mut hash: u64, bytes: &[u8]) -> u64 {
    let (runs, rest) = bytes.as_chunks::<RUN>();
    for run in runs {
        hash = match *run == [0; RUN] {
            true => hash.wrapping_mul(RUN_POWER),
            false => run.as_chunks().0.iter().fold(hash, hashed_word),
        };
    }
    let (words, rest) = rest.as_chunks();
    let mut hasher = FnvHasher::with_key(words.iter().fold(hash, hashed_word));
    hasher.write(rest);
    hasher.finish()
}

fn hashed_word(hash: u64, word: &[u8; 8]) -> u64 {
    let word = u64::from_be_bytes(*word);
    let byte = |at: u32| (word >> (56 - 8 * at)) & 0xff;
    (0..8).fold(hash, |hash, at| (hash ^ byte(at)).wrapping_mul(PRIME))
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
        for run in [0, 1, 7, 8, 9, 16, 64, 100, 255, 256, 1000, 4096] {
            bytes.resize(bytes.len() + run, 0);
            bytes.push(run as u8 | 1);
        }
        let mut hasher = FnvHasher::default();
        hasher.write(&bytes);
        assert_eq!(image_hash(&bytes, b""), hasher.finish());
        assert_eq!(image_hash(&bytes[..13], &bytes[13..]), hasher.finish());
    }
}
