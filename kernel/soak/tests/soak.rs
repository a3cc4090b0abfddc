//! What a soak does follows from its seed, and leaves nothing out.

use soak::{Operation, Outcome, Plan, Random, Tally};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn a_seed_has_one_soak() {
    for slice in 0..100 {
        assert_eq!(Plan::new(7, slice, 6), Plan::new(7, slice, 6));
    }
    let operations = |seed, slice, cpu| -> Vec<Operation> {
        let mut random = Random::new(seed, slice, cpu);
        (0..50).map(|_| Operation::choose(&mut random)).collect()
    };
    assert_eq!(operations(1, 2, 3), operations(1, 2, 3));
    for other in [(2, 2, 3), (1, 3, 3), (1, 2, 4), (1, 3, 2)] {
        assert_ne!(operations(1, 2, 3), operations(other.0, other.1, other.2));
    }
}

#[test]
fn slices_are_of_all_kinds() {
    const SITES: usize = 6;
    let plans: Vec<Plan> = (0..2_000).map(|slice| Plan::new(1, slice, SITES)).collect();
    let faults: Vec<_> = plans.iter().filter_map(|plan| plan.fault).collect();
    assert!((900..1_100).contains(&faults.len()), "{}", faults.len());
    let sites: BTreeSet<usize> = faults.iter().map(|fault| fault.site).collect();
    assert_eq!(sites, (0..SITES).collect());
    assert!(faults.iter().all(|fault| (1..=512).contains(&fault.nth)));
    assert!(faults.iter().any(|fault| fault.nth == 1) && faults.iter().any(|fault| fault.nth > 99));
    let ticks = plans.iter().filter(|plan| plan.tick.is_some()).count();
    assert!((1_200..1_450).contains(&ticks), "{ticks}");
    assert!(
        plans
            .iter()
            .all(|plan| (20_000..120_000).contains(&plan.microseconds))
    );
    assert!(plans.iter().any(|plan| plan.changes == 0));
    assert!(plans.iter().any(|plan| plan.changes == 4));
    // Without sites nothing fails.
    assert!((0..100).all(|slice| Plan::new(1, slice, 0).fault.is_none()));
}

#[test]
fn operations_come_as_often_as_they_should() {
    let mut random = Random::new(3, 0, 0);
    let mut counts = BTreeMap::new();
    for _ in 0..Operation::CHANCES * 100 {
        let name = Operation::choose(&mut random).to_string();
        *counts.entry(name).or_insert(0u64) += 1;
    }
    let led = [Operation::Offline, Operation::Online, Operation::Tick];
    for operation in Operation::all() {
        let count = counts.get(&operation.to_string()).copied().unwrap_or(0);
        assert_eq!(count == 0, led.contains(&operation), "{operation}: {count}");
    }
    assert!((28_000..32_000).contains(&counts["per-CPU area"]));
}

#[test]
fn random_numbers_stay_below_their_limit() {
    let mut random = Random::new(0, 0, 0);
    for limit in [1, 2, 3, 1000, u64::MAX] {
        assert!((0..1_000).all(|_| random.below(limit) < limit));
    }
    assert_eq!(random.below(0), 0);
    let seen: BTreeSet<u64> = (0..200).map(|_| random.below(7)).collect();
    assert_eq!(seen.len(), 7);
}

#[test]
fn a_tally_adds_up() {
    let tally = Tally::new();
    for (number, operation) in Operation::all().enumerate() {
        for _ in 0..=number {
            tally.add(operation, Outcome::Done);
        }
        tally.add(operation, Outcome::Refused);
    }
    let count = Operation::COUNT as u64;
    assert_eq!(tally.total(), count * (count + 1) / 2 + count);
    assert_eq!(tally.of(Operation::Tick, Outcome::Done), count);
    assert_eq!(tally.of(Operation::Tick, Outcome::Refused), 1);
    tally.clear();
    assert_eq!(tally.total(), 0);
}
