/* SPDX-License-Identifier: MIT */
/* Shared by the tests of decisions. */
#include "decide_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const char *const usual_close[] = {
	"DIVERGENCE_FLIPPED: flip", "PROFIT_EROSION: erosion(0.5)",
	"WEEKLY_REBALANCE: age(168h)", NULL
};
const char *const usual_alert[] = {
	"STALE: stale_data(3m)", "OI_IMBALANCE: oi_imbalance", NULL
};

struct bench *bench_new(const char *const *close,
			       const char *const *alert)
{
	struct arena *a = arena_new();
	struct bench *b = arena_alloc(a, sizeof(*b));

	b->arena = a;
	b->profile = given_profile(a, close, alert);
	b->pos = given_position("BTC", "lighter", "grvt", "20000", "0.001");
	for (int i = 0; i < SLOTS_MAX; i++)
		b->slots[i] = STREAK_NONE;
	b->watch.counted[0] = b->watch.counted[1] = INSTANT_UNKNOWN;
	b->watch.divergence = fact_unknown(WHY_NOT_SET);
	b->watch.divergence_at = b->watch.blind_told = INSTANT_UNKNOWN;
	b->watch.unclosed_told = INSTANT_UNKNOWN;
	b->now.last_poll = INSTANT_UNKNOWN;
	for (int i = 0; i < FACT_COUNT; i++)
		b->facts.v[i] = fact_known(dec_int(1));
	b->facts.v[FACT_ENTRY_DIVERGENCE] = b->pos.entry_divergence;
	b->facts.v[FACT_AGE] = fact_known(dec_int(3600));
	b->facts.v[FACT_LONG_QUOTE_AGE] = fact_known(dec_int(5));
	b->facts.v[FACT_SHORT_QUOTE_AGE] = fact_known(dec_int(5));
	return b;
}

void see(struct bench *b, const char *divergence_8h)
{
	struct fact *d = &b->facts.v[FACT_DIVERGENCE];

	b->facts.legs_fresh = divergence_8h != NULL;
	if (!divergence_8h) {
		*d = fact_unknown(WHY_FAILED);
		return;
	}
	d->known = true;
	d->why = WHY_KNOWN;
	assert_true(dec_mul_int(&d->v, dec_lit(divergence_8h), 3));
}

const struct decision *poll_at(struct bench *b, int minute)
{
	struct instant t0 = given_time(GIVEN_NOW);

	b->now.now = instant_add(t0, span_s(60 * (int64_t)minute));
	for (int s = 0; s < 2; s++)
		b->now.observed[s] = b->facts.legs_fresh ?
			instant_add(b->now.now, span_s(-5)) : INSTANT_UNKNOWN;
	decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts, b->profile,
	       &b->now);
	b->now.last_poll = b->now.now;
	b->minute = minute;
	return &b->d;
}

const struct decision *poll_next(struct bench *b,
					const char *divergence_8h)
{
	see(b, divergence_8h);
	return poll_at(b, b->minute + 1);
}

void assert_decided(const struct decision *d, enum action action,
			   const char *label, unsigned notices)
{
	assert_string_equal(action_word(d->action), action_word(action));
	assert_string_equal(d->label.s, label);
	assert_int_equal(d->notices, notices);
	assert_int_equal(d->close_now, (notices & NOTICE_CLOSE) != 0);
	if (action == ACTION_HOLD)
		assert_int_equal(d->line, -1);
}
