//! Sizes of objects, and how many of them a slab has.

use crate::PAGE_SIZE;
use crate::frames::order_of;

/// Bytes of the objects of each class: those of Linux's kmalloc caches, from 16 on.
pub const SIZES: [usize; 12] = [16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192];

/// Bytes of the largest object in a slab; what is larger has frames of its own.
pub const LARGEST: usize = SIZES[SIZES.len() - 1];

/// Most objects of a slab.
pub const MOST_OBJECTS: usize = 256;

/// Fewest objects of a slab, as long as [`LARGEST_ORDER`] allows.
const FEW_OBJECTS: usize = 16;

/// Slabs are at most 2^this frames: 32 KiB, as Linux's.
const LARGEST_ORDER: usize = 3;

/// Step of the table below; sizes up to its end are multiples of it.
const STEP: usize = 16;

/// The class of sizes up to 192, by their number of steps, rounded up.
const BY_STEPS: [u8; 192 / STEP + 1] = {
    let mut classes = [0; 192 / STEP + 1];
    let mut steps = 0;
    while steps < classes.len() {
        let mut class = 0;
        while SIZES[class] < steps * STEP {
            class += 1;
        }
        classes[steps] = class as u8;
        steps += 1;
    }
    classes
};

/// The class whose objects have at least `bytes`; `None` if no class's have.
#[inline]
pub fn class_of(bytes: usize) -> Option<usize> {
    match BY_STEPS.get(bytes.div_ceil(STEP)) {
        Some(&class) => Some(usize::from(class)),
        // The classes beyond the table are powers of two.
        None if bytes <= LARGEST => {
            let first = SIZES.len() - (LARGEST / 256).ilog2() as usize - 1;
            Some(first + (bytes - 1).ilog2() as usize - 7)
        }
        None => None,
    }
}

/// Bytes that an object has for which so many, not 0, are asked.
pub fn size_for(bytes: usize) -> usize {
    match class_of(bytes) {
        Some(class) => SIZES[class],
        None => PAGE_SIZE << order_of(bytes),
    }
}

/// What a slab of one class looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Bytes of an object.
    pub size: usize,
    /// It has 2^this frames.
    pub order: usize,
    /// Objects in it.
    pub objects: usize,
    /// 2^32 / size, rounded up: what replaces a division.
    reciprocal: usize,
}

/// By class.
pub const SHAPES: [Shape; SIZES.len()] = {
    let mut shapes = [shape(SIZES[0]); SIZES.len()];
    let mut class = 0;
    while class < SIZES.len() {
        shapes[class] = shape(SIZES[class]);
        class += 1;
    }
    shapes
};

const fn shape(size: usize) -> Shape {
    let mut order = 0;
    while order < LARGEST_ORDER && (PAGE_SIZE << order) / size < FEW_OBJECTS {
        order += 1;
    }
    let objects = (PAGE_SIZE << order) / size;
    assert!(objects <= MOST_OBJECTS);
    Shape {
        size,
        order,
        objects,
        reciprocal: (1_usize << 32).div_ceil(size),
    }
}

impl Shape {
    /// The number of the object that the byte at `offset` of a slab is in; what is behind
    /// the last object counts as one more.
    #[inline]
    pub fn object_at(&self, offset: usize) -> usize {
        (offset * self.reciprocal) >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_size_is_the_smallest_that_holds_it() {
        for bytes in 0..=LARGEST {
            let smallest = SIZES.iter().position(|&size| size >= bytes);
            assert_eq!(class_of(bytes), smallest, "{bytes} bytes");
        }
        assert_eq!(class_of(LARGEST + 1), None);
        assert_eq!(class_of(usize::MAX), None);
    }

    #[test]
    fn the_reciprocal_divides() {
        for shape in SHAPES {
            for offset in 0..PAGE_SIZE << shape.order {
                assert_eq!(shape.object_at(offset), offset / shape.size);
            }
        }
    }

    #[test]
    fn a_size_that_is_a_power_of_two_is_its_own_alignment() {
        for shape in SHAPES {
            assert!((PAGE_SIZE << shape.order).is_multiple_of(1 << shape.size.trailing_zeros()));
            assert!(shape.objects >= 4);
        }
    }
}
