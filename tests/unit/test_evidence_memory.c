/* SPDX-License-Identifier: MIT */
/* What a position brought into a poll survives the blob, each part of it. */
#include "evidence_parts.h"
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SLOTS 7

static struct label label(const char *text)
{
	struct label l = { "" };

	snprintf(l.s, sizeof(l.s), "%s", text);
	return l;
}

static struct evidence_memory some_memory(struct streak *slots)
{
	struct instant t = given_time("2026-11-20T20:00:00Z");
	struct evidence_memory m = {
		.status = STATUS_PENDING_CLOSE, .reason = label("FLIPPED"),
		.muted = label("STALE"), .decided_at = t,
		.muted_until = instant_add(t, span_s(1)),
		.fees_usd = dec_lit("8.0001"), .slippage_usd = dec_lit("0.5"),
		.facts = { { instant_add(t, span_s(2)), INSTANT_UNKNOWN },
			   fact_known(dec_lit("-12.5")), NULL },
		.watch = {
			.counted = { instant_add(t, span_s(3)),
				     instant_add(t, span_s(4)) },
			.action = ACTION_ALERT, .label = label("OI"),
			.divergence = fact_known(dec_lit("0.0003")),
			.divergence_at = instant_add(t, span_s(5)),
			.blind_told = instant_add(t, span_s(6)),
			.blind_notices = 3, .gone_polls = -4,
			.unclosed_told = instant_add(t, span_s(7)),
			.severer = label("SEVERE"),
		},
		.n_slots = SLOTS, .slot = slots,
	};

	for (int i = 0; i < SLOTS; i++)
		slots[i] = STREAK_NONE;
	slots[2] = (struct streak){ t, instant_add(t, span_s(60)), 5,
				    VERDICT_TRUE };
	slots[6].stored = VERDICT_UNKNOWN;
	return m;
}

static struct evidence_view view_of(struct evidence_row *rows, size_t n)
{
	struct evidence_view v = {
		.poll = 9, .at = given_time(GIVEN_NOW), .rows = rows,
		.n_rows = n, .opportunities_known = true, .dexes_known = true,
	};

	for (size_t i = 0; i < n; i++)
		rows[i].position = (int64_t)(i + 1);
	return v;
}

static struct evidence_view written_and_read(const struct evidence_view *v,
					     struct arena *a)
{
	struct evidence_view back;
	struct err err = { ERR_NONE, "" };
	unsigned char *blob;
	size_t n;

	if (!evidence_encode(&blob, &n, v, NULL, a, &err) ||
	    !evidence_decode(&back, NULL, blob, n, a, &err))
		fail_msg("%s", err.text);
	/* Not one byte less is taken for whole. */
	for (size_t cut = 1; cut < n; cut++) {
		struct evidence_view none;

		assert_false(evidence_decode(&none, NULL, blob, n - cut, a,
					     &err));
	}
	return back;
}

static void every_part_comes_back(void **state)
{
	struct arena *a = arena_new();
	struct evidence_row rows[4] = { { .line = -1 }, { .line = -1 },
					{ .line = -1 }, { .line = -1 } };
	struct streak slots[2][SLOTS];
	struct evidence_memory m = some_memory(slots[0]);
	struct evidence_memory other = some_memory(slots[1]);
	struct evidence_view v = view_of(rows, 4), back;

	(void)state;
	other.facts.funding_usd = fact_unknown(WHY_MISSED);
	other.status = STATUS_OPEN;
	rows[1].memory = &m;
	rows[3].memory = &other;
	back = written_and_read(&v, a);
	assert_int_equal(back.n_rows, 4);
	assert_null(back.rows[0].memory);
	assert_null(back.rows[2].memory);
	assert_true(evidence_memory_same(back.rows[1].memory, &m));
	assert_true(evidence_memory_same(back.rows[3].memory, &other));
	assert_false(evidence_memory_same(back.rows[3].memory, &m));
	arena_free(a);
}

static void without_memory_a_blob_is_as_it_was(void **state)
{
	struct arena *a = arena_new();
	struct evidence_row rows[2] = { { .line = -1 }, { .line = -1 } };
	struct evidence_view v = view_of(rows, 2), back;
	struct market m;

	(void)state;
	back = written_and_read(&v, a);
	assert_null(back.rows[0].memory);
	assert_true(back.dexes_known);
	v.dexes_known = false;
	back = written_and_read(&v, a);
	evidence_market(&m, &back);
	assert_false(m.dexes_known);
	v.dexes_known = true;
	back = written_and_read(&v, a);
	evidence_market(&m, &back);
	assert_true(m.dexes_known);
	arena_free(a);
}

/* Nothing of note but what `change` says: a position on a quiet day. */
#define RETURNS(change) do { \
	struct arena *a = arena_new(); \
	struct evidence_row row = { .line = -1 }; \
	struct streak slots[SLOTS]; \
	struct evidence_memory y = quiet_memory(slots); \
	struct evidence_view v = view_of(&row, 1); \
	struct instant t = given_time("2026-11-20T20:00:00Z"); \
	change; \
	row.memory = &y; \
	if (!evidence_memory_same(written_and_read(&v, a).rows[0].memory, &y)) \
		fail_msg("lost: %s", #change); \
	(void)t; \
	arena_free(a); \
} while (0)

static struct evidence_memory quiet_memory(struct streak *slots)
{
	struct evidence_memory m = some_memory(slots);
	struct fact divergence = m.watch.divergence;

	m.status = STATUS_OPEN;
	m.reason = m.muted = label("");
	m.decided_at = m.muted_until = INSTANT_UNKNOWN;
	m.slippage_usd = DEC_ZERO;
	memcpy(m.watch.counted, m.facts.quote_at, sizeof(m.watch.counted));
	m.watch = (struct watch){
		.counted = { m.watch.counted[0], m.watch.counted[1] },
		.divergence = divergence,
		.divergence_at = m.watch.divergence_at,
		.blind_told = INSTANT_UNKNOWN,
		.unclosed_told = INSTANT_UNKNOWN,
	};
	for (int i = 0; i < SLOTS; i++)
		slots[i] = STREAK_NONE;
	return m;
}

static void what_is_not_said_is_known(void **state)
{
	(void)state;
	RETURNS((void)0);
	RETURNS(y.status = STATUS_PENDING_CLOSE);
	RETURNS(y.reason = label("A"));
	RETURNS(y.decided_at = t);
	RETURNS(y.muted = label("A"));
	RETURNS(y.muted_until = t);
	RETURNS(y.fees_usd = DEC_ZERO);
	RETURNS(y.slippage_usd = dec_lit("1"));
	RETURNS(y.watch.counted[0] = t);
	RETURNS(y.watch.counted[1] = t);
	RETURNS(y.watch.action = ACTION_CLOSE);
	RETURNS(y.watch.label = label("A"));
	RETURNS(y.watch.divergence = fact_unknown(WHY_NOT_SET));
	RETURNS(y.watch.blind_told = t);
	RETURNS(y.watch.blind_notices = 1);
	RETURNS(y.watch.gone_polls = 1);
	RETURNS(y.watch.unclosed_told = t);
	RETURNS(y.watch.severer = label("A"));
	RETURNS(y.slot[0].count = 1);
	RETURNS(y.n_slots = 0);
}

#define DIFFERS(change) do { \
	struct streak s[2][SLOTS]; \
	struct evidence_memory x = some_memory(s[0]), y = some_memory(s[1]); \
	assert_true(evidence_memory_same(&x, &y)); \
	change; \
	if (evidence_memory_same(&x, &y)) \
		fail_msg("not seen: %s", #change); \
} while (0)

static void each_part_is_compared(void **state)
{
	(void)state;
	DIFFERS(y.status = STATUS_OPEN);
	DIFFERS(y.reason = label("OTHER"));
	DIFFERS(y.muted = label("OTHER"));
	DIFFERS(y.decided_at.ms++);
	DIFFERS(y.muted_until.ms++);
	DIFFERS(y.fees_usd = dec_lit("8"));
	DIFFERS(y.slippage_usd = dec_lit("8"));
	DIFFERS(y.facts.quote_at[0].ms++);
	DIFFERS(y.facts.quote_at[1].ms++);
	DIFFERS(y.facts.funding_usd = fact_known(DEC_ZERO));
	DIFFERS(y.facts.funding_usd = fact_unknown(WHY_MISSED));
	DIFFERS(y.watch.counted[0].ms++);
	DIFFERS(y.watch.counted[1].ms++);
	DIFFERS(y.watch.action = ACTION_HOLD);
	DIFFERS(y.watch.label = label("OTHER"));
	DIFFERS(y.watch.divergence = fact_unknown(WHY_STALE));
	DIFFERS(y.watch.divergence_at.ms++);
	DIFFERS(y.watch.blind_told.ms++);
	DIFFERS(y.watch.blind_notices++);
	DIFFERS(y.watch.gone_polls++);
	DIFFERS(y.watch.unclosed_told.ms++);
	DIFFERS(y.watch.severer = label("OTHER"));
	DIFFERS(y.n_slots--);
	DIFFERS(y.slot[3].count++);
}

static void what_is_out_of_range_is_not_written(void **state)
{
	static const struct { int slots, line; } bad[] = {
		{ SLOTS_MAX + 1, -1 }, { -1, -1 }, { 0, -2 },
	};
	struct arena *a = arena_new();
	struct evidence_row row = { .line = -1 };
	struct streak slots[SLOTS];
	struct evidence_memory m = some_memory(slots);
	struct evidence_view v = view_of(&row, 1);

	(void)state;
	row.memory = &m;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { ERR_NONE, "" };
		unsigned char *blob;
		size_t n;

		m.n_slots = bad[i].slots;
		row.line = bad[i].line;
		assert_false(evidence_encode(&blob, &n, &v, NULL, a, &err));
		assert_int_equal(err.kind, ERR_STORE);
		assert_non_null(strstr(err.text, "a value is out of range"));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_comes_back),
		cmocka_unit_test(without_memory_a_blob_is_as_it_was),
		cmocka_unit_test(what_is_not_said_is_known),
		cmocka_unit_test(each_part_is_compared),
		cmocka_unit_test(what_is_out_of_range_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
