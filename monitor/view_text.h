/* SPDX-License-Identifier: MIT */
/*
 * Parts of a view for people and for JSON. A number no longer true carries
 * "~", an unknown one is "-". Shared by the reading commands and the demo.
 */
#ifndef CARRYWATCH_VIEW_TEXT_H
#define CARRYWATCH_VIEW_TEXT_H

#include "cli.h"
#include "json_out.h"
#include "view.h"

struct view_text { char s[96]; };

/* A daily rate in the unit asked for, signed percent: "+0.0220%". */
struct view_text view_rate(struct fact daily, enum unit u, bool old);
/* The same from a fraction per 8 h. */
struct view_text view_rate_8h(struct fact rate_8h, enum unit u, bool old);
const char *view_unit_word(enum unit u);	/* "8h" "1h" "day" "APR" */
/* A fraction as percent: "77%". */
struct view_text view_percent(struct fact fraction, int places, bool old);
struct view_text view_usd(struct fact usd, int places, bool sign, bool old);
struct view_text view_amount(struct fact v, bool old);	/* canonical */
struct view_text view_span(struct span d, bool old);
/* The same as a cell: for programs hours with one decimal. */
struct cell;
struct table;
struct cell view_hours(struct table *t, struct span d, bool old);
/* "77% (<50%)": what is kept, and below which share a close line acts. */
struct view_text view_kept(const struct view_row *r, const struct profile *p);
/* "short +3.90 in 0h12m" */
struct view_text view_next(const struct view_cash *c, struct instant now,
			   bool old);
struct view_text view_near(const struct view_row *r);
/* Colour of an action: close bad, alert warn, hold plain. */
int view_action_tone(enum action a);

/* The highest share an erosion line of the profile wants kept. */
MUST_USE bool view_erosion_limit(struct dec *keep, const struct profile *p);

/* One row of `positions list --json`, keys in the order of design.md 5. */
void view_json_row(struct json_out *o, const struct view *v,
		   const struct view_row *r);
/* Its members without the braces, for `positions show --json`. */
void view_json_members(struct json_out *o, const struct view *v,
		       const struct view_row *r);
void view_json_label(struct json_out *o, const char *key, struct label l);

/* view_cli.c: from the command line to loaded views. */

/* A database that does not exist yet is a view without rows. */
MUST_USE bool view_open(struct view *out, struct cli *c,
			const struct account *a, enum view_which which,
			struct err *err);
/* The same for every account meant. */
MUST_USE bool view_open_all(struct view **out, size_t *n, struct cli *c,
			    enum view_which which, struct err *err);
/*
 * The one position named by argument 0; *s stays open for more reading
 * (events, decisions) and must be closed before anything is printed.
 */
MUST_USE bool view_open_one(struct view *out, struct store **s,
			    struct cli *c, struct err *err);
/* For people: since when no poll was recorded, or that there is none yet. */
void view_print_stale(FILE *f, const struct cli *c, const struct view *v);

#endif
