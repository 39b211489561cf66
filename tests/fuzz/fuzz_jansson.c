/* SPDX-License-Identifier: MIT */
/*
 * The JSON reader beside jansson, a parser that was not written here: both
 * take the same texts and read the same of them. They may differ in
 *   depth: ours ends at 32, jansson at 2048;
 *   numbers: ours are exact texts of any size, jansson has 64-bit integers
 *   and reals up to 1e308 (compared to 15 digits);
 *   U+0000 in a key, which jansson refuses;
 *   a byte of zero behind a number, which jansson passes over;
 *   a key twice: ours refuses it of those that are asked for, jansson of all;
 *   here every key counts as asked for.
 */
#define json_null carrywatch_json_null
#define json_string carrywatch_json_string
#define json_object carrywatch_json_object
#define json_array carrywatch_json_array
#include "json.c"
#include "json_decode.c"
#include "json_scan.c"

#include <stdlib.h>

#include "jansson_side.h"

struct walk {
	struct fuzz_out told;
	bool twice, nul_key;
};

static char *whole(struct json_text raw, size_t *n)
{
	char *s = malloc(raw.n + 1);

	CHECK(s != NULL);
	*n = scan_decode(s, raw.n, raw.s, raw.n);
	CHECK(*n <= raw.n);
	s[*n] = '\0';
	return s;
}

static void tell_text(struct walk *w, const char *kind, struct json_text raw)
{
	size_t n;
	char *s = whole(raw, &n);

	fuzz_puts(&w->told, kind);
	fuzz_put(&w->told, s, n + 1);
	w->nul_key |= *kind == 'k' && strlen(s) != n;
	free(s);
}

static bool walk(struct walk *w, struct json *j);

struct names {
	char *s;
	size_t n;
	struct names *next;
};

static void free_names(struct names *names)
{
	while (names) {
		struct names *next = names->next;

		free(names->s);
		free(names);
		names = next;
	}
}

static void note_name(struct walk *w, struct names **names,
		      struct json_text raw)
{
	struct names *name = malloc(sizeof(*name));

	CHECK(name != NULL);
	name->s = whole(raw, &name->n);
	name->next = *names;
	for (struct names *x = *names; x; x = x->next)
		w->twice |= x->n == name->n &&
			    memcmp(x->s, name->s, x->n) == 0;
	*names = name;
}

static bool walk_object(struct walk *w, struct json *j)
{
	struct names *names = NULL;
	struct json_key key;

	if (!json_object(j))
		return false;
	fuzz_puts(&w->told, "{");
	while (json_member(j, &key)) {
		note_name(w, &names, j->path[j->depth - 1].key);
		tell_text(w, "k", j->path[j->depth - 1].key);
		if (!walk(w, j))
			break;
	}
	free_names(names);
	fuzz_puts(&w->told, "}");
	return !j->failed;
}

static bool walk_array(struct walk *w, struct json *j)
{
	if (!json_array(j))
		return false;
	fuzz_puts(&w->told, "[");
	while (json_element(j))
		if (!walk(w, j))
			break;
	fuzz_puts(&w->told, "]");
	return !j->failed;
}

static bool walk_scalar(struct walk *w, struct json *j, enum json_type type)
{
	size_t start = j->at.pos;
	struct json_key text;
	struct json_text t;
	bool b;

	if (type == JSON_NUMBER) {
		if (!json_number(j, &t))
			return false;
		fuzz_puts(&w->told, "#");
		fuzz_put(&w->told, t.s, t.n);
		fuzz_put(&w->told, "", 1);
		return true;
	}
	if (type == JSON_STRING) {
		if (!json_string(j, &text))
			return false;
		tell_text(w, "s", (struct json_text){ j->at.s + start + 1,
						      j->at.pos - start - 2 });
		return true;
	}
	if (type == JSON_BOOL) {
		if (!json_bool(j, &b))
			return false;
		fuzz_puts(&w->told, b ? "t" : "f");
		return true;
	}
	fuzz_puts(&w->told, "n");
	return json_null(j);
}

static bool walk(struct walk *w, struct json *j)
{
	enum json_type type;

	if (!json_peek(j, &type))
		return false;
	if (type == JSON_OBJECT)
		return walk_object(w, j);
	if (type == JSON_ARRAY)
		return walk_array(w, j);
	return walk_scalar(w, j, type);
}

/* ---- the same? ---- */

/* To 15 digits; what we cannot hold, or jansson cannot tell from 0, passes. */
static void check_number(const char *ours, const char *theirs)
{
	struct dec a, b, off, room = dec_lit("0.000000000000000002");
	bool r;

	if (!dec_parse_rounded(&a, &r, ours, strlen(ours)) ||
	    !dec_parse_rounded(&b, &r, theirs, strlen(theirs)))
		return;
	CHECK(dec_sub(&off, a, b));
	if (dec_mul(&b, dec_abs(a), dec_lit("0.000000000000001")))
		CHECK(dec_add(&room, room, b));
	CHECK(dec_cmp(dec_abs(off), room) <= 0);
}

/* Behind a kind that has a text: its length with the NUL. */
static size_t text_at(const struct fuzz_out *o, size_t i)
{
	const char *end = memchr(o->s + i, '\0', o->n - i);

	CHECK(end != NULL);
	return (size_t)(end - (o->s + i)) + 1;
}

static void check_told(const struct fuzz_out *a, const struct fuzz_out *b)
{
	size_t i = 0, k = 0;

	while (i < a->n && k < b->n) {
		CHECK(a->s[i] == b->s[k]);
		if (a->s[i] == '#') {
			check_number(a->s + i + 1, b->s + k + 1);
			i += text_at(a, i + 1);
			k += text_at(b, k + 1);
		}
		i++;
		k++;
	}
	CHECK(i == a->n && k == b->n);
}

static const char *missing(void)
{
	return side_is_here() ? NULL : "jansson is not here";
}

FUZZ_TARGET_ON(jansson, "json", missing)
{
	struct fuzz_out theirs = { NULL, 0, 0 };
	struct walk w = { .twice = false };
	struct err err = { ERR_NONE, "" };
	enum side_verdict side;
	struct json j;
	bool ok;

	if (!side_is_here())
		return false;
	json_init(&j, s, n, &err);
	ok = walk(&w, &j) && json_finish(&j);
	side = side_read(&theirs, s, n);
	if (strstr(err.text, "nested too deeply") ||
	    (side == SIDE_TAKEN && n > 0 && memchr(s, '\0', n))) {
		CHECK(!ok);
	} else if (ok && side != SIDE_RANGE && side != SIDE_NUL_KEY) {
		CHECK((side == SIDE_TWICE) == w.twice);
		CHECK(w.twice || side == SIDE_TAKEN);
	} else {
		CHECK(ok == (side != SIDE_REFUSED) || side == SIDE_RANGE ||
		      side == SIDE_NUL_KEY);
		CHECK(!ok || side != SIDE_NUL_KEY || w.nul_key);
	}
	if (ok && side == SIDE_TAKEN)
		check_told(&w.told, &theirs);
	free(w.told.s);
	free(theirs.s);
	return ok && !w.twice;
}
