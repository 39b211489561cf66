/* SPDX-License-Identifier: MIT */
/*
 * From a request to a reply: take the market as of now, bend it by script
 * and faults, let the route print it, then spoil the reply if asked to.
 */
#include "captures.h"
#include "routes.h"

#include <stdio.h>
#include <string.h>

#define MINUTE_MS 60000

/* A list that is too long only loses its last faults. */
static void faults_now(struct fault_list *out, const struct sim *sim,
		       struct instant now)
{
	*out = sim->faults;
	for (size_t i = 0; i < sim->file_faults.n; i++)
		if (!faults_push(out, sim->file_faults.v[i], NULL))
			return;
	script_faults(&sim->script, now, out);
}

static void market_answer(struct sim *sim, const struct fault_list *faults,
			  struct instant now, const struct request *r,
			  struct reply *out)
{
	struct snapshot s = { .now = INSTANT_UNKNOWN, .arena = sim->arena };

	arena_reset(sim->arena);
	if (!sim->market.fill(sim->market.ctx, &s, now)) {
		reply_detail(out, 500, "out of memory");
		return;
	}
	/* By whole minutes, so that a minute's answers are all the same. */
	now.ms -= now.ms % MINUTE_MS;
	script_bend(&sim->script, now, &s);
	faults_bend(faults, r->path, &s);
	routes_answer(out, r, &s);
}

static void answer_429(struct reply *out, const struct fault *f)
{
	reply_detail(out, 429, "Too Many Requests");
	if (f->number)
		snprintf(out->extra, sizeof(out->extra),
			 "retry-after: %lld\r\n", (long long)f->number);
}

static void answer_html(struct reply *out, const struct fault *f)
{
	(void)f;
	reply_status(out, 200);
	out->type = "text/html";
	body_add(&out->body, "<!DOCTYPE html>\n<html><head><title>Welcome"
		 "</title></head><body><h1>It works</h1></body></html>\n");
}

static void answer_500(struct reply *out, const struct fault *f)
{
	(void)f;
	reply_detail(out, 500, "[Errno 111] Connection refused");
}

static void answer_bomb(struct reply *out, const struct fault *f)
{
	(void)f;
	reply_status(out, 200);
	snprintf(out->extra, sizeof(out->extra),
		 "content-encoding: gzip\r\n");
	bomb_write(&out->body);
}

static void deliver_half(struct reply *out, const struct fault *f)
{
	(void)f;
	out->delivery = DELIVER_HALF;
}

static void deliver_never(struct reply *out, const struct fault *f)
{
	(void)f;
	out->delivery = DELIVER_NEVER;
}

static void deliver_reset(struct reply *out, const struct fault *f)
{
	(void)f;
	out->delivery = DELIVER_RESET;
}

static void deliver_late(struct reply *out, const struct fault *f)
{
	out->delay_ms = f->number;
}

/* Faults of the reply; those about data have bent the snapshot before. */
static const struct {
	enum fault_id id;
	void (*spoil)(struct reply *out, const struct fault *f);
} spoilers[] = {
	{ FAULT_HTTP500, answer_500 },
	{ FAULT_HTTP429, answer_429 },
	{ FAULT_HTML, answer_html },
	{ FAULT_GZIP_BOMB, answer_bomb },
	{ FAULT_TRUNCATED, deliver_half },
	{ FAULT_SLOW, deliver_late },
	{ FAULT_SILENT, deliver_never },
	{ FAULT_RESET, deliver_reset },
};

void sim_answer(struct sim *sim, struct request *r, struct reply *out)
{
	struct clock_port clock = clock_port_of(&sim->clock);
	struct fault_list faults;
	struct instant now = clock.now(clock.ctx);

	faults_now(&faults, sim, now);
	request_split(r);
	if (sim->captures)
		captures_answer(out, sim->captures, r);
	else
		market_answer(sim, &faults, now, r, out);
	for (size_t i = 0; i < sizeof(spoilers) / sizeof(*spoilers); i++) {
		const struct fault *f = faults_find(&faults, spoilers[i].id,
						    r->path);

		if (f)
			spoilers[i].spoil(out, f);
	}
}
