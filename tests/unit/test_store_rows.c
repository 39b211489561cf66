/* SPDX-License-Identifier: MIT */
/* Memory, polls, decisions, money and messages in the store. */
#include "evidence.h"
#include "store_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW		given_time(GIVEN_NOW)
#define check		store_case_check
#define refused		store_case_refused
#define add		store_case_add
#define assert_fact	store_case_assert_fact
#define TEST(f)		cmocka_unit_test_setup_teardown(f, \
				store_case_set_up, store_case_tear_down)

/* ---- memory ---- */

static struct profile *profile_of(struct store_case *f, const char *const *lines,
				  int slots)
{
	struct profile *p = arena_alloc(f->arena, sizeof(*p));

	for (; *lines; lines++) {
		struct line *l = &p->line[p->n_lines++];

		snprintf(l->text, sizeof(l->text), "%s", *lines);
		l->n_slots = (uint8_t)slots;
	}
	return p;
}

static struct streak streak_at(int64_t since, int32_t count)
{
	return (struct streak){ { since }, { since + 1 }, count,
				VERDICT_TRUE };
}

static void assert_streak(struct streak a, struct streak b)
{
	assert_int_equal(a.since.ms, b.since.ms);
	assert_int_equal(a.last_known.ms, b.last_known.ms);
	assert_int_equal(a.count, b.count);
	assert_int_equal(a.stored, b.stored);
}

struct memory {
	struct streak slot[SLOTS_MAX];
	struct watch watch;
};

static struct memory load(struct store_case *f, int64_t id,
			  const struct profile *p)
{
	struct memory m;

	memset(&m, 0x5a, sizeof(m));
	check(f, store_load_memory(f->store, m.slot, &m.watch, id, p,
				   &f->err));
	return m;
}

static void save(struct store_case *f, int64_t id, const struct profile *p,
		 const struct memory *m, const struct memory *old)
{
	check(f, store_save_memory(f->store, id, p, m->slot, old->slot,
				   &m->watch, &old->watch, &f->err));
}

static const char *const three[] = { "flip()", "age(168h)", "flip() and x",
				     NULL };
static const char *const moved[] = { "age(168h)", "flip(1)", "flip()", NULL };

static void streaks_follow_the_text_of_their_line(void **state)
{
	struct store_case *f = *state;
	int64_t id = add(f, "BTC").id, other = add(f, "ETH").id;
	struct profile *p = profile_of(f, three, 2);
	struct memory none = load(f, id, p), m = none;

	assert_true(streak_is_none(&m.slot[0]));
	assert_true(streak_is_none(&m.slot[5]));
	for (int i = 0; i < 6; i++)
		m.slot[i] = streak_at(1000 + i, i);
	save(f, id, p, &m, &none);
	none = load(f, other, p);
	assert_true(streak_is_none(&none.slot[0]));
	m = load(f, id, p);
	for (int i = 0; i < 6; i++)
		assert_streak(m.slot[i], streak_at(1000 + i, i));

	p = profile_of(f, moved, 2);
	m = load(f, id, p);
	assert_streak(m.slot[0], streak_at(1002, 2));	/* age moved up */
	assert_true(streak_is_none(&m.slot[2]));	/* flip(1) is new */
	assert_streak(m.slot[5], streak_at(1001, 1));
	save(f, id, p, &m, &m);

	/* The line that was away starts at zero when it comes back. */
	p = profile_of(f, three, 2);
	m = load(f, id, p);
	assert_streak(m.slot[0], streak_at(1000, 0));
	assert_true(streak_is_none(&m.slot[4]));
	assert_true(streak_is_none(&m.slot[5]));
}

/* Texts as older versions stored them, and the lines that made them. */
static const char *const stored[] = {
	"better_opportunity(0.002, horizon=1d) for 1h and min_hold(1d)", NULL
};
static const char *const written[] = {
	"A: better_opportunity(0.002) for 1h and min_hold(24h)", NULL
};
static const char *const linear[] = {
	"A: better_opportunity(0.2%, model=linear) for 1h and min_hold(24h)",
	NULL
};
static const char *const schedule[] = {
	"A: better_opportunity(0.002, model=schedule) for 1h and "
	"min_hold(24h)", NULL
};

static void a_streak_outlives_a_parameter_that_came_later(void **state)
{
	struct store_case *f = *state;
	int64_t id = add(f, "BTC").id;
	struct arena *a = arena_new();
	struct profile *p = profile_of(f, stored, 2);
	struct memory none = load(f, id, p), m = none;

	m.slot[0] = streak_at(1000, 7);
	m.slot[1] = streak_at(1001, 8);
	save(f, id, p, &m, &none);
	m = load(f, id, given_profile(a, written, NULL));
	assert_streak(m.slot[0], streak_at(1000, 7));
	assert_streak(m.slot[1], streak_at(1001, 8));
	m = load(f, id, given_profile(a, linear, NULL));
	assert_streak(m.slot[1], streak_at(1001, 8));
	m = load(f, id, given_profile(a, schedule, NULL));
	assert_true(streak_is_none(&m.slot[0]));
	assert_true(streak_is_none(&m.slot[1]));
	arena_free(a);
}

static void only_differences_are_written(void **state)
{
	struct store_case *f = *state;
	int64_t id = add(f, "BTC").id;
	struct profile *p = profile_of(f, three, 1);
	struct memory none = load(f, id, p), m = none, back;

	m.slot[0] = streak_at(1, 1);
	m.slot[1] = streak_at(2, 2);
	save(f, id, p, &m, &none);
	none = m;
	m.slot[0] = STREAK_NONE;
	none.slot[1] = m.slot[1] = streak_at(9, 9);	/* as if unchanged */
	m.watch.gone_polls = none.watch.gone_polls = 4;
	save(f, id, p, &m, &none);
	back = load(f, id, p);
	assert_true(streak_is_none(&back.slot[0]));
	assert_streak(back.slot[1], streak_at(2, 2));
	assert_int_equal(back.watch.gone_polls, 0);
}

static void a_watch_comes_back_and_is_forgotten(void **state)
{
	struct store_case *f = *state;
	int64_t id = add(f, "BTC").id;
	struct profile *p = profile_of(f, three, 1);
	struct memory none = load(f, id, p), m = none, back;

	assert_int_equal(none.watch.action, ACTION_HOLD);
	assert_false(instant_known(none.watch.counted[0]));
	assert_false(none.watch.divergence.known);
	m.slot[0] = streak_at(1, 1);
	m.watch = (struct watch){
		.counted = { { 1 }, { 2 } }, .action = ACTION_ALERT,
		.label = { "STALE" },
		.divergence = fact_known(dec_lit("-0.00012")),
		.divergence_at = { 3 }, .blind_told = { 4 },
		.blind_notices = 5, .gone_polls = 6, .unclosed_told = { 7 },
		.severer = { "DIVERGENCE_FLIPPED" },
	};
	save(f, id, p, &m, &none);
	back = load(f, id, p);
	assert_int_equal(back.watch.counted[0].ms, 1);
	assert_int_equal(back.watch.counted[1].ms, 2);
	assert_int_equal(back.watch.action, ACTION_ALERT);
	assert_string_equal(back.watch.label.s, "STALE");
	assert_fact(back.watch.divergence, m.watch.divergence);
	assert_int_equal(back.watch.divergence_at.ms, 3);
	assert_int_equal(back.watch.blind_told.ms, 4);
	assert_int_equal(back.watch.blind_notices, 5);
	assert_int_equal(back.watch.gone_polls, 6);
	assert_int_equal(back.watch.unclosed_told.ms, 7);
	assert_string_equal(back.watch.severer.s, "DIVERGENCE_FLIPPED");
	check(f, store_forget_memory(f->store, id, &f->err));
	back = load(f, id, p);
	assert_true(streak_is_none(&back.slot[0]));
	assert_false(instant_known(back.watch.counted[0]));
	assert_int_equal(back.watch.action, ACTION_HOLD);
}

/* One thing of it changes, and it is written whole. */
#define WRITTEN(change) do { \
	struct memory now = m; \
	struct watch *w = &now.watch; \
	change; \
	save(f, id, p, &now, &m); \
	m = load(f, id, p); \
	if (!evidence_memory_same( \
			&(struct evidence_memory){ .watch = m.watch }, \
			&(struct evidence_memory){ .watch = now.watch })) \
		fail_msg("lost: %s", #change); \
} while (0)

static void each_part_of_a_watch_is_written(void **state)
{
	struct store_case *f = *state;
	int64_t id = add(f, "BTC").id;
	struct profile *p = profile_of(f, three, 1);
	struct memory m = load(f, id, p);

	WRITTEN(w->counted[0].ms = 1);
	WRITTEN(w->counted[1].ms = 2);
	WRITTEN(w->action = ACTION_ALERT);
	WRITTEN(memcpy(w->label.s, "STALE", 6));
	WRITTEN(w->divergence = fact_unknown(WHY_STALE));
	WRITTEN(w->divergence_at.ms = 3);
	WRITTEN(w->blind_told.ms = 4);
	WRITTEN(w->blind_notices = 5);
	WRITTEN(w->gone_polls = 6);
	WRITTEN(w->unclosed_told.ms = 7);
	WRITTEN(memcpy(w->severer.s, "FLIPPED", 8));
}

/* ---- polls, decisions ---- */

static struct poll poll_of(int64_t seq)
{
	return (struct poll){
		.seq = seq, .at = { NOW.ms + 60000 * seq }, .took_ms = 812,
		.result = "partial", .positions = 2, .requests = 9,
		.missed_ticks = 1, .bytes = 123456789012,
		.config = "0123456789abcdef", .version = "1.0.0",
		.error = "grvt: timeout",
	};
}

static void polls_and_their_configuration(void **state)
{
	struct store_case *f = *state;
	struct poll p = poll_of(1), q;
	bool found = true;
	char *text;

	check(f, store_last_poll(f->store, &q, &found, &f->err));
	assert_false(found);
	refused(f, store_put_poll(f->store, &p, &f->err), ERR_STORE,
		"FOREIGN KEY");
	for (int i = 0; i < 2; i++)
		check(f, store_put_config(f->store, p.config, "version: 1\n",
					  &f->err));
	check(f, store_put_poll(f->store, &p, &f->err));
	p = poll_of(2);
	check(f, store_put_poll(f->store, &p, &f->err));
	refused(f, store_put_poll(f->store, &p, &f->err), ERR_STORE,
		"polls.seq");
	check(f, store_last_poll(f->store, &q, &found, &f->err));
	assert_true(found);
	assert_int_equal(q.seq, 2);
	assert_int_equal(q.at.ms, p.at.ms);
	assert_int_equal(q.took_ms, 812);
	assert_string_equal(q.result, "partial");
	assert_int_equal(q.positions, 2);
	assert_int_equal(q.requests, 9);
	assert_int_equal(q.missed_ticks, 1);
	assert_int_equal(q.bytes, 123456789012);
	assert_string_equal(q.config, p.config);
	assert_string_equal(q.version, "1.0.0");
	assert_string_equal(q.error, "grvt: timeout");
	check(f, store_config_text(f->store, &text, p.config, f->arena,
				   &f->err));
	assert_string_equal(text, "version: 1\n");
	refused(f, store_config_text(f->store, &text, "ffff", f->arena,
				     &f->err), ERR_NOT_FOUND, "ffff");
}

static struct decision_row decide(struct store_case *f, int64_t poll,
				  int64_t position)
{
	struct decision_row d = {
		.poll = poll, .position = position,
		.at = { NOW.ms + poll }, .action = ACTION_CLOSE,
		.before = ACTION_ALERT, .label = { "FLIP" },
		.text = "the divergence turned",
	};

	check(f, store_put_decision(f->store, &d, &f->err));
	return d;
}

static size_t decisions(struct store_case *f, struct decision_row **d, int64_t id,
			int64_t since, int64_t until, int limit)
{
	size_t n;

	check(f, store_decisions(f->store, d, &n, id, (struct instant){ since },
				 (struct instant){ until }, limit, f->arena,
				 &f->err));
	return n;
}

static void decisions_are_unique_and_newest_first(void **state)
{
	struct store_case *f = *state;
	int64_t a = add(f, "BTC").id, b = add(f, "ETH").id;
	struct decision_row d, *list;

	decide(f, 1, a);
	decide(f, 1, b);
	d = decide(f, 2, a);
	refused(f, store_put_decision(f->store, &d, &f->err), ERR_STORE,
		"UNIQUE");
	assert_int_equal(decisions(f, &list, 0, INT64_MIN, INT64_MIN, 0), 3);
	assert_int_equal(list[0].id, d.id);
	assert_int_equal(list[0].poll, 2);
	assert_int_equal(list[0].position, a);
	assert_int_equal(list[0].at.ms, d.at.ms);
	assert_int_equal(list[0].action, ACTION_CLOSE);
	assert_int_equal(list[0].before, ACTION_ALERT);
	assert_string_equal(list[0].label.s, "FLIP");
	assert_string_equal(list[0].text, "the divergence turned");
	assert_int_equal(decisions(f, &list, b, INT64_MIN, INT64_MIN, 0), 1);
	assert_int_equal(decisions(f, &list, 0, INT64_MIN, INT64_MIN, 2), 2);
	assert_int_equal(decisions(f, &list, 0, NOW.ms + 2, INT64_MIN, 0), 1);
	assert_int_equal(decisions(f, &list, 0, INT64_MIN, NOW.ms + 1, 0), 2);
}

/* ---- money, outbox, quotes ---- */

static void a_settlement_is_booked_once(void **state)
{
	struct store_case *f = *state;
	struct settlement *list, row = {
		.position = add(f, "BTC").id, .side = LEG_SHORT, .at = NOW,
		.rate_8h = fact_known(dec_lit("0.0001")), .pays_every_s = 3600,
		.amount_usd = fact_known(dec_lit("0.25")), .late = true,
	};
	bool added = false;
	size_t n;

	check(f, store_put_settlement(f->store, &added, &row, &f->err));
	assert_true(added);
	row.amount_usd = fact_known(dec_lit("9"));
	check(f, store_put_settlement(f->store, &added, &row, &f->err));
	assert_false(added);
	row.side = LEG_LONG;
	row.hypothetical = true;
	row.late = false;
	row.rate_8h = row.amount_usd = fact_unknown(WHY_STALE);
	check(f, store_put_settlement(f->store, &added, &row, &f->err));
	assert_true(added);
	check(f, store_settlements(f->store, &list, &n, row.position,
				   f->arena, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].side, LEG_LONG);
	assert_true(list[0].hypothetical && !list[0].late);
	assert_fact(list[0].amount_usd, fact_unknown(WHY_STALE));
	assert_fact(list[0].rate_8h, fact_unknown(WHY_STALE));
	assert_int_equal(list[1].side, LEG_SHORT);
	assert_int_equal(list[1].at.ms, NOW.ms);
	assert_int_equal(list[1].pays_every_s, 3600);
	assert_true(list[1].late && !list[1].hypothetical);
	assert_fact(list[1].amount_usd, fact_known(dec_lit("0.25")));
	check(f, store_settlements(f->store, &list, &n, 99, f->arena,
				   &f->err));
	assert_int_equal(n, 0);
	row.position = 99;
	refused(f, store_put_settlement(f->store, &added, &row, &f->err),
		ERR_STORE, "FOREIGN KEY");
}

/* A caller need not ask whether there is anything to be written. */
static void nothing_is_written_as_nothing(void **state)
{
	struct store_case *f = *state;
	int64_t id = add(f, "BTC").id, start = -1;
	struct event *events, e = { .position = id, .at = NOW,
				    .kind = "note" };
	struct decision_row *list, d = { .poll = 1, .position = id,
					 .at = NOW };
	struct poll p = poll_of(1), q;
	bool found;
	size_t n;

	check(f, store_recorded_start(f->store, &start, NOW, &f->err));
	assert_int_equal(start, 0);		/* no poll was recorded */
	check(f, store_put_settlements(f->store, NULL, 0, &f->err));
	check(f, store_report_settlements(f->store, NULL, 0, &f->err));
	check(f, store_add_event(f->store, &e, &f->err));
	check(f, store_events(f->store, &events, &n, id, f->arena, &f->err));
	assert_int_equal(n, 2);
	assert_string_equal(events[1].note, "");
	p.error = NULL;
	check(f, store_put_config(f->store, p.config, "", &f->err));
	check(f, store_put_poll(f->store, &p, &f->err));
	check(f, store_last_poll(f->store, &q, &found, &f->err));
	assert_string_equal(q.error, "");
	check(f, store_put_decision(f->store, &d, &f->err));
	assert_int_equal(decisions(f, &list, id, INT64_MIN, INT64_MIN, 0), 1);
	assert_string_equal(list[0].text, "");
}

static void the_outbox_keeps_its_order(void **state)
{
	struct store_case *f = *state;
	int64_t id = add(f, "BTC").id;
	static const char *const kinds[] = { "close", "alert", "blind" };
	struct message *m;
	size_t n;

	for (int i = 0; i < 3; i++) {
		struct message x = { .at = { NOW.ms - i }, .priority = 5 - i,
				     .position = i ? id : 0, .kind = kinds[i],
				     .text = "text" };

		check(f, store_put_message(f->store, &x, &f->err));
	}
	check(f, store_unsent(f->store, &m, &n, f->arena, &f->err));
	assert_int_equal(n, 3);
	for (int i = 0; i < 3; i++)
		assert_string_equal(m[i].kind, kinds[i]);
	assert_int_equal(m[0].position, 0);
	assert_int_equal(m[1].position, id);
	assert_int_equal(m[1].priority, 4);
	assert_int_equal(m[1].at.ms, NOW.ms - 1);
	assert_string_equal(m[1].text, "text");
	check(f, store_mark_sent(f->store, m[1].id, NOW, &f->err));
	check(f, store_unsent(f->store, &m, &n, f->arena, &f->err));
	assert_int_equal(n, 2);
	assert_string_equal(m[1].kind, "blind");
}

static void quote(struct store_case *f, const char *symbol, const char *venue,
		  const char *rate)
{
	struct last_quote q = {
		.symbol = given_symbol(symbol), .venue = given_venue(venue),
		.rate_8h = dec_lit(rate), .observed_at = { NOW.ms - 5 },
		.polled_at = NOW, .next_funding = INSTANT_UNKNOWN,
	};

	check(f, store_put_last_quote(f->store, &q, &f->err));
}

static void last_quotes_are_sorted_and_replaced(void **state)
{
	struct store_case *f = *state;
	struct last_quote *q;
	size_t n;

	quote(f, "SOL", "grvt", "1");
	quote(f, "S", "lighter", "2");
	quote(f, "S", "grvt", "3");
	quote(f, "1000PEPE", "grvt", "4");
	quote(f, "S", "lighter", "0.00001");
	check(f, store_last_quotes(f->store, &q, &n, f->arena, &f->err));
	assert_int_equal(n, 4);
	for (size_t i = 1; i < n; i++) {
		int c = symbol_cmp(q[i - 1].symbol, q[i].symbol);

		assert_true(c < 0 || (c == 0 && venue_cmp(q[i - 1].venue,
							  q[i].venue) < 0));
	}
	assert_string_equal(q[2].venue.s, "lighter");
	assert_int_equal(dec_cmp(q[2].rate_8h, dec_lit("0.00001")), 0);
	assert_int_equal(q[2].observed_at.ms, NOW.ms - 5);
	assert_int_equal(q[2].polled_at.ms, NOW.ms);
	assert_false(instant_known(q[2].next_funding));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(streaks_follow_the_text_of_their_line),
		TEST(a_streak_outlives_a_parameter_that_came_later),
		TEST(only_differences_are_written),
		TEST(a_watch_comes_back_and_is_forgotten),
		TEST(each_part_of_a_watch_is_written),
		TEST(polls_and_their_configuration),
		TEST(decisions_are_unique_and_newest_first),
		TEST(a_settlement_is_booked_once),
		TEST(nothing_is_written_as_nothing),
		TEST(the_outbox_keeps_its_order),
		TEST(last_quotes_are_sorted_and_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
