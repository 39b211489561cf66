/* SPDX-License-Identifier: MIT */
/*
 * Statements, parameters and columns of the store. A value that does not
 * parse is damage, told with the name of its column; SQLite never sees a
 * double.
 */
#include "store_sql.h"

#include <stdio.h>
#include <string.h>

bool sql_fail(const struct store *s, int rc, struct err *err)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_BUSY, "%s is in use by another "
			       "process: nothing was written, try again",
			       s->path);
	case SQLITE_NOMEM:
		return err_set(err, ERR_MEMORY, "no memory for the database");
	case SQLITE_NOTADB:
		return err_set(err, ERR_STORE, "%s is not a database", s->path);
	case SQLITE_CORRUPT:	/* its text may quote the damage */
		return err_set(err, ERR_STORE, "%s is damaged: restore a "
			       "backup, or move it away to start anew",
			       s->path);
	case SQLITE_MISUSE:
		return err_set(err, ERR_STORE, "%s: no transaction is open",
			       s->path);
	}
	return err_set(err, ERR_STORE, "%s: %s", s->path,
		       sqlite3_errmsg(s->db));
}

struct sql sql_use(struct store *s, enum sql_id id)
{
	struct sql q = { .store = s, .rc = SQLITE_OK };

	if (!s->stmt[id])
		q.rc = sqlite3_prepare_v3(s->db, sql_texts[id], -1,
					  SQLITE_PREPARE_PERSISTENT,
					  &s->stmt[id], NULL);
	q.st = s->stmt[id];
	return q;
}

/* ---- parameters ---- */

static void keep_first(struct sql *q, int rc)
{
	if (q->rc == SQLITE_OK)
		q->rc = rc;
}

void sql_put_int(struct sql *q, int64_t v)
{
	if (q->st)
		keep_first(q, sqlite3_bind_int64(q->st, ++q->at, v));
}

static void put_null(struct sql *q)
{
	if (q->st)
		keep_first(q, sqlite3_bind_null(q->st, ++q->at));
}

void sql_put_text(struct sql *q, const char *s)
{
	if (q->st)
		keep_first(q, sqlite3_bind_text(q->st, ++q->at, s, -1,
						SQLITE_TRANSIENT));
}

void sql_put_opt_text(struct sql *q, const char *s)
{
	if (*s)
		sql_put_text(q, s);
	else
		put_null(q);
}

void sql_put_opt_int(struct sql *q, int64_t v)
{
	if (v)
		sql_put_int(q, v);
	else
		put_null(q);
}

void sql_put_instant(struct sql *q, struct instant t)
{
	if (instant_known(t))
		sql_put_int(q, t.ms);
	else
		put_null(q);
}

void sql_put_dec(struct sql *q, struct dec v)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v);
	sql_put_text(q, text);
}

/* Unknown: NULL when nothing was ever recorded, else '?' and why. */
void sql_put_fact(struct sql *q, const struct fact *f)
{
	char text[64];

	if (f->known) {
		sql_put_dec(q, f->v);
	} else if (f->why == WHY_KNOWN || f->why == WHY_NOT_SET) {
		put_null(q);
	} else {
		snprintf(text, sizeof(text), "?%s", why_word(f->why));
		sql_put_text(q, text);
	}
}

void sql_put_blob(struct sql *q, const void *p, size_t n)
{
	if (q->st)
		keep_first(q, sqlite3_bind_blob64(q->st, ++q->at, p, n,
						  SQLITE_TRANSIENT));
}

/* ---- rows ---- */

bool sql_row(struct sql *q)
{
	int rc;

	if (!q->st || q->rc != SQLITE_OK)
		return false;
	rc = sqlite3_step(q->st);
	q->at = 0;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		q->rc = rc;
	return rc == SQLITE_ROW;
}

static bool told(const struct sql *q, struct err *err)
{
	if (q->damaged)
		return err_set(err, ERR_STORE, "%s is damaged: a value of %s "
			       "makes no sense", q->store->path, q->damaged);
	return q->rc == SQLITE_OK || sql_fail(q->store, q->rc, err);
}

bool sql_done(struct sql *q, struct err *err)
{
	bool ok = told(q, err);		/* before reset: it sets errmsg */

	if (q->st) {
		sqlite3_reset(q->st);
		sqlite3_clear_bindings(q->st);
	}
	q->st = NULL;
	return ok;
}

bool sql_run(struct sql *q, struct err *err)
{
	if (sqlite3_get_autocommit(q->store->db))
		keep_first(q, SQLITE_MISUSE);
	while (sql_row(q))
		;
	return sql_done(q, err);
}

/* ---- columns ---- */

void sql_damaged(struct sql *q)
{
	if (q->rc != SQLITE_OK)
		return;
	q->rc = SQLITE_CORRUPT;
	q->damaged = sqlite3_column_name(q->st, q->at - 1);
}

int64_t sql_get_int(struct sql *q)
{
	if (sqlite3_column_type(q->st, q->at++) != SQLITE_INTEGER)
		sql_damaged(q);
	return sqlite3_column_int64(q->st, q->at - 1);
}

int sql_get_range(struct sql *q, int min, int max)
{
	int64_t v = sql_get_int(q);

	if (v >= min && v <= max)
		return (int)v;
	sql_damaged(q);
	return min;
}

int32_t sql_get_i32(struct sql *q)
{
	return sql_get_range(q, INT32_MIN, INT32_MAX);
}

int32_t sql_get_opt_i32(struct sql *q)
{
	if (sqlite3_column_type(q->st, q->at) != SQLITE_NULL)
		return sql_get_i32(q);
	q->at++;
	return 0;
}

bool sql_get_bool(struct sql *q)
{
	return sql_get_range(q, 0, 1);
}

/* SQLite may copy, and then may have no memory for a text. */
const char *sql_get_shown(struct sql *q)
{
	int type = sqlite3_column_type(q->st, q->at);
	const unsigned char *s = sqlite3_column_text(q->st, q->at++);

	if (!s && type != SQLITE_NULL)
		keep_first(q, SQLITE_NOMEM);
	return s ? (const char *)s : "";
}

/* "" for NULL. 0.3 out of a floating point value is no decimal. */
static const char *get_text(struct sql *q, size_t *n)
{
	int type = sqlite3_column_type(q->st, q->at);
	const char *s = sql_get_shown(q);

	*n = (size_t)sqlite3_column_bytes(q->st, q->at - 1);
	if ((type != SQLITE_TEXT && type != SQLITE_NULL) || strlen(s) != *n)
		sql_damaged(q);
	return s;
}

void sql_get_text(struct sql *q, char *buf, size_t size)
{
	size_t n;
	const char *s = get_text(q, &n);

	if (n >= size) {
		sql_damaged(q);
		n = 0;
	}
	memcpy(buf, s, n);
	buf[n] = '\0';
}

const char *sql_get_arena_text(struct sql *q, struct arena *arena)
{
	size_t n;
	const char *s = get_text(q, &n);
	const char *copy = arena_text(arena, s, n);

	if (!copy)
		keep_first(q, SQLITE_NOMEM);
	return copy ? copy : "";
}

struct instant sql_get_instant(struct sql *q)
{
	if (sqlite3_column_type(q->st, q->at) != SQLITE_NULL)
		return (struct instant){ sql_get_int(q) };
	q->at++;
	return INSTANT_UNKNOWN;
}

struct dec sql_get_dec(struct sql *q)
{
	struct dec v = DEC_ZERO;
	size_t n;
	const char *s = get_text(q, &n);

	if (!dec_parse(&v, s, n))
		sql_damaged(q);
	return v;
}

static bool parse_why(enum why *out, const char *s, size_t n)
{
	for (int i = 0; i < WHY_COUNT; i++) {
		const char *word = why_word((enum why)i);

		if (strlen(word) == n && memcmp(word, s, n) == 0) {
			*out = (enum why)i;
			return i != WHY_KNOWN;
		}
	}
	return false;
}

struct fact sql_get_fact(struct sql *q)
{
	enum why why = WHY_NOT_SET;
	size_t n;
	const char *s = get_text(q, &n);
	struct dec v;

	if (n == 0)
		return fact_unknown(WHY_NOT_SET);
	if (s[0] != '?' && dec_parse(&v, s, n))
		return fact_known(v);
	if (s[0] != '?' || !parse_why(&why, s + 1, n - 1))
		sql_damaged(q);
	return fact_unknown(why);
}

struct venue sql_get_venue(struct sql *q)
{
	struct venue v = { "" };
	size_t n;
	const char *s = get_text(q, &n);

	if (!venue_parse(&v, s, n))
		sql_damaged(q);
	return v;
}

struct symbol sql_get_symbol(struct sql *q)
{
	struct symbol v = { "" };
	size_t n;
	const char *s = get_text(q, &n);

	if (!symbol_parse(&v, s, n))
		sql_damaged(q);
	return v;
}

struct label sql_get_label(struct sql *q)
{
	struct label v = { "" };
	size_t n;
	const char *s = get_text(q, &n);

	if (n > 0 && !label_parse(&v, s, n))
		sql_damaged(q);
	return v;
}

enum action sql_get_action(struct sql *q)
{
	char word[16];

	sql_get_text(q, word, sizeof(word));
	for (int i = ACTION_HOLD; i <= ACTION_CLOSE; i++)
		if (strcmp(word, action_word((enum action)i)) == 0)
			return (enum action)i;
	sql_damaged(q);
	return ACTION_HOLD;
}

const void *sql_get_blob(struct sql *q, size_t *n)
{
	const void *p = sqlite3_column_blob(q->st, q->at++);

	*n = (size_t)sqlite3_column_bytes(q->st, q->at - 1);
	return p;
}

/* ---- lists ---- */

void *sql_list_add(struct sql_list *l, struct sql *q)
{
	size_t cap = l->cap ? 2 * l->cap : 16;
	void *p;

	if (l->n == l->cap) {
		p = l->cap ? arena_grow(l->arena, l->p, l->n, cap, l->size) :
			     arena_array(l->arena, cap, l->size);
		if (!p) {
			keep_first(q, SQLITE_NOMEM);
			return NULL;
		}
		l->p = p;
		l->cap = cap;
	}
	p = (char *)l->p + l->n++ * l->size;
	memset(p, 0, l->size);
	return p;
}

bool sql_list_done(struct sql_list *l, struct sql *q, void **out, size_t *n,
		   struct err *err)
{
	if (!sql_done(q, err))
		return false;
	*out = l->p ? l->p : arena_array(l->arena, 1, l->size);
	*n = l->n;
	return *out || err_set(err, ERR_MEMORY, "no memory for rows");
}
