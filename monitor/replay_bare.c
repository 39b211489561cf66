/* SPDX-License-Identifier: MIT */
/*
 * Polls of version 0.1.0 do not say what a position brought along. What a
 * person did between two of them stands in the events; only the end of an
 * earlier `keep` was not kept.
 */
#include "replay.h"

#include <string.h>

static void forget(struct watched *x)
{
	x->watch = WATCH_NONE;
	for (int i = 0; i < SLOTS_MAX; i++)
		x->slots[i] = STREAK_NONE;
}

static void back_to_open(struct replay_pair *pair)
{
	struct position *p = &pair->x.pos;

	p->status = STATUS_OPEN;
	p->reason = (struct label){ "" };
	p->decided_at = INSTANT_UNKNOWN;
	pair->closed_at = INSTANT_UNKNOWN;
	forget(&pair->x);
}

static bool last_keep(const struct replay_pair *pair, size_t i)
{
	while (++i < pair->n_events)
		if (strcmp(pair->events[i].kind, "keep") == 0)
			return false;
	return true;
}

static bool apply(struct replay_pair *pair, size_t i)
{
	const struct event *e = &pair->events[i];

	if (strcmp(e->kind, "reopen") == 0)
		back_to_open(pair);
	if (strcmp(e->kind, "keep") != 0)
		return true;
	back_to_open(pair);
	pair->x.pos.muted = e->reason;
	pair->x.pos.muted_until = pair->recorded.muted_until;
	return last_keep(pair, i);
}

bool replay_apply_events(struct replay_pair *pair, struct instant until)
{
	bool sure = true;

	for (; pair->applied < pair->n_events &&
	       pair->events[pair->applied].at.ms <= until.ms; pair->applied++)
		sure = apply(pair, pair->applied) && sure;
	return sure;
}
