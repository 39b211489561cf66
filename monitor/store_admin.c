/* SPDX-License-Identifier: MIT */
/* The database as a whole (store_admin.h). */
#include "store_admin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migrate.h"
#include "store_sql.h"

#define PROBLEMS_MAX	32
#define SCHEMA_WAIT_MS	5000

/* ---- one number or text at a time ---- */

static bool first_text(struct store *s, char *buf, size_t size,
		       const char *sql, struct err *err)
{
	struct sql q = { .store = s };

	buf[0] = '\0';
	q.rc = sqlite3_prepare_v2(s->db, sql, -1, &q.st, NULL);
	if (sql_row(&q) && sqlite3_column_type(q.st, 0) != SQLITE_NULL)
		snprintf(buf, size, "%s",
			 (const char *)sqlite3_column_text(q.st, 0));
	if (q.rc != SQLITE_OK)
		sql_fail(s, q.rc, err);
	sqlite3_finalize(q.st);
	return q.rc == SQLITE_OK;
}

static bool first_int(struct store *s, int64_t *out, const char *sql,
		      struct err *err)
{
	char text[32];

	if (!first_text(s, text, sizeof(text), sql, err))
		return false;
	*out = text[0] ? strtoll(text, NULL, 10) : INT64_MIN;
	return true;
}

/* ---- info ---- */

static const char *const tables[] = {
	"positions", "events", "decisions", "polls", "evidence",
	"settlements", "outbox", "deliveries", "alerts", "handoffs",
	"configs",
};

_Static_assert(sizeof(tables) / sizeof(*tables) <= STORE_TABLES, "room");

static bool count_tables(struct store *s, struct store_info *out,
			 struct err *err)
{
	char sql[64];

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		struct store_count *c = &out->count[out->n_counts++];

		c->table = tables[i];
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s",
			 tables[i]);
		if (!first_int(s, &c->rows, sql, err))
			return false;
	}
	return true;
}

bool store_info(struct store *s, struct store_info *out, struct err *err)
{
	int64_t schema;

	*out = (struct store_info){ .bytes = 0 };
	if (!first_int(s, &out->bytes, "SELECT page_count * page_size FROM "
		       "pragma_page_count, pragma_page_size", err) ||
	    !first_int(s, &schema, "PRAGMA user_version", err) ||
	    !first_int(s, &out->oldest_poll.ms, "SELECT min(at) FROM polls",
		       err) ||
	    !first_int(s, &out->newest_poll.ms, "SELECT max(at) FROM polls",
		       err) ||
	    !store_evidence_bytes(s, &out->evidence_bytes, err))
		return false;
	out->schema = (int)schema;
	return count_tables(s, out, err);
}

/* ---- check ---- */

/* What must never be; each counts the rows that are. */
static const struct invariant {
	const char *what, *from;
} invariants[] = {
	{ "pending positions without a reason or a time of decision",
	  "positions WHERE status = 'pending_close' AND (reason = '' OR "
	  "decided_at IS NULL)" },
	{ "closed positions without a time",
	  "positions WHERE status = 'closed' AND closed_at IS NULL" },
	{ "open positions with a close of theirs",
	  "positions WHERE status = 'open' AND closed_at IS NOT NULL" },
	{ "streaks of closed positions",
	  "streaks k JOIN positions p ON p.id = k.position WHERE "
	  "p.status = 'closed' AND p.closed_at < (SELECT max(at) FROM polls) "
	  "- 8 * 86400000" },
	{ "decisions of polls that are still to come",
	  "decisions WHERE poll > (SELECT max(seq) FROM polls)" },
	{ "evidence without its poll",
	  "evidence WHERE poll NOT IN (SELECT seq FROM polls)" },
	{ "polls whose configuration is gone",
	  "polls WHERE config NOT IN (SELECT hash FROM configs)" },
	{ "funding sums that are not of the ledger",
	  "funding f WHERE settlements <> (SELECT count(*) FROM settlements "
	  "s WHERE s.position = f.position AND NOT s.hypothetical)" },
	{ "hand-offs without their decision",
	  "handoffs h WHERE NOT EXISTS (SELECT 1 FROM decisions d WHERE "
	  "d.position = h.position AND d.poll = h.poll)" },
	{ "confirmed hand-offs of positions that are not closed",
	  "handoffs h JOIN positions p ON p.id = h.position WHERE "
	  "h.state = 'confirmed' AND p.status = 'pending_close' AND h.id = "
	  "(SELECT max(id) FROM handoffs WHERE position = p.id)" },
};

#define N_INVARIANTS	(sizeof(invariants) / sizeof(*invariants))

_Static_assert(N_INVARIANTS + 2 <= PROBLEMS_MAX, "each once, and two more");

int store_checks(void)
{
	return (int)N_INVARIANTS;
}

struct found {
	struct store_problem *list;
	size_t n;
	struct arena *arena;
};

static bool add(struct found *f, const char *what, const char *detail,
		struct err *err)
{
	struct store_problem *p = &f->list[f->n];

	p->what = what;
	p->detail = arena_text(f->arena, detail, strlen(detail));
	f->n++;
	return p->detail || err_set(err, ERR_MEMORY, "no memory");
}

static bool check_one(struct store *s, struct found *f,
		      const struct invariant *i, struct err *err)
{
	char sql[512], text[32];
	int64_t n;

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", i->from);
	if (!first_int(s, &n, sql, err))
		return false;
	snprintf(text, sizeof(text), "%" PRId64, n);
	return n == 0 || add(f, i->what, text, err);
}

bool store_check(struct store *s, struct store_problem **out, size_t *n,
		 struct arena *arena, struct err *err)
{
	struct found f = { .arena = arena };
	char text[400];

	f.list = arena_array(arena, PROBLEMS_MAX, sizeof(*f.list));
	if (!f.list)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!first_text(s, text, sizeof(text), "PRAGMA integrity_check(1)",
			err) ||
	    (strcmp(text, "ok") != 0 && !add(&f, "damaged", text, err)) ||
	    !first_text(s, text, sizeof(text), "SELECT \"table\" FROM "
			"pragma_foreign_key_check LIMIT 1", err) ||
	    (text[0] && !add(&f, "rows that refer to nothing in", text, err)))
		return false;
	for (int i = 0; i < store_checks(); i++)
		if (!check_one(s, &f, &invariants[i], err))
			return false;
	*out = f.list;
	*n = f.n;
	return true;
}

/* ---- copies ---- */

static bool check_copy(const char *path, struct err *err)
{
	struct store copy = { .path = (char *)(uintptr_t)path };
	char text[200];
	bool ok = sqlite3_open_v2(path, &copy.db, SQLITE_OPEN_READONLY,
				  NULL) == SQLITE_OK &&
		  first_text(&copy, text, sizeof(text),
			     "PRAGMA integrity_check(1)", err) &&
		  strcmp(text, "ok") == 0;

	sqlite3_close(copy.db);
	return ok || err_set(err, ERR_STORE, "the backup %s is not whole",
			     path);
}

bool store_backup(struct store *s, const char *to, struct err *err)
{
	return migrate_copy(s->db, to, err) && check_copy(to, err);
}

bool store_file_schema(const char *path, int *out, struct err *err)
{
	struct store s = { .path = (char *)(uintptr_t)path };
	int64_t v = 0;
	bool ok;

	*out = 0;
	if (access(path, F_OK) != 0)
		return true;
	ok = sqlite3_open_v2(path, &s.db, SQLITE_OPEN_READONLY, NULL) ==
	     SQLITE_OK &&
	     /* A monitor may be at its commit. */
	     sqlite3_busy_timeout(s.db, SCHEMA_WAIT_MS) == SQLITE_OK &&
	     first_int(&s, &v, "PRAGMA user_version", err);
	sqlite3_close(s.db);
	*out = (int)v;
	return ok || err_set(err, ERR_STORE, "%s cannot be read", path);
}

/* ---- the library ---- */

const char *store_sqlite_version(void)
{
	return sqlite3_libversion();
}

void store_sqlite_note(char *buf, size_t n)
{
	buf[0] = '\0';
	if (strcmp(sqlite3_libversion(), SQLITE_VERSION) != 0)
		snprintf(buf, n, "SQLite %s is loaded, this program was built "
			 "and tested with %s", sqlite3_libversion(),
			 SQLITE_VERSION);
}
