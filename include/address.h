/* SPDX-License-Identifier: MIT */
/*
 * What an Internet address is: public, or one of those that only this machine
 * or this network can mean. Pure; the judgement is of the address itself, so
 * that no spelling of it and no name server matters.
 */
#ifndef CARRYWATCH_ADDRESS_H
#define CARRYWATCH_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct sockaddr;

#define ADDRESS_TEXT_MAX 48
#define NETWORK_TEXT_MAX (ADDRESS_TEXT_MAX + 4)

/* IPv4 stands as ::ffff:a.b.c.d. */
struct address {
	uint8_t b[16];
};

struct network {
	struct address base;
	uint8_t bits;			/* of the 128 */
};

enum address_kind {
	ADDRESS_PUBLIC,
	ADDRESS_LOOPBACK,
	ADDRESS_PRIVATE,	/* 10/8, 172.16/12, 192.168/16, CGNAT, fc00::/7 */
	ADDRESS_LINK_LOCAL,
	ADDRESS_METADATA,	/* where clouds hand out credentials */
	ADDRESS_MULTICAST,
	ADDRESS_UNSPECIFIED,	/* 0.0.0.0/8, :: */
	ADDRESS_RESERVED	/* documentation, benchmarks, broadcast, rest */
};

/* False for a family other than IPv4 and IPv6. */
MUST_USE bool address_of(struct address *out,
				 const struct sockaddr *from);
/*
 * An address in any spelling inet_aton or IPv6 knows (2130706433, 0177.1,
 * 127.1, 0x7f000001, ::ffff:7f00:1), with or without brackets, a zone and one
 * dot at the end. False: it is a name.
 */
MUST_USE bool address_parse(struct address *out, const char *text);
void address_format(char buf[static ADDRESS_TEXT_MAX], struct address a);

/* An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) counts as itself. */
enum address_kind address_judge(struct address a);
/* "a private address" */
const char *address_kind_text(enum address_kind kind);

/* "10.0.0.0/8", "fd00::/8", or one address; bits beyond the mask are refused. */
MUST_USE bool network_parse(struct network *out, const char *text);
void network_format(char buf[static NETWORK_TEXT_MAX], struct network n);
/* As it stands, or the IPv4 address inside. */
bool network_has(struct network n, struct address a);

#endif
