"""Which listings the words of q match, and how well: docs/search.md, "What matches" and "text_match", in plain Python.

q['terms']: [{'words': (...), 'phrase': bool, 'excluded': bool}], q['by']: [{'field', 'weight', 'typos', 'prefix', 'infix'}]; the rest by the names
of the parameters."""
import functools

from search_naive import has_phrase

DEFAULTS = {'min_len_1typo': 4, 'min_len_2typo': 7, 'typo_tokens_threshold': 1, 'drop_tokens_threshold': 1, 'exhaustive_search': False,
            'split_join_tokens': 'fallback', 'drop_tokens_mode': 'right_to_left', 'prioritize_exact_match': True,
            'prioritize_token_position': False, 'prioritize_num_matching_fields': True, 'text_match_type': 'max_score'}


@functools.lru_cache(None)
def distances(term, word):
    """From term to each beginning of word, the shortest first: optimal string alignment."""
    before, row = None, list(range(len(word) + 1))
    for i, c in enumerate(term, 1):
        new = [i]
        for j, d in enumerate(word, 1):
            x = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (c != d))
            if i > 1 and j > 1 and c == word[j - 2] and term[i - 2] == d:
                x = min(x, before[j - 2] + 1)
            new.append(x)
        before, row = row, new
    return row


def typos_in(term, word, is_prefix, most):
    if not most:
        return 0 if (word.startswith(term) if is_prefix else word == term) else 9
    if len(word) < len(term) - most or not is_prefix and len(word) > len(term) + most:
        return 9
    row = distances(term, word)
    return min(row) if is_prefix else row[-1]


class Want:
    def __init__(self, words, is_phrase, is_last=False):
        self.words, self.is_phrase, self.is_last = words, is_phrase, is_last


class Text:
    def __init__(self, q, listings, among):
        self.q, self.listings, self.left = DEFAULTS | q, listings, set(among)
        self.by = q['by']
        self.scores, self.choices = {}, {}
        self.max_candidates = q.get('max_candidates', 10000 if self.q['exhaustive_search'] else 4)
        sorts = q.get('sorts')
        self.is_by_text = not sorts or any(s['by'] == 'text' for s in sorts)
        self.wants = []
        for term in q['terms']:
            if term['excluded']:
                self.left -= set().union(*(self.phrase(term['words'], by, self.left) for by in self.by))
            else:
                self.wants.append(Want(term['words'], term['phrase']))
        if self.wants:
            self.wants[-1].is_last = True

    # --- terms

    def phrase(self, words, by, among):
        inverted, texts = self.listings.inverted(by['field']), self.listings.words(by['field'])
        return {i for i in inverted.get(words[0], set()) & among if has_phrase(texts[i], words, False)}

    def allowed(self, term, by, level):
        n = len(term)
        return min(level, by['typos'], 0 if n < self.q['min_len_1typo'] else 1 if n < self.q['min_len_2typo'] else 2)

    def candidates(self, want, by, level, is_infix):
        """{word: typos}"""
        key = id(want), by['field'], level, is_infix
        if key in self.choices:
            return self.choices[key]
        term, counts = want.words[0], self.listings.counts(by['field'])
        most, is_prefix = self.allowed(term, by, level), want.is_last and by['prefix']
        found = [(w != term, n, -counts[w], w.encode(), w) for w in counts if (n := typos_in(term, w, is_prefix, most)) <= most]
        out = {w: n for _, n, _, _, w in sorted(found)[:self.max_candidates]}
        if by['infix'] == 'always' or is_infix and by['infix'] == 'fallback':
            inside = sorted((w != term, -counts[w], w.encode(), w) for w in counts if term in w)
            for *_, w in inside[:self.max_candidates]:
                out.setdefault(w, 2)
        self.choices[key] = out
        return out

    def in_field(self, want, by, level, is_infix, among):
        """{document: typos} of the term in the field."""
        if want.is_phrase:
            return dict.fromkeys(self.phrase(want.words, by, among), 0)
        out, inverted = {}, self.listings.inverted(by['field'])
        for word, n in self.candidates(want, by, level, is_infix).items():
            for i in inverted.get(word, ()):
                if i in among and n < out.get(i, 99):
                    out[i] = n
        return out

    # --- stages

    def stage(self, wants, level=0, is_infix=False):
        docs, of = set(self.left), []
        for want in wants:
            of.append([self.in_field(want, by, level, is_infix, docs) for by in self.by])
            docs &= set().union(*of[-1])
        for i in docs:
            self.scores[i] = self.score(i, wants, of, level, is_infix)
        self.left -= docs

    def is_wanted(self, threshold):
        return self.q['exhaustive_search'] or len(self.scores) < threshold

    def levels(self, wants):
        self.stage(wants)
        for level in (1, 2):
            if not self.is_wanted(self.q['typo_tokens_threshold']):
                return
            self.stage(wants, level)

    def split_join(self):
        wants = self.wants
        for i in range(len(wants) - 1):
            if not wants[i].is_phrase and not wants[i + 1].is_phrase:
                self.stage(wants[:i] + [Want((wants[i].words[0] + wants[i + 1].words[0],), True)] + wants[i + 2:])
        for i, want in enumerate(wants):
            for at in range(1, 0 if want.is_phrase else len(want.words[0])):
                self.stage(wants[:i] + [Want((want.words[0][:at], want.words[0][at:]), True)] + wants[i + 1:])

    def drops(self):
        wants, mode = list(self.wants), self.q['drop_tokens_mode']
        is_left = mode == 'left_to_right'
        if mode.startswith('both') and len(self.wants) > int(mode.split(':')[1]):
            mode = 'right_to_left'
        while sum(not w.is_phrase for w in wants) > 1 and self.is_wanted(self.q['drop_tokens_threshold']):
            plain = [w for w in wants if not w.is_phrase]
            wants.remove(plain[0 if is_left else -1])
            if mode.startswith('both'):
                is_left = not is_left
            self.levels(wants)

    def found(self):
        if not self.wants:
            return dict.fromkeys(self.left, 0)
        self.levels(self.wants)
        if not self.scores and self.q['split_join_tokens'] != 'off':
            self.split_join()
        self.drops()
        if not self.scores and any(by['infix'] == 'fallback' for by in self.by):
            self.stage(self.wants, is_infix=True)
        return self.scores

    # --- scores

    def near(self, i, by, wants, level, is_infix):
        """(gap, words before the first one) of plain terms."""
        texts = self.listings.words(by['field'])[i]
        sets = [self.candidates(w, by, level, is_infix) for w in wants]
        last, shortest, first = {}, None, None
        for at, word in enumerate(texts):
            hit = [n for n, words in enumerate(sets) if word in words]
            if hit and first is None:
                first = at
            last.update(dict.fromkeys(hit, at))
            if hit and len(last) == len(sets):
                length = at - min(last.values()) + 1
                shortest = length if shortest is None else min(shortest, length)
        return max(0, shortest - len(sets)), first

    def field_score(self, i, by, wants, typos, level, is_infix):
        """typos: of each want that matches in the field, by its index."""
        plain = [wants[n] for n in typos if not wants[n].is_phrase]
        gap, first = 0, 255
        if plain and self.is_by_text:
            gap, first = self.near(i, by, plain, level, is_infix)
            gap = 0 if len(plain) == 1 else gap
        is_whole = self.q['prioritize_exact_match'] and self.listings.folded(by['field'])[i] == ' '.join(' '.join(w.words) for w in wants)
        score = min(31, sum(len(wants[n].words) for n in typos))
        score = score << 6 | 63 - min(63, sum(typos.values()))
        score = score << 1 | is_whole
        score = score << 7 | 127 - min(127, gap)
        return score << 8 | (255 - min(255, first) if self.q['prioritize_token_position'] else 0)

    def score(self, i, wants, of, level, is_infix):
        fields = []
        for place, by in enumerate(self.by):
            typos = {n: of[n][place][i] for n in range(len(wants)) if i in of[n][place]}
            if typos:
                fields.append((self.field_score(i, by, wants, typos, level, is_infix), by['weight']))
        score = min(31, sum(len(w.words) for w in wants))
        score = score << 6 | 63 - min(63, sum(min(f[i] for f in of[n] if i in f) for n in range(len(wants))))
        how = self.q['text_match_type']
        if how == 'max_score':
            best, weight = max(fields)
            score = (score << 27 | best) << 7 | weight
        elif how == 'max_weight':
            weight, best = max((w, s) for s, w in fields)
            score = (score << 7 | weight) << 27 | best
        else:
            score = score << 38 | sum(s * w for s, w in fields)
        return score << 4 | (min(15, len(fields)) if self.q['prioritize_num_matching_fields'] else 0)


def text_found(q, listings, among):
    """{document: text_match}"""
    return Text(q, listings, among).found()
