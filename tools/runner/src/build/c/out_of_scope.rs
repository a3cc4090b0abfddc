//! Headers of Linux's that this kernel hasn't, and why: each is a file that says so, made
//! under the target folder and looked for behind all others.

use crate::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Why, and the names under `linux/`.
const REASONS: [(&str, &str); 11] = [
    (
        "this machine has no such devices, and the kernel no drivers",
        "acpi clk device dma-mapping dmaengine gpio gpio/consumer hid hwmon i2c iio/iio input ioport io irq irqdomain leds mfd/core mod_devicetable of of_device pci phy pinctrl/pinctrl platform_device pm pm_runtime power_supply pwm regmap regulator/consumer reset serial serial_core spi/spi thermal tty tty_driver usb virtio watchdog",
    ),
    (
        "there is no network",
        "etherdevice ethtool if_ether if_vlan inet ip ipv6 net netdevice netfilter netlink phylink rtnetlink skbuff tcp udp",
    ),
    (
        "there are no files and no block devices",
        "bio blk-mq blk_types blkdev buffer_head cdev debugfs fcntl file fs fs_struct genhd iomap kdev_t miscdevice mount namei pagemap path proc_fs seq_file statfs swap writeback xattr",
    ),
    (
        "there is no user space, and so no calls from it",
        "binfmts capability cred futex ipc nsproxy pid pid_namespace poll ptrace sched/mm sched/signal sched/task security syscalls uidgid user_namespace",
    ),
    (
        "nothing is scheduled: threads (kthread.h) take turns where they wait",
        "freezer sched/clock swait semaphore wait_bit rtmutex ww_mutex",
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
        "livepatch perf_event trace_events tracepoint uprobes bpf kgdb",
    ),
    (
        "there is no model of devices above the module: what it has to show it prints",
        "kobject sysfs ksysfs class bus",
    ),
    (
        "memory comes from slab.h, mm.h, vmalloc.h and percpu.h alone",
        "highmem mempool genalloc memory_hotplug mmzone shrinker scatterlist pfn_t huge_mm memcontrol",
    ),
    (
        "what isn't needed for per-CPU memory isn't here; sort.h, list.h, hashtable.h and bitmap.h are",
        "btree idr interval_tree llist maple_tree radix-tree rbtree rhashtable xarray zlib crypto firmware",
    ),
];

/// What stands in each message, and nowhere else.
pub const MARK: &str = "is out of this kernel's scope: ";

/// All names, with what is said of each.
fn all() -> impl Iterator<Item = (&'static str, String)> {
    let each = |(reason, names): &'static (&str, &str)| {
        let names = names.split_ascii_whitespace();
        names.map(move |name| (name, format!("linux/{name}.h {MARK}{reason}")))
    };
    REASONS.iter().flat_map(each)
}

/// Makes the files in a folder, unless they are there; those that `offered` has are left out.
///
/// # Errors
/// If they can't be written.
pub fn make(folder: &Path, offered: &Path) -> Result<(), Error> {
    let missing = all().filter(|(name, _)| !offered.join(format!("linux/{name}.h")).exists());
    let missing: Vec<(&str, String)> = missing.collect();
    let mut list = String::new();
    for (name, text) in &missing {
        let _ = writeln!(list, "{name}: {text}");
    }
    // It comes last: what it names is there.
    let kept = folder.join("list");
    if fs::read_to_string(&kept).is_ok_and(|kept| kept == list) {
        return Ok(());
    }
    for (name, text) in &missing {
        let path: PathBuf = folder.join(format!("linux/{name}.h"));
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        fs::write(&path, format!("#error {text}\n")).map_err(Error::file("write", &path))?;
    }
    fs::write(&kept, list).map_err(Error::file("write", &kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::layout;

    #[test]
    fn each_is_named_once_and_not_offered() {
        let mut names: Vec<&str> = all().map(|(name, _)| name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for name in names {
            let path = layout::include().join(format!("linux/{name}.h"));
            assert!(!path.exists(), "{name} is there");
        }
    }
}
