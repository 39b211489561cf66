/* SPDX-License-Identifier: MIT */
/*
 * The part of the poll's transaction that tells people: conditions of now
 * against those stored, a message for each telling, a delivery of it for each
 * sink. What waits already and says the same is replaced.
 */
#include "alert_conditions.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "sentence_text.h"
#include "store_alerts.h"

#define QUEUE_MAX	200	/* waiting for one sink */

static const int priorities[] = {
	[SEVERITY_INFO] = LOG_LEVEL_INFO,
	[SEVERITY_WARNING] = LOG_LEVEL_WARNING,
	[SEVERITY_ERROR] = LOG_LEVEL_ERR,
	[SEVERITY_CRITICAL] = 2
};

/* ---- what a telling says ---- */

static const char *add_lasting(struct work *w, const struct alert_step *s)
{
	char buf[ALERT_TEXT_MAX + 80];
	struct text t = text_on(buf, sizeof(buf));

	text_add(&t, "%s\nfor ", s->row.text);
	text_add_span(&t, instant_diff(w->now, s->row.since));
	text_add(&t, ", since ");
	text_add_instant(&t, s->row.since);
	return arena_text(w->arena, buf, strlen(buf));
}

static bool is_over(const struct alert_step *s)
{
	return s->tell == TELL_OVER || s->tell == TELL_RESOLVED;
}

/* "OVER CLOSE main/11 ..."; "[SIM] " in front of what is only on paper. */
static const char *title_of(struct work *w, const struct alert_step *s)
{
	char buf[ALERT_TITLE_MAX + 16];

	snprintf(buf, sizeof(buf), "%s%s%s",
		 w->cycle->wiring.simulated ? "[SIM] " : "",
		 is_over(s) ? "OVER " : "", s->row.title);
	return arena_text(w->arena, buf, strlen(buf));
}

static bool message_of(struct message *m, struct work *w,
		       const struct alert_step *s, struct err *err)
{
	bool lasting = s->tell == TELL_REPEAT || is_over(s);

	*m = (struct message){
		.at = w->now, .priority = priorities[s->row.severity],
		.position = s->row.position, .kind = s->row.kind,
		.fingerprint = s->row.fingerprint, .label = s->row.label.s,
		.since = s->row.since, .resolved = is_over(s),
		.title = title_of(w, s),
		.text = lasting ? add_lasting(w, s) : s->row.text,
	};
	return (m->title && m->text) || err_set(err, ERR_MEMORY, "no memory "
						"for an alert");
}

/* ---- on its way ---- */

/*
 * Messages of this condition that nobody has read yet: an older telling says
 * nothing the new one does not. Is the new one still worth sending? That it is
 * over, to whom nothing else was told nor will be, is not.
 */
static bool replace_waiting(bool *send, struct work *w, const char *sink,
			    const struct message *m, struct err *err)
{
	struct store *s = w->cycle->store;
	struct waiting *list;
	bool replaced = false, kept = false;
	size_t n;

	*send = true;
	if (!store_waiting(s, &list, &n, sink, m->fingerprint, w->arena, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		/* That something grave began is told even when it is over. */
		if (m->resolved && list[i].priority <= LOG_LEVEL_ERR) {
			kept = kept || !list[i].resolved;
			continue;
		}
		replaced = true;
		if (!store_mark_delivery(s, list[i].id, "dropped", 0, w->now,
					 w->now, "a newer one replaced it",
					 err))
			return false;
	}
	return !replaced || kept || !m->resolved ||
	       store_heard(s, send, sink, m->fingerprint, err);
}

static bool queue_for(struct work *w, const struct sink *sink,
		      const struct message *m, struct err *err)
{
	struct store *s = w->cycle->store;
	bool send;

	if (!replace_waiting(&send, w, sink->name, m, err))
		return false;
	return !send ||
	       (store_queue(s, m->id, sink->name, w->now, err) &&
		store_bound_queue(s, sink->name, QUEUE_MAX, w->now, err));
}

static bool hears(const struct sink *sink, const struct alert_step *s)
{
	return !sink->kind->heartbeat &&
	       (s->tell != TELL_RESOLVED || sink->kind->incident);
}

static bool tell(struct work *w, const struct alert_step *s, struct err *err)
{
	const struct alert_policy *p = &w->cycle->account->alerts;
	struct message m = { .id = 0 };

	for (size_t i = 0; s->tell != TELL_NOTHING && i < p->n_sinks; i++) {
		if (!hears(p->sinks[i], s))
			continue;
		if (m.id == 0 &&
		    (!message_of(&m, w, s, err) ||
		     !store_add_message(w->cycle->store, &m, err)))
			return false;
		if (!queue_for(w, p->sinks[i], &m, err))
			return false;
	}
	return true;
}

static bool keep(struct work *w, const struct alert_step *s, struct err *err)
{
	if (s->drop)
		return store_drop_alert(w->cycle->store, s->row.fingerprint,
					err);
	return !s->write || store_put_alert(w->cycle->store, &s->row, err);
}

/* A command changed it since it was read, or the clock is behind. */
static bool was_left(const struct watched *x)
{
	return x->skipped || !strcmp(x->watch.label.s, LABEL_CLOCK_BACK);
}

/* A close ends its alerts, seen or not. */
static bool is_unseen(const struct watched *x)
{
	return !x->facts.legs_fresh && !x->filled &&
	       x->decision.action != ACTION_CLOSE;
}

static bool find_left(struct alert_now *now, const struct work *w)
{
	int64_t *left = arena_array(w->arena, w->n_watched, sizeof(*left));
	int64_t *unseen = arena_array(w->arena, w->n_watched, sizeof(*unseen));

	for (size_t i = 0; left && unseen && i < w->n_watched; i++) {
		const struct watched *x = &w->watched[i];

		if (was_left(x))
			left[now->n_left++] = x->pos.id;
		else if (is_unseen(x))
			unseen[now->n_unseen++] = x->pos.id;
	}
	now->left = left;
	now->unseen = unseen;
	return left && unseen;
}

bool cycle_alerts(struct work *w, struct err *err)
{
	struct alert_now now = { .now = w->now,
				 .policy = &w->cycle->account->alerts };
	struct alert_row *rows;
	struct condition *list;
	struct alert_step *steps;
	const char *summary;
	size_t n;

	if (!alert_summary(&summary, w, err))
		return false;
	if (!alert_conditions(&list, &now.n, w, summary) || !find_left(&now, w))
		return err_set(err, ERR_MEMORY, "no memory for alerts");
	if (!store_alerts(w->cycle->store, &rows, &now.n_rows, w->arena, err))
		return false;
	now.list = list;
	now.rows = rows;
	steps = arena_array(w->arena, now.n + now.n_rows, sizeof(*steps));
	if (!steps)
		return err_set(err, ERR_MEMORY, "no memory for alerts");
	n = alert_judge(steps, &now);
	for (size_t i = 0; i < n; i++)
		if (!tell(w, &steps[i], err) || !keep(w, &steps[i], err))
			return false;
	return true;
}
