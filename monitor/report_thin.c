/* SPDX-License-Identifier: MIT */
/* Values into parts, parts into a few points (report_thin.h). */
#include "report_thin.h"

static void put(struct report_thin *t, const struct report_point *p)
{
	if (t->n == 0 || t->out[t->n - 1].at.ms != p->at.ms)
		t->out[t->n++] = *p;
}

void report_thin_end(struct report_thin *t)
{
	bool low_first = t->low.at.ms < t->high.at.ms;

	if (t->n_in == 0)
		return;
	put(t, &t->first);
	put(t, low_first ? &t->low : &t->high);
	put(t, low_first ? &t->high : &t->low);
	put(t, &t->last);
	t->n_in = 0;
}

/* An unknown one is never an extreme. */
static bool beyond(const struct report_point *p, const struct report_point *old,
		   int way)
{
	return p->divergence.known &&
	       (!old->divergence.known ||
		dec_cmp(p->divergence.v, old->divergence.v) * way > 0);
}

void report_thin_add(struct report_thin *t, struct instant at,
		     struct fact divergence)
{
	const struct report_point p = { at, divergence };
	int64_t part = (at.ms - t->from.ms) * t->parts /
		       (t->to.ms - t->from.ms);

	if (t->n_given++ > 0 && at.ms <= t->last.at.ms)
		return;
	if (part >= t->parts)
		part = t->parts - 1;	/* the end itself */
	if (t->n_in > 0 && part != t->part)
		report_thin_end(t);
	t->part = part;
	if (t->n_in == 0)
		t->first = t->low = t->high = p;
	if (beyond(&p, &t->low, -1))
		t->low = p;
	if (beyond(&p, &t->high, 1))
		t->high = p;
	t->last = p;
	t->n_in++;
}
