//! What is asked for, and what comes.

use faults::{Site, Trigger, Watcher, When};

fn parse(text: &str) -> Option<When> {
    When::parse(text, |number| number.parse().ok())
}

#[test]
fn texts() {
    let good = [
        ("1", When::nth(1)),
        (
            "12..20",
            When::Range {
                first: 12,
                last: 20,
            },
        ),
        ("7..7", When::nth(7)),
        ("%1", When::Percent(1)),
        ("%100", When::Percent(100)),
    ];
    for (text, when) in good {
        assert_eq!(parse(text), Some(when), "{text}");
        assert_eq!(parse(&when.to_string()), Some(when), "{text}");
    }
    let bad = [
        "", "0", "x", "%", "%0", "%101", "5..4", "0..3", "3..", "..3", "1..2..3", "%1..2", "-1",
        "1.5", "%5%",
    ];
    for text in bad {
        assert_eq!(parse(text), None, "{text}");
    }
}

fn due(trigger: &Trigger, requests: usize) -> Vec<usize> {
    (1..=requests).filter(|_| trigger.is_due()).collect()
}

#[test]
fn a_range_fails_once() {
    let trigger = Trigger::new();
    assert_eq!(due(&trigger, 5), []);
    trigger.arm(When::nth(3), 1);
    assert_eq!((trigger.left(), trigger.is_armed()), (3, true));
    assert_eq!(due(&trigger, 2), []);
    assert_eq!(trigger.left(), 1);
    assert_eq!(due(&trigger, 5), [1]);
    assert_eq!((trigger.left(), trigger.failed()), (0, 1));
    trigger.arm(When::Range { first: 2, last: 4 }, 1);
    assert_eq!(due(&trigger, 10), [2, 3, 4]);
    assert_eq!(trigger.failed(), 3);
    trigger.arm(When::nth(1), 1);
    trigger.disarm();
    assert_eq!(due(&trigger, 5), []);
    assert!(!trigger.is_armed());
}

#[test]
fn chance_keeps_to_its_share_and_seed() {
    let trigger = Trigger::new();
    let of = |percent, seed| {
        trigger.arm(When::Percent(percent), seed);
        due(&trigger, 10_000)
    };
    for (percent, range) in [(1, 50..200), (20, 1800..2200), (99, 9850..9950)] {
        let count = of(percent, 7).len();
        assert!(range.contains(&count), "{count} of 10,000 at {percent} %");
    }
    assert_eq!(of(100, 7).len(), 10_000);
    assert_eq!(of(20, 7), of(20, 7));
    assert_ne!(of(20, 7), of(20, 8));
    assert_eq!(trigger.left(), 0);
}

#[test]
fn as_many_fail_as_were_asked_for_on_all_cpus_together() {
    let trigger = Trigger::new();
    for first in [1, 999, 4000] {
        trigger.arm(
            When::Range {
                first,
                last: first + 9,
            },
            1,
        );
        let one = || due(&trigger, 2000).len();
        let failed: usize = std::thread::scope(|scope| {
            let cpus = [(); 4].map(|()| scope.spawn(one));
            cpus.into_iter().map(|cpu| cpu.join().unwrap()).sum()
        });
        assert_eq!(failed, 10);
    }
}

#[test]
fn tests_leave_the_command_line_alone() {
    let site = Site::new();
    assert!(site.is_plain() && !site.fails());
    site.set_watched(Watcher::Sanity, true);
    assert!(!site.is_plain() && !site.is_unwatched() && !site.fails());
    assert!(site.is_watched(Watcher::Sanity) && !site.is_watched(Watcher::Trace));
    site.set_watched(Watcher::Sanity, false);
    assert!(site.is_plain() && site.is_unwatched());
    site.ask_for(When::nth(2), 1);
    site.arm(When::nth(1), 1);
    assert!(!site.is_plain());
    assert!(site.fails());
    site.tests().disarm();
    assert_eq!(site.asked_for().left(), 1);
    assert!(site.fails() && !site.fails());
    assert_eq!(site.asked_for().failed(), 1);
}
