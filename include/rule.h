/* SPDX-License-Identifier: MIT */
/*
 * A rule is one pure predicate over facts, in one file rules/NAME.c, which
 * defines `const struct rule rule_NAME`. make writes the table of all rules
 * from the file names.
 */
#ifndef CARRYWATCH_RULE_H
#define CARRYWATCH_RULE_H

#include "market.h"

#define RULE_PARAMS_MAX 4

enum verdict { VERDICT_FALSE, VERDICT_TRUE, VERDICT_UNKNOWN };

const char *verdict_word(enum verdict v);	/* "false" "true" "unknown" */

/*
 * A verdict, and for UNKNOWN the input that is missing. One machine word, so
 * that it is handed on in a register: rules are asked millions of times.
 */
struct finding {
	enum verdict verdict : 8;
	enum fact_id missing : 8;
	enum why why : 16;
};

static inline struct finding finding_bool(bool b)
{
	return (struct finding){ b ? VERDICT_TRUE : VERDICT_FALSE,
				 FACT_COUNT, WHY_KNOWN };
}

static inline struct finding finding_unknown(enum fact_id id, enum why why)
{
	return (struct finding){ VERDICT_UNKNOWN, id, why };
}

/* Kleene: one TRUE, or one FALSE, settles it whatever the other is. */
static inline struct finding finding_or(struct finding a, struct finding b)
{
	if (a.verdict == VERDICT_TRUE || b.verdict == VERDICT_FALSE)
		return a;
	if (b.verdict == VERDICT_TRUE || a.verdict == VERDICT_FALSE)
		return b;
	return a;	/* both unknown: the first names its input */
}

static inline struct finding finding_and(struct finding a, struct finding b)
{
	if (a.verdict == VERDICT_FALSE || b.verdict == VERDICT_TRUE)
		return a;
	if (b.verdict == VERDICT_FALSE || a.verdict == VERDICT_TRUE)
		return b;
	return a;
}

static inline struct finding finding_not(struct finding a)
{
	if (a.verdict == VERDICT_UNKNOWN)
		return a;
	return finding_bool(a.verdict == VERDICT_FALSE);
}

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

struct rule {
	const char *name;
	const char *help;		/* TRUE when ..., one line */
	struct param params[RULE_PARAMS_MAX];	/* name NULL ends them */
	uint64_t uses;			/* bit mask of the facts it reads */
	bool protective;		/* may close on stale rates */
	struct finding (*eval)(const struct facts *f, const struct dec *arg);
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

/* Written by make from the file names of rules/, sorted by name. */
extern const struct rule *const rule_table[];
extern const size_t rule_count;
const struct rule *rule_find(const char *name, size_t n);

#endif
