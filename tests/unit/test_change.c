/* SPDX-License-Identifier: MIT */
/* What a person may do to a position: every command against every status. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "change.h"
#include "given.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct label label(const char *s)
{
	struct label l;

	assert_true(label_parse(&l, s, strlen(s)));
	return l;
}

static struct position in_status(enum status s)
{
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.000285");

	p.id = 7;
	p.version = 3;
	p.status = s;
	if (s != STATUS_OPEN) {
		p.reason = label("FLIP");
		p.decided_at = given_time("2026-11-20T20:30:00Z");
	}
	if (s == STATUS_CLOSED)
		p.closed_at = given_time("2026-11-20T20:31:00Z");
	return p;
}

static struct change_ask asked(enum change_kind k)
{
	return (struct change_ask){
		.kind = k, .now = given_time(GIVEN_NOW),
		.fees_usd = fact_unknown(WHY_NOT_SET),
		.keep_for = span_s(CHANGE_KEEP_S), .note = "because"
	};
}

/* The refusal, or the status it becomes. */
static const struct transition {
	enum change_kind kind;
	enum status from, to;
	const char *refusal;		/* NULL: done */
	bool rewrite, forget;
} transitions[] = {
	{ CHANGE_CLOSE, STATUS_OPEN, STATUS_CLOSED, NULL, true, false },
	{ CHANGE_CLOSE, STATUS_PENDING_CLOSE, STATUS_CLOSED, NULL, true,
	  false },
	{ CHANGE_CLOSE, STATUS_CLOSED, STATUS_CLOSED,
	  "position 7 is closed; it needs no closing; \"positions reopen\" "
	  "undoes a close within the hour", false, false },
	{ CHANGE_KEEP, STATUS_OPEN, STATUS_OPEN,
	  "position 7 is open; only pending_close positions can be kept",
	  false, false },
	{ CHANGE_KEEP, STATUS_PENDING_CLOSE, STATUS_OPEN, NULL, true, true },
	{ CHANGE_KEEP, STATUS_CLOSED, STATUS_CLOSED,
	  "position 7 is closed; only pending_close positions can be kept; "
	  "\"positions reopen\" undoes a close within the hour", false,
	  false },
	{ CHANGE_CONFIRM, STATUS_OPEN, STATUS_OPEN, NULL, true, false },
	{ CHANGE_CONFIRM, STATUS_PENDING_CLOSE, STATUS_PENDING_CLOSE, NULL,
	  true, false },
	{ CHANGE_CONFIRM, STATUS_CLOSED, STATUS_CLOSED,
	  "position 7 is closed; only a position that is held can be "
	  "confirmed; \"positions reopen\" undoes a close within the hour",
	  false, false },
	{ CHANGE_REOPEN, STATUS_OPEN, STATUS_OPEN,
	  "position 7 is open; only closed positions can be reopened", false,
	  false },
	{ CHANGE_REOPEN, STATUS_PENDING_CLOSE, STATUS_PENDING_CLOSE,
	  "position 7 is pending_close; only closed positions can be "
	  "reopened; \"positions keep\" returns this one to open", false,
	  false },
	{ CHANGE_REOPEN, STATUS_CLOSED, STATUS_OPEN, NULL, true, true },
	{ CHANGE_NOTE, STATUS_OPEN, STATUS_OPEN, NULL, false, false },
	{ CHANGE_NOTE, STATUS_PENDING_CLOSE, STATUS_PENDING_CLOSE, NULL,
	  false, false },
	{ CHANGE_NOTE, STATUS_CLOSED, STATUS_CLOSED, NULL, false, false },
};

static void check_done(const struct transition *t, const struct change *c)
{
	bool moved = t->from != t->to;

	assert_int_equal(c->position.status, t->to);
	assert_int_equal(c->rewrite, t->rewrite);
	assert_int_equal(c->forget, t->forget);
	assert_string_equal(c->event.kind, change_word(t->kind));
	assert_string_equal(c->event.by, "cli");
	assert_string_equal(c->event.note, "because");
	assert_string_equal(c->event.from, moved ? status_word(t->from) : "");
	assert_string_equal(c->event.to, moved ? status_word(t->to) : "");
	assert_int_equal(c->event.position, 7);
	assert_int_equal(c->event.at.ms, given_time(GIVEN_NOW).ms);
	assert_int_equal(c->position.version, 3);	/* the store counts */
}

static void every_command_on_every_status(void **state)
{
	(void)state;
	assert_int_equal(N(transitions), 5 * 3);
	for (size_t i = 0; i < N(transitions); i++) {
		const struct transition *t = &transitions[i];
		const struct position p = in_status(t->from);
		const struct change_ask ask = asked(t->kind);
		struct err err = { ERR_NONE, "" };
		struct change c;

		assert_int_equal(change_make(&c, &p, &ask, &err), !t->refusal);
		if (!t->refusal) {
			check_done(t, &c);
			continue;
		}
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.text, t->refusal);
	}
}

static struct change make(const struct position *p,
			  const struct change_ask *ask)
{
	struct err err = { ERR_NONE, "" };
	struct change c;

	if (!change_make(&c, p, ask, &err))
		fail_msg("%s", err.text);
	return c;
}

static void close_takes_its_reason(void **state)
{
	static const struct {
		enum status from;
		const char *given, *kept;
	} rows[] = {
		{ STATUS_OPEN, "", "MANUAL" },
		{ STATUS_OPEN, "TAX", "TAX" },
		{ STATUS_PENDING_CLOSE, "", "FLIP" },
		{ STATUS_PENDING_CLOSE, "TAX", "TAX" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct position p = in_status(rows[i].from);
		struct change_ask ask = asked(CHANGE_CLOSE);
		struct change c;

		snprintf(ask.reason.s, sizeof(ask.reason.s), "%s",
			 rows[i].given);
		c = make(&p, &ask);
		assert_string_equal(c.position.reason.s, rows[i].kept);
		assert_string_equal(c.event.reason.s, rows[i].kept);
		assert_int_equal(c.position.closed_at.ms, ask.now.ms);
		/* When the monitor decided stays known. */
		assert_int_equal(c.position.decided_at.ms,
				 rows[i].from == STATUS_OPEN ? ask.now.ms :
				 p.decided_at.ms);
	}
}

static void close_adds_fees(void **state)
{
	struct position p = in_status(STATUS_OPEN);
	struct change_ask ask = asked(CHANGE_CLOSE);
	struct err err = { ERR_NONE, "" };
	struct change c;

	(void)state;
	p.fees_usd = dec_lit("3");
	ask.fees_usd = fact_known(dec_lit("3.01"));
	c = make(&p, &ask);
	assert_int_equal(dec_cmp(c.position.fees_usd, dec_lit("6.01")), 0);
	ask.fees_usd = fact_unknown(WHY_NOT_SET);
	c = make(&p, &ask);
	assert_int_equal(dec_cmp(c.position.fees_usd, dec_lit("3")), 0);
	p.fees_usd = dec_lit("170000000000000000000");
	ask.fees_usd = fact_known(p.fees_usd);
	assert_false(change_make(&c, &p, &ask, &err));
	assert_string_equal(err.text, "position 7: fees are out of range");
}

static void close_takes_the_exit_prices_of_both_legs(void **state)
{
	static const struct {
		const char *price[2];	/* NULL: not given */
		const char *refusal;	/* NULL: taken */
	} rows[] = {
		{ { NULL, NULL }, NULL },
		{ { "91000", "0.000000000000000001" }, NULL },
		{ { "91000", NULL }, "--short-price is missing" },
		{ { NULL, "91000" }, "--long-price is missing" },
		{ { "0", "91000" }, "--long-price: an exit price is above" },
		{ { "91000", "-1" }, "--short-price: an exit price is above" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct position p = in_status(STATUS_OPEN);
		struct change_ask ask = asked(CHANGE_CLOSE);
		struct err err = { ERR_NONE, "" };
		struct change c;

		for (int s = LEG_LONG; s <= LEG_SHORT; s++)
			ask.exit_price[s] = rows[i].price[s] ?
				fact_known(dec_lit(rows[i].price[s])) :
				fact_unknown(WHY_NOT_SET);
		assert_int_equal(change_make(&c, &p, &ask, &err),
				 !rows[i].refusal);
		if (rows[i].refusal) {
			assert_int_equal(err.kind, ERR_USAGE);
			assert_non_null(strstr(err.text, rows[i].refusal));
			continue;
		}
		for (int s = LEG_LONG; s <= LEG_SHORT; s++)
			assert_int_equal(dec_cmp(c.position.leg[s].exit_price.v,
						 ask.exit_price[s].v), 0);
		assert_false(c.unclose);
	}
}

static void close_before_opening_is_refused(void **state)
{
	struct position p = in_status(STATUS_OPEN);
	struct change_ask ask = asked(CHANGE_CLOSE);
	struct err err = { ERR_NONE, "" };
	struct change c;

	(void)state;
	p.opened_at = (struct instant){ ask.now.ms + CHANGE_FUTURE_MS };
	assert_true(change_make(&c, &p, &ask, &err));
	p.opened_at.ms++;
	assert_false(change_make(&c, &p, &ask, &err));
	assert_non_null(strstr(err.text, "check the clock"));
}

static void keep_mutes_the_deciding_label(void **state)
{
	const struct position p = in_status(STATUS_PENDING_CLOSE);
	struct change_ask ask = asked(CHANGE_KEEP);
	struct change c = make(&p, &ask);

	(void)state;
	assert_string_equal(c.position.muted.s, "FLIP");
	assert_string_equal(c.event.reason.s, "FLIP");
	assert_int_equal(c.position.muted_until.ms,
			 given_time("2026-11-21T05:00:00Z").ms);
	assert_string_equal(c.position.reason.s, "");
	assert_false(instant_known(c.position.decided_at));
	ask.reason = label("AGE");
	ask.keep_for = span_s(60);
	c = make(&p, &ask);
	assert_string_equal(c.position.muted.s, "AGE");
	assert_int_equal(c.position.muted_until.ms, ask.now.ms + 60000);
}

static void keep_needs_a_time_in_bounds(void **state)
{
	static const struct {
		int64_t ms;
		bool good;
	} rows[] = { { 0, false }, { 1, true },
		     { INT64_C(30) * 86400000, true },
		     { INT64_C(30) * 86400000 + 1, false } };
	const struct position p = in_status(STATUS_PENDING_CLOSE);
	struct change_ask ask = asked(CHANGE_KEEP);
	struct err err = { ERR_NONE, "" };
	struct change c;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		ask.keep_for = (struct span){ rows[i].ms };
		assert_int_equal(change_make(&c, &p, &ask, &err),
				 rows[i].good);
	}
	assert_non_null(strstr(err.text, "--for 8h"));
}

static void confirm_sets_only_its_time(void **state)
{
	const struct position p = in_status(STATUS_PENDING_CLOSE);
	const struct change_ask ask = asked(CHANGE_CONFIRM);
	struct change c = make(&p, &ask);

	(void)state;
	assert_int_equal(c.position.confirmed_at.ms, ask.now.ms);
	assert_string_equal(c.position.reason.s, "FLIP");
	assert_int_equal(c.position.decided_at.ms, p.decided_at.ms);
}

static void reopen_within_the_hour(void **state)
{
	struct position p = in_status(STATUS_CLOSED);
	const struct change_ask ask = asked(CHANGE_REOPEN);
	struct err err = { ERR_NONE, "" };
	struct change c;

	(void)state;
	p.closed_at = (struct instant){ ask.now.ms - 3600000 };
	p.leg[LEG_LONG].exit_price = fact_known(dec_lit("90900"));
	p.leg[LEG_SHORT].exit_price = fact_known(dec_lit("91000"));
	c = make(&p, &ask);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		assert_false(c.position.leg[s].exit_price.known);
		assert_int_equal(c.position.leg[s].exit_price.why,
				 WHY_NOT_SET);
	}
	assert_true(c.unclose);
	assert_string_equal(c.position.reason.s, "");
	assert_string_equal(c.event.reason.s, "FLIP");
	assert_false(instant_known(c.position.closed_at));
	assert_false(instant_known(c.position.decided_at));
	p.closed_at.ms--;
	assert_false(change_make(&c, &p, &ask, &err));
	assert_string_equal(err.text, "position 7 was closed at "
			    "2026-11-20T19:59:59.999Z, more than an hour ago; "
			    "record it anew with \"positions open\"");
}

/* Closed as of 19:50, which was found out and written down at 20:10. */
static void the_hour_begins_when_the_close_was_known(void **state)
{
	struct position p = in_status(STATUS_CLOSED);
	struct change_ask ask = asked(CHANGE_REOPEN);
	struct err err = { ERR_NONE, "" };
	struct change c;

	(void)state;
	p.closed_at = (struct instant){ ask.now.ms - 4200000 };
	ask.recorded_at = (struct instant){ ask.now.ms - 3600000 };
	assert_int_equal(make(&p, &ask).position.status, STATUS_OPEN);
	ask.recorded_at.ms--;
	assert_false(change_make(&c, &p, &ask, &err));
}

/* A close that was no close has cost nothing. */
static void a_reopen_takes_the_fees_of_the_close_back(void **state)
{
	struct position p = in_status(STATUS_OPEN);
	struct change_ask close = asked(CHANGE_CLOSE);
	const struct change_ask reopen = asked(CHANGE_REOPEN);
	struct change c;

	(void)state;
	p.fees_usd = dec_lit("5");
	close.fees_usd = fact_known(dec_lit("2.5"));
	for (int i = 0; i < 3; i++) {
		c = make(&p, &close);
		assert_int_equal(dec_cmp(c.position.fees_usd, dec_lit("7.5")),
				 0);
		p = c.position;
		c = make(&p, &reopen);
		assert_int_equal(dec_cmp(c.position.fees_usd, dec_int(5)), 0);
		assert_int_equal(dec_sign(c.position.close_fees_usd), 0);
		p = c.position;
	}
	/* What a simulated close has cost is taken back as well. */
	p = in_status(STATUS_CLOSED);
	p.closed_at = reopen.now;
	p.fees_usd = dec_lit("5");
	p.slippage_usd = dec_lit("0.5");
	p.close_fees_usd = dec_lit("3");
	p.close_slippage_usd = dec_lit("0.3");
	c = make(&p, &reopen);
	assert_int_equal(dec_cmp(c.position.fees_usd, dec_int(2)), 0);
	assert_int_equal(dec_cmp(c.position.slippage_usd, dec_lit("0.2")), 0);
	assert_int_equal(dec_sign(c.position.close_slippage_usd), 0);
}

static void a_note_has_a_text(void **state)
{
	const struct position p = in_status(STATUS_OPEN);
	struct change_ask ask = asked(CHANGE_NOTE);
	char text[CHANGE_NOTE_MAX + 2];
	struct err err = { ERR_NONE, "" };
	struct change c;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[CHANGE_NOTE_MAX] = '\0';
	ask.note = text;
	assert_true(change_make(&c, &p, &ask, &err));
	text[CHANGE_NOTE_MAX] = 'x';
	text[CHANGE_NOTE_MAX + 1] = '\0';
	assert_false(change_make(&c, &p, &ask, &err));
	ask.note = " \t\n";
	assert_false(change_make(&c, &p, &ask, &err));
	assert_non_null(strstr(err.text, "the note is empty"));
	ask.kind = CHANGE_CLOSE;
	ask.note = "";
	assert_true(change_make(&c, &p, &ask, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_on_every_status),
		cmocka_unit_test(close_takes_its_reason),
		cmocka_unit_test(close_adds_fees),
		cmocka_unit_test(close_takes_the_exit_prices_of_both_legs),
		cmocka_unit_test(close_before_opening_is_refused),
		cmocka_unit_test(keep_mutes_the_deciding_label),
		cmocka_unit_test(keep_needs_a_time_in_bounds),
		cmocka_unit_test(confirm_sets_only_its_time),
		cmocka_unit_test(reopen_within_the_hour),
		cmocka_unit_test(the_hour_begins_when_the_close_was_known),
		cmocka_unit_test(a_reopen_takes_the_fees_of_the_close_back),
		cmocka_unit_test(a_note_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
