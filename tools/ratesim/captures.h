/* SPDX-License-Identifier: MIT */
/*
 * Recorded answers, played back as they were: DIR/INDEX.tsv says which
 * request each DIR/NAME.http answers.
 */
#ifndef RATESIM_CAPTURES_H
#define RATESIM_CAPTURES_H

#include "reply.h"

struct captures;

MUST_USE bool captures_open(struct captures **out, const char *dir,
			    struct err *err);
void captures_free(struct captures *c);
/* The whole target first, then its path alone if that answered 200. */
void captures_answer(struct reply *out, const struct captures *c,
		     const struct request *r);

#endif
