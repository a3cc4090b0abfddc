//! The console: whole lines, whatever happens while they are put together.

use super::NotPassed;
use super::limit::wait;
use crate::percpu_address::PerCpuAddress;
use crate::{check, check_eq, console, cpus, interrupts, percpu, println, selftest, smp, timer};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use arch::control::{self, ExternalClass};
use arch::cpu;
use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};
use this_cpu::Variable;

/// What `work` prints, line by line; `log` lines of others are left out.
fn lines_of(work: impl FnOnce()) -> Result<Vec<String>, NotPassed> {
    let mut copy = Box::new([0; console::COPY]);
    let count = console::copy_of(work, &mut copy);
    check!(count < console::COPY, "too much is printed");
    let text = core::str::from_utf8(&copy[..count]).map_err(super::failed)?;
    check!(text.ends_with('\n'), "the last line has no end");
    Ok(text.lines().map(Into::into).collect())
}

/// Prints a line of its own, so many levels deep, while it is printed.
struct Printing(u32);

impl fmt::Display for Printing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<")?;
        if let Some(inner) = self.0.checked_sub(1) {
            println!("# level {inner} {}", Printing(inner));
        }
        f.write_str(">")
    }
}

fn nested_display() -> Result<(), NotPassed> {
    let lines = lines_of(|| println!("# outermost {}", Printing(2)))?;
    check_eq!(lines, ["# level 0 <>", "# level 1 <>", "# outermost <>"]);
    Ok(())
}

fn too_deep() -> Result<(), NotPassed> {
    let before = console::losses().too_deep;
    let levels = console::LEVELS as u32;
    let lines = lines_of(|| println!("# outermost {}", Printing(levels)))?;
    check_eq!(lines.len(), console::LEVELS + 1);
    check!(lines[0].contains("a line is lost"), "no mark: {}", lines[0]);
    check!(
        lines.iter().skip(1).all(|line| line.ends_with("<>")),
        "{lines:?}"
    );
    check_eq!(console::losses().too_deep, before + 1);
    // And all levels are free again.
    let lines = lines_of(|| println!("# outermost {}", Printing(levels - 1)))?;
    check_eq!(lines.len(), console::LEVELS);
    check_eq!(console::losses().too_deep, before + 1);
    Ok(())
}

static TICKS: AtomicU32 = AtomicU32::new(0);

/// Is interrupted, by a handler that logs, while it is printed.
struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<")?;
        // Before the tick, which may come at once.
        let before = TICKS.load(Ordering::Relaxed);
        timer::start(100, || {
            log::error!("tick {}", Printing(1));
            TICKS.fetch_add(1, Ordering::Relaxed);
            timer::stop();
        });
        match wait("a tick", || TICKS.load(Ordering::Relaxed) != before) {
            Ok(()) => f.write_str(">"),
            Err(late) => write!(f, "{late:?}>"),
        }
    }
}

fn interrupted_line() -> Result<(), NotPassed> {
    let lines = lines_of(|| println!("# interrupted {Interrupted}"))?;
    check!(lines.len() == 3, "{lines:?}");
    check_eq!(lines[0], "# level 0 <>");
    check!(lines[1].ends_with("error: tick <>"), "{}", lines[1]);
    check_eq!(lines[2], "# interrupted <>");
    Ok(())
}

fn long_line() -> Result<(), NotPassed> {
    let before = console::losses().cut;
    // The cut falls into a character of two bytes.
    let lines = lines_of(|| println!("#{:\u{e9}>3000}", ""))?;
    check_eq!(lines.len(), 1);
    check_eq!(lines[0].len(), console::LENGTH - 2);
    check!(lines[0].ends_with("\u{e9}..."), "{}", lines[0]);
    check_eq!(console::losses().cut, before + 1);
    // What just fits isn't cut.
    let fits = console::LENGTH - "...\n".len();
    let lines = lines_of(|| println!("{:#>fits$}", ""))?;
    check_eq!(lines[0].len(), fits);
    check_eq!(console::losses().cut, before + 1);
    Ok(())
}

fn several_lines() -> Result<(), NotPassed> {
    let lines = lines_of(|| println!("# one\n# two {}\n", Printing(1)))?;
    check_eq!(lines, ["# one", "# level 0 <>", "# two <>", ""]);
    Ok(())
}

fn control_characters() -> Result<(), NotPassed> {
    let lines = lines_of(|| println!("# \x1b[2J\r\t\u{9b}1m \x7f"))?;
    check_eq!(lines, ["# \\x1b[2J\\x0d\t\\x9b1m \\x7f"]);
    Ok(())
}

fn whole_lines() -> Result<(), NotPassed> {
    /// More CPUs than that print more than can be looked at.
    const CPUS: u32 = 80;
    let printing = u32::from(cpus::online_count()).min(CPUS);
    let each = (4000 / (48 * printing)).clamp(1, 20);
    let mut failure = Ok(());
    let lines = lines_of(|| {
        failure = smp::run_as_task_on_each(|| {
            let number = cpu::number();
            let prints = cpus::online()
                .take(printing as usize)
                .any(|cpu| cpu == number);
            for _ in 0..if prints { each } else { 0 } {
                println!("# cpu {number:3} {}:{:->30}", Printing(0), "");
            }
        });
    })?;
    failure.map_err(super::failed)?;
    check_eq!(lines.len(), (each * printing) as usize);
    for line in &lines {
        let (head, tail) = line.split_at_checked(13).unwrap_or_default();
        check!(
            head.starts_with("# cpu ") && tail.len() == 30 && tail.bytes().all(|byte| byte == b'-'),
            "not whole: {line}"
        );
    }
    Ok(())
}

fn per_cpu_address() -> Result<(), NotPassed> {
    let possible = cpus::possible();
    // A line of each CPU's is some 40 bytes.
    if possible as usize > console::COPY / 60 {
        return Err(NotPassed::Skipped(
            "the lines of so many CPUs can't be looked at",
        ));
    }
    let area = percpu::alloc(8, 8).map_err(super::failed)?;
    let handle = area.0;
    let lines = lines_of(|| println!("{}", PerCpuAddress(handle)))?;
    percpu::free(area).map_err(super::failed)?;
    check!(lines[0].starts_with("handle "), "{}", lines[0]);
    let copies = lines.iter().filter(|line| line.starts_with("cpu "));
    check_eq!(copies.count(), possible as usize);
    Ok(())
}

/// A CPU that reads nothing would take the signal and leave its reader asleep. So none
/// admits it; and it waits for one that does.
fn input_wakes_its_reader() -> Result<(), NotPassed> {
    for cpu in cpus::online() {
        let admitted = smp::run_on(cpu, || control::admits(ExternalClass::SERVICE_SIGNAL));
        check!(
            !admitted.map_err(super::failed)?,
            "cpu {cpu} admits service signals"
        );
    }
    // Each line is followed by a service signal.
    println!("# a line");
    let before = interrupts::OTHERS.read();
    control::admit(ExternalClass::SERVICE_SIGNAL);
    let came = wait("a service signal", || interrupts::OTHERS.read() > before);
    control::exclude(ExternalClass::SERVICE_SIGNAL);
    came
}

selftest!("console.input_wakes_its_reader", input_wakes_its_reader);
selftest!("console.nested_display", nested_display);
selftest!("console.too_deep", too_deep);
selftest!("console.interrupted_line", interrupted_line);
selftest!("console.long_line", long_line);
selftest!("console.several_lines", several_lines);
selftest!("console.control_characters", control_characters);
selftest!("console.whole_lines", whole_lines);
selftest!("console.per_cpu_address", per_cpu_address);
