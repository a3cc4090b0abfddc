//! Modules in C. Each of `modules/ctest` runs its own tests in its init, on every CPU
//! where that matters, and prints how many passed; here they are loaded, what they
//! print is looked at, and all must be as before once they are gone.

use super::{NotPassed, failed, resources};
use crate::continuation;
use crate::modules::{self, Reason};
use crate::{check, check_eq, cpus, initrd, percpu, selftest};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Runs `work` and returns what printk prints meanwhile, each line as `<level>text`.
fn printed<R>(work: impl FnOnce() -> R) -> (R, String) {
    // Made where it stays: a box's value is made on the stack, and a load needs much of that.
    let copy = alloc::vec![0; continuation::COPY].into_boxed_slice();
    let mut copy: Box<[u8; continuation::COPY]> = copy.try_into().expect("as long as that");
    let (result, count) = continuation::copy_of(work, &mut copy);
    assert!(count < copy.len(), "more is printed than can be looked at");
    (result, String::from_utf8_lossy(&copy[..count]).into_owned())
}

/// Loads a module of tests; returns what it printed. Takes it away again.
fn printed_by(name: &'static str, words: &[&'static str]) -> Result<String, NotPassed> {
    let (loaded, printed) = printed(|| modules::load_with(name, words));
    let count = || {
        let last = printed.lines().last()?;
        let counts = last.strip_prefix("<6>")?.strip_prefix(name)?;
        let (passed, of) = counts.strip_prefix(": ")?.split_once(" of ")?;
        let all = of.strip_suffix(" tests passed")?;
        Some((passed.parse::<u32>().ok()?, all.parse::<u32>().ok()?))
    };
    if let Err(error) = loaded {
        return Err(failed(alloc::format!("{error}; it printed: {printed}")));
    }
    modules::unload(name).map_err(failed)?;
    match count() {
        Some((passed, all)) if passed == all && all > 0 => Ok(printed),
        _ => Err(failed(alloc::format!("its last line is wrong: {printed}"))),
    }
}

/// Runs a module of tests twice: the first time allocates what stays; after the second all
/// is as before it.
fn passes(name: &'static str) -> Result<(), NotPassed> {
    printed_by(name, &[])?;
    percpu::trim();
    let before = resources::in_use();
    printed_by(name, &[])?;
    percpu::trim();
    check_eq!(resources::in_use(), before);
    Ok(())
}

/// The modules that this file's tests load.
const NAMES: &[&str] = &[
    "ctest_base",
    "ctest_counters",
    "ctest_hotplug",
    "ctest_jump",
    "ctest_kthread",
    "ctest_lib",
    "ctest_memory",
    "ctest_names",
    "ctest_ops",
    "ctest_parameters",
    "ctest_percpu",
    "ctest_printk",
    "ctest_protection",
    "ctest_provider",
    "ctest_smp",
    "ctest_stack",
    "ctest_time",
    "ctest_uaccess",
    "ctest_user",
    "ctest_wrap",
];

/// No module in C is packed and not loaded by a test.
fn all_are_loaded() -> Result<(), NotPassed> {
    let packed = initrd::files().filter(|file| file.path.starts_with("ctest/"));
    let mut names: Vec<&str> = packed
        .filter_map(|file| initrd::module_name(file.path))
        .collect();
    names.sort_unstable();
    check_eq!(names.as_slice(), NAMES);
    Ok(())
}

fn base() -> Result<(), NotPassed> {
    let printed = printed_by("ctest_base", &[])?;
    // Each warning has file, line and function, and who called it.
    let warnings = printed
        .lines()
        .filter(|line| line.starts_with("<4>WARNING: CPU: "));
    let named = warnings.filter(|line| {
        line.contains("modules/ctest/ctest_base.c:") && line.ends_with("[ctest_base]")
    });
    check_eq!(named.count(), 4);
    for line in ["<4>five is 5", "<4>five, once", "<4>Call trace:"] {
        check!(
            printed.lines().any(|found| found == line),
            "no line {line}: {printed}"
        );
    }
    check!(
        !printed.contains("never"),
        "a WARN that isn't so: {printed}"
    );
    passes("ctest_base")
}

fn uaccess() -> Result<(), NotPassed> {
    passes("ctest_uaccess")
}

fn operations() -> Result<(), NotPassed> {
    passes("ctest_ops")
}

fn wrap_around() -> Result<(), NotPassed> {
    passes("ctest_wrap")
}

fn per_cpu() -> Result<(), NotPassed> {
    // Its variables take most of a unit.
    resources::needs(2 * resources::chunk())?;
    passes("ctest_percpu")
}

fn threads() -> Result<(), NotPassed> {
    resources::needs(512)?;
    passes("ctest_kthread")
}

fn time() -> Result<(), NotPassed> {
    // Stacks of as many threads as there are CPUs, 32 at once, and of some more. Each is of one
    // piece, so that half of what is free may not do.
    let threads = u32::from(cpus::online_count()).min(32) + 8;
    resources::needs(2 * 64 * threads as usize)?;
    passes("ctest_time")
}

fn smp() -> Result<(), NotPassed> {
    passes("ctest_smp")
}

fn memory() -> Result<(), NotPassed> {
    resources::needs(1 << 10)?;
    passes("ctest_memory")
}

/// So many areas of vmalloc that a search which walks them all would take seconds.
fn many_areas() -> Result<(), NotPassed> {
    const AREAS: usize = 3000;
    // A page each, and its record.
    resources::needs(5 * AREAS)?;
    printed_by("ctest_memory", &["areas=3000"]).map(drop)
}

fn names() -> Result<(), NotPassed> {
    passes_with_libraries("ctest_names")
}

fn protection() -> Result<(), NotPassed> {
    passes("ctest_protection")
}

fn jumps() -> Result<(), NotPassed> {
    passes("ctest_jump")
}

fn stack() -> Result<(), NotPassed> {
    passes("ctest_stack")
}

fn counting() -> Result<(), NotPassed> {
    passes("ctest_counters")
}

/// One module uses per-CPU variables that another exports.
fn exports() -> Result<(), NotPassed> {
    let (loaded, _) = printed(|| modules::load("ctest_provider"));
    loaded.map_err(failed)?;
    let used = printed_by("ctest_user", &[]);
    modules::unload("ctest_provider").map_err(failed)?;
    used.map(drop)
}

/// The libraries in C are loaded because a module needs them, and do what they should.
fn libraries() -> Result<(), NotPassed> {
    passes_with_libraries("ctest_lib")
}

/// What [`passes`], with the libraries that the module needs in place.
fn passes_with_libraries(name: &'static str) -> Result<(), NotPassed> {
    modules::load_with_dependencies(name, &[]).map_err(failed)?;
    modules::unload(name).map_err(failed)?;
    let passed = passes(name);
    let is_library = |file: &initrd::File| file.path.starts_with("lib/");
    let files = initrd::files().filter(is_library);
    for library in files.filter_map(|file| initrd::module_name(file.path)) {
        if modules::state(library).is_some() {
            modules::unload(library).map_err(failed)?;
        }
    }
    passed
}

fn parameters() -> Result<(), NotPassed> {
    printed_by("ctest_parameters", &[])?;
    let words = [
        "set",
        "an_int=-2147483648",
        "a_uint=4294967295",
        "a_long=-9223372036854775808",
        "a_ulong=18446744073709551615",
        "a_bool=n",
        "a_charp=text",
        "another_name=7",
        "a_short=-32768",
        "a_ushort=65535",
        "a_byte=255",
        "a_ullong=18446744073709551615",
        "a_hexint=0xff",
        "an_invbool=yes",
        "unaligned=14",
        "array=7,8",
        "texts=\"a b,c\"",
        "\"text=1234567\"",
        "doubled=21",
        "name=you",
    ];
    printed_by("ctest_parameters", &words)?;
    let wrong = [
        "an_int=2147483648",
        "a_short=32768",
        "a_byte=-1",
        "array=1,2,3,4",
        "text=12345678",
        "an_invbool",
        // Its own function says no.
        "doubled=101",
    ];
    for word in wrong {
        let refused = modules::load_with("ctest_parameters", &[word]);
        check!(
            matches!(&refused, Err(error) if matches!(error.reason, Reason::Parameter(_))),
            "{word}: {refused:?}"
        );
    }
    Ok(())
}

fn hotplug() -> Result<(), NotPassed> {
    passes("ctest_hotplug")
}

/// What `ctest_printk` prints, line by line, with the levels.
const PRINTED: &str = "\
<0>printk: emergency 0
<1>printk: alert 1
<2>printk: critical 2
<3>printk: error 3
<4>printk: warning 4
<5>printk: notice 5
<6>printk: information 6
<7>debug
<0>emergency
<1>alert
<2>critical
<3>error
<4>warning
<5>notice
<6>information
<4>no level
<6>one
<6>two
<6>printk: continued: 0 1 2
<6>without an end
<6>printk: once
<4>printk: warned once
<5>by list: a 1
<6>[     abc|-42   |0xabc|1099511627776|z]
<6>0000000000000abc named [ctest_printk]
<6>   42 ab  |
";

fn text() -> Result<(), NotPassed> {
    let printed = printed_by("ctest_printk", &[])?;
    let (text, _) = printed
        .rsplit_once("<6>ctest_printk: ")
        .ok_or(failed("no count"))?;
    check!(text == PRINTED, "printed: {text}");
    Ok(())
}

selftest!("c.all_are_loaded", all_are_loaded);
selftest!("c.base", base);
selftest!("c.operations", operations);
selftest!("c.wrap_around", wrap_around);
selftest!("c.percpu", per_cpu);
selftest!("c.smp", smp);
selftest!("c.threads", threads);
selftest!("c.time", time);
selftest!("c.uaccess", uaccess);
selftest!("c.memory", memory);
selftest!("c.many_areas", many_areas);
selftest!("c.names", names);
selftest!("c.jumps", jumps);
selftest!("c.stack", stack);
selftest!("c.counters", counting);
selftest!("c.hotplug", hotplug);
selftest!("c.exports", exports);
selftest!("c.libraries", libraries);
selftest!("c.parameters", parameters);
selftest!("c.printk", text);
selftest!("c.protection", protection);
