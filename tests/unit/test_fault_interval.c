/* SPDX-License-Identifier: MIT */
/* S-5: a venue that pays in another rhythm while the pair is held. */
#include "cycle_desk.h"
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Was this told of the short leg's venue? */
static bool told(struct desk *d, const char *words)
{
	struct message *m;
	bool found = false;
	size_t n;

	desk_check(d, store_unsent(d->store, &m, &n, d->arena, &d->err));
	for (size_t i = 0; i < n; i++)
		found |= !strcmp(m[i].kind, "interval") &&
			 strstr(m[i].text, words);
	return found;
}

/* What a poll concluded: 0.00072 per 8 h, whatever the rhythm. */
static void concludes_the_same(struct desk *d)
{
	static const enum verdict want[] = { VERDICT_FALSE, VERDICT_FALSE,
					     VERDICT_TRUE };
	const struct profile *p = d->cycle->account->profile;
	struct streak slots[SLOTS_MAX];
	const struct evidence_row *row = d->cycle->before->rows;
	struct watch w;

	desk_check(d, store_load_memory(d->store, slots, &w, d->pos.id, p,
					&d->err));
	assert_true(w.divergence.known);
	assert_int_equal(dec_cmp(w.divergence.v, dec_lit("0.00216")), 0);
	assert_int_equal(d->cycle->before->n_rows, 1);
	assert_int_equal(row->n_lines, 3);
	for (int i = 0; i < 3; i++)
		if (row->finding[i].verdict != want[i])
			fail_msg("%s is %s", p->line[i].label.s,
				 verdict_word(row->finding[i].verdict));
	assert_int_equal(row->action, ACTION_ALERT);
}

static void poll(struct desk *d, const char *now, const char *next_short)
{
	d->next[LEG_SHORT] = next_short;
	desk_poll(d, now);
	desk_check(d, store_position(d->store, &d->pos, d->pos.id, &d->err));
	assert_int_equal(d->pos.status, STATUS_OPEN);
	concludes_the_same(d);
}

/* What the short leg got at its last settlement, in USD. */
static void paid(struct desk *d, const char *usd, int32_t every_s)
{
	struct settlement *rows, *last = NULL;
	size_t n;

	desk_check(d, store_settlements(d->store, &rows, &n, d->pos.id,
					d->arena, &d->err));
	for (size_t i = 0; i < n; i++)
		if (rows[i].side == LEG_SHORT)
			last = &rows[i];
	assert_non_null(last);
	assert_int_equal(last->pays_every_s, every_s);
	assert_int_equal(dec_cmp(last->amount_usd.v, dec_lit(usd)), 0);
}

static void refused(const char *venue)
{
	struct arena *arena = arena_new();
	struct complaints list;
	struct config c;
	struct err err = { ERR_NONE, "" };
	char text[200];

	snprintf(text, sizeof(text), "version: 1\nvenues:\n  x: {%s}\n"
		 "accounts: {main: {mode: dry-run}}\n", venue);
	if (config_load_text(&c, "f", text, strlen(text), arena, &list, &err))
		fail_msg("accepted: %s", venue);
	assert_non_null(strstr(err.text, "pays_every"));
	arena_free(arena);
}

/*
 * 10,000 USD at 0.0008 per 8 h are 8 USD, or 4 each 4 h, or 1 an hour; the
 * verdicts do not change, because a rate is per 8 h whatever the rhythm.
 */
static void s5_the_payment_interval_changes_while_held(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d, "lighter", "profile: paced");
	d.rate[LEG_LONG] = "0.00008";
	d.rate[LEG_SHORT] = "0.0008";
	poll(&d, "2026-11-20T07:59:00Z", "2026-11-20T08:00:00Z");
	poll(&d, "2026-11-20T08:01:00Z", "2026-11-20T16:00:00Z");
	assert_false(told(&d, "settles"));
	poll(&d, "2026-11-20T15:59:00Z", "2026-11-20T16:00:00Z");
	poll(&d, "2026-11-20T16:01:00Z", "2026-11-20T20:00:00Z");
	paid(&d, "8", 28800);
	assert_true(told(&d, "grvt settles every 4h"));
	poll(&d, "2026-11-20T20:01:00Z", "2026-11-20T21:00:00Z");
	paid(&d, "4", 14400);
	assert_true(told(&d, "grvt settles every 1h"));
	poll(&d, "2026-11-20T21:01:00Z", NULL);		/* missing: as before */
	paid(&d, "1", 3600);
	poll(&d, "2026-11-20T22:01:00Z", "2026-11-20T21:00:00Z");	/* past */
	paid(&d, "1", 3600);
	desk_close(&d);
	refused("pays_every: 0s");
	refused("pays_every: -8h");
	refused("pays_every: 7h");
	refused("pays_every: 25h");
	refused("pays_every: 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s5_the_payment_interval_changes_while_held),
	};

	return cmocka_run_group_tests_name("intervals", tests, NULL, NULL);
}
