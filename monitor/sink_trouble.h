/* SPDX-License-Identifier: MIT */
/* Whether what was told reaches anybody: in words, for a person who asks. */
#ifndef CARRYWATCH_SINK_TROUBLE_H
#define CARRYWATCH_SINK_TROUBLE_H

#include "config_act.h"
#include "store.h"

struct sink_trouble {
	char text[300];			/* of the first sink with any; "" */
	const char *remedy;
};

MUST_USE bool sink_trouble_find(struct sink_trouble *out, struct store *s,
				const struct alert_policy *a,
				struct instant now, struct arena *arena,
				struct err *err);

#endif
