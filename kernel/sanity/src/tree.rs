//! Blocks by address: a treap (Seidel and Aragon, 1996) over numbered slots, so that its
//! depth is that of a random tree whatever comes in which order, and nothing recurses.

/// No slot.
pub const NONE: u32 = u32::MAX;

/// What slots hold of the tree.
#[derive(Clone, Copy, Debug)]
pub struct Links {
    less: u32,
    more: u32,
}

impl Links {
    /// In no tree.
    pub const NONE: Self = Self {
        less: NONE,
        more: NONE,
    };
}

/// The slots that a tree is made of.
pub trait Slots {
    /// What orders them.
    type Key: Ord + Copy;

    /// A slot's key.
    fn key(&self, slot: u32) -> Self::Key;

    /// A slot's links.
    fn links(&mut self, slot: u32) -> &mut Links;

    /// The same, to look at.
    fn links_of(&self, slot: u32) -> Links;
}

/// Where a slot's number is written.
#[derive(Clone, Copy, Debug)]
enum Place {
    Root,
    Less(u32),
    More(u32),
}

/// A tree.
#[derive(Debug)]
pub struct Tree {
    root: u32,
}

/// Priorities are as good as random ones, and need no room.
fn priority(slot: u32) -> u32 {
    let mixed = slot.wrapping_add(1).wrapping_mul(0x9e37_79b1);
    (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca77)
}

impl Tree {
    /// An empty one.
    pub const fn new() -> Self {
        Self { root: NONE }
    }

    fn get<S: Slots>(&self, slots: &S, place: Place) -> u32 {
        match place {
            Place::Root => self.root,
            Place::Less(slot) => slots.links_of(slot).less,
            Place::More(slot) => slots.links_of(slot).more,
        }
    }

    fn set<S: Slots>(&mut self, slots: &mut S, place: Place, to: u32) {
        match place {
            Place::Root => self.root = to,
            Place::Less(slot) => slots.links(slot).less = to,
            Place::More(slot) => slots.links(slot).more = to,
        }
    }

    /// Puts a slot in, whose key no other has.
    pub fn insert<S: Slots>(&mut self, slots: &mut S, new: u32) {
        let key = slots.key(new);
        let mut place = Place::Root;
        let mut at = self.root;
        while at != NONE && priority(at) >= priority(new) {
            place = match key < slots.key(at) {
                true => Place::Less(at),
                false => Place::More(at),
            };
            at = self.get(slots, place);
        }
        self.set(slots, place, new);
        // What was below is split in two by the new key.
        let (mut less, mut more) = (Place::Less(new), Place::More(new));
        while at != NONE {
            if slots.key(at) < key {
                self.set(slots, less, at);
                less = Place::More(at);
                at = self.get(slots, less);
            } else {
                self.set(slots, more, at);
                more = Place::Less(at);
                at = self.get(slots, more);
            }
        }
        self.set(slots, less, NONE);
        self.set(slots, more, NONE);
    }

    /// Takes the slot with a key out.
    pub fn remove<S: Slots>(&mut self, slots: &mut S, key: S::Key) -> Option<u32> {
        let mut place = Place::Root;
        let removed = loop {
            let at = self.get(slots, place);
            if at == NONE {
                return None;
            }
            let its = slots.key(at);
            if its == key {
                break at;
            }
            place = match key < its {
                true => Place::Less(at),
                false => Place::More(at),
            };
        };
        let Links { mut less, mut more } = slots.links_of(removed);
        // What was below it becomes one again.
        while less != NONE && more != NONE {
            if priority(less) >= priority(more) {
                self.set(slots, place, less);
                place = Place::More(less);
                less = self.get(slots, place);
            } else {
                self.set(slots, place, more);
                place = Place::Less(more);
                more = self.get(slots, place);
            }
        }
        let left = if less == NONE { more } else { less };
        self.set(slots, place, left);
        *slots.links(removed) = Links::NONE;
        Some(removed)
    }

    /// The slot with the greatest key that is at most this one.
    pub fn at_most<S: Slots>(&self, slots: &S, key: S::Key) -> Option<u32> {
        let (mut at, mut found) = (self.root, None);
        while at != NONE {
            let links = slots.links_of(at);
            at = match slots.key(at) <= key {
                true => {
                    found = Some(at);
                    links.more
                }
                false => links.less,
            };
        }
        found
    }

    /// The slot with the least key that is above this one; with `None`, of all.
    pub fn above<S: Slots>(&self, slots: &S, key: Option<S::Key>) -> Option<u32> {
        let (mut at, mut found) = (self.root, None);
        while at != NONE {
            let links = slots.links_of(at);
            at = match key.is_none_or(|key| slots.key(at) > key) {
                true => {
                    found = Some(at);
                    links.less
                }
                false => links.more,
            };
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::vec::Vec;

    struct Keys(Vec<(u64, Links)>);

    impl Slots for Keys {
        type Key = u64;

        fn key(&self, slot: u32) -> u64 {
            self.0[slot as usize].0
        }

        fn links(&mut self, slot: u32) -> &mut Links {
            &mut self.0[slot as usize].1
        }

        fn links_of(&self, slot: u32) -> Links {
            self.0[slot as usize].1
        }
    }

    fn depth(tree: &Tree, keys: &Keys) -> usize {
        let (mut level, mut depth) = (std::vec![tree.root], 0);
        while level.iter().any(|&at| at != NONE) {
            let below = level.iter().filter(|&&at| at != NONE);
            level = below
                .flat_map(|&at| [keys.links_of(at).less, keys.links_of(at).more])
                .collect();
            depth += 1;
        }
        depth
    }

    #[test]
    fn as_a_map() {
        for seed in 0..20 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut keys = Keys((0..200).map(|_| (0, Links::NONE)).collect());
            let mut free: Vec<u32> = (0..200).collect();
            let (mut tree, mut model) = (Tree::new(), BTreeMap::new());
            for _ in 0..4000 {
                let key = random.u64(..400);
                if random.bool() && !free.is_empty() {
                    if let std::collections::btree_map::Entry::Vacant(entry) = model.entry(key) {
                        let slot = free.pop().unwrap();
                        keys.0[slot as usize].0 = key;
                        tree.insert(&mut keys, slot);
                        entry.insert(slot);
                    }
                } else {
                    let removed = tree.remove(&mut keys, key);
                    assert_eq!(removed, model.remove(&key));
                    free.extend(removed);
                }
                let key = random.u64(..400);
                let below = model.range(..=key).next_back().map(|(_, &slot)| slot);
                assert_eq!(tree.at_most(&keys, key), below);
                let above = model.range(key + 1..).next().map(|(_, &slot)| slot);
                assert_eq!(tree.above(&keys, Some(key)), above);
                let first = model.values().next().copied();
                assert_eq!(tree.above(&keys, None), first);
            }
        }
    }

    #[test]
    fn it_stays_shallow() {
        let count = 1 << 14;
        let mut keys = Keys((0..count).map(|key| (key, Links::NONE)).collect());
        let mut tree = Tree::new();
        (0..count as u32).for_each(|slot| tree.insert(&mut keys, slot));
        assert!(depth(&tree, &keys) < 50, "{}", depth(&tree, &keys));
    }
}
