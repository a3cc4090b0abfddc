//! The pieces that a picture of the chunks is drawn from add up to what the books have.

mod common;

use common::{Machine, allocator};
use percpu::{Handle, PAGE_SIZE, Use};

/// What the pieces of all parts come to: live areas, and bytes that are live, kept and free.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    areas: usize,
    live: usize,
    kept: usize,
    free: usize,
}

/// Goes through all pieces, which follow one another without a gap.
fn sum(tested: &common::Tested<'_>) -> Sum {
    let mut sum = Sum::default();
    let mut from = 0;
    while let Some(part) = tested.chunk_from(from) {
        from = part.number + 1;
        let (mut byte, end) = part.bytes;
        let mut populated = 0;
        while byte < end {
            let piece = tested.piece_from(part.number, byte).expect("a piece");
            assert_eq!(piece.start, byte);
            assert!(piece.end > byte, "{piece:?} has bytes");
            let bytes = piece.end.min(end) - byte;
            match piece.used {
                Use::Live => {
                    sum.areas += 1;
                    sum.live += bytes;
                    let handle = Handle(part.handle.0.wrapping_add(byte));
                    assert_eq!(tested.size_of(handle), Some(bytes));
                }
                Use::Kept => sum.kept += bytes,
                Use::Free => sum.free += bytes,
                Use::Unpopulated => assert_eq!(piece.end % PAGE_SIZE, 0),
            }
            if piece.used != Use::Unpopulated {
                populated += bytes;
            }
            byte = piece.end;
        }
        if !part.immutable {
            assert_eq!(populated, part.populated * PAGE_SIZE);
        }
        assert_eq!(tested.piece_from(part.number, part.pages * PAGE_SIZE), None);
    }
    sum
}

#[test]
fn pieces_add_up() {
    let machine = Machine::default();
    let tested = allocator(&machine, 4096);
    let mut random = fastrand::Rng::with_seed(7);
    let mut live: Vec<Handle> = Vec::new();
    for round in 0..400 {
        let size = [4, 8, 20, 24, 128, 200, 4096, 8192][random.usize(0..8)];
        if live.len() < 100 && random.u8(..) < 150 {
            live.push(tested.alloc(size, 4).unwrap());
        } else if !live.is_empty() {
            let area = live.swap_remove(random.usize(0..live.len()));
            tested.free(area).unwrap();
        }
        if round % 50 == 0 {
            tested.balance();
        }
        let total = tested.statistics(&mut |_| {});
        let mut free = 0;
        tested.statistics(&mut |chunk| free += chunk.free_bytes);
        let found = sum(&tested);
        assert_eq!((found.areas, found.live), (live.len(), total.usage.bytes));
        assert_eq!(found.kept, total.cached_bytes);
        // To the statistics, what is kept is free.
        assert_eq!(found.free + found.kept, free);
    }
}
