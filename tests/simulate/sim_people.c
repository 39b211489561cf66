/* SPDX-License-Identifier: MIT */
/*
 * People at the command line: what they do is made by the product's own
 * functions and written as commands write it; the model is told.
 */
#include "sim_parts.h"

#include "change.h"
#include "given.h"
#include "sim_disk.h"
#include "store_alerts.h"

#include <stdio.h>
#include <string.h>

static void begin(struct sim *s)
{
	disk_hold(true);
	sim_must(s, store_begin(s->store, &s->err));
}

static void commit(struct sim *s)
{
	sim_must(s, store_commit(s->store, 1000, &s->err));
	disk_hold(false);
	s->count.acts++;
}

static struct instant now_of(const struct sim *s)
{
	return (struct instant){ sim_now(s) };
}

/* ---- a new position ---- */

static void fill_position(struct sim *s, struct position *p,
			  const struct sim_position *m)
{
	change_init_new(p);
	p->symbol = given_symbol(sim_symbol(m->symbol));
	for (int i = 0; i < 2; i++)
		p->leg[i].venue = given_venue(sim_venue(m->venue[i]));
	p->size_usd = dec_int(m->size);
	p->opened_at = p->confirmed_at = (struct instant){ m->opened };
	sim_must(s, dec_join(&p->fees_usd, m->fees, 2));
	if (!m->entry_known)
		return;
	p->entry_divergence = fact_known(DEC_ZERO);
	sim_must(s, dec_join(&p->entry_divergence.v, 3 * m->entry, 9));
}

static void draw_position(struct sim *s, struct sim_position *m)
{
	int l, sh, k = (int)sim_below(s, SIM_SYMBOLS);

	sim_move(s);
	l = (int)sim_below(s, SIM_VENUES);
	sh = (l + 1 + (int)sim_below(s, SIM_VENUES - 1)) % SIM_VENUES;
	m->entry = sim_divergence(s, k, l, sh);
	m->symbol = k;
	m->venue[LEG_LONG] = m->entry < 0 ? sh : l;
	m->venue[LEG_SHORT] = m->entry < 0 ? l : sh;
	if (m->entry < 0)
		m->entry = -m->entry;
	m->entry_known = !sim_chance(s, 20);
	m->size = 1000 * (1 + sim_below(s, 30));
	m->opened = sim_now(s) - sim_below(s, 3 * HOUR_MS);
	m->fees = m->size * 4 / 100;		/* 4 bps, in cents */
	m->wild = l == SIM_WILD || sh == SIM_WILD;
}

void sim_open_position(struct sim *s)
{
	struct sim_position drawn = { .pair = -1 }, *m;
	struct position p;

	if (sim_has_book(s)) {
		sim_client_open(s);
		return;
	}
	if (s->n_positions >= SIM_POSITIONS)
		return;
	draw_position(s, &drawn);
	fill_position(s, &p, &drawn);
	begin(s);
	sim_must(s, store_add_position(s->store, &p, now_of(s), "cli", "",
				       &s->err));
	commit(s);
	m = sim_add_position(s, p.id, &drawn);
	m->touched = true;		/* read before it was there */
}

/* ---- changes ---- */

static void model_close(struct sim *s, struct sim_position *m, int64_t fees)
{
	m->status = STATUS_CLOSED;
	m->closed = sim_now(s);
	if (m->decided == NEVER)
		m->decided = m->closed;
	if (!m->reason[0])
		m->reason = "MANUAL";
	m->fees += fees;
	m->close_fees = fees;
	sim_close_ledger(m);
	if (m->pair < 0)
		return;
	s->pair[m->pair].going = true;	/* and at the venue too */
	s->pair[m->pair].gone_at = s->truth;
}

static void model_open_again(struct sim_position *m)
{
	m->status = STATUS_OPEN;
	m->reason = "";
	m->decided = m->closed = NEVER;
	m->key[0] = m->sent[0] = '\0';
	m->held = false;
	sim_forget_memory(m);
}

static void model_change(struct sim *s, struct sim_position *m,
			 const struct change_ask *ask)
{
	int64_t fees;

	m->touched = true;
	switch (ask->kind) {
	case CHANGE_CLOSE:
		fees = 0;
		if (ask->fees_usd.known) {
			struct dec cents;

			sim_must(s, dec_mul_int(&cents, ask->fees_usd.v, 100) &&
				 dec_to_int(&fees, cents));
		}
		model_close(s, m, fees);
		break;
	case CHANGE_KEEP:
		m->muted = m->reason;
		m->muted_until = sim_now(s) + ask->keep_for.ms;
		model_open_again(m);
		break;
	case CHANGE_REOPEN:
		model_open_again(m);
		m->fees -= m->close_fees;
		m->close_fees = 0;
		sim_unclose_ledger(m);
		break;
	case CHANGE_CONFIRM:
	case CHANGE_NOTE:
		break;
	}
}

static void change(struct sim *s, struct sim_position *m,
		   enum change_kind kind)
{
	struct change_ask ask = {
		.kind = kind, .now = now_of(s), .note = "",
		.fees_usd = fact_unknown(WHY_NOT_SET),
		.keep_for = span_s(60 * (1 + sim_below(s, 600))),
	};
	struct position p;
	struct change c;

	if (sim_chance(s, 2))
		ask.fees_usd = fact_known(dec_int(sim_below(s, 20)));
	begin(s);
	sim_must(s, store_position(s->store, &p, m->id, &s->err));
	if (!change_make(&c, &p, &ask, &s->err)) {	/* too late for it */
		store_rollback(s->store);
		disk_hold(false);
		return;
	}
	sim_must(s, (!c.forget || store_forget_memory(s->store, p.id,
						      &s->err)) &&
		 (!c.unclose || store_unclose_settlements(s->store, p.id,
							  &s->err)) &&
		 store_change_position(s->store, &c.position, &c.event,
				       &s->err));
	commit(s);
	model_change(s, m, &ask);
}

static void change_some(struct sim *s)
{
	struct sim_position *m;

	if (s->n_positions == 0)
		return;
	m = &s->position[s->n_positions - 1 -
			 (int)sim_below(s, s->n_positions > 12 ? 12 :
					s->n_positions)];
	switch (m->status) {
	case STATUS_OPEN:
		change(s, m, sim_chance(s, 6) ? CHANGE_CLOSE : CHANGE_CONFIRM);
		break;
	case STATUS_PENDING_CLOSE:
		if (s->kind != SIM_PERSON && !sim_chance(s, 3))
			break;
		/* Whom an executor serves does not keep what it is closing. */
		change(s, m, m->executed == 0 && sim_chance(s, 4) ?
		       CHANGE_KEEP : CHANGE_CLOSE);
		break;
	case STATUS_CLOSED:
		if (m->pair < 0 && m->executed == 0)
			change(s, m, CHANGE_REOPEN);
	}
}

/* ---- brakes, hand-offs, alerts ---- */

static void brake(struct sim *s, bool pause)
{
	struct brakes b;

	begin(s);
	sim_must(s, store_brakes(s->store, &b, &s->err));
	b.paused_at = pause ? now_of(s) : INSTANT_UNKNOWN;
	sim_must(s, store_put_brakes(s->store, &b, &s->err));
	commit(s);
	s->paused = pause;
}

static void confirm_all(struct sim *s)
{
	struct arena *arena = arena_new();
	struct handoff_row *rows;
	size_t n;

	begin(s);
	sim_must(s, store_open_handoffs(s->store, &rows, &n, arena, &s->err));
	for (size_t i = 0; i < n; i++) {
		struct sim_position *p = sim_position(s, rows[i].position);

		if (!rows[i].held[0])
			continue;
		rows[i].confirm_wide |= !strcmp(rows[i].held, "spread");
		rows[i].held[0] = '\0';
		rows[i].next_at = now_of(s);
		sim_must(s, store_save_handoff(s->store, &rows[i], &s->err));
		if (p)
			p->held = false;
	}
	commit(s);
	arena_free(arena);
}

static void acknowledge(struct sim *s)
{
	struct arena *arena = arena_new();
	struct alert_row *rows;
	size_t n;

	begin(s);
	sim_must(s, store_alerts(s->store, &rows, &n, arena, &s->err));
	if (n > 0) {
		struct alert_row *r = &rows[sim_below(s, (int64_t)n)];

		r->acked_at = now_of(s);
		snprintf(r->acked_by, sizeof(r->acked_by), "cli");
		sim_must(s, store_put_alert(s->store, r, &s->err));
	}
	commit(s);
	arena_free(arena);
}

void sim_act(struct sim *s)
{
	int64_t x = sim_below(s, 100);
	int open = 0;

	for (int i = 0; i < s->n_positions; i++)
		open += s->position[i].status != STATUS_CLOSED;
	if (x < 35 && (open < 4 || (x < 12 && open < 9)))
		sim_open_position(s);
	else if (x < 70)
		change_some(s);
	else if (x < 80)
		acknowledge(s);
	else if (x < 88 && sim_hands_over(s))
		brake(s, !s->paused);
	else if (sim_hands_over(s))
		confirm_all(s);
}

void sim_make_calm(struct sim *s)
{
	for (int v = 0; v < SIM_VENUES; v++)
		s->trouble_until[v] = 0;
	s->dead_until = s->book_down_until = s->sink_down_until = 0;
	s->storm_until = 0;
	if (disk_dead() || !sim_hands_over(s))
		return;
	brake(s, false);
	confirm_all(s);
}
