//! Objects of slabs, as a module in C and a person see them.

use crate::run::{TestResult, runner};
use std::fs;

/// A module that frees what isn't its to free: each is reported, with the function that did it,
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
    let reports = [
        "inside the block of 128 bytes at",
        "a block of 128 bytes that has been freed before",
        "no block of kmalloc",
        "an object of 1024 bytes, which cache item has none of",
        "cache item still has 1 objects, and stays",
        "which is no cache",
    ];
    for text in reports {
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

/// A module that takes all there is by each allocator, until each refuses: the kernel still
/// loads another one, runs commands, and ends as it should; with and without `sanity=1`.
pub fn all_by_each_allocator() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("greedy.c");
    let text = "
        #include <linux/kthread.h>
        #include <linux/module.h>
        #include <linux/percpu.h>
        #include <linux/slab.h>
        #include <linux/vmalloc.h>
        struct block { struct block *next; };
        static struct block *objects, *large, *cached, *areas;
        static unsigned long *handles;
        static unsigned long counts[5];
        static struct kmem_cache *cache;
        static struct task_struct *threads[64];
        static unsigned long threads_made;
        static int runs(void *data) { return data ? 1 : 0; }
        #define TAKE(list, what, number)                                        \\
                for (struct block *it; (it = (what)); counts[number]++) {       \\
                        it->next = list;                                        \\
                        list = it;                                              \\
                }
        #define GIVE(list, give)                                                \\
                while (list) {                                                  \\
                        struct block *it = list;                                \\
                        list = it->next;                                        \\
                        give;                                                   \\
                }
        static int __init begin(void)
        {
                unsigned long handle, most = 60000;
                handles = vmalloc(most * sizeof(*handles));
                cache = KMEM_CACHE(block, 0);
                if (!handles || !cache)
                        return -ENOMEM;
                TAKE(objects, counts[3] < 100 ? kmalloc(1000, GFP_KERNEL) : NULL, 3);
                TAKE(areas, counts[1] < 100 ? vmalloc(9000) : NULL, 1);
                while (counts[0] < most &&
                       (handle = (unsigned long)__alloc_percpu(4096, 8)))
                        handles[counts[0]++] = handle;
                TAKE(cached, counts[4] < 100 ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL, 4);
                TAKE(areas, vmalloc(9000), 1);
                TAKE(large, kmalloc(50000, GFP_KERNEL), 2);
                TAKE(objects, kmalloc(1000, GFP_KERNEL), 3);
                TAKE(cached, kmem_cache_alloc(cache, GFP_KERNEL), 4);
                TAKE(objects, kmalloc(8, GFP_KERNEL), 3);
                while (counts[0] < most &&
                       (handle = (unsigned long)__alloc_percpu(8, 8)))
                        handles[counts[0]++] = handle;
                while (threads_made < ARRAY_SIZE(threads) &&
                       !IS_ERR(threads[threads_made] = kthread_create(runs, NULL, \"greedy\")))
                        threads_made++;
                pr_info(\"greedy: %lu threads\\n\", threads_made);
                for (int kind = 0; kind < 5; kind++)
                        pr_info(\"greedy: kind %d, %lu blocks\\n\", kind, counts[kind]);
                return 0;
        }
        static void __exit end(void)
        {
                while (threads_made)
                        kthread_stop(threads[--threads_made]);
                while (counts[0])
                        free_percpu((void __percpu *)handles[--counts[0]]);
                GIVE(areas, vfree(it));
                GIVE(large, kfree(it));
                GIVE(objects, kfree(it));
                GIVE(cached, kmem_cache_free(cache, it));
                kmem_cache_destroy(cache);
                vfree(handles);
        }
        module_init(begin);
        module_exit(end);
        MODULE_LICENSE(\"GPL\");
    ";
    fs::write(&source, text)?;
    let path = source.to_string_lossy();
    let commands = "insmod greedy; insmod counter; call counter_hit; insmod dynamic; lsmod; \
                    meminfo; percpu; slabinfo; rmmod dynamic; rmmod counter; rmmod greedy; \
                    insmod counter; rmmod counter";
    for word in ["sanity=0", "sanity=1"] {
        let run = runner(&[
            "--memory",
            "64M",
            "--timeout",
            "200",
            "--append",
            word,
            "--module",
            &path,
            "--run",
            commands,
        ]);
        run.must_exit(0)?;
        // Their stacks would be of what is the kernel's.
        let none = run.lines_with(&["greedy: 0 threads"]).len() == 1;
        run.must(none, &format!("{word}: threads have no memory"))?;
        for kind in 0..5 {
            let start = format!("greedy: kind {kind}, ");
            let lines = run.lines_with(&[&start, "blocks"]);
            let took = lines.len() == 1 && !lines[0].contains(", 0 blocks");
            run.must(took, &format!("{word}: what it took of kind {kind}"))?;
        }
    }
    Ok(())
}
