//! What `%p` shows of the bytes at an address: hexadecimal, UUIDs, network addresses, maps
//! of bits.

use crate::caller::{Arguments, Memory};
use crate::output::Output;
use crate::specification::Specification;

/// Most bytes of `%*ph`.
const MOST: usize = 64;

/// Bytes of the longest text that has a field: an address of 16 bytes, with colons.
const TEXT: usize = 48;

/// A text that is put together, to go into a field.
struct Text {
    bytes: [u8; TEXT],
    used: usize,
}

impl Text {
    fn put(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.used) {
            *place = byte;
            self.used += 1;
        }
    }

    fn hexadecimal(&mut self, byte: u8, capitals: bool) {
        let digits = digits(byte, capitals);
        digits.into_iter().for_each(|digit| self.put(digit));
    }

    fn decimal(&mut self, byte: u8, padded: bool) {
        let digits = [byte / 100, byte / 10 % 10, byte % 10];
        let zeros = digits.iter().take(2).take_while(|&&digit| digit == 0);
        let skipped = if padded { 0 } else { zeros.count() };
        digits[skipped..]
            .iter()
            .for_each(|digit| self.put(b'0' + digit));
    }
}

fn digits(byte: u8, capitals: bool) -> [u8; 2] {
    let digit = |value: u8| match (value, capitals) {
        (..10, _) => b'0' + value,
        (_, false) => b'a' + value - 10,
        (_, true) => b'A' + value - 10,
    };
    [digit(byte >> 4), digit(byte & 15)]
}

/// Puts what lies at an address.
pub fn put(
    output: &mut Output<'_>,
    specification: &Specification,
    what: Memory,
    address: u64,
    arguments: &mut dyn Arguments,
) {
    let done = match what {
        Memory::Bytes(between) => {
            let count = match specification.has_width() {
                true => specification.width.min(MOST),
                false => 1,
            };
            bytes(output, count, between, address, arguments)
        }
        Memory::Bitmap => bitmap(output, specification.width, address, arguments),
        Memory::Ranges => ranges(output, specification.width, address, arguments),
        _ => match in_field(what, address, arguments) {
            Some(text) => {
                let shown = text.used.min(specification.precision.unwrap_or(TEXT));
                output.field(&text.bytes[..shown], specification);
                true
            }
            None => false,
        },
    };
    if !done {
        output.put(b"(efault)");
    }
}

fn in_field(what: Memory, address: u64, arguments: &mut dyn Arguments) -> Option<Text> {
    let mut text = Text {
        bytes: [0; TEXT],
        used: 0,
    };
    let mut found = [0; 16];
    let count = match what {
        Memory::Ip4 { .. } => 4,
        Memory::Mac { .. } => 6,
        Memory::Address => 8,
        _ => 16,
    };
    let found = &mut found[..count];
    if !arguments.bytes(address, found) {
        return None;
    }
    match what {
        Memory::Uuid { little, capitals } => {
            if little {
                found[..4].reverse();
                found[4..6].reverse();
                found[6..8].reverse();
            }
            for (at, &byte) in found.iter().enumerate() {
                if matches!(at, 4 | 6 | 8 | 10) {
                    text.put(b'-');
                }
                text.hexadecimal(byte, capitals);
            }
        }
        Memory::Ip4 { padded, little } => {
            if little {
                found.reverse();
            }
            for (at, &byte) in found.iter().enumerate() {
                if at > 0 {
                    text.put(b'.');
                }
                text.decimal(byte, padded);
            }
        }
        Memory::Ip6 { colons } => {
            for (at, &byte) in found.iter().enumerate() {
                if colons && at > 0 && at % 2 == 0 {
                    text.put(b':');
                }
                text.hexadecimal(byte, false);
            }
        }
        Memory::Mac { between, reversed } => {
            if reversed {
                found.reverse();
            }
            for (at, &byte) in found.iter().enumerate() {
                if at > 0 {
                    between.into_iter().for_each(|byte| text.put(byte));
                }
                text.hexadecimal(byte, false);
            }
        }
        _ => {
            b"0x".iter().for_each(|&byte| text.put(byte));
            found.iter().for_each(|&byte| text.hexadecimal(byte, false));
        }
    }
    Some(text)
}

fn bytes(
    output: &mut Output<'_>,
    count: usize,
    between: Option<u8>,
    address: u64,
    arguments: &mut dyn Arguments,
) -> bool {
    let mut found = [0; MOST];
    let found = &mut found[..count];
    if !arguments.bytes(address, found) {
        return false;
    }
    for (at, &byte) in found.iter().enumerate() {
        if let Some(between) = between.filter(|_| at > 0) {
            output.put(&[between]);
        }
        output.put(&digits(byte, false));
    }
    true
}

/// A map's bits, 64 a word, the lowest on the right.
struct Words<'a> {
    arguments: &'a mut dyn Arguments,
    address: u64,
    /// Number and value of the last word that was read.
    last: Option<(usize, u64)>,
}

impl Words<'_> {
    fn word(&mut self, number: usize) -> Option<u64> {
        match self.last {
            Some((last, word)) if last == number => Some(word),
            _ => {
                let mut bytes = [0; 8];
                let at = self.address.wrapping_add(number as u64 * 8);
                let read = self.arguments.bytes(at, &mut bytes);
                let word = u64::from_be_bytes(bytes);
                self.last = Some((number, word));
                read.then_some(word)
            }
        }
    }

    fn bit(&mut self, bit: usize) -> Option<bool> {
        Some(self.word(bit / 64)? >> (bit % 64) & 1 != 0)
    }
}

/// Groups of 32 bits, the highest first, with commas.
fn bitmap(
    output: &mut Output<'_>,
    bits: usize,
    address: u64,
    arguments: &mut dyn Arguments,
) -> bool {
    let last = None;
    let mut words = Words {
        arguments,
        address,
        last,
    };
    let groups = bits.div_ceil(32);
    for group in (0..groups).rev() {
        let Some(word) = words.word(group / 2) else {
            return false;
        };
        let some = bits - group * 32;
        let group_bits = (word >> (group % 2 * 32)) as u32;
        let shown = match some {
            ..32 => group_bits & ((1 << some) - 1),
            _ => group_bits,
        };
        let digits_of_group = some.min(32).div_ceil(4);
        for digit in (0..digits_of_group).rev() {
            let value = (shown >> (digit * 4) & 15) as u8;
            output.put(&digits(value, false)[1..]);
        }
        if group > 0 {
            output.put(b",");
        }
    }
    true
}

/// Numbers of bits, those next to each other as a range.
fn ranges(
    output: &mut Output<'_>,
    bits: usize,
    address: u64,
    arguments: &mut dyn Arguments,
) -> bool {
    let last = None;
    let mut words = Words {
        arguments,
        address,
        last,
    };
    let (mut start, mut first) = (None, true);
    for bit in 0..=bits {
        let is_set = if bit < bits {
            words.bit(bit)
        } else {
            Some(false)
        };
        match (is_set, start) {
            (None, _) => return false,
            (Some(true), None) => start = Some(bit),
            (Some(false), Some(from)) => {
                if !first {
                    output.put(b",");
                }
                number(output, from);
                if bit - from > 1 {
                    output.put(b"-");
                    number(output, bit - 1);
                }
                (start, first) = (None, false);
            }
            _ => {}
        }
    }
    true
}

fn number(output: &mut Output<'_>, value: usize) {
    let mut digits = [0; 8];
    let mut at = digits.len();
    let mut rest = value;
    while at > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    output.put(&digits[at..]);
}
