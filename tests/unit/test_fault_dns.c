/* SPDX-License-Identifier: MIT */
/*
 * N-16: names that are not found, are slow, change or lead nowhere. This
 * program has a getaddrinfo of its own, which libcurl finds before that of
 * the system: no name server is asked.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "tiny_server.h"

/* What the next look-ups give: addresses in turn, NULL ends them. */
static struct {
	const char *address[4];
	int error;		/* instead of addresses */
	int slow_ms;
	int asked;
} names;

static struct addrinfo *entry(const char *address, const char *service)
{
	struct addrinfo *a = calloc(1, sizeof(*a));
	struct sockaddr_in6 *six = calloc(1, sizeof(*six));
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)six;
	in_port_t port = htons((in_port_t)atoi(service ? service : "0"));

	if (!a || !six)
		abort();
	a->ai_socktype = SOCK_STREAM;
	a->ai_addr = (struct sockaddr *)(void *)six;
	if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = port;
		a->ai_addrlen = sizeof(*six);
	} else if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = port;
		a->ai_addrlen = sizeof(*four);
	} else {
		abort();
	}
	a->ai_family = a->ai_addr->sa_family;
	return a;
}

int getaddrinfo(const char *name, const char *service,
		const struct addrinfo *hints, struct addrinfo **out)
{
	struct timespec pause = { names.slow_ms / 1000,
				  names.slow_ms % 1000 * 1000000L };

	(void)name;
	(void)hints;
	names.asked++;
	nanosleep(&pause, NULL);
	if (names.error)
		return names.error;
	for (int i = 0; i < 4 && names.address[i]; i++) {
		*out = entry(names.address[i], service);
		out = &(*out)->ai_next;
	}
	return 0;
}

void freeaddrinfo(struct addrinfo *a)
{
	while (a) {
		struct addrinfo *next = a->ai_next;

		free(a->ai_addr);
		free(a);
		a = next;
	}
}

struct bench {
	struct tiny_server server;
	struct http *http;
	struct http_request req;
	char buf[512], url[64];
	int64_t took_ms;
};

static struct served answer(void *ctx, const char *path, const char *head)
{
	struct bench *b = ctx;

	(void)path;
	(void)head;
	return tiny_reply(b->buf, sizeof(b->buf), "200 OK",
			  "Content-Type: application/json\r\n", "{}");
}

static int begin(void **state)
{
	struct http_options o = { .backoff = { 1 }, .timeout = span_s(3),
				  .seed = 7, .allow_insecure = true };
	struct bench *b = calloc(1, sizeof(*b));

	if (!b || !http_new(&b->http, &o, NULL))
		return -1;
	memset(&names, 0, sizeof(names));
	tiny_start(&b->server, answer, b);
	snprintf(b->url, sizeof(b->url), "http://rates.test:%d/x",
		 b->server.port);
	*state = b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;

	http_free(b->http);
	tiny_stop(&b->server);
	free(b);
	return 0;
}

static const struct http_request *get(struct bench *b, int64_t budget_ms)
{
	int64_t start = http_now_ms();

	b->req = (struct http_request){ .url = b->url };
	http_batch(b->http, &b->req, 1, start + budget_ms);
	b->took_ms = http_now_ms() - start;
	assert_in_range(b->took_ms, 0, budget_ms + 1000);
	return &b->req;
}

static void not_found(struct bench *b)
{
	const struct http_request *r;

	names.error = EAI_NONAME;
	r = get(b, 3000);
	assert_false(r->ok);
	assert_string_equal(r->error, "host name not found");
	assert_int_equal(r->tries, 4);
	assert_true(names.asked >= 1);
	names.error = EAI_AGAIN;
	assert_string_equal(get(b, 3000)->error, "host name not found");
	names.error = 0;
}

static void slow(struct bench *b)
{
	names.address[0] = "127.0.0.1";
	names.slow_ms = 600;
	assert_false(get(b, 150)->ok);
	assert_in_range(b->took_ms, 140, 1100);
	names.slow_ms = 0;
	assert_true(get(b, 3000)->ok);
}

/* Nobody listens where the name led: a retry asks for it again. */
static void changed(struct bench *b)
{
	names.address[0] = "127.0.0.9";
	assert_string_equal(get(b, 3000)->error, "cannot connect");
	names.address[0] = "127.0.0.1";
	assert_true(get(b, 3000)->ok);
	assert_in_range(b->req.tries, 1, 2);
}

/* On ::1, where connects hang: its queue is full. Without IPv6: refused. */
static void dig_hole(int hole[3], int port)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT,
				   .sin6_port = htons((in_port_t)port) };
	int one = 1;

	for (int i = 0; i < 3; i++)
		hole[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(hole[0], IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(hole[0], (struct sockaddr *)(void *)&at, sizeof(at)) ||
	    listen(hole[0], 0))
		return;
	for (int i = 1; i < 3; i++)
		(void)connect(hole[i], (struct sockaddr *)(void *)&at,
			      sizeof(at));
}

static void first_leads_nowhere(struct bench *b)
{
	int hole[3];

	dig_hole(hole, b->server.port);
	names.address[0] = "::1";
	names.address[1] = "127.0.0.1";
	assert_true(get(b, 3000)->ok);
	assert_int_equal(b->req.tries, 1);
	for (int i = 0; i < 3; i++)
		close(hole[i]);
}

static void n16_names_not_found_slow_changed_or_half_dead(void **state)
{
	static void (*const cases[])(struct bench *b) = {
		not_found, slow, changed, first_leads_nowhere,
	};
	struct bench *b;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(begin(state), 0);
		b = *state;
		cases[i](b);
		end(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(n16_names_not_found_slow_changed_or_half_dead),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
