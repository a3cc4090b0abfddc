use std::ops::Range;

#[derive(Debug, PartialEq, Eq)]
pub struct OutOfMemory;

pub trait Pages {
    fn map(&mut self, unit: usize, page: usize) -> Result<(), OutOfMemory>;
    fn unmap(&mut self, unit: usize, page: usize);
}

pub fn populate(
    populated: &mut [bool],
    units: usize,
    range: Range<usize>,
    pages: &mut dyn Pages,
) -> Result<(), OutOfMemory> {
    let mut mapped = Vec::new();
    for page in range.clone().filter(|page| !populated[*page]) {
        for unit in 0..units {
            if pages.map(unit, page).is_err() {
                for (unit, page) in mapped {
                    pages.unmap(unit, page);
                }
                return Err(OutOfMemory);
            }
            mapped.push((unit, page));
        }
    }
    populated[range].fill(true);
    Ok(())
}
