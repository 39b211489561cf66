/* SPDX-License-Identifier: MIT */
/*
 * What the trading client said survives the blobs, decoded one by one and by
 * the reader that changes its view in place; it is small; damage is harmless;
 * without a client it takes not one byte.
 */
#include "evidence_bytes.h"
#include "given.h"
#include "given_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROWS	6
#define POLLS	600
#define CRC	EVIDENCE_CRC_SIZE

#define below(n)	((int)given_below(n))
#define chance		given_chance

struct scene {
	struct arena *arena, *turn[2], *moment;
	struct evidence_reader *reader;
	struct evidence_view view;
	struct held held[ROWS];		/* by position - 1 */
	bool has[ROWS], there[ROWS], client;
};

static void begin(struct scene *s)
{
	*s = (struct scene){ .arena = arena_new(), .moment = arena_new(),
			     .turn = { arena_new(), arena_new() } };
	s->reader = evidence_reader_new(s->arena, s->turn, s->moment);
	s->view.poll = 1;
	s->view.at = given_time(GIVEN_NOW);
	for (int i = 0; i < ROWS; i++) {
		s->held[i] = HELD_NONE;
		s->there[i] = true;
		for (int k = 0; k < 2; k++) {
			struct held_leg *leg = &s->held[i].leg[k];

			leg->mark_price = leg->funding_usd =
				leg->liquidation_price = leg->quantity =
				leg->entry_price = fact_known(dec_int(1000));
		}
	}
}

static void end(struct scene *s)
{
	arena_free(s->turn[0]);
	arena_free(s->turn[1]);
	arena_free(s->moment);
	arena_free(s->arena);
}

static struct fact any_fact(void)
{
	struct dec v = DEC_ZERO;

	if (chance(15))
		return fact_unknown((enum why)(1 + below(WHY_COUNT - 1)));
	if (chance(3))
		return fact_known(dec_lit("-99999999999999999999.1"));
	assert_true(dec_join(&v, (int64_t)given_random64() >> below(60),
			     below(19)));
	return fact_known(v);
}

/* Mostly a small step, which is written as one. */
static void wander(struct fact *f, int percent)
{
	struct dec step;

	if (!chance(percent))
		return;
	if (!f->known || chance(15))
		*f = any_fact();
	else if (dec_join(&step, below(1000) - 500, 3))
		(void)!dec_add(&f->v, f->v, step);
}

static void move_leg(struct held_leg *leg)
{
	leg->listed = chance(90);
	wander(&leg->mark_price, 95);
	wander(&leg->funding_usd, 30);
	wander(&leg->liquidation_price, 20);
	wander(&leg->quantity, 5);
	wander(&leg->entry_price, 5);
}

static void move(struct held *h)
{
	h->asked = chance(98);
	h->good = chance(90);
	for (int s = 0; s < 2; s++) {
		move_leg(&h->leg[s]);
		wander(&h->missing[s], 10);
	}
}

/* The next poll: rows seldom come and go, a client even less. */
static void next(struct scene *s)
{
	struct evidence_view *v = &s->view;

	v->poll++;
	v->at.ms += 60000;
	v->rows = arena_array(s->arena, ROWS, sizeof(*v->rows));
	v->n_rows = 0;
	if (chance(2))
		s->client = !s->client;
	for (int i = 0; i < ROWS; i++) {
		struct evidence_row *row = &v->rows[v->n_rows];
		struct held *h = arena_alloc(s->arena, sizeof(*h));

		if (chance(10) && chance(10))
			s->there[i] = !s->there[i];
		if (chance(10))
			s->has[i] = !s->has[i];
		if (!s->there[i])
			continue;
		move(&s->held[i]);
		*h = s->held[i];
		row->position = i + 1;
		row->line = -1;
		row->held = s->client && s->has[i] ? h : NULL;
		v->n_rows++;
	}
}

static void same_fact(struct fact a, struct fact b)
{
	assert_int_equal(a.known, b.known);
	if (a.known)
		assert_int_equal(dec_cmp(a.v, b.v), 0);
	else
		assert_int_equal(a.why, b.why);
}

static void same_held(const struct held *a, const struct held *b)
{
	assert_int_equal(!a, !b);
	if (!a)
		return;
	assert_int_equal(a->asked, b->asked);
	assert_int_equal(a->good, b->good);
	for (int s = 0; s < 2; s++) {
		same_fact(a->missing[s], b->missing[s]);
		if (!a->good)
			continue;
		assert_int_equal(a->leg[s].listed, b->leg[s].listed);
		same_fact(a->leg[s].mark_price, b->leg[s].mark_price);
		same_fact(a->leg[s].funding_usd, b->leg[s].funding_usd);
		same_fact(a->leg[s].liquidation_price,
			  b->leg[s].liquidation_price);
		same_fact(a->leg[s].quantity, b->leg[s].quantity);
		same_fact(a->leg[s].entry_price, b->leg[s].entry_price);
	}
}

static void same_view(const struct evidence_view *a,
		      const struct evidence_view *b)
{
	assert_int_equal(a->n_rows, b->n_rows);
	for (size_t i = 0; i < a->n_rows; i++) {
		assert_int_equal(a->rows[i].position, b->rows[i].position);
		same_held(a->rows[i].held, b->rows[i].held);
	}
}

static void encode(unsigned char **blob, size_t *n,
		   const struct evidence_view *now,
		   const struct evidence_view *before, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };

	if (!evidence_encode(blob, n, now, before, arena, &err))
		fail_msg("%s", err.text);
}

static void it_comes_back(void **state)
{
	struct evidence_view before, decoded = { .poll = 0 }, now;
	struct err err = { ERR_NONE, "" };
	struct scene s;

	(void)state;
	given_seed(20261127);
	begin(&s);
	for (int i = 0; i < POLLS; i++) {
		const bool key = i % 40 == 0;
		unsigned char *blob;
		size_t n;

		before = s.view;
		next(&s);
		encode(&blob, &n, &s.view, key ? NULL : &before, s.arena);
		if (!evidence_decode(&now, key ? NULL : &decoded, blob, n,
				     s.arena, &err) ||
		    !evidence_reader_apply(s.reader, blob, n, &err))
			fail_msg("poll %d: %s", i, err.text);
		same_view(&s.view, &now);
		same_view(&s.view, evidence_reader_view(s.reader));
		decoded = now;
	}
	end(&s);
}

/* ---- damage under a checksum that is right ---- */

static void damage_is_harmless(void **state)
{
	struct evidence_view before, key;
	unsigned char *first, *blob, *bad;
	size_t n_first, n;
	struct scene s;
	int refused = 0;

	(void)state;
	given_seed(11);
	begin(&s);
	s.client = true;
	memset(s.has, true, sizeof(s.has));
	next(&s);
	before = s.view;
	encode(&first, &n_first, &before, NULL, s.arena);
	assert_true(evidence_decode(&key, NULL, first, n_first, s.arena,
				    NULL));
	do {				/* of the same rows */
		s.view = before;
		next(&s);
		encode(&blob, &n, &s.view, &before, s.arena);
	} while (s.view.n_rows != before.n_rows);
	bad = arena_alloc(s.arena, n);
	for (int i = 0; i < 4000; i++) {
		struct evidence_view v;

		memcpy(bad, blob, n);
		bad[below((int)(n - CRC))] = (unsigned char)given_random64();
		given_checksum(bad, n);
		refused += !evidence_decode(&v, &key, bad, n, s.arena, NULL);
		assert_true(evidence_reader_apply(s.reader, first, n_first,
						  NULL));
		(void)!evidence_reader_apply(s.reader, bad, n, NULL);
	}
	/* Some bytes are other numbers, and as good. */
	assert_in_range(refused, 1000, 3900);
	end(&s);
}

/* ---- sizes ---- */

static struct held usual(void)
{
	struct held h = HELD_NONE;

	h.asked = h.good = true;
	for (int s = 0; s < 2; s++) {
		struct held_leg *leg = &h.leg[s];

		h.missing[s] = fact_known(DEC_ZERO);
		leg->listed = true;
		leg->quantity = fact_known(dec_lit("0.30769"));
		leg->entry_price = fact_known(dec_lit("65012.5"));
		leg->mark_price = fact_known(dec_lit("65100.25"));
		leg->liquidation_price = fact_known(dec_lit("52001.75"));
		leg->funding_usd = fact_known(dec_lit("1.25013"));
	}
	return h;
}

/* Prices of both legs move; funding does too, hourly at the oftenest. */
static void step(struct held *h, bool all)
{
	for (int s = 0; s < 2; s++) {
		struct held_leg *leg = &h->leg[s];

		assert_true(dec_add(&leg->mark_price.v, leg->mark_price.v,
				    dec_lit(s ? "-21.31" : "17.96")));
		if (!all)
			continue;
		assert_true(dec_add(&leg->funding_usd.v, leg->funding_usd.v,
				    dec_lit("0.01737")) &&
			    dec_add(&leg->liquidation_price.v,
				    leg->liquidation_price.v,
				    dec_lit("-2.125")));
	}
}

/* Bytes that the client's word takes of one position's poll. */
static size_t cost(bool key, bool all, struct arena *a)
{
	struct held then = usual(), now = usual();
	struct evidence_row old = { .position = 1, .line = -1 }, row = old;
	struct evidence_view before = { .poll = 1, .n_rows = 1, .rows = &old,
					.at = given_time(GIVEN_NOW) };
	struct evidence_view v = before;
	unsigned char *blob;
	size_t with, without;

	v.poll = 2;
	v.rows = &row;
	step(&now, all);
	encode(&blob, &without, &v, key ? NULL : &before, a);
	old.held = &then;
	row.held = &now;
	encode(&blob, &with, &v, key ? NULL : &before, a);
	return with - without;
}

static void it_is_small(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_in_range(cost(false, false, a), 1, 8);
	assert_in_range(cost(false, true, a), 1, 24);
	assert_in_range(cost(true, false, a), 1, 64);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_back),
		cmocka_unit_test(damage_is_harmless),
		cmocka_unit_test(it_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
