/* SPDX-License-Identifier: MIT */
/* Settlements: which fall between two polls, with which rate and cash. */
#include "given.h"
#include "ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct last_quote quote_at(const char *rate, const char *polled,
				  const char *next)
{
	struct last_quote q = { .rate_8h = dec_lit(rate),
				.observed_at = given_time(polled),
				.polled_at = given_time(polled),
				.next_funding = INSTANT_UNKNOWN };

	if (next)
		q.next_funding = given_time(next);
	return q;
}

static struct ledger_ask ask_of(const struct position *p, enum side side,
				const char *since, const char *now)
{
	struct ledger_ask a = {
		.position = p, .side = side, .since = given_time(since),
		.now = given_time(now), .next = INSTANT_UNKNOWN,
		.poll_interval = span_s(60),
	};
	static struct terms t;

	given_terms(&t);
	a.terms = terms_find(t.venue, t.n_venue, p->leg[side].venue);
	return a;
}

static void assert_amount(struct fact amount, const char *want)
{
	char text[DEC_TEXT_MAX];

	if (amount.known)
		dec_format(text, amount.v);
	else
		snprintf(text, sizeof(text), "%s", why_word(amount.why));
	assert_string_equal(text, want);
}

struct amount_case {
	enum side side;
	const char *size, *rate_8h;
	int32_t every;
	const char *want, *comment;
};

static const struct amount_case amounts[] = {
	{ LEG_SHORT, "10000", "0.0004", 28800, "4", "short receives" },
	{ LEG_LONG, "10000", "0.00008", 3600, "-0.1", "long pays, hourly" },
	{ LEG_LONG, "10000", "-0.00008", 3600, "0.1", "negative rate" },
	{ LEG_SHORT, "10000", "0.0002", 14400, "1", "4 h: half of the 8 h" },
	{ LEG_SHORT, "1", "0.000000000000000001", 3600, "0",
	  "one eighth of the last place rounds half-even, once" },
	{ LEG_SHORT, "1", "0.000000000000000004", 3600, "0",
	  "half of the last place: to even" },
	{ LEG_SHORT, "1", "0.000000000000000012", 3600,
	  "0.000000000000000002", "one and a half: to even" },
	{ LEG_SHORT, "100000000000000000000", "100", 28800, "out of range",
	  "never wrapped" },
};

static void cash_is_signed_and_rounded_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(*amounts); i++) {
		const struct amount_case *c = &amounts[i];

		print_message("# %s\n", c->comment);
		assert_amount(ledger_amount(c->side, dec_lit(c->size),
					    dec_lit(c->rate_8h), c->every),
			      c->want);
	}
}

/* A poll every half hour, each seeing the same rate on both venues. */
static struct dec collected(const struct position *p, enum side side,
			    size_t *n)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct instant t = given_time("2026-11-20T00:00:00Z");
	struct dec sum = DEC_ZERO;

	*n = 0;
	for (int i = 0; i < 48; i++) {
		struct last_quote q = quote_at("0.0003",
					       "2026-11-20T00:00:00Z", NULL);
		struct ledger_ask a = ask_of(p, side, "2026-11-20T00:00:00Z",
					     "2026-11-20T00:00:00Z");
		size_t due;

		a.quote = &q;
		q.polled_at = a.since = t;
		a.now = t = instant_add(t, span_s(1800));
		due = ledger_due(rows, &a);
		for (size_t k = 0; k < due; k++)
			assert_true(dec_add(&sum, sum, rows[k].amount_usd.v));
		*n += due;
	}
	return sum;
}

static void hourly_and_8h_venues_collect_the_same_in_a_day(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.001");
	size_t hourly, eight;

	(void)state;
	assert_int_equal(dec_cmp(collected(&p, LEG_LONG, &hourly),
				 dec_int(-18)), 0);
	assert_int_equal(dec_cmp(collected(&p, LEG_SHORT, &eight),
				 dec_int(18)), 0);
	assert_int_equal(hourly, 24);
	assert_int_equal(eight, 3);
}

struct due_case {
	const char *since, *now, *polled, *next;
	size_t n;
	const char *first, *amounts;	/* of all that are due */
	bool late;			/* the first one */
	const char *comment;
};

static const struct due_case dues[] = {
	{ "2026-11-20T20:59:00Z", "2026-11-20T21:00:00Z",
	  "2026-11-20T20:59:00Z", NULL, 1, "2026-11-20T21:00:00Z", "-0.25",
	  false, "a settlement at the very poll is booked" },
	{ "2026-11-20T21:00:00Z", "2026-11-20T21:01:00Z",
	  "2026-11-20T21:00:00Z", NULL, 0, NULL, NULL, false,
	  "and not again at the next" },
	{ "2026-11-20T21:00:00Z", "2026-11-20T21:01:00Z",
	  "2026-11-20T21:00:00Z", "2026-11-20T21:00:00Z", 0, NULL, NULL, false,
	  "although the service still announces it" },
	{ "2026-11-20T20:59:00Z", "2026-11-20T21:00:30Z",
	  "2026-11-20T20:59:00Z", "2026-11-20T21:00:10Z", 1,
	  "2026-11-20T21:00:10Z", "-0.25", false,
	  "the announced time wins over the grid" },
	{ "2026-11-20T18:30:00Z", "2026-11-20T21:30:00Z",
	  "2026-11-20T18:30:00Z", NULL, 3, "2026-11-20T19:00:00Z",
	  "-0.25 stale stale", true,
	  "missed while away: known for the first, not invented for the rest" },
	{ "2026-11-20T20:58:00Z", "2026-11-20T21:02:00Z",
	  "2026-11-20T20:58:00Z", NULL, 1, "2026-11-20T21:00:00Z", "-0.25",
	  false, "two intervals after it is not late yet" },
	{ "2026-11-20T20:57:00Z", "2026-11-20T21:03:00Z",
	  "2026-11-20T20:57:00Z", NULL, 1, "2026-11-20T21:00:00Z", "-0.25",
	  true, "late, but the rate was known in time" },
	{ "2026-11-20T20:59:00Z", "2026-11-20T21:00:00Z",
	  "2026-11-20T20:00:00Z", NULL, 1, "2026-11-20T21:00:00Z", "-0.25",
	  false, "the last fresh rate is of this interval" },
	{ "2026-11-20T20:59:00Z", "2026-11-20T21:00:00Z",
	  "2026-11-20T19:59:59.999Z", NULL, 1, "2026-11-20T21:00:00Z",
	  "stale", false, "a rate of the interval before is not the one paid" },
};

static void assert_amounts(const struct settlement *rows, size_t n,
			   const char *want)
{
	char text[200] = "", one[DEC_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct fact *f = &rows[i].amount_usd;

		if (f->known)
			dec_format(one, f->v);
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", i ? " " : "", f->known ? one :
			 why_word(f->why));
	}
	assert_string_equal(text, want);
}

static void settlements_fall_between_two_polls(void **state)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.001");

	(void)state;
	for (size_t i = 0; i < sizeof(dues) / sizeof(*dues); i++) {
		const struct due_case *c = &dues[i];
		struct ledger_ask a = ask_of(&p, LEG_LONG, c->since, c->now);
		struct last_quote q = quote_at("0.0001", c->polled, c->next);

		print_message("# %s\n", c->comment);
		a.quote = &q;
		assert_int_equal(ledger_due(rows, &a), c->n);
		if (c->n == 0)
			continue;
		assert_int_equal(rows[0].at.ms, given_time(c->first).ms);
		assert_amounts(rows, c->n, c->amounts);
		assert_int_equal(rows[0].late, c->late);
	}
}

static void nothing_is_booked_before_opening_or_without_a_schedule(void **state)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct position p = given_position("BTC", "newdex", "grvt", "20000",
					   "0.001");
	struct ledger_ask a = ask_of(&p, LEG_SHORT, "2026-11-20T15:59:00Z",
				     "2026-11-20T16:00:00Z");
	struct last_quote q = quote_at("0.0001", "2026-11-20T15:59:00Z", NULL);

	(void)state;
	a.quote = &q;
	p.opened_at = given_time("2026-11-20T16:00:00Z");
	assert_int_equal(ledger_due(rows, &a), 0);
	p.opened_at = given_time("2026-11-20T15:59:59.999Z");
	assert_int_equal(ledger_due(rows, &a), 1);
	a.since = INSTANT_UNKNOWN;		/* the very first poll */
	assert_int_equal(ledger_due(rows, &a), 0);

	a = ask_of(&p, LEG_LONG, "2026-11-20T15:59:00Z",
		   "2026-11-20T16:00:00Z");
	assert_null(a.terms);
	a.quote = &q;
	assert_int_equal(ledger_due(rows, &a), 0);
	q.next_funding = given_time("2026-11-20T16:00:00Z");
	assert_int_equal(ledger_due(rows, &a), 1);
	assert_amount(rows[0].amount_usd, "payment interval not configured");
	/* A venue that is configured, but for its interval: the same. */
	a.terms = &(struct venue_terms){ .pays_every_s = 0 };
	assert_int_equal(ledger_due(rows, &a), 1);
	assert_amount(rows[0].amount_usd, "payment interval not configured");
	q.next_funding = INSTANT_UNKNOWN;
	assert_int_equal(ledger_due(rows, &a), 0);
	a.quote = NULL;
	a.terms = ask_of(&p, LEG_SHORT, "2026-11-20T15:59:00Z",
			 "2026-11-20T16:00:00Z").terms;
	assert_int_equal(ledger_due(rows, &a), 1);
	assert_amount(rows[0].amount_usd, "never recorded");
}

static void after_the_close_rows_are_hypothetical(void **state)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.001");
	struct ledger_ask a = ask_of(&p, LEG_LONG, "2026-11-20T20:30:00Z",
				     "2026-11-20T22:30:00Z");

	(void)state;
	p.closed_at = given_time("2026-11-20T21:00:00Z");
	assert_int_equal(ledger_due(rows, &a), 2);
	assert_false(rows[0].hypothetical);	/* held just before 21:00 */
	assert_true(rows[1].hypothetical);
}

static void a_very_long_absence_is_cut_not_overrun(void **state)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.001");
	struct ledger_ask a = ask_of(&p, LEG_LONG, "2026-11-18T00:00:00Z",
				     "2027-11-18T00:00:00Z");

	(void)state;
	assert_int_equal(ledger_due(rows, &a), LEDGER_ROWS_MAX);
	assert_amount(rows[LEDGER_ROWS_MAX - 1].amount_usd, "never recorded");
}

struct seen_case {
	const char *last, *next, *at;	/* NULL: unknown */
	int32_t known, want;
	const char *comment;
};

static const struct seen_case seens[] = {
	{ "16:00:00", "17:00:00", "16:00:00", 0, 3600, "at once" },
	{ "16:00:00", "17:00:00", "16:24:59.999", 28800, 3600,
	  "8 h became 1 h" },
	{ "16:00:00", "18:00:00", "16:54:59.999", 3600, 7200,
	  "and then 2 h" },
	{ "16:00:00", "18:00:00", "16:55:00", 3600, 3600,
	  "our clock may be late by minutes: 17:00 may have passed" },
	{ "16:00:00", "16:04:00", "16:00:59.999", 28800, 240,
	  "of a short way a quarter is enough" },
	{ "16:00:00", "16:04:00", "16:01:00", 28800, 28800,
	  "and needed" },
	{ "16:00:00", "20:00:00", "16:01:00", 3600, 14400, "and back to 4 h" },
	{ "16:00:00", "17:00:00", "16:25:00", 7200, 7200,
	  "nearly half of the way is gone: one may lie between" },
	{ "16:00:00", "17:00:00", "15:59:59.999", 7200, 7200,
	  "the announced one is not past" },
	{ "16:00:00", "16:00:00", "16:00:01", 7200, 7200,
	  "still the old announcement" },
	{ "16:00:00", "17:00:00.500", "16:01:00", 0, 0, "no whole seconds" },
	{ "16:00:00", "23:00:00", "16:01:00", 0, 0, "7 h divide no day" },
	{ "16:00:00", "16:01:00", "16:00:01", 0, 60, "the shortest there is" },
	{ "16:00:00", "16:00:30", "16:00:01", 0, 0, "shorter than any" },
	{ NULL, "17:00:00", "16:01:00", 3600, 3600, "nothing was announced" },
	{ "16:00:00", NULL, "16:01:00", 3600, 3600, "nothing is announced" },
};

static struct instant on_the_day(const char *clock)
{
	char text[40];

	if (!clock)
		return INSTANT_UNKNOWN;
	snprintf(text, sizeof(text), "2026-11-20T%sZ", clock);
	return given_time(text);
}

static void two_announcements_show_the_payment_interval(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(seens) / sizeof(*seens); i++) {
		const struct seen_case *c = &seens[i];
		struct last_quote q = { .next_funding = on_the_day(c->last),
					.pays_every_s = c->known };
		int32_t got = ledger_seen_interval(&q, on_the_day(c->next),
						   on_the_day(c->at));

		if (got != c->want)
			fail_msg("%s: %d", c->comment, got);
	}
}

/* What was seen of the symbol wins over what is configured of the venue. */
static void a_seen_interval_is_booked(void **state)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.001");
	struct ledger_ask a = ask_of(&p, LEG_SHORT, "2026-11-20T16:59:00Z",
				     "2026-11-20T17:01:00Z");
	struct last_quote q = quote_at("0.0004", "2026-11-20T16:59:00Z", NULL);

	(void)state;
	a.quote = &q;
	assert_int_equal(a.terms->pays_every_s, 28800);
	assert_int_equal(ledger_due(rows, &a), 0);
	q.pays_every_s = 3600;
	assert_int_equal(ledger_due(rows, &a), 1);
	assert_int_equal(rows[0].pays_every_s, 3600);
	assert_amount(rows[0].amount_usd, "1");
	a.terms = NULL;			/* then nothing else is needed */
	assert_int_equal(ledger_due(rows, &a), 1);
	assert_amount(rows[0].amount_usd, "1");
}

struct paid_case {
	const char *last, *next, *now;
	int32_t seen, want;		/* grvt is configured with 28800 */
	const char *comment;
};

static const struct paid_case paids[] = {
	{ "17:00:00", "18:00:00", "17:00:30", 0, 3600, "off the grid: as seen" },
	{ "17:00:00", NULL, "17:00:30", 0, 0, "off the grid, nothing seen" },
	{ "17:00:00", "18:00:00", "17:25:00", 0, 0, "... for sure: our clock "
	  "may be five minutes late, and 30 min the interval" },
	{ "17:00:00", "18:00:00", "17:24:59", 0, 3600, "... yet sure" },
	{ "17:00:00", "18:00:00", "17:00:30", 28800, 3600, "8 h no more" },
	{ "17:00:00", NULL, "17:00:30", 3600, 3600, "1 h, seen before" },
	{ "16:00:00", "17:00:00", "16:00:30", 28800, 28800,
	  "what was seen ends with this settlement" },
	{ "16:00:00", "20:00:00", "16:00:30", 0, 14400,
	  "on the grid of both: what is seen, not what is configured" },
	{ "16:00:00", "17:00:00", "16:40:00", 0, 0,
	  "neither seen nor sure, and not what is configured" },
	{ "16:00:00", "17:00:00", "16:40:00", 28800, 28800, "seen before" },
	{ "16:00:00", NULL, "16:00:30", 0, 28800, "nothing against it" },
	{ "16:00:00", "16:00:00", "16:00:30", 0, 28800, "an old answer" },
	{ "16:01:00", NULL, "16:01:30", 0, 28800, "stamped a moment late" },
	{ "15:59:00", NULL, "16:01:30", 0, 28800, "or early" },
	{ "16:01:01", NULL, "16:01:30", 0, 0, "that is no moment" },
	{ NULL, "17:00:00", "16:00:30", 0, 0, "the grid alone, contradicted" },
	{ NULL, NULL, "16:00:30", 0, 28800, "the grid alone" },
};

/* One settlement, the first, of a pair short on a venue with 8 h. */
static void a_contradicted_interval_is_not_booked(void **state)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.001");

	(void)state;
	for (size_t i = 0; i < sizeof(paids) / sizeof(*paids); i++) {
		const struct paid_case *c = &paids[i];
		struct ledger_ask a = ask_of(&p, LEG_SHORT,
					     "2026-11-20T15:58:00Z",
					     "2026-11-20T15:58:00Z");
		struct last_quote q = quote_at("0.0004",
					       "2026-11-20T15:58:00Z", NULL);

		print_message("# %s\n", c->comment);
		q.next_funding = on_the_day(c->last);
		q.pays_every_s = c->seen;
		a.quote = &q;
		a.next = on_the_day(c->next);
		a.now = on_the_day(c->now);
		q.polled_at = a.since;
		assert_int_equal(ledger_due(rows, &a), 1);
		assert_int_equal(rows[0].pays_every_s, c->want);
		if (c->want == 0)
			assert_amount(rows[0].amount_usd, "payment interval "
				      "not configured");
	}
}

static struct fact known(const char *text)
{
	return fact_known(dec_lit(text));
}

static void the_base_is_the_mark_where_both_legs_have_one(void **state)
{
	static struct settlement rows[LEDGER_ROWS_MAX];
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.001");
	struct ledger_ask a = ask_of(&p, LEG_SHORT, "2026-11-20T15:59:00Z",
				     "2026-11-20T16:00:00Z");
	struct last_quote q = quote_at("0.0004", "2026-11-20T15:59:00Z", NULL);
	struct last_quote other = q;

	(void)state;
	a.quote = &q;
	a.other = &other;
	p.leg[LEG_SHORT].quantity = known("0.3");
	p.leg[LEG_LONG].quantity = known("0.31");
	q.mark_price = known("70000");
	assert_int_equal(ledger_due(rows, &a), 1);
	assert_int_equal(rows[0].base, BASE_ENTRY_NOTIONAL);
	assert_false(rows[0].price.known);
	assert_amount(rows[0].amount_usd, "8");
	other.mark_price = known("70010");
	ledger_due(rows, &a);
	assert_int_equal(rows[0].base, BASE_MARK_PRICE);
	assert_amount(rows[0].quantity, "0.3");
	assert_amount(rows[0].price, "70000");
	assert_amount(rows[0].amount_usd, "8.4");
	p.leg[LEG_LONG].quantity = fact_unknown(WHY_NOT_SET);
	ledger_due(rows, &a);
	assert_int_equal(rows[0].base, BASE_ENTRY_NOTIONAL);
	p.leg[LEG_LONG].quantity = known("0.31");
	a.other = NULL;
	ledger_due(rows, &a);
	assert_int_equal(rows[0].base, BASE_ENTRY_NOTIONAL);
	a.other = &other;
	a.side = LEG_LONG;
	a.terms = ask_of(&p, LEG_LONG, "2026-11-20T15:59:00Z",
			 "2026-11-20T16:00:00Z").terms;
	a.quote = &other;
	a.other = &q;
	ledger_due(rows, &a);		/* hourly: an eighth, and it pays */
	assert_amount(rows[0].amount_usd, "-1.085155");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cash_is_signed_and_rounded_once),
		cmocka_unit_test(hourly_and_8h_venues_collect_the_same_in_a_day),
		cmocka_unit_test(settlements_fall_between_two_polls),
		cmocka_unit_test(nothing_is_booked_before_opening_or_without_a_schedule),
		cmocka_unit_test(after_the_close_rows_are_hypothetical),
		cmocka_unit_test(a_very_long_absence_is_cut_not_overrun),
		cmocka_unit_test(two_announcements_show_the_payment_interval),
		cmocka_unit_test(a_seen_interval_is_booked),
		cmocka_unit_test(a_contradicted_interval_is_not_booked),
		cmocka_unit_test(the_base_is_the_mark_where_both_legs_have_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
