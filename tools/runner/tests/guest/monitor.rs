//! The monitor's commands: each of them at a terminal, on two CPUs, with arguments that will
//! do and with some that won't.

use crate::host::Cpus;
use crate::run::{TestResult, command, runner};
use crate::terminal::Terminal;
use std::time::Duration;

/// How long a guest may take to its prompt.
const BOOT: Duration = Duration::from_secs(60);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// Columns that no answer is wider than.
const WIDTH: usize = 100;

/// What is typed, and what must come, in this order.
type Entry = (&'static str, &'static [&'static str]);

/// Commands with arguments that will do. The modules are loaded already.
const GOOD: &[Entry] = &[
    (
        "help",
        &["lsmod", "pcpu", "percpu", "help COMMAND explains it"],
    ),
    (
        "help pcpu",
        &["pcpu VAR|HANDLE|ADDRESS", "for example: pcpu "],
    ),
    (
        "lsmod",
        &["GOT", "PLT", "per-CPU", "counter", "live", "1 visitor"],
    ),
    ("modinfo counter", &["license", "MIT"]),
    ("rmmod visitor", &["unloaded"]),
    ("insmod visitor", &["module visitor: 0x"]),
    (
        "rmmod visitor; modprobe visitor",
        &["unloaded", "module visitor: 0x"],
    ),
    ("ls", &["modules/counter.ko"]),
    ("exports", &["T counter_hit"]),
    (
        "sections counter",
        &[
            ".text",
            ".data..percpu",
            "a handle",
            "GOT",
            "made by the loader",
        ],
    ),
    (
        "got counter",
        &[
            "GOT of",
            "counter::HITS: handle of counter's per-CPU data",
            "next: pcpu",
        ],
    ),
    ("plt counter", &["PLT of", "c4 18", "07 f1"]),
    (
        "relocs counter R_390_GOTENT",
        &["slot 0x", "written +0x", " =", "relocations"],
    ),
    ("relocs counter *HITS*", &["of", "relocations"]),
    ("call @1 counter_hit", &["cpu 1: counter_hit()"]),
    (
        "cpu offline 1; cpu; cpus; pcpu counter::HITS; cpu online 1; cpu",
        &[
            "1    1        offline",
            "offline   -",
            "cpu online 1",
            "next: pcpu counter::HITS --hop",
            "1    1        online",
        ],
    ),
    ("cpu states", &["state  name", "next: cpu offline 1"]),
    (
        "pcpu counter::HITS",
        &[
            "8 bytes, handle 0x",
            "GOT slot 0x",
            "next: pcpu counter::HITS --hop",
        ],
    ),
    ("pcpu COUNTER_VISITS -x", &["0x0000000000000000"]),
    (
        "pcpu counter::HITS --hop @1",
        &[
            "1. the instruction, in",
            "counter_hit",
            "lgrl",
            "R_390_GOTENT",
            "2. the slot",
            "3. the offset of cpu 1, byte 816",
            "03 30 00 ",
            "4. the sum",
            "5. the copy",
            ": 1",
        ],
    ),
    (
        "pcpu counter::HITS = 41 @1; call @1 counter_hit; pcpu HITS",
        &["was 1, is 41", "  42", "next"],
    ),
    (
        "pcpu kernel::interrupts::CLOCK --hop",
        &["2. no slot", "5. the copy"],
    ),
    (
        "percpu",
        &["percpu: Embedded", "pages/cpu s", "total: 2 units"],
    ),
    ("percpu chunks", &["reserved", "first", "next:"]),
    (
        "percpu stats",
        &["unit_size", "nr_cur_alloc", "contig_bytes", "not kept here"],
    ),
    ("percpu alloc 4096 x20", &["20 areas of 4096 bytes"]),
    (
        "percpu map",
        &[
            "chunk 0:",
            "|SSSS",
            "chunk 1:",
            "20 of 4096 bytes, by percpu alloc",
        ],
    ),
    ("percpu free all", &["freed 20 areas"]),
    ("percpu balance", &["before:", "after:"]),
    ("percpu map 0", &["chunk 0:", "statics of module counter"]),
    (
        "percpu alloc 24 16 atomic",
        &["24 bytes on each CPU: handle 0x"],
    ),
    ("percpu free all", &["freed 1 areas"]),
    (
        "trace on; percpu alloc 8; percpu free all; trace",
        &["alloc", "free", "next: trace off"],
    ),
    (
        "rmmod dynamic; insmod dynamic; percpu trace",
        &["dynamic", "[dynamic]", "next: trace off"],
    ),
    ("percpu trace off", &["no more"]),
    ("percpu 330", &["is no per-CPU handle"]),
    ("x 330 16", &["0x0000000000000330: "]),
    ("x/2xg 330", &["0x0000000000000330:  0x"]),
    ("x/4dw 338", &["0x0000000000000338:  0"]),
    (
        "x/3i counter_hit",
        &["counter_hit+0x0 [counter]", "lgrl ", "%r1,816"],
    ),
    ("x/1s counter_hit", &["\""]),
    (
        "walk 20000000000",
        &["region-second table", "page table", "r-x", "is real"],
    ),
    ("maps", &["kernel text", "r-x", "module counter"]),
    (
        "dis counter_hit 4",
        &["lgrl    %r0,0x200000", "lg      %r1,816", "agsi"],
    ),
    ("sym counter_hit", &["counter_hit+0x0 [counter] (code)"]),
    ("sym counter::HITS", &["is the handle of counter::HITS"]),
    ("cpu", &["offset", "clock"]),
    (
        "cpus",
        &["prefix", "0    0        online", "1    1        online"],
    ),
    (
        "lowcore 1",
        &[
            "cpu 1: prefix 0x",
            "per-CPU offset: byte 816",
            "trap_external",
        ],
    ),
    ("irq", &["clock", "signals", "new PSW, external"]),
    ("bt", &["cpu 0 runs this command", "boot_entry"]),
    (
        "bt 1",
        &["cpu 1, which waits for an interruption", "secondary"],
    ),
    ("dmesg *distance*", &["distance: the module area is"]),
    ("locks", &["per-CPU areas", "console", "next: lockstat"]),
    ("meminfo", &["vmalloc: "]),
    ("slabinfo", &["active_objs", "kmalloc-192"]),
    ("sanity", &["sanity=0", "boot with sanity=1"]),
    ("dump", &["a dump is asked for"]),
    ("selftest boot.globs", &["ok 1 boot.globs"]),
    ("fail percpu 0", &["none was to fail"]),
    ("bench access", &["BENCH this_cpu_inc_static"]),
    (
        "soak seconds=1 seed=7",
        &["soak: seed=7 seconds=1, 2 CPUs", "CPU offline", " 0 lost"],
    ),
];

/// Commands with arguments that won't do: an error says what was expected, and an example
/// follows.
const BAD: &[Entry] = &[
    ("help nosuch", &["no such command"]),
    ("nosuch", &["no such command"]),
    ("lsmod now", &["expected", "for example: lsmod"]),
    (
        "modinfo",
        &["expected a module's name", "for example: modinfo"],
    ),
    ("modinfo nosuch", &["nosuch", "for example: modinfo"]),
    (
        "insmod",
        &["expected a module's name", "for example: insmod"],
    ),
    ("insmod nosuch", &["nosuch", "for example: insmod"]),
    ("modprobe", &["expected", "for example: modprobe"]),
    ("rmmod nosuch", &["nosuch", "for example: rmmod"]),
    ("ls all", &["expected", "for example: ls"]),
    ("exports all", &["expected", "for example: exports"]),
    (
        "sections",
        &[
            "expected a loaded module's name",
            "for example: sections counter",
        ],
    ),
    ("got nosuch", &["nosuch", "for example: got counter"]),
    ("plt a b", &["expected", "for example: plt counter"]),
    ("relocs", &["expected", "for example: relocs counter"]),
    ("call @9 counter_hit", &["cpu 9"]),
    ("call @zz counter_hit", &["no number", "for example: call"]),
    (
        "call nosuch",
        &["nothing exports nosuch", "for example: call"],
    ),
    ("pcpu", &["expected VAR", "for example: pcpu counter::"]),
    (
        "pcpu nosuch",
        &["is no per-CPU variable", "for example: pcpu counter::"],
    ),
    (
        "pcpu HITS --hop @9",
        &["there is no cpu 9: they are 0 to 1", "for example: pcpu"],
    ),
    ("pcpu HITS = 1", &["expected VAR", "for example: pcpu"]),
    (
        "pcpu LEFT = 99999999999 @0",
        &["doesn't fit", "for example: pcpu"],
    ),
    (
        "pcpu bad00000000",
        &["no per-CPU handle", "for example: pcpu"],
    ),
    (
        "percpu nosuch",
        &["expected nothing, an address", "for example: percpu"],
    ),
    ("percpu alloc 0", &["size 0", "for example: percpu alloc"]),
    (
        "percpu alloc 8 3",
        &["alignment 3", "for example: percpu alloc"],
    ),
    ("percpu alloc 8 x0", &["xN", "for example: percpu alloc"]),
    ("percpu free 330", &["0x330", "for example: percpu alloc"]),
    (
        "percpu map 99",
        &["no chunk 99", "for example: percpu alloc"],
    ),
    (
        "trace maybe",
        &["expected nothing, on or off", "for example: trace"],
    ),
    ("x", &["expected", "for example: x"]),
    ("x/7z 330", &["a count up to 4096", "for example: x"]),
    ("x/xx 330", &["a count up to 4096", "for example: x"]),
    (
        "x bad00000000",
        &["region-second table", "program check", "translation"],
    ),
    (
        "walk nowhere",
        &["no hexadecimal address", "for example: walk"],
    ),
    ("walk bad00000000", &["invalid", "isn't mapped"]),
    ("maps all", &["expected", "for example: maps"]),
    ("dis nosuch", &["is no symbol", "for example: dis"]),
    ("dis bad00000000", &["region-second table", "program check"]),
    ("sym", &["expected a symbol's name", "for example: sym"]),
    ("cpus all", &["expected", "for example: cpus"]),
    ("lowcore 9", &["there is no cpu 9", "for example: lowcore"]),
    ("irq all", &["expected", "for example: irq"]),
    ("bt 9", &["there is no cpu 9", "for example: bt"]),
    ("dmesg a b", &["expected", "for example: dmesg"]),
    ("locks all", &["expected", "for example: locks"]),
    ("lockstat x y", &["expected", "for example: lockstat"]),
    ("lockstat", &["boot with lockstat"]),
    ("meminfo all", &["expected", "for example: meminfo"]),
    ("slabinfo all", &["expected", "for example: slabinfo"]),
    ("sanity check", &["boot with sanity=1"]),
    ("sanity a b", &["expected check", "for example: sanity"]),
    ("dump now", &["expected", "for example: dump"]),
    (
        "selftest a b",
        &["expected one glob", "for example: selftest"],
    ),
    ("bench a b", &["expected one group", "for example: bench"]),
    ("soak long", &["expected seconds=N", "for example: soak"]),
    ("soak seed=x", &["x is no number"]),
    ("cpu offline", &["expected nothing, online N"]),
    ("cpu offline 0", &["the boot CPU doesn't leave"]),
    ("cpu offline 2", &["cpu 2: no such number"]),
    ("fail nosuch 1", &["expected SITE N", "for example: fail"]),
    ("poweroff now", &["expected", "for example: poweroff"]),
];

/// Every command, typed at a terminal.
pub fn session() -> TestResult {
    let _cpus = Cpus::take(2);
    let mut terminal = Terminal::start(&command(&["shell", "--cpus", "2"]))?;
    terminal.resize(WIDTH as u16 + 20, 50)?;
    terminal.expect("\n> ", BOOT)?;
    for (typed, shown) in GOOD.iter().chain(BAD) {
        terminal.type_text(&format!("{typed}\r"))?;
        for text in *shown {
            terminal.expect(text, ANSWER)?;
        }
        terminal.expect("\n> ", ANSWER)?;
    }
    terminal.type_text("poweroff\r")?;
    terminal.must_exit(0, ANSWER)
}

/// The same, as a script: what is printed is no wider than a terminal, each bad line is an
/// error and no good one is, and none of the commands that there are is left out.
pub fn script() -> TestResult {
    let lines = |entries: &'static [Entry]| entries.iter().map(|(typed, _)| *typed);
    let load = "modprobe counter; modprobe visitor; modprobe dynamic";
    let script = [load].into_iter().chain(lines(GOOD)).chain(lines(BAD));
    let script: Vec<_> = script.collect();
    let run = runner(&["--cpus", "2", "--run", &script.join("; ")]);
    run.must_exit(1)?;
    for line in run.stdout.lines() {
        // What is logged and what was typed are as long as they are.
        let is_answer = !line.starts_with('[') && !line.starts_with("> ");
        run.must(
            !is_answer || line.chars().count() <= WIDTH,
            &format!("no wider than {WIDTH} columns: {line}"),
        )?;
    }
    let failed = BAD.len();
    run.must(
        !run.lines_with(&[&format!(", {failed} failed")]).is_empty(),
        &format!("{failed} commands fail: each bad one"),
    )?;
    let (_, help) = run
        .stdout
        .split_once("> help\n")
        .ok_or("the answer of help")?;
    let names = help
        .lines()
        .take_while(|line| !line.starts_with("help COMMAND"));
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        for (entries, what) in [(GOOD, "good"), (BAD, "bad")] {
            let begins = |command: &str| command.trim().split([' ', '/']).next() == Some(name);
            let is_there = lines(entries).any(|line| line.split(';').any(begins));
            let ends_all = matches!((name, what), ("poweroff" | "lockstat", "good"));
            run.must(is_there || ends_all, &format!("a {what} line for {name}"))?;
        }
    }
    Ok(())
}
