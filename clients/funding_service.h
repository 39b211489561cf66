/* SPDX-License-Identifier: MIT */
/* The funding-rate service as a source of markets (include/ports.h). */
#ifndef CARRYWATCH_FUNDING_SERVICE_H
#define CARRYWATCH_FUNDING_SERVICE_H

#include "ports.h"
#include "reach.h"

struct funding_service_options {
	const char *url;	/* with its prefix: http://127.0.0.1:8000/api/v1 */
	struct span timeout;	/* of one try; 0: 5 s */
	bool gzip, allow_insecure_http, use_proxy;
	uint64_t seed;		/* of the pauses between tries */
	const char *user_agent;	/* NULL: carrywatch */
	const struct reach *reach;	/* copied; NULL: nothing listed */
};

/* out->free(out->ctx) ends it. */
bool funding_service_new(struct source *out,
			 const struct funding_service_options *o,
			 struct err *err);

#endif
