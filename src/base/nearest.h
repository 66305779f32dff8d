/* nearest: which of a few known names was meant by a mistyped one.
 *
 * For messages only ("did you mean --rows?"). Distance is Levenshtein's over bytes; a name further off than a third of the word
 * is not offered. The struct borrows the strings; nothing is allocated.
 */
#pragma once

struct nearest {
	const char *word;
	const char *best; /* NULL until something near enough was offered */
	unsigned distance;
};

struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *n, const char *name);
