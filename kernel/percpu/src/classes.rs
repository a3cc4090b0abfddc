//! Size classes: the sizes of the areas that magazines keep.
//!
//! ```text
//!   bytes     4  8  12  16 ..  128 │ 144 160 .. 256 │ 288 320 .. 512 │ 576 640 .. 1024
//!   class     1  2   3   4 ..   32 │  33  34 ..  40 │  41  42 ..  48 │  49  50 ..   56
//!             each size of its own │ eight to each power of two: large
//! ```
//!
//! With a class of its own for each of 256 sizes, a magazine would seldom have the one that is
//! asked for. So larger areas are rounded up to a class, by less than an eighth of their size, or
//! two, where a magazine has one of the next class alone. Areas of a class lie side by side, so
//! each is aligned to what its size is a multiple of: 16 bytes and more, if it is large. A request
//! that asks for more is rounded up to a multiple of its alignment first; which makes it a class of
//! that alignment.

use crate::limits::GRANULE;

/// Largest class of one size, and the size itself, in granules.
pub const SMALL: usize = 32;
/// Granules of the largest class.
const LARGEST: usize = 256;
/// Bytes of the strictest alignment for which a request is rounded up.
const ALIGN: usize = 64;
/// log2 of the classes in a power of two, of large ones.
const SECOND_LEVEL: u32 = 3;
/// Classes; nothing has class 0.
pub const CLASSES: usize = SMALL + 1 + ((LARGEST / SMALL).ilog2() << SECOND_LEVEL) as usize;

/// Granules of each class.
pub const GRANULES: [u32; CLASSES] = {
    let mut sizes = [0; CLASSES];
    let mut class = 1;
    while class < CLASSES {
        sizes[class] = if class <= SMALL {
            class as u32
        } else {
            let large = (class - SMALL - 1) as u32;
            let step = SMALL.ilog2() + (large >> SECOND_LEVEL) - SECOND_LEVEL;
            ((1 << SECOND_LEVEL) + large % (1 << SECOND_LEVEL) + 1) << step
        };
        class += 1;
    }
    sizes
};

/// The class that each number of granules is rounded up to.
const CLASS: [u8; LARGEST + 1] = {
    let mut classes = [0; LARGEST + 1];
    let (mut granules, mut class) = (1, 1);
    while granules <= LARGEST {
        if granules > GRANULES[class] as usize {
            class += 1;
        }
        classes[granules] = class as u8;
        granules += 1;
    }
    classes
};

// The largest class is the last, and a class fits in 7 bits of a mark.
const _: () = assert!(GRANULES[CLASSES - 1] == LARGEST as u32 && CLASSES <= 1 << 7);
// A multiple of the alignment is rounded up to one.
const _: () = {
    let mut granules = 0;
    while granules <= LARGEST {
        let class = GRANULES[CLASS[granules] as usize];
        assert!(
            alignment(class).trailing_zeros() >= {
                let asked = granules.trailing_zeros();
                let most = (ALIGN / GRANULE).trailing_zeros();
                if asked < most { asked } else { most }
            }
        );
        granules += 1;
    }
};

/// The class for a request in bytes, and the bytes of its areas; 0 for nothing, or for more
/// bytes than there are. `None` if no class will do.
#[inline(always)]
pub fn class_for(size: usize, align: usize) -> Option<(usize, usize)> {
    let below = align.wrapping_sub(1);
    if below >= ALIGN || align & below != 0 {
        return None;
    }
    let below = below | (GRANULE - 1);
    let bytes = size.wrapping_add(below) & !below;
    let granules = bytes / GRANULE;
    if granules <= SMALL {
        return Some((granules, bytes));
    }
    let class = *CLASS.get(granules)? as usize;
    Some((class, *GRANULES.get(class)? as usize * GRANULE))
}

/// The class of areas of just this size.
pub fn class_of(granules: u32) -> Option<usize> {
    let class = *CLASS.get(granules as usize)? as usize;
    (GRANULES[class] == granules && class > 0).then_some(class)
}

/// The alignment, in granules, that areas of this size have side by side.
pub const fn alignment(granules: u32) -> u32 {
    granules & granules.wrapping_neg()
}
