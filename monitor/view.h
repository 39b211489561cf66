/* SPDX-License-Identifier: MIT */
/*
 * What a person sees of one position, by the newest poll and its rules.
 */
#ifndef CARRYWATCH_VIEW_H
#define CARRYWATCH_VIEW_H

#include "config.h"
#include "view_money.h"

struct view_leg {
	enum why why;			/* WHY_KNOWN: fresh */
	struct fact rate_8h;		/* also a stale one */
	bool stale;
	struct instant observed_at, next;	/* next: settlement */
	bool next_derived;		/* from pays_every, not announced */
	int32_t pays_every_s;		/* 0: not configured */
	struct fact oi_usd, volume_usd;
};

/* The soonest settlement; both legs at the same time add up. */
struct view_cash {
	bool both;
	enum side side;			/* unless both */
	struct instant at;		/* unknown: nothing is known */
	struct fact amount_usd;		/* signed, + received */
	bool stale;
};

/* The close line whose rule has used most of its way to the limit. */
struct view_nearest {
	int line;			/* -1: none is comparable */
	const char *rule;
	struct dec value, limit;	/* in the rule's own unit */
	struct dec value_pct, limit_pct;	/* for people */
	struct fact used;		/* share of the way, rounded; 1: there */
};

struct view_row {
	struct position pos;
	const struct evidence_row *verdicts;	/* NULL: not judged */
	struct facts facts;			/* all unknown if not judged */
	struct view_leg leg[2];			/* by enum side */
	enum action action;
	struct label reason;			/* "" none */
	struct instant checked_at;		/* unknown: never */
	bool quoted;		/* that poll has its rates */
	bool stale;		/* no poll for so long: every number is old */
	struct fact divergence;		/* per day; else the last known one */
	bool divergence_old;		/* and then this is set */
	struct instant divergence_at;
	struct fact ratio;	/* kept of the entry divergence, 18 places */
	struct fact carry_usd_day;
	struct fact cost_usd;	/* of closing both legs, modelled */
	struct span age;
	struct view_cash next;
	struct view_nearest nearest;
	const struct settlement *settlements;	/* as of now, or "at" */
	size_t n_settlements;
	bool summed;		/* none were read, `running` is their sum */
	struct funding running;
	struct view_money money;
};

struct view {
	const struct account *account;	/* as configured today */
	/* In force at the poll, today's without one: */
	const struct config *config;
	const struct profile *profile;
	struct terms terms;
	bool polled;
	struct poll poll;
	struct evidence_view evidence;
	struct market market;
	struct last_quote *quotes;	/* last usable ones */
	struct view_row *rows;		/* by id */
	size_t n_quotes, n_rows;
	struct instant now;		/* the poll's time when asked "at" */
	bool stale, past;		/* no poll for 3 intervals; asked "at" */
};

/* Listed: open, pending, and of simulated ones what has just closed. */
enum view_which { VIEW_LISTED, VIEW_ALL, VIEW_CLOSED, VIEW_ONE };

struct view_ask {
	const struct config *config;
	const struct account *account;
	enum view_which which;
	int64_t id;			/* VIEW_ONE */
	struct instant now, at;		/* at unknown: the newest poll */
};

/* Everything in one read transaction, which has ended on return.
 * ERR_NOT_FOUND: an unknown id, or an `at` before the first recorded poll. */
MUST_USE bool view_load(struct view *out, struct store *s,
			const struct view_ask *ask, struct arena *arena,
			struct err *err);

/* Set now and stale from the poll and the clock; before view_assemble. */
void view_date(struct view *v, struct instant now, struct instant at);
/* Fill *row (pos and what is said of settlements set by the caller) from the
 * view; w is the memory of the position. Pure. */
void view_assemble(struct view_row *row, const struct view *v,
		   const struct watch *w);
/* Signed cash of a leg's next settlement at its last seen rate. */
struct fact view_leg_cash(const struct view_row *row, enum side side);
void view_find_nearest(struct view_nearest *out, const struct facts *f,
		       const struct profile *p);
#define VIEW_NEAREST_MAX 64	/* in percent: "erosion 77/50" */
void view_nearest_text(char buf[static VIEW_NEAREST_MAX],
		       const struct view_nearest *n);
/* NULL: the rule has no parameter of this name. */
const struct dec *view_argument(const struct node *call, const char *name);

#endif
