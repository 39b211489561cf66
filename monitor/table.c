/* SPDX-License-Identifier: MIT */
/* Building a table: rows of cells in the command's arena. */
#include "table.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "table_work.h"

struct table *table_new(const struct column *columns, int n,
			struct arena *arena)
{
	struct table *t = arena_alloc(arena, sizeof(*t));

	assert(n > 0 && n <= TABLE_COLUMNS_MAX);
	if (!t)
		return NULL;
	t->columns = columns;
	t->n_columns = n;
	t->arena = arena;
	t->scratch = arena_array(arena, (size_t)n, sizeof(struct cell));
	return t->scratch ? t : NULL;
}

/* A row nobody will see: table_print refuses then. */
static struct cell *short_of_memory(struct table *t)
{
	t->no_memory = true;
	memset(t->scratch, 0, (size_t)t->n_columns * sizeof(struct cell));
	return t->scratch;
}

static struct cell *new_cells(struct table *t)
{
	return arena_array(t->arena, (size_t)t->n_columns,
			   sizeof(struct cell));
}

struct cell *table_row(struct table *t)
{
	struct cell *cells = new_cells(t);

	if (cells && t->n_rows == t->cap_rows) {
		size_t cap = t->cap_rows ? 2 * t->cap_rows : 16;
		struct cell **more = arena_grow(t->arena, t->rows, t->n_rows,
						cap, sizeof(*more));

		if (!more)
			return short_of_memory(t);
		t->rows = more;
		t->cap_rows = cap;
	}
	if (!cells)
		return short_of_memory(t);
	t->rows[t->n_rows++] = cells;
	return cells;
}

struct cell *table_total(struct table *t)
{
	t->total = new_cells(t);
	return t->total ? t->total : short_of_memory(t);
}

static const char *copy(struct table *t, const char *text)
{
	const char *kept = text ? arena_text(t->arena, text, strlen(text)) :
			   NULL;

	if (text && !kept)
		t->no_memory = true;
	return kept;
}

struct cell cell_text(struct table *t, const char *text)
{
	if (!text)
		return (struct cell){ .kind = CELL_NULL };
	return (struct cell){ .kind = CELL_TEXT, .text = copy(t, text) };
}

struct cell cell_dec(struct table *t, struct dec v, const char *shown)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v);
	return (struct cell){ .kind = CELL_NUMBER, .text = copy(t, text),
			      .shown = copy(t, shown) };
}

struct cell cell_fact(struct table *t, const struct fact *f,
		      const char *shown)
{
	if (f->known)
		return cell_dec(t, f->v, shown);
	return (struct cell){ .kind = CELL_NULL, .shown = copy(t, shown) };
}

struct cell cell_count(struct table *t, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	return (struct cell){ .kind = CELL_COUNT, .text = copy(t, text) };
}

struct cell cell_instant(struct table *t, const struct cli *c,
			 struct instant at)
{
	char text[INSTANT_TEXT_MAX];

	if (!instant_known(at))
		return (struct cell){ .kind = CELL_NULL };
	instant_format(text, at);
	return (struct cell){ .kind = CELL_TEXT, .text = copy(t, text),
			      .shown = copy(t, cli_shown_time(c, at)) };
}
