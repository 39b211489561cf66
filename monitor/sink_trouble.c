/* SPDX-License-Identifier: MIT */
/* Sinks that took nothing of late (sink_trouble.h). */
#include "sink_trouble.h"

#include <stdio.h>
#include <string.h>

#include "store_alerts.h"

static void of_sink(struct sink_trouble *t, const char *name,
		    const struct delivery_queue *q, struct instant now)
{
	const char *why = q->error[0] ? q->error : "no answer yet";

	if (q->given_up)
		snprintf(t->text, sizeof(t->text), "%s: the last message was "
			 "given up: %s", name, why);
	else if (q->n > 0 && instant_diff(now, q->since).ms > DELIVERY_LATE_MS)
		snprintf(t->text, sizeof(t->text), "%s: %lld message%s for "
			 "more than 15 minutes: %s", name, (long long)q->n,
			 q->n == 1 ? " waits" : "s wait", why);
	t->remedy = "nobody may hear of a close there: carrywatch alerts "
		    "test, and correct sinks:";
}

static bool is_named(const struct alert_policy *a, const char *name)
{
	for (size_t i = 0; i < a->n_sinks; i++)
		if (!strcmp(a->sinks[i]->name, name))
			return true;
	return false;
}

/* What waits under a name that was taken away. */
static bool find_nobodys(struct sink_trouble *t, struct store *s,
			 const struct alert_policy *a, struct arena *arena,
			 struct err *err)
{
	struct sink_name *list;
	size_t n;

	if (!store_waiting_sinks(s, &list, &n, arena, err))
		return false;
	for (size_t i = 0; i < n && !t->text[0]; i++) {
		if (is_named(a, list[i].s))
			continue;
		snprintf(t->text, sizeof(t->text), "messages wait for %s, "
			 "which alerts.sinks does not name", list[i].s);
		t->remedy = "they leave, oldest first, once it does";
	}
	return true;
}

bool sink_trouble_find(struct sink_trouble *out, struct store *s,
		       const struct alert_policy *a, struct instant now,
		       struct arena *arena, struct err *err)
{
	struct delivery_queue q;

	*out = (struct sink_trouble){ "", "" };
	for (size_t i = 0; i < a->n_sinks && !out->text[0]; i++) {
		if (!store_delivery_queue(s, &q, a->sinks[i]->name, now, err))
			return false;
		of_sink(out, a->sinks[i]->name, &q, now);
	}
	return out->text[0] || find_nobodys(out, s, a, arena, err);
}
