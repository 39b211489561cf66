/* SPDX-License-Identifier: MIT */
/*
 * Profile lines: the canonical text of what was parsed parses to the same
 * nodes and decides the same; a refusal names a column of the text.
 */
#include "fuzz.h"

#include <string.h>

#include "expr.h"

#define ROUNDS 6

static bool same_node(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind || a->rule != b->rule || a->left != b->left ||
	    a->right != b->right || a->polls != b->polls ||
	    a->time.ms != b->time.ms || a->slot != b->slot)
		return false;
	for (int i = 0; i < RULE_PARAMS_MAX; i++)
		if (!fuzz_same(a->arg[i], b->arg[i]))
			return false;
	return true;
}

static void check_line(const struct line *l)
{
	int slots = 1;

	CHECK(l->n_nodes > 0 && l->n_nodes <= LINE_NODES_MAX);
	CHECK(memchr(l->text, '\0', sizeof(l->text)));
	for (uint8_t i = 0; i < l->n_nodes; i++) {
		const struct node *n = &l->node[i];
		bool leaf = n->kind == NODE_CALL;
		bool two = n->kind == NODE_AND || n->kind == NODE_OR;

		CHECK(leaf == (n->rule != NULL));
		CHECK(leaf || n->left < i);
		CHECK(!two || n->right < i);
		CHECK(n->kind != NODE_FOR_POLLS || n->polls > 0);
		CHECK(n->kind != NODE_FOR_TIME || n->time.ms > 0);
		if (n->kind == NODE_FOR_POLLS || n->kind == NODE_FOR_TIME) {
			CHECK(n->slot > 0 && n->slot < l->n_slots);
			slots++;
		}
	}
	CHECK(slots == l->n_slots && slots <= SLOTS_MAX);
}

/* Facts that follow from the bytes; every fifth or so is unknown. */
static void make_facts(struct facts *f, const char *s, size_t n, unsigned round)
{
	uint32_t h = 2166136261u + round;

	*f = (struct facts){ .legs_fresh = round % 2, .alt_found = round % 3 };
	for (int i = 0; i < FACT_COUNT; i++) {
		h = (h ^ (unsigned char)(n ? s[(size_t)i % n] : 0)) * 16777619u;
		f->v[i] = h % 5 == 0 ? fact_unknown(WHY_STALE) :
			  fact_known(dec_milli((int64_t)(h >> 8) - 8000000));
	}
}

static void check_same_verdicts(const struct line *a, const struct line *b,
				const char *s, size_t n)
{
	struct streak x[LINE_NODES_MAX + 1], y[LINE_NODES_MAX + 1];

	for (int i = 0; i < a->n_slots; i++)
		x[i] = y[i] = STREAK_NONE;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct expr_now now = { { round * INT64_C(3600000) },
					round % 4 > 0, { 7200000 } };
		struct finding p, q;
		struct facts f;

		make_facts(&f, s, n, round);
		p = expr_eval(a, x, &f, &now);
		q = expr_eval(b, y, &f, &now);
		CHECK(p.verdict == q.verdict && p.missing == q.missing &&
		      p.why == q.why);
		CHECK((p.verdict == VERDICT_UNKNOWN) ==
		      (p.missing != FACT_COUNT));
		CHECK(p.verdict != VERDICT_UNKNOWN ||
		      a->uses >> p.missing & 1);
		for (int i = 0; i < a->n_slots; i++)
			CHECK(streak_same(&x[i], &y[i]));
	}
}

FUZZ_TARGET(expr)
{
	const char *text = fuzz_string(s, n, fuzz_arena());
	struct line line = { .n_nodes = 0 }, again = line;
	struct err err = { ERR_NONE, "" };
	int column = 0;

	if (!text)
		return false;
	if (!expr_parse(&line, text, &column, &err)) {
		fuzz_check_refusal(&err, ERR_CONFIG);
		CHECK(column >= 1 && (size_t)column <= n + 1);
		return false;
	}
	check_line(&line);
	if (!expr_parse(&again, line.text, &column, &err))
		fuzz_broken(__FILE__, __LINE__, err.text);
	CHECK(strcmp(line.text, again.text) == 0);
	CHECK(line.n_nodes == again.n_nodes && line.n_slots == again.n_slots);
	CHECK(line.uses == again.uses && line.protective == again.protective);
	for (int i = 0; i < line.n_nodes; i++)
		CHECK(same_node(&line.node[i], &again.node[i]));
	check_same_verdicts(&line, &again, s, n);
	return true;
}
