/* SPDX-License-Identifier: MIT */
/* What polls make of the alerts of a position, with the store between them. */
#include "change.h"
#include "cycle_desk.h"
#include "log.h"
#include "store_alerts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GOOD	"0.0008"		/* of the short leg; the long: 0.0001 */
#define THIN	"0.0004"
#define FLIPPED	"-0.0001"

static int64_t seen;		/* the last delivery of told() */

static void open_rates(struct desk *d, const char *profile, const char *rate)
{
	char account[200];

	snprintf(account, sizeof(account), "profile: %s, alerts: {sinks: "
		 "[phone]}", profile);
	desk_open(d, "lighter", account);
	seen = 0;
	d->rate[LEG_LONG] = "0.0001";
	d->rate[LEG_SHORT] = rate;
}

/* "main/1/close 2, main/1/near over": those stored, and how often told. */
static const char *stored(struct desk *d)
{
	static char out[400];
	struct alert_row *rows;
	size_t n, used = 0;

	out[0] = '\0';
	desk_check(d, store_alerts(d->store, &rows, &n, d->arena, &d->err));
	for (size_t i = 0; i < n; i++) {
		char told[16];

		snprintf(told, sizeof(told), "%d", rows[i].tellings);
		used += (size_t)snprintf(out + used, sizeof(out) - used,
					 "%s%s %s", i ? ", " : "",
					 rows[i].fingerprint,
					 instant_known(rows[i].over_at) ?
					 "over" : told);
	}
	return out;
}

/* The titles since the last time, "" none; newest first. */
static const char *told(struct desk *d)
{
	static char out[800];
	struct delivery_row *rows;
	size_t n, used = 0;

	out[0] = '\0';
	desk_check(d, store_deliveries(d->store, &rows, &n, 0, 0, d->arena,
				       &d->err));
	for (size_t i = 0; i < n && rows[i].id > seen; i++)
		used += (size_t)snprintf(out + used, sizeof(out) - used,
					 "%s%s", i ? ", " : "",
					 rows[i].title);
	seen = n > 0 ? rows[0].id : 0;
	return out;
}

static const char *text_of(struct desk *d, const char *fingerprint)
{
	struct alert_row *rows;
	size_t n;

	desk_check(d, store_alerts(d->store, &rows, &n, d->arena, &d->err));
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].fingerprint, fingerprint))
			return rows[i].text;
	return "";
}

/* positions confirm 1, while the poll waits for answers */
static void confirm(struct desk *d)
{
	struct change_ask ask = { .kind = CHANGE_CONFIRM, .now = d->now,
				  .note = "",
				  .fees_usd = fact_unknown(WHY_NOT_SET) };
	struct position p;
	struct change c;

	desk_check(d, store_begin(d->store, &d->err) &&
		   store_position(d->store, &p, 1, &d->err) &&
		   change_make(&c, &p, &ask, &d->err) &&
		   store_change_position(d->store, &c.position, &c.event,
					 &d->err) &&
		   store_commit(d->store, 1000, &d->err));
}

static void a_command_meanwhile_ends_no_close(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "hasty", FLIPPED);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	desk_poll(&d, "2026-11-20T21:01:00Z");
	assert_string_equal(stored(&d), "main/1/close 1");
	d.meanwhile = confirm;
	desk_poll(&d, "2026-11-20T21:02:00Z");
	assert_string_equal(stored(&d), "main/1/close 1");
	d.meanwhile = NULL;
	desk_poll(&d, "2026-11-20T22:02:00Z");
	assert_string_equal(stored(&d), "main/1/close 2");
	desk_close(&d);
}

/* A poll of a clock that is behind finds nothing true and nothing false; then
 * what stands is told once more, for its last telling lies ahead. */
static void a_clock_set_back_ends_no_alert(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", THIN);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(stored(&d), "main/1/alert 1");
	desk_poll(&d, "2026-11-20T20:30:00Z");
	assert_string_equal(stored(&d), "main/1/alert 1, main/clock 1");
	desk_poll(&d, "2026-11-20T20:31:00Z");
	assert_string_equal(stored(&d), "main/1/alert 2, main/clock over");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T20:32:00Z");
	assert_string_equal(stored(&d), "main/1/alert over, main/clock over");
	desk_close(&d);
}

/* ---- a sink that hears late ---- */

/* The last of told() has arrived. */
static void heard(struct desk *d)
{
	desk_check(d, store_begin(d->store, &d->err) &&
		   store_mark_delivery(d->store, seen, "delivered", 1, d->now,
				       d->now, "", &d->err) &&
		   store_commit(d->store, 1000, &d->err));
}

static void what_was_never_heard_is_not_told_to_be_over(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", THIN);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(told(&d), "ALERT main/1 BTC HALF");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T21:01:00Z");
	assert_string_equal(told(&d), "");
	desk_close(&d);
}

/* Its repeat waits, and need not be told; its end must. */
static void what_was_heard_once_is_told_to_be_over(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", THIN);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(told(&d), "ALERT main/1 BTC HALF");
	heard(&d);
	desk_poll(&d, "2026-11-20T22:00:00Z");
	assert_string_equal(told(&d), "ALERT main/1 BTC HALF");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T22:01:00Z");
	assert_string_equal(told(&d), "OVER ALERT main/1 BTC HALF");
	d.rate[LEG_SHORT] = THIN;	/* and again, before it was heard */
	desk_poll(&d, "2026-11-20T22:10:00Z");
	assert_string_equal(told(&d), "ALERT main/1 BTC HALF");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T22:11:00Z");
	assert_string_equal(told(&d), "OVER ALERT main/1 BTC HALF");
	heard(&d);
	d.rate[LEG_SHORT] = THIN;
	desk_poll(&d, "2026-11-20T22:20:00Z");
	assert_string_equal(told(&d), "ALERT main/1 BTC HALF");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T22:21:00Z");
	assert_string_equal(told(&d), "");
	desk_close(&d);
}

/* Blindness was on its way when the alert was told, and came back unheard. */
static void add_grave(struct desk *d)
{
	struct message m = {
		.at = d->now, .priority = LOG_LEVEL_ERR, .position = 1,
		.kind = "blind", .fingerprint = "main/1/alert", .label = "",
		.since = d->now, .title = "BLIND main/1 BTC", .text = "x",
	};

	desk_check(d, store_begin(d->store, &d->err) &&
		   store_add_message(d->store, &m, &d->err) &&
		   store_queue(d->store, m.id, "phone", d->now, &d->err) &&
		   store_commit(d->store, 1000, &d->err));
}

/* It will be heard, though what else waited is dropped. */
static void a_grave_beginning_that_waits_has_its_end(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", THIN);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	add_grave(&d);
	assert_string_equal(told(&d), "BLIND main/1 BTC, ALERT main/1 BTC "
			    "HALF");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T21:01:00Z");
	assert_string_equal(told(&d), "OVER ALERT main/1 BTC HALF");
	desk_close(&d);
}

/* ---- nearness ---- */

/* Which one is nearest is in the text; people were told that one is near. */
static void lines_that_take_turns_being_near_are_told_once(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d, "lighter", "profile: turning, alerts: {sinks: [phone], "
		  "near: 30%}");
	seen = 0;
	d.rate[LEG_LONG] = "0.0001";
	d.rate[LEG_SHORT] = "0.00025";
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(told(&d), "NEAR main/1 BTC");
	assert_non_null(strstr(text_of(&d, "main/1/near"), "EROD"));
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T21:01:00Z");
	d.rate[LEG_SHORT] = "0.00025";
	desk_poll(&d, "2026-11-20T21:02:00Z");
	assert_string_equal(told(&d), "");
	assert_string_equal(stored(&d), "main/1/near 1");
	desk_close(&d);
}

/* Unknown is not near, and does not end a nearness either. */
static void without_rates_no_line_is_near(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d, "lighter", "profile: hasty, alerts: {sinks: [phone], "
		  "near: 30%}");
	seen = 0;
	d.rate[LEG_LONG] = "0.0001";
	d.rate[LEG_SHORT] = "0.00025";
	d.observed[LEG_SHORT] = "2026-11-20T20:50:00Z";
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(told(&d), "");
	d.observed[LEG_SHORT] = NULL;
	desk_poll(&d, "2026-11-20T21:01:00Z");
	assert_string_equal(told(&d), "NEAR main/1 BTC");
	d.observed[LEG_SHORT] = "2026-11-20T20:50:00Z";
	desk_poll(&d, "2026-11-20T21:02:00Z");
	assert_string_equal(told(&d), "");
	assert_string_equal(stored(&d), "main/1/near 1, main/feed/grvt 0");
	desk_close(&d);
}

/* ---- polls that were missed ---- */

static void missed_polls_name_the_one_before_if_there_was_one(void **state)
{
	static const char *const want[] = {
		"9 polls did not take place",
		"9 polls did not take place; the one before was at "
			"2026-11-20T21:00:00Z",
	};
	struct delivery first;
	bool found;
	struct desk d;

	(void)state;
	open_rates(&d, "hasty", GOOD);
	for (int i = 0; i < 2; i++) {
		d.cycle->missed_ticks = 9;
		desk_poll(&d, i ? "2026-11-20T21:10:00Z" :
			  "2026-11-20T21:00:00Z");
		assert_string_equal(told(&d), "POLLS MISSED main");
		desk_check(&d, store_delivery_head(d.store, &first, &found,
						   "phone", d.arena, &d.err));
		assert_true(found);
		assert_string_equal(first.message.text, want[i]);
		heard(&d);
	}
	desk_close(&d);
}

/* ---- a pending close ---- */

static void an_unclosed_close_is_told_again(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "hasty", FLIPPED);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	desk_poll(&d, "2026-11-20T21:01:00Z");
	assert_string_equal(told(&d), "CLOSE main/1 BTC FLIPPED");
	assert_null(strstr(text_of(&d, "main/1/close"), "pending for"));
	desk_poll(&d, "2026-11-20T21:15:00Z");
	assert_string_equal(told(&d), "");
	desk_poll(&d, "2026-11-20T21:16:00Z");
	assert_string_equal(told(&d), "CLOSE main/1 BTC FLIPPED");
	assert_non_null(strstr(text_of(&d, "main/1/close"), "\npending for "
			       "0h15m, about -0.06 USD carry since the "
			       "decision\n"));
	desk_poll(&d, "2026-11-20T21:17:00Z");
	desk_poll(&d, "2026-11-20T22:15:00Z");
	assert_string_equal(told(&d), "");
	desk_poll(&d, "2026-11-20T22:16:00Z");
	assert_string_equal(told(&d), "CLOSE main/1 BTC FLIPPED");
	desk_close(&d);
}

static void a_severer_reason_is_told(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "graded", THIN);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(told(&d), "CLOSE main/1 BTC HALF");
	d.rate[LEG_SHORT] = FLIPPED;
	desk_poll(&d, "2026-11-20T21:01:00Z");
	assert_string_equal(told(&d), "CLOSE main/1 BTC HALF, now also "
			    "FLIPPED");
	desk_poll(&d, "2026-11-20T21:02:00Z");
	assert_string_equal(told(&d), "");
	assert_string_equal(stored(&d), "main/1/close 2");
	desk_close(&d);
}

static void blindness_of_a_pending_close_is_told(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "hasty", FLIPPED);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	desk_poll(&d, "2026-11-20T21:01:00Z");
	(void)told(&d);
	d.observed[LEG_LONG] = "2026-11-20T21:01:00Z";
	desk_poll(&d, "2026-11-20T21:07:00Z");
	desk_poll(&d, "2026-11-20T21:15:00Z");
	assert_string_equal(told(&d), "FEED STANDS STILL main lighter");
	desk_poll(&d, "2026-11-20T21:18:00Z");
	assert_string_equal(told(&d), "CLOSE main/1 BTC FLIPPED");
	assert_string_equal(stored(&d), "main/1/alert 0, main/1/close 2, "
			    "main/feed/lighter 1");	/* BLIND, explained */
	desk_poll(&d, "2026-11-20T21:19:00Z");
	assert_string_equal(told(&d), "");
	d.observed[LEG_LONG] = NULL;
	desk_poll(&d, "2026-11-20T21:20:00Z");
	assert_string_equal(told(&d), "OVER FEED STANDS STILL main lighter");
	desk_close(&d);
}

static void a_reason_that_is_gone_is_told_once(void **state)
{
	struct desk d;
	char at[32];

	(void)state;
	open_rates(&d, "hasty", FLIPPED);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	desk_poll(&d, "2026-11-20T21:01:00Z");
	(void)told(&d);
	d.rate[LEG_SHORT] = GOOD;
	for (int i = 2; i < 13; i++) {
		snprintf(at, sizeof(at), "2026-11-20T21:%02d:00Z", i);
		desk_poll(&d, at);
		assert_string_equal(told(&d), i == 11 ?
				    "REASON CLEARED main/1 BTC FLIPPED" : "");
	}
	assert_string_equal(stored(&d), "main/1/close 1");
	desk_close(&d);
}

static void a_pair_not_confirmed_is_told_once_a_day(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", GOOD);
	desk_poll(&d, "2026-11-21T17:58:00Z");
	desk_poll(&d, "2026-11-21T17:59:00Z");
	assert_string_equal(told(&d), "");
	desk_poll(&d, "2026-11-21T18:00:00Z");
	assert_string_equal(told(&d), "NOT CONFIRMED main/1 BTC");
	desk_poll(&d, "2026-11-21T18:01:00Z");
	assert_string_equal(told(&d), "");
	desk_close(&d);
}

static void many_not_confirmed_are_one_message(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", GOOD);
	desk_check(&d, store_begin(d.store, &d.err));
	for (int i = 0; i < 3; i++) {
		d.pos.id = 0;
		desk_check(&d, store_add_position(d.store, &d.pos, d.pos.opened_at,
						  "cli", "", &d.err));
	}
	desk_check(&d, store_commit(d.store, 1000, &d.err));
	desk_poll(&d, "2026-11-21T17:59:00Z");
	assert_string_equal(told(&d), "");
	desk_poll(&d, "2026-11-21T18:00:00Z");
	assert_string_equal(told(&d), "NOT CONFIRMED main 4 pairs");
	desk_close(&d);
}

/* ---- feeds ---- */

static void a_feed_that_stands_still_is_told(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", GOOD);
	d.observed[LEG_SHORT] = "2026-11-20T21:00:00Z";
	desk_poll(&d, "2026-11-20T21:01:00Z");
	desk_poll(&d, "2026-11-20T21:06:00Z");
	assert_string_equal(told(&d), "");
	desk_restart(&d);
	desk_poll(&d, "2026-11-20T21:09:00Z");
	assert_string_equal(told(&d), "FEED STANDS STILL main grvt");
	assert_string_equal(text_of(&d, "main/feed/grvt"), "1 position without "
			    "fresh rates: 1 BTC\nit answers, but none of its "
			    "rates is fresh");
	desk_poll(&d, "2026-11-20T21:20:00Z");	/* its pair is BLIND */
	assert_string_equal(told(&d), "");
	assert_string_equal(stored(&d), "main/1/alert 0, main/feed/grvt 1");
	d.observed[LEG_SHORT] = NULL;
	desk_poll(&d, "2026-11-20T21:21:00Z");
	assert_string_equal(told(&d), "OVER FEED STANDS STILL main grvt");
	desk_close(&d);
}

/* Unknown is neither true nor false: no all-clear while nothing is seen. */
static void an_alert_is_not_over_for_want_of_rates(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", THIN);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(told(&d), "ALERT main/1 BTC HALF");
	heard(&d);
	d.observed[LEG_SHORT] = "2026-11-20T21:00:00Z";
	desk_poll(&d, "2026-11-20T21:05:00Z");
	desk_poll(&d, "2026-11-20T21:07:00Z");
	assert_string_equal(told(&d), "");
	assert_string_equal(stored(&d), "main/1/alert 1, main/feed/grvt 0");
	d.observed[LEG_SHORT] = NULL;
	desk_poll(&d, "2026-11-20T21:09:00Z");
	assert_string_equal(told(&d), "");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T21:10:00Z");
	assert_string_equal(told(&d), "OVER ALERT main/1 BTC HALF");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_meanwhile_ends_no_close),
		cmocka_unit_test(a_clock_set_back_ends_no_alert),
		cmocka_unit_test(what_was_never_heard_is_not_told_to_be_over),
		cmocka_unit_test(what_was_heard_once_is_told_to_be_over),
		cmocka_unit_test(an_alert_is_not_over_for_want_of_rates),
		cmocka_unit_test(a_grave_beginning_that_waits_has_its_end),
		cmocka_unit_test(
			lines_that_take_turns_being_near_are_told_once),
		cmocka_unit_test(without_rates_no_line_is_near),
		cmocka_unit_test(missed_polls_name_the_one_before_if_there_was_one),
		cmocka_unit_test(an_unclosed_close_is_told_again),
		cmocka_unit_test(a_severer_reason_is_told),
		cmocka_unit_test(blindness_of_a_pending_close_is_told),
		cmocka_unit_test(a_reason_that_is_gone_is_told_once),
		cmocka_unit_test(a_pair_not_confirmed_is_told_once_a_day),
		cmocka_unit_test(many_not_confirmed_are_one_message),
		cmocka_unit_test(a_feed_that_stands_still_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
