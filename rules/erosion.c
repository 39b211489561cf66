/* SPDX-License-Identifier: MIT */
/*
 * erosion(keep): too little is left of the divergence at entry.
 *	TRUE when D_now / D_entry < keep
 * compared as D_now < keep * D_entry, exactly: 0.0003 of 0.001 is not below
 * 0.3. Both per day; keep is a share, 0.5 = keep at least half.
 * UNKNOWN while a leg's rate is, and for good when D_entry <= 0: there the
 * ratio means nothing.
 */
#include "rule.h"

enum { KEEP };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	const struct fact *now = &f->v[FACT_DIVERGENCE];
	const struct fact *entry = &f->v[FACT_ENTRY_DIVERGENCE];

	if (!entry->known)
		return finding_missing(f, FACT_ENTRY_DIVERGENCE);
	if (dec_sign(entry->v) <= 0)
		return finding_unknown(FACT_ENTRY_DIVERGENCE,
				       WHY_NOT_POSITIVE);
	if (!now->known)
		return finding_missing(f, FACT_DIVERGENCE);
	return finding_bool(dec_cmp_mul(now->v, dec_int(1),
					arg[KEEP], entry->v) < 0);
}

const struct rule rule_erosion = {
	.name = "erosion",
	.help = "less than `keep` is left of the divergence at entry",
	.params = {
		[KEEP] = { "keep", PARAM_SHARE, NULL, "0", "1", NULL,
			   "share that must remain: 0.5 = at least half" },
	},
	.uses = USES(DIVERGENCE) | USES(ENTRY_DIVERGENCE),
	.eval = eval,
};
