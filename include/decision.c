/* SPDX-License-Identifier: MIT */
/* The words of an action, as they stand in JSON and in the database. */
#include "decision.h"

const char *action_word(enum action a)
{
	static const char *const words[] = {
		[ACTION_HOLD] = "hold",
		[ACTION_ALERT] = "alert",
		[ACTION_CLOSE] = "close"
	};

	return words[a];
}
