//! The modules that Linux loads, by its own build system.
//!
//! ```text
//!  empty              a function, init and exit, which do nothing
//!  linux_bench        tools/peer/linux_bench.c
//!  linux_bench_z196   its loops, with the one-instruction forms that this kernel has, too
//!  linux_bench_65536  with a large batch
//!  relocs_1k, ..      `empty`, and the relocations that our modules of that size have
//! ```

use super::debian::Linux;
use super::files::{LARGE_BATCH, folder, large_batch, read, source, write};
use crate::build::c::COMPILER;
use crate::build::generated;
use crate::error::Error;
use crate::guest::initrd::Files;
use crate::screen::output;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Of the cross tools.
const PREFIX: &str = "s390x-linux-gnu-";

/// Modules by the relocations of their body.
const BODIES: [(&str, usize); 3] = [
    ("relocs_1k", 1000),
    ("relocs_10k", 10_000),
    ("relocs_100k", 100_000),
];

/// Builds them; the files that Linux's first program loads.
pub fn build(linux: &Linux) -> Result<Files, Error> {
    let folder = folder("modules")?;
    let names = write_sources(&folder)?;
    make(linux, &folder)?;
    let mut files = Files::new();
    for name in names {
        let path = folder.join(format!("{name}.ko"));
        let stripped = folder.join(format!("{name}.stripped"));
        let mut strip = Command::new(format!("{PREFIX}strip"));
        strip
            .args(["--strip-debug", "-o"])
            .arg(&stripped)
            .arg(&path);
        run(&mut strip)?;
        let data = fs::read(&stripped).map_err(Error::file("read", &stripped))?;
        files.insert(format!("{name}.ko"), data);
    }
    Ok(files)
}

/// Writes what they are built of; returns their names.
fn write_sources(folder: &Path) -> Result<Vec<String>, Error> {
    let file = |name: &str, text: &str| write(&folder.join(name), text);
    let large = format!("linux_bench_{LARGE_BATCH}");
    let mut names = vec!["linux_bench".to_owned(), "linux_bench_z196".to_owned()];
    file("linux_bench.c", &read(&source())?)?;
    file(
        "linux_bench_z196.c",
        "#define BENCH_TAG \"z196.\"\n#define BENCH_LOOPS_ONLY\n#include \"linux_bench.c\"\n",
    )?;
    large_batch(folder)?;
    names.extend([large, "empty".to_owned()]);
    file("empty.c", &init_and_exit("empty"))?;
    // Debian's kernel is for older machines.
    let mut kbuild = String::from(
        "CFLAGS_linux_bench_z196.o := -march=z196 -DCONFIG_HAVE_MARCH_Z196_FEATURES=1\n",
    );
    for (name, relocations) in BODIES {
        file(&format!("{name}_main.c"), &init_and_exit(name))?;
        let body = generated::relocations(relocations);
        file(&format!("{name}_body.S"), &format!("{body}{NO_STACK}"))?;
        // Writing to a string can't fail.
        let _ = writeln!(kbuild, "{name}-y := {name}_main.o {name}_body.o");
        names.push(name.to_owned());
    }
    for name in &names {
        let _ = writeln!(kbuild, "obj-m += {name}.o");
    }
    file("Kbuild", &kbuild)?;
    Ok(names)
}

const NO_STACK: &str = "\t.section .note.GNU-stack,\"\",@progbits\n";

/// The part in C. One function stays when init has gone: a module none of whose functions
/// stays waits for all CPUs when its init goes, which real modules don't.
fn init_and_exit(name: &str) -> String {
    format!(
        "#include <linux/module.h>\n\
         noinline void {name}_kept(void);\n\
         noinline void {name}_kept(void) {{ barrier(); }}\n\
         static int __init begin(void) {{ return 0; }}\n\
         static void __exit end(void) {{ }}\n\
         module_init(begin);\n\
         module_exit(end);\n\
         MODULE_LICENSE(\"GPL\");\n"
    )
}

fn make(linux: &Linux, folder: &Path) -> Result<(), Error> {
    let mut make = Command::new(&linux.make);
    make.arg("-s").arg("-C").arg(&linux.headers);
    make.arg(format!("M={}", folder.display()));
    make.args(["ARCH=s390", "modules"]);
    make.arg(format!("CROSS_COMPILE={PREFIX}"));
    make.arg(format!("CC={COMPILER}"));
    // Of another make, or of a person's.
    make.env_remove("MAKEFLAGS").env_remove("MFLAGS");
    run(&mut make)
}

/// Runs a program; what it prints is shown if it fails.
fn run(command: &mut Command) -> Result<(), Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(Error::start(&program))?;
    if output.status.success() {
        return Ok(());
    }
    for stream in [&output.stdout, &output.stderr] {
        output::write_message(String::from_utf8_lossy(stream).trim_end());
    }
    Err(Error::Program {
        program,
        status: output.status,
    })
}
