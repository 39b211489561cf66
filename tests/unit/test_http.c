/* SPDX-License-Identifier: MIT */
/* The HTTP client against a server on loopback that misbehaves on demand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http.h"
#include "http_policy.h"
#include "tiny_server.h"

#define JSON "Content-Type: application/json\r\n"
#define BIG ((size_t)9 << 20)

struct bench {
	struct tiny_server server;
	struct http *http;
	struct http_options options;
	struct http_request req;
	int64_t took_ms;
	char *big;
	char head[2048];	/* of the last request */
	unsigned calls;
	char url[8][128];
};

/* What the server answers, by path; nth counts the requests so far. */
struct play {
	const char *path, *status, *headers, *body;
	enum reply_end end;
	unsigned until;		/* for the first n requests; then "/ok" */
};

static const struct play plays[] = {
	{ "/ok", "200 OK", JSON, "{\"a\":1}", REPLY_KEEP, 0 },
	{ "/utf8", "200 OK", "Content-Type: Application/JSON; charset=utf-8\r\n",
	  "{}", REPLY_KEEP, 0 },
	{ "/empty", "200 OK", JSON, "", REPLY_KEEP, 0 },
	{ "/leaves", "200 OK", JSON, "{}", REPLY_CLOSE, 0 },
	{ "/500-once", "500 Oops", JSON, "{}", REPLY_KEEP, 1 },
	{ "/500", "500 Oops", JSON, "{}", REPLY_KEEP, 0 },
	{ "/503-dated", "503 Busy", JSON "Retry-After: @\r\n", "{}",
	  REPLY_KEEP, 1 },
	{ "/429-once", "429 Slow", JSON "Retry-After: 1\r\n", "{}",
	  REPLY_KEEP, 1 },
	{ "/429-long", "429 Slow", JSON "Retry-After: 3600\r\n", "{}",
	  REPLY_KEEP, 0 },
	{ "/429-ages", "429 Slow", JSON "Retry-After: 99999999999\r\n", "{}",
	  REPLY_KEEP, 0 },
	{ "/500-after", "500 Oops", JSON "Retry-After: 3600\r\n", "{}",
	  REPLY_KEEP, 1 },
	{ "/404", "404 No", JSON, "{\"detail\":\"no\"}", REPLY_KEEP, 0 },
	{ "/204", "204 None", "", "", REPLY_KEEP, 0 },
	{ "/moved", "302 Moved", JSON "Location: /ok\r\n", "", REPLY_KEEP, 0 },
	{ "/html", "200 OK", "Content-Type: text/html\x1b[2J\r\n", "<p>",
	  REPLY_KEEP, 0 },
	{ "/foreign", "200 OK", "Content-Type: text/\xc3\xa9\x7f\r\n", "<p>",
	  REPLY_KEEP, 0 },
	{ "/jsonp", "200 OK", "Content-Type: application/jsonp\r\n", "{}",
	  REPLY_KEEP, 0 },
	{ "/untyped", "200 OK", "", "{}", REPLY_KEEP, 0 },
	{ "/reset", NULL, NULL, "", REPLY_RESET, 0 },
	{ "/reset-once", NULL, NULL, "", REPLY_RESET, 1 },
	{ "/nothing", NULL, NULL, "", REPLY_CLOSE, 0 },
	{ "/never", NULL, NULL, "", REPLY_NEVER, 0 },
	{ "/stalled", NULL, NULL, "HTTP/1.1 200 OK\r\n" JSON
	  "Content-Length: 10\r\n\r\n{", REPLY_NEVER, 0 },
	{ "/short", NULL, NULL, "HTTP/1.1 200 OK\r\n" JSON
	  "Content-Length: 100\r\n\r\n{\"a\":1}", REPLY_CLOSE, 0 },
	{ "/chunk", NULL, NULL, "HTTP/1.1 200 OK\r\n" JSON
	  "Transfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n",
	  REPLY_CLOSE, 0 },
	{ "/garbage", NULL, NULL, "SSH-2.0-x\r\n\r\n", REPLY_CLOSE, 0 },
};

static struct served reply_big(struct bench *b, const char *head)
{
	size_t n = (size_t)sprintf(b->big, "%s", head);

	memset(b->big + n, ' ', BIG - n);
	return (struct served){ b->big, BIG, REPLY_CLOSE };
}

static struct served reply_headers(struct bench *b)
{
	size_t n = (size_t)sprintf(b->big, "HTTP/1.1 200 OK\r\n");

	while (n < 100000)
		n += (size_t)sprintf(b->big + n, "X: 0123456789\r\n");
	return (struct served){ b->big, n, REPLY_NEVER };
}

/* 100000 blanks, compressed to 133 bytes. */
static struct served reply_bomb(struct bench *b)
{
	static const char gz[] =
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00"
		"\x00\x00\xc2\xa0\x2a\xeb\x9f\xd2\x1a\x1e\x40\x01";
	static const char tail[] = "\xaf\x06\x2d\xf0\x79\xca\xa0\x86\x01";
	size_t n = (size_t)sprintf(b->big, "HTTP/1.1 200 OK\r\n" JSON
				   "Content-Encoding: gzip\r\n"
				   "Content-Length: 133\r\n\r\n");

	memset(b->big + n, 0, 133);
	memcpy(b->big + n, gz, sizeof(gz) - 1);
	memcpy(b->big + n + 123, tail, sizeof(tail) - 1);
	return (struct served){ b->big, n + 133, REPLY_KEEP };
}

static void add_date(char *out, size_t cap, const char *headers)
{
	const char *at = strchr(headers, '@');
	time_t t = time(NULL) + 2;
	struct tm tm;
	char date[64];

	gmtime_r(&t, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	if (at)
		snprintf(out, cap, "%.*s%s%s", (int)(at - headers), headers,
			 date, at + 1);
	else
		snprintf(out, cap, "%s", headers);
}

static struct served act(struct bench *b, const struct play *p)
{
	char headers[512];
	struct served r;

	if (p->until && b->calls > p->until)
		p = &plays[0];
	if (!p->status)
		return (struct served){ p->body, strlen(p->body), p->end };
	add_date(headers, sizeof(headers), p->headers);
	r = tiny_reply(b->big, BIG, p->status, headers, p->body);
	r.end = p->end;
	return r;
}

static struct served answer(void *ctx, const char *path, const char *head)
{
	struct bench *b = ctx;

	b->calls++;
	snprintf(b->head, sizeof(b->head), "%s", head);
	if (strcmp(path, "/big") == 0)
		return reply_big(b, "HTTP/1.1 200 OK\r\n" JSON "\r\n");
	if (strcmp(path, "/header") == 0)
		return reply_big(b, "HTTP/1.1 200 OK\r\nX: ");
	if (strcmp(path, "/headers") == 0)
		return reply_headers(b);
	if (strcmp(path, "/bomb") == 0)
		return reply_bomb(b);
	for (size_t i = 0; i < sizeof(plays) / sizeof(*plays); i++)
		if (strcmp(plays[i].path, path) == 0)
			return act(b, &plays[i]);
	return act(b, &plays[0]);
}

static int begin(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	b->big = malloc(BIG);
	b->options = (struct http_options){
		.backoff = { 1 }, .timeout = span_s(3), .seed = 7
	};
	tiny_start(&b->server, answer, b);
	*state = b;
	return b->big ? 0 : -1;
}

static int end(void **state)
{
	struct bench *b = *state;

	http_free(b->http);
	if (b->server.state)
		tiny_stop(&b->server);
	free(b->big);
	free(b);
	return 0;
}

static const char *url(struct bench *b, size_t i, const char *path)
{
	snprintf(b->url[i], sizeof(b->url[i]), "http://127.0.0.1:%d%s",
		 b->server.port, path);
	return b->url[i];
}

/* The next request starts without connections, with the options of then. */
static void fresh(struct bench *b)
{
	http_free(b->http);
	b->http = NULL;
}

/* TLS alone takes valgrind 3 s to begin, 6 beside others; tools/valgrind is there. */
static int late_ms(void)
{
	return getenv("CW_VALGRIND") ? 15000 : 1000;
}

static void batch(struct bench *b, struct http_request *reqs, size_t n,
		  int64_t budget_ms)
{
	int64_t start = http_now_ms();

	if (!b->http)
		assert_true(http_new(&b->http, &b->options, NULL));
	http_batch(b->http, reqs, n, start + budget_ms);
	b->took_ms = http_now_ms() - start;
	assert_in_range(b->took_ms, 0, budget_ms + late_ms());
}

static const struct http_request *get(struct bench *b, const char *path,
				      int64_t budget_ms)
{
	b->req = (struct http_request){ .url = url(b, 0, path) };
	batch(b, &b->req, 1, budget_ms);
	return &b->req;
}

static void test_ok(void **state)
{
	struct bench *b = *state;
	const struct http_request *r = get(b, "/ok", 3000);

	assert_string_equal(r->error, "");
	assert_true(r->ok);
	assert_int_equal(r->status, 200);
	assert_int_equal(r->tries, 1);
	assert_int_equal(r->bytes, 7);
	assert_int_equal(r->body_len, 7);
	assert_memory_equal(r->body, "{\"a\":1}", 7);
	assert_null(strstr(b->head, "Accept-Encoding"));
	assert_non_null(strstr(b->head, "User-Agent: carrywatch\r\n"));
	assert_true(get(b, "/utf8", 3000)->ok);
	r = get(b, "/empty", 3000);
	assert_true(r->ok);
	assert_int_equal(r->body_len, 0);
	assert_non_null(r->body);
}

static void test_connections_are_kept(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 5; i++)
		assert_true(get(b, "/ok", 3000)->ok);
	tiny_stop(&b->server);
	assert_int_equal(b->server.requests, 5);
	assert_int_equal(b->server.connections, 1);
}

/* N-18: without a word between two polls; the next one just connects anew. */
static void test_kept_connection_closed_by_the_peer(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 5; i++) {
		const struct http_request *r = get(b, "/leaves", 3000);

		assert_string_equal(r->error, "");
		assert_true(r->ok);
		assert_int_equal(r->tries, 1);
		assert_int_equal(r->body_len, 2);
	}
	tiny_stop(&b->server);
	assert_int_equal(b->server.requests, 5);
	assert_int_equal(b->server.connections, 5);
}

static void test_many_at_once(void **state)
{
	struct http_request reqs[40];
	struct bench *b = *state;

	for (size_t i = 0; i < 40; i++)
		reqs[i].url = url(b, i % 2, i % 2 ? "/404" : "/ok");
	batch(b, reqs, 40, 5000);
	for (size_t i = 0; i < 40; i++) {
		assert_int_equal(reqs[i].status, i % 2 ? 404 : 200);
		assert_int_equal(reqs[i].body_len, i % 2 ? 0 : 7);
	}
	tiny_stop(&b->server);
	assert_int_equal(b->server.requests, 40);
	assert_in_range(b->server.connections, 1, 8);
}

/* How each path ends when four tries are allowed. */
static const struct ending {
	const char *path;
	uint32_t tries;
	const char *error;
} endings[] = {
	{ "/500", 4, "HTTP 500" },
	{ "/500-once", 2, "" },
	{ "/500-after", 2, "" },
	{ "/reset-once", 2, "" },
	{ "/404", 1, "HTTP 404" },
	{ "/204", 1, "HTTP 204" },
	{ "/moved", 1, "HTTP 302" },
	{ "/html", 1, "not JSON: text/html?[2J" },
	{ "/foreign", 1, "not JSON: text/???" },
	{ "/jsonp", 1, "not JSON: application/jsonp" },
	{ "/untyped", 1, "not JSON: no content type" },
	{ "/reset", 4, "connection reset" },
	{ "/nothing", 4, "connection closed without an answer" },
	{ "/short", 4, "body cut short" },
	{ "/chunk", 4, "body cut short" },
	{ "/garbage", 1, "not an HTTP answer" },
	{ "/big", 1, "body larger than the limit" },
	{ "/header", 1, "header too long, or no memory" },
	{ "/headers", 1, "headers larger than 64 KiB" },
};

static void test_endings(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		const struct ending *e = &endings[i];
		const struct http_request *r;

		/* On a kept connection libcurl itself tries once more. */
		fresh(b);
		b->calls = 0;
		r = get(b, e->path, 3000);
		if (strcmp(r->error, e->error) != 0 || r->tries != e->tries ||
		    r->ok != !e->error[0] || (!r->ok && r->body_len))
			fail_msg("%s: %u tries, \"%s\"", e->path, r->tries,
				 r->error);
		assert_int_equal(b->calls, e->tries);
	}
}

static void test_retry_after_is_honoured(void **state)
{
	struct bench *b = *state;

	assert_true(get(b, "/429-once", 5000)->ok);
	assert_in_range(b->took_ms, 990, 4000);
	b->calls = 0;
	assert_true(get(b, "/503-dated", 5000)->ok);
	assert_in_range(b->took_ms, 500, 4500);
}

static void test_retry_after_beyond_the_deadline(void **state)
{
	struct bench *b = *state;
	static const char *const paths[] = { "/429-long", "/429-ages" };

	for (int i = 0; i < 2; i++) {
		const struct http_request *r = get(b, paths[i], 3000);

		assert_string_equal(r->error, "HTTP 429");
		assert_int_equal(r->tries, 1);
		assert_in_range(b->took_ms, 0, 1000);
	}
}

/* The room that one large answer took is not kept for the small ones. */
static void test_a_large_answer_between_small_ones(void **state)
{
	struct bench *b = *state;
	const struct http_request *r;

	b->options.body_max = 2 * BIG;
	assert_true(get(b, "/ok", 3000)->ok);
	for (int i = 0; i < 2; i++) {
		r = get(b, "/big", 5000);
		assert_true(r->ok);
		assert_in_range(r->body_len, BIG - 200, BIG);
		assert_int_equal(r->body[r->body_len - 1], ' ');
		r = get(b, "/ok", 3000);
		assert_int_equal(r->body_len, 7);
		assert_memory_equal(r->body, "{\"a\":1}", 7);
	}
}

static void test_deadline(void **state)
{
	struct http_request reqs[3];
	struct bench *b = *state;

	reqs[0].url = url(b, 0, "/never");
	reqs[1].url = url(b, 1, "/ok");
	reqs[2].url = url(b, 2, "/stalled");
	batch(b, reqs, 3, 200);
	assert_in_range(b->took_ms, 190, 1000);
	assert_true(reqs[1].ok);
	for (int i = 0; i < 3; i += 2) {
		assert_false(reqs[i].ok);
		assert_true(reqs[i].error[0]);
		assert_int_equal(reqs[i].body_len, 0);
	}
	assert_true(get(b, "/ok", 3000)->ok);
}

static void test_no_time_at_all(void **state)
{
	struct bench *b = *state;
	const struct http_request *r = get(b, "/ok", 0);

	assert_false(r->ok);
	assert_int_equal(r->tries, 0);
	assert_string_equal(r->error,
			    "no answer before the deadline of the poll");
}

static void test_timeout_of_one_try(void **state)
{
	struct bench *b = *state;
	const struct http_request *r;

	b->options.timeout.ms = 60;
	b->options.tries = 2;
	r = get(b, "/never", 3000);
	assert_string_equal(r->error, "timed out");
	assert_int_equal(r->tries, 2);
	assert_in_range(b->took_ms, 100, 1000);
}

static void test_gzip(void **state)
{
	struct bench *b = *state;
	const struct http_request *r;

	r = get(b, "/bomb", 3000);
	assert_int_equal(r->body_len, 133);	/* not asked, not unpacked */
	fresh(b);
	b->options.gzip = true;
	r = get(b, "/bomb", 3000);
	assert_non_null(strstr(b->head, "Accept-Encoding: gzip\r\n"));
	assert_true(r->ok);
	assert_int_equal(r->body_len, 100000);
	assert_int_equal(r->bytes, 133);
	fresh(b);
	b->options.body_max = 99999;
	r = get(b, "/bomb", 3000);
	assert_string_equal(r->error, "body larger than the limit");
}

static void test_proxy_variables(void **state)
{
	struct bench *b = *state;
	char proxy[64];

	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", b->server.port);
	setenv("http_proxy", proxy, 1);
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	assert_true(get(b, "/ok", 3000)->ok);
	assert_memory_equal(b->head, "GET /ok", 7);
	fresh(b);
	b->options.use_proxy = true;
	assert_true(get(b, "/ok", 3000)->ok);
	assert_memory_equal(b->head, "GET http://127.0.0.1:", 21);
	unsetenv("http_proxy");
}

static void test_nobody_listens(void **state)
{
	struct bench *b = *state;
	const struct http_request *r;

	tiny_stop(&b->server);
	r = get(b, "/ok", 3000);
	assert_string_equal(r->error, "cannot connect");
	assert_int_equal(r->status, 0);
	assert_int_equal(r->tries, 4);
}

/* No way back from https to plain text, and no secret in the text. */
static void test_https_stays_https(void **state)
{
	struct bench *b = *state;
	struct http_request r;

	snprintf(b->url[0], sizeof(b->url[0]),
		 "https://me:hunter2@127.0.0.1:%d/ok?token=hunter2",
		 b->server.port);
	r.url = b->url[0];
	batch(b, &r, 1, 300);
	assert_false(r.ok);
	assert_null(strstr(r.error, "hunter2"));
	assert_int_equal(b->calls, 0);
}

static void test_plain_http_elsewhere_is_refused(void **state)
{
	struct http_request r = { .url = "http://192.0.2.1/x?k=hunter2" };
	struct bench *b = *state;

	batch(b, &r, 1, 2000);
	assert_int_equal(r.tries, 0);
	assert_memory_equal(r.error, "plain http to 192.0.2.1", 23);
	assert_null(strstr(r.error, "hunter2"));
}

static void test_urls(void **state)
{
	static const char *const good[] = {
		"http://localhost:8000/api/v1", "http://127.9.9.9",
		"http://[::1]:8000", "https://host.example/x",
	};
	static const char *const bad[] = {
		"", "host.example", "http://", "ftp://localhost/x",
		"file:///etc/passwd", "http://host.example/",
		"http://127.0.0.1.example/", "http://localhost.example",
		"http://128.0.0.1", "http://[::2]", "https://a b/",
		"http://localhost@host.example/",
	};
	const struct reach none = { .n_allow = 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!http_url_check(good[i], false, &none, &err))
			fail_msg("%s: %s", good[i], err.text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (http_url_check(bad[i], false, &none, &err))
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(err.kind, ERR_CONFIG);
	}
	assert_true(http_url_check("http://host.example/", true, &none,
				  &err));
	assert_false(http_url_check("ftp://host.example/", true, &none, &err));
}

static void test_pauses(void **state)
{
	uint64_t seed = 1, again = 1;
	int64_t most[6] = { 0 };

	(void)state;
	for (int i = 0; i < 2000; i++)
		for (uint32_t t = 1; t <= 5; t++) {
			int64_t ms = http_pause_ms(&seed, 250, t);
			int64_t cap = (int64_t)250 << (t - 1);

			assert_in_range(ms, 0, cap);
			assert_int_equal(ms, http_pause_ms(&again, 250, t));
			most[t] = ms > most[t] ? ms : most[t];
		}
	for (int t = 1; t <= 5; t++)
		assert_true(most[t] > (int64_t)240 << (t - 1));
	assert_in_range(http_pause_ms(&seed, 250, 4000000000u), 0, 4000);
	for (int i = 0; i < 100; i++)	/* no power of two of it is 4 s */
		assert_in_range(http_pause_ms(&seed, 3000, 5), 0, 4000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ok),
		TEST(test_connections_are_kept),
		TEST(test_kept_connection_closed_by_the_peer),
		TEST(test_many_at_once),
		TEST(test_endings),
		TEST(test_retry_after_is_honoured),
		TEST(test_retry_after_beyond_the_deadline),
		TEST(test_a_large_answer_between_small_ones),
		TEST(test_deadline),
		TEST(test_no_time_at_all),
		TEST(test_timeout_of_one_try),
		TEST(test_gzip),
		TEST(test_proxy_variables),
		TEST(test_nobody_listens),
		TEST(test_https_stays_https),
		TEST(test_plain_http_elsewhere_is_refused),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
