/* SPDX-License-Identifier: MIT */
/*
 * Pull reader: keeps the place in the open containers, so that a refusal
 * names it ("$.rates.BTC.funding_rate"). Syntax itself is json_scan.c.
 */
#include "json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PATH_TEXT_MAX 200
#define PATH_KEY_MAX 24		/* longer keys are cut in messages */

void json_init(struct json *j, const char *s, size_t n, struct err *err)
{
	*j = (struct json){ .at = { .s = s, .len = n }, .err = err };
}

struct json json_fork(const struct json *j, struct err *err)
{
	struct json fork;

	/* Most of it is room for containers that are not open. */
	memcpy(&fork, j, offsetof(struct json, path) +
			 (size_t)j->depth * sizeof(*j->path));
	fork.err = err;
	return fork;
}

struct path_text {
	char s[PATH_TEXT_MAX];
	size_t n;
};

static void path_put(struct path_text *p, char c)
{
	if (p->n + 1 < sizeof(p->s))
		p->s[p->n++] = c;
}

/* Keys are foreign text: what could disturb a screen or a log becomes '?'. */
static void path_key(struct path_text *p, struct json_text key)
{
	path_put(p, '.');
	for (size_t i = 0; i < key.n && i < PATH_KEY_MAX; i++) {
		char c = key.s[i];

		path_put(p, c > ' ' && c < 0x7f && c != '\\' ? c : '?');
	}
}

static void path_index(struct path_text *p, uint32_t count)
{
	char num[16];

	snprintf(num, sizeof(num), "[%u]", count ? count - 1 : 0);
	for (const char *s = num; *s; s++)
		path_put(p, *s);
}

static void path_format(struct path_text *p, const struct json *j)
{
	p->n = 0;
	path_put(p, '$');
	for (int i = 0; i < j->depth; i++) {
		const struct json_step *step = &j->path[i];

		if (!step->object)
			path_index(p, step->count);
		else if (step->key.s)
			path_key(p, step->key);
	}
	p->s[p->n] = '\0';
}

bool json_fail(struct json *j, const char *fmt, ...)
{
	struct path_text path;
	char what[160];
	va_list ap;

	if (j->failed)
		return false;
	j->failed = true;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	path_format(&path, j);
	return err_set(j->err, ERR_DATA, "%s: %s (byte %zu)", path.s, what,
		       j->at.pos);
}

static bool scanned(struct json *j, bool ok)
{
	if (!ok)
		json_fail(j, "%s", j->at.why);
	return ok;
}

static bool take_char(struct json *j, char c, const char *why)
{
	return scanned(j, scan_char(&j->at, c, why));
}

bool json_finish(struct json *j)
{
	assert(j->failed || j->depth == 0);
	if (j->failed)
		return false;
	if (scan_next(&j->at) >= 0)
		return json_fail(j, "data after the value");
	return true;
}

bool json_peek(struct json *j, enum json_type *out)
{
	int c = j->failed ? -1 : scan_next(&j->at);

	if (c == '-' || (c >= '0' && c <= '9'))
		*out = JSON_NUMBER;
	else if (c == '"')
		*out = JSON_STRING;
	else if (c == '{')
		*out = JSON_OBJECT;
	else if (c == '[')
		*out = JSON_ARRAY;
	else if (c == 't' || c == 'f')
		*out = JSON_BOOL;
	else if (c == 'n')
		*out = JSON_NULL;
	else
		return json_fail(j, c < 0 ? "the text ends too early" :
				 "a value is missing");
	return true;
}

static const char *const type_names[] = {
	[JSON_NULL] = "null", [JSON_BOOL] = "true or false",
	[JSON_NUMBER] = "a number", [JSON_STRING] = "a string",
	[JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object",
};

static bool want(struct json *j, enum json_type type)
{
	enum json_type found;

	if (!json_peek(j, &found))
		return false;
	if (found == type)
		return true;
	return json_fail(j, "%s is wanted here, not %s", type_names[type],
			 type_names[found]);
}

static bool take_word(struct json *j, const char *word)
{
	return scanned(j, scan_word(&j->at, word));
}

bool json_null(struct json *j)
{
	return want(j, JSON_NULL) && take_word(j, "null");
}

bool json_bool(struct json *j, bool *out)
{
	bool yes;

	if (!want(j, JSON_BOOL))
		return false;
	yes = j->at.s[j->at.pos] == 't';
	if (!take_word(j, yes ? "true" : "false"))
		return false;
	*out = yes;
	return true;
}

/* What was passed since, but for its quotes. */
static struct json_text since(const struct json *j, size_t start, size_t quote)
{
	return (struct json_text){ j->at.s + start + quote,
				   j->at.pos - start - 2 * quote };
}

bool json_number(struct json *j, struct json_text *out)
{
	size_t start;

	if (!want(j, JSON_NUMBER))
		return false;
	start = j->at.pos;
	if (!scanned(j, scan_number(&j->at)))
		return false;
	*out = since(j, start, 0);
	return true;
}

/* A string as it stands between its quotes. */
static bool take_raw(struct json *j, struct json_text *out)
{
	size_t start;

	scan_next(&j->at);
	start = j->at.pos;
	if (!scanned(j, scan_string(&j->at)))
		return false;
	*out = since(j, start, 1);
	return true;
}

/* Of the string just passed. Names and times hold no escapes. */
static void decode(struct json_key *out, const struct json *j,
		   struct json_text raw)
{
	const size_t cap = sizeof(out->s);

	out->n = raw.n;
	if (j->at.escapes)
		out->n = scan_decode(out->s, cap, raw.s, raw.n);
	else
		memcpy(out->s, raw.s, raw.n < cap ? raw.n : cap);
}

bool json_string(struct json *j, struct json_key *out)
{
	struct json_text raw;

	if (!want(j, JSON_STRING) || !take_raw(j, &raw))
		return false;
	decode(out, j, raw);
	return true;
}

static bool enter(struct json *j, enum json_type type)
{
	if (!want(j, type))
		return false;
	if (j->depth == JSON_DEPTH_MAX)
		return json_fail(j, "nested too deeply");
	j->at.pos++;
	j->path[j->depth++] = (struct json_step){
		.object = type == JSON_OBJECT
	};
	return true;
}

bool json_object(struct json *j)
{
	return enter(j, JSON_OBJECT);
}

bool json_array(struct json *j)
{
	return enter(j, JSON_ARRAY);
}

bool json_skip(struct json *j)
{
	return !j->failed &&
	       scanned(j, scan_value(&j->at, JSON_DEPTH_MAX - j->depth));
}

/* To the next member or element; false when the container ends here. */
static bool advance(struct json *j, char close)
{
	struct json_step *step = &j->path[j->depth - 1];

	assert(step->object == (close == '}'));
	if (scan_next(&j->at) == close) {
		j->at.pos++;
		j->depth--;
		return false;
	}
	if (step->count && !take_char(j, ',', "',' or the end is missing"))
		return false;
	step->count++;
	return true;
}

bool json_element(struct json *j)
{
	return !j->failed && advance(j, ']');
}

static bool take_key(struct json *j, struct json_text *raw)
{
	if (!take_raw(j, raw))
		return false;
	j->path[j->depth - 1].key = *raw;
	return take_char(j, ':', "':' is missing");
}

bool json_member(struct json *j, struct json_key *key)
{
	struct json_text raw;

	if (j->failed || !advance(j, '}') || !take_key(j, &raw))
		return false;
	decode(key, j, raw);
	return true;
}

static size_t find_name(const struct json_key *key, const char *const *names,
			size_t n)
{
	for (size_t i = 0; i < n && key->n > 0; i++)
		if (key->s[0] == names[i][0] && key->n == strlen(names[i]) &&
		    memcmp(key->s, names[i], key->n) == 0)
			return i;
	return n;
}

bool json_field(struct json *j, const char *const *names, size_t n,
		uint32_t *seen, size_t *which)
{
	struct json_key key;

	while (json_member(j, &key)) {
		size_t i = find_name(&key, names, n);

		if (i == n) {
			if (!json_skip(j))
				return false;
			continue;
		}
		if (*seen & 1u << i)
			return json_fail(j, "this key stands here twice");
		*seen |= 1u << i;
		*which = i;
		return true;
	}
	return false;
}
