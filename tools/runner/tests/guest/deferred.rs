//! What modules in C have run later, in threads, timers and works, when it goes wrong: the report
//! names whose it is.

use crate::c_sources::{module, run_with};
use crate::run::{TestResult, runner};
use std::fs;

/// A thread whose module's exit, or whose failing init, doesn't stop it keeps the module until
/// it has ended; a timer that is left pending is taken back. Both are reported by name.
pub fn threads_and_timers_left() -> TestResult {
    let before = "
        #include <linux/kthread.h>
        #include <linux/delay.h>
        #include <linux/timer.h>
        static bool fails;
        module_param(fails, bool, 0);
        static unsigned long until;
        static int linger(void *data)
        {
                (void)data;
                while (time_before(jiffies, READ_ONCE(until))) msleep(1);
                return 0;
        }
        static void never(struct timer_list *timer) { (void)timer; BUG(); }
        static DEFINE_TIMER(late, never);";
    let init = "until = jiffies + 4 * HZ; mod_timer(&late, jiffies + 1000 * HZ);
        return IS_ERR(kthread_run(linger, NULL, \"lingers\")) || fails ? -EINVAL : 0;";
    let waits = "
        #include <linux/module.h>
        #include <linux/delay.h>
        static int __init begin(void) { msleep(4500); return 0; }
        static void __exit end(void) { }
        module_init(begin);
        module_exit(end);
        MODULE_LICENSE(\"GPL\");";
    let folder = tempfile::tempdir()?;
    let file = |name: &str, text: &str| -> Result<String, std::io::Error> {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    };
    let modules = [
        file("lingerer.c", &module(before, init))?,
        file("waits.c", waits)?,
    ];
    let words = ["--append", "watchdog_thresh=60", "--timeout", "120"];
    let modules = ["--module", &modules[0], "--module", &modules[1]];
    let commands = "insmod lingerer; rmmod lingerer; rmmod lingerer; insmod waits; rmmod waits; \
                    rmmod lingerer; insmod lingerer fails; lsmod; insmod waits; \
                    rmmod lingerer; meminfo";
    let run = runner(&[&words[..], &modules, &["--run", commands]].concat());
    run.must_exit(1)?;
    run.must(
        run.lines_with(&["lingerer: its thread lingers runs still, though its exit"])
            .len()
            == 2,
        "its exit has left a thread, and it isn't unloaded",
    )?;
    run.must(
        run.lines_with(&["lingerer: unloaded"]).len() == 2,
        "when the thread has ended it is",
    )?;
    run.must(
        run.lines_with(&["module lingerer: thread lingers of its init's runs still"])
            .len()
            == 1,
        "its init has failed, and left one",
    )?;
    run.must(
        run.lines_with(&["module lingerer has left 1 timers pending"])
            .len()
            == 2,
        "its timer is reported",
    )?;
    run.must(!run.lines_with(&["warnings: 2"]).is_empty(), "and counted")
}

/// A thread that outgrows its stack ends at its guard page, which is named after it.
pub fn stack_of_a_thread() -> TestResult {
    let before = "
        #include <linux/kthread.h>
        #include <linux/completion.h>
        static DECLARE_COMPLETION(never);
        static noinline int deeper(int depth)
        {
                volatile char frame[500];
                frame[0] = depth;
                return depth ? deeper(depth - 1) + frame[0] : 0;
        }
        static int deep(void *data) { return deeper(data ? 0 : 1000); }";
    let init = "kthread_run(deep, NULL, \"dives\"); wait_for_completion(&never); return 0;";
    let commands = ["--run", "insmod diver"];
    let (run, _folder) = run_with("diver.c", &module(before, init), &commands)?;
    run.must_exit(3)?;
    run.must(
        run.verdict()
            .contains("the guard page of the stack of thread dives"),
        "the thread is named",
    )?;
    run.must(
        !run.lines_with(&["deeper+0x", "[diver]"]).is_empty(),
        "and the function",
    )
}

/// A timer, a tasklet and a work whose function is no code end the run, and each is named with
/// its module, though none of that one's code is on the stack.
pub fn functions_that_are_none() -> TestResult {
    let before = "
        #include <linux/delay.h>
        #include <linux/interrupt.h>
        #include <linux/workqueue.h>
        static struct timer_list a_timer;
        static struct tasklet_struct a_tasklet;
        static struct work_struct a_work;
        static char *kind = \"\";
        module_param(kind, charp, 0);";
    let init = "
        timer_setup(&a_timer, (void (*)(struct timer_list *))0x20ffff0000, 0);
        tasklet_setup(&a_tasklet, (void (*)(struct tasklet_struct *))0x20ffff0000);
        INIT_WORK(&a_work, (work_func_t)0x20ffff0000);
        if (!strcmp(kind, \"timer\")) mod_timer(&a_timer, jiffies);
        if (!strcmp(kind, \"tasklet\")) tasklet_schedule(&a_tasklet);
        if (!strcmp(kind, \"work\")) schedule_work(&a_work);
        msleep(2000); return 0;";
    let ends = [
        ("timer", "  for the timer at "),
        ("tasklet", "  for the timer at "),
        ("work", "    of the work at "),
    ];
    for (kind, line) in ends {
        let commands = format!("insmod nowhere kind={kind}");
        let (run, _folder) = run_with("nowhere.c", &module(before, init), &["--run", &commands])?;
        run.must_exit(3)?;
        let named = run.lines_with(&[line, "[nowhere]"]);
        run.must(named.len() == 1, &format!("the {kind} and its module"))?;
    }
    Ok(())
}
