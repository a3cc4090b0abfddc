//! What the machine consists of: read SCP information has memory and CPUs, read CPU
//! information the CPUs alone.
//!
//! The first answer is at most a page, where a machine has no extended-length blocks;
//! with 248 CPUs in QEMU it doesn't fit. The second answer has less besides the CPUs, and
//! does; how much memory there is must then be found out another way.

use super::{Block, Command, Error, Header, call};
use crate::PAGE_SIZE;
use crate::limits::MAX_CPUS;
use zerocopy::{FromBytes, IntoBytes};

const MEBIBYTE: u64 = 1 << 20;

/// Bytes of a CPU's entry, in either answer. The first is its address.
const CPU_ENTRY: usize = 16;

/// Addresses of the configured CPUs.
#[derive(Clone, Debug)]
pub struct CpuList {
    addresses: [u16; MAX_CPUS],
    count: usize,
}

impl CpuList {
    /// The addresses, in the machine's order.
    pub fn addresses(&self) -> &[u16] {
        &self.addresses[..self.count]
    }

    /// The entries that `count` and `offset`, fields of the answer, speak of.
    fn read(answer: &[u8], count: usize, offset: usize) -> Self {
        let mut list = Self {
            addresses: [0; MAX_CPUS],
            count: 0,
        };
        let first = usize::from(u16_at(answer, offset));
        let entries = answer.get(first..).unwrap_or_default().chunks(CPU_ENTRY);
        let entries = entries.take(usize::from(u16_at(answer, count)));
        for (slot, entry) in list.addresses.iter_mut().zip(entries) {
            *slot = u16::from(entry[0]);
            list.count += 1;
        }
        list
    }
}

/// What the machine consists of.
#[derive(Clone, Debug)]
pub struct Information {
    /// Bytes of memory, from address 0 on, if the answer had room for that.
    pub memory: Option<u64>,
    /// The CPUs.
    pub cpus: CpuList,
}

fn u16_at(block: &[u8], offset: usize) -> u16 {
    u16::read_from_prefix(&block[offset..]).map_or(0, |(value, _)| value)
}

/// A block for [`read`]: a page.
pub type ResponseBlock = Block<PAGE_SIZE>;

/// A zeroed block.
pub const fn response_block() -> ResponseBlock {
    Block::new()
}

/// Asks the service processor.
///
/// # Errors
/// What is wrong with its answer, other than that memory and CPUs together need more than
/// a block.
pub fn read(block: &mut ResponseBlock) -> Result<Information, Error> {
    match read_scp_information(block) {
        Err(Error::Response(Error::TOO_SHORT)) => Ok(Information {
            memory: None,
            cpus: read_cpu_information(block)?,
        }),
        answer => answer,
    }
}

/// What comes of calls that can't be carried out: a command that there isn't, a block too short
/// for the answer, one whose header says more than there is, or less than a header. The block is
/// the caller's, a static of the kernel's.
pub fn refused_calls(block: &mut ResponseBlock) -> [Result<(), Error>; 4] {
    let calls = [
        (Command::Unknown, PAGE_SIZE as u16),
        (Command::ReadInformation, 8),
        (Command::ReadInformation, PAGE_SIZE as u16 + 1),
        (Command::ReadInformation, 7),
    ];
    calls.map(|(command, length)| {
        let header = Header::request(length);
        block.0[..size_of::<Header>()].copy_from_slice(header.as_bytes());
        call(command, block)
    })
}

fn ask(command: Command, block: &mut ResponseBlock) -> Result<(), Error> {
    let header = Header::request(PAGE_SIZE as u16);
    block.0[..size_of::<Header>()].copy_from_slice(header.as_bytes());
    call(command, block)
}

fn read_scp_information(block: &mut ResponseBlock) -> Result<Information, Error> {
    // Offsets in the response (QEMU include/hw/s390x/sclp.h names the same).
    const INCREMENTS: usize = 8;
    const INCREMENT_SIZE: usize = 10;
    const CPU_COUNT: usize = 16;
    const CPU_OFFSET: usize = 18;
    const INCREMENT_SIZE_2: usize = 100;
    const INCREMENTS_2: usize = 104;

    ask(Command::ReadInformation, block)?;
    let data = &block.0;
    let increments = match u16_at(data, INCREMENTS) {
        0 => u64::read_from_prefix(&data[INCREMENTS_2..]).map_or(0, |(value, _)| value),
        count => u64::from(count),
    };
    let size = match data[INCREMENT_SIZE] {
        0 => u32::read_from_prefix(&data[INCREMENT_SIZE_2..]).map_or(0, |(value, _)| value),
        size => u32::from(size),
    };
    Ok(Information {
        memory: Some(increments.saturating_mul(u64::from(size) * MEBIBYTE)),
        cpus: CpuList::read(data, CPU_COUNT, CPU_OFFSET),
    })
}

fn read_cpu_information(block: &mut ResponseBlock) -> Result<CpuList, Error> {
    const CPU_COUNT: usize = 8;
    const CPU_OFFSET: usize = 10;

    ask(Command::ReadCpuInformation, block)?;
    Ok(CpuList::read(&block.0, CPU_COUNT, CPU_OFFSET))
}
