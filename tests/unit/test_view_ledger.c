/* SPDX-License-Identifier: MIT */
/* A pair's ledger row by row: what counts, what it is of, and why not. */
#include "view_ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "view_scene.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define LAST 5

struct scene {
	struct view_row row;
	struct settlement rows[LAST + 1];
	struct cli c;
};

static const struct {
	enum side side;
	const char *expected, *reported;
	enum why why;			/* without an expected amount */
	bool late, hypothetical;
} given[LAST + 1] = {
	{ LEG_LONG, "-0.1", NULL, WHY_KNOWN, false, false },
	{ LEG_SHORT, "5.1", "5", WHY_KNOWN, true, false },
	{ LEG_LONG, NULL, NULL, WHY_STALE, true, false },
	{ LEG_LONG, NULL, "-0.25", WHY_MISSED, true, false },
	{ LEG_SHORT, "7", NULL, WHY_KNOWN, false, true },
	{ LEG_LONG, NULL, NULL, WHY_NO_INTERVAL, false, true },
};

static struct fact fact_of(const char *text, enum why why)
{
	return text ? fact_known(dec_lit(text)) : fact_unknown(why);
}

static int set_up(void **state)
{
	static struct scene s;

	s = (struct scene){ .c = { .arena = arena_new() } };
	assert_non_null(s.c.arena);
	s.row.pos = given_position("BTC", "lighter", "grvt", "20000", NULL);
	for (int i = 0; i <= LAST; i++)
		s.rows[i] = (struct settlement){
			.side = given[i].side,
			.at = given_time("2026-11-20T16:00:00Z"),
			.rate_8h = fact_known(dec_lit("0.000255")),
			.pays_every_s = i == LAST ? 0 : 28800,
			.quantity = fact_unknown(WHY_NOT_SET),
			.price = fact_unknown(WHY_NOT_SET),
			.amount_usd = fact_of(given[i].expected, given[i].why),
			.reported_usd = fact_of(given[i].reported,
						WHY_NOT_SET),
			.reported_at = given[i].reported ?
				given_time("2026-11-20T16:00:05Z") :
				INSTANT_UNKNOWN,
			.late = given[i].late,
			.hypothetical = given[i].hypothetical };
	s.rows[0].base = s.rows[1].base = BASE_MARK_PRICE;
	s.rows[0].quantity = fact_known(dec_lit("0.2"));
	s.rows[0].price = fact_known(dec_lit("98765.4"));
	s.rows[1].quantity = s.rows[0].quantity;
	s.row.settlements = s.rows;
	s.row.n_settlements = LAST + 1;
	s.row.money.n_reported = 2;
	s.row.money.expected_usd = fact_known(dec_lit("5.1"));
	s.row.money.reported_usd = fact_known(dec_lit("5"));
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct scene *)*state)->c.arena);
	return 0;
}

/* ---- JSON ---- */

static char *json(const struct view_row *r)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	struct json_out o = json_out_to(f, true);

	json_out_open(&o, '{');
	view_ledger_json(&o, r);
	json_out_close(&o, '}');
	fclose(f);
	return text;
}

#define ROW(side, pays, amount, sum, base, late, not_held, why, q, price, \
	    reported, at, booked, gap) \
	"{\"at\":\"2026-11-20T16:00:00Z\",\"side\":\"" side "\"," \
	"\"rate_8h\":\"0.000255\",\"pays_every_s\":" pays "," \
	"\"amount_usd\":" amount ",\"sum_usd\":" sum ",\"base\":\"" base "\"," \
	"\"late\":" late ",\"hypothetical\":" not_held ",\"why\":" why "," \
	"\"quantity\":" q ",\"price\":" price ",\"reported_usd\":" reported "," \
	"\"reported_at\":" at ",\"booked_usd\":" booked "," \
	"\"difference_usd\":" gap "}"
#define TOLD "\"2026-11-20T16:00:05Z\""

static void every_row_with_the_sum_of_what_counts(void **state)
{
	const struct scene *s = *state;
	char *text = json(&s->row);

	assert_string_equal(text,
		"{\"reported\":{\"settlements\":2,\"expected_usd\":\"5.1\","
		"\"reported_usd\":\"5\",\"difference_usd\":\"-0.1\"},"
		"\"ledger\":["
		ROW("long", "28800", "\"-0.1\"", "\"-0.1\"", "mark price",
		    "false", "false", "null", "\"0.2\"", "\"98765.4\"",
		    "null", "null", "\"-0.1\"", "null") ","
		ROW("short", "28800", "\"5.1\"", "\"4.9\"", "mark price",
		    "true", "false", "null", "\"0.2\"", "null", "\"5\"",
		    TOLD, "\"5\"", "\"-0.1\"") ","
		ROW("long", "28800", "null", "\"4.9\"", "entry notional",
		    "true", "false", "\"stale\"", "null", "null", "null",
		    "null", "null", "null") ","
		ROW("long", "28800", "null", "\"4.65\"", "entry notional",
		    "true", "false", "\"a settlement of unknown amount\"",
		    "null", "null", "\"-0.25\"", TOLD, "\"-0.25\"", "null")
		","
		ROW("short", "28800", "\"7\"", "\"4.65\"", "entry notional",
		    "false", "true", "null", "null", "null", "null", "null",
		    "\"7\"", "null") ","
		ROW("long", "null", "null", "\"4.65\"", "entry notional",
		    "false", "true", "\"payment interval not configured\"", "null",
		    "null", "null", "null", "null", "null")
		"]}\n");
	free(text);
}

/* ---- for people ---- */

static char *shown(struct scene *s, int width)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	struct err err;

	s->c.width = width;
	assert_true(view_ledger_text(f, &s->c, &s->row, &err));
	fclose(f);
	return text;
}

/* The line that begins with this, up to its end, blanks made one. */
static void line_is(const char *text, int number, const char *want)
{
	char got[300];
	size_t n = 0;

	while (number-- > 0) {
		text = strchr(text, '\n');
		assert_non_null(text);
		text++;
	}
	for (; *text && *text != '\n' && n + 1 < sizeof(got); text++)
		if (*text != ' ' || (n > 0 && got[n - 1] != ' '))
			got[n++] = *text;
	while (n > 0 && got[n - 1] == ' ')
		n--;
	got[n] = '\0';
	assert_string_equal(got, want);
}

static const char *const wide_lines[] = {
	"",
	"Settlements, USD (DIFF: reported - expected; SUM: of what counts)",
	"SETTLED LEG RATE/8h BASE EXPECTED REPORTED DIFF SUM",
	"2026-11-20T16:00:00Z long +0.0255% 0.2 x 98765.4 -0.1000 - - -0.1000",
	"2026-11-20T16:00:00Z short +0.0255% entry +5.1000 +5.0000 -0.1000 "
		"+4.9000 late",
	"2026-11-20T16:00:00Z long +0.0255% entry - - - +4.9000 late unknown: "
		"stale",
	"2026-11-20T16:00:00Z long +0.0255% entry - -0.2500 - +4.6500 added",
	"2026-11-20T16:00:00Z short +0.0255% entry +7.0000 - - +4.6500 "
		"not held",
	"2026-11-20T16:00:00Z long +0.0255% entry - - - +4.6500 not held "
		"unknown: payment interval not configured",
};

static void people_see_the_base_and_the_reason(void **state)
{
	struct scene *s = *state;
	char *text;

	for (int width = 0; width <= 200; width += 200) {
		text = shown(s, width);
		for (size_t i = 0; i < N(wide_lines); i++)
			line_is(text, (int)i, wide_lines[i]);
		free(text);
	}
}

/* Coins without a number, or without a price, are dollars of the entry. */
static void a_base_that_is_not_known_whole_is_the_entry(void **state)
{
	struct scene *s = *state;
	char *text;

	s->rows[0].quantity = fact_unknown(WHY_NOT_SET);
	text = shown(s, 0);
	line_is(text, 3, "2026-11-20T16:00:00Z long +0.0255% entry -0.1000 - - "
		"-0.1000");
	free(text);
}

static void a_narrow_terminal_keeps_the_word_unknown(void **state)
{
	struct scene *s = *state;
	char *text;

	for (int width = 99; width <= 100; width++) {
		text = shown(s, width);
		assert_int_equal(strstr(text, "unknown: stale") != NULL,
				 width == 100);
		assert_non_null(strstr(text, "late unknown"));
		free(text);
	}
}

static void no_settlement_is_no_table(void **state)
{
	struct scene *s = *state;
	char *text;

	s->row.n_settlements = 0;
	text = shown(s, 0);
	assert_string_equal(text, "");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_with_the_sum_of_what_counts),
		TEST(people_see_the_base_and_the_reason),
		TEST(a_base_that_is_not_known_whole_is_the_entry),
		TEST(a_narrow_terminal_keeps_the_word_unknown),
		TEST(no_settlement_is_no_table),
	};

	return cmocka_run_group_tests_name("view_ledger", tests, NULL, NULL);
}
