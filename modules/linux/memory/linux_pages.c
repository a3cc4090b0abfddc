// SPDX-License-Identifier: MIT
/*
 * Pages: a pool of them, and a record of Linux's form for each.
 *
 *     vmemmap ─► where the record of page 0 would be: the record of a page is 64 bytes for each
 *                4,096 of its address further, and there is one for each page of the pool
 *     record     0 flags, locked by the lowest  24 mapping  52 references
 */
#include "../provider.h"
#include <asm/page.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct page {
	unsigned long flags;
	char before[16];
	unsigned long mapping;
	char between[16];
	int maps;
	atomic_t references;
	char rest[8];
};
static_assert(offsetof(struct page, mapping) == 24);
static_assert(offsetof(struct page, references) == 52);
static_assert(sizeof(struct page) == 64);

#define LOCKED 0
#define POOL_PAGES 512

struct page *vmemmap;
OFFER_DATA(vmemmap);

static struct page *records;
static char *memory;
static u8 taken[POOL_PAGES];
static DEFINE_SPINLOCK(taking);

static unsigned long first_page(void)
{
	return PAGE_ALIGN((unsigned long)memory) >> PAGE_SHIFT;
}

static void *address_of(const struct page *page)
{
	return (void *)((unsigned long)(page - vmemmap) << PAGE_SHIFT);
}

/* The first of so many free pages in the pool; -1 if there are none. */
static int free_run(unsigned int count)
{
	unsigned int run = 0;

	for (unsigned int at = 0; at < POOL_PAGES; at++) {
		run = taken[at] ? 0 : run + 1;
		if (run == count && !((at + 1 - count) & (count - 1)))
			return at + 1 - count;
		if (run == count)
			run--;
	}
	return -1;
}

static void set_taken(unsigned int first, unsigned int count, u8 value)
{
	for (unsigned int at = first; at < first + count; at++)
		taken[at] = value;
}

struct page *take_pages(gfp_t flags, unsigned int order, int node, void *nodes)
{
	unsigned int count = 1u << order;
	unsigned long state;
	struct page *page;
	int first;

	(void)node;
	(void)nodes;
	if (count > POOL_PAGES)
		return NULL;
	spin_lock_irqsave(&taking, state);
	first = free_run(count);
	if (first >= 0)
		set_taken(first, count, 1);
	spin_unlock_irqrestore(&taking, state);
	if (first < 0)
		return NULL;
	page = &records[first];
	memset(page, 0, count * sizeof(*page));
	for (unsigned int at = 0; at < count; at++)
		page[at].maps = -1;
	atomic_set(&page->references, 1);
	if (flags & __GFP_ZERO)
		memset(address_of(page), 0, count * PAGE_SIZE);
	return page;
}
OFFER_AS(__alloc_pages, take_pages);

static void give_pages(struct page *page, unsigned int order)
{
	unsigned long state;

	spin_lock_irqsave(&taking, state);
	WARN_ON(!taken[page - records]);
	set_taken(page - records, 1u << order, 0);
	spin_unlock_irqrestore(&taking, state);
}

void put_pages(struct page *page, unsigned int order)
{
	if (atomic_dec_and_test(&page->references))
		give_pages(page, order);
}
OFFER_AS(__free_pages, put_pages);

/* The last reference was given back: of one page. */
void last_put(struct page *page)
{
	give_pages(page, 0);
}
OFFER_AS(__folio_put, last_put);

unsigned long take_addresses(gfp_t flags, unsigned int order)
{
	struct page *page = take_pages(flags, order, -1, NULL);

	return page ? (unsigned long)address_of(page) : 0;
}
OFFER_AS(__get_free_pages, take_addresses);

void put_addresses(unsigned long address, unsigned int order)
{
	if (address)
		put_pages(vmemmap + (address >> PAGE_SHIFT), order);
}
OFFER_AS(free_pages, put_addresses);

void unlock(struct page *page)
{
	smp_mb();
	clear_bit(LOCKED, &page->flags);
}
OFFER_AS(unlock_page, unlock);
OFFER_AS(folio_unlock, unlock);

void wait_for_bit(struct page *page, int bit)
{
	while (test_bit(bit, &page->flags))
		__wait_a_turn();
}
OFFER_AS(folio_wait_bit, wait_for_bit);

void wait_and_lock(struct page *page)
{
	while (test_and_set_bit(LOCKED, &page->flags))
		__wait_a_turn();
}
OFFER_AS(__folio_lock, wait_and_lock);

/* Pages whose owner can move what is in them: nobody asks it to. */
#define MOVABLE 2ul

void set_movable(struct page *page, const void *operations)
{
	page->mapping = (unsigned long)operations | MOVABLE;
}
OFFER_AS(__SetPageMovable, set_movable);

void clear_movable(struct page *page)
{
	page->mapping = MOVABLE;
}
OFFER_AS(__ClearPageMovable, clear_movable);

/* How many pages are used for what, by Linux's numbers. */
static atomic_t uses[16];

void count_use(const struct page *page, unsigned int use)
{
	(void)page;
	if (use < ARRAY_SIZE(uses))
		atomic_inc(&uses[use]);
}
OFFER_AS(inc_zone_page_state, count_use);

void count_no_use(const struct page *page, unsigned int use)
{
	(void)page;
	if (use < ARRAY_SIZE(uses))
		atomic_dec(&uses[use]);
}
OFFER_AS(dec_zone_page_state, count_no_use);

/* For the tests. */
int pages_used_for(unsigned int use)
{
	return use < ARRAY_SIZE(uses) ? atomic_read(&uses[use]) : 0;
}
EXPORT_SYMBOL(pages_used_for);

int pages_taken(void)
{
	int count = 0;

	for (unsigned int at = 0; at < POOL_PAGES; at++)
		count += taken[at];
	return count;
}
EXPORT_SYMBOL(pages_taken);

static int __init begin(void)
{
	memory = kmalloc((POOL_PAGES + 1) * PAGE_SIZE, GFP_KERNEL);
	records = kcalloc(POOL_PAGES, sizeof(*records), GFP_KERNEL);
	if (!memory || !records) {
		kfree(memory);
		kfree(records);
		return -ENOMEM;
	}
	vmemmap = records - first_page();
	return 0;
}
module_init(begin);

static void __exit end(void)
{
	WARN_ON(pages_taken());
	kfree(memory);
	kfree(records);
}
module_exit(end);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers pages to Linux's modules");
