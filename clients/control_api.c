/* SPDX-License-Identifier: MIT */
/* Two requests a poll: positions, and the balances that prove a venue well. */
#include "control_api.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

#define BODY_MAX ((size_t)4 << 20)

struct control_api {
	struct http *http;
	char *account;
	char *positions, *balances;	/* whole URLs */
};

static char *url_of(const struct control_api_options *o, const char *what)
{
	char *name = curl_easy_escape(NULL, o->account, 0);
	size_t n = name ? strlen(o->url) + strlen(name) + 64 : 0;
	char *url = name ? malloc(n) : NULL;

	if (url)
		snprintf(url, n, "%s/api/v1/%s?account_name=%s", o->url, what,
			 name);
	curl_free(name);
	return url;
}

static void control_free(void *ctx)
{
	struct control_api *c = ctx;

	http_free(c->http);
	free(c->account);
	free(c->positions);
	free(c->balances);
	free(c);
}

/* What a request that failed says, with the remedy where there is one. */
static bool refused(struct book_view *out, const struct http_request *r)
{
	const char *remedy = "";

	if (r->status == 401)
		remedy = ": the key is missing, wrong or expired";
	else if (r->status == 403)
		remedy = ": the key may not see this account";
	if (!r->ok)
		snprintf(out->error, sizeof(out->error), "trading client: "
			 "%.104s%s", r->error, remedy);
	return !r->ok;
}

static void control_read(void *ctx, struct book_view *out, int32_t budget_ms,
			 struct arena *arena)
{
	struct control_api *c = ctx;
	struct http_request reqs[2] = { { .url = c->positions },
					{ .url = c->balances } };
	struct err err = { ERR_NONE, "" };

	*out = (struct book_view){ .asked = true };
	http_batch(c->http, reqs, 2, http_now_ms() + budget_ms);
	out->balances_good = reqs[1].ok &&
		control_balances_parse(out, c->account, reqs[1].body,
				       reqs[1].body_len, arena, &err);
	if (refused(out, &reqs[0]))
		return;
	out->good = control_positions_parse(out, c->account, reqs[0].body,
					    reqs[0].body_len, arena, &err);
	if (!out->good)
		snprintf(out->error, sizeof(out->error), "trading client: "
			 "%.130s", err.text);
}

bool control_api_new(struct book *out, const struct control_api_options *o,
		     struct err *err)
{
	struct control_api *c = calloc(1, sizeof(*c));
	char header[4200];
	struct http_options h = {
		.user_agent = "carrywatch", .body_max = BODY_MAX,
		.allow_insecure = o->allow_insecure_http, .seed = o->seed,
		.tries = 2, .header = header, .reach = o->reach
	};
	bool ok;

	if (!c)
		return err_set(err, ERR_MEMORY, "no memory for the trading "
			       "client");
	snprintf(header, sizeof(header), "Authorization: Bearer %s", o->key);
	c->account = strdup(o->account);
	c->positions = url_of(o, "positions");
	c->balances = url_of(o, "balances");
	ok = c->account && c->positions && c->balances ?
		http_new(&c->http, &h, err) :
		err_set(err, ERR_MEMORY, "no memory for the trading client");
	explicit_bzero(header, sizeof(header));
	if (!ok) {
		control_free(c);
		return false;
	}
	*out = (struct book){ c, control_read, control_free };
	return true;
}
