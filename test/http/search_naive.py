"""Searches over rows in plain Python, as docs/search.md and src/mod/search/query.h say what they mean: slow, and easy to read.

A query is a dict of what the engine takes, with filters as trees:
  ('and' | 'or', a, b), ('not', a), ('all',), ('match', field, [test, ...])
  test: ('equal' | 'has', text, is_prefix), ('range', low, high, is_open_low, is_open_high), ('radius', lat, lng, metres), ('polygon', points)
Documents are numbers from 0, sets of them are sets."""
import functools, math, unicodedata

EARTH = 6371008.8
FACET, SORT, ADDRESS, AGENT = 'facet', 'sort', 'address', 'agent'

FIELDS = {'id': ('string', set())}
FIELDS |= {'public_remarks': ('string', set())} | {f: ('string', {SORT}) for f in 'mls_number source_listing_key'.split()}
FIELDS |= {f: ('string', {SORT, ADDRESS}) for f in 'address_full street_number street_name unit_number'.split()}
FIELDS |= {f: ('string', {SORT, FACET}) for f in '''source_provider standard_status property_type city state postal_code subdivision community
    county list_agent_name list_agent_mls_id list_office_name list_office_mls_id'''.split()}
FIELDS |= {'building_name': ('string', {SORT, FACET, ADDRESS}), 'marketing_description': ('string', {AGENT}),
           'bathrooms': ('float', {SORT, FACET}), 'location': ('geopoint', {SORT, ADDRESS}), 'import_task_id': ('string', {FACET, AGENT})}
FIELDS |= {f: ('int32', {SORT, FACET}) for f in '''list_price close_price price_per_sqft bedrooms living_area_sqft lot_size_sqft year_built
    photo_count'''.split()}
FIELDS |= {f: ('int64', {SORT}) for f in 'list_date close_date modification_ts created_at updated_at'.split()}


def type_of(field):
    return FIELDS[field][0]


def may_use(field, who):
    return who == 'agents' or AGENT not in FIELDS[field][1]


# --- words ----------------------------------------------------------------------------------------------

def decompose(text):
    return ''.join(c for c in unicodedata.normalize('NFKD', text) if unicodedata.category(c) not in ('Mn', 'Mc', 'Me'))


@functools.lru_cache(None)
def words(text):
    """Runs of letters and digits, without marks and case."""
    folded = decompose(decompose(text).casefold())
    return tuple(''.join(c if unicodedata.category(c)[0] in 'LN' else ' ' for c in folded).split())


def joined(text):
    return ' '.join(words(text))


# --- places ---------------------------------------------------------------------------------------------

def distance(a, b):
    """Metres along the great circle."""
    lat1, lng1, lat2, lng2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    return 2 * EARTH * math.asin(min(1, math.sqrt(h)))


def is_inside(corners, point):
    """Even-odd rule."""
    lat, lng = point
    inside = False
    for (lat1, lng1), (lat2, lng2) in zip(corners, corners[1:] + corners[:1]):
        if (lat1 > lat) != (lat2 > lat) and lng < (lng2 - lng1) * (lat - lat1) / (lat2 - lat1) + lng1:
            inside = not inside
    return inside


# --- the collection, as an audience sees it ---------------------------------------------------------------

class Listings:
    """rows: dicts of values by field, beside them is_public and is_address_public."""

    def __init__(self, rows, who):
        self.who, self.everything = who, rows
        self.rows = [r for r in rows if who == 'agents' or r['is_public']]
        self.n = len(self.rows)
        self.all = frozenset(range(self.n))
        self.by_id = {r['id']: i for i, r in enumerate(self.rows)}

    @functools.lru_cache(None)
    def column(self, field):
        def value(row):
            hidden = self.who != 'agents' and ADDRESS in FIELDS[field][1] and not row['is_address_public']
            return None if hidden else row[field]
        return [value(r) for r in self.rows]

    @functools.lru_cache(None)
    def words(self, field):
        return [() if v is None else words(v) for v in self.column(field)]

    @functools.lru_cache(None)
    def folded(self, field):
        return [None if v is None else joined(v) for v in self.column(field)]

    @functools.lru_cache(None)
    def inverted(self, field):
        """word: documents"""
        out = {}
        for i, have in enumerate(self.words(field)):
            for word in have:
                out.setdefault(word, set()).add(i)
        return out

    @functools.lru_cache(None)
    def counts(self, field):
        """word: in how many listings, whoever may see them."""
        out = {}
        for row in self.everything:
            for word in set(words(row[field] or '')):
                out[word] = out.get(word, 0) + 1
        return out

    def key(self, field):
        """What is compared, grouped and counted."""
        return self.folded(field) if type_of(field) == 'string' and field != 'id' else self.column(field)


# --- filters --------------------------------------------------------------------------------------------

def has_phrase(have, wanted, is_prefix):
    """wanted stand next to each other in have; the last one may be a beginning."""
    n = len(wanted)
    if n > 1 and wanted[0] not in have or n == 1 and not is_prefix:
        return n == 1 and wanted[0] in have
    for i in range(len(have) - n + 1):
        if have[i:i + n - 1] == wanted[:-1] and (have[i + n - 1].startswith(wanted[-1]) if is_prefix else have[i + n - 1] == wanted[-1]):
            return True
    return False


def holds(test, listings, field):
    """The documents where it does."""
    kind = test[0]
    if kind == 'has':
        wanted = words(test[1])
        return {i for i, have in enumerate(listings.words(field)) if has_phrase(have, wanted, test[2])}
    if kind == 'equal' and field == 'id':
        return {i for i, v in enumerate(listings.column('id')) if v == test[1]}
    if kind == 'equal':
        wanted = joined(test[1])
        return {i for i, v in enumerate(listings.folded(field))
                if v is not None and (v.startswith(wanted) if test[2] else v == wanted)}
    values = [(i, v) for i, v in enumerate(listings.column(field)) if v is not None]
    if kind == 'range':
        _, low, high, open_low, open_high = test
        return {i for i, v in values if (v > low if open_low else v >= low) and (v < high if open_high else v <= high)}
    if kind == 'radius':
        return {i for i, v in values if distance(v, test[1:3]) <= test[3]}
    return {i for i, v in values if is_inside(test[1], v)}


def filtered(tree, listings):
    kind = tree[0]
    if kind == 'all':
        return set(listings.all)
    if kind == 'not':
        return set(listings.all) - filtered(tree[1], listings)
    if kind == 'match':
        return set().union(*(holds(test, listings, tree[1]) for test in tree[2]))
    a, b = filtered(tree[1], listings), filtered(tree[2], listings)
    return a & b if kind == 'and' else a | b


# --- order ----------------------------------------------------------------------------------------------

class Descending:
    """Turns the order of any values around."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return other.value < self.value

    def __eq__(self, other):
        return other.value == self.value


def sort_values(sort, listings, scores):
    """Per document; None: absent."""
    kind = sort['by']
    if kind == 'text':
        return scores
    if kind == 'field':
        values = listings.key(sort['field'])
        return [v.encode() if isinstance(v, str) else v for v in values]
    if kind == 'eval':
        values = [0] * listings.n
        for tree, weight in reversed(sort['evals']):
            for i in filtered(tree, listings):
                values[i] = weight
        return values
    values = []
    for point in listings.column('location'):
        m = None if point is None else distance(point, sort['point'])
        if m is not None and m <= sort.get('exclude', 0):
            m = 0.0
        if m is not None and sort.get('precision'):
            m = math.floor(m / sort['precision'])
        values.append(m)
    return values


def order(found, sorts, listings, scores):
    """found, sorted."""
    if not sorts:
        sorts = [{'by': 'text', 'asc': False}, {'by': 'field', 'field': 'updated_at', 'asc': False}]
    keys = {i: [] for i in found}
    for sort in sorts:
        values = sort_values(sort, listings, scores)
        if sort.get('buckets'):
            values = buckets(found, values, sort['buckets'])
        for i, key in keys.items():
            v = values[i]
            is_last = (v is None) != bool(sort.get('missing_first'))
            key.append(is_last)
            key.append(0 if v is None else v if sort['asc'] else -v if isinstance(v, (int, float)) else Descending(v))
    return sorted(found, key=lambda i: (keys[i], listings.rows[i]['id']))


def buckets(found, scores, n):
    """Equal parts in the order of scores; documents of one score are all in the part of the first of them."""
    best_first = sorted((scores[i] for i in found), reverse=True)
    size = max(1, math.ceil(len(best_first) / n))
    part = {}
    for place, score in enumerate(best_first):
        part.setdefault(score, -(place // size))
    return {i: part[scores[i]] for i in found}


# --- facets ---------------------------------------------------------------------------------------------

def number_text(x):
    return str(int(x)) if x == int(x) else repr(x)


def facet(spec, found, listings, most, query):
    """(counts: [(folded value or label, n)], total_values, stats or None)"""
    field = spec['field']
    values = [v for v in (listings.key(field)[i] for i in found) if v is not None]
    is_text = type_of(field) == 'string'
    stats = None
    if not is_text and values:
        stats = {'min': min(values), 'max': max(values), 'sum': sum(values), 'avg': sum(values) / len(values)}
    counts = {}
    if spec.get('ranges'):
        for place, (_, low, high) in enumerate(spec['ranges']):
            n = sum(low <= v < high for v in values)
            if n:
                counts[place] = n
    else:
        for v in values:
            counts[v] = counts.get(v, 0) + 1
    if query and query[0] == field and not spec.get('ranges'):
        counts = {v: n for v, n in counts.items() if is_asked(v, query[1], is_text)}
    if spec.get('alpha'):
        listed = sorted(counts.items(), key=lambda c: order_key(c[0]), reverse=spec['alpha'] == 'desc')
    else:
        listed = sorted(counts.items(), key=lambda c: (-c[1], order_key(c[0])))
    name = (lambda v: spec['ranges'][v][0]) if spec.get('ranges') else str if is_text else number_text
    return [(name(v), n) for v, n in listed[:most]], len(counts), stats


def order_key(v):
    return v.encode() if isinstance(v, str) else v


def is_asked(value, text, is_text):
    """Each word of facet_query is in the value, the last one as a beginning."""
    if not is_text:
        return number_text(value).startswith(text)
    have, wanted = value.split(' '), words(text)
    return all(any(h.startswith(w) if i == len(wanted) - 1 else h == w for h in have) for i, w in enumerate(wanted))


# --- a search ---------------------------------------------------------------------------------------------

def place_pins(ordered, pins):
    """pins: [(place from 0, what)], each at its place, or at the end."""
    out = list(ordered)
    for place, what in sorted(pins, key=lambda p: p[0]):
        out.insert(min(place, len(out)), what)
    return out


def search(q, listings, text_found=None):
    """text_found(q, listings, among): {document: score}, for a q that is not *."""
    may = {i for i in listings.all if listings.rows[i]['id'] not in q.get('hidden', ())}
    matched = may & filtered(q['filter'], listings) if q.get('filter') else set(may)
    pin_from = matched if q.get('filter_pins') else may
    pins = [(place, listings.by_id[i]) for i, place in q.get('pins', ()) if listings.by_id.get(i) in pin_from]
    scores = [0] * listings.n
    if q.get('terms'):
        by_doc = text_found(q, listings, matched)
        matched = set(by_doc)
        for i, score in by_doc.items():
            scores[i] = score
    pinned = {i for _, i in pins}
    others = order(matched - pinned, q.get('sorts', []), listings, scores)
    found = pinned | matched
    answer = {'found': len(found), 'out_of': listings.n, 'scores': {listings.rows[i]['id']: scores[i] for i in found},
              'facets': [facet(f, found, listings, q.get('max_facet_values', 10), q.get('facet_query')) for f in q.get('facets', [])]}
    from_, to = q.get('offset', 0), q.get('offset', 0) + q.get('limit', 10)
    if not q.get('group'):
        answer['ids'] = [listings.rows[i]['id'] for i in place_pins(others, pins)[from_:to]]
        return answer
    groups = grouped(q, listings, others, pins)
    answer |= {'found': len(groups), 'found_docs': len(found), 'groups': groups[from_:to]}
    return answer


def grouped(q, listings, others, pins):
    """[(key, found, ids)]: in the order of their best documents; pinned ones come first within theirs."""
    members, alone = {}, 0
    for i in [i for _, i in sorted(pins, key=lambda p: p[0])] + others:
        key = tuple(listings.key(f)[i] for f in q['group'])
        if None in key and not q.get('group_missing', True):
            alone += 1
            key = (*key, alone)
        members.setdefault(key, []).append(i)
    places, pinned_groups = [], set()
    for place, i in sorted(pins, key=lambda p: p[0]):
        key = next(k for k, v in members.items() if i in v)
        if key not in pinned_groups:
            places.append((place, key))
        pinned_groups.add(key)
    rank = {i: n for n, i in enumerate(others)}
    ordered = sorted((k for k in members if k not in pinned_groups), key=lambda k: rank[members[k][0]])
    listed = place_pins(ordered, places)
    n = len(q['group'])
    return [(list(k[:n]), len(members[k]), [listings.rows[i]['id'] for i in members[k][:q.get('group_limit', 3)]]) for k in listed]
