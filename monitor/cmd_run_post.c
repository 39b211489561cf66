/* SPDX-License-Identifier: MIT */
/* Courier and desks of a monitor (cmd_run_post.h). */
#include "cmd_run_post.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "courier.h"
#include "log.h"

#define FRESH_POLLS	3	/* an older answer of the source is none */

static bool open_courier(struct run_post *p, struct err *err)
{
	const struct courier_options o = {
		"carrywatch/" CARRYWATCH_VERSION, false, p->o.reach,
		p->o.allow_insecure
	};

	return p->outbound.courier.ctx ||
	       courier_new(&p->outbound.courier, &o, err);
}

static bool open_deliver(struct run_post *p, struct sinks *sinks,
			 struct err *err)
{
	const struct deliver_options o = {
		p->o.account->name, p->o.store, &p->outbound.courier,
		p->o.simulated, p->o.seed, clock_wall
	};

	if (!open_courier(p, err) || !deliver_new(&p->deliver, &o, sinks, err))
		return false;
	p->outbound.desk[TICKET_ALERT] = (struct desk){
		p->deliver, deliver_due, deliver_replied
	};
	return true;
}

/* ---- the receiver of closes ---- */

static bool read_webhook(struct handoff_receiver *r, const struct account *a,
			 struct err *err)
{
	r->kind = &handoff_webhook;
	snprintf(r->url, sizeof(r->url), "%s", a->close.url);
	return secret_read(&r->key, &a->close.secret, err) &&
	       secret_read(&r->old_key, &a->close.old_secret, err);
}

static bool read_control(struct handoff_receiver *r, const struct account *a,
			 struct err *err)
{
	r->kind = &handoff_control_api;
	snprintf(r->url, sizeof(r->url), "%s", a->control_api.url);
	return secret_read(&r->key, &a->control_api.key, err);
}

static bool read_receiver(struct handoff_receiver *r, const struct account *a,
			  struct err *err)
{
	*r = (struct handoff_receiver){ .kind = NULL };
	switch (a->close.target) {
	case ON_CLOSE_NONE:
		break;
	case ON_CLOSE_CONTROL_API:
		return read_control(r, a, err);
	case ON_CLOSE_WEBHOOK:
		return read_webhook(r, a, err);
	case ON_CLOSE_EXEC:
		r->kind = &handoff_exec;
		snprintf(r->path, sizeof(r->path), "%s", a->close.program);
	}
	return true;
}

void run_post_drop(struct run_post_news *n)
{
	sinks_free(&n->sinks);
	handoff_receiver_free(&n->receiver);
}

bool run_post_read(struct run_post_news *n, const struct account *a,
		   struct err *err)
{
	*n = (struct run_post_news){ .sinks = { .list = NULL } };
	if (!sinks_open(&n->sinks, &a->alerts, err))
		return false;
	if (read_receiver(&n->receiver, a, err))
		return true;
	run_post_drop(n);
	return err_prefix(err, "accounts.%s.close", a->name);
}

static void tell(void *ctx, struct instant now, const char *text)
{
	struct run_post *p = ctx;

	if (p->deliver)
		deliver_direct(p->deliver, now, "close cannot go out", text);
}

static struct handoffs_options handoffs_of(struct run_post *p,
					   const struct account *a)
{
	return (struct handoffs_options){
		.account = a->name, .store = p->o.store,
		.courier = &p->outbound.courier, .policy = &a->close,
		.source = a->control_api.url[0] != '\0',
		.fresh_for = { FRESH_POLLS * a->profile->poll_interval.ms },
		.once = p->o.once, .wall = clock_wall, .tell = tell, .tell_ctx = p,
	};
}

static bool open_handoffs(struct run_post *p, const struct account *a,
			  struct err *err)
{
	const struct handoffs_options o = handoffs_of(p, a);
	struct handoff_receiver none = { .kind = NULL };

	if (!open_courier(p, err) ||
	    !handoffs_new(&p->handoffs, &o, &none, err))
		return false;
	p->outbound.desk[TICKET_HANDOFF] = (struct desk){
		p->handoffs, handoffs_due, handoffs_replied
	};
	return true;
}

static bool any_open(bool *out, struct store *s, struct err *err)
{
	struct arena *arena = arena_new();
	struct handoff_row *rows;
	size_t n = 0;
	bool ok;

	if (!arena)
		return err_set(err, ERR_MEMORY, "no memory for hand-offs");
	ok = store_begin_read(s, err);
	if (ok) {
		ok = store_open_handoffs(s, &rows, &n, arena, err);
		store_end_read(s);
	}
	arena_free(arena);
	*out = n > 0;
	return ok;
}

/* With on_close: none nothing goes out, but what went is seen to its end. */
static bool ready_handoffs(struct run_post *p, const struct account *a,
			   struct err *err)
{
	bool wanted = a->close.target != ON_CLOSE_NONE;

	if (p->handoffs || p->o.simulated)
		return true;
	if (!wanted && !any_open(&wanted, p->o.store, err))
		return false;
	return !wanted || open_handoffs(p, a, err);
}

/* ---- begin, reload, end ---- */

bool run_post_ready(struct run_post *p, const struct account *a,
		    struct err *err)
{
	struct sinks none = { .list = NULL };

	if (!p->deliver && a->alerts.n_sinks > 0 &&
	    !open_deliver(p, &none, err))
		return false;
	return ready_handoffs(p, a, err);
}

void run_post_back(struct run_post *p, const struct run_post *was)
{
	if (!was->deliver)
		deliver_free(p->deliver);
	if (!was->handoffs)
		handoffs_free(p->handoffs);
	p->deliver = was->deliver;
	p->handoffs = was->handoffs;
	memcpy(p->outbound.desk, was->outbound.desk, sizeof(was->outbound.desk));
}

void run_post_use(struct run_post *p, struct run_post_news *n,
		  const struct account *a)
{
	if (p->deliver)
		deliver_use(p->deliver, &n->sinks);
	if (p->handoffs) {
		const struct handoffs_options o = handoffs_of(p, a);

		handoffs_use(p->handoffs, &o, &n->receiver);
	}
	run_post_drop(n);
}

void run_post_reach(struct run_post *p, const struct reach *r,
		    bool allow_insecure)
{
	p->o.reach = r;
	p->o.allow_insecure = allow_insecure;
	if (!p->outbound.courier.ctx)
		return;
	courier_reach(&p->outbound.courier, r);
	courier_insecure(&p->outbound.courier, allow_insecure);
}

bool run_post_open(struct run_post *p, const struct run_post_options *o,
		   struct err *err)
{
	struct run_post_news news;

	p->o = *o;
	p->outbound.clock = o->clock;
	if (!run_post_read(&news, o->account, err))
		return false;
	if (!run_post_ready(p, o->account, err)) {
		run_post_drop(&news);
		return false;
	}
	run_post_use(p, &news, o->account);
	return true;
}

void run_post_polled(struct run_post *p, struct instant at,
		     const struct err *why)
{
	const struct clock_port *c = &p->o.clock;
	struct instant now = c->now(c->ctx);
	struct err err = { ERR_NONE, "" };

	if (p->handoffs && !why && !handoffs_polled(p->handoffs, at, &err))
		log_write(LOG_LEVEL_WARNING, "hand-offs not looked at",
			  "err=%s", log_quote(err.text).s);
	if (!p->deliver)
		return;
	deliver_beat(p->deliver, now, !why);
	if (why)
		deliver_hourly(p->deliver, now, "cannot record", why->text);
}

void run_post_close(struct run_post *p)
{
	deliver_free(p->deliver);
	handoffs_free(p->handoffs);
	if (p->outbound.courier.free)
		p->outbound.courier.free(p->outbound.courier.ctx);
}
