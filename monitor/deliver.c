/* SPDX-License-Identifier: MIT */
/* The desk of alerts (deliver.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver_work.h"
#include "log.h"

#define COMMIT_MS	2000
#define GIVE_UP_MS	(24 * 3600 * INT64_C(1000))
#define PAUSE_MOST_MS	(7201 * INT64_C(1000))	/* of deliver_pause_ms */
#define WAIT_MAX_S	3600	/* who asks for more is asked again */

/* ---- the schedule of tries ---- */

int64_t deliver_pause_ms(uint64_t *seed, int32_t tries, bool grave)
{
	static const int64_t most_s[] = { 5, 300, 1800, 7200 };
	size_t i = tries < 1 ? 0 : (size_t)tries - 1;
	uint64_t z = *seed += 0x9e3779b97f4a7c15ull;

	if (i > 3)
		i = 3;
	if (grave && i > 1)
		i = 1;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	z ^= z >> 31;
	/* Full jitter, but never at once. */
	return 1000 + (int64_t)(z % (uint64_t)(most_s[i] * 1000));
}

/* ---- bookkeeping, each in a transaction of its own ---- */

static bool mark(struct deliver *d, const struct delivery *x,
		 const char *state, struct instant next, struct instant done,
		 const char *error, struct err *err)
{
	struct store *s = d->o.store;

	if (!store_begin(s, err))
		return false;
	if (store_mark_delivery(s, x->id, state, x->tries, next, done, error,
				err))
		return store_commit(s, COMMIT_MS, err);
	store_rollback(s);
	return false;
}

static bool is_important(const struct message *m)
{
	return m->priority <= LOG_LEVEL_ERR;
}

/* Not delivered: again later, or never. */
static bool put_back(struct deliver *d, struct post *p, struct delivery *x,
		     const struct outcome_of *o, struct instant now,
		     struct err *err)
{
	int64_t pause = deliver_pause_ms(&d->seed, x->tries,
					 is_important(&x->message));
	bool late = instant_diff(now, x->message.at).ms > GIVE_UP_MS &&
		    !is_important(&x->message);

	if (o->wait_s > WAIT_MAX_S)
		pause = WAIT_MAX_S * INT64_C(1000);
	else if (pause < o->wait_s * 1000)
		pause = o->wait_s * 1000;
	if (!p->down)
		log_write(LOG_LEVEL_WARNING, "alert not delivered",
			  "sink=%s err=%s", p->sink->name,
			  log_quote(o->why).s);
	p->down = true;
	if (o->outcome == OUTCOME_RETRY && !late)
		return mark(d, x, "queued", instant_add(now, (struct span){
			    pause }), INSTANT_UNKNOWN, o->why, err);
	log_write(LOG_LEVEL_ERR, "alert given up", "sink=%s err=%s",
		  p->sink->name, log_quote(o->why).s);
	return mark(d, x, "dead", now, now, o->why, err);
}

static bool take_outcome(struct deliver *d, struct post *p,
			 struct delivery *x, const struct outcome_of *o,
			 struct instant now, struct err *err)
{
	if (o->outcome == OUTCOME_GONE && !p->gone) {
		p->gone = true;
		log_write(LOG_LEVEL_ERR, "sink wants no more", "sink=%s",
			  p->sink->name);
	}
	if (o->outcome != OUTCOME_DELIVERED)
		return put_back(d, p, x, o, now, err);
	log_write(p->down ? LOG_LEVEL_NOTICE : LOG_LEVEL_INFO,
		  "alert delivered", "sink=%s tries=%d", p->sink->name,
		  x->tries);
	p->down = false;
	return mark(d, x, "delivered", now, now, "", err);
}

/* ---- what is due ---- */

static bool start(struct deliver *d, struct post *p, struct delivery *x,
		  struct instant now, struct err *err)
{
	struct err why = { ERR_NONE, "" };
	struct outcome_of no = { .outcome = OUTCOME_RETRY };

	x->tries++;
	if (!mark(d, x, "sent", now, INSTANT_UNKNOWN, "", err))
		return false;
	if (deliver_launch(d, p, x->id, &x->message, now, &why)) {
		p->busy = x->id;
		p->sent = *x;
		return true;
	}
	snprintf(no.why, sizeof(no.why), "%.119s", why.text);
	return put_back(d, p, x, &no, now, err);
}

/*
 * A time no pause reaches was written by a clock that has been set back since.
 * Once for each delivery: its receiver may have asked for so long a wait.
 */
static bool is_due(struct post *p, const struct delivery *x,
		   struct instant now)
{
	if (x->next_at.ms <= now.ms)
		return true;
	if (x->next_at.ms - now.ms <= PAUSE_MOST_MS || p->hurried == x->id)
		return false;
	p->hurried = x->id;
	return true;
}

static bool head(struct deliver *d, struct delivery *x, bool *found,
		 const struct post *p, struct err *err)
{
	bool ok;

	arena_reset(d->arena);
	if (!store_begin_read(d->o.store, err))
		return false;
	ok = store_delivery_head(d->o.store, x, found, p->sink->name,
				 d->arena, err);
	store_end_read(d->o.store);
	return ok;
}

/* What cannot be started is put back, and the head is asked once more. */
static bool ask_sink(struct deliver *d, struct post *p, struct instant now,
		     struct instant *next, struct err *err)
{
	struct delivery x;
	bool found;

	while (!p->busy && !p->gone && !p->sink->kind->heartbeat) {
		if (!head(d, &x, &found, p, err))
			return false;
		if (found && is_due(p, &x, now)) {
			if (!start(d, p, &x, now, err))
				return false;
			continue;
		}
		if (found && (!instant_known(*next) ||
			      x.next_at.ms < next->ms))
			*next = x.next_at;
		break;
	}
	return true;
}

bool deliver_due(void *ctx, struct instant now, struct instant *next,
		 struct err *err)
{
	struct deliver *d = ctx;

	*next = INSTANT_UNKNOWN;
	for (size_t i = 0; i < d->sinks.n; i++)
		if (!ask_sink(d, &d->post[i], now, next, err))
			return false;
	return true;
}

/* What a program of the user's printed goes to the log. */
static void log_output(const struct post *p, const struct reply *r)
{
	if (r->body_len > 0 && !strcmp(p->sink->kind->name, "exec"))
		log_write(LOG_LEVEL_INFO, "program said", "sink=%s text=%s",
			  p->sink->name, log_quote(r->body).s);
}

bool deliver_replied(void *ctx, const struct reply *r, struct instant now,
		     struct err *err)
{
	struct deliver *d = ctx;
	struct outcome_of o;

	if (r->ticket.id < 0) {
		deliver_loose_reply(d, r);
		return true;
	}
	for (size_t i = 0; i < d->sinks.n; i++) {
		struct post *p = &d->post[i];

		if (p->busy != r->ticket.id)
			continue;
		p->busy = 0;
		log_output(p, r);
		deliver_judge(&o, p, r);
		return take_outcome(d, p, &p->sent, &o, now, err);
	}
	return true;		/* of a sink that is no longer configured */
}

/* ---- from begin to end ---- */

static bool take_sinks(struct deliver *d, struct sinks *sinks)
{
	struct post *post = calloc(sinks->n + 1, sizeof(*post));

	if (!post)
		return false;
	for (size_t i = 0; i < sinks->n; i++) {
		post[i].sink = &sinks->list[i];
		post[i].beat_at = INSTANT_UNKNOWN;
	}
	free(d->post);
	d->post = post;
	sinks_free(&d->sinks);
	d->sinks = *sinks;
	*sinks = (struct sinks){ .list = NULL };
	return true;
}

static bool restart(struct store *s, struct err *err)
{
	if (!store_begin(s, err))
		return false;
	if (store_restart_deliveries(s, err))
		return store_commit(s, COMMIT_MS, err);
	store_rollback(s);
	return false;
}

bool deliver_new(struct deliver **out, const struct deliver_options *o,
		 struct sinks *sinks, struct err *err)
{
	struct deliver *d = calloc(1, sizeof(*d));

	if (!d)
		return err_set(err, ERR_MEMORY, "no memory for alerts");
	d->o = *o;
	d->seed = o->seed;
	d->hourly_at = INSTANT_UNKNOWN;
	d->arena = arena_new();
	if (!d->arena || !take_sinks(d, sinks)) {
		deliver_free(d);
		return err_set(err, ERR_MEMORY, "no memory for alerts");
	}
	if (!restart(o->store, err)) {
		deliver_free(d);
		return false;
	}
	*out = d;
	return true;
}

void deliver_free(struct deliver *d)
{
	if (!d)
		return;
	sinks_free(&d->sinks);
	free(d->post);
	arena_free(d->arena);
	free(d);
}

/* What is on its way to a sink whose name stayed is booked there. */
static void take_over(struct post *to, const struct post *from)
{
	to->busy = from->busy;
	to->sent = from->sent;
	to->hurried = from->hurried;
	to->loose = from->loose;
	to->down = from->down;
	to->beat_at = from->beat_at;
}

static bool is_in_force(const struct deliver *d, const char *name)
{
	for (size_t i = 0; i < d->sinks.n; i++)
		if (!strcmp(d->sinks.list[i].name, name))
			return true;
	return false;
}

/* What waits under a name that is gone stays, but not in silence. */
static void name_nobodys(struct deliver *d)
{
	struct err err = { ERR_NONE, "" };
	struct sink_name *list;
	size_t n = 0;
	bool ok;

	arena_reset(d->arena);
	if (!store_begin_read(d->o.store, &err))
		return;			/* whoever reads next tells of it */
	ok = store_waiting_sinks(d->o.store, &list, &n, d->arena, &err);
	store_end_read(d->o.store);
	for (size_t i = 0; ok && i < n; i++)
		if (!is_in_force(d, list[i].s))
			log_write(LOG_LEVEL_WARNING, "nobody takes these "
				  "messages", "sink=%s text=\"it is not under "
				  "alerts.sinks\"", list[i].s);
}

void deliver_use(struct deliver *d, struct sinks *sinks)
{
	struct post *old = d->post;
	struct sinks before = d->sinks;

	d->post = NULL;
	d->sinks = (struct sinks){ .list = NULL };
	if (!take_sinks(d, sinks)) {
		log_write(LOG_LEVEL_ERR, "old sinks kept", "err=%s",
			  "\"no memory\"");
		d->post = old;
		d->sinks = before;
		return;
	}
	for (size_t i = 0; i < d->sinks.n; i++)
		for (size_t k = 0; k < before.n; k++)
			if (!strcmp(d->sinks.list[i].name,
				    before.list[k].name))
				take_over(&d->post[i], &old[k]);
	free(old);
	sinks_free(&before);
	name_nobodys(d);
}
