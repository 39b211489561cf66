/* SPDX-License-Identifier: MIT */
/* One hand-off to the trading client and what is seen of it, for its tests. */
#ifndef CARRYWATCH_TESTS_HANDOFF_SCENE_H
#define CARRYWATCH_TESTS_HANDOFF_SCENE_H

#include "handoff_step.h"

#define MIN		60000
#define SETTLE_MS	(10 * MIN)

static struct close_policy policy;
static struct handoff_row row;
static struct handoff_view view;

static int begin(void **state)
{
	(void)state;
	policy = (struct close_policy){
		.escalate_after = 3, .settle = { SETTLE_MS },
		.max_at_once = 3, .max_share = dec_lit("0.5")
	};
	row = (struct handoff_row){
		.key = "main-1-7", .target = "control_api",
		.created_at = { MIN }, .next_at = { MIN },
		.sent_at = INSTANT_UNKNOWN, .answered_at = INSTANT_UNKNOWN,
		.confirmed_at = INSTANT_UNKNOWN
	};
	view = (struct handoff_view){
		.now = { 2 * MIN }, .policy = &policy,
		.status = STATUS_PENDING_CLOSE, .source = true, .fresh = true,
		.present = true, .seen_at = { 2 * MIN },
		.leapt_at = INSTANT_UNKNOWN
	};
	return 0;
}

static void sent(void)
{
	handoff_leaves(&row, view.now);
	assert_int_equal(row.state, HANDOFF_SENT);
}

static void answer(enum handoff_says says)
{
	const struct handoff_answer a = { says, 0, "why" };

	handoff_answered(&row, &a, &view);
}

/* A minute later, with a good answer that has the pair. */
static enum handoff_todo poll_later(int minutes)
{
	view.now.ms += minutes * MIN;
	view.seen_at = view.now;
	view.polled = true;
	return handoff_step(&row, &view);
}

#endif
