/* SPDX-License-Identifier: MIT */
/* Hand-offs, alerts and the trading client's word on a position. */
#include "view_acted.h"

#include "text_safe.h"

#define DELIVERIES_SHOWN 10

bool view_acted_load(struct view_acted *out, struct store *s, int64_t position,
		     struct arena *arena, struct err *err)
{
	return store_handoffs(s, &out->handoffs, &out->n_handoffs, position,
			      arena, err) &&
	       store_deliveries(s, &out->deliveries, &out->n_deliveries,
				position, DELIVERIES_SHOWN, arena, err) &&
	       store_held(s, &out->held, position, err);
}

/* ---- JSON ---- */

static void put_leg(struct json_out *o, const struct held_leg *leg,
		    enum side side)
{
	json_out_key(o, side_word(side));
	json_out_open(o, '{');
	json_put_fact(o, "quantity", leg->quantity);
	json_put_fact(o, "mark_price", leg->mark_price);
	json_put_fact(o, "liquidation_price", leg->liquidation_price);
	json_put_fact(o, "funding_usd", leg->funding_usd);
	json_out_close(o, '}');
}

static void put_source(struct json_out *o, const struct held_memory *m)
{
	json_out_key(o, "source");
	if (!instant_known(m->seen_at)) {
		json_out_null(o);
		return;
	}
	json_out_open(o, '{');
	json_put_instant(o, "seen_at", m->seen_at);
	json_put_int(o, "absent", m->absent == HELD_ABSENT_ANEW ? 1 :
		     m->absent);
	put_leg(o, &m->leg[LEG_LONG], LEG_LONG);
	put_leg(o, &m->leg[LEG_SHORT], LEG_SHORT);
	json_out_close(o, '}');
}

static void put_handoff(struct json_out *o, const struct handoff_row *r)
{
	json_out_open(o, '{');
	json_put_int(o, "id", r->id);
	json_put_text(o, "key", r->key);
	json_put_text(o, "target", r->target);
	json_put_text(o, "state", handoff_state_word(r->state));
	json_put_maybe(o, "held", r->held);
	json_put_text(o, "order_type", order_type_word(r->order));
	json_put_int(o, "tries", r->tries);
	json_put_instant(o, "sent_at", r->sent_at);
	json_put_instant(o, "confirmed_at", r->confirmed_at);
	json_put_maybe(o, "detail", r->detail);
	json_out_close(o, '}');
}

static void put_delivery(struct json_out *o, const struct delivery_row *d)
{
	json_out_open(o, '{');
	json_put_instant(o, "at", d->at);
	json_put_text(o, "kind", d->kind);
	json_put_text(o, "title", d->title);
	json_put_text(o, "sink", d->sink);
	json_put_text(o, "state", d->state);
	json_put_int(o, "tries", d->tries);
	json_put_instant(o, "done_at", d->done_at);
	json_put_maybe(o, "error", d->error);
	json_out_close(o, '}');
}

void view_acted_json(struct json_out *o, const struct view_acted *a)
{
	put_source(o, &a->held);
	json_out_key(o, "handoffs");
	json_out_open(o, '[');
	for (size_t i = 0; i < a->n_handoffs; i++)
		put_handoff(o, &a->handoffs[i]);
	json_out_close(o, ']');
	json_out_key(o, "alerts");
	json_out_open(o, '[');
	for (size_t i = 0; i < a->n_deliveries; i++)
		put_delivery(o, &a->deliveries[i]);
	json_out_close(o, ']');
}

/* ---- for people ---- */

static void print_number(FILE *f, const char *what, const struct fact *v)
{
	char text[DEC_TEXT_MAX] = "-";

	if (v->known)
		dec_format(text, v->v);
	fprintf(f, "  %s %s", what, text);
}

static void print_source(FILE *f, const struct cli *c,
			 const struct held_memory *m)
{
	if (!instant_known(m->seen_at))
		return;
	fprintf(f, "\nTrading client, %s%s\n", cli_shown_time(c, m->seen_at),
		m->absent ? ", not in its last answer" : "");
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct held_leg *leg = &m->leg[s];

		fprintf(f, "  %-5s", side_word((enum side)s));
		print_number(f, "quantity", &leg->quantity);
		print_number(f, "mark", &leg->mark_price);
		print_number(f, "liquidation", &leg->liquidation_price);
		print_number(f, "funding", &leg->funding_usd);
		fputc('\n', f);
	}
}

static void print_handoff(FILE *f, const struct cli *c,
			  const struct handoff_row *r)
{
	fprintf(f, "  %s  %s%s%s to %s, %s order, sent %d time%s", r->key,
		handoff_state_word(r->state), r->held[0] ? ", held by " : "",
		r->held, r->target, order_type_word(r->order), r->tries,
		r->tries == 1 ? "" : "s");
	if (instant_known(r->sent_at))
		fprintf(f, ", last %s", cli_shown_time(c, r->sent_at));
	if (r->detail[0]) {
		fputs("  ", f);
		text_print_safe(f, r->detail);
	}
	fputc('\n', f);
}

static void print_delivery(FILE *f, const struct cli *c,
			   const struct delivery_row *d)
{
	fprintf(f, "  %s  ", cli_shown_time(c, d->at));
	text_print_safe(f, d->title);
	fprintf(f, "  %s %s, %d tr%s", d->sink, d->state, d->tries,
		d->tries == 1 ? "y" : "ies");
	if (d->error[0]) {
		fputs("  ", f);
		text_print_safe(f, d->error);
	}
	fputc('\n', f);
}

void view_acted_text(FILE *f, const struct cli *c, const struct view_acted *a)
{
	print_source(f, c, &a->held);
	if (a->n_handoffs)
		fputs("\nHanded over\n", f);
	for (size_t i = 0; i < a->n_handoffs; i++)
		print_handoff(f, c, &a->handoffs[i]);
	if (a->n_deliveries)
		fputs("\nTold\n", f);
	for (size_t i = 0; i < a->n_deliveries; i++)
		print_delivery(f, c, &a->deliveries[i]);
}
