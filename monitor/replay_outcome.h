/* SPDX-License-Identifier: MIT */
/* What a replay under another profile comes to, beside what was recorded. */
#ifndef CARRYWATCH_REPLAY_OUTCOME_H
#define CARRYWATCH_REPLAY_OUTCOME_H

#include "replay.h"
#include "report_account.h"

/*
 * Two histories of the pairs the replay has seen until its `last` poll:
 * `recorded` as the store has it, but for a close after that; `other` closed
 * where the other profile closed, its ledger counted until then. `ended`
 * counts pairs still open there when the record of them ends, seven days after
 * their recorded close. False without memory or when costs leave the range.
 */
MUST_USE bool replay_outcome(struct report_history *recorded,
			     struct report_history *other, size_t *ended,
			     const struct replay *r, const struct terms *terms,
			     struct instant last, struct arena *arena,
			     struct err *err);

#endif
