/* SPDX-License-Identifier: MIT */
/*
 * Answers of the control API. Syntax is judged for the whole answer, meaning
 * pair by pair: one that cannot be read is there all the same, so it is kept
 * as unreadable, never as gone.
 */
#include <stdio.h>
#include <string.h>

#include "control_api.h"
#include "service_rows.h"

#define ROWS_FIRST	16
#define PAIRS_MAX	4096
#define BALANCES_MAX	256

static bool is_key(const struct json_key *k, const char *word)
{
	return k->n == strlen(word) && k->n <= JSON_KEY_MAX &&
	       memcmp(k->s, word, k->n) == 0;
}

/* An account's list under `list`, each element by `read`. */
struct account_walk {
	const char *account;
	const char *const *names;	/* account_name, LIST */
	bool (*read)(struct account_walk *w, struct json *j);
	struct arena *arena;
	char *mem;
	size_t n, cap, max, size;
	int found;			/* accounts of that name */
};

static bool is_ours(struct json *j, const struct account_walk *w, bool *ours)
{
	struct json_key name;

	if (!json_string(j, &name))
		return false;
	*ours = is_key(&name, w->account);
	return true;
}

static void *next_slot(struct account_walk *w, struct json *j)
{
	if (w->n == w->max) {
		json_fail(j, "more than %zu entries", w->max);
		return NULL;
	}
	if (w->n == w->cap) {
		w->cap = w->cap ? 2 * w->cap : ROWS_FIRST;
		w->mem = arena_grow(w->arena, w->mem, w->n, w->cap, w->size);
	}
	if (!w->mem) {			/* which is no fault of the answer */
		j->failed = true;
		err_set(j->err, ERR_MEMORY, "no memory for an answer");
		return NULL;
	}
	return w->mem + w->n * w->size;
}

static bool read_list(struct account_walk *w, struct json *j)
{
	if (!json_array(j))
		return false;
	while (json_element(j))
		if (!w->read(w, j))
			return false;
	return !j->failed;
}

/* The name may stand behind the list: the account is read twice. */
static bool read_account(struct account_walk *w, struct json *j)
{
	struct json again = *j;
	uint32_t seen = 0;
	size_t which;
	bool ours = false;

	if (!json_object(j))
		return false;
	while (json_field(j, w->names, 2, &seen, &which))
		if (!(which == 0 ? is_ours(j, w, &ours) : json_skip(j)))
			return false;
	if (j->failed || !row_complete(j, seen, 3, w->names))
		return false;
	if (!ours)
		return true;
	w->found++;
	seen = 0;
	if (!json_object(&again))
		return false;
	while (json_field(&again, w->names, 2, &seen, &which))
		if (!(which == 0 ? json_skip(&again) : read_list(w, &again)))
			return false;
	return !again.failed;
}

static bool walk(struct account_walk *w, const char *body, size_t n,
		 struct err *err)
{
	static const char *const names[] = { "accounts" };
	struct json j;
	uint32_t seen = 0;
	size_t which;

	json_init(&j, body, n, err);
	if (!json_object(&j))
		return false;
	while (json_field(&j, names, 1, &seen, &which)) {
		if (!json_array(&j))
			return false;
		while (json_element(&j))
			if (!read_account(w, &j))
				return false;
	}
	if (!json_finish(&j) || !row_complete(&j, seen, 1, names))
		return false;
	if (w->found != 1)
		return err_set(err, ERR_DATA, w->found ? "account %s is in "
			       "the answer twice" : "no account %s in the "
			       "answer", w->account);
	return true;
}

/* ---- positions ---- */

enum { P_ID, P_SYMBOL, P_LONG, P_SHORT, P_SIZE, P_ENTRY, P_OPENED, P_AGE,
       P_LEGS, P_FIELDS };

static const char *const pair_names[P_FIELDS] = {
	[P_ID] = "id", [P_SYMBOL] = "symbol", [P_LONG] = "long_dex",
	[P_SHORT] = "short_dex", [P_SIZE] = "size_usd",
	[P_ENTRY] = "entry_divergence", [P_OPENED] = "opened_at",
	[P_AGE] = "age_hours", [P_LEGS] = "legs"
};

enum { L_DEX, L_SIDE, L_QUANTITY, L_ENTRY, L_MARK, L_LIQUIDATION, L_FUNDING,
       L_FIELDS };

static const char *const leg_names[L_FIELDS] = {
	[L_DEX] = "dex", [L_SIDE] = "side", [L_QUANTITY] = "quantity",
	[L_ENTRY] = "entry_price", [L_MARK] = "mark_price",
	[L_LIQUIDATION] = "liquidation_price", [L_FUNDING] = "funding_accrued"
};

/* 0 may be an unset number, and no price or quantity is below it. */
static bool take_positive(struct json *j, struct fact *out)
{
	if (!take_number(j, out))
		return false;
	if (out->known && dec_sign(out->v) <= 0)
		*out = fact_unknown(WHY_NOT_POSITIVE);
	return true;
}

static bool take_side(struct json *j, enum side *out)
{
	struct json_key k;

	if (!json_string(j, &k))
		return false;
	*out = is_key(&k, "short") || is_key(&k, "SHORT") ? LEG_SHORT :
							    LEG_LONG;
	return *out == LEG_SHORT || is_key(&k, "long") || is_key(&k, "LONG") ||
	       json_fail(j, "is neither long nor short");
}

static bool take_leg_field(struct json *j, size_t which, struct venue *venue,
			   enum side *side, struct held_leg *leg)
{
	struct fact *const numbers[L_FIELDS] = {
		[L_QUANTITY] = &leg->quantity, [L_ENTRY] = &leg->entry_price,
		[L_MARK] = &leg->mark_price,
		[L_LIQUIDATION] = &leg->liquidation_price
	};

	if (which == L_DEX)
		return take_venue(j, venue);
	if (which == L_SIDE)
		return take_side(j, side);
	if (which == L_FUNDING)
		return take_number(j, &leg->funding_usd);
	return take_positive(j, numbers[which]);
}

static struct held_leg no_leg(void)
{
	const struct fact none = fact_unknown(WHY_NULL_VALUE);

	return (struct held_leg){ false, none, none, none, none, none };
}

static bool take_leg(struct json *j, struct book_pair *p)
{
	struct held_leg leg = no_leg();
	enum side side = LEG_LONG;
	struct venue venue;
	uint32_t seen = 0;
	size_t which;

	if (!json_object(j))
		return false;
	while (json_field(j, leg_names, L_FIELDS, &seen, &which))
		if (!take_leg_field(j, which, &venue, &side, &leg))
			return false;
	if (j->failed || !row_complete(j, seen, 1 << L_DEX | 1 << L_SIDE,
				       leg_names))
		return false;
	if (p->leg[side].listed)
		return json_fail(j, "a second %s leg", side_word(side));
	if (venue_cmp(venue, p->venue[side]) != 0)
		return json_fail(j, "the %s leg is on another venue",
				 side_word(side));
	leg.listed = true;
	p->leg[side] = leg;
	return true;
}

/* It is shown, logged and put into addresses: nothing in it may steer. */
static bool id_safe(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '!' || s[i] > '~' || s[i] == ',' || s[i] == '"')
			return false;
	return strchr("=+-@", s[0]) == NULL;
}

static bool take_id(struct json *j, struct book_pair *p)
{
	struct json_key k;

	if (!json_string(j, &k))
		return false;
	if (k.n == 0 || k.n >= sizeof(p->id) || k.n > JSON_KEY_MAX ||
	    !id_safe(k.s, k.n))
		return json_fail(j, "is no id");
	memcpy(p->id, k.s, k.n);
	p->id[k.n] = '\0';
	return true;
}

static bool take_pair_field(struct json *j, size_t which, struct book_pair *p)
{
	if (which == P_SYMBOL)
		return take_symbol(j, &p->symbol);
	if (which == P_LONG || which == P_SHORT)
		return take_venue(j, &p->venue[which == P_SHORT]);
	if (which == P_SIZE)
		return take_positive(j, &p->size_usd);
	if (which == P_ENTRY)
		return take_number(j, &p->entry_divergence_8h);
	if (which == P_AGE)
		return take_number(j, &p->age_hours);
	if (which == P_OPENED)
		return take_instant_or_null(j, &p->opened_at);
	return json_skip(j);		/* id, legs: in their turn */
}

static bool take_legs(struct json j, struct book_pair *p)
{
	uint32_t seen = 0;
	size_t which;

	if (!json_object(&j))
		return false;
	while (json_field(&j, &pair_names[P_LEGS], 1, &seen, &which)) {
		if (!json_array(&j))
			return false;
		while (json_element(&j))
			if (!take_leg(&j, p))
				return false;
	}
	return !j.failed;
}

static bool take_pair(struct json j, struct book_pair *p)
{
	struct json again = j;
	uint32_t seen = 0, need = 1 << P_SYMBOL | 1 << P_LONG | 1 << P_SHORT |
				  1 << P_LEGS;
	size_t which;

	if (!json_object(&j))
		return false;
	while (json_field(&j, pair_names, P_FIELDS, &seen, &which))
		if (!take_pair_field(&j, which, p))
			return false;
	return !j.failed && row_complete(&j, seen, need, pair_names) &&
	       venue_cmp(p->venue[LEG_LONG], p->venue[LEG_SHORT]) != 0 &&
	       take_legs(again, p);
}

/* Without an id nothing can be said of any pair: the answer is not good. */
static bool id_of(struct json j, struct book_pair *p)
{
	uint32_t seen = 0;
	size_t which;

	if (!json_object(&j))
		return false;
	while (json_field(&j, &pair_names[P_ID], 1, &seen, &which))
		if (!take_id(&j, p))
			return false;
	return !j.failed && row_complete(&j, seen, 1, &pair_names[P_ID]);
}

static bool read_pair(struct account_walk *w, struct json *j)
{
	struct book_pair *p = next_slot(w, j);
	const struct book_pair *before = (const void *)w->mem;
	struct err why;

	if (!p)
		return false;
	*p = (struct book_pair){ .opened_at = INSTANT_UNKNOWN };
	p->leg[LEG_LONG] = p->leg[LEG_SHORT] = no_leg();
	p->size_usd = p->entry_divergence_8h = p->age_hours =
		fact_unknown(WHY_NULL_VALUE);
	if (!id_of(*j, p)) {
		j->failed = true;
		return false;
	}
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(before[i].id, p->id))
			return json_fail(j, "position %s is there twice",
					 p->id);
	p->readable = take_pair(json_fork(j, &why), p);
	if (!p->readable)		/* half of a leg is none */
		p->leg[LEG_LONG] = p->leg[LEG_SHORT] = no_leg();
	w->n++;
	return json_skip(j);
}

bool control_positions_parse(struct book_view *out, const char *account,
			     const char *body, size_t n, struct arena *arena,
			     struct err *err)
{
	static const char *const names[] = { "account_name", "positions" };
	struct account_walk w = {
		.account = account, .names = names, .read = read_pair,
		.arena = arena, .max = PAIRS_MAX,
		.size = sizeof(struct book_pair)
	};

	if (!walk(&w, body, n, err))
		return false;
	out->pairs = (const void *)w.mem;
	out->n = w.n;
	return true;
}

/* ---- balances ---- */

static bool read_balance(struct account_walk *w, struct json *j)
{
	static const char *const names[] = { "exchange", "balance", "error" };
	struct book_balance *b = next_slot(w, j);
	enum json_type type[3] = { JSON_NULL, JSON_NULL, JSON_NULL };
	uint32_t seen = 0;
	size_t which;

	if (!b || !json_object(j))
		return false;
	while (json_field(j, names, 3, &seen, &which))
		if (!json_peek(j, &type[which]) ||
		    !(which ? json_skip(j) : take_venue(j, &b->venue)))
			return false;
	if (j->failed || !row_complete(j, seen, 3, names))
		return false;
	b->well = type[1] == JSON_NUMBER && type[2] == JSON_NULL;
	w->n++;
	return true;
}

bool control_balances_parse(struct book_view *out, const char *account,
			    const char *body, size_t n, struct arena *arena,
			    struct err *err)
{
	static const char *const names[] = { "account_name", "balances" };
	struct account_walk w = {
		.account = account, .names = names, .read = read_balance,
		.arena = arena, .max = BALANCES_MAX,
		.size = sizeof(struct book_balance)
	};

	if (!walk(&w, body, n, err))
		return false;
	out->balances = (const void *)w.mem;
	out->n_balances = w.n;
	return true;
}
