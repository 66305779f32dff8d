"""Listings and queries made up by chance, the same for the same seed.

A query is two dicts: the parameters as a client sends them, and what they mean, as search_naive.py takes it."""
import datetime, json, random, re, uuid

from search_naive import AGENT, FACET, FIELDS, SORT, type_of, words

CITIES = ['Miami', 'Coral Gables', 'Miami Beach', 'North Miami Beach', 'Ávila Beach', 'Fort Lauderdale', "Land O' Lakes", 'St. Pete', 'Straßberg',
          'Doral', 'Königsberg', 'Москва']
NAMES = 'Oaks Pines Lake Laker Lakes Ocean Oceans Harbor Harbour Bay View Villas Grove Groves Garden Gardens Point Pointe Señorita'.split()
REMARKS = '''bright brght condo condos pool pools poolside ocean oceans oceanfront front view views viewing garden gardens kitchen kitchens
    granite granit garage garages renovated renovation spacious spaces space quiet quite street near beach beaches bench café cafe élan
    1920s 33101 33101-1234 wi-fi fireplace fire place home homes homeland waterfront water lake lakes balcony balconies terrace
    terraces sunny sunset sunsets storm strom walk walks walking to the a of and with in'''.split()
STREETS = ['Ocean Drive', 'Lake Shore Blvd', 'Calle Ocho', 'Main St', 'Bay Rd']
STATUSES = ['Active'] * 6 + ['Active Under Contract', 'Pending', 'Closed', 'Coming Soon', 'Withdrawn']
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def listing(r, number):
    """Columns of mls.listings."""
    def maybe(value, often=0.85):
        return value if r.random() < often else None

    def some_case(text):
        return r.choice([text] * 6 + [text.upper(), text.lower(), f' {text}  '.replace(' ', '  ')])

    has_place, house, street = r.random() < 0.85, str(r.randrange(1, 40)), r.choice(STREETS)
    city = maybe(some_case(r.choice(CITIES)), 0.95)
    says = {'InternetEntireListingDisplayYN': r.choice([True] * 8 + [False, None]),
            'InternetAddressDisplayYN': r.choice([True, None, False]), 'IDXParticipationYN': r.choice([True, None, None, None, False])}
    row = {
        'id': str(uuid.UUID(int=r.getrandbits(128), version=4)), 'source_listing_key': f'KEY-{number}', 'source_provider': r.choice(['bridge', 'reso']),
        'mls_number': maybe(f'A{10000 + r.randrange(400)}'), 'standard_status': maybe(r.choice(STATUSES), 0.97),
        'property_type': maybe(r.choice(['Residential', 'Residential Lease', 'Land', 'Commercial Sale'])),
        'street_number': maybe(house), 'street_name': maybe(street), 'unit_number': maybe(f'#{r.randrange(1, 9)}', 0.3),
        'address_full': maybe(f'{house} {street}, {city or ""}'), 'city': city, 'state': maybe(r.choice(['FL', 'CA', 'fl'])),
        'postal_code': maybe(f'331{r.randrange(10):02}'), 'subdivision': maybe(some_case(' '.join(r.sample(NAMES, r.randrange(1, 4)))), 0.6),
        'building_name': maybe(f'{r.choice(NAMES)} Tower', 0.3), 'community': maybe(r.choice(NAMES), 0.3),
        'county': maybe(r.choice(['Miami-Dade', 'Broward', 'Dade'])),
        'public_remarks': maybe(' '.join(r.choices(REMARKS, k=r.randrange(3, 18))) + r.choice(['', '.', '!']), 0.9),
        'list_agent_name': maybe(r.choice(['Ann Lee', 'José Álvarez', 'Ann Leeds', 'O’Neil, Pat'])),
        'list_agent_mls_id': maybe(f'AG{r.randrange(6)}'), 'list_office_name': maybe(r.choice(['Best Homes', 'Ocean Realty'])),
        'list_office_mls_id': maybe(f'OF{r.randrange(3)}'),
        'marketing_description': maybe(' '.join(r.choices(REMARKS, k=6)), 0.3),
        'list_price': maybe(r.choice([250000, 300000, 499999, 500000, 750000, 1000000, r.randrange(10**5, 10**6)]), 0.95),
        'close_price': maybe(r.randrange(10**5, 10**6), 0.2), 'price_per_sqft': maybe(r.randrange(100, 130)),
        'bedrooms': maybe(r.randrange(7)), 'bathrooms': maybe(r.randrange(2, 12) / 2), 'living_area_sqft': maybe(100 * r.randrange(5, 40)),
        'lot_size_sqft': maybe(r.randrange(1000, 90000), 0.4), 'year_built': maybe(r.randrange(1950, 2026)), 'photo_count': maybe(r.randrange(5)),
        'list_date': maybe((EPOCH + datetime.timedelta(days=r.randrange(300))).date()),
        'close_date': maybe((EPOCH + datetime.timedelta(days=r.randrange(300))).date(), 0.3),
        'modification_ts': maybe(EPOCH + datetime.timedelta(seconds=r.randrange(10**7))),
        'created_at': EPOCH + datetime.timedelta(seconds=r.randrange(10**7)), 'updated_at': EPOCH + datetime.timedelta(hours=r.randrange(500)),
        'latitude': 25 + round(r.random(), 6) if has_place else None, 'longitude': -81 + round(r.random(), 6) if has_place else None,
        'import_task_id': None, 'is_active': r.random() < 0.96, 'raw': json.dumps({k: v for k, v in says.items() if v is not None}),
    }
    row['marketing_description_source'] = row['marketing_description'] and 'manual'
    row['deactivated_at'], row['deactivated_reason'] = (None, None) if row['is_active'] else (EPOCH, 'manual')
    return row


def as_searched(row, closed_since):
    """The same row as searches have it, by the rules of its profile: shown_statuses are all that there are, shows_unstated is false."""
    def seconds(day):
        return int(datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc).timestamp()) if day else None

    says = row['raw']
    out = {f: row.get(f) for f in FIELDS}
    out |= {f: seconds(row[f]) for f in ('list_date', 'close_date')}
    out |= {f: row[f] and int(row[f].timestamp()) for f in ('modification_ts', 'created_at', 'updated_at')}
    out['location'] = None if row['latitude'] is None else (row['latitude'], row['longitude'])
    out['is_public'] = (row['standard_status'] in ('Active', 'Active Under Contract', 'Pending', 'Coming Soon', 'Closed')
                        and (row['standard_status'] != 'Closed' or row['close_date'] is not None and row['close_date'] >= closed_since)
                        and says.get('InternetEntireListingDisplayYN') is True and says.get('IDXParticipationYN') is not False)
    out['is_address_public'] = says.get('InternetAddressDisplayYN') is not False
    return out


def terms_of(q):
    """q as src/mod/search/params.h cuts it into terms."""
    terms, room = [], 20
    for match in re.finditer(r'((?<!\S)-)?(?:"([^"]*)"|("?[^\s"]+))', q):
        is_excluded, is_phrase = match[1] is not None, match[2] is not None
        found = words(match[2] if is_phrase else match[3])[:room]
        room -= len(found)
        if found and (is_phrase or is_excluded):
            terms.append({'words': found, 'phrase': is_phrase or len(found) > 1, 'excluded': is_excluded})
        else:
            terms += [{'words': (w,), 'phrase': False, 'excluded': False} for w in found]
    return terms


class Maker:
    """Queries over rows, for one audience."""

    def __init__(self, r, rows, who):
        self.r, self.rows, self.who = r, rows, who

    def fields(self, *wanted):
        return [f for f, (_, flags) in FIELDS.items() if all(w in flags for w in wanted) and (self.who == 'agents' or AGENT not in flags)]

    def value(self, field):
        """One that is there, or nearly."""
        for _ in range(20):
            v = self.r.choice(self.rows)[field]
            if v is not None:
                return v
        return {'string': 'x', 'geopoint': (25.5, -80.5)}.get(type_of(field), 1)

    # --- filters

    def quoted(self, text):
        if any(c in text for c in ',()[]&|`') or self.r.random() < 0.2:
            return '`' + text.replace('`', '\\`') + '`'
        return text.strip()

    def text_test(self, field, kind):
        words = self.value(field).split()
        if kind == 'has' or self.r.random() < 0.15:
            start = self.r.randrange(len(words))
            words = words[start:start + self.r.randrange(1, 4)]
        text, is_prefix = ' '.join(words), self.r.random() < 0.25
        if is_prefix and self.r.random() < 0.7 and len(words[-1]) > 2:
            text = text[:-1]
        if not any(c.isalnum() for c in text):
            text = 'x'
        if self.r.random() < 0.1:
            text = text.upper()
        return self.quoted(text) + '*' * is_prefix, (kind, text, is_prefix)

    def number(self, field):
        v = self.value(field)
        if self.r.random() < 0.3:
            v += self.r.choice([-1, 1, 0.5 if type_of(field) == 'float' else 2])
        if type_of(field) != 'int64' or self.r.random() < 0.5:
            return str(v), v
        at = datetime.datetime.fromtimestamp(v, datetime.timezone.utc)
        if at.hour == at.minute == at.second == 0:
            return at.strftime('%Y-%m-%d'), v
        return at.strftime('%Y-%m-%dT%H:%M:%SZ'), v

    def number_test(self, field):
        (text, x), (text2, y) = sorted([self.number(field), self.number(field)], key=lambda n: n[1])
        if self.r.random() < 0.4:
            return f'{text}..{text2}', ('range', x, y, False, False)
        return text, ('range', x, x, False, False)

    def place_test(self):
        lat, lng = self.value('location')
        lat, lng = round(lat + self.r.uniform(-0.1, 0.1), 4), round(lng + self.r.uniform(-0.1, 0.1), 4)
        if self.r.random() < 0.6:
            size, unit = self.r.choice([1, 5.1, 12, 30]), self.r.choice(['km', 'mi'])
            metres = size * (1000 if unit == 'km' else 1609.344)
            if self.r.random() < 0.2:
                return f'([{lat}, {lng}], radius: {size} {unit})', ('radius', lat, lng, metres)
            return f'({lat},{lng}, {size} {unit})', ('radius', lat, lng, metres)
        corners = [(round(lat + self.r.uniform(-0.5, 0.5), 4), round(lng + self.r.uniform(-0.5, 0.5), 4)) for _ in range(self.r.randrange(3, 7))]
        return '(' + ', '.join(f'{a}, {b}' for a, b in corners) + ')', ('polygon', corners)

    def condition(self):
        field = self.r.choice(self.fields())
        kind, is_negated, n = type_of(field), self.r.random() < 0.25, self.r.choice([1, 1, 1, 2, 3])
        is_exact = self.r.random() < 0.5
        if field == 'id':
            tests = [(v, ('equal', v, False)) for v in (self.value('id') for _ in range(n))]
        elif kind == 'string':
            tests = [self.text_test(field, 'equal' if is_exact else 'has') for _ in range(n)]
        elif kind == 'geopoint':
            tests = [self.place_test() for _ in range(n)]
        else:
            if self.r.random() < 0.4:
                return self.comparison(field)
            tests = [self.number_test(field) for _ in range(n)]
        op = ':' + '!' * is_negated + '=' * is_exact
        texts = [t for t, _ in tests]
        listed = n > 1 or kind != 'geopoint' and self.r.random() < 0.2
        tree = ('match', field, [t for _, t in tests])
        return (f'{field}{op}' + self.r.choice(['', ' ']) + ('[' + self.r.choice([',', ', ']).join(texts) + ']' if listed else texts[0]),
                ('not', tree) if is_negated else tree)

    def comparison(self, field):
        text, x = self.number(field)
        op = self.r.choice(['<', '<=', '>', '>='])
        infinite = float('inf')
        test = ('range', -infinite, x, False, op == '<') if op[0] == '<' else ('range', x, infinite, op == '>', False)
        return f'{field}:{op}{text}', ('match', field, [test])

    def filter(self, depth=0):
        if depth > 3 or self.r.random() < 0.45:
            return self.condition()
        parts = [self.filter(depth + 1) for _ in range(self.r.randrange(2, 4))]
        op = self.r.choice(['and', 'or'])
        text, tree = parts[0]
        text = f'({text})'
        for other, other_tree in parts[1:]:
            text += self.r.choice(['{}', ' {} ']).format('&&' if op == 'and' else '||') + f'({other})'
            tree = (op, tree, other_tree)
        return text, tree

    def flat_filter(self):
        """Without parentheses: && binds more than ||."""
        parts = [[self.condition() for _ in range(self.r.randrange(1, 4))] for _ in range(self.r.randrange(1, 4))]
        ands = []
        for part in parts:
            tree = part[0][1]
            for _, other in part[1:]:
                tree = ('and', tree, other)
            ands.append(tree)
        tree = ands[0]
        for other in ands[1:]:
            tree = ('or', tree, other)
        return ' || '.join(' && '.join(t for t, _ in part) for part in parts), tree

    # --- order

    def distance_sort(self):
        lat, lng = (round(x, 3) for x in self.value('location'))
        sort, text = {'by': 'distance', 'point': (lat, lng)}, f'location({lat}, {lng}'
        if self.r.random() < 0.4:
            size, unit = self.r.choice([2, 10.5]), self.r.choice(['km', 'mi'])
            option = self.r.choice(['exclude', 'precision'])
            sort[option] = size * (1000 if unit == 'km' else 1609.344)
            text += f', {"exclude_radius" if option == "exclude" else option}: {size} {unit}'
        return text + ')', sort

    def eval_sort(self):
        if self.r.random() < 0.5:
            text, tree = self.filter(2)
            return f'_eval({text})', {'by': 'eval', 'evals': [(tree, 1)]}
        made = [(self.filter(2), self.r.randrange(-3, 9)) for _ in range(self.r.randrange(1, 4))]
        return '_eval([' + ', '.join(f'({t}):{w}' for (t, _), w in made) + '])', {'by': 'eval', 'evals': [(tree, w) for (_, tree), w in made]}

    def sort(self, field):
        kind = self.r.random()
        if kind < 0.15:
            text, sort = self.distance_sort()
        elif kind < 0.25:
            text, sort = self.eval_sort()
        elif kind < 0.35:
            n = self.r.choice([0, 3, 10])
            text, sort = f'_text_match(buckets: {n})' if n else '_text_match', {'by': 'text', 'buckets': n}
        else:
            text, sort = field, {'by': 'field', 'field': field}
            if self.r.random() < 0.3:
                sort['missing_first'] = self.r.random() < 0.6
                text += f'(missing_values: {"first" if sort["missing_first"] else "last"})'
        sort['asc'] = self.r.random() < 0.5
        return f'{text}:{"asc" if sort["asc"] else "desc"}', sort

    def sorts(self):
        fields = self.r.sample([f for f in self.fields(SORT) if f != 'location'], 3)
        return [self.sort(f) for f in fields[:self.r.randrange(1, 4)]]

    # --- facets, groups, pins

    def facet(self, field):
        spec, options = {'field': field}, []
        if type_of(field) != 'string' and self.r.random() < 0.4:
            ends = sorted({self.value(field) for _ in range(4)})
            spec['ranges'] = [(f'r{n}', low, high) for n, (low, high) in enumerate(zip(ends, ends[1:]))] + [('rest', ends[-1], float('inf'))]
            options = [f'{label}:[{low}, {"" if high == float("inf") else high}]' for label, low, high in spec['ranges']]
        if self.r.random() < 0.3:
            spec['alpha'] = self.r.choice(['asc', 'desc'])
            options.append(f'sort_by: _alpha:{spec["alpha"]}')
        return field + (f'({", ".join(options)})' if options else ''), spec

    def add_facets(self, params, q):
        made = [self.facet(f) for f in self.r.sample(self.fields(FACET), self.r.randrange(1, 5))]
        params['facet_by'], q['facets'] = ', '.join(t for t, _ in made), [f for _, f in made]
        if self.r.random() < 0.5:
            params['max_facet_values'] = q['max_facet_values'] = self.r.choice([0, 1, 3, 50, 500])
        if self.r.random() < 0.4:
            spec = self.r.choice(q['facets'])
            v = self.value(spec['field'])
            text = ' '.join(v.split()) if isinstance(v, str) else str(v)
            text = text[:self.r.randrange(1, len(text) + 1)].strip()
            if not any(c.isalnum() for c in text):
                return
            params |= {'facet_query': f'{spec["field"]}:{text}', 'facet_query_num_typos': 0}
            q['facet_query'] = spec['field'], text

    def add_groups(self, params, q):
        q['group'] = self.r.sample(self.fields(FACET), self.r.choice([1, 1, 2]))
        params['group_by'] = ','.join(q['group'])
        if self.r.random() < 0.6:
            params['group_limit'] = q['group_limit'] = self.r.randrange(1, 6)
        if self.r.random() < 0.4:
            params['group_missing_values'] = q['group_missing'] = self.r.random() < 0.5

    def add_curation(self, params, q):
        if self.r.random() < 0.7:
            ids = [r['id'] for r in self.r.sample(self.rows, self.r.randrange(1, 5))]
            places = self.r.sample(range(1, 15), len(ids))
            params['pinned_hits'] = ','.join(f'{i}:{place}' for i, place in zip(ids, places))
            q['pins'] = [(i, place - 1) for i, place in zip(ids, places)]
            if self.r.random() < 0.3:
                params['filter_curated_hits'] = q['filter_pins'] = True
        if self.r.random() < 0.6:
            q['hidden'] = [r['id'] for r in self.r.sample(self.rows, self.r.randrange(1, 9))]
            params['hidden_hits'] = ','.join(q['hidden'])

    # --- q

    def mistyped(self, word):
        at = self.r.randrange(len(word))
        kind = self.r.randrange(4)
        if kind == 0:
            return word[:at] + word[at + 1:]
        if kind == 1:
            return word[:at] + self.r.choice('aeost') + word[at:]
        if kind == 2:
            return word[:at] + self.r.choice('aeost') + word[at + 1:]
        return word[:at] + word[at + 1:at + 2] + word[at:at + 1] + word[at + 2:]

    def some_words(self, most):
        """Of what stands in a listing, next to each other mostly."""
        text = self.value(self.r.choice(self.searched)).split()
        at = self.r.randrange(len(text))
        return text[at:at + self.r.randrange(1, most + 1)]

    def piece(self):
        kind, words = self.r.random(), self.some_words(2)
        text = ' '.join(words)
        if kind < 0.15:
            return f'"{text}"'
        if kind < 0.25:
            return '-' + (f'"{text}"' if len(words) > 1 else text)
        if kind < 0.45:
            return ' '.join(self.mistyped(w) for w in words)
        if kind < 0.6:
            return ' '.join(words[:-1] + [words[-1][:self.r.randrange(1, len(words[-1]) + 1)]])
        if kind < 0.67:
            return ''.join(words)
        if kind < 0.72 and len(text) > 3:
            at = self.r.randrange(1, len(text))
            return f'{text[:at]} {text[at:]}'
        return text

    def add_fields(self, params, q):
        self.searched = self.r.sample([f for f in self.fields() if type_of(f) == 'string' and f not in ('id', 'import_task_id')],
                                      self.r.choice([1, 1, 2, 3]))
        if self.r.random() < 0.7 and 'public_remarks' not in self.searched:
            self.searched[0] = 'public_remarks'
        n = len(self.searched)
        q['by'] = [{'field': f, 'weight': n - i, 'typos': 2, 'prefix': True, 'infix': 'off'} for i, f in enumerate(self.searched)]
        params['query_by'] = ','.join(self.searched)
        for name, key, values in (('query_by_weights', 'weight', [0, 1, 2, 5, 127]), ('num_typos', 'typos', [0, 1, 2]),
                                  ('prefix', 'prefix', [True, False]), ('infix', 'infix', ['off', 'off', 'fallback', 'always'])):
            if self.r.random() < 0.3:
                chosen = [self.r.choice(values) for _ in range(n)]
                if name != 'query_by_weights' and self.r.random() < 0.5:
                    chosen = chosen[:1]
                params[name] = ','.join(str(v).lower() for v in chosen)
                for i, by in enumerate(q['by']):
                    by[key] = chosen[i] if len(chosen) == n else chosen[0]

    def add_text(self, params, q):
        self.add_fields(params, q)
        params['q'] = ' '.join(self.piece() for _ in range(self.r.choice([1, 1, 1, 2, 2, 3])))
        q['terms'] = terms_of(params['q'])
        for name, values in (('typo_tokens_threshold', [0, 1, 5, 50]), ('drop_tokens_threshold', [0, 1, 5, 50]), ('max_candidates', [1, 2, 10, 100]),
                             ('min_len_1typo', [0, 1, 3, 5]), ('min_len_2typo', [1, 4, 8]), ('split_join_tokens', ['off', 'always']),
                             ('drop_tokens_mode', ['left_to_right', 'both_sides:2', 'both_sides:9']), ('prioritize_exact_match', [False]),
                             ('prioritize_token_position', [True]), ('prioritize_num_matching_fields', [False]),
                             ('text_match_type', ['max_weight', 'sum_score']), ('exhaustive_search', [True])):
            if self.r.random() < 0.15:
                params[name] = q[name] = self.r.choice(values)

    def add_page(self, params, q):
        q['limit'] = self.r.choice([0, 1, 5, 7, 10, 20, 30]) if self.r.random() < 0.95 else 250
        if self.r.random() < 0.5:
            q['offset'] = self.r.choice([0, 0, 3, 40, 200])
            params |= {'offset': q['offset'], 'limit': q['limit']}
        else:
            page = self.r.choice([1, 1, 2, 3])
            q['offset'] = (page - 1) * q['limit']
            params |= {'page': page, 'per_page': str(q['limit'])}

    def query(self):
        """(params, meaning)"""
        params, q = {'q': self.r.choice(['*', ''])}, {}
        has_text = self.r.random() < 0.6
        if has_text:
            self.add_text(params, q)
        if self.r.random() < (0.3 if has_text else 0.85):
            params['filter_by'], q['filter'] = self.filter() if self.r.random() < 0.7 else self.flat_filter()
        if self.r.random() < (0.4 if has_text else 0.75):
            sorts = self.sorts()
            params['sort_by'], q['sorts'] = ','.join(t for t, _ in sorts), [s for _, s in sorts]
        self.add_page(params, q)
        if self.r.random() < 0.5:
            self.add_facets(params, q)
        if self.r.random() < 0.25:
            self.add_groups(params, q)
        if self.r.random() < 0.25:
            self.add_curation(params, q)
        return params, q
