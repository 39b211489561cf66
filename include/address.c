/* SPDX-License-Identifier: MIT */
/*
 * The special-purpose registries of IANA for IPv4 and IPv6 (read 2026-11) as
 * two tables, and the ways an IPv4 address hides inside an IPv6 one.
 */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define MAPPED_BITS 96

struct row4 {
	uint32_t base;
	int bits;
	enum address_kind kind;
};

struct row6 {
	uint8_t base[16];
	int bits;
	enum address_kind kind;
};

/* The first that fits. */
static const struct row4 rows4[] = {
	{ 0x00000000, 8, ADDRESS_UNSPECIFIED },
	{ 0x0a000000, 8, ADDRESS_PRIVATE },
	{ 0x646464c8, 32, ADDRESS_METADATA },	/* Alibaba, within CGNAT */
	{ 0x64400000, 10, ADDRESS_PRIVATE },	/* carrier-grade NAT, VPNs */
	{ 0x7f000000, 8, ADDRESS_LOOPBACK },
	{ 0xa9fea9fe, 32, ADDRESS_METADATA },
	{ 0xa9fe0000, 16, ADDRESS_LINK_LOCAL },
	{ 0xac100000, 12, ADDRESS_PRIVATE },
	{ 0xa83f8110, 32, ADDRESS_METADATA },	/* Azure, looks public */
	{ 0xc00000c0, 32, ADDRESS_METADATA },	/* Oracle */
	{ 0xc0000000, 24, ADDRESS_RESERVED },
	{ 0xc0000200, 24, ADDRESS_RESERVED },	/* documentation */
	{ 0xc0586300, 24, ADDRESS_RESERVED },	/* 6to4 relays, abandoned */
	{ 0xc0a80000, 16, ADDRESS_PRIVATE },
	{ 0xc6120000, 15, ADDRESS_RESERVED },	/* benchmarks */
	{ 0xc6336400, 24, ADDRESS_RESERVED },
	{ 0xcb007100, 24, ADDRESS_RESERVED },
	{ 0xe0000000, 4, ADDRESS_MULTICAST },
	{ 0xf0000000, 4, ADDRESS_RESERVED },	/* and 255.255.255.255 */
};

static const struct row6 rows6[] = {
	{ { 0 }, 128, ADDRESS_UNSPECIFIED },
	{ { [15] = 1 }, 128, ADDRESS_LOOPBACK },
	{ { 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, 0x54 }, 128,
	  ADDRESS_METADATA },			/* fd00:ec2::254, Amazon */
	{ { 0xfd, 0x20, 0x00, 0xce, [14] = 0x02, 0x54 }, 128,
	  ADDRESS_METADATA },			/* fd20:ce::254, Google */
	{ { 0xfc }, 7, ADDRESS_PRIVATE },
	{ { 0xfe, 0x80 }, 10, ADDRESS_LINK_LOCAL },
	{ { 0xfe, 0xc0 }, 10, ADDRESS_PRIVATE },	/* once site-local */
	{ { 0xff }, 8, ADDRESS_MULTICAST },
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, ADDRESS_PRIVATE },
	{ { 0x20, 0x01 }, 23, ADDRESS_RESERVED },	/* Teredo and others */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, ADDRESS_RESERVED },
	{ { 0x3f, 0xff }, 20, ADDRESS_RESERVED },
	{ { 0x20 }, 3, ADDRESS_PUBLIC },
	{ { 0 }, 0, ADDRESS_RESERVED },
};

static const uint8_t mapped[16] = { [10] = 0xff, 0xff };
static const uint8_t nat64[16] = { 0x00, 0x64, 0xff, 0x9b };

static bool same_bits(const uint8_t *a, const uint8_t *b, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, (size_t)whole) == 0 &&
	       (!rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

/* The four bytes of the IPv4 address it is, or stands for; NULL: none. */
static const uint8_t *inner4(const struct address *a)
{
	if (same_bits(a->b, mapped, MAPPED_BITS) ||
	    same_bits(a->b, nat64, MAPPED_BITS))
		return a->b + 12;
	if (a->b[0] == 0x20 && a->b[1] == 0x02)		/* 6to4 */
		return a->b + 2;
	return NULL;
}

static struct address of4(const uint8_t b[4])
{
	struct address a;

	memcpy(a.b, mapped, 12);
	memcpy(a.b + 12, b, 4);
	return a;
}

bool address_of(struct address *out, const struct sockaddr *from)
{
	if (from->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, from, sizeof(in));
		*out = of4((const uint8_t *)&in.sin_addr);
		return true;
	}
	if (from->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, from, sizeof(in6));
		memcpy(out->b, &in6.sin6_addr, sizeof(out->b));
		return true;
	}
	return false;
}

/* Without brackets, zone ("%eth0", "%25eth0") and the root's dot. */
static bool bare(char out[static ADDRESS_TEXT_MAX], const char *text)
{
	size_t n = strlen(text);

	if (n > 1 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (n > 1 && text[n - 1] == '.') {
		n--;
	}
	if (n >= ADDRESS_TEXT_MAX)
		return false;
	memcpy(out, text, n);
	out[n] = '\0';
	if (strchr(out, ':'))
		out[strcspn(out, "%")] = '\0';
	return true;
}

bool address_parse(struct address *out, const char *text)
{
	char buf[ADDRESS_TEXT_MAX];
	struct in_addr in;

	if (!bare(buf, text))
		return false;
	if (inet_pton(AF_INET6, buf, out->b) == 1)
		return true;
	/* It stops at a blank, and what follows would go unseen. */
	if (strspn(buf, "0123456789abcdefABCDEFxX.") != strlen(buf) ||
	    !inet_aton(buf, &in))
		return false;
	*out = of4((const uint8_t *)&in);
	return true;
}

void address_format(char buf[static ADDRESS_TEXT_MAX], struct address a)
{
	if (same_bits(a.b, mapped, MAPPED_BITS))
		inet_ntop(AF_INET, a.b + 12, buf, ADDRESS_TEXT_MAX);
	else
		inet_ntop(AF_INET6, a.b, buf, ADDRESS_TEXT_MAX);
}

static enum address_kind judge4(const uint8_t b[4])
{
	uint32_t v = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		     (uint32_t)b[2] << 8 | b[3];

	for (size_t i = 0; i < sizeof(rows4) / sizeof(*rows4); i++)
		if ((v ^ rows4[i].base) >> (32 - rows4[i].bits) == 0)
			return rows4[i].kind;
	return ADDRESS_PUBLIC;
}

enum address_kind address_judge(struct address a)
{
	const uint8_t *four = inner4(&a);
	size_t i = 0;

	if (four)
		return judge4(four);
	while (!same_bits(a.b, rows6[i].base, rows6[i].bits))
		i++;
	return rows6[i].kind;
}

const char *address_kind_text(enum address_kind kind)
{
	static const char *const texts[] = {
		[ADDRESS_PUBLIC] = "a public address",
		[ADDRESS_LOOPBACK] = "this machine itself",
		[ADDRESS_PRIVATE] = "a private address",
		[ADDRESS_LINK_LOCAL] = "a link-local address",
		[ADDRESS_METADATA] = "a cloud's metadata address",
		[ADDRESS_MULTICAST] = "a multicast address",
		[ADDRESS_UNSPECIFIED] = "no address of a host",
		[ADDRESS_RESERVED] = "a reserved address",
	};

	return texts[kind];
}

/* "/8" to bits of the 128; all when there is none. */
static bool read_mask(uint8_t *bits, const char *slash, bool four)
{
	int most = four ? 32 : 128, n = 0;

	if (*slash) {
		const char *s = slash + 1;
		size_t len = strspn(s, "0123456789");

		if (len < 1 || len > 3 || s[len])
			return false;
		for (size_t i = 0; i < len; i++)
			n = n * 10 + s[i] - '0';
	} else {
		n = most;
	}
	*bits = (uint8_t)(four ? n + MAPPED_BITS : n);
	return n <= most;
}

/* No bit of the base behind the mask: else one of the two is a mistake. */
static bool clean(const struct network *n)
{
	for (int i = n->bits; i < 128; i++)
		if (n->base.b[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

bool network_parse(struct network *out, const char *text)
{
	char buf[ADDRESS_TEXT_MAX];
	size_t n = strcspn(text, "/");
	struct in_addr in;
	bool four;

	if (n == 0 || n >= sizeof(buf))
		return false;
	memcpy(buf, text, n);
	buf[n] = '\0';
	four = inet_pton(AF_INET, buf, &in) == 1;
	if (four)
		out->base = of4((const uint8_t *)&in);
	else if (inet_pton(AF_INET6, buf, out->base.b) != 1)
		return false;
	return read_mask(&out->bits, text + n, four) && clean(out);
}

void network_format(char buf[static NETWORK_TEXT_MAX], struct network n)
{
	bool four = n.bits >= MAPPED_BITS &&
		    same_bits(n.base.b, mapped, MAPPED_BITS);
	char text[ADDRESS_TEXT_MAX];

	address_format(text, n.base);
	snprintf(buf, NETWORK_TEXT_MAX, "%.47s/%d", text,
		 four ? n.bits - MAPPED_BITS : n.bits);
}

bool network_has(struct network n, struct address a)
{
	const uint8_t *four = inner4(&a);

	return same_bits(a.b, n.base.b, n.bits) ||
	       (four && same_bits(of4(four).b, n.base.b, n.bits));
}
