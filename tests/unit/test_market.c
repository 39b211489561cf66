/* SPDX-License-Identifier: MIT */
/* Names compared whole, and what sealing makes of each kind of quote. */
#include "market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define NOW_MS INT64_C(1795208400000)

static struct venue venue(const char *s)
{
	struct venue v;

	assert_true(venue_parse(&v, s, strlen(s)));
	return v;
}

static struct symbol symbol(const char *s)
{
	struct symbol v;

	assert_true(symbol_parse(&v, s, strlen(s)));
	return v;
}

static struct quote quote(const char *sym, const char *v, const char *rate,
			  int64_t age_ms)
{
	return (struct quote){
		.symbol = symbol(sym), .venue = venue(v), .why = WHY_KNOWN,
		.rate = { dec_lit(rate), RATE_8H_S },
		.observed_at = { NOW_MS - age_ms },
		.next_funding = INSTANT_UNKNOWN
	};
}

static struct market_limits limits(void)
{
	return (struct market_limits){ .max_data_age = span_s(300),
				       .max_future = span_s(120),
				       .max_abs_rate_8h = dec_lit("0.05") };
}

static void names_are_folded_and_bounded(void **state)
{
	static const char *const no[] = { "", " btc", "b tc", "btc\n", "\x1b[1m",
					  "a\"b", "=x", "-x", "a=b", "ab\xc3\xa9",
					  "a^b", "[a", "a{",
					  "abcdefghijklmnopqrstuvwx" };
	struct venue v = venue("Lighter");
	struct symbol s = symbol("xyz:tsla");

	(void)state;
	assert_string_equal(v.s, "lighter");
	assert_string_equal(s.s, "XYZ:TSLA");
	assert_string_equal(symbol("1000pepe").s, "1000PEPE");
	assert_string_equal(symbol("abcdefghijklmnopqrstuvw").s,
			    "ABCDEFGHIJKLMNOPQRSTUVW");
	for (size_t i = 0; i < N(no); i++)
		if (venue_parse(&v, no[i], strlen(no[i])))
			fail_msg("accepted: %s", no[i]);
	assert_false(symbol_parse(&s, "a\0b", 3));
	assert_string_equal(v.s, "lighter");
}

static void names_are_compared_whole(void **state)
{
	(void)state;
	assert_true(symbol_cmp(symbol("S"), symbol("SOL")) < 0);
	assert_true(symbol_cmp(symbol("BTCDOM"), symbol("BTC")) > 0);
	assert_int_equal(symbol_cmp(symbol("btc"), symbol("BTC")), 0);
	assert_int_equal(venue_cmp(venue("GRVT"), venue("grvt")), 0);
}

static struct market sealed(struct quote *q, size_t n, struct venue_view *v,
			    size_t n_v, const struct market_limits *l)
{
	struct market m = { .taken_at = { NOW_MS }, .quotes = q, .n_quotes = n,
			    .venues = v, .n_venues = n_v,
			    .opportunities_known = true };

	market_seal(&m, l);
	return m;
}

static const struct {
	int64_t age_ms;
	const char *rate;
	enum why want;
} ages[] = {
	{ 0, "0.0001", WHY_KNOWN },
	{ 300000, "0.0001", WHY_KNOWN },	/* exactly at the limit */
	{ 300001, "0.0001", WHY_STALE },
	{ INT64_C(3) * DAY_S * 1000, "0.0001", WHY_STALE },
	{ -120000, "0.0001", WHY_KNOWN },
	{ -120001, "0.0001", WHY_FUTURE },
	{ -INT64_C(8) * 3600000, "0.0001", WHY_FUTURE },
	{ 5000, "0.05", WHY_KNOWN },
	{ 5000, "-0.05", WHY_KNOWN },
	{ 5000, "0.050000000000000001", WHY_ABSURD },
	{ 5000, "-0.050000000000000001", WHY_ABSURD },
	{ 5000, "170000000000000000000", WHY_ABSURD },
	{ 5000, "0", WHY_KNOWN },
};

static void a_quote_is_usable_or_says_why_not(void **state)
{
	struct market_limits l = limits();

	(void)state;
	for (size_t i = 0; i < N(ages); i++) {
		struct quote q = quote("BTC", "grvt", ages[i].rate,
				       ages[i].age_ms);
		struct market m = sealed(&q, 1, NULL, 0, &l);

		assert_int_equal(m.quotes[0].why, ages[i].want);
		assert_int_equal(market_usable(&m), ages[i].want == WHY_KNOWN);
	}
}

static void what_the_parser_refused_stays_refused(void **state)
{
	struct quote q = quote("BTC", "grvt", "9", 5000);
	struct market_limits l = limits();
	struct market m;

	(void)state;
	q.why = WHY_NULL_VALUE;
	m = sealed(&q, 1, NULL, 0, &l);
	assert_int_equal(m.quotes[0].why, WHY_NULL_VALUE);
	q = quote("BTC", "grvt", "0.0001", 0);
	q.observed_at = INSTANT_UNKNOWN;
	m = sealed(&q, 1, NULL, 0, &l);
	assert_int_equal(m.quotes[0].why, WHY_STALE);
}

static void quotes_are_found_by_their_whole_name(void **state)
{
	struct quote q[] = { quote("SOL", "grvt", "0.0003", 0),
			     quote("S", "lighter", "0.0002", 0),
			     quote("SOL", "aster", "0.0001", 0) };
	struct market_limits l = limits();
	struct market m = sealed(q, N(q), NULL, 0, &l);
	const struct quote *run;
	size_t n;

	(void)state;
	assert_null(market_quote(&m, symbol("S"), venue("grvt")));
	assert_non_null(market_quote(&m, symbol("S"), venue("lighter")));
	run = market_symbol(&m, symbol("SOL"), &n);
	assert_int_equal(n, 2);
	assert_string_equal(run[0].venue.s, "aster");
	assert_string_equal(run[1].venue.s, "grvt");
	market_symbol(&m, symbol("S"), &n);
	assert_int_equal(n, 1);
	market_symbol(&m, symbol("ZZZ"), &n);
	assert_int_equal(n, 0);
	assert_null(market_quote(&m, symbol("ZZZ"), venue("grvt")));
}

static void of_duplicates_none_is_believed(void **state)
{
	struct quote q[] = { quote("BTC", "grvt", "0.0003", 0),
			     quote("BTC", "grvt", "0.0001", 0),
			     quote("ETH", "grvt", "0.0001", 0),
			     quote("SOL", "grvt", "0.0001", 0) };
	struct venue_view v = { .venue = venue("grvt"), .rates = ANSWER_OK,
				.rows = 4 };
	struct market_limits l = limits();
	struct market m = sealed(q, N(q), &v, 1, &l);

	(void)state;
	assert_int_equal(m.n_quotes, 3);
	assert_int_equal(market_quote(&m, symbol("BTC"), venue("grvt"))->why,
			 WHY_MALFORMED);
	assert_int_equal(market_quote(&m, symbol("ETH"), venue("grvt"))->why,
			 WHY_KNOWN);
	assert_int_equal(v.malformed, 1);
	/* Of a venue that was not asked there is no answer to count it in. */
	q[1] = quote("BTC", "grvt", "0.0001", 0);
	q[0] = q[1];
	v.venue = venue("aster");
	m = sealed(q, 2, &v, 1, &l);
	assert_int_equal(m.n_quotes, 1);
	assert_int_equal(m.quotes[0].why, WHY_MALFORMED);
	assert_int_equal(v.malformed, 1);
}

static void an_answer_is_refused_only_when_most_of_it_is_broken(void **state)
{
	struct market_limits l = limits();

	(void)state;
	for (uint32_t bad = 1; bad <= 2; bad++) {
		struct quote q[] = { quote("BTC", "grvt", "0.0003", 0),
				     quote("ETH", "grvt", "0.0001", 0) };
		struct venue_view v = { .venue = venue("grvt"), .rows = 3,
					.rates = ANSWER_OK, .malformed = bad };
		struct market m = sealed(q, N(q), &v, 1, &l);
		bool refused = bad == 2;

		assert_int_equal(v.rates, refused ? ANSWER_FAILED : ANSWER_OK);
		assert_int_equal(m.quotes[0].why,
				 refused ? WHY_FAILED : WHY_KNOWN);
		assert_string_equal(v.error, refused ? "2 of 3 rows malformed" :
						       "");
	}
}

/* What was wrong first is what is told. */
static void a_reason_that_is_known_is_kept(void **state)
{
	struct venue_view v = { .venue = venue("grvt"), .rows = 3,
				.rates = ANSWER_OK, .malformed = 2,
				.error = "symbols: timed out" };
	struct market_limits l = limits();

	(void)state;
	sealed(NULL, 0, &v, 1, &l);
	assert_int_equal(v.rates, ANSWER_FAILED);
	assert_string_equal(v.error, "symbols: timed out");
}

static void one_good_answer_does_not_cover_for_another(void **state)
{
	struct quote q[] = { quote("BTC", "aster", "0.0003", 0),
			     quote("BTC", "grvt", "0.0001", 0) };
	struct venue_view v[] = {
		{ .venue = venue("aster"), .rows = 3, .rates = ANSWER_OK },
		{ .venue = venue("grvt"), .rows = 3, .rates = ANSWER_OK,
		  .malformed = 2 },
	};
	struct market_limits l = limits();
	struct market m = sealed(q, N(q), v, N(v), &l);

	(void)state;
	assert_int_equal(m.quotes[0].why, WHY_KNOWN);
	assert_int_equal(m.quotes[1].why, WHY_FAILED);
}

static void an_empty_list_beside_failures_is_unknown(void **state)
{
	static const struct { enum answer rates; size_t n; bool known; } c[] = {
		{ ANSWER_OK, 0, true }, { ANSWER_FAILED, 0, false },
		{ ANSWER_FAILED, 1, true }, { ANSWER_NOT_ASKED, 0, true },
	};
	struct market_limits l = limits();

	(void)state;
	for (size_t i = 0; i < N(c); i++) {
		struct opportunity o = { .symbol = symbol("BTC") };
		struct venue_view v = { .venue = venue("grvt"),
					.rates = c[i].rates };
		struct market m = { .taken_at = { NOW_MS }, .venues = &v,
				    .n_venues = 1, .opportunities = &o,
				    .n_opportunities = c[i].n,
				    .opportunities_known = true };

		market_seal(&m, &l);
		assert_int_equal(m.opportunities_known, c[i].known);
	}
}

static void corrections_of_the_configuration_apply(void **state)
{
	struct alias alias = { symbol("Z"), symbol("2Z") };
	struct venue_terms terms[] = {
		{ .venue = venue("edgex"), .rate_scale = dec_lit("0.5") },
		{ .venue = venue("grvt"), .rate_scale = dec_lit("1"),
		  .aliases = &alias, .n_aliases = 1 },
	};
	struct quote q[] = { quote("BTC", "edgex", "0.0004", 0),
			     quote("Z", "grvt", "0.0001", 0),
			     quote("ETH", "grvt", "0.0001", 0),
			     quote("ETH", "other", "0.0001", 0) };
	struct opportunity o = { .symbol = symbol("Z"),
				 .long_venue = venue("grvt"),
				 .short_venue = venue("edgex") };
	struct market_limits l = limits();
	struct market m = { .taken_at = { NOW_MS }, .quotes = q,
			    .n_quotes = N(q), .opportunities = &o,
			    .n_opportunities = 1 };

	(void)state;
	l.terms = terms;
	l.n_terms = N(terms);
	market_seal(&m, &l);
	assert_int_equal(dec_cmp(market_quote(&m, symbol("BTC"),
					      venue("edgex"))->rate.fraction,
				 dec_lit("0.0002")), 0);
	assert_null(market_quote(&m, symbol("Z"), venue("grvt")));
	assert_non_null(market_quote(&m, symbol("2Z"), venue("grvt")));
	assert_string_equal(m.opportunities[0].symbol.s, "2Z");
	terms[0].rate_scale = dec_lit("170000000000000000000");
	q[0] = quote("BTC", "edgex", "10", 0);
	m = sealed(q, 1, NULL, 0, &l);
	assert_int_equal(m.quotes[0].why, WHY_OVERFLOW);
}

static void absence_has_a_reason(void **state)
{
	struct venue_view v[] = {
		{ .venue = venue("a"), .rates = ANSWER_NOT_ASKED },
		{ .venue = venue("b"), .rates = ANSWER_FAILED },
		{ .venue = venue("c"), .rates = ANSWER_OK },
	};
	struct market_limits l = limits();
	struct market m = sealed(NULL, 0, v, N(v), &l);

	(void)state;
	assert_int_equal(market_why_absent(&m, venue("a")), WHY_NOT_ASKED);
	assert_int_equal(market_why_absent(&m, venue("b")), WHY_FAILED);
	assert_int_equal(market_why_absent(&m, venue("c")), WHY_NOT_LISTED);
	assert_int_equal(market_why_absent(&m, venue("d")), WHY_NOT_ASKED);
	assert_false(market_usable(&m));
	assert_non_null(market_venue(&m, venue("b")));
	assert_null(market_venue(&m, venue("bb")));
	assert_null(terms_find(NULL, 0, venue("a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_folded_and_bounded),
		cmocka_unit_test(names_are_compared_whole),
		cmocka_unit_test(a_quote_is_usable_or_says_why_not),
		cmocka_unit_test(what_the_parser_refused_stays_refused),
		cmocka_unit_test(quotes_are_found_by_their_whole_name),
		cmocka_unit_test(of_duplicates_none_is_believed),
		cmocka_unit_test(an_answer_is_refused_only_when_most_of_it_is_broken),
		cmocka_unit_test(a_reason_that_is_known_is_kept),
		cmocka_unit_test(one_good_answer_does_not_cover_for_another),
		cmocka_unit_test(an_empty_list_beside_failures_is_unknown),
		cmocka_unit_test(corrections_of_the_configuration_apply),
		cmocka_unit_test(absence_has_a_reason),
	};

	return cmocka_run_group_tests_name("market", tests, NULL, NULL);
}
