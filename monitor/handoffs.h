/* SPDX-License-Identifier: MIT */
/*
 * The desk of hand-offs: sends what may go, books the answers. A desk of
 * monitor/outbound.h. Everything it knows stands in the store, so a restart
 * is no special case.
 */
#ifndef CARRYWATCH_HANDOFFS_H
#define CARRYWATCH_HANDOFFS_H

#include "outgoing.h"
#include "secret.h"
#include "store_handoffs.h"

struct handoffs;

/* The receiver of an account's closes, secrets in clear; owned. */
struct handoff_receiver {
	const struct handoff_kind *kind;	/* NULL: on_close: none */
	struct secret key, old_key;
	char url[ACT_TEXT_MAX], path[ACT_TEXT_MAX];
};

struct handoffs_options {
	const char *account;
	struct store *store;
	const struct courier *courier;
	const struct close_policy *policy;	/* stays in place */
	bool source;			/* a trading client is read */
	struct span fresh_for;		/* how long its answer is news */
	bool once;			/* the process ends after one poll */
	struct instant (*wall)(void);	/* of signatures */
	/* What no later poll can tell; NULL: the log alone. */
	void (*tell)(void *ctx, struct instant now, const char *text);
	void *tell_ctx;
};

/* Takes the receiver over. */
MUST_USE bool handoffs_new(struct handoffs **out,
			   const struct handoffs_options *o,
			   struct handoff_receiver *receiver,
			   struct err *err);
void handoffs_free(struct handoffs *h);
/* After a reload. */
void handoffs_use(struct handoffs *h, const struct handoffs_options *o,
		  struct handoff_receiver *receiver);
void handoff_receiver_free(struct handoff_receiver *r);

bool handoffs_due(void *h, struct instant now, struct instant *next,
		  struct err *err);
bool handoffs_replied(void *h, const struct reply *r, struct instant now,
		      struct err *err);
/* Once after each recorded poll, `at` being its time, which the answers it
 * read are remembered by: what the answer of the source changes. */
MUST_USE bool handoffs_polled(struct handoffs *h, struct instant at,
			      struct err *err);

#endif
