/* SPDX-License-Identifier: MIT */
/*
 * The database of one account (SQLite; schema in migrate.c). Every call
 * returns false with ERR_BUSY (nothing written, try later), ERR_STORE
 * (unusable) or ERR_OUTCOME (a commit may or may not have happened: stop,
 * start again, look it up).
 */
#ifndef CARRYWATCH_STORE_H
#define CARRYWATCH_STORE_H

#include "evidence.h"
#include "ports.h"
#include "profile.h"

struct store;

enum store_access {
	STORE_RUN,	/* create, upgrade, quick_check: holds the lock */
	STORE_CHANGE,	/* create, write: a command */
	STORE_READ	/* no creation (ERR_NOT_FOUND), recovers a journal */
};

/* Refuses another account's file, the other mode's file, a newer schema. */
MUST_USE bool store_open(struct store **out, const char *path,
			 const char *account, bool dry_run,
			 enum store_access access, struct err *err);
void store_close(struct store *s);	/* NULL is fine */
/* Until the next question: the pages that were read need no memory. */
void store_rest(struct store *s);

/* One write transaction (BEGIN IMMEDIATE). Rollback is always possible. */
MUST_USE bool store_begin(struct store *s, struct err *err);
/* SQLITE_BUSY at COMMIT is retried for budget_ms, then rolled back. */
MUST_USE bool store_commit(struct store *s, int64_t budget_ms,
			   struct err *err);
void store_rollback(struct store *s);
/* One consistent read; end it before the first byte is printed. */
MUST_USE bool store_begin_read(struct store *s, struct err *err);
void store_end_read(struct store *s);

/* ---- positions ---- */

enum store_which { STORE_WATCHED /* open, pending */, STORE_ALL,
		   STORE_RECENT /* watched, and closed since a time */ };

MUST_USE bool store_positions(struct store *s, struct position **out,
			      size_t *n, enum store_which which,
			      struct instant since, struct arena *arena,
			      struct err *err);
/* ERR_NOT_FOUND names the id and lists what there is. */
MUST_USE bool store_position(struct store *s, struct position *out,
			     int64_t id, struct err *err);
/* Assigns p->id and version, writes the event "open". ERR_DATA when the
 * external id is taken. */
MUST_USE bool store_add_position(struct store *s, struct position *p,
				 struct instant at, const char *by,
				 const char *note, struct err *err);

struct event {
	int64_t id, position;
	struct instant at;
	char kind[16];	/* open import decide close keep confirm reopen note
			   severer unconfirmed funding */
	char from[16], to[16];		/* status words, "" when unchanged */
	struct label reason;
	char by[24];			/* "monitor", "cli", "simulated" */
	const char *note;		/* "" when none */
};

/* Write the whole changed position (version must still be p->version, else
 * ERR_BUSY "changed meanwhile") and its event; p->version grows. */
MUST_USE bool store_change_position(struct store *s, struct position *p,
				    const struct event *e, struct err *err);
MUST_USE bool store_add_event(struct store *s, const struct event *e,
			      struct err *err);
MUST_USE bool store_events(struct store *s, struct event **out, size_t *n,
			   int64_t position, struct arena *arena,
			   struct err *err);
/* When it was recorded here; unknown once it has been watched. */
MUST_USE bool store_position_recorded(struct store *s, struct instant *out,
				      int64_t position, struct err *err);
/* When its last close was recorded here; unknown: never. */
MUST_USE bool store_close_recorded(struct store *s, struct instant *out,
				   int64_t position, struct err *err);

/* ---- memory between polls ---- */

MUST_USE bool store_load_memory(struct store *s, struct streak *slots,
				struct watch *w, int64_t position,
				const struct profile *p, struct err *err);
/* Writes only what differs from `old_slots` / `old_w`. */
MUST_USE bool store_save_memory(struct store *s, int64_t position,
				const struct profile *p,
				const struct streak *slots,
				const struct streak *old_slots,
				const struct watch *w,
				const struct watch *old_w, struct err *err);
/* keep, reopen: the counters of a position start at zero. */
MUST_USE bool store_forget_memory(struct store *s, int64_t position,
				  struct err *err);

/* What the shadow profile of this hash remembers; *n 0: nothing. */
MUST_USE bool store_shadow(struct store *s, const unsigned char **blob,
			   size_t *n, const char *hash, struct arena *arena,
			   struct err *err);
MUST_USE bool store_put_shadow(struct store *s, const char *profile,
			       const char *hash, int64_t poll,
			       const unsigned char *blob, size_t n,
			       struct err *err);

/* ---- polls, evidence, decisions ---- */

struct poll {
	int64_t seq;
	struct instant at;
	int64_t took_ms;
	char result[16];	/* ok, partial, unusable, clock_back */
	int32_t positions, requests, missed_ticks;
	int64_t bytes;
	char config[PROFILE_HASH_TEXT];	/* key of store_config_text */
	char version[24];		/* of the program */
	const char *error;		/* "" when none */
};

MUST_USE bool store_last_poll(struct store *s, struct poll *out, bool *found,
			      struct err *err);
/* The latest time of any: later than the last one's after the clock went back. */
MUST_USE bool store_newest_poll(struct store *s, struct instant *out,
				struct err *err);
/* The last one in (from, to] that came more than `gap` after the one before. */
MUST_USE bool store_poll_gap(struct store *s, struct instant *out,
			     struct instant from, struct instant to,
			     struct span gap, struct err *err);
MUST_USE bool store_put_poll(struct store *s, const struct poll *p,
			     struct err *err);
/* Keep a configuration text under its hash (once). */
MUST_USE bool store_put_config(struct store *s, const char *hash,
			       const char *text, struct err *err);
MUST_USE bool store_config_text(struct store *s, char **text,
				const char *hash, struct arena *arena,
				struct err *err);
MUST_USE bool store_put_evidence(struct store *s, int64_t poll, bool key,
				 const unsigned char *blob, size_t n,
				 struct err *err);
/* The view of the newest poll at or before `at` (INSTANT_UNKNOWN: newest). */
MUST_USE bool store_evidence(struct store *s, struct evidence_view *out,
			     struct poll *poll, bool *found,
			     struct instant at, struct arena *arena,
			     struct err *err);

/* Recorded polls as they stand, one after the other, for replay. */
struct recorded_blob {
	int64_t poll;
	struct instant at;
	char config[PROFILE_HASH_TEXT];
	char version[24];
	bool key;
	const unsigned char *data;
	size_t n;
};

/* At most `limit` polls with evidence after `poll`, in the arena. */
MUST_USE bool store_recorded(struct store *s, struct recorded_blob **out,
			     size_t *n, int64_t poll, int limit,
			     struct arena *arena, struct err *err);
/* The key poll from which the first poll at or after `at` can be read; 0:
 * none is recorded. INSTANT_UNKNOWN: the oldest. */
MUST_USE bool store_recorded_start(struct store *s, int64_t *out,
				   struct instant at, struct err *err);

struct decision_row {
	int64_t id, poll, position;
	struct instant at;
	enum action action, before;
	struct label label;
	const char *text;		/* one sentence with the numbers */
};

/* Decisions other than an unchanged hold; kept for ever. */
MUST_USE bool store_put_decision(struct store *s, struct decision_row *d,
				 struct err *err);
/* The decision of one position in one poll, if it is a row. */
MUST_USE bool store_decision(struct store *s, struct decision_row *out,
			     bool *found, int64_t poll, int64_t position,
			     struct arena *arena, struct err *err);
/* Decisions of polls first..last. */
MUST_USE bool store_count_decisions(struct store *s, int64_t *out,
				    int64_t first, int64_t last,
				    struct err *err);
/* Newest first; position 0 = all; limit <= 0 = all. */
MUST_USE bool store_decisions(struct store *s, struct decision_row **out,
			      size_t *n, int64_t position,
			      struct instant since, struct instant until,
			      int limit, struct arena *arena,
			      struct err *err);

/* ---- money ---- */

/* What a settlement's rate is applied to. */
enum settlement_base {
	BASE_ENTRY_NOTIONAL,		/* size_usd: no mark price is known */
	BASE_MARK_PRICE			/* quantity x mark price */
};

const char *settlement_base_word(enum settlement_base b);

struct settlement {
	int64_t position;
	enum side side;
	struct instant at;		/* the settlement itself */
	struct fact rate_8h;		/* last fresh one before it */
	int32_t pays_every_s;
	enum settlement_base base;
	struct fact quantity, price;	/* with BASE_MARK_PRICE */
	struct fact amount_usd;		/* expected; signed: + received;
					   unknown rate: unknown */
	struct fact reported_usd;	/* what the venue paid, once told */
	struct instant reported_at;
	bool late;			/* booked after missed polls */
	bool hypothetical;		/* after the close: hold-through only */
};

/* What counts: the reported amount, else the expected one. */
static inline struct fact settlement_booked(const struct settlement *s)
{
	return s->reported_usd.known ? s->reported_usd : s->amount_usd;
}

/* The ledger of one position summed, hypothetical rows left out. */
struct funding {
	struct fact sum_usd;		/* of the known ones; unknown: range */
	int32_t n, n_unknown;
};

/* As rules see it: unknown as long as one settlement is. */
struct fact funding_total(const struct funding *f);
void funding_add(struct funding *f, const struct settlement *row);

MUST_USE bool store_funding(struct store *s, struct funding *out,
			    int64_t position, struct err *err);
/* Sum the ledger of a position anew (after rows changed, not came). */
MUST_USE bool store_recount_funding(struct store *s, int64_t position,
				    struct err *err);
/* A close: what was booked ahead of it, by a clock that was wrong then, was
 * never held. */
MUST_USE bool store_close_settlements(struct store *s, int64_t position,
				      struct instant closed_at,
				      struct err *err);
/* A close was undone: what was booked after it has really been held. */
MUST_USE bool store_unclose_settlements(struct store *s, int64_t position,
					struct err *err);
/* What a clock that ran ahead booked, and nobody reported, is no row. */
MUST_USE bool store_drop_settlements(struct store *s, int64_t position,
				     struct instant after, struct err *err);
/* Of one leg until then, what nobody reported: booked anew by the caller. */
MUST_USE bool store_drop_past(struct store *s, int64_t position,
			      enum side side, struct instant until,
			      struct err *err);
/* Put what a venue reported into existing rows of one position. */
MUST_USE bool store_report_settlements(struct store *s,
				       const struct settlement *rows,
				       size_t n, struct err *err);

/* True also when the row exists already; *added says which. */
MUST_USE bool store_put_settlement(struct store *s, bool *added,
				   const struct settlement *row,
				   struct err *err);
/* Those of one position, the sum written once. */
MUST_USE bool store_put_settlements(struct store *s,
				    const struct settlement *rows, size_t n,
				    struct err *err);
MUST_USE bool store_settlements(struct store *s, struct settlement **out,
				size_t *n, int64_t position,
				struct arena *arena, struct err *err);

/* ---- outbox ---- */

MUST_USE bool store_put_message(struct store *s, const struct message *m,
				struct err *err);
MUST_USE bool store_unsent(struct store *s, struct message **out, size_t *n,
			   struct arena *arena, struct err *err);
MUST_USE bool store_mark_sent(struct store *s, int64_t message,
			      struct instant at, struct err *err);

/* ---- last usable quotes, for ages and for booking ---- */

struct last_quote {
	struct symbol symbol;
	struct venue venue;
	struct dec rate_8h;
	struct instant observed_at, polled_at, next_funding;
	struct fact mark_price;
	int32_t pays_every_s;		/* seen; 0: the venue's */
};

MUST_USE bool store_last_quotes(struct store *s, struct last_quote **out,
				size_t *n, struct arena *arena,
				struct err *err);
MUST_USE bool store_put_last_quote(struct store *s,
				   const struct last_quote *q,
				   struct err *err);

/* ---- housekeeping ---- */

/* Drop evidence older than `keep` and above the cap, a few runs at a time. */
MUST_USE bool store_retain(struct store *s, struct instant now,
			   struct span keep, int64_t cap_bytes,
			   struct err *err);
/* Bytes of evidence with its B-tree overhead (bench, status). */
MUST_USE bool store_evidence_bytes(struct store *s, int64_t *out,
				   struct err *err);
int store_schema_version(void);

#endif
