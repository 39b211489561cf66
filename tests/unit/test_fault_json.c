/* SPDX-License-Identifier: MIT */
/*
 * The faults of JSON, one test each: from the bytes of an answer to the
 * decision about a pair that sane bytes close.
 */
#include "fault_desk.h"
#include "service_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BTC(row) FAULT_ANSWER(row)
#define RATE(r) BTC(FAULT_ROW(r))
#define ROW FAULT_ROW("3e-4")

struct byte_case {
	const char *body;
	enum why why;
};

static void all_hold(const struct byte_case *cases, size_t n)
{
	fault_good(FAULT_SANE);
	for (size_t i = 0; i < n; i++)
		fault_case(cases[i].body, cases[i].why);
}

#define ALL_HOLD(cases) all_hold(cases, sizeof(cases) / sizeof(*(cases)))

static void j1_duplicate_keys_are_not_believed(void **state)
{
	static const struct byte_case cases[] = {
		{ BTC("{\"funding_rate\":3e-4,\"funding_rate\":3e-4,"
		      FAULT_STAMP "}"), WHY_MALFORMED },
		{ BTC("{\"funding_rate\":3e-4," FAULT_STAMP "," FAULT_STAMP
		      "}"), WHY_MALFORMED },
		{ BTC(ROW ",\"BTC\":" ROW), WHY_MALFORMED },
		{ "{\"rates\":{\"BTC\":" ROW "},\"rates\":{\"BTC\":" ROW "}}",
		  WHY_FAILED },
	};

	(void)state;
	ALL_HOLD(cases);
}

static void j2_not_a_number_is_no_rate(void **state)
{
	static const struct byte_case cases[] = {
		{ RATE("NaN"), WHY_FAILED }, { RATE("nan"), WHY_FAILED },
		{ RATE("Infinity"), WHY_FAILED },
		{ RATE("-Infinity"), WHY_FAILED },
		{ RATE("inf"), WHY_FAILED },
		{ BTC("{\"funding_rate\":3e-4,\"unused\":NaN," FAULT_STAMP
		      "}"), WHY_FAILED },
		{ RATE("\"NaN\""), WHY_MALFORMED },
	};

	(void)state;
	ALL_HOLD(cases);
}

static void j3_exponents_beyond_the_range_are_unknown(void **state)
{
	static const struct byte_case cases[] = {
		{ RATE("1e999"), WHY_OVERFLOW }, { RATE("-1e999"), WHY_OVERFLOW },
		{ RATE("1e-999"), WHY_INEXACT }, { RATE("-1e-999"), WHY_INEXACT },
		{ RATE("1e99999999999999999999"), WHY_OVERFLOW },
		{ RATE("1e-99999999999999999999"), WHY_INEXACT },
	};

	(void)state;
	ALL_HOLD(cases);
	fault_good(RATE("0e999"));
}

/* Exact where a double or an int64 is not; beyond the range unknown. */
static void j4_long_integers_are_exact_or_unknown(void **state)
{
	static const struct byte_case cases[] = {
		{ RATE("9007199254740993"), WHY_ABSURD },
		{ RATE("9223372036854775808"), WHY_ABSURD },
		{ RATE("18446744073709551616"), WHY_ABSURD },
		{ RATE("-18446744073709551616"), WHY_ABSURD },
		{ RATE("340282366920938463463374607431768211456"),
		  WHY_OVERFLOW },
		{ BTC("{\"funding_rate\":3e-4,\"timestamp\":"
		      "18446744073709551616}"), WHY_MALFORMED },
	};
	static const char symbols[] = "{\"symbols\":[{\"symbol\":\"BTC\","
		"\"open_interest_usd\":9007199254740993,"
		"\"volume_24h\":9223372036854775809}]}";
	struct json_text body = { symbols, sizeof(symbols) - 1 };
	struct arena *arena = arena_new();
	struct service_rows rows;

	(void)state;
	ALL_HOLD(cases);
	assert_true(service_parse_symbols(&rows, body, arena, NULL));
	assert_int_equal(dec_cmp(rows.symbols[0].oi_usd.v,
				 dec_lit("9007199254740993")), 0);
	assert_int_equal(dec_cmp(rows.symbols[0].volume_usd.v,
				 dec_lit("9223372036854775809")), 0);
	arena_free(arena);
}

static void j5_numbers_not_of_json_refuse_the_answer(void **state)
{
	static const struct byte_case cases[] = {
		{ RATE("00.0003"), WHY_FAILED }, { RATE("01"), WHY_FAILED },
		{ RATE("+0.0003"), WHY_FAILED }, { RATE(".0003"), WHY_FAILED },
		{ RATE("1."), WHY_FAILED }, { RATE("3.e-4"), WHY_FAILED },
		{ RATE("0x1p-12"), WHY_FAILED }, { RATE("3e"), WHY_FAILED },
		{ RATE("-"), WHY_FAILED }, { RATE("--3e-4"), WHY_FAILED },
	};

	(void)state;
	ALL_HOLD(cases);
}

static void j6_nothing_may_follow_the_document(void **state)
{
	static const struct byte_case cases[] = {
		{ FAULT_SANE "x", WHY_FAILED }, { FAULT_SANE ",", WHY_FAILED },
		{ FAULT_SANE FAULT_SANE, WHY_FAILED },
		{ FAULT_SANE "\n{}", WHY_FAILED },
		{ FAULT_SANE "/* */", WHY_FAILED },
		{ FAULT_SANE "}", WHY_FAILED },
	};

	(void)state;
	ALL_HOLD(cases);
	fault_case_n(FAULT_SANE "\0", sizeof(FAULT_SANE), WHY_FAILED);
	fault_good(FAULT_SANE " \r\n\t");
}

#define UNUSED(text) BTC("{\"funding_rate\":3e-4,\"x\":\"" text "\"," \
			 FAULT_STAMP "}")

static void j7_text_must_be_utf8_without_controls(void **state)
{
	static const struct byte_case cases[] = {
		{ UNUSED("\xff"), WHY_FAILED }, { UNUSED("\xc3"), WHY_FAILED },
		{ UNUSED("\xc0\xaf"), WHY_FAILED },
		{ UNUSED("\xed\xa0\x80"), WHY_FAILED },
		{ UNUSED("\xf4\x90\x80\x80"), WHY_FAILED },
		{ UNUSED("\\ud800"), WHY_FAILED },
		{ UNUSED("\\udc00"), WHY_FAILED },
		{ UNUSED("\\ud800\\ud800"), WHY_FAILED },
		{ UNUSED("\n"), WHY_FAILED }, { UNUSED("\x1b"), WHY_FAILED },
		{ BTC("{\"funding_rate\":3e-4,\"timestamp\":"
		      "\"2026-11-20T20:59:55\\u0000\"}"), WHY_MALFORMED },
		{ "{\"rates\":{\"BTC\\u0000\":" ROW "," FAULT_OTHERS "}}",
		  WHY_NOT_LISTED },
	};

	(void)state;
	ALL_HOLD(cases);
	fault_case_n("{\"rates\":{\"B\0C\":" ROW "}}",
		     sizeof("{\"rates\":{\"B\0C\":" ROW "}}") - 1, WHY_FAILED);
	fault_good(UNUSED("\xc3\xa9 \\u00e9 \\ud83d\\ude00"));
}

static void j8_a_byte_order_mark_is_no_json(void **state)
{
	static const struct byte_case cases[] = {
		{ "\xef\xbb\xbf" FAULT_SANE, WHY_FAILED },
		{ "\xff\xfe{\0}\0", WHY_FAILED },
		{ " \xef\xbb\xbf" FAULT_SANE, WHY_FAILED },
	};

	(void)state;
	ALL_HOLD(cases);
}

/* head, n times one byte, tail. */
static char *stretched(const char *head, char byte, size_t n, const char *tail)
{
	size_t before = strlen(head), behind = strlen(tail);
	char *s = malloc(before + n + behind + 1);

	assert_non_null(s);
	memcpy(s, head, before);
	memset(s + before, byte, n);
	memcpy(s + before + n, tail, behind + 1);
	return s;
}

static void j9_two_hundred_thousand_levels_are_refused(void **state)
{
	static const char *const heads[] = {
		"", "{\"rates\":{\"BTC\":", "{\"x\":",
		"{\"rates\":{\"BTC\":{\"funding_rate\":",
	};

	(void)state;
	fault_good(FAULT_SANE);
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		char *s = stretched(heads[i], '[', 200000, "");

		fault_case(s, WHY_FAILED);
		free(s);
	}
}

static void j10_a_million_keys_and_16_megabytes_are_bounded(void **state)
{
	enum { KEYS = 1000000, LONG = 16 << 20 };
	char *s = malloc((size_t)KEYS * 14 + 32);
	size_t n = (size_t)sprintf(s, "{\"rates\":{");

	(void)state;
	assert_non_null(s);
	for (int i = 0; i < KEYS; i++)
		n += (size_t)sprintf(s + n, "%s\"S%d\":0", i ? "," : "", i);
	memcpy(s + n, "}}", 3);
	fault_case_n(s, n + 2, WHY_FAILED);
	free(s);
	s = stretched(BTC("{\"funding_rate\":3e-4,\"timestamp\":\""), '2',
		      LONG, "");
	fault_case(s, WHY_FAILED);
	free(s);
	s = stretched("{\"rates\":{\"ETH\":" ROW ",\"SOL\":" ROW ",\"BTC\":"
		      "{\"funding_rate\":3e-4,\"timestamp\":\"", '2', LONG,
		      "\"}}}");
	fault_case(s, WHY_MALFORMED);
	free(s);
	s = stretched("{\"rates\":{" FAULT_OTHERS ",\"", 'B', LONG,
		      "\":" ROW "}}");
	fault_case(s, WHY_NOT_LISTED);
	free(s);
}

/* Some 2 KB in the shape of the service, with nothing left out. */
static size_t sample(char *s)
{
	size_t n = (size_t)sprintf(s, "{\"dex_name\":\"lighter\",\"rates\":{");

	for (int i = 0; i < 12; i++)
		n += (size_t)sprintf(s + n, "%s\"%s%.0d\":{\"funding_rate\":"
			"%d.%de-05,\"annualized_rate\":-0.1,"
			"\"next_funding_time\":%s," FAULT_STAMP ",\"x\":"
			"[null,true,\"\\u00e9\\ud83d\\ude00 \xe2\x82\xac\"]}",
			i ? "," : "", i ? "C" : "BTC", i, 30 + i, i,
			i % 2 ? "null" : "\"2026-11-20T21:00:00\"");
	return n + (size_t)sprintf(s + n, "},\"updated_at\":\"x\"}\n");
}

static void j11_cut_at_any_byte_it_is_refused(void **state)
{
	char s[4096];
	size_t n = sample(s);

	(void)state;
	assert_in_range(n, 1900, 2400);
	fault_good(s);
	s[--n] = '\0';		/* the last line end is no part of it */
	fault_good(s);
	for (size_t i = 0; i < n; i++)
		fault_case_n(s, i, WHY_FAILED);
}

static void j13_numbers_in_strings_or_dressed_are_no_numbers(void **state)
{
	static const struct byte_case cases[] = {
		{ RATE("\"0.0003\""), WHY_MALFORMED },
		{ RATE("\" 0.0003\""), WHY_MALFORMED },
		{ RATE("\"0.03%\""), WHY_MALFORMED },
		{ RATE("\"0,0003\""), WHY_MALFORMED },
		{ RATE("\"1_000\""), WHY_MALFORMED },
		{ RATE("\"\xd9\xa3" "e-4\""), WHY_MALFORMED },
		{ RATE("\"\""), WHY_MALFORMED },
		{ RATE("0.03%"), WHY_FAILED }, { RATE("0,0003"), WHY_FAILED },
		{ RATE("1_000"), WHY_FAILED }, { RATE("1 000"), WHY_FAILED },
		{ RATE("\xd9\xa3" "e-4"), WHY_FAILED },
	};

	(void)state;
	ALL_HOLD(cases);
}

static void j14_too_many_decimals_are_unknown_never_rounded(void **state)
{
	static const struct byte_case cases[] = {
		{ RATE("0.0003000000000000001"), WHY_INEXACT },
		{ RATE("3.000000000000001e-4"), WHY_INEXACT },
		{ RATE("1e-19"), WHY_INEXACT },
		{ RATE("-0.0003000000000000000000000001"), WHY_INEXACT },
	};
	struct fault_desk d;

	(void)state;
	ALL_HOLD(cases);
	fault_good(RATE("0.0003000000000000000000000000"));
	fault_open(&d, NULL);
	fault_answer(&d, RATE("0.000300000000000001"),
		     strlen(RATE("0.000300000000000001")));
	assert_int_equal(dec_cmp(d.pair.facts.v[FACT_LONG_RATE].v,
				 dec_lit("0.000900000000000003")), 0);
	fault_done(&d);
}

static void j15_an_empty_list_is_no_rate_and_no_zero(void **state)
{
	static const char empty[] = "{\"opportunities\":[]}";
	struct json_text body = { empty, sizeof(empty) - 1 };
	struct arena *arena = arena_new();
	struct service_rows rows;

	(void)state;
	fault_good(FAULT_SANE);
	fault_case("{\"rates\":{}}", WHY_NOT_LISTED);
	fault_case("{\"rates\":[]}", WHY_FAILED);
	assert_true(service_parse_opportunities(&rows, body, arena, NULL));
	assert_int_equal(rows.n, 0);
	arena_free(arena);
}

static void j16_fields_we_do_not_know_are_passed_over(void **state)
{
	(void)state;
	fault_good(BTC("{\"v2\":{\"funding_rate\":[9,{}]},\"funding_rate\":"
		       "3e-4,\"\":null," FAULT_STAMP ",\"z\":\"\\u0000\"}"));
	fault_good("{\"version\":2,\"rates\":{\"BTC\":" ROW "},\"rate\":1,"
		   "\"meta\":{\"rates\":{}}}");
}

static void j17_a_renamed_field_is_missing(void **state)
{
	static const struct byte_case cases[] = {
		{ BTC("{\"fundingRate\":3e-4," FAULT_STAMP "}"),
		  WHY_MALFORMED },
		{ BTC("{\"rate\":3e-4," FAULT_STAMP "}"), WHY_MALFORMED },
		{ BTC("{\"funding_rate\":3e-4,\"time\":"
		      "\"2026-11-20T20:59:55\"}"), WHY_MALFORMED },
		{ "{\"data\":{\"BTC\":" ROW "}}", WHY_FAILED },
		{ "{\"dex_name\":\"lighter\"}", WHY_FAILED },
	};

	(void)state;
	ALL_HOLD(cases);
}

static void j18_the_top_must_be_the_object(void **state)
{
	static const struct byte_case cases[] = {
		{ "[]", WHY_FAILED }, { "null", WHY_FAILED },
		{ "true", WHY_FAILED }, { "0", WHY_FAILED },
		{ "\"rates\"", WHY_FAILED }, { "{}", WHY_FAILED },
		{ "[" FAULT_SANE "]", WHY_FAILED }, { "", WHY_FAILED },
	};

	(void)state;
	ALL_HOLD(cases);
}

static void j19_keys_are_what_they_spell_and_case_counts(void **state)
{
	static const struct byte_case cases[] = {
		{ BTC("{\"Funding_Rate\":3e-4," FAULT_STAMP "}"),
		  WHY_MALFORMED },
		{ BTC("{\"funding_rate\":3e-4,\"funding_r\\u0061te\":3e-4,"
		      FAULT_STAMP "}"), WHY_MALFORMED },
		{ "{\"RATES\":{\"BTC\":" ROW "}}", WHY_FAILED },
		{ "{\"rates\":{\"BTC\":" ROW "},\"r\\u0061tes\":{}}",
		  WHY_FAILED },
		/* names of coins have no case: these are one coin, twice */
		{ BTC(ROW ",\"btc\":" ROW), WHY_MALFORMED },
		{ BTC(ROW ",\"\\u0042TC\":" ROW), WHY_MALFORMED },
	};

	(void)state;
	ALL_HOLD(cases);
	fault_good(BTC("{\"Funding_Rate\":9,\"funding_r\\u0061te\":3e-4,"
		       FAULT_STAMP "}"));
	fault_good("{\"r\\u0061tes\":{\"\\u0042tc\":" ROW "}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j1_duplicate_keys_are_not_believed),
		cmocka_unit_test(j2_not_a_number_is_no_rate),
		cmocka_unit_test(j3_exponents_beyond_the_range_are_unknown),
		cmocka_unit_test(j4_long_integers_are_exact_or_unknown),
		cmocka_unit_test(j5_numbers_not_of_json_refuse_the_answer),
		cmocka_unit_test(j6_nothing_may_follow_the_document),
		cmocka_unit_test(j7_text_must_be_utf8_without_controls),
		cmocka_unit_test(j8_a_byte_order_mark_is_no_json),
		cmocka_unit_test(j9_two_hundred_thousand_levels_are_refused),
		cmocka_unit_test(j10_a_million_keys_and_16_megabytes_are_bounded),
		cmocka_unit_test(j11_cut_at_any_byte_it_is_refused),
		cmocka_unit_test(j13_numbers_in_strings_or_dressed_are_no_numbers),
		cmocka_unit_test(j14_too_many_decimals_are_unknown_never_rounded),
		cmocka_unit_test(j15_an_empty_list_is_no_rate_and_no_zero),
		cmocka_unit_test(j16_fields_we_do_not_know_are_passed_over),
		cmocka_unit_test(j17_a_renamed_field_is_missing),
		cmocka_unit_test(j18_the_top_must_be_the_object),
		cmocka_unit_test(j19_keys_are_what_they_spell_and_case_counts),
	};

	return cmocka_run_group_tests_name("faults of JSON", tests, NULL, NULL);
}
