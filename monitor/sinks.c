/* SPDX-License-Identifier: MIT */
/* Sinks with their secrets (sinks.h). */
#include "sinks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool open_param(struct sink_in_force *out, const struct sink *s, int i,
		       struct err *err)
{
	out->values.v[i] = "";
	if (!s->kind->params[i].name)
		return true;
	if (s->secret[i].from != SECRET_NONE) {
		if (!secret_read(&out->secret[i], &s->secret[i], err))
			return err_prefix(err, "sink %s: %s", s->name,
					  s->kind->params[i].name);
		out->values.v[i] = out->secret[i].text;
		return true;
	}
	out->text[i] = strdup(s->text[i] ? s->text[i] : "");
	if (!out->text[i])
		return err_set(err, ERR_MEMORY, "no memory");
	out->values.v[i] = out->text[i];
	return true;
}

static bool open_sink(struct sinks *out, const struct sink *s,
		      struct err *err)
{
	struct sink_in_force *x = &out->list[out->n++];

	snprintf(x->name, sizeof(x->name), "%s", s->name);
	x->kind = s->kind;
	for (int i = 0; i < SINK_PARAMS_MAX; i++)
		if (!open_param(x, s, i, err))
			return false;
	return true;
}

static bool open_list(struct sinks *out, const struct sink *const *list,
		      size_t n, struct err *err)
{
	*out = (struct sinks){ .list = NULL };
	if (n == 0)
		return true;
	out->list = calloc(n, sizeof(*out->list));
	if (!out->list)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++)
		if (!open_sink(out, list[i], err)) {
			sinks_free(out);
			return false;
		}
	return true;
}

bool sinks_open(struct sinks *out, const struct alert_policy *p,
		struct err *err)
{
	if (!open_list(out, p->sinks, p->n_sinks, err))
		return false;
	out->repeat = p->repeat;
	return true;
}

bool sinks_open_one(struct sinks *out, const struct sink *s, struct err *err)
{
	return open_list(out, &s, 1, err);
}

void sinks_free(struct sinks *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (int k = 0; k < SINK_PARAMS_MAX; k++) {
			free(s->list[i].text[k]);
			secret_free(&s->list[i].secret[k]);
		}
	free(s->list);
	*s = (struct sinks){ .list = NULL };
}
