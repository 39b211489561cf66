/* SPDX-License-Identifier: MIT */
/*
 * What is told of the conditions of a poll: the first time, when it changes,
 * every `repeat` while it lasts, and once when it is over. Acknowledged ones
 * are silent until they are over, put off ones until then, and either only
 * until it gets worse; what an outage explains is told with the outage. What
 * is stored of a position that was not judged, or could not be seen, stays as
 * it is: nobody knows whether it is over. Pure: rows in, rows and tellings out.
 */
#ifndef CARRYWATCH_ALERT_H
#define CARRYWATCH_ALERT_H

#include "condition.h"
#include "config_act.h"

/* A condition that was true comes back sooner: it was never over. */
#define ALERT_FLAP_MS	(5 * 60 * 1000)

/* What is remembered of one condition: a row of `alerts`. */
struct alert_row {
	char fingerprint[FINGERPRINT_MAX];
	char kind[24];
	int64_t position;
	struct label label;
	enum severity severity;
	struct instant since;		/* of this time it is true */
	struct instant seen_at;		/* row last written */
	struct instant told_at;		/* unknown: never, or not as it is */
	int32_t tellings;		/* of this time it is true */
	struct instant over_at;		/* unknown: it lasts */
	struct instant acked_at, snoozed_until;
	char acked_by[24];
	char muted_by[FINGERPRINT_MAX];	/* the outage that explains it, "" */
	const char *title, *text;	/* as last told or changed */
};

/* Resolved: over while it was put off, which ends incidents, in silence. */
enum telling { TELL_NOTHING, TELL_FIRING, TELL_CHANGED, TELL_REPEAT,
	       TELL_OVER, TELL_RESOLVED };

struct alert_step {
	struct alert_row row;		/* as it becomes */
	const struct condition *condition;	/* NULL: not true now */
	enum telling tell;
	bool write, drop;		/* what becomes of the stored row */
};

struct alert_now {
	struct instant now;
	const struct alert_policy *policy;
	const struct condition *list;	/* those true now, by fingerprint */
	size_t n;
	const struct alert_row *rows;	/* stored, by fingerprint */
	size_t n_rows;
	const int64_t *left;		/* positions not judged in this poll */
	size_t n_left;
	const int64_t *unseen;		/* positions without fresh rates: an
					 * alert or a nearness is not over */
	size_t n_unseen;
};

/* out[n + n_rows] at most; returns how many. */
size_t alert_judge(struct alert_step *out, const struct alert_now *in);

bool alert_quiet_now(const struct quiet_hours *q, struct instant now);
const char *telling_word(enum telling t);	/* "firing", ..., "resolved" */

#endif
