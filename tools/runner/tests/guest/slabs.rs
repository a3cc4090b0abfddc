//! Objects of slabs, as a module in C and a person see them.

use crate::run::{TestResult, runner};
use std::fs;

/// A module that frees what isn't its to free: each is said, with the function that did it,
/// and changes nothing.
pub fn wrong_frees() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("wrong.c");
    let text = "
        #include <linux/module.h>
        #include <linux/slab.h>
        struct item { long values[10]; };
        static int __init begin(void)
        {
                char *block = kmalloc(100, GFP_KERNEL);
                struct kmem_cache *items = KMEM_CACHE(item, 0);
                struct item *item = kmem_cache_alloc(items, GFP_KERNEL);
                kfree(block + 8);
                kfree(block);
                kfree(block);
                kfree(&block);
                kmem_cache_free(items, kmalloc(1000, GFP_KERNEL));
                kmem_cache_destroy(items);
                kmem_cache_free(items, item);
                kmem_cache_destroy(items);
                kmem_cache_destroy(items);
                return 0;
        }
        module_init(begin);
        MODULE_LICENSE(\"GPL\");
    ";
    fs::write(&source, text)?;
    let path = source.to_string_lossy();
    let run = runner(&["--module", &path, "--run", "insmod wrong; slabinfo"]);
    run.must_exit(0)?;
    let said = [
        "inside the block of 128 bytes at",
        "a block of 128 bytes that has been freed before",
        "no block of kmalloc",
        "an object of 1024 bytes, which cache item has none of",
        "cache item still has 1 objects, and stays",
        "which is no cache",
    ];
    for text in said {
        run.must(
            run.lines_with(&[text, "begin+0x", "[wrong]"]).len() == 1,
            text,
        )?;
    }
    let left = run.lines_with(&["kmalloc-1024", "1"]);
    run.must(left.len() == 1, "the block that is still live is counted")
}

/// A module that takes all memory there is: its blocks end, and the kernel goes on.
pub fn all_memory() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("greedy.c");
    let text = "
        #include <linux/module.h>
        #include <linux/slab.h>
        struct block { struct block *next; char rest[1000]; };
        static struct block *blocks;
        static unsigned long count;
        static int __init begin(void)
        {
                struct block *block;
                while ((block = kmalloc(sizeof(*block), GFP_KERNEL))) {
                        block->next = blocks;
                        blocks = block;
                        count++;
                }
                pr_info(\"greedy: %lu blocks\\n\", count);
                return 0;
        }
        static void __exit end(void)
        {
                while (blocks) {
                        struct block *block = blocks;
                        blocks = block->next;
                        kfree(block);
                }
        }
        module_init(begin);
        module_exit(end);
        MODULE_LICENSE(\"GPL\");
    ";
    fs::write(&source, text)?;
    let path = source.to_string_lossy();
    let commands =
        "insmod greedy; lsmod; meminfo; percpu; rmmod greedy; insmod counter; rmmod counter";
    let run = runner(&["--memory", "64M", "--module", &path, "--run", commands]);
    // The last needs memory: it is there again.
    run.must_exit(0)?;
    let taken = run.lines_with(&["greedy: ", "blocks"]);
    let blocks = taken.first().and_then(|line| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        words.iter().rev().nth(1)?.parse::<usize>().ok()
    });
    run.must(
        blocks.is_some_and(|blocks| blocks > 40_000),
        "most of 64 MiB is taken",
    )
}
