/* SPDX-License-Identifier: MIT */
/*
 * One round of requests to the funding-rate service: which URLs, and where
 * each answer goes. funding_service.c decides what is asked in which round.
 */
#ifndef CARRYWATCH_SERVICE_ASK_H
#define CARRYWATCH_SERVICE_ASK_H

#include "http.h"
#include "service_parse.h"

struct service {
	struct http *http;
	char *base;			/* no trailing slash */
	bool known;			/* a list was seen since the start */
	struct service_dex dexes[SERVICE_VENUES_MAX];	/* the last one */
	size_t n_dexes;
};

enum route { ROUTE_DEXES, ROUTE_OPPORTUNITIES, ROUTE_RATES, ROUTE_SYMBOLS };

/* What a fetch knows of one venue beside its view; same index. */
struct venue_work {
	bool first, allowed;		/* as the plan says */
	bool rates_asked;
	struct service_rows rates, symbols;
};

struct ask {
	enum route route;
	size_t venue;			/* index, of the last two routes */
};

struct fetch {
	struct service *s;
	struct market *m;
	struct venue_work *work;
	struct arena *arena;
	struct ask *asks;		/* of the round, as reqs */
	struct http_request *reqs;
	size_t n_asks, max_asks;
};

/* For the next round; without memory or room it stays ANSWER_NOT_ASKED. */
void service_ask(struct fetch *f, enum route route, size_t venue);
/* Ask what was collected and take every answer. */
void service_run_round(struct fetch *f, int64_t deadline_ms);

#endif
