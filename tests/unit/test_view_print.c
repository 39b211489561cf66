/* SPDX-License-Identifier: MIT */
/* What positions show and explain print for people, where it is not plain. */
#include "table.h"
#include "view_acted.h"
#include "view_columns.h"
#include "view_explain.h"
#include "view_ledger.h"
#include "view_scene.h"
#include "view_shadow.h"
#include "view_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct cli plain;		/* no option given */

static int set_up(void **state)
{
	(void)state;
	plain.arena = arena_new();
	return plain.arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(plain.arena);
	return 0;
}

/* What a test prints goes here, until print_end compares it. */
struct page {
	FILE *f;
	char *text;
	size_t n;
};

static void print_begin(struct page *p)
{
	p->f = open_memstream(&p->text, &p->n);
	assert_non_null(p->f);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void print_end(struct page *p, const char *want, const char *never)
{
	fclose(p->f);
	has(p->text, want);
	if (never && strstr(p->text, never))
		fail_msg("\"%s\" in:\n%s", never, p->text);
	free(p->text);
}

static struct fact known(const char *text)
{
	return fact_known(dec_lit(text));
}

static struct view_scene *assembled(const struct given_quote *rows)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, rows);

	view_assemble(&s->row, &s->v, &view_no_memory);
	return s;
}

/* ---- money ---- */

static void one(struct view_row *r)
{
	r->money.n = 1;
}

static void two_late(struct view_row *r)
{
	r->money.n = 2;
	r->money.n_late = 1;
}

static void reported(struct view_row *r)
{
	r->money.n_reported = 2;
	r->money.expected_usd = known("5.1");
	r->money.reported_usd = known("4.95");
}

static void no_quantity(struct view_row *r)
{
	r->pos.leg[LEG_LONG].quantity = known("0.2");
}

static void no_long_entry(struct view_row *r)
{
	no_quantity(r);
	r->pos.leg[LEG_SHORT].quantity = known("0.2");
}

static void no_short_entry(struct view_row *r)
{
	no_long_entry(r);
	r->pos.leg[LEG_LONG].entry_price = known("100000");
}

static void slipped(struct view_row *r)
{
	r->pos.slippage_usd = dec_lit("1.5");
}

static void no_cost(struct view_row *r)
{
	r->cost_usd = fact_unknown(WHY_OVERFLOW);
}

static void all_paid(struct view_row *r)
{
	r->money.all_in.state = EVEN_DONE;
}

static void no_capital(struct view_row *r)
{
	r->money.capital_usd = fact_unknown(WHY_OVERFLOW);
}

static const struct {
	void (*change)(struct view_row *r);
	const char *want;
} money_cases[] = {
	{ one, "  1 settlement\n" },
	{ two_late, "  2 settlements, some booked late\n" },
	{ reported, "       -0.15  of it: reported less expected, 2 reported\n" },
	{ no_quantity, "  the quantity of a leg is unknown; not included" },
	{ no_long_entry, "  the entry price of a leg is unknown; not included" },
	{ no_short_entry, "  the entry price of a leg is unknown; not included" },
	{ slipped, "  slippage          -1.50  paid so far\n" },
	{ no_cost, "  closing               -  modelled cost of both legs\n" },
	{ all_paid, "  break-even         done  all-in: paid so far" },
	{ no_capital, "of - capital (APR " },
};

static void each_amount_says_what_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(money_cases); i++) {
		struct view_scene *s = assembled(view_fresh);
		struct page p;

		money_cases[i].change(&s->row);
		print_begin(&p);
		view_money_text(p.f, &s->row);
		print_end(&p, money_cases[i].want, NULL);
		view_scene_end(s);
	}
}

/* ---- what was done and told ---- */

static void a_number_the_client_does_not_know_is_a_dash(void **state)
{
	struct view_acted a = { .held = held_memory_none(7) };
	struct held_leg *leg = a.held.leg;
	struct page p;

	(void)state;
	a.held.seen_at = given_time(GIVEN_NOW);
	leg[LEG_LONG].quantity = known("0.2");
	leg[LEG_LONG].mark_price = fact_unknown(WHY_NULL_VALUE);
	print_begin(&p);
	view_acted_text(p.f, &plain, &a);
	print_end(&p, "  long   quantity 0.2  mark -  liquidation -  funding -\n",
		  "Handed over");
}

static void a_held_close_and_a_failed_message_say_why(void **state)
{
	struct handoff_row close = {
		.key = "main-7-3", .target = "control_api",
		.state = HANDOFF_QUEUED, .held = "breaker",
		.sent_at = INSTANT_UNKNOWN, .tries = 0,
	};
	struct delivery_row told = {
		.sink = "phone", .state = "dead", .tries = 3,
		.at = given_time(GIVEN_NOW), .title = "CLOSE main/7",
		.error = "HTTP 403\x1b[2J",
	};
	struct view_acted a = {
		.handoffs = &close, .n_handoffs = 1,
		.deliveries = &told, .n_deliveries = 1,
		.held = held_memory_none(7),
	};
	struct page p;

	(void)state;
	print_begin(&p);
	view_acted_text(p.f, &plain, &a);
	print_end(&p, "\nHanded over\n  main-7-3  queued, held by breaker to "
		  "control_api, market order, sent 0 times\n\nTold\n  "
		  "2026-11-20T21:00:00Z  CLOSE main/7  phone dead, 3 tries  "
		  "HTTP 403\\x1b[2J\n", NULL);
	told.tries = close.tries = 1;
	told.error = "";
	close.held[0] = '\0';
	print_begin(&p);
	view_acted_text(p.f, &plain, &a);
	print_end(&p, "phone dead, 1 try\n", "held by");
}

/* ---- the shadow ---- */

static struct event shadow_event(const char *note)
{
	return (struct event){ .kind = "shadow", .note = note,
			       .at = given_time("2026-11-20T20:00:00Z"),
			       .reason = { "FLIPPED" } };
}

static void a_note_without_a_profile_is_no_shadow_close(void **state)
{
	struct view_scene *s = assembled(view_fresh);
	const char *const notes[] = { "no colon", ": nobody", NULL };
	char longest[NAME_TEXT_MAX + 8];
	struct view_shadow shadow;
	struct config config = { .n_profiles = 0 };

	(void)state;
	s->v.config = &config;
	memset(longest, 'a', sizeof(longest));
	strcpy(longest + NAME_TEXT_MAX, ": x");
	for (int i = 0; i < 3; i++) {
		struct event e = shadow_event(notes[i] ? notes[i] : longest);

		view_shadow_find(&shadow, &s->v, &s->row, &e, 1);
		assert_false(instant_known(shadow.closed_at));
		assert_string_equal(shadow.profile, "");
	}
	view_scene_end(s);
}

/* Of a sum in which a settlement is missing, programs get none. */
static void a_shadow_without_a_settlement_has_no_sum(void **state)
{
	struct settlement rows[2] = {
		{ .at = given_time("2026-11-20T16:00:00Z"),
		  .amount_usd = known("5.1"),
		  .reported_usd = fact_unknown(WHY_NOT_SET) },
		{ .at = given_time("2026-11-20T20:30:00Z"),
		  .amount_usd = fact_unknown(WHY_STALE),
		  .reported_usd = fact_unknown(WHY_NOT_SET) },
	};
	struct event e = shadow_event("aggressive: FLIPPED: flip is true");
	struct view_scene *s = assembled(view_fresh);
	struct config config = { .n_profiles = 0 };
	struct view_shadow shadow;
	struct json_out o;
	struct page p;

	(void)state;
	s->v.config = &config;
	s->row.settlements = rows;
	s->row.n_settlements = 2;
	view_shadow_find(&shadow, &s->v, &s->row, &e, 1);
	print_begin(&p);
	o = json_out_to(p.f, true);
	json_out_open(&o, '{');
	view_shadow_json(&o, &shadow);
	json_out_close(&o, '}');
	print_end(&p, "\"profile\":\"aggressive\","
		  "\"closed_at\":\"2026-11-20T20:00:00Z\","
		  "\"reason\":\"FLIPPED\",\"text\":\"FLIPPED: flip is true\","
		  "\"net_usd\":\"-2.9\",\"since_usd\":null", NULL);
	print_begin(&p);
	view_shadow_text(p.f, &plain, &shadow);
	print_end(&p, "net then -2.90 USD, leaving included; settled since "
		  "~0.00 USD", NULL);
	view_scene_end(s);
}

/* ---- explain ---- */

static const char *const slow_lines[] = {
	"EROSION: erosion(0.5) for 3 polls", "FLIPPED: flip for 10m",
	"BETTER: better_opportunity(0.0001, 24h)", NULL
};

static struct view_scene *explained(int n_lines)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);

	s->v.profile = given_profile(s->arena, slow_lines, view_alert_lines);
	s->verdicts.n_lines = n_lines;
	s->verdicts.n_slots = profile_slots(s->v.profile);
	for (int i = 0; i < s->verdicts.n_slots; i++)
		s->verdicts.slot[i] = STREAK_NONE;
	view_assemble(&s->row, &s->v, &view_no_memory);
	return s;
}

static void explains(struct view_scene *s, const char *want, const char *never)
{
	struct page p;

	print_begin(&p);
	view_explain_text(p.f, &plain, &s->v, &s->row);
	print_end(&p, want, never);
}

static void what_must_last_says_how_long_it_has(void **state)
{
	struct view_scene *s = explained(4);
	struct streak *slot = s->verdicts.slot;

	(void)state;
	explains(s, "erosion(0.5) for 3 polls  0 of 3 polls\n", NULL);
	explains(s, "flip(margin=0) for 10m  0s of 0h10m\n", NULL);
	slot[profile_slot(s->v.profile, 0) + 1].count = 2;
	slot[profile_slot(s->v.profile, 1) + 1].since =
		given_time("2026-11-20T20:56:00Z");
	explains(s, "  2 of 3 polls\n", "0 of 3");
	explains(s, "  0h04m of 0h10m\n", "0s of");
	/* Recorded by a version that knew fewer of them. */
	s->verdicts.n_slots = 0;
	explains(s, "  0 of 3 polls\n", "0h04m of");
	view_scene_end(s);
}

static void a_line_that_was_not_judged_has_no_verdict(void **state)
{
	struct view_scene *s = explained(1);

	(void)state;
	s->verdicts.finding[0].verdict = VERDICT_TRUE;
	explains(s, "  close  EROSION                 TRUE     erosion", NULL);
	explains(s, "  close  FLIPPED                 -        flip", NULL);
	view_scene_end(s);
}

/* Before the first poll: the rules are there, what they say is not. */
static void without_a_poll_no_line_has_a_verdict(void **state)
{
	struct view_scene *s = explained(4);
	struct json_out o;
	struct page p;

	(void)state;
	s->v.evidence.n_rows = 0;
	view_assemble(&s->row, &s->v, &view_no_memory);
	print_begin(&p);
	o = json_out_to(p.f, true);
	json_out_open(&o, '{');
	view_explain_lines(&o, &s->v, &s->row);
	json_out_close(&o, '}');
	print_end(&p, "\"text\":\"erosion(0.5) for 3 polls\",\"verdict\":null,"
		  "\"deciding\":false,\"missing\":null,\"why\":null,"
		  "\"streaks\":[{\"count\":0,\"needed\":3,\"since\":null",
		  "\"deciding\":true");
	print_begin(&p);
	view_explain_table(p.f, &plain, &s->v, &s->row);
	print_end(&p, "  close  EROSION                 -        erosion(0.5) "
		  "for 3 polls  0 of 3 polls\n", "<- decides");
	view_scene_end(s);
}

static void a_target_is_named_only_where_there_is_one(void **state)
{
	struct view_scene *s = explained(4);

	(void)state;
	assert_true(s->row.facts.alt_found);
	s->row.facts.alt_long = given_venue("hyper");
	s->row.facts.alt_short = given_venue("aster");
	explains(s, "; target long hyper short aster\n", NULL);
	s->row.facts.alt_found = false;
	explains(s, "alternative_divergence ", "; target long");
	view_scene_end(s);
}

static void what_is_missing_is_named_where_it_is_one_thing(void **state)
{
	struct view_scene *s = explained(4);
	struct finding *f = &s->verdicts.finding[0];

	(void)state;
	*f = (struct finding){ VERDICT_UNKNOWN, FACT_LONG_RATE, WHY_STALE };
	explains(s, "  missing: long_rate (stale)\n", NULL);
	f->missing = FACT_COUNT;
	explains(s, "  UNKNOWN  erosion", "missing:");
	view_scene_end(s);
}

static void a_line_is_kept_quiet_until_then_and_no_longer(void **state)
{
	struct view_scene *s = explained(4);

	(void)state;
	strcpy(s->row.pos.muted.s, "FLIPPED");
	s->row.pos.muted_until = given_time("2026-11-20T22:00:00Z");
	explains(s, "  (kept until 2026-11-20T22:00:00Z)\n", NULL);
	s->row.pos.muted_until = s->v.now;
	explains(s, "FLIPPED", "(kept until");
	view_scene_end(s);
}

/* ---- cells ---- */

static const struct {
	const char *l, *s, *want;
} pays_cases[] = {
	{ "lighter", "grvt", "1h/8h" },
	{ "nova", "grvt", "-/8h" },
	{ "lighter", "nova", "1h/-" },
	{ "nova", "nova", NULL },
};

static void an_interval_nobody_knows_is_a_dash(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(pays_cases); i++) {
		struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
		struct cli c = { .arena = s->arena };
		struct table *t = table_new(view_columns(&c, false), COL_COUNT,
					    s->arena);
		struct cell *cell = table_row(t);

		s->row.pos.leg[LEG_LONG].venue = given_venue(pays_cases[i].l);
		s->row.pos.leg[LEG_SHORT].venue = given_venue(pays_cases[i].s);
		view_assemble(&s->row, &s->v, &view_no_memory);
		view_fill_cells(cell, t, &c, &s->v, &s->row);
		if (pays_cases[i].want)
			assert_string_equal(cell[COL_PAYS].text,
					    pays_cases[i].want);
		else
			assert_int_equal(cell[COL_PAYS].kind, CELL_NULL);
		view_scene_end(s);
	}
}

/* What a coin trades for is unknown, and how long it was held. */
static void without_a_number_there_is_a_dash(void **state)
{
	(void)state;
	assert_string_equal(view_amount(fact_unknown(WHY_STALE), true).s, "-");
	assert_string_equal(view_amount(known("0.20"), true).s, "~0.2");
	assert_string_equal(view_span((struct span){ -1 }, false).s, "-");
	assert_string_equal(view_rate(fact_unknown(WHY_STALE), UNIT_APR,
				      true).s, "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_amount_says_what_it_is),
		cmocka_unit_test(a_number_the_client_does_not_know_is_a_dash),
		cmocka_unit_test(a_held_close_and_a_failed_message_say_why),
		cmocka_unit_test(a_note_without_a_profile_is_no_shadow_close),
		cmocka_unit_test(a_shadow_without_a_settlement_has_no_sum),
		cmocka_unit_test(what_must_last_says_how_long_it_has),
		cmocka_unit_test(a_line_that_was_not_judged_has_no_verdict),
		cmocka_unit_test(without_a_poll_no_line_has_a_verdict),
		cmocka_unit_test(a_target_is_named_only_where_there_is_one),
		cmocka_unit_test(what_is_missing_is_named_where_it_is_one_thing),
		cmocka_unit_test(a_line_is_kept_quiet_until_then_and_no_longer),
		cmocka_unit_test(an_interval_nobody_knows_is_a_dash),
		cmocka_unit_test(without_a_number_there_is_a_dash),
	};

	return cmocka_run_group_tests_name("view_print", tests, set_up,
					   tear_down);
}
