// SPDX-License-Identifier: MIT
/* Rules for packets of ARP: counts of all CPUs at once. */
#define FAMILY 3
#define SOCKET_FAMILY 2
#define TABLES arp_tables
#define FUNCTION(name) arpt_##name
#define UNREGISTER arpt_unregister_table
#define HOOKS 3
#define RULE 192
#define COUNTS 176
#define GET_TABLE 96
#define FIRST 0
#define SECOND 1
/* 8 bytes, and two addresses of 6 and 4 each (RFC 826). */
#define FIRST_COUNTED 28
#define SECOND_COUNTED 28
#define MATCHES ""
#include "tables.h"

ANSWERS(arp_tables, "packets and bytes sent by all CPUs at once, by rule; what programs read");
