//! Modules made for the benchmark: each has of one thing as much as asked for, and nothing
//! else that grows.
//!
//! ```text
//!  empty          nothing but init and exit
//!  link-N         N relocations, of few symbols
//!  relocs-N       N relocations in the mix that Linux's own modules have, with their symbols
//!  exports-N      N exports
//!  imports-100    100 imports, of exports-100
//! ```
//!
//! What has been assembled is kept, and used again as long as its source is the same.

use super::layout;
use super::program::succeed;
use crate::error::Error;
use std::fmt::Write;
use std::fs;
use std::process::Command;

/// The assembler.
const ASSEMBLER: &str = "s390x-linux-gnu-as";

/// Exports that modules refer to, one after another: this kernel has them, and Linux.
const EXTERNALS: [&str; 33] = [
    "_printk",
    "kfree",
    "vfree",
    "vmalloc",
    "memcpy",
    "memset",
    "memcmp",
    "strlen",
    "strcmp",
    "strncmp",
    "snprintf",
    "sprintf",
    "kstrdup",
    "kmemdup",
    "krealloc",
    "ksize",
    "vzalloc",
    "nr_cpu_ids",
    "strcasecmp",
    "free_percpu",
    "__alloc_percpu",
    "kstrtoull",
    "memchr",
    "memmove",
    "strchr",
    "strcpy",
    "strncpy",
    "ktime_get",
    "strnlen",
    "strrchr",
    "strscpy",
    "strstr",
    "vsnprintf",
];

/// Five relocations a round: a call of an export, its slot, a place in the module's
/// data from code, and in data an address and a distance.
fn links(relocations: usize) -> String {
    format!(
        "\t.text
f:\t.rept {rounds}
\tbrasl %r14, kernel_print@PLT
\tlgrl %r1, kernel_print@GOTENT
\tlarl %r2, values
\t.endr
\t.data
\t.balign 8
values:\t.rept {rounds}
\t.quad f
\t.long f - .
\t.long 0
\t.endr
",
        rounds = relocations / 5
    )
}

/// A module's init and exit, which do nothing, in sections of their own as C has them.
const INIT_AND_EXIT: &str = "\t.section .init.text,\"ax\",@progbits
\t.globl init_module
\t.type init_module, @function
\t.balign 8
init_module:
\tlghi %r2,0
\tbr %r14
\t.section .exit.text,\"ax\",@progbits
\t.globl cleanup_module
\t.type cleanup_module, @function
\t.balign 8
cleanup_module:
\tbr %r14
\t.section .modinfo,\"a\",@progbits
\t.string \"license=MIT\"
\t.text
\t.type kept, @function
\t.balign 8
kept:
\tbr %r14
";

/// Ten relocations and three symbols a round: four calls, three addresses in data, two
/// places relative to code, one slot. For Linux, too, which wants another init.
pub fn relocations(count: usize) -> String {
    let mut source = String::new();
    let rounds = count / 10;
    let function = |number: usize| format!("fn_{}", number % rounds);
    let data = |number: usize| format!("data_{}", number % rounds);
    let external = |number: usize| EXTERNALS[number % EXTERNALS.len()];
    for i in 0..rounds {
        // A half of the slots are for externals.
        let slot = match i % 2 {
            0 => data(i * 13 + 5),
            _ => external(i * 7 + 3).to_owned(),
        };
        let _ = write!(
            source,
            "\t.text
\t.globl fn_{i}
\t.type fn_{i}, @function
\t.balign 8
fn_{i}:
\tstmg %r14,%r15,112(%r15)
\taghi %r15,-160
\tbrasl %r14,{}@PLT
\tbrasl %r14,{}@PLT
\tbrasl %r14,{}@PLT
\tbrasl %r14,{}@PLT
\tlarl %r1,data_{i}
\tlarl %r2,ro_{i}
\tlgrl %r3,{slot}@GOTENT
\tlmg %r14,%r15,272(%r15)
\tbr %r14
\t.size fn_{i}, .-fn_{i}
\t.section .rodata
\t.globl ro_{i}
\t.balign 8
ro_{i}:
\t.quad {i}
\t.data
\t.globl data_{i}
\t.type data_{i}, @object
\t.balign 8
data_{i}:
\t.quad fn_{i}
\t.quad {}
\t.quad ro_{i}
\t.size data_{i}, .-data_{i}
",
            external(i),
            external(i * 5 + 1),
            function(i * 3 + 1),
            function(i * 17 + 11),
            data(i * 11 + 7),
        );
    }
    source
}

fn with_init(body: String) -> String {
    INIT_AND_EXIT.to_owned() + &body
}

/// An export a round, as C has them: a function, its entry, its name, and two relocations.
fn exports(count: usize) -> String {
    let mut source = String::from(INIT_AND_EXIT);
    for i in 0..count {
        let name = exported(count, i);
        let _ = write!(
            source,
            "\t.text
\t.globl {name}
\t.type {name}, @function
{name}:
\tbr %r14
\t.size {name}, .-{name}
\t.section __ksymtab_strings,\"aMS\",@progbits,1
name_{i}:
\t.string \"{name}\"
\t.section __ksymtab,\"a\",@progbits
\t.globl __ksymtab_{name}
\t.balign 8
__ksymtab_{name}:
\t.quad {name}
\t.quad name_{i}
"
        );
    }
    // What only the assembler needs to know by name.
    source.replace("name_", ".Lname_")
}

fn exported(count: usize, number: usize) -> String {
    format!("exported_{number}_of_{count}")
}

/// A call of each export of the module that has as many.
fn imports(count: usize) -> String {
    let mut source = String::from(INIT_AND_EXIT);
    source.push_str("\t.text\n");
    for i in 0..count {
        let _ = writeln!(source, "\tbrasl %r14,{}@PLT", exported(count, i));
    }
    source
}

/// Assembles a module, unless that has been done.
fn object(name: &str, source: &str) -> Result<Vec<u8>, Error> {
    let folder = layout::release().join("generated");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let input = folder.join(name).with_extension("s");
    let output = folder.join(name).with_extension("o");
    let is_done = fs::read(&input).is_ok_and(|before| before == source.as_bytes());
    if !is_done || !output.exists() {
        // Another run may be at the same: each makes files of its own, and the source, which
        // says that the object is there, comes last.
        let own = tempfile::tempdir_in(&folder).map_err(Error::file("create in", &folder))?;
        let (own_input, own_output) = (own.path().join("in.s"), own.path().join("out.o"));
        fs::write(&own_input, source).map_err(Error::file("write", &own_input))?;
        let mut command = Command::new(ASSEMBLER);
        command
            .arg("-march=z196")
            .arg("-o")
            .arg(&own_output)
            .arg(&own_input);
        succeed(&mut command, &format!("assembly of module {name}"))?;
        fs::rename(&own_output, &output).map_err(Error::file("write", &output))?;
        fs::rename(&own_input, &input).map_err(Error::file("write", &input))?;
    }
    fs::read(&output).map_err(Error::file("read", &output))
}

/// Those by which growth is measured, beyond the usual ones.
fn for_growth() -> Vec<(&'static str, String)> {
    let relocations = |count| with_init(relocations(count));
    vec![
        ("relocs-2k", relocations(2000)),
        ("relocs-5k", relocations(5000)),
        ("relocs-20k", relocations(20_000)),
        ("relocs-50k", relocations(50_000)),
        ("exports-1k", exports(1000)),
    ]
}

/// Assembles all of them: names, and what is in the files.
pub fn all(growth: bool) -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    let sources = [
        ("link-1k", links(1000)),
        ("link-10k", links(10_000)),
        ("link-100k", links(100_000)),
        ("empty", INIT_AND_EXIT.to_owned()),
        ("relocs-1k", with_init(relocations(1000))),
        ("relocs-10k", with_init(relocations(10_000))),
        ("relocs-100k", with_init(relocations(100_000))),
        ("exports-100", exports(100)),
        ("exports-10k", exports(10_000)),
        ("exports-100k", exports(100_000)),
        ("imports-100", imports(100)),
    ];
    let more = if growth { for_growth() } else { Vec::new() };
    let objects = sources
        .iter()
        .chain(&more)
        .map(|(name, source)| Ok((*name, object(name, source)?)));
    objects.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_hold_what_they_are_named_for() {
        assert!(links(1000).contains(".rept 200"));
        let count = |source: &str, what: &str| source.matches(what).count();
        let source = relocations(1000);
        let slots = count(&source, "@GOTENT");
        assert_eq!(count(&source, "@PLT") + slots + count(&source, "larl"), 700);
        assert_eq!(count(&source, ".quad") - 100, 300);
        assert_eq!(count(&exports(100), "__ksymtab_exported_"), 200);
        assert_eq!(count(&imports(100), "_of_100@PLT"), 100);
    }
}
