//! Modules in C that misuse memory: what each does, and what must be reported of it.
//!
//! The code of a case is the body of a function `misuse`, which the module's init calls.

/// What must be reported of a misuse.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// A report of this headline, found so; it names who allocated, and `true`: who freed.
    Report(&'static str, When, bool),
    /// A report of this headline, of no block.
    Headline(&'static str),
    /// No report, but this line of the module's own: what it read was a pattern.
    Reads(&'static str),
    /// The end of the run, with these words.
    Ends(&'static [&'static str]),
}

/// When a misuse is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By the call that does it.
    AtOnce,
    /// When the block is freed.
    Free,
    /// When init has returned.
    Return,
    /// When the module is unloaded.
    Unload,
}

/// A module that misuses memory.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub code: &'static str,
    /// What must be reported.
    pub expected: Expected,
}

const fn case(name: &'static str, code: &'static str, expected: Expected) -> Case {
    Case {
        name,
        code,
        expected,
    }
}

use Expected::{Ends, Headline, Reads, Report};
use When::{AtOnce, Free, Return, Unload};

/// What each has before its code.
pub const PRELUDE: &str = "
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
struct item { struct item *next; long values[9]; };
static DEFINE_PER_CPU(int, own);
static DEFINE_PER_CPU(int[4], row);
static __maybe_unused int global;
static __maybe_unused void *volatile kept;
static noinline __maybe_unused void *block(size_t bytes) { void *it = kmalloc(bytes, GFP_KERNEL); barrier(); return it; }
static noinline __maybe_unused void store(void *at, char value) { *(volatile char *)at = value; barrier(); }
static noinline __maybe_unused char load(const void *at) { char it = *(const volatile char *)at; barrier(); return it; }
#define CACHE(name) kmem_cache_create(name, 40, 8, 0, NULL)
";

/// The modules whose misuse the kernel goes on after.
pub const SURVIVED: &[Case] = &[
    case(
        "overrun_1",
        "char *a = block(24); store(a + 24, 1); kfree(a);",
        Report("written past the end: 1 byte from offset 24 on", Free, true),
    ),
    case(
        "overrun_8",
        "char *a = block(32); memset(a + 32, 1, 8); kfree(a);",
        Report(
            "written past the end: 8 bytes from offset 32 on",
            Free,
            true,
        ),
    ),
    case(
        "overrun_odd",
        "char *a = block(13); store(a + 13, 1); kfree(a);",
        Report("written past the end: 1 byte from offset 13 on", Free, true),
    ),
    case(
        "overrun_4096",
        "char *a = block(4096); memset(a, 1, 8192); kfree(a);",
        Report(
            "written past the end: 4096 bytes from offset 4096 on",
            Free,
            true,
        ),
    ),
    case(
        "overrun_large",
        "char *a = block(20000); store(a + 20000, 1); kfree(a);",
        Report(
            "written past the end: 1 byte from offset 20000 on",
            Free,
            true,
        ),
    ),
    case(
        "overrun_live",
        "char *a = block(100); store(a + 100, 1); kept = a;",
        Report(
            "written past the end: 1 byte from offset 100 on",
            Return,
            false,
        ),
    ),
    case(
        "overrun_behind",
        "char *a = block(8); store(a + 8 + 15, 1); kfree(a);",
        Report("written past the end: 1 byte from offset 23 on", Free, true),
    ),
    case(
        "overrun_neighbour",
        "char *a = block(64), *b = block(64); memset(a + 64, 1, b > a ? b - a - 64 : 200); kfree(a); kfree(b);",
        Report("written past the end", Free, true),
    ),
    case(
        "overrun_text",
        "char *a = kstrdup(\"four\", GFP_KERNEL); strcat(a, \"!\"); kfree(a);",
        Report("written past the end: 1 byte from offset 5 on", Free, true),
    ),
    case(
        "overrun_copy",
        "char *a = kmemdup(\"four\", 4, GFP_KERNEL); store(a + 4, 0); kfree(a);",
        Report("written past the end: 1 byte from offset 4 on", Free, true),
    ),
    case(
        "overrun_grown",
        "char *a = krealloc(block(8), 30, GFP_KERNEL); store(a + 30, 0); kfree(a);",
        Report("written past the end: 1 byte from offset 30 on", Free, true),
    ),
    case(
        "underrun_1",
        "char *a = block(24); store(a - 1, 1); kfree(a);",
        Report(
            "written before the start: 1 byte from offset -1 on",
            Free,
            true,
        ),
    ),
    case(
        "underrun_16",
        "char *a = block(24); memset(a - 16, 1, 16); kfree(a);",
        Report(
            "written before the start: 16 bytes from offset -16 on",
            Free,
            true,
        ),
    ),
    case(
        "free_twice",
        "char *a = block(24); kfree(a); kfree(a);",
        Report("freed twice: 24 bytes of kmalloc", AtOnce, true),
    ),
    case(
        "free_twice_between",
        "char *a = block(24); kfree(a); kept = block(24); kfree(a);",
        Report("freed twice: 24 bytes of kmalloc", AtOnce, true),
    ),
    case(
        "free_twice_sensitive",
        "char *a = block(24); kfree_sensitive(a); kfree(a);",
        Report("freed twice: 24 bytes of kmalloc", AtOnce, true),
    ),
    case(
        "free_inside",
        "char *a = block(24); kfree(a + 8); kept = a;",
        Report("freed by an address inside", AtOnce, false),
    ),
    case(
        "free_inside_freed",
        "char *a = block(24); kfree(a); kfree(a + 8);",
        Report("freed by an address inside", AtOnce, true),
    ),
    // What would pass for a block's size and link, if those stood in front of blocks.
    case(
        "forged_header",
        "long *a = block(96); a[2] = 64; a[3] = (long)&a[8]; kfree(a + 4); kept = a;",
        Report("freed by an address inside", AtOnce, false),
    ),
    case(
        "forged_header_global",
        "static long made[8] = { 48, 0 }; made[1] = (long)&made[4]; kfree(made + 2);",
        Report("freed by kfree: the image of module", AtOnce, false),
    ),
    case(
        "forged_header_own",
        "long *a = block(64); a[-2] = 4096; a[-1] = (long)&global; kfree(a);",
        Report(
            "written before the start: 16 bytes from offset -16 on",
            Free,
            true,
        ),
    ),
    case(
        "free_end",
        "char *a = block(24); kfree(a + 24); kept = a;",
        Report("freed by an address inside", AtOnce, false),
    ),
    case(
        "free_local",
        "volatile int local = 1; kfree((void *)&local);",
        Headline("freed by kfree, and no block"),
    ),
    case(
        "free_global",
        "kfree(&global);",
        Report("freed by kfree: the image of module", AtOnce, false),
    ),
    case(
        "free_number",
        "kfree((void *)0x123456789);",
        Headline("freed by kfree, and no block: 0x123456789"),
    ),
    case(
        "vfree_of_kmalloc",
        "kept = block(24); vfree(kept);",
        Report("freed by vfree: 24 bytes of kmalloc", AtOnce, false),
    ),
    case(
        "kfree_of_vmalloc",
        "kept = vmalloc(100); kfree(kept);",
        Report("freed by kfree: 100 bytes of vmalloc", AtOnce, false),
    ),
    case(
        "kfree_of_percpu",
        "int __percpu *a = alloc_percpu(int); kfree((void *)a); kept = (void *)a;",
        Report("freed by kfree: 4 bytes of per-CPU memory", AtOnce, false),
    ),
    case(
        "percpu_free_of_kmalloc",
        "kept = block(24); free_percpu((void __percpu *)kept);",
        Report("freed by free_percpu: 24 bytes of kmalloc", AtOnce, false),
    ),
    case(
        "percpu_free_of_vmalloc",
        "kept = vmalloc(100); free_percpu((void __percpu *)kept);",
        Report("freed by free_percpu: 100 bytes of vmalloc", AtOnce, false),
    ),
    case(
        "vfree_of_percpu",
        "int __percpu *a = alloc_percpu(int); vfree((void *)a); kept = (void *)a;",
        Report("freed by vfree: 4 bytes of per-CPU memory", AtOnce, false),
    ),
    case(
        "write_after_free",
        "char *a = block(24); kfree(a); store(a + 5, 1);",
        Report(
            "written after it was freed: 1 byte from offset 5 on",
            Return,
            true,
        ),
    ),
    case(
        "write_after_free_all",
        "char *a = block(24); kfree(a); memset(a, 0, 24);",
        Report(
            "written after it was freed: 24 bytes from offset 0 on",
            Return,
            true,
        ),
    ),
    case(
        "write_after_free_large",
        "char *a = block(20000); kfree(a); store(a + 9999, 1);",
        Report(
            "written after it was freed: 1 byte from offset 9999 on",
            Return,
            true,
        ),
    ),
    case(
        "write_after_free_between",
        "char *a = block(24); kfree(a); kept = block(24); store(a, 1);",
        Report(
            "written after it was freed: 1 byte from offset 0 on",
            Return,
            true,
        ),
    ),
    case(
        "write_after_krealloc",
        "char *a = block(24); kept = krealloc(a, 100, GFP_KERNEL); store(a, 1);",
        Report(
            "written after it was freed: 1 byte from offset 0 on",
            Return,
            true,
        ),
    ),
    case(
        "overrun_after_free",
        "char *a = block(24); kfree(a); store(a + 24, 1);",
        Report(
            "written past the end: 1 byte from offset 24 on",
            Return,
            true,
        ),
    ),
    case(
        "read_after_free",
        "char *a = block(24); store(a, 1); kfree(a); pr_info(\"read %x\\n\", load(a));",
        Reads("read 6b"),
    ),
    case(
        "read_fresh",
        "kept = block(24); pr_info(\"read %x\\n\", load(kept) & 0xff);",
        Reads("read a5"),
    ),
    case(
        "read_beyond",
        "kept = block(24); pr_info(\"read %x\\n\", load(kept + 24) & 0xff);",
        Reads("read bb"),
    ),
    case(
        "krealloc_freed",
        "char *a = block(24); kfree(a); kept = krealloc(a, 100, GFP_KERNEL);",
        Report("freed twice: 24 bytes of kmalloc", AtOnce, true),
    ),
    case(
        "cache_overrun",
        "struct kmem_cache *c = CACHE(\"c\"); char *a = kmem_cache_alloc(c, GFP_KERNEL); store(a + 40, 1); kmem_cache_free(c, a); kmem_cache_destroy(c);",
        Report("written past the end: 1 byte from offset 40 on", Free, true),
    ),
    case(
        "cache_other",
        "struct kmem_cache *c = CACHE(\"c\"), *d = CACHE(\"d\"); kept = kmem_cache_alloc(c, GFP_KERNEL); kmem_cache_free(d, kept);",
        Report(
            "freed to another cache than its own: 40 bytes of a kmem_cache",
            AtOnce,
            false,
        ),
    ),
    case(
        "cache_of_kmalloc",
        "struct kmem_cache *c = CACHE(\"c\"); kept = block(40); kmem_cache_free(c, kept);",
        Report(
            "freed to another cache than its own: 40 bytes of kmalloc",
            AtOnce,
            false,
        ),
    ),
    case(
        "kfree_of_cache",
        "struct kmem_cache *c = CACHE(\"c\"); kept = kmem_cache_alloc(c, GFP_KERNEL); kfree(kept);",
        Report(
            "freed to another cache than its own: 40 bytes of a kmem_cache",
            AtOnce,
            false,
        ),
    ),
    case(
        "cache_free_twice",
        "struct kmem_cache *c = CACHE(\"c\"); char *a = kmem_cache_alloc(c, GFP_KERNEL); kmem_cache_free(c, a); kmem_cache_free(c, a); kmem_cache_destroy(c);",
        Report("freed twice: 40 bytes of a kmem_cache", AtOnce, true),
    ),
    case(
        "cache_write_after_free",
        "struct kmem_cache *c = CACHE(\"c\"); char *a = kmem_cache_alloc(c, GFP_KERNEL); kmem_cache_free(c, a); store(a, 1); kmem_cache_destroy(c);",
        Report(
            "written after it was freed: 1 byte from offset 0 on",
            Return,
            true,
        ),
    ),
    case(
        "cache_in_use",
        "struct kmem_cache *c = CACHE(\"c\"); kept = kmem_cache_alloc(c, GFP_KERNEL); kmem_cache_destroy(c);",
        Report(
            "a cache is destroyed while 1 object of it live",
            AtOnce,
            false,
        ),
    ),
    case(
        "cache_destroyed_twice",
        "struct kmem_cache *c = CACHE(\"c\"); kmem_cache_destroy(c); kmem_cache_destroy(c);",
        Report("used after it was destroyed", AtOnce, true),
    ),
    case(
        "cache_used_destroyed",
        "struct kmem_cache *c = CACHE(\"c\"); kmem_cache_destroy(c); kept = kmem_cache_alloc(c, GFP_KERNEL);",
        Report("used after it was destroyed", AtOnce, true),
    ),
    case(
        "percpu_overrun",
        "int __percpu *a = alloc_percpu(int); per_cpu_ptr(a, 1)[1] = 7; free_percpu(a);",
        Report("written past the end: 4 bytes from offset 4 on", Free, true),
    ),
    case(
        "percpu_overrun_neighbour",
        "char __percpu *a = __alloc_percpu(8, 8), __percpu *b = __alloc_percpu(8, 8); memset(per_cpu_ptr(a, 0) + 8, 1, 32); free_percpu(a); free_percpu(b);",
        Report("written past the end", Free, true),
    ),
    case(
        "percpu_underrun",
        "int __percpu *a = alloc_percpu(int); per_cpu_ptr(a, 0)[-1] = 7; free_percpu(a);",
        Report(
            "written before the start: 4 bytes from offset -4 on",
            Free,
            true,
        ),
    ),
    case(
        "percpu_other_copy",
        "int __percpu *a = alloc_percpu(int); free_percpu(a); *per_cpu_ptr(a, 1) = 7;",
        Report("in the copy of cpu 1", Return, true),
    ),
    case(
        "percpu_inc_freed",
        "int __percpu *a = alloc_percpu(int); free_percpu(a); this_cpu_inc(*a);",
        Report(
            "written after it was freed: 1 byte from offset 3 on",
            Return,
            true,
        ),
    ),
    case(
        "percpu_read_freed",
        "int __percpu *a = alloc_percpu(int); free_percpu(a); pr_info(\"read %x\\n\", *per_cpu_ptr(a, 1));",
        Reads("read 6b6b6b6b"),
    ),
    case(
        "percpu_free_twice",
        "int __percpu *a = alloc_percpu(int); free_percpu(a); free_percpu(a);",
        Report("freed twice: 4 bytes of per-CPU memory", AtOnce, true),
    ),
    case(
        "percpu_free_inside",
        "char __percpu *a = __alloc_percpu(64, 8); free_percpu(a + 8); kept = (void *)a;",
        Report("freed by an address inside", AtOnce, false),
    ),
    case(
        "percpu_free_static",
        "free_percpu(&own);",
        Report("of the per-CPU variables of module", AtOnce, false),
    ),
    case(
        "percpu_static_overrun",
        "per_cpu(row, 1)[5] = 7;",
        Report("of the per-CPU variables of module", Return, false),
    ),
    case(
        "vmalloc_overrun",
        "char *a = vmalloc(100); store(a + 100, 1); vfree(a);",
        Report(
            "written past the end: 1 byte from offset 100 on",
            Free,
            true,
        ),
    ),
    case(
        "vfree_twice",
        "char *a = vmalloc(100); vfree(a); vfree(a);",
        Report("freed twice: 100 bytes of vmalloc", AtOnce, true),
    ),
    case(
        "vfree_inside",
        "char *a = vmalloc(10000); vfree(a + 4096); kept = a;",
        Report("freed by an address inside", AtOnce, false),
    ),
    case(
        "leak",
        "kept = block(24);",
        Report(
            "left behind by a module that was unloaded: 24 bytes of kmalloc",
            Unload,
            false,
        ),
    ),
    case(
        "leak_percpu",
        "kept = (void *)alloc_percpu(int);",
        Report(
            "left behind by a module that was unloaded: 4 bytes of per-CPU memory",
            Unload,
            false,
        ),
    ),
    case(
        "leak_vmalloc",
        "kept = vmalloc(5000);",
        Report(
            "left behind by a module that was unloaded: 5000 bytes of vmalloc",
            Unload,
            false,
        ),
    ),
    case(
        "leak_cache",
        "kept = CACHE(\"c\");",
        Report("left behind by a module that was unloaded", Unload, false),
    ),
];

/// Those that end the run, each with a report that has the reason.
pub const ENDING: &[Case] = &[
    case(
        "null_read",
        "pr_info(\"%d\\n\", *(volatile int *)kept);",
        Ends(&[
            "the compiler's trap for a null pointer",
            "misuse+0x",
            "[null_read]",
        ]),
    ),
    case(
        "null_field",
        "struct item *it = kept; pr_info(\"%ld\\n\", it->values[3]);",
        Ends(&[
            "the compiler's trap for a null pointer",
            "misuse+0x",
            "[null_field]",
        ]),
    ),
    case(
        "null_write",
        "memset(kept, 1, 4);",
        Ends(&["protection", "[null_write]"]),
    ),
    case(
        "low_write",
        "store(kept + 0x2000, 1);",
        Ends(&["0x2000", "[low_write]"]),
    ),
    case(
        "no_bytes",
        "char *a = block(0); store(a, 1);",
        Ends(&["protection", "[no_bytes]"]),
    ),
    case(
        "pointer_of_freed",
        "struct item *a = block(sizeof(*a)); a->next = a; kfree(a); pr_info(\"%ld\\n\", ((volatile struct item *)a)->next->values[0]);",
        Ends(&[
            "a pointer that was read from freed memory",
            "[pointer_of_freed]",
        ]),
    ),
    case(
        "pointer_of_fresh",
        "struct item *a = block(sizeof(*a)); kept = a; pr_info(\"%ld\\n\", ((volatile struct item *)a)->next->values[0]);",
        Ends(&["before anything was written there", "[pointer_of_fresh]"]),
    ),
    case(
        "pointer_beyond",
        "struct item *a = block(sizeof(*a)); kept = a; pr_info(\"%ld\\n\", ((volatile struct item *)(a + 1))->next->values[0]);",
        Ends(&["from beyond the end of a block", "[pointer_beyond]"]),
    ),
    case(
        "vmalloc_page",
        "char *a = vmalloc(4096); store(a + 4096, 1);",
        Ends(&[
            "in or right behind the area of 4096 bytes",
            "allocated by",
            "[vmalloc_page]",
        ]),
    ),
    case(
        "vmalloc_freed",
        "char *a = vmalloc(4096); vfree(a); store(a, 1);",
        Ends(&[
            "the freed area of 4096 bytes",
            "freed by",
            "[vmalloc_freed]",
        ]),
    ),
    case(
        "stack",
        "volatile char frame[70000]; frame[0] = 1; frame[69999] = 1; pr_info(\"%d\\n\", frame[5]);",
        Ends(&["guard page", "[stack]"]),
    ),
];
