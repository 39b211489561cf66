/* SPDX-License-Identifier: MIT */
/* Rules in words, for `rules list`, `rules show` and the reference page. */
#ifndef CARRYWATCH_CLI_RULE_TEXT_H
#define CARRYWATCH_CLI_RULE_TEXT_H

#include "rule.h"

#define RULE_TEXT_MAX 400

/* How a value of this kind is written. */
const char *rule_text_kind(enum param_kind kind);
/* "before, when=paying" */
void rule_text_params(char buf[static RULE_TEXT_MAX], const struct rule *r);
/* The choice with which alone a fact is read, "model=schedule"; else "". */
void rule_text_when(char buf[static RULE_TEXT_MAX], const struct rule *r,
		    enum fact_id id);
/* Facts read whatever the arguments: names with blanks between. */
void rule_text_facts(char buf[static RULE_TEXT_MAX], const struct rule *r);
/* "at least 0, at most 1", "paying or any"; "" when unbounded. */
void rule_text_bounds(char buf[static RULE_TEXT_MAX], const struct param *p);

#endif
