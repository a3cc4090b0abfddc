//! Random operations against the model of `kernel/percpu/model`.

mod common;

use common::{Machine, UNITS, allocator_with};
use percpu::{DYNAMIC_RESERVE, FreeError, Handle, MAGAZINE, Sizes};
use percpu_model::{Bytes, Came, Model, Random, Step};

/// A static variable's handle.
const A_STATIC: Handle = Handle(common::TEMPLATE + 16);

fn run(seed: u64, operations: u64, limit: usize, magazine: usize) {
    let machine = Machine::default();
    let sizes = Sizes::new(1000, 8192, DYNAMIC_RESERVE, UNITS).unwrap();
    let tested = allocator_with(&machine, &machine, sizes, magazine);
    let at_start = (tested.usage(), machine.count());
    let mut model = Model::new(tested, sizes);
    let mut random = Random::new(seed, limit, A_STATIC);
    for operation in 0..operations {
        let (cpu, byte) = (random.below(UNITS), random.byte());
        let step = model.choose(&mut random);
        let came = model.act(step, cpu, byte);
        let came = came.unwrap_or_else(|wrong| panic!("operation {operation}, {step:?}: {wrong}"));
        // Only from mapped pages, or while requests fail, may there be no area.
        let may_fail = matches!(step, Step::AllocAtomic(_) | Step::AllocFailing(..));
        let is_refused = matches!(came, Came::NotAllocated(_));
        assert!(
            may_fail || !is_refused,
            "operation {operation}, {step:?}: {came:?}"
        );
        let right = match step {
            Step::Free(A_STATIC) => matches!(came, Came::NotFreed(FreeError::Static { .. })),
            Step::Free(Handle(0x10)) => matches!(came, Came::NotFreed(FreeError::Foreign { .. })),
            _ => true,
        };
        assert!(right, "operation {operation}, {step:?}: {came:?}");
        if operation % 50 == 0 {
            model.verify().unwrap();
        }
    }
    model.end().unwrap();
    assert_eq!((model.allocator().usage(), machine.count()), at_start);
}

/// Who writes into another's copy is found out: the model can fail.
#[test]
fn a_foreign_byte() {
    let machine = Machine::default();
    let sizes = Sizes::new(1000, 8192, DYNAMIC_RESERVE, UNITS).unwrap();
    let mut model = Model::new(allocator_with(&machine, &machine, sizes, MAGAZINE), sizes);
    let bytes = Bytes { size: 24, align: 8 };
    let Came::Areas(areas) = model.act(Step::Alloc(bytes), 1, 7).unwrap() else {
        panic!("no area");
    };
    let interior = model.act(Step::Free(Handle(areas[0].0 + 4)), 1, 0);
    let is_interior = matches!(interior, Ok(Came::NotFreed(FreeError::Interior { .. })));
    assert!(is_interior, "{interior:?}");
    let copy = areas[0].0.wrapping_add(model.allocator().offset(2));
    machine.fill(copy + 23, 1, 0);
    let wrong = model.act(Step::Free(areas[0]), 1, 0).unwrap_err();
    assert!(wrong.starts_with("somebody wrote into 0x"), "{wrong}");
}

/// Under Miri each takes a thousand times as long.
const OPERATIONS: u64 = if cfg!(miri) { 300 } else { 100_000 };

#[test]
fn few_areas() {
    run(1, OPERATIONS, 20, MAGAZINE);
}

#[test]
fn many_areas() {
    run(2, OPERATIONS, 400, MAGAZINE);
}

#[test]
fn areas_without_magazines() {
    run(4, OPERATIONS, 100, 0);
}

/// `OPERATIONS=20000000 cargo test -p percpu --test model -- --ignored`
#[test]
#[ignore = "hours, or as long as OPERATIONS says"]
fn long() {
    let operations = std::env::var("OPERATIONS").ok();
    let operations = operations.and_then(|text| text.parse().ok());
    run(3, operations.unwrap_or(20_000_000), 200, MAGAZINE);
}
