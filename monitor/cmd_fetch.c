/* SPDX-License-Identifier: MIT */
/*
 * Commands and the service: the source every poll is wired with, and one look
 * at it for the ranked list or the rates a pair is opened at. Stores nothing.
 */
#include "cmd_fetch.h"

#include "funding_service.h"

#define BUDGET_MS 10000

bool cmd_source_open(struct source *out, const struct config *config,
		     uint64_t seed, struct err *err)
{
	const struct funding_service_options o = {
		.url = config->service_url, .timeout = config->service_timeout,
		.gzip = config->gzip, .use_proxy = config->use_proxy,
		.allow_insecure_http = config->allow_insecure_http,
		.seed = seed, .user_agent = "carrywatch/" CARRYWATCH_VERSION,
		.reach = &config->reach
	};

	return funding_service_new(out, &o, err);
}

bool cmd_fetch(struct market *out, const struct cli *c,
	       const struct account *a, const struct venue *first,
	       size_t n_first, struct err *err)
{
	const struct fetch_plan plan = {
		.now = c->now, .budget_ms = BUDGET_MS,
		.first = first, .n_first = n_first,
		.allowed = a->venues, .n_allowed = a->n_venues
	};
	struct source source;
	bool ok;

	if (!cmd_source_open(&source, c->config, (uint64_t)c->now.ms, err))
		return false;
	ok = source.fetch(source.ctx, out, &plan, c->arena, err);
	source.free(source.ctx);
	if (!ok)
		return false;
	out->taken_at = c->now;
	market_seal(out, &c->config->limits);
	return true;
}

struct fact cmd_fetch_daily(const struct quote *q)
{
	struct dec daily;

	if (!q)
		return fact_unknown(WHY_NOT_LISTED);
	if (q->why != WHY_KNOWN)
		return fact_unknown(q->why);
	return rate_per_day(&daily, q->rate) ? fact_known(daily)
					     : fact_unknown(WHY_OVERFLOW);
}
