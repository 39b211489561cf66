/* SPDX-License-Identifier: MIT */
/* What all sinks share: words, the common judgement of a reply. */
#include "sink.h"

#include <stdio.h>
#include <string.h>

const char *severity_word(enum severity s)
{
	static const char *const words[] = {
		[SEVERITY_INFO] = "info", [SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error", [SEVERITY_CRITICAL] = "critical"
	};

	return words[s];
}

const struct sink_kind *sink_find(const char *name)
{
	for (size_t i = 0; i < sink_count; i++)
		if (strcmp(sink_table[i]->name, name) == 0)
			return sink_table[i];
	return NULL;
}

static bool worth_retrying(int status)
{
	return status == 408 || status == 425 || status == 429 ||
	       status >= 500;
}

void sink_judge(struct outcome_of *out, const struct reply *r)
{
	*out = (struct outcome_of){ OUTCOME_RETRY, r->retry_after_s, "" };
	if (!r->answered) {
		snprintf(out->why, sizeof(out->why), "%s", r->error);
	} else if (r->status >= 200 && r->status < 300) {
		out->outcome = OUTCOME_DELIVERED;
	} else {
		snprintf(out->why, sizeof(out->why), "HTTP %d", r->status);
		if (!worth_retrying(r->status))
			out->outcome = OUTCOME_DEAD;
	}
}
