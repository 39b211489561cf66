/* SPDX-License-Identifier: MIT */
/*
 * The JSON reader: passing over a value and walking through it accept the
 * same texts; a key asked for is never taken twice; what was read and is
 * written again reads the same; nothing cut off or hung on is accepted.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_out.h"
#include "json_scan.h"
#include "text_safe.h"

#define PREFIXES_MAX 160	/* longer texts are cut at a few places only */
#define WRITE_DEPTH_MAX 30

static const char *const names[] = { "a", "b", "ab", "id", "rates" };
#define NAMES (sizeof(names) / sizeof(names[0]))

struct walk {
	struct fuzz_out digest;		/* of all that was read */
	struct json_out *out;		/* written again; NULL: not */
	int depth, deepest;
	bool nul;			/* some string holds U+0000 */
	bool twice;			/* a name twice, where it is asked for */
};

/* The whole of a string, decoded; the reader itself keeps 48 bytes. */
static char *decoded(struct walk *w, struct json_text raw, size_t *n)
{
	char *s = malloc(raw.n + 1);

	CHECK(s != NULL);
	*n = scan_decode(s, raw.n, raw.s, raw.n);
	CHECK(*n <= raw.n);
	s[*n] = '\0';
	w->nul |= strlen(s) != *n;
	for (size_t i = 0; i < *n; ) {
		uint32_t code;
		size_t len = s[i] ? text_decode(&code, s + i) : 1;

		CHECK(len > 0);		/* UTF-8, whatever stood there */
		i += len;
	}
	return s;
}

static void put_string(struct walk *w, struct json_text raw,
		       const struct json_key *seen, bool is_key)
{
	size_t n;
	char *s = decoded(w, raw, &n);

	CHECK(seen->n == n);
	CHECK(memcmp(seen->s, s, n < JSON_KEY_MAX ? n : JSON_KEY_MAX) == 0);
	fuzz_puts(&w->digest, is_key ? "k" : "s");
	fuzz_put(&w->digest, s, n + 1);
	if (w->out && is_key)
		json_out_key(w->out, s);
	else if (w->out)
		json_out_text(w->out, s);
	free(s);
}

static bool walk_value(struct walk *w, struct json *j, bool asked);

static void enter(struct walk *w, char bracket)
{
	w->depth++;
	if (w->depth > w->deepest)
		w->deepest = w->depth;
	CHECK(w->depth <= JSON_DEPTH_MAX);
	fuzz_put(&w->digest, &bracket, 1);
	if (w->out)
		json_out_open(w->out, bracket);
}

static void leave(struct walk *w, char bracket)
{
	w->depth--;
	fuzz_put(&w->digest, &bracket, 1);
	if (w->out)
		json_out_close(w->out, bracket);
}

static size_t name_of(const struct json_key *key)
{
	size_t i = 0;

	while (i < NAMES && (key->n != strlen(names[i]) ||
			     memcmp(key->s, names[i], key->n) != 0))
		i++;
	return i;
}

static bool walk_object(struct walk *w, struct json *j, bool asked)
{
	unsigned seen = 0;
	struct json_key key;

	if (!json_object(j))
		return false;
	enter(w, '{');
	while (json_member(j, &key)) {
		size_t i = name_of(&key);
		bool here = asked && i < NAMES;

		put_string(w, j->path[j->depth - 1].key, &key, true);
		w->twice |= here && (seen & 1u << i);
		seen |= 1u << i;
		if (!walk_value(w, j, here))
			return false;
	}
	leave(w, '}');
	return !j->failed;
}

static bool walk_array(struct walk *w, struct json *j, bool asked)
{
	if (!json_array(j))
		return false;
	enter(w, '[');
	while (json_element(j))
		if (!walk_value(w, j, asked))
			return false;
	leave(w, ']');
	return !j->failed;
}

/* Written again, a number is the text of its decimal. */
static bool walk_number(struct walk *w, struct json *j)
{
	char text[DEC_TEXT_MAX], *raw;
	struct json_text t;
	struct dec v;

	if (!json_number(j, &t))
		return false;
	fuzz_puts(&w->digest, "s");
	if (dec_parse(&v, t.s, t.n)) {
		dec_format(text, v);
		fuzz_put(&w->digest, text, strlen(text) + 1);
		if (w->out)
			json_out_dec(w->out, v);
		return true;
	}
	raw = malloc(t.n + 1);
	CHECK(raw != NULL);
	memcpy(raw, t.s, t.n);
	raw[t.n] = '\0';
	fuzz_put(&w->digest, raw, t.n + 1);
	if (w->out)
		json_out_text(w->out, raw);
	free(raw);
	return true;
}

static bool walk_string(struct walk *w, struct json *j)
{
	size_t start = j->at.pos + 1;	/* the type was looked at already */
	struct json_key text;

	if (!json_string(j, &text))
		return false;
	put_string(w, (struct json_text){ j->at.s + start,
					  j->at.pos - 1 - start }, &text, false);
	return true;
}

static bool walk_bool(struct walk *w, struct json *j)
{
	bool b;

	if (!json_bool(j, &b))
		return false;
	fuzz_puts(&w->digest, b ? "t" : "f");
	if (w->out)
		json_out_bool(w->out, b);
	return true;
}

static bool walk_value(struct walk *w, struct json *j, bool asked)
{
	enum json_type type;

	if (!json_peek(j, &type))
		return false;
	switch (type) {
	case JSON_OBJECT:	return walk_object(w, j, asked);
	case JSON_ARRAY:	return walk_array(w, j, asked);
	case JSON_NUMBER:	return walk_number(w, j);
	case JSON_STRING:	return walk_string(w, j);
	case JSON_BOOL:		return walk_bool(w, j);
	case JSON_NULL:		break;
	}
	if (!json_null(j))
		return false;
	fuzz_puts(&w->digest, "n");
	if (w->out)
		json_out_null(w->out);
	return true;
}

/* ---- three ways through one text ---- */

static bool passed(const char *s, size_t n, struct err *err)
{
	struct json j;

	json_init(&j, s, n, err);
	return json_skip(&j) && json_finish(&j);
}

static bool walked(struct walk *w, const char *s, size_t n, struct err *err)
{
	struct json j;

	json_init(&j, s, n, err);
	return walk_value(w, &j, true) && json_finish(&j);
}

static bool fields(struct json *j)
{
	enum json_type type;
	uint32_t seen = 0;
	size_t which;

	if (!json_peek(j, &type))
		return false;
	if (type == JSON_ARRAY) {
		if (!json_array(j))
			return false;
		while (json_element(j))
			if (!fields(j))
				return false;
		return !j->failed;
	}
	if (type != JSON_OBJECT)
		return json_skip(j);
	if (!json_object(j))
		return false;
	while (json_field(j, names, NAMES, &seen, &which)) {
		CHECK(which < NAMES && (seen & 1u << which));
		if (!fields(j))
			return false;
	}
	return !j->failed;
}

static bool asked_for(const char *s, size_t n, struct err *err)
{
	struct json j;

	json_init(&j, s, n, err);
	return fields(&j) && json_finish(&j);
}

/* ---- promises ---- */

static void check_refusal(const struct err *err, size_t n)
{
	const char *at = strstr(err->text, " (byte ");

	fuzz_check_refusal(err, ERR_DATA);
	CHECK(err->text[0] == '$' && at);
	CHECK(strtoul(at + 7, NULL, 10) <= n);
	for (const char *s = err->text; *s; s++)
		CHECK(*s >= ' ' && *s < 0x7f);
}

/* Only of a number something may be left out: its end is not seen. */
static void check_cut(const char *s, size_t n)
{
	size_t step = n > PREFIXES_MAX ? n / 7 : 1, last = n;

	while (last > 0 && memchr(" \t\r\n", s[last - 1], 4))
		last--;
	if (last == 0 || !memchr("]}\"el", s[last - 1], 5))
		return;
	for (size_t i = 0; i < last; i += step) {
		char *cut = malloc(i ? i : 1);

		CHECK(cut != NULL);
		memcpy(cut, s, i);
		CHECK(!passed(cut, i, NULL));
		free(cut);
	}
}

static void check_tail(const char *s, size_t n)
{
	static const char tails[] = { ',', ']', '}', 'x', '"', '{', '\0' };
	char *longer = malloc(n + 2);

	CHECK(longer != NULL);
	memcpy(longer, s, n);
	longer[n] = '\n';
	CHECK(passed(longer, n + 1, NULL));
	for (size_t i = 0; i < sizeof(tails); i++) {
		longer[n + 1] = tails[i];
		CHECK(!passed(longer, n + 2, NULL));
	}
	free(longer);
}

static void check_written(struct walk *first, const char *s, size_t n)
{
	struct walk second = { .digest = { NULL, 0, 0 } };
	struct json_out out;
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (first->nul || first->deepest > WRITE_DEPTH_MAX)
		return;
	f = open_memstream(&text, &len);
	CHECK(f != NULL);
	out = json_out_to(f, n % 2);
	first->out = &out;
	first->digest.n = 0;
	CHECK(walked(first, s, n, NULL));
	fclose(f);
	CHECK(walked(&second, text, len, NULL));
	CHECK(first->digest.n == second.digest.n);
	CHECK(memcmp(first->digest.s, second.digest.s, second.digest.n) == 0);
	free(second.digest.s);
	free(text);
}

FUZZ_TARGET(json)
{
	struct err err = { ERR_NONE, "" }, again = { ERR_NONE, "" };
	struct walk w = { .digest = { NULL, 0, 0 } };
	bool ok = passed(s, n, &err), good;

	CHECK(walked(&w, s, n, &again) == ok);
	if (ok) {
		check_cut(s, n);
		check_tail(s, n);
		check_written(&w, s, n);
	} else {
		check_refusal(&err, n);
		check_refusal(&again, n);
	}
	good = asked_for(s, n, &again);
	CHECK(good == (ok && !w.twice));
	if (!good)
		check_refusal(&again, n);
	free(w.digest.s);
	return good;
}
