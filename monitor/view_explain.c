/* SPDX-License-Identifier: MIT */
/*
 * The stored decision as JSON: every line of the profile in force, its
 * verdict, what it read and the limits it was held against.
 */
#include "view_explain.h"

#include <string.h>

const struct finding *view_finding(const struct view_row *r, int line)
{
	if (!r->verdicts || line >= r->verdicts->n_lines)
		return NULL;
	return &r->verdicts->finding[line];
}

static struct streak slot_of(const struct view_row *r, int slot)
{
	if (!r->verdicts || slot >= r->verdicts->n_slots)
		return STREAK_NONE;
	return r->verdicts->slot[slot];
}

int view_progress(struct view_progress out[static LINE_NODES_MAX],
		  const struct view *v, const struct view_row *r, int line)
{
	const struct line *l = &v->profile->line[line];
	int first = profile_slot(v->profile, line), n = 0;

	for (int i = 0; i < l->n_nodes; i++) {
		const struct node *node = &l->node[i];
		struct streak s;

		if (node->kind != NODE_FOR_POLLS &&
		    node->kind != NODE_FOR_TIME)
			continue;
		s = slot_of(r, first + node->slot);
		out[n++] = (struct view_progress){
			.by_time = node->kind == NODE_FOR_TIME,
			.count = s.count, .needed = node->polls,
			.since = s.since, .needed_time = node->time,
		};
	}
	return n;
}

/* The evidence holds what the line read; "why" stands only when unknown. */
static void put_input(struct json_out *o, const struct facts *f,
		      enum fact_id id)
{
	const struct fact *x = &f->v[id];

	json_out_open(o, '{');
	json_put_text(o, "name", fact_name(id));
	json_out_key(o, "value");
	json_out_fact(o, x);
	json_put_text(o, "unit", fact_unit(id));
	json_put_text(o, "why", x->known ? NULL : why_word(x->why));
	json_out_close(o, '}');
}

static void put_inputs(struct json_out *o, const struct view_row *r,
		       const struct line *l)
{
	json_out_key(o, "inputs");
	json_out_open(o, '[');
	for (int id = 0; id < FACT_COUNT; id++)
		if (l->uses & (UINT64_C(1) << id))
			put_input(o, &r->facts, (enum fact_id)id);
	json_out_close(o, ']');
}

/* Shares as fractions, times in seconds, choices by their word. */
static void put_limit(struct json_out *o, const struct rule *rule,
		      const struct param *p, struct dec v)
{
	int64_t choice;

	json_out_open(o, '{');
	json_put_text(o, "rule", rule->name);
	json_put_text(o, "name", p->name);
	json_out_key(o, "value");
	if (p->kind == PARAM_CHOICE && dec_to_int(&choice, v))
		json_out_text(o, p->choices[choice]);
	else
		json_out_dec(o, v);
	json_put_text(o, "unit", p->kind == PARAM_TIME ? "s" : "1");
	json_out_close(o, '}');
}

static void put_limits(struct json_out *o, const struct line *l)
{
	json_out_key(o, "limits");
	json_out_open(o, '[');
	for (int i = 0; i < l->n_nodes; i++) {
		const struct node *n = &l->node[i];

		if (n->kind != NODE_CALL)
			continue;
		for (int k = 0; k < RULE_PARAMS_MAX &&
				n->rule->params[k].name; k++)
			put_limit(o, n->rule, &n->rule->params[k], n->arg[k]);
	}
	json_out_close(o, ']');
}

static void put_streaks(struct json_out *o, const struct view *v,
			const struct view_row *r, int line)
{
	struct view_progress p[LINE_NODES_MAX];
	int n = view_progress(p, v, r, line);

	json_out_key(o, "streaks");
	json_out_open(o, '[');
	for (int i = 0; i < n; i++) {
		json_out_open(o, '{');
		json_out_key(o, "count");
		json_out_int(o, p[i].count);
		json_out_key(o, p[i].by_time ? "needed_s" : "needed");
		json_out_int(o, p[i].by_time ? p[i].needed_time.ms / 1000
					     : p[i].needed);
		json_out_key(o, "since");
		json_out_instant(o, p[i].since);
		json_out_close(o, '}');
	}
	json_out_close(o, ']');
}

/* The pair better_opportunity compared with. */
static void put_target(struct json_out *o, const struct view_row *r,
		       const struct line *l)
{
	json_out_key(o, "target");
	if (!(l->uses & USES(ALT_DIVERGENCE)) || !r->facts.alt_found) {
		json_out_null(o);
		return;
	}
	json_out_open(o, '{');
	json_put_text(o, "long", r->facts.alt_long.s);
	json_put_text(o, "short", r->facts.alt_short.s);
	json_out_close(o, '}');
}

static void put_line(struct json_out *o, const struct view *v,
		     const struct view_row *r, int i)
{
	const struct line *l = &v->profile->line[i];
	const struct finding *f = view_finding(r, i);
	bool missing = f && f->verdict == VERDICT_UNKNOWN &&
		       f->missing < FACT_COUNT;

	json_out_open(o, '{');
	json_put_text(o, "label", l->label.s);
	json_put_text(o, "list", i < v->profile->n_close ? "close" : "alert");
	json_put_text(o, "text", l->text);
	json_put_text(o, "verdict", f ? verdict_word(f->verdict) : NULL);
	json_out_key(o, "deciding");
	json_out_bool(o, r->verdicts && r->verdicts->line == i);
	json_put_text(o, "missing", missing ? fact_name(f->missing) : NULL);
	json_put_text(o, "why", missing ? why_word(f->why) : NULL);
	put_streaks(o, v, r, i);
	put_inputs(o, r, l);
	put_limits(o, l);
	put_target(o, r, l);
	json_out_close(o, '}');
}

void view_explain_lines(struct json_out *o, const struct view *v,
			const struct view_row *r)
{
	json_out_open(o, '[');
	for (int i = 0; i < v->profile->n_lines; i++)
		put_line(o, v, r, i);
	json_out_close(o, ']');
}

static void put_head(struct json_out *o, const struct view *v,
		     const struct view_row *r)
{
	json_out_key(o, "id");
	json_out_int(o, r->pos.id);
	json_put_text(o, "account", v->account->name);
	json_put_text(o, "symbol", r->pos.symbol.s);
	json_out_key(o, "poll");
	json_out_int(o, v->poll.seq);
	json_out_key(o, "at");
	json_out_instant(o, v->poll.at);
	json_put_text(o, "profile", v->profile->name);
	json_put_text(o, "profile_hash", v->profile->hash);
	json_put_text(o, "config", v->poll.config);
	json_put_text(o, "action", action_word(r->verdicts->action));
	view_json_label(o, "reason", r->verdicts->label);
	json_out_key(o, "new_data");
	json_out_bool(o, r->verdicts->new_data);
}

void view_explain_json(FILE *f, const struct view *v, const struct view_row *r,
		       bool compact)
{
	struct json_out o = json_out_to(f, compact);

	json_out_open(&o, '{');
	put_head(&o, v, r);
	json_out_key(&o, "lines");
	view_explain_lines(&o, v, r);
	json_out_close(&o, '}');
}
