/* SPDX-License-Identifier: MIT */
/*
 * The trading client's book, and whoever receives what leaves: closes that
 * take effect and whose answers come, come late or are lost, sinks that are
 * slow or away. It knows what a close really did.
 */
#include "sim_parts.h"

#include "given.h"
#include "sim_check.h"
#include "sim_disk.h"

#include <stdio.h>
#include <string.h>

#define CLOSE_MOST	(8 * MINUTE_MS)		/* below close.settle */

/* ---- pairs ---- */

bool sim_pair_held(const struct sim *s, const struct sim_pair *p)
{
	return p->id[0] && (!p->going || s->truth < p->gone_at);
}

static void clear_gone(struct sim *s)
{
	for (int i = 0; i < SIM_PAIRS; i++) {
		struct sim_pair *p = &s->pair[i];
		const struct sim_position *x = p->position ?
			&s->position[p->position - 1] : NULL;

		if (p->id[0] && !sim_pair_held(s, p) &&
		    (!x || x->status == STATUS_CLOSED))
			p->id[0] = '\0';
	}
}

static bool alike(const struct sim *s, int k, int l, int sh)
{
	for (int i = 0; i < SIM_PAIRS; i++)
		if (s->pair[i].id[0] && s->pair[i].symbol == k &&
		    s->pair[i].venue[0] == l && s->pair[i].venue[1] == sh)
			return true;
	return false;
}

void sim_client_open(struct sim *s)
{
	int k = (int)sim_below(s, SIM_SYMBOLS);
	int l = (int)sim_below(s, SIM_VENUES);
	int sh = (l + 1 + (int)sim_below(s, SIM_VENUES - 1)) % SIM_VENUES;
	struct sim_pair *p = NULL;

	clear_gone(s);
	sim_move(s);
	if (sim_divergence(s, k, l, sh) < 0) {
		int x = l;

		l = sh;
		sh = x;
	}
	for (int i = 0; i < SIM_PAIRS && !p; i++)
		p = s->pair[i].id[0] ? NULL : &s->pair[i];
	if (!p || alike(s, k, l, sh))
		return;
	*p = (struct sim_pair){ .symbol = k, .venue = { l, sh },
		.size = 1000 * (1 + sim_below(s, 30)),
		.entry = sim_divergence(s, k, l, sh), .opened = s->truth };
	snprintf(p->id, sizeof(p->id), "u-%lld", (long long)++s->pairs_made);
}

void sim_client_trouble(struct sim *s)
{
	struct sim_pair *p = &s->pair[sim_below(s, SIM_PAIRS)];

	if (sim_chance(s, 3))
		s->sink_down_until = s->truth + sim_below(s, 20 * HOUR_MS);
	else if (sim_chance(s, 3) && p->id[0] && !p->lost[0] && !p->lost[1])
		p->lost[sim_below(s, 2)] = true;
	else
		s->book_down_until = s->truth + sim_below(s, 2 * HOUR_MS);
}

/* ---- the book ---- */

static void put_leg(struct held_leg *leg, bool listed)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);

	*leg = (struct held_leg){ listed, fact_known(dec_int(1)), none, none,
				  none, none };
}

static void put_pair(struct sim *s, struct book_pair *out, int i)
{
	const struct sim_pair *p = &s->pair[i];

	*out = (struct book_pair){
		.readable = true, .symbol = given_symbol(sim_symbol(p->symbol)),
		.venue = { given_venue(sim_venue(p->venue[0])),
			   given_venue(sim_venue(p->venue[1])) },
		.size_usd = fact_known(dec_int(p->size)),
		.opened_at = { p->opened },
		.age_hours = fact_unknown(WHY_NOT_SET),
	};
	snprintf(out->id, sizeof(out->id), "%s", p->id);
	out->entry_divergence_8h = fact_unknown(WHY_OVERFLOW);
	if (dec_join(&out->entry_divergence_8h.v, p->entry, 9))
		out->entry_divergence_8h = fact_known(
			out->entry_divergence_8h.v);
	for (int side = 0; side < 2; side++) {
		/* A leg may be missing from one answer and back in the next. */
		bool listed = !p->lost[side] &&
			      (s->calm_begun || !sim_chance(s, 300));

		put_leg(&out->leg[side], listed);
		s->given.pair[i].leg[side] = listed;
	}
}

/* A pair that is held is left out of one answer, never of two. */
static bool listed(struct sim *s, struct sim_pair *p)
{
	if (!sim_pair_held(s, p))
		return false;
	p->omitted = !p->omitted && !s->calm_begun && sim_chance(s, 400);
	return !p->omitted;
}

static void read_book(void *ctx, struct book_view *out, int32_t budget_ms,
		      struct arena *arena)
{
	struct sim *s = ctx;
	struct book_pair *list = arena_array(arena, SIM_PAIRS, sizeof(*list));
	struct book_balance *b = arena_array(arena, SIM_VENUES, sizeof(*b));

	s->truth += sim_below(s, 50) + (sim_chance(s, 80) ? budget_ms : 0);
	*out = (struct book_view){ .asked = true, .pairs = list,
				   .balances = b };
	s->given.book_good = list && b && s->truth >= s->book_down_until;
	s->given.book_venues_well = !sim_chance(s, 20);
	if (!s->given.book_good) {
		snprintf(out->error, sizeof(out->error), "no answer");
		return;
	}
	clear_gone(s);
	out->good = true;
	for (int i = 0; i < SIM_PAIRS; i++) {
		s->given.pair[i].there = listed(s, &s->pair[i]);
		if (s->given.pair[i].there)
			put_pair(s, &list[out->n++], i);
	}
	out->balances_good = s->given.book_venues_well;
	for (int v = 0; v < SIM_VENUES; v++)
		b[out->n_balances++] = (struct book_balance){
			given_venue(sim_venue(v)), true };
}

static void free_nothing(void *ctx)
{
	(void)ctx;
}

struct book sim_book(struct sim *s)
{
	if (!sim_has_book(s))
		return (struct book){ NULL, NULL, NULL };
	return (struct book){ s, read_book, free_nothing };
}

/* ---- what becomes of a close ---- */

struct fate {
	bool works;			/* the pair will be closed */
	struct reply reply;
	int64_t after;			/* true ms until the reply */
};

static struct reply said(int status, const char *body)
{
	return (struct reply){ .sent = true, .answered = true,
			       .status = status, .body = body,
			       .body_len = strlen(body) };
}

static struct reply lost(bool sent)
{
	struct reply r = { .sent = sent, .body = "" };

	snprintf(r.error, sizeof(r.error), "no answer");
	return r;
}

static struct fate fate_of(struct sim *s)
{
	int64_t x = sim_below(s, 100), soon = 500 + sim_below(s, 50000);
	bool api = s->kind == SIM_CONTROL;
	const char *ok = api ? "{\"success\": true}" : "";

	if (s->calm_begun || x < 52)
		return (struct fate){ true, said(200, ok), soon };
	if (x < 60)
		return (struct fate){ true, said(200, ok),
				      sim_below(s, 5 * MINUTE_MS) };
	if (x < 70)
		return (struct fate){ true, lost(true), 120000 };
	if (x < 77)
		return (struct fate){ false, lost(true), soon };
	if (x < 83)
		return (struct fate){ false, lost(false), soon / 10 };
	if (x < 87)
		return (struct fate){ false, said(500, ""), soon };
	if (x < 91)
		return (struct fate){ true, said(503, ""), soon };
	if (x < 95 && api)
		return (struct fate){ false, said(200, "{\"success\": false, "
				      "\"wide_spread_warning\": true}"), soon };
	if (x < 98)
		return (struct fate){ false, said(api ? 502 : 429, ""), soon };
	return (struct fate){ false, said(400, ""), soon };
}

static void close_pair(struct sim *s, struct sim_position *p)
{
	struct sim_pair *x = p->pair >= 0 ? &s->pair[p->pair] : NULL;

	p->executed++;
	if (!x)
		return;
	x->going = true;
	x->gone_at = s->truth + sim_below(s, CLOSE_MOST);
}

/*
 * A webhook's receiver does one id once. The trading client has no ids: a
 * second close of a pair that is going already is a second order.
 */
static bool receive_close(struct sim *s, struct fate *f,
			  struct sim_position *p)
{
	const struct sim_pair *x = p->pair >= 0 ? &s->pair[p->pair] : NULL;

	if (s->kind == SIM_CONTROL && f->reply.sent &&
	    (p->executed > 0 || !x || x->going)) {
		sim_fail(s, p->id, "DOUBLED CLOSE: the trading client was "
			 "told again while the first close was working");
		return false;
	}
	if (f->works && p->executed == 0)
		close_pair(s, p);
	return true;
}

/* ---- the courier ---- */

static struct fate alert_fate(struct sim *s)
{
	int64_t soon = 100 + sim_below(s, 8000);

	if (!s->calm_begun && s->truth < s->sink_down_until)
		return (struct fate){ false, sim_chance(s, 2) ? lost(true) :
				      said(503, ""), soon };
	if (!s->calm_begun && sim_chance(s, 30))
		return (struct fate){ true, lost(true), 15000 };
	return (struct fate){ true, said(200, "ok"), soon };
}

static bool send(void *ctx, const struct ticket *t, const struct outgoing *o,
		 struct err *err)
{
	struct sim *s = ctx;
	struct sim_position *p;
	struct fate f;
	int i = 0;

	while (i < SIM_RUNNING && s->running[i].used)
		i++;
	if (disk_dead() || i == SIM_RUNNING)
		return err_set(err, ERR_MEMORY, "it does not leave");
	if (t->kind == TICKET_HANDOFF) {
		p = sim_check_sent(s, t->id, o);
		f = fate_of(s);
		if (!p || !receive_close(s, &f, p))
			return err_set(err, ERR_DATA, "refused");
		s->count.sent++;
	} else {
		f = alert_fate(s);
		if (f.works && t->id >= 0 && t->id < SIM_TAKEN)
			s->taken[t->id] = 1;
		s->count.told++;
	}
	s->running[i] = (struct sim_running){ true, false, *t,
					      s->truth + f.after, f.reply };
	s->running[i].reply.ticket = *t;
	return true;
}

static bool take(void *ctx, struct reply *out)
{
	struct sim *s = ctx;

	for (int i = 0; i < SIM_RUNNING; i++) {
		struct sim_running *r = &s->running[i];

		if (!r->used || s->truth < r->at || disk_dead())
			continue;
		r->used = false;
		*out = r->reply;
		return true;
	}
	return false;
}

static void pump(void *ctx, int fd, int64_t real_ms)
{
	struct sim *s = ctx;
	int64_t until = s->truth + real_ms;

	(void)fd;
	for (int i = 0; i < SIM_RUNNING; i++)
		if (s->running[i].used && s->running[i].at < until)
			until = s->running[i].at;
	if (sim_next_event(s) < until)
		until = sim_next_event(s);
	if (until > s->truth)
		s->truth = until;
}

static size_t running(void *ctx)
{
	const struct sim *s = ctx;
	size_t n = 0;

	for (int i = 0; i < SIM_RUNNING; i++)
		n += s->running[i].used;
	return disk_dead() ? 0 : n;
}

void sim_client_forget(struct sim *s)
{
	memset(s->running, 0, sizeof(s->running));
}

struct courier sim_courier(struct sim *s)
{
	return (struct courier){ s, send, take, pump, running, NULL };
}
