/*
 * Per-CPU operations on the running CPU's copy, one instruction each where there
 * is one (Principles of Operation, chapter 7; interlocked since z196):
 *
 *   bytes  add       add constant  and   or    xchg, cmpxchg
 *   1, 2   CS loop on the word around
 *   4      LAA       ASI           LAN   LAO   CS
 *   8      LAAG      AGSI          LANG  LAOG  CSG
 *   16                                         CDSG
 *
 * The running CPU's offset is at lowcore byte 816, as in the mail that this kernel
 * is about; nothing migrates between reading it and using it.
 */
#ifndef __ASM_PERCPU_H
#define __ASM_PERCPU_H

#include <asm/irqflags.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define __my_cpu_offset                                                           \
	({                                                                        \
		unsigned long __local_offset__;                                           \
		__asm__("lg %0,816" : "=d"(__local_offset__));                            \
		__local_offset__;                                                         \
	})

extern void __pcpu_bad_size(void)
	__compiletime_error("a per-CPU operation takes variables of 1, 2, 4 or 8 bytes");

/* LOAD AND ...: the old value. */
#define __pcpu_load_and(instruction, place, value)                                \
	({                                                                        \
		typeof(*(place)) __local_old__;                                           \
		__asm__ __volatile__(instruction " %0,%2,%1"                      \
				     : "=d"(__local_old__), "+QS"(*(place))               \
				     : "d"(value)                                 \
				     : "memory", "cc");                           \
		__local_old__;                                                            \
	})

#define __pcpu_fetch_function(operation, four, eight)                             \
	static __always_inline u32 __pcpu_fetch_##operation##_4(u32 *place, u32 value) \
	{                                                                         \
		return __pcpu_load_and(four, place, value);                       \
	}                                                                         \
	static __always_inline u64 __pcpu_fetch_##operation##_8(u64 *place, u64 value) \
	{                                                                         \
		return __pcpu_load_and(eight, place, value);                      \
	}                                                                         \
	static __always_inline u8 __pcpu_fetch_##operation##_1(u8 *place, u8 value) \
	{                                                                         \
		return __atomic_fetch_##operation(place, value, __ATOMIC_RELAXED); \
	}                                                                         \
	static __always_inline u16 __pcpu_fetch_##operation##_2(u16 *place, u16 value) \
	{                                                                         \
		return __atomic_fetch_##operation(place, value, __ATOMIC_RELAXED); \
	}

__pcpu_fetch_function(add, "laa", "laag")
__pcpu_fetch_function(and, "lan", "lang")
__pcpu_fetch_function(or, "lao", "laog")

/* Adds a constant that the instruction has room for. */
#define __pcpu_fits_immediate(value)                                              \
	(__builtin_constant_p(value) && (s64)(value) >= -128 && (s64)(value) <= 127)

static __always_inline void __pcpu_add_4(u32 *place, s32 value)
{
	if (__pcpu_fits_immediate(value))
		__asm__ __volatile__("asi %0,%1" : "+QS"(*place) : "i"(value) : "cc");
	else
		__pcpu_fetch_add_4(place, value);
}

static __always_inline void __pcpu_add_8(u64 *place, s64 value)
{
	if (__pcpu_fits_immediate(value))
		__asm__ __volatile__("agsi %0,%1" : "+QS"(*place) : "i"(value) : "cc");
	else
		__pcpu_fetch_add_8(place, value);
}

/* An operation on pcp's copy, by its size; `value` is converted to its type. */
#define __pcpu_fetch(operation, pcp, value)                                       \
	({                                                                        \
		typeof(pcp) *__local_place__ = raw_cpu_ptr(&(pcp));                       \
		typeof(pcp) __local_value__ = (typeof(pcp))(value);                       \
		typeof(pcp) __local_was__ = __local_value__;                                      \
		switch (sizeof(pcp)) {                                            \
		case 1:                                                           \
			__local_was__ = (typeof(pcp))(unsigned long)__pcpu_fetch_##operation##_1( \
				(u8 *)__local_place__, (u8)(unsigned long)__local_value__);       \
			break;                                                    \
		case 2:                                                           \
			__local_was__ = (typeof(pcp))(unsigned long)__pcpu_fetch_##operation##_2( \
				(u16 *)__local_place__, (u16)(unsigned long)__local_value__);     \
			break;                                                    \
		case 4:                                                           \
			__local_was__ = (typeof(pcp))(unsigned long)__pcpu_fetch_##operation##_4( \
				(u32 *)__local_place__, (u32)(unsigned long)__local_value__);     \
			break;                                                    \
		case 8:                                                           \
			__local_was__ = (typeof(pcp))(unsigned long)__pcpu_fetch_##operation##_8( \
				(u64 *)__local_place__, (u64)(unsigned long)__local_value__);     \
			break;                                                    \
		default:                                                          \
			__pcpu_bad_size();                                        \
		}                                                                 \
		__local_was__;                                                            \
	})

#define __pcpu_and(pcp, value) ((void)__pcpu_fetch(and, pcp, value))
#define __pcpu_or(pcp, value) ((void)__pcpu_fetch(or, pcp, value))
#define __pcpu_add(pcp, value)                                                    \
	do {                                                                      \
		if (sizeof(pcp) == 4)                                             \
			__pcpu_add_4((u32 *)raw_cpu_ptr(&(pcp)),                  \
				     (s32)(long)(typeof(pcp))(value));            \
		else if (sizeof(pcp) == 8)                                        \
			__pcpu_add_8((u64 *)raw_cpu_ptr(&(pcp)),                  \
				     (s64)(long)(typeof(pcp))(value));            \
		else                                                              \
			(void)__pcpu_fetch(add, pcp, value);                      \
	} while (0)
#define __pcpu_add_return(pcp, value)                                             \
	({                                                                        \
		typeof(pcp) __local_added__ = (typeof(pcp))(value);                       \
		(typeof(pcp))(__pcpu_fetch(add, pcp, __local_added__) + __local_added__);         \
	})

#define __pcpu_sized(pcp)                                                         \
	do {                                                                      \
		if (sizeof(pcp) != 1 && sizeof(pcp) != 2 && sizeof(pcp) != 4 &&   \
		    sizeof(pcp) != 8)                                             \
			__pcpu_bad_size();                                        \
	} while (0)
#define __pcpu_read(pcp)                                                          \
	({                                                                        \
		__pcpu_sized(pcp);                                                \
		*(const volatile typeof(pcp) *)raw_cpu_ptr(&(pcp));               \
	})
#define __pcpu_write(pcp, value)                                                  \
	do {                                                                      \
		__pcpu_sized(pcp);                                                \
		*(volatile typeof(pcp) *)raw_cpu_ptr(&(pcp)) = (value);           \
	} while (0)
#define __pcpu_xchg(pcp, value)                                                   \
	({                                                                        \
		typeof(pcp) __local_put__ = (value);                                      \
		__pcpu_sized(pcp);                                                \
		__atomic_exchange_n(raw_cpu_ptr(&(pcp)), __local_put__, __ATOMIC_RELAXED); \
	})
#define __pcpu_cmpxchg(pcp, old, new)                                             \
	({                                                                        \
		typeof(pcp) __local_expected__ = (old);                                   \
		typeof(pcp) __local_put__ = (new);                                        \
		__pcpu_sized(pcp);                                                \
		__atomic_compare_exchange_n(raw_cpu_ptr(&(pcp)), &__local_expected__,     \
					    __local_put__, 0, __ATOMIC_RELAXED,           \
					    __ATOMIC_RELAXED);                    \
		__local_expected__;                                                       \
	})

static __always_inline bool __pcpu_cdsg(u64 *place, u64 old1, u64 old2, u64 new1, u64 new2)
{
	unsigned __int128 expected = (unsigned __int128)old1 << 64 | old2;
	unsigned __int128 found = expected;
	unsigned __int128 put = (unsigned __int128)new1 << 64 | new2;

	__asm__ __volatile__("cdsg %0,%2,%1"
			     : "+d"(found), "+QS"(*(unsigned __int128 *)place)
			     : "d"(put)
			     : "memory", "cc");
	return found == expected;
}

/*
 * Two neighbours at once: whether both were as expected, and are replaced. Two of 8
 * bytes lie on a quadword, which a `this_cpu_` pair's type must see to; smaller ones
 * are changed with interruptions off.
 */
#define __pcpu_cmpxchg_double(pcp1, pcp2, old1, old2, new1, new2)                 \
	({                                                                        \
		typeof(pcp1) *__local_first__ = raw_cpu_ptr(&(pcp1));                     \
		typeof(pcp2) *__local_second__ = raw_cpu_ptr(&(pcp2));                    \
		bool __local_swapped__;                                                   \
		static_assert(sizeof(pcp1) == sizeof(pcp2),                       \
			      "cmpxchg_double: the two are of one size");         \
		__pcpu_sized(pcp1);                                               \
		if (sizeof(pcp1) == 8) {                                          \
			__local_swapped__ = __pcpu_cdsg((u64 *)__local_first__,                   \
						(u64)(unsigned long)(old1),       \
						(u64)(unsigned long)(old2),       \
						(u64)(unsigned long)(new1),       \
						(u64)(unsigned long)(new2));      \
		} else {                                                          \
			unsigned long __local_flags__ = arch_local_irq_save();            \
			__local_swapped__ = *__local_first__ == (typeof(pcp1))(old1) &&           \
				    *__local_second__ == (typeof(pcp2))(old2);            \
			if (__local_swapped__) {                                          \
				*__local_first__ = (new1);                                \
				*__local_second__ = (new2);                               \
			}                                                         \
			arch_local_irq_restore(__local_flags__);                          \
		}                                                                 \
		__local_swapped__;                                                        \
	})

#endif
