/* SPDX-License-Identifier: MIT */
/*
 * One function per route. A route gets the names from its path and writes
 * the whole reply; it knows nothing of sockets or of faults.
 */
#ifndef RATESIM_ROUTES_H
#define RATESIM_ROUTES_H

#include "reply.h"

#define NAMES_MAX 2
#define NAME_ARG_MAX 128

struct call {
	const struct request *request;
	const struct snapshot *market;
	char name[NAMES_MAX][NAME_ARG_MAX];	/* {dex}, {symbol} */
};

/* Match the path and answer: 200, 404, 405, 307 or 422. */
void routes_answer(struct reply *out, const struct request *r,
		   const struct snapshot *market);

void route_root(struct reply *out, const struct call *c);
void route_ping(struct reply *out, const struct call *c);
void route_health(struct reply *out, const struct call *c);
void route_health_simple(struct reply *out, const struct call *c);
void route_opportunities(struct reply *out, const struct call *c);
void route_rates(struct reply *out, const struct call *c);
void route_rates_dex(struct reply *out, const struct call *c);
void route_rate(struct reply *out, const struct call *c);
void route_compare(struct reply *out, const struct call *c);
void route_dexes(struct reply *out, const struct call *c);
void route_dex(struct reply *out, const struct call *c);
void route_dex_symbols(struct reply *out, const struct call *c);

/* A rate as the service prints it: number, null or NaN. */
void route_key_rate(struct body *b, const char *key,
		    const struct sim_row *row, struct dec v);
/* Newest timestamp of a venue's rates (of all: SNAPSHOT_NONE). */
struct instant route_updated(const struct snapshot *s, size_t venue);

/*
 * Query parameters that FastAPI checks. Each refusal appends one entry of a
 * 422 answer to `errors`; the caller answers 422 when any was written.
 */
void check_required(struct body *errors, const struct request *r,
		    const char *name);
void check_decimal(struct body *errors, struct dec *out,
		   const struct request *r, const char *name);
void check_int(struct body *errors, int64_t *out, const struct request *r,
	       const char *name, int64_t min, int64_t max);
void check_bool(struct body *errors, bool *out, const struct request *r,
		const char *name);
/* True when there were none; frees them. */
bool check_passed(struct reply *out, struct body *errors);

#endif
