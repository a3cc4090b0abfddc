//! Numbers of bytes for people: to the byte near a limit, and in the unit that shows most
//! elsewhere.

use core::fmt;

const UNITS: [(u32, &str); 3] = [(30, "GiB"), (20, "MiB"), (10, "KiB")];

/// A number of bytes, exactly: `4 GiB - 2 bytes`.
pub(crate) struct Exact(pub i64);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.unsigned_abs();
        // A limit is a power of two, or a little less.
        let unit = UNITS.iter().find(|(shift, _)| bytes + 16 >= 1 << shift);
        let Some((shift, unit)) = unit else {
            return Bytes(self.0).fmt(f);
        };
        let half = 1i64 << (shift - 1);
        let multiple = (self.0 + half) >> shift;
        write!(f, "{multiple} {unit}")?;
        match self.0 - (multiple << shift) {
            0 => Ok(()),
            rest @ ..0 => write!(f, " - {}", Bytes(-rest)),
            rest => write!(f, " + {}", Bytes(rest)),
        }
    }
}

struct Bytes(i64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.unsigned_abs() == 1 { "" } else { "s" };
        write!(f, "{} byte{plural}", self.0)
    }
}

/// A number of bytes that is outside of what goes from `least` to `greatest`: exactly if
/// it is near one of these, else with one decimal.
pub(crate) struct Outside {
    pub bytes: i64,
    pub least: i64,
    pub greatest: i64,
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            bytes,
            least,
            greatest,
        } = *self;
        let limit = if bytes < 0 { least } else { greatest };
        let size = bytes.unsigned_abs();
        let near = limit
            .unsigned_abs()
            .saturating_add(limit.unsigned_abs() / 4);
        let unit = UNITS.iter().find(|(shift, _)| size >= 1 << shift);
        let Some((shift, unit)) = unit.filter(|_| size > near) else {
            return Exact(bytes).fmt(f);
        };
        let sign = if bytes < 0 { "-" } else { "" };
        let tenths = (u128::from(size) * 10) >> shift;
        write!(f, "{sign}{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const GIB: i64 = 1 << 30;

    #[test]
    fn limits_are_exact() {
        for (bytes, text) in [
            (4 * GIB, "4 GiB"),
            (4 * GIB - 2, "4 GiB - 2 bytes"),
            (-4 * GIB, "-4 GiB"),
            (-4 * GIB - 2, "-4 GiB - 2 bytes"),
            (-4 * GIB + 6, "-4 GiB + 6 bytes"),
            (65534, "64 KiB - 2 bytes"),
            (65535, "64 KiB - 1 byte"),
            (4095, "4 KiB - 1 byte"),
            (-32768, "-32 KiB"),
            (255, "255 bytes"),
            (-128, "-128 bytes"),
            (0, "0 bytes"),
            (2 * GIB - 1, "2 GiB - 1 byte"),
            (600, "600 bytes"),
            (1025, "1 KiB + 1 byte"),
        ] {
            assert_eq!(Exact(bytes).to_string(), text);
        }
    }

    #[test]
    fn only_what_is_far_is_rounded() {
        let reach = |bytes| Outside {
            bytes,
            least: -4 * GIB,
            greatest: 4 * GIB - 2,
        };
        for (bytes, text) in [
            (4 * GIB, "4 GiB"),
            (4 * GIB + 2, "4 GiB + 2 bytes"),
            (-4 * GIB - 2, "-4 GiB - 2 bytes"),
            (5 * GIB - 4, "5 GiB - 4 bytes"),
            (-2_199_021_530_630, "-2047.9 GiB"),
            (6 * GIB, "6.0 GiB"),
        ] {
            assert_eq!(reach(bytes).to_string(), text);
        }
        let short = |bytes| Outside {
            bytes,
            least: 0,
            greatest: 4095,
        };
        assert_eq!(short(4096).to_string(), "4 KiB");
        assert_eq!(short(-1).to_string(), "-1 byte");
        assert_eq!(short(GIB + 1).to_string(), "1.0 GiB");
    }
}
