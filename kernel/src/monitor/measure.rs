//! Commands that run the self-tests and the benchmark.

use super::command::{Action, Command, number};
use super::error::Error;
use super::interrupt;
use crate::fail::{self, Site, When};
use crate::println;
use crate::selftest::Summary;
use crate::{bench, command_line, selftest};

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "selftest",
        arguments: "[GLOB]",
        help: "runs self-tests",
        look: "GLOB has * for anything, and a comma before another; a test's name is group.name.",
        example: "selftest percpu.*",
        action: Action::Run(self_tests),
    },
    Command {
        name: "bench",
        arguments: "[GROUP]",
        help: "measures; counts instructions under -icount",
        look: "GROUP: one of the groups that the lines name.",
        example: "bench percpu",
        action: Action::Run(benchmark),
    },
    Command {
        name: "soak",
        arguments: "[seconds=N] [seed=N]",
        help: "all CPUs do all at once, for long; nothing may be lost",
        look: "All CPUs allocate, call, load and unload modules; CPUs leave and come back, requests\n\
               fail; what is in use in the end is what was in the beginning. ./qemu-run.sh soak\n\
               does it for as long as you like.",
        example: "soak seconds=1 seed=1",
        action: Action::Run(soak),
    },
    Command {
        name: "fail",
        arguments: "SITE WHEN",
        help: "makes requests from now on fail: N, N..M, %P; 0: none",
        look: "SITE: frames, vmalloc, percpu, heap, slab, tables, signal, sigp, sclp or call.\n\
               %5: of a hundred five, at random. Each failure is an error, not the end: the\n\
               next insmod says what it lacked, and leaves nothing behind.",
        example: "fail percpu 1; modprobe {module}",
        action: Action::Run(inject),
    },
];

fn self_tests<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let glob = match arguments {
        [] => None,
        [glob] => Some(*glob),
        _ => return Err(Error::Expected("one glob")),
    };
    let Summary { passed, failed, .. } =
        selftest::run_all(glob, command_line::Options::DEFAULT.seed);
    interrupt::check()?;
    match (passed, failed) {
        (0, 0) => Err(Error::NoTestRan),
        (_, 0) => Ok(()),
        (_, failed) => Err(Error::TestsFailed(failed)),
    }
}

fn soak<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    const EXPECTED: Error<'_> = Error::Expected("seconds=N, seed=N, or nothing");
    let (mut seconds, mut seed) = (20, None);
    for word in arguments {
        let (name, value) = word.split_once('=').ok_or(EXPECTED)?;
        match name {
            "seconds" => seconds = number(value)?,
            "seed" => seed = Some(number(value)?),
            _ => return Err(EXPECTED),
        }
    }
    let seed = seed.unwrap_or_else(arch::timer::now);
    Ok(crate::soak::run(seconds, seed)?)
}

fn benchmark<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => Ok(bench::run(None)?),
        [group] => Ok(bench::run(Some(group))?),
        _ => Err(Error::Expected("one group")),
    }
}

fn inject<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    const EXPECTED: &str = "SITE N, N..M or %P; frames, vmalloc, percpu, heap, slab, tables, signal, \
        sigp, sclp or call";
    let [site, when] = arguments else {
        return Err(Error::Expected(EXPECTED));
    };
    let site = Site::named(site).ok_or(Error::Expected(EXPECTED))?;
    let before = fail::left(site);
    if *when == "0" {
        fail::arm(site, 0);
        match before {
            0 => println!("none was to fail"),
            before => println!("none fails; one would have after {before} requests more"),
        }
        return Ok(());
    }
    let when = When::parse(when, command_line::number);
    let when = when.ok_or(Error::Expected(EXPECTED))?;
    fail::arm_when(site, when, command_line::Options::DEFAULT.seed);
    match when {
        When::Range { first, last } if first == last => {
            println!("request {first} from now on fails");
        }
        When::Range { first, last } => println!("requests {first} to {last} from now on fail"),
        When::Percent(percent) => println!("of a hundred requests {percent} fail from now on"),
    }
    Ok(())
}
