#ifndef __LINUX_CONST_H
#define __LINUX_CONST_H

#define __AC(number, suffix) number##suffix
#define _AC(number, suffix) __AC(number, suffix)
#define _AT(type, number) ((type)(number))
#define UL(number) _AC(number, UL)
#define ULL(number) _AC(number, ULL)
#define _UL(number) _AC(number, UL)
#define _ULL(number) _AC(number, ULL)
#define _BITUL(bit) (UL(1) << (bit))
#define _BITULL(bit) (ULL(1) << (bit))

#endif
