//! Modules made by the assembler for one purpose each: those that the loader must
//! refuse, with its words, and those that are many or large.

use crate::host::Cpus;
use crate::run::{Run, TestResult, bash, runner};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// Objects, assembled into one folder.
pub struct Objects(TempDir);

impl Objects {
    /// An empty folder.
    pub fn new() -> std::io::Result<Self> {
        tempfile::tempdir().map(Self)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name).with_extension("o")
    }

    /// Assembles a source; `name` is the module's.
    pub fn add(&self, name: &str, source: &str) -> TestResult {
        let input = self.0.path().join(name).with_extension("s");
        fs::write(&input, source)?;
        let output = Command::new("s390x-linux-gnu-as")
            .args(["-march=z196", "-o"])
            .arg(self.path(name))
            .arg(&input)
            .output()?;
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
        }
    }

    /// Runs commands in a guest that has the objects.
    pub fn run(&self, names: &[&str], commands: &str) -> Run {
        self.run_at("loglevel=3", names, commands)
    }

    /// The same, with this word on the kernel command line.
    pub fn run_at(&self, level: &str, names: &[&str], commands: &str) -> Run {
        let paths = names.iter().map(|name| self.path(name));
        let paths: Vec<String> = paths.map(|path| path.display().to_string()).collect();
        let mut arguments = vec!["--append", level, "--timeout", "200"];
        for path in &paths {
            arguments.extend(["--module", path]);
        }
        arguments.extend(["--run", commands]);
        runner(&arguments)
    }
}

/// A function that is exported.
pub fn exported(name: &str) -> String {
    format!(
        "\t.text\n\t.globl {name}\n{name}:\tlghi %r2, 1\n\tbr %r14\n{}",
        entry(name)
    )
}

/// An entry of the export table.
pub fn entry(name: &str) -> String {
    format!(
        "\t.section __ksymtab,\"a\"\n\t.balign 8\n__ksymtab_{name}:\t.quad {name}, 0\n\t.text\n"
    )
}

/// A call of a function of another module.
pub fn call(name: &str) -> String {
    format!("\t.text\n\tbrasl %r14, {name}@PLT\n")
}

fn information(text: &str) -> String {
    format!("\t.section .modinfo,\"a\"\n\t.asciz \"{text}\"\n\t.text\n")
}

/// What is wrong, each with the words of the refusal: CASES, Loader 9, 10, 14, 15.
pub fn refused() -> TestResult {
    let objects = Objects::new()?;
    let long = "n".repeat(10_000);
    let endless = "n".repeat(20_000);
    // A Rust name, nested deeper than a stack could hold.
    let nested = format!("_RINvC1a1b{}uE", "R".repeat(490));
    // Name, source, command, words of the only line that has them all.
    let table: Vec<(&str, String, &str, Vec<&str>)> = vec![
        ("common", "\t.comm shared, 8, 8\n".into(), "insmod common", vec!["shared", "common"]),
        ("first", exported("twice"), "insmod first", vec![]),
        ("second", exported("before_twice") + &exported("twice"), "insmod second", vec!["second", "exports twice, which first"]),
        // Of what a refused module exports nothing stays, and the other's is there as before.
        ("free", exported("before_twice"), "insmod free", vec![]),
        ("user", call("twice"), "insmod user", vec![]),
        ("hides", exported("kernel_print"), "insmod hides", vec!["hides", "kernel_print, which the kernel"]),
        ("own", call("own_call") + &entry("own_call"), "insmod own", vec!["own_call"]),
        ("ring-a", exported("ring_a") + &call("ring_b"), "modprobe ring-a", vec!["ring-a", "needs itself, through module ring-b"]),
        ("ring-b", exported("ring_b") + &call("ring_a"), "insmod ring-b", vec!["ring-b", "ring_a", "nobody exports"]),
        ("one", information("name=same"), "insmod one", vec![]),
        ("other", information("name=same"), "insmod other", vec!["module same: is live already"]),
        ("lacks", call("missing_call"), "modprobe lacks", vec!["lacks", "missing_call", "nobody exports"]),
        ("whole", exported("prefix_of_a_name"), "insmod whole", vec![]),
        ("prefix", call("prefix_of"), "insmod prefix", vec!["module prefix: ", "prefix_of: nobody exports"]),
        ("longer", call("prefix_of_a_name_too"), "insmod longer", vec!["module longer: ", "name_too: nobody exports"]),
        ("constructs", "\t.section .init_array,\"aw\"\n\t.quad word\n\t.data\nword:\t.quad 0\n".into(),
            "insmod constructs", vec![".init_array: entry 0", "no function of the module"]),
        ("destructs", "\t.section .fini_array,\"aw\"\n\t.quad f\n\t.section .init.text,\"ax\"\nf:\tbr %r14\n".into(),
            "insmod destructs", vec![".fini_array: entry 0", "no function of the module"]),
        ("init-data", "\t.data\n\t.globl init_module\ninit_module:\tlghi %r2, 0\n\tbr %r14\n".into(),
            "insmod init-data", vec!["init_module is no function", "section .data, which holds no code"]),
        ("exit-init", "\t.section .init.text,\"ax\"\n\t.globl cleanup_module\ncleanup_module:\tbr %r14\n".into(),
            "insmod exit-init", vec!["cleanup_module is no function", "gone once init has returned"]),
        ("init-number", "\t.globl init_module\n\t.set init_module, 0x1234\n".into(),
            "insmod init-number", vec!["init_module is no function", "absolute symbol"]),
        ("init-nowhere", "\t.weak init_module\n\t.data\n\t.quad init_module\n".into(),
            "insmod init-nowhere", vec!["init_module is no function", "isn't in the module"]),
        ("export-init", "\t.section .init.text,\"ax\"\n\t.globl brief\nbrief:\tbr %r14\n".to_owned() + &entry("brief"),
            "insmod export-init", vec!["brief is exported", "gone once init has returned"]),
        ("nested", format!("\t.section .data..percpu,\"aw\"\n\t.balign 8\n\t.type {0}, @object\n\t.size {0}, 8\n{0}:\t.quad 0\n", nested),
            "insmod nested", vec![]),
        ("nested-call", call(&nested), "insmod nested-call", vec!["module nested-call: ", &nested, "nobody exports"]),
        ("shallow-call", call(&nested.replace(&"R".repeat(490), &"R".repeat(28))),
            "insmod shallow-call", vec!["unknown symbol a::b::<&&&&"]),
        ("ragged", "\t.section .init_array,\"aw\"\n\t.long 0\n".into(), "insmod ragged", vec!["4 bytes are no list"]),
        ("records", "\t.section __param,\"a\"\n\t.balign 8\n\t.quad 0\n".into(), "insmod records", vec!["__param", "8 bytes"]),
        ("pointless", "\t.section __param,\"a\"\n\t.balign 8\n\t.quad t, t\n\t.long 1, 0\n\t.section .rodata\n\t.balign 8\nt:\t.quad 0x6100000000000000\n".into(),
            "insmod pointless", vec!["__param record 0: value"]),
        ("weak-exit", "\t.weak cleanup_module\n\t.data\n\t.quad cleanup_module\n".into(),
            "insmod weak-exit", vec!["weak-exit: cleanup_module is no function", "isn't in the module"]),
        ("both", "\t.section .both,\"awx\"\n\tbr %r14\n".into(), "insmod both", vec!["writable and executable"]),
        ("vast", "\t.section .text.vast,\"ax\",@nobits\n\t.skip 0x4000000000000\n".into(), "insmod vast", vec!["vast", "bytes are too many"]),
        ("long", exported(&long), "insmod long", vec![]),
        ("endless", exported(&endless), "insmod endless", vec!["module endless: symbol"]),
    ];
    let mut commands = String::new();
    for (name, source, command, _) in &table {
        objects.add(name, source)?;
        commands += &format!("{command}; ");
    }
    commands += "call prefix_of; rmmod whole; rmmod free; rmmod user; rmmod first; \
                 insmod second; rmmod second; \
                 rmmod nested; insmod no-exit; rmmod no-exit; lsmod";
    let names: Vec<&str> = table.iter().map(|(name, ..)| *name).collect();
    let run = objects.run(&names, &commands);
    run.must_exit(1)?;
    let refusals = table.iter().filter(|(.., words)| !words.is_empty());
    for (name, _, _, words) in refusals.clone() {
        let lines = run.lines_with(words).len();
        run.must(lines == 1, &format!("{name}: {lines} lines with {words:?}"))?;
    }
    let lines = run.lines_with(&["nothing exports prefix_of"]).len();
    run.must(lines == 1, "a call by a prefix")?;
    let lines = run.lines_with(&["no-exit", "no exit function"]).len();
    run.must(lines == 1, "a module without an exit stays")?;
    // The two, and what stays: one (as `same`), long, no-exit.
    let failed = format!("{} of ", refusals.count() + 2);
    run.must(run.verdict().contains(&failed), &failed)?;
    run.must(
        run.lines_with(&["0x", " live "]).len() == 3,
        "three modules are live",
    )
}

/// Lists that the assembler leaves apart are called by their numbers.
pub fn constructors_by_number() -> TestResult {
    let objects = Objects::new()?;
    let mut source = String::from("\t.text\n");
    for (letter, section) in [
        ("c", ".init_array"),
        ("b", ".init_array.00200"),
        ("d", ".ctors"),
        ("a", ".ctors.65435"),
    ] {
        let code = u32::from(letter.as_bytes()[0]);
        writeln!(source, "f{letter}:\tlghi %r2, {code}\n\tjg note@PLT")?;
        writeln!(
            source,
            "\t.section {section},\"aw\"\n\t.balign 8\n\t.quad f{letter}\n\t.text"
        )?;
    }
    objects.add("ordered", &source)?;
    let commands = "insmod notes; insmod ordered; call note_at 0; call note_at 1; \
                    call note_at 2; call note_at 3; call note_at 4";
    let run = objects.run(&["ordered"], commands);
    run.must_exit(0)?;
    for (place, letter) in ["0x61", "0x62", "0x63", "0x64", "0x0"].iter().enumerate() {
        let words = ["cpu 0", &format!("note_at({place:#x}) = {letter}")];
        run.must(run.lines_with(&words).len() == 1, &format!("{words:?}"))?;
    }
    Ok(())
}

/// One module that calls 10,000 functions of another, as Linux's
/// arch/s390/lib/test_modules.c does: the sum is right.
pub fn ten_thousand_functions() -> TestResult {
    const COUNT: u64 = 10_000;
    let objects = Objects::new()?;
    let (mut functions, mut caller) = (
        String::new(),
        String::from(
            "\t.text\n\t.globl sum_all\nsum_all:\tstmg %r6, %r15, 48(%r15)\n\tlgr %r14, %r15\n\
         \taghi %r15, -160\n\tstg %r14, 0(%r15)\n\tlghi %r6, 0\n",
        ),
    );
    for number in 0..COUNT {
        let name = format!("numbered_{number}");
        writeln!(
            functions,
            "\t.globl {name}\n{name}:\tlgfi %r2, {number}\n\tbr %r14"
        )?;
        functions += &entry(&name);
        writeln!(caller, "\tbrasl %r14, {name}@PLT\n\tagr %r6, %r2")?;
    }
    caller += "\tlgr %r2, %r6\n\tlmg %r6, %r15, 208(%r15)\n\tbr %r14\n";
    caller += &entry("sum_all");
    objects.add("functions", &functions)?;
    objects.add("caller", &caller)?;
    let commands = "modprobe caller; lsmod; call sum_all; rmmod functions; rmmod caller; \
                    rmmod functions; lsmod";
    let run = objects.run(&["functions", "caller"], commands);
    run.must_exit(1)?;
    let sum = format!("cpu 0: sum_all() = {:#x}", COUNT * (COUNT - 1) / 2);
    run.must(run.lines_with(&[&sum]).len() == 1, &sum)?;
    let lines = run.lines_with(&["functions", "in use: 1"]).len();
    run.must(lines == 1, "it is in use while the caller is there")
}

/// 1,000 modules at once, all but one from copies of one object.
pub fn a_thousand_loaded() -> TestResult {
    let objects = Objects::new()?;
    objects.add(
        "m0",
        &format!("{}\t.data\n\t.quad 7\n", call("kernel_print")),
    )?;
    let names: Vec<String> = (0..1000).map(|number| format!("m{number}")).collect();
    for name in &names[1..] {
        fs::hard_link(objects.path("m0"), objects.path(name))?;
    }
    let mut commands = String::from("meminfo; ");
    names
        .iter()
        .for_each(|name| commands += &format!("insmod {name}; "));
    commands += "lsmod; insmod m500; ";
    names
        .iter()
        .for_each(|name| commands += &format!("rmmod {name}; "));
    commands += "meminfo";
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = objects.run(&names, &commands);
    run.must_exit(1)?;
    let failed = run.verdict().contains("1 of 2004 commands failed");
    run.must(failed, "only the second load of one fails")?;
    run.must(
        run.lines_with(&["0x", " live "]).len() == 1000,
        "1,000 lines",
    )?;
    let areas = run.lines_with(&["vmalloc: "]);
    run.must(areas.len() == 2 && areas[0] == areas[1], "nothing is left")
}

/// 100,000 symbols, one of them called.
pub fn a_hundred_thousand_symbols() -> TestResult {
    let objects = Objects::new()?;
    let mut source = exported("needle");
    source += "\t.data\n";
    for number in 0..100_000 {
        writeln!(
            source,
            "\t.globl symbol_{number}\nsymbol_{number}:\t.byte 0"
        )?;
    }
    objects.add("symbols", &source)?;
    let run = objects.run(&["symbols"], "insmod symbols; call needle; rmmod symbols");
    run.must_exit(0)?;
    let lines = run.lines_with(&["cpu 0: needle() = 0x1"]).len();
    run.must(lines == 1, "the function is found")
}

/// Figures of a run: its lines `BENCH NAME OPERATIONS TOTAL EACH`.
pub fn figures(run: &Run) -> Result<Vec<(String, f64)>, libtest_mimic::Failed> {
    run.must_exit(0)?;
    let mut figures = Vec::new();
    for line in run.lines_with(&["BENCH "]) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, name, _, _, each] = words[..] else {
            return Err(format!("{line}: five words were expected").into());
        };
        figures.push((name.to_owned(), each.parse()?));
    }
    Ok(figures)
}

/// The greatest figure is at most this much of the least.
fn within(figures: &[(String, f64)], limit: f64) -> bool {
    let each = figures.iter().map(|(_, each)| *each);
    let (least, greatest) = (
        each.clone().fold(f64::MAX, f64::min),
        each.fold(0.0, f64::max),
    );
    least > 0.0 && greatest <= least * limit
}

/// A relocation more costs the same, whether there are 1,000 or 100,000. What a link
/// costs whatever the module holds is in every size once, and drops out.
pub fn links_are_linear() -> TestResult {
    let arguments = ["--cpus", "1", "--timeout", "300", "--run", "bench link"];
    let run = runner(&[&["bench"], &arguments[..]].concat());
    let figures = figures(&run)?;
    let [(_, thousand), (_, ten), (_, hundred)] = &figures[..] else {
        return run.must(false, "three sizes");
    };
    let slopes = [
        (ten * 10e3 - thousand * 1e3) / 9e3,
        (hundred * 100e3 - ten * 10e3) / 90e3,
    ];
    let slopes = slopes.map(|slope| (String::from("slope"), slope));
    run.must(within(&slopes, 1.1), &format!("{slopes:?}"))
}

/// The README's line that measures rounds; it takes long, so it is run once.
pub const ROUNDS: &str = "./qemu-run.sh bench --cpus 4 --run 'bench modules'";

/// What the last 100 rounds may take, as a part of the first: on four CPUs it depends on who
/// waits for whom, by 13 % from one build to the next. One CPU alone comes to the same.
const LATER_ROUNDS: f64 = 1.25;

/// The last 100 of 1,000 rounds of all modules cost what the first 100 did.
pub fn rounds_do_not_slow() -> TestResult {
    let cpus = Cpus::of(ROUNDS.split_whitespace());
    let run = Run::of(&bash(ROUNDS).output()?);
    drop(cpus);
    let figures = figures(&run)?;
    run.must(figures.len() == 2, "two figures")?;
    run.must(within(&figures, LATER_ROUNDS), &format!("{figures:?}"))
}

/// 1,000 rounds from four CPUs at once, and all counters as before.
pub fn rounds_on_four_cpus() -> TestResult {
    let append = "selftest=stress.modules loglevel=3";
    runner(&["--cpus", "4", "--timeout", "900", "--append", append]).must_exit(0)
}
