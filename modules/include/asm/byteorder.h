/* Numbers in an order of their bytes that is agreed on. This machine's is big-endian. */
#ifndef _ASM_BYTEORDER_H
#define _ASM_BYTEORDER_H

#include <linux/swab.h>
#include <linux/types.h>

#define __BIG_ENDIAN 4321
#define __BIG_ENDIAN_BITFIELD

#define cpu_to_be16(number) ((__be16)(number))
#define be16_to_cpu(number) ((u16)(number))
#define cpu_to_le16(number) ((__le16)swab16(number))
#define le16_to_cpu(number) swab16(number)
#define cpu_to_be32(number) ((__be32)(number))
#define be32_to_cpu(number) ((u32)(number))
#define cpu_to_le32(number) ((__le32)swab32(number))
#define le32_to_cpu(number) swab32(number)
#define cpu_to_be64(number) ((__be64)(number))
#define be64_to_cpu(number) ((u64)(number))
#define cpu_to_le64(number) ((__le64)swab64(number))
#define le64_to_cpu(number) swab64(number)

/* At an address: read, and turned where they are. */
#define cpu_to_be16p(at) (*(at))
#define be16_to_cpup(at) (*(at))
#define cpu_to_be16s(at) ((void)(at))
#define be16_to_cpus(at) ((void)(at))
#define cpu_to_le16p(at) swab16p(at)
#define le16_to_cpup(at) swab16p(at)
#define cpu_to_le16s(at) swab16s(at)
#define le16_to_cpus(at) swab16s(at)
#define cpu_to_be32p(at) (*(at))
#define be32_to_cpup(at) (*(at))
#define cpu_to_be32s(at) ((void)(at))
#define be32_to_cpus(at) ((void)(at))
#define cpu_to_le32p(at) swab32p(at)
#define le32_to_cpup(at) swab32p(at)
#define cpu_to_le32s(at) swab32s(at)
#define le32_to_cpus(at) swab32s(at)
#define cpu_to_be64p(at) (*(at))
#define be64_to_cpup(at) (*(at))
#define cpu_to_be64s(at) ((void)(at))
#define be64_to_cpus(at) ((void)(at))
#define cpu_to_le64p(at) swab64p(at)
#define le64_to_cpup(at) swab64p(at)
#define cpu_to_le64s(at) swab64s(at)
#define le64_to_cpus(at) swab64s(at)

/* As networks have them. */
#define htons(number) cpu_to_be16(number)
#define htonl(number) cpu_to_be32(number)
#define ntohs(number) be16_to_cpu(number)
#define ntohl(number) be32_to_cpu(number)

static inline void be16_add_cpu(__be16 *at, u16 by)
{
	*at += by;
}

static inline void le16_add_cpu(__le16 *at, u16 by)
{
	*at = cpu_to_le16(le16_to_cpu(*at) + by);
}

static inline void be32_add_cpu(__be32 *at, u32 by)
{
	*at += by;
}

static inline void le32_add_cpu(__le32 *at, u32 by)
{
	*at = cpu_to_le32(le32_to_cpu(*at) + by);
}

static inline void be64_add_cpu(__be64 *at, u64 by)
{
	*at += by;
}

static inline void le64_add_cpu(__le64 *at, u64 by)
{
	*at = cpu_to_le64(le64_to_cpu(*at) + by);
}

#endif
