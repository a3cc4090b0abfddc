//! Each accessor against an interrupt handler that does the same.
//!
//! The handler comes at random instructions of a loop that changes a variable,
//! and changes it too. If an update were not one instruction, one of the two
//! would be lost now and then, and the sum would not be exact.

use super::limit::Limit;
use super::{NotPassed, failed};
use crate::{check, cpus, println, selftest, smp, timer};
use alloc::string::String;
use core::sync::atomic::{AtomicU64, Ordering};
use spin::Mutex;
use this_cpu::{Pair, Variable, percpu};

percpu! {
    /// State of this CPU's random numbers (xorshift64).
    static RANDOM: u64 = 0;
    /// Ticks of the accessor at work.
    static TICKS: u64 = 0;
    /// Ticks of all accessors.
    static ALL_TICKS: u64 = 0;
}

/// The next tick's distance: 20 to 83 microseconds.
fn distance() -> u64 {
    let mut state = RANDOM.read() | 1;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    RANDOM.write(state);
    20 + (state >> 20) % 64
}

/// Runs `work` while `tick` comes at random; returns the number of ticks.
fn interrupted(tick: fn(), work: impl FnOnce()) -> u64 {
    TICKS.write(0);
    RANDOM.write(u64::from(arch::cpu::number()) << 40 ^ arch::timer::now());
    timer::start(distance(), tick);
    work();
    timer::stop();
    ALL_TICKS.add(TICKS.read());
    TICKS.read()
}

/// Ends a tick: the next one comes after another distance.
fn again(tick: fn()) {
    TICKS.inc();
    timer::start(distance(), tick);
}

/// What the loop and the ticks did, and what is to be found then.
macro_rules! exercise {
    ($width:ident, $type:ty) => {
        mod $width {
            use super::{again, interrupted};
            use this_cpu::{Variable, percpu};

            percpu! {
                static V: $type = 0;
                /// What the handler holds for `xchg`.
                static TOKEN: $type = 0;
            }

            /// Both add `amount`, by one of the ways to do so.
            macro_rules! sums {
                ($name:ident, $amount:expr, $do:expr) => {
                    fn $name(rounds: u64) -> bool {
                        const DO: fn() = $do;
                        fn tick() {
                            DO();
                            again(tick);
                        }
                        V.write(0);
                        let ticks = interrupted(tick, || (0..rounds).for_each(|_| ($do)()));
                        let times = rounds.wrapping_add(ticks) as $type;
                        V.read() == times.wrapping_mul($amount as $type)
                    }
                };
            }

            sums!(inc, 1, || V.inc());
            sums!(dec, -1i64, || V.dec());
            sums!(add, 3, || V.add(3));
            sums!(sub, -5i64, || V.sub(5));
            sums!(add_constant, 7, || V.add_constant::<7>());
            sums!(add_return, 11, || {
                V.add_return(11);
            });
            sums!(sub_return, -13i64, || {
                V.sub_return(13);
            });
            sums!(inc_return, 1, || {
                V.inc_return();
            });
            sums!(dec_return, -1i64, || {
                V.dec_return();
            });
            sums!(cmpxchg, 1, || loop {
                let old = V.read();
                if V.cmpxchg(old, old.wrapping_add(1)) == old {
                    break;
                }
            });

            /// The loop sets and clears bit 0, the handler flips bit 1.
            fn bits(rounds: u64) -> bool {
                fn tick() {
                    V.xor(2);
                    again(tick);
                }
                V.write(0);
                let ticks = interrupted(tick, || {
                    for _ in 0..rounds {
                        V.or(1);
                        V.and(!1);
                    }
                });
                V.read() == if ticks % 2 == 0 { 0 } else { 2 }
            }

            /// Three tokens change hands, and none is lost or doubled.
            fn xchg(rounds: u64) -> bool {
                fn tick() {
                    TOKEN.write(V.xchg(TOKEN.read()));
                    again(tick);
                }
                V.write(1);
                TOKEN.write(2);
                let mut mine: $type = 4;
                interrupted(tick, || {
                    for _ in 0..rounds {
                        mine = V.xchg(mine);
                    }
                });
                (V.read() | TOKEN.read() | mine) == 7
            }

            /// Runs all of them; the first that lost an update.
            pub fn run(rounds: u64) -> Option<&'static str> {
                let all: [(&str, fn(u64) -> bool); 12] = [
                    ("inc", inc),
                    ("dec", dec),
                    ("add", add),
                    ("sub", sub),
                    ("add_constant", add_constant),
                    ("add_return", add_return),
                    ("sub_return", sub_return),
                    ("inc_return", inc_return),
                    ("dec_return", dec_return),
                    ("cmpxchg", cmpxchg),
                    ("or, and, xor", bits),
                    ("xchg", xchg),
                ];
                let lost = all.into_iter().find(|(_, exact)| !exact(rounds));
                lost.map(|(name, _)| name)
            }
        }
    };
}

exercise!(unsigned_1, u8);
exercise!(unsigned_2, u16);
exercise!(unsigned_4, u32);
exercise!(unsigned_8, u64);
exercise!(signed_1, i8);
exercise!(signed_2, i16);
exercise!(signed_4, i32);
exercise!(signed_8, i64);

percpu! {
    static PAIR: Pair = Pair(0, !0);
}

/// Both halves count together, in opposite directions.
fn pairs(rounds: u64) -> bool {
    fn step() {
        loop {
            let old = PAIR.read();
            if PAIR.cmpxchg_double(old, Pair(old.0 + 1, old.1 - 1)) {
                return;
            }
        }
    }
    fn tick() {
        step();
        again(tick);
    }
    PAIR.write(Pair(0, !0));
    let ticks = interrupted(tick, || (0..rounds).for_each(|_| step()));
    let times = rounds + ticks;
    PAIR.read() == Pair(times, !times)
}

/// A width: its name, and all its accessors; the first that lost an update.
type Width = (&'static str, fn(u64) -> Option<&'static str>);

/// All widths on every CPU at once, again if no interrupt came: a busy host may be late with
/// all of them.
fn all(rounds: u64) -> Result<(), NotPassed> {
    let limit = Limit::new("an interrupt of an accessor");
    while all_once(rounds)? == 0 {
        limit.check()?;
    }
    Ok(())
}

/// All widths on every CPU at once; returns how many interrupts came.
fn all_once(rounds: u64) -> Result<u64, NotPassed> {
    let lost: Mutex<Option<String>> = Mutex::new(None);
    let interrupts = AtomicU64::new(0);
    smp::run_as_task_on_each(|| {
        ALL_TICKS.write(0);
        let widths: [Width; 9] = [
            ("u8", unsigned_1::run),
            ("u16", unsigned_2::run),
            ("u32", unsigned_4::run),
            ("u64", unsigned_8::run),
            ("i8", signed_1::run),
            ("i16", signed_2::run),
            ("i32", signed_4::run),
            ("i64", signed_8::run),
            ("pair", |rounds| {
                (!pairs(rounds)).then_some("cmpxchg_double")
            }),
        ];
        for (width, run) in widths {
            if let Some(name) = run(rounds) {
                let cpu = arch::cpu::number();
                *lost.lock() = Some(alloc::format!("{name} of {width} on cpu {cpu}"));
            }
        }
        interrupts.fetch_add(ALL_TICKS.read(), Ordering::Relaxed);
    })
    .map_err(failed)?;
    println!(
        "# {rounds} rounds of 97 accessors on {} CPUs, interrupted {} times",
        cpus::online_count(),
        interrupts.load(Ordering::Relaxed)
    );
    let lost = lost.into_inner();
    check!(lost.is_none(), "an update was lost: {lost:?}");
    Ok(interrupts.into_inner())
}

fn short() -> Result<(), NotPassed> {
    all(5_000)
}

fn long() -> Result<(), NotPassed> {
    all(1_000_000)
}

selftest!("percpu.accessors_under_interrupts", short);
selftest!("stress.accessors", long, on_request);
