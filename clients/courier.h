/* SPDX-License-Identifier: MIT */
/*
 * Carries requests of alerts and hand-offs (include/outgoing.h): HTTP and SMTP
 * by libcurl, programs by exec. TLS is always verified, redirects are never
 * followed, replies are bounded, every connection is a new one, so that
 * libcurl never repeats a request by itself.
 */
#ifndef CARRYWATCH_COURIER_H
#define CARRYWATCH_COURIER_H

#include "outgoing.h"

#define COURIER_RUNNING_MAX	16

struct courier_options {
	const char *user_agent;		/* NULL: carrywatch */
	bool use_proxy;
};

/* out->free(out->ctx) ends it, and what runs. */
MUST_USE bool courier_new(struct courier *out,
			  const struct courier_options *o, struct err *err);

#endif
