//! The one place that writes bits: fields, their range, their position.
//!
//! ```text
//!  12 bits       │....DDDDDDDDDDDD│                 displacement, or halfwords
//!  20 bits       │....LLLLLLLLLLLL│HHHHHHHH│        long displacement: H L
//!  others        all bits of the bytes from the place on
//!  n halfwords   the value divided by two, signed
//! ```
//!
//! Principles of Operation, chapter 5, "Instructions": formats RX, RXY, RI, RIL, MII.

/// A field that a relocation writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    bits: u32,
    signed: bool,
    /// 1 if the field counts halfwords.
    shift: u32,
}

/// Why a value can't be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Outside the least and greatest value.
    Range(i128, i128),
    /// Odd, and the field counts halfwords.
    Odd,
}

impl Field {
    /// No field.
    pub const NONE: Field = Field::unsigned(0);
    /// Eight bytes: any 64-bit value, signed or not.
    pub const DOUBLEWORD: Field = Field::unsigned(64);
    /// 20 bits, signed, split.
    pub const LONG_DISPLACEMENT: Field = Field::signed(20);

    /// An unsigned field.
    pub const fn unsigned(bits: u32) -> Self {
        Self {
            bits,
            signed: false,
            shift: 0,
        }
    }

    /// A signed field.
    pub const fn signed(bits: u32) -> Self {
        Self {
            bits,
            signed: true,
            shift: 0,
        }
    }

    /// A signed field that counts halfwords.
    pub const fn halfwords(bits: u32) -> Self {
        Self {
            bits,
            signed: true,
            shift: 1,
        }
    }

    /// Whether it doesn't reach all of a large module.
    pub const fn is_short(self) -> bool {
        self.bits < 32
    }

    /// Bytes from the place on that hold the field.
    pub const fn bytes(self) -> usize {
        match self.bits {
            0 => 0,
            1..=8 => 1,
            9..=16 => 2,
            17..=24 => 3,
            25..=32 => 4,
            _ => 8,
        }
    }

    /// Least and greatest value that fits.
    pub const fn reach(self) -> (i128, i128) {
        if self.bits == 64 {
            // A 64-bit field holds every address, and wraps.
            return (i128::MIN, i128::MAX);
        }
        if self.signed {
            let limit = 1i128 << (self.bits - 1 + self.shift);
            (-limit, limit - (1 << self.shift))
        } else {
            (0, (1i128 << self.bits) - 1)
        }
    }

    /// Whether the value fits.
    pub fn check(self, value: i128) -> Result<(), Misfit> {
        let (least, greatest) = self.reach();
        if value & ((1 << self.shift) - 1) != 0 {
            return Err(Misfit::Odd);
        }
        if value < least || value > greatest {
            return Err(Misfit::Range(least, greatest));
        }
        Ok(())
    }

    /// Writes the value into `place`, which has [`Field::bytes`] bytes, and
    /// leaves the bits around the field as they were.
    pub fn write(self, place: &mut [u8], value: i128) -> Result<(), Misfit> {
        self.check(value)?;
        let value = (value >> self.shift) as u64;
        match (self.bits, place) {
            (8, [byte]) => *byte = value as u8,
            (12, [high, low]) => {
                *high = *high & 0xf0 | (value >> 8) as u8 & 0x0f;
                *low = value as u8;
            }
            (20, [first, second, third]) => {
                *first = *first & 0xf0 | (value >> 8) as u8 & 0x0f;
                *second = value as u8;
                *third = (value >> 12) as u8;
            }
            (_, place) => {
                let bytes = value.to_be_bytes();
                let skipped = bytes.len().saturating_sub(place.len());
                place.copy_from_slice(&bytes[skipped..]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let table = [
            (Field::unsigned(8), 0, 255),
            (Field::unsigned(12), 0, 4095),
            (Field::signed(16), -32768, 32767),
            (Field::LONG_DISPLACEMENT, -524_288, 524_287),
            (Field::halfwords(12), -4096, 4094),
            (Field::halfwords(16), -65536, 65534),
            (Field::halfwords(24), -16_777_216, 16_777_214),
            (Field::halfwords(32), -4_294_967_296, 4_294_967_294),
            (Field::signed(32), -2_147_483_648, 2_147_483_647),
            (Field::unsigned(32), 0, 4_294_967_295),
        ];
        for (field, least, greatest) in table {
            let mut bytes = [0u8; 8];
            let place = &mut bytes[..field.bytes()];
            let step = 1 << field.shift;
            assert_eq!(field.write(place, least), Ok(()));
            assert_eq!(field.write(place, greatest), Ok(()));
            let misfit = Err(Misfit::Range(least, greatest));
            assert_eq!(field.write(place, least - step), misfit, "{field:?}");
            assert_eq!(field.write(place, greatest + step), misfit, "{field:?}");
        }
    }

    #[test]
    fn odd_distances_are_no_halfwords() {
        for bits in [12, 16, 24, 32] {
            assert_eq!(Field::halfwords(bits).check(3), Err(Misfit::Odd));
        }
    }

    #[test]
    fn bits_around_the_field_stay() {
        let mut place = [0xab, 0xcd];
        Field::unsigned(12).write(&mut place, 0x123).unwrap();
        assert_eq!(place, [0xa1, 0x23]);
        let mut place = [0xf3, 0x00, 0x00];
        Field::LONG_DISPLACEMENT.write(&mut place, -2).unwrap();
        assert_eq!(place, [0xff, 0xfe, 0xff]);
        Field::LONG_DISPLACEMENT.write(&mut place, 0x12345).unwrap();
        assert_eq!(place, [0xf3, 0x45, 0x12]);
        let mut place = [0x77, 0, 0];
        Field::halfwords(24).write(&mut place, -2).unwrap();
        assert_eq!(place, [0xff, 0xff, 0xff]);
        let mut place = [0x57, 0x00];
        Field::halfwords(12).write(&mut place, 0x10).unwrap();
        assert_eq!(place, [0x50, 0x08]);
    }

    #[test]
    fn doublewords_wrap() {
        let mut place = [0; 8];
        Field::DOUBLEWORD.write(&mut place, -1).unwrap();
        assert_eq!(place, [0xff; 8]);
    }
}
