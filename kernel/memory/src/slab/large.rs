//! Blocks for what is larger than any class's objects: whole frames, a descriptor each.

use super::descriptor::{Descriptor, Kind};
use super::{Backing, NotLive, Slabs};
use crate::PAGE_SIZE;
use crate::frames::order_of;

impl<B: Backing> Slabs<B> {
    #[cold]
    pub(super) fn allocate_large(&self, bytes: usize) -> Option<usize> {
        let order = order_of(bytes);
        let mut large = self.large.lock();
        let frame = self.backing.take(order)?;
        let described = self
            .frames
            .prepare(frame..frame + 1, || self.backing.section());
        let Some(slab) = described.and_then(|()| self.frames.get(frame)) else {
            self.backing.give(frame, order);
            return None;
        };
        large.blocks += 1;
        large.frames += 1 << order;
        slab.live.set(0);
        slab.become_part_of(Kind::Large(order));
        Some(frame * PAGE_SIZE)
    }

    #[cold]
    pub(super) fn free_large(
        &self,
        address: usize,
        slab: &Descriptor,
        order: usize,
    ) -> Result<(), NotLive> {
        let mut large = self.large.lock();
        if !slab.live.clear(0) {
            return Err(NotLive::Foreign);
        }
        large.blocks -= 1;
        large.frames -= 1 << order;
        slab.become_part_of(Kind::None);
        self.backing.give(address / PAGE_SIZE, order);
        Ok(())
    }
}
