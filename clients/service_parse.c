/* SPDX-License-Identifier: MIT */
/* The four routes of the funding-rate service: which fields a row has. */
#include "service_rows.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 20000		/* far beyond any venue; bounds the memory */

/* GET /dexes */

enum { DEX_NAME, DEX_ACTIVE, DEX_FIELDS };

static const char *const dex_fields[] = {
	[DEX_NAME] = "name", [DEX_ACTIVE] = "is_active",
};

static enum taken read_dex(void *row, struct json *j,
			   const struct json_key *key, const void *ctx)
{
	struct service_dex *dex = row;
	uint32_t seen = 0;
	size_t f;
	bool ok;

	(void)key;
	(void)ctx;
	*dex = (struct service_dex){ 0 };
	ok = json_object(j);
	while (ok && json_field(j, dex_fields, DEX_FIELDS, &seen, &f))
		ok = f == DEX_NAME ? take_venue(j, &dex->venue) :
				     json_bool(j, &dex->active);
	ok = ok && row_complete(j, seen, 3, dex_fields);
	return ok ? ROW_TAKEN : ROW_BROKEN;
}

static bool dexes_unique(const struct service_rows *rows, struct err *err)
{
	for (size_t i = 1; i < rows->n; i++)
		for (size_t k = 0; k < i; k++)
			if (venue_cmp(rows->dexes[i].venue,
				      rows->dexes[k].venue) == 0)
				return err_set(err, ERR_DATA,
					       "$.dexes: %s is listed twice",
					       rows->dexes[i].venue.s);
	return true;
}

bool service_parse_dexes(struct service_rows *out, struct json_text body,
			 struct arena *arena, struct err *err)
{
	static const struct row_shape shape = {
		"dexes", false, sizeof(struct service_dex),
		SERVICE_VENUES_MAX, read_dex
	};
	void *mem;

	if (!service_rows_read(out, &mem, &shape, NULL, body, arena, err))
		return false;
	out->dexes = mem;
	return dexes_unique(out, err);
}

/* GET /funding-rates/{dex} */

enum { RATE_RATE, RATE_STAMP, RATE_NEXT, RATE_FIELDS };

static const char *const rate_fields[] = {
	[RATE_RATE] = "funding_rate", [RATE_STAMP] = "timestamp",
	[RATE_NEXT] = "next_funding_time",
};

static struct quote quote_blank(struct symbol symbol, struct venue venue)
{
	return (struct quote){
		.symbol = symbol, .venue = venue, .why = WHY_MALFORMED,
		.rate = { DEC_ZERO, RATE_8H_S },
		.observed_at = INSTANT_UNKNOWN,
		.next_funding = INSTANT_UNKNOWN,
		.oi_usd = fact_unknown(WHY_NOT_ASKED),
		.volume_usd = fact_unknown(WHY_NOT_ASKED),
		.mark_price = fact_unknown(WHY_NOT_ASKED),
	};
}

static bool read_rate_field(struct quote *q, struct json *j, size_t field)
{
	struct fact rate;

	if (field == RATE_STAMP)
		return take_instant(j, &q->observed_at);
	if (field == RATE_NEXT)
		return take_instant_or_null(j, &q->next_funding);
	if (!take_number(j, &rate))
		return false;
	q->why = rate.why;
	q->rate.fraction = rate.v;
	return true;
}

static bool read_rate_fields(struct quote *q, struct json *j)
{
	uint32_t seen = 0;
	size_t f;

	if (!json_object(j))
		return false;
	while (json_field(j, rate_fields, RATE_FIELDS, &seen, &f))
		if (!read_rate_field(q, j, f))
			return false;
	return row_complete(j, seen, 1u << RATE_RATE | 1u << RATE_STAMP,
			    rate_fields);
}

static enum taken read_rate(void *row, struct json *j,
			    const struct json_key *key, const void *ctx)
{
	const struct venue *venue = ctx;
	struct quote *q = row;
	struct symbol symbol;

	if (!symbol_from_key(&symbol, key)) {
		json_fail(j, "not a symbol name");
		return ROW_BROKEN;
	}
	*q = quote_blank(symbol, *venue);
	if (read_rate_fields(q, j))
		return ROW_TAKEN;
	*q = quote_blank(symbol, *venue);
	return ROW_MARKED;
}

bool service_parse_rates(struct service_rows *out, struct venue venue,
			 struct json_text body, struct arena *arena,
			 struct err *err)
{
	static const struct row_shape shape = {
		"rates", true, sizeof(struct quote), ROWS_MAX, read_rate
	};
	void *mem;

	if (!service_rows_read(out, &mem, &shape, &venue, body, arena, err))
		return false;
	out->quotes = mem;
	return true;
}

/* GET /dexes/{dex}/symbols */

enum { SYM_SYMBOL, SYM_VOLUME, SYM_OI, SYM_FIELDS };

static const char *const sym_fields[] = {
	[SYM_SYMBOL] = "symbol", [SYM_VOLUME] = "volume_24h",
	[SYM_OI] = "open_interest_usd",
};

static struct service_symbol sym_blank(enum why why)
{
	return (struct service_symbol){
		.oi_usd = fact_unknown(why), .volume_usd = fact_unknown(why)
	};
}

static bool read_sym_field(struct service_symbol *sym, struct json *j,
			   size_t field)
{
	if (field == SYM_SYMBOL)
		return take_symbol(j, &sym->symbol);
	return take_usd(j, field == SYM_OI ? &sym->oi_usd : &sym->volume_usd);
}

/* The first n of the fields, of which the symbol must be there. */
static bool read_sym_fields(struct service_symbol *sym, struct json *j,
			    size_t n)
{
	uint32_t seen = 0;
	size_t f;

	if (!json_object(j))
		return false;
	while (json_field(j, sym_fields, n, &seen, &f))
		if (!read_sym_field(sym, j, f))
			return false;
	return row_complete(j, seen, 1u << SYM_SYMBOL, sym_fields);
}

static enum taken read_sym(void *row, struct json *j,
			   const struct json_key *key, const void *ctx)
{
	struct json again = json_fork(j, NULL);
	struct service_symbol *sym = row;

	(void)key;
	(void)ctx;
	*sym = sym_blank(WHY_NULL_VALUE);
	if (read_sym_fields(sym, j, SYM_FIELDS))
		return ROW_TAKEN;
	*sym = sym_blank(WHY_MALFORMED);
	return read_sym_fields(sym, &again, 1) ? ROW_MARKED : ROW_BROKEN;
}

static int sym_order(const void *a, const void *b)
{
	const struct service_symbol *x = a, *y = b;

	return symbol_cmp(x->symbol, y->symbol);
}

/* Sort; of a symbol sent twice nothing is believed. */
static void sort_symbols(struct service_rows *rows)
{
	struct service_symbol *s = rows->symbols;
	size_t n = 0;

	qsort(s, rows->n, sizeof(*s), sym_order);
	for (size_t i = 0; i < rows->n; i++) {
		struct symbol name = s[i].symbol;

		if (n && symbol_cmp(s[n - 1].symbol, name) == 0) {
			s[n - 1] = sym_blank(WHY_MALFORMED);
			s[n - 1].symbol = name;
			if (!rows->malformed++)
				err_set(&rows->first, ERR_DATA, "$.symbols: "
					"%s is listed twice", name.s);
		} else {
			s[n++] = s[i];
		}
	}
	rows->n = n;
}

bool service_parse_symbols(struct service_rows *out, struct json_text body,
			   struct arena *arena, struct err *err)
{
	static const struct row_shape shape = {
		"symbols", false, sizeof(struct service_symbol), ROWS_MAX,
		read_sym
	};
	void *mem;

	if (!service_rows_read(out, &mem, &shape, NULL, body, arena, err))
		return false;
	out->symbols = mem;
	sort_symbols(out);
	return true;
}

void service_merge_symbols(struct quote *quotes, size_t n,
			   const struct service_rows *symbols)
{
	for (size_t i = 0; i < n; i++) {
		struct service_symbol want = { .symbol = quotes[i].symbol };
		struct service_symbol none = sym_blank(WHY_NOT_LISTED);
		const struct service_symbol *sym = &none;

		if (symbols->n)
			sym = bsearch(&want, symbols->symbols, symbols->n,
				      sizeof(want), sym_order);
		if (!sym)
			sym = &none;
		quotes[i].oi_usd = sym->oi_usd;
		quotes[i].volume_usd = sym->volume_usd;
	}
}

/* GET /opportunities */

enum { OPP_SYMBOL, OPP_LONG, OPP_SHORT, OPP_LONG_RATE, OPP_SHORT_RATE,
       OPP_NET, OPP_NEEDED,
       OPP_MIN_OI = OPP_NEEDED, OPP_MAX_OI, OPP_VOLUME, OPP_FIELDS };

static const char *const opp_fields[] = {
	[OPP_SYMBOL] = "symbol", [OPP_LONG] = "long_dex",
	[OPP_SHORT] = "short_dex", [OPP_LONG_RATE] = "long_rate",
	[OPP_SHORT_RATE] = "short_rate", [OPP_NET] = "net_profit_percent",
	[OPP_MIN_OI] = "min_oi_usd", [OPP_MAX_OI] = "max_oi_usd",
	[OPP_VOLUME] = "min_volume_24h",
};

/* Facts by field; the names go straight into the row. */
struct opp_reading {
	struct opportunity row;
	struct fact fact[OPP_FIELDS];
};

static bool read_opp_field(struct opp_reading *r, struct json *j, size_t field)
{
	switch (field) {
	case OPP_SYMBOL:
		return take_symbol(j, &r->row.symbol);
	case OPP_LONG:
		return take_venue(j, &r->row.long_venue);
	case OPP_SHORT:
		return take_venue(j, &r->row.short_venue);
	case OPP_LONG_RATE:
	case OPP_SHORT_RATE:
	case OPP_NET:
		if (!take_number(j, &r->fact[field]))
			return false;
		return r->fact[field].why != WHY_NULL_VALUE ||
		       json_fail(j, "null is no rate");
	}
	return take_usd(j, &r->fact[field]);
}

static bool read_opp_fields(struct opp_reading *r, struct json *j)
{
	uint32_t seen = 0;
	size_t f;

	if (!json_object(j))
		return false;
	while (json_field(j, opp_fields, OPP_FIELDS, &seen, &f))
		if (!read_opp_field(r, j, f))
			return false;
	if (!row_complete(j, seen, (1u << OPP_NEEDED) - 1, opp_fields))
		return false;
	return venue_cmp(r->row.long_venue, r->row.short_venue) != 0 ||
	       json_fail(j, "both legs on one venue");
}

static enum taken read_opp(void *row, struct json *j,
			   const struct json_key *key, const void *ctx)
{
	struct opp_reading r = { 0 };
	const struct fact *f = r.fact;

	(void)key;
	(void)ctx;
	for (size_t i = 0; i < OPP_FIELDS; i++)
		r.fact[i] = fact_unknown(WHY_NULL_VALUE);
	if (!read_opp_fields(&r, j))
		return ROW_BROKEN;
	if (!f[OPP_LONG_RATE].known || !f[OPP_SHORT_RATE].known)
		return ROW_LEFT_OUT;
	r.row.long_rate_8h = f[OPP_LONG_RATE].v;
	r.row.short_rate_8h = f[OPP_SHORT_RATE].v;
	r.row.net_8h = f[OPP_NET];	/* a difference of floats, at times */
	r.row.min_oi_usd = f[OPP_MIN_OI];
	r.row.max_oi_usd = f[OPP_MAX_OI];
	r.row.min_volume_usd = f[OPP_VOLUME];
	*(struct opportunity *)row = r.row;
	return ROW_TAKEN;
}

bool service_parse_opportunities(struct service_rows *out,
				 struct json_text body, struct arena *arena,
				 struct err *err)
{
	static const struct row_shape shape = {
		"opportunities", false, sizeof(struct opportunity), ROWS_MAX,
		read_opp
	};
	void *mem;

	if (!service_rows_read(out, &mem, &shape, NULL, body, arena, err))
		return false;
	out->opportunities = mem;
	return true;
}
