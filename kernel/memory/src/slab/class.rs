//! The slabs of one class, behind its lock.
//!
//! ```text
//!   partial ─► slab ◄─► slab ◄─► slab      each with an object that is the class's;
//!                                          full ones are in no list
//! ```
//!
//! Objects come and go in batches, and each batch a lock. A slab all of whose objects have come
//! back is given back, but for one that is kept for what comes next.
//!
//! Invariants (checked by [`Class::verify`]): the list has the slabs with `free_count` above 0,
//! which is the number of bits set in `free`; an object whose bit there is set isn't live.

use super::backing::Backing;
use super::descriptor::{Descriptor, Frames, Kind};
use super::sizes::{SHAPES, Shape};
use crate::PAGE_SIZE;
use core::sync::atomic::Ordering::Relaxed;

/// No frame.
const NONE: u32 = u32::MAX;

/// A place in a slab.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// The slab's first frame.
    pub frame: usize,
    /// Its number in the slab.
    pub number: usize,
    /// What is known of the slab.
    pub slab: &'static Descriptor,
}

impl Object {
    /// Its first byte.
    pub fn address(&self, shape: &Shape) -> usize {
        self.frame * PAGE_SIZE + self.number * shape.size
    }
}

/// The slabs of a class.
#[derive(Debug)]
pub struct Class {
    class: usize,
    /// First frame of the first partial slab.
    partial: u32,
    /// Slabs.
    slabs: usize,
    /// First frame of the one slab all of whose objects are here, if there is one.
    unused: u32,
    /// Objects that are here.
    free: usize,
}

impl Class {
    /// Without a slab.
    pub fn new(class: usize) -> Self {
        Self {
            class,
            partial: NONE,
            slabs: 0,
            unused: NONE,
            free: 0,
        }
    }

    fn shape(&self) -> &'static Shape {
        &SHAPES[self.class]
    }

    /// Slabs that there are.
    pub fn slabs(&self) -> usize {
        self.slabs
    }

    /// Objects that somebody else has: their users, or magazines.
    pub fn given_out(&self) -> usize {
        self.slabs * self.shape().objects - self.free
    }

    /// Takes up to `count` objects, from a new slab if need be; hands each to `object`. Fewer
    /// than `count` only if there are none in the slabs at hand.
    pub fn take(
        &mut self,
        frames: &Frames,
        backing: &impl Backing,
        count: usize,
        mut object: impl FnMut(usize),
    ) {
        if self.partial == NONE && self.grow(frames, backing).is_none() {
            return;
        }
        let shape = self.shape();
        let mut left = count;
        while left > 0 && self.partial != NONE {
            let frame = self.partial as usize;
            let slab = listed(frames, self.partial);
            let before = slab.free_count.load(Relaxed) as usize;
            if self.unused == self.partial {
                self.unused = NONE;
            }
            let taken = before.min(left);
            for _ in 0..taken {
                let number = slab.free.take_first().expect("as many bits as are counted");
                object(frame * PAGE_SIZE + number * shape.size);
            }
            slab.free_count.store((before - taken) as u32, Relaxed);
            if taken == before {
                self.unlink(frames, slab);
            }
            self.free -= taken;
            left -= taken;
        }
    }

    /// Makes a slab.
    fn grow(&mut self, frames: &Frames, backing: &impl Backing) -> Option<()> {
        let shape = self.shape();
        let count = 1 << shape.order;
        let first = backing.take(shape.order)?;
        let described = frames.prepare(first..first + count, || backing.section());
        let slab = described.and_then(|()| frames.get(first));
        let Some(slab) = slab else {
            backing.give(first, shape.order);
            return None;
        };
        slab.free.fill(shape.objects);
        slab.live.fill(0);
        slab.free_count.store(shape.objects as u32, Relaxed);
        slab.become_part_of(Kind::Slab(self.class));
        for back in 1..count {
            let interior = frames.get(first + back).expect("prepared above");
            interior.become_part_of(Kind::Interior(back));
        }
        self.link(frames, slab, first);
        self.slabs += 1;
        self.unused = first as u32;
        self.free += shape.objects;
        Some(())
    }

    /// Takes objects back, none of which is live.
    pub fn give(
        &mut self,
        frames: &Frames,
        backing: &impl Backing,
        objects: impl Iterator<Item = Object>,
    ) {
        for Object {
            frame,
            number,
            slab,
        } in objects
        {
            slab.free.set(number);
            self.free += 1;
            let count = slab.free_count.load(Relaxed) + 1;
            slab.free_count.store(count, Relaxed);
            if count == 1 {
                self.link(frames, slab, frame);
            }
            if count as usize == self.shape().objects {
                match self.unused {
                    NONE => self.unused = frame as u32,
                    _ => self.release(frames, backing, slab, frame),
                }
            }
        }
    }

    /// Gives the slab back that is kept, if there is one.
    pub fn shrink(&mut self, frames: &Frames, backing: &impl Backing) {
        if self.unused != NONE {
            let slab = listed(frames, self.unused);
            self.release(frames, backing, slab, self.unused as usize);
            self.unused = NONE;
        }
    }

    /// Gives a slab back, all of whose objects are here.
    fn release(
        &mut self,
        frames: &Frames,
        backing: &impl Backing,
        slab: &Descriptor,
        first: usize,
    ) {
        let shape = self.shape();
        self.unlink(frames, slab);
        for frame in first..first + (1 << shape.order) {
            let descriptor = frames.get(frame).expect("a slab's frames have descriptors");
            descriptor.become_part_of(Kind::None);
        }
        self.slabs -= 1;
        self.free -= shape.objects;
        backing.give(first, shape.order);
    }

    fn link(&mut self, frames: &Frames, slab: &Descriptor, first: usize) {
        slab.previous.store(NONE, Relaxed);
        slab.next.store(self.partial, Relaxed);
        if self.partial != NONE {
            let next = listed(frames, self.partial);
            next.previous.store(first as u32, Relaxed);
        }
        self.partial = first as u32;
    }

    fn unlink(&mut self, frames: &Frames, slab: &Descriptor) {
        let previous = slab.previous.load(Relaxed);
        let next = slab.next.load(Relaxed);
        match previous {
            NONE => self.partial = next,
            _ => listed(frames, previous).next.store(next, Relaxed),
        }
        if next != NONE {
            listed(frames, next).previous.store(previous, Relaxed);
        }
    }

    /// Recounts the partial slabs; `false` if the book-keeping differs. As many steps as they
    /// have objects.
    pub fn verify(&self, frames: &Frames) -> bool {
        let shape = self.shape();
        let (mut free, mut unused, mut previous, mut frame) = (0, NONE, NONE, self.partial);
        while frame != NONE {
            let slab = listed(frames, frame);
            let count = slab.free.count();
            let live = |object| slab.free.has(object) && slab.live.has(object);
            if slab.kind() != Kind::Slab(self.class)
                || slab.previous.load(Relaxed) != previous
                || slab.free_count.load(Relaxed) as usize != count
                || count == 0
                || (0..shape.objects).any(live)
            {
                return false;
            }
            free += count;
            if count == shape.objects {
                if unused != NONE {
                    return false;
                }
                unused = frame;
            }
            (previous, frame) = (frame, slab.next.load(Relaxed));
        }
        free == self.free && unused == self.unused
    }
}

/// The descriptor of a frame that a list names.
fn listed(frames: &Frames, frame: u32) -> &'static Descriptor {
    let found = frames.get(frame as usize);
    found.expect("a slab's frames have descriptors")
}
