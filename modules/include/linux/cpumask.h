/*
 * Which CPUs there are: possible ones have copies of per-CPU variables, present
 * ones are in the machine, online ones run. Numbers are 0..nr_cpu_ids.
 *
 * CPUs come and go one by one. The masks of what there is are the module's own, brought up
 * to date each time they are named; a CPU that comes or goes is so in the next look.
 */
#ifndef __LINUX_CPUMASK_H
#define __LINUX_CPUMASK_H

#include <linux/bitmap.h>
#include <linux/compiler.h>
#include <linux/threads.h>
#include <linux/types.h>

extern unsigned int __kernel_nr_cpu_ids(void) __asm__("nr_cpu_ids") __attribute_const__;
extern unsigned int num_online_cpus(void);
extern unsigned int num_present_cpus(void);
extern bool cpu_online(unsigned int cpu);
extern bool cpu_active(unsigned int cpu);
extern bool cpu_present(unsigned int cpu);

#define nr_cpu_ids (__kernel_nr_cpu_ids())
#define nr_cpumask_bits ((unsigned int)NR_CPUS)
#define num_possible_cpus() nr_cpu_ids
#define num_active_cpus() num_online_cpus()
#define cpu_possible(cpu) ((unsigned int)(cpu) < nr_cpu_ids)

typedef struct cpumask {
	DECLARE_BITMAP(bits, NR_CPUS);
} cpumask_t;
typedef struct cpumask cpumask_var_t[1];

#define cpumask_bits(mask) ((mask)->bits)
#define cpumask_size() (BITS_TO_LONGS(NR_CPUS) * sizeof(long))
#define cpumask_pr_args(mask) NR_CPUS, cpumask_bits(mask)
#define to_cpumask(bitmap) ((struct cpumask *)(1 ? (bitmap) : (void *)sizeof(struct cpumask)))
#define CPU_MASK_NONE { { 0UL } }
#define CPU_BITS_NONE { 0UL }

static __always_inline struct cpumask *__cpumask_of_those(struct cpumask *mask,
							   bool (*is_one)(unsigned int))
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (is_one(cpu))
			set_bit(cpu, mask->bits);
		else
			clear_bit(cpu, mask->bits);
	return mask;
}

static __always_inline bool __cpu_is_possible(unsigned int cpu)
{
	return cpu_possible(cpu);
}

static struct cpumask __possible_cpus __maybe_unused;
static struct cpumask __present_cpus __maybe_unused;
static struct cpumask __online_cpus __maybe_unused;
static struct cpumask __active_cpus __maybe_unused;

#define cpu_possible_mask                                                         \
	((const struct cpumask *)__cpumask_of_those(&__possible_cpus, __cpu_is_possible))
#define cpu_present_mask                                                          \
	((const struct cpumask *)__cpumask_of_those(&__present_cpus, cpu_present))
#define cpu_online_mask                                                           \
	((const struct cpumask *)__cpumask_of_those(&__online_cpus, cpu_online))
#define cpu_active_mask                                                           \
	((const struct cpumask *)__cpumask_of_those(&__active_cpus, cpu_active))
#define cpu_all_mask cpu_possible_mask

static inline const struct cpumask *__one_cpu(struct cpumask *mask, unsigned int cpu)
{
	bitmap_zero(mask->bits, NR_CPUS);
	__set_bit(cpu, mask->bits);
	return mask;
}

/* It lives as long as the block that asks for it. */
#define cpumask_of(cpu) __one_cpu(&(struct cpumask){ { 0 } }, (cpu))
#define get_cpu_mask(cpu) cpumask_of(cpu)

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	set_bit(cpu, mask->bits);
}

static inline void __cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	__set_bit(cpu, mask->bits);
}

static inline void cpumask_clear_cpu(int cpu, struct cpumask *mask)
{
	clear_bit(cpu, mask->bits);
}

static inline void __cpumask_clear_cpu(int cpu, struct cpumask *mask)
{
	__clear_bit(cpu, mask->bits);
}

static inline bool cpumask_test_cpu(int cpu, const struct cpumask *mask)
{
	return test_bit(cpu, mask->bits);
}

static inline bool cpumask_test_and_set_cpu(int cpu, struct cpumask *mask)
{
	return test_and_set_bit(cpu, mask->bits);
}

static inline bool cpumask_test_and_clear_cpu(int cpu, struct cpumask *mask)
{
	return test_and_clear_bit(cpu, mask->bits);
}

static inline void cpumask_clear(struct cpumask *mask)
{
	bitmap_zero(mask->bits, NR_CPUS);
}

/* Of the numbers that a CPU can have. */
static inline void cpumask_setall(struct cpumask *mask)
{
	bitmap_zero(mask->bits, NR_CPUS);
	bitmap_set(mask->bits, 0, nr_cpu_ids);
}

static inline void cpumask_copy(struct cpumask *to, const struct cpumask *from)
{
	bitmap_copy(to->bits, from->bits, NR_CPUS);
}

static inline bool cpumask_and(struct cpumask *to, const struct cpumask *a,
			       const struct cpumask *b)
{
	return bitmap_and(to->bits, a->bits, b->bits, NR_CPUS);
}

static inline void cpumask_or(struct cpumask *to, const struct cpumask *a,
			      const struct cpumask *b)
{
	bitmap_or(to->bits, a->bits, b->bits, NR_CPUS);
}

static inline void cpumask_xor(struct cpumask *to, const struct cpumask *a,
			       const struct cpumask *b)
{
	bitmap_xor(to->bits, a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_andnot(struct cpumask *to, const struct cpumask *a,
				  const struct cpumask *b)
{
	return bitmap_andnot(to->bits, a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_equal(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_subset(const struct cpumask *part, const struct cpumask *whole)
{
	return bitmap_subset(part->bits, whole->bits, NR_CPUS);
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_intersects(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_empty(const struct cpumask *mask)
{
	return bitmap_empty(mask->bits, NR_CPUS);
}

static inline bool cpumask_full(const struct cpumask *mask)
{
	return bitmap_full(mask->bits, nr_cpu_ids);
}

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	return bitmap_weight(mask->bits, NR_CPUS);
}

/* The next CPU behind `cpu`, which may be -1; nr_cpu_ids or more if there is none. */
static inline unsigned int cpumask_next(int cpu, const struct cpumask *mask)
{
	return find_next_bit(mask->bits, NR_CPUS, cpu + 1);
}

static inline unsigned int cpumask_next_zero(int cpu, const struct cpumask *mask)
{
	return find_next_zero_bit(mask->bits, NR_CPUS, cpu + 1);
}

static inline unsigned int cpumask_next_and(int cpu, const struct cpumask *a,
					    const struct cpumask *b)
{
	return find_next_and_bit(a->bits, b->bits, NR_CPUS, cpu + 1);
}

static inline unsigned int __cpumask_next_andnot(int cpu, const struct cpumask *a,
						 const struct cpumask *b)
{
	return find_next_andnot_bit(a->bits, b->bits, NR_CPUS, cpu + 1);
}

#define cpumask_first(mask) cpumask_next(-1, mask)
#define cpumask_first_zero(mask) cpumask_next_zero(-1, mask)
#define cpumask_first_and(a, b) cpumask_next_and(-1, a, b)
#define cpumask_any(mask) cpumask_first(mask)
#define cpumask_any_and(a, b) cpumask_first_and(a, b)

static inline unsigned int cpumask_last(const struct cpumask *mask)
{
	return find_last_bit(mask->bits, NR_CPUS);
}

static inline unsigned int cpumask_any_but(const struct cpumask *mask, unsigned int cpu)
{
	unsigned int first = cpumask_first(mask);

	return first == cpu ? cpumask_next(first, mask) : first;
}

static inline bool alloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)mask;
	(void)flags;
	return true;
}

static inline bool zalloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)flags;
	cpumask_clear(*mask);
	return true;
}

static inline void free_cpumask_var(cpumask_var_t mask)
{
	(void)mask;
}

#define for_each_cpu(cpu, mask)                                                   \
	for ((cpu) = -1; (cpu) = cpumask_next((cpu), (mask)), (unsigned int)(cpu) < nr_cpu_ids;)
#define for_each_cpu_not(cpu, mask)                                               \
	for ((cpu) = -1;                                                          \
	     (cpu) = cpumask_next_zero((cpu), (mask)), (unsigned int)(cpu) < nr_cpu_ids;)
#define for_each_cpu_and(cpu, a, b)                                               \
	for ((cpu) = -1;                                                          \
	     (cpu) = cpumask_next_and((cpu), (a), (b)), (unsigned int)(cpu) < nr_cpu_ids;)
#define for_each_cpu_andnot(cpu, a, b)                                            \
	for ((cpu) = -1;                                                          \
	     (cpu) = __cpumask_next_andnot((cpu), (a), (b)), (unsigned int)(cpu) < nr_cpu_ids;)

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (unsigned int)(cpu) < nr_cpu_ids; (cpu)++)
#define for_each_present_cpu(cpu)                                                 \
	for_each_possible_cpu(cpu)                                                \
		if (!cpu_present(cpu)) {                                          \
		} else
#define for_each_online_cpu(cpu)                                                  \
	for_each_possible_cpu(cpu)                                                \
		if (!cpu_online(cpu)) {                                           \
		} else

#endif
