/* SPDX-License-Identifier: MIT */
/* Recorded polls, each shown to the trades of its time (report_polls.h). */
#include "report_polls.h"

#include "report_track.h"
#include "source_store.h"

/* Two polls are seldom further apart, whatever the configuration says. */
#define SPEAKS_MS 3600000

/* How long a poll stands for what comes after it. */
static struct span speaks(const struct recorded_poll *p)
{
	struct span every = p->account->profile->poll_interval;

	every.ms *= 2;
	return every.ms > SPEAKS_MS ? every : (struct span){ SPEAKS_MS };
}

static bool past(struct instant at, struct instant until)
{
	return instant_known(until) && at.ms >= until.ms;
}

static bool walk(struct source_store *source, struct report_track *t,
		 struct instant *first, struct instant until, struct err *err)
{
	struct recorded_poll p;
	bool more;

	*first = INSTANT_UNKNOWN;
	while (source_store_next(source, &p, &more, err)) {
		if (!more || past(p.at, until))
			return true;
		if (!instant_known(*first))
			*first = p.at;
		if (!report_track_poll(t, &p.market, speaks(&p)))
			return err_set(err, ERR_MEMORY, "no memory");
	}
	return false;
}

bool report_polls_add(struct report_run *run, bool *missing,
		      const struct report_polls *ask, struct arena *arena,
		      struct err *err)
{
	struct source_store *source;
	struct report_track *t;
	struct instant first;
	bool ok;

	if (run->n_trades == 0)
		return true;
	t = report_track_new(run, ask->points, arena);
	if (!t)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!source_store_open(&source, ask->store, ask->account,
			       run->trades[0].opened_at, err))
		return false;
	ok = walk(source, t, &first, ask->until, err);
	source_store_close(source);
	if (!ok)
		return false;
	if (!instant_known(first) || run->trades[0].opened_at.ms < first.ms)
		*missing = true;
	report_track_end(t, run);
	return true;
}
