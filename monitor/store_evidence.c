/* SPDX-License-Identifier: MIT */
/*
 * Evidence blobs: written poll by poll, read from the key blob before the
 * wanted poll on, dropped in whole runs (a key blob and what follows it).
 */
#include "store_sql.h"

#include <inttypes.h>

#define RUNS_PER_CALL	4	/* a poll must not wait for a long deletion */

#define PAGE		4096	/* SQLite's default */
#define LEAF_MOST	(PAGE - 35)	/* of a row, in the page of the table */
#define LEAF_LEAST	((PAGE - 12) * 32 / 255 - 23)
#define CHAINED		(PAGE - 4)	/* of it, in each page behind */

/*
 * What a blob of n bytes takes of the file: a page of the table holds whole
 * rows only, and the rest of a long one has pages of its own (SQLite's file
 * format, 1.6). The row has 5 bytes more, and its cell some 7.
 */
static int64_t room(int64_t n)
{
	int64_t row = n + 5, here = row, behind = 0;

	if (row > LEAF_MOST) {
		here = LEAF_LEAST + (row - LEAF_LEAST) % CHAINED;
		if (here > LEAF_MOST)
			here = LEAF_LEAST;
		behind = (row - here + CHAINED - 1) / CHAINED;
	}
	return behind * PAGE + PAGE / ((PAGE - 8) / (here + 7));
}

bool store_put_evidence(struct store *s, int64_t poll, bool key,
			const unsigned char *blob, size_t n, struct err *err)
{
	struct sql q = sql_use(s, SQL_EVIDENCE_PUT);

	sql_put_int(&q, poll);
	sql_put_int(&q, key);
	sql_put_blob(&q, blob, n);
	if (!sql_run(&q, err))
		return false;
	if (s->evidence >= 0)
		s->evidence += room((int64_t)n);
	return true;
}

/* One number; *found false when there is no row or it is NULL. */
static bool ask(struct store *s, int64_t *out, bool *found, enum sql_id id,
		const int64_t *arg, struct err *err)
{
	struct sql q = sql_use(s, id);

	*found = false;
	if (arg)
		sql_put_int(&q, *arg);
	if (sql_row(&q) && sqlite3_column_type(q.st, 0) != SQLITE_NULL) {
		*out = sql_get_int(&q);
		*found = true;
	}
	return sql_done(&q, err);
}

/* ---- reading ---- */

/* Two scratch arenas take turns: only the last view is kept. */
struct walk {
	struct arena *scratch[2];
	struct evidence_view view[2];
	int n;				/* blobs applied */
};

static bool apply(struct walk *w, const unsigned char *blob, size_t n,
		  int64_t poll, struct arena *arena, struct err *err)
{
	struct evidence_view *before = w->n ? &w->view[(w->n - 1) % 2] : NULL;
	struct evidence_view *now = &w->view[w->n % 2];

	if (!arena) {
		arena = w->scratch[w->n % 2];
		arena_reset(arena);
	}
	if (!evidence_decode(now, before, blob, n, arena, err))
		return err_prefix(err, "poll %" PRId64, poll);
	if (now->poll != poll)
		return err_set(err, ERR_STORE, "poll %" PRId64 ": evidence is "
			       "damaged, it says poll %" PRId64, poll,
			       now->poll);
	w->n++;
	return true;
}

static bool walk_rows(struct sql *q, struct walk *w, int64_t wanted,
		      struct arena *arena, struct err *err)
{
	while (sql_row(q)) {
		int64_t poll = sql_get_int(q);
		size_t n;
		const unsigned char *blob = sql_get_blob(q, &n);

		if (!apply(w, blob, n, poll, poll == wanted ? arena : NULL,
			   err))
			return false;
	}
	return true;
}

static bool walk_run(struct store *s, struct walk *w, int64_t first,
		     int64_t wanted, struct arena *arena, struct err *err)
{
	struct sql q = sql_use(s, SQL_EVIDENCE_RUN);
	bool ok;

	sql_put_int(&q, first);
	sql_put_int(&q, wanted);
	ok = walk_rows(&q, w, wanted, arena, err);
	return sql_done(&q, ok ? err : NULL) && ok;
}

static bool read_view(struct store *s, struct evidence_view *out,
		      int64_t wanted, struct arena *arena, struct err *err)
{
	struct walk w = { .scratch = { arena_new(), arena_new() } };
	int64_t first = 0;
	bool found, ok = false;

	if (!w.scratch[0] || !w.scratch[1])
		err_set(err, ERR_MEMORY, "no memory for evidence");
	else if (!ask(s, &first, &found, SQL_EVIDENCE_KEY, &wanted, err))
		ok = false;
	else if (!found)
		err_set(err, ERR_STORE, "poll %" PRId64 ": the start of its "
			"evidence is missing", wanted);
	else
		ok = walk_run(s, &w, first, wanted, arena, err);
	if (ok)
		*out = w.view[(w.n - 1) % 2];
	arena_free(w.scratch[0]);
	arena_free(w.scratch[1]);
	return ok;
}

bool store_evidence(struct store *s, struct evidence_view *out,
		    struct poll *poll, bool *found, struct instant at,
		    struct arena *arena, struct err *err)
{
	struct poll p;

	if (!store_poll_at(s, &p, found, at, arena, err))
		return false;
	if (!*found)
		return true;
	if (!read_view(s, out, p.seq, arena, err))
		return false;
	*poll = p;
	return true;
}

/* ---- sizes ---- */

/* Of the polls before this one. */
static bool bytes_before(struct store *s, int64_t *out, int64_t poll,
			 struct err *err)
{
	struct sql q = sql_use(s, SQL_EVIDENCE_SIZES);

	sql_put_int(&q, poll);
	*out = 0;
	while (sql_row(&q))
		*out += room(sql_get_int(&q));
	return sql_done(&q, err);
}

/* Exact where this SQLite has the dbstat table, else an estimate. */
bool store_evidence_bytes(struct store *s, int64_t *out, struct err *err)
{
	bool found;

	if (!sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB"))
		return bytes_before(s, out, INT64_MAX, err);
	return ask(s, out, &found, SQL_EVIDENCE_PAGES, NULL, err);
}

/*
 * The file as a whole is known at once. Counting blobs is not: it is done once
 * in a file above the cap, and kept as they come and go.
 */
static bool bytes_over_cap(struct store *s, int64_t *over, int64_t cap,
			   struct err *err)
{
	int64_t bytes = 0;
	bool found;

	*over = 0;
	if (cap <= 0)
		return true;
	if (!ask(s, &bytes, &found, SQL_FILE_BYTES, NULL, err))
		return false;
	if (bytes <= cap)
		return true;
	if (s->evidence < 0) {
		if (!bytes_before(s, &bytes, INT64_MAX, err))
			return false;
		s->evidence = bytes;
	}
	*over = s->evidence - cap;
	return true;
}

/* ---- retention ---- */

struct oldest_run {
	int64_t first, next;		/* its key poll, and the one behind */
	int64_t last_at, bytes;
};

/* Not found when there is but one run: the newest always stays. */
static bool find_oldest(struct store *s, struct oldest_run *r, bool *found,
			struct err *err)
{
	return ask(s, &r->first, found, SQL_EVIDENCE_FIRST, NULL, err) &&
	       (!*found || ask(s, &r->next, found, SQL_EVIDENCE_NEXT_KEY,
			       &r->first, err)) &&
	       (!*found || ask(s, &r->last_at, found, SQL_EVIDENCE_LAST_AT,
			       &r->next, err)) &&
	       (!*found || bytes_before(s, &r->bytes, r->next, err));
}

static bool drop(struct store *s, enum sql_id id, int64_t before,
		 struct err *err)
{
	struct sql q = sql_use(s, id);

	sql_put_int(&q, before);
	return sql_run(&q, err);
}

static bool drop_polls(struct store *s, const struct oldest_run *r,
		       struct err *err)
{
	struct sql q = sql_use(s, SQL_POLL_DROP);

	sql_put_int(&q, r->first);
	sql_put_int(&q, r->next);
	return sql_run(&q, err);
}

/* Messages go with the evidence of their time, once nobody waits for them. */
bool store_retain(struct store *s, struct instant now, struct span keep,
		  int64_t cap_bytes, struct err *err)
{
	int64_t limit = now.ms - keep.ms, over;

	if (!bytes_over_cap(s, &over, cap_bytes, err) ||
	    !drop(s, SQL_MESSAGE_DROP, limit, err))
		return false;
	for (int i = 0; i < RUNS_PER_CALL; i++) {
		struct oldest_run r;
		bool found;

		if (!find_oldest(s, &r, &found, err))
			return false;
		if (!found || (r.last_at >= limit && over <= 0))
			return true;
		if (!drop(s, SQL_EVIDENCE_DROP, r.next, err) ||
		    !drop_polls(s, &r, err))
			return false;
		over -= r.bytes;
		if (s->evidence >= 0)
			s->evidence -= r.bytes;
	}
	return true;
}
