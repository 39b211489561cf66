/* SPDX-License-Identifier: MIT */
/* Courier and desks of a monitor (cmd_run_post.h). */
#include "cmd_run_post.h"

#include "cli.h"
#include "clock.h"
#include "courier.h"

static bool open_courier(struct run_post *p, struct err *err)
{
	const struct courier_options o = {
		"carrywatch/" CARRYWATCH_VERSION, false
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

bool run_post_ready(struct run_post *p, const struct account *a,
		    struct err *err)
{
	struct sinks none = { NULL, 0 };

	if (p->deliver || a->alerts.n_sinks == 0)
		return true;
	return open_deliver(p, &none, err);
}

bool run_post_open(struct run_post *p, const struct run_post_options *o,
		   struct err *err)
{
	struct sinks sinks;

	p->o = *o;
	p->outbound.clock = o->clock;
	if (o->account->alerts.n_sinks == 0)
		return true;
	if (!sinks_open(&sinks, &o->account->alerts, err))
		return false;
	if (open_deliver(p, &sinks, err))
		return true;
	sinks_free(&sinks);
	return false;
}

void run_post_use(struct run_post *p, struct sinks *sinks)
{
	if (p->deliver)
		deliver_use(p->deliver, sinks);
	sinks_free(sinks);
}

void run_post_polled(void *ctx, const struct err *why)
{
	struct run_post *p = ctx;
	const struct clock_port *c = &p->o.clock;

	if (!p->deliver)
		return;
	deliver_beat(p->deliver, c->now(c->ctx), !why);
	if (why)
		deliver_direct(p->deliver, c->now(c->ctx), "cannot record",
			       why->text);
}

void run_post_close(struct run_post *p)
{
	deliver_free(p->deliver);
	if (p->outbound.courier.free)
		p->outbound.courier.free(p->outbound.courier.ctx);
}
