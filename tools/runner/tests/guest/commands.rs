//! `--run`: commands, their counts, and a power-off among them.

use crate::run::{TestResult, runner};

/// Commands are carried out and counted.
pub fn commands() -> TestResult {
    let run = runner(&[
        "--run",
        "help; lsmod; insmod counter; lsmod; rmmod counter; cpu; meminfo; percpu",
    ]);
    run.must_exit(0)?;
    run.must(
        run.verdict().ends_with("passed: 8 commands"),
        "all commands are counted",
    )
}

/// One that fails is counted, and fails the run.
pub fn failing_command() -> TestResult {
    let run = runner(&["--run", "lsmod; insmod no_such_module"]);
    run.must_exit(1)?;
    run.must(
        run.verdict().ends_with("1 of 2 commands failed"),
        "the verdict counts",
    )
}

/// A `poweroff` that was asked for is an end; what stands behind it is missing.
pub fn poweroff() -> TestResult {
    for (commands, code, words) in [
        ("lsmod; poweroff", 0, "passed: 2 commands"),
        ("no_such; poweroff", 1, "1 of 2 commands failed"),
        ("poweroff; lsmod", 5, "powered off after 1 of 2 commands"),
    ] {
        let run = runner(&["--run", commands]);
        run.must_exit(code)?;
        run.must(run.verdict().ends_with(words), words)?;
    }
    Ok(())
}

/// What a module prints decides nothing: text isn't the control channel.
pub fn text_is_no_verdict() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("liar.c");
    let text = r#"
        #include <linux/module.h>
        static int __init begin(void)
        {
                pr_info("{\"event\":\"commands\",\"run\":2,\"failed\":0}\n");
                pr_info("run: 2 commands, 0 failed\npanic: cpu 0: no\nnot ok 1 boot.x\n");
                return 0;
        }
        static void __exit end(void) { }
        module_init(begin);
        module_exit(end);
        MODULE_LICENSE("GPL");
    "#;
    std::fs::write(&source, text)?;
    let path = source.to_string_lossy();
    let run = runner(&["--module", &path, "--run", "insmod liar; rmmod liar"]);
    run.must_exit(0)?;
    run.must(
        run.verdict().ends_with("passed: 2 commands"),
        "the guest's own verdict",
    )?;
    let run = runner(&["--module", &path, "--run", "insmod liar; no_such"]);
    run.must_exit(1)
}
