//! The note of this project's own: what a tool needs that no other note has.
//!
//! ```text
//!  owner "percpu-kernel", type 1: a JSON object
//!    build_id   of the kernel that was dumped, in hexadecimal
//!    cpus       for each: number, prefix, control (16 registers)
//! ```

use super::bytes::{HEADER, PROGRAM_HEADER, PT_NOTE, ProgramHeader, is_core, note, notes, number};
use super::error::Error;
use super::source::Cpu;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::os::unix::fs::FileExt;

const OWNER: &[u8] = b"percpu-kernel\0";
const KIND: u32 = 1;

/// Most bytes of notes that are looked at.
const MOST: u64 = 16 << 20;

#[derive(Deserialize, Serialize)]
struct Content {
    build_id: String,
    cpus: Vec<OfCpu>,
}

#[derive(Deserialize, Serialize)]
struct OfCpu {
    number: usize,
    prefix: u64,
    control: [u64; 16],
}

/// The note's bytes.
pub fn of(build_id: &str, cpus: &[Cpu]) -> Result<Vec<u8>, Error> {
    let cpus = (0..).zip(cpus).map(|(number, cpu)| OfCpu {
        number,
        prefix: cpu.prefix,
        control: cpu.control,
    });
    let content = Content {
        build_id: build_id.to_owned(),
        cpus: cpus.collect(),
    };
    let text = serde_json::to_vec(&content).map_err(std::io::Error::from)?;
    Ok(note(OWNER, KIND, &text))
}

/// The build ID of the kernel whose dump a file is.
pub fn build_id_of(file: &File) -> Result<String, Error> {
    let mut header = [0; HEADER];
    if file.read_exact_at(&mut header, 0).is_err() || !is_core(&header) {
        return Err(Error::NotACore);
    }
    let table = number::<8>(&header, 32)?;
    for index in 0..number::<2>(&header, 56)? {
        let mut entry = [0; PROGRAM_HEADER];
        file.read_exact_at(&mut entry, table + index * PROGRAM_HEADER as u64)?;
        let entry = ProgramHeader::read(&entry)?;
        if entry.kind != PT_NOTE || entry.size > MOST {
            continue;
        }
        let mut data = vec![0; entry.size as usize];
        file.read_exact_at(&mut data, entry.offset)?;
        let ours = notes(&data)?.into_iter().find(|note| note.owner == OWNER);
        if let Some(ours) = ours {
            let content = serde_json::from_slice::<Content>(ours.content);
            return Ok(content.map_err(std::io::Error::from)?.build_id);
        }
    }
    Err(Error::Lacks("note of this kernel: --dump didn't write it"))
}
