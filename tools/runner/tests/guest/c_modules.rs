//! Modules in C, from outside: the headers, what they refuse, Linux's own headers, the
//! lessons, and files given by `--module`.

use crate::{Outcome, Run, root, runner};
use libtest_mimic::Failed;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const COMPILER: &str = "s390x-linux-gnu-gcc";

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
    ktime_get udelay mdelay msleep
    percpu_counter_init percpu_counter_add percpu_counter_sum percpu_counter_destroy
    percpu_ref_init percpu_ref_get percpu_ref_put percpu_ref_kill percpu_ref_exit
    EXPORT_SYMBOL READ_ONCE WRITE_ONCE barrier BUILD_BUG_ON ARRAY_SIZE container_of
    ERR_PTR PTR_ERR IS_ERR strlen strcmp memcpy memset snprintf
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
fn sources() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = vec![root().join("tools/runner/tests/c_bug.c")];
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
pub fn every_name_is_tested() -> Outcome {
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

/// gcc as the runner calls it, on some text.
fn compile(text: &str) -> Result<Output, Failed> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("piece.c");
    fs::write(&source, text)?;
    let output = Command::new(COMPILER)
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
        .args([
            "-include",
            "linux/compiler_types.h",
            "-c",
            "-o",
            "/dev/null",
        ])
        .arg(&source)
        .env("LC_ALL", "C")
        .output()?;
    Ok(output)
}

/// Each header by itself, and all together, without a warning.
pub fn headers_have_no_warnings() -> Outcome {
    let mut all = String::new();
    for folder in ["linux", "asm"] {
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
    ("#include <linux/usb.h>", "linux/usb.h: No such file"),
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
        "#include <linux/module.h>\nstatic short little;\nmodule_param(little, short, 0);",
        "__param_kind_short",
    ),
    (
        "#include <linux/module.h>\nstatic long wide;\nmodule_param(wide, int, 0);",
        "_Generic",
    ),
    (
        "#include <linux/module.h>\nbool f(void);\nbool f(void) { return try_module_get(THIS_MODULE); }",
        "try_module_get is not supported here",
    ),
    (
        "#include <linux/slab.h>\nvoid *f(void);\nvoid *f(void) { return kmem_cache_create(\"x\", 8, 8, 0, 0); }",
        "kmem_cache_create is not supported here",
    ),
    (
        "#include <linux/spinlock.h>\nvoid f(rwlock_t *lock);\nvoid f(rwlock_t *lock) { read_lock(lock); }",
        "read_lock is not supported here",
    ),
    (
        "#include <linux/cpumask.h>\nint f(void);\nint f(void) { int cpu = 0; for_each_cpu(cpu, 0) cpu++; return cpu; }",
        "for_each_cpu is not supported here",
    ),
    (
        "#include <linux/preempt.h>\nint f(void);\nint f(void) { return in_interrupt(); }",
        "in_interrupt is not supported here",
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

pub fn unsupported_is_refused_by_name() -> Outcome {
    for (text, words) in REFUSED {
        let run = Run::of(&compile(text)?);
        run.must(
            run.code != Some(0),
            &format!("this must not compile: {text}"),
        )?;
        run.must(
            run.stderr.contains(words),
            &format!("the message lacks `{words}`: {text}"),
        )?;
    }
    Ok(())
}

/// Folder of Linux's headers, if they can be had.
fn linux() -> Result<Option<PathBuf>, Box<dyn Error>> {
    let script = root().join("tools/runner/tests/debian-headers.sh");
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-headers");
    let output = Command::new(script).arg(cache).output()?;
    match output.status.code() {
        Some(0) => Ok(Some(String::from_utf8(output.stdout)?.trim_end().into())),
        Some(3) => Ok(None),
        _ => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

/// The same sources compile unchanged against Linux 6.1, as its build would do it, and
/// there too their per-CPU variables go by the GOT.
pub fn against_linux() -> Outcome {
    let Some(folder) = linux().map_err(|error| error.to_string())? else {
        println!("skipped: Linux's headers can't be had here");
        return Ok(());
    };
    let (mut common, mut machine) = (PathBuf::new(), PathBuf::new());
    for entry in folder.read_dir()? {
        let path = entry?.path();
        match path.to_string_lossy().ends_with("-common") {
            true => common = path,
            false => machine = path,
        }
    }
    for source in sources().map_err(|error| error.to_string())? {
        let name = source.file_stem().unwrap_or_default().to_string_lossy();
        let object = tempfile::NamedTempFile::new()?;
        let mut gcc = Command::new(COMPILER);
        gcc.arg("-nostdinc");
        for (base, path) in [
            (&common, "arch/s390/include"),
            (&machine, "arch/s390/include/generated"),
            (&common, "include"),
            (&machine, "include"),
            (&common, "arch/s390/include/uapi"),
            (&machine, "arch/s390/include/generated/uapi"),
            (&common, "include/uapi"),
            (&machine, "include/generated/uapi"),
        ] {
            gcc.arg("-I").arg(base.join(path));
        }
        for header in ["compiler-version.h", "kconfig.h", "compiler_types.h"] {
            gcc.arg("-include")
                .arg(common.join("include/linux").join(header));
        }
        gcc.args([
            "-D__KERNEL__",
            "-DMODULE",
            "-std=gnu11",
            "-O2",
            "-m64",
            "-march=z10",
        ]);
        gcc.args(["-mbackchain", "-msoft-float", "-mpacked-stack", "-fPIC"]);
        gcc.args(["-fno-strict-aliasing", "-fno-common", "-fshort-wchar"]);
        gcc.args([
            "-fno-asynchronous-unwind-tables",
            "-fno-delete-null-pointer-checks",
        ]);
        gcc.args(["-Wall", "-Werror", "-Wno-sign-compare"]);
        gcc.arg(format!("-DKBUILD_BASENAME=\"{name}\""));
        gcc.arg(format!("-DKBUILD_MODNAME=\"{name}\""));
        gcc.arg(format!("-D__KBUILD_MODNAME=kmod_{name}"));
        gcc.args(["-c", "-o"]).arg(object.path()).arg(&source);
        let run = Run::of(&gcc.output()?);
        run.must(
            run.code == Some(0),
            &format!("{name} against Linux's headers"),
        )?;
    }
    Ok(())
}

/// All lessons come as expected, and the chapter's listings are this run's.
pub fn lessons() -> Outcome {
    let run = runner(&["lessons", "--check"]);
    run.must_exit(0)?;
    let rows = run.lines_with(&["yes"]).len();
    run.must(rows == 14, "14 rows as expected")
}

/// A C file of anybody's is compiled and loaded.
pub fn a_file_is_compiled_and_loaded() -> Outcome {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("mine.c");
    let text = "
        #include <linux/module.h>
        #include <linux/percpu.h>
        static DEFINE_PER_CPU(int, hits);
        static int by = 1;
        module_param(by, int, 0444);
        static int __init begin(void)
        {
                this_cpu_add(hits, by);
                pr_info(\"mine: %d\\n\", this_cpu_read(hits));
                return 0;
        }
        static void __exit end(void) { pr_info(\"mine: gone\\n\"); }
        module_init(begin);
        module_exit(end);
        MODULE_LICENSE(\"GPL\");
        MODULE_DESCRIPTION(\"Anybody's\");
    ";
    fs::write(&source, text)?;
    let path = source.to_string_lossy();
    let commands = "insmod mine by=7; modinfo mine; lsmod; rmmod mine";
    let run = runner(&["--module", &path, "--run", commands]);
    run.must_exit(0)?;
    run.must(
        run.lines_with(&["mine: 7"]).len() == 1,
        "what its init says",
    )?;
    run.must(
        run.lines_with(&["mine: gone"]).len() == 1,
        "what its exit says",
    )?;
    run.must(
        !run.lines_with(&["Anybody's"]).is_empty(),
        "its description",
    )?;
    run.must(!run.lines_with(&["vermagic"]).is_empty(), "its stamp")?;

    fs::write(
        &source,
        "#include <linux/module.h>\nint x = no_such_name;\n",
    )?;
    let run = runner(&["--module", &path]);
    run.must_exit(6)?;
    run.must(
        run.stderr.contains("no_such_name"),
        "the compiler's message",
    )?;
    runner(&["--module", "no/such.c"]).must_exit(6)
}

/// BUG_ON and panic end the run, with file and line, or the text.
pub fn bugs() -> Outcome {
    let module = root().join("tools/runner/tests/c_bug.c");
    let module = module.to_string_lossy();
    let run = runner(&["--module", &module, "--run", "insmod c_bug"]);
    run.must_exit(3)?;
    run.must(
        run.verdict().contains("kernel BUG at ") && run.verdict().contains("c_bug.c:15"),
        "file and line",
    )?;
    run.must(
        !run.lines_with(&["bug_init", "[c_bug]"]).is_empty(),
        "a backtrace with the module's function",
    )?;
    let run = runner(&["--module", &module, "--run", "insmod c_bug by_panic"]);
    run.must_exit(3)?;
    run.must(
        run.verdict().contains("c_bug panics: 1 of one"),
        "panic's text",
    )
}
