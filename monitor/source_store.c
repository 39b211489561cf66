/* SPDX-License-Identifier: MIT */
/*
 * Walks recorded polls: pages of blobs out of the store, each applied to the
 * view before it.
 */
#include "source_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_POLLS	64

struct source_store {
	struct store *store;
	const char *name;
	struct arena *page, *rules, *turn[2], *moment;
	struct evidence_reader *reader;
	struct recorded_blob *blobs;
	size_t n, at;			/* of this page */
	int64_t poll;			/* last one given */
	uint64_t loaded;		/* how often rules were */
	bool ended, bare;
	char hash[PROFILE_HASH_TEXT];	/* of the rules loaded */
	const struct config *config;
	const struct account *account;
	struct instant last;
};

bool source_store_open(struct source_store **out, struct store *store,
		       const char *account, struct instant since,
		       struct err *err)
{
	struct source_store *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(err, ERR_MEMORY, "no memory");
	s->store = store;
	s->name = account;
	s->last = INSTANT_UNKNOWN;
	s->page = arena_new();
	s->rules = arena_new();
	s->turn[0] = arena_new();
	s->turn[1] = arena_new();
	s->moment = arena_new();
	if (s->page && s->rules && s->turn[0] && s->turn[1] && s->moment)
		s->reader = evidence_reader_new(s->rules, s->turn, s->moment);
	if (!s->reader)
		err_set(err, ERR_MEMORY, "no memory");
	else if (store_recorded_start(store, &s->poll, since, err)) {
		s->ended = s->poll == 0;
		s->poll--;
		*out = s;
		return true;
	}
	source_store_close(s);
	return false;
}

void source_store_close(struct source_store *s)
{
	if (!s)
		return;
	arena_free(s->page);
	arena_free(s->rules);
	arena_free(s->turn[0]);
	arena_free(s->turn[1]);
	arena_free(s->moment);
	free(s);
}

/* One short read; nothing is held while the polls are replayed. */
static bool read_page(struct source_store *s, struct err *err)
{
	bool ok;

	arena_reset(s->page);
	s->at = s->n = 0;
	if (s->ended)
		return true;
	if (!store_begin_read(s->store, err))
		return false;
	ok = store_recorded(s->store, &s->blobs, &s->n, s->poll, PAGE_POLLS,
			    s->page, err);
	store_end_read(s->store);
	s->ended = s->n == 0;
	return ok;
}

/* The rules in force then, not those of today. */
static bool load_rules(struct source_store *s, const struct recorded_blob *b,
		       struct err *err)
{
	struct complaints *list;
	struct config *c;
	char *text;

	if (s->config && strcmp(s->hash, b->config) == 0)
		return true;
	c = arena_alloc(s->rules, sizeof(*c));
	list = arena_alloc(s->rules, sizeof(*list));
	if (!c || !list)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!store_config_text(s->store, &text, b->config, s->rules, err) ||
	    !config_load_text(c, "recorded configuration", text, strlen(text),
			      s->rules, list, err))
		return err_prefix(err, "poll %" PRId64, b->poll);
	s->account = config_account(c, s->name);
	if (!s->account)
		return err_set(err, ERR_STORE, "poll %" PRId64 ": account "
			       "\"%s\" is not in the recorded configuration",
			       b->poll, s->name);
	s->config = c;
	s->loaded++;
	memcpy(s->hash, b->config, sizeof(s->hash));
	return true;
}

static bool has_memory(const struct evidence_view *v)
{
	for (size_t i = 0; i < v->n_rows; i++)
		if (v->rows[i].memory)
			return true;
	return v->n_rows == 0;
}

static bool apply(struct source_store *s, const struct recorded_blob *b,
		  struct err *err)
{
	if (!evidence_reader_apply(s->reader, b->data, b->n, err))
		return err_prefix(err, "poll %" PRId64, b->poll);
	if (b->key)
		s->bare = !has_memory(evidence_reader_view(s->reader));
	return true;
}

bool source_store_next(struct source_store *s, struct recorded_poll *out,
		       bool *more, struct err *err)
{
	const struct recorded_blob *b;

	*more = false;
	if (s->at == s->n && !read_page(s, err))
		return false;
	if (s->n == 0)
		return true;
	b = &s->blobs[s->at++];
	if (!load_rules(s, b, err) || !apply(s, b, err))
		return false;
	*out = (struct recorded_poll){
		.seq = b->poll, .at = b->at, .last = s->last,
		.version = b->version, .config = s->config,
		.account = s->account, .view = *evidence_reader_view(s->reader),
		.keys = s->loaded + evidence_reader_keys(s->reader),
		.bare = s->bare,
	};
	evidence_market(&out->market, &out->view);
	config_terms(&out->terms, s->config, s->account);
	s->last = b->at;
	s->poll = b->poll;
	*more = true;
	return true;
}
