/* SPDX-License-Identifier: MIT */
/* A table for programs: TSV, CSV (RFC 4180) and flat JSON objects. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "text_safe.h"
#include "json_out.h"
#include "table_work.h"

static const struct cell *cell_at(const struct table_view *v, size_t row,
				  int i)
{
	return &v->rows[row][v->col[i]];
}

static void put_csv_text(FILE *f, const char *s, bool is_text)
{
	/* A spreadsheet would run it. */
	const char *guard = is_text && *s && strchr("=+-@", *s) ? "'" : "";

	if (!strpbrk(s, ",\"\n") && !*guard) {
		fputs(s, f);
		return;
	}
	fprintf(f, "\"%s", guard);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static bool print_separated(FILE *f, const struct table_view *v, bool csv,
			    struct err *err)
{
	const char *gap = csv ? "," : "\t", *end = csv ? "\r\n" : "\n";

	for (int i = 0; i < v->n_cols; i++)
		fprintf(f, "%s%s", i ? gap : "",
			v->table->columns[v->col[i]].key);
	fputs(end, f);
	for (size_t row = 0; row < v->n_rows; row++) {
		for (int i = 0; i < v->n_cols; i++) {
			const struct cell *c = cell_at(v, row, i);
			const char *text = text_safe(c->text ? c->text : "",
						     v->table->arena);

			if (!text)
				return err_set(err, ERR_MEMORY, "no memory");
			fputs(i ? gap : "", f);
			if (csv)
				put_csv_text(f, text, c->kind == CELL_TEXT);
			else
				fputs(text, f);
		}
		fputs(end, f);
	}
	return true;
}

static void put_json_cell(struct json_out *o, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NULL:
		json_out_null(o);
		return;
	case CELL_TEXT:
	case CELL_NUMBER:
		json_out_text(o, c->text);
		return;
	case CELL_COUNT:
		json_out_int(o, strtoll(c->text, NULL, 10));
		return;
	case CELL_BOOL:
		json_out_bool(o, strcmp(c->text, "true") == 0);
		return;
	}
}

static void print_json(FILE *f, const struct table_view *v, bool lines)
{
	struct json_out o = json_out_to(f, lines);

	if (!lines)
		json_out_open(&o, '[');
	for (size_t row = 0; row < v->n_rows; row++) {
		json_out_open(&o, '{');
		for (int i = 0; i < v->n_cols; i++) {
			json_out_key(&o, v->table->columns[v->col[i]].key);
			put_json_cell(&o, cell_at(v, row, i));
		}
		json_out_close(&o, '}');
	}
	if (!lines)
		json_out_close(&o, ']');
}

static bool print_as(FILE *f, struct table_view *v, const struct cli *c,
		     struct err *err)
{
	switch (c->format) {
	case FORMAT_TABLE:
	case FORMAT_WIDE:
		return table_print_text(f, v, c, err);
	case FORMAT_JSON:
	case FORMAT_JSONL:
		print_json(f, v, c->format == FORMAT_JSONL);
		return true;
	case FORMAT_CSV:
	case FORMAT_TSV:
		return print_separated(f, v, c->format == FORMAT_CSV, err);
	}
	assert(false);
	return false;
}

bool table_print(FILE *f, const struct table *t, const struct cli *c,
		 struct err *err)
{
	struct table_view v;

	if (!table_view_make(&v, t, c, err) || !print_as(f, &v, c, err))
		return false;
	if (ferror(f))
		return err_set(err, ERR_IO, "cannot write the table");
	return true;
}
