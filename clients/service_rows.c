/* SPDX-License-Identifier: MIT */
/*
 * The walk over one answer and the readers of single values. Syntax is
 * judged for the whole answer, meaning row by row: a row is read on a copy of
 * the reader, and where its meaning fails it is passed by syntax alone.
 */
#include "service_rows.h"

#define ROWS_FIRST 64

struct row_walk {
	const struct row_shape *shape;
	const void *ctx;
	struct service_rows *out;
	struct arena *arena;
	char *mem;
	size_t cap;
};

static bool no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for an answer");
}

/*
 * Room for the rows of the whole answer, if the rest is like what was read;
 * memory that is taken is cleared, and what is not needed is not cheap.
 */
static size_t expected_rows(const struct row_walk *w, const struct json *j)
{
	size_t n = w->out->n, least = n + n / 4;
	size_t all = j->at.len / (j->at.pos / n + 1) + n / 16;

	if (all > w->shape->max)
		all = w->shape->max;
	return all > least ? all : least;
}

static bool make_room(struct row_walk *w, const struct json *j)
{
	size_t cap;

	if (w->out->n < w->cap)
		return true;
	cap = w->cap ? expected_rows(w, j) : ROWS_FIRST;
	w->mem = arena_grow(w->arena, w->mem, w->out->n, cap, w->shape->size);
	w->cap = cap;
	return w->mem || no_memory(j->err);
}

static void count_row(struct service_rows *out, enum taken taken,
		      const struct err *why)
{
	out->rows++;
	if (taken == ROW_TAKEN || taken == ROW_MARKED)
		out->n++;
	if (taken != ROW_MARKED && taken != ROW_BROKEN)
		return;
	if (!out->malformed++)
		out->first = *why;
}

/* Behind the row: where its reader got to, if it read the whole of it. */
static bool pass_row(struct json *j, const struct json *read)
{
	if (read->failed || read->depth != j->depth)
		return json_skip(j);
	j->at.pos = read->at.pos;
	return true;
}

static bool read_row(struct row_walk *w, struct json *j,
		     const struct json_key *key)
{
	struct err why;
	struct json fork = json_fork(j, &why);
	enum taken taken;

	why.kind = ERR_NONE;
	why.text[0] = '\0';
	if (w->out->rows == w->shape->max)
		return json_fail(j, "more than %zu rows", w->shape->max);
	if (!make_room(w, j)) {
		j->failed = true;
		return false;
	}
	taken = w->shape->read(w->mem + w->out->n * w->shape->size, &fork,
			       key, w->ctx);
	if (!pass_row(j, &fork))
		return false;
	count_row(w->out, taken, &why);
	return true;
}

static bool read_list(struct row_walk *w, struct json *j)
{
	struct json_key key = { 0 };

	if (!(w->shape->map ? json_object(j) : json_array(j)))
		return false;
	while (w->shape->map ? json_member(j, &key) : json_element(j))
		if (!read_row(w, j, &key))
			return false;
	return !j->failed;
}

static bool too_many_malformed(const struct service_rows *out,
			       struct err *err)
{
	if (out->malformed <= out->rows / 2)
		return false;
	err_set(err, ERR_DATA, "%u of %u rows malformed; first %s",
		out->malformed, out->rows, out->first.text);
	return true;
}

static bool walk(struct row_walk *w, struct json_text body, struct err *err)
{
	struct json j;
	uint32_t seen = 0;
	size_t which;

	json_init(&j, body.s, body.n, err);
	if (!make_room(w, &j) || !json_object(&j))
		return false;
	while (json_field(&j, &w->shape->list, 1, &seen, &which))
		if (!read_list(w, &j))
			return false;
	if (!json_finish(&j))
		return false;
	if (!seen)
		return json_fail(&j, "\"%s\" is missing", w->shape->list);
	return !too_many_malformed(w->out, err);
}

bool service_rows_read(struct service_rows *out, void **mem,
		       const struct row_shape *shape, const void *ctx,
		       struct json_text body, struct arena *arena,
		       struct err *err)
{
	struct row_walk w = {
		.shape = shape, .ctx = ctx, .out = out, .arena = arena
	};

	*out = (struct service_rows){ 0 };
	if (!walk(&w, body, err))
		return false;
	*mem = w.mem;
	return true;
}

bool row_complete(struct json *j, uint32_t seen, uint32_t need,
			 const char *const *names)
{
	uint32_t missing = need & ~seen;

	if (j->failed || !missing)
		return !j->failed;
	return json_fail(j, "\"%s\" is missing",
			 names[__builtin_ctz(missing)]);
}

static bool fits(const struct json_key *k)
{
	return k->n <= sizeof(k->s);
}

bool symbol_from_key(struct symbol *out, const struct json_key *k)
{
	return fits(k) && symbol_parse(out, k->s, k->n);
}

bool take_venue(struct json *j, struct venue *out)
{
	struct json_key k;

	if (!json_string(j, &k))
		return false;
	return (fits(&k) && venue_parse(out, k.s, k.n)) ||
	       json_fail(j, "not a venue name");
}

bool take_symbol(struct json *j, struct symbol *out)
{
	struct json_key k;

	if (!json_string(j, &k))
		return false;
	return symbol_from_key(out, &k) ||
	       json_fail(j, "not a symbol name");
}

static bool next_is_null(struct json *j)
{
	enum json_type type;

	return json_peek(j, &type) && type == JSON_NULL;
}

bool take_instant(struct json *j, struct instant *out)
{
	struct json_key k;

	if (!json_string(j, &k))
		return false;
	return (fits(&k) && instant_parse(out, k.s, k.n)) ||
	       json_fail(j, "not a timestamp");
}

bool take_instant_or_null(struct json *j, struct instant *out)
{
	return next_is_null(j) ? json_null(j) : take_instant(j, out);
}

static struct fact number_fact(struct json_text t)
{
	struct dec v;
	bool rounded;

	if (dec_parse(&v, t.s, t.n))
		return fact_known(v);
	if (dec_parse_rounded(&v, &rounded, t.s, t.n))
		return fact_unknown(WHY_INEXACT);
	return fact_unknown(WHY_OVERFLOW);
}

bool take_number(struct json *j, struct fact *out)
{
	struct json_text t;

	if (next_is_null(j)) {
		*out = fact_unknown(WHY_NULL_VALUE);
		return json_null(j);
	}
	if (!json_number(j, &t))
		return false;
	*out = number_fact(t);
	return true;
}

bool take_usd(struct json *j, struct fact *out)
{
	if (!take_number(j, out))
		return false;
	if (out->known && dec_sign(out->v) == 0)
		*out = fact_unknown(WHY_NULL_VALUE);
	else if (out->known && dec_sign(out->v) < 0)
		*out = fact_unknown(WHY_NOT_POSITIVE);
	return true;
}
