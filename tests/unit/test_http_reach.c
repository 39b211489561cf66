/* SPDX-License-Identifier: MIT */
/*
 * Whom the clients reach: literal addresses in every spelling, names and what
 * a name server makes of them, through the whole of libcurl. One server
 * listens on loopback; what must not be reached must not be heard there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"
#include "http_guard.h"
#include "stub_resolver.h"
#include "tiny_server.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct bench {
	struct tiny_server server;
	struct http *http;
	struct http_options options;
	struct reach reach;
	struct http_request req;
	char url[512], buf[512], headers[256];
	const char *status, *to;	/* of what is moved */
};

static const char *const moved[] = {
	"http://169.254.169.254/latest/meta-data/", "file:///etc/passwd",
	"http://127.0.0.1:1/", "/ok", "gopher://127.0.0.1:1/_x", "//127.0.0.1/",
};

static struct served answer(void *ctx, const char *path, const char *head)
{
	struct bench *b = ctx;

	(void)head;
	if (strcmp(path, "/moved") == 0) {
		snprintf(b->headers, sizeof(b->headers), "Location: %s\r\n",
			 b->to);
		return tiny_reply(b->buf, sizeof(b->buf), b->status,
				  b->headers, "");
	}
	return tiny_reply(b->buf, sizeof(b->buf), "200 OK",
			  "Content-Type: application/json\r\n", "{}");
}

static int begin(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->options = (struct http_options){
		.timeout = { 3000 }, .connect_timeout = { 2000 }, .tries = 1,
		.allow_insecure = true, .reach = &b->reach
	};
	tiny_start(&b->server, answer, b);
	stub_resolve("");
	*state = b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;

	http_free(b->http);
	if (b->server.state)
		tiny_stop(&b->server);
	free(b);
	return 0;
}

static void allow(struct bench *b, const char *network)
{
	assert_true(network_parse(&b->reach.allow[b->reach.n_allow++],
				  network));
}

/* host: with a "%d" where the port of the server belongs, or without. */
static const struct http_request *ask(struct bench *b, const char *host,
				      const char *path, int64_t budget_ms)
{
	http_free(b->http);
	b->http = NULL;
	assert_true(http_new(&b->http, &b->options, NULL));
	snprintf(b->url, sizeof(b->url), "http://%s:%d%s", host,
		 b->server.port, path);
	b->req = (struct http_request){ .url = b->url };
	http_batch(b->http, &b->req, 1, http_now_ms() + budget_ms);
	return &b->req;
}

static void no_connection(struct bench *b)
{
	tiny_stop(&b->server);
	assert_int_equal(b->server.connections, 0);
	b->server.state = NULL;
}

static void must_refuse(struct bench *b, const char *host, const char *what)
{
	const struct http_request *r = ask(b, host, "/", 3000);

	if (r->ok || !strstr(r->error, "refused") || !strstr(r->error, what))
		fail_msg("%s: ok %d, \"%s\"", host, r->ok, r->error);
	/* Not one try more: nothing gets better by itself. */
	assert_in_range(r->tries, 0, 1);
}

static void test_literals_that_are_never_meant(void **state)
{
	static const char *const metadata[] = {
		"169.254.169.254", "169.254.43518", "169.16689662",
		"2852039166", "0xa9fea9fe", "0xA9.0xFE.0xa9.0xfe",
		"0251.0376.0251.0376", "025177524776", "0251.254.0xa9fe",
		"169.254.169.254.", "[::ffff:169.254.169.254]",
		"[::ffff:a9fe:a9fe]", "[0:0:0:0:0:FFFF:A9FE:A9FE]",
		"[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
		"[fd00:ec2::254]", "[fd00:0ec2:0:0:0:0:0:0254]",
		"[fd20:ce::254]", "168.63.129.16", "2822734096",
		"100.100.100.200", "192.0.0.192",
		"user@169.254.169.254", "user:pass@2852039166",
		"127.0.0.1@169.254.169.254",
	};
	static const char *const others[] = {
		"169.254.0.1", "[fe80::1]", "[fe80::1%25lo]", "[febf::1]",
		"0.0.0.0", "0", "0x0", "00.0", "[::]", "[::ffff:0.0.0.0]",
		"224.0.0.1", "239.255.255.250", "[ff02::1]",
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(metadata); i++)
		must_refuse(b, metadata[i], "metadata");
	for (size_t i = 0; i < COUNT(others); i++)
		must_refuse(b, others[i], "see network.allow_private");
	assert_true(COUNT(metadata) + COUNT(others) >= 38);
	no_connection(b);
}

/* What the user wrote is what he asked for, however he wrote it. */
static void test_literal_loopback_is_meant(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001",
		"0x7f.1", "0177.0.0.1", "017700000001", "localhost",
		"LOCALHOST", "user:pw@127.0.0.1", "[::ffff:127.0.0.1]",
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(hosts); i++) {
		const struct http_request *r = ask(b, hosts[i], "/", 3000);

		if (!r->ok)
			fail_msg("%s: %s", hosts[i], r->error);
	}
}

static void test_public_names_reach_nothing_private(void **state)
{
	static const char *const to[] = {
		"127.0.0.1", "127.9.9.9", "10.0.0.5", "172.16.0.1",
		"172.31.255.254", "192.168.1.1", "100.64.0.1",
		"169.254.169.254", "169.254.1.1", "0.0.0.0", "0.1.2.3",
		"224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1",
		"198.18.0.1", "198.51.100.1", "203.0.113.1", "::1", "::",
		"::ffff:127.0.0.1", "::ffff:10.0.0.5", "::127.0.0.1",
		"::10.0.0.5", "64:ff9b::7f00:1", "64:ff9b::a00:5",
		"64:ff9b:1::1", "2002:7f00:1::", "2002:a00:5::1", "fc00::1",
		"fd12::7", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
		"2001:db8::1", "2001::1", "100::1",
		"10.0.0.5 127.0.0.1", "::1 127.0.0.1",
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(to); i++) {
		stub_resolve(to[i]);
		must_refuse(b, "rates.example", "see network.allow_private");
	}
	no_connection(b);
}

/* Contract: what is written in service.url is allowed by that. */
static void test_the_host_of_the_service_is_as_good_as_listed(void **state)
{
	struct bench *b = *state;
	const struct http_request *r;
	struct err err;

	stub_resolve("127.0.0.1");
	b->reach.any = true;
	assert_true(http_url_check("https://169.254.169.254/", false,
				   &b->reach, &err));
	r = ask(b, "rates.example", "/", 3000);
	if (!r->ok)
		fail_msg("%s", r->error);
}

static void test_names_that_look_like_something_else(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1.nip.example", "localhost.example", "lan.example",
		"rates.example.", "xn--80ak6aa92e.example",
		"127.0.0.1@rates.example", "RATES.Example",
		/* fullwidth and circled digits: IDN makes them 127.0.0.1 */
		"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
		"\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1",
	};
	struct bench *b = *state;

	stub_resolve("127.0.0.1");
	for (size_t i = 0; i < COUNT(hosts); i++) {
		const struct http_request *r = ask(b, hosts[i], "/", 3000);

		if (r->ok)
			fail_msg("%s was reached", hosts[i]);
	}
	no_connection(b);
}

static void test_names_of_this_network(void **state)
{
	static const char *const hosts[] = {
		"rates", "rates.lan", "rates.local", "rates.internal",
		"rates.svc.cluster.local", "rates.home.arpa", "rates.lan.",
	};
	struct bench *b = *state;

	stub_resolve("127.0.0.1");
	for (size_t i = 0; i < COUNT(hosts); i++) {
		const struct http_request *r = ask(b, hosts[i], "/", 3000);

		if (!r->ok)
			fail_msg("%s: %s", hosts[i], r->error);
	}
	stub_resolve("169.254.169.254");
	must_refuse(b, "rates.lan", "metadata");
}

static void test_listed_networks(void **state)
{
	struct bench *b = *state;
	const struct http_request *r;

	stub_resolve("127.0.0.1");
	must_refuse(b, "rates.example", "127.0.0.1 is this machine itself");
	allow(b, "127.0.0.1/32");
	assert_true(ask(b, "rates.example", "/", 3000)->ok);
	stub_resolve("127.0.0.2");
	must_refuse(b, "rates.example", "127.0.0.2");
	/* One of several addresses is enough. */
	stub_resolve("10.0.0.5 127.0.0.1");
	assert_true(ask(b, "rates.example", "/", 3000)->ok);
	/* One that is allowed and silent may answer the next time. */
	allow(b, "127.0.0.9/32");
	stub_resolve("127.0.0.9 10.0.0.5");
	b->options.tries = 3;
	b->options.backoff = (struct span){ 1 };
	r = ask(b, "rates.example", "/", 3000);
	assert_false(r->ok);
	assert_int_equal(r->tries, 3);
	stub_resolve("10.0.0.5");
	must_refuse(b, "rates.example", "10.0.0.5");
}

/* The same name, first what is listed, then what an attacker made of it. */
static void test_rebinding(void **state)
{
	struct bench *b = *state;
	char name[256];
	unsigned before;

	allow(b, "127.0.0.1/32");
	stub_resolve("127.0.0.1");
	assert_true(ask(b, "rates.example", "/", 3000)->ok);
	before = stub_resolved(name);
	assert_string_equal(name, "rates.example");
	stub_resolve("127.0.0.3");
	must_refuse(b, "rates.example", "127.0.0.3");
	assert_true(stub_resolved(name) > before);
	tiny_stop(&b->server);
	assert_int_equal(b->server.connections, 1);
	b->server.state = NULL;
}

/* N-15: to metadata, to a file, to plain text, to itself. */
static void test_redirects_are_not_followed(void **state)
{
	static const char *const status[] = { "301 Moved", "302 Found",
					      "303 Other", "307 Again",
					      "308 For ever" };
	struct bench *b = *state;
	unsigned n = 0;

	for (size_t i = 0; i < COUNT(moved); i++)
		for (size_t k = 0; k < COUNT(status); k++, n++) {
			const struct http_request *r;

			b->status = status[k];
			b->to = moved[i];
			r = ask(b, "127.0.0.1", "/moved", 3000);
			assert_false(r->ok);
			assert_int_equal(r->status, atoi(status[k]));
			assert_memory_equal(r->error, "HTTP 30", 7);
		}
	tiny_stop(&b->server);
	assert_int_equal(b->server.requests, n);
	b->server.state = NULL;
}

/* ---- N-16 ---- */

static void test_name_not_found(void **state)
{
	struct bench *b = *state;
	const struct http_request *r = ask(b, "rates.example", "/", 3000);

	assert_false(r->ok);
	assert_string_equal(r->error, "host name not found");
}

static void test_slow_name_server(void **state)
{
	struct bench *b = *state;
	int64_t start = http_now_ms();
	const struct http_request *r;

	stub_resolve("127.0.0.1");
	b->options.connect_timeout = (struct span){ 300 };
	r = ask(b, "slow.lan", "/", 400);
	assert_false(r->ok);
	assert_in_range(http_now_ms() - start, 250, 2500);
	no_connection(b);
}

static void test_changed_address(void **state)
{
	struct bench *b = *state;

	stub_resolve("127.0.0.9");	/* nobody listens there */
	assert_string_equal(ask(b, "rates.lan", "/", 3000)->error,
			    "cannot connect");
	stub_resolve("127.0.0.1");
	assert_true(ask(b, "rates.lan", "/", 3000)->ok);
}

/* A listener whose queue is full: its SYNs get no answer. */
static int black_hole(int port, int filler[static 8])
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
				  .sin6_port = htons((uint16_t)port),
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), on = 1;

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 0) != 0)
		return -1;
	for (int i = 0; i < 8; i++) {
		filler[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
		/* The first few are taken, the others wait for ever. */
		if (connect(filler[i], (struct sockaddr *)&a, sizeof(a)) != 0)
			assert_int_equal(errno, EINPROGRESS);
	}
	return fd;
}

static void test_ipv6_black_hole(void **state)
{
	struct bench *b = *state;
	int filler[8], fd = black_hole(b->server.port, filler);
	int64_t start = http_now_ms();
	const struct http_request *r;

	if (fd < 0) {
		print_message("# no IPv6 here\n");
		return;
	}
	stub_resolve("::1 127.0.0.1");
	r = ask(b, "rates.lan", "/", 3000);
	assert_string_equal(r->error, "");
	assert_true(r->ok);
	assert_in_range(http_now_ms() - start, 150, 2900);
	for (int i = 0; i < 8; i++)
		close(filler[i]);
	close(fd);
}

/* libcurl's own text may hold names and keys: it is never passed on. */
static void test_reasons_are_in_our_words(void **state)
{
	static const struct {
		CURLcode code;
		const char *said, *refused, *want;	/* NULL: no more */
	} cases[] = {
		{ CURLE_PEER_FAILED_VERIFICATION, "no alternative certificate "
		  "subject name matches target host name 'secret'", "",
		  "TLS: the certificate is for another host" },
		{ CURLE_PEER_FAILED_VERIFICATION, "secret", "", NULL },
		{ CURLE_SSL_CONNECT_ERROR, "OpenSSL: wrong version number", "",
		  "TLS: the server does not speak TLS" },
		{ CURLE_RECV_ERROR, "SSL: unexpected eof while reading", "",
		  "TLS: the server ended TLS in the middle" },
		{ CURLE_SSL_CONNECT_ERROR, "secret", "", NULL },
		{ CURLE_COULDNT_CONNECT, "secret", "refused: x", "refused: x" },
		{ CURLE_COULDNT_CONNECT, "secret", "", NULL },
		{ CURLE_OPERATION_TIMEDOUT, "secret", "refused: x", NULL },
	};
	CURL *c = curl_easy_init();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_guard g = { .reach = NULL };
		char out[REACH_WHY_MAX] = "as before";
		bool known;

		snprintf(g.tls, sizeof(g.tls), "%s", cases[i].said);
		snprintf(g.refused, sizeof(g.refused), "%s", cases[i].refused);
		known = http_guard_why(&g, c, cases[i].code, out);
		assert_int_equal(known, cases[i].want != NULL);
		assert_string_equal(out, known ? cases[i].want : "as before");
	}
	curl_easy_cleanup(c);
}

/* One after the other, each with a bench of its own. */
static void each(void (*const tests[])(void **), size_t n)
{
	for (size_t i = 0; i < n; i++) {
		void *b;

		begin(&b);
		tests[i](&b);
		end(&b);
	}
}

/* */
static void test_nothing_private_is_reached(void **state)
{
	static void (*const tests[])(void **) = {
		test_literals_that_are_never_meant,
		test_public_names_reach_nothing_private,
		test_names_that_look_like_something_else, test_rebinding,
	};

	(void)state;
	each(tests, COUNT(tests));
}

/* N-16 */
static void test_dns_fails_is_slow_changes_or_leads_nowhere(void **state)
{
	static void (*const tests[])(void **) = {
		test_name_not_found, test_slow_name_server,
		test_changed_address, test_ipv6_black_hole,
	};

	(void)state;
	each(tests, COUNT(tests));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_private_is_reached),
		TEST(test_literal_loopback_is_meant),
		TEST(test_names_of_this_network),
		TEST(test_listed_networks),
		TEST(test_the_host_of_the_service_is_as_good_as_listed),
		TEST(test_redirects_are_not_followed),
		cmocka_unit_test(test_reasons_are_in_our_words),
		cmocka_unit_test(
			test_dns_fails_is_slow_changes_or_leads_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
