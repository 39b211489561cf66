/* SPDX-License-Identifier: MIT */
/* What deliver.c and deliver_send.c share. */
#ifndef CARRYWATCH_DELIVER_WORK_H
#define CARRYWATCH_DELIVER_WORK_H

#include "deliver.h"
#include "store_alerts.h"

/* One sink and what it is doing. */
struct post {
	const struct sink_in_force *sink;
	int64_t busy;			/* delivery on its way; 0: none */
	struct delivery sent;		/* that one, texts not kept */
	int64_t hurried;		/* delivery taken out of its time */
	int64_t loose;			/* last ticket without a row; 0: none */
	bool gone;			/* it wants no more */
	bool down;			/* told in the log */
	struct instant beat_at;
};

struct deliver {
	struct deliver_options o;
	struct sinks sinks;
	struct post *post;		/* by sink */
	uint64_t seed;
	int64_t last_loose;		/* never given twice: sinks move */
	struct arena *arena;		/* of one request */
	struct instant hourly_at;
};

/* ---- deliver_send.c ---- */

/* From a message to a request on its way. */
MUST_USE bool deliver_launch(struct deliver *d, const struct post *p,
			     int64_t ticket, const struct message *m,
			     struct instant now, struct err *err);
void deliver_judge(struct outcome_of *out, const struct post *p,
		   const struct reply *r);
/* Of a beat or a direct message. */
void deliver_loose_reply(struct deliver *d, const struct reply *r);

#endif
