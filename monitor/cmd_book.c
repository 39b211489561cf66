/* SPDX-License-Identifier: MIT */
/* The trading client of an account (cmd_book.h). */
#include "cmd_book.h"

#include "control_api.h"
#include "secret.h"

bool cmd_book_open(struct book *out, const struct config *config,
		   const struct account *a, uint64_t seed, struct err *err)
{
	struct control_api_options o = {
		a->control_api.url, a->control_api.account, NULL,
		config->allow_insecure_http, seed, &config->reach
	};
	struct secret key;
	bool ok;

	*out = (struct book){ NULL, NULL, NULL };
	if (!a->control_api.url[0])
		return true;
	if (!secret_read(&key, &a->control_api.key, err))
		return err_prefix(err, "accounts.%s.positions.control_api.key",
				  a->name);
	o.key = key.text;
	ok = control_api_new(out, &o, err);
	secret_free(&key);
	return ok;
}

void cmd_book_close(struct book *b)
{
	if (b->ctx)
		b->free(b->ctx);
	*b = (struct book){ NULL, NULL, NULL };
}
