/*
 * Random numbers: for tests and for choices, not for keys. The kernel mixes them from the
 * clock and a count; nobody collects what can't be guessed.
 */
#ifndef __LINUX_RANDOM_H
#define __LINUX_RANDOM_H

#include <linux/prandom.h>
#include <linux/types.h>

extern void get_random_bytes(void *buffer, size_t bytes);

#define __define_random(name, type)                                               \
	static inline type get_random_##name(void)                                \
	{                                                                         \
		type number;                                                      \
										  \
		get_random_bytes(&number, sizeof(number));                        \
		return number;                                                    \
	}
__define_random(u8, u8)
__define_random(u16, u16)
__define_random(u32, u32)
__define_random(u64, u64)
__define_random(long, unsigned long)

#define get_random_int() get_random_u32()

/* From 0 to one less than `ceiling`, each as likely as the next to one in 2^32. */
static inline u32 get_random_u32_below(u32 ceiling)
{
	return (u64)get_random_u32() * ceiling >> 32;
}

static inline u32 get_random_u32_inclusive(u32 floor, u32 ceiling)
{
	return floor + get_random_u32_below(ceiling - floor + 1);
}

#define prandom_u32() get_random_u32()
#define prandom_u32_max(ceiling) get_random_u32_below(ceiling)
#define prandom_bytes(buffer, bytes) get_random_bytes(buffer, bytes)
#define rng_is_initialized() true
#define wait_for_random_bytes() 0
#define get_random_bytes_wait(buffer, bytes) (get_random_bytes(buffer, bytes), 0)
#define add_device_randomness(buffer, bytes) do { } while (0)

#endif
