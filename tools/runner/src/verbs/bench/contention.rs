//! `bench --contention`: pairs of alloc and free a second, on one CPU and on more at once.
//!
//! ```text
//!  guest 1   bench contention                pairs, and the seconds that they take
//!  guest 2   lockstat, bench contention      how often the lock was in another CPU's hands
//! ```
//!
//! Both have a thread of the host for each CPU, which no other bench has: the guest's clock
//! is the host's here, and the figures are this machine's, of this moment. So they decide
//! nothing, but for one that can't be right on a machine that is idle. Counting takes time,
//! which is why it has a guest of its own.

use crate::build;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::guest::{initrd, qemu};
use crate::options::Options;
use crate::screen::output;
use crate::verdict::Verdict;
use crate::verdict::judge::{self, Purpose};
use std::fmt;
use std::fs;
use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;

/// The lock that all of it is about.
const LOCK: &str = "per-CPU areas";

/// The commands of both guests; the first has no use for `lockstat`.
pub const COMMANDS: [&str; 2] = ["bench contention", "lockstat"];

/// The least part of one CPU's pairs that more CPUs do, where nothing else keeps them.
const LEAST: f64 = 0.5;

/// Exit code of figures that can't be right.
const WRONG: u8 = 1;

/// Runs both guests, and prints what they found.
///
/// # Errors
/// If a guest can't be built or started.
pub fn run(toolchain: Toolchain, options: &Options) -> Result<ExitCode, Error> {
    let guest = build::guest(toolchain, options.compiler())?;
    let host = Host::now();
    let plain = Options {
        run: Some(COMMANDS[0].to_owned()),
        ..options.clone()
    };
    let mut counted = Options {
        run: Some(COMMANDS.join(";")),
        ..options.clone()
    };
    counted.append.push("lockstat".to_owned());
    let mut lines = Vec::new();
    for options in [plain, counted] {
        let run = qemu::run_unseen(&options, &initrd::pack(&guest, &options)?)?;
        let purpose = Purpose::Commands(options.commands().len());
        let last_line = run.transcript.last_line();
        let verdict = judge::judge(purpose, run.ending, &run.record, last_line);
        if !matches!(verdict, Verdict::Passed(_)) {
            run.transcript
                .lines
                .iter()
                .for_each(|line| output::line!("{line}"));
            output::message!("{verdict}");
            return Ok(ExitCode::from(verdict.exit_code()));
        }
        lines.push(run.transcript.lines);
    }
    let rates = rates(&lines[0]);
    let contended = lines[1].iter().find_map(|line| contended(line));
    output::line!("{host} for {} CPUs", options.cpus());
    output::line!("{:>4} {:>14} {:>8}", "CPUs", "pairs a second", "ratio");
    for rate in &rates {
        let ratio = rate.a_second / rates[0].a_second;
        output::line!("{:>4} {:>14.0} {ratio:>8.2}", rate.cpus, rate.a_second);
    }
    let (Some(last), Some((taken, contended))) = (rates.last(), contended) else {
        output::message!("the guests printed no figures");
        return Ok(ExitCode::from(WRONG));
    };
    let percent = 100.0 * contended as f64 / taken as f64;
    output::line!("{LOCK}: {contended} of {taken} acquisitions contended ({percent:.1} %)");
    let is_slow = last.a_second < LEAST * rates[0].a_second;
    output::message!(
        "{}",
        match host.can_measure(options.cpus()) {
            Err(reason) => reason.to_owned(),
            Ok(()) if is_slow => format!("{} CPUs do less than half of what one does", last.cpus),
            Ok(()) => "passed: CPUs at once do what they should".to_owned(),
        }
    );
    let is_wrong = is_slow && host.can_measure(options.cpus()).is_ok();
    Ok(ExitCode::from(if is_wrong { WRONG } else { 0 }))
}

/// The machine that this runs on.
struct Host {
    cores: usize,
    /// What ran on it, on the average of the last minute.
    load: Option<f64>,
}

impl Host {
    fn now() -> Self {
        let load = fs::read_to_string("/proc/loadavg").ok();
        Self {
            cores: available_parallelism().map_or(1, NonZero::get),
            load: load.and_then(|text| text.split(' ').next()?.parse().ok()),
        }
    }

    /// Whether a figure says more of the guest than of the host.
    fn can_measure(&self, cpus: u32) -> Result<(), &'static str> {
        const IDLE: f64 = 0.5;
        if self.cores < cpus as usize {
            return Err("fewer host cores than CPUs: they took turns, which says little of locks");
        }
        match self.load {
            Some(load) if load <= IDLE => Ok(()),
            _ => Err("the host has other work: the figures say little of locks"),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, load } = self;
        write!(f, "{cores} host cores")?;
        load.map_or(Ok(()), |load| write!(f, " with a load of {load:.1}"))
    }
}

/// What so many CPUs at once got done.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    cpus: u32,
    a_second: f64,
}

/// `BENCH pairs_N_cpus operations nanoseconds per_operation`.
fn rates(lines: &[String]) -> Vec<Rate> {
    let rate = |line: &String| {
        let mut words = line.strip_prefix("BENCH pairs_")?.split(' ');
        let cpus = words.next()?.split('_').next()?.parse().ok()?;
        let pairs: f64 = words.next()?.parse().ok()?;
        let nanoseconds: f64 = words.next()?.parse().ok()?;
        let a_second = pairs / nanoseconds * 1e9;
        Some(Rate { cpus, a_second })
    };
    lines.iter().filter_map(rate).collect()
}

/// Times that the lock was taken, and of those from another CPU's hands: its row in the
/// table of `lockstat`.
fn contended(line: &str) -> Option<(u64, u64)> {
    let mut numbers = line.strip_prefix(LOCK)?.split_whitespace();
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found() {
        let lines = [
            "BENCH pairs_1_cpu 200000 100000000 500.000",
            "BENCH pairs_2_cpus 400000 400000000 1000.000",
            "BENCH boot 1 1 1.000",
        ];
        let rates = rates(&lines.map(str::to_owned));
        let rate = |cpus, a_second| Rate { cpus, a_second };
        assert_eq!(rates, [rate(1, 2e6), rate(2, 1e6)]);
        let row = "per-CPU areas     4135226      1757        12      28576  kernel::x";
        assert_eq!(contended(row), Some((4_135_226, 1757)));
        assert_eq!(contended("memory 1 2"), None);
    }

    #[test]
    fn a_small_or_busy_host_measures_nothing() {
        let host = |cores, load| Host { cores, load };
        assert!(host(2, Some(0.1)).can_measure(2).is_ok());
        assert!(host(2, Some(0.1)).can_measure(4).is_err());
        assert!(host(2, Some(3.0)).can_measure(2).is_err());
        assert!(host(2, None).can_measure(2).is_err());
    }
}
