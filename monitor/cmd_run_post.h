/* SPDX-License-Identifier: MIT */
/* The part of run that wires what leaves the house: courier and desks. */
#ifndef CARRYWATCH_CMD_RUN_POST_H
#define CARRYWATCH_CMD_RUN_POST_H

#include "config.h"
#include "deliver.h"
#include "handoffs.h"
#include "outbound.h"

struct run_post_options {
	const struct account *account;
	struct store *store;
	struct clock_port clock;
	bool simulated;
	uint64_t seed;
	const struct reach *reach;	/* of the configuration in force */
	bool once;			/* one poll, and it ends */
	bool allow_insecure;		/* service.allow_insecure_http */
};

struct run_post {
	struct run_post_options o;	/* account: only while opening */
	struct outbound outbound;	/* its courier is made when needed */
	struct deliver *deliver;	/* NULL: nobody is told but the log */
	struct handoffs *handoffs;	/* NULL: nothing is handed over */
};

/* What a reload brings, secrets read. */
struct run_post_news {
	struct sinks sinks;
	struct handoff_receiver receiver;
};

MUST_USE bool run_post_read(struct run_post_news *n, const struct account *a,
			    struct err *err);
void run_post_drop(struct run_post_news *n);

MUST_USE bool run_post_open(struct run_post *p,
			    const struct run_post_options *o,
			    struct err *err);
void run_post_close(struct run_post *p);
/* Before a reload: make what the account needs; nothing else changes. */
MUST_USE bool run_post_ready(struct run_post *p, const struct account *a,
			     struct err *err);
/* No reload after all: what was made for it, of an account that is none, goes.
 * `was` is what stood before. */
void run_post_back(struct run_post *p, const struct run_post *was);
/* After it; `a` is where the account stands from now on. */
void run_post_use(struct run_post *p, struct run_post_news *n,
		  const struct account *a);
/* After a reload: whom requests may reach from now on. */
void run_post_reach(struct run_post *p, const struct reach *r,
		    bool allow_insecure);
/* After a poll, begun at `at`: what could not be written down is told at
 * once. */
void run_post_polled(struct run_post *p, struct instant at,
		     const struct err *why);

#endif
