//! The whole way of a file through the loader: validate, plan, link, and all that the kernel
//! asks of the result. The fuzz target `loader` goes it, too (`fuzz/src/lib.rs`).

use super::memory;
use loader::linux::{self, Tables, Versions};
use loader::{LoadError, Object, Plan, Startup};
use std::fmt::{self, Write};

/// Where an image goes: far from what it imports.
const BASE: u64 = 0x200_0000_0000;

/// The handle of its per-CPU data.
const HANDLE: u64 = 0x8000_0000;

/// The loader's own memory, for a file of so many bytes.
fn allowed(file: usize) -> usize {
    16 * file
}

/// What the machine offers for a module: larger ones are turned away, as the
/// kernel does whose memory doesn't suffice. How large a module gets is what its
/// sections say (a NOBITS section of any size costs 64 bytes of file).
const MOST_IMAGE: u64 = 1 << 18;

/// Takes text, and keeps nothing.
struct Sink;

impl Write for Sink {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

/// Memory for images, used again and again.
pub struct Machine {
    image: Vec<u8>,
    template: Vec<u8>,
}

/// How far an input came: the step that refused it, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Parse,
    Plan,
    Memory,
    Link,
    Done,
}

impl Machine {
    /// One with memory for an image of any size that is taken.
    pub fn new() -> Self {
        Self {
            image: vec![0; MOST_IMAGE as usize],
            template: vec![0; MOST_IMAGE as usize],
        }
    }

    /// All that the kernel does with a file; `odd` chooses where it goes, and which names
    /// are known.
    pub fn load(&mut self, data: &[u8], odd: u64) -> Stage {
        let print = |error: LoadError| {
            let _ = write!(Sink, "{error}");
        };
        let object = match Object::parse(data) {
            Ok(object) => object,
            Err(error) => {
                print(error);
                return Stage::Parse;
            }
        };
        let _ = object.information().count();
        let plan = match Plan::new(&object) {
            Ok(plan) => plan,
            Err(error) => {
                print(error);
                return Stage::Plan;
            }
        };
        let layout = plan.layout();
        let (size, (template, align)) = (layout.size(), layout.per_cpu());
        if size > MOST_IMAGE || template > MOST_IMAGE {
            return Stage::Memory;
        }
        // The kernel's allocators see to these.
        assert!(size.is_multiple_of(loader::PAGE_SIZE));
        assert!(align.is_power_of_two() && align <= loader::PAGE_SIZE);
        let image = &mut self.image[..size as usize];
        let template = &mut self.template[..template as usize];
        image.fill(0);
        template.fill(0);
        let (base, handle) = match odd % 16 {
            0 => (0, 0),
            1 => ((size + 0x1000).wrapping_neg(), u64::MAX - 0xfff),
            2 => (u64::MAX - 0xfff, HANDLE),
            3 => (1 << 30, HANDLE),
            _ => (BASE, HANDLE),
        };
        let mut resolve = |name: &str, _| match name.len() as u64 ^ (odd >> 8) {
            number if number % 16 == 0 => None,
            number if number % 16 == 1 => Some(number),
            number if number % 2 == 0 => Some(0x10_0000),
            _ => Some(base.wrapping_add(0x10_0000)),
        };
        let linked = loader::link(&plan, base, handle, &mut resolve, image, template);
        let (linked, bindings) = match linked {
            Ok(linked) => linked,
            Err(error) => {
                print(error);
                return Stage::Link;
            }
        };
        let _ = loader::image_hash(image, template);
        if let Err(error) = Startup::of(layout, base, image) {
            let _ = write!(Sink, "{error}");
        }
        if let Err(error) = Tables::of(layout, base, image) {
            let _ = write!(Sink, "{error}");
        }
        match Versions::of(plan.object()) {
            Ok(versions) => _ = versions.crc("module_layout"),
            Err(error) => _ = write!(Sink, "{error}"),
        }
        let _ = linux::stores_preempt_count(layout) && linux::is_linux(plan.object());
        let words = ["value=-7", "text=some", "other"].into_iter();
        let _ = loader::set_parameters(layout, base, image, words, &mut |_| Some(8));
        let _ = linked.address("init_module");
        let _ = linked.exports().len() + linked.functions().count();
        let _ = linked.variables().count() + bindings.symbols().count();
        let _ = bindings.relocations(&plan).count();
        Stage::Done
    }

    /// Loads, and checks what it cost.
    pub fn check(&mut self, data: &[u8], odd: u64) -> Stage {
        let (stage, most) = memory::most_held(|| self.load(data, odd));
        let limit = allowed(data.len());
        assert!(most <= limit, "{most} bytes for a file of {}", data.len());
        stage
    }
}
