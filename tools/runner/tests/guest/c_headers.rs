//! The headers for modules in C: every name is tested, nothing warns, what isn't
//! supported is refused by name, and the operations are the instructions they should be.

use crate::run::{Run, TestResult, root};
use libtest_mimic::Failed;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const COMPILER: &str = "s390x-linux-gnu-gcc";

/// What the headers are there for. A name that ends in `*` stands for all that the
/// operations' names make of it.
const NAMES: &str = "
    module_init module_exit MODULE_LICENSE MODULE_AUTHOR MODULE_DESCRIPTION MODULE_VERSION
    MODULE_ALIAS MODULE_PARM_DESC module_param int uint long ulong bool charp THIS_MODULE
    printk pr_emerg pr_alert pr_crit pr_err pr_warn pr_notice pr_info pr_debug pr_cont
    KERN_EMERG KERN_ALERT KERN_CRIT KERN_ERR KERN_WARNING KERN_NOTICE KERN_INFO KERN_DEBUG
    kmalloc kzalloc kcalloc kfree vmalloc vzalloc vfree
    DEFINE_PER_CPU DEFINE_PER_CPU_ALIGNED DEFINE_PER_CPU_SHARED_ALIGNED
    DEFINE_PER_CPU_PAGE_ALIGNED DEFINE_PER_CPU_READ_MOSTLY DEFINE_PER_CPU_FIRST
    DECLARE_PER_CPU EXPORT_PER_CPU_SYMBOL EXPORT_PER_CPU_SYMBOL_GPL
    per_cpu per_cpu_ptr this_cpu_ptr raw_cpu_ptr get_cpu_var put_cpu_var get_cpu_ptr
    this_cpu_* raw_cpu_* __this_cpu_*
    alloc_percpu __alloc_percpu alloc_percpu_gfp free_percpu per_cpu_ptr_to_phys
    is_kernel_percpu_address
    smp_processor_id get_cpu put_cpu on_each_cpu smp_call_function_single
    for_each_possible_cpu for_each_online_cpu num_possible_cpus num_online_cpus
    num_present_cpus nr_cpu_ids
    preempt_disable preempt_enable local_irq_save local_irq_restore local_irq_disable
    local_irq_enable spin_lock spin_unlock spin_lock_irqsave spin_unlock_irqrestore
    atomic_add_return atomic64_add_return mutex_lock mutex_unlock
    list_add list_add_tail list_del list_for_each_entry WARN WARN_ON BUG_ON BUG
    ktime_get udelay mdelay msleep get_tod_clock get_tod_clock_fast get_cycles tod_to_ns
    div_u64 div_u64_rem div_s64 div_s64_rem div64_u64 div64_u64_rem div64_s64 mul_u32_u32
    DIV64_U64_ROUND_UP DIV64_U64_ROUND_CLOSEST
    percpu_counter_init percpu_counter_add percpu_counter_sum percpu_counter_destroy
    cpuhp_setup_state cpuhp_setup_state_nocalls cpuhp_remove_state cpuhp_remove_state_nocalls
    cpus_read_lock cpus_read_unlock cpus_read_trylock add_cpu remove_cpu cpu_active
    cpu_active_mask
    percpu_ref_init percpu_ref_get percpu_ref_put percpu_ref_kill percpu_ref_exit
    EXPORT_SYMBOL READ_ONCE WRITE_ONCE barrier BUILD_BUG_ON ARRAY_SIZE container_of
    ERR_PTR PTR_ERR IS_ERR strlen strcmp memcpy memset snprintf
    copy_from_kernel_nofault copy_to_kernel_nofault strncpy_from_kernel_nofault
    get_kernel_nofault
";

const OPERATIONS: [&str; 15] = [
    "read",
    "write",
    "add",
    "sub",
    "inc",
    "dec",
    "and",
    "or",
    "add_return",
    "sub_return",
    "inc_return",
    "dec_return",
    "xchg",
    "cmpxchg",
    "cmpxchg_double",
];

/// Formats that a test of printk has.
const FORMATS: [&str; 12] = [
    "%d", "%u", "%ld", "%llu", "%x", "%p\"", "%px", "%pS", "%s", "%c", "%*d", "%8.3s",
];

/// The C files that compile for Linux too: tests, and the modules that are shipped.
pub fn sources() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = [
        "tools/runner/tests/c_bug.c",
        "tools/runner/tests/c_kunit.c",
        "tools/peer/linux_bench.c",
    ]
    .map(|path| root().join(path))
    .to_vec();
    for folder in ["modules", "modules/ctest"] {
        for entry in root().join(folder).read_dir()? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "c") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every name of the headers occurs in a test, and so does every format.
pub fn every_name_is_tested() -> TestResult {
    let mut text = String::new();
    for path in sources().map_err(|error| error.to_string())? {
        text += &fs::read_to_string(path)?;
    }
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let words: std::collections::HashSet<&str> = text.split(|c| !is_word(c)).collect();
    let mut missing = Vec::new();
    for name in NAMES.split_whitespace() {
        let names = match name.strip_suffix('*') {
            Some(family) => OPERATIONS
                .map(|operation| format!("{family}{operation}"))
                .to_vec(),
            None => vec![name.to_owned()],
        };
        missing.extend(
            names
                .into_iter()
                .filter(|name| !words.contains(name.as_str())),
        );
    }
    let formats = FORMATS.iter().filter(|format| !text.contains(*format));
    missing.extend(formats.map(|format| (*format).to_owned()));
    match missing.as_slice() {
        [] => Ok(()),
        missing => Err(format!("no test in C has: {}", missing.join(" ")).into()),
    }
}

/// gcc as the runner calls it, on some text; only its messages matter.
fn compile(text: &str) -> Result<Output, Failed> {
    compile_to(text, Path::new("/dev/null"))
}

/// Whether this test is of clang: `CC` says so.
fn is_by_clang() -> bool {
    std::env::var_os("CC").is_some_and(|name| name == "clang")
}

/// gcc, or clang, as the runner calls it, on some text, into an object.
pub fn compile_to(text: &str, object: &Path) -> Result<Output, Failed> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("piece.c");
    fs::write(&source, text)?;
    let mut compiler = Command::new(COMPILER);
    if is_by_clang() {
        compiler = Command::new("clang");
        compiler.arg("--target=s390x-linux-gnu");
    }
    let output = compiler
        .args([
            "-std=gnu11",
            "-O2",
            "-march=z196",
            "-mbackchain",
            "-msoft-float",
            "-fPIC",
        ])
        .args(["-ffreestanding", "-nostdinc", "-Wall", "-Wextra", "-Werror"])
        .args(["-D__KERNEL__", "-DMODULE", "-DKBUILD_MODNAME=\"piece\""])
        .arg("-I")
        .arg(root().join("modules/include"))
        .args(["-include", "linux/compiler_types.h"])
        .args(["-include", "linux/kconfig.h", "-c"])
        .arg(&source)
        .arg("-o")
        .arg(object)
        .env("LC_ALL", "C")
        .output()?;
    Ok(output)
}

/// Each header by itself, and all together, without a warning.
pub fn headers_have_no_warnings() -> TestResult {
    let mut all = String::new();
    for folder in ["linux", "asm", "kunit"] {
        let headers = root().join("modules/include").join(folder);
        for entry in headers.read_dir()? {
            let name = entry?.file_name();
            let line = format!("#include <{folder}/{}>\n", name.to_string_lossy());
            let run = Run::of(&compile(&line)?);
            run.must(run.code == Some(0), &format!("a warning from {line}"))?;
            all += &line;
        }
    }
    let run = Run::of(&compile(&all)?);
    run.must(run.code == Some(0), "a warning from all headers together")
}

/// What isn't supported, with what the compiler must say.
const REFUSED: [(&str, &str); 16] = [
    ("#include <linux/usb.h>", "linux/usb.h"),
    (
        "#include <linux/percpu.h>\nstatic DEFINE_PER_CPU(int, twice);\nstatic DEFINE_PER_CPU(long, twice);",
        "twice",
    ),
    (
        "#include <linux/percpu.h>\nvoid f(void);\nvoid f(void) { static DEFINE_PER_CPU(int, inside); this_cpu_inc(inside); }",
        "inside",
    ),
    (
        "#include <linux/percpu.h>\nstruct three { char c[3]; };\nstatic DEFINE_PER_CPU(struct three, odd);\nchar f(void);\nchar f(void) { return this_cpu_read(odd).c[0]; }",
        "a per-CPU operation takes variables of 1, 2, 4 or 8 bytes",
    ),
    (
        "#include <linux/percpu.h>\nstatic DEFINE_PER_CPU(__int128, wide);\nvoid f(void);\nvoid f(void) { this_cpu_inc(wide); }",
        "a per-CPU operation takes variables of 1, 2, 4 or 8 bytes",
    ),
    (
        "#include <linux/percpu.h>\nint *f(void);\nint *f(void) { return this_cpu_ptr(5); }",
        "unary",
    ),
    (
        "#include <linux/module.h>\nstatic short little;\nmodule_param(little, float, 0);",
        "__param_kind_float",
    ),
    (
        "#include <linux/module.h>\nstatic long wide;\nmodule_param(wide, int, 0);",
        "_Generic",
    ),
    (
        "#include <linux/module.h>\nMODULE_DESCRIPTION(\"a\\0name=b\");",
        "a NUL inside would begin another entry of .modinfo",
    ),
    (
        "#include <linux/module.h>\nbool f(void);\nbool f(void) { return try_module_get(THIS_MODULE); }",
        "try_module_get is not supported here",
    ),
    (
        "#include <linux/interrupt.h>\nint f(void);\nint f(void) { return request_irq(1, 0, 0, \"x\", 0); }",
        "request_irq is not supported here",
    ),
    (
        "#include <linux/module.h>\nstatic int open;\nmodule_param(open, int, 0666);",
        "permissions of open: not everybody may write it",
    ),
    (
        "#include <linux/kallsyms.h>\nlong f(void);\nlong f(void) { return kallsyms_lookup_name(\"f\"); }",
        "kallsyms_lookup_name is not supported here",
    ),
    (
        "#include <linux/build_bug.h>\nvoid f(void);\nvoid f(void) { BUILD_BUG_ON(sizeof(long) == 8); }",
        "BUILD_BUG_ON failed: sizeof(long) == 8",
    ),
    (
        "#include <linux/printk.h>\nvoid f(void);\nvoid f(void) { pr_info(\"%d\\n\", 1L); }",
        "expects argument of type",
    ),
    (
        "#include <linux/kernel.h>\nint f(int *p);\nint f(int *p) { return ARRAY_SIZE(p); }",
        "ARRAY_SIZE",
    ),
];

/// What of these gcc says in its own words; clang has others.
const OF_GCC: [&str; 4] = [
    "unary",
    "_Generic",
    "expects argument of type",
    "ARRAY_SIZE",
];

pub fn unsupported_is_refused_by_name() -> TestResult {
    for (text, words) in REFUSED {
        let run = Run::of(&compile(text)?);
        run.must(
            run.code != Some(0),
            &format!("this must not compile: {text}"),
        )?;
        let is_of_gcc = OF_GCC.iter().any(|own| words.contains(own));
        run.must(
            run.stderr.contains(words) || (is_by_clang() && is_of_gcc),
            &format!("the message lacks `{words}`: {text}"),
        )?;
    }
    Ok(())
}

/// An operation, the instruction that it must be, and the bytes of its variable.
const INSTRUCTIONS: [(&str, &str, &str); 20] = [
    ("this_cpu_inc(v)", "int", "asi"),
    ("this_cpu_dec(v)", "long", "agsi"),
    ("this_cpu_add(v, 127)", "unsigned int", "asi"),
    ("raw_cpu_sub(v, 128)", "unsigned long", "agsi"),
    ("this_cpu_add(v, by)", "int", "laa"),
    ("__this_cpu_add(v, by)", "long", "laag"),
    ("this_cpu_add(v, 1000)", "long", "laag"),
    ("(void)this_cpu_add_return(v, by)", "int", "laa"),
    ("(void)this_cpu_inc_return(v)", "long", "laag"),
    ("this_cpu_and(v, by)", "int", "lan"),
    ("this_cpu_and(v, by)", "long", "lang"),
    ("this_cpu_or(v, by)", "int", "lao"),
    ("this_cpu_or(v, by)", "long", "laog"),
    ("(void)this_cpu_xchg(v, by)", "int", "cs"),
    ("(void)this_cpu_xchg(v, by)", "long", "csg"),
    ("(void)this_cpu_cmpxchg(v, by, 5)", "int", "cs"),
    ("(void)this_cpu_cmpxchg(v, by, 5)", "long", "csg"),
    ("this_cpu_add(v, by)", "char", "cs"),
    ("this_cpu_or(v, by)", "short", "cs"),
    (
        "(void)this_cpu_cmpxchg_double(p.a, p.b, by, 1, 2, 3)",
        "long",
        "cdsg",
    ),
];

/// Each operation is the one instruction that there is for it; the variable's address
/// comes from a slot, a pointer's doesn't.
pub fn single_instructions() -> TestResult {
    let folder = tempfile::tempdir()?;
    let object = folder.path().join("piece.o");
    for (operation, kind, instruction) in INSTRUCTIONS {
        for (through, declaration) in [
            ("symbol", format!("static DEFINE_PER_CPU({kind}, v);")),
            (
                "pointer",
                format!("extern {kind} __percpu *pointer;\n#define v (*pointer)"),
            ),
        ] {
            let text = format!(
                "#include <linux/percpu.h>\nstruct pair {{ u64 a, b; }} __aligned(16);\n\
                 extern DEFINE_PAIR;\n{declaration}\nvoid f(long by);\n\
                 void f(long by) {{ (void)by; {operation}; }}\n"
            )
            .replace(
                "extern DEFINE_PAIR;",
                "static DEFINE_PER_CPU(struct pair, p) __maybe_unused;",
            );
            let run = Run::of(&compile_to(&text, &object)?);
            run.must(run.code == Some(0), &format!("this must compile: {text}"))?;
            let output = Command::new("s390x-linux-gnu-objdump")
                .args(["-dr", "--no-show-raw-insn"])
                .arg(&object)
                .output()?;
            let run = Run::of(&output);
            let lines: Vec<Vec<&str>> = run
                .stdout
                .lines()
                .map(|line| line.split_whitespace().collect())
                .collect();
            let count = |name: &str| {
                lines
                    .iter()
                    .filter(|words| words.get(1) == Some(&name))
                    .count()
            };
            // The compiler may write the loop of a compare and swap out more than once.
            let enough = match instruction {
                "cs" | "csg" => count(instruction) >= 1,
                _ => count(instruction) == 1,
            };
            run.must(
                enough,
                &format!("one {instruction} for {operation} of a {kind} by {through}"),
            )?;
            let direct = run.lines_with(&["R_390_PC32DBL", "percpu"]);
            run.must(direct.is_empty(), "no direct reference to per-CPU data")?;
            if !operation.contains("p.a") {
                let by_slot = run.lines_with(&["R_390_GOTENT", "\tv+0x2"]).len();
                let expected = usize::from(through == "symbol");
                run.must(
                    by_slot == expected,
                    &format!("{expected} slots by {through}"),
                )?;
            }
        }
    }
    Ok(())
}
