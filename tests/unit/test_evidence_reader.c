/* SPDX-License-Identifier: MIT */
/*
 * A reader that changes its view where it stands gives what decoding each
 * blob into a view of its own gives, tells when places moved, and takes
 * nothing after damage but a key blob. The checksum is the known one.
 */
#include "evidence_bytes.h"
#include "given.h"
#include "given_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VENUES	3
#define QUOTES	9
#define ROWS	4
#define POLLS	400

#define below(n)	((int)given_below(n))
#define chance		given_chance

struct scene {
	struct arena *arena, *turn[2], *moment;
	struct evidence_reader *reader;
	struct evidence_view view;
	bool moved;			/* places or standing, by this poll */
};

static const char *const venues[VENUES] = { "aster", "edgex", "grvt" };

static struct dec number(void)
{
	struct dec v = DEC_ZERO;

	assert_true(dec_join(&v, below(100000000) - 50000000, 6 + below(5)));
	return v;
}

static void move_quote(struct quote *q, struct instant at)
{
	if (chance(80))
		q->rate.fraction = number();
	if (chance(20))
		q->oi_usd = chance(80) ? fact_known(number()) :
					 fact_unknown(WHY_NULL_VALUE);
	if (chance(10))
		q->volume_usd = fact_unknown(WHY_NOT_LISTED);
	if (chance(10))
		q->mark_price = fact_known(number());
	q->why = chance(95) ? WHY_KNOWN : WHY_STALE;
	q->observed_at = instant_add(at, span_s(chance(90) ? -3 : -40));
	if (chance(5))
		q->next_funding = instant_add(at, span_s(below(9000)));
}

/* Some symbols of some venues, in order. */
static void choose_quotes(struct scene *s)
{
	static const char *const symbols[] = { "BTC", "ETH", "SOL" };
	struct quote *q = arena_array(s->arena, QUOTES, sizeof(*q));

	s->view.quotes = q;
	s->view.n_quotes = 0;
	for (int i = 0; i < QUOTES; i++) {
		if (s->view.n_quotes && chance(20))
			continue;
		q = &s->view.quotes[s->view.n_quotes++];
		q->symbol = given_symbol(symbols[i / VENUES]);
		q->venue = given_venue(venues[i % VENUES]);
		q->rate.interval_s = RATE_8H_S;
		q->next_funding = INSTANT_UNKNOWN;
		q->oi_usd = q->volume_usd = fact_unknown(WHY_NOT_ASKED);
		q->mark_price = fact_unknown(WHY_NOT_ASKED);
	}
}

static void move_row(struct evidence_row *r, struct instant at)
{
	r->action = (enum action)below(3);
	r->new_data = chance(80);
	if (chance(10)) {
		r->line = below(5) - 1;
		snprintf(r->label.s, sizeof(r->label.s), "L%d", below(3));
	}
	if (chance(10))
		r->n_lines = below(7);
	if (chance(10))
		r->n_slots = below(9);
	for (int i = 0; i < 7; i++) {
		enum verdict v = (enum verdict)below(3);

		if (chance(30))
			r->finding[i] = (struct finding){
				v, v == VERDICT_UNKNOWN ? FACT_AGE : FACT_COUNT,
				v == VERDICT_UNKNOWN ? WHY_STALE : WHY_KNOWN };
	}
	for (int i = 0; i < 9; i++)
		if (chance(20))
			r->slot[i] = chance(50) ? STREAK_NONE : (struct streak){
				at, at, below(9), VERDICT_TRUE };
}

static void choose_rows(struct scene *s)
{
	struct evidence_row *r = arena_array(s->arena, ROWS, sizeof(*r));

	s->view.rows = r;
	s->view.n_rows = (size_t)below(ROWS + 1);
	for (size_t i = 0; i < ROWS; i++) {
		r[i].position = (int64_t)(i * 3 + 1);
		r[i].line = -1;
		for (int k = 0; k < LINES_MAX; k++)
			r[i].finding[k].missing = FACT_COUNT;
		for (int k = 0; k < SLOTS_MAX; k++)
			r[i].slot[k] = STREAK_NONE;
	}
}

static void begin(struct scene *s)
{
	*s = (struct scene){ .arena = arena_new(), .moment = arena_new(),
			     .turn = { arena_new(), arena_new() } };
	s->reader = evidence_reader_new(s->arena, s->turn, s->moment);
	assert_non_null(s->reader);
	s->view.at = given_time("2026-11-20T00:00:00Z");
	s->view.dexes_known = true;
	s->view.venues = arena_array(s->arena, VENUES,
				     sizeof(*s->view.venues));
	s->view.n_venues = VENUES;
	for (int i = 0; i < VENUES; i++)
		s->view.venues[i] = (struct venue_view){
			.venue = given_venue(venues[i]), .listed = true,
			.active = true, .rates = ANSWER_OK, .rows = 40 };
	choose_quotes(s);
	choose_rows(s);
}

static void end(struct scene *s)
{
	arena_free(s->moment);
	arena_free(s->turn[0]);
	arena_free(s->turn[1]);
	arena_free(s->arena);
}

/* Another array, so that the view before stays for the encoder. */
static void *again(struct scene *s, const void *p, size_t n, size_t size)
{
	void *copy = arena_array(s->arena, n, size);

	memcpy(copy, p, n * size);
	return copy;
}

static void move_venues(struct scene *s)
{
	struct venue_view *v = &s->view.venues[below(VENUES)];

	if (chance(10))
		v->malformed++;		/* no matter to any plan */
	if (chance(4)) {
		v->rates = v->rates == ANSWER_OK ? ANSWER_FAILED : ANSWER_OK;
		s->moved = true;
	}
	if (chance(4)) {
		s->view.dexes_known = !s->view.dexes_known;
		s->moved = true;
	}
}

static bool same_keys(const struct evidence_view *a,
		      const struct evidence_view *b)
{
	struct market x, y;

	evidence_market(&x, a);
	evidence_market(&y, b);
	return market_same_keys(&x, &y);
}

static void next(struct scene *s)
{
	const struct evidence_view before = s->view;
	struct evidence_view *v = &s->view;

	v->poll++;
	v->at = instant_add(v->at, span_s(60));
	s->moved = false;
	v->venues = again(s, v->venues, VENUES, sizeof(*v->venues));
	v->quotes = again(s, v->quotes, QUOTES, sizeof(*v->quotes));
	v->rows = again(s, v->rows, ROWS, sizeof(*v->rows));
	move_venues(s);
	if (chance(5))
		choose_quotes(s);
	if (chance(5))
		choose_rows(s);
	for (size_t i = 0; i < v->n_quotes; i++)
		if (chance(70))
			move_quote(&v->quotes[i], v->at);
	for (size_t i = 0; i < v->n_rows; i++)
		if (chance(70))
			move_row(&v->rows[i], v->at);
	assert_true(!s->moved || !same_keys(v, &before));
	s->moved = !same_keys(v, &before);
}

/* Fields one by one: what stands behind the last line or streak is nothing. */
static void assert_same_fact(const struct fact *a, const struct fact *b)
{
	assert_true(a->known == b->known && a->why == b->why &&
		    dec_same(a->v, b->v));
}

static void assert_same_quotes(const struct evidence_view *a,
			       const struct evidence_view *b)
{
	assert_int_equal(a->n_quotes, b->n_quotes);
	for (size_t i = 0; i < a->n_quotes; i++) {
		const struct quote *x = &a->quotes[i], *y = &b->quotes[i];

		assert_true(symbol_same(&x->symbol, &y->symbol) &&
			    venue_same(&x->venue, &y->venue));
		assert_int_equal(x->why, y->why);
		assert_true(dec_same(x->rate.fraction, y->rate.fraction));
		assert_int_equal(x->rate.interval_s, y->rate.interval_s);
		assert_true(x->observed_at.ms == y->observed_at.ms);
		assert_true(x->next_funding.ms == y->next_funding.ms);
		assert_same_fact(&x->oi_usd, &y->oi_usd);
		assert_same_fact(&x->volume_usd, &y->volume_usd);
		assert_same_fact(&x->mark_price, &y->mark_price);
		assert_int_equal(x->pays_every_s, y->pays_every_s);
	}
}

static void assert_same_rows(const struct evidence_view *a,
			     const struct evidence_view *b)
{
	assert_int_equal(a->n_rows, b->n_rows);
	for (size_t i = 0; i < a->n_rows; i++) {
		const struct evidence_row *x = &a->rows[i], *y = &b->rows[i];

		assert_true(x->position == y->position &&
			    x->action == y->action && x->line == y->line &&
			    x->new_data == y->new_data);
		assert_string_equal(x->label.s, y->label.s);
		assert_true(x->n_lines == y->n_lines &&
			    x->n_slots == y->n_slots);
		assert_memory_equal(x->finding, y->finding,
				    (size_t)x->n_lines * sizeof(*x->finding));
		for (int k = 0; k < x->n_slots; k++)
			assert_true(streak_same(&x->slot[k], &y->slot[k]));
		assert_true(!x->memory == !y->memory);
		assert_true(!x->memory ||
			    evidence_memory_same(x->memory, y->memory));
	}
}

static void assert_same(const struct evidence_view *a,
			const struct evidence_view *b)
{
	assert_true(a->poll == b->poll && a->at.ms == b->at.ms);
	assert_true(a->dexes_known == b->dexes_known &&
		    a->opportunities_known == b->opportunities_known);
	assert_int_equal(a->n_venues, b->n_venues);
	for (size_t i = 0; i < a->n_venues; i++) {
		const struct venue_view *x = &a->venues[i], *y = &b->venues[i];

		assert_true(venue_same(&x->venue, &y->venue) &&
			    x->listed == y->listed && x->active == y->active &&
			    x->rates == y->rates && x->symbols == y->symbols &&
			    x->rows == y->rows && x->malformed == y->malformed);
	}
	assert_same_quotes(a, b);
	assert_same_rows(a, b);
}

/* Now and then a row says what it started from, for this poll alone. */
static void give_memory(struct scene *s)
{
	struct evidence_memory *m = arena_alloc(s->arena, sizeof(*m));
	struct streak *slot = arena_array(s->arena, 1, sizeof(*slot));

	for (size_t i = 0; i < s->view.n_rows; i++)
		s->view.rows[i].memory = NULL;
	if (s->view.n_rows == 0 || !chance(10))
		return;
	*slot = STREAK_NONE;
	*m = (struct evidence_memory){
		.decided_at = INSTANT_UNKNOWN, .muted_until = INSTANT_UNKNOWN,
		.fees_usd = number(), .facts = FACTS_MEMORY_NONE,
		.watch = WATCH_NONE, .n_slots = 1, .slot = slot };
	s->view.rows[below((int)s->view.n_rows)].memory = m;
}

static void in_place_is_as_anew(void **state)
{
	struct evidence_view before, now;
	struct err err = { ERR_NONE, "" };
	uint64_t keys = 0;
	struct scene s;
	int moves = 0;

	(void)state;
	given_seed(20261126);
	begin(&s);
	for (int i = 0; i < POLLS; i++) {
		const bool key = i % 5 == 0;
		unsigned char *blob;
		size_t n;

		next(&s);
		give_memory(&s);
		assert_true(evidence_encode(&blob, &n, &s.view,
					    key ? NULL : &before, s.arena,
					    &err));
		if (!evidence_decode(&now, key ? NULL : &before, blob, n,
				     s.arena, &err) ||
		    !evidence_reader_apply(s.reader, blob, n, &err))
			fail_msg("%s", err.text);
		assert_same(evidence_reader_view(s.reader), &now);
		assert_true(i == 0 || s.moved ==
			    (evidence_reader_keys(s.reader) != keys));
		keys = evidence_reader_keys(s.reader);
		assert_true(keys > 0);
		before = now;
		moves += s.moved;
	}
	assert_in_range(moves, 20, POLLS / 2);
	end(&s);
}

/* ---- damage ---- */

struct blobs {
	unsigned char *p[4];		/* key, one on it, one on that, key */
	size_t n[4];
};

static void make_blobs(struct blobs *b, struct scene *s)
{
	struct evidence_view before;

	for (int i = 0; i < 4; i++) {
		next(s);
		assert_true(evidence_encode(&b->p[i], &b->n[i], &s->view,
					    i % 3 ? &before : NULL, s->arena,
					    NULL));
		before = s->view;
	}
}

static bool apply(struct evidence_reader *r, const struct blobs *b, int i)
{
	return evidence_reader_apply(r, b->p[i], b->n[i], NULL);
}

/* Half applied is worse than not: only a key blob mends it. */
static void damage_ends_it(void **state)
{
	struct scene s;
	struct blobs b;

	(void)state;
	given_seed(7);
	begin(&s);
	make_blobs(&b, &s);
	assert_false(apply(s.reader, &b, 1));		/* no beginning */
	assert_true(apply(s.reader, &b, 0));
	b.p[1][b.n[1] / 2] ^= 1;
	assert_false(apply(s.reader, &b, 1));
	b.p[1][b.n[1] / 2] ^= 1;
	assert_false(apply(s.reader, &b, 1));		/* too late */
	assert_true(apply(s.reader, &b, 0));
	assert_true(apply(s.reader, &b, 1));
	assert_true(apply(s.reader, &b, 2));
	assert_false(apply(s.reader, &b, 2));		/* does not follow itself */
	assert_true(apply(s.reader, &b, 3));
	assert_same(evidence_reader_view(s.reader), &s.view);
	end(&s);
}

/* ---- checksum ---- */

static uint32_t bit_by_bit(const unsigned char *p, size_t n)
{
	uint32_t c = UINT32_MAX;

	for (size_t i = 0; i < 8 * n; i++) {
		c ^= p[i / 8] >> i % 8 & 1;
		c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
	}
	return ~c;
}

static void checksum_is_the_known_one(void **state)
{
	unsigned char text[100];

	(void)state;
	assert_true(evidence_crc((const unsigned char *)"123456789", 9) ==
		    0xcbf43926u);
	given_seed(1);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (unsigned char)given_random64();
	for (size_t n = 0; n < sizeof(text) - 8; n++)
		for (size_t from = 0; from < 8; from++)
			assert_true(evidence_crc(text + from, n) ==
				    bit_by_bit(text + from, n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_place_is_as_anew),
		cmocka_unit_test(damage_ends_it),
		cmocka_unit_test(checksum_is_the_known_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
