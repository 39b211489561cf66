/* SPDX-License-Identifier: MIT */
/* A pair that the trading client lacks, poll by poll, and what a command does
 * between two of them. */
#include "change.h"
#include "cycle_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* positions confirm 1 */
static void confirm(struct desk *d)
{
	struct change_ask ask = { .kind = CHANGE_CONFIRM, .now = d->now,
				  .note = "",
				  .fees_usd = fact_unknown(WHY_NOT_SET) };
	struct position p;
	struct change c;

	desk_check(d, store_begin(d->store, &d->err) &&
		   store_position(d->store, &p, d->pos.id, &d->err) &&
		   change_make(&c, &p, &ask, &d->err) &&
		   store_change_position(d->store, &c.position, &c.event,
					 &d->err) &&
		   store_commit(d->store, 1000, &d->err));
}

/* n: no client at that poll; P, A, N: a command ran during it. */
static enum status status_after(const char *answers)
{
	struct position p;
	struct desk d;
	char at[32];

	desk_open_since(&d, "lighter", "profile: steady",
			"2026-11-20T10:30:00Z");
	d.rate[LEG_LONG] = "0.00008";
	d.rate[LEG_SHORT] = "0.0008";
	for (int i = 0; answers[i]; i++) {
		d.client = (char)(answers[i] | 32);
		if (d.client == 'n')
			d.client = '\0';
		d.meanwhile = answers[i] < 'a' ? confirm : NULL;
		desk_restart(&d);
		snprintf(at, sizeof(at), "2026-11-20T10:%d:00Z", 40 + i);
		desk_poll(&d, at);
	}
	desk_check(&d, store_position(d.store, &p, d.pos.id, &d.err));
	desk_close(&d);
	return p.status;
}

static void only_answers_that_follow_each_other_close_a_pair(void **state)
{
	static const struct {
		const char *answers;
		bool closed;
	} cases[] = {
		{ "paa", true }, { "pana", false }, { "panaa", true },
		{ "pannaa", true }, { "paNa", false }, { "paPa", false },
		{ "paPaa", true }, { "pA", false }, { "pAa", true }, { "paA", false },
		{ "paAa", true }, { "Paaa", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(status_after(cases[i].answers),
				 cases[i].closed ? STATUS_CLOSED : STATUS_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			only_answers_that_follow_each_other_close_a_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
