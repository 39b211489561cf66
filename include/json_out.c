/* SPDX-License-Identifier: MIT */
/*
 * JSON written piece by piece. Strings come out as valid UTF-8 whatever went
 * in; controls are escaped, so a terminal cannot be steered through --json.
 */
#include "json_out.h"

#include <assert.h>
#include <inttypes.h>

#include "text_safe.h"

struct json_out json_out_to(FILE *f, bool compact)
{
	return (struct json_out){ .f = f, .compact = compact };
}

static void new_line(const struct json_out *o)
{
	if (o->compact)
		return;
	fputc('\n', o->f);
	for (int i = 0; i < o->depth; i++)
		fputs("  ", o->f);
}

/* Comma and line end in front of the next key or element. */
static void next(struct json_out *o)
{
	if (o->after_key) {
		o->after_key = false;
		return;
	}
	if (o->some[o->depth])
		fputc(',', o->f);
	o->some[o->depth] = true;
	if (o->depth > 0)
		new_line(o);
}

void json_out_open(struct json_out *o, char bracket)
{
	assert(bracket == '{' || bracket == '[');
	assert(o->depth + 1 < (int)(sizeof(o->some) / sizeof(o->some[0])));
	next(o);
	fputc(bracket, o->f);
	o->depth++;
	o->some[o->depth] = false;
}

void json_out_close(struct json_out *o, char bracket)
{
	assert(bracket == '}' || bracket == ']');
	assert(o->depth > 0);
	o->depth--;
	if (o->some[o->depth + 1])
		new_line(o);
	fputc(bracket, o->f);
	if (o->depth > 0)
		return;
	fputc('\n', o->f);
	o->some[0] = false;
}

static void put_escaped(FILE *f, uint32_t code)
{
	static const char letters[] = { ['\b'] = 'b', ['\t'] = 't',
		['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };

	if (code < sizeof(letters) && letters[code])
		fprintf(f, "\\%c", letters[code]);
	else
		fprintf(f, "\\u%04" PRIx32, code);
}

static void put_string(FILE *f, const char *s)
{
	fputc('"', f);
	while (*s) {
		uint32_t code;
		size_t n = text_decode(&code, s);

		if (n == 0)
			fputs("\xef\xbf\xbd", f);	/* U+FFFD */
		else if (code == '"' || code == '\\')
			fprintf(f, "\\%c", (int)code);
		else if (text_is_control(code))
			put_escaped(f, code);
		else
			fwrite(s, 1, n, f);
		s += n == 0 ? 1 : n;
	}
	fputc('"', f);
}

void json_out_key(struct json_out *o, const char *key)
{
	assert(!o->after_key);
	next(o);
	put_string(o->f, key);
	fputs(o->compact ? ":" : ": ", o->f);
	o->after_key = true;
}

void json_out_text(struct json_out *o, const char *s)
{
	next(o);
	if (s)
		put_string(o->f, s);
	else
		fputs("null", o->f);
}

void json_out_int(struct json_out *o, int64_t n)
{
	next(o);
	fprintf(o->f, "%" PRId64, n);
}

void json_out_bool(struct json_out *o, bool b)
{
	next(o);
	fputs(b ? "true" : "false", o->f);
}

void json_out_null(struct json_out *o)
{
	json_out_text(o, NULL);
}

void json_out_dec(struct json_out *o, struct dec v)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v);
	json_out_text(o, text);
}

void json_out_fact(struct json_out *o, const struct fact *f)
{
	if (f->known)
		json_out_dec(o, f->v);
	else
		json_out_null(o);
}

void json_out_instant(struct json_out *o, struct instant t)
{
	char text[INSTANT_TEXT_MAX];

	if (!instant_known(t)) {
		json_out_null(o);
		return;
	}
	instant_format(text, t);
	json_out_text(o, text);
}

/* ---- members ---- */

void json_put_text(struct json_out *o, const char *key, const char *s)
{
	json_out_key(o, key);
	json_out_text(o, s);
}

void json_put_maybe(struct json_out *o, const char *key, const char *s)
{
	json_put_text(o, key, s && s[0] ? s : NULL);
}

void json_put_int(struct json_out *o, const char *key, int64_t n)
{
	json_out_key(o, key);
	json_out_int(o, n);
}

void json_put_bool(struct json_out *o, const char *key, bool b)
{
	json_out_key(o, key);
	json_out_bool(o, b);
}

void json_put_dec(struct json_out *o, const char *key, struct dec v)
{
	json_out_key(o, key);
	json_out_dec(o, v);
}

void json_put_fact(struct json_out *o, const char *key, struct fact f)
{
	json_out_key(o, key);
	json_out_fact(o, &f);
}

void json_put_instant(struct json_out *o, const char *key, struct instant t)
{
	json_out_key(o, key);
	json_out_instant(o, t);
}
