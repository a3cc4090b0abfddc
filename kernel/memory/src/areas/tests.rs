//! Areas one by one, and many in random order beside a list that is searched from its start.

use super::*;

const BASE: usize = 0x10000;

#[test]
fn a_guard_page_follows_each_area() {
    let mut areas = Areas::new(BASE, BASE + 16 * PAGE_SIZE);
    assert_eq!(areas.take(1, 1, ()), Ok(BASE));
    assert_eq!(areas.take(2 * PAGE_SIZE, 1, ()), Ok(BASE + 2 * PAGE_SIZE));
    assert_eq!(areas.take(1, 1, ()), Ok(BASE + 5 * PAGE_SIZE));
    assert_eq!(areas.count(), 3);
    assert_eq!(areas.first_from(0), Some((BASE, PAGE_SIZE)));
    let second = Some((BASE + 2 * PAGE_SIZE, 2 * PAGE_SIZE));
    assert_eq!(areas.first_from(BASE + 1), second);
    assert_eq!(areas.first_from(BASE + 6 * PAGE_SIZE), None);
}

#[test]
fn a_gap_is_used_again() {
    let mut areas = Areas::new(BASE, BASE + 8 * PAGE_SIZE);
    let first = areas.take(PAGE_SIZE, 1, ()).unwrap();
    let second = areas.take(PAGE_SIZE, 1, ()).unwrap();
    areas.take(PAGE_SIZE, 1, ()).unwrap();
    assert_eq!(areas.give(second), Some(PAGE_SIZE));
    assert_eq!(areas.give(second), None);
    assert_eq!(
        areas.take(2 * PAGE_SIZE, 1, ()),
        Err(AreaError::NoGap {
            bytes: 2 * PAGE_SIZE
        })
    );
    assert_eq!(areas.take(PAGE_SIZE, 1, ()), Ok(second));
    assert_eq!(areas.bytes(), 3 * PAGE_SIZE);
    assert_eq!(areas.give(first), Some(PAGE_SIZE));
    assert_eq!(areas.bytes(), 2 * PAGE_SIZE);
}

#[test]
fn alignment_is_kept() {
    let mut areas = Areas::new(BASE + PAGE_SIZE, BASE + 64 * PAGE_SIZE);
    assert_eq!(areas.take(1, 0x10000, ()), Ok(BASE + 0x10000));
    assert_eq!(areas.take(1, 1, ()), Ok(BASE + PAGE_SIZE));
}

#[test]
fn what_cannot_be() {
    let mut areas = Areas::new(BASE, BASE + 2 * PAGE_SIZE);
    assert_eq!(areas.take(0, 1, ()), Err(AreaError::BadRequest));
    assert_eq!(areas.take(1, 3, ()), Err(AreaError::BadRequest));
    for bytes in [2 * PAGE_SIZE, usize::MAX, usize::MAX - 5000] {
        assert_eq!(areas.take(bytes, 1, ()), Err(AreaError::NoGap { bytes }));
    }
    assert_eq!(areas.bytes(), 0);
}

/// The same, as a list that every request walks: start and bytes.
struct Naive {
    region: (usize, usize),
    taken: Vec<(usize, usize)>,
}

impl Naive {
    fn take(&mut self, bytes: usize, align: usize) -> Option<usize> {
        let rounded = bytes.next_multiple_of(PAGE_SIZE);
        let align = align.max(PAGE_SIZE);
        let ends = self.taken.iter().map(|area| area.0 + area.1 + PAGE_SIZE);
        let starts = self.taken.iter().map(|area| area.0);
        let from = core::iter::once(self.region.0).chain(ends);
        let to = starts.chain(core::iter::once(self.region.1));
        let mut gaps = from.zip(to).enumerate();
        let (index, address) = gaps.find_map(|(index, (from, to))| {
            let address = from.next_multiple_of(align);
            (address + rounded + PAGE_SIZE <= to).then_some((index, address))
        })?;
        self.taken.insert(index, (address, rounded));
        Some(address)
    }
}

impl<T: Copy> Areas<T> {
    /// What each change keeps.
    fn verify(&self) {
        let mut from = self.start;
        let (mut count, mut bytes) = (0, 0);
        for leaf in &self.leaves {
            assert!(!leaf.areas.is_empty() && leaf.areas.len() <= LEAF);
            let mut gap = 0;
            for area in &leaf.areas {
                assert!(area.start >= from);
                gap = gap.max(area.start - from);
                from = area.end();
                count += 1;
                bytes += area.bytes;
            }
            assert_eq!(leaf.gap, gap);
        }
        for pair in self.leaves.windows(2) {
            assert!(pair[0].areas.len() + pair[1].areas.len() > LEAF / 2);
        }
        assert_eq!((self.count, self.bytes), (count, bytes));
        assert!(from <= self.end);
    }
}

#[test]
fn many_in_random_order() {
    let mut random = fastrand::Rng::with_seed(14);
    for (pages, most) in [(400, 100), (4000, 1200)] {
        let region = (BASE, BASE + pages * PAGE_SIZE);
        let mut areas = Areas::new(region.0, region.1);
        let (taken, mut leaves) = (Vec::new(), 0);
        let mut naive = Naive { region, taken };
        for step in 0..20_000 {
            // It fills up, and gets empty again.
            let fills = step / 4000 % 2 == 0;
            let is_take = (random.usize(..most) >= naive.taken.len()) == fills;
            if is_take || naive.taken.is_empty() {
                let bytes = 1 + random.usize(..5 * PAGE_SIZE);
                let align = 1 << random.u32(..16);
                let no_gap = AreaError::NoGap { bytes };
                let expected = naive.take(bytes, align).ok_or(no_gap);
                assert_eq!(areas.take(bytes, align, bytes), expected);
                if let Ok(address) = expected {
                    let rounded = bytes.next_multiple_of(PAGE_SIZE);
                    assert_eq!(areas.at(address), Some((&mut { bytes }, rounded)));
                }
            } else {
                let (address, bytes) = naive.taken.remove(random.usize(..naive.taken.len()));
                assert_eq!(areas.at(address + PAGE_SIZE), None);
                assert_eq!(areas.give(address), Some(bytes));
                assert_eq!(areas.give(address), None);
            }
            areas.verify();
            leaves = leaves.max(areas.leaves.len());
        }
        assert!(leaves > most / 100, "only {leaves} leaves");
        for (address, bytes) in naive.taken {
            assert_eq!(areas.give(address), Some(bytes));
            areas.verify();
        }
        assert!(areas.leaves.is_empty());
    }
}
