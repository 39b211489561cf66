/* SPDX-License-Identifier: MIT */
/*
 * What a person may do to a position: from what it is and what is asked to
 * what it becomes and the event to keep, or a refusal that names the remedy.
 * Pure: no clock, no store. The commands read, ask here, and write.
 */
#ifndef CARRYWATCH_CHANGE_H
#define CARRYWATCH_CHANGE_H

#include "store.h"

#define CHANGE_REOPEN_S	3600		/* a close may be undone so long */
#define CHANGE_KEEP_S	(8 * 3600)	/* unless --for says otherwise */
#define CHANGE_KEEP_MAX_S (30 * DAY_S)
#define CHANGE_FUTURE_MS 120000		/* clocks differ by so much */
#define CHANGE_NOTE_MAX	2000		/* bytes */

enum change_kind {
	CHANGE_CLOSE,
	CHANGE_KEEP,
	CHANGE_CONFIRM,
	CHANGE_REOPEN,
	CHANGE_NOTE
};

struct change_ask {
	enum change_kind kind;
	struct instant now;
	struct label reason;		/* "": the one that stands */
	struct fact fees_usd;		/* close: paid for it; unknown: none */
	struct fact exit_price[2];	/* close: by side; both or neither */
	struct span keep_for;		/* keep; > 0 */
	struct instant recorded_at;	/* reopen: of the event "close" */
	const char *note;		/* "" none */
};

struct change {
	struct position position;	/* as it becomes */
	struct event event;
	bool rewrite;			/* the position differs: store it */
	bool forget;			/* its counters start at zero */
	bool unclose;			/* what settled since was really held */
};

/* False: refused (ERR_USAGE, or ERR_DATA when fees leave the range). */
MUST_USE bool change_make(struct change *out, const struct position *p,
			  const struct change_ask *ask, struct err *err);

/*
 * Check a new position as a whole and complete it: unequal venues, size and
 * known quantities and prices above zero, not opened in the future, entry
 * rates and divergence that agree. The divergence per 8 h is what was given
 * (unknown: nothing); without rates it may stay unknown. ERR_DATA else, and
 * *key names the field at fault as an import file does.
 */
MUST_USE bool change_check_new(struct position *p, const char **key,
			       const struct fact *divergence_8h,
			       struct instant now, struct err *err);
/* All facts unknown, all times unknown, no fees. */
void change_init_new(struct position *p);

const char *change_word(enum change_kind k);	/* "close", "keep", ... */

#endif
