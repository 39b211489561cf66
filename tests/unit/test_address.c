/* SPDX-License-Identifier: MIT */
/* What an address is, in every spelling, and which host may reach which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "reach.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct judged {
	const char *text;
	enum address_kind kind;
};

/* The first and the last of each block, and their neighbours outside. */
static const struct judged judged[] = {
	{ "0.0.0.0", ADDRESS_UNSPECIFIED },
	{ "0.255.255.255", ADDRESS_UNSPECIFIED },
	{ "1.0.0.0", ADDRESS_PUBLIC },
	{ "9.255.255.255", ADDRESS_PUBLIC },
	{ "10.0.0.0", ADDRESS_PRIVATE }, { "10.255.255.255", ADDRESS_PRIVATE },
	{ "11.0.0.0", ADDRESS_PUBLIC },
	{ "100.63.255.255", ADDRESS_PUBLIC },
	{ "100.64.0.0", ADDRESS_PRIVATE },
	{ "100.127.255.255", ADDRESS_PRIVATE },
	{ "100.128.0.0", ADDRESS_PUBLIC },
	{ "100.100.100.200", ADDRESS_METADATA },
	{ "126.255.255.255", ADDRESS_PUBLIC },
	{ "127.0.0.0", ADDRESS_LOOPBACK }, { "127.255.255.255", ADDRESS_LOOPBACK },
	{ "128.0.0.0", ADDRESS_PUBLIC },
	{ "168.63.129.15", ADDRESS_PUBLIC }, { "168.63.129.16", ADDRESS_METADATA },
	{ "169.253.255.255", ADDRESS_PUBLIC },
	{ "169.254.0.0", ADDRESS_LINK_LOCAL },
	{ "169.254.169.253", ADDRESS_LINK_LOCAL },
	{ "169.254.169.254", ADDRESS_METADATA },
	{ "169.254.255.255", ADDRESS_LINK_LOCAL },
	{ "169.255.0.0", ADDRESS_PUBLIC },
	{ "172.15.255.255", ADDRESS_PUBLIC },
	{ "172.16.0.0", ADDRESS_PRIVATE }, { "172.31.255.255", ADDRESS_PRIVATE },
	{ "172.32.0.0", ADDRESS_PUBLIC },
	{ "192.0.0.192", ADDRESS_METADATA }, { "192.0.0.8", ADDRESS_RESERVED },
	{ "192.0.1.0", ADDRESS_PUBLIC }, { "192.0.2.1", ADDRESS_RESERVED },
	{ "192.0.3.0", ADDRESS_PUBLIC }, { "192.88.99.1", ADDRESS_RESERVED },
	{ "192.167.255.255", ADDRESS_PUBLIC },
	{ "192.168.0.0", ADDRESS_PRIVATE }, { "192.168.255.255", ADDRESS_PRIVATE },
	{ "192.169.0.0", ADDRESS_PUBLIC },
	{ "198.17.255.255", ADDRESS_PUBLIC }, { "198.18.0.0", ADDRESS_RESERVED },
	{ "198.19.255.255", ADDRESS_RESERVED }, { "198.20.0.0", ADDRESS_PUBLIC },
	{ "198.51.100.7", ADDRESS_RESERVED }, { "203.0.113.7", ADDRESS_RESERVED },
	{ "223.255.255.255", ADDRESS_PUBLIC },
	{ "224.0.0.1", ADDRESS_MULTICAST }, { "239.255.255.255", ADDRESS_MULTICAST },
	{ "240.0.0.0", ADDRESS_RESERVED }, { "255.255.255.255", ADDRESS_RESERVED },

	{ "::", ADDRESS_UNSPECIFIED }, { "::1", ADDRESS_LOOPBACK },
	{ "::2", ADDRESS_RESERVED },
	{ "::7f00:1", ADDRESS_RESERVED },		/* once "compatible" */
	{ "::ffff:127.0.0.1", ADDRESS_LOOPBACK },
	{ "::ffff:10.0.0.5", ADDRESS_PRIVATE },
	{ "::ffff:a9fe:a9fe", ADDRESS_METADATA },
	{ "::ffff:8.8.8.8", ADDRESS_PUBLIC },
	{ "64:ff9b::8.8.8.8", ADDRESS_PUBLIC },
	{ "64:ff9b::10.0.0.5", ADDRESS_PRIVATE },
	{ "64:ff9b::169.254.169.254", ADDRESS_METADATA },
	{ "64:ff9b:1::1", ADDRESS_PRIVATE }, { "64:ff9b:2::1", ADDRESS_RESERVED },
	{ "100::1", ADDRESS_RESERVED },
	{ "2001::1", ADDRESS_RESERVED }, { "2001:1ff::1", ADDRESS_RESERVED },
	{ "2001:200::1", ADDRESS_PUBLIC },
	{ "2001:db8::1", ADDRESS_RESERVED }, { "2001:db9::1", ADDRESS_PUBLIC },
	{ "2002:a00:5::", ADDRESS_PRIVATE },		/* 6to4 of 10.0.0.5 */
	{ "2002:7f00:1::1", ADDRESS_LOOPBACK },
	{ "2002:a9fe:a9fe::", ADDRESS_METADATA },
	{ "2002:808:808::1", ADDRESS_PUBLIC },
	{ "2606:4700::1", ADDRESS_PUBLIC }, { "3ffe::1", ADDRESS_PUBLIC },
	{ "3fff:fff::1", ADDRESS_RESERVED }, { "4000::1", ADDRESS_RESERVED },
	{ "5f00::1", ADDRESS_RESERVED },
	{ "fbff::1", ADDRESS_RESERVED },
	{ "fc00::1", ADDRESS_PRIVATE }, { "fdff::1", ADDRESS_PRIVATE },
	{ "fd00:ec2::253", ADDRESS_PRIVATE },
	{ "fd00:ec2::254", ADDRESS_METADATA },
	{ "fd20:ce::254", ADDRESS_METADATA },
	{ "fe80::1", ADDRESS_LINK_LOCAL }, { "fe80::1%eth0", ADDRESS_LINK_LOCAL },
	{ "febf:ffff::1", ADDRESS_LINK_LOCAL }, { "fec0::1", ADDRESS_PRIVATE },
	{ "ff00::1", ADDRESS_MULTICAST }, { "ff02::fb", ADDRESS_MULTICAST },
};

static void test_kinds(void **state)
{
	struct address a;

	(void)state;
	for (size_t i = 0; i < COUNT(judged); i++) {
		if (!address_parse(&a, judged[i].text))
			fail_msg("%s is not read", judged[i].text);
		if (address_judge(a) != judged[i].kind)
			fail_msg("%s is %s", judged[i].text,
				 address_kind_text(address_judge(a)));
	}
}

static void test_spellings(void **state)
{
	static const char *const same[] = {	/* all 169.254.169.254 */
		"169.254.169.254", "169.254.43518", "169.16689662",
		"2852039166", "0xa9fea9fe", "0xA9.0xFE.0xa9.0xfe",
		"0251.0376.0251.0376", "025177524776", "0251.254.0xa9fe",
		"169.254.169.254.", "[::ffff:a9fe:a9fe]",
		"::ffff:169.254.169.254", "[::FFFF:A9FE:A9FE%25eth0]",
	};
	static const char *const names[] = {
		"", ".", "a", "host.example", "127.0.0.1.example", "1.2.3.4.5",
		"256.1.1.1", "127.0.0.1 x", "0x", "127.0.0.1..", ":::", "[]",
		"[::1", "1.2.3.4:80", "08.1.1.1", "4294967296",
		/* longer than any address */
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0001",
	};
	char text[ADDRESS_TEXT_MAX];
	struct address a;

	(void)state;
	for (size_t i = 0; i < COUNT(same); i++) {
		if (!address_parse(&a, same[i]))
			fail_msg("%s is not read", same[i]);
		address_format(text, a);
		assert_string_equal(text, "169.254.169.254");
	}
	for (size_t i = 0; i < COUNT(names); i++)
		if (address_parse(&a, names[i]))
			fail_msg("%s is read as an address", names[i]);
}

static void test_networks(void **state)
{
	static const char *const bad[] = {
		"", "/8", "10.0.0.0/33", "10.0.0.1/8", "10/8", "::/129",
		"fd00::1/64", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1",
		"host.example", "0x0a000000/8", "10.0.0.0/0008",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/8",
	};
	char text[NETWORK_TEXT_MAX];
	struct address a;
	struct network n;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (network_parse(&n, bad[i]))
			fail_msg("%s is taken", bad[i]);
	assert_true(network_parse(&n, "10.1.0.0/16"));
	network_format(text, n);
	assert_string_equal(text, "10.1.0.0/16");
	assert_true(address_parse(&a, "10.1.255.255") && network_has(n, a));
	assert_true(address_parse(&a, "::ffff:10.1.0.9") && network_has(n, a));
	assert_true(address_parse(&a, "2002:a01:9::") && network_has(n, a));
	assert_true(address_parse(&a, "10.2.0.0") && !network_has(n, a));
	assert_true(network_parse(&n, "fd12::/16"));
	network_format(text, n);
	assert_string_equal(text, "fd12::/16");
	assert_true(address_parse(&a, "fd12:9::1") && network_has(n, a));
	assert_true(address_parse(&a, "fd13::1") && !network_has(n, a));
	assert_true(network_parse(&n, "169.254.7.7"));
	network_format(text, n);
	assert_string_equal(text, "169.254.7.7/32");
	assert_true(network_parse(&n, "fd12:9::7"));
	network_format(text, n);
	assert_string_equal(text, "fd12:9::7/128");
	assert_true(network_parse(&n, "0.0.0.0/0"));
	assert_true(address_parse(&a, "fd12::1") && !network_has(n, a));
}

static void test_hosts(void **state)
{
	static const struct {
		const char *host;
		enum reach_host kind;
	} rows[] = {
		{ "127.0.0.1", REACH_LITERAL }, { "[::1]", REACH_LITERAL },
		{ "2130706433", REACH_LITERAL }, { "127.1.", REACH_LITERAL },
		{ "localhost", REACH_LOCALHOST }, { "LOCALHOST.", REACH_LOCALHOST },
		{ "a.localhost", REACH_LOCALHOST },
		{ "rates", REACH_LOCAL_NAME }, { "rates.", REACH_LOCAL_NAME },
		{ "nas.lan", REACH_LOCAL_NAME }, { "a.b.Internal", REACH_LOCAL_NAME },
		{ "x.home.arpa", REACH_LOCAL_NAME },
		{ "rates.svc.cluster.local", REACH_LOCAL_NAME },
		{ "notlocalhost.com", REACH_PUBLIC_NAME },
		{ "mylocalhost.", REACH_LOCAL_NAME },
		{ "evil.fakelan", REACH_PUBLIC_NAME },
		{ "localhost.example", REACH_PUBLIC_NAME },
		{ "lan.example", REACH_PUBLIC_NAME }, { "127.0.0.1.nip.io", REACH_PUBLIC_NAME },
		{ "arpa.example.", REACH_PUBLIC_NAME },
		{ "", REACH_LOCAL_NAME }, { ".", REACH_LOCAL_NAME },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (reach_host_of(rows[i].host) != rows[i].kind)
			fail_msg("%s is %d", rows[i].host,
				 (int)reach_host_of(rows[i].host));
}

static bool allows(const struct reach *r, const char *host, const char *to)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	char why[REACH_WHY_MAX];
	bool ok;

	if (inet_pton(AF_INET, to, &in.sin_addr) == 1)
		ok = reach_allows(why, r, reach_host_of(host),
				  (struct sockaddr *)&in);
	else if (inet_pton(AF_INET6, to, &in6.sin6_addr) == 1)
		ok = reach_allows(why, r, reach_host_of(host),
				  (struct sockaddr *)&in6);
	else
		ok = false;
	assert_int_equal(ok, why[0] == '\0');
	return ok;
}

/* host, address, allowed without a list */
static void test_policy(void **state)
{
	static const struct {
		const char *host, *to;
		bool ok;
	} rows[] = {
		{ "127.0.0.1", "127.0.0.1", true },
		{ "10.0.0.5", "10.0.0.5", true },
		{ "[fd12::7]", "fd12::7", true },
		{ "8.8.8.8", "8.8.8.8", true },
		{ "169.254.1.1", "169.254.1.1", false },
		{ "[fe80::1]", "fe80::1", false },
		{ "0.0.0.0", "0.0.0.0", false }, { "224.1.1.1", "224.1.1.1", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "rates.lan", "192.0.2.1", false },
		{ "[2002:a9fe:a9fe::]", "2002:a9fe:a9fe::", false },
		{ "localhost", "127.0.0.1", true }, { "localhost", "::1", true },
		{ "localhost", "10.0.0.5", false },
		{ "localhost", "8.8.8.8", false },
		{ "rates", "127.0.1.1", true }, { "rates", "172.18.0.3", true },
		{ "rates.lan", "192.168.1.7", true },
		{ "rates.lan", "8.8.8.8", true },
		{ "rates.lan", "169.254.169.254", false },
		{ "rates.example", "8.8.8.8", true },
		{ "rates.example", "2606:4700::1", true },
		{ "rates.example", "127.0.0.1", false },
		{ "rates.example", "10.0.0.5", false },
		{ "rates.example", "::ffff:10.0.0.5", false },
		{ "rates.example", "fd12::7", false },
		{ "rates.example", "100.64.0.1", false },
		{ "rates.example", "255.255.255.255", false },
	};
	struct reach r = { .n_allow = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (allows(&r, rows[i].host, rows[i].to) != rows[i].ok)
			fail_msg("%s -> %s", rows[i].host, rows[i].to);
	assert_true(network_parse(&r.allow[0], "10.0.0.0/24"));
	assert_true(network_parse(&r.allow[1], "169.254.1.1"));
	r.n_allow = 2;
	assert_true(allows(&r, "rates.example", "10.0.0.5"));
	assert_false(allows(&r, "rates.example", "10.0.1.5"));
	assert_true(allows(&r, "169.254.1.1", "169.254.1.1"));
	assert_false(allows(&r, "169.254.169.254", "169.254.169.254"));
}

static void test_other_families(void **state)
{
	const struct sockaddr_un un = { .sun_family = AF_UNIX };
	const struct reach r = { .n_allow = 0 };
	char why[REACH_WHY_MAX];

	(void)state;
	assert_false(reach_allows(why, &r, REACH_LITERAL,
				  (const struct sockaddr *)&un));
	assert_non_null(strstr(why, "unknown kind"));
}

/* The longest there can be still ends with the remedy. */
static void test_words(void **state)
{
	static const char longest[] = "fe80:1111:1111:2222:3333:4444:5555:6666";
	const struct reach r = { .n_allow = 0 };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	char why[REACH_WHY_MAX];

	(void)state;
	assert_false(reach_allows_literal(why, &r, longest));
	assert_string_equal(why, "refused: "
		"fe80:1111:1111:2222:3333:4444:5555:6666 is a link-local "
		"address; see network.allow_private");
	to.sin6_addr.s6_addr[0] = 0xfd;
	memset(to.sin6_addr.s6_addr + 1, 0x11, 15);
	assert_false(reach_allows(why, &r, REACH_PUBLIC_NAME,
				  (struct sockaddr *)&to));
	assert_string_equal(why, "refused: "
		"fd11:1111:1111:1111:1111:1111:1111:1111 is a private address; "
		"see network.allow_private");
	assert_true(reach_allows_literal(why, &r, "rates.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_other_families),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
