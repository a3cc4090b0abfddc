//! Slabs: objects of a few sizes, in blocks of frames, and lists of free ones for each CPU.
//!
//! ```text
//!   allocate ──► a CPU's magazine ◄── free          one stack of free objects a class
//!                  │ empty     ▲ full
//!                  ▼           │                    batches, under the class's lock
//!                class: partial slabs               a slab: 1 to 8 frames of one size
//!                  │           ▲
//!                  ▼           │
//!                page frames (`frames.rs`)          and for what is larger than 8 KiB
//! ```
//!
//! The design is Bonwick's (slabs, 1994; magazines, 2001). Book-keeping lies apart from the
//! objects (`descriptor.rs`), so nothing that their users write can change it; and it knows of
//! each object whether it is live, so what isn't is refused at the point of the free. Each call
//! takes a number of steps that the objects don't add to.
//!
//! | file | what |
//! |---|---|
//! | `backing.rs` | what slabs ask of the machine |
//! | `sizes.rs` | classes, and what a slab of each looks like |
//! | `descriptor.rs` | from an address to what is known of it |
//! | `class.rs` | the slabs of a class |
//! | `magazine.rs` | what a CPU keeps |
//! | `large.rs` | what is larger than any class's objects |
//!
//! A free object in a magazine isn't the class's and isn't live. A magazine's lock is tried
//! only, and who has it may take a class's. An interrupt handler that finds it taken goes to
//! the class.

mod backing;
mod class;
mod descriptor;
mod large;
mod magazine;
mod sizes;

use crate::PAGE_SIZE;
use alloc::vec::Vec;
use class::{Class, Object};
use descriptor::{Descriptor, Frames, Kind};
use lock_api::Mutex;
use magazine::{Magazine, Stack};
use sizes::{SHAPES, SIZES, class_of};

pub use backing::Backing;
pub use descriptor::Section;
pub use sizes::{LARGEST, size_for};

/// Most objects that go back under one hold of a class's lock: each may be the last of its
/// slab, whose frames go back with it.
const BATCH: usize = 16;

/// Why an address can't be freed; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLive {
    /// No object ever began there that is still known of.
    Foreign,
    /// It lies in an object that begins at `start`.
    Inside {
        /// The object's first byte.
        start: usize,
        /// Bytes of its class.
        bytes: usize,
    },
    /// It is an object that is free.
    Free {
        /// Bytes of its class.
        bytes: usize,
    },
}

/// What an address in use is.
#[derive(Clone, Copy, Debug)]
enum Found {
    Small {
        class: usize,
        object: Object,
    },
    Large {
        slab: &'static Descriptor,
        order: usize,
    },
}

/// What there is of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of an object.
    pub size: usize,
    /// Frames of a slab.
    pub frames: usize,
    /// Slabs.
    pub slabs: usize,
    /// Objects in these.
    pub objects: usize,
    /// Objects that are somebody's.
    pub live: usize,
    /// Objects in magazines.
    pub kept: usize,
}

/// What is larger than any class's objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LargeUsage {
    /// Blocks.
    pub blocks: usize,
    /// Frames of these.
    pub frames: usize,
}

/// All slabs, and the large blocks.
#[derive(Debug)]
pub struct Slabs<B: Backing> {
    backing: B,
    frames: Frames,
    classes: [Mutex<B::ClassLock, Class>; SIZES.len()],
    large: Mutex<B::ClassLock, LargeUsage>,
    by_cpu: Vec<Mutex<B::MagazineLock, Magazine>>,
}

impl<B: Backing> Slabs<B> {
    /// Without a slab, on a machine with so many frames and CPUs; `None` without memory.
    pub fn new(frames: usize, cpus: usize, backing: B) -> Option<Self> {
        let mut by_cpu = fallible::with_room(cpus).ok()?;
        for _ in 0..cpus {
            by_cpu.push(Mutex::new(Magazine::new(frames * PAGE_SIZE, cpus)?));
        }
        Some(Self {
            backing,
            frames: Frames::new(frames)?,
            classes: core::array::from_fn(|class| Mutex::new(Class::new(class))),
            large: Mutex::default(),
            by_cpu,
        })
    }

    /// An object of at least `bytes`, not 0, whatever is in it; its address is a multiple of
    /// the size of its class as far as that is one of a power of two. `None` if there is no
    /// memory. In any context.
    #[inline]
    pub fn allocate(&self, bytes: usize) -> Option<usize> {
        let Some(class) = class_of(bytes) else {
            return self.allocate_large(bytes);
        };
        let address = match self.magazine() {
            Some(mut magazine) => {
                let stack = &mut magazine.stacks[class];
                match stack.objects.pop() {
                    Some(address) => Some(address),
                    None => self.fill(class, stack),
                }
            }
            None => self.take_one(class),
        };
        let address = address.or_else(|| self.take_anywhere(class))?;
        self.mark_live(class, address);
        Some(address)
    }

    /// The running CPU's magazine, if it isn't taken.
    #[inline(always)]
    fn magazine(&self) -> Option<lock_api::MutexGuard<'_, B::MagazineLock, Magazine>> {
        self.by_cpu.get(self.backing.this_cpu())?.try_lock()
    }

    /// An object for who asks, and some for the stack.
    #[cold]
    fn fill(&self, class: usize, stack: &mut Stack) -> Option<usize> {
        let mut first = None;
        let count = stack.next_batch();
        let mut lock = self.classes[class].lock();
        lock.take(&self.frames, &self.backing, count, |object| match first {
            None => first = Some(object),
            Some(_) => stack.objects.push(object),
        });
        first
    }

    #[cold]
    fn take_one(&self, class: usize) -> Option<usize> {
        let mut one = None;
        let mut lock = self.classes[class].lock();
        lock.take(&self.frames, &self.backing, 1, |object| one = Some(object));
        one
    }

    /// An object, when there are no frames: of those that the magazines keep.
    #[cold]
    fn take_anywhere(&self, class: usize) -> Option<usize> {
        for magazine in &self.by_cpu {
            if let Some(mut magazine) = magazine.try_lock() {
                self.empty(&mut magazine);
            }
        }
        self.shrink_classes();
        self.take_one(class)
    }

    #[inline]
    fn mark_live(&self, class: usize, address: usize) {
        let Some(Found::Small { object, .. }) = self.find(address).ok() else {
            unreachable!("an object of class {class} at {address:#x} is known of");
        };
        object.slab.live.set(object.number);
    }

    /// What there is at an address, live or not.
    #[inline]
    fn find(&self, address: usize) -> Result<Found, NotLive> {
        let frame = address / PAGE_SIZE;
        let slab = self.frames.get(frame).ok_or(NotLive::Foreign)?;
        let (frame, slab, kind) = match slab.kind() {
            Kind::Interior(back) => {
                let first = frame - back;
                let slab = self.frames.get(first).ok_or(NotLive::Foreign)?;
                (first, slab, slab.kind())
            }
            kind => (frame, slab, kind),
        };
        let offset = address - frame * PAGE_SIZE;
        match kind {
            Kind::Slab(class) => {
                let shape = &SHAPES[class];
                let number = shape.object_at(offset);
                let object = Object {
                    frame,
                    number,
                    slab,
                };
                if number >= shape.objects {
                    return Err(NotLive::Foreign);
                }
                if number * shape.size != offset {
                    return Err(NotLive::Inside {
                        start: object.address(shape),
                        bytes: shape.size,
                    });
                }
                Ok(Found::Small { class, object })
            }
            Kind::Large(order) if offset == 0 => Ok(Found::Large { slab, order }),
            Kind::Large(order) => Err(NotLive::Inside {
                start: address - offset,
                bytes: PAGE_SIZE << order,
            }),
            Kind::None | Kind::Interior(_) => Err(NotLive::Foreign),
        }
    }

    /// Frees an object. In any context.
    ///
    /// # Errors
    /// If no live object begins there.
    #[inline]
    pub fn free(&self, address: usize) -> Result<(), NotLive> {
        match self.find(address)? {
            Found::Small { class, object } => {
                if !object.slab.live.clear(object.number) {
                    let bytes = SIZES[class];
                    return Err(NotLive::Free { bytes });
                }
                self.put(class, address, object);
                Ok(())
            }
            Found::Large { slab, order } => self.free_large(address, slab, order),
        }
    }

    #[inline]
    fn put(&self, class: usize, address: usize, object: Object) {
        if let Some(mut magazine) = self.magazine() {
            let stack = &mut magazine.stacks[class];
            if stack.is_full() {
                self.drain(class, stack, stack.surplus());
            }
            if !stack.is_full() {
                stack.objects.push(address);
                return;
            }
        }
        let mut lock = self.classes[class].lock();
        lock.give(&self.frames, &self.backing, core::iter::once(object));
    }

    /// Gives the oldest objects of a stack back, a few under one hold of the lock.
    #[cold]
    fn drain(&self, class: usize, stack: &mut Stack, count: usize) {
        let mut objects = stack.objects.drain(..count).peekable();
        while objects.peek().is_some() {
            let few = objects.by_ref().take(BATCH);
            let found = few.filter_map(|address| match self.find(address) {
                Ok(Found::Small { object, .. }) => Some(object),
                _ => None,
            });
            let mut lock = self.classes[class].lock();
            lock.give(&self.frames, &self.backing, found);
        }
    }

    fn empty(&self, magazine: &mut Magazine) {
        for (stack, class) in magazine.stacks.iter_mut().zip(0..) {
            self.drain(class, stack, stack.objects.len());
            stack.reset();
        }
    }

    /// Bytes that a live object has, at least as many as were asked for.
    ///
    /// # Errors
    /// If no live object begins there.
    pub fn size_of(&self, address: usize) -> Result<usize, NotLive> {
        match self.find(address)? {
            Found::Small { class, object } => match object.slab.live.has(object.number) {
                true => Ok(SIZES[class]),
                false => Err(NotLive::Free {
                    bytes: SIZES[class],
                }),
            },
            Found::Large { order, .. } => Ok(PAGE_SIZE << order),
        }
    }

    /// Gives back what is kept for the next allocation: what lies in magazines, and the slabs
    /// that are unused then. Not in interrupt handlers: it waits for who works on a magazine.
    pub fn shrink(&self) {
        for magazine in &self.by_cpu {
            self.empty(&mut magazine.lock());
        }
        self.shrink_classes();
    }

    /// Empties the magazine of one CPU, which has left. In the contexts of
    /// [`shrink`](Self::shrink).
    pub fn empty_magazine(&self, cpu: usize) {
        if let Some(magazine) = self.by_cpu.get(cpu) {
            self.empty(&mut magazine.lock());
        }
    }

    fn shrink_classes(&self) {
        for class in &self.classes {
            class.lock().shrink(&self.frames, &self.backing);
        }
    }

    /// What there is of each class. Waits as [`shrink`](Self::shrink) does.
    pub fn usage(&self) -> [Usage; SIZES.len()] {
        core::array::from_fn(|class| {
            let shape = &SHAPES[class];
            let kept = |magazine: &Mutex<B::MagazineLock, Magazine>| {
                magazine.lock().stacks[class].objects.len()
            };
            let kept = self.by_cpu.iter().map(kept).sum();
            let lock = self.classes[class].lock();
            Usage {
                size: shape.size,
                frames: 1 << shape.order,
                slabs: lock.slabs(),
                objects: lock.slabs() * shape.objects,
                // Objects move while it is counted.
                live: lock.given_out().saturating_sub(kept),
                kept,
            }
        })
    }

    /// The blocks that are larger than any class's objects.
    pub fn large(&self) -> LargeUsage {
        *self.large.lock()
    }

    /// Recounts all partial slabs; `false` if the book-keeping differs. For tests: a class's
    /// lock is held for as many steps as these have objects.
    pub fn verify(&self) -> bool {
        let mut classes = self.classes.iter();
        classes.all(|class| class.lock().verify(&self.frames))
    }
}

#[cfg(test)]
mod tests;
