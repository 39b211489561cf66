/* SPDX-License-Identifier: MIT */
/*
 * The bytes of an import file, which reader they are for, and what is said
 * of a cell or a row that is refused, whatever the rows mean.
 */
#include "cmd_import_file.h"

#include "cli.h"
#include "text_safe.h"
#include "suggest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX (64 << 20)
#define SHOWN_MAX 40		/* bytes of a value in a message */

static bool read_stream(struct import *im, FILE *f, struct err *err)
{
	size_t cap = 1 << 16;
	char *buf = arena_alloc(im->arena, cap);

	while (buf) {
		im->n += fread(buf + im->n, 1, cap - im->n, f);
		im->text = buf;
		if (ferror(f))
			return err_set(err, ERR_IO, "%.200s: %s", im->path,
				       strerror(errno));
		if (im->n < cap)
			return true;
		if (cap >= FILE_BYTES_MAX)
			return err_set(err, ERR_DATA, "%.200s: more than %d "
				       "MB: split it", im->path,
				       FILE_BYTES_MAX >> 20);
		buf = arena_grow(im->arena, buf, im->n, 2 * cap, 1);
		cap *= 2;
	}
	return err_set(err, ERR_MEMORY, "no memory");
}

void import_start(struct import *im)
{
	if (im->n >= 3 && memcmp(im->text, "\xef\xbb\xbf", 3) == 0) {
		im->text += 3;
		im->n -= 3;
	}
}

bool import_load(struct import *im, struct err *err)
{
	bool in = strcmp(im->path, "-") == 0, ok;
	FILE *f = in ? stdin : fopen(im->path, "rb");

	if (!f)
		return err_set(err, ERR_IO, "%.200s: %s", im->path,
			       strerror(errno));
	ok = read_stream(im, f, err);
	if (!in)
		fclose(f);
	import_start(im);
	return ok;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

bool import_is_json(const struct import *im)
{
	size_t i = 0;

	if (ends_with(im->path, ".csv"))
		return false;
	if (ends_with(im->path, ".jsonl") || ends_with(im->path, ".ndjson") ||
	    ends_with(im->path, ".json"))
		return true;
	while (i < im->n && (im->text[i] == ' ' || im->text[i] == '\t' ||
			     im->text[i] == '\r' || im->text[i] == '\n'))
		i++;
	return i < im->n && (im->text[i] == '{' || im->text[i] == '[');
}

bool import_begin(struct import *im, struct err *err)
{
	return import_is_json(im) || import_csv_header(im, err);
}

bool import_next(struct import *im, struct import_row *row, struct err *err)
{
	return import_is_json(im) ? import_json_row(im, row, err)
				  : import_csv_row(im, row, err);
}

/* ---- keys and values ---- */

bool import_fail(const struct import *im, struct import_place at,
		 struct err *err, const char *fmt, ...)
{
	char what[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!im->path)
		return err_set(err, ERR_USAGE, "%s", what);
	return err_set(err, ERR_DATA, "%.150s:%d:%d: error: %s", im->path,
		       at.line, at.column, what);
}

int import_column(const char *from, const char *to)
{
	int column = 1;

	for (const char *s = from; s < to; s++)
		column += ((unsigned char)*s & 0xc0) != 0x80;
	return column;
}

int import_find(const struct import *im, const char *s, size_t n)
{
	const struct import_form *f = im->form;
	int i = 0;

	while (i < f->n_keys && (strlen(f->keys[i]) != n ||
				 memcmp(f->keys[i], s, n) != 0))
		i++;
	return i;
}

bool import_foreign(const struct import *im, struct import_place at,
		    const char *s, size_t n, struct err *err)
{
	char word[SHOWN_MAX];
	const char *near;

	snprintf(word, sizeof(word), "%.*s", (int)n, s);
	near = suggest(word, im->form->keys, (size_t)im->form->n_keys);
	return !near || import_fail(im, at, err, "\"%s\": did you mean "
				    "\"%s\"?", word, near);
}

bool import_refuse(const struct import *im, const struct import_row *row,
		   int key, struct err *err, const char *why)
{
	const struct import_cell *c = &row->cell[key];
	int n = (int)(c->n < SHOWN_MAX ? c->n : SHOWN_MAX);

	return import_fail(im, c->at, err, "%s \"%.*s\"%s: %s",
			   im->names[key], n, c->s, c->n > SHOWN_MAX ?
			   "..." : "", why);
}

bool import_number(struct import *im, struct fact *out,
		   const struct import_row *row, int key, struct err *err)
{
	const struct import_cell *c = &row->cell[key];
	bool rounded = false;
	struct dec v;

	if (!dec_parse_rounded(&v, &rounded, c->s, c->n))
		return import_refuse(im, row, key, err, "write a decimal "
				     "number like 20000, 0.000285 or 9.6e-05");
	im->rounded += rounded;
	*out = fact_known(v);
	return true;
}

int import_failed(const struct import *im, const struct cli *c,
		  const struct err *err, const char *nothing)
{
	char head[200];

	snprintf(head, sizeof(head), "%.150s:", im->path);
	if (err->kind != ERR_DATA || strncmp(err->text, head, strlen(head)))
		return cli_fail(c, err);
	text_print_safe(stderr, err->text);
	fprintf(stderr, "\n%s: nothing is stored unless every row is good\n",
		nothing);
	return err_exit_code(err->kind);
}
