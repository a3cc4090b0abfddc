pub type Symbol = u32;

pub struct Got {
    pub address: u64,
    pub slots: Vec<(Symbol, u64)>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    OutOfReach,
    Odd,
}

pub fn gotent(
    code: &mut [u8],
    base: u64,
    place: usize,
    got: &mut Got,
    symbol: Symbol,
    value: u64,
    addend: i64,
) -> Result<(), Refused> {
    let index = match got.slots.iter().position(|(owner, _)| *owner == symbol) {
        Some(index) => index,
        None => {
            got.slots.push((symbol, value));
            got.slots.len() - 1
        }
    };
    // GOT + G + A - P
    let slot = got.address as i128 + 8 * index as i128;
    let distance = slot + addend as i128 - (base as i128 + place as i128);
    if distance % 2 != 0 {
        return Err(Refused::Odd);
    }
    let field = (distance / 2) as i32;
    code[place..place + 4].copy_from_slice(&field.to_be_bytes());
    Ok(())
}
