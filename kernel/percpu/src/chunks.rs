//! All chunks, listed by how much each could still hold.
//!
//! A chunk's *class* is that of its largest free extent. Chunks of one class are
//! on one list, and a bit map of the lists that aren't empty answers "the fullest
//! chunk that surely has room" with a bit search. A chunk without room is on
//! list 0, which no allocation looks at; the first free into it moves it.
//!
//! Chunk numbers: [`RESERVED`], [`FIRST`], then the region's chunks in the order
//! of their addresses.

use crate::chunk::Chunk;
use crate::extents::{CLASSES, ClassMap, Shape, class_for, class_of};
use crate::first_chunk::Layout;
use crate::statistics::Counts;
use heap::vec::Vec;

/// The first chunk's reserved part; on no list.
pub const RESERVED: usize = 0;
/// The first chunk's dynamic part.
pub const FIRST: usize = 1;
/// Number of the region's first chunk.
pub const REGION: usize = 2;

/// Chunks of one list that a search looks into for a fit by chance.
const LOOKS: usize = 4;

/// The book-keeping behind the lock.
#[derive(Debug)]
pub struct Chunks {
    list: Vec<Option<Chunk>>,
    heads: [Option<usize>; CLASSES],
    map: ClassMap,
    /// Empty populated pages that allocations may use.
    pub empty: usize,
    /// Of those, the ones that could be taken away.
    pub spare: usize,
    /// An atomic allocation found nothing since the last balance.
    pub starved: bool,
    /// Counts of what happened.
    pub counts: Counts,
}

impl Chunks {
    /// The first chunk's two parts; `None` without memory.
    pub fn new(layout: &Layout) -> Option<Self> {
        let sizes = &layout.first.sizes;
        let dynamic = sizes.static_size + sizes.reserved_size;
        let reserved = Chunk::of_first(sizes.unit_size, sizes.static_size, dynamic)?;
        let first = Chunk::of_first(sizes.unit_size, dynamic, sizes.unit_size)?;
        let empty = first.empty;
        let mut list = Vec::new();
        list.try_reserve_exact(REGION).ok()?;
        list.extend([Some(reserved), None]);
        let mut chunks = Self {
            list,
            heads: [None; CLASSES],
            map: ClassMap::default(),
            empty,
            spare: 0,
            starved: false,
            counts: Counts::default(),
        };
        chunks.insert(FIRST, first);
        Some(chunks)
    }

    /// Chunks by number; a gap is a chunk that was released.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (usize, &Chunk)> {
        let numbered = self.list.iter().enumerate();
        numbered.filter_map(|(number, chunk)| Some((number, chunk.as_ref()?)))
    }

    /// The chunk of this number.
    pub fn get(&self, number: usize) -> Option<&Chunk> {
        self.list.get(number)?.as_ref()
    }

    fn get_mut(&mut self, number: usize) -> Option<&mut Chunk> {
        self.list.get_mut(number)?.as_mut()
    }

    /// The lowest number that no chunk has, with room for it in the list.
    pub fn vacant(&mut self) -> Option<usize> {
        let gap = self.list.iter().skip(REGION).position(Option::is_none);
        if let Some(gap) = gap {
            return Some(REGION + gap);
        }
        self.list.try_reserve(1).ok()?;
        self.list.push(None);
        Some(self.list.len() - 1)
    }

    /// Adds a chunk under a vacant number.
    pub fn insert(&mut self, number: usize, chunk: Chunk) {
        self.list[number] = Some(chunk);
        self.link(number);
    }

    /// Takes a chunk out.
    pub fn remove(&mut self, number: usize) -> Option<Chunk> {
        self.unlink(number);
        self.list.get_mut(number)?.take()
    }

    /// Once no chunk of the region is left, gives back what their entries took.
    /// Without memory for the shorter list the longer one stays.
    pub fn shorten(&mut self) {
        let gone = self.list.iter().skip(REGION).all(Option::is_none);
        let mut short = Vec::new();
        if gone && self.list.len() > REGION && short.try_reserve_exact(REGION).is_ok() {
            short.extend(self.list.drain(..REGION));
            self.list = short;
        }
    }

    /// Changes a chunk, and keeps its list and the counts of pages right.
    pub fn change<T>(&mut self, number: usize, work: impl FnOnce(&mut Chunk) -> T) -> Option<T> {
        let chunk = self.list.get_mut(number)?.as_mut()?;
        let before = chunk.empty;
        let result = work(chunk);
        let after = chunk.empty;
        let (moved, immutable) = (chunk.class != class_now(chunk), chunk.immutable);
        if number != RESERVED {
            self.empty = self.empty - before + after;
            if !immutable {
                self.spare = self.spare - before + after;
            }
            if moved {
                self.unlink(number);
                self.link(number);
            }
        }
        Some(result)
    }

    /// The fullest chunk that surely has room for the shape.
    pub fn with_room(&self, shape: Shape) -> Option<usize> {
        let class = self.map.at_least(class_for(shape.padded()))?;
        self.heads[class]
    }

    /// A few chunks in which the shape may fit though their class doesn't promise
    /// it: an area that was freed takes one like it again.
    pub fn by_chance(&self, shape: Shape) -> impl Iterator<Item = usize> + use<> {
        let class = self.map.at_least(class_of(shape.granules));
        let mut found = [None; LOOKS];
        let mut at = class.and_then(|class| self.heads[class]);
        for slot in &mut found {
            *slot = at;
            at = at.and_then(|number| self.get(number)?.next);
        }
        found.into_iter().flatten()
    }

    /// The chunk at a list's head, for `verify`.
    pub fn head(&self, class: usize) -> Option<usize> {
        self.heads[class]
    }

    /// Whether the bit map has the list, for `verify`.
    pub fn is_mapped(&self, class: usize) -> bool {
        self.map.has(class)
    }

    fn link(&mut self, number: usize) {
        let Some(chunk) = self.get(number) else {
            return;
        };
        let class = class_now(chunk);
        let next = self.heads[class];
        if let Some(chunk) = self.get_mut(number) {
            chunk.class = class;
            chunk.previous = None;
            chunk.next = next;
        }
        if let Some(next) = next.and_then(|next| self.get_mut(next)) {
            next.previous = Some(number);
        }
        self.heads[class] = Some(number);
        self.map.set(class);
    }

    fn unlink(&mut self, number: usize) {
        let Some(chunk) = self.get(number) else {
            return;
        };
        let (class, previous, next) = (chunk.class, chunk.previous, chunk.next);
        match previous.and_then(|previous| self.get_mut(previous)) {
            Some(previous) => previous.next = next,
            None => self.heads[class] = next,
        }
        if let Some(next) = next.and_then(|next| self.get_mut(next)) {
            next.previous = previous;
        }
        if self.heads[class].is_none() {
            self.map.clear(class);
        }
    }
}

/// The class of a chunk's largest free extent; 0 for none.
pub fn class_now(chunk: &Chunk) -> usize {
    chunk.extents.map.highest()
}
