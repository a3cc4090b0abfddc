//! Read SCP information: how much memory, which CPUs.
//!
//! With many CPUs the answer outgrows a page; the processor then says how many
//! bytes it needs, and the request is made again with a block of that length.

use super::{Block, Command, Error, Header, call};
use crate::limits::MAX_CPUS;
use zerocopy::FromBytes;

const BLOCK: usize = 16 * 1024;
const MEBIBYTE: u64 = 1 << 20;

/// Response: the block is too short; its header holds the length needed.
const TOO_SHORT: u16 = 0x0300;

/// What the machine consists of.
#[derive(Clone, Debug)]
pub struct Information {
    /// Bytes of memory, from address 0 on.
    pub memory: u64,
    addresses: [u16; MAX_CPUS],
    count: usize,
}

impl Information {
    /// Addresses of the configured CPUs, in the machine's order.
    pub fn cpus(&self) -> &[u16] {
        &self.addresses[..self.count]
    }
}

fn u16_at(block: &[u8], offset: usize) -> u16 {
    u16::read_from_prefix(&block[offset..]).map_or(0, |(value, _)| value)
}

/// A block for [`read`]: four pages, page-aligned.
pub type ResponseBlock = Block<BLOCK>;

/// A zeroed block.
pub const fn response_block() -> ResponseBlock {
    Block::new()
}

/// Asks the service processor.
pub fn read(block: &mut ResponseBlock) -> Result<Information, Error> {
    // Offsets in the response (QEMU include/hw/s390x/sclp.h names the same).
    const INCREMENTS: usize = 8;
    const INCREMENT_SIZE: usize = 10;
    const CPU_COUNT: usize = 16;
    const CPU_OFFSET: usize = 18;
    const INCREMENT_SIZE_2: usize = 100;
    const INCREMENTS_2: usize = 104;
    const CPU_ENTRY: usize = 16;
    /// Control mask, last byte: the response may be of any length.
    const VARIABLE_LENGTH: u8 = 0x80;

    let mut length = 4096u16;
    loop {
        let mut header = Header::request(length);
        header.control[2] = VARIABLE_LENGTH;
        block.0[..8].copy_from_slice(zerocopy::IntoBytes::as_bytes(&header));
        match call(Command::ReadInformation, block) {
            Ok(()) => break,
            Err(Error::Response(TOO_SHORT)) => {
                let needed = u16_at(&block.0, 0);
                if needed <= length || usize::from(needed) > BLOCK {
                    return Err(Error::Response(TOO_SHORT));
                }
                length = needed;
            }
            Err(error) => return Err(error),
        }
    }
    let data = &block.0;
    let increments = match u16_at(data, INCREMENTS) {
        0 => u64::read_from_prefix(&data[INCREMENTS_2..]).map_or(0, |(value, _)| value),
        count => u64::from(count),
    };
    let size = match data[INCREMENT_SIZE] {
        0 => u32::read_from_prefix(&data[INCREMENT_SIZE_2..]).map_or(0, |(value, _)| value),
        size => u32::from(size),
    };
    let mut information = Information {
        memory: increments * u64::from(size) * MEBIBYTE,
        addresses: [0; MAX_CPUS],
        count: 0,
    };
    let first = usize::from(u16_at(data, CPU_OFFSET));
    let entries = data.get(first..).unwrap_or_default().chunks(CPU_ENTRY);
    for entry in entries.take(usize::from(u16_at(data, CPU_COUNT))) {
        if information.count < MAX_CPUS {
            information.addresses[information.count] = u16::from(entry[0]);
            information.count += 1;
        }
    }
    Ok(information)
}
