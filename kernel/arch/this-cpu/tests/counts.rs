//! What is built on per-CPU variables: counters and reference counts.

use std::num::NonZeroU32;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use this_cpu::{PerCpuCounter, PerCpuRef, host};

#[test]
fn a_counter_is_exact_and_nearly_so_in_its_total() {
    const BATCH: u32 = 10;
    let counter = PerCpuCounter::new(NonZeroU32::new(BATCH).unwrap()).unwrap();
    thread::scope(|scope| {
        for thread in 0..2 * host::CPUS {
            let counter = &counter;
            scope.spawn(move || {
                for turn in 0..1000 {
                    let amount = (turn % 7) - 2;
                    host::on_cpu(thread % host::CPUS, || counter.add(amount));
                }
            });
        }
    });
    let expected: i64 =
        (0..1000).map(|turn| (turn % 7) - 2).sum::<i64>() * 2 * i64::from(host::CPUS);
    assert_eq!(counter.sum(), expected);
    let held_back = (expected - counter.approximate()).unsigned_abs();
    assert!(
        held_back <= u64::from((BATCH - 1) * host::CPUS),
        "{held_back} held back"
    );
    assert_ne!(counter.approximate(), 0);
}

#[test]
fn a_batch_is_kept_back_until_it_is_full() {
    let counter = PerCpuCounter::new(NonZeroU32::new(4).unwrap()).unwrap();
    host::on_cpu(0, || counter.add(-3));
    assert_eq!((counter.approximate(), counter.sum()), (0, -3));
    host::on_cpu(0, || counter.add(-1));
    assert_eq!((counter.approximate(), counter.sum()), (-4, -4));
}

#[test]
fn references_may_be_given_up_on_another_cpu() {
    let count = PerCpuRef::new().unwrap();
    assert!(host::on_cpu(0, || count.try_get()));
    assert!(host::on_cpu(0, || count.try_get()));
    assert!(!host::on_cpu(1, || count.put()));
    assert!(!count.kill());
    assert!(!count.kill());
    assert!(!host::on_cpu(2, || count.try_get()));
    assert!(host::on_cpu(3, || count.put()));
}

#[test]
fn killed_without_users_it_is_the_last_at_once() {
    let count = PerCpuRef::new().unwrap();
    assert!(!count.switch_to_atomic());
    assert!(host::on_cpu(0, || count.try_get()));
    assert!(!host::on_cpu(1, || count.put()));
    assert!(count.kill());
    assert!(!host::on_cpu(0, || count.try_get()));
}

#[test]
fn killed_while_in_use_it_is_released_once() {
    for _ in 0..200 {
        let count = PerCpuRef::new().unwrap();
        let released = AtomicU32::new(0);
        let live = AtomicU32::new(0);
        thread::scope(|scope| {
            for cpu in 0..host::CPUS {
                let (count, released, live) = (&count, &released, &live);
                scope.spawn(move || {
                    while host::on_cpu(cpu, || count.try_get()) {
                        live.fetch_add(1, SeqCst);
                        assert_eq!(released.load(SeqCst), 0, "released while referenced");
                        live.fetch_sub(1, SeqCst);
                        if host::on_cpu((cpu + 1) % host::CPUS, || count.put()) {
                            assert_eq!(live.load(SeqCst), 0);
                            released.fetch_add(1, SeqCst);
                        }
                    }
                });
            }
            if count.kill() {
                released.fetch_add(1, SeqCst);
            }
        });
        assert_eq!(released.load(SeqCst), 1);
    }
}

#[test]
fn a_switch_waits_for_every_cpu() {
    let count = PerCpuRef::new().unwrap();
    let inside = Barrier::new(2);
    let left = AtomicU32::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            host::on_cpu(2, || {
                inside.wait();
                // As if in a section, with the mode already looked at.
                thread::sleep(Duration::from_millis(30));
                left.store(1, SeqCst);
            });
        });
        inside.wait();
        assert!(!count.switch_to_atomic());
        assert_eq!(left.load(SeqCst), 1);
    });
}
