//! The kernel: boot, from the machine layer's entry to power-off.
//!
//! ```text
//!  boot_entry
//!    traps, consoles                                      console/, control/
//!    machine configuration, address map                   machine.rs, memory/map.rs
//!    memory: frames, translation on, heap, vmalloc        memory/
//!    per-CPU memory: first chunk, template copied         percpu/
//!    exports, parameters of modules                       modules/
//!    other CPUs                                           smp/
//!    modules, then self-tests or the monitor; or --run    selftest/, monitor/
//!    power off                                            power.rs
//! ```
#![no_std]
#![no_main]
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::disallowed_types,
    reason = "an exhausted heap is an error, not the end of the run"
)]

extern crate alloc;

mod activity;
mod backtrace;
mod bench;
mod boot_time;
mod command_line;
mod console;
mod continuation;
mod control;
mod cpu_states;
mod cpus;
mod details;
mod exports;
mod fail;
mod initrd;
mod interrupts;
mod load_unload_rounds;
mod machine;
mod memory;
mod misuse;
mod modules;
mod monitor;
mod monitor_call;
mod panic;
mod percpu;
mod percpu_address;
mod power;
mod profile;
mod recording;
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::disallowed_types,
    reason = "a test that finds no memory for its own lists may end the run"
)]
mod selftest;
mod smp;
mod soak;
mod symbols;
mod sync;
mod timer;
mod waiting;
mod warning;
mod watchdog;

use ::alloc::collections::TryReserveError;
use arch::{boot, stack};
use command_line::{Monitor, Options, RunToken};
use control::PowerOffBy;
use core::cell::UnsafeCell;
use core::fmt;
use log::{error, info, warn};
use memory::map::{BadMap, Map};

// Each site may be named.
const _: () = assert!(fail::Site::COUNT <= Options::MAX_FAULTS);

/// First Rust function, on the boot CPU, with translation and interruptions off.
#[unsafe(no_mangle)]
extern "C" fn boot_entry() -> ! {
    boot_time::entered();
    install_traps();
    console::init();
    let parameters = boot::parameters();
    control::init(RunToken::find(parameters.command_line));
    match boot(parameters) {
        Ok(by) => power::off(by),
        Err(error) => {
            error!("boot: {error}");
            println!("panic: the kernel can't boot: {error}");
            control::panic(0, format_args!("the kernel can't boot: {error}"));
            arch::power::crash();
        }
    }
}

/// Why there is no boot.
enum BootError {
    CommandLine(command_line::BadWord),
    Machine(machine::Error),
    Map(BadMap),
    Memory(memory::SetupError),
    FailSite(&'static str),
    Lockstat(TryReserveError),
    Slabs,
    Stacks,
    PerCpu(percpu::SetupError),
    Modules(modules::InitError),
    Initrd(initrd::Error),
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BootError::CommandLine(word) => write!(f, "command line: {word}"),
            BootError::Machine(error) => write!(f, "machine configuration: {error}"),
            BootError::Map(error) => write!(f, "address map: {error}"),
            BootError::Memory(error) => write!(f, "memory: {error}"),
            BootError::FailSite(site) => {
                write!(f, "fail={site}: the sites are {}", fail::Site::NAMES)
            }
            BootError::Lockstat(error) => write!(f, "lockstat: {error}"),
            BootError::Modules(error) => write!(f, "{error}"),
            BootError::Initrd(error) => write!(f, "initrd: {error}"),
            BootError::Stacks => f.write_str("stacks: no page frames for the boot CPU's"),
            BootError::Slabs => f.write_str("slabs: no memory for their book-keeping"),
            BootError::PerCpu(error) => write!(f, "per-CPU memory: {error}"),
        }
    }
}

/// Brings the kernel up and does what the machine was started for; returns who wants
/// it off then.
fn boot(parameters: boot::Parameters) -> Result<PowerOffBy, BootError> {
    let options = command_line::parse(parameters.command_line).map_err(BootError::CommandLine)?;
    console::set_level(options.log_level);
    if options.monitor == Some(Monitor::Lines) {
        control::want_names();
    }
    if options.details {
        control::details::want_details();
    }
    info!("command line: {}", parameters.command_line);
    for (site, _) in options.fail.iter().flatten() {
        fail::Site::named(site).ok_or(BootError::FailSite(site))?;
    }
    let arm_faults = || {
        for &(site, when) in options.fail.iter().flatten() {
            if let Some(site) = fail::Site::named(site) {
                fail::ask_for(site, when, options.seed);
            }
        }
    };
    if options.fail_at_boot {
        arm_faults();
    }
    for (bit, name) in arch::cpu::missing_facilities() {
        // Where the instructions are missing, too, the next of them ends the boot.
        warn!("machine: the CPU model lacks facility {bit}, {name}, which the kernel is built for");
    }
    let machine = machine::configuration().map_err(BootError::Machine)?;
    let map = memory::map::plan(machine.memory_end, options.vmalloc).map_err(BootError::Map)?;

    // SAFETY: M1: boot does it once, with what the machine and its loader say.
    let regions = unsafe { memory::init(&map, parameters.initrd, options.sanity) };
    let regions = regions.map_err(BootError::Memory)?;
    memory::vmalloc::init(regions.vmalloc);
    if let Some((address, bytes)) = parameters.initrd {
        // SAFETY: M1: `memory::init` kept the initrd's frames from the allocator.
        unsafe { initrd::init(address, bytes, options.initrd_sum) }.map_err(BootError::Initrd)?;
    }
    smp::init_boot_stacks().map_err(|memory::OutOfMemory| BootError::Stacks)?;
    cpus::init(&machine.cpus, options.possible_cpus);
    memory::slab::init(map.memory_end, cpus::possible())
        .map_err(|memory::OutOfMemory| BootError::Slabs)?;
    if options.lockstat {
        sync::counting::init(cpus::possible()).map_err(BootError::Lockstat)?;
    }
    percpu::init(&options, regions.per_cpu).map_err(BootError::PerCpu)?;
    misuse::init();
    modules::init(parameters.command_line).map_err(BootError::Modules)?;
    print_map(&map);
    // Here, as the other CPUs' control registers will be copies.
    arch::control::enable_monitor_calls();
    // SAFETY: C2: the boot CPU's ordinary context.
    unsafe { smp::enable_signals() };
    watchdog::init(options.watchdog, options.watchdog_threshold);
    smp::start_all(options.max_cpus.unwrap_or(u32::MAX));
    memory::heap::end_boot();
    if !options.fail_at_boot {
        arm_faults();
    }
    control::boot(machine.cpus.addresses().len(), machine.memory_end as u64);
    details::emit_start(regions_of(&map));
    let by = work(&options);
    details::emit_end();
    Ok(by)
}

/// What the machine was started for.
fn work(options: &Options) -> PowerOffBy {
    if let Some(commands) = initrd::file("run") {
        return monitor::run(commands.data);
    }
    modules::load_at_boot(options.modules);
    if let Some(by) = options.monitor {
        monitor::interactive(by);
        return PowerOffBy::Command;
    }
    selftest::at_boot::run(options);
    PowerOffBy::End
}

/// Handlers and small static stacks, until `smp::init_boot_stacks`.
fn install_traps() {
    const SIZE: usize = 16 * 1024;
    #[repr(C, align(4096))]
    struct Stack(UnsafeCell<[u8; SIZE]>);
    // SAFETY: C8: only the trap entry code uses them, on the boot CPU.
    unsafe impl Sync for Stack {}
    static INTERRUPT: Stack = Stack(UnsafeCell::new([0; SIZE]));
    static FAULT: Stack = Stack(UnsafeCell::new([0; SIZE]));
    let top = |stack: &Stack| stack.0.get() as usize + SIZE - stack::SAVE_AREA;
    // SAFETY: C8: the boot CPU, before translation and before any other CPU. C3: the
    // stacks are used for nothing else.
    unsafe { arch::traps::install(&interrupts::KernelHandlers, top(&INTERRUPT), top(&FAULT)) };
}

/// The address map: names and ranges.
fn regions_of(map: &Map) -> impl Iterator<Item = (&'static str, (usize, usize))> {
    let image = boot::image();
    let regions = [
        ("kernel text", Some(image.text)),
        ("kernel rodata and per-CPU template", Some(image.rodata)),
        ("kernel data", Some(image.data)),
        ("memory", Some((0, map.memory_end))),
        ("memory set aside for vmalloc=near", map.hole),
        ("per-CPU first chunk", Some(percpu::first_chunk())),
        ("per-CPU region", Some(map.per_cpu)),
        ("vmalloc region, modules", Some(map.vmalloc)),
    ];
    { regions.into_iter() }.filter_map(|(name, range)| Some((name, range?)))
}

/// Prints the address map, and the distance this kernel exists for.
fn print_map(map: &Map) {
    for (name, (start, end)) in regions_of(map) {
        info!("map: {start:#016x}..{end:#016x} {name}");
    }
    let distance = map.vmalloc.0.abs_diff(percpu::first_chunk().0);
    info!(
        "distance: the module area is {} from the per-CPU area; larl reaches 4 GiB",
        Gibibytes(distance)
    );
}

/// Bytes, printed in GiB with one digit.
struct Gibibytes(usize);

impl fmt::Display for Gibibytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 as u128 * 10) >> 30;
        write!(f, "{}.{} GiB", tenths / 10, tenths % 10)
    }
}
