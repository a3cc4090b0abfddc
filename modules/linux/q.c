#include <linux/jiffies.h>
#include <linux/refcount.h>
#include <linux/list.h>
long v0(void){ asm volatile(".ascii \"@@0 = %0\"" :: "i"((long)(HZ))); return 0; }
long v1(void){ asm volatile(".ascii \"@@1 = %0\"" :: "i"((long)(LIST_POISON1))); return 0; }
long v2(void){ asm volatile(".ascii \"@@2 = %0\"" :: "i"((long)(LIST_POISON2))); return 0; }
long v3(void){ asm volatile(".ascii \"@@3 = %0\"" :: "i"((long)(INITIAL_JIFFIES))); return 0; }
