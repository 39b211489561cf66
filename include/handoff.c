/* SPDX-License-Identifier: MIT */
/* Words of hand-offs. */
#include "handoff.h"

const char *order_type_word(enum order_type t)
{
	return t == ORDER_LIMIT ? "limit" : "market";
}
