/* SPDX-License-Identifier: MIT */
/*
 * Runs as rows for programs: every metric and its hold_through_ twin, exact;
 * what is n/a is empty.
 */
#include "report_shown.h"

#include "table.h"

enum { NAME, SINCE, UNTIL, CAPITAL, PRICE_IN, OWN,
       HELD = OWN + METRIC_COUNT, N_COLUMNS = HELD + METRIC_COUNT };

static bool name_columns(struct column *c, struct arena *arena)
{
	static const char *const fixed[OWN] = {
		[NAME] = "name", [SINCE] = "since", [UNTIL] = "until",
		[CAPITAL] = "capital_usd", [PRICE_IN] = "price_included",
	};

	for (int i = 0; i < OWN; i++)
		c[i].key = c[i].title = fixed[i];
	for (int i = 0; i < METRIC_COUNT; i++) {
		const char *key = report_metric_texts[i].key;
		char held[64];
		int n = snprintf(held, sizeof(held), "hold_through_%s", key);

		c[OWN + i].key = c[OWN + i].title = key;
		c[HELD + i].key = arena_text(arena, held, (size_t)n);
		c[HELD + i].title = c[HELD + i].key;
		if (!c[HELD + i].key)
			return false;
	}
	return true;
}

static struct cell metric_cell(struct table *t, enum report_metric_id id,
			       const struct report_metric *m)
{
	int64_t n;

	if (!m->known)
		return (struct cell){ .kind = CELL_NULL };
	if (report_metric_texts[id].unit == UNIT_COUNT &&
	    dec_to_int(&n, m->v))
		return cell_count(t, n);
	return cell_dec(t, m->v, NULL);
}

static void put_row(struct table *t, const struct cli *c,
		    const struct report_run *run,
		    const struct report_summary *s)
{
	struct cell *cell = table_row(t);

	cell[NAME] = cell_text(t, run->name);
	cell[SINCE] = cell_instant(t, c, run->since);
	cell[UNTIL] = cell_instant(t, c, run->until);
	cell[CAPITAL] = cell_dec(t, run->capital_usd, NULL);
	cell[PRICE_IN] = (struct cell){
		.kind = CELL_BOOL,
		.text = run->price_included ? "true" : "false" };
	for (int i = 0; i < METRIC_COUNT; i++) {
		enum report_metric_id id = (enum report_metric_id)i;

		cell[OWN + i] = metric_cell(t, id, &s->own[i]);
		cell[HELD + i] = metric_cell(t, id, &s->held[i]);
	}
}

bool report_print_rows(FILE *f, const struct cli *c,
		       const struct report_run *runs,
		       const struct report_summary *sums, size_t n,
		       struct err *err)
{
	struct column *columns = arena_array(c->arena, N_COLUMNS,
					     sizeof(*columns));
	struct table *t;

	if (!columns || !name_columns(columns, c->arena))
		return err_set(err, ERR_MEMORY, "no memory");
	t = table_new(columns, N_COLUMNS, c->arena);
	if (!t)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++)
		put_row(t, c, &runs[i], &sums[i]);
	return table_print(f, t, c, err);
}
