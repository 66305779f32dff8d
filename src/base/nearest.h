/* nearest: which of a few known names was meant by a mistyped one.
 *
 * For messages only ("did you mean --rows?"). Distance is Levenshtein's over bytes; a name further
 * off than a third of the word and one more byte is not offered, of equals the first one is.
 *
 * Owner    the struct borrows the strings; nothing is allocated.
 * Failure  none; words and names over 40 bytes are near to nothing.
 * Threads  pure.
 */
#pragma once

struct nearest {
	const char *word;
	const char *best; /* NULL until something near enough was offered */
	unsigned distance;
};

struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *n, const char *name);
