/* SPDX-License-Identifier: MIT */
/*
 * Verdicts of an evidence blob, position by position. A row says only what
 * differs from the same position's row in the view before; its streaks are
 * evidence_slots.c.
 */
#include "evidence_parts.h"

#include <string.h>

#define ROWS_MAX	((size_t)1 << 17)

/* Flag byte of a row. */
enum {
	ROW_ACTION = 3, ROW_NEW_DATA = 4, ROW_DECIDING = 8, ROW_VERDICTS = 16,
	ROW_MISSING = 32, ROW_SLOTS = 64, ROW_N_SLOTS = 128
};

/* The label last seen with each deciding line (-1 first) in this view. */
struct labels {
	struct label by_line[LINES_MAX + 1];
};

static const struct evidence_row nothing = { .line = -1 };

bool evidence_same_rows(const struct evidence_view *a,
			const struct evidence_view *b)
{
	if (a->n_rows != b->n_rows)
		return false;
	for (size_t i = 0; i < a->n_rows; i++)
		if (a->rows[i].position != b->rows[i].position)
			return false;
	return true;
}

static const struct evidence_row *row_before(const struct evidence_view *v,
					     size_t *at, int64_t position)
{
	while (v && *at < v->n_rows && v->rows[*at].position < position)
		(*at)++;
	if (v && *at < v->n_rows && v->rows[*at].position == position)
		return &v->rows[*at];
	return &nothing;
}

/* ---- what the reader expects ---- */

static struct label expected_label(const struct labels *l,
				   const struct evidence_row *base, int line)
{
	return base->line == line ? base->label : l->by_line[line + 1];
}

/* The missing input of an UNKNOWN line; others have none. */
static struct finding expected_finding(const struct evidence_row *base, int i,
				       enum verdict verdict)
{
	if (verdict == VERDICT_UNKNOWN && i < base->n_lines &&
	    base->finding[i].verdict == VERDICT_UNKNOWN)
		return base->finding[i];
	return (struct finding){ verdict, FACT_COUNT, WHY_KNOWN };
}

static bool same_label(struct label a, struct label b)
{
	return strcmp(a.s, b.s) == 0;
}

/* ---- writing ---- */

static bool verdicts_differ(const struct evidence_row *r,
			    const struct evidence_row *base)
{
	if (r->n_lines != base->n_lines)
		return true;
	for (int i = 0; i < r->n_lines; i++)
		if (r->finding[i].verdict != base->finding[i].verdict)
			return true;
	return false;
}

static bool missing_differs(const struct evidence_row *r,
			    const struct evidence_row *base)
{
	for (int i = 0; i < r->n_lines; i++) {
		struct finding f = r->finding[i];
		struct finding e = expected_finding(base, i, f.verdict);

		if (f.verdict == VERDICT_UNKNOWN &&
		    (f.missing != e.missing || f.why != e.why))
			return true;
	}
	return false;
}

static unsigned row_flags(const struct evidence_row *r,
			  const struct evidence_row *base)
{
	unsigned f = (unsigned)r->action;

	if (r->new_data)
		f |= ROW_NEW_DATA;
	if (r->line != base->line || !same_label(r->label, base->label))
		f |= ROW_DECIDING;
	if (verdicts_differ(r, base))
		f |= ROW_VERDICTS;
	if (missing_differs(r, base))
		f |= ROW_MISSING;
	if (evidence_slots_differ(r, base))
		f |= ROW_SLOTS;
	if (r->n_slots != base->n_slots)
		f |= ROW_N_SLOTS;
	return f;
}

static void put_deciding(struct evidence_out *o, const struct evidence_row *r,
			 const struct evidence_row *base,
			 const struct labels *l)
{
	bool text = !same_label(r->label, expected_label(l, base, r->line));

	evidence_put_uint(o, (unsigned)(r->line + 1) << 1 | text);
	if (text)
		evidence_put_name(o, r->label.s);
}

static void put_verdicts(struct evidence_out *o, const struct evidence_row *r)
{
	unsigned char v[LINES_MAX];

	for (int i = 0; i < r->n_lines; i++)
		v[i] = (unsigned char)r->finding[i].verdict;
	evidence_put_uint(o, (unsigned)r->n_lines);
	evidence_put_pairs(o, v, r->n_lines);
}

static void put_missing(struct evidence_out *o, const struct evidence_row *r)
{
	for (int i = 0; i < r->n_lines; i++) {
		if (r->finding[i].verdict != VERDICT_UNKNOWN)
			continue;
		evidence_put_u8(o, r->finding[i].missing);
		evidence_put_u8(o, r->finding[i].why);
	}
}

static void put_row(struct evidence_out *o, const struct evidence_row *r,
		    const struct evidence_row *base, struct labels *l,
		    struct instant at)
{
	unsigned f = row_flags(r, base);

	evidence_put_u8(o, f);
	if (f & ROW_DECIDING)
		put_deciding(o, r, base, l);
	l->by_line[r->line + 1] = r->label;
	if (f & ROW_VERDICTS)
		put_verdicts(o, r);
	if (f & ROW_MISSING)
		put_missing(o, r);
	if (f & ROW_N_SLOTS)
		evidence_put_uint(o, (unsigned)r->n_slots);
	if (f & ROW_SLOTS)
		evidence_put_slots(o, r, base, at);
}

static bool row_in_range(const struct evidence_row *r, int64_t after)
{
	return r->position > after && r->line >= -1 && r->line < LINES_MAX &&
	       r->n_lines >= 0 && r->n_lines <= LINES_MAX &&
	       r->n_slots >= 0 && r->n_slots <= SLOTS_MAX;
}

static void put_ids(struct evidence_out *o, const struct evidence_view *now)
{
	int64_t last = 0;

	evidence_put_uint(o, now->n_rows);
	for (size_t i = 0; i < now->n_rows; i++) {
		evidence_put_uint(o, (uint64_t)(now->rows[i].position - last));
		last = now->rows[i].position;
	}
}

void evidence_put_rows(struct evidence_out *o, const struct evidence_view *now,
		       const struct evidence_view *before, bool same)
{
	struct labels l = { { { "" } } };
	int64_t last = 0;
	size_t at = 0;

	if (now->n_rows > ROWS_MAX)
		o->failed = true;
	if (!same)
		put_ids(o, now);
	for (size_t i = 0; i < now->n_rows && !o->failed; i++) {
		const struct evidence_row *r = &now->rows[i];

		if (!row_in_range(r, last)) {
			o->failed = true;
			return;
		}
		put_row(o, r, row_before(before, &at, r->position), &l,
			now->at);
		last = r->position;
	}
}

/* ---- reading ---- */

struct label evidence_get_label(struct evidence_in *in)
{
	char text[LABEL_TEXT_MAX];
	size_t n = evidence_get_name(in, text, sizeof(text));
	struct label l = { "" };

	if (n > 0 && !label_parse(&l, text, n))
		in->failed = true;
	return l;
}

/* *r is the row before, as far as nothing new is said of it. */
static void get_deciding(struct evidence_in *in, struct evidence_row *r,
			 const struct labels *l)
{
	uint64_t u = evidence_get_uint(in);
	int line;

	if (u >> 1 > LINES_MAX) {
		in->failed = true;
		return;
	}
	line = (int)(u >> 1) - 1;
	r->label = u & 1 ? evidence_get_label(in) : expected_label(l, r, line);
	r->line = line;
}

/* A number of things that are packed: four may share a byte. */
static int get_small(struct evidence_in *in, int max)
{
	uint64_t n = evidence_get_uint(in);

	if (n > (uint64_t)max)
		in->failed = true;
	return in->failed ? 0 : (int)n;
}

static void get_verdicts(struct evidence_in *in, struct evidence_row *r)
{
	int n = get_small(in, LINES_MAX);
	unsigned char v[LINES_MAX];

	evidence_get_pairs(in, v, n);
	for (int i = 0; i < n && !in->failed; i++) {
		if (v[i] > VERDICT_UNKNOWN)
			in->failed = true;
		else
			r->finding[i] = expected_finding(r, i,
							 (enum verdict)v[i]);
	}
	r->n_lines = n;
}

static void get_missing(struct evidence_in *in, struct finding *f)
{
	unsigned missing = evidence_get_u8(in), why = evidence_get_u8(in);

	if (missing > FACT_COUNT || why >= WHY_COUNT) {
		in->failed = true;
		return;
	}
	f->missing = (enum fact_id)missing;
	f->why = (enum why)why;
}

static void get_n_slots(struct evidence_in *in, struct evidence_row *r)
{
	int n = get_small(in, SLOTS_MAX);

	while (r->n_slots < n)
		r->slot[r->n_slots++] = STREAK_NONE;
	r->n_slots = n;
}

static void get_row(struct evidence_in *in, struct evidence_row *r,
		    struct labels *l, struct instant at)
{
	unsigned f = evidence_get_u8(in);

	if ((f & ROW_ACTION) > ACTION_CLOSE)
		in->failed = true;
	r->action = (enum action)(f & ROW_ACTION);
	r->new_data = f & ROW_NEW_DATA;
	r->memory = NULL;
	r->held = NULL;
	if (f & ROW_DECIDING)
		get_deciding(in, r, l);
	if (in->failed)
		return;
	l->by_line[r->line + 1] = r->label;
	if (f & ROW_VERDICTS)
		get_verdicts(in, r);
	if (f & ROW_MISSING)
		for (int i = 0; i < r->n_lines && !in->failed; i++)
			if (r->finding[i].verdict == VERDICT_UNKNOWN)
				get_missing(in, &r->finding[i]);
	if (f & ROW_N_SLOTS)
		get_n_slots(in, r);
	if (f & ROW_SLOTS)
		evidence_get_slots(in, r, at);
}

static void get_ids(struct evidence_in *in, struct evidence_view *now)
{
	uint64_t id = 0;

	for (size_t i = 0; i < now->n_rows; i++) {
		uint64_t step = evidence_get_uint(in);	/* 0: or failed */

		if (step == 0 || step > INT64_MAX - id) {
			in->failed = true;
			return;
		}
		id += step;
		now->rows[i].position = (int64_t)id;
	}
}

/* All of the row before but what every row says anew. */
static void copy_row(struct evidence_row *r, const struct evidence_row *base)
{
	r->line = base->line;
	r->label = base->label;
	r->n_lines = base->n_lines;
	for (int i = 0; i < r->n_lines; i++)
		r->finding[i] = expected_finding(base, i,
						 base->finding[i].verdict);
	r->n_slots = base->n_slots;
	memcpy(r->slot, base->slot,
	       (size_t)base->n_slots * sizeof(*base->slot));
}

static void begin_rows(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *before, bool same,
		       struct arena *arena)
{
	size_t n = same ? before->n_rows : evidence_get_count(in, ROWS_MAX);
	size_t at = 0;

	if (n > in->n - in->at)		/* each row takes a byte at least */
		in->failed = true;
	if (in->failed)
		return;
	now->rows = arena_array(arena, n, sizeof(*now->rows));
	if (!now->rows) {
		evidence_no_memory(in);
		return;
	}
	now->n_rows = n;
	if (!same)
		get_ids(in, now);
	for (size_t i = 0; i < n && !in->failed; i++) {
		struct evidence_row *r = &now->rows[i];

		if (same)
			r->position = before->rows[i].position;
		copy_row(r, row_before(before, &at, r->position));
	}
}

void evidence_get_rows(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *before, bool same,
		       struct arena *arena)
{
	struct labels l = { { { "" } } };

	if (!now->rows)
		begin_rows(in, now, before, same, arena);
	for (size_t i = 0; i < now->n_rows && !in->failed; i++)
		get_row(in, &now->rows[i], &l, now->at);
}
