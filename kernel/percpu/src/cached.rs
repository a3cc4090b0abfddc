//! Areas out of magazines and into them, and what goes between those and the chunks.
//!
//! ```text
//!   alloc ──► pop ──► empty? fill                free ──► push ──► full? drain
//!                            ▲ one run of areas,                    │ neighbours as one
//!                            └────────────── the chunks ◄───────────┘
//! ```
//!
//! `pop` and `push` are what most allocations and frees come to; they are small, and
//! compiled into their callers. Keeps P8 and P14.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::classes::{self, GRANULES, SMALL, alignment};
use crate::handle::Handle;
use crate::limits::GRANULE;
use crate::magazine::{Cached, Magazine, Stack, half};
use crate::marks::Place;
use crate::request::{Area, Request};
use fallible::TryPush;
use lock_api::Mutex;

impl<B: Backing> Allocator<B> {
    /// Allocates an area from this CPU's magazine: its handle and its bytes, which aren't
    /// zero yet.
    #[inline(always)]
    pub(crate) fn pop(&self, size: usize, align: usize) -> Option<(Handle, usize)> {
        let (class, bytes) = classes::class_for(size, align)?;
        let magazine = self.magazines.by_unit.get(self.backing.this_unit())?;
        let mut magazine = magazine.try_lock()?;
        // The stack of class 0 has no room.
        let stack = magazine.stacks.get_mut(class)?;
        let cached = match stack.areas.pop() {
            Some(cached) => cached,
            None if class > SMALL => return None,
            None => self.fill(stack, class)?,
        };
        cached.mark.set(class);
        Some((cached.handle, bytes))
    }

    /// Allocates a large area, of which `pop` has found none: one of the next class, or one
    /// of those that come from the chunks.
    pub(crate) fn pop_large(&self, size: usize, align: usize) -> Option<(Handle, usize)> {
        let (class, _) = classes::class_for(size, align).filter(|&(class, _)| class > SMALL)?;
        let magazine = self.magazines.by_unit.get(self.backing.this_unit())?;
        let mut magazine = magazine.try_lock()?;
        let aligned = |cached: &mut Cached<B::Mark>| cached.handle.0 & (align - 1) == 0;
        let next = magazine.stacks.get_mut(class + 1);
        let (class, cached) = match next.and_then(|next| next.areas.pop_if(aligned)) {
            Some(cached) => (class + 1, cached),
            None => (class, self.fill(magazine.stacks.get_mut(class)?, class)?),
        };
        cached.mark.set(class);
        Some((cached.handle, *GRANULES.get(class)? as usize * GRANULE))
    }

    /// Frees a live area into this CPU's magazine; false if it must go to its chunk, or
    /// isn't somebody's.
    #[inline(always)]
    pub(crate) fn push(&self, handle: Handle, area: Area) -> bool {
        let Some(mark) = self.magazines.marks.at(area) else {
            return false;
        };
        let magazine = self.magazines.by_unit.get(self.backing.this_unit());
        let Some(mut magazine) = magazine.and_then(Mutex::try_lock) else {
            return false;
        };
        let magazine = &mut *magazine;
        let stack = mark
            .live()
            .map(|class| (class, magazine.stacks.get_mut(class)));
        let Some((class, Some(stack))) = stack else {
            return false;
        };
        if stack.is_full() && !self.make_room(stack, class) {
            return false;
        }
        if !mark.claim() {
            return false;
        }
        magazine.freed += 1;
        let pushed = stack.areas.try_push(Cached { handle, area, mark });
        debug_assert!(pushed.is_ok(), "a stack that isn't full has room");
        true
    }

    /// Takes a batch from the chunks for a stack that is empty: one area for the caller, and
    /// what goes onto the stack.
    #[cold]
    #[inline(never)]
    fn fill(&self, stack: &mut Stack<B::Mark>, class: usize) -> Option<Cached<B::Mark>> {
        let granules = *GRANULES.get(class)?;
        let request = Request {
            granules,
            align: alignment(granules),
        };
        let (first, count) = {
            let mut chunks = self.areas.lock();
            stack.grow(class, &mut chunks.allowance);
            let batch = half(stack.limit) as u32;
            if batch == 0 {
                return None;
            }
            chunks.allocate_run(request, batch)?
        };
        let size = granules as usize;
        let marks = self.magazines.marks.run(first, count as usize * size)?;
        let mut area = first.nth(count, granules);
        let mut handle = self.layout.handle_of(area.chunk, area.granule);
        // The lowest is popped first: what is high empties.
        for marks in marks.rchunks_exact(size) {
            area.granule -= granules;
            handle.0 -= request.bytes();
            let mark = Place::of(marks.first()?);
            let pushed = stack.areas.try_push(Cached { handle, area, mark });
            debug_assert!(pushed.is_ok(), "a batch has room in an empty stack");
        }
        stack.areas.pop()
    }

    /// Lets a full stack have room for more areas, or gives half of those in it back; false
    /// if there is no room then either.
    #[cold]
    #[inline(never)]
    fn make_room(&self, stack: &mut Stack<B::Mark>, class: usize) -> bool {
        let mut chunks = self.areas.lock();
        if !stack.grow(class, &mut chunks.allowance) {
            give_half(&mut chunks, stack, class);
        }
        !stack.is_full()
    }

    /// Gives all that is in a magazine back, half a stack at a time.
    fn empty(&self, magazine: &mut Magazine<B::Mark>) {
        for (class, stack) in magazine.stacks.iter_mut().enumerate() {
            while !stack.areas.is_empty() {
                give_half(&mut self.areas.lock(), stack, class);
            }
            stack.shrink(class, &mut self.areas.lock().allowance);
        }
    }

    /// Calls `each` for what is in the magazines: an area, and its granules. With the
    /// magazine's lock, and *areas*.
    pub(crate) fn each_cached<E>(
        &self,
        each: &mut dyn FnMut(&Chunks, Area, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        for magazine in &self.magazines.by_unit {
            let magazine = magazine.lock();
            let chunks = self.areas.lock();
            for (stack, granules) in magazine.stacks.iter().zip(GRANULES) {
                for cached in &stack.areas {
                    each(&chunks, cached.area, granules)?;
                }
            }
        }
        Ok(())
    }

    /// Empties the magazine of one unit, whose CPU has left. Waits for who works on it: not for
    /// interrupt handlers, nor with the *areas* lock held.
    pub fn empty_magazine(&self, unit: usize) {
        if let Some(magazine) = self.magazines.by_unit.get(unit) {
            self.empty(&mut magazine.lock());
        }
    }

    /// Empties all magazines. Waits for who works on one: not for interrupt handlers, nor
    /// with the *areas* lock held.
    pub(crate) fn empty_magazines(&self) {
        for magazine in &self.magazines.by_unit {
            self.empty(&mut magazine.lock());
        }
    }

    /// Empties the magazines on which nobody works. Never waits.
    pub(crate) fn empty_idle_magazines(&self) {
        let idle = self.magazines.by_unit.iter().filter_map(Mutex::try_lock);
        idle.for_each(|mut magazine| self.empty(&mut magazine));
    }
}

/// Gives half of what is in a stack back to the chunks.
fn give_half<M>(chunks: &mut Chunks, stack: &mut Stack<M>, class: usize) {
    let kept = stack.areas.len() - half(stack.areas.len());
    let given = stack.areas.get(kept..).into_iter().flatten();
    let areas = given.map(|cached| cached.area);
    chunks.free_all(GRANULES[class], areas);
    stack.areas.truncate(kept);
}
