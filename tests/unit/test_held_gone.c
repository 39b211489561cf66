/* SPDX-License-Identifier: MIT */
/*
 * A leg is gone for good after three answers and three minutes, both; a pair
 * after two answers in a row, and not there from the first one on. Which pair
 * there is one of ours, and what is made of one that is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"
#include "held_judge.h"

static void three_answers_and_three_minutes(void **state)
{
	static const struct {
		int32_t answers;
		int64_t ms;
		bool gone;
	} cases[] = {
		{ 0, 999999, false }, { 2, 180000, false },
		{ 3, 179999, false }, { 3, 180000, true },
		{ 900, 0, false }, { 900, 180001, true },
	};
	struct instant now = given_time(GIVEN_NOW);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int s = 0; s < 2; s++) {
			struct held_memory m = held_memory_none(1);

			m.missing[s] = cases[i].answers;
			m.missing_since[s].ms = now.ms - cases[i].ms;
			assert_int_equal(held_leg_gone(&m, (enum side)s, now),
					 cases[i].gone);
			assert_false(held_leg_gone(&m, (enum side)!s, now));
		}
}

/* One pair, read once a minute: p there, a absent, b a bad read, o: its id
 * names another one. */
struct reader {
	struct position p;
	struct held_memory memory;
	struct instant now;
};

static struct reader reader(void)
{
	struct reader w = { .p = given_position("BTC", "lighter", "grvt",
					       "1000", NULL),
			   .memory = held_memory_none(1),
			   .now = given_time(GIVEN_NOW) };

	strcpy(w.p.external_id, "u-1");
	return w;
}

static struct held_result read_once(struct reader *w, char how)
{
	struct book_pair x = { .id = "u-1", .readable = true,
			       .symbol = w->p.symbol,
			       .venue = { w->p.leg[0].venue,
					  w->p.leg[1].venue } };
	struct book_view book = { .asked = true, .good = how != 'b',
				  .pairs = &x, .n = how == 'p' || how == 'o' };
	struct held_result r;

	if (how == 'o')
		x.symbol = given_symbol("ETH");
	w->now.ms += 60000;
	held_judge(&r, &w->p, &w->memory, &book, book.n ? &x : NULL, w->now);
	w->memory = r.memory;
	return r;
}

static void a_bad_read_does_not_bring_it_back(void **state)
{
	static const struct {
		const char *reads;
		bool there, closed;	/* after the last of them */
	} cases[] = {
		{ "p", true, false }, { "pb", true, false },
		{ "pa", false, false }, { "pab", false, false },
		{ "pabb", false, false }, { "paba", false, false },
		{ "pabab", false, false }, { "pabap", true, false },
		{ "pabpb", true, false }, { "pabpa", false, false },
		{ "paa", false, true }, { "pabaa", false, true },
		{ "pabpaa", false, true }, { "a", false, false },
		{ "abaaa", false, false },
		{ "po", false, false }, { "pob", false, false },
		{ "pooo", false, false }, { "poa", false, false },
		{ "poaa", false, true }, { "paoa", false, false },
		{ "pop", true, false }, { "oooo", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reader w = reader();
		struct held_result r = { .change = HELD_SAME };

		for (const char *c = cases[i].reads; *c; c++) {
			assert_int_equal(r.change, HELD_SAME);
			r = read_once(&w, *c);
		}
		assert_int_equal(held_there(&w.memory), cases[i].there);
		assert_int_equal(r.change == HELD_CLOSED, cases[i].closed);
	}
}

/* ---- whose it is ---- */

static struct book_pair pair_like(const struct position *p)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);
	struct book_pair x = {
		.id = "u-1", .readable = true, .symbol = p->symbol,
		.venue = { p->leg[0].venue, p->leg[1].venue },
		.size_usd = fact_known(dec_int(1000)),
		.entry_divergence_8h = none, .opened_at = INSTANT_UNKNOWN,
		.age_hours = none,
	};

	for (int s = 0; s < 2; s++)
		x.leg[s] = (struct held_leg){ true, none, none, none, none,
					      none };
	return x;
}

/* Ours has no id yet. What `change` says, in the pair x, ours p or the other
 * q of the same kind, decides whether x is taken for p, and whether it is new. */
#define WHOSE(change, taken, is_new) do { \
	struct position all[2] = { \
		given_position("BTC", "lighter", "grvt", "1000", NULL), \
		given_position("ETH", "lighter", "grvt", "1000", NULL) }; \
	struct position *p = &all[0], *q = &all[1]; \
	struct book_pair x = pair_like(p); \
	struct book_view book = { .asked = true, .good = true, .pairs = &x, \
				  .n = 1 }; \
	(void)q; \
	change; \
	if ((held_pair_of(p, all, 2, &book) != NULL) != (taken)) \
		fail_msg("taken: %s", #change); \
	if (held_is_new(&x, all, 2) != (is_new)) \
		fail_msg("new: %s", #change); \
} while (0)

static void a_pair_is_ours_by_its_id_or_by_its_looks(void **state)
{
	(void)state;
	WHOSE((void)0, true, false);
	WHOSE(x.symbol = given_symbol("SOL"), false, true);
	WHOSE(x.venue[0] = given_venue("aster"), false, true);
	WHOSE(x.venue[1] = given_venue("aster"), false, true);
	WHOSE(x.readable = false, false, true);
	WHOSE(strcpy(p->external_id, "u-1"), true, false);
	WHOSE(strcpy(p->external_id, "u-2"), false, true);
	WHOSE(strcpy(q->external_id, "u-1"), false, false);
	/* Two that look the same cannot be told apart. */
	WHOSE(q->symbol = p->symbol, false, false);
	WHOSE(q->symbol = p->symbol; strcpy(q->external_id, "u-2"), true,
	      false);
	WHOSE(q->symbol = p->symbol; q->status = STATUS_CLOSED, true, false);
	WHOSE(strcpy(q->external_id, "u-1"); q->status = STATUS_CLOSED, true,
	      false);
}

/* A position of this pair, or why there can be none. */
#define MAKES(change, words) do { \
	struct position p = given_position("BTC", "lighter", "grvt", "1000", \
					   NULL), out; \
	struct instant now = given_time(GIVEN_NOW); \
	struct book_pair x = pair_like(&p); \
	char note[200]; \
	bool made; \
	change; \
	made = held_new_position(&out, note, &x, now); \
	if (!strstr(note, words)) \
		fail_msg("%s: %s", #change, note); \
	assert_int_equal(made, !strcmp(note, "read from the trading " \
				       "client")); \
	if (made) \
		assert_int_equal(out.opened_at.ms, \
				 instant_known(x.opened_at) ? \
				 x.opened_at.ms : now.ms); \
} while (0)

static void a_new_pair_is_watched_if_it_can_be_read(void **state)
{
	(void)state;
	MAKES((void)0, "read from");
	MAKES(x.opened_at.ms = now.ms - 5000, "read from");
	MAKES(x.opened_at.ms = now.ms + 3600000, "position u-1 of the trading "
	      "client cannot be watched: ");
	MAKES(x.size_usd = fact_unknown(WHY_MALFORMED), "cannot be read: its "
	      "size or a name is malformed");
	MAKES(x.readable = false, "cannot be read");
	MAKES(x.venue[1] = x.venue[0], "cannot be watched: ");
}

/* ---- a leg that is not listed ---- */

static struct fact missing_of(const char *venue, bool well, bool good,
			      bool asked)
{
	struct reader w = reader();
	struct book_pair x = pair_like(&w.p);
	struct book_balance balance = { given_venue(venue), well };
	struct book_view book = { .asked = asked, .good = good, .pairs = &x,
				  .n = 1, .balances_good = true,
				  .balances = &balance, .n_balances = 1 };
	struct held_result r;

	x.leg[LEG_SHORT].listed = false;
	held_judge(&r, &w.p, &w.memory, &book, good ? &x : NULL, w.now);
	return r.held.missing[LEG_SHORT];
}

/* Only where its venue answered is it missing; else nobody knows. */
static void a_leg_is_missing_where_its_venue_is_well(void **state)
{
	(void)state;
	assert_int_equal(missing_of("grvt", true, true, true).why,
			 WHY_UNPROVEN);
	assert_int_equal(missing_of("grvt", false, true, true).why,
			 WHY_FAILED);
	assert_int_equal(missing_of("lighter", true, true, true).why,
			 WHY_FAILED);
	assert_int_equal(missing_of("grvt", true, false, true).why,
			 WHY_FAILED);
	assert_int_equal(missing_of("grvt", true, false, false).why,
			 HELD_NONE.missing[LEG_SHORT].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_answers_and_three_minutes),
		cmocka_unit_test(a_bad_read_does_not_bring_it_back),
		cmocka_unit_test(a_pair_is_ours_by_its_id_or_by_its_looks),
		cmocka_unit_test(a_new_pair_is_watched_if_it_can_be_read),
		cmocka_unit_test(a_leg_is_missing_where_its_venue_is_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
