/* SPDX-License-Identifier: MIT */
/*
 * libyaml's events to a tree of texts with places. Everything that makes
 * YAML surprising is refused here: anchors, tags, merge keys, documents.
 */
#include "config_yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#define DEPTH_MAX 8

struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	struct complaints *list;
	int depth;
};

/* The slot for the next complaint; the first error always gets one. */
static struct complaint *room(struct complaints *list, bool warning)
{
	int n = list->n_errors + list->n_warnings;
	int size = (int)(sizeof(list->list) / sizeof(list->list[0]));

	if (n < size)
		return &list->list[n];
	if (!warning && list->n_errors == 0)
		return &list->list[size - 1];
	return NULL;
}

void complain(struct complaints *list, bool warning, int row, int column,
	      const char *fmt, ...)
{
	struct complaint *c = room(list, warning);
	va_list args;

	*(warning ? &list->n_warnings : &list->n_errors) += 1;
	if (!c)
		return;
	*c = (struct complaint){ .warning = warning, .row = row,
				 .column = column };
	va_start(args, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, args);
	va_end(args);
}

static int mark_row(yaml_mark_t m)
{
	return (int)m.line + 1;
}

static int mark_column(yaml_mark_t m)
{
	return (int)m.column + 1;
}

static bool refuse(struct reader *r, yaml_mark_t at, const char *why)
{
	complain(r->list, false, mark_row(at), mark_column(at), "%s", why);
	return false;
}

static bool no_memory(struct reader *r)
{
	return complaints_no_memory(r->list);
}

/* The next event, to be deleted by the caller when true. */
static bool next_event(struct reader *r, yaml_event_t *e)
{
	const char *problem;

	if (yaml_parser_parse(&r->parser, e))
		return true;
	if (r->parser.error == YAML_MEMORY_ERROR)
		return no_memory(r);
	problem = r->parser.problem ? r->parser.problem : "cannot be read";
	complain(r->list, false, mark_row(r->parser.problem_mark),
		 mark_column(r->parser.problem_mark), "YAML: %s%s%s", problem,
		 r->parser.context ? " " : "",
		 r->parser.context ? r->parser.context : "");
	return false;
}

static bool plain_event(struct reader *r, const yaml_event_t *e)
{
	const unsigned char *anchor = NULL, *tag = NULL;

	if (e->type == YAML_SCALAR_EVENT) {
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
	} else if (e->type == YAML_ALIAS_EVENT) {
		return refuse(r, e->start_mark, "aliases (*name) are not "
			      "supported: write the value out");
	}
	if (anchor)
		return refuse(r, e->start_mark, "anchors (&name) are not "
			      "supported: write the value out");
	if (tag)
		return refuse(r, e->start_mark, "tags (!name) are not "
			      "supported: write the plain value");
	return true;
}

/* Copy the text; control characters would reach logs and terminals. */
static bool take_text(struct reader *r, struct yaml *y, const yaml_event_t *e)
{
	const unsigned char *s = e->data.scalar.value;
	size_t n = e->data.scalar.length;

	for (size_t i = 0; i < n; i++)
		if (s[i] < 0x20 || s[i] == 0x7f)
			return refuse(r, e->start_mark, "a value is one line "
				      "without control characters");
	y->shape = YAML_TEXT;
	y->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (e->start_mark.line == e->end_mark.line)
		y->text_column = y->column + (y->quoted ? 1 : 0);
	y->text = arena_text(r->arena, (const char *)s, n);
	return y->text ? true : no_memory(r);
}

static bool take_children(struct reader *r, struct yaml *y);

/* One value whose first event is *e. */
static bool take_value(struct reader *r, struct yaml *y,
		       const yaml_event_t *e)
{
	y->row = mark_row(e->start_mark);
	y->column = mark_column(e->start_mark);
	if (!plain_event(r, e))
		return false;
	if (e->type == YAML_SCALAR_EVENT)
		return take_text(r, y, e);
	y->shape = e->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST;
	return take_children(r, y);
}

static bool take_key(struct reader *r, struct yaml *y, const struct yaml *map,
		     const yaml_event_t *e)
{
	struct yaml key = { .column = mark_column(e->start_mark) };
	const struct yaml *same;

	if (!plain_event(r, e))
		return false;
	if (e->type != YAML_SCALAR_EVENT)
		return refuse(r, e->start_mark, "a key is a plain word");
	if (!take_text(r, &key, e))
		return false;
	same = yaml_get(map, key.text);
	if (same) {
		complain(r->list, false, mark_row(e->start_mark), key.column,
			 "duplicate key \"%s\", first given in line %d",
			 key.text, same->key_row);
		return false;
	}
	y->key = key.text;
	y->key_row = mark_row(e->start_mark);
	y->key_column = key.column;
	return true;
}

/* One element (in a map: key, then value) that begins with *e. */
static bool take_child(struct reader *r, struct yaml *y,
		       const struct yaml *parent, const yaml_event_t *e)
{
	yaml_event_t value;
	bool ok;

	if (parent->shape == YAML_LIST)
		return take_value(r, y, e);
	if (!take_key(r, y, parent, e) || !next_event(r, &value))
		return false;
	ok = take_value(r, y, &value);
	yaml_event_delete(&value);
	return ok;
}

static bool at_end(const yaml_event_t *e)
{
	return e->type == YAML_MAPPING_END_EVENT ||
	       e->type == YAML_SEQUENCE_END_EVENT;
}

static bool take_children(struct reader *r, struct yaml *y)
{
	const struct yaml **tail = &y->child;
	bool ok = true, end = false;

	if (++r->depth > DEPTH_MAX) {
		complain(r->list, false, y->row, y->column,
			 "nested too deeply");
		return false;
	}
	while (ok && !end) {
		struct yaml *child;
		yaml_event_t e;

		if (!next_event(r, &e))
			return false;
		end = at_end(&e);
		if (!end) {
			child = arena_alloc(r->arena, sizeof(*child));
			ok = child ? take_child(r, child, y, &e)
				   : no_memory(r);
			if (ok) {
				*tail = child;
				tail = &child->next;
			}
		}
		yaml_event_delete(&e);
	}
	r->depth--;
	return ok;
}

/* The event at the top level; *done at the end of the stream. */
static bool take_top(struct reader *r, struct yaml *root, bool *done,
		     const yaml_event_t *e)
{
	if (e->type == YAML_STREAM_START_EVENT ||
	    e->type == YAML_DOCUMENT_END_EVENT)
		return true;
	if (e->type == YAML_STREAM_END_EVENT) {
		*done = true;
		return true;
	}
	if (e->type == YAML_DOCUMENT_START_EVENT) {
		if (!root->row)
			return true;
		return refuse(r, e->start_mark,
			      "a second document: keep one per file");
	}
	if (e->type != YAML_MAPPING_START_EVENT)
		return refuse(r, e->start_mark,
			      "expected keys: start with \"version: 1\"");
	return take_value(r, root, e);
}

static bool read_all(struct reader *r, struct yaml *root)
{
	bool ok = true, done = false;

	while (ok && !done) {
		yaml_event_t e;

		if (!next_event(r, &e))
			return false;
		ok = take_top(r, root, &done, &e);
		yaml_event_delete(&e);
	}
	if (ok && !root->row) {
		complain(r->list, false, 1, 1,
			 "is empty: start with \"version: 1\"");
		return false;
	}
	return ok;
}

const struct yaml *yaml_tree(const char *text, size_t n, struct arena *arena,
			     struct complaints *list)
{
	struct reader r = { .arena = arena, .list = list };
	struct yaml *root = arena_alloc(arena, sizeof(*root));
	bool ok;

	if (!root || !yaml_parser_initialize(&r.parser)) {
		no_memory(&r);
		return NULL;
	}
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text,
				     n);
	ok = read_all(&r, root);
	yaml_parser_delete(&r.parser);
	return ok ? root : NULL;
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	for (const struct yaml *y = map->child; y; y = y->next)
		if (!strcmp(y->key, key))
			return y;
	return NULL;
}
