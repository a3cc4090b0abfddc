//! The listings of docs/monitor.md: what the monitor answers, by a guest that is asked
//! nothing else.

use crate::build::Guest;
use crate::error::Error;
use crate::options::Options;
use crate::verbs::blocks::Blocks;
use crate::verbs::transcript;

/// A listing's name, and the commands that it shows with their answers. They are carried out
/// one after another, in this order; a name that is empty is not shown.
const LISTINGS: [transcript::Listing; 18] = [
    (
        "",
        &[
            "modprobe counter",
            "modprobe visitor",
            "modprobe dynamic",
            "call counter_hit",
            "call @1 counter_hit",
        ],
    ),
    ("help", &["help got"]),
    ("pcpu", &["pcpu counter::HITS"]),
    ("hop", &["pcpu counter::HITS --hop @1"]),
    (
        "set",
        &[
            "pcpu counter::HITS = 41 @1",
            "call @1 counter_hit",
            "pcpu HITS -x",
        ],
    ),
    ("lsmod", &["lsmod"]),
    ("got", &["got counter"]),
    ("plt", &["plt counter"]),
    ("relocs", &["relocs counter *COUNTER_VISITS*"]),
    ("sections", &["sections counter"]),
    ("dis", &["dis counter_hit 4"]),
    ("map before", &["percpu", "percpu map"]),
    ("map after", &["percpu alloc 4096 x20", "percpu map"]),
    ("map freed", &["percpu free all", "percpu map 1"]),
    (
        "map balanced",
        &["percpu balance", "percpu map", "percpu free 0x330"],
    ),
    (
        "memory",
        &["x/2xg 330", "walk 20000000000", "x bad00000000"],
    ),
    (
        "machine",
        &["cpus", "bt 1", "sym counter::HITS", "pcpu nosuch"],
    ),
    (
        "leaving",
        &[
            "pcpu counter::HITS",
            "cpu offline 1",
            "call @1 counter_hit",
            "pcpu counter::HITS = 7 @1",
            "cpu online 1",
            "call @1 counter_hit",
            "pcpu counter::HITS",
        ],
    ),
];

/// Boots a guest, and asks it all that the document shows.
pub fn listings(guest: &Guest, options: &Options) -> Result<Blocks, Error> {
    transcript::ask(guest, options, &LISTINGS)
}
