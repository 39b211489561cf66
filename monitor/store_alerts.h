/* SPDX-License-Identifier: MIT */
/*
 * Conditions and what was told of them (tables alerts, outbox, deliveries).
 * A delivery is one message for one sink; its state goes queued -> sent ->
 * delivered, or back to queued, or dead; dropped: a newer one replaced it.
 */
#ifndef CARRYWATCH_STORE_ALERTS_H
#define CARRYWATCH_STORE_ALERTS_H

#include "alert.h"
#include "store.h"

MUST_USE bool store_alerts(struct store *s, struct alert_row **out, size_t *n,
			   struct arena *arena, struct err *err);
MUST_USE bool store_put_alert(struct store *s, const struct alert_row *r,
			      struct err *err);
MUST_USE bool store_drop_alert(struct store *s, const char *fingerprint,
			       struct err *err);

/* What became of the messages of a condition since it is true. */
struct alert_heard {
	char fingerprint[FINGERPRINT_MAX];
	int64_t delivered, waiting, given_up;
};

MUST_USE bool store_alerts_heard(struct store *s, struct alert_heard **out,
				 size_t *n, struct arena *arena,
				 struct err *err);

/* A message of a condition, and its id. */
MUST_USE bool store_add_message(struct store *s, struct message *m,
				struct err *err);
MUST_USE bool store_queue(struct store *s, int64_t message, const char *sink,
			  struct instant at, struct err *err);

struct waiting {
	int64_t id;
	int priority;
	bool resolved;
};

/* What waits for a sink with this fingerprint, oldest first. */
MUST_USE bool store_waiting(struct store *s, struct waiting **out, size_t *n,
			    const char *sink, const char *fingerprint,
			    struct arena *arena, struct err *err);
/* Does a sink believe that it lasts, by what it heard last? */
MUST_USE bool store_heard(struct store *s, bool *lasts, const char *sink,
			  const char *fingerprint, struct err *err);
/* Drop the least important of more than `most` (errors never). */
MUST_USE bool store_bound_queue(struct store *s, const char *sink, int most,
				struct instant at, struct err *err);

struct delivery {
	int64_t id;
	int32_t tries;
	struct instant next_at;
	struct message message;		/* texts in the arena */
};

/* The oldest one of a sink that is not done. */
MUST_USE bool store_delivery_head(struct store *s, struct delivery *out,
				  bool *found, const char *sink,
				  struct arena *arena, struct err *err);
MUST_USE bool store_mark_delivery(struct store *s, int64_t id,
				  const char *state, int32_t tries,
				  struct instant next_at,
				  struct instant done_at, const char *error,
				  struct err *err);
/* What was sent when the process ended is sent again, under its id. */
MUST_USE bool store_restart_deliveries(struct store *s, struct err *err);

struct delivery_queue {
	int64_t n;
	char error[128];		/* of the last that went wrong, "" */
	struct instant since;		/* the oldest is from; unknown: none */
	bool given_up;			/* the last that ended was, lately */
};

#define DELIVERY_LATE_MS (15 * 60 * INT64_C(1000))	/* worth a word */

MUST_USE bool store_delivery_queue(struct store *s, struct delivery_queue *out,
				   const char *sink, struct instant now,
				   struct err *err);

struct sink_name {
	char s[SINK_NAME_MAX];
};

/* For whom something waits, configured or not. */
MUST_USE bool store_waiting_sinks(struct store *s, struct sink_name **out,
				  size_t *n, struct arena *arena,
				  struct err *err);

struct poll_counts {
	int64_t polls, missed, unusable;
};

/* Polls since a time, ticks they missed, those without any usable rate. */
MUST_USE bool store_poll_counts(struct store *s, struct poll_counts *out,
				struct instant since, struct err *err);

struct delivery_row {
	int64_t id;
	char sink[SINK_NAME_MAX], state[16], kind[24];
	int32_t tries;
	struct instant next_at, done_at, at;
	const char *error, *title;
	bool resolved;
};

/* Newest first, of one position (0: all). */
MUST_USE bool store_deliveries(struct store *s, struct delivery_row **out,
			       size_t *n, int64_t position, int limit,
			       struct arena *arena, struct err *err);

#endif
