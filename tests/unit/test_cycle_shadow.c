/* SPDX-License-Identifier: MIT */
/* A shadow profile remembers, closes once, says so, and changes nothing. */
#include "cycle_desk.h"
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void open_shadowed(struct desk *d, const char *account)
{
	desk_open(d, "lighter", account);
	d->rate[LEG_LONG] = "0.0001";
	d->rate[LEG_SHORT] = "0.0008";
}

/* Events of this kind; the note of the last one. */
static int events_of(struct desk *d, int64_t id, const char *kind,
		     const char **note)
{
	struct event *e;
	size_t n;
	int count = 0;

	desk_check(d, store_events(d->store, &e, &n, id, d->arena, &d->err));
	*note = "";
	for (size_t i = 0; i < n; i++) {
		if (strcmp(e[i].kind, kind) != 0)
			continue;
		*note = e[i].note;
		count++;
	}
	return count;
}

static void assert_shadow(struct desk *d, int want)
{
	struct position p;
	const char *note;

	assert_int_equal(events_of(d, d->pos.id, "shadow", &note), want);
	if (want > 0 && strncmp(note, "hasty: close FLIPPED: ", 22) != 0)
		fail_msg("%s", note);
	desk_check(d, store_position(d->store, &p, d->pos.id, &d->err));
	assert_int_equal(p.status, STATUS_OPEN);	/* never acted upon */
}

static void it_closes_once_and_only_on_paper(void **state)
{
	struct desk d;

	(void)state;
	open_shadowed(&d, "profile: steady, shadow: hasty");
	desk_poll(&d, "2026-11-20T15:00:10Z");
	d.rate[LEG_SHORT] = "0.00005";
	desk_poll(&d, "2026-11-20T15:01:10Z");
	assert_shadow(&d, 0);			/* two polls are needed */
	desk_poll(&d, "2026-11-20T15:02:10Z");
	assert_shadow(&d, 1);
	desk_poll(&d, "2026-11-20T15:03:10Z");
	desk_poll(&d, "2026-11-20T15:04:10Z");
	assert_shadow(&d, 1);
	desk_close(&d);
}

static void a_restart_forgets_nothing(void **state)
{
	struct desk d;

	(void)state;
	open_shadowed(&d, "profile: steady, shadow: hasty");
	d.rate[LEG_SHORT] = "0.00005";
	desk_poll(&d, "2026-11-20T15:00:10Z");
	desk_restart(&d);
	desk_poll(&d, "2026-11-20T15:01:10Z");	/* the second in a row */
	assert_shadow(&d, 1);
	desk_restart(&d);
	desk_poll(&d, "2026-11-20T15:02:10Z");
	desk_poll(&d, "2026-11-20T15:03:10Z");
	assert_shadow(&d, 1);
	desk_close(&d);
}

/* ---- several pairs ---- */

static void add_like_the_first(struct desk *d)
{
	struct position p = d->pos;

	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_add_position(d->store, &p, p.opened_at, "cli", "",
					 &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

static void set_closed(struct desk *d, int64_t id, const char *at)
{
	struct position p;
	struct event e = { .position = id, .at = d->now, .by = "cli",
			   .kind = "test", .note = "" };

	desk_check(d, store_position(d->store, &p, id, &d->err));
	p.status = at ? STATUS_CLOSED : STATUS_OPEN;
	p.closed_at = at ? given_time(at) : INSTANT_UNKNOWN;
	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_change_position(d->store, &p, &e, &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

/* Shadow events of pairs 1 to 4, one digit each. */
static void assert_told(struct desk *d, const char *want)
{
	char got[5] = "";
	const char *note;

	for (int i = 0; i < 4; i++)
		got[i] = (char)('0' + events_of(d, i + 1, "shadow", &note));
	assert_string_equal(got, want);
}

static void each_pair_has_its_own_memory_also_when_others_leave(void **state)
{
	struct desk d;

	(void)state;
	open_shadowed(&d, "profile: steady, shadow: hasty");
	for (int i = 0; i < 3; i++)
		add_like_the_first(&d);
	d.rate[LEG_SHORT] = "0.00005";
	desk_poll(&d, "2026-11-20T15:00:10Z");
	set_closed(&d, 1, "2026-11-20T15:00:20Z");
	set_closed(&d, 2, "2026-11-20T15:00:20Z");
	desk_poll(&d, "2026-11-20T15:01:10Z");
	assert_told(&d, "0011");
	set_closed(&d, 2, NULL);		/* it starts anew */
	desk_poll(&d, "2026-11-20T15:02:10Z");
	assert_told(&d, "0011");
	desk_poll(&d, "2026-11-20T15:03:10Z");
	assert_told(&d, "0111");
	desk_close(&d);
}

/* What a command does between a poll's read and its transaction. */
static void confirm(struct desk *d)
{
	struct position p;
	struct event e = { .position = d->pos.id, .at = d->now,
			   .kind = "confirm", .by = "cli", .note = "" };

	desk_check(d, store_position(d->store, &p, d->pos.id, &d->err));
	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_change_position(d->store, &p, &e, &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

static void a_poll_that_passes_a_pair_over_is_no_new_start(void **state)
{
	struct desk d;

	(void)state;
	open_shadowed(&d, "profile: steady, shadow: hasty");
	d.rate[LEG_SHORT] = "0.00005";
	desk_poll(&d, "2026-11-20T15:00:10Z");
	d.meanwhile = confirm;
	desk_poll(&d, "2026-11-20T15:01:10Z");	/* nothing is decided */
	assert_shadow(&d, 0);
	d.meanwhile = NULL;
	desk_poll(&d, "2026-11-20T15:02:10Z");
	assert_shadow(&d, 1);
	d.meanwhile = confirm;
	desk_poll(&d, "2026-11-20T15:03:10Z");
	d.meanwhile = NULL;
	desk_poll(&d, "2026-11-20T15:04:10Z");
	desk_poll(&d, "2026-11-20T15:05:10Z");
	assert_shadow(&d, 1);
	desk_close(&d);
}

static void off_is_off(void **state)
{
	struct desk d;

	(void)state;
	open_shadowed(&d, "profile: steady, shadow: off");
	d.rate[LEG_SHORT] = "0.00005";
	for (int i = 0; i < 4; i++) {
		char now[40];

		snprintf(now, sizeof(now), "2026-11-20T15:%02d:10Z", i);
		desk_poll(&d, now);
	}
	assert_shadow(&d, 0);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_closes_once_and_only_on_paper),
		cmocka_unit_test(a_restart_forgets_nothing),
		cmocka_unit_test(a_poll_that_passes_a_pair_over_is_no_new_start),
		cmocka_unit_test(each_pair_has_its_own_memory_also_when_others_leave),
		cmocka_unit_test(off_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
