/* SPDX-License-Identifier: MIT */
/* A monitor of one pair whose alerts go to a sink that a test speaks for. */
#ifndef CARRYWATCH_TESTS_DELIVER_SCENE_H
#define CARRYWATCH_TESTS_DELIVER_SCENE_H

#include "cycle_desk.h"
#include "deliver.h"
#include "store_alerts.h"

#define MIN	60000

struct spy {
	int status;			/* of every reply; 0: none came */
	int64_t wait_s;			/* asked for by every reply */
	size_t n_taken;
	bool hold;			/* keep what is sent on its way */
	bool refuse;			/* take nothing to be sent */
	const char *said;		/* in every reply; NULL: nothing */
	struct ticket running[4];
	size_t n;
	char got[400][200];		/* "ID TITLE" of what was taken */
	size_t n_got;
	char last[200];
};

extern struct spy spy;
extern struct desk desk;
extern struct deliver *deliver;
extern struct instant deliver_due_at;	/* when it wants to be asked again */
/* "spy", the one configured; two that only get heartbeats. */
extern const struct sink spy_sink, beat_a, beat_b;

int deliver_begin(void **state);
int deliver_end(void **state);
void deliver_open(void);
/* A sink's body is "ID TITLE". */
bool deliver_build(struct outgoing *out, const struct alert *a,
	       const struct sink_values *v, struct arena *arena,
	       struct err *err);
/* What the wait between two polls does: replies, then what is due. */
void deliver_between(void);
void deliver_poll(struct instant t);
struct delivery_queue deliver_queue(void);	/* of "spy" */
int64_t deliver_waiting(void);
/* After a reload; y NULL: x alone. */
void use_sinks(const struct sink *x, const struct sink *y);
/* One reply, no more. */
void deliver_take_one(void);

#endif
