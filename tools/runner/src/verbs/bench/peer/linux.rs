//! Linux: booted with nothing but its first program, then with the modules, too.

use super::debian::Linux;
use super::files::{LARGE_BATCH, folder};
use super::modules;
use crate::build::c::COMPILER;
use crate::build::layout;
use crate::build::link;
use crate::build::program::succeed;
use crate::error::Error;
use crate::guest::initrd::{self, Files};
use crate::guest::qemu::{self, EMULATOR};
use crate::guest::watch::{self, Channel, Settings, path_in_proc};
use crate::options::{Options, Verb};
use crate::verbs::bench::measured::{Measured, measured};
use crate::verdict::judge::Ending;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a boot may take: about ten times what it does on an idle machine.
const LIMIT: Duration = Duration::from_secs(300);

/// Words of its command line: all that it prints by itself would be measured, and addresses
/// and offsets of its own choice would differ from boot to boot. What it does to test its
/// cryptography isn't boot.
const WORDS: &str = "console=ttysclp0 loglevel=1 nokaslr randomize_kstack_offset=off panic=-1 \
                     cryptomgr.notests=1";

/// The last line of Linux's first program.
const DONE: &str = "DONE";

/// Measures all that there is a row for.
pub fn measure(linux: &Linux, options: &Options) -> Result<Measured, Error> {
    let mut files = Files::new();
    files.insert("init".to_owned(), first_program()?);
    let boot = figures(linux, options, &files, "")?;
    files.extend(modules::build(linux)?);
    let mut all = figures(linux, options, &files, " -- modules")?;
    all.extend(boot);
    Ok(by_rows(all))
}

/// By the names of rows.
fn by_rows(mut all: Measured) -> Measured {
    for figure in ["alloc_8_batch_alloc", "alloc_8_batch_free"] {
        if let Some(large) = all.remove(&format!("{LARGE_BATCH}.{figure}")) {
            all.insert(format!("{figure}_{LARGE_BATCH}"), large);
        }
    }
    // Of two forms of one access the better one.
    for figure in [
        "this_cpu_inc_static",
        "this_cpu_inc_dynamic",
        "read_static",
        "sum_all_cpus",
    ] {
        if let (Some(z10), Some(z196)) = (all.get(figure), all.get(&format!("z196.{figure}"))) {
            let better = z10.min(*z196);
            all.insert(figure.to_owned(), better);
        }
    }
    for size in ["1k", "10k", "100k"] {
        for what in ["insmod", "rmmod"] {
            if let Some(figure) = all.remove(&format!("{what}_relocs_{size}")) {
                all.insert(format!("{what}_{size}"), figure);
            }
        }
    }
    if let (Some(ten), Some(hundred)) = (all.get("insmod_10k"), all.get("insmod_100k")) {
        let slope = (hundred * 100_000.0 - ten * 10_000.0) / 90_000.0;
        all.insert(
            "insmod_per_reloc".to_owned(),
            (slope * 1000.0).round() / 1000.0,
        );
    }
    all
}

/// Compiles Linux's first program.
fn first_program() -> Result<Vec<u8>, Error> {
    let source = layout::root().join("tools/peer/init.c");
    let output = folder("work")?.join("init");
    if !link::is_newer(&output, &[&source]) {
        let mut compiler = Command::new(COMPILER);
        compiler.args([
            "-std=gnu11",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-ffreestanding",
        ]);
        compiler.args(["-nostdlib", "-static", "-fno-stack-protector", "-s", "-o"]);
        compiler.arg(&output).arg(&source);
        succeed(
            &mut compiler,
            &format!("{COMPILER} of Linux's first program"),
        )?;
    }
    fs::read(&output).map_err(Error::file("read", &output))
}

/// Boots it once; what it printed.
fn figures(
    linux: &Linux,
    options: &Options,
    files: &Files,
    words: &str,
) -> Result<Measured, Error> {
    let archive = initrd::archive_of(files)?;
    let initrd = initrd::of(&archive, 0)?;
    let options = Options {
        verb: Some(Verb::BENCH),
        ..options.clone()
    };
    let mut command = qemu::machine(&options);
    command.args(["-chardev", "stdio,id=console"]);
    command.args(["-device", "sclpconsole,chardev=console"]);
    command.arg("-kernel").arg(&linux.kernel);
    command.args(["-initrd", &path_in_proc(&initrd.file)]);
    command.args(["-append", &format!("{WORDS}{words}")]);
    command.stdin(Stdio::null());
    let settings = Settings {
        shown: crate::screen::view::Shown::Nothing,
        limit: Some(
            options
                .timeout
                .map_or(LIMIT, |s| Duration::from_secs(s.get())),
        ),
        signals: true,
        ..Settings::default()
    };
    let channel = Channel::new().map_err(Error::start(EMULATOR))?;
    let run = watch::watch(command, EMULATOR, channel, settings)?;
    let lines = &run.transcript.lines;
    let failed = lines.iter().find(|line| line.starts_with("FAILED "));
    match (&run.ending, failed, run.transcript.last_line()) {
        (Ending::Interrupted(signal), ..) => Err(Error::Interrupted { signal: *signal }),
        (Ending::Exit(0), None, Some(DONE)) => Ok(measured(lines)),
        (ending, failed, last) => {
            let line = failed
                .map(String::as_str)
                .or(last)
                .unwrap_or("it printed nothing");
            let message = format!("{line} ({ending:?})");
            Err(Error::Peer { message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_go_by_the_names_of_rows() {
        let all = [
            ("65536.alloc_8_batch_free", 442.5),
            ("alloc_8_batch_free", 387.3),
            ("this_cpu_inc_static", 9.0),
            ("z196.this_cpu_inc_static", 4.0),
            ("read_static", 5.0),
            ("z196.read_static", 5.1),
            ("insmod_relocs_10k", 185.0),
            ("insmod_relocs_100k", 181.4),
            ("rmmod_relocs_100k", 332_096.0),
        ];
        let all = all.map(|(name, figure)| (name.to_owned(), figure));
        let rows = by_rows(Measured::from(all));
        for (name, expected) in [
            ("alloc_8_batch_free_65536", 442.5),
            ("alloc_8_batch_free", 387.3),
            ("this_cpu_inc_static", 4.0),
            ("read_static", 5.0),
            ("insmod_per_reloc", 181.0),
            ("rmmod_100k", 332_096.0),
        ] {
            assert_eq!(rows.get(name), Some(&expected), "{name}");
        }
    }
}
