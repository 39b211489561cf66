/* SPDX-License-Identifier: MIT */
/*
 * Streaks of one row of an evidence blob. What a quiet poll does to a running
 * streak is one code of two bits; for evidence_rows.c only.
 */
#include "evidence_parts.h"

enum slot_code {
	SLOT_SAME,		/* as before */
	SLOT_ON,		/* one poll on: evaluated now, counted if new */
	SLOT_NONE,		/* no run */
	SLOT_GIVEN		/* written out */
};

static struct streak slot_before(const struct evidence_row *base, int i)
{
	return i < base->n_slots ? base->slot[i] : STREAK_NONE;
}

/* False when the count does not fit any more. */
static bool slot_on(struct streak *out, struct streak s, struct instant at,
		    bool new_data)
{
	*out = s;
	out->last_known = at;
	return !__builtin_add_overflow(s.count, (int32_t)new_data,
				       &out->count);
}

static enum slot_code slot_code(const struct streak *s,
				const struct streak *base, struct instant at,
				bool new_data)
{
	struct streak on;

	if (streak_same(s, base))
		return SLOT_SAME;
	if (slot_on(&on, *base, at, new_data) && streak_same(s, &on))
		return SLOT_ON;
	return streak_is_none(s) ? SLOT_NONE : SLOT_GIVEN;
}

bool evidence_slots_differ(const struct evidence_row *r,
			   const struct evidence_row *base)
{
	for (int i = 0; i < r->n_slots; i++) {
		struct streak b = slot_before(base, i);

		if (!streak_same(&r->slot[i], &b))
			return true;
	}
	return false;
}

void evidence_put_streak(struct evidence_out *o, const struct streak *s,
			 struct instant at)
{
	evidence_put_u8(o, s->stored);
	evidence_put_instant(o, s->since, at);
	evidence_put_instant(o, s->last_known, at);
	evidence_put_int(o, s->count);
}

void evidence_put_slots(struct evidence_out *o, const struct evidence_row *r,
			const struct evidence_row *base, struct instant at)
{
	unsigned char code[SLOTS_MAX];

	for (int i = 0; i < r->n_slots; i++) {
		struct streak b = slot_before(base, i);

		code[i] = (unsigned char)slot_code(&r->slot[i], &b, at,
						   r->new_data);
	}
	evidence_put_pairs(o, code, r->n_slots);
	for (int i = 0; i < r->n_slots; i++)
		if (code[i] == SLOT_GIVEN)
			evidence_put_streak(o, &r->slot[i], at);
}

struct streak evidence_get_streak(struct evidence_in *in, struct instant at)
{
	unsigned stored = evidence_get_u8(in);
	struct streak s = STREAK_NONE;
	int64_t count;

	s.since = evidence_get_instant(in, at);
	s.last_known = evidence_get_instant(in, at);
	count = evidence_get_int(in);
	if (stored > VERDICT_UNKNOWN || count < INT32_MIN ||
	    count > INT32_MAX) {
		in->failed = true;
		return STREAK_NONE;
	}
	s.stored = (enum verdict)stored;
	s.count = (int32_t)count;
	return s;
}

static struct streak get_slot(struct evidence_in *in, unsigned code,
			      struct streak base, struct instant at,
			      bool new_data)
{
	struct streak on;

	switch ((enum slot_code)code) {
	case SLOT_SAME:
		return base;
	case SLOT_ON:
		if (!slot_on(&on, base, at, new_data))
			in->failed = true;
		return on;
	case SLOT_NONE:
		return STREAK_NONE;
	case SLOT_GIVEN:
		return evidence_get_streak(in, at);
	}
	return STREAK_NONE;
}

void evidence_get_slots(struct evidence_in *in, struct evidence_row *r,
			struct instant at)
{
	unsigned char code[SLOTS_MAX];

	evidence_get_pairs(in, code, r->n_slots);
	for (int i = 0; i < r->n_slots && !in->failed; i++)
		if (code[i] != SLOT_SAME)
			r->slot[i] = get_slot(in, code[i], r->slot[i], at,
					      r->new_data);
}
