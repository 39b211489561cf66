/* SPDX-License-Identifier: MIT */
/*
 * Order and look-up in a snapshot, and the fee table the service ranks by.
 * Used by both markets and by every route.
 */
#include "snapshot.h"

#include <string.h>

static const struct venue_facts facts_table[] = {
	{ "aster", "Aster", "https://fapi.aster.example",
	  "0.00005", "0.0004" },
	{ "backpack", "Backpack", "https://api.backpack.example",
	  "0.0002", "0.0005" },
	{ "edgex", "EdgeX", "https://pro.edgex.example",
	  "0.00015", "0.00038" },
	{ "grvt", "GRVT", "https://edge.grvt.example",
	  "-0.0001", "0.00055" },
	{ "hyperliquid", "Hyperliquid", "https://api.hyperliquid.example",
	  "0.00015", "0.00045" },
	{ "lighter", "Lighter Network", "https://mainnet.lighter.example",
	  "0", "0" },
	{ "paradex", "Paradex", "https://api.prod.paradex.example",
	  "0.00003", "0.0002" },
};

struct venue_facts venue_facts_of(const struct venue *v)
{
	for (size_t i = 0; i < sizeof(facts_table) / sizeof(*facts_table); i++)
		if (!strcmp(facts_table[i].name, v->s))
			return facts_table[i];
	return (struct venue_facts){ v->s, v->s, "https://venue.example",
				     "0.0003", "0.0006" };
}

size_t snapshot_venue(const struct snapshot *s, const char *name)
{
	struct venue v;

	if (!venue_parse(&v, name, strlen(name)))
		return SNAPSHOT_NONE;
	for (size_t i = 0; i < s->n_venues; i++)
		if (!memcmp(&s->venues[i], &v, sizeof(v)))
			return i;
	return SNAPSHOT_NONE;
}

static struct sim_row *row_find(const struct snapshot *s, size_t venue,
				const char *symbol)
{
	struct symbol base;

	if (!symbol_parse(&base, symbol, strlen(symbol)))
		return NULL;
	for (size_t i = 0; i < s->n_rows; i++) {
		struct sim_row *r = &s->rows[i];

		if ((venue == SNAPSHOT_NONE || r->venue == venue) &&
		    !memcmp(&r->symbol, &base, sizeof(base)))
			return r;
	}
	return NULL;
}

bool snapshot_knows(const struct snapshot *s, const char *symbol)
{
	return row_find(s, SNAPSHOT_NONE, symbol) != NULL;
}

struct sim_row *snapshot_row(const struct snapshot *s, size_t venue,
			     const char *symbol)
{
	struct sim_row *r = row_find(s, venue, symbol);

	return r && r->kind != ROW_GONE ? r : NULL;
}
