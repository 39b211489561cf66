/* SPDX-License-Identifier: MIT */
/*
 * Recorded polls page by page: each page is its own short read, so that a
 * replay of a year never holds up the monitor's commit.
 */
#include "store_sql.h"

static void get_blob(struct sql *q, struct recorded_blob *b,
		     struct arena *arena)
{
	const void *data;

	b->poll = sql_get_int(q);
	b->at = sql_get_instant(q);
	sql_get_text(q, b->config, sizeof(b->config));
	sql_get_text(q, b->version, sizeof(b->version));
	b->key = sql_get_bool(q);
	data = sql_get_blob(q, &b->n);
	b->data = (const unsigned char *)arena_text(arena, data ? data : "",
						    b->n);
}

bool store_recorded(struct store *s, struct recorded_blob **out, size_t *n,
		    int64_t poll, int limit, struct arena *arena,
		    struct err *err)
{
	struct sql_list l = { .arena = arena, .size = sizeof(**out) };
	struct sql q = sql_use(s, SQL_RECORDED);
	struct recorded_blob *b;
	void *list;

	sql_put_int(&q, poll);
	sql_put_int(&q, limit);
	while (sql_row(&q) && (b = sql_list_add(&l, &q))) {
		get_blob(&q, b, arena);
		if (!b->data)
			break;
	}
	if (!sql_list_done(&l, &q, &list, n, err))
		return false;
	*out = list;
	if (*n > 0 && !(*out)[*n - 1].data)
		return err_set(err, ERR_MEMORY, "no memory for recorded polls");
	return true;
}

bool store_recorded_start(struct store *s, int64_t *out, struct instant at,
			  struct err *err)
{
	struct sql q = sql_use(s, SQL_RECORDED_START);

	*out = 0;
	sql_put_int(&q, at.ms);		/* unknown is before everything */
	if (sql_row(&q) && sqlite3_column_type(q.st, 0) != SQLITE_NULL)
		*out = sql_get_int(&q);
	return sql_done(&q, err);
}
