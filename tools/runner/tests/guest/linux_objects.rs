//! Objects made as Linux's build makes them, by the assembler: what is refused, with its words,
//! and what their code may run into. Debian's own are in `linux.rs`.

use crate::crafted::{Objects, entry};
use crate::run::{Run, TestResult};
use std::fmt::Write as _;

/// The vermagic of what is taken.
const TAKEN: &str = "6.1.0-50-s390x SMP mod_unload modversions ";

/// The CRCs that the provider of these tests has.
const LAYOUT: u32 = 0x8ffa_e2f3;
const OFFERED: u32 = 0x1234_5678;

/// An object of Linux's: what each has, and then `code`.
fn object(name: &str, vermagic: &str, versions: &[(u32, &str)], code: &str) -> String {
    let mut source = format!(
        "\t.section .modinfo,\"a\"\n\t.asciz \"name={name}\"\n\t.asciz \"license=GPL\"\n\
         \t.asciz \"vermagic={vermagic}\"\n\
         \t.section .gnu.linkonce.this_module,\"aw\"\n\t.balign 256\n\t.skip 1280\n\
         \t.section __versions,\"a\"\n\t.balign 8\n"
    );
    for (crc, symbol) in versions {
        let rest = 55 - symbol.len();
        // A text in memory takes all.
        let _ = writeln!(
            source,
            "\t.quad {crc:#x}\n\t.asciz \"{symbol}\"\n\t.skip {rest}"
        );
    }
    source + "\t.text\n" + code
}

/// One whose imports are the provider's.
fn usual(name: &str, code: &str) -> String {
    let versions = [(LAYOUT, "module_layout"), (OFFERED, "offered")];
    object(name, TAKEN, &versions, code)
}

/// What they import, of this project's kind; `unversioned` is exported without a CRC.
fn provider() -> String {
    let mut source = String::from("\t.data\n\t.globl module_layout\nmodule_layout:\t.quad 0\n");
    source += "\t.text\n\t.globl offered, unversioned\noffered:\nunversioned:\tbr %r14\n";
    for name in ["module_layout", "offered", "unversioned"] {
        source += &entry(name);
    }
    source += "\t.section __kcrctab,\"a\"\n";
    for (name, crc) in [("module_layout", LAYOUT), ("offered", OFFERED)] {
        let _ = writeln!(source, "__crc_{name}:\t.long {crc:#x}");
    }
    source
}

/// An init that returns 0, or -22 from where `wrong` is branched to.
fn init(code: &str) -> String {
    format!(
        "\t.globl init_module, cleanup_module\ninit_module:\n{code}\tlghi %r2, 0\n\tbr %r14\n\
         wrong:\tlghi %r2, -22\n\tbr %r14\ncleanup_module:\tbr %r14\n"
    )
}

/// A function with a packed frame that calls others.
fn packed(name: &str, callees: &[&str]) -> String {
    let calls = callees
        .iter()
        .map(|callee| format!("\tbrasl %r14, {callee}\n"));
    let calls: String = calls.collect();
    format!(
        "\t.type {name}, @function\n{name}:\tstmg %r14, %r15, 136(%r15)\n\tlgr %r14, %r15\n\
         \tlay %r15, -24(%r15)\n\tstg %r14, 152(%r15)\n{calls}\
         \tlmg %r14, %r15, 160(%r15)\n\tbr %r14\n\t.size {name}, . - {name}\n"
    )
}

/// A MONITOR CALL in line 42 of a file, with these flags, by three functions.
fn monitor_call(flags: u16) -> String {
    packed("outer", &["middle"])
        + &packed("middle", &["inner"])
        + &format!(
            "\t.type inner, @function\ninner:\tstmg %r14, %r15, 136(%r15)\n\tlgr %r14, %r15\n\
             \tlay %r15, -24(%r15)\n\tstg %r14, 152(%r15)\nhere:\t.long 0xaf000000\n\
             \tlmg %r14, %r15, 160(%r15)\n\tbr %r14\n\t.size inner, . - inner\n\
             \t.section __bug_table,\"aw\"\n\t.long here - .\n\t.long file - .\n\
             \t.short 42, {flags}\n\t.section .rodata\nfile:\t.asciz \"drivers/made/up.c\"\n\t.text\n"
        )
}

/// What an init that calls `outer` so many times, and goes on, does.
fn calls_outer(times: usize) -> String {
    packed("init_module", &vec!["outer"; times])
        + "\t.globl init_module, cleanup_module\ncleanup_module:\tbr %r14\n"
}

/// What `meminfo` says is in use, each time that it was asked.
fn in_use(run: &Run) -> Vec<Vec<&str>> {
    let starts = ["page frames: ", "vmalloc: ", "heap: ", "exported symbols: "];
    let lines: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| starts.iter().any(|start| line.starts_with(start)))
        .collect();
    lines.chunks(starts.len()).map(<[&str]>::to_vec).collect()
}

/// What is wrong, each with the words of its refusal; and all is as before.
pub fn refused() -> TestResult {
    let objects = Objects::new()?;
    let imports = |crc, name| [(LAYOUT, "module_layout"), (crc, name)];
    let uses = |name: &str| format!("\tbrasl %r14, {name}@PLT\n");
    let table: [(&str, String, &[&str]); 10] = [
        (
            "release",
            object("release", "6.12.3 SMP mod_unload modversions ", &[], ""),
            &[
                "compiled for Linux `6.12.3 SMP mod_unload modversions`",
                "6.1.",
            ],
        ),
        (
            "settings",
            object(
                "settings",
                "6.1.0 SMP preempt mod_unload modversions ",
                &[],
                "",
            ),
            &["compiled for Linux `6.1.0 SMP preempt"],
        ),
        (
            "crc",
            object(
                "crc",
                TAKEN,
                &imports(OFFERED ^ 1, "offered"),
                &uses("offered"),
            ),
            &[
                "another offered than is offered",
                "0x12345679",
                "0x12345678",
            ],
        ),
        (
            "layout",
            object("layout", TAKEN, &[(1, "module_layout")], ""),
            &["another module_layout", "0x00000001", "0x8ffae2f3"],
        ),
        (
            "without",
            object("without", TAKEN, &imports(1, "other"), &uses("offered")),
            &["imports offered without a CRC", "0x12345678"],
        ),
        (
            "missing",
            object("missing", TAKEN, &imports(1, "nobodys"), &uses("nobodys")),
            &["module missing: unknown symbol nobodys"],
        ),
        (
            "withheld",
            object(
                "withheld",
                TAKEN,
                &imports(1, "nr_cpu_ids"),
                &uses("nr_cpu_ids"),
            ),
            &[
                "unknown symbols nr_cpu_ids",
                "without one",
                "there are nr_cpu_ids",
            ],
        ),
        (
            "ragged_crcs",
            usual("ragged_crcs", "\t.section __versions\n\t.long 0\n"),
            &["__versions of 136 bytes"],
        ),
        (
            "bugs",
            usual("bugs", "\t.section __bug_table,\"aw\"\n\t.long 0, 0, 0\n"),
            &["__bug_table record 0: instruction"],
        ),
        (
            "jumps",
            usual(
                "jumps",
                "place:\tbr %r14\n\t.skip 4\n\t.section __jump_table,\"aw\"\n\t.long place - ., 0\n\t.quad 0\n",
            ),
            &["__jump_table record 0: instruction"],
        ),
    ];
    objects.add("provider", &provider())?;
    let mut names = vec!["provider"];
    let mut round = String::new();
    for (name, source, _) in &table {
        objects.add(name, source)?;
        names.push(name);
        let _ = write!(round, "insmod {name}; ");
    }
    objects.add("alone", &usual("alone", ""))?;
    names.push("alone");
    let commands = format!(
        "insmod alone; insmod provider; {round} meminfo; {round} meminfo; \
         insmod --force-versions crc; lsmod; rmmod provider; rmmod crc; rmmod provider; lsmod"
    );
    let run = objects.run(&names, &commands);
    run.must_exit(1)?;
    for (name, _, words) in &table {
        let lines = run.lines_with(words).len();
        run.must(lines == 2, &format!("{name}: {lines} lines with {words:?}"))?;
    }
    let lines = run.lines_with(&["alone", "nobody exports module_layout"]);
    run.must(lines.len() == 1, "without a provider nothing is loaded")?;
    let lines = run.lines_with(&["crc ", " live ", "(Linux's; CRCs ignored)"]);
    run.must(lines.len() == 1, "lsmod shows that CRCs were ignored")?;
    let rounds = in_use(&run);
    run.must(rounds.len() == 2 && rounds[0] == rounds[1], "nothing stays")?;
    // The two rounds, `alone`, and the provider that is in use.
    let failed = format!("{} of ", 2 * table.len() + 2);
    run.must(run.verdict().contains(&failed), &failed)
}

/// Code that finds lowcore's words, stores to page 0 while it may, and goes on where an exception
/// table says.
pub fn code_runs() -> TestResult {
    let words = "\tllgf %r1, 928\n\tllgf %r3, 824\n\tcgrjne %r1, %r3, wrong\n\
                 \tahi %r3, 1\n\tl %r1, 940\n\tcrjne %r1, %r3, wrong\n\
                 \tlg %r1, 952\n\tlg %r3, 816\n\tcgrjne %r1, %r3, wrong\n\
                 \tl %r1, 936\n\tllilh %r3, 0x8000\n\tcrjne %r1, %r3, wrong\n";
    let count =
        "\tl %r1, 936\n\tahi %r1, 1\n\tst %r1, 936\n\tl %r3, 936\n\tcrjne %r1, %r3, wrong\n";
    let back = "\tahi %r1, -1\n\tst %r1, 936\n";
    let faults = "\tlghi %r1, 4096\n\tlghi %r2, 0\n1:\tlg %r3, 0(%r1)\n2:\tcgijne %r2, -14, wrong\n\
                  \tlarl %r4, buffer\n\tlghi %r2, 0\n3:\tlg %r3, 0(%r1)\n4:\tcgijne %r2, -14, wrong\n\
                  \tltg %r3, 0(%r4)\n\tjne wrong\n\
                  \t.section __ex_table,\"a\"\n\t.balign 4\n\
                  \t.long 3b - ., 4b - . \n\t.short 4, 0x842\n\
                  \t.long 1b - ., 2b - .\n\t.short 3, 0x22\n\
                  \t.data\n\t.balign 8\nbuffer:\t.quad 7\n\t.text\n";
    let table = [
        ("words", init(words)),
        ("counts", init(&format!("{count}{back}"))),
        ("leaves_one", init(count)),
        ("faults", init(faults)),
        ("warns", calls_outer(2) + &monitor_call(0x901)),
        ("warns_once", calls_outer(2) + &monitor_call(0x903)),
    ];
    let objects = Objects::new()?;
    objects.add("provider", &provider())?;
    let mut names = vec!["provider"];
    let mut commands = String::from("insmod provider; selftest boot.low_address_protection");
    for (name, code) in &table {
        objects.add(name, &usual(name, code))?;
        names.push(name);
        let _ = write!(commands, "; insmod {name}");
    }
    commands += "; lsmod";
    for (name, _) in &table {
        let _ = write!(commands, "; rmmod {name}");
    }
    commands += "; selftest boot.*; x/1xw 3a8";
    let run = objects.run_at("loglevel=4", &names, &commands);
    run.must_exit(0)?;
    let stores = run.lines_with(&[" live ", "(Linux's; stores to page 0)"]);
    run.must(stores.len() == 2, "two store to page 0")?;
    let left = run.lines_with(&["[leaves_one] returned with a preempt count of +1"]);
    run.must(left.len() == 1, "a count that is left is reported")?;
    let warned = run.lines_with(&["WARNING: CPU: ", "at drivers/made/up.c:42", "inner+"]);
    run.must(
        warned.len() == 3,
        "a warning has file and line; some are printed once",
    )?;
    for function in ["middle+", "outer+", "init_module+"] {
        let lines = run.lines_with(&[function, "[warns]"]);
        run.must(lines.len() == 2, &format!("its backtrace has {function}"))?;
    }
    run.must(
        !run.lines_with(&["80000000"]).is_empty(),
        "the count is at rest",
    )
}

/// A BUG ends the run with file and line, and with all frames up to the kernel's.
pub fn bug() -> TestResult {
    let objects = Objects::new()?;
    objects.add("provider", &provider())?;
    objects.add("bad", &usual("bad", &(calls_outer(1) + &monitor_call(0))))?;
    let run = objects.run(&["provider", "bad"], "insmod provider; insmod bad");
    run.must_exit(3)?;
    let panics = run.lines_with(&["panic: ", "kernel BUG at drivers/made/up.c:42"]);
    run.must(panics.len() == 1, "file and line")?;
    for function in ["inner+", "middle+", "outer+", "init_module+"] {
        let lines = run.lines_with(&[function, "[bad]"]);
        run.must(!lines.is_empty(), &format!("the backtrace has {function}"))?;
    }
    run.must(
        !run.lines_with(&["kernel::modules::"]).is_empty(),
        "and the kernel's frames",
    )
}
