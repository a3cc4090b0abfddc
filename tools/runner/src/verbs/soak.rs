//! The verb `soak`: a guest that does all that there is at once, for as long as is asked for.
//!
//! What it does is the kernel's (`kernel/src/soak/`), which says how far it is and, in its
//! last line, what is lost. Here it gets its CPUs, its seed and its time.

use crate::options::{Options, Verb};
use std::num::NonZeroU64;
use std::time::{SystemTime, UNIX_EPOCH};

/// CPUs of a soak without `--cpus`.
const CPUS: u32 = 4;

/// Seconds without `--minutes` and `--seconds`.
const SECONDS: u64 = 20;

/// Seconds of a guest beyond those that it soaks: for its boot, and for what it gives back in
/// the end, on a host that has other work.
const MORE: u64 = 120;

/// The options of the guest: the command that it carries out, and when it counts as hung. A
/// seed that isn't given is of the moment.
pub fn options(options: &Options) -> Options {
    let Some(Verb::Soak {
        minutes,
        seconds,
        seed,
        linux: _,
    }) = options.verb
    else {
        return options.clone();
    };
    let seconds = match (minutes, seconds) {
        (Some(minutes), _) => minutes.get().saturating_mul(60),
        (None, Some(seconds)) => seconds.get(),
        (None, None) => SECONDS,
    };
    let moment = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(1, |since| since.as_nanos() as u64 >> 10)
    };
    let seed = seed.unwrap_or_else(moment);
    let limit = NonZeroU64::MIN.saturating_add(seconds.saturating_add(MORE));
    Options {
        cpus: options.cpus.or(Some(CPUS)),
        run: Some(format!("soak seconds={seconds} seed={seed}")),
        timeout: options.timeout.or(Some(limit)),
        ..options.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(minutes: Option<u64>, seconds: Option<u64>, seed: Option<u64>) -> Options {
        let [minutes, seconds] = [minutes, seconds].map(|time| time.and_then(NonZeroU64::new));
        options(&Options {
            verb: Some(Verb::Soak {
                minutes,
                seconds,
                seed,
                linux: false,
            }),
            ..Options::with_append("").expect("a person may give these")
        })
    }

    #[test]
    fn a_guest_gets_its_time() {
        let soak = of(Some(30), None, Some(7));
        assert_eq!(soak.commands(), ["soak seconds=1800 seed=7"]);
        let limit = soak.time_limit();
        assert!(limit.is_some_and(|limit| limit.as_secs() > 1_800));
    }

    #[test]
    fn without_a_seed_it_is_of_the_moment() {
        let soak = of(None, None, None);
        assert!(soak.commands()[0].starts_with("soak seconds=20 seed="));
        assert_eq!(soak.cpus(), CPUS);
        let soak = of(None, Some(2), None);
        assert!(soak.commands()[0].starts_with("soak seconds=2 seed="));
    }
}
