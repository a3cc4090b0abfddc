//! Modules that need others, in chains as long as a guest may be given: no search and no
//! load goes deeper into the stack for each. And what can be called of what they export.

use crate::crafted::{Objects, call, entry, exported};
use crate::run::{TestResult, runner};

/// `modprobe` along a chain of 200 modules, each of which calls a function of the next.
pub fn a_long_chain() -> TestResult {
    const LAST: usize = 199;
    let objects = Objects::new()?;
    let names: Vec<String> = (0..=LAST).map(|number| format!("link-{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        let mut source = exported(&format!("link_{number}"));
        if number < LAST {
            source += &call(&format!("link_{}", number + 1));
        }
        objects.add(name, &source)?;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = objects.run(
        &names,
        "modprobe link-0; lsmod; modinfo link-0; rmmod link-1",
    );
    run.must_exit(1)?;
    run.must(
        run.lines_with(&["link-", " live "]).len() == names.len(),
        "all of the chain is loaded",
    )?;
    let lines = run.lines_with(&["depends", "link-1"]).len();
    run.must(lines == 1, "modinfo names the next")?;
    let lines = run.lines_with(&["link-1: in use: 1"]).len();
    run.must(lines == 1, "the next is in use")
}

/// A chain of 100 modules, each of which asks for the next in its init: so many inits would
/// not fit on the stack.
pub fn inits_that_ask() -> TestResult {
    const COUNT: usize = 100;
    let objects = Objects::new()?;
    let names: Vec<String> = (0..COUNT).map(|number| format!("asks-{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        let next = format!("asks-{}", number + 1);
        let source = format!(
            "\t.text\n\t.globl init_module\n\
             init_module:\n\tstmg %r14, %r15, 112(%r15)\n\tlgr %r1, %r15\n\taghi %r15, -160\n\
             \tstg %r1, 0(%r15)\n\tlarl %r2, next\n\tlghi %r3, {}\n\
             \tbrasl %r14, load_module@PLT\n\tlmg %r14, %r15, 272(%r15)\n\
             \tlghi %r2, 0\n\tbr %r14\n\
             \t.section .rodata\n\t.balign 2\nnext:\t.ascii \"{next}\"\n",
            next.len()
        );
        objects.add(name, &source)?;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = objects.run(&names, "insmod asks-0; lsmod; insmod asks-99");
    run.must_exit(0)?;
    let live = run.lines_with(&["asks-", " live "]).len();
    run.must(live == 9, "the first, and eight that were asked for")
}

/// `call` calls functions, and nothing else that is exported.
pub fn calls() -> TestResult {
    let objects = Objects::new()?;
    let mut source = exported("in_text");
    for (name, place) in [
        ("in_data", "\t.data\n"),
        ("in_rodata", "\t.section .rodata\n"),
        ("typed", "\t.type typed, @object\n"),
        ("in_percpu", "\t.section .data..percpu,\"aw\"\n"),
    ] {
        source += &format!("{place}\t.globl {name}\n\t.balign 8\n{name}:\t.quad 0x07fe\n");
        source += &entry(name);
    }
    source += "\t.globl number\n\t.set number, 0x1234\n";
    source += &entry("number");
    objects.add("places", &source)?;
    let commands = "insmod counter; call counter_hit; call counter_hits; insmod places; call in_text; call in_data; call in_rodata; call typed; \
                    call in_percpu; call number; call __per_cpu_offset; call unknown; exports; \
                    rmmod places; call in_text";
    let run = objects.run(&["places"], commands);
    run.must_exit(1)?;
    for (name, result) in [("counter_hit", None), ("counter_hits", Some("0x1"))] {
        let start = format!("cpu 0: {name}(");
        let line = run.lines_with(&[&start]).first().copied().unwrap_or("");
        let shown = line.split_once(" = ").map(|(_, shown)| shown);
        run.must(shown == result, &format!("{name}: {result:?}"))?;
    }
    let lines = run.lines_with(&["cpu 0: in_text", "0x1"]).len();
    run.must(lines == 1, "a function is called")?;
    for (name, what, letter) in [
        ("in_data", "a variable", Some('D')),
        ("in_rodata", "a constant", Some('R')),
        ("typed", "a constant", Some('R')),
        ("in_percpu", "a per-CPU variable", Some('D')),
        ("number", "an absolute number", Some('A')),
        ("__per_cpu_offset", "a variable", Some('D')),
        ("in_text", "nothing exports", None),
        ("unknown", "nothing exports", None),
    ] {
        let lines = run.lines_with(&[name, what]).len();
        run.must(lines == 1, &format!("{name}: {what}"))?;
        let Some(letter) = letter else { continue };
        let end = format!(" {letter} {name}");
        let lines = run.stdout.lines().filter(|line| line.ends_with(&end));
        run.must(lines.count() == 1, &format!("a line of System.map:{end}"))?;
    }
    run.must(run.verdict().contains("8 of 15 "), "eight refusals")
}

/// Out of memory at some allocation of a `modprobe`, the command's own among them: an error.
pub fn no_memory_for_a_search() -> TestResult {
    let append = "loglevel=3 fail=heap:14";
    let run = runner(&["--append", append, "--run", "modprobe visitor; lsmod"]);
    run.must_exit(1)?;
    let lines = run.lines_with(&["the kernel heap is exhausted"]).len();
    run.must(lines == 1, "an error that says so")
}
