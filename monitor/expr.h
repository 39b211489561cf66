/* SPDX-License-Identifier: MIT */
/*
 * The language of profile lines:
 *	expr  := term { "or" term }
 *	term  := fact { "and" fact }
 *	fact  := "not" fact | prim { "for" (N "polls" | TIME) }
 *	prim  := "(" expr ")" | NAME [ "(" [arg {"," arg}] ")" ]
 *	arg   := [NAME "="] VALUE
 * Bare `flip` is `flip()`. Three-valued (Kleene) logic; every branch is
 * always evaluated, so that streaks see every poll.
 */
#ifndef CARRYWATCH_EXPR_H
#define CARRYWATCH_EXPR_H

#include "decision.h"

#define LINE_NODES_MAX 24
#define LINE_TEXT_MAX 240

enum node_kind {
	NODE_CALL, NODE_NOT, NODE_AND, NODE_OR, NODE_FOR_POLLS, NODE_FOR_TIME
};

struct node {
	enum node_kind kind;
	const struct rule *rule;		/* NODE_CALL */
	struct dec arg[RULE_PARAMS_MAX];	/* NODE_CALL */
	uint8_t left, right;			/* children; NOT, FOR: left */
	int32_t polls;				/* NODE_FOR_POLLS, >= 1 */
	struct span time;			/* NODE_FOR_TIME, > 0 */
	uint8_t slot;				/* FOR: streak within the line, >= 1 */
};

/* LABEL: expression. Slot 0 of a line is the line's own streak. */
struct line {
	struct label label;
	char text[LINE_TEXT_MAX];	/* canonical: defaults written out,
					   but see rule.h of `added` */
	struct node node[LINE_NODES_MAX];	/* children before parents */
	uint8_t n_nodes;		/* the last one is the root */
	uint8_t n_slots;		/* 1 + number of FOR nodes */
	bool protective;		/* every rule of it is protective */
	uint64_t uses;			/* facts of all its rules */
	int row, column;		/* where it stands, 1-based; 0 none */
};

/*
 * Parse text into *out (label and place are the caller's). On failure
 * *column is the 1-based column within text, err->text says what to write
 * instead ("unknown rule "fliip", did you mean "flip"?").
 */
MUST_USE bool expr_parse(struct line *out, const char *text, int *column,
			 struct err *err);

/* The part of the context that `for` needs. */
struct expr_now {
	struct instant now;
	bool new_data;			/* both legs' timestamps moved */
	struct span gap;		/* longer silence starts `for TIME` anew */
};

/* Lines, a bit each, the first one lowest. */
struct verdicts {
	uint32_t is_true, is_unknown;
};

/*
 * Evaluate up to 32 lines into out[] and move their streaks (n_slots of each
 * line, slot 0 included) on by one poll. Pure.
 */
struct verdicts expr_eval_lines(struct finding *out, const struct line *l,
				int n, struct streak *slots,
				const struct facts *f,
				const struct expr_now *now);
/* One of them. */
struct finding expr_eval(const struct line *l, struct streak *slots,
			 const struct facts *f, const struct expr_now *now);

/* Value of one argument as text for people and for canonical lines. */
size_t expr_format_arg(char *buf, size_t n, const struct param *p,
		       struct dec v);

#endif
