/* What modules/lib has: sorting, searching, sums, and memory as text. */
#include <linux/bsearch.h>
#include <linux/crc16.h>
#include <linux/crc7.h>
#include <linux/gcd.h>
#include <linux/hash.h>
#include <linux/lcm.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/stringhash.h>
#include <linux/min_heap.h>
#include <asm/unaligned.h>

#include "ctest.h"

static int compare(const void *a, const void *b)
{
	const int *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static int compare_from(const void *a, const void *b, const void *context)
{
	return *(const int *)context * compare(a, b);
}

static unsigned int swaps;

static void swap_ints(void *a, void *b, int bytes)
{
	int *left = a, *right = b, kept = *left;

	*left = *right;
	*right = kept;
	swaps += bytes == sizeof(int);
}

/* Numbers in no order, each once. */
static void shuffled(int *numbers, int count)
{
	int at;

	for (at = 0; at < count; at++)
		numbers[at] = (at * 7919 + 13) % count;
}

static int sorts(void)
{
	int numbers[101], backwards = -1, at;

	shuffled(numbers, 101);
	sort(numbers, 101, sizeof(int), compare, NULL);
	for (at = 0; at < 101; at++)
		CHECK(numbers[at] == at);
	shuffled(numbers, 101);
	swaps = 0;
	sort(numbers, 101, sizeof(int), compare, swap_ints);
	CHECK(swaps > 0 && numbers[0] == 0 && numbers[100] == 100);
	sort_r(numbers, 101, sizeof(int), compare_from, NULL, &backwards);
	for (at = 0; at < 101; at++)
		CHECK(numbers[at] == 100 - at);
	sort(numbers, 0, sizeof(int), compare, NULL);
	return 0;
}

static int searches(void)
{
	static const int odd[] = { 1, 3, 5, 7, 9, 11 };
	int key;

	for (key = 0; key <= 12; key++) {
		const int *found = bsearch(&key, odd, ARRAY_SIZE(odd), sizeof(int), compare);

		CHECK(key % 2 ? found == &odd[key / 2] : !found);
	}
	return 0;
}

struct element {
	struct list_head list;
	int value;
	int place;
};

static int compare_elements(void *context, const struct list_head *a, const struct list_head *b)
{
	const struct element *left = list_entry(a, struct element, list);
	const struct element *right = list_entry(b, struct element, list);

	++*(int *)context;
	return left->value - right->value;
}

static int sorts_lists(void)
{
	static struct element elements[300];
	struct element *element, *before = NULL;
	int comparisons = 0, at, count = 0;
	LIST_HEAD(list);

	for (at = 0; at < 300; at++) {
		elements[at].value = at * 7919 % 50;
		elements[at].place = at;
		list_add_tail(&elements[at].list, &list);
	}
	list_sort(&comparisons, &list, compare_elements);
	list_for_each_entry(element, &list, list) {
		CHECK(element->list.prev == (before ? &before->list : &list));
		if (before)
			CHECK(before->value < element->value ||
			      (before->value == element->value && before->place < element->place));
		before = element;
		count++;
	}
	CHECK(count == 300 && comparisons > 0 && comparisons < 300 * 9);
	return 0;
}

/* Published check values: of the digits 1 to 9. */
static int sums(void)
{
	const u8 *digits = (const u8 *)"123456789";

	CHECK(crc16(0, digits, 9) == 0xbb3d);
	CHECK(crc7_be(0, digits, 9) == 0x75 << 1);
	CHECK(crc16(crc16(0, digits, 4), digits + 4, 5) == 0xbb3d);
	CHECK(crc16_byte(0, 0) == 0 && crc7_be_byte(0, 0) == 0);
	return 0;
}

static int divisors(void)
{
	CHECK(gcd(12, 18) == 6 && gcd(17, 5) == 1 && gcd(0, 7) == 7 && gcd(7, 0) == 7);
	CHECK(gcd(1UL << 63, 1UL << 20) == 1UL << 20);
	CHECK(lcm(4, 6) == 12 && lcm(0, 6) == 0);
	return 0;
}

static int text_of_memory(void)
{
	char line[200];
	int length = hex_dump_to_buffer("0123456789 abc\n~", 16, 16, 1, line, sizeof(line), true);

	CHECK(!strcmp(line, "30 31 32 33 34 35 36 37 38 39 20 61 62 63 0a 7e  0123456789 abc.~"));
	CHECK(length == (int)strlen(line));
	CHECK(hex_dump_to_buffer("abcdefgh", 8, 16, 4, line, 12, false) == 17);
	CHECK(!strcmp(line, "61626364 65"));
	print_hex_dump(KERN_INFO, "dump ", DUMP_PREFIX_OFFSET, 16, 8, "abcdefghijklmnop", 16, true);
	return 0;
}

static int hashes(void)
{
	u64 hashlen = hashlen_string(&swaps, "name");

	CHECK(hash_32(1, 32) == 0x61c88647 && hash_64(1, 64) == 0x80b583eb);
	CHECK(hash_32(0xffffffff, 4) < 16 && hash_ptr(&swaps, 7) < 128);
	CHECK(hashlen_len(hashlen) == 4);
	CHECK(hashlen_hash(hashlen) == full_name_hash(&swaps, "name", 4));
	return 0;
}

static bool less(const void *left, const void *right)
{
	return compare(left, right) < 0;
}

static void exchange(void *left, void *right)
{
	swap_ints(left, right, 0);
}

static int heaps(void)
{
	const struct min_heap_callbacks ints = { sizeof(int), less, exchange };
	int numbers[50], at, other = 25;
	struct min_heap heap = { numbers, 50, 50 };

	shuffled(numbers, 50);
	min_heapify_all(&heap, &ints);
	for (at = 0; at < 25; at++) {
		CHECK(numbers[0] == at);
		min_heap_pop(&heap, &ints);
	}
	min_heap_push(&heap, &at, &ints);
	CHECK(heap.nr == 26 && numbers[0] == 25);
	other = 100;
	min_heap_pop_push(&heap, &other, &ints);
	CHECK(heap.nr == 26 && numbers[0] == 25);
	return 0;
}

static int at_any_address(void)
{
	u8 bytes[16];

	put_unaligned_be32(0x01020304, bytes + 1);
	CHECK(bytes[1] == 1 && bytes[4] == 4 && get_unaligned_be32(bytes + 1) == 0x01020304);
	CHECK(get_unaligned_le32(bytes + 1) == 0x04030201);
	put_unaligned_le64(0x0102030405060708, bytes + 3);
	CHECK(bytes[3] == 8 && get_unaligned_be16(bytes + 3) == 0x0807);
	CHECK(get_unaligned((u64 *)(bytes + 3)) == 0x0807060504030201);
	return 0;
}

static int joined(void)
{
	int numbers[3], *a[] = { &numbers[0], &numbers[1], NULL }, *b[] = { &numbers[2], NULL };
	int **all = memcat_p(a, b);

	CHECK(all && all[0] == a[0] && all[1] == a[1] && all[2] == b[0] && !all[3]);
	kfree(all);
	return 0;
}

CTESTS(ONCE(sorts), ONCE(searches), ONCE(sorts_lists), ONCE(sums), ONCE(divisors),
       ONCE(text_of_memory), ONCE(hashes), ONCE(heaps), ONCE(at_any_address), ONCE(joined));
