/*
 * Bits of maps of unsigned longs, and of numbers. Without underscores a change is
 * atomic, and what returns the old bit is fully ordered; with two it is neither.
 */
#ifndef __LINUX_BITOPS_H
#define __LINUX_BITOPS_H

#include <asm/barrier.h>
#include <linux/bits.h>
#include <linux/find.h>
#include <linux/types.h>

#define aligned_byte_mask(bytes) (~0xffUL << (BITS_PER_LONG - 8 - 8 * (bytes)))

static __always_inline void set_bit(unsigned long bit, volatile unsigned long *map)
{
	__atomic_fetch_or(map + BIT_WORD(bit), BIT_MASK(bit), __ATOMIC_RELAXED);
}

static __always_inline void clear_bit(unsigned long bit, volatile unsigned long *map)
{
	__atomic_fetch_and(map + BIT_WORD(bit), ~BIT_MASK(bit), __ATOMIC_RELAXED);
}

static __always_inline void change_bit(unsigned long bit, volatile unsigned long *map)
{
	__atomic_fetch_xor(map + BIT_WORD(bit), BIT_MASK(bit), __ATOMIC_RELAXED);
}

static __always_inline bool test_and_set_bit(unsigned long bit, volatile unsigned long *map)
{
	return __atomic_fetch_or(map + BIT_WORD(bit), BIT_MASK(bit), __ATOMIC_SEQ_CST) &
	       BIT_MASK(bit);
}

static __always_inline bool test_and_clear_bit(unsigned long bit, volatile unsigned long *map)
{
	return __atomic_fetch_and(map + BIT_WORD(bit), ~BIT_MASK(bit), __ATOMIC_SEQ_CST) &
	       BIT_MASK(bit);
}

static __always_inline bool test_and_change_bit(unsigned long bit, volatile unsigned long *map)
{
	return __atomic_fetch_xor(map + BIT_WORD(bit), BIT_MASK(bit), __ATOMIC_SEQ_CST) &
	       BIT_MASK(bit);
}

static __always_inline bool test_and_set_bit_lock(unsigned long bit, volatile unsigned long *map)
{
	return __atomic_fetch_or(map + BIT_WORD(bit), BIT_MASK(bit), __ATOMIC_ACQUIRE) &
	       BIT_MASK(bit);
}

static __always_inline void clear_bit_unlock(unsigned long bit, volatile unsigned long *map)
{
	__atomic_fetch_and(map + BIT_WORD(bit), ~BIT_MASK(bit), __ATOMIC_RELEASE);
}

static __always_inline bool test_bit(unsigned long bit, const volatile unsigned long *map)
{
	return map[BIT_WORD(bit)] >> (bit % BITS_PER_LONG) & 1;
}

static __always_inline void __set_bit(unsigned long bit, volatile unsigned long *map)
{
	map[BIT_WORD(bit)] |= BIT_MASK(bit);
}

static __always_inline void __clear_bit(unsigned long bit, volatile unsigned long *map)
{
	map[BIT_WORD(bit)] &= ~BIT_MASK(bit);
}

static __always_inline void __change_bit(unsigned long bit, volatile unsigned long *map)
{
	map[BIT_WORD(bit)] ^= BIT_MASK(bit);
}

static __always_inline bool __test_and_set_bit(unsigned long bit, volatile unsigned long *map)
{
	bool was = test_bit(bit, map);

	__set_bit(bit, map);
	return was;
}

static __always_inline bool __test_and_clear_bit(unsigned long bit, volatile unsigned long *map)
{
	bool was = test_bit(bit, map);

	__clear_bit(bit, map);
	return was;
}

static __always_inline bool __test_and_change_bit(unsigned long bit, volatile unsigned long *map)
{
	bool was = test_bit(bit, map);

	__change_bit(bit, map);
	return was;
}

#define __clear_bit_unlock(bit, map) clear_bit_unlock(bit, map)

static __always_inline void assign_bit(long bit, volatile unsigned long *map, bool value)
{
	if (value)
		set_bit(bit, map);
	else
		clear_bit(bit, map);
}

static __always_inline void __assign_bit(long bit, volatile unsigned long *map, bool value)
{
	if (value)
		__set_bit(bit, map);
	else
		__clear_bit(bit, map);
}

/* The lowest and the highest bit that is set, from 0 on; not of 0. */
static __always_inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static __always_inline unsigned long __fls(unsigned long word)
{
	return BITS_PER_LONG - 1 - __builtin_clzl(word);
}

static __always_inline unsigned long ffz(unsigned long word)
{
	return __ffs(~word);
}

/* The same from 1 on; 0 of 0. */
static __always_inline int ffs(int word)
{
	return __builtin_ffs(word);
}

static __always_inline int fls(unsigned int word)
{
	return word ? 32 - __builtin_clz(word) : 0;
}

static __always_inline int fls64(u64 word)
{
	return word ? 64 - __builtin_clzll(word) : 0;
}

static __always_inline unsigned int fls_long(unsigned long word)
{
	return fls64(word);
}

static __always_inline unsigned long __ffs64(u64 word)
{
	return __builtin_ctzll(word);
}

/* How many bits are set: in steps of 1, 2, 4 bits, and a product that adds the bytes. */
static __always_inline unsigned long hweight64(u64 word)
{
	word -= word >> 1 & 0x5555555555555555ULL;
	word = (word & 0x3333333333333333ULL) + (word >> 2 & 0x3333333333333333ULL);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return word * 0x0101010101010101ULL >> 56;
}

#define hweight32(word) ((unsigned int)hweight64((u32)(word)))
#define hweight16(word) ((unsigned int)hweight64((u16)(word)))
#define hweight8(word) ((unsigned int)hweight64((u8)(word)))
#define hweight_long(word) hweight64(word)

#define __define_rotate(bits)                                                     \
	static __always_inline u##bits rol##bits(u##bits word, unsigned int by)   \
	{                                                                         \
		return (u##bits)(word << (by & (bits - 1)) | word >> (-by & (bits - 1))); \
	}                                                                         \
	static __always_inline u##bits ror##bits(u##bits word, unsigned int by)   \
	{                                                                         \
		return (u##bits)(word >> (by & (bits - 1)) | word << (-by & (bits - 1))); \
	}
__define_rotate(8)
__define_rotate(16)
__define_rotate(32)
__define_rotate(64)

static __always_inline s32 sign_extend32(u32 value, int sign)
{
	return (s32)(value << (31 - sign)) >> (31 - sign);
}

static __always_inline s64 sign_extend64(u64 value, int sign)
{
	return (s64)(value << (63 - sign)) >> (63 - sign);
}

static __always_inline int get_bitmask_order(unsigned int count)
{
	return fls(count);
}

/* The power of two that isn't less; -1 of 0. */
static __always_inline int get_count_order(unsigned int count)
{
	return count ? fls(--count) : -1;
}

static __always_inline int get_count_order_long(unsigned long count)
{
	return count ? (int)fls_long(--count) : -1;
}

static __always_inline unsigned long hweight_of(const unsigned long *map, unsigned long bits)
{
	unsigned long count = 0, word;

	for (word = 0; word < bits / BITS_PER_LONG; word++)
		count += hweight64(map[word]);
	if (bits % BITS_PER_LONG)
		count += hweight64(map[word] & ~(~0UL << (bits % BITS_PER_LONG)));
	return count;
}

#define set_mask_bits(ptr, mask, bits)                                            \
	({                                                                        \
		typeof(ptr) __local_word__ = (ptr);                               \
		const typeof(*__local_word__) __local_mask__ = (mask);            \
		const typeof(*__local_word__) __local_bits__ = (bits);            \
		typeof(*__local_word__) __local_was__ = READ_ONCE(*__local_word__); \
		while (!__atomic_compare_exchange_n(                              \
			__local_word__, &__local_was__,                           \
			(__local_was__ & ~__local_mask__) | __local_bits__, 0,    \
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))                      \
			;                                                         \
		__local_was__;                                                    \
	})

#endif
