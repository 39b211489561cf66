/* SPDX-License-Identifier: MIT */
/*
 * Carries requests of alerts and hand-offs (include/outgoing.h): HTTP and SMTP
 * by libcurl, programs by exec. TLS is always verified, redirects are never
 * followed, addresses are judged (include/reach.h), replies are bounded,
 * every connection is a new one, so that libcurl never repeats a request by
 * itself.
 */
#ifndef CARRYWATCH_COURIER_H
#define CARRYWATCH_COURIER_H

#include "outgoing.h"
#include "reach.h"

#define COURIER_RUNNING_MAX	16

struct courier_options {
	const char *user_agent;		/* NULL: carrywatch */
	bool use_proxy;
	const struct reach *reach;	/* copied; NULL: nothing listed */
	bool allow_insecure;		/* plain http beyond this host */
};

/* out->free(out->ctx) ends it, and what runs. */
MUST_USE bool courier_new(struct courier *out,
			  const struct courier_options *o, struct err *err);
/* From now on; after a reload. */
void courier_reach(struct courier *c, const struct reach *r);
void courier_insecure(struct courier *c, bool allow);

#endif
