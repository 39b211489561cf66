/* SPDX-License-Identifier: MIT */
/*
 * positions show ID: everything known about one position: legs, carry, money
 * with a running sum, what would close it, decisions and events.
 */
#include "commands.h"
#include "view_acted.h"
#include "view_explain.h"
#include "view_ledger.h"
#include "view_shadow.h"

#include "text_safe.h"

#include <inttypes.h>

#define DECISIONS_SHOWN 10

struct shown {
	struct cli *c;
	struct view view;
	const struct view_row *row;
	struct event *events;
	size_t n_events;
	struct decision_row *decisions;
	size_t n_decisions;
	struct view_shadow shadow;
	struct view_acted acted;
};

static bool load(struct shown *s, struct err *err)
{
	struct arena *arena = s->c->arena;
	struct store *store;
	int64_t id;
	bool ok;

	if (!cli_config(s->c, err) ||
	    !view_open_one(&s->view, &store, s->c, err))
		return false;
	s->row = &s->view.rows[0];
	id = s->row->pos.id;
	ok = store_begin_read(store, err);
	if (ok) {
		ok = store_events(store, &s->events, &s->n_events, id, arena,
				  err) &&
		     store_decisions(store, &s->decisions, &s->n_decisions, id,
				     INSTANT_UNKNOWN, INSTANT_UNKNOWN,
				     DECISIONS_SHOWN, arena, err) &&
		     view_acted_load(&s->acted, store, id, arena, err);
		store_end_read(store);
	}
	store_close(store);
	if (ok)
		view_shadow_find(&s->shadow, &s->view, s->row, s->events,
				 s->n_events);
	return ok;
}

/* ---- JSON ---- */

static void put_decisions(struct json_out *o, const struct shown *s)
{
	json_out_key(o, "decisions");
	json_out_open(o, '[');
	for (size_t i = 0; i < s->n_decisions; i++) {
		const struct decision_row *d = &s->decisions[i];

		json_out_open(o, '{');
		json_put_int(o, "id", d->id);
		json_put_int(o, "poll", d->poll);
		json_put_instant(o, "at", d->at);
		json_put_maybe(o, "before", action_word(d->before));
		json_put_maybe(o, "action", action_word(d->action));
		view_json_label(o, "reason", d->label);
		json_put_maybe(o, "text", d->text);
		json_out_close(o, '}');
	}
	json_out_close(o, ']');
}

static void put_events(struct json_out *o, const struct shown *s)
{
	json_out_key(o, "events");
	json_out_open(o, '[');
	for (size_t i = 0; i < s->n_events; i++) {
		const struct event *e = &s->events[i];

		json_out_open(o, '{');
		json_put_instant(o, "at", e->at);
		json_put_maybe(o, "kind", e->kind);
		json_put_maybe(o, "from", e->from);
		json_put_maybe(o, "to", e->to);
		view_json_label(o, "reason", e->reason);
		json_put_maybe(o, "by", e->by);
		json_put_maybe(o, "note", e->note);
		json_out_close(o, '}');
	}
	json_out_close(o, ']');
}

static void print_json(const struct shown *s)
{
	struct json_out o = json_out_to(stdout,
					s->c->format == FORMAT_JSONL);

	json_out_open(&o, '{');
	view_json_members(&o, &s->view, s->row);
	json_put_instant(&o, "confirmed_at", s->row->pos.confirmed_at);
	json_put_maybe(&o, "entry_source", s->row->pos.entry_manual ? "manual"
							       : "poll");
	view_json_label(&o, "muted", s->row->pos.muted);
	json_put_instant(&o, "muted_until", s->row->pos.muted_until);
	json_put_maybe(&o, "profile", s->view.profile->name);
	json_out_key(&o, "lines");
	view_explain_lines(&o, &s->view, s->row);
	view_ledger_json(&o, s->row);
	view_shadow_json(&o, &s->shadow);
	put_decisions(&o, s);
	put_events(&o, s);
	view_acted_json(&o, &s->acted);
	json_out_close(&o, '}');
}

/* ---- for people ---- */

/* What it is paid now, and below what it was opened (and closed) at. */
static void print_leg(const struct shown *s, enum side side)
{
	const struct view_row *r = s->row;
	const struct view_leg *leg = &r->leg[side];
	const struct leg *held = &r->pos.leg[side];
	enum unit u = s->c->unit;

	printf("  %-5s  %-12s  rate %s/%s", side_word(side), held->venue.s,
	       view_rate_8h(leg->rate_8h, u, leg->stale).s, view_unit_word(u));
	if (instant_known(leg->next) && r->pos.status != STATUS_CLOSED)
		printf("  next %s%s", cli_shown_time(s->c, leg->next),
		       leg->next_derived ? " (derived)" : "");
	if (r->verdicts && leg->why != WHY_KNOWN)
		printf("  (%s)", why_word(leg->why));
	printf("\n  %21s  entry %s", "",
	       view_rate_8h(held->entry_rate_8h, u, false).s);
	if (held->entry_price.known)
		printf("  price %s", view_amount(held->entry_price, false).s);
	if (held->exit_price.known)
		printf("  exit %s", view_amount(held->exit_price, false).s);
	if (held->quantity.known)
		printf("  quantity %s", view_amount(held->quantity, false).s);
	putchar('\n');
}

static void print_times(const struct shown *s)
{
	const struct view_row *r = s->row;
	const struct position *p = &r->pos;

	printf("  opened %s, %s %s", cli_shown_time(s->c, p->opened_at),
	       p->status == STATUS_CLOSED ? "held" : "age",
	       view_span(r->age, false).s);
	if (instant_known(p->closed_at))
		printf(", closed %s", cli_shown_time(s->c, p->closed_at));
	printf("\n  profile %s", s->view.profile->name);
	if (instant_known(r->checked_at))
		printf(", checked %s", cli_shown_time(s->c, r->checked_at));
	if (p->external_id[0]) {
		fputs(", external id ", stdout);
		text_print_safe(stdout, p->external_id);
	}
	putchar('\n');
}

static void print_head(const struct shown *s)
{
	const struct view_row *r = s->row;
	const struct position *p = &r->pos;

	printf("Position %s/%" PRId64 "  %s  %s USD a leg  %s: %s",
	       s->view.account->name, p->id, p->symbol.s,
	       view_amount(fact_known(p->size_usd), false).s,
	       status_word(p->status), action_word(r->action));
	if (r->reason.s[0])
		printf(" %s", r->reason.s);
	putchar('\n');
	if (instant_known(p->decided_at))
		printf("  decided %s\n", cli_shown_time(s->c, p->decided_at));
	print_times(s);
	if (p->status != STATUS_CLOSED && instant_known(p->muted_until) &&
	    p->muted_until.ms > s->view.now.ms)
		printf("  kept: %s does not close it before %s\n", p->muted.s,
		       cli_shown_time(s->c, p->muted_until));
}

static void print_numbers(const struct shown *s)
{
	const struct view_row *r = s->row;
	bool old = r->stale || r->divergence_old;
	enum unit u = s->c->unit;

	printf("  divergence  entry %s/%s%s  now %s/%s  kept %s\n",
	       view_rate(r->pos.entry_divergence, u, false).s,
	       view_unit_word(u), r->pos.entry_manual ? " (by hand)" : "",
	       view_rate(r->divergence, u, old).s, view_unit_word(u),
	       view_kept(r, s->view.profile).s);
	if (r->divergence_old)
		printf("              last known at %s\n",
		       cli_shown_time(s->c, r->divergence_at));
	if (r->pos.status == STATUS_CLOSED)
		return;
	printf("  carry  %s USD a day  next %s  nearest %s\n",
	       view_usd(r->carry_usd_day, 2, true, old).s,
	       view_next(&r->next, s->view.now, r->stale).s, view_near(r).s);
}

static void print_decisions(const struct shown *s)
{
	if (s->n_decisions == 0)
		return;
	puts("\nDecisions, newest first");
	for (size_t i = 0; i < s->n_decisions; i++) {
		const struct decision_row *d = &s->decisions[i];

		printf("  %s  poll %" PRId64 "  ", cli_shown_time(s->c, d->at),
		       d->poll);
		text_print_safe(stdout, d->text);
		putchar('\n');
	}
}

static void print_events(const struct shown *s)
{
	puts("\nEvents");
	for (size_t i = 0; i < s->n_events; i++) {
		const struct event *e = &s->events[i];

		printf("  %s  %-8s", cli_shown_time(s->c, e->at), e->kind);
		if (e->to[0])
			printf("  %s%s%s", e->from, e->from[0] ? " -> " : "",
			       e->to);
		if (e->reason.s[0])
			printf("  %s", e->reason.s);
		printf("  by %s", e->by);
		if (e->note && e->note[0]) {
			fputs("  ", stdout);
			text_print_safe(stdout, e->note);
		}
		putchar('\n');
	}
}

/* A ledger that cannot be shown is an error behind all that can. */
static bool print_text(const struct shown *s, struct err *err)
{
	bool ok;

	print_head(s);
	print_leg(s, LEG_LONG);
	print_leg(s, LEG_SHORT);
	print_numbers(s);
	view_money_text(stdout, s->row);
	if (s->row->verdicts) {
		puts("\nWhat would close it");
		view_explain_table(stdout, s->c, &s->view, s->row);
	}
	ok = view_ledger_text(stdout, s->c, s->row, err);
	view_shadow_text(stdout, s->c, &s->shadow);
	print_decisions(s);
	view_acted_text(stdout, s->c, &s->acted);
	print_events(s);
	view_print_stale(stdout, s->c, &s->view);
	return ok;
}

int cmd_positions_show(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	struct shown s = { .c = c };

	if (!load(&s, &err))
		return cli_fail(c, &err);
	if (c->format == FORMAT_JSON || c->format == FORMAT_JSONL)
		print_json(&s);
	else if (!print_text(&s, &err))
		return cli_fail(c, &err);
	return 0;
}
