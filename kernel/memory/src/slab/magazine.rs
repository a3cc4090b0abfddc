//! What a CPU keeps: a stack of free objects for each class.
//!
//! As in front of the per-CPU chunks (`kernel/percpu/src/magazine.rs`): an empty stack is
//! filled, and a full one emptied, by half of what it holds at most, under the class's lock
//! once. A size that is seldom asked for needs few: one object comes first, then two, four, and
//! so on.

use super::sizes::SIZES;
use alloc::vec::Vec;

/// Most objects of a class that a CPU keeps.
const OBJECTS: usize = 64;
/// Bytes of a class that a CPU keeps at most.
const BYTES: usize = 8 << 10;
/// All CPUs keep at most memory / this, of all classes.
const SHARE: usize = 64;

/// Objects of one class, by address.
#[derive(Debug)]
pub struct Stack {
    /// As many as there is room for, and no more.
    pub objects: Vec<usize>,
    batch: usize,
}

impl Stack {
    fn with_room(objects: usize) -> Option<Self> {
        Some(Self {
            objects: fallible::with_room(objects).ok()?,
            batch: 1,
        })
    }

    /// How many objects to take now: the first for who asks, the others to keep.
    pub fn next_batch(&mut self) -> usize {
        let now = self.batch;
        self.batch = (now * 2).min(half(self.objects.capacity()).max(1));
        now
    }

    /// Whether there is room for none more.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.objects.len() == self.objects.capacity()
    }

    /// How many of a full stack go back.
    pub fn surplus(&self) -> usize {
        half(self.objects.len())
    }

    /// Begins anew, with nothing.
    pub fn reset(&mut self) {
        self.objects.clear();
        self.batch = 1;
    }
}

fn half(count: usize) -> usize {
    count.div_ceil(2)
}

/// What a CPU keeps.
#[derive(Debug)]
pub struct Magazine {
    /// By class.
    pub stacks: [Stack; SIZES.len()],
}

impl Magazine {
    /// An empty one, of `cpus`, on a machine with `memory` bytes; `None` without memory.
    pub fn new(memory: usize, cpus: usize) -> Option<Self> {
        let bytes = (memory / SHARE / cpus.max(1) / SIZES.len()).min(BYTES);
        let mut stacks = SIZES.map(|size| Stack::with_room((bytes / size).min(OBJECTS)));
        if stacks.iter().any(Option::is_none) {
            return None;
        }
        let stacks = core::array::from_fn(|class| stacks[class].take().expect("looked at above"));
        Some(Self { stacks })
    }
}
