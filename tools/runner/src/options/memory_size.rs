//! What `--memory` takes: whole MiB, in which s390x has its memory.

use std::fmt;

/// A size of a guest's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    mebibytes: u64,
}

impl Memory {
    /// What a guest has without `--memory`.
    pub const DEFAULT: Self = Self { mebibytes: 2048 };

    /// A GiB.
    pub const GIBIBYTE: Self = Self::of_gibibytes(1);

    /// The least that kernel, initrd and self-tests run in, and what memory comes in.
    const LEAST: Self = Self { mebibytes: 16 };

    /// So many MiB.
    pub const fn of_mebibytes(mebibytes: u64) -> Self {
        Self { mebibytes }
    }

    /// So many GiB.
    pub const fn of_gibibytes(count: u64) -> Self {
        let mebibytes = count * 1024;
        Self { mebibytes }
    }

    /// Its bytes.
    pub fn bytes(self) -> u64 {
        self.mebibytes << 20
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}M", self.mebibytes)
    }
}

/// A size as QEMU takes it; checked here so that a wrong one is a usage error.
pub fn memory_size(text: &str) -> Result<Memory, String> {
    let least = Memory::LEAST;
    let wrong = || format!("expected whole MiB, at least {least}, with K, M, G or T behind it");
    let unit = text.chars().last().and_then(|unit| "KMGT".find(unit));
    let shift = unit.map(|at| 10 * (at + 1)).ok_or_else(wrong)?;
    let digits = &text[..text.len() - 1];
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.parse::<u64>().ok().filter(|_| is_number);
    let bytes = count.and_then(|count| count.checked_mul(1 << shift));
    match bytes {
        Some(bytes) if bytes % (1 << 20) == 0 && bytes >= least.bytes() => Ok(Memory {
            mebibytes: bytes >> 20,
        }),
        _ => Err(wrong()),
    }
}
