/* SPDX-License-Identifier: MIT */
/*
 * The sinks of an account and the receiver of its closes with their secrets
 * in clear. Wiped when given back.
 */
#ifndef CARRYWATCH_SINKS_H
#define CARRYWATCH_SINKS_H

#include "config.h"
#include "secret.h"

struct sink_in_force {
	char name[SINK_NAME_MAX];
	const struct sink_kind *kind;
	struct sink_values values;	/* into text[] and secret[] */
	char *text[SINK_PARAMS_MAX];	/* malloc'd copies */
	struct secret secret[SINK_PARAMS_MAX];
};

struct sinks {
	struct sink_in_force *list;
	size_t n;
	struct span repeat;		/* of what lasts; 0: unknown */
};

/* ERR_CONFIG names the sink and what of it cannot be read. */
MUST_USE bool sinks_open(struct sinks *out, const struct alert_policy *p,
			 struct err *err);
/* One of them; also for one that no account names. */
MUST_USE bool sinks_open_one(struct sinks *out, const struct sink *s,
			     struct err *err);
void sinks_free(struct sinks *s);

#endif
