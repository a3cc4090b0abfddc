//! Marks: whether a small area is somebody's, known without the *areas* lock.
//!
//! A magazine (`magazine.rs`) takes areas in and hands them out without that lock, and yet
//! a second free of an area must be refused. So each granule of a chunk has a byte:
//!
//! ```text
//!   granule   0    1    2    3    4    5    6    7
//!           [live, 2 ][in a   ][live, 4           ]
//!                     [magazine]
//!   marks     02   FF   FF   FF   04   FF   FF   FF
//! ```
//!
//! It has the class (`classes.rs`) of the live area that begins there, if that is of a size that
//! magazines keep; else its leftmost bit is one. Who frees the area sets all bits and learns, in
//! the same atomic step, whether the leftmost was one already: of two frees one comes first.
//!
//! The bytes are for all chunks that ever have a number: those of a chunk that was released
//! are its successor's. So nobody needs a lock to know that they are there; they are a
//! quarter of one unit.

use crate::limits::{AREA_GRANULES, GRANULE, MAX_CHUNKS};
use crate::request::Area;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU8, Ordering};
use heap::boxed::Box;
use heap::vec::Vec;
use spin::Once;

/// No live area of a magazine's size begins here.
const UNMARKED: u8 = u8::MAX;

/// A byte that CPUs share: an [`AtomicU8`], or what the machine or a test's scheduler has.
pub trait Mark: Send + Sync {
    /// A byte of this value.
    fn new(value: u8) -> Self;

    /// Reads it.
    fn load(&self) -> u8;

    /// Writes it.
    fn store(&self, value: u8);

    /// Sets all its bits; whether the leftmost was one before. One atomic step.
    fn test_and_set(&self) -> bool;
}

impl Mark for AtomicU8 {
    fn new(value: u8) -> Self {
        AtomicU8::new(value)
    }

    fn load(&self) -> u8 {
        AtomicU8::load(self, Ordering::Relaxed)
    }

    fn store(&self, value: u8) {
        AtomicU8::store(self, value, Ordering::Relaxed);
    }

    fn test_and_set(&self) -> bool {
        self.swap(u8::MAX, Ordering::Relaxed) >> 7 != 0
    }
}

/// The marks of all chunks.
#[derive(Debug)]
pub struct Marks<M>(Vec<Once<Box<[M]>>>);

impl<M: Mark> Marks<M> {
    /// For chunks numbered below `count`, none of which has any yet; `None` without memory.
    pub fn new(count: usize) -> Option<Self> {
        const { assert!(MAX_CHUNKS <= u32::MAX as usize && AREA_GRANULES > UNMARKED as u32) };
        Some(Self(fallible::defaults(count.min(MAX_CHUNKS)).ok()?))
    }

    /// Makes the marks of a chunk whose unit has `bytes`, if its number has none yet; `None`
    /// without memory.
    pub fn prepare(&self, chunk: usize, bytes: usize) -> Option<()> {
        let made = self.0.get(chunk)?.try_call_once(|| {
            let marks = fallible::filled_with(bytes / GRANULE, || M::new(UNMARKED));
            marks.map(Vec::into_boxed_slice)
        });
        made.is_ok().then_some(())
    }

    /// Bytes of all that were made.
    pub fn bytes(&self) -> usize {
        let made = self.0.iter().filter_map(Once::get);
        made.map(|marks| size_of_val::<[M]>(marks)).sum()
    }

    /// The mark of a granule; `None` if its chunk has none.
    #[inline(always)]
    pub fn at(&self, area: Area) -> Option<Place<M>> {
        let mark = self.0.get(area.chunk)?.get()?.get(area.granule as usize)?;
        Some(Place::of(mark))
    }

    /// The marks of so many granules, from the first of an area on.
    pub fn run(&self, first: Area, granules: usize) -> Option<&[M]> {
        let start = first.granule as usize;
        self.0.get(first.chunk)?.get()?.get(start..start + granules)
    }
}

/// Where a granule's mark is: for who frees an area, and who allocates it again.
#[derive(Debug)]
pub struct Place<M>(NonNull<M>);

impl<M> Clone for Place<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Place<M> {}

#[expect(unsafe_code, reason = "a reference to a mark, which all CPUs may have")]
// SAFETY: P14: it stands for a shared reference to a mark, which is `Sync`.
unsafe impl<M: Mark> Send for Place<M> {}

impl<M: Mark> Place<M> {
    /// The place of one of the allocator's marks.
    #[inline(always)]
    pub fn of(mark: &M) -> Self {
        Self(NonNull::from(mark))
    }

    #[inline(always)]
    fn mark(&self) -> &M {
        #[expect(unsafe_code, reason = "marks stay")]
        // SAFETY: P14: marks stay where they are for as long as a magazine, or a call of the
        // allocator, has this.
        unsafe {
            self.0.as_ref()
        }
    }

    /// Class of the marked area that begins here.
    #[inline(always)]
    pub fn live(&self) -> Option<usize> {
        let mark = self.mark().load();
        (mark >> 7 == 0).then_some(mark.into())
    }

    /// Marks an area of this class that is about to be somebody's.
    #[inline(always)]
    pub fn set(&self, class: usize) {
        self.mark().store(class as u8);
    }

    /// Takes the mark off; false if there was none: somebody else has taken it.
    #[inline(always)]
    pub fn claim(&self) -> bool {
        !self.mark().test_and_set()
    }
}
