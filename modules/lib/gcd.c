/* Euclid's algorithm: what divides both divides the remainder, too. */
#include <linux/export.h>
#include <linux/gcd.h>
#include <linux/module.h>

unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long remainder = a % b;

		a = b;
		b = remainder;
	}
	return a;
}
EXPORT_SYMBOL(gcd);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Greatest common divisor");
