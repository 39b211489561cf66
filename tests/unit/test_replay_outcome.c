/* SPDX-License-Identifier: MIT */
/* What a replay comes to: other ends, other costs, the same settlements. */
#include "replay_outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"

#define PAIRS 4
#define LAST "2026-01-09T00:00:00Z"

struct scene {
	struct arena *arena;
	struct replay_pair pairs[PAIRS];
	struct settlement rows[3];
	struct terms terms;
	struct replay r;
	struct report_history was, is;
	size_t ended;
	struct err err;
};

static const char *const settled[] = {
	"2026-01-02T00:00:00Z", "2026-01-02T00:00:00.001Z",
	"2026-01-03T00:00:00Z",
};

static void fill_pair(struct scene *s, int i)
{
	struct replay_pair *p = &s->pairs[i];

	p->recorded = given_position("BTC", "lighter", "grvt", "1000", NULL);
	p->recorded.id = i + 1;
	p->recorded.status = STATUS_CLOSED;
	p->recorded.reason = (struct label){ "MANUAL" };
	p->recorded.closed_at = p->recorded.decided_at = given_time(LAST);
	p->recorded.fees_usd = dec_int(99);
	p->recorded.slippage_usd = dec_int(9);
	p->ledger = s->rows;
	p->n_ledger = 3;
	p->begun = true;
	p->x.pos = p->recorded;
	p->x.pos.fees_usd = dec_int(10);
	p->x.pos.slippage_usd = dec_int(1);
	p->closed_at = given_time(settled[0]);
	p->reason = (struct label){ "FLIP" };
	p->exit_usd = fact_known(dec_int(4));
}

static int set_up(void **state)
{
	static struct scene s;

	s = (struct scene){ .arena = arena_new() };
	assert_non_null(s.arena);
	for (int i = 0; i < 3; i++)
		s.rows[i] = (struct settlement){
			.at = given_time(settled[i]),
			.hypothetical = i == 0,
			.amount_usd = fact_known(dec_int(i + 1)) };
	for (int i = 0; i < PAIRS; i++)
		fill_pair(&s, i);
	given_terms(&s.terms);
	s.r = (struct replay){ .pairs = s.pairs, .n = PAIRS };
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct scene *)*state)->arena);
	return 0;
}

static bool outcome(struct scene *s)
{
	return replay_outcome(&s->was, &s->is, &s->ended, &s->r, &s->terms,
			      given_time(LAST), s->arena, &s->err);
}

static void assert_fees(const struct position *p, const char *fees)
{
	if (!dec_same(p->fees_usd, dec_lit(fees))) {
		char got[DEC_TEXT_MAX];

		dec_format(got, p->fees_usd);
		fail_msg("%s, not %s", got, fees);
	}
	assert_true(dec_same(p->slippage_usd, dec_int(1)));
}

static void a_pair_ends_where_the_other_profile_ends_it(void **state)
{
	struct scene *s = *state;
	const struct position *p;

	s->pairs[0].begun = false;
	s->pairs[2].closed_at = INSTANT_UNKNOWN;
	s->pairs[2].over = s->pairs[3].over = true;
	assert_true(outcome(s));
	assert_int_equal(s->was.n, 3);
	assert_int_equal(s->is.n, 3);
	assert_int_equal(s->ended, 1);
	assert_int_equal(s->is.last_poll.ms, given_time(LAST).ms);
	assert_int_equal(s->was.last_poll.ms, given_time(LAST).ms);
	assert_false(s->is.capital_usd.known);
	assert_false(instant_known(s->is.since) ||
		     instant_known(s->is.until));
	p = &s->is.positions[0];
	assert_int_equal(p->id, 2);
	assert_string_equal(p->symbol.s, "BTC");
	assert_int_equal(p->status, STATUS_CLOSED);
	assert_string_equal(p->reason.s, "FLIP");
	assert_int_equal(p->closed_at.ms, given_time(settled[0]).ms);
	assert_int_equal(p->decided_at.ms, p->closed_at.ms);
	assert_fees(p, "14");
	p = &s->is.positions[1];
	assert_int_equal(p->status, STATUS_OPEN);
	assert_string_equal(p->reason.s, "");
	assert_false(instant_known(p->closed_at));
	assert_false(instant_known(p->decided_at));
	assert_fees(p, "10");
	/* And beside it what was recorded, untouched. */
	p = &s->was.positions[0];
	assert_int_equal(p->id, 2);
	assert_string_equal(p->reason.s, "MANUAL");
	assert_true(dec_same(p->fees_usd, dec_int(99)));
	assert_ptr_equal(s->was.ledgers[0].rows, s->rows);
	assert_int_equal(s->was.ledgers[0].n, 3);
}

/* What settles at the moment of the close is still the holder's. */
static void what_settles_after_its_end_is_hypothetical(void **state)
{
	struct scene *s = *state;

	s->pairs[1].closed_at = INSTANT_UNKNOWN;
	assert_true(outcome(s));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(s->is.ledgers[0].rows[i].hypothetical, i > 0);
		assert_int_equal(s->is.ledgers[0].rows[i].at.ms,
				 s->rows[i].at.ms);
		assert_true(dec_same(s->is.ledgers[0].rows[i].amount_usd.v,
				     dec_int(i + 1)));
		/* held to the end, whatever was recorded */
		assert_false(s->is.ledgers[1].rows[i].hypothetical);
		assert_int_equal(s->rows[i].hypothetical, i == 0);
	}
	assert_int_equal(s->is.ledgers[0].n, 3);
}

/* The fees of version 0.1.0's closed pairs hold the leaving already. */
static void leaving_is_paid_once(void **state)
{
	struct scene *s = *state;

	s->pairs[0].fees_whole = s->pairs[1].fees_whole = true;
	s->pairs[1].closed_at = INSTANT_UNKNOWN;
	assert_true(outcome(s));
	assert_fees(&s->is.positions[0], "10");
	assert_fees(&s->is.positions[1], "6");
}

/* Settlements are recorded for seven days after the recorded close. */
static void a_later_end_leaves_its_seven_days_unknown(void **state)
{
	struct scene *s = *state;

	s->pairs[0].recorded.closed_at = given_time(settled[0]);
	s->pairs[1].recorded.closed_at = INSTANT_UNKNOWN;
	s->pairs[2].recorded.closed_at = given_time(settled[1]);
	s->pairs[2].closed_at = given_time(settled[2]);
	s->pairs[3].recorded.closed_at = given_time(settled[1]);
	s->pairs[3].closed_at = INSTANT_UNKNOWN;
	assert_true(outcome(s));
	for (int i = 0; i < PAIRS; i++) {
		assert_int_equal(s->is.ledgers[i].ends_early, i == 2);
		assert_false(s->was.ledgers[i].ends_early);
	}
}

static bool outcome_until(struct scene *s, const char *last)
{
	return replay_outcome(&s->was, &s->is, &s->ended, &s->r, &s->terms,
			      given_time(last), s->arena, &s->err);
}

/* --until: what was closed later is open on both sides, and unpaid. */
static void a_later_close_is_on_neither_side(void **state)
{
	struct scene *s = *state;
	const struct position *p;

	for (int i = 0; i < PAIRS; i++) {
		s->pairs[i].recorded.close_fees_usd = dec_int(89);
		s->pairs[i].recorded.close_slippage_usd = dec_int(8);
		s->pairs[i].closed_at = INSTANT_UNKNOWN;
	}
	assert_true(outcome_until(s, "2026-01-08T23:59:59.999Z"));
	for (int i = 0; i < PAIRS; i++) {
		p = &s->was.positions[i];
		assert_int_equal(p->status, STATUS_OPEN);
		assert_string_equal(p->reason.s, "");
		assert_false(instant_known(p->closed_at));
		assert_fees(p, "10");
		assert_fees(&s->is.positions[i], "10");
	}
	assert_true(outcome_until(s, LAST));	/* of that very poll */
	p = &s->was.positions[0];
	assert_int_equal(p->closed_at.ms, given_time(LAST).ms);
	assert_string_equal(p->reason.s, "MANUAL");
	assert_true(dec_same(p->fees_usd, dec_int(99)));
}

/* Version 0.1.0 did not tell what of the fees was the close's. */
static void a_later_close_of_0_1_0_is_taken_back_as_modelled(void **state)
{
	struct scene *s = *state;

	s->pairs[0].fees_whole = s->pairs[1].fees_whole = true;
	s->pairs[0].recorded.slippage_usd = dec_int(1);
	s->pairs[1].recorded.close_fees_usd = dec_int(89);
	s->pairs[1].recorded.close_slippage_usd = dec_int(8);
	s->pairs[3].fees_whole = true;		/* slippage alone was told */
	s->pairs[3].recorded.close_slippage_usd = dec_int(8);
	assert_true(outcome_until(s, settled[2]));
	assert_fees(&s->was.positions[3], "99");
	assert_fees(&s->was.positions[0], "95");
	assert_fees(&s->was.positions[1], "10");
	/* Closed by hand at no known cost: nothing is taken back. */
	assert_true(dec_same(s->was.positions[2].fees_usd, dec_int(99)));
	s->pairs[1].recorded.fees_usd = dec_lit("-170141183460469231731");
	assert_false(outcome_until(s, settled[2]));
	assert_string_equal(s->err.text, "position 2: fees out of range");
}

/* Unknown is not nothing: today's cost, or a refusal with the remedy. */
static void an_unknown_cost_of_leaving_is_never_zero(void **state)
{
	struct scene *s = *state;

	s->pairs[0].exit_usd = fact_unknown(WHY_NOT_SET);
	assert_true(outcome(s));
	assert_fees(&s->is.positions[0], "10.4");	/* 4 bps of 1000 */
	assert_fees(&s->is.positions[1], "14");
	s->terms.costs = COSTS_FEES;
	s->pairs[0].recorded.leg[LEG_LONG].venue = given_venue("elsewhere");
	assert_false(outcome(s));
	assert_int_equal(s->err.kind, ERR_CONFIG);
	assert_non_null(strstr(s->err.text, "position 1: no cost for "
					    "elsewhere and grvt"));
	s->pairs[0].closed_at = INSTANT_UNKNOWN;
	assert_true(outcome(s));	/* nobody leaves */
	s->pairs[0].fees_whole = true;
	assert_false(outcome(s));
}

static void fees_out_of_range_are_refused(void **state)
{
	struct scene *s = *state;
	struct dec max = dec_lit("170141183460469231731");

	s->pairs[3].x.pos.fees_usd = max;
	assert_false(outcome(s));
	assert_string_equal(s->err.text, "position 4: fees out of range");
	s->pairs[3].x.pos.fees_usd = dec_neg(max);
	s->pairs[3].fees_whole = true;
	assert_false(outcome(s));
	assert_int_equal(s->err.kind, ERR_DATA);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pair_ends_where_the_other_profile_ends_it),
		TEST(what_settles_after_its_end_is_hypothetical),
		TEST(leaving_is_paid_once),
		TEST(a_later_end_leaves_its_seven_days_unknown),
		TEST(a_later_close_is_on_neither_side),
		TEST(a_later_close_of_0_1_0_is_taken_back_as_modelled),
		TEST(an_unknown_cost_of_leaving_is_never_zero),
		TEST(fees_out_of_range_are_refused),
	};

	return cmocka_run_group_tests_name("replay_outcome", tests, NULL,
					   NULL);
}
