/* SPDX-License-Identifier: MIT */
/* Which settlement a payment belongs to, and what is refused. */
#include "reported.h"

#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* Opened 2026-11-17T18:00:00Z, now 2026-11-20T21:00:00Z. */
struct scene {
	struct position p;
	struct settlement rows[3];
	struct venue_terms terms;
	struct reported_ask ask;
	struct err err;
};

static struct settlement row_at(enum side side, const char *at,
				const char *amount)
{
	return (struct settlement){
		.position = 7, .side = side, .at = given_time(at),
		.pays_every_s = 3600, .rate_8h = fact_known(dec_lit("0.0001")),
		.amount_usd = fact_known(dec_lit(amount)),
		.reported_usd = fact_unknown(WHY_NOT_SET),
		.reported_at = INSTANT_UNKNOWN,
	};
}

static void set_up(struct scene *s, enum side side, const char *at)
{
	*s = (struct scene){
		.p = given_position("BTC", "lighter", "grvt", "20000",
				    "0.000285"),
		.rows = { row_at(LEG_LONG, "2026-11-19T08:00:00Z", "-1"),
			  row_at(LEG_SHORT, "2026-11-19T08:00:00Z", "2"),
			  row_at(LEG_LONG, "2026-11-19T09:00:00Z", "-3") },
		.terms = { .pays_every_s = 3600 },
	};
	s->p.id = 7;
	s->ask = (struct reported_ask){
		.position = &s->p, .rows = s->rows, .n_rows = 3, .side = side,
		.at = given_time(at), .amount_usd = dec_lit("-1.5"),
		.now = given_time(GIVEN_NOW), .polled_at = INSTANT_UNKNOWN,
		.terms = &s->terms,
	};
}

struct found {
	enum side side;
	const char *at;
	enum reported_kind kind;
	const char *settled;		/* the row it became part of */
};

static const struct found found[] = {
	{ LEG_LONG, "2026-11-19T08:00:00Z", REPORTED_NEW,
	  "2026-11-19T08:00:00Z" },
	{ LEG_SHORT, "2026-11-19T08:00:41.7Z", REPORTED_NEW,
	  "2026-11-19T08:00:00Z" },
	/* The limit itself, and one millisecond beyond it: another hour. */
	{ LEG_LONG, "2026-11-19T09:01:00Z", REPORTED_NEW,
	  "2026-11-19T09:00:00Z" },
	{ LEG_LONG, "2026-11-19T08:59:00Z", REPORTED_NEW,
	  "2026-11-19T09:00:00Z" },
	/* No row, but on the rhythm of the leg. */
	{ LEG_LONG, "2026-11-19T10:00:59.999Z", REPORTED_ADDED,
	  "2026-11-19T10:00:00Z" },
	{ LEG_LONG, "2026-11-19T10:59:00Z", REPORTED_ADDED,
	  "2026-11-19T11:00:00Z" },
	{ LEG_LONG, "2026-11-17T19:00:00Z", REPORTED_ADDED,
	  "2026-11-17T19:00:00Z" },
};

static void a_payment_finds_its_settlement(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(found); i++) {
		enum reported_kind kind;
		struct settlement out;
		struct scene s;

		print_message("# %s\n", found[i].at);
		set_up(&s, found[i].side, found[i].at);
		assert_true(reported_settle(&out, &kind, &s.ask, &s.err));
		assert_int_equal(kind, found[i].kind);
		assert_int_equal(out.side, found[i].side);
		assert_int_equal(out.at.ms, given_time(found[i].settled).ms);
		assert_int_equal(dec_cmp(out.reported_usd.v,
					 dec_lit("-1.5")), 0);
		assert_int_equal(out.reported_at.ms, s.ask.now.ms);
		/* What was expected stays as it was, or is unknown. */
		assert_int_equal(out.amount_usd.known, kind == REPORTED_NEW);
		assert_int_equal(out.late, kind == REPORTED_ADDED);
		assert_int_equal(out.pays_every_s, 3600);
	}
}

static void of_two_settlements_the_nearer_one_is_meant(void **state)
{
	static const char *const rows[][2] = {
		{ "2026-11-19T08:00:29.999Z", "2026-11-19T08:00:00Z" },
		{ "2026-11-19T08:00:30Z", "2026-11-19T08:00:00Z" },
		{ "2026-11-19T08:00:30.001Z", "2026-11-19T08:01:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		enum reported_kind kind;
		struct settlement out;
		struct scene s;

		set_up(&s, LEG_LONG, rows[i][0]);
		s.rows[2].at = given_time("2026-11-19T08:01:00Z");
		assert_true(reported_settle(&out, &kind, &s.ask, &s.err));
		assert_int_equal(out.at.ms, given_time(rows[i][1]).ms);
	}
}

struct refused {
	enum side side;
	const char *at, *says;
};

static const struct refused refused[] = {
	{ LEG_LONG, "2026-11-19T09:01:00.001Z",
	  "no settlement within 60 s of 2026-11-19T09:01:00.001Z (lighter "
	  "pays every 3600 s)" },
	{ LEG_LONG, "2026-11-19T10:30:00Z", "no settlement within 60 s" },
	/* Liable is who held it just before: not at the opening itself. */
	{ LEG_LONG, "2026-11-17T18:00:00Z",
	  "held from 2026-11-17T18:00:00Z to now" },
	{ LEG_LONG, "2026-11-20T22:00:00Z", "is in the future" },
};

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(refused); i++) {
		enum reported_kind kind;
		struct settlement out;
		struct scene s;

		print_message("# %s\n", refused[i].at);
		set_up(&s, refused[i].side, refused[i].at);
		assert_false(reported_settle(&out, &kind, &s.ask, &s.err));
		assert_int_equal(s.err.kind, ERR_DATA);
		if (!strstr(s.err.text, refused[i].says))
			fail_msg("%s", s.err.text);
	}
}

static void after_the_close_nothing_was_held(void **state)
{
	enum reported_kind kind;
	struct settlement out;
	struct scene s;

	(void)state;
	set_up(&s, LEG_LONG, "2026-11-19T11:00:00Z");
	s.p.closed_at = given_time("2026-11-19T11:00:00Z");
	assert_true(reported_settle(&out, &kind, &s.ask, &s.err));
	s.p.closed_at.ms--;
	assert_false(reported_settle(&out, &kind, &s.ask, &s.err));
	assert_non_null(strstr(s.err.text, "was held from"));
	set_up(&s, LEG_LONG, "2026-11-19T09:00:00Z");
	s.p.closed_at = given_time("2026-11-19T08:30:00Z");
	s.rows[2].hypothetical = true;
	assert_false(reported_settle(&out, &kind, &s.ask, &s.err));
	assert_non_null(strstr(s.err.text, "closed at 2026-11-19T08:30:00Z: "
			       "what settled after it was not held"));
}

static void what_a_poll_will_book_is_left_to_it(void **state)
{
	enum reported_kind kind;
	struct settlement out;
	struct scene s;

	(void)state;
	set_up(&s, LEG_LONG, "2026-11-19T11:00:00Z");
	s.ask.polled_at = given_time("2026-11-19T11:00:00Z");
	assert_true(reported_settle(&out, &kind, &s.ask, &s.err));
	s.ask.polled_at.ms--;
	assert_false(reported_settle(&out, &kind, &s.ask, &s.err));
	assert_non_null(strstr(s.err.text, "not booked yet"));
	/* A row that stands there is another matter. */
	set_up(&s, LEG_LONG, "2026-11-19T09:00:00Z");
	s.ask.polled_at = given_time("2026-11-19T08:30:00Z");
	assert_true(reported_settle(&out, &kind, &s.ask, &s.err));
}

/* Interval of the venue, of the symbol, of the rows around, or none. */
static void the_rhythm_comes_from_what_is_known(void **state)
{
	static const struct {
		int32_t venue, seen, before;
		bool good;
		int32_t every;
	} rows[] = {
		{ 28800, 0, 28800, false, 0 },
		{ 28800, 14400, 28800, true, 14400 },
		{ 28800, 0, 7200, true, 7200 },
		{ 28800, 28800, 3600, true, 3600 },
		{ 0, 0, 0, true, 0 },
		{ 0, 28800, 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		enum reported_kind kind;
		struct settlement out;
		struct scene s;

		print_message("# %zu\n", i);
		set_up(&s, LEG_LONG, "2026-11-19T12:00:30Z");
		s.terms.pays_every_s = rows[i].venue;
		s.ask.seen_s = rows[i].seen;
		for (int k = 0; k < 3; k++)
			s.rows[k].pays_every_s = rows[i].before;
		assert_int_equal(reported_settle(&out, &kind, &s.ask, &s.err),
				 rows[i].good);
		if (!rows[i].good)
			continue;
		assert_int_equal(out.pays_every_s, rows[i].every);
		assert_int_equal(out.at.ms, rows[i].every ?
				 given_time("2026-11-19T12:00:00Z").ms :
				 s.ask.at.ms);
	}
}

static void another_amount_needs_replace(void **state)
{
	enum reported_kind kind;
	struct settlement out;
	struct scene s;

	(void)state;
	set_up(&s, LEG_LONG, "2026-11-19T09:00:00Z");
	s.rows[2].reported_usd = fact_known(dec_lit("-1.5"));
	s.rows[2].reported_at = given_time("2026-11-19T10:00:00Z");
	assert_true(reported_settle(&out, &kind, &s.ask, &s.err));
	assert_int_equal(kind, REPORTED_SAME);
	assert_int_equal(out.reported_at.ms, s.rows[2].reported_at.ms);
	s.rows[2].reported_usd = fact_known(dec_lit("-1.500000000000000001"));
	assert_false(reported_settle(&out, &kind, &s.ask, &s.err));
	assert_non_null(strstr(s.err.text, "-1.500000000000000001 USD was "
			       "reported for the long settlement of "
			       "2026-11-19T09:00:00Z before: add --replace"));
	s.ask.replace = true;
	assert_true(reported_settle(&out, &kind, &s.ask, &s.err));
	assert_int_equal(kind, REPORTED_REPLACED);
	assert_int_equal(dec_cmp(out.reported_usd.v, dec_lit("-1.5")), 0);
	assert_int_equal(out.reported_at.ms, s.ask.now.ms);
}

static void a_later_report_was_not_known_then(void **state)
{
	struct settlement r = row_at(LEG_LONG, "2026-11-19T09:00:00Z", "-1");

	(void)state;
	assert_true(reported_as_of(&r, r.at));
	r.reported_usd = fact_known(dec_lit("-2"));
	r.reported_at = given_time("2026-11-20T09:00:00Z");
	assert_true(reported_as_of(&r, r.reported_at));
	assert_true(r.reported_usd.known);
	assert_true(reported_as_of(&r, given_time("2026-11-20T08:59:59.999Z")));
	assert_false(r.reported_usd.known);
	/* It came by a report: before that it was not there at all. */
	r.reported_at = given_time("2026-11-20T09:00:00Z");
	r.amount_usd = fact_unknown(WHY_MISSED);
	assert_false(reported_as_of(&r, given_time("2026-11-20T08:00:00Z")));
	/* A poll booked it without knowing the rate. */
	r.reported_at = given_time("2026-11-20T09:00:00Z");
	r.amount_usd = fact_unknown(WHY_STALE);
	assert_true(reported_as_of(&r, given_time("2026-11-20T08:00:00Z")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payment_finds_its_settlement),
		cmocka_unit_test(of_two_settlements_the_nearer_one_is_meant),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(after_the_close_nothing_was_held),
		cmocka_unit_test(what_a_poll_will_book_is_left_to_it),
		cmocka_unit_test(the_rhythm_comes_from_what_is_known),
		cmocka_unit_test(another_amount_needs_replace),
		cmocka_unit_test(a_later_report_was_not_known_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
