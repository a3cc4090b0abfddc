//! The one place that writes bits: the fields that relocations change, what fits into
//! them, and where their bits are.
//!
//! ```text
//!  12 bits       │....DDDDDDDDDDDD│                 displacement, or halfwords
//!  20 bits       │....LLLLLLLLLLLL│HHHHHHHH│        long displacement: H L
//!  others        all bits of the bytes from the place on
//!  n halfwords   the value divided by two, signed
//! ```
//!
//! Principles of Operation, chapter 5, "Instruction Formats": RX, RXY, RI, RIL, MII. Which
//! values fit has the names of binutils' `complain_overflow`: unsigned, signed, bitfield.

/// A field of an instruction or of data that a relocation writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    bits: u8,
    /// Bits that are shifted out: 1 if the field counts halfwords, else 0.
    shift: u8,
    /// Bytes from the place on that hold it.
    bytes: u8,
    /// Least and greatest value that fits, in bytes.
    least: i64,
    greatest: i64,
}

/// Why a value can't be written into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// It is less than the least, or greater than the greatest value that fits.
    Overflow {
        /// The least value that fits, in bytes.
        least: i64,
        /// The greatest value that fits, in bytes.
        greatest: i64,
    },
    /// It is odd, and the field counts halfwords.
    Odd,
}

impl Field {
    /// No bits, for a relocation that changes nothing.
    pub const NONE: Field = Field::unsigned(0);
    /// Eight bytes: any 64-bit value, signed or not.
    pub const DOUBLEWORD: Field = Field {
        bits: 64,
        shift: 0,
        bytes: 8,
        least: i64::MIN,
        greatest: i64::MAX,
    };
    /// The 20-bit signed displacement of the RXY and RSY formats, whose low 12 bits come
    /// before its high 8.
    pub const LONG_DISPLACEMENT: Field = Field::signed(20);

    /// A field of `bits` bits, at most 32, whose value is at least 0: an instruction's
    /// short displacement.
    pub const fn unsigned(bits: u8) -> Self {
        Self {
            bits,
            shift: 0,
            bytes: bits.div_ceil(8),
            least: 0,
            greatest: (1 << bits) - 1,
        }
    }

    /// A field of `bits` bits, at most 32, in two's complement: a distance, or a signed
    /// displacement.
    pub const fn signed(bits: u8) -> Self {
        let limit = 1 << (bits - 1);
        Self {
            bits,
            shift: 0,
            bytes: bits.div_ceil(8),
            least: -limit,
            greatest: limit - 1,
        }
    }

    /// A field of `bits` bits, at most 32, that is read as signed or as unsigned, by
    /// whoever reads it: data, and immediates.
    pub const fn bitfield(bits: u8) -> Self {
        Self {
            least: Self::signed(bits).least,
            ..Self::unsigned(bits)
        }
    }

    /// A signed field of `bits` bits, at most 32, that counts halfwords: its value is in
    /// bytes, and even.
    pub const fn halfwords(bits: u8) -> Self {
        let signed = Self::signed(bits);
        Self {
            shift: 1,
            least: signed.least * 2,
            greatest: signed.greatest * 2,
            ..signed
        }
    }

    /// Whether places of one module can be out of each other's reach: fewer bits than the
    /// longest branch has.
    pub const fn is_short(self) -> bool {
        self.bits < 32
    }

    /// Whether all values of 32 bits in two's complement fit, and no others.
    const fn is_signed_word(self) -> bool {
        self.bits == 32
            && self.least == (i32::MIN as i64) << self.shift
            && self.greatest == (i32::MAX as i64) << self.shift
    }

    /// Bytes from the relocation's place on that hold the field.
    pub const fn bytes(self) -> usize {
        self.bytes as usize
    }

    /// Least and greatest value that fits, in bytes.
    pub const fn range(self) -> (i64, i64) {
        (self.least, self.greatest)
    }

    /// Whether a value, in bytes, fits.
    ///
    /// # Errors
    /// If it is odd where halfwords are counted, which goes first, or out of range.
    #[inline(always)]
    pub fn check(self, value: i64) -> Result<(), FieldError> {
        if self.shift == 1 && value % 2 != 0 {
            return Err(FieldError::Odd);
        }
        let Self {
            least, greatest, ..
        } = self;
        if value < least || value > greatest {
            return Err(FieldError::Overflow { least, greatest });
        }
        Ok(())
    }

    /// Writes a value, in bytes, to the start of `place`, and leaves the bits around the field
    /// as they were.
    ///
    /// # Errors
    /// As [`Field::check`]; nothing is written then.
    ///
    /// # Panics
    /// If `place` is shorter than [`Field::bytes`].
    #[inline(always)]
    pub fn write(self, place: &mut [u8], value: i64) -> Result<(), FieldError> {
        if self.is_signed_word() {
            // Nearly all are. It fits if the same is read back: one comparison, and one store.
            let word = (value >> self.shift) as i32;
            if i64::from(word) << self.shift == value {
                *first(place) = word.to_be_bytes();
                return Ok(());
            }
        }
        self.check(value)?;
        let value = value >> self.shift;
        match self.bits {
            32 => *first(place) = (value as u32).to_be_bytes(),
            64 => *first(place) = value.to_be_bytes(),
            _ => self.write_bits(&mut place[..self.bytes()], value),
        }
        Ok(())
    }

    #[inline(never)]
    fn write_bits(self, place: &mut [u8], value: i64) {
        let value = value.to_be_bytes();
        let [.., second, first, last] = value;
        match (self.bits, place) {
            (12, [high, low]) => {
                *high = *high & 0xf0 | first & 0x0f;
                *low = last;
            }
            (20, [low_high, low, high]) => {
                *low_high = *low_high & 0xf0 | first & 0x0f;
                *low = last;
                *high = second << 4 | first >> 4;
            }
            (_, place) => place.copy_from_slice(&value[8 - self.bytes()..]),
        }
    }
}

/// The first N bytes of a place.
#[inline(always)]
fn first<const N: usize>(place: &mut [u8]) -> &mut [u8; N] {
    let first = place.first_chunk_mut();
    first.unwrap_or_else(|| panic!("a place is as long as its field"))
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
            (Field::bitfield(8), -128, 255),
            (Field::bitfield(16), -32768, 65535),
            (Field::bitfield(32), -2_147_483_648, 4_294_967_295),
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
            let overflow = Err(FieldError::Overflow { least, greatest });
            assert_eq!(field.write(place, least - step), overflow, "{field:?}");
            assert_eq!(field.write(place, greatest + step), overflow, "{field:?}");
        }
    }

    #[test]
    fn odd_distances() {
        let mut bytes = [0u8; 4];
        assert_eq!(
            Field::halfwords(32).write(&mut bytes, 7),
            Err(FieldError::Odd)
        );
        assert_eq!(
            Field::halfwords(32).write(&mut bytes, -7),
            Err(FieldError::Odd)
        );
    }

    #[test]
    fn bits_around_the_field_stay() {
        let mut place = [0xf0, 0];
        Field::unsigned(12).write(&mut place, 0xabc).unwrap();
        assert_eq!(place, [0xfa, 0xbc]);
        // l %r1,0(%r2,%r15) with displacement 0x12345: DL 345, DH 12.
        let mut place = [0xf0, 0, 0];
        let field = Field::LONG_DISPLACEMENT;
        field.write(&mut place, 0x12345).unwrap();
        assert_eq!(place, [0xf3, 0x45, 0x12]);
        field.write(&mut place, -0x12345).unwrap();
        assert_eq!(place, [0xfc, 0xbb, 0xed]);
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
