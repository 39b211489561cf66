/* SPDX-License-Identifier: MIT */
/* The state machine of a condition (alert.h). No clock, no store. */
#include "alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTAGES_MAX 64

const char *telling_word(enum telling t)
{
	static const char *const words[] = {
		[TELL_NOTHING] = "nothing", [TELL_FIRING] = "firing",
		[TELL_CHANGED] = "changed", [TELL_REPEAT] = "repeat",
		[TELL_OVER] = "over", [TELL_RESOLVED] = "resolved"
	};

	return words[t];
}

bool alert_quiet_now(const struct quiet_hours *q, struct instant now)
{
	int32_t s = (int32_t)(now.ms / 1000 % DAY_S);

	if (!q->set)
		return false;
	if (q->from_s < q->until_s)
		return s >= q->from_s && s < q->until_s;
	return s >= q->from_s || s < q->until_s;
}

static int by_row(const void *key, const void *row)
{
	return strcmp(key, ((const struct alert_row *)row)->fingerprint);
}

static int by_condition(const void *key, const void *c)
{
	return strcmp(key, ((const struct condition *)c)->fingerprint);
}

static const struct alert_row *row_of(const struct alert_now *in,
				      const char *fingerprint)
{
	return in->n_rows ? bsearch(fingerprint, in->rows, in->n_rows,
				    sizeof(*in->rows), by_row) : NULL;
}

static const struct condition *condition_of(const struct alert_now *in,
					    const char *fingerprint)
{
	return in->n ? bsearch(fingerprint, in->list, in->n,
			       sizeof(*in->list), by_condition) : NULL;
}

/* Nothing of it can be used: it is down, or stands still. */
static bool is_venue(const struct condition *c)
{
	return c->venue.s[0] && (!strcmp(c->kind, "venue") ||
				 !strcmp(c->kind, "feed"));
}

/* What explains others: the service, a venue, the trading client. */
struct outages {
	const struct condition *list[OUTAGES_MAX];
	size_t n;
};

static void find_outages(struct outages *o, const struct alert_now *in)
{
	o->n = 0;
	for (size_t i = 0; i < in->n && o->n < OUTAGES_MAX; i++)
		if (!strcmp(in->list[i].kind, "service") ||
		    !strcmp(in->list[i].kind, "client") ||
		    is_venue(&in->list[i]))
			o->list[o->n++] = &in->list[i];
}

static const struct condition *outage_of(const struct outages *all,
					 const struct condition *c)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct condition *o = all->list[i];

		if (o == c)
			continue;
		if ((c->needs_service && !strcmp(o->kind, "service")) ||
		    (c->needs_client && !strcmp(o->kind, "client")))
			return o;
		if (c->venue.s[0] && is_venue(o) &&
		    !venue_cmp(o->venue, c->venue))
			return o;
	}
	return NULL;
}

static void fill(struct alert_row *r, const struct condition *c,
		 struct instant now)
{
	snprintf(r->fingerprint, sizeof(r->fingerprint), "%s",
		 c->fingerprint);
	snprintf(r->kind, sizeof(r->kind), "%s", c->kind);
	r->position = c->position;
	r->label = c->label;
	r->severity = c->severity;
	r->seen_at = now;
	r->title = c->title;
	r->text = c->text;
}

static struct alert_row new_row(const struct condition *c, struct instant now)
{
	struct alert_row r = {
		.since = now, .told_at = INSTANT_UNKNOWN,
		.over_at = INSTANT_UNKNOWN, .acked_at = INSTANT_UNKNOWN,
		.snoozed_until = INSTANT_UNKNOWN
	};

	fill(&r, c, now);
	return r;
}

static bool before(struct instant t, struct instant now)
{
	return !instant_known(t) || t.ms <= now.ms;
}

/* A time that lies ahead was taken by a wrong clock: long ago. */
static int64_t ms_since(struct instant t, struct instant now)
{
	return now.ms < t.ms ? INT64_MAX : instant_diff(now, t).ms;
}

static bool is_put_off(const struct alert_row *r, struct instant now)
{
	return instant_known(r->acked_at) || !before(r->snoozed_until, now);
}

/* Why it is not told now, whatever its state. */
static bool silent(const struct alert_row *r, const struct condition *c,
		   const struct alert_now *in)
{
	return is_put_off(r, in->now) || r->muted_by[0] ||
	       ms_since(r->since, in->now) < c->delay.ms ||
	       (alert_quiet_now(&in->policy->quiet, in->now) &&
		!c->breaks_quiet);
}

static bool lasts_long(const struct alert_row *r, const struct alert_now *in)
{
	return ms_since(r->told_at, in->now) >= in->policy->repeat.ms;
}

/* Of something told lately the next telling waits a little. */
static bool too_soon(const struct alert_row *r, const struct alert_now *in)
{
	return instant_known(r->told_at) &&
	       ms_since(r->told_at, in->now) < ALERT_FLAP_MS;
}

static enum telling what_to_tell(const struct alert_row *r,
				 const struct condition *c, bool changed,
				 const struct alert_now *in)
{
	if (silent(r, c, in))
		return TELL_NOTHING;
	if (r->tellings == 0)
		return too_soon(r, in) ? TELL_NOTHING : TELL_FIRING;
	if (changed || !instant_known(r->told_at))
		return TELL_CHANGED;
	return c->again || lasts_long(r, in) ? TELL_REPEAT : TELL_NOTHING;
}

static bool changes(const struct alert_row *r, const struct condition *c)
{
	return r->severity != c->severity ||
	       strcmp(r->label.s, c->label.s) != 0 ||
	       strcmp(r->title, c->title) != 0;
}

/* Who put it off knew of something less, or of something else as grave. */
static bool is_worse(const struct alert_row *r, const struct condition *c)
{
	return c->severity > r->severity ||
	       (c->severity == r->severity && c->severity >= SEVERITY_ERROR &&
		strcmp(r->title, c->title) != 0);
}

static void forget_word(struct alert_row *r)
{
	r->acked_at = r->snoozed_until = INSTANT_UNKNOWN;
	r->acked_by[0] = '\0';
}

/* Whose end nobody was told yet lasts on, and its end stays owed. */
static void begin_anew(struct alert_row *r, struct instant now)
{
	r->over_at = INSTANT_UNKNOWN;
	if (r->tellings > 0)
		return;
	forget_word(r);
	r->since = now;
}

static void judge_true(struct alert_step *s, const struct condition *c,
		       const struct outages *all, const struct alert_now *in)
{
	const struct alert_row *old = row_of(in, c->fingerprint);
	const struct condition *outage = outage_of(all, c);
	/* What an outage explains stays as it was told until it is over. */
	bool held = outage && old && old->tellings > 0;
	bool changed = old && !held && changes(old, c);

	*s = (struct alert_step){ .condition = c };
	s->row = old ? *old : new_row(c, in->now);
	if (instant_known(s->row.over_at))
		begin_anew(&s->row, in->now);
	if (!held && is_worse(&s->row, c))
		forget_word(&s->row);
	snprintf(s->row.muted_by, sizeof(s->row.muted_by), "%s",
		 outage ? outage->fingerprint : "");
	s->tell = what_to_tell(&s->row, c, changed, in);
	s->write = !old || changed || s->tell != TELL_NOTHING ||
		   instant_known(old->over_at) ||
		   strcmp(old->muted_by, s->row.muted_by) != 0;
	if (!s->write)
		return;
	s->row.seen_at = in->now;
	if (!held)
		fill(&s->row, c, in->now);
	if (s->tell != TELL_NOTHING) {
		s->row.told_at = in->now;
		s->row.tellings++;
	} else if (changed && s->row.tellings > 0) {
		s->row.told_at = INSTANT_UNKNOWN;	/* still unheard */
	}
}

/* Who put it off hears nothing; it is remembered as last told. */
static void resolve(struct alert_step *s)
{
	s->tell = TELL_RESOLVED;
	s->row.tellings = 0;
	s->drop = !instant_known(s->row.told_at);
	s->write = !s->drop;
}

/* An event of quiet hours is stored as over, and told when they end. */
static bool is_event(const struct alert_row *r)
{
	return instant_known(r->over_at) && !instant_known(r->told_at) &&
	       r->tellings == 0;
}

/* No longer true: told once, kept for a while, forgotten. */
static void judge_over(struct alert_step *s, const struct alert_row *old,
		       const struct alert_now *in)
{
	bool quiet = alert_quiet_now(&in->policy->quiet, in->now) &&
		     old->severity < SEVERITY_CRITICAL;

	*s = (struct alert_step){ .row = *old };
	if (is_event(old)) {
		s->tell = quiet ? TELL_NOTHING : TELL_FIRING;
		s->drop = !quiet;
		return;
	}
	if (!instant_known(old->over_at)) {
		s->row.over_at = in->now;
		s->write = true;
	}
	if (old->tellings > 0 && is_put_off(old, in->now)) {
		resolve(s);
		return;
	}
	if (old->tellings > 0 && !quiet) {
		s->tell = TELL_OVER;
		s->row.tellings = 0;
		s->row.told_at = in->now;
		s->write = true;
		return;
	}
	if (old->tellings > 0)
		return;			/* told when quiet hours end */
	s->drop = ms_since(s->row.over_at, in->now) >= ALERT_FLAP_MS ||
		  !instant_known(s->row.told_at);
	s->write = !s->drop && s->write;
}

static void tell_event(struct alert_step *s, const struct condition *c,
		       const struct alert_now *in)
{
	*s = (struct alert_step){ .condition = c, .tell = TELL_FIRING };
	s->row = new_row(c, in->now);
	if (!alert_quiet_now(&in->policy->quiet, in->now) || c->breaks_quiet)
		return;
	s->tell = TELL_NOTHING;
	s->row.over_at = in->now;
	s->write = true;
}

static bool is_among(const int64_t *list, size_t n, int64_t position)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == position)
			return true;
	return false;
}

/* Only rates can tell that it is over; a close and a blindness need none. */
static bool needs_rates(const struct alert_row *r)
{
	return !instant_known(r->over_at) &&
	       (!strcmp(r->kind, "alert") || !strcmp(r->kind, "near"));
}

static bool is_left(const struct alert_now *in, const struct alert_row *r)
{
	return is_among(in->left, in->n_left, r->position) ||
	       (needs_rates(r) &&
		is_among(in->unseen, in->n_unseen, r->position));
}

size_t alert_judge(struct alert_step *out, const struct alert_now *in)
{
	struct outages all;
	size_t n = 0;

	find_outages(&all, in);
	for (size_t i = 0; i < in->n; i++) {
		if (in->list[i].event)
			tell_event(&out[n++], &in->list[i], in);
		else
			judge_true(&out[n++], &in->list[i], &all, in);
	}
	for (size_t i = 0; i < in->n_rows; i++)
		if (!condition_of(in, in->rows[i].fingerprint) &&
		    !is_left(in, &in->rows[i]))
			judge_over(&out[n++], &in->rows[i], in);
	return n;
}
