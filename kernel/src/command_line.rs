//! The kernel command line.
//!
//! `name=value` words, in the style of Linux. A word that isn't understood stops
//! the boot with its reason: a run under other settings than those asked for
//! would prove nothing.

use ::percpu::{DEFAULT_RESERVED, MAGAZINE, MAX_RESERVED, MAX_UNITS};
use core::fmt;
use faults::When;
use words::{is_same, words};

// What `parse` expects in words.
const _: () = assert!(MAX_RESERVED == 1 << 20 && MAX_UNITS == 256 && MAGAZINE == 128);
const _: () = assert!(Options::MAX_FAULTS == 10 && RunToken::LENGTH == 32);

/// How the first chunk's units are mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstChunk {
    /// In the identity map, physically contiguous.
    Embed,
    /// Page by page, in the per-CPU region.
    Page,
}

/// Where the vmalloc region lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vmalloc {
    /// At this address.
    At(usize),
    /// Within 4 GiB of the per-CPU first chunk.
    Near,
}

/// What comes from the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monitor {
    /// Keys, as a person presses them, who is shown what they do.
    Keys,
    /// Whole lines, from a program that has an editor of its own.
    Lines,
}

/// What follows the report of a CPU that is stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenStuck {
    /// The end of the run.
    Panic,
    /// The CPU goes on where it was.
    Warn,
}

/// What the command line sets, each with its default where it doesn't.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// `percpu_alloc=embed|page`: how the first chunk is mapped.
    pub percpu_alloc: FirstChunk,
    /// `percpu_reserved=BYTES`: of each CPU's unit, for modules' static variables.
    pub percpu_reserved: usize,
    /// `percpu_magazine=BYTES`: of one size that a CPU keeps in front of the chunks.
    pub percpu_magazine: usize,
    /// `vmalloc=ADDRESS|near`: where areas and modules lie.
    pub vmalloc: Vmalloc,
    /// `possible_cpus=N`: CPUs that get per-CPU memory; by default those that are there.
    pub possible_cpus: Option<u32>,
    /// `maxcpus=N`: CPUs to start; by default all.
    pub max_cpus: Option<u32>,
    /// `loglevel=0..7`: Linux's levels; what is above isn't logged.
    pub log_level: u8,
    /// `modules=a,b`: names of those to be loaded at boot; by default all.
    pub modules: Option<&'static str>,
    /// `selftest=GLOB,GLOB`: which self-tests run; by default all but those on request.
    pub selftest: Option<&'static str>,
    /// `fail=SITE:N`, `SITE:N..M`, `SITE:%P`: requests at a site fail; each site's name once.
    pub fail: [Option<(&'static str, When)>; Self::MAX_FAULTS],
    /// `fail_at_boot`: they count from the boot's start, not from its end.
    pub fail_at_boot: bool,
    /// `seed=N`: for the self-tests' random numbers.
    pub seed: u64,
    /// `watchdog=panic|warn`: what follows when a CPU is stuck.
    pub watchdog: WhenStuck,
    /// `watchdog_thresh=SECONDS`: when a CPU counts as stuck.
    pub watchdog_threshold: u64,
    /// `token=TOKEN`: what each event of the control channel names the run by.
    pub token: Option<RunToken>,
    /// `initrd_sum=HEX`: the sum of the initrd, as CHECKSUM forms it.
    pub initrd_sum: Option<u32>,
    /// `lockstat`: lock holds are counted.
    pub lockstat: bool,
    /// `sanity=0|1`: all blocks of memory are recorded.
    pub sanity: bool,
    /// `details`: the control channel has what the machine looks like from inside.
    pub details: bool,
    /// `monitor`, `monitor=lines`: commands from the console instead of the self-tests.
    pub monitor: Option<Monitor>,
}

impl Options {
    /// Most `fail=` words.
    pub const MAX_FAULTS: usize = 10;

    /// The options of an empty command line.
    pub const DEFAULT: Self = Self {
        percpu_alloc: FirstChunk::Embed,
        percpu_reserved: DEFAULT_RESERVED,
        percpu_magazine: MAGAZINE,
        vmalloc: Vmalloc::At(2 << 40),
        possible_cpus: None,
        max_cpus: None,
        log_level: 6,
        modules: None,
        selftest: None,
        fail: [None; Self::MAX_FAULTS],
        fail_at_boot: false,
        seed: 1,
        watchdog: WhenStuck::Panic,
        watchdog_threshold: 5,
        token: None,
        initrd_sum: None,
        lockstat: false,
        sanity: false,
        details: false,
        monitor: None,
    };
}

/// What a run's starter calls it: a word that nothing else knows. Letters and digits, so
/// that it needs no escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunToken(&'static str);

impl RunToken {
    /// Most characters.
    pub const LENGTH: usize = 32;

    fn new(text: &'static str) -> Option<Self> {
        let fits = (1..=Self::LENGTH).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (fits && plain).then_some(Self(text))
    }

    /// The token in a command line, which may be wrong in other words: what stops the
    /// boot is to be reported under the run's token, too.
    pub fn find(line: &'static str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        words.find_map(|word| Self::new(word.strip_prefix("token=")?))
    }

    /// Its characters.
    pub fn text(self) -> &'static str {
        self.0
    }
}

/// A word of the command line that isn't understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadWord {
    /// No such parameter.
    Unknown(&'static str),
    /// The word is there already, with this or another value: only one can hold. For
    /// `fail=`, with its site.
    Twice(&'static str),
    /// The parameter exists; its value isn't one it takes.
    Value {
        /// The parameter.
        name: &'static str,
        /// The value.
        value: &'static str,
        /// What it takes.
        expected: &'static str,
    },
}

impl fmt::Display for BadWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadWord::Unknown(word) => write!(f, "unknown parameter `{word}`"),
            BadWord::Twice(key) => write!(f, "{key} is given twice, and only one can hold"),
            BadWord::Value {
                name,
                value,
                expected,
            } => write!(f, "{name}={value}: expected {expected}"),
        }
    }
}

/// The number in a text: decimal, or hexadecimal behind 0x; a K, M, G or T behind it
/// multiplies it by a power of 1024. `None` for any other text, and for what 64 bits don't
/// hold.
pub fn number(text: &str) -> Option<u64> {
    let (digits, shift) = match text.as_bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 10),
        b'm' | b'M' => (&text[..text.len() - 1], 20),
        b'g' | b'G' => (&text[..text.len() - 1], 30),
        b't' | b'T' => (&text[..text.len() - 1], 40),
        _ => (text, 0),
    };
    let value = match digits.strip_prefix("0x") {
        Some(hexadecimal) => u64::from_str_radix(hexadecimal, 16).ok()?,
        None => digits.parse().ok()?,
    };
    value.checked_mul(1 << shift)
}

/// Both parts of a `MODULE.PARAMETER` word, with or without a value: the module's name,
/// and the rest, as the load of the module takes it.
pub fn module_parameter(word: &'static str) -> Option<(&'static str, &'static str)> {
    // As in Linux, a word in quotes is one without.
    let word = match word.strip_prefix('"') {
        Some(inner) => inner.strip_suffix('"').unwrap_or(inner),
        None => word,
    };
    let (module, rest) = word.split_once('.')?;
    let plain = |text: &str| !text.is_empty() && !text.contains('=');
    (plain(module) && !rest.is_empty() && !rest.starts_with('=')).then_some((module, rest))
}

/// What of a word must be unique in a command line: its name, for `fail=` with the site.
fn key(word: &str) -> &str {
    let end = match word.strip_prefix("fail=") {
        Some(_) => word.find(':'),
        None => word.find('='),
    };
    &word[..end.unwrap_or(word.len())]
}

/// Reads the command line. Needs no memory; parameters of modules are only recognized.
///
/// # Errors
/// The first word that isn't understood.
pub fn parse(line: &'static str) -> Result<Options, BadWord> {
    let mut options = Options::DEFAULT;
    let mut faults = 0;
    let all = || words(line);
    for (index, word) in all().enumerate() {
        if all()
            .take(index)
            .any(|other| is_same(key(other), key(word)))
        {
            return Err(BadWord::Twice(key(word)));
        }
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let bad = |expected| BadWord::Value {
            name,
            value,
            expected,
        };
        let count = |expected| {
            number(value)
                .and_then(|value| u32::try_from(value).ok())
                .filter(|&value| value > 0)
                .ok_or(bad(expected))
        };
        match name {
            "percpu_alloc" => {
                options.percpu_alloc = match value {
                    "embed" => FirstChunk::Embed,
                    "page" => FirstChunk::Page,
                    _ => return Err(bad("embed or page")),
                }
            }
            "percpu_reserved" => {
                let bytes = number(value).and_then(|bytes| usize::try_from(bytes).ok());
                options.percpu_reserved = bytes
                    .filter(|&bytes| bytes <= MAX_RESERVED)
                    .ok_or(bad("bytes, at most 1M"))?;
            }
            "percpu_magazine" => {
                let bytes = number(value).and_then(|bytes| usize::try_from(bytes).ok());
                options.percpu_magazine = bytes
                    .filter(|&bytes| bytes <= MAGAZINE)
                    .ok_or(bad("bytes, at most 128"))?;
            }
            "vmalloc" => {
                options.vmalloc = match (value, number(value)) {
                    ("near", _) => Vmalloc::Near,
                    (_, Some(address)) => Vmalloc::At(address as usize),
                    _ => return Err(bad("an address or near")),
                }
            }
            "possible_cpus" => {
                let expected = "1 to 256 CPUs";
                let possible = count(expected)?;
                if possible as usize > MAX_UNITS {
                    return Err(bad(expected));
                }
                options.possible_cpus = Some(possible);
            }
            "maxcpus" => options.max_cpus = Some(count("a number of CPUs")?),
            "loglevel" => {
                let level = number(value).and_then(|level| u8::try_from(level).ok());
                options.log_level = level.filter(|&level| level <= 7).ok_or(bad("0 to 7"))?;
            }
            "modules" => options.modules = Some(value),
            "selftest" if !value.is_empty() => options.selftest = Some(value),
            "selftest" => return Err(bad("a glob")),
            "fail" => {
                let fault = value.split_once(':');
                let fault = fault.and_then(|(site, when)| Some((site, When::parse(when, number)?)));
                let expected = "SITE:N, with N from 1 on, or SITE:N..M, or SITE:%P of a hundred";
                let fault = fault.ok_or(bad(expected))?;
                let slot = options.fail.get_mut(faults);
                *slot.ok_or(bad("10 sites at most"))? = Some(fault);
                faults += 1;
            }
            "fail_at_boot" if value.is_empty() => options.fail_at_boot = true,
            "seed" => options.seed = number(value).ok_or(bad("a number"))?,
            "watchdog" => {
                options.watchdog = match value {
                    "panic" => WhenStuck::Panic,
                    "warn" => WhenStuck::Warn,
                    _ => return Err(bad("panic or warn")),
                }
            }
            "watchdog_thresh" => {
                let seconds = number(value).filter(|seconds| (1..=600).contains(seconds));
                options.watchdog_threshold = seconds.ok_or(bad("1 to 600 seconds"))?;
            }
            "token" => {
                let token = RunToken::new(value);
                options.token = Some(token.ok_or(bad("1 to 32 letters and digits"))?);
            }
            "initrd_sum" => {
                let sum = u32::from_str_radix(value, 16).ok();
                options.initrd_sum = Some(sum.ok_or(bad("8 hexadecimal digits"))?);
            }
            "sanity" => {
                options.sanity = match value {
                    "0" => false,
                    "1" => true,
                    _ => return Err(bad("0 or 1")),
                }
            }
            "lockstat" if value.is_empty() => options.lockstat = true,
            "details" if value.is_empty() => options.details = true,
            "monitor" => {
                options.monitor = match value {
                    "" => Some(Monitor::Keys),
                    "lines" => Some(Monitor::Lines),
                    _ => return Err(bad("nothing or lines")),
                }
            }
            // Checked again when the module is loaded.
            _ if module_parameter(word).is_some() => {}
            _ => return Err(BadWord::Unknown(word)),
        }
    }
    Ok(options)
}
