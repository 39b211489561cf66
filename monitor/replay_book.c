/* SPDX-License-Identifier: MIT */
/*
 * The ledger of a pair as it stood at a poll: what was settled by then, and
 * what venues had reported by then. Whoever knew a report before it came
 * would decide by it.
 */
#include "replay.h"

#include "reported.h"

static void start_again(struct replay_pair *pair)
{
	pair->booked = 0;
	pair->told_ms = INT64_MAX;
	pair->funding = (struct funding){ .sum_usd = fact_known(DEC_ZERO) };
}

static void take(struct replay_pair *pair, struct settlement row,
		 struct instant now)
{
	if (instant_known(row.reported_at) && row.reported_at.ms > now.ms &&
	    row.reported_at.ms < pair->told_ms)
		pair->told_ms = row.reported_at.ms;
	row.hypothetical = false;	/* here it is still held */
	if (reported_as_of(&row, now))
		funding_add(&pair->funding, &row);
}

void replay_book(struct replay_pair *pair, struct instant now)
{
	if (now.ms >= pair->told_ms)
		start_again(pair);
	while (pair->booked < pair->n_ledger &&
	       pair->ledger[pair->booked].at.ms <= now.ms)
		take(pair, pair->ledger[pair->booked++], now);
	pair->next_ms = pair->told_ms;
	if (pair->booked < pair->n_ledger &&
	    pair->ledger[pair->booked].at.ms < pair->next_ms)
		pair->next_ms = pair->ledger[pair->booked].at.ms;
	pair->x.memory.funding_usd = pair->unscheduled ?
				     fact_unknown(WHY_NO_INTERVAL) :
				     funding_total(&pair->funding);
}

void replay_schedule(struct replay_pair *pair, const struct fact *funding)
{
	bool was = pair->unscheduled;

	pair->unscheduled = !funding->known && funding->why == WHY_NO_INTERVAL;
	if (pair->unscheduled != was)
		pair->next_ms = INT64_MIN;	/* at this poll, or its first */
}
