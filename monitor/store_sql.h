/* SPDX-License-Identifier: MIT */
/*
 * Statements of the store, for store*.c only. A statement is used as a small
 * value that takes parameters and gives columns in their order; its first
 * failure sticks and is told by sql_done or sql_run.
 */
#ifndef CARRYWATCH_STORE_SQL_H
#define CARRYWATCH_STORE_SQL_H

#include "store.h"
#include "store_statements.h"

#include <sqlite3.h>

struct store {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *stmt[SQL_COUNT];	/* prepared when first used */
	char poll_error[256];		/* of store_last_poll */
	int64_t evidence;		/* bytes of its pages; -1: not counted yet */
};

struct sql {
	struct store *store;
	sqlite3_stmt *st;		/* NULL after a failure to prepare */
	int at;				/* next parameter or column */
	int rc;				/* SQLITE_OK, or what went wrong */
	const char *damaged;		/* column whose value makes no sense */
};

struct sql sql_use(struct store *s, enum sql_id id);

void sql_put_int(struct sql *q, int64_t v);
void sql_put_text(struct sql *q, const char *s);
void sql_put_opt_text(struct sql *q, const char *s);	/* "" as NULL */
void sql_put_opt_int(struct sql *q, int64_t v);		/* 0 as NULL */
void sql_put_instant(struct sql *q, struct instant t);	/* unknown: NULL */
void sql_put_dec(struct sql *q, struct dec v);
void sql_put_fact(struct sql *q, const struct fact *f);
void sql_put_blob(struct sql *q, const void *p, size_t n);

bool sql_row(struct sql *q);	/* the next one; false: the end, or failed */
/* Ends every use of a statement that reads. */
MUST_USE bool sql_done(struct sql *q, struct err *err);
/* A statement that writes; refused outside a transaction. */
MUST_USE bool sql_run(struct sql *q, struct err *err);

const char *sql_get_shown(struct sql *q);	/* any value; "" for NULL */
int64_t sql_get_int(struct sql *q);
int32_t sql_get_i32(struct sql *q);
int32_t sql_get_opt_i32(struct sql *q);		/* NULL as 0 */
int sql_get_range(struct sql *q, int min, int max);
bool sql_get_bool(struct sql *q);
void sql_get_text(struct sql *q, char *buf, size_t size);
const char *sql_get_arena_text(struct sql *q, struct arena *arena);
struct instant sql_get_instant(struct sql *q);
struct dec sql_get_dec(struct sql *q);
struct fact sql_get_fact(struct sql *q);
struct venue sql_get_venue(struct sql *q);
struct symbol sql_get_symbol(struct sql *q);
struct label sql_get_label(struct sql *q);
enum action sql_get_action(struct sql *q);
const void *sql_get_blob(struct sql *q, size_t *n);	/* till the next row */
void sql_damaged(struct sql *q);	/* the column read last */

/* An array that grows row by row. */
struct sql_list {
	struct arena *arena;
	void *p;
	size_t n, cap, size;
};

/* A zeroed element; NULL without memory (sql_done tells). */
void *sql_list_add(struct sql_list *l, struct sql *q);
/* Ends the use of a statement whose rows went into a list. */
MUST_USE bool sql_list_done(struct sql_list *l, struct sql *q, void **out,
			    size_t *n, struct err *err);
/* What a row of these tables is; each is shared by two of store*.c. */
void sql_get_position(struct sql *q, struct position *p);
void sql_get_decision(struct sql *q, struct decision_row *d,
		      struct arena *arena);
void sql_get_settlement(struct sql *q, struct settlement *r);
void sql_get_poll(struct sql *q, struct poll *p);	/* but its error text */
/* The newest poll with evidence at or before `at` (store_polls.c). */
MUST_USE bool store_poll_at(struct store *s, struct poll *out, bool *found,
			    struct instant at, struct arena *arena,
			    struct err *err);
/* Fill err from a result code; `rc` extended or not. Returns false. */
bool sql_fail(const struct store *s, int rc, struct err *err);

#endif
