//! The table against a model: random operations, with what they must say.

use sanity::{Block, BlockTable, CHUNK, Event, Kind, Refused, Slot, Zones};
use std::collections::{BTreeMap, VecDeque};

fn room() -> &'static mut [Slot; CHUNK] {
    let slots: Vec<Slot> = (0..CHUNK).map(|_| Slot::EMPTY).collect();
    let slots: Box<[Slot; CHUNK]> = slots.try_into().unwrap_or_else(|_| unreachable!());
    Box::leak(slots)
}

fn block(kind: Kind, start: usize, bytes: usize) -> Block {
    Block::new(kind, start, Zones::new(bytes, 16).unwrap(), Event::NONE)
}

#[test]
fn random_operations() {
    const BUDGET: usize = 4096;
    for seed in 0..3 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut table = BlockTable::new();
        table.set_budget(BUDGET);
        let mut live: BTreeMap<usize, usize> = BTreeMap::new();
        let mut kept: VecDeque<(usize, usize)> = VecDeque::new();
        for _ in 0..20_000 {
            if table.is_full() {
                table.add_room(room()).unwrap();
            }
            let start = random.usize(1..400) * 64 + 16;
            let bytes = random.usize(1..200);
            let entry = block(Kind::Slab, start, bytes);
            let holds = |(&start, &bytes): (&usize, &usize)| {
                let other = block(Kind::Slab, start, bytes);
                let range = entry.base()..entry.base() + entry.zones.total();
                other.base() < range.end && range.start < other.base() + other.zones.total()
            };
            let taken = live.iter().any(holds) || kept.iter().any(|(s, b)| holds((s, b)));
            match table.enter(entry) {
                Ok(()) => {
                    assert!(!taken);
                    live.insert(start, bytes);
                }
                Err(Refused::Overlap(_)) => assert!(taken),
                Err(refused) => panic!("{refused:?}"),
            }
            let start = random.usize(1..400) * 64 + 16;
            match table.begin_free(Kind::Slab, start, 0, &Event::NONE) {
                Ok(freed) => {
                    assert_eq!(live.remove(&start), Some(freed.zones.bytes));
                    table.keep(Kind::Slab, start, freed.zones.total());
                    kept.push_back((start, freed.zones.bytes));
                }
                Err(Refused::Twice(_)) => assert!(kept.iter().any(|&(s, _)| s == start)),
                Err(Refused::Inside(block)) => assert!(block.holds(start)),
                Err(Refused::Unknown) => assert!(!live.contains_key(&start)),
                Err(refused) => panic!("{refused:?}"),
            }
            while let Some(old) = table.oldest(random.u32(..1000) == 0) {
                assert_eq!(kept.pop_front(), Some((old.start, old.zones.bytes)));
                table.forget(old.kind, old.start);
            }
            let counts = table.counts();
            assert_eq!((counts.live, counts.kept), (live.len(), kept.len()));
            assert!(counts.kept_bytes <= BUDGET);
        }
        // All of them, by address, each pinned meanwhile.
        let (mut last, mut count) = (None, 0);
        while let Some((pin, block)) = table.next(last.as_ref()) {
            assert!(last.is_none_or(|last: Block| last.base() < block.base()));
            table.unpin(pin);
            (last, count) = (Some(block), count + 1);
        }
        assert_eq!(count, live.len() + kept.len());
    }
}

#[test]
fn what_cannot_be_freed() {
    let mut table = BlockTable::new();
    assert_eq!(
        table.enter(block(Kind::Slab, 0x1000, 8)),
        Err(Refused::NoRoom)
    );
    table.add_room(room()).unwrap();
    let mut object = block(Kind::Slab, 0x1000, 100);
    object.cache = 0x77;
    table.enter(object).unwrap();
    // A handle may be the address of something else.
    table.enter(block(Kind::PerCpu, 0x1000, 8)).unwrap();
    table.enter(block(Kind::PerCpu, 0x9000, 8)).unwrap();
    table.enter(block(Kind::Vmalloc, 0x20_0000, 4096)).unwrap();
    let mut free = |kind, start, cache| {
        let freed = table.begin_free(kind, start, cache, &Event::NONE);
        freed.map_err(Box::new)
    };
    assert!(matches!(
        free(Kind::Slab, 0x1010, 0x77),
        Err(ref it) if matches!(**it, Refused::Inside(_))
    ));
    assert!(matches!(
        free(Kind::Slab, 0xff8, 0x77),
        Err(ref it) if matches!(**it, Refused::Inside(_))
    ));
    assert!(matches!(
        free(Kind::Vmalloc, 0x1000, 0),
        Err(ref it) if matches!(**it, Refused::OtherKind(_))
    ));
    assert!(matches!(
        free(Kind::Slab, 0x20_0000, 0),
        Err(ref it) if matches!(**it, Refused::OtherKind(_))
    ));
    assert!(matches!(
        free(Kind::Slab, 0x9000, 0),
        Err(ref it) if matches!(**it, Refused::OtherKind(_))
    ));
    assert!(matches!(
        free(Kind::Slab, 0x1000, 0),
        Err(ref it) if matches!(**it, Refused::OtherCache(_))
    ));
    assert!(free(Kind::Slab, 0x5000, 0) == Err(Box::new(Refused::Unknown)));
    assert!(free(Kind::Slab, 0x1000, 0x77).is_ok());
    assert!(matches!(
        free(Kind::Slab, 0x1000, 0x77),
        Err(ref it) if matches!(**it, Refused::Twice(_))
    ));
}

#[test]
fn what_is_pinned_stays() {
    let mut table = BlockTable::new();
    table.add_room(room()).unwrap();
    table.enter(block(Kind::Slab, 0x1000, 8)).unwrap();
    let (pin, _) = table.next(None).unwrap();
    table
        .begin_free(Kind::Slab, 0x1000, 0, &Event::NONE)
        .unwrap();
    table.keep(Kind::Slab, 0x1000, 48);
    assert_eq!(table.oldest(true), None);
    table.unpin(pin);
    assert_eq!(table.oldest(true).map(|block| block.start), Some(0x1000));
}
