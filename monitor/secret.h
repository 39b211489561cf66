/* SPDX-License-Identifier: MIT */
/*
 * A secret in clear, for as long as it is needed: it is read from where the
 * configuration says, held in one place, wiped, and never formatted. Errors
 * name the reference and the remedy, never the contents.
 */
#ifndef CARRYWATCH_SECRET_H
#define CARRYWATCH_SECRET_H

#include "config_act.h"

#define SECRET_MAX 4096		/* bytes */

struct secret {
	char *text;		/* malloc'd, NUL-ended; NULL: none */
};

/*
 * {env: NAME}: the environment, which may not be empty. {file: PATH}: a
 * regular file of ours or root's that nobody else can read. {credential:
 * NAME}: the same below $CREDENTIALS_DIRECTORY. One newline at the end is
 * taken off. ERR_CONFIG else. A reference that is not set gives no secret.
 */
MUST_USE bool secret_read(struct secret *out, const struct secret_ref *ref,
			  struct err *err);
void secret_free(struct secret *s);	/* wiped; NULL text is fine */

const char *secret_from_word(enum secret_from from);

#endif
