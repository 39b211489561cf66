/* SPDX-License-Identifier: MIT */
/*
 * J-12: each field of each route, missing or of each wrong type. The table
 * is the promise: a row with a bad required field is no row, an answer with
 * a bad list is no answer, and what may be absent is unknown, never 0.
 */
#include "service_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIELDS_MAX 10

/* What stands in the place of a field's value; NULL: the field is missing. */
static const char *const instead[] = {
	NULL, "null", "true", "7", "\"\"", "\"x y\"", "[]", "{}",
};

#define N_INSTEAD (sizeof(instead) / sizeof(*instead))

/*
 * One letter for each of instead[]: k taken, with all numbers known;
 * u taken, the number of this field unknown; m malformed, told and counted,
 * nothing of it known; - does not apply (a good value).
 */
struct field {
	const char *name, *good, *want;
};

struct route {
	const char *list;	/* of the answer */
	bool map;
	bool (*parse)(struct service_rows *out, struct json_text body,
		      struct arena *arena, struct err *err);
	bool (*known)(const struct service_rows *rows, size_t row);
	struct field field[FIELDS_MAX];
};

static bool parse_rates(struct service_rows *out, struct json_text body,
			struct arena *arena, struct err *err)
{
	struct venue v;

	return venue_parse(&v, "lighter", 7) &&
	       service_parse_rates(out, v, body, arena, err);
}

static bool rate_known(const struct service_rows *rows, size_t row)
{
	return rows->quotes[row].why == WHY_KNOWN &&
	       instant_known(rows->quotes[row].next_funding);
}

static bool symbol_known(const struct service_rows *rows, size_t row)
{
	return rows->symbols[row].oi_usd.known &&
	       rows->symbols[row].volume_usd.known;
}

static bool dex_known(const struct service_rows *rows, size_t row)
{
	return rows->dexes[row].venue.s[0] != '\0';
}

static bool opportunity_known(const struct service_rows *rows, size_t row)
{
	const struct opportunity *o = &rows->opportunities[row];

	return o->min_oi_usd.known && o->max_oi_usd.known &&
	       o->min_volume_usd.known;
}

/*                                    none null true 7 "" "x y" [] {} */
static const struct route routes[] = {
	{ "rates", true, parse_rates, rate_known, {
		{ "funding_rate", "0.0001",		"mumkmmmm" },
		{ "timestamp", "\"2026-11-20T20:59:55\"", "mmmmmmmm" },
		{ "next_funding_time", "\"2026-11-20T21:00:00\"",
							"uummmmmm" },
	} },
	{ "symbols", false, service_parse_symbols, symbol_known, {
		{ "symbol", "\"BTC\"",			"mmmmmmmm" },
		{ "volume_24h", "5000000.5",		"uumkmmmm" },
		{ "open_interest_usd", "1000000",	"uumkmmmm" },
	} },
	{ "dexes", false, service_parse_dexes, dex_known, {
		{ "name", "\"lighter\"",		"mmmmmmmm" },
		{ "is_active", "true",			"mmkmmmmm" },
	} },
	{ "opportunities", false, service_parse_opportunities,
	  opportunity_known, {
		{ "symbol", "\"BTC\"",			"mmmmmmmm" },
		{ "long_dex", "\"lighter\"",		"mmmmmmmm" },
		{ "short_dex", "\"grvt\"",		"mmmmmmmm" },
		{ "long_rate", "0.0001",		"mmmkmmmm" },
		{ "short_rate", "0.0002",		"mmmkmmmm" },
		{ "net_profit_percent", "0.0001",	"mmmkmmmm" },
		{ "min_oi_usd", "1000",			"uumkmmmm" },
		{ "max_oi_usd", "2000",			"uumkmmmm" },
		{ "min_volume_24h", "3000",		"uumkmmmm" },
	} },
};

/* Row number i; field `bad` has its value from `value`. */
static size_t write_row(char *s, const struct route *r, int i, int bad,
			const char *value)
{
	size_t n = 0;
	bool first = true;

	if (r->map)
		n += (size_t)sprintf(s, "\"S%d\":", i);
	n += (size_t)sprintf(s + n, "{");
	for (int f = 0; f < FIELDS_MAX && r->field[f].name; f++) {
		const char *v = f == bad ? value : r->field[f].good;
		char named[64];

		if (!v)
			continue;
		if (f != bad && f == 0 && !r->map) {	/* each its own name */
			snprintf(named, sizeof(named), "\"n%d\"", i);
			v = named;
		}
		n += (size_t)sprintf(s + n, "%s\"%s\":%s", first ? "" : ",",
				     r->field[f].name, v);
		first = false;
	}
	return n + (size_t)sprintf(s + n, "}");
}

/* Three rows, the second one with a field as it should not be. */
static struct json_text write_answer(char *s, const struct route *r, int bad,
				     const char *value)
{
	size_t n = (size_t)sprintf(s, "{\"%s\":%c", r->list,
				   r->map ? '{' : '[');

	for (int i = 0; i < 3; i++) {
		n += (size_t)sprintf(s + n, "%s", i ? "," : "");
		n += write_row(s + n, r, i, i == 1 ? bad : -1, value);
	}
	n += (size_t)sprintf(s + n, "%c}", r->map ? '}' : ']');
	return (struct json_text){ s, n };
}

static size_t known_rows(const struct route *r, const struct service_rows *rows)
{
	size_t known = 0;

	for (size_t i = 0; i < rows->n; i++)
		known += r->known(rows, i);
	return known;
}

static char outcome(const struct route *r, struct json_text body)
{
	struct arena *arena = arena_new();
	struct service_rows rows;
	struct err err = { ERR_NONE, "" };
	char got;

	if (!r->parse(&rows, body, arena, &err))
		got = 'R';
	else if (rows.rows != 3)
		got = '#';
	else if (rows.malformed)
		got = rows.malformed == 1 && known_rows(r, &rows) == 2 &&
		      rows.first.text[0] == '$' ? 'm' : '?';
	else
		got = known_rows(r, &rows) == 3 ? 'k' : 'u';
	arena_free(arena);
	return got;
}

static void j12_each_field_missing_or_of_a_wrong_type(void **state)
{
	char s[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		const struct route *r = &routes[i];

		assert_int_equal(outcome(r, write_answer(s, r, -1, NULL)), 'k');
		for (int f = 0; f < FIELDS_MAX && r->field[f].name; f++)
			for (size_t k = 0; k < N_INSTEAD; k++) {
				char got = outcome(r, write_answer(
					s, r, f, instead[k]));

				if (got != r->field[f].want[k])
					fail_msg("%s.%s = %s: %c, not %c",
						 r->list, r->field[f].name,
						 instead[k] ? instead[k] :
						 "missing", got,
						 r->field[f].want[k]);
			}
	}
}

/* The list itself: only the right kind of it is an answer. */
static void the_list_of_an_answer_has_one_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
		for (size_t k = 0; k < N_INSTEAD; k++) {
			const char *v = instead[k];
			char s[64] = "{}";
			bool right = v && strcmp(v, routes[i].map ? "{}" :
						 "[]") == 0;
			struct json_text body = { s, 2 };

			if (v)
				body.n = (size_t)snprintf(s, sizeof(s),
					"{\"%s\":%s}", routes[i].list, v);
			assert_int_equal(outcome(&routes[i], body),
					 right ? '#' : 'R');
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j12_each_field_missing_or_of_a_wrong_type),
		cmocka_unit_test(the_list_of_an_answer_has_one_type),
	};

	return cmocka_run_group_tests_name("faults of fields", tests, NULL, NULL);
}
