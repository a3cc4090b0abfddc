//! Broken initrds, from a good one (cpio, "New ASCII Format": cpio(5)).
//!
//! ```text
//!  header, 110 characters: 070702, then 13 numbers of 8 hexadecimal digits
//!  name, NUL, padding to 4 │ data, padding to 4 │ .. │ TRAILER!!!
//! ```

use super::change::until_changed;
use cpio::newc;
use fastrand::Rng;
use std::collections::BTreeSet;

const HEADER: usize = 110;
/// Where in a header the fields are that say how to go on: mode, file size, name size.
const FIELDS: [(&str, usize); 3] = [("mode", 14), ("file size", 54), ("name size", 94)];
const SIZE: usize = 54;

/// A file of the archive: where its parts begin.
#[derive(Clone, Copy, Debug)]
struct Entry {
    header: usize,
    data: usize,
    size: usize,
    /// Where the next one's header is.
    end: usize,
}

fn hexadecimal(archive: &[u8], at: usize) -> usize {
    let digits = archive.get(at..at + 8).unwrap_or_default();
    let text = std::str::from_utf8(digits).unwrap_or_default();
    usize::from_str_radix(text, 16).unwrap_or(0)
}

fn entries(archive: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut header = 0;
    while archive.len() >= header + HEADER {
        let name = hexadecimal(archive, header + 94);
        let size = hexadecimal(archive, header + SIZE);
        let data = (header + HEADER + name).next_multiple_of(4);
        let end = (data + size).next_multiple_of(4);
        entries.push(Entry {
            header,
            data,
            size,
            end,
        });
        header = end;
    }
    entries
}

/// Paths of the archive's files, as a reader of the host's has them, up to what it can't
/// read.
pub fn paths(archive: &[u8]) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut rest = archive;
    while let Ok(reader) = newc::Reader::new(rest) {
        if reader.entry().is_trailer() {
            break;
        }
        let path = reader.entry().name().to_owned();
        let Ok(behind) = reader.finish() else {
            break;
        };
        paths.insert(path);
        rest = behind;
    }
    paths
}

/// A broken archive of this good one, and what was done to it.
pub fn broken(good: &[u8], random: &mut Rng) -> (Vec<u8>, String) {
    until_changed(good, random, changed)
}

/// A change, which may come to nothing.
fn changed(good: &[u8], random: &mut Rng) -> (Vec<u8>, String) {
    let mut archive = good.to_vec();
    let entries = entries(good);
    let (trailer, files) = entries.split_last().expect("an archive has an end");
    let entry = files[random.usize(..files.len())];
    let name = good[entry.header + HEADER..entry.data].split(|&byte| byte == 0);
    let name = name
        .take(1)
        .map(String::from_utf8_lossy)
        .collect::<String>();
    let what = match random.u8(..10) {
        0 => {
            let count = random.usize(1..9);
            for _ in 0..count {
                let at = random.usize(..archive.len());
                archive[at] ^= 1 << random.u8(..8);
            }
            format!("{count} bits anywhere")
        }
        1 => {
            archive.truncate(random.usize(..archive.len()));
            format!("its first {} bytes", archive.len())
        }
        2 => {
            let (field, at) = FIELDS[random.usize(..FIELDS.len())];
            let value = [0, 1, 2, 0x7fff_ffff, u32::MAX, random.u32(..)][random.usize(..6)];
            let text = match random.u8(..4) {
                0 => "-0000001".to_owned(),
                _ => format!("{value:08x}"),
            };
            archive[entry.header + at..][..8].copy_from_slice(text.as_bytes());
            format!("{field} of {name}: {text}")
        }
        3 => {
            let size = entry.size.wrapping_add_signed(random.isize(-300..300));
            let text = format!("{:08x}", size as u32);
            archive[entry.header + SIZE..][..8].copy_from_slice(text.as_bytes());
            format!("file size of {name}: {size} for {}", entry.size)
        }
        4 => {
            // It takes the next ones for its own.
            let last = files[random.usize(..files.len())].end.max(entry.end);
            let text = format!("{:08x}", last - entry.data);
            archive[entry.header + SIZE..][..8].copy_from_slice(text.as_bytes());
            format!("{name} up to byte {last}")
        }
        5 => {
            let bytes = name.len();
            let odd = match random.u8(..6) {
                0 => vec![0; bytes],
                1 => b"../".iter().copied().cycle().take(bytes).collect(),
                2 => vec![b'\n'; bytes],
                3 => (0..bytes).map(|_| random.u8(..)).collect(),
                4 => {
                    let mut odd = name.clone().into_bytes();
                    odd[random.usize(..bytes)] ^= 1 << random.u8(..7);
                    odd
                }
                _ => {
                    let other = files[random.usize(..files.len())];
                    let mut odd = good[other.header + HEADER..][..bytes].to_vec();
                    odd.resize(bytes, b'x');
                    odd
                }
            };
            archive[entry.header + HEADER..][..bytes].copy_from_slice(&odd);
            format!("name of {name}: {}", odd.escape_ascii())
        }
        6 => {
            let count = random.usize(1..20);
            for _ in 0..count.min(entry.size) {
                archive[entry.data + random.usize(..entry.size)] = random.u8(..);
            }
            format!("{count} bytes of {name}, with their sum")
        }
        7 => {
            let end = good[trailer.header..].to_vec();
            let at = entry.end;
            archive.splice(at..at, end);
            format!("an end behind {name}")
        }
        8 => {
            let copy = good[entry.header..entry.end].to_vec();
            let at = files[random.usize(..files.len())].end;
            archive.splice(at..at, copy);
            format!("{name} a second time")
        }
        _ => {
            let from = random.usize(..archive.len());
            let bytes = random.usize(1..2000).min(archive.len() - from);
            let to = random.usize(..archive.len() - bytes);
            archive.copy_within(from..from + bytes, to);
            format!("{bytes} bytes from {from} at {to}")
        }
    };
    (archive, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn good() -> Vec<u8> {
        let mut archive = Vec::new();
        for (name, data) in [
            ("System.map", &b"0 T x"[..]),
            ("modules/a.ko", b"abc"),
            ("run", b""),
        ] {
            let bytes = data.len() as u32;
            let mut file = newc::Builder::new(name).write(&mut archive, bytes);
            file.write_all(data).unwrap();
            file.finish().unwrap();
        }
        newc::trailer(archive).unwrap()
    }

    #[test]
    fn what_is_lost_is_seen() {
        let good = good();
        assert_eq!(
            Vec::from_iter(paths(&good)),
            ["System.map", "modules/a.ko", "run"]
        );
        let second = entries(&good)[1];
        assert_eq!(paths(&good[..second.end - 4]).len(), 1);
        let end = [&good[..second.header], &good[entries(&good)[3].header..]].concat();
        assert_eq!(paths(&end).len(), 1);
    }

    #[test]
    fn a_number_breaks_the_same_each_time() {
        let good = good();
        let broken = |number| broken(&good, &mut Rng::with_seed(number));
        assert!((0..500).all(|number| broken(number).0 != good));
        assert!((0..500).all(|number| broken(number) == broken(number)));
    }
}
