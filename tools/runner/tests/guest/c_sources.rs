//! Modules in C that other people wrote: what they get wrong is reported by name, by the compiler
//! or by the kernel, and what Linux allows is allowed.

use crate::by_clang;
use crate::run::{Completed, Run, TestResult, root, runner};
use libtest_mimic::Completion;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A module whose init does this.
pub fn module(before: &str, init: &str) -> String {
    format!(
        "#include <linux/module.h>\n#include <linux/percpu.h>\n#include <linux/percpu-refcount.h>\n\
         {before}\nstatic int __init begin(void) {{ {init} }}\nstatic void __exit end(void) {{ }}\n\
         module_init(begin)\nmodule_exit(end)\nMODULE_LICENSE(\"GPL\");\n"
    )
}

/// Writes a file into a folder of its own, and runs these commands with it.
pub fn run_with(
    name: &str,
    text: &str,
    options: &[&str],
) -> Result<(Run, TempDir), std::io::Error> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name);
    fs::write(&path, text)?;
    let path = path.to_string_lossy();
    let arguments = [&["--module", &path], options].concat();
    Ok((runner(&arguments), folder))
}

/// What is reported of a file that isn't built: declarations, what its init does, words.
const REFUSED: [(&str, &str, &[&str]); 10] = [
    (
        "static DEFINE_PER_CPU(int, hits);",
        "return hits;",
        &[
            "5:",
            "per-CPU variable hits is used as it stands",
            "this_cpu_read(hits)",
        ],
    ),
    (
        "struct two { int a, b; };\nstatic DEFINE_PER_CPU(struct two, pair);",
        "pair.b = 1; return 0;",
        &["per-CPU variable pair is used as it stands"],
    ),
    (
        "static int __percpu *area;",
        "area = alloc_percpu(int); *area = 1; free_percpu(area); return 0;",
        &[
            "area is a handle of alloc_percpu, no address",
            "this_cpu_ptr(area)",
        ],
    ),
    (
        "static int __percpu *area;",
        "area = alloc_percpu(int); this_cpu_add(area, 1); free_percpu(area); return 0;",
        &["area is no per-CPU variable", "what is meant is *area"],
    ),
    (
        "",
        "return first_missing() + second_missing() + third_missing();",
        &["first_missing", "second_missing", "third_missing"],
    ),
    (
        "#include <linux/netdevice.h>\nstatic struct net_device *device;",
        "return device->flags;",
        &["linux/netdevice.h is out of this kernel's scope: there is no network"],
    ),
    (
        "#include <linux/no_such_thing.h>",
        "return 0;",
        &["no_such_thing.h", "this kernel has of linux/: ", "percpu.h"],
    ),
    (
        "",
        "char text[20];
         pr_info(\"%12pd\\n\", (void *)begin); printk_once(\"%-*pD\\n\", 3, (void *)begin);
         snprintf(text, sizeof(text), \"%.3pt\", (void *)begin); WARN(1, \"%*.*pV\", 1, 2, text);
         return 0;",
        &[
            "6:10: error: the format %12pd is not supported here: there is no %pd",
            "the format %-*pD is not",
            "the format %.3pt is not",
            "the format %*.*pV is not",
            "its formats ask for what isn't here, 4 times",
        ],
    ),
    (
        "static void give_up(bool how) { panic(how ? \"%0pg\" : \"%s\", \"all\"); }",
        "give_up(true); return 0;",
        &["the format %0pg is not supported here"],
    ),
    (
        "static int open;\nmodule_param(open, int, 0666);",
        "return 0;",
        &["permissions of open: not everybody may write it"],
    ),
];

/// Mistakes end the build, and their messages say what to write.
pub fn mistakes_end_the_build() -> TestResult {
    for (before, init, words) in REFUSED {
        let text = module(before, init);
        let (run, _folder) = run_with("mistaken.c", &text, &["--run", "insmod mistaken"])?;
        run.must_exit(6)?;
        for word in words {
            run.must(
                run.stderr.contains(word),
                &format!("`{word}` is reported of {text}"),
            )?;
        }
    }
    Ok(())
}

/// What is right beside them is taken: copies by every accessor, handles passed on, locals of
/// the same name.
pub fn right_uses_are_taken() -> TestResult {
    let before = "struct two { int a, b; };
        static DEFINE_PER_CPU(struct two, pair);
        static DEFINE_PER_CPU(int [4], row);
        static struct two __percpu *area;
        static int *plain;
        static struct two __percpu *passed_on(struct two __percpu *handle) { return handle; }
        static int shadow(int pair) { return pair; }";
    let init = "int __percpu *field;
        area = alloc_percpu(struct two);
        if (!area) return -ENOMEM;
        this_cpu_inc(pair.a); this_cpu_write(row[2], shadow(3)); this_cpu_add(area->b, 2);
        field = &area->b; per_cpu_ptr(area, 0)->a = 5; plain = this_cpu_ptr(field); *plain += 1;
        get_cpu_var(pair).b = sizeof(pair); put_cpu_var(pair);
        free_percpu(passed_on(area));
        return 0;";
    let commands = ["--run", "insmod right; rmmod right"];
    let (run, _folder) = run_with("right.c", &module(before, init), &commands)?;
    run.must_exit(0)
}

/// What an init does, and what is reported of it: with the module's name, and the run goes on.
const WARNED: [(&str, &str, &[&str]); 9] = [
    (
        "static DEFINE_PER_CPU(int, gets);",
        "get_cpu_var(gets)++; get_cpu_var(gets)++; return 0;",
        &["begin [careless] returned with a preempt count of +2"],
    ),
    (
        "",
        "local_irq_disable(); return 0;",
        &["begin [careless] returned with interrupts off"],
    ),
    (
        "static DEFINE_SPINLOCK(lock);",
        "spin_lock(&lock); return 0;",
        &[
            "begin [careless] returned with a preempt count of +1",
            "spin lock",
        ],
    ),
    (
        "static DEFINE_MUTEX(first); static DEFINE_MUTEX(second);",
        "mutex_lock(&first); mutex_lock(&second); mutex_unlock(&first); return 0;",
        &["begin [careless] returned with +1 mutexes locked"],
    ),
    (
        "#include <linux/workqueue.h>
         static void never(struct work_struct *work) { (void)work; BUG(); }
         static DECLARE_DELAYED_WORK(late, never);",
        "schedule_delayed_work(&late, 1000 * HZ); return 0;",
        &["module careless has left 1 timers pending"],
    ),
    (
        "static void leaf(void *info) { (void)info; }
         static void inner(void *info) { (void)info; on_each_cpu(leaf, NULL, 1); }",
        "on_each_cpu(inner, NULL, 1); return 0;",
        &[
            "inner",
            "[careless] calls other CPUs from a function that was called itself",
        ],
    ),
    (
        "static void leaf(void *info) { (void)info; }",
        "local_irq_disable(); on_each_cpu(leaf, NULL, 1); local_irq_enable(); return 0;",
        &["begin", "[careless] calls other CPUs with interrupts off"],
    ),
    (
        "static void gone(struct percpu_ref *ref) { (void)ref; }
         static struct percpu_ref ref;",
        "if (percpu_ref_init(&ref, gone, 0, GFP_KERNEL)) return -ENOMEM;
         percpu_ref_get(&ref); percpu_ref_kill(&ref); percpu_ref_kill(&ref);
         percpu_ref_put(&ref); percpu_ref_exit(&ref); return 0;",
        &["percpu_ref_kill_and_confirm called more than once on gone [careless]"],
    ),
    (
        "static void gone(struct percpu_ref *ref) { (void)ref; }
         static struct percpu_ref ref;",
        "if (percpu_ref_init(&ref, gone, 0, GFP_KERNEL)) return -ENOMEM;
         percpu_ref_put(&ref); percpu_ref_put(&ref); percpu_ref_kill(&ref);
         percpu_ref_exit(&ref); percpu_ref_get(&ref); return 0;",
        &[
            "percpu ref (gone [careless]) <= 0 (-1) after switching to atomic",
            "get of a reference that is gone (gone [careless])",
        ],
    ),
];

/// What a module may not do is warned about, counted and put right.
pub fn what_is_left_is_reported() -> TestResult {
    for (before, init, words) in WARNED {
        let text = module(before, init);
        let commands = [
            "--run",
            "insmod careless; rmmod careless; insmod hello; meminfo",
        ];
        let options = [&commands[..], &["--append", "modules="]].concat();
        let (run, _folder) = run_with("careless.c", &text, &options)?;
        run.must_exit(0)?;
        for word in words {
            run.must(
                !run.lines_with(&[word]).is_empty(),
                &format!("`{word}` is reported of {text}"),
            )?;
        }
        run.must(
            run.lines_with(&["warnings: 0"]).is_empty(),
            "the warning is counted",
        )?;
    }
    Ok(())
}

/// No line holds the text of two CPUs.
pub fn lines_are_of_one_cpu() -> TestResult {
    let before = "static void other(void *info) { (void)info; pr_cont(\"from 1\\n\"); }";
    let init = "pr_info(\"from 0 \"); smp_call_function_single(1, other, NULL, 1);
                pr_cont(\"end of 0\\n\"); return 0;";
    let (run, _folder) = run_with("parts.c", &module(before, init), &["--run", "insmod parts"])?;
    run.must_exit(0)?;
    run.must(
        !run.lines_with(&["from 0 end of 0"]).is_empty(),
        "one CPU's line is whole",
    )?;
    run.must(
        run.lines_with(&["from 0", "from 1"]).is_empty(),
        "and has none of the other's",
    )
}

/// Names as Linux's tools take them, values in quotes, aliases.
pub fn names_and_words() -> TestResult {
    let before = "static char *text = \"none\";\nmodule_param(text, charp, 0);
                  MODULE_ALIAS(\"kind-of:*\");";
    let init = "pr_info(\"I am %s <%s>\\n\", KBUILD_MODNAME, text); return 0;";
    let commands = "insmod dash-name; rmmod dash_name; insmod dash_name.ko text=\"a; b\"; \
                    rmmod dash-name; insmod ./x/dash-name.ko; modprobe -r dash_name; \
                    modprobe kind-of:x; modprobe -r kind-of:y; modprobe visitor; \
                    modprobe -r visitor; lsmod";
    let append = "modules= dash-name.text=\"of the line\"";
    let options = ["--append", append, "--run", commands];
    let (run, _folder) = run_with("dash-name.c", &module(before, init), &options)?;
    run.must_exit(0)?;
    let whole = run.lines_with(&["I am dash_name <of the line>"]).len();
    run.must(whole == 3, "its name, and the command line's value")?;
    run.must(
        !run.lines_with(&["I am dash_name <a; b>"]).is_empty(),
        "a value in quotes",
    )?;
    let counter = run.lines_with(&["module counter: unloaded"]).len();
    run.must(counter == 1, "what nobody uses any more goes, too")?;
    runner(&["--append", "x.y=\"a", "--run", "lsmod"]).must_exit(2)
}

/// A module of nothing but a licence; one with two names; one without a stamp, which is
/// reported once; symbols that are missing, all of them; a name that is too long.
pub fn odd_modules() -> TestResult {
    let (run, _folder) = run_with(
        "nothing.c",
        "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n",
        &["--run", "insmod nothing; lsmod"],
    )?;
    run.must_exit(0)?;
    let (run, _folder) = run_with(
        "late.c",
        "#include <linux/module.h>\nstatic int __init begin(void) { pr_info(\"as a module, at once\\n\"); \
         return 0; }\nlate_initcall(begin);\nMODULE_LICENSE(\"GPL\");\n",
        &["--run", "insmod late; lsmod"],
    )?;
    run.must_exit(0)?;
    run.must(
        !run.lines_with(&["as a module, at once"]).is_empty(),
        "late_initcall's function is the module's init",
    )?;
    let folder = tempfile::tempdir()?;
    let assembled = |name: &str, text: &str| -> Result<PathBuf, std::io::Error> {
        let source = folder.path().join(format!("{name}.s"));
        let object = folder.path().join(format!("{name}.o"));
        fs::write(&source, text)?;
        let mut assembler = Command::new("s390x-linux-gnu-as");
        assembler.arg("-o").arg(&object).arg(&source).status()?;
        Ok(object)
    };
    let two = assembled(
        "two",
        ".section .modinfo,\"a\"\n.string \"description=fine\\0name=other\"\n.string \"name=two\"\n",
    )?;
    let lacking = assembled(
        "lacking",
        ".globl init_module\n.type init_module,@function\n.balign 8\ninit_module:\n\
         brasl %r14,first_missing@PLT\nbrasl %r14,second_missing@PLT\nbr %r14\n",
    )?;
    let modules = [two.to_string_lossy(), lacking.to_string_lossy()];
    let run = runner(&[
        "--module",
        &modules[0],
        "--module",
        &modules[1],
        "--run",
        "insmod two; insmod lacking; insmod lacking",
    ]);
    run.must_exit(1)?;
    run.must(
        !run.lines_with(&["has name=other and name=two: which holds?"])
            .is_empty(),
        "both names",
    )?;
    run.must(
        run.lines_with(&["unknown symbols first_missing, second_missing: nobody exports them"])
            .len()
            == 2,
        "all that it lacks",
    )?;
    run.must(
        run.lines_with(&["module lacking: has no vermagic"]).len() == 1,
        "reported once a module",
    )?;
    let long = format!("{}.c", "x".repeat(56));
    let (run, _folder) = run_with(&long, &module("", "return 0;"), &["--run", "lsmod"])?;
    run.must_exit(6)?;
    run.must(
        run.stderr.contains("has at most 55 bytes"),
        "the limit of names",
    )
}

/// Every test in C passes, built by clang.
pub fn by_clang() -> Completed {
    if !by_clang::is_there() {
        return Ok(Completion::ignored_with("clang isn't installed"));
    }
    let run = runner(&["--cc", "clang", "--append", "selftest=c.*"]);
    run.must_exit(0)?;
    let module = root().join("tools/runner/tests/c_kunit.c");
    let module = module.to_string_lossy();
    let run = runner(&[
        "--cc",
        "clang",
        "--module",
        &module,
        "--run",
        "insmod c_kunit",
    ]);
    run.must_exit(0)?;
    let text = module_of_a_format();
    let (run, _folder) = run_with("refused.c", &text, &["--cc", "clang", "--run", "lsmod"])?;
    run.must_exit(6)?;
    run.must(
        run.stderr.contains("the format %-12pV is not supported"),
        "the format is named",
    )?;
    Ok(Completion::Completed)
}

fn module_of_a_format() -> String {
    module("", "pr_info(\"%-12pV\\n\", (void *)begin); return 0;")
}

/// Locals of macros have names that nobody writes: all begin and end alike.
pub fn locals_of_macros_are_nobodys() -> TestResult {
    let mut seen = 0;
    for folder in ["linux", "asm", "kunit"] {
        for entry in root().join("modules/include").join(folder).read_dir()? {
            let path = entry?.path();
            let text = fs::read_to_string(&path)?.replace("\\\n", " ");
            let macros = text.lines().filter(|line| line.starts_with("#define "));
            for line in macros.filter(|line| line.contains("({") || line.contains("do {")) {
                for name in declared(line) {
                    seen += 1;
                    // Another macro's to choose, or one that Linux's callers write.
                    let head = line.split(')').next().unwrap_or(line);
                    let is_chosen = head.contains(name) || name == "VAL";
                    if !name.starts_with("__local_") && !is_chosen {
                        let place = path.display();
                        return Err(format!("{place}: local {name} of {line}").into());
                    }
                }
            }
        }
    }
    match seen {
        ..50 => Err(format!("only {seen} locals are found").into()),
        _ => Ok(()),
    }
}

/// Names that a macro's statements declare: what stands before `=` or `;` and behind a type.
fn declared(line: &str) -> Vec<&str> {
    const TYPES: [&str; 9] = [
        "typeof(",
        "unsigned ",
        "int ",
        "long ",
        "bool ",
        "u64 ",
        "u32 ",
        "void *",
        "char *",
    ];
    let statements = line.split(['{', ';', '}']).skip(1).map(str::trim);
    let declarations = statements.filter_map(|statement| {
        let statement = statement
            .trim_start_matches("static ")
            .trim_start_matches("const ");
        TYPES
            .iter()
            .any(|start| statement.starts_with(start))
            .then_some(statement)
    });
    let names = declarations.filter_map(|statement| {
        // Not a declaration of a function, nor a cast or a call that stands alone.
        let before = statement.split(" = ").next()?.trim_end();
        let name = before.rsplit([' ', '*']).next()?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        (!name.is_empty() && name.bytes().all(is_name)).then_some(name)
    });
    names.collect()
}
