//! Mutations that know the format: they change fields, records and strings of a
//! valid object, and only sometimes bytes at large.

/// xorshift64*.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 32) as usize % limit.max(1)
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.below(list.len())).copied()
    }
}

/// One change; a failing input is shrunk by leaving some out.
#[derive(Clone, Debug)]
pub enum Edit {
    /// A field of a header, section, symbol or relocation.
    Field { at: usize, width: usize, value: u64 },
    /// A byte somewhere.
    Byte { at: usize, value: u8 },
    /// A record, or any range, over another.
    Copy {
        from: usize,
        to: usize,
        bytes: usize,
    },
    /// The file's end.
    Length(usize),
}

impl Edit {
    /// Does it; a place that isn't there any more is let be.
    pub fn apply(&self, data: &mut Vec<u8>) {
        match *self {
            Edit::Field { at, width, value } => {
                if let Some(field) = data.get_mut(at..at + width) {
                    field.copy_from_slice(&value.to_be_bytes()[8 - width..]);
                }
            }
            Edit::Byte { at, value } => {
                if let Some(byte) = data.get_mut(at) {
                    *byte = value;
                }
            }
            Edit::Copy { from, to, bytes } => {
                if from.max(to) + bytes <= data.len() {
                    data.copy_within(from..from + bytes, to);
                }
            }
            Edit::Length(length) => data.resize(length, 0),
        }
    }
}

/// A field: where it is, and its bytes.
type Field = (usize, usize);

/// Records of one kind: where each starts, and its bytes.
struct Records {
    starts: Vec<usize>,
    bytes: usize,
}

/// A valid object, and where its fields are.
pub struct Seed {
    pub name: String,
    pub data: Vec<u8>,
    /// By kind: file header, section headers, symbols, relocations.
    fields: [Vec<Field>; 4],
    records: [Records; 3],
    /// Bytes of string tables and of other sections that the loader reads.
    strings: Vec<usize>,
}

const HEADER: [Field; 16] = [
    (4, 1),
    (5, 1),
    (6, 1),
    (7, 1),
    (16, 2),
    (18, 2),
    (20, 4),
    (24, 8),
    (32, 8),
    (40, 8),
    (48, 4),
    (52, 2),
    (54, 2),
    (58, 2),
    (60, 2),
    (62, 2),
];
const SECTION: [Field; 10] = [
    (0, 4),
    (4, 4),
    (8, 8),
    (16, 8),
    (24, 8),
    (32, 8),
    (40, 4),
    (44, 4),
    (48, 8),
    (56, 8),
];
const SYMBOL: [Field; 6] = [(0, 4), (4, 1), (5, 1), (6, 2), (8, 8), (16, 8)];
const RELOCATION: [Field; 4] = [(0, 8), (8, 4), (12, 4), (16, 8)];

fn number(data: &[u8], (at, width): Field) -> u64 {
    let bytes = data.get(at..at + width).unwrap_or(&[]);
    bytes
        .iter()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

fn fields(starts: &[usize], of: &[Field]) -> Vec<Field> {
    let each = |&start: &usize| of.iter().map(move |&(at, width)| (start + at, width));
    starts.iter().flat_map(each).collect()
}

impl Seed {
    /// Finds the fields of a valid object.
    pub fn new(name: String, data: Vec<u8>) -> Self {
        let table = number(&data, (40, 8)) as usize;
        let count = number(&data, (60, 2)) as usize;
        let sections: Vec<_> = (0..count).map(|index| table + 64 * index).collect();
        let (mut symbols, mut relocations, mut strings) = (Vec::new(), Vec::new(), Vec::new());
        for &section in &sections {
            let kind = number(&data, (section + 4, 4));
            let start = number(&data, (section + 24, 8)) as usize;
            let end = start + number(&data, (section + 32, 8)) as usize;
            match kind {
                2 => symbols.extend((start..end).step_by(24)),
                4 => relocations.extend((start..end).step_by(24)),
                1 | 3 => strings.extend(start..end),
                _ => {}
            }
        }
        let records = |starts: &Vec<usize>, bytes| Records {
            starts: starts.clone(),
            bytes,
        };
        Self {
            name,
            fields: [
                fields(&[0], &HEADER),
                fields(&sections, &SECTION),
                fields(&symbols, &SYMBOL),
                fields(&relocations, &RELOCATION),
            ],
            records: [
                records(&sections, 64),
                records(&symbols, 24),
                records(&relocations, 24),
            ],
            strings,
            data,
        }
    }

    /// A change.
    pub fn edit(&self, random: &mut Random) -> Edit {
        let length = self.data.len();
        match random.below(100) {
            0..75 => {
                // The header has few fields, and most changes to it end at once.
                let kind = [0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3][random.below(12)];
                let (at, width) = random.of(&self.fields[kind]).unwrap_or((0, 1));
                let value = self.value(random, kind, (at, width));
                Edit::Field { at, width, value }
            }
            75..83 => {
                let records = &self.records[random.below(3)];
                let (from, to) = (random.of(&records.starts), random.of(&records.starts));
                Edit::Copy {
                    from: from.unwrap_or(0),
                    to: to.unwrap_or(0),
                    bytes: records.bytes,
                }
            }
            83..91 => Edit::Byte {
                at: random.of(&self.strings).unwrap_or(0),
                value: [0, b'_', b'.', 0xff, random.next() as u8][random.below(5)],
            },
            91..95 => Edit::Byte {
                at: random.below(length),
                value: random.next() as u8,
            },
            95..97 => Edit::Copy {
                from: random.below(length),
                to: random.below(length),
                bytes: random.below(200),
            },
            97..99 => Edit::Length(random.below(length)),
            _ => Edit::Length(length + random.below(100)),
        }
    }

    /// A value for a field: near what it is, from another, or at a limit.
    fn value(&self, random: &mut Random, kind: usize, field: Field) -> u64 {
        let was = number(&self.data, field);
        match random.below(10) {
            0 | 1 => was.wrapping_add(random.below(33) as u64).wrapping_sub(16),
            2 | 3 => {
                let same = self.fields[kind]
                    .iter()
                    .filter(|(_, width)| *width == field.1);
                let at = random.below(same.clone().count());
                let other = same.clone().nth(at).unwrap_or(&field);
                number(&self.data, *other)
            }
            4 => 1 << random.below(64),
            5 => (1u64 << random.below(64)).wrapping_sub(1 + random.below(2) as u64),
            6 => (1u64 << random.below(64)).wrapping_neg(),
            7 => random.below(80) as u64,
            8 => {
                let length = self.data.len() as u64;
                let limits = [0xfff1, 0xfff2, 0xffff, 0xff00, 24, 64, 4096, length, !0];
                random.of(&limits).unwrap_or(0)
            }
            _ => random.next(),
        }
    }
}
