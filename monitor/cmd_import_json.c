/* SPDX-License-Identifier: MIT */
/* JSON lines: one object per line, keys of a form (cmd_import.h). */
#include "cmd_import_file.h"

#include <string.h>

#include "json.h"
#include "json_scan.h"

/* One line being read. */
struct json_line {
	struct import *im;
	const char *s;
	size_t n;
	struct import_row *row;
	struct err *err;
};

static struct import_place place(const struct json_line *l, const char *at)
{
	return (struct import_place){ l->im->line, import_column(l->s, at) };
}

/* What the reader says, without its own "(byte 17)". */
static bool syntax(const struct json_line *l, const struct json *j,
		   const struct err *why)
{
	const char *byte = strstr(why->text, " (byte ");
	int n = (int)(byte ? (size_t)(byte - why->text) : strlen(why->text));

	return import_fail(l->im, place(l, l->s + j->at.pos), l->err, "%.*s", n,
			   why->text);
}

/* A string of any length, between its quotes. */
static bool take_string(const struct json_line *l, struct import_cell *c,
			const char *raw, size_t n)
{
	char *buf = arena_alloc(l->im->arena, n + 1);

	if (!buf)
		return err_set(l->err, ERR_MEMORY, "no memory");
	c->n = scan_decode(buf, n, raw, n);
	c->s = buf;
	return true;
}

static bool take_value(const struct json_line *l, struct json *j,
		       struct import_cell *c, const struct err *why)
{
	enum json_type type;
	const char *start;

	if (!json_peek(j, &type))
		return syntax(l, j, why);
	start = l->s + j->at.pos;
	c->at = place(l, start);
	if (type == JSON_ARRAY || type == JSON_OBJECT || type == JSON_BOOL)
		return import_fail(l->im, c->at, l->err, "a text or a number "
				   "is wanted here");
	if (!json_skip(j))
		return syntax(l, j, why);
	if (type == JSON_NULL)
		return true;		/* the same as absent */
	c->number = type == JSON_NUMBER;
	c->s = start;
	c->n = (size_t)(l->s + j->at.pos - start);
	return c->number || take_string(l, c, start + 1, c->n - 2);
}

static bool take_member(const struct json_line *l, struct json *j,
			const struct json_key *key, const char *at,
			const struct err *why)
{
	size_t n = key->n < JSON_KEY_MAX ? key->n : JSON_KEY_MAX;
	int none = l->im->form->n_keys, k = import_find(l->im, key->s, n);
	struct import_cell *c = &l->row->cell[k < none ? k : 0];

	if (k == none || key->n != n) {
		if (!import_foreign(l->im, place(l, at), key->s, n, l->err))
			return false;
		return json_skip(j) || syntax(l, j, why);
	}
	if (c->at.line)
		return import_fail(l->im, place(l, at), l->err, "%s stands "
				   "here twice", l->im->form->keys[k]);
	return take_value(l, j, c, why);
}

/* Where the next key starts: behind blanks and a comma. */
static const char *key_at(const struct json_line *l, const struct json *j)
{
	size_t i = j->at.pos;

	while (i < l->n && strchr(" \t\r,", l->s[i]) && l->s[i])
		i++;
	return l->s + i;
}

static bool read_line(const struct json_line *l)
{
	struct err why = { ERR_NONE, "" };
	struct json_key key;
	struct json j;
	const char *at;

	json_init(&j, l->s, l->n, &why);
	if (!json_object(&j))
		return syntax(l, &j, &why);
	l->row->at = place(l, l->s + j.at.pos - 1);
	for (at = key_at(l, &j); json_member(&j, &key); at = key_at(l, &j))
		if (!take_member(l, &j, &key, at, &why))
			return false;
	if (j.failed || !json_finish(&j))
		return syntax(l, &j, &why);
	return true;
}

static bool is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

bool import_json_row(struct import *im, struct import_row *row,
		     struct err *err)
{
	*row = (struct import_row){ .at = { 0, 0 } };
	err->kind = ERR_NONE;
	while (im->pos < im->n) {
		const char *s = im->text + im->pos;
		const char *end = memchr(s, '\n', im->n - im->pos);
		size_t n = end ? (size_t)(end - s) : im->n - im->pos;

		im->pos += n + (end != NULL);
		im->line++;
		if (!is_blank(s, n)) {
			struct json_line l = { im, s, n, row, err };

			return read_line(&l);
		}
	}
	return false;
}
