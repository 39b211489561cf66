/* SPDX-License-Identifier: MIT */
/*
 * Evidence blobs: random sequences of views come back exactly; damage is
 * refused, or at least harmless when its checksum is right again; sizes.
 */
#include "evidence_parts.h"
#include "given_random.h"
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_VENUES	8
#define N_SYMBOLS	20
#define N_ROWS		30

#define random64	given_random64
#define below(n)	((int)given_below(n))
#define chance		given_chance
#define seed		given_seed

/* ---- random views ---- */

static const char *const venue_names[N_VENUES] = {
	"aster", "edgex", "extended", "grvt", "hyperliquid", "lighter",
	"pacifica", "paradex",
};

static struct dec random_dec(void)
{
	struct dec v = DEC_ZERO;

	if (chance(2))
		return dec_lit("-99999999999999999999.123456789012345678");
	if (chance(5))
		return DEC_ZERO;
	assert_true(dec_join(&v, (int64_t)random64() >> below(50), below(19)));
	return v;
}

static struct instant random_instant(struct instant near)
{
	if (chance(5))
		return INSTANT_UNKNOWN;
	if (chance(2))
		return (struct instant){ (int64_t)(random64() >> 2) };
	return (struct instant){ near.ms + below(7200000) - 3600000 };
}

static enum why random_why(void)
{
	return (enum why)(1 + below(WHY_COUNT - 1));
}

static struct fact random_fact(void)
{
	return chance(80) ? fact_known(random_dec()) :
			    fact_unknown(random_why());
}

static void random_venue(struct venue_view *v)
{
	v->listed = chance(90);
	v->active = chance(90);
	v->rates = (enum answer)below(3);
	v->symbols = (enum answer)below(3);
	v->rows = chance(90) ? 40 : (uint32_t)random64();
	v->malformed = chance(90) ? 0 : (uint32_t)below(9);
}

static void random_quote(struct quote *q, struct instant at)
{
	q->why = chance(90) ? WHY_KNOWN : random_why();
	q->rate.fraction = random_dec();
	q->rate.interval_s = chance(95) ? RATE_8H_S : 3600;
	if (chance(50))
		q->observed_at = random_instant(at);
	if (chance(20))
		q->next_funding = random_instant(at);
	q->oi_usd = random_fact();
	q->volume_usd = random_fact();
	q->mark_price = chance(50) ? random_fact() :
				     fact_unknown(WHY_NOT_ASKED);
	q->pays_every_s = chance(50) ? 0 : below(86401);
}

static void random_finding(struct finding *f)
{
	*f = (struct finding){ (enum verdict)below(3), FACT_COUNT, WHY_KNOWN };
	if (f->verdict == VERDICT_UNKNOWN) {
		f->missing = (enum fact_id)below(FACT_COUNT);
		f->why = random_why();
	}
}

static void random_streak(struct streak *s, struct instant at)
{
	*s = STREAK_NONE;
	if (chance(30))
		return;
	s->since = random_instant(at);
	s->last_known = random_instant(at);
	s->count = chance(90) ? below(100) : (int32_t)random64();
	s->stored = (enum verdict)below(3);
}

static struct label random_label(void)
{
	static const char *const words[] = {
		"", "DIVERGENCE_FLIPPED", "STALE", "WEEKLY_REBALANCE", "A_1",
	};
	struct label l = { "" };

	snprintf(l.s, sizeof(l.s), "%s", words[below(5)]);
	return l;
}

static void random_row(struct evidence_row *r, struct instant at)
{
	r->action = (enum action)below(3);
	r->line = below(LINES_MAX + 1) - 1;
	r->label = random_label();
	r->new_data = chance(80);
	r->n_lines = chance(80) ? 7 : below(LINES_MAX + 1);
	r->n_slots = chance(80) ? 9 : below(SLOTS_MAX + 1);
	memset(r->finding, 0, sizeof(r->finding));
	for (int i = 0; i < r->n_lines; i++)
		random_finding(&r->finding[i]);
	for (int i = 0; i < r->n_slots; i++)
		random_streak(&r->slot[i], at);
}

/* What a quiet poll does to a position: running streaks move on. */
static void quiet_row(struct evidence_row *r, struct instant at)
{
	r->new_data = chance(80);
	for (int i = 0; i < r->n_slots; i++)
		if (!streak_is_none(&r->slot[i]) && chance(80) &&
		    r->slot[i].count < 1000000) {
			r->slot[i].last_known = at;
			r->slot[i].count += r->new_data;
		}
}

static const struct quote *old_quote(const struct evidence_view *v,
				     const struct quote *key)
{
	for (size_t i = 0; v && i < v->n_quotes; i++)
		if (evidence_cmp_keys(&v->quotes[i], key) == 0)
			return &v->quotes[i];
	return NULL;
}

static void add_quotes(struct evidence_view *v,
		       const struct evidence_view *before, int keep)
{
	for (int s = 0; s < N_SYMBOLS; s++)
		for (int k = 0; k < N_VENUES; k++) {
			struct quote *q = &v->quotes[v->n_quotes];
			const struct quote *old;
			char name[NAME_TEXT_MAX];

			snprintf(name, sizeof(name), "COIN%02d", s);
			memset(q, 0, sizeof(*q));
			q->symbol = given_symbol(name);
			q->venue = given_venue(venue_names[k]);
			q->observed_at = (struct instant){ v->at.ms - 100 * k };
			q->next_funding = INSTANT_UNKNOWN;
			old = old_quote(before, q);
			if (!chance(old ? 100 - keep / 20 : 60))
				continue;
			if (old && chance(keep))
				*q = *old;
			else
				random_quote(q, v->at);
			v->n_quotes++;
		}
}

static const struct evidence_row *old_row(const struct evidence_view *v,
					  int64_t position)
{
	for (size_t i = 0; v && i < v->n_rows; i++)
		if (v->rows[i].position == position)
			return &v->rows[i];
	return NULL;
}

static void add_rows(struct evidence_view *v,
		     const struct evidence_view *before, int keep)
{
	for (int64_t id = 1; id <= N_ROWS; id++) {
		struct evidence_row *r = &v->rows[v->n_rows];
		const struct evidence_row *old = old_row(before, id);

		if (chance(100 - keep) && chance(30))
			continue;
		if (old && chance(keep)) {
			*r = *old;
			quiet_row(r, v->at);
		} else {
			random_row(r, v->at);
		}
		r->position = chance(1) ? INT64_MAX - 100 + id : id;
		if (v->n_rows && r->position <= r[-1].position)
			continue;
		v->n_rows++;
	}
}

static struct evidence_view *random_view(const struct evidence_view *before,
					 struct arena *a)
{
	struct evidence_view *v = arena_alloc(a, sizeof(*v));
	int keep = 100 * (before && chance(70)) - below(40);

	keep = keep < 0 ? 0 : keep;
	v->poll = before ? before->poll + 1 + below(3) : 1 + below(1000000);
	v->at = (struct instant){ before ? before->at.ms + below(70000) - 1000 :
				  given_time(GIVEN_NOW).ms };
	v->opportunities_known = chance(80);
	v->dexes_known = chance(80);
	v->venues = arena_array(a, N_VENUES, sizeof(*v->venues));
	v->quotes = arena_array(a, N_VENUES * N_SYMBOLS + 1,
				sizeof(*v->quotes));
	v->rows = arena_array(a, N_ROWS + 1, sizeof(*v->rows));
	for (int i = 0; i < N_VENUES; i++)
		if (chance(95)) {
			struct venue_view *x = &v->venues[v->n_venues++];

			x->venue = given_venue(venue_names[i]);
			random_venue(x);
		}
	add_quotes(v, before, keep);
	add_rows(v, before, keep);
	return v;
}

/* ---- equal views ---- */

static bool same_fact(const struct fact *a, const struct fact *b)
{
	return a->known == b->known && a->why == b->why &&
	       dec_cmp(a->v, b->v) == 0;
}

static bool same_quote(const struct quote *a, const struct quote *b)
{
	return evidence_cmp_keys(a, b) == 0 && a->why == b->why &&
	       dec_cmp(a->rate.fraction, b->rate.fraction) == 0 &&
	       a->rate.interval_s == b->rate.interval_s &&
	       a->observed_at.ms == b->observed_at.ms &&
	       a->next_funding.ms == b->next_funding.ms &&
	       same_fact(&a->oi_usd, &b->oi_usd) &&
	       same_fact(&a->volume_usd, &b->volume_usd) &&
	       same_fact(&a->mark_price, &b->mark_price) &&
	       a->pays_every_s == b->pays_every_s;
}

static bool same_row(const struct evidence_row *a,
		     const struct evidence_row *b)
{
	if (a->position != b->position || a->action != b->action ||
	    strcmp(a->label.s, b->label.s) != 0 || a->line != b->line ||
	    a->new_data != b->new_data || a->n_lines != b->n_lines ||
	    a->n_slots != b->n_slots)
		return false;
	for (int i = 0; i < a->n_lines; i++)
		if (a->finding[i].verdict != b->finding[i].verdict ||
		    a->finding[i].missing != b->finding[i].missing ||
		    a->finding[i].why != b->finding[i].why)
			return false;
	for (int i = 0; i < a->n_slots; i++)
		if (a->slot[i].since.ms != b->slot[i].since.ms ||
		    a->slot[i].last_known.ms != b->slot[i].last_known.ms ||
		    a->slot[i].count != b->slot[i].count ||
		    a->slot[i].stored != b->slot[i].stored)
			return false;
	return true;
}

static void assert_same(const struct evidence_view *a,
			const struct evidence_view *b)
{
	assert_int_equal(a->poll, b->poll);
	assert_int_equal(a->at.ms, b->at.ms);
	assert_int_equal(a->opportunities_known, b->opportunities_known);
	assert_int_equal(a->dexes_known, b->dexes_known);
	assert_int_equal(a->n_venues, b->n_venues);
	assert_int_equal(a->n_quotes, b->n_quotes);
	assert_int_equal(a->n_rows, b->n_rows);
	for (size_t i = 0; i < a->n_venues; i++) {
		const struct venue_view *x = &a->venues[i], *y = &b->venues[i];

		assert_int_equal(venue_cmp(x->venue, y->venue), 0);
		assert_true(x->listed == y->listed && x->active == y->active);
		assert_true(x->rates == y->rates && x->symbols == y->symbols);
		assert_true(x->rows == y->rows && x->malformed == y->malformed);
	}
	for (size_t i = 0; i < a->n_quotes; i++)
		assert_true(same_quote(&a->quotes[i], &b->quotes[i]));
	for (size_t i = 0; i < a->n_rows; i++)
		assert_true(same_row(&a->rows[i], &b->rows[i]));
}

static struct evidence_view round_trip(const struct evidence_view *v,
				       const struct evidence_view *before,
				       struct arena *a)
{
	struct evidence_view back = { .poll = 0 };
	struct err err = { ERR_NONE, "" };
	unsigned char *blob = NULL;
	size_t n = 0;

	if (!evidence_encode(&blob, &n, v, before, a, &err) ||
	    !evidence_decode(&back, before, blob, n, a, &err))
		fail_msg("%s", err.text);
	assert_int_equal(evidence_is_key(blob, n), !before);
	assert_same(v, &back);
	return back;
}

/* ---- tests ---- */

/* The decoded views are what the next blob is applied to. */
static void views_come_back(void **state)
{
	(void)state;
	seed(20261120);
	for (int run = 0; run < 12; run++) {
		struct arena *a = arena_new();
		struct evidence_view *v = random_view(NULL, a);
		struct evidence_view back = round_trip(v, NULL, a);

		for (int i = 0; i < 12; i++) {
			v = random_view(v, a);
			back = round_trip(v, &back, a);
		}
		arena_free(a);
	}
}

static void an_empty_view_is_small(void **state)
{
	struct arena *a = arena_new();
	struct evidence_view v = { .poll = 1, .at = given_time(GIVEN_NOW) };
	struct evidence_view next = { .poll = 2, .at = { v.at.ms + 60000 } };
	unsigned char *blob;
	size_t n;

	(void)state;
	round_trip(&v, NULL, a);
	round_trip(&next, &v, a);
	assert_true(evidence_encode(&blob, &n, &next, &v, a, NULL));
	assert_true(n <= 12);
	arena_free(a);
}

/* One more cannot be counted: another streak is written out. */
static void a_full_count_comes_back(void **state)
{
	struct arena *a = arena_new();
	struct evidence_row row = {
		.position = 1, .line = -1, .new_data = true, .n_slots = 2,
		.slot = { { { 1 }, { 2 }, INT32_MAX, VERDICT_TRUE },
			  { { 1 }, { 2 }, INT32_MAX - 1, VERDICT_TRUE } },
	}, after = row;
	struct evidence_view v = { .poll = 1, .at = { 2 }, .n_rows = 1,
				   .rows = &row };
	struct evidence_view next = { .poll = 2, .at = { 3 }, .n_rows = 1,
				      .rows = &after };

	(void)state;
	after.slot[0].last_known = after.slot[1].last_known = next.at;
	after.slot[1].count++;
	round_trip(&v, NULL, a);
	round_trip(&next, &v, a);
	arena_free(a);
}

static void refuse(const struct evidence_view *v,
		   const struct evidence_view *before, struct arena *a)
{
	struct err err = { ERR_NONE, "" };
	unsigned char *blob;
	size_t n;

	assert_false(evidence_encode(&blob, &n, v, before, a, &err));
	assert_int_equal(err.kind, ERR_STORE);
}

static void what_is_out_of_range_is_not_written(void **state)
{
	struct arena *a = arena_new();
	struct evidence_view *v;

	(void)state;
	seed(7);
	v = random_view(NULL, a);
	refuse(v, v, a);			/* not after itself */
	v->rows[0].line = LINES_MAX;
	refuse(v, NULL, a);
	v = random_view(NULL, a);
	v->rows[1].position = v->rows[0].position;
	refuse(v, NULL, a);
	v = random_view(NULL, a);
	v->quotes[1] = v->quotes[0];
	refuse(v, NULL, a);
	v = random_view(NULL, a);
	v->venues[1].venue = v->venues[0].venue;
	refuse(v, NULL, a);
	arena_free(a);
}

/* Each byte three ways, without and with a matching checksum. */
static void damage(const unsigned char *blob, size_t n,
		   const struct evidence_view *before)
{
	static const unsigned char flips[3] = { 0x01, 0x80, 0xff };
	struct arena *a = arena_new();
	unsigned char *bad = malloc(n);
	struct evidence_view v;
	size_t accepted = 0;

	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 3; k++) {
			memcpy(bad, blob, n);
			bad[i] ^= flips[k];
			arena_reset(a);
			assert_false(evidence_decode(&v, before, bad, n, a,
						     NULL));
			if (i >= n - 4)
				continue;
			given_checksum(bad, n);
			accepted += evidence_decode(&v, before, bad, n, a,
						    NULL);
		}
	print_message("# %zu bytes, %zu changes with a matching checksum "
		      "read as something else\n", n, accepted);
	free(bad);
	arena_free(a);
}

/* Blobs in memory of exactly their size, so that ASan sees every overread. */
static void cut_short(const unsigned char *blob, size_t n,
		      const struct evidence_view *before)
{
	struct arena *a = arena_new();
	struct evidence_view v;

	for (size_t k = 0; k < n; k++) {
		unsigned char *part = malloc(k + 4);

		memcpy(part, blob, k);
		if (k >= 4)
			given_checksum(part, k);
		arena_reset(a);
		assert_false(evidence_decode(&v, before, part, k, a, NULL));
		memcpy(part, blob, k);
		given_checksum(part, k + 4);
		arena_reset(a);
		if (k < n - 4)
			assert_false(evidence_decode(&v, before, part, k + 4,
						     a, NULL));
		free(part);
	}
	arena_free(a);
}

static void damage_is_refused_or_harmless(void **state)
{
	struct arena *a = arena_new();
	struct evidence_view *first, *second;
	unsigned char *blob;
	size_t n;

	(void)state;
	seed(99);
	first = random_view(NULL, a);
	first->n_rows = first->n_rows < 5 ? first->n_rows : 5;
	first->n_quotes = 20;
	second = random_view(first, a);
	second->n_rows = second->n_rows < 5 ? second->n_rows : 5;
	assert_true(evidence_encode(&blob, &n, first, NULL, a, NULL));
	damage(blob, n, NULL);
	cut_short(blob, n, NULL);
	assert_true(evidence_encode(&blob, &n, second, first, a, NULL));
	damage(blob, n, first);
	cut_short(blob, n, first);
	assert_false(evidence_decode(second, NULL, blob, n, a, NULL));
	first->poll--;			/* not the poll it builds on */
	assert_false(evidence_decode(second, first, blob, n, a, NULL));
	arena_free(a);
}

/* A few bytes that promise a million things get nothing. */
static void promises_are_not_believed(void **state)
{
	static const unsigned char blob[] = {
		0x03, 0x00, 0x01, 0x01, 0x00, 0x00, 0xff, 0xff, 0x3f,
		0x01, 0x00, 0x00, 0x00, 0x00
	};
	unsigned char bad[sizeof(blob)];
	struct arena *a = arena_new();
	struct evidence_view v;

	(void)state;
	for (size_t i = 3; i < sizeof(blob) - 7; i++) {
		memcpy(bad, blob, sizeof(blob));
		memset(bad + i, 0xff, 3);
		given_checksum(bad, sizeof(bad));
		assert_false(evidence_decode(&v, NULL, bad, sizeof(bad), a,
					     NULL));
	}
	arena_free(a);
}

static void a_view_gives_its_market(void **state)
{
	struct arena *a = arena_new();
	struct evidence_view *v;
	struct market m;

	(void)state;
	seed(3);
	v = random_view(NULL, a);
	evidence_market(&m, v);
	assert_int_equal(m.taken_at.ms, v->at.ms);
	for (size_t i = 0; i < v->n_quotes; i++)
		assert_ptr_equal(market_quote(&m, v->quotes[i].symbol,
					      v->quotes[i].venue),
				 &v->quotes[i]);
	assert_int_equal(m.opportunities_known, v->opportunities_known);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_come_back),
		cmocka_unit_test(an_empty_view_is_small),
		cmocka_unit_test(a_full_count_comes_back),
		cmocka_unit_test(what_is_out_of_range_is_not_written),
		cmocka_unit_test(damage_is_refused_or_harmless),
		cmocka_unit_test(promises_are_not_believed),
		cmocka_unit_test(a_view_gives_its_market),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
