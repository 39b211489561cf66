/* SPDX-License-Identifier: MIT */
/*
 * Answers of the trading client that are not plain: what they must not be
 * taken for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control_api.h"
#include "handoff.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static enum handoff_says says(const char *body)
{
	const struct reply r = { .sent = true, .answered = true, .status = 200,
				 .body = body, .body_len = strlen(body) };
	struct handoff_answer a;

	handoff_control_api.judge(&a, &r);
	assert_true((a.says == HANDOFF_SAYS_TAKEN) == (a.why[0] == '\0'));
	return a.says;
}

static void only_a_whole_answer_says_taken(void **state)
{
	static const char *const doubts[] = {
		"", "{", "null", "[]", "true", "{}", "{\"success\":null}",
		"{\"success\":1}", "{\"success\":\"true\"}",
		"{\"success\":true", "{\"success\":true,",
		"{\"success\":true,\"wide_spread_warning\":",
		"{\"success\":true,\"wide_spread_warning\":\"x\"}",
		"{\"success\":true,\"wide_spread_warning\":null}",
		"{\"success\":true,\"success\":false}",
		"{\"success\":true,\"s\\u0075ccess\":true}",
		"{\"success\":true}x", "{\"success\":true}{}",
		"{\"data\":{\"success\":true}}",
		"{\"success\":true,\"message\":\"\xff\"}",
		"{\"success\":false}",
		"{\"success\":false,\"wide_spread_warning\":1}",
		"{\"success\":false,\"wide_spread_warning\":true",
	};

	(void)state;
	for (size_t i = 0; i < N(doubts); i++)
		if (says(doubts[i]) != HANDOFF_SAYS_NOTHING)
			fail_msg("believed: %s", doubts[i]);
	assert_int_equal(says("{\"success\":true,\"message\":\"ok\"}"),
			 HANDOFF_SAYS_TAKEN);
	assert_int_equal(says("{\"wide_spread_warning\":true,\"bid\":1,"
			      "\"success\":false}"), HANDOFF_SAYS_WIDE);
}

static bool takes_id(const char *id, struct err *err)
{
	struct arena *arena = arena_new();
	struct book_view view = { .asked = true };
	char body[512];
	bool ok;

	snprintf(body, sizeof(body), "{\"accounts\":[{\"account_name\":"
		 "\"main\",\"positions\":[{\"id\":\"%s\"}]}]}", id);
	ok = control_positions_parse(&view, "main", body, strlen(body), arena,
				     err);
	if (ok) {
		assert_int_equal(view.n, 1);
		assert_false(view.pairs[0].readable);
	}
	arena_free(arena);
	return ok;
}

static void an_id_is_taken_whole_or_not(void **state)
{
	static const char *const bad[] = {
		"", "\\u0000", "3f2b\\u0000x", "3f2b\\u0000",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeee",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefffffffffff",
		("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"
		 "gggggggggg"),
		/* what a table, a log, an address or a sheet would not bear */
		"3f 2b", "3f,2b", "3f\\\"2b", "3f\xc3\xa9", "3f\x7f", "3f\\n",
		"=1", "+1", "-1", "@1",
	};
	struct err err = { ERR_NONE, "" };

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		if (takes_id(bad[i], &err))
			fail_msg("taken: %s", bad[i]);
		assert_non_null(strstr(err.text, "is no id"));
	}
	assert_true(takes_id("3f2b", &err));
}

/* Room is made as pairs come; the ones before stay what they were. */
static void many_pairs_are_kept_and_too_many_refused(void **state)
{
	enum { PAIRS = 4096, PAIR_MAX = 24 };
	struct arena *arena = arena_new();
	struct book_view view = { .asked = true };
	char *body = arena_alloc(arena, (PAIRS + 1) * PAIR_MAX + 100);
	struct err err = { ERR_NONE, "" };
	size_t n;

	(void)state;
	n = (size_t)sprintf(body, "{\"accounts\":[{\"account_name\":\"main\","
			    "\"positions\":[");
	for (int i = 0; i < PAIRS; i++)
		n += (size_t)sprintf(body + n, "%s{\"id\":\"%d\"}",
				     i ? "," : "", i);
	memcpy(body + n, "]}]}", 5);
	assert_true(control_positions_parse(&view, "main", body, n + 4, arena,
					    &err));
	assert_int_equal(view.n, PAIRS);
	for (int i = 0; i < PAIRS; i += 63)
		assert_int_equal(strtol(view.pairs[i].id, NULL, 10), i);
	memcpy(body + n, ",{\"id\":\"x\"}]}]}", 16);
	assert_false(control_positions_parse(&view, "main", body, n + 15, arena,
					     &err));
	assert_non_null(strstr(err.text, "more than 4096 entries"));
	arena_free(arena);
}

/* ---- what is refused, and where ---- */

#define ACCOUNT(positions) "{\"accounts\":[{\"account_name\":\"main\"," \
			   "\"positions\":" positions "}]}"
#define OTHER "{\"account_name\":\"other\",\"positions\":[]}"

static bool positions(const char *body, struct book_view *view,
		      struct arena *arena, struct err *err)
{
	*view = (struct book_view){ .asked = true };
	return control_positions_parse(view, "main", body, strlen(body), arena,
				       err);
}

struct refusal {
	const char *body;
	const char *says;
};

typedef bool parse(struct book_view *out, const char *account,
		   const char *body, size_t n, struct arena *arena,
		   struct err *err);

static void all_refused(parse *by, const struct refusal *r, size_t n)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < n; i++) {
		struct book_view view = { .asked = true };
		struct err err = { ERR_NONE, "" };

		if (by(&view, "main", r[i].body, strlen(r[i].body), arena,
		       &err))
			fail_msg("taken: %s", r[i].body);
		assert_int_equal(err.kind, ERR_DATA);
		if (!strstr(err.text, r[i].says))
			fail_msg("%s: \"%s\"", r[i].body, err.text);
		assert_int_equal(view.n + view.n_balances, 0);
	}
	arena_free(arena);
}

/* None of these says that the account has no pair. */
static void an_answer_of_another_shape_is_not_good(void **state)
{
	static const struct refusal cases[] = {
		{ "[]", "$: an object is wanted here, not an array" },
		{ "{}", "\"accounts\" is missing" },
		{ "{\"accounts\":{}}", "$.accounts: an array is wanted" },
		{ "{\"accounts\":[1]}", "$.accounts[0]: an object is wanted" },
		{ "{\"accounts\":[],\"accounts\":[]}", "stands here twice" },
		{ ACCOUNT("[]") "x", "data after the value" },
		{ "{\"accounts\":[{\"account_name\":1,\"positions\":[]}]}",
		  "account_name: a string is wanted here, not a number" },
		{ "{\"accounts\":[{\"account_name\":\"main\"}]}",
		  "\"positions\" is missing" },
		{ "{\"accounts\":[{\"positions\":[]}]}",
		  "\"account_name\" is missing" },
		{ "{\"accounts\":[{\"account_name\":\"main\","
		  "\"account_name\":\"main\",\"positions\":[]}]}",
		  "stands here twice" },
		{ ACCOUNT("{}"), "positions: an array is wanted" },
		{ "{\"accounts\":[" OTHER "]}", "no account main in the" },
		{ "{\"accounts\":[]}", "no account main in the answer" },
		{ "{\"accounts\":[{\"account_name\":\"main\","
		  "\"positions\":[]}," OTHER ",{\"positions\":[],"
		  "\"account_name\":\"main\"}]}",
		  "account main is in the answer twice" },
		{ ACCOUNT("[[]]"), "positions[0]: an object is wanted" },
		{ ACCOUNT("[{}]"), "\"id\" is missing" },
		{ ACCOUNT("[{\"id\":7}]"), "id: a string is wanted" },
		{ ACCOUNT("[{\"id\":\"a\",\"id\":\"b\"}]"), "here twice" },
		{ ACCOUNT("[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"a\"}]"),
		  "position a is there twice" },
	};

	(void)state;
	all_refused(control_positions_parse, cases, N(cases));
}

/* Only a name as long as a key can be is compared with one. */
static void a_long_account_name_is_never_a_shorter_one(void **state)
{
	static const char name[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				   "aaaaaaaab";
	struct arena *arena = arena_new();
	struct book_view view = { .asked = true };
	struct err err = { ERR_NONE, "" };
	char body[256];

	(void)state;
	for (size_t n = 47; n <= 49; n++) {
		char account[64];

		snprintf(account, sizeof(account), "%.*s", (int)n, name);
		snprintf(body, sizeof(body), "{\"accounts\":[{"
			 "\"account_name\":\"%s\",\"positions\":[]}]}",
			 account);
		assert_int_equal(control_positions_parse(&view, account, body,
							 strlen(body), arena,
							 &err), n <= 48);
	}
	assert_non_null(strstr(err.text, "no account aaaa"));
	arena_free(arena);
}

#define PAIR(venues, legs) ACCOUNT("[{\"id\":\"p\",\"symbol\":\"BTC\"," \
				   venues ",\"legs\":" legs "}]")
#define VENUES "\"long_dex\":\"hyper\",\"short_dex\":\"grvt\""
#define LEG(dex, side) "{\"dex\":" dex ",\"side\":" side "}"
#define LONG_LEG LEG("\"hyper\"", "\"long\"")

/* The pair is there, whatever is wrong with it: only what it says is not. */
static void a_pair_that_cannot_be_read_is_not_gone(void **state)
{
	static const char *const bodies[] = {
		PAIR(VENUES, "{}"), PAIR(VENUES, "[[]]"),
		PAIR(VENUES, "[" LONG_LEG "," LONG_LEG "]"),
		PAIR(VENUES, "[" LONG_LEG ",{}]"),
		PAIR(VENUES, "[{\"dex\":\"hyper\"}]"),
		PAIR(VENUES, "[{\"dex\":\"hyper\",\"dex\":\"hyper\","
			     "\"side\":\"long\"}]"),
		PAIR(VENUES, "[" LEG("1", "\"long\"") "]"),
		PAIR(VENUES, "[" LEG("\"hyper\"", "1") "]"),
		PAIR(VENUES, "[" LEG("\"hyper\"", "\"both\"") "]"),
		PAIR(VENUES, "[" LEG("\"hyper\"", "\"Long\"") "]"),
		PAIR(VENUES, "[" LEG("\"hyper\"", "\"short\"") "]"),
		PAIR(VENUES, "[" LEG("\"aster\"", "\"long\"") "]"),
		PAIR("\"long_dex\":\"hyper\",\"short_dex\":\"hyper\"",
		     "[]"),
		PAIR("\"long_dex\":\"hyper\"", "[]"),
		PAIR("\"symbol\":\"BTC\"," VENUES, "[]"),
		PAIR("\"opened_at\":7," VENUES, "[]"),
		PAIR("\"size_usd\":\"7\"," VENUES, "[]"),
	};
	struct arena *arena = arena_new();
	struct book_view view;

	(void)state;
	for (size_t i = 0; i < N(bodies); i++) {
		struct err err = { ERR_NONE, "" };

		if (!positions(bodies[i], &view, arena, &err))
			fail_msg("%s: %s", bodies[i], err.text);
		assert_int_equal(view.n, 1);
		assert_string_equal(view.pairs[0].id, "p");
		if (view.pairs[0].readable)
			fail_msg("believed: %s", bodies[i]);
		assert_false(view.pairs[0].leg[LEG_LONG].listed);
		assert_false(view.pairs[0].leg[LEG_SHORT].listed);
	}
	arena_free(arena);
}

static void sides_are_read_in_both_spellings(void **state)
{
	static const char *const bodies[] = {
		PAIR(VENUES, "[" LONG_LEG "," LEG("\"grvt\"", "\"short\"") "]"),
		PAIR(VENUES, "[" LEG("\"grvt\"", "\"SHORT\"") ","
		     LEG("\"hyper\"", "\"LONG\"") "]"),
	};
	struct arena *arena = arena_new();
	struct book_view view;

	(void)state;
	for (size_t i = 0; i < N(bodies); i++) {
		assert_true(positions(bodies[i], &view, arena, NULL));
		assert_true(view.pairs[0].readable);
		assert_true(view.pairs[0].leg[LEG_LONG].listed);
		assert_true(view.pairs[0].leg[LEG_SHORT].listed);
	}
	arena_free(arena);
}

/* ---- balances ---- */

#define BALANCES(rows) "{\"accounts\":[{\"account_name\":\"main\"," \
		       "\"balances\":[" rows "]}]}"
#define BALANCE(v, b, e) "{\"exchange\":" v ",\"balance\":" b \
			 ",\"error\":" e "}"

static void balances_of_another_shape_prove_nothing(void **state)
{
	static const struct refusal cases[] = {
		{ BALANCES("1"), "balances[0]: an object is wanted" },
		{ BALANCES(BALANCE("7", "1", "null")),
		  "exchange: a string is wanted" },
		{ BALANCES(BALANCE("\"\"", "1", "null")), "not a venue name" },
		{ BALANCES(BALANCE("\"grvt\"", "01", "null")),
		  "leading zero in a number" },
		{ BALANCES("{\"balance\":1,\"error\":null}"),
		  "\"exchange\" is missing" },
		{ BALANCES("{\"exchange\":\"grvt\",\"error\":null}"),
		  "\"balance\" is missing" },
		{ BALANCES("{\"exchange\":\"grvt\",\"balance\":1,"
			   "\"balance\":1}"), "stands here twice" },
		{ BALANCES("{\"exchange\":\"grvt\",\"balance\":}"),
		  "a value is missing" },
	};

	(void)state;
	all_refused(control_balances_parse, cases, N(cases));
}

/* A leg is missed only where its venue is proven well. */
static void only_a_balance_without_error_proves_a_venue_well(void **state)
{
	static const char body[] = BALANCES(
		BALANCE("\"hyper\"", "12.5", "null") ","
		BALANCE("\"grvt\"", "0", "\"timeout\"") ","
		BALANCE("\"aster\"", "null", "null") ","
		BALANCE("\"lighter\"", "\"12\"", "null") ","
		"{\"exchange\":\"variational\",\"balance\":1}");
	static const bool well[] = { true, false, false, false, true };
	struct arena *arena = arena_new();
	struct book_view view = { .asked = true };

	(void)state;
	assert_true(control_balances_parse(&view, "main", body, strlen(body),
					   arena, NULL));
	assert_int_equal(view.n_balances, N(well));
	for (size_t i = 0; i < N(well); i++)
		assert_int_equal(view.balances[i].well, well[i]);
	arena_free(arena);
}

static void so_many_balances_and_no_more(void **state)
{
	enum { BALANCES_MAX = 256 };
	struct arena *arena = arena_new();
	struct book_view view = { .asked = true };
	struct err err = { ERR_NONE, "" };
	char *body = arena_alloc(arena, (BALANCES_MAX + 2) * 64);

	(void)state;
	for (int more = 0; more < 2; more++) {
		size_t n = (size_t)sprintf(body, "{\"accounts\":[{"
			"\"account_name\":\"main\",\"balances\":[");

		for (int i = 0; i < BALANCES_MAX + more; i++)
			n += (size_t)sprintf(body + n, "%s" BALANCE("\"v%d\"",
					     "1", "null"), i ? "," : "", i);
		n += (size_t)sprintf(body + n, "]}]}");
		assert_int_equal(control_balances_parse(&view, "main", body, n,
							arena, &err), !more);
		assert_int_equal(view.n_balances, BALANCES_MAX);
	}
	assert_non_null(strstr(err.text, "more than 256 entries"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_answer_says_taken),
		cmocka_unit_test(an_id_is_taken_whole_or_not),
		cmocka_unit_test(many_pairs_are_kept_and_too_many_refused),
		cmocka_unit_test(an_answer_of_another_shape_is_not_good),
		cmocka_unit_test(a_long_account_name_is_never_a_shorter_one),
		cmocka_unit_test(a_pair_that_cannot_be_read_is_not_gone),
		cmocka_unit_test(sides_are_read_in_both_spellings),
		cmocka_unit_test(balances_of_another_shape_prove_nothing),
		cmocka_unit_test(
			only_a_balance_without_error_proves_a_venue_well),
		cmocka_unit_test(so_many_balances_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
