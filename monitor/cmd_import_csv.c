/* SPDX-License-Identifier: MIT */
/* CSV (RFC 4180) with a header line of the keys of a form (cmd_import.h). */
#include "cmd_import_file.h"

#include <string.h>

#define COLUMNS_MAX 64

/* One record being read; a quoted field may hold line ends. */
struct record {
	struct import *im;
	const char *line_start;
	struct err *err;
};

struct field {
	const char *s;
	size_t n;
	struct import_place at;
	bool last;			/* of its record */
};

static int peek(const struct import *im, size_t ahead)
{
	return im->n - im->pos > ahead ?
	       (unsigned char)im->text[im->pos + ahead] : -1;
}

static struct import_place here(const struct record *r)
{
	return (struct import_place){ r->im->line,
		import_column(r->line_start, r->im->text + r->im->pos) };
}

/* The line end at pos: its length, 0 none; the end of the file ends one. */
static size_t line_end(const struct import *im)
{
	if (peek(im, 0) == '\r' && peek(im, 1) == '\n')
		return 2;
	return peek(im, 0) == '\n';
}

static bool at_record_end(const struct import *im)
{
	return im->pos == im->n || line_end(im) > 0;
}

static void pass_blanks(struct import *im)
{
	while (peek(im, 0) == ' ' || peek(im, 0) == '\t')
		im->pos++;
}

/* A record that is ready to be read, false at the end of the file. */
static bool open_record(struct record *r)
{
	struct import *im = r->im;

	while (im->pos < im->n) {
		r->line_start = im->text + im->pos;
		im->line++;
		pass_blanks(im);
		if (!at_record_end(im)) {
			im->pos = (size_t)(r->line_start - im->text);
			return true;
		}
		im->pos += line_end(im);
	}
	return false;
}

/* Between quotes, "" stands for one. */
static bool take_quoted(struct record *r, struct field *f)
{
	struct import *im = r->im;
	size_t start = ++im->pos;
	char *buf;

	for (; peek(im, 0) != '"' || peek(im, 1) == '"'; im->pos++) {
		if (im->pos == im->n)
			return import_fail(im, f->at, r->err,
					   "this quote is never closed");
		if (peek(im, 0) == '\n') {
			im->line++;
			r->line_start = im->text + im->pos + 1;
		}
		im->pos += peek(im, 0) == '"';
	}
	buf = arena_alloc(im->arena, im->pos - start + 1);
	if (!buf)
		return err_set(r->err, ERR_MEMORY, "no memory");
	f->s = buf;
	for (size_t i = start; i < im->pos; i++) {
		buf[f->n++] = im->text[i];
		i += im->text[i] == '"';
	}
	im->pos++;
	pass_blanks(im);
	if (!at_record_end(im) && peek(im, 0) != ',')
		return import_fail(im, here(r), r->err,
				   "a comma is missing behind the quote");
	return true;
}

static bool take_plain(struct record *r, struct field *f)
{
	struct import *im = r->im;

	f->s = im->text + im->pos;
	for (; !at_record_end(im) && peek(im, 0) != ','; im->pos++)
		if (peek(im, 0) == '"')
			return import_fail(im, here(r), r->err, "a quote "
					   "inside an unquoted field");
	f->n = (size_t)(im->text + im->pos - f->s);
	while (f->n > 0 && strchr(" \t", f->s[f->n - 1]) && f->s[f->n - 1])
		f->n--;
	return true;
}

static bool take_field(struct record *r, struct field *f)
{
	struct import *im = r->im;

	*f = (struct field){ .s = NULL };
	pass_blanks(im);
	f->at = here(r);
	if (!(peek(im, 0) == '"' ? take_quoted(r, f) : take_plain(r, f)))
		return false;
	f->last = at_record_end(im);
	im->pos += f->last ? line_end(im) : 1;
	return true;
}

static bool header_field(struct record *r, const struct field *f)
{
	struct import *im = r->im;
	int none = im->form->n_keys, k = import_find(im, f->s, f->n);

	if (im->n_columns == COLUMNS_MAX)
		return import_fail(im, f->at, r->err, "more than %d columns",
				   COLUMNS_MAX);
	if (k == none &&
	    !import_foreign(im, f->at, f->s, f->n, r->err))
		return false;
	for (size_t i = 0; k < none && i < im->n_columns; i++)
		if (im->column[i] == k)
			return import_fail(im, f->at, r->err, "%s stands here "
					   "twice", im->form->keys[k]);
	im->column[im->n_columns++] = k;
	return true;
}

bool import_csv_header(struct import *im, struct err *err)
{
	struct record r = { im, im->text, err };
	struct field f = { .last = false };
	bool known = false;

	im->column = arena_array(im->arena, COLUMNS_MAX, sizeof(*im->column));
	if (!im->column)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!open_record(&r))
		return true;		/* nothing but blanks: no rows */
	while (!f.last)
		if (!take_field(&r, &f) || !header_field(&r, &f))
			return false;
	for (size_t i = 0; i < im->n_columns; i++)
		known = known || im->column[i] != im->form->n_keys;
	return known ||
	       import_fail(im, (struct import_place){ im->line, 1 }, err,
			   "a header line is wanted: %s", im->form->header);
}

bool import_csv_row(struct import *im, struct import_row *row,
		    struct err *err)
{
	struct record r = { im, im->text, err };
	struct field f = { .last = false };
	size_t i = 0;

	*row = (struct import_row){ .at = { 0, 0 } };
	err->kind = ERR_NONE;
	if (!open_record(&r))
		return false;
	row->at = (struct import_place){ im->line, 1 };
	for (; !f.last; i++) {
		if (!take_field(&r, &f))
			return false;
		if (i >= im->n_columns)
			return import_fail(im, f.at, err, "more fields than "
					   "the header's %zu", im->n_columns);
		if (im->column[i] != im->form->n_keys && f.n > 0)
			row->cell[im->column[i]] = (struct import_cell){
				f.s, f.n, false, f.at };
	}
	return i == im->n_columns ||
	       import_fail(im, row->at, err, "%zu fields, not the header's "
			   "%zu", i, im->n_columns);
}
