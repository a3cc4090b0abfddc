// SPDX-License-Identifier: MIT
/* Rules for packets of IPv4: counts of all CPUs at once. */
#define FAMILY 2
#define SOCKET_FAMILY 2
#define TABLES ip_tables
#define FUNCTION(name) ipt_##name
#define UNREGISTER ipt_unregister_table_exit
#define HOOKS 5
#define RULE 112
#define COUNTS 96
#define GET_TABLE 64
#define FIRST 1
#define SECOND 3
#define FIRST_COUNTED FIRST_BYTES
#define SECOND_COUNTED SECOND_BYTES
#define MATCHES "icmp\n"
#include "tables.h"

ANSWERS(ip_tables, "packets and bytes sent by all CPUs at once, by rule; what programs read");
