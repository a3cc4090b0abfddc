//! A hash table of names that never takes long: looking up, entering and removing take a few
//! steps whatever is in it, and it grows by a few buckets at a time. So it can be changed under
//! a lock, with interrupts off, while new memory for it is got without.
//!
//! ```text
//!  buckets      │   │ a │ b │   │ c │   │ d │   │   open addressing, at most half full
//!  old buckets  │ x │ x │ x │ e │ f │   │          growing: what is marked has moved
//!                         next ┘
//! ```
//!
//! It holds keys and hashes; the names are their owners', who say which key has which.
//!
//! Invariants: a key lies behind its bucket with no free bucket between, or in the old buckets
//! with none between but for those marked. The old buckets are moved from the first to the
//! last, and are at most half full, as the new ones are when all of them have moved.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use fallible::filled;

/// Buckets that are moved at a time.
const BATCH: usize = 128;

/// The fewest buckets that a table has once it has any.
const LEAST: usize = 64;

#[derive(Copy, Debug)]
enum Bucket<K> {
    Free,
    /// Of old buckets: what was here isn't any more.
    Moved,
    Taken {
        hash: u32,
        key: K,
    },
}

impl<K: Copy> Clone for Bucket<K> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Memory for a table, got where the table isn't locked; or what it doesn't need any more,
/// to be given back there.
#[derive(Debug)]
pub struct Buckets<K>(Vec<Bucket<K>>);

impl<K: Copy> Buckets<K> {
    /// Memory for so many names.
    ///
    /// # Errors
    /// If there is none.
    pub fn for_names(count: usize) -> Result<Self, TryReserveError> {
        let buckets = (2 * count).next_power_of_two().max(LEAST);
        Ok(Self(filled(buckets, Bucket::Free)?))
    }
}

/// What a table needs before more names can be entered.
#[derive(Debug)]
pub enum Growth<K> {
    /// Nothing.
    Done,
    /// To be asked again: some buckets have been moved.
    Again,
    /// Memory, for so many names.
    Memory(usize),
    /// To be asked again, and this to be dropped outside the lock.
    Drop(Buckets<K>),
}

/// A table of keys by the hashes of names.
#[derive(Debug)]
pub struct NameTable<K> {
    buckets: Vec<Bucket<K>>,
    old: Vec<Bucket<K>>,
    /// The first of the old ones that hasn't been moved.
    next: usize,
    count: usize,
    /// Names for which room has been promised, and that aren't entered yet.
    promised: usize,
}

impl<K: Copy + PartialEq> NameTable<K> {
    /// A table with no room.
    pub const fn new() -> Self {
        Self {
            buckets: Vec::new(),
            old: Vec::new(),
            next: 0,
            count: 0,
            promised: 0,
        }
    }

    /// Names in it.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Takes a step towards room for `more` names; `memory` is what it asked for last. When
    /// it says [`Growth::Done`], the room is promised, until the names are entered or
    /// [given up](Self::give_up).
    pub fn grow(&mut self, more: usize, memory: &mut Option<Buckets<K>>) -> Growth<K> {
        if !self.old.is_empty() {
            return self.move_some();
        }
        let wanted = self.count + self.promised + more;
        if 2 * wanted <= self.buckets.len() {
            self.promised += more;
            return Growth::Done;
        }
        match memory.take() {
            Some(Buckets(buckets)) if 2 * wanted <= buckets.len() => {
                self.old = core::mem::replace(&mut self.buckets, buckets);
                self.next = 0;
                Growth::Again
            }
            Some(too_few) => Growth::Drop(too_few),
            None => Growth::Memory(wanted),
        }
    }

    fn move_some(&mut self) -> Growth<K> {
        let end = self.old.len().min(self.next + BATCH);
        for index in self.next..end {
            let bucket = core::mem::replace(&mut self.old[index], Bucket::Moved);
            if let Bucket::Taken { hash, key } = bucket {
                self.put(hash, key);
            }
        }
        self.next = end;
        match end == self.old.len() {
            true => Growth::Drop(Buckets(core::mem::take(&mut self.old))),
            false => Growth::Again,
        }
    }

    /// Takes back what was promised for so many names.
    pub fn give_up(&mut self, names: usize) {
        self.promised -= names;
    }

    /// Enters a name, for which room has been promised.
    pub fn enter(&mut self, hash: u32, key: K) {
        self.promised -= 1;
        self.count += 1;
        self.put(hash, key);
    }

    fn put(&mut self, hash: u32, key: K) {
        let mut at = first(&self.buckets, hash);
        while let Bucket::Taken { .. } = self.buckets[at] {
            at = following(&self.buckets, at);
        }
        self.buckets[at] = Bucket::Taken { hash, key };
    }

    /// The key of a name with this hash, of which `is_it` says whether it is the name's.
    #[inline]
    pub fn find(&self, hash: u32, mut is_it: impl FnMut(K) -> bool) -> Option<K> {
        let (_, key) = search(&self.buckets, hash, &mut is_it)
            .or_else(|| search(&self.old, hash, &mut is_it))?;
        Some(key)
    }

    /// Removes a key that was entered with this hash; whether it was there.
    pub fn remove(&mut self, hash: u32, key: K) -> bool {
        let mut is_it = |other| other == key;
        if let Some((at, _)) = search(&self.old, hash, &mut is_it) {
            self.old[at] = Bucket::Moved;
        } else if let Some((at, _)) = search(&self.buckets, hash, &mut is_it) {
            self.close(at);
        } else {
            return false;
        }
        self.count -= 1;
        true
    }

    /// Frees a bucket: those behind it, up to a free one, are moved up where they may be.
    fn close(&mut self, mut hole: usize) {
        let mut at = hole;
        loop {
            at = following(&self.buckets, at);
            let Bucket::Taken { hash, .. } = self.buckets[at] else {
                break;
            };
            // Distances, around the end of the table.
            let last = self.buckets.len() - 1;
            let from_its_own = at.wrapping_sub(first(&self.buckets, hash)) & last;
            if from_its_own >= at.wrapping_sub(hole) & last {
                self.buckets[hole] = self.buckets[at];
                hole = at;
            }
        }
        self.buckets[hole] = Bucket::Free;
    }
}

impl<K: Copy + PartialEq> Default for NameTable<K> {
    fn default() -> Self {
        Self::new()
    }
}

/// The bucket of a hash: by its high bits.
#[inline]
fn first<K>(buckets: &[Bucket<K>], hash: u32) -> usize {
    ((u64::from(hash) * buckets.len() as u64) >> 32) as usize
}

fn following<K>(buckets: &[Bucket<K>], at: usize) -> usize {
    (at + 1) & (buckets.len() - 1)
}

/// The key that has this hash, and is the one, and its bucket's number.
#[inline]
fn search<K: Copy>(
    buckets: &[Bucket<K>],
    hash: u32,
    is_it: &mut impl FnMut(K) -> bool,
) -> Option<(usize, K)> {
    let mut at = first(buckets, hash);
    // Old buckets may all be marked.
    for _ in 0..buckets.len() {
        match buckets[at] {
            Bucket::Free => return None,
            Bucket::Taken { hash: its, key } if its == hash && is_it(key) => {
                return Some((at, key));
            }
            Bucket::Taken { .. } | Bucket::Moved => at = following(buckets, at),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Grows as the kernel does; counts the steps.
    fn make_room(table: &mut NameTable<u64>, more: usize) -> usize {
        let mut memory = None;
        for steps in 1.. {
            match table.grow(more, &mut memory) {
                Growth::Done => return steps,
                Growth::Again | Growth::Drop(_) => {}
                Growth::Memory(names) => memory = Some(Buckets::for_names(names).unwrap()),
            }
        }
        unreachable!()
    }

    /// Random names, also of the same hash, entered, looked up and removed, also while the
    /// table grows: as a table of the standard library.
    #[test]
    fn as_a_map() {
        fastrand::seed(7);
        for spread in [1, 40, 5000, u32::MAX] {
            let hash = |key: u64| (key as u32).wrapping_mul(0x9e37_79b1) % spread;
            let (mut table, mut model) = (NameTable::new(), HashMap::new());
            let mut memory = None;
            let mut room = 0;
            for _ in 0..20_000 {
                let key = fastrand::u64(..400);
                match fastrand::u8(..4) {
                    0 if room > 0 && !model.contains_key(&key) => {
                        table.enter(hash(key), key);
                        room -= 1;
                        model.insert(key, ());
                    }
                    1 => {
                        let was_there = model.remove(&key).is_some();
                        assert_eq!(table.remove(hash(key), key), was_there);
                    }
                    2 if room < 8 => match table.grow(8, &mut memory) {
                        Growth::Done => room += 8,
                        Growth::Again | Growth::Drop(_) => {}
                        Growth::Memory(names) => memory = Some(Buckets::for_names(names).unwrap()),
                    },
                    _ => {}
                }
                let found = table.find(hash(key), |other| other == key);
                assert_eq!(found.is_some(), model.contains_key(&key));
                assert_eq!(table.count(), model.len());
            }
        }
    }

    #[test]
    fn it_grows_by_a_few_buckets_at_a_time() {
        let mut table = NameTable::new();
        assert!(make_room(&mut table, 10_000) < 5);
        for key in 0..10_000u64 {
            table.enter(crate::name_hash(&key.to_string()), key);
        }
        let steps = make_room(&mut table, 10_000);
        assert!(
            (32_768 / BATCH..32_768 / BATCH + 5).contains(&steps),
            "{steps}"
        );
        for key in 0..10_000u64 {
            let hash = crate::name_hash(&key.to_string());
            assert_eq!(table.find(hash, |other| other == key), Some(key));
        }
    }

    /// What somebody else has been promised isn't promised again.
    #[test]
    fn promises_add_up() {
        let mut table = NameTable::<u64>::new();
        make_room(&mut table, 30);
        assert!(matches!(table.grow(3, &mut None), Growth::Memory(33)));
        table.give_up(30);
        assert!(matches!(table.grow(3, &mut None), Growth::Done));
    }
}
