//! Kernel command lines: words of the grammar with right and wrong values, doubled, long,
//! with stars and other alphabets.

use fastrand::Rng;

/// A command line, and whether all of it is as docs/running.md's table says.
pub struct Line {
    pub text: String,
    pub is_right: bool,
}

/// Each parameter with values that it takes, and values that it doesn't.
const WORDS: [(&str, &[&str], &[&str]); 12] = [
    (
        "vmalloc",
        &["near", "0x20000000000", "3T"],
        &[
            "",
            "far",
            "1",
            "0",
            "0xffffffffffffffff",
            "4097",
            "9999T",
            "-1",
            "0x",
        ],
    ),
    (
        "percpu_alloc",
        &["embed", "page"],
        &["", "Embed", "pages", "embed,page"],
    ),
    (
        "percpu_magazine",
        &["0", "8", "128", "0x40"],
        &["", "129", "-1", "1M", "on"],
    ),
    (
        "percpu_reserved",
        &["0", "8K", "64K", "0x1000"],
        &["", "2M", "-1", "1T", "8Q", "18446744073709551616"],
    ),
    (
        "possible_cpus",
        &["2", "4", "64"],
        &["", "0", "257", "1K", "two", "0x", "99999999999"],
    ),
    (
        "maxcpus",
        &["1", "2", "9"],
        &["", "0", "-2", "x", "4294967296"],
    ),
    (
        "loglevel",
        &["0", "3", "7"],
        &["", "8", "-1", "256", "high"],
    ),
    (
        "modules",
        &["hello", "counter,visitor", "", ",hello,,"],
        &["nosuch", "hello;rm", "../hello", "*", "a,b,c,d"],
    ),
    (
        "selftest",
        &["boot.*", "memory.*", "*.globs", "*"],
        &["", "nosuch.test", "["],
    ),
    (
        "fail",
        &[
            "frames:3",
            "vmalloc:2",
            "percpu:1",
            "heap:9",
            "signal:1",
            "heap:1000000",
        ],
        &[
            "",
            "heap",
            "heap:",
            ":1",
            "heap:0",
            "nosuch:1",
            "heap:1:2",
            "heap:-1",
            "heap:18446744073709551616",
        ],
    ),
    (
        "seed",
        &["1", "0", "0xffffffffffffffff"],
        &["", "x", "-1", "1 2"],
    ),
    ("parameters.count", &["1", "7"], &[]),
];

/// What is no word at all.
const ODD: [&str; 14] = [
    "=",
    "==",
    "=x",
    ".",
    "..",
    ".=",
    "a.",
    ".b",
    "nosuch",
    "nosuch=1",
    "monitor=1",
    "\u{fc}ber",
    "selftest=\u{2603}.*",
    "\u{1b}[2J",
];

/// The line of a random number.
pub fn random(random: &mut Rng) -> Line {
    let mut words = Vec::new();
    let mut is_right = true;
    let mut used = Vec::new();
    for _ in 0..random.usize(1..5) {
        let (name, right, wrong) = WORDS[random.usize(..WORDS.len())];
        if used.contains(&name) && random.u8(..8) != 0 {
            continue;
        }
        if used.contains(&name) {
            // Of two only one could hold.
            is_right = false;
        }
        used.push(name);
        let values = match !wrong.is_empty() && random.u8(..7) == 0 {
            true => {
                is_right = false;
                wrong
            }
            false => right,
        };
        words.push(format!("{name}={}", values[random.usize(..values.len())]));
    }
    match random.u8(..16) {
        0 => {
            let stars = random.usize(2..1500);
            words.push(format!("selftest={}", "*".repeat(stars)));
            is_right &= !used.contains(&"selftest");
        }
        1 => {
            let stars = "*a".repeat(random.usize(2..1000));
            words.push(format!("selftest={stars}"));
            is_right = false;
        }
        2 => {
            let long = "x".repeat(random.usize(1..3900));
            words.push(format!("{}={long}", WORDS[random.usize(..10)].0));
            is_right = false;
        }
        3 => {
            words.push(ODD[random.usize(..ODD.len())].to_owned());
            is_right = false;
        }
        4 => {
            let letters = "\u{e9}\u{df}\u{4e2d}\u{1f600} =.*,:".chars();
            let letters: Vec<char> = letters.collect();
            let word = (0..random.usize(1..200)).map(|_| letters[random.usize(..letters.len())]);
            words.push(word.collect());
            is_right = false;
        }
        5 => {
            let word = words[random.usize(..words.len())].clone();
            words.extend((0..random.usize(1..100)).map(|_| word.clone()));
            is_right = false;
        }
        6 => {
            words.push("y".repeat(random.usize(4000..6000)));
            is_right = false;
        }
        _ => {}
    }
    // All self-tests take their time.
    if !words.iter().any(|word| word.starts_with("selftest=")) && random.u8(..8) != 0 {
        words.push("selftest=boot.*".to_owned());
    }
    random.shuffle(&mut words);
    let between = ["\t", "  ", " "][random.usize(..3)];
    Line {
        text: words.join(between),
        is_right,
    }
}
