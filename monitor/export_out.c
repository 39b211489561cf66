/* SPDX-License-Identifier: MIT */
/* CSV and JSON lines (export_out.h). */
#include "export_out.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* Blanks at an end are part of the text; readers take them off, ours too. */
static bool has_outer_blank(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && (strchr(" \t", s[0]) || strchr(" \t", s[n - 1]));
}

static void put_csv(FILE *f, const char *s)
{
	if (!strpbrk(s, ",\"\r\n") && !has_outer_blank(s)) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

struct export_out export_to(FILE *f, bool csv, const char *const *column)
{
	struct export_out o = { .csv = csv, .column = column,
				.json = json_out_to(f, true) };

	for (int i = 0; csv && column[i]; i++)
		fprintf(f, "%s%s", i ? "," : "", column[i]);
	fputs(csv ? "\r\n" : "", f);
	return o;
}

void export_row(struct export_out *o)
{
	o->at = 0;
	if (!o->csv)
		json_out_open(&o->json, '{');
}

void export_end(struct export_out *o)
{
	assert(!o->column[o->at]);
	if (o->csv)
		fputs("\r\n", o->json.f);
	else
		json_out_close(&o->json, '}');
}

/* The next cell; false: a CSV, the caller writes what stands in it. */
static bool next(struct export_out *o)
{
	assert(o->column[o->at]);
	if (!o->csv)
		json_out_key(&o->json, o->column[o->at]);
	else if (o->at > 0)
		fputc(',', o->json.f);
	o->at++;
	return !o->csv;
}

void export_text(struct export_out *o, const char *s)
{
	if (next(o))
		json_out_text(&o->json, *s ? s : NULL);
	else
		put_csv(o->json.f, s);
}

void export_int(struct export_out *o, int64_t n)
{
	if (next(o))
		json_out_int(&o->json, n);
	else
		fprintf(o->json.f, "%" PRId64, n);
}

void export_count(struct export_out *o, int64_t n)
{
	if (n)
		export_int(o, n);
	else
		export_text(o, "");
}

void export_bool(struct export_out *o, bool b)
{
	if (next(o))
		json_out_bool(&o->json, b);
	else
		fputs(b ? "true" : "false", o->json.f);
}

void export_dec(struct export_out *o, struct dec v)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v);
	export_text(o, text);
}

void export_fact(struct export_out *o, struct fact f)
{
	if (f.known)
		export_dec(o, f.v);
	else
		export_text(o, "");
}

void export_why(struct export_out *o, struct fact f)
{
	export_text(o, f.known ? "" : why_word(f.why));
}

void export_instant(struct export_out *o, struct instant t)
{
	char text[INSTANT_TEXT_MAX];

	instant_format(text, t);
	export_text(o, instant_known(t) ? text : "");
}
