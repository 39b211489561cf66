/* SPDX-License-Identifier: MIT */
/*
 * Sinks, secrets and what else acting and telling needs of the file. The keys
 * of a sink are the parameters of its kind (include/sink.h); a secret is a
 * reference, and one written out is refused.
 */
#include <stdio.h>
#include <string.h>

#include "config_load.h"
#include "suggest.h"

#define LIST_MAX	64
#define WORDS_MAX	64

static bool refuse(struct load *l, const struct yaml *y, const char *key,
		   const char *why)
{
	complain(l->list, false, y->row, y->column, "%s: %s", key, why);
	return false;
}

/* ---- secrets ---- */

static bool secret_from(enum secret_from *out, const char *key)
{
	for (*out = SECRET_ENV; *out <= SECRET_CREDENTIAL; (*out)++)
		if (!strcmp(secret_from_word(*out), key))
			return true;
	return false;
}

bool config_secret_read(struct load *l, struct secret_ref *out,
			const struct yaml *y, const char *key)
{
	const struct yaml *from = y->child;

	if (y->shape != YAML_MAP)
		return refuse(l, y, key, "a secret does not stand in this "
			      "file: write {env: NAME}, {file: PATH} or "
			      "{credential: NAME}");
	if (!from || from->next || from->shape != YAML_TEXT ||
	    !secret_from(&out->from, from->key))
		return refuse(l, y, key, "write one of {env: NAME}, "
			      "{file: PATH} and {credential: NAME}");
	if (!*from->text || strlen(from->text) >= sizeof(out->name))
		return refuse(l, from, key, "the reference is empty or too "
			      "long");
	if (out->from == SECRET_FILE && *from->text != '/')
		return refuse(l, from, key, "the file of a secret is named by "
			      "its whole path, from / on");
	if (out->from == SECRET_CREDENTIAL && strchr(from->text, '/'))
		return refuse(l, from, key, "a credential is named without "
			      "its directory");
	snprintf(out->name, sizeof(out->name), "%s", from->text);
	return true;
}

/* ---- one sink ---- */

static bool integer_ok(const char *s)
{
	size_t n;

	s += *s == '-';
	n = strspn(s, "0123456789");
	return n > 0 && n < 19 && s[n] == '\0';
}

#define NO_HOST	"names no host"

static bool has_host(const char *url)
{
	return !strchr(":/?#", strstr(url, "://")[3]);
}

static const char *url_problem(const struct load *l, const char *s)
{
	if (strncmp(s, "https://", 8) && strncmp(s, "http://", 7))
		return "is not an address: write https://HOST/...";
	if (!has_host(s))
		return NO_HOST;
	return s[4] == 's' || config_url_loopback(s) ||
	       l->c->allow_insecure_http ? NULL :
	       "is plain http to another host: use https, or set "
	       "service.allow_insecure_http: true";
}

/* NULL: good; else what is wrong with a plain value. */
static const char *value_problem(const struct load *l, enum sink_param_kind k,
				 const char *s)
{
	switch (k) {
	case SINK_INTEGER:
		return integer_ok(s) ? NULL : "is not a whole number";
	case SINK_BOOL:
		return !strcmp(s, "true") || !strcmp(s, "false") ? NULL :
			"is neither true nor false";
	case SINK_PATH:
		return *s == '/' ? NULL : "is not a whole path, from / on";
	case SINK_URL:
		return url_problem(l, s);
	case SINK_MAIL:
		if (strncmp(s, "smtps://", 8) && strncmp(s, "smtp://", 7))
			return "is not a mail server: write smtps://HOST:465 "
			       "or smtp://HOST:587";
		return has_host(s) ? NULL : NO_HOST;
	case SINK_TEXT:
	case SINK_SECRET:
		break;
	}
	return *s ? NULL : "is empty";
}

static bool read_param(struct load *l, struct sink *s, int i,
		       const struct yaml *y, const char *key)
{
	const struct sink_param *p = &s->kind->params[i];
	const char *why;

	if (p->kind == SINK_SECRET)
		return config_secret_read(l, &s->secret[i], y, key);
	if (!config_shape(l, y, YAML_TEXT, key))
		return false;
	why = value_problem(l, p->kind, y->text);
	if (why)
		return refuse(l, y, key, why);
	s->text[i] = y->text;
	return true;
}

static int param_of(const struct sink_kind *k, const char *name)
{
	for (int i = 0; i < SINK_PARAMS_MAX && k->params[i].name; i++)
		if (!strcmp(k->params[i].name, name))
			return i;
	return -1;
}

static bool unknown_param(struct load *l, const struct sink *s,
			  const struct yaml *y)
{
	const char *words[SINK_PARAMS_MAX], *near;
	char all[200] = "";
	size_t n = 0;

	for (; n < SINK_PARAMS_MAX && s->kind->params[n].name; n++) {
		size_t used = strlen(all);

		words[n] = s->kind->params[n].name;
		snprintf(all + used, sizeof(all) - used, ", %s", words[n]);
	}
	near = suggest(y->key, words, n);
	complain(l->list, false, y->key_row, y->key_column,
		 "unknown key \"%s\" in sinks.%s%s%s%s%s", y->key, s->name,
		 near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : "; known are type", near ? "" : all);
	return false;
}

static void check_required(struct load *l, const struct sink *s,
			   const struct yaml *y)
{
	for (int i = 0; i < SINK_PARAMS_MAX && s->kind->params[i].name; i++) {
		const struct sink_param *p = &s->kind->params[i];

		if (p->required && !yaml_get(y, p->name))
			complain(l->list, false, y->key_row, y->key_column,
				 "sinks.%s: a %s needs %s: %s", s->name,
				 s->kind->name, p->name, p->help);
	}
}

static void read_params(struct load *l, struct sink *s, const struct yaml *y)
{
	char key[CONFIG_KEY_MAX];

	for (int i = 0; i < SINK_PARAMS_MAX; i++) {
		const char *def = s->kind->params[i].name ?
				  s->kind->params[i].def : NULL;

		s->text[i] = def ? def : "";
	}
	for (const struct yaml *e = y->child; e; e = e->next) {
		int i = param_of(s->kind, e->key);

		if (!strcmp(e->key, "type"))
			continue;
		if (i < 0) {
			unknown_param(l, s, e);
			continue;
		}
		snprintf(key, sizeof(key), "sinks.%s.%s", s->name, e->key);
		read_param(l, s, i, e, key);
	}
	check_required(l, s, y);
}

static bool read_type(struct load *l, struct sink *s, const struct yaml *y)
{
	const struct yaml *type = yaml_get(y, "type");
	char all[200] = "";

	s->kind = type && type->shape == YAML_TEXT ? sink_find(type->text) :
		  NULL;
	if (s->kind)
		return true;
	for (size_t i = 0; i < sink_count; i++) {
		size_t used = strlen(all);

		snprintf(all + used, sizeof(all) - used, "%s%s",
			 i ? ", " : "", sink_table[i]->name);
	}
	y = type ? type : y;
	complain(l->list, false, type ? y->row : y->key_row,
		 type ? y->column : y->key_column, "sinks.%s: %s: write type: "
		 "and one of %s", s->name, type ? "no such type" :
		 "has no type", all);
	return false;
}

static bool load_sink(struct load *l, struct sink *s, const struct yaml *y)
{
	char key[CONFIG_KEY_MAX];

	if (!config_name_ok(y->key, sizeof(s->name))) {
		complain(l->list, false, y->key_row, y->key_column,
			 "sinks: \"%s\" cannot be a name: up to %d letters, "
			 "digits, - and _", y->key, SINK_NAME_MAX - 1);
		return false;
	}
	snprintf(s->name, sizeof(s->name), "%s", y->key);
	snprintf(key, sizeof(key), "sinks.%s", y->key);
	if (!config_shape(l, y, YAML_MAP, key) || !read_type(l, s, y))
		return false;
	read_params(l, s, y);
	return true;
}

bool config_sinks_load(struct load *l)
{
	const struct yaml *own = yaml_get(l->own, "sinks");
	struct sink *list;
	size_t n = 0;

	own = own && own->shape == YAML_MAP ? own : NULL;
	for (const struct yaml *y = own ? own->child : NULL; y; y = y->next)
		n++;
	list = arena_array(l->arena, n, sizeof(*list));
	if (!list)
		return false;
	l->c->sinks = list;
	for (const struct yaml *y = own ? own->child : NULL; y; y = y->next)
		if (load_sink(l, &list[l->c->n_sinks], y))
			l->c->n_sinks++;
	return true;
}

/* ---- lists of an account ---- */

static const struct sink *find_sink(struct load *l, const struct yaml *y,
				    const char *key)
{
	const char *words[WORDS_MAX], *near;
	size_t n = 0;

	for (size_t i = 0; i < l->c->n_sinks; i++)
		if (!strcmp(l->c->sinks[i].name, y->text))
			return &l->c->sinks[i];
	for (; n < l->c->n_sinks && n < WORDS_MAX; n++)
		words[n] = l->c->sinks[n].name;
	near = suggest(y->text, words, n);
	complain(l->list, false, y->row, y->column, "%s: no sink \"%s\"%s%s%s",
		 key, y->text, near ? ", did you mean \"" : "",
		 near ? near : "", near ? "\"?" : ": give it under sinks:");
	return NULL;
}

bool config_sink_list_read(struct load *l, const struct sink ***out,
			   size_t *count, const struct yaml *y,
			   const char *key)
{
	const struct sink **list = arena_array(l->arena, LIST_MAX,
					       sizeof(*list));
	size_t n = 0;

	if (!list)
		return complaints_no_memory(l->list);
	if (!config_shape(l, y, YAML_LIST, key))
		return false;
	for (const struct yaml *e = y->child; e; e = e->next) {
		if (n == LIST_MAX)
			return refuse(l, e, key, "one too many");
		if (!config_shape(l, e, YAML_TEXT, key))
			return false;
		list[n] = find_sink(l, e, key);
		if (!list[n])
			return false;
		for (size_t i = 0; i < n; i++)
			if (list[i] == list[n])
				return refuse(l, e, key, "given twice");
		n++;
	}
	*out = list;
	*count = n;
	return true;
}

bool config_labels_read(struct load *l, const struct label **out,
			size_t *count, const struct yaml *y, const char *key)
{
	struct label *list = arena_array(l->arena, LIST_MAX, sizeof(*list));
	size_t n = 0;

	if (!list)
		return complaints_no_memory(l->list);
	if (!config_shape(l, y, YAML_LIST, key))
		return false;
	for (const struct yaml *e = y->child; e; e = e->next) {
		if (n == LIST_MAX)
			return refuse(l, e, key, "one too many");
		if (!config_shape(l, e, YAML_TEXT, key))
			return false;
		if (!label_parse(&list[n], e->text, strlen(e->text)))
			return refuse(l, e, key, "not a label: capitals, "
				      "digits and _");
		n++;
	}
	*out = list;
	*count = n;
	return true;
}
