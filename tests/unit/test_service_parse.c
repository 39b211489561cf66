/* SPDX-License-Identifier: MIT */
/* Answers of the funding-rate service, written by hand: rows and refusals. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "service_parse.h"

struct given {
	struct arena *arena;
	struct service_rows rows;
	struct err err;
};

static int begin(void **state)
{
	static struct given g;

	g = (struct given){ .arena = arena_new() };
	*state = &g;
	return g.arena ? 0 : -1;
}

static int end(void **state)
{
	struct given *g = *state;

	arena_free(g->arena);
	return 0;
}

static struct json_text text(const char *s)
{
	return (struct json_text){ s, strlen(s) };
}

static struct venue venue(const char *s)
{
	struct venue v;

	assert_true(venue_parse(&v, s, strlen(s)));
	return v;
}

static bool rates(struct given *g, const char *body)
{
	g->err = (struct err){ 0 };
	return service_parse_rates(&g->rows, venue("lighter"), text(body),
				   g->arena, &g->err);
}

static bool symbols(struct given *g, const char *body)
{
	g->err = (struct err){ 0 };
	return service_parse_symbols(&g->rows, text(body), g->arena, &g->err);
}

static bool dexes(struct given *g, const char *body)
{
	g->err = (struct err){ 0 };
	return service_parse_dexes(&g->rows, text(body), g->arena, &g->err);
}

static bool opportunities(struct given *g, const char *body)
{
	g->err = (struct err){ 0 };
	return service_parse_opportunities(&g->rows, text(body), g->arena,
					   &g->err);
}

static void assert_dec(struct dec v, const char *want)
{
	char buf[DEC_TEXT_MAX];

	dec_format(buf, v);
	assert_string_equal(buf, want);
}

static void assert_time(struct instant t, const char *want)
{
	char buf[INSTANT_TEXT_MAX];

	instant_format(buf, t);
	assert_string_equal(buf, want);
}

#define STAMP "\"timestamp\":\"2026-11-20T19:29:09.145094\""

static void test_rates(void **state)
{
	struct given *g = *state;
	const struct quote *q;

	assert_true(rates(g, "{\"dex_name\":\"lighter\",\"rates\":{"
			     "\"BTC\":{\"funding_rate\":9.6e-05,"
			     "\"next_funding_time\":\"2026-11-20T21:00:00\","
			     STAMP "},"
			     "\"eth\":{" STAMP ",\"funding_rate\":-0.0},"
			     "\"SOL\":{\"funding_rate\":null,"
			     "\"next_funding_time\":null," STAMP "}},"
			     "\"updated_at\":17}"));
	assert_int_equal(g->rows.n, 3);
	assert_int_equal(g->rows.rows, 3);
	assert_int_equal(g->rows.malformed, 0);
	q = g->rows.quotes;
	assert_string_equal(q[0].symbol.s, "BTC");
	assert_string_equal(q[0].venue.s, "lighter");
	assert_int_equal(q[0].why, WHY_KNOWN);
	assert_dec(q[0].rate.fraction, "0.000096");
	assert_int_equal(q[0].rate.interval_s, RATE_8H_S);
	assert_time(q[0].observed_at, "2026-11-20T19:29:09.145Z");
	assert_time(q[0].next_funding, "2026-11-20T21:00:00Z");
	assert_int_equal(q[0].oi_usd.why, WHY_NOT_ASKED);
	assert_string_equal(q[1].symbol.s, "ETH");
	assert_int_equal(q[1].why, WHY_KNOWN);
	assert_dec(q[1].rate.fraction, "0");
	assert_false(instant_known(q[1].next_funding));
	assert_int_equal(q[2].why, WHY_NULL_VALUE);
	assert_true(instant_known(q[2].observed_at));
}

/* One row of three: what its rate is worth and whether it is malformed. */
static const struct rate_case {
	const char *row;
	enum why why;
	uint32_t malformed;
} rate_cases[] = {
	{ "{\"funding_rate\":1," STAMP "}", WHY_KNOWN, 0 },
	{ "{\"funding_rate\":\"1\"," STAMP "}", WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":true," STAMP "}", WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":[]," STAMP "}", WHY_MALFORMED, 1 },
	{ "{" STAMP "}", WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1}", WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1,\"timestamp\":null}", WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1,\"timestamp\":1700000000}", WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1,\"timestamp\":\"today\"}", WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1,\"funding_rate\":1," STAMP "}",
	  WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1,\"next_funding_time\":\"soon\"," STAMP "}",
	  WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1,\"next_funding_time\":5," STAMP "}",
	  WHY_MALFORMED, 1 },
	{ "{\"funding_rate\":1,\"annualized_rate\":\"\\u0000\","
	  "\"annualized_rate\":[{}]," STAMP "}", WHY_KNOWN, 0 },
	{ "{\"funding_rate\":1e-18," STAMP "}", WHY_KNOWN, 0 },
	{ "{\"funding_rate\":1e-19," STAMP "}", WHY_INEXACT, 0 },
	{ "{\"funding_rate\":4.000000000000002e-06," STAMP "}",
	  WHY_INEXACT, 0 },
	{ "{\"funding_rate\":1e-999999999999," STAMP "}", WHY_INEXACT, 0 },
	{ "{\"funding_rate\":1e21," STAMP "}", WHY_OVERFLOW, 0 },
	{ "{\"funding_rate\":1e999999999999," STAMP "}", WHY_OVERFLOW, 0 },
	{ "null", WHY_MALFORMED, 1 },
	{ "0.1", WHY_MALFORMED, 1 },
	{ "[]", WHY_MALFORMED, 1 },
};

static void test_a_row_refuses_only_itself(void **state)
{
	struct given *g = *state;
	char body[1024];

	for (size_t i = 0; i < sizeof(rate_cases) / sizeof(*rate_cases); i++) {
		const struct rate_case *c = &rate_cases[i];

		snprintf(body, sizeof(body), "{\"rates\":{"
			 "\"A\":{\"funding_rate\":1," STAMP "},\"X\":%s,"
			 "\"B\":{\"funding_rate\":2," STAMP "}}}", c->row);
		if (!rates(g, body) || g->rows.n != 3 ||
		    g->rows.quotes[1].why != c->why ||
		    g->rows.malformed != c->malformed)
			fail_msg("%s: %s, %u malformed, %s", c->row,
				 why_word(g->rows.quotes[1].why),
				 g->rows.malformed, g->err.text);
		assert_string_equal(g->rows.quotes[1].symbol.s, "X");
		assert_int_equal(g->rows.quotes[0].why, WHY_KNOWN);
		assert_dec(g->rows.quotes[2].rate.fraction, "2");
	}
}

static void test_the_first_malformed_row_is_told(void **state)
{
	struct given *g = *state;

	assert_true(rates(g, "{\"rates\":{\"A\":{\"funding_rate\":1," STAMP
			     "},\"X\":{\"funding_rate\":\"1\"}}}"));
	assert_string_equal(g->rows.first.text, "$.rates.X.funding_rate: a "
			    "number is wanted here, not a string (byte 94)");
}

static void test_a_nameless_row_is_dropped(void **state)
{
	struct given *g = *state;

	assert_true(rates(g, "{\"rates\":{\"\":{},\"A B\":{},"
			     "\"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQR"
			     "STUVWXYZ\":{},"
			     "\"A\":{\"funding_rate\":1," STAMP "},"
			     "\"B\":{\"funding_rate\":1," STAMP "},"
			     "\"C\":{\"funding_rate\":1," STAMP "}}}"));
	assert_int_equal(g->rows.n, 3);
	assert_int_equal(g->rows.rows, 6);
	assert_int_equal(g->rows.malformed, 3);
}

static void test_more_than_half_malformed_refuses_all(void **state)
{
	struct given *g = *state;

	assert_false(rates(g, "{\"rates\":{\"A\":1,\"B\":2,"
			      "\"C\":{\"funding_rate\":1," STAMP "}}}"));
	assert_int_equal(g->err.kind, ERR_DATA);
	assert_string_equal(g->err.text,
			    "2 of 3 rows malformed; first $.rates.A: an "
			    "object is wanted here, not a number (byte 14)");
	assert_true(rates(g, "{\"rates\":{\"A\":{\"funding_rate\":null," STAMP
			     "},\"B\":{\"funding_rate\":null," STAMP "}}}"));
}

static void test_wrong_shapes_are_refused(void **state)
{
	static const char *const bodies[] = {
		"", "null", "[]", "{}", "{\"rates\":null}", "{\"rates\":[]}",
		"{\"rates\":{}} x", "{\"rates\":{},\"rates\":{}}",
		"{\"rates\":{\"A\":{\"funding_rate\":NaN}}}",
		"{\"detail\":\"[Errno 111] Connection refused\"}",
		"{\"rates\":{\"A\":{\"funding_rate\":01," STAMP "}}}",
		"{\"rates\":{},\"x\":\"\xff\"}", "<html></html>",
	};
	struct given *g = *state;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		if (rates(g, bodies[i]))
			fail_msg("taken: %s", bodies[i]);
		assert_int_equal(g->err.kind, ERR_DATA);
	}
	assert_true(rates(g, "{\"rates\":{}}"));
	assert_int_equal(g->rows.n, 0);
	assert_false(rates(g, "{\"detail\":1}"));
	assert_string_equal(g->err.text, "$: \"rates\" is missing (byte 12)");
}

static void test_many_rows(void **state)
{
	enum { ROWS = 20001, ROW_MAX = 96 };
	struct given *g = *state;
	char *body = arena_alloc(g->arena, (size_t)ROWS * ROW_MAX);
	size_t n = 0;

	assert_non_null(body);
	n += (size_t)sprintf(body, "{\"rates\":{");
	for (int i = 0; i < ROWS; i++) {
		n += (size_t)sprintf(body + n, "%s\"S%d\":{\"funding_rate\":"
				     "1e-5," STAMP "}", i ? "," : "", i);
		if (i == ROWS - 2) {
			memcpy(body + n, "}}", 3);
			assert_true(rates(g, body));
			assert_int_equal(g->rows.n, ROWS - 1);
			assert_string_equal(
				g->rows.quotes[ROWS - 2].symbol.s, "S19999");
		}
	}
	memcpy(body + n, "}}", 3);
	assert_false(rates(g, body));
}

static void test_dexes(void **state)
{
	struct given *g = *state;

	assert_true(dexes(g, "{\"dexes\":[{\"name\":\"Lighter\","
			     "\"is_active\":true,\"fee_structure\":{}},"
			     "{\"name\":\"grvt\",\"is_active\":false},"
			     "{\"name\":\"x y\",\"is_active\":true}],"
			     "\"count\":9}"));
	assert_int_equal(g->rows.n, 2);
	assert_int_equal(g->rows.malformed, 1);
	assert_string_equal(g->rows.dexes[0].venue.s, "lighter");
	assert_true(g->rows.dexes[0].active);
	assert_false(g->rows.dexes[1].active);
	assert_true(dexes(g, "{\"dexes\":[],\"count\":0}"));
	assert_int_equal(g->rows.n, 0);
	assert_false(dexes(g, "{\"dexes\":{}}"));
	assert_false(dexes(g, "{\"dexes\":[{\"name\":\"a\"}]}"));
	assert_false(dexes(g, "{\"dexes\":[{\"name\":\"a\",\"is_active\":1}]}"));
	assert_false(dexes(g, "{\"dexes\":[{\"name\":\"a\",\"is_active\":true},"
			      "{\"name\":\"A\",\"is_active\":true}]}"));
	assert_string_equal(g->err.text, "$.dexes: a is listed twice");
}

static void test_too_many_dexes(void **state)
{
	struct given *g = *state;
	char body[8192];
	size_t n = (size_t)sprintf(body, "{\"dexes\":[");

	for (int i = 0; i <= SERVICE_VENUES_MAX; i++)
		n += (size_t)sprintf(body + n, "%s{\"name\":\"v%d\","
				     "\"is_active\":true}", i ? "," : "", i);
	memcpy(body + n, "]}", 3);
	assert_false(dexes(g, body));
	assert_string_equal(g->err.text,
			    "$.dexes[64]: more than 64 rows (byte 2048)");
}

static const struct service_symbol *find(const struct given *g, const char *s)
{
	for (size_t i = 0; i < g->rows.n; i++)
		if (strcmp(g->rows.symbols[i].symbol.s, s) == 0)
			return &g->rows.symbols[i];
	fail_msg("%s is missing", s);
	return NULL;
}

static const char symbols_body[] =
	"{\"symbols\":["
	"{\"symbol\":\"SOL\",\"volume_24h\":null,\"open_interest_usd\":0.0},"
	"{\"symbol\":\"BTC\",\"volume_24h\":812345678.12,"
	"\"open_interest_usd\":356000000.0},"
	"{\"volume_24h\":\"7\",\"symbol\":\"ETH\"},"
	"{\"symbol\":\"XRP\",\"open_interest_usd\":-1},"
	"{\"symbol\":\"DOGE\",\"open_interest_usd\":1},"
	"{\"symbol\":\"doge\",\"open_interest_usd\":1},"
	"{\"symbol\":\"HYPE\",\"open_interest_usd\":1.0000000000000000001}]}";

static void test_symbols(void **state)
{
	struct given *g = *state;

	assert_true(symbols(g, symbols_body));
	assert_int_equal(g->rows.n, 6);
	assert_int_equal(g->rows.malformed, 2);
	assert_dec(find(g, "BTC")->oi_usd.v, "356000000");
	assert_dec(find(g, "BTC")->volume_usd.v, "812345678.12");
	assert_int_equal(find(g, "SOL")->oi_usd.why, WHY_NULL_VALUE);
	assert_int_equal(find(g, "SOL")->volume_usd.why, WHY_NULL_VALUE);
	assert_int_equal(find(g, "ETH")->oi_usd.why, WHY_MALFORMED);
	assert_int_equal(find(g, "ETH")->volume_usd.why, WHY_MALFORMED);
	assert_int_equal(find(g, "XRP")->oi_usd.why, WHY_NOT_POSITIVE);
	assert_int_equal(find(g, "DOGE")->oi_usd.why, WHY_MALFORMED);
	assert_int_equal(find(g, "HYPE")->oi_usd.why, WHY_INEXACT);
	assert_true(symbols(g, "{\"symbols\":[{\"symbol\":\"BTC\"},"
			       "{\"symbol\":\"btc\"}]}"));
	assert_int_equal(g->rows.malformed, 1);
	assert_string_equal(g->rows.first.text,
			    "$.symbols: BTC is listed twice");
	assert_false(symbols(g, "{\"symbols\":[{}]}"));
	assert_false(symbols(g, "{\"symbols\":[{\"symbol\":7}]}"));
}

static void test_symbols_are_merged_by_whole_name(void **state)
{
	struct given *g = *state;
	struct service_rows rows, none = { 0 };

	assert_true(rates(g, "{\"rates\":{\"BTC\":{\"funding_rate\":1," STAMP
			     "},\"BT\":{\"funding_rate\":1," STAMP "},"
			     "\"SOL\":{\"funding_rate\":1," STAMP "}}}"));
	rows = g->rows;
	assert_true(symbols(g, symbols_body));
	service_merge_symbols(rows.quotes, rows.n, &g->rows);
	assert_dec(rows.quotes[0].oi_usd.v, "356000000");
	assert_true(rows.quotes[0].volume_usd.known);
	assert_int_equal(rows.quotes[1].oi_usd.why, WHY_NOT_LISTED);
	assert_int_equal(rows.quotes[2].oi_usd.why, WHY_NULL_VALUE);
	service_merge_symbols(rows.quotes, rows.n, &none);
	assert_int_equal(rows.quotes[0].oi_usd.why, WHY_NOT_LISTED);
}

#define OPP(net, more) "{\"symbol\":\"BTC\",\"long_dex\":\"lighter\"," \
	"\"short_dex\":\"grvt\",\"long_rate\":-0.0004,\"short_rate\":1e-4," \
	"\"net_profit_percent\":" net more "}"

static void test_opportunities(void **state)
{
	struct given *g = *state;
	const struct opportunity *o;

	assert_true(opportunities(g, "{\"opportunities\":["
		OPP("0.0007", ",\"min_oi_usd\":5e6,\"max_oi_usd\":null")
		"," OPP("0.5", "") "," OPP("0.00030000000000000003", "") ","
		OPP("\"1\"", "") "]}"));
	assert_int_equal(g->rows.n, 3);
	assert_int_equal(g->rows.rows, 4);
	assert_int_equal(g->rows.malformed, 1);
	o = g->rows.opportunities;
	assert_string_equal(o[0].symbol.s, "BTC");
	assert_string_equal(o[0].long_venue.s, "lighter");
	assert_string_equal(o[0].short_venue.s, "grvt");
	assert_dec(o[0].long_rate_8h, "-0.0004");
	assert_dec(o[0].short_rate_8h, "0.0001");
	assert_dec(o[0].net_8h.v, "0.0007");
	assert_dec(o[0].min_oi_usd.v, "5000000");
	assert_int_equal(o[0].max_oi_usd.why, WHY_NULL_VALUE);
	assert_int_equal(o[0].min_volume_usd.why, WHY_NULL_VALUE);
	assert_dec(o[1].net_8h.v, "0.5");
	/* As the service's own arithmetic leaves it: the pair is there. */
	assert_int_equal(o[2].net_8h.why, WHY_INEXACT);
	assert_dec(o[2].short_rate_8h, "0.0001");
	assert_true(opportunities(g, "{\"opportunities\":[]}"));
	assert_int_equal(g->rows.n, 0);
}

/* One number that is not exact is enough; it is nobody's mistake. */
static void test_opportunities_left_out(void **state)
{
	static const char *const rates[][2] = {
		{ "1e-19", "1e-4" }, { "1e-4", "1e-19" },
		{ "1e99", "1e-4" }, { "1e-4", "-1e99" },
	};
	struct given *g = *state;

	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		char body[512];

		snprintf(body, sizeof(body), "{\"opportunities\":["
			 "{\"symbol\":\"BTC\",\"long_dex\":\"lighter\","
			 "\"short_dex\":\"grvt\",\"long_rate\":%s,"
			 "\"short_rate\":%s,\"net_profit_percent\":1}]}",
			 rates[i][0], rates[i][1]);
		assert_true(opportunities(g, body));
		assert_int_equal(g->rows.rows, 1);
		assert_int_equal(g->rows.n, 0);
		assert_int_equal(g->rows.malformed, 0);
	}
}

static void test_opportunities_refused(void **state)
{
	struct given *g = *state;

	assert_false(opportunities(g, "{\"opportunities\":[" OPP("null", "")
				      "]}"));
	assert_false(opportunities(g, "{\"opportunities\":[{\"symbol\":"
		"\"BTC\",\"long_dex\":\"a\",\"short_dex\":\"A\",\"long_rate\":"
		"1,\"short_rate\":1,\"net_profit_percent\":1}]}"));
	assert_false(opportunities(g, "{\"opportunities\":null}"));
	assert_false(opportunities(g, "{\"opportunity\":[]}"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rates),
		TEST(test_a_row_refuses_only_itself),
		TEST(test_the_first_malformed_row_is_told),
		TEST(test_a_nameless_row_is_dropped),
		TEST(test_more_than_half_malformed_refuses_all),
		TEST(test_wrong_shapes_are_refused),
		TEST(test_many_rows),
		TEST(test_dexes),
		TEST(test_too_many_dexes),
		TEST(test_symbols),
		TEST(test_symbols_are_merged_by_whole_name),
		TEST(test_opportunities),
		TEST(test_opportunities_left_out),
		TEST(test_opportunities_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
