//! The image of a linked module, and its hash: what the kernel and the host tool
//! compare.
//!
//! ```text
//!  │ regions, in the order of their addresses │ per-CPU template │
//!  0                             Plan::size(), a page boundary
//! ```
//!
//! The hash is FNV-1a of 64 bits over all of it, padding included.

use core::hash::Hasher;
use fnv::FnvHasher;

/// The hash of what lies at the base and of the template, as `link` left them.
pub fn image_hash(image: &[u8], template: &[u8]) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(image);
    hasher.write(template);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_1a_as_published() {
        assert_eq!(image_hash(b"", b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(image_hash(b"a", b""), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(image_hash(b"foo", b"bar"), 0x8594_4171_f739_67e8);
        assert_eq!(image_hash(b"foobar", b""), image_hash(b"foo", b"bar"));
    }
}
