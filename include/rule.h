/* SPDX-License-Identifier: MIT */
/*
 * A rule is one pure predicate over facts, in one file rules/NAME.c, which
 * defines `const struct rule rule_NAME`. make writes the table of all rules
 * from the file names.
 */
#ifndef CARRYWATCH_RULE_H
#define CARRYWATCH_RULE_H

#include "market.h"
#include "verdict.h"

#define RULE_PARAMS_MAX 4

struct facts;

enum param_kind {
	PARAM_NUMBER,	/* plain decimal */
	PARAM_SHARE,	/* 0.002, 0.2%, 8bps: held as a fraction */
	PARAM_TIME,	/* span with unit: held in seconds */
	PARAM_CHOICE	/* one of `choices`: held as its index */
};

struct param {
	const char *name;
	enum param_kind kind;
	const char *def;	/* text; NULL: must be given */
	const char *min, *max;	/* texts, inclusive; NULL: unbounded */
	const char *const *choices;	/* NULL-ended, for PARAM_CHOICE */
	const char *help;
};

/* Facts that are read only while one choice of one parameter is made. */
struct choice_uses {
	uint8_t param, choice;
	uint64_t uses;			/* 0 ends them */
};

struct rule {
	const char *name;
	const char *help;		/* TRUE when ..., one line */
	struct param params[RULE_PARAMS_MAX];	/* name NULL ends them */
	uint64_t uses;			/* bit mask of the facts it may read */
	struct choice_uses only[2];	/* those of them that depend */
	/*
	 * Bit mask of parameters that came after lines had been stored: left
	 * out of the canonical text at their default, or an upgrade would
	 * change the text, and with it end every running streak.
	 */
	uint8_t added;
	bool protective;		/* may close on stale rates */
	struct finding (*eval)(const struct facts *f, const struct dec *arg);
	/* What is wrong with arguments each of which is good; NULL: nothing,
	 * or no such check. */
	const char *(*contradiction)(const struct dec *arg);
};

#define USES(id) (UINT64_C(1) << FACT_##id)

/* All facts of one position in one poll. */
struct facts {
	struct fact v[FACT_COUNT];
	bool legs_fresh;	/* both legs' rates are usable right now */
	bool alt_found;		/* the best alternative, if any: */
	struct venue alt_long, alt_short;
};

static inline struct finding finding_missing(const struct facts *f,
					     enum fact_id id)
{
	return finding_unknown(id, f->v[id].why);
}

/* The facts one call reads, given its arguments. */
uint64_t rule_uses(const struct rule *r, const struct dec *arg);

/* False when arguments contradict each other. */
MUST_USE bool rule_agrees(const struct rule *r, const struct dec *arg,
			  struct err *err);

/* Written by make from the file names of rules/, sorted by name. */
extern const struct rule *const rule_table[];
extern const size_t rule_count;
const struct rule *rule_find(const char *name, size_t n);

#endif
