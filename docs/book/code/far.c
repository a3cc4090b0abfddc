/* The address of a variable that a loader puts elsewhere: a plain static, and a weak one. */
#define PER_CPU __attribute__((section(".data..percpu")))

static long hits PER_CPU;
long *hit(void);
long *hit(void)
{
	return &hits;
}

long weak_hits PER_CPU __attribute__((weak));
long *weak_hit(void);
long *weak_hit(void)
{
	return &weak_hits;
}
