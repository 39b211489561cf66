/* SPDX-License-Identifier: MIT */
/* Positions with their memory, as the cases of facts and rules hold them. */
#include "bench.h"

void item_begin(struct item *x, const struct world *w, size_t i)
{
	x->pos = world_position(w, i);
	for (int k = 0; k < SLOTS_MAX; k++)
		x->slots[k] = STREAK_NONE;
	x->watch = (struct watch){
		.counted = { INSTANT_UNKNOWN, INSTANT_UNKNOWN },
		.divergence = fact_unknown(WHY_NOT_SET),
		.divergence_at = INSTANT_UNKNOWN,
		.blind_told = INSTANT_UNKNOWN,
		.unclosed_told = INSTANT_UNKNOWN,
	};
}

void item_vary(struct item *x, size_t i, struct dec now)
{
	struct fact *entry = &x->pos.entry_divergence;
	bool ok = true;

	switch (i % 16) {
	case 0:				/* 0.7 and 0.2 of it, exactly */
		ok = dec_mul_int(&entry->v, now, 5);
		break;
	case 1:
		ok = dec_mul_int(&entry->v, now, 2);
		break;
	case 2:
		*entry = fact_unknown(WHY_NOT_SET);
		break;
	case 3:
		entry->v = dec_neg(now);
		break;
	}
	bench_check(ok, "an entry divergence", NULL);
	if (i % 16 == 4)
		x->pos.opened_at = instant_add(x->pos.opened_at,
					       span_s(DAY_S));
}
