/* SPDX-License-Identifier: MIT */
/* --columns, --sort and --limit: what of a table is printed, in what order. */
#include <stdlib.h>
#include <string.h>

#include "table_work.h"

static int column_index(const struct table *t, const char *key, size_t n)
{
	for (int i = 0; i < t->n_columns; i++) {
		if (strlen(t->columns[i].key) == n &&
		    strncmp(t->columns[i].key, key, n) == 0)
			return i;
	}
	return -1;
}

static bool unknown_column(const struct table *t, enum option o,
			   const char *key, size_t n, struct err *err)
{
	const char *keys[TABLE_COLUMNS_MAX] = { NULL }, *near;
	char word[40], all[400];
	size_t at = 0;

	all[0] = '\0';
	snprintf(word, sizeof(word), "%.*s", (int)(n < 39 ? n : 39), key);
	for (int i = 0; i < t->n_columns; i++) {
		keys[i] = t->columns[i].key;
		if (at < sizeof(all))
			at += (size_t)snprintf(all + at, sizeof(all) - at,
					       "%s%s", i ? "," : "", keys[i]);
	}
	near = suggest(word, keys, (size_t)t->n_columns);
	if (near)
		return err_set(err, ERR_USAGE, "--%s: no column \"%s\", did "
			       "you mean \"%s\"?", option_specs[o].name, word,
			       near);
	return err_set(err, ERR_USAGE, "--%s: no column \"%s\"; there is %s",
		       option_specs[o].name, word, all);
}

static bool chosen_columns(struct table_view *v, const char *text,
			   struct err *err)
{
	v->chosen = true;
	for (;;) {
		size_t n = strcspn(text, ",");
		int i = column_index(v->table, text, n);

		if (i < 0)
			return unknown_column(v->table, OPT_COLUMNS, text, n,
					      err);
		if (v->n_cols == TABLE_COLUMNS_MAX)
			return err_set(err, ERR_USAGE, "--columns: too many");
		v->col[v->n_cols++] = i;
		if (!text[n])
			return true;
		text += n + 1;
	}
}

static bool pick_columns(struct table_view *v, const struct cli *c,
			 struct err *err)
{
	if (cli_has(c, OPT_COLUMNS))
		return chosen_columns(v, c->opt[OPT_COLUMNS], err);
	for (int i = 0; i < v->table->n_columns; i++) {
		if (c->format != FORMAT_TABLE || !v->table->columns[i].wide)
			v->col[v->n_cols++] = i;
	}
	return true;
}

struct sortable {
	const struct cell *row;
	size_t place;		/* keeps the order of equals */
	int column;
	bool descending;
};

static int cmp_texts(const char *a, const char *b)
{
	struct instant ta, tb;

	/* Milliseconds stand only where they are not zero. */
	if (strlen(a) >= 20 && strlen(b) >= 20 &&
	    instant_parse(&ta, a, strlen(a)) &&
	    instant_parse(&tb, b, strlen(b)))
		return (ta.ms > tb.ms) - (ta.ms < tb.ms);
	return strcmp(a, b);
}

static bool is_number(const struct cell *c)
{
	return c->kind == CELL_NUMBER || c->kind == CELL_COUNT;
}

static int cmp_cells(const struct cell *a, const struct cell *b)
{
	struct dec x, y;

	if (is_number(a) && is_number(b) &&
	    dec_parse(&x, a->text, strlen(a->text)) &&
	    dec_parse(&y, b->text, strlen(b->text)))
		return dec_cmp(x, y);
	return cmp_texts(a->text, b->text);
}

/* Unknown cells stand last whichever way the others run. */
static int cmp_rows(const void *pa, const void *pb)
{
	const struct sortable *a = pa, *b = pb;
	const struct cell *x = &a->row[a->column], *y = &b->row[b->column];
	int order = 0;

	if (!x->text || !y->text)
		order = !x->text - !y->text;
	else
		order = a->descending ? cmp_cells(y, x) : cmp_cells(x, y);
	if (order)
		return order;
	return (a->place > b->place) - (a->place < b->place);
}

static bool sort_rows(struct table_view *v, const char *key, struct err *err)
{
	bool descending = key[0] == '-';
	struct sortable *list;
	int column;

	key += descending;
	column = column_index(v->table, key, strlen(key));
	if (column < 0)
		return unknown_column(v->table, OPT_SORT, key, strlen(key),
				      err);
	list = arena_array(v->table->arena, v->n_rows, sizeof(*list));
	if (!list)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < v->n_rows; i++)
		list[i] = (struct sortable){ v->rows[i], i, column,
					     descending };
	if (v->n_rows > 1)
		qsort(list, v->n_rows, sizeof(*list), cmp_rows);
	for (size_t i = 0; i < v->n_rows; i++)
		v->rows[i] = list[i].row;
	return true;
}

bool table_view_make(struct table_view *out, const struct table *t,
		     const struct cli *c, struct err *err)
{
	*out = (struct table_view){ .table = t, .n_rows = t->n_rows };
	out->rows = arena_array(t->arena, t->n_rows, sizeof(*out->rows));
	if (t->no_memory || !out->rows)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < t->n_rows; i++)
		out->rows[i] = t->rows[i];
	if (!pick_columns(out, c, err))
		return false;
	if (cli_has(c, OPT_SORT) && !sort_rows(out, c->opt[OPT_SORT], err))
		return false;
	if (c->limit > 0 && out->n_rows > (size_t)c->limit)
		out->n_rows = (size_t)c->limit;
	return true;
}
