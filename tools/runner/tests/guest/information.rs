//! What goes into a module and what it shows: parameters, `modinfo`, `lsmod`.

use crate::run::{TestResult, runner};

/// Words of the kernel command line and of `insmod` reach the module; the latter win.
pub fn parameters() -> TestResult {
    let append = "parameters.count=9 parameters.limit=10 no_such.count=1";
    let run = runner(&["--append", append, "--run", "lsmod"]);
    run.must_exit(3)?;
    run.must(run.verdict().contains("no_such"), "the module is named")?;
    let run = runner(&[
        "--append",
        "parameters.count=9 parameters.limit=10",
        "--run",
        "insmod parameters limit=11; call parameters_number 0; call parameters_number 1; \
         rmmod parameters; insmod parameters limit=many; modinfo parameters",
    ]);
    run.must_exit(1)?;
    for (words, what) in [
        (
            ["parameters_number(0x0) = 0x9", "cpu 0"],
            "the command line's",
        ),
        (["parameters_number(0x1) = 0xb", "cpu 0"], "insmod's"),
        (["limit=many", "no uint"], "the refusal"),
        (["parm", "loud:Yes or no. (bool)"], "modinfo"),
    ] {
        run.must(run.lines_with(&words).len() == 1, what)?;
    }
    run.must(
        run.verdict().ends_with("1 of 6 commands failed"),
        "one refusal",
    )
}

/// What a module says of itself, in `modinfo` and `lsmod`.
pub fn modinfo() -> TestResult {
    let commands = "modprobe visitor; lsmod; modinfo visitor; modinfo parameters";
    let run = runner(&["--run", commands]);
    run.must_exit(0)?;
    for words in [
        &["visitor ", "live", "MIT"][..],
        &["counter ", "live", "1 visitor"],
        &["filename ", "modules/visitor.ko"],
        &["description ", "Counts on another"],
        &["depends ", "counter"],
        &["author ", "The tests"],
        &["parm ", "count:A number of 32 bits with a sign. (int)"],
    ] {
        run.must(run.lines_with(words).len() == 1, &format!("{words:?}"))?;
    }
    Ok(())
}
