/* SPDX-License-Identifier: MIT */
/*
 * A table for people: aligned by display columns, numbers to the right, no
 * wider than the terminal where that can be had by leaving out columns and
 * shortening the longest text.
 */
#include <assert.h>
#include <string.h>

#include "text_safe.h"
#include "table_work.h"

#define GAP 2
#define LEAST_TEXT 8

struct layout {
	FILE *f;
	const struct table_view *v;
	bool color;
	int width[TABLE_COLUMNS_MAX];
	bool right[TABLE_COLUMNS_MAX];
	const char **shown;		/* [row][column]; totals come last */
};

static const struct cell *cell_of(const struct table_view *v, size_t row,
				  int i)
{
	const struct cell *cells = row < v->n_rows ? v->rows[row] :
				   v->table->total;

	return &cells[v->col[i]];
}

static size_t rows_of(const struct table_view *v)
{
	return v->n_rows + (v->table->total ? 1 : 0);
}

static const char **shown_at(const struct layout *l, size_t row, int i)
{
	return &l->shown[row * (size_t)l->v->n_cols + (size_t)i];
}

/* For people: what the command wrote for them; unknown is "-". */
static const char *text_of(const struct cell *c, bool total)
{
	if (c->shown)
		return c->shown;
	if (c->text)
		return c->text;
	return total ? "" : "-";
}

static bool fill_shown(struct layout *l, struct err *err)
{
	const struct table_view *v = l->v;
	size_t rows = rows_of(v);

	l->shown = arena_array(v->table->arena, rows * (size_t)v->n_cols,
			       sizeof(*l->shown));
	if (!l->shown)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t row = 0; row < rows; row++) {
		for (int i = 0; i < v->n_cols; i++) {
			const char *s = text_of(cell_of(v, row, i),
						row == v->n_rows);

			s = text_safe(s, v->table->arena);
			if (!s)
				return err_set(err, ERR_MEMORY, "no memory");
			*shown_at(l, row, i) = s;
		}
	}
	return true;
}

static void measure(struct layout *l)
{
	for (int i = 0; i < l->v->n_cols; i++) {
		const struct column *col =
			&l->v->table->columns[l->v->col[i]];

		l->width[i] = text_columns(col->title);
		l->right[i] = false;
		for (size_t row = 0; row < rows_of(l->v); row++) {
			enum cell_kind k = cell_of(l->v, row, i)->kind;
			int w = text_columns(*shown_at(l, row, i));

			if (w > l->width[i])
				l->width[i] = w;
			if (!col->left &&
			    (k == CELL_NUMBER || k == CELL_COUNT))
				l->right[i] = true;
		}
	}
}

static int total_width(const struct layout *l)
{
	int sum = GAP * (l->v->n_cols - 1);

	for (int i = 0; i < l->v->n_cols; i++)
		sum += l->width[i];
	return sum;
}

/* Which columns stay when not all fit: 0 always, then the highest number. */
static int worth(const struct table_view *v, int i)
{
	const struct column *c = &v->table->columns[v->col[i]];

	if (i == 0 || (c->drop == 0 && !c->wide))
		return 0;
	return c->drop + 1;
}

/* Add the columns of this worth, from the left, while they fit. */
static int keep_worth(bool *keep, const struct layout *l, int order, int used,
		      int most)
{
	for (int i = 0; i < l->v->n_cols; i++) {
		int width = l->width[i] + (used > 0 ? GAP : 0);

		if (worth(l->v, i) != order || (order && used + width > most))
			continue;
		keep[i] = true;
		used += width;
	}
	return used;
}

/* Leave out what does not fit; the rest is measured already. */
static void fit_columns(struct layout *l, struct table_view *v, int most)
{
	bool keep[TABLE_COLUMNS_MAX] = { false };
	int used = keep_worth(keep, l, 0, 0, most), highest = 0, n = 0;

	for (int i = 0; i < v->n_cols; i++)
		if (worth(v, i) > highest)
			highest = worth(v, i);
	for (int order = highest; order > 0; order--)
		used = keep_worth(keep, l, order, used, most);
	for (int i = 0; i < v->n_cols; i++) {
		if (!keep[i])
			continue;
		v->col[n] = v->col[i];
		l->width[n] = l->width[i];
		l->right[n++] = l->right[i];
	}
	v->n_cols = n;
}

static void shorten_longest(struct layout *l, int most)
{
	int longest = -1, over = total_width(l) - most, left;

	for (int i = 0; i < l->v->n_cols; i++) {
		if (!l->right[i] &&
		    (longest < 0 || l->width[i] > l->width[longest]))
			longest = i;
	}
	if (over <= 0 || longest < 0)
		return;
	left = l->width[longest] - over;
	l->width[longest] = left > LEAST_TEXT ? left :
		l->width[longest] < LEAST_TEXT ? l->width[longest] :
		LEAST_TEXT;
}

static void put_blanks(FILE *f, int n)
{
	for (; n > 0; n--)
		fputc(' ', f);
}

/* At most `width` columns of s, ".." behind what was cut; columns used. */
static int put_cut(FILE *f, const char *s, int width)
{
	int used = 0, most = text_columns(s) > width ? width - 2 : width;

	while (*s) {
		uint32_t code;
		size_t n = text_decode(&code, s);
		int w;

		assert(n > 0);		/* text_safe left nothing else */
		w = text_columns_of(code);
		if (used + w > most)
			break;
		fwrite(s, 1, n, f);
		s += n;
		used += w;
	}
	if (!*s)
		return used;
	fputs("..", f);
	return used + 2;
}

static const char *tone_code(enum tone t)
{
	static const char *const codes[] = {
		[TONE_PLAIN] = "",
		[TONE_GOOD] = "\033[32m",
		[TONE_BAD] = "\033[31m",
		[TONE_WARN] = "\033[33m",
		[TONE_DIM] = "\033[2m",
	};

	return codes[t];
}

static void put_field(const struct layout *l, int i, const char *s,
		      const char *code)
{
	int n = text_columns(s), blanks;

	blanks = n < l->width[i] ? l->width[i] - n : 0;
	put_blanks(l->f, i ? GAP : 0);
	if (l->right[i])
		put_blanks(l->f, blanks);
	if (l->color)
		fputs(code, l->f);
	n = put_cut(l->f, s, l->width[i]);
	if (l->color && *code)
		fputs("\033[0m", l->f);
	if (!l->right[i] && i + 1 < l->v->n_cols)
		put_blanks(l->f, l->width[i] - n);
}

static void put_rule(const struct layout *l)
{
	for (int n = total_width(l); n > 0; n--)
		fputc('-', l->f);
	fputc('\n', l->f);
}

static void put_all(const struct layout *l)
{
	const struct table_view *v = l->v;

	for (int i = 0; i < v->n_cols; i++)
		put_field(l, i, v->table->columns[v->col[i]].title,
			  "\033[1m");
	fputc('\n', l->f);
	for (size_t row = 0; row < rows_of(v); row++) {
		if (row == v->n_rows)
			put_rule(l);
		for (int i = 0; i < v->n_cols; i++)
			put_field(l, i, *shown_at(l, row, i),
				  tone_code(cell_of(v, row, i)->tone));
		fputc('\n', l->f);
	}
}

bool table_print_text(FILE *f, struct table_view *v, const struct cli *c,
		      struct err *err)
{
	struct layout l = { .f = f, .v = v, .color = c->color };

	if (!fill_shown(&l, err))
		return false;
	measure(&l);
	if (c->width > 0 && total_width(&l) > c->width && !v->chosen) {
		fit_columns(&l, v, c->width);
		if (!fill_shown(&l, err))
			return false;
	}
	for (int i = 0; c->width > 0 && i < v->n_cols; i++)
		shorten_longest(&l, c->width);
	put_all(&l);
	return true;
}
