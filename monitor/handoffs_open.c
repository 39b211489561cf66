/* SPDX-License-Identifier: MIT */
/* The desk of hand-offs is opened, changed by a reload, closed (handoffs.h). */
#include "handoffs_work.h"

#include <stdlib.h>

void handoff_receiver_free(struct handoff_receiver *r)
{
	secret_free(&r->key);
	secret_free(&r->old_key);
	*r = (struct handoff_receiver){ .kind = NULL };
}

void handoffs_use(struct handoffs *h, const struct handoffs_options *o,
		  struct handoff_receiver *receiver)
{
	handoff_receiver_free(&h->receiver);
	h->o = *o;
	h->receiver = *receiver;
	*receiver = (struct handoff_receiver){ .kind = NULL };
}

bool handoffs_new(struct handoffs **out, const struct handoffs_options *o,
		  struct handoff_receiver *receiver, struct err *err)
{
	struct handoffs *h = calloc(1, sizeof(*h));

	if (!h)
		return err_set(err, ERR_MEMORY, "no memory for hand-offs");
	h->arena = arena_new();
	if (!h->arena) {
		free(h);
		return err_set(err, ERR_MEMORY, "no memory for hand-offs");
	}
	h->polled_at = h->leapt_at = INSTANT_UNKNOWN;
	handoffs_use(h, o, receiver);
	*out = h;
	return true;
}

void handoffs_free(struct handoffs *h)
{
	if (!h)
		return;
	handoff_receiver_free(&h->receiver);
	arena_free(h->arena);
	free(h);
}
