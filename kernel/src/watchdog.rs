//! CPUs watch each other, so that none ends without a name.
//!
//! ```text
//!   once a second, on each CPU, in the clock's handler or between two dozes of a wait:
//!     it counts a beat
//!     the next CPU's beats: none for five of this one's         stuck: interruptions off
//!     what it runs itself for a module: for five of its beats   stuck: doesn't end
//!   in a wait, interruptions off: five seconds for one thing    stuck: who has it
//!   the boot CPU sets the machine's watchdog timer anew; if it runs out, or an operator
//!   asks (QEMU: inject-nmi), a restart interruption comes, whatever the CPU does
//! ```
//!
//! Who is stuck is stopped, and what it did is shown. Then the kernel dies, or goes on
//! where it was: `watchdog=panic`, `watchdog=warn`. The five seconds are
//! `watchdog_thresh=`, as in Linux.

use crate::activity::{self, Activity};
use crate::backtrace::Address;
use crate::command_line::WhenStuck;
use crate::cpu_states::{self, WaitsFor};
use crate::waiting::{self, Wait, threshold};
use crate::{cpus, panic, println, smp, timer};
use arch::backtrace::Walk;
use arch::sigp::Status;
use arch::traps::TrapFrame;
use arch::{cpu, lowcore, watchdog_timer};
use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use this_cpu::{Variable, percpu, with_interrupts_off};

/// Why a report is made.
#[derive(Clone, Copy)]
enum Stuck {
    /// A CPU takes no clock interruption.
    Silent {
        cpu: u32,
        /// Where it was when it was stopped.
        at: Option<u64>,
    },
    /// This CPU waits for one thing.
    Waits(Wait),
    /// This CPU runs a function of a module's, which doesn't end.
    Runs(Activity),
    /// The machine's watchdog timer ran out twice.
    RanOut { at: u64 },
    /// A restart interruption came.
    Asked { at: u64 },
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = threshold();
        match self {
            Stuck::Silent { cpu, at } => {
                write!(
                    f,
                    "cpu {cpu} has kept its interruptions off for {seconds} s"
                )?;
                at.map_or(Ok(()), |at| write!(f, "; it is at {}", Address(at)))
            }
            Stuck::Waits(wait) => write!(f, "it has waited {seconds} s {}", WaitsFor(*wait)),
            Stuck::Runs(Activity { kind, address, .. }) => write!(
                f,
                "{kind} runs for {seconds} s and longer: {}",
                Address(*address)
            ),
            Stuck::RanOut { at } => write!(
                f,
                "it has kept its interruptions off for {} s, as the machine's watchdog timer \
                 says; it is at {}",
                2 * watchdog_timer::SHORTEST,
                Address(*at)
            ),
            Stuck::Asked { at } => write!(
                f,
                "a restart interruption asks where this CPU is: {}",
                Address(*at)
            ),
        }
    }
}

/// The CPU that another one looks after, as it last saw it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Neighbour {
    cpu: u32,
    beats: u64,
    /// Looks since it had that many.
    unchanged: u64,
}

percpu! {
    /// Looks of this CPU.
    static BEATS: u64 = 0;
    /// Whom it looks after.
    static NEIGHBOUR: Cell<Option<Neighbour>> = Cell::new(None);
}

/// What follows a report.
static DIES: AtomicBool = AtomicBool::new(true);

/// Reports after which the kernel went on.
static WARNINGS: AtomicU64 = AtomicU64::new(0);

/// The CPU that makes a report, plus 1; 0 if none does.
static REPORTER: AtomicU32 = AtomicU32::new(0);

/// When the machine's watchdog timer was last set, by the clock; 0 if there is none.
static TIMER_SET: AtomicU64 = AtomicU64::new(0);

/// Whether it has run out since the boot CPU's last beat.
static RAN_OUT: AtomicBool = AtomicBool::new(false);

struct Watchdog;

impl waiting::Watchdog for Watchdog {
    fn look(&self) {
        beat();
    }

    fn stuck(&self, wait: Wait) {
        report(Stuck::Waits(wait), None);
    }
}

/// CPUs are watched from here on. Once, on the boot CPU, when it takes interruptions.
pub fn init(when_stuck: WhenStuck, seconds: u64) {
    DIES.store(when_stuck == WhenStuck::Panic, Ordering::Relaxed);
    waiting::set_watchdog(&Watchdog, seconds);
    let has_timer = set_timer();
    let alone = if has_timer {
        ""
    } else {
        "; a CPU alone isn't, for want of a watchdog timer"
    };
    log::info!("watchdog: CPUs that are stuck for {seconds} s are reported{alone}");
}

/// Whether the kernel dies of a CPU that is stuck.
pub fn dies() -> bool {
    DIES.load(Ordering::Relaxed)
}

/// Reports after which it went on.
pub fn warnings() -> u64 {
    WARNINGS.load(Ordering::Relaxed)
}

/// The clock comparator's handler: what is due once a second. `frame` is what it
/// interrupted.
pub fn interrupt(frame: &TrapFrame) {
    if !timer::take_look() {
        return;
    }
    timer::rearm();
    beat();
    if let Some(activity) = activity::look(threshold()) {
        report(Stuck::Runs(activity), Some(frame));
    }
}

/// The restart interruption's handler. If it may be the machine's watchdog timer that ran
/// out, there is a second chance: nobody may have read the console, and no CPU got on.
pub fn restart(frame: &TrapFrame) {
    let at = frame.psw.address;
    let set = TIMER_SET.load(Ordering::Relaxed);
    let end = set + arch::timer::from_microseconds(watchdog_timer::SHORTEST * 1_000_000);
    if set == 0 || arch::timer::now() < end {
        panic::stuck(&Stuck::Asked { at }, Some(frame));
    }
    if RAN_OUT.swap(true, Ordering::Relaxed) {
        panic::stuck(&Stuck::RanOut { at }, Some(frame));
    }
    set_timer();
}

/// Counts this CPU's beat, and looks after the next CPU. With interrupts off.
fn beat() {
    BEATS.inc();
    if cpu::number() == 0 {
        RAN_OUT.store(false, Ordering::Relaxed);
        set_timer();
    }
    let next = next_cpu();
    let beats = BEATS.on(next).map_or(0, |beats| beats.read());
    let neighbour = with_interrupts_off(|off| {
        let seen = off.get(&NEIGHBOUR);
        let new = match seen.get() {
            Some(seen) if seen.cpu == next && seen.beats == beats => Neighbour {
                unchanged: seen.unchanged + 1,
                ..seen
            },
            _ => Neighbour {
                cpu: next,
                beats,
                unchanged: 0,
            },
        };
        seen.set(Some(new));
        new
    });
    if next != cpu::number() && neighbour.unchanged == threshold() {
        report(
            Stuck::Silent {
                cpu: next,
                at: None,
            },
            None,
        );
    }
}

/// The online CPU behind this one, the first behind the last.
fn next_cpu() -> u32 {
    let this = cpu::number();
    let mut others = (this + 1..cpus::possible()).chain(0..this);
    others.find(|&cpu| cpus::is_online(cpu)).unwrap_or(this)
}

/// Sets the machine's watchdog timer anew; whether there is one.
fn set_timer() -> bool {
    let is_set = watchdog_timer::set(watchdog_timer::SHORTEST);
    let now = if is_set { arch::timer::now() } else { 0 };
    TIMER_SET.store(now, Ordering::Relaxed);
    is_set
}

/// The CPU to be looked at, if it isn't this one.
fn culprit(stuck: Stuck) -> Option<u32> {
    match stuck {
        Stuck::Silent { cpu, .. } | Stuck::Waits(Wait::Call(cpu)) => Some(cpu),
        Stuck::Waits(Wait::Lock { holder, .. } | Wait::Caller(holder)) => holder,
        Stuck::Runs(_) | Stuck::RanOut { .. } | Stuck::Asked { .. } => None,
    }
}

/// Reports who is stuck, and dies of it or goes on. With interrupts off.
fn report(stuck: Stuck, frame: Option<&TrapFrame>) {
    let this = cpu::number();
    let first = REPORTER.compare_exchange(0, this + 1, Ordering::Acquire, Ordering::Relaxed);
    match first {
        Ok(_) => {}
        // What this report needs is what is stuck.
        Err(reporter) if reporter == this + 1 => panic::stuck(&stuck, frame),
        // One at a time is enough.
        Err(_) => return,
    }
    let culprit = culprit(stuck).filter(|&cpu| cpu != this);
    let stopped = culprit.map(|cpu| (cpu, smp::stop(cpu)));
    let stuck = match (stuck, &stopped) {
        (Stuck::Silent { cpu, .. }, Some((_, Ok(status)))) => Stuck::Silent {
            cpu,
            at: Some(status.psw.address),
        },
        (stuck, _) => stuck,
    };
    if dies() {
        panic::stuck(&stuck, frame);
    }
    // The locks that this CPU holds are none that the report waits for: its texts take none
    // but by a try, and the console's is behind them all.
    lowcore::with_ranks_set_aside(|| warn(stuck, frame, stopped));
    WARNINGS.fetch_add(1, Ordering::Relaxed);
    REPORTER.store(0, Ordering::Release);
}

fn warn(
    stuck: Stuck,
    frame: Option<&TrapFrame>,
    stopped: Option<(u32, Result<Status, smp::Error>)>,
) {
    let this = cpu::number();
    println!("watchdog: cpu {this}: {stuck}");
    match frame {
        Some(frame) => {
            println!("    {}", Address(frame.psw.address));
            cpu_states::print_walk(Walk::of(&frame.registers, frame.psw.address));
        }
        None => cpu_states::print_walk(Walk::from(arch::stack::pointer())),
    }
    match stopped {
        None => {}
        Some((_, Err(error))) => println!("  {error}"),
        Some((cpu, Ok(status))) => {
            cpu_states::print(cpu, &status);
            // SAFETY: C11: stopped above; its state was only read.
            if let Err(error) = unsafe { smp::resume(cpu) } {
                println!("  {error}");
            }
        }
    }
}
