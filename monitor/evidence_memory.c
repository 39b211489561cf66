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

static bool same_watch(const struct watch *a, const struct watch *b)
{
	return a->counted[LEG_LONG].ms == b->counted[LEG_LONG].ms &&
	       a->counted[LEG_SHORT].ms == b->counted[LEG_SHORT].ms &&
	       a->action == b->action && same_label(a->label, b->label) &&
	       fact_same(a->divergence, b->divergence) &&
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
	       fact_same(a->facts.funding_usd, b->facts.funding_usd) &&
	       same_watch(&a->watch, &b->watch) && same_slots(a, b);
}

/* ---- writing ---- */

void evidence_put_fact(struct evidence_out *o, struct fact f)
{
	evidence_put_u8(o, f.known ? WHY_KNOWN :
			   f.why == WHY_KNOWN ? WHY_NOT_SET : f.why);
	if (f.known)
		evidence_put_dec(o, f.v, DEC_ZERO);
}

/* Most positions are open, unmuted and quiet: a bit each says what is not. */
enum {
	HAS_STATUS = 1, HAS_REASON = 2, HAS_MUTED = 4, HAS_COUNTED = 8,
	HAS_SLIPPAGE = 16, HAS_LABEL = 32, HAS_BLIND = 64, HAS_GONE = 128,
	HAS_UNCLOSED = 256, HAS_SEVERER = 512, HAS_ALL = 1023
};

static bool counted_as_seen(const struct evidence_memory *m)
{
	return m->watch.counted[LEG_LONG].ms ==
	       m->facts.quote_at[LEG_LONG].ms &&
	       m->watch.counted[LEG_SHORT].ms ==
	       m->facts.quote_at[LEG_SHORT].ms;
}

static unsigned memory_flags(const struct evidence_memory *m)
{
	const struct watch *w = &m->watch;

	return (m->status != STATUS_OPEN ? HAS_STATUS : 0u) |
	       (m->reason.s[0] || instant_known(m->decided_at) ?
		HAS_REASON : 0u) |
	       (m->muted.s[0] || instant_known(m->muted_until) ?
		HAS_MUTED : 0u) |
	       (counted_as_seen(m) ? 0u : HAS_COUNTED) |
	       (dec_sign(m->slippage_usd) ? HAS_SLIPPAGE : 0u) |
	       (w->label.s[0] ? HAS_LABEL : 0u) |
	       (w->blind_notices || instant_known(w->blind_told) ?
		HAS_BLIND : 0u) |
	       (w->gone_polls ? HAS_GONE : 0u) |
	       (instant_known(w->unclosed_told) ? HAS_UNCLOSED : 0u) |
	       (w->severer.s[0] ? HAS_SEVERER : 0u);
}

static void put_watch(struct evidence_out *o, const struct watch *w,
		      unsigned f, struct instant at)
{
	if (f & HAS_COUNTED) {
		evidence_put_instant(o, w->counted[LEG_LONG], at);
		evidence_put_instant(o, w->counted[LEG_SHORT], at);
	}
	evidence_put_u8(o, w->action);
	evidence_put_fact(o, w->divergence);
	evidence_put_instant(o, w->divergence_at, at);
	if (f & HAS_LABEL)
		evidence_put_name(o, w->label.s);
	if (f & HAS_BLIND) {
		evidence_put_instant(o, w->blind_told, at);
		evidence_put_int(o, w->blind_notices);
	}
	if (f & HAS_GONE)
		evidence_put_int(o, w->gone_polls);
	if (f & HAS_UNCLOSED)
		evidence_put_instant(o, w->unclosed_told, at);
	if (f & HAS_SEVERER)
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

void evidence_put_memory(struct evidence_out *o,
			 const struct evidence_memory *m, struct instant at)
{
	unsigned f = memory_flags(m);

	evidence_put_uint(o, f);
	if (f & HAS_STATUS)
		evidence_put_u8(o, m->status);
	if (f & HAS_REASON) {
		evidence_put_name(o, m->reason.s);
		evidence_put_instant(o, m->decided_at, at);
	}
	if (f & HAS_MUTED) {
		evidence_put_name(o, m->muted.s);
		evidence_put_instant(o, m->muted_until, at);
	}
	evidence_put_dec(o, m->fees_usd, DEC_ZERO);
	if (f & HAS_SLIPPAGE)
		evidence_put_dec(o, m->slippage_usd, DEC_ZERO);
	evidence_put_instant(o, m->facts.quote_at[LEG_LONG], at);
	evidence_put_instant(o, m->facts.quote_at[LEG_SHORT], at);
	evidence_put_fact(o, m->facts.funding_usd);
	put_watch(o, &m->watch, f, at);
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
		evidence_put_memory(o, m, now->at);
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

struct fact evidence_get_fact(struct evidence_in *in)
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

static void get_watch(struct evidence_in *in, struct evidence_memory *m,
		      unsigned f, struct instant at)
{
	struct watch *w = &m->watch;

	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		w->counted[s] = f & HAS_COUNTED ?
				evidence_get_instant(in, at) :
				m->facts.quote_at[s];
	w->action = (enum action)get_word(in, ACTION_CLOSE);
	w->divergence = evidence_get_fact(in);
	w->divergence_at = evidence_get_instant(in, at);
	if (f & HAS_LABEL)
		w->label = evidence_get_label(in);
	w->blind_told = w->unclosed_told = INSTANT_UNKNOWN;
	if (f & HAS_BLIND) {
		w->blind_told = evidence_get_instant(in, at);
		w->blind_notices = get_i32(in);
	}
	if (f & HAS_GONE)
		w->gone_polls = get_i32(in);
	if (f & HAS_UNCLOSED)
		w->unclosed_told = evidence_get_instant(in, at);
	if (f & HAS_SEVERER)
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
		evidence_no_memory(in);
		return;
	}
	evidence_get_pairs(in, given, m->n_slots);
	for (int i = 0; i < m->n_slots && !in->failed; i++)
		m->slot[i] = given[i] ? evidence_get_streak(in, at)
				      : STREAK_NONE;
}

static void get_state(struct evidence_in *in, struct evidence_memory *m,
		      unsigned f, struct instant at)
{
	m->decided_at = m->muted_until = INSTANT_UNKNOWN;
	if (f & HAS_STATUS)
		m->status = (enum status)get_word(in, STATUS_CLOSED);
	if (f & HAS_REASON) {
		m->reason = evidence_get_label(in);
		m->decided_at = evidence_get_instant(in, at);
	}
	if (f & HAS_MUTED) {
		m->muted = evidence_get_label(in);
		m->muted_until = evidence_get_instant(in, at);
	}
	m->fees_usd = evidence_get_dec(in, DEC_ZERO);
	if (f & HAS_SLIPPAGE)
		m->slippage_usd = evidence_get_dec(in, DEC_ZERO);
}

void evidence_get_memory(struct evidence_in *in, struct evidence_memory *m,
			 struct instant at, struct arena *arena)
{
	uint64_t f = evidence_get_uint(in);

	if (f > HAS_ALL) {
		in->failed = true;
		return;
	}
	get_state(in, m, (unsigned)f, at);
	m->facts.quote_at[LEG_LONG] = evidence_get_instant(in, at);
	m->facts.quote_at[LEG_SHORT] = evidence_get_instant(in, at);
	m->facts.funding_usd = evidence_get_fact(in);
	get_watch(in, m, (unsigned)f, at);
	get_slots(in, m, at, arena);
}

void evidence_get_memories(struct evidence_in *in, struct evidence_view *now,
			   struct arena *arena)
{
	uint64_t step, at = 0;

	while (!in->failed && (step = evidence_get_uint(in)) > 0) {
		struct evidence_memory *m = arena_alloc(arena, sizeof(*m));

		if (!m)
			evidence_no_memory(in);
		if (!m || step > now->n_rows - at) {
			in->failed = true;
			return;
		}
		at += step;
		evidence_get_memory(in, m, now->at, arena);
		now->rows[at - 1].memory = m;
	}
}
