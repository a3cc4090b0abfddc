//! Modules in C, from outside: against Linux's own headers, the lessons, files given by
//! `--module`, and what ends the run.

use super::c_headers::{COMPILER, compile_to, sources};
use crate::by_clang;
use crate::run::{Completed, Run, TestResult, root, runner};
use libtest_mimic::Completion;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folder of Linux's headers, if they can be had.
fn linux() -> Result<Option<PathBuf>, Box<dyn Error>> {
    let script = root().join("tools/debian.sh");
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-headers");
    let output = Command::new(script).arg("headers").arg(cache).output()?;
    match output.status.code() {
        Some(0) => Ok(Some(String::from_utf8(output.stdout)?.trim_end().into())),
        Some(3) => Ok(None),
        _ => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

/// The modules in C compile unchanged against Linux 6.1's headers, by its flags.
pub fn against_linux() -> Completed {
    let Some(folder) = linux().map_err(|error| error.to_string())? else {
        return Ok(Completion::ignored_with(
            "Linux's headers can't be had here",
        ));
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
            // As Kbuild has it for gcc 12, to which a lowcore at address 0 is no array.
            "-Wno-array-bounds",
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
        // As Kbuild has them.
        gcc.args(["-Wno-pointer-sign", "-Wno-address-of-packed-member"]);
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
    Ok(Completion::Completed)
}

/// A module in C that was built for another kernel isn't loaded.
pub fn stamp_of_another_kernel() -> TestResult {
    let folder = tempfile::tempdir()?;
    let object = folder.path().join("stranger.o");
    let text = "#define MODULE_ABI_STAMP \"another kernel\"\n#include <linux/module.h>\n\
                static int __init f(void) { return 0; }\nmodule_init(f);\nMODULE_LICENSE(\"GPL\");\n";
    let run = Run::of(&compile_to(text, &object)?);
    run.must(run.code == Some(0), "the module compiles")?;
    // By the file's name; by its own it is `piece`.
    let path = object.to_string_lossy();
    let run = runner(&["--module", &path, "--run", "insmod stranger"]);
    run.must_exit(1)?;
    let refusals = run.lines_with(&["built for `another kernel`"]);
    run.must(!refusals.is_empty(), "the refusal names both stamps")
}

/// All lessons come as expected, and the chapter's listings are this run's.
pub fn lessons() -> TestResult {
    let run = runner(&["lessons", "--check"]);
    run.must_exit(0)?;
    let rows = run.lines_with(&["yes"]).len();
    let expected = if by_clang::is_there() { 21 } else { 14 };
    run.must(rows == expected, "as many rows as expected")
}

/// A C file of anybody's is compiled and loaded.
pub fn a_file_is_compiled_and_loaded() -> TestResult {
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
        "what its init prints",
    )?;
    run.must(
        run.lines_with(&["mine: gone"]).len() == 1,
        "what its exit prints",
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
pub fn bugs() -> TestResult {
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

/// Test cases of KUnit are sub-tests: one that fails fails the run.
pub fn kunit() -> TestResult {
    let module = root().join("tools/runner/tests/c_kunit.c");
    let module = module.to_string_lossy();
    let run = runner(&[
        "--module",
        &module,
        "--run",
        "insmod c_kunit; rmmod c_kunit",
    ]);
    run.must_exit(0)?;
    run.must(
        run.verdict().contains("2 commands, 5 sub-tests, 1 skipped"),
        "sub-tests in the verdict",
    )?;
    for line in [
        "1..6",
        "ok 5 skipped # SKIP never run",
        "ok 3 9",
        "ok 1 c_kunit",
    ] {
        run.must(
            !run.lines_with(&[line]).is_empty(),
            &format!("a line {line}"),
        )?;
    }
    let run = runner(&["--module", &module, "--run", "insmod c_kunit wrong"]);
    run.must_exit(1)?;
    run.must(
        run.verdict().contains("c_kunit.numbers, c_kunit.asserts"),
        "the names of those that failed",
    )?;
    run.must(
        !run.lines_with(&["five == 5 isn't so: 6, 5"]).is_empty(),
        "what isn't so, with values",
    )
}

/// A frame that is larger than the stack, of a file of anybody's, ends at the guard page.
pub fn frame_of_a_file() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("deep.c");
    let text = "
        #include <linux/module.h>
        static int bytes = 1;
        module_param(bytes, int, 0444);
        static int __init begin(void)
        {
                volatile char frame[bytes];
                frame[0] = 1;
                return frame[0] - 1;
        }
        module_init(begin);
        MODULE_LICENSE(\"GPL\");
    ";
    fs::write(&source, text)?;
    let path = source.to_string_lossy();
    let run = runner(&["--module", &path, "--run", "insmod deep bytes=100000"]);
    run.must_exit(3)?;
    run.must(
        run.verdict().contains("the guard page of cpu 0's stack"),
        "the stack is named",
    )?;
    run.must(
        !run.lines_with(&["begin+0x", "[deep]"]).is_empty(),
        "and the function",
    )
}
