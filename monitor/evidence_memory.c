/* SPDX-License-Identifier: MIT */
/*
 * What a position brought into a poll, where it does not follow from the
 * poll before: at a key blob, at its first poll, after a command changed it
 * and when a settlement was booked. Replay starts and goes on from here.
 */
#include "evidence_parts.h"

#include <string.h>

static bool same_label(struct label a, struct label b)
{
	return strcmp(a.s, b.s) == 0;
}

static bool same_fact(struct fact a, struct fact b)
{
	return a.known == b.known &&
	       (a.known ? dec_cmp(a.v, b.v) == 0 : a.why == b.why);
}

static bool same_watch(const struct watch *a, const struct watch *b)
{
	return a->counted[LEG_LONG].ms == b->counted[LEG_LONG].ms &&
	       a->counted[LEG_SHORT].ms == b->counted[LEG_SHORT].ms &&
	       a->action == b->action && same_label(a->label, b->label) &&
	       same_fact(a->divergence, b->divergence) &&
	       a->divergence_at.ms == b->divergence_at.ms &&
	       a->blind_told.ms == b->blind_told.ms &&
	       a->blind_notices == b->blind_notices &&
	       a->gone_polls == b->gone_polls &&
	       a->unclosed_told.ms == b->unclosed_told.ms &&
	       same_label(a->severer, b->severer);
}

static bool same_slots(const struct evidence_memory *a,
		       const struct evidence_memory *b)
{
	if (a->n_slots != b->n_slots)
		return false;
	for (int i = 0; i < a->n_slots; i++)
		if (!streak_same(&a->slot[i], &b->slot[i]))
			return false;
	return true;
}

bool evidence_memory_same(const struct evidence_memory *a,
			  const struct evidence_memory *b)
{
	return a->status == b->status && same_label(a->reason, b->reason) &&
	       a->decided_at.ms == b->decided_at.ms &&
	       same_label(a->muted, b->muted) &&
	       a->muted_until.ms == b->muted_until.ms &&
	       dec_cmp(a->fees_usd, b->fees_usd) == 0 &&
	       dec_cmp(a->slippage_usd, b->slippage_usd) == 0 &&
	       a->facts.quote_at[0].ms == b->facts.quote_at[0].ms &&
	       a->facts.quote_at[1].ms == b->facts.quote_at[1].ms &&
	       same_fact(a->facts.funding_usd, b->facts.funding_usd) &&
	       same_watch(&a->watch, &b->watch) && same_slots(a, b);
}

/* ---- writing ---- */

static void put_fact(struct evidence_out *o, struct fact f)
{
	evidence_put_u8(o, f.known ? WHY_KNOWN :
			   f.why == WHY_KNOWN ? WHY_NOT_SET : f.why);
	if (f.known)
		evidence_put_dec(o, f.v, DEC_ZERO);
}

static void put_watch(struct evidence_out *o, const struct watch *w,
		      struct instant at)
{
	evidence_put_instant(o, w->counted[LEG_LONG], at);
	evidence_put_instant(o, w->counted[LEG_SHORT], at);
	evidence_put_u8(o, w->action);
	evidence_put_name(o, w->label.s);
	put_fact(o, w->divergence);
	evidence_put_instant(o, w->divergence_at, at);
	evidence_put_instant(o, w->blind_told, at);
	evidence_put_int(o, w->blind_notices);
	evidence_put_int(o, w->gone_polls);
	evidence_put_instant(o, w->unclosed_told, at);
	evidence_put_name(o, w->severer.s);
}

static void put_slots(struct evidence_out *o, const struct evidence_memory *m,
		      struct instant at)
{
	unsigned char given[SLOTS_MAX];

	evidence_put_uint(o, (unsigned)m->n_slots);
	for (int i = 0; i < m->n_slots; i++)
		given[i] = !streak_is_none(&m->slot[i]);
	evidence_put_pairs(o, given, m->n_slots);
	for (int i = 0; i < m->n_slots; i++)
		if (given[i])
			evidence_put_streak(o, &m->slot[i], at);
}

static void put_memory(struct evidence_out *o, const struct evidence_memory *m,
		       struct instant at)
{
	evidence_put_u8(o, m->status);
	evidence_put_name(o, m->reason.s);
	evidence_put_instant(o, m->decided_at, at);
	evidence_put_name(o, m->muted.s);
	evidence_put_instant(o, m->muted_until, at);
	evidence_put_dec(o, m->fees_usd, DEC_ZERO);
	evidence_put_dec(o, m->slippage_usd, DEC_ZERO);
	evidence_put_instant(o, m->facts.quote_at[LEG_LONG], at);
	evidence_put_instant(o, m->facts.quote_at[LEG_SHORT], at);
	put_fact(o, m->facts.funding_usd);
	put_watch(o, &m->watch, at);
	put_slots(o, m, at);
}

bool evidence_any_memory(const struct evidence_view *v)
{
	for (size_t i = 0; i < v->n_rows; i++)
		if (v->rows[i].memory)
			return true;
	return false;
}

/* Each behind the step from the row before it; a step of 0 ends them. */
void evidence_put_memories(struct evidence_out *o,
			   const struct evidence_view *now)
{
	size_t last = 0;

	for (size_t i = 0; i < now->n_rows && !o->failed; i++) {
		const struct evidence_memory *m = now->rows[i].memory;

		if (!m)
			continue;
		if (m->n_slots < 0 || m->n_slots > SLOTS_MAX) {
			o->failed = true;
			return;
		}
		evidence_put_uint(o, i + 1 - last);
		last = i + 1;
		put_memory(o, m, now->at);
	}
	evidence_put_uint(o, 0);
}

/* ---- reading ---- */

static unsigned get_word(struct evidence_in *in, unsigned max)
{
	unsigned v = evidence_get_u8(in);

	if (v > max)
		in->failed = true;
	return in->failed ? 0 : v;
}

static struct fact get_fact(struct evidence_in *in)
{
	enum why why = (enum why)get_word(in, WHY_COUNT - 1);

	if (why != WHY_KNOWN || in->failed)
		return fact_unknown(why == WHY_KNOWN ? WHY_NOT_SET : why);
	return fact_known(evidence_get_dec(in, DEC_ZERO));
}

static int32_t get_i32(struct evidence_in *in)
{
	int64_t v = evidence_get_int(in);

	if (v < INT32_MIN || v > INT32_MAX)
		in->failed = true;
	return (int32_t)v;
}

static void get_watch(struct evidence_in *in, struct watch *w,
		      struct instant at)
{
	w->counted[LEG_LONG] = evidence_get_instant(in, at);
	w->counted[LEG_SHORT] = evidence_get_instant(in, at);
	w->action = (enum action)get_word(in, ACTION_CLOSE);
	w->label = evidence_get_label(in);
	w->divergence = get_fact(in);
	w->divergence_at = evidence_get_instant(in, at);
	w->blind_told = evidence_get_instant(in, at);
	w->blind_notices = get_i32(in);
	w->gone_polls = get_i32(in);
	w->unclosed_told = evidence_get_instant(in, at);
	w->severer = evidence_get_label(in);
}

static void get_slots(struct evidence_in *in, struct evidence_memory *m,
		      struct instant at, struct arena *arena)
{
	uint64_t n = evidence_get_uint(in);
	unsigned char given[SLOTS_MAX] = { 0 };

	if (in->failed || n > SLOTS_MAX) {
		in->failed = true;
		return;
	}
	m->n_slots = (int)n;
	m->slot = arena_array(arena, n, sizeof(*m->slot));
	if (!m->slot) {
		in->failed = true;
		return;
	}
	evidence_get_pairs(in, given, m->n_slots);
	for (int i = 0; i < m->n_slots && !in->failed; i++)
		m->slot[i] = given[i] ? evidence_get_streak(in, at)
				      : STREAK_NONE;
}

static struct evidence_memory *get_memory(struct evidence_in *in,
					  struct instant at,
					  struct arena *arena)
{
	struct evidence_memory *m = arena_alloc(arena, sizeof(*m));

	if (!m) {
		in->failed = true;
		return NULL;
	}
	m->status = (enum status)get_word(in, STATUS_CLOSED);
	m->reason = evidence_get_label(in);
	m->decided_at = evidence_get_instant(in, at);
	m->muted = evidence_get_label(in);
	m->muted_until = evidence_get_instant(in, at);
	m->fees_usd = evidence_get_dec(in, DEC_ZERO);
	m->slippage_usd = evidence_get_dec(in, DEC_ZERO);
	m->facts.quote_at[LEG_LONG] = evidence_get_instant(in, at);
	m->facts.quote_at[LEG_SHORT] = evidence_get_instant(in, at);
	m->facts.funding_usd = get_fact(in);
	get_watch(in, &m->watch, at);
	get_slots(in, m, at, arena);
	return m;
}

void evidence_get_memories(struct evidence_in *in, struct evidence_view *now,
			   struct arena *arena)
{
	uint64_t step, at = 0;

	while (!in->failed && (step = evidence_get_uint(in)) > 0) {
		if (step > now->n_rows - at) {
			in->failed = true;
			return;
		}
		at += step;
		now->rows[at - 1].memory = get_memory(in, now->at, arena);
	}
}
