/* SPDX-License-Identifier: MIT */
/* Every fuzz target but the one that needs jansson. */
#include "fuzz.h"

#define TARGETS(X) \
	X(json) X(decimal) X(time) X(expr) X(config) X(import) X(settlement) \
	X(service) X(book) X(evidence) X(rows) X(sign) X(cli) X(text)

#define X(id) extern const struct fuzz_target fuzz_##id;
TARGETS(X)
#undef X

const struct fuzz_target *const fuzz_targets[] = {
#define X(id) &fuzz_##id,
	TARGETS(X)
#undef X
	NULL
};
