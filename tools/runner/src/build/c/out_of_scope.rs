//! Headers of Linux's that this kernel hasn't, and why; and those that are others here. Each is a
//! file that says so, made under the target folder and looked for behind all others.

use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Why, and the names under `linux/`.
const REASONS: [(&str, &str); 11] = [
    (
        "this machine has no such devices, and the kernel no drivers",
        "acpi clk clk-provider console cpufreq cpuidle device dma-mapping dmaengine gpio gpio/consumer hid hwmon i2c iio/iio input ioport io irq irqdomain kd leds mfd/core mod_devicetable of of_device pci phy pinctrl/pinctrl platform_device pm pm_runtime power_supply pwm regmap regulator/consumer reboot reset serial serial_core spi/spi suspend sysrq thermal tty tty_driver tty_flip usb vt_kern asm/io virtio watchdog",
    ),
    (
        "there is no network",
        "etherdevice ethtool if_ether if_vlan inet ip ipv6 net netdevice netfilter netlink phylink rtnetlink skbuff tcp udp",
    ),
    (
        "there are no files and no block devices",
        "bio blk-mq blk_types blkdev buffer_head cdev debugfs fcntl file fs fs_struct genhd ioctl iomap kdev_t miscdevice mount namei pagemap path proc_fs quotaops seq_file statfs swap writeback xattr",
    ),
    (
        "there is no user space, and so no calls from it",
        "binfmts capability compat cred futex ipc nsproxy pid pid_namespace poll ptrace sched/mm sched/signal sched/task security signal syscalls sysctl uidgid unistd user_namespace asm/unistd",
    ),
    (
        "nothing is scheduled: threads (kthread.h) take turns where they wait",
        "freezer sched/clock swait wait_bit rtmutex ww_mutex",
    ),
    (
        "a clock calls modules at ticks (timer.h), and never between two",
        "hrtimer clockchips clocksource alarmtimer",
    ),
    (
        "of RCU there is what rcupdate.h has: a grace period is waited for at once",
        "rculist srcu rcu_sync percpu-rwsem",
    ),
    (
        "code isn't changed or watched while it runs",
        "kexec livepatch perf_event trace_events tracepoint uprobes bpf kgdb",
    ),
    (
        "there is no model of devices above the module: what it has to show it prints",
        "kobject sysfs ksysfs class bus",
    ),
    (
        "memory comes from slab.h, mm.h, vmalloc.h and percpu.h alone",
        "dma-buf highmem memblock mempool mm_types genalloc memory_hotplug mmzone shrinker scatterlist pfn_t pgtable huge_mm memcontrol asm/pgtable",
    ),
    (
        "what isn't needed for per-CPU memory isn't here; sort.h, list.h, hashtable.h and bitmap.h are",
        "btree idr interval_tree kfifo klist list_bl llist maple_tree radix-tree rbtree rhashtable xarray zlib crypto firmware",
    ),
];

/// Names that are other headers here: what code of other times, or of other machines, includes.
const OTHERS: [(&str, &str); 14] = [
    ("asm/atomic", "linux/atomic"),
    ("asm/bitops", "linux/bitops"),
    ("asm/bug", "linux/bug"),
    ("asm/cache", "linux/cache"),
    ("asm/current", "linux/sched"),
    ("asm/delay", "linux/delay"),
    ("asm/div64", "linux/math64"),
    ("asm/errno", "linux/errno"),
    ("asm/param", "linux/jiffies"),
    ("asm/processor", "linux/sched"),
    ("asm/spinlock", "linux/spinlock"),
    ("asm/types", "linux/types"),
    ("asm/uaccess", "linux/uaccess"),
    ("linux/param", "linux/jiffies"),
];

/// What stands in each message, and nowhere else.
pub const MARK: &str = "is out of this kernel's scope: ";

/// All names, and what each file has.
fn all() -> impl Iterator<Item = (String, String)> {
    let refused = REASONS.iter().flat_map(|(reason, names)| {
        names.split_ascii_whitespace().map(move |name| {
            let path = match name.starts_with("asm/") {
                true => format!("{name}.h"),
                false => format!("linux/{name}.h"),
            };
            let text = format!("#error {path} {MARK}{reason}\n");
            (path, text)
        })
    });
    let others = OTHERS.iter();
    refused
        .chain(others.map(|(name, other)| (format!("{name}.h"), format!("#include <{other}.h>\n"))))
}

/// Makes the files in a folder, unless they are there; those that `offered` has are left out.
///
/// # Errors
/// If they can't be written.
pub fn make(folder: &Path, offered: &Path) -> Result<(), Error> {
    let missing = all().filter(|(name, _)| !offered.join(name).exists());
    let missing: Vec<(String, String)> = missing.collect();
    let list: String = { missing.iter() }
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    // It comes last: what it names is there.
    let kept = folder.join("list");
    if fs::read_to_string(&kept).is_ok_and(|kept| kept == list) {
        return Ok(());
    }
    // What an older one has made, and what is offered by now.
    let _ = fs::remove_dir_all(folder);
    for (name, text) in &missing {
        let path: PathBuf = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        fs::write(&path, text).map_err(Error::file("write", &path))?;
    }
    fs::write(&kept, list).map_err(Error::file("write", &kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::layout;

    #[test]
    fn each_is_named_once_and_not_offered() {
        let mut names: Vec<String> = all().map(|(name, _)| name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for name in names {
            assert!(!layout::include().join(&name).exists(), "{name} is there");
        }
        for (name, other) in OTHERS {
            let path = layout::include().join(format!("{other}.h"));
            assert!(path.exists(), "{name} would be {other}");
        }
    }
}
