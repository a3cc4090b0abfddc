// SPDX-License-Identifier: MIT
/* Rules for packets of IPv6: counts of all CPUs at once. */
#define FAMILY 10
#define SOCKET_FAMILY 10
#define TABLES ip6_tables
#define FUNCTION(name) ip6t_##name
#define UNREGISTER ip6t_unregister_table_exit
#define HOOKS 5
#define RULE 168
#define COUNTS 152
#define GET_TABLE 64
#define FIRST 1
#define SECOND 3
#define FIRST_COUNTED FIRST_BYTES
#define SECOND_COUNTED SECOND_BYTES
#define MATCHES "icmp6\n"
#include "tables.h"

ANSWERS(ip6_tables, "packets and bytes sent by all CPUs at once, by rule; what programs read");
