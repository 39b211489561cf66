/* SPDX-License-Identifier: MIT */
/* What is told of a condition, as a table of scenes, and at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alert.h"
#include "given_random.h"

#define MIN	60000
#define ROWS	8
#define START	(INT64_C(20000) * DAY_S * 1000)	/* 00:00Z */

static struct world {
	struct alert_policy policy;
	struct alert_row rows[ROWS];
	size_t n_rows;
	int64_t left[2];
	size_t n_left;
	int64_t unseen[2];
	size_t n_unseen;
	struct instant now;
} w;

static int begin(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.policy.repeat = (struct span){ 60 * MIN };
	w.now = (struct instant){ START + 12 * 60 * MIN };
	return 0;
}

static struct condition given(const char *fingerprint, const char *kind)
{
	struct condition c = { .kind = kind, .severity = SEVERITY_WARNING,
			       .title = "t", .text = "x" };

	snprintf(c.fingerprint, sizeof(c.fingerprint), "%s", fingerprint);
	return c;
}

static int by_fingerprint(const void *a, const void *b)
{
	return strcmp(((const struct alert_row *)a)->fingerprint,
		      ((const struct alert_row *)b)->fingerprint);
}

static void keep(const struct alert_step *s)
{
	size_t i = 0;

	while (i < w.n_rows &&
	       strcmp(w.rows[i].fingerprint, s->row.fingerprint) != 0)
		i++;
	if (s->drop) {
		assert_true(i < w.n_rows);
		w.rows[i] = w.rows[--w.n_rows];
	} else if (s->write) {
		assert_true(i < ROWS);
		w.rows[i] = s->row;
		w.n_rows += i == w.n_rows;
	}
	qsort(w.rows, w.n_rows, sizeof(*w.rows), by_fingerprint);
}

/* One poll: "alert:firing close:over" in the order of fingerprints. */
static const char *poll_of(const struct condition *list, size_t n)
{
	static char said[400];
	struct alert_row rows[ROWS];
	struct alert_step steps[2 * ROWS];
	struct alert_now in = { w.now, &w.policy, list, n, rows, w.n_rows,
				w.left, w.n_left, w.unseen, w.n_unseen };
	size_t m;

	memcpy(rows, w.rows, sizeof(rows));
	said[0] = '\0';
	m = alert_judge(steps, &in);
	assert_true(m <= n + w.n_rows);
	for (size_t i = 0; i < m; i++) {
		size_t used = strlen(said);

		if (steps[i].tell != TELL_NOTHING)
			snprintf(said + used, sizeof(said) - used,
				 "%s%.40s:%s", used ? " " : "",
				 steps[i].row.fingerprint,
				 telling_word(steps[i].tell));
		keep(&steps[i]);
	}
	return said;
}

static const char *after(int64_t minutes, const struct condition *list,
			 size_t n)
{
	w.now.ms += minutes * MIN;
	return poll_of(list, n);
}

#define TOLD(minutes, list, n, want) \
	assert_string_equal(after(minutes, list, n), want)

static void told_once_repeated_and_over(void **state)
{
	struct condition c = given("a", "alert");

	(void)state;
	TOLD(0, &c, 1, "a:firing");
	TOLD(1, &c, 1, "");
	TOLD(58, &c, 1, "");
	TOLD(1, &c, 1, "a:repeat");
	TOLD(59, &c, 1, "");
	TOLD(1, &c, 1, "a:repeat");
	TOLD(1, NULL, 0, "a:over");
	TOLD(1, NULL, 0, "");
	assert_int_equal(w.n_rows, 1);		/* remembered for a while */
	TOLD(5, NULL, 0, "");
	assert_int_equal(w.n_rows, 0);
	TOLD(0, &c, 1, "a:firing");
}

static void a_change_is_told_at_once(void **state)
{
	struct condition c = given("a", "alert");

	(void)state;
	TOLD(0, &c, 1, "a:firing");
	strcpy(c.label.s, "OTHER");
	TOLD(1, &c, 1, "a:changed");
	TOLD(1, &c, 1, "");
	c.severity = SEVERITY_ERROR;
	TOLD(1, &c, 1, "a:changed");
	assert_int_equal(w.rows[0].severity, SEVERITY_ERROR);
}

static void flapping_is_told_every_five_minutes(void **state)
{
	struct condition c = given("a", "alert");
	int told = 0;

	(void)state;
	for (int minute = 0; minute < 60; minute++)
		told += *after(1, &c, minute % 2 == 0) != '\0';
	assert_in_range(told, 12, 24);		/* firing and over */
}

static void a_short_one_is_not_told(void **state)
{
	struct condition c = given("s", "service");

	(void)state;
	c.delay = (struct span){ 3 * MIN };
	TOLD(0, &c, 1, "");
	TOLD(2, &c, 1, "");
	TOLD(0, NULL, 0, "");
	assert_int_equal(w.n_rows, 0);
	TOLD(1, &c, 1, "");
	TOLD(3, &c, 1, "s:firing");
	TOLD(1, NULL, 0, "s:over");
}

static void acknowledged_until_it_is_over(void **state)
{
	struct condition c = given("a", "alert");

	(void)state;
	TOLD(0, &c, 1, "a:firing");
	w.rows[0].acked_at = w.now;
	TOLD(120, &c, 1, "");
	strcpy(c.label.s, "OTHER");
	TOLD(1, &c, 1, "");
	TOLD(1, NULL, 0, "a:resolved");		/* an incident, no person */
	TOLD(1, NULL, 0, "");
	TOLD(0, &c, 1, "a:firing");
	TOLD(60, &c, 1, "a:repeat");
	w.rows[0].snoozed_until = (struct instant){ w.now.ms + 120 * MIN };
	w.policy.quiet = (struct quiet_hours){ true, 0, 23 * 3600 };
	TOLD(1, NULL, 0, "a:resolved");
}

static void what_nobody_heard_is_resolved_nowhere(void **state)
{
	struct condition c = given("s", "service");

	(void)state;
	c.delay = (struct span){ 3 * MIN };
	TOLD(0, &c, 1, "");
	w.rows[0].acked_at = w.now;
	TOLD(60, &c, 1, "");
	TOLD(1, NULL, 0, "");
	assert_int_equal(w.n_rows, 0);
}

static void snoozed_until_then(void **state)
{
	struct condition c = given("a", "alert");

	(void)state;
	TOLD(0, &c, 1, "a:firing");
	w.rows[0].snoozed_until = (struct instant){ w.now.ms + 120 * MIN };
	TOLD(119, &c, 1, "");
	TOLD(1, &c, 1, "a:repeat");
}

/* What was put off was something less than this. */
static void worse_than_what_was_put_off_is_told(void **state)
{
	struct condition c = given("a", "alert");

	(void)state;
	TOLD(0, &c, 1, "a:firing");
	w.rows[0].acked_at = w.now;
	c.title = "u";
	strcpy(c.label.s, "OTHER");
	TOLD(1, &c, 1, "");
	assert_string_equal(w.rows[0].title, "u");	/* the list is true */
	c.severity = SEVERITY_ERROR;
	c.title = "BLIND";
	TOLD(1, &c, 1, "a:changed");
	assert_string_equal(w.rows[0].title, "BLIND");
	assert_false(instant_known(w.rows[0].acked_at));
	w.rows[0].snoozed_until = (struct instant){ w.now.ms + 600 * MIN };
	TOLD(119, &c, 1, "");
	c.title = "WAITING";		/* as grave, but another thing */
	TOLD(1, &c, 1, "a:changed");
	TOLD(60, &c, 1, "a:repeat");
	w.rows[0].acked_at = w.now;
	c.severity = SEVERITY_WARNING;	/* it eases */
	TOLD(60, &c, 1, "");
	assert_int_equal(w.rows[0].severity, SEVERITY_WARNING);
}

/* The same condition and label under another title. */
static void another_title_is_a_change(void **state)
{
	struct condition c = given("m/1/handoff", "handoff");

	(void)state;
	c.severity = SEVERITY_CRITICAL;
	TOLD(0, &c, 1, "m/1/handoff:firing");
	c.title = "HAND-OFF REFUSED";
	TOLD(1, &c, 1, "m/1/handoff:changed");
	TOLD(1, &c, 1, "");
}

/* It is in the row at once, and told when it may be. */
static void an_unheard_change_is_told_later(void **state)
{
	struct condition c = given("a", "alert");

	(void)state;
	w.policy.quiet = (struct quiet_hours){ true, 22 * 3600, 6 * 3600 };
	w.now.ms = START + 21 * 60 * MIN;
	TOLD(0, &c, 1, "a:firing");
	strcpy(c.label.s, "OTHER");
	TOLD(120, &c, 1, "");
	assert_string_equal(w.rows[0].label.s, "OTHER");
	TOLD(419, &c, 1, "");
	TOLD(1, &c, 1, "a:changed");
	TOLD(1, &c, 1, "");
	TOLD(1, NULL, 0, "a:over");
}

static void quiet_hours_wait_but_for_what_breaks_them(void **state)
{
	struct condition c[2] = { given("a", "alert"), given("b", "close") };

	(void)state;
	w.policy.quiet = (struct quiet_hours){ true, 22 * 3600, 6 * 3600 };
	w.now.ms = START + 23 * 60 * MIN;
	c[1].breaks_quiet = true;
	c[1].severity = SEVERITY_CRITICAL;
	TOLD(0, c, 2, "b:firing");
	TOLD(60, c, 2, "b:repeat");
	TOLD(1, c, 1, "b:over");
	TOLD(358, c, 1, "");			/* 05:59 */
	TOLD(1, c, 1, "a:firing");		/* 06:00 */
	w.now.ms += 15 * 60 * MIN;		/* 21:00 */
	TOLD(0, c, 1, "a:repeat");
	w.now.ms += 2 * 60 * MIN;		/* 23:00: it ends */
	TOLD(0, NULL, 0, "");
	TOLD(60 * 7 - 1, NULL, 0, "");
	TOLD(1, NULL, 0, "a:over");		/* told in the morning */
	TOLD(1, NULL, 0, "");
}

/* What changed in the night and ended there was heard of before: it is over
 * in the morning, and not news. */
static void a_change_of_the_night_is_no_event(void **state)
{
	struct condition c = given("a", "alert");

	(void)state;
	w.policy.quiet = (struct quiet_hours){ true, 22 * 3600, 6 * 3600 };
	w.policy.repeat = (struct span){ 1440 * MIN };
	w.now.ms = START + 21 * 60 * MIN;
	TOLD(0, &c, 1, "a:firing");
	strcpy(c.label.s, "OTHER");
	TOLD(120, &c, 1, "");			/* 23:00 */
	assert_false(instant_known(w.rows[0].told_at));
	TOLD(1, NULL, 0, "");
	TOLD(1, NULL, 0, "");
	TOLD(417, NULL, 0, "");			/* 05:59 */
	TOLD(1, NULL, 0, "a:over");
}

/* Its end is owed until it is told: back before, it is the same one. */
static void a_heard_beginning_always_ends(void **state)
{
	struct condition c = given("a", "blind");

	(void)state;
	c.severity = SEVERITY_ERROR;
	c.breaks_quiet = true;
	w.policy.quiet = (struct quiet_hours){ true, 22 * 3600, 7 * 3600 };
	w.now.ms = START + 3 * 60 * MIN;
	TOLD(0, &c, 1, "a:firing");		/* 03:00 */
	TOLD(1, NULL, 0, "");
	TOLD(1, &c, 1, "");
	TOLD(1, NULL, 0, "");
	TOLD(236, NULL, 0, "");			/* 06:59 */
	TOLD(1, NULL, 0, "a:over");
	TOLD(6, NULL, 0, "");
	assert_int_equal(w.n_rows, 0);
}

static void an_outage_explains_others(void **state)
{
	struct condition c[3] = { given("m/1/alert", "blind"),
				  given("m/2/alert", "alert"),
				  given("m/venue/grvt", "venue") };

	(void)state;
	strcpy(c[0].venue.s, "grvt");
	strcpy(c[2].venue.s, "grvt");
	TOLD(0, c, 3, "m/2/alert:firing m/venue/grvt:firing");
	assert_string_equal(w.rows[0].muted_by, "m/venue/grvt");
	TOLD(1, c, 3, "");
	TOLD(1, c, 2, "m/1/alert:firing m/venue/grvt:over");
	TOLD(6, c, 3, "m/venue/grvt:firing");
	assert_string_equal(w.rows[0].muted_by, "m/venue/grvt");
	/* So does one that answers with nothing fresh. */
	begin(NULL);
	c[2].kind = "feed";
	TOLD(0, c, 3, "m/2/alert:firing m/venue/grvt:firing");
	assert_string_equal(w.rows[0].muted_by, "m/venue/grvt");
	strcpy(c[2].venue.s, "");		/* an event of its own */
	TOLD(1, c, 3, "m/1/alert:firing");
	strcpy(c[2].venue.s, "grvt");
	c[2].kind = "venue";
	/* The service explains the venue as well. */
	begin(NULL);
	c[0].needs_service = c[2].needs_service = true;
	strcpy(c[1].fingerprint, "m/service");
	c[1].kind = "service";
	TOLD(0, c, 3, "m/service:firing");
	/* The trading client only what it alone could tell. */
	begin(NULL);
	c[2] = c[1];
	strcpy(c[2].fingerprint, "m/unwatched");
	c[2].needs_client = c[2].needs_service = true;
	strcpy(c[1].fingerprint, "m/client");
	c[1].kind = "client";
	c[2].kind = "unwatched";
	TOLD(0, c, 3, "m/1/alert:firing m/client:firing");
	assert_string_equal(w.rows[2].muted_by, "m/client");
}

/* It is back as it was told: nothing has changed, nor has the word on it. */
static void an_outage_undoes_no_word(void **state)
{
	struct condition c[2] = { given("m/1/alert", "alert"),
				  given("m/service", "service") };
	struct condition alert = c[0];

	for (int acked = 0; acked < 2; acked++) {
		begin(state);
		c[0] = alert;
		TOLD(0, c, 1, "m/1/alert:firing");
		if (acked)
			w.rows[0].acked_at = w.now;
		c[0].kind = "blind";
		c[0].title = "BLIND";
		c[0].severity = SEVERITY_ERROR;
		c[0].needs_service = c[0].breaks_quiet = true;
		TOLD(1, c, 2, "m/service:firing");
		assert_string_equal(w.rows[0].muted_by, "m/service");
		assert_string_equal(w.rows[0].title, "t");
		c[0] = alert;
		TOLD(1, c, 1, "m/service:over");
		assert_int_equal(instant_known(w.rows[0].acked_at), acked);
		TOLD(1, c, 1, "");
		c[0].severity = SEVERITY_ERROR;	/* worse without it */
		TOLD(1, c, 1, "m/1/alert:changed");
	}
}

static void an_event_is_told_once_and_leaves_nothing(void **state)
{
	struct condition c = given("e", "missed");

	(void)state;
	c.event = true;
	TOLD(0, &c, 1, "e:firing");
	assert_int_equal(w.n_rows, 0);
	TOLD(1, NULL, 0, "");
}

static void what_was_not_judged_stays_as_it_is(void **state)
{
	struct condition c[2] = { given("m/1/close", "close"),
				  given("m/2/close", "close") };

	(void)state;
	c[0].position = w.left[0] = 1;
	c[1].position = 2;
	TOLD(0, c, 2, "m/1/close:firing m/2/close:firing");
	w.n_left = 1;
	TOLD(1, NULL, 0, "m/2/close:over");
	TOLD(90, NULL, 0, "");
	assert_int_equal(w.n_rows, 1);
	assert_false(instant_known(w.rows[0].over_at));
	assert_int_equal(w.rows[0].tellings, 1);
	w.n_left = 0;
	TOLD(1, c, 1, "m/1/close:repeat");
	TOLD(1, NULL, 0, "m/1/close:over");
}

/* What only fresh rates can end; a close and a blindness need none. */
static void without_rates_nothing_is_all_clear(void **state)
{
	struct condition c[4] = { given("m/1/alert", "alert"),
				  given("m/1/close", "close"),
				  given("m/1/near", "near"),
				  given("m/2/alert", "blind") };

	(void)state;
	for (int i = 0; i < 3; i++)
		c[i].position = 1;
	c[3].position = 2;
	w.unseen[0] = 1;
	w.unseen[1] = 2;
	TOLD(0, c, 4, "m/1/alert:firing m/1/close:firing m/1/near:firing "
	     "m/2/alert:firing");
	w.n_unseen = 2;
	TOLD(1, NULL, 0, "m/1/close:over m/2/alert:over");
	TOLD(6, NULL, 0, "");
	assert_int_equal(w.n_rows, 2);
	assert_false(instant_known(w.rows[0].over_at));
	c[0].kind = "blind";			/* it is told at its time */
	c[0].title = "BLIND";
	TOLD(1, c, 1, "m/1/alert:changed");
	w.n_unseen = 0;
	TOLD(1, NULL, 0, "m/1/alert:over m/1/near:over");
}

/* It ended before rates were lost; quiet hours put that off. */
static void an_end_that_was_seen_is_told_without_rates(void **state)
{
	struct condition c = given("m/1/alert", "alert");

	(void)state;
	c.position = w.unseen[0] = 1;
	TOLD(0, &c, 1, "m/1/alert:firing");
	w.policy.quiet = (struct quiet_hours){ true, 12 * 3600, 13 * 3600 };
	TOLD(1, NULL, 0, "");
	w.n_unseen = 1;
	TOLD(59, NULL, 0, "m/1/alert:over");
}

/* Times that lie ahead were taken by a wrong clock. */
static void a_clock_set_back_silences_nothing(void **state)
{
	struct condition c[2] = { given("a", "close"), given("s", "service") };

	(void)state;
	c[1].delay = (struct span){ 3 * MIN };
	TOLD(0, c, 2, "a:firing");
	TOLD(-120, c, 2, "a:repeat s:firing");
	TOLD(1, NULL, 0, "a:over s:over");
	TOLD(-120, c, 1, "a:firing");
	TOLD(1, NULL, 0, "a:over");
	TOLD(-120, NULL, 0, "");
	assert_int_equal(w.n_rows, 0);
}

static void an_event_of_quiet_hours_is_told_after_them(void **state)
{
	struct condition c = given("e", "missed");

	(void)state;
	c.event = true;
	w.policy.quiet = (struct quiet_hours){ true, 11 * 3600, 13 * 3600 };
	TOLD(0, &c, 1, "");
	TOLD(59, NULL, 0, "");
	assert_int_equal(w.n_rows, 1);
	TOLD(1, NULL, 0, "e:firing");		/* 13:00 */
	assert_int_equal(w.n_rows, 0);
	TOLD(1, NULL, 0, "");
	w.now.ms -= 61 * MIN;			/* 12:00 */
	c.breaks_quiet = true;
	TOLD(0, &c, 1, "e:firing");
	assert_int_equal(w.n_rows, 0);
}

/* Whatever comes: first firing, then no more than agreed, then one over. */
static void at_random_it_keeps_its_word(void **state)
{
	(void)state;
	given_seed(20261126);
	for (int scene = 0; scene < 300; scene++) {
		struct condition c = given("a", "alert");
		int64_t told_at = -1;
		bool open = false;

		begin(NULL);
		if (given_chance(50))
			w.policy.quiet = (struct quiet_hours){
				true, 13 * 3600, 15 * 3600 };
		for (int poll = 0; poll < 400; poll++) {
			bool on = given_chance(70);
			const char *said = after(1, &c, on);

			if (strstr(said, "firing")) {
				assert_false(open);
				assert_true(told_at < 0 || w.now.ms - told_at
					    >= ALERT_FLAP_MS);
				open = true;
			} else if (strstr(said, "repeat")) {
				assert_true(open);
				assert_true(w.now.ms - told_at >= 60 * MIN);
			} else if (strstr(said, "over")) {
				assert_true(open && !on);
				open = false;
			} else {
				continue;
			}
			assert_false(alert_quiet_now(&w.policy.quiet, w.now));
			told_at = w.now.ms;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(told_once_repeated_and_over, begin),
		cmocka_unit_test_setup(a_change_is_told_at_once, begin),
		cmocka_unit_test_setup(flapping_is_told_every_five_minutes,
				       begin),
		cmocka_unit_test_setup(a_short_one_is_not_told, begin),
		cmocka_unit_test_setup(acknowledged_until_it_is_over, begin),
		cmocka_unit_test_setup(what_nobody_heard_is_resolved_nowhere,
				       begin),
		cmocka_unit_test_setup(snoozed_until_then, begin),
		cmocka_unit_test_setup(worse_than_what_was_put_off_is_told,
				       begin),
		cmocka_unit_test_setup(another_title_is_a_change, begin),
		cmocka_unit_test_setup(an_unheard_change_is_told_later, begin),
		cmocka_unit_test_setup(
			quiet_hours_wait_but_for_what_breaks_them, begin),
		cmocka_unit_test_setup(a_change_of_the_night_is_no_event,
				       begin),
		cmocka_unit_test_setup(a_heard_beginning_always_ends, begin),
		cmocka_unit_test_setup(an_outage_explains_others, begin),
		cmocka_unit_test_setup(an_outage_undoes_no_word, begin),
		cmocka_unit_test_setup(
			an_event_is_told_once_and_leaves_nothing, begin),
		cmocka_unit_test_setup(what_was_not_judged_stays_as_it_is,
				       begin),
		cmocka_unit_test_setup(without_rates_nothing_is_all_clear,
				       begin),
		cmocka_unit_test_setup(
			an_end_that_was_seen_is_told_without_rates, begin),
		cmocka_unit_test_setup(a_clock_set_back_silences_nothing,
				       begin),
		cmocka_unit_test_setup(
			an_event_of_quiet_hours_is_told_after_them, begin),
		cmocka_unit_test_setup(at_random_it_keeps_its_word, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
