/* SPDX-License-Identifier: MIT */
/* A whole fetch against a small service: what is asked and what comes back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "funding_service.h"
#include "http.h"
#include "tiny_server.h"

#define JSON "Content-Type: application/json\r\n"
#define STAMP "\"timestamp\":\"2026-11-20T19:29:09\""
#define RATE(r) "{\"funding_rate\":" r "," STAMP "}"

struct bench {
	struct tiny_server server;
	struct source source;
	struct arena *arena;
	struct market market;
	char buf[4096], url[64];
	char asked[64][64];	/* paths in the order of arrival */
	size_t n_asked;
	const char *fail[4];	/* these paths answer 404 */
	const char *hang;	/* this one never answers */
};

static const struct { const char *path, *body; } pages[] = {
	{ "/api/v1/dexes", "{\"dexes\":["
	  "{\"name\":\"lighter\",\"is_active\":true},"
	  "{\"name\":\"grvt\",\"is_active\":true},"
	  "{\"name\":\"old\",\"is_active\":false},"
	  "{\"name\":\"a/b$\",\"is_active\":true}]}" },
	{ "/api/v1/opportunities?limit=100", "{\"opportunities\":[{"
	  "\"symbol\":\"BTC\",\"long_dex\":\"grvt\",\"short_dex\":\"lighter\","
	  "\"long_rate\":0,\"short_rate\":0.1,\"net_profit_percent\":0.1}]}" },
	{ "/api/v1/funding-rates/lighter", "{\"rates\":{\"BTC\":" RATE("1e-5")
	  ",\"ETH\":" RATE("2e-5") ",\"BAD\":" RATE("\"1\"") "}}" },
	{ "/api/v1/funding-rates/grvt", "{\"rates\":{\"BTC\":" RATE("3e-5")
	  "}}" },
	{ "/api/v1/funding-rates/old", "{\"rates\":{\"BTC\":" RATE("4e-5")
	  "}}" },
	{ "/api/v1/funding-rates/a%2Fb%24", "{\"rates\":{}}" },
	{ "/api/v1/dexes/lighter/symbols", "{\"symbols\":[{\"symbol\":\"BTC\","
	  "\"open_interest_usd\":7,\"volume_24h\":8}]}" },
	{ "/api/v1/dexes/grvt/symbols", "{\"symbols\":[]}" },
	{ "/api/v1/dexes/old/symbols", "{\"symbols\":[]}" },
	{ "/api/v1/dexes/a%2Fb%24/symbols", "{\"symbols\":[]}" },
};

static struct served answer(void *ctx, const char *path, const char *head)
{
	struct bench *b = ctx;
	const char *body = NULL;

	(void)head;
	if (b->n_asked < 64)
		snprintf(b->asked[b->n_asked++], 64, "%.63s", path);
	if (b->hang && strcmp(path, b->hang) == 0)
		return (struct served){ "", 0, REPLY_NEVER };
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (strcmp(path, pages[i].path) == 0)
			body = pages[i].body;
	for (size_t i = 0; i < 4; i++)
		if (b->fail[i] && strcmp(path, b->fail[i]) == 0)
			body = NULL;
	return tiny_reply(b->buf, sizeof(b->buf), body ? "200 OK" : "404 No",
			  JSON, body ? body : "{\"detail\":\"no\"}");
}

static int begin(void **state)
{
	struct funding_service_options o = { .seed = 3 };
	struct bench *b = calloc(1, sizeof(*b));
	struct err err;

	if (!b)
		return -1;
	tiny_start(&b->server, answer, b);
	snprintf(b->url, sizeof(b->url), "http://127.0.0.1:%d/api/v1//",
		 b->server.port);
	o.url = b->url;
	if (!funding_service_new(&b->source, &o, &err))
		return -1;
	b->arena = arena_new();
	*state = b;
	return b->arena ? 0 : -1;
}

static int end(void **state)
{
	struct bench *b = *state;

	b->source.free(b->source.ctx);
	arena_free(b->arena);
	tiny_stop(&b->server);
	free(b);
	return 0;
}

static struct venue venue(const char *s)
{
	struct venue v;

	assert_true(venue_parse(&v, s, strlen(s)));
	return v;
}

static void fetch(struct bench *b, struct fetch_plan plan)
{
	struct err err = { 0 };

	b->n_asked = 0;
	plan.now = (struct instant){ 1795203000000 };
	if (!plan.budget_ms)
		plan.budget_ms = 5000;
	arena_reset(b->arena);
	if (!b->source.fetch(b->source.ctx, &b->market, &plan, b->arena, &err))
		fail_msg("%s", err.text);
	assert_true(b->market.taken_at.ms == plan.now.ms);
}

/* Where in the order of arrival a path was asked; -1 when it was not. */
static int asked(const struct bench *b, const char *path)
{
	int at = -1;

	for (size_t i = 0; i < b->n_asked; i++) {
		if (strcmp(b->asked[i], path) != 0)
			continue;
		if (at >= 0)
			fail_msg("%s was asked twice", path);
		at = (int)i;
	}
	return at;
}

static const struct venue_view *view(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->market.n_venues; i++)
		if (strcmp(b->market.venues[i].venue.s, name) == 0)
			return &b->market.venues[i];
	return NULL;
}

static const struct quote *quote(const struct bench *b, const char *v,
				 const char *s)
{
	for (size_t i = 0; i < b->market.n_quotes; i++)
		if (strcmp(b->market.quotes[i].venue.s, v) == 0 &&
		    strcmp(b->market.quotes[i].symbol.s, s) == 0)
			return &b->market.quotes[i];
	fail_msg("no quote for %s on %s", s, v);
	return NULL;
}

static void test_everything(void **state)
{
	struct bench *b = *state;

	fetch(b, (struct fetch_plan){ 0 });
	assert_int_equal(b->n_asked, 2 + 3 + 3);
	assert_int_equal(b->market.requests, b->n_asked);
	assert_int_equal(b->market.retries, 0);
	assert_true(b->market.bytes > 500);
	assert_string_equal(b->market.error, "");
	assert_true(b->market.dexes_known);
	assert_true(b->market.opportunities_known);
	assert_int_equal(b->market.n_opportunities, 1);
	assert_int_equal(b->market.n_venues, 4);
	assert_int_equal(b->market.n_quotes, 4);
	assert_int_equal(view(b, "old")->rates, ANSWER_NOT_ASKED);
	assert_true(view(b, "old")->listed && !view(b, "old")->active);
	assert_int_equal(view(b, "a/b$")->rates, ANSWER_OK);
	assert_int_equal(view(b, "lighter")->rows, 3);
	assert_int_equal(view(b, "lighter")->malformed, 1);
	assert_non_null(strstr(view(b, "lighter")->error,
			       "rates: 1 of 3 rows malformed"));
}

static void test_quotes(void **state)
{
	struct bench *b = *state;
	const struct quote *q;

	fetch(b, (struct fetch_plan){ 0 });
	q = quote(b, "lighter", "BTC");
	assert_int_equal(q->why, WHY_KNOWN);
	assert_int_equal(dec_cmp(q->rate.fraction, dec_lit("0.00001")), 0);
	assert_int_equal(dec_cmp(q->oi_usd.v, dec_int(7)), 0);
	assert_int_equal(dec_cmp(q->volume_usd.v, dec_int(8)), 0);
	assert_int_equal(quote(b, "lighter", "ETH")->oi_usd.why,
			 WHY_NOT_LISTED);
	assert_int_equal(quote(b, "lighter", "BAD")->why, WHY_MALFORMED);
}

static void test_rounds(void **state)
{
	struct venue first[] = { venue("old"), venue("grvt"), venue("old") };
	struct venue allowed[] = { venue("grvt"), venue("nowhere") };
	struct bench *b = *state;

	fetch(b, (struct fetch_plan){
		.first = first, .n_first = 3,
		.allowed = allowed, .n_allowed = 2
	});
	assert_in_range(asked(b, "/api/v1/dexes"), 0, 3);
	assert_in_range(asked(b, "/api/v1/opportunities?limit=100"), 0, 3);
	assert_in_range(asked(b, "/api/v1/funding-rates/old"), 0, 3);
	assert_in_range(asked(b, "/api/v1/funding-rates/grvt"), 0, 3);
	assert_in_range(asked(b, "/api/v1/funding-rates/lighter"), 4, 7);
	assert_in_range(asked(b, "/api/v1/funding-rates/a%2Fb%24"), 4, 7);
	assert_in_range(asked(b, "/api/v1/dexes/grvt/symbols"), 4, 7);
	assert_in_range(asked(b, "/api/v1/dexes/old/symbols"), 4, 7);
	assert_int_equal(b->n_asked, 8);
	assert_int_equal(quote(b, "old", "BTC")->oi_usd.why, WHY_NOT_LISTED);
	assert_int_equal(quote(b, "lighter", "BTC")->oi_usd.why,
			 WHY_NOT_ASKED);
	assert_null(view(b, "nowhere"));
}

static void test_last_known_list(void **state)
{
	struct venue allowed[] = { venue("grvt") };
	struct fetch_plan plan = { .allowed = allowed, .n_allowed = 1 };
	struct bench *b = *state;

	b->fail[0] = "/api/v1/dexes";
	fetch(b, plan);
	assert_false(b->market.dexes_known);
	assert_string_equal(b->market.error, "dexes: HTTP 404");
	assert_int_equal(b->market.n_venues, 1);
	assert_int_equal(b->market.n_quotes, 1);
	assert_false(view(b, "grvt")->listed);
	assert_int_equal(b->n_asked, 4);
	b->fail[0] = NULL;
	fetch(b, plan);
	assert_true(b->market.dexes_known);
	b->fail[0] = "/api/v1/dexes";
	fetch(b, plan);
	assert_false(b->market.dexes_known);
	assert_int_equal(b->market.n_venues, 4);
	assert_true(view(b, "grvt")->listed && view(b, "grvt")->active);
	assert_int_equal(b->market.n_quotes, 4);
}

static void test_failures_stay_with_their_venue(void **state)
{
	struct venue first[] = { venue("gone") };
	struct bench *b = *state;

	b->fail[0] = "/api/v1/funding-rates/grvt";
	b->fail[1] = "/api/v1/opportunities?limit=100";
	b->fail[2] = "/api/v1/dexes/lighter/symbols";
	fetch(b, (struct fetch_plan){ .first = first, .n_first = 1 });
	assert_false(b->market.opportunities_known);
	assert_true(b->market.dexes_known);
	assert_int_equal(view(b, "grvt")->rates, ANSWER_FAILED);
	assert_int_equal(view(b, "grvt")->symbols, ANSWER_OK);
	assert_string_equal(view(b, "grvt")->error, "rates: HTTP 404");
	assert_int_equal(view(b, "lighter")->rates, ANSWER_OK);
	assert_int_equal(view(b, "lighter")->symbols, ANSWER_FAILED);
	assert_int_equal(quote(b, "lighter", "BTC")->oi_usd.why, WHY_FAILED);
	assert_int_equal(view(b, "gone")->rates, ANSWER_FAILED);
	assert_int_equal(view(b, "gone")->symbols, ANSWER_NOT_ASKED);
	assert_false(view(b, "gone")->listed);
}

static void test_a_hanging_list_leaves_time_for_rates(void **state)
{
	struct bench *b = *state;

	b->hang = "/api/v1/opportunities?limit=100";
	fetch(b, (struct fetch_plan){ .budget_ms = 500 });
	assert_false(b->market.opportunities_known);
	assert_int_equal(b->market.n_quotes, 4);
	assert_int_equal(view(b, "lighter")->rates, ANSWER_OK);
}

/* More than can be asked in one poll: those behind are not asked. */
static void test_no_more_than_so_many_requests(void **state)
{
	enum { FIRST = 1100 };
	struct bench *b = *state;
	struct venue *first = calloc(FIRST, sizeof(*first));
	size_t n_asked = 0, n_failed = 0;

	assert_non_null(first);
	for (int i = 0; i < FIRST; i++)
		snprintf(first[i].s, sizeof(first[i].s), "v%d", i);
	b->fail[0] = "/api/v1/dexes";
	fetch(b, (struct fetch_plan){ .first = first, .n_first = FIRST,
				      .budget_ms = 20000 });
	for (size_t i = 0; i < b->market.n_venues; i++) {
		n_failed += b->market.venues[i].rates == ANSWER_FAILED;
		n_asked += b->market.venues[i].rates != ANSWER_NOT_ASKED;
	}
	assert_int_equal(b->market.n_venues, FIRST);
	assert_int_equal(n_asked, HTTP_REQUESTS_MAX - 2);
	assert_int_equal(n_failed, n_asked);
	assert_int_equal(view(b, "v1099")->rates, ANSWER_NOT_ASKED);
	free(first);
}

static void refused(const char *url, const char *word)
{
	struct funding_service_options o = { .url = url };
	struct source s;
	struct err err = { 0 };

	assert_false(funding_service_new(&s, &o, &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_memory_equal(err.text, "service.url: ", 13);
	if (!strstr(err.text, word))
		fail_msg("%s: %s", url, err.text);
}

static void test_url(void **state)
{
	(void)state;
	refused("http://host.example/api", "service.allow_insecure_http");
	refused("127.0.0.1:8000", "https");
	refused("https://host.example/api?x=1", "'?'");
	refused("ftp://host.example", "ftp");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_everything),
		TEST(test_quotes),
		TEST(test_rounds),
		TEST(test_last_known_list),
		TEST(test_failures_stay_with_their_venue),
		TEST(test_a_hanging_list_leaves_time_for_rates),
		TEST(test_no_more_than_so_many_requests),
		cmocka_unit_test(test_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
