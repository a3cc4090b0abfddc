//! Blocks taken, split, given back and merged, against a recount.

extern crate std;
use super::*;
use std::vec;
use std::vec::Vec;

#[test]
fn everything_comes_back_as_one_block() {
    let mut table = vec![FrameEntry::NO_HEAD; 64];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(0, 64);
    let blocks: Vec<usize> = (0..64).map(|_| frames.take(0).unwrap()).collect();
    assert_eq!(frames.free(), 0);
    assert_eq!(frames.take(0), None);
    for block in blocks {
        frames.give(block, 0).unwrap();
        assert!(frames.verify());
    }
    assert_eq!(frames.take(6), Some(0));
}

#[test]
fn frames_that_follow_one_another_come_back_together() {
    let mut table = vec![FrameEntry::NO_HEAD; 64];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(0, 64);
    for (first, count) in [(0, 64), (3, 42), (63, 1), (5, 0)] {
        let mut blocks: Vec<usize> = (0..64).map(|_| frames.take(0).unwrap()).collect();
        blocks.sort_unstable();
        let run = first..first + count;
        assert_eq!(frames.give_each(run.clone()), Ok(()));
        assert_eq!(frames.free(), count);
        assert!(frames.verify());
        // Neither twice, nor as part of a run, nor beyond the table.
        for again in [run.clone(), first..65] {
            let refused = frames.give_each(again.clone()).is_err();
            assert_eq!(refused, !again.is_empty(), "{again:?}");
        }
        assert_eq!(frames.free(), count);
        for frame in (0..64).filter(|frame| !run.contains(frame)) {
            frames.give(frame, 0).unwrap();
        }
        assert_eq!(frames.take(6), Some(0));
        frames.give(0, 6).unwrap();
    }
    // A block of more than one frame is none of them.
    let block = frames.take(2).unwrap();
    let refused = frames.give_each(block..block + 4);
    assert_eq!(
        refused,
        Err(NotInUse {
            frame: block,
            order: 0
        })
    );
}

#[test]
fn reserved_frames_are_never_given_out() {
    let mut table = vec![FrameEntry::NO_HEAD; 32];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(3, 9);
    frames.add(5, 12);
    assert_eq!(frames.total(), 9);
    let mut seen = vec![];
    while let Some(frame) = frames.take(0) {
        seen.push(frame);
    }
    seen.sort_unstable();
    assert_eq!(seen, (3..12).collect::<Vec<_>>());
}

/// Blocks that are free, by their first frames, with their orders.
fn free_blocks(frames: &FrameAllocator<'_>) -> Vec<(usize, u8)> {
    let entries = frames.table.iter().enumerate();
    let blocks = entries.filter_map(|(number, entry)| match entry.state {
        State::Free(order) => Some((number, order)),
        _ => None,
    });
    blocks.collect()
}

#[test]
fn ranges_are_added_as_the_same_blocks_as_frame_by_frame() {
    const FRAMES: usize = 40;
    for start in 0..FRAMES {
        for end in start..=FRAMES {
            for gap in [0, 1, 5] {
                let mut tables = [(); 2].map(|()| vec![FrameEntry::NO_HEAD; FRAMES]);
                let [at_once, one_by_one] = &mut tables;
                let mut at_once = FrameAllocator::new(at_once);
                at_once.add(start, end);
                at_once.add(end + gap, FRAMES);
                let mut one_by_one = FrameAllocator::new(one_by_one);
                let rest = (end + gap)..FRAMES;
                (start..end).chain(rest.clone()).for_each(|frame| {
                    one_by_one.add(frame, frame + 1);
                });
                assert!(at_once.verify(), "{start}..{end}, then {rest:?}");
                assert_eq!(free_blocks(&at_once), free_blocks(&one_by_one));
                assert_eq!(at_once.free(), end - start + rest.len());
                assert_eq!(at_once.total(), at_once.free());
            }
        }
    }
}

#[test]
fn the_largest_blocks_are_as_large_as_there_are() {
    const LARGEST: usize = 1 << (ORDERS - 1);
    let mut table = vec![FrameEntry::NO_HEAD; 3 * LARGEST + 2];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(1, usize::MAX);
    assert_eq!(frames.total(), 3 * LARGEST + 1);
    assert!(frames.verify());
    let mut largest: Vec<_> = core::iter::from_fn(|| frames.take(ORDERS - 1)).collect();
    largest.sort_unstable();
    assert_eq!(largest, [LARGEST, 2 * LARGEST]);
    frames.give(LARGEST, ORDERS - 1).unwrap();
    assert!(frames.verify());
}

#[test]
fn frames_below_an_earlier_range_are_left_out() {
    let mut table = vec![FrameEntry::NO_HEAD; 32];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(16, 24);
    frames.add(0, 18);
    assert_eq!(frames.total(), 8);
    frames.add(8, 26);
    assert_eq!(frames.total(), 10);
    assert_eq!(free_blocks(&frames), [(16, 3), (24, 1)]);
}

#[test]
fn a_block_above_a_limit_is_above_it() {
    let mut table = vec![FrameEntry::NO_HEAD; 100];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(0, 100);
    assert_eq!(frames.take_above(4, 65), None);
    assert_eq!(frames.take_above(4, 64), Some(64));
    assert_eq!(frames.take_above(0, 90), Some(96));
    assert_eq!(frames.take_above(2, 64), Some(80));
    assert_eq!(frames.take_above(7, 0), None);
    assert_eq!(frames.take_above(6, 0), Some(0));
    assert!(frames.verify());
}

#[test]
fn a_block_below_a_limit_is_below_it() {
    let mut table = vec![FrameEntry::NO_HEAD; 64];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(0, 64);
    let all: Vec<usize> = (0..64).map(|_| frames.take(0).unwrap()).collect();
    // Those given back last are found first.
    for block in all.iter().filter(|&&block| block % 2 == 0) {
        frames.give(*block, 0).unwrap();
    }
    assert!(frames.take(0).unwrap() >= 62);
    assert_eq!(frames.take_below(0, 2), Some(0));
    assert_eq!(frames.take_below(0, 2), None);
    assert_eq!(frames.take_below(1, 64), None);
    for block in all.iter().filter(|&&block| block % 2 == 1) {
        frames.give(*block, 0).unwrap();
    }
    assert!(frames.verify());
    assert_eq!(frames.take_below(3, 15), None);
    assert_eq!(frames.take_below(3, 24), Some(8));
    // The lower part of a block that reaches beyond the limit.
    assert_eq!(frames.take_below(3, 24), Some(16));
    assert!(frames.verify());
    let mut found = 0;
    while let Some(frame) = frames.take_below(0, 30) {
        assert!(frame < 30);
        found += 1;
    }
    assert_eq!(found, 6 + 7);
    assert!(frames.verify());
}

#[test]
fn a_wrong_give_changes_nothing() {
    let mut table = vec![FrameEntry::NO_HEAD; 16];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(0, 16);
    let block = frames.take(1).unwrap();
    for (frame, order) in [(block, 0), (block + 1, 0), (99, 0), (block, 40)] {
        assert_eq!(frames.give(frame, order), Err(NotInUse { frame, order }));
    }
    frames.give(block, 1).unwrap();
    assert_eq!(
        frames.give(block, 1),
        Err(NotInUse {
            frame: block,
            order: 1
        })
    );
    assert_eq!(frames.free(), 16);
}

#[test]
fn random_operations_against_a_map() {
    let mut table = vec![FrameEntry::NO_HEAD; 1000];
    let mut frames = FrameAllocator::new(&mut table);
    frames.add(7, 300);
    frames.add(307, 1000);
    let mut owner = vec![false; 1000];
    // What isn't the allocator's is never free.
    owner[..7].fill(true);
    owner[300..307].fill(true);
    let mut live: Vec<(usize, usize)> = vec![];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..20_000 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let order = (random >> 8) as usize % 5;
        if random & 1 == 0
            && let Some(block) = frames.take(order)
        {
            assert_eq!(block % (1 << order), 0);
            for taken in &mut owner[block..block + (1 << order)] {
                assert!(!core::mem::replace(taken, true));
            }
            live.push((block, order));
        } else if !live.is_empty() {
            let (block, order) = live.swap_remove((random >> 16) as usize % live.len());
            owner[block..block + (1 << order)].fill(false);
            frames.give(block, order).unwrap();
        }
        let used = owner.iter().filter(|&&used| used).count();
        assert_eq!(frames.free(), 1000 - used);
        assert!(frames.verify());
    }
    assert!(frames.verify());
}

#[test]
fn orders() {
    assert_eq!(order_of(1), 0);
    assert_eq!(order_of(4096), 0);
    assert_eq!(order_of(4097), 1);
    assert_eq!(order_of(65536), 4);
}
