/* SPDX-License-Identifier: MIT */
/*
 * The courier's requests (alerts, hand-offs, mail) under the same rules as the
 * polls: nothing is heard at the listener of a name that must not mean it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "courier.h"
#include "stub_resolver.h"

struct bench {
	struct courier courier;
	struct reach reach;
	int listener, port;
	char error[512];
};

static int begin(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	struct bench *b = calloc(1, sizeof(*b));
	socklen_t n = sizeof(a);

	assert_non_null(b);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(b->listener, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(b->listener, 8), 0);
	assert_int_equal(getsockname(b->listener, (struct sockaddr *)&a, &n),
			 0);
	b->port = ntohs(a.sin_port);
	assert_true(courier_new(&b->courier, &(struct courier_options){
		"test", false, NULL, false }, NULL));
	*state = b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;

	b->courier.free(b->courier.ctx);
	close(b->listener);
	free(b);
	return 0;
}

/* Was somebody at the door since the last time? */
static bool knocked(struct bench *b)
{
	struct pollfd p = { b->listener, POLLIN, 0 };

	if (poll(&p, 1, 0) != 1)
		return false;
	close(accept(b->listener, NULL, NULL));
	return true;
}

/* What came of it in b->error; no answer is ever given. */
static void post(struct bench *b, enum wire wire, const char *scheme,
		 const char *host)
{
	const struct ticket t = { TICKET_ALERT, 1 };
	struct outgoing out = { .wire = wire, .method = "POST",
				.body = "{}", .body_len = 2, .from = "<a@b>",
				.rcpt = { "<c@d>" }, .n_rcpt = 1,
				.timeout_ms = 300, .allow_insecure = true };
	struct courier *c = &b->courier;
	struct err err = { ERR_NONE, "" };
	char url[256];
	struct reply r;

	snprintf(url, sizeof(url), "%s://%s:%d/", scheme, host, b->port);
	out.url = url;
	if (!c->send(c->ctx, &t, &out, &err)) {
		snprintf(b->error, sizeof(b->error), "%s", err.text);
		return;
	}
	for (int i = 0; i < 20 && c->running(c->ctx); i++) {
		c->pump(c->ctx, -1, 500);
		if (!c->take(c->ctx, &r))
			continue;
		snprintf(b->error, sizeof(b->error), "%s", r.error);
		assert_true(!r.sent || strcmp(host, "127.0.0.1") == 0 ||
			    b->reach.n_allow > 0);
	}
	assert_int_equal(c->running(c->ctx), 0);
}

static void test_names(void **state)
{
	static const char *const schemes[] = { "http", "https", "smtp",
					       "smtps" };
	struct bench *b = *state;

	stub_resolve("127.0.0.1");
	for (int i = 0; i < 4; i++) {
		post(b, i < 2 ? WIRE_HTTP : WIRE_SMTP, schemes[i],
		     "hooks.example");
		assert_string_equal(b->error, "refused: 127.0.0.1 is this "
				    "machine itself; see "
				    "network.allow_private");
		assert_false(knocked(b));
	}
	/* The listener is there: the user's own word reaches it. */
	post(b, WIRE_HTTP, "http", "127.0.0.1");
	assert_string_equal(b->error, "timed out");
	assert_true(knocked(b));
}

static void test_literals(void **state)
{
	static const char *const hosts[] = {
		"169.254.169.254", "2852039166", "[::ffff:a9fe:a9fe]",
		"0251.0376.0251.0376", "[fd00:ec2::254]",
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		post(b, WIRE_HTTP, "https", hosts[i]);
		assert_non_null(strstr(b->error, "metadata address"));
		b->error[0] = '\0';
		post(b, WIRE_SMTP, "smtps", hosts[i]);
		assert_non_null(strstr(b->error, "metadata address"));
	}
}

/* The configuration allows plain http, whoever made the request. */
static void test_plain_http(void **state)
{
	const struct ticket t = { TICKET_ALERT, 1 };
	struct outgoing out = { .wire = WIRE_HTTP, .method = "POST",
				.url = "http://hooks.example:9/", .body = "" };
	struct bench *b = *state;
	struct courier *c = &b->courier;
	struct err err = { ERR_NONE, "" };

	stub_resolve("127.0.0.1");
	assert_false(c->send(c->ctx, &t, &out, &err));
	assert_non_null(strstr(err.text, "plain http to hooks.example"));
	courier_insecure(c, true);
	assert_true(c->send(c->ctx, &t, &out, &err));
	courier_insecure(c, false);
	assert_false(c->send(c->ctx, &t, &out, &err));
}

/* Ended right after its start, a program is not waited for: cat would go on
 * until its input ends. */
static void test_free_at_once(void **state)
{
	const struct ticket t = { TICKET_ALERT, 1 };
	const struct outgoing out = { .wire = WIRE_EXEC, .path = "/bin/cat",
				      .body = "" };
	struct courier c;

	(void)state;
	alarm(20);
	for (int i = 0; i < 20; i++) {
		assert_true(courier_new(&c, &(struct courier_options){
			"test", false, NULL, false }, NULL));
		assert_true(c.send(c.ctx, &t, &out, NULL));
		c.free(c.ctx);
	}
	alarm(0);
}

static void test_reload(void **state)
{
	struct bench *b = *state;

	stub_resolve("127.0.0.1");
	assert_true(network_parse(&b->reach.allow[0], "127.0.0.1"));
	b->reach.n_allow = 1;
	courier_reach(&b->courier, &b->reach);
	post(b, WIRE_HTTP, "http", "hooks.example");
	assert_string_equal(b->error, "timed out");
	assert_true(knocked(b));
	b->reach.n_allow = 0;
	courier_reach(&b->courier, &b->reach);
	post(b, WIRE_HTTP, "http", "hooks.example");
	assert_non_null(strstr(b->error, "refused"));
	assert_false(knocked(b));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names), TEST(test_literals), TEST(test_plain_http),
		TEST(test_free_at_once), TEST(test_reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
