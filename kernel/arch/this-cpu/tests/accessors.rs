//! What each accessor does to the running CPU's copy, and to nothing else.

use core::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use this_cpu::{
    Handle, Integer, Pair, PerCpu, Storage, Variable, host, percpu, with_interrupts_off,
};

/// Any integer against arithmetic of 128 bits cut to the type's width.
macro_rules! integers {
    ($($test:ident: $type:ident;)*) => {$(
        #[test]
        fn $test() {
            // Neighbours in one word, to see a store that is too wide.
            percpu! { static PLACES: [$type; 3] = [0; 3]; }
            struct Middle;
            // SAFETY: P9: the array's second element, on every CPU.
            unsafe impl Storage for Middle {
                type Value = $type;
                fn handle(&self) -> Handle<$type> {
                    let first = PLACES.handle().value();
                    // SAFETY: P9: the array's second element, on every CPU.
                    unsafe { Handle::new(first + size_of::<$type>()) }
                }
            }
            let neighbours = || {
                // SAFETY: P9: a copy of this CPU's, which this thread is.
                let [before, _, after] = unsafe { PLACES.this().read() };
                (before, after)
            };
            let samples: [$type; 7] =
                [0, 1, 2, <$type>::MAX, <$type>::MIN, <$type>::MAX / 3, !(<$type>::MAX / 5)];
            host::on_cpu(2, || for old in samples { for value in samples {
                // SAFETY: P9: a copy of this CPU's, which this thread is.
                unsafe { PLACES.this().write([!old, old, !old]) };
                let v = &Middle;
                let wide = |x: $type| x as i128;
                let check = |name: &str, expected: i128| {
                    assert_eq!(v.read(), expected as $type, "{name} {old} {value}");
                    assert_eq!(neighbours(), (!old, !old), "{name} beside");
                    v.write(old);
                    assert_eq!(v.read(), old);
                };
                v.add(value); check("add", wide(old) + wide(value));
                v.sub(value); check("sub", wide(old) - wide(value));
                v.inc(); check("inc", wide(old) + 1);
                v.dec(); check("dec", wide(old) - 1);
                v.add_constant::<-128>(); check("add -128", wide(old) - 128);
                v.add_constant::<127>(); check("add 127", wide(old) + 127);
                v.and(value); check("and", wide(old) & wide(value));
                v.or(value); check("or", wide(old) | wide(value));
                v.xor(value); check("xor", wide(old) ^ wide(value));
                assert_eq!(v.add_return(value), (wide(old) + wide(value)) as $type);
                check("add_return", wide(old) + wide(value));
                assert_eq!(v.sub_return(value), (wide(old) - wide(value)) as $type);
                check("sub_return", wide(old) - wide(value));
                assert_eq!(v.inc_return(), (wide(old) + 1) as $type);
                check("inc_return", wide(old) + 1);
                assert_eq!(v.dec_return(), (wide(old) - 1) as $type);
                check("dec_return", wide(old) - 1);
                assert_eq!(v.xchg(value), old); check("xchg", wide(value));
                assert_eq!(v.cmpxchg(old, value), old); check("cmpxchg", wide(value));
                assert_eq!(v.cmpxchg(!old, value), old); check("cmpxchg, unequal", wide(old));
            }});
        }
    )*};
}

integers! {
    unsigned_1: u8; signed_1: i8;
    unsigned_2: u16; signed_2: i16;
    unsigned_4: u32; signed_4: i32;
    unsigned_8: u64; signed_8: i64;
    unsigned_address: usize; signed_address: isize;
}

#[test]
fn every_cpu_has_its_own_copy_with_the_initial_value() {
    percpu! { static LEFT: u32 = 1000; }
    for cpu in 0..host::CPUS {
        host::on_cpu(cpu, || LEFT.sub(cpu));
    }
    for cpu in 0..host::CPUS {
        assert_eq!(LEFT.on(cpu).map(|copy| copy.read()), Some(1000 - cpu));
    }
    assert!(LEFT.on(host::CPUS).is_none());
    assert_eq!(LEFT.sum(), 4000 - 6);
    LEFT.on(3).unwrap().write(5);
    assert_eq!(host::on_cpu(3, || LEFT.read()), 5);
}

#[test]
fn a_generic_function_takes_both_kinds() {
    percpu! { static FIXED: u16 = 7; }
    fn hit<V: Variable<Value: Integer>>(variable: &V) -> V::Value {
        variable.inc_return()
    }
    let allocated = PerCpu::<u16>::alloc().unwrap();
    host::on_cpu(1, || assert_eq!((hit(&FIXED), hit(&allocated)), (8, 1)));
    // A static's variable is its type: nothing is left to look at when it runs.
    assert_eq!(size_of_val(&FIXED), 0);
}

#[test]
fn bool_and_pointers() {
    percpu! {
        static FLAG: bool = true;
        static PLACE: *const u64 = core::ptr::null();
    }
    static TARGET: u64 = 9;
    host::on_cpu(0, || {
        FLAG.and(false);
        assert!(!FLAG.read());
        FLAG.xor(true);
        assert!(FLAG.xchg(false));
        assert!(!FLAG.cmpxchg(true, true));
        assert!(PLACE.cmpxchg(core::ptr::null(), &TARGET).is_null());
        // SAFETY: P9: the pointer that was stored, to a static.
        assert_eq!(unsafe { *PLACE.read() }, 9);
    });
}

#[test]
fn pairs_change_together_or_not_at_all() {
    percpu! { static BOTH: Pair = Pair(1, 2); }
    host::on_cpu(0, || {
        assert_eq!(BOTH.this() as usize % 16, 0);
        assert!(!BOTH.cmpxchg_double(Pair(1, 3), Pair(9, 9)));
        assert!(!BOTH.cmpxchg_double(Pair(0, 2), Pair(9, 9)));
        assert_eq!(BOTH.read(), Pair(1, 2));
        assert!(BOTH.cmpxchg_double(Pair(1, 2), Pair(3, 4)));
        assert_eq!(BOTH.xchg(Pair(5, 6)), Pair(3, 4));
        assert_eq!(BOTH.read(), Pair(5, 6));
    });
}

#[test]
fn statics_of_any_size_and_alignment() {
    #[derive(Clone, Copy)]
    #[repr(align(4096))]
    struct Page([u8; 3]);
    percpu! {
        static NOTHING: () = ();
        static PAGE: Page = Page([1, 2, 3]);
        static LARGE: [u64; 2000] = [6; 2000];
    }
    host::on_cpu(3, || {
        assert_eq!(PAGE.this() as usize % 4096, 0);
        // SAFETY: P9: a copy of this CPU's, which this thread is.
        assert_eq!(unsafe { PAGE.this().read() }.0, [1, 2, 3]);
        // SAFETY: P9: a copy of this CPU's, which this thread is.
        assert_eq!(unsafe { LARGE.this().read() }, [6; 2000]);
        assert!(!NOTHING.this().is_null());
    });
}

#[test]
fn dynamic_memory_is_zero_again_after_a_free() {
    let other = PerCpu::<u8>::alloc().unwrap();
    for _ in 0..3 {
        let variable = PerCpu::<[u64; 5]>::alloc_atomic().unwrap();
        assert_ne!(variable.handle().value(), other.handle().value());
        for cpu in 0..host::CPUS {
            host::on_cpu(cpu, || {
                // SAFETY: P9: a copy of this CPU's, which this thread is.
                assert_eq!(unsafe { variable.this().replace([!0; 5]) }, [0; 5]);
            });
        }
        assert_eq!(other.sum(), 0);
    }
    let error = PerCpu::<[u64; 100_000]>::alloc().unwrap_err();
    assert_eq!((error.bytes, error.align), (800_000, 8));
}

#[test]
fn references_to_a_copy() {
    percpu! {
        static CELL: Cell<u64> = Cell::new(1);
        static ATOMIC: AtomicU64 = AtomicU64::new(2);
    }
    let last = || with_interrupts_off(|cpu| cpu.get(&CELL).get());
    host::on_cpu(1, || {
        with_interrupts_off(|cpu| cpu.get(&CELL).set(cpu.get(&ATOMIC).load(Relaxed) + 3))
    });
    assert_eq!(host::on_cpu(1, last), 5);
    assert_eq!(host::on_cpu(2, last), 1);
    ATOMIC.on(2).unwrap().get().fetch_add(1, Relaxed);
    let other = || with_interrupts_off(|cpu| cpu.get(&ATOMIC).load(Relaxed));
    assert_eq!(host::on_cpu(2, other), 3);
}
