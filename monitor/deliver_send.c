/* SPDX-License-Identifier: MIT */
/*
 * From a message to a request of its sink; also what has no row: heartbeats,
 * and the one message that could not be written down.
 */
#include "deliver_work.h"

#include <stdio.h>
#include <string.h>

#include "log.h"

#define BEAT_MS		60000	/* at most one so often */
#define HOURLY_MS	(3600 * INT64_C(1000))

/* ---- from a row to a request ---- */

static enum severity severity_of(int priority)
{
	if (priority <= 2)
		return SEVERITY_CRITICAL;
	if (priority == LOG_LEVEL_ERR)
		return SEVERITY_ERROR;
	return priority == LOG_LEVEL_WARNING ? SEVERITY_WARNING :
					       SEVERITY_INFO;
}

/* The symbol stands behind the position in a title: "WORD a/11 FET ...". */
static const char *symbol_of(const struct deliver *d, const struct message *m)
{
	const char *s = m->position ? strchr(m->title, '/') : NULL;
	size_t n;

	s = s ? strchr(s, ' ') : NULL;
	if (!s)
		return "";
	n = strcspn(s + 1, " ");
	s = arena_text(d->arena, s + 1, n);
	return s ? s : "";
}

static struct alert alert_of(const struct deliver *d, const struct message *m,
			     const char *id, struct instant now)
{
	return (struct alert){
		.id = id, .account = d->o.account, .position = m->position,
		.symbol = symbol_of(d, m), .kind = m->kind,
		.label = m->label, .fingerprint = m->fingerprint,
		.severity = severity_of(m->priority),
		.resolved = m->resolved, .title = m->title, .text = m->text,
		.at = m->at, .since = instant_known(m->since) ? m->since :
					m->at,
		.sent_at = d->o.wall ? d->o.wall() : now,
		.again = d->sinks.repeat,
		.simulated = d->o.simulated, .silent = m->silent,
	};
}

bool deliver_launch(struct deliver *d, const struct post *p, int64_t ticket,
		    const struct message *m, struct instant now,
		    struct err *err)
{
	const struct courier *c = d->o.courier;
	struct ticket t = { TICKET_ALERT, ticket };
	struct outgoing out;
	struct alert a;
	char id[96];

	if (m->id)
		snprintf(id, sizeof(id), "%s-%lld", d->o.account,
			 (long long)m->id);
	else			/* no row: no other try has its id */
		snprintf(id, sizeof(id), "%s-%lld.%lld", d->o.account,
			 (long long)m->at.ms, -(long long)ticket);
	a = alert_of(d, m, id, now);
	return p->sink->kind->build(&out, &a, &p->sink->values, d->arena,
				    err) &&
	       c->send(c->ctx, &t, &out, err);
}

/* ---- without a row ---- */

/* Tickets below zero are of no row: beats and direct messages. */
static void send_loose(struct deliver *d, struct post *p,
		       const struct message *m, struct instant now)
{
	struct err err = { ERR_NONE, "" };

	if (p->gone)
		return;
	arena_reset(d->arena);
	if (deliver_launch(d, p, d->last_loose - 1, m, now, &err))
		p->loose = --d->last_loose;
	else
		log_write(LOG_LEVEL_WARNING, "heartbeat not sent",
			  "sink=%s err=%s", p->sink->name,
			  log_quote(err.text).s);
}

void deliver_beat(struct deliver *d, struct instant now, bool good)
{
	struct message m = {
		.at = now, .priority = good ? LOG_LEVEL_INFO : LOG_LEVEL_ERR,
		.kind = "beat", .fingerprint = "beat", .title = "beat",
		.label = "", .text = good ? "polled" : "could not record",
	};

	for (size_t i = 0; i < d->sinks.n; i++) {
		struct post *p = &d->post[i];

		if (!p->sink->kind->heartbeat ||
		    (good && instant_known(p->beat_at) &&
		     instant_diff(now, p->beat_at).ms < BEAT_MS))
			continue;
		p->beat_at = now;
		if (!p->loose)
			send_loose(d, p, &m, now);
	}
}

void deliver_direct(struct deliver *d, struct instant now, const char *kind,
		    const char *text)
{
	char title[96];
	struct message m = {
		.at = now, .since = now, .priority = LOG_LEVEL_ERR,
		.kind = kind, .fingerprint = kind, .title = title,
		.label = "", .text = text,
	};

	snprintf(title, sizeof(title), "%s%s: %s", d->o.simulated ? "[SIM] " :
		 "", d->o.account, kind);
	for (size_t i = 0; i < d->sinks.n; i++)
		if (!d->post[i].sink->kind->heartbeat)
			send_loose(d, &d->post[i], &m, now);
}

void deliver_hourly(struct deliver *d, struct instant now, const char *kind,
		    const char *text)
{
	if (instant_known(d->hourly_at) &&
	    instant_diff(now, d->hourly_at).ms < HOURLY_MS)
		return;
	d->hourly_at = now;
	deliver_direct(d, now, kind, text);
}

void deliver_judge(struct outcome_of *out, const struct post *p,
		   const struct reply *r)
{
	(p->sink->kind->judge ? p->sink->kind->judge : sink_judge)(out, r);
}

void deliver_loose_reply(struct deliver *d, const struct reply *r)
{
	struct outcome_of o;
	struct post *p = NULL;

	for (size_t i = 0; i < d->sinks.n && !p; i++)
		if (d->post[i].loose == r->ticket.id)
			p = &d->post[i];
	if (!p)
		return;		/* of a sink that is no longer configured */
	p->loose = 0;
	deliver_judge(&o, p, r);
	if (o.outcome != OUTCOME_DELIVERED && !p->down)
		log_write(LOG_LEVEL_WARNING, "heartbeat not heard",
			  "sink=%s err=%s", p->sink->name,
			  log_quote(o.why).s);
	p->down = o.outcome != OUTCOME_DELIVERED;
}
