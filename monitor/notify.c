/* SPDX-License-Identifier: MIT */
/* One log line a message; the log marks what is simulated. */
#include "notify.h"

#include "log.h"

static bool notify_tell(void *ctx, const struct message *m)
{
	(void)ctx;
	log_write((enum log_level)m->priority, m->kind,
		  "position=%lld text=%s", (long long)m->position,
		  log_quote(m->text).s);
	return true;
}

struct notifier notify_log(void)
{
	return (struct notifier){ NULL, notify_tell };
}
