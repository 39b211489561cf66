/* SPDX-License-Identifier: MIT */
/*
 * What one pair has earned and will earn, a line for each amount and beside
 * it what it is. An estimate carries ~ and says so; unknown is "-".
 */
#include "view_ledger.h"

#include <stdarg.h>

#define FIELD 12

static PRINTF(4, 5) void line(FILE *f, const char *name, struct view_text v,
			      const char *fmt, ...)
{
	va_list ap;

	fprintf(f, "  %-10s %*s  ", name, FIELD, v.s);
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fputc('\n', f);
}

static struct view_text signed_usd(struct fact usd, bool old)
{
	return view_usd(usd, 2, true, old);
}

/* What was paid, as money that left. */
static struct view_text paid(struct dec usd)
{
	return signed_usd(fact_known(dec_neg(usd)), false);
}

static struct view_text percent(struct fact fraction, int places)
{
	struct view_text t = view_percent(fraction, places, false), p = t;

	if (fraction.known && dec_sign(fraction.v) > 0)
		snprintf(t.s, sizeof(t.s), "+%.90s", p.s);
	return t;
}

struct view_text view_even(const struct view_even *e, bool old)
{
	struct view_text t = { "-" };

	switch (e->state) {
	case EVEN_UNKNOWN:
		break;
	case EVEN_DONE:
		t = (struct view_text){ "done" };
		break;
	case EVEN_NEVER:
		t = (struct view_text){ "never" };
		break;
	case EVEN_AHEAD:
		snprintf(t.s, sizeof(t.s), "%sin %.80s", old ? "~" : "",
			 view_span(e->after, false).s);
		break;
	}
	return t;
}

/* ---- settled ---- */

static void print_funding(FILE *f, const struct view_money *m)
{
	struct view_text v = signed_usd(m->funding_usd, m->n_unknown > 0);

	if (!m->funding_usd.known)
		line(f, "funding", v, "of a leg: %s",
		     why_word(m->funding_usd.why));
	else if (m->n_unknown > 0)
		line(f, "funding", v, "%d settlements; %d of unknown amount "
		     "not in it: positions funding import", m->n,
		     m->n_unknown);
	else
		line(f, "funding", v, "%d settlement%s%s", m->n,
		     m->n == 1 ? "" : "s", m->n_late ? ", some booked late"
						     : "");
	if (m->n_reported == 0)
		return;
	line(f, "", signed_usd(fact_sub(m->reported_usd, m->expected_usd),
			       false),
	     "of it: reported less expected, %d reported",
	     m->n_reported);
}

static const char *missing(const struct view_row *r, bool closed)
{
	const struct leg *leg = r->pos.leg;

	if (!leg[LEG_LONG].quantity.known || !leg[LEG_SHORT].quantity.known)
		return "the quantity of a leg is unknown";
	if (!leg[LEG_LONG].entry_price.known ||
	    !leg[LEG_SHORT].entry_price.known)
		return "the entry price of a leg is unknown";
	return closed ? "the exit price of a leg is unknown"
		      : "no mark price is known";
}

static void print_price(FILE *f, const struct view_money *m,
			const struct view_row *r)
{
	bool closed = r->pos.status == STATUS_CLOSED;

	if (m->price_usd.known)
		line(f, "price", signed_usd(m->price_usd, r->stale),
		     "both legs, %s", closed ? "from entry to exit" :
		     "still open, at mark prices");
	else
		line(f, "price", (struct view_text){ "-" },
		     "%s; not included in net", missing(r, closed));
}

static void print_net(FILE *f, const struct view_row *r)
{
	const struct view_money *m = &r->money;
	bool part = m->n_unknown > 0;
	struct fact size = fact_known(r->pos.size_usd);

	line(f, "net", signed_usd(m->net_usd, part), "%s; realised %s, open %s",
	     m->price_usd.known ? "of all these" : "price not included",
	     signed_usd(m->realised_usd, part).s,
	     signed_usd(m->open_usd, r->stale).s);
	line(f, "return", percent(m->on_notional, 3),
	     "of %s notional (APR %s)", view_amount(size, false).s,
	     m->apr_notional.known ? percent(m->apr_notional, 2).s : "n/a");
	line(f, "", percent(m->on_capital, 3), "of %s capital (APR %s, simple)",
	     view_amount(m->capital_usd, false).s,
	     m->apr_capital.known ? percent(m->apr_capital, 2).s : "n/a");
}

/* ---- to come ---- */

static void print_ahead(FILE *f, const struct view_row *r)
{
	const struct view_money *m = &r->money;
	bool old = r->stale;

	line(f, "accrued", signed_usd(m->accrued_usd, true),
	     "not settled yet: an estimate, in no sum");
	line(f, "24 h", signed_usd(m->day_usd, old),
	     "expected by schedule at the rates of now");
	line(f, "closing", signed_usd(r->cost_usd.known ?
				      fact_known(dec_neg(r->cost_usd.v)) :
				      r->cost_usd, false),
	     "modelled cost of both legs");
	line(f, "break-even", view_even(&m->all_in, old), "all-in: %s",
	     m->all_in.state == EVEN_UNKNOWN ? why_word(m->all_in.why) :
	     "paid so far and closing, less funding");
	line(f, "", view_even(&m->exit_only, old), "exit only: %s",
	     m->exit_only.state == EVEN_UNKNOWN ? why_word(m->exit_only.why) :
	     "what is paid is paid, closing alone");
}

void view_money_text(FILE *f, const struct view_row *r)
{
	const struct view_money *m = &r->money;

	fputs("\nMoney, USD\n", f);
	print_funding(f, m);
	line(f, "fees", paid(r->pos.fees_usd), "paid so far");
	line(f, "slippage", paid(r->pos.slippage_usd), "paid so far%s",
	     dec_sign(r->pos.slippage_usd) ? "" : ", where told apart");
	print_price(f, m, r);
	print_net(f, r);
	if (m->sums_differ)
		fputs("  the stored sum differs from the rows: see positions "
		      "verify\n", f);
	if (r->pos.status != STATUS_CLOSED)
		print_ahead(f, r);
}
