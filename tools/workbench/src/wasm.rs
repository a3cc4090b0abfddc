//! What a program without an operating system lacks: a heap, and an end for what can't go on.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::panic::PanicInfo;
use core::ptr::NonNull;
use linked_list_allocator::Heap;
use spin::Mutex;

/// Pages of WebAssembly's memory that are asked for at once: 1 MiB.
const MORE: usize = 16;
const PAGE: usize = 65_536;

struct Growing(Mutex<Heap>);

#[global_allocator]
static HEAP: Growing = Growing(Mutex::new(Heap::empty()));

impl Growing {
    /// Adds memory behind what there is; `false` if there is no more.
    fn grow(heap: &mut Heap, bytes: usize) -> bool {
        let pages = MORE.max(bytes.div_ceil(PAGE) + 1);
        let before = wasm32::memory_grow::<0>(pages);
        if before == usize::MAX {
            return false;
        }
        let start = before * PAGE;
        if heap.size() == 0 {
            let start = core::ptr::with_exposed_provenance_mut(start);
            #[expect(unsafe_code, reason = "a heap is made of memory")]
            // SAFETY: M4: the pages are new, and nobody else's.
            unsafe {
                heap.init(start, pages * PAGE);
            }
        } else if heap.top() as usize == start {
            #[expect(unsafe_code, reason = "a heap is made of memory")]
            // SAFETY: M4: the pages are new, and lie behind the heap's last.
            unsafe {
                heap.extend(pages * PAGE);
            }
        } else {
            return false;
        }
        true
    }
}

#[expect(
    unsafe_code,
    reason = "a global allocator is a trait of the language's"
)]
// SAFETY: M4: blocks come from the heap and go back to it, with their layouts.
unsafe impl GlobalAlloc for Growing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut heap = self.0.lock();
        loop {
            if let Ok(block) = heap.allocate_first_fit(layout) {
                return block.as_ptr();
            }
            if !Self::grow(&mut heap, layout.size() + layout.align()) {
                return core::ptr::null_mut();
            }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(block) = NonNull::new(block) {
            // SAFETY: M4: the caller's word.
            unsafe { self.0.lock().deallocate(block, layout) };
        }
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
