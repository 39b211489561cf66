/* SPDX-License-Identifier: MIT */
/*
 * Signatures of webhooks as "Standard Webhooks" defines them: HMAC-SHA256
 * over "ID.TIMESTAMP.BODY" with the key behind "whsec_" in base64 (24 to 64
 * bytes), written "v1,BASE64".
 */
#ifndef CARRYWATCH_SIGN_H
#define CARRYWATCH_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define SIGN_TOLERANCE_S 300
#define SIGNATURE_MAX	112	/* two of them, a blank between */

struct sign_message {
	const char *id;
	int64_t unix_s;		/* of the attempt */
	const char *body;
	size_t n;
};

/*
 * With one key or, while a receiver changes over, two (old NULL or "": one);
 * ERR_CONFIG names what is wrong with a key, never the key.
 */
MUST_USE bool sign_message(char out[static SIGNATURE_MAX],
			   const struct sign_message *m, const char *key,
			   const char *old, struct err *err);
/* Is one of the signatures of `header` by this key, and recent? */
MUST_USE bool sign_verify(const struct sign_message *m, const char *header,
			  const char *key, int64_t now_s, struct err *err);

#endif
