# The pages behind the overview, as programs read them:
#   portal_pages.py figures    every figure of the overview is followed to the rows that make it, in both languages, and from there to
#                              every report, whose receipt is verified by what its page says
#   portal_pages.py hostile FILE...    the texts of these report files stand on the pages as text, and as nothing else
#   portal_pages.py missing PATH...    there is nothing at these addresses, and the pages say so
# PAGES is where the portal is, OVERVIEW the plan and period; NAME and PASSWORD are a reader's.
import gettext
import hashlib
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from decimal import ROUND_HALF_UP, Decimal

import nacl.signing
from google.protobuf.timestamp_pb2 import Timestamp
from lxml import html

from baocao.v1 import receipt_pb2

BASE, OVERVIEW = os.environ['PAGES'], os.environ['OVERVIEW']
with open(os.path.join(os.path.dirname(__file__), '../../build/gen/messages/portal.mo'), 'rb') as catalogue:
    VIETNAMESE = gettext.GNUTranslations(catalogue)
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def get(path, data=None):
    """The status and the page at a path of the portal."""
    url = path if path.startswith('http') else BASE + path
    try:
        with opener.open(url, data) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def sign_in():
    form = html.fromstring(get('/vi/sign-in')[1]).forms[0]
    form.fields.update(name=os.environ['NAME'], password=os.environ['PASSWORD'])
    status, text = get(urllib.parse.urljoin('/vi/sign-in', form.action or ''), urllib.parse.urlencode(form.form_values()).encode())
    assert status == 200, text


def sql(query):
    return subprocess.run(['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', 'SET search_path = baocao', '-c', query],
                          check=True, capture_output=True, text=True).stdout.strip()


class Pages:
    """The pages in one language, each fetched once."""

    def __init__(self, language):
        self.language, self.pages = language, {}

    def page(self, path):
        if path not in self.pages:
            status, text = get(path)
            assert status == 200, (status, path)
            assert text.startswith(f'<!doctype html>\n<html lang="{self.language}"'), path
            self.pages[path] = html.fromstring(text)
        return self.pages[path]

    def at(self, *parts):
        return '/'.join([f'/{self.language}{OVERVIEW}', *parts])


def same(what, shown, counted):
    assert shown == counted, f'{what}: the page says {shown}, its rows come to {counted}'


def value(element):
    return int(element.get('data-value'))


def one(page, expression, **variables):
    found = page.xpath(expression, **variables)
    assert len(found) == 1, (expression, variables, found)
    return found[0]


def figure(page, name):
    """What the element with this id stands for; None: no figure."""
    text = one(page, '//*[@id=$name]', name='f-' + name).get('data-value')
    return None if text is None else Decimal(text)


def rows(page, table):
    """The rows of a table's body, but for those that begin a group."""
    return [row for row in one(page, '//table[caption[@id=$id]]', id='c-' + table).xpath('tbody/tr[not(@class="group")]')
            if row.xpath('th')]


def cell(row, label):
    """The figure in the cell under this heading, in whichever language; None: there is none."""
    found = [td for td in row.xpath('td[@data-label]') if td.get('data-label') in (label, VIETNAMESE.gettext(label))]
    assert len(found) == 1, (label, [td.get('data-label') for td in row])
    return None if found[0].get('data-value') in (None, '') else Decimal(found[0].get('data-value'))


MONEY = 'Allocated', 'Disbursed'


def money(table):
    return [sum(cell(row, label) or 0 for row in table) for label in MONEY]


def total(page, table):
    """What the table's last line says of money."""
    last = one(page, '//table[caption[@id=$id]]/tfoot/tr', id='c-' + table)
    return [cell(last, label) for label in MONEY]


def statuses(table):
    return [one(row, 'td[@class="state"]/*[@data-state]').get('data-state') for row in table]


GRAVITY = ['completed', 'in_progress', 'not_started', 'delayed', 'stopped']


class Follower(Pages):
    """Goes from the overview's figures to their pages, and notes which figures it has seen to."""

    def __init__(self, language):
        super().__init__(language)
        self.overview = self.page(self.at())
        self.seen, self.reports = set(), set()

    def figure(self, name):
        self.seen.add('f-' + name)
        return figure(self.overview, name)

    def follow(self, *parts):
        """By a link that the overview has; it may have it several times."""
        path = self.at(*parts)
        assert self.overview.xpath('//main//a[@href=$path]', path=path), f'no link to {path}'
        page = self.page(path)
        self.reports.update(page.xpath('//main//a[contains(@href, "/reports/")]/@href'))
        return page

    def tiles(self):
        for key in ('expected', 'received', 'on_time', 'late', 'missing', 'rejected', 'returned', 'voluntary'):
            page, shown = self.follow('figures', key), self.figure(key.replace('_', '-'))
            units = page.xpath('//tbody/tr[th/@data-unit]')
            same(key, shown, len(units))
            same(key, shown, value(one(page, '//*[@id="figure"]')))
            names = [unit.xpath('string(th)') for unit in units]
            same(key + ', in order', names, sql("SELECT string_agg(n, E'\\n' ORDER BY n COLLATE \"vi-x-icu\") FROM unnest(string_to_array($t$" +
                                                '\n'.join(names) + "$t$, E'\\n')) n").split('\n') if names else [])
            if key in ('received', 'on_time', 'late', 'voluntary', 'rejected', 'returned'):
                assert all(unit.xpath('td/a[contains(@href, "/reports/")]') for unit in units), key

    def entries(self, kind, code, name):
        """What a table of entries comes to, against the overview's figures of that name."""
        page = self.follow(kind, code)
        table = rows(page, 'reports')
        same(f'{code} by its last line', total(page, 'reports'), money(table))
        for what, sum_of in zip(('allocated', 'disbursed'), money(table)):
            same(f'{code} {what}', self.figure(f'{name}-{what}') or 0, sum_of)
        return page, table

    def groups(self):
        for link in one(self.overview, '//table[caption/@id="c-groups"]').xpath('tbody//th/a/@href'):
            code = link.rsplit('/', 1)[1]
            page, table = self.entries('groups', code, 'group-' + code)
            progress = [cell(row, 'Progress') for row in table]
            same(f'{code} progress', self.figure(f'group-{code}-progress'), sum(progress) // len(progress) if progress else None)
            reported = len([body for body in page.xpath('//tbody[@data-task]') if body.xpath('tr/th/@data-unit')])
            same(f'{code} reported', self.figure(f'group-{code}-reported'), reported)
            for status in ('completed', 'in_progress', 'delayed'):
                same(f'{code} {status}', self.figure(f'group-{code}-{status}') or 0, statuses(table).count(status))

    def tasks(self):
        words = []
        for link in one(self.overview, '//table[caption/@id="c-tasks"]').xpath('tbody//th[@scope="row"]/a/@href'):
            code = link.rsplit('/', 1)[1]
            page, table = self.entries('tasks', code, 'task-' + code)
            same(f'{code} entries', self.figure(f'task-{code}-entries'), len(table))
            leads = [row for row in table if row.get('data-role') == 'lead']
            word = max(statuses(leads), key=GRAVITY.index) if leads else 'none'
            shown = one(self.overview, '//*[@id=$id]', id=f'f-task-{code}-status')
            self.seen.add(shown.get('id'))
            same(f'{code} status', shown.get('data-state'), word)
            same(f'{code} status on its page', one(page, '//*[@id="leads-status"]').get('data-state'), word)
            progress = sum(cell(row, 'Progress') for row in leads) // len(leads) if leads else None
            same(f'{code} progress', self.figure(f'task-{code}-progress'), progress)
            if page.xpath('//*[@id="c-budget"]'):
                same(f'{code} money by source', money(rows(page, 'budget')), money(table))
                same(f'{code} money by source, by its last line', total(page, 'budget'), money(table))
            else:
                same(f'{code} money', money(table), [0, 0])
            said = self.overview.xpath('//*[starts-with(@id, $id) and contains(@id, "-values")]', id=f'f-indicator-{code}-')
            same(f'{code} indicators', sum(value(field) for field in said), len(page.xpath('//table[caption/@id="c-indicators"]//td[@data-number]')))
            words.append(word)
        for status in ('none', *GRAVITY):
            same(f'tasks {status}', self.figure(f'status-{status}'), words.count(status))

    def units(self):
        order = []
        for link in one(self.overview, '//table[caption/@id="c-units"]').xpath('tbody//th/a/@href'):
            code = link.rsplit('/', 1)[1]
            page = self.follow('units', code)
            shown = one(self.overview, '//*[@id=$id]', id=f'f-unit-{code}-standing')
            self.seen.add(shown.get('id'))
            same(f'{code} standing', shown.get('data-state'), one(page, '//*[@id="standing"]').get('data-state'))
            table = rows(page, 'entries') if page.xpath('//*[@id="c-entries"]') else []
            for what, sum_of in zip(('allocated', 'disbursed'), money(table)):
                same(f'{code} {what}', self.figure(f'unit-{code}-{what}') or 0, sum_of)
            if table:
                same(f'{code} by its last line', total(page, 'entries'), money(table))
            counting = page.xpath('//tr[@data-counts="yes"]/th/a')
            same(f'{code} revision', self.figure(f'unit-{code}-revision'), Decimal(counting[0].text.split()[-1]) if counting else None)
            entries = {link for row in table for link in row.xpath('td/a[contains(@href, "/reports/")]/@href')}
            assert entries <= set(page.xpath('//tr[@data-counts="yes"]/th/a/@href')), 'an entry of a report that does not count'
            received = [stamp for stamp in page.xpath('//dl[1]//time/@datetime')]
            first = self.figure(f'unit-{code}-received')
            assert (first is None) == (not counting), code
            place = self.figure(f'unit-{code}-place')
            if counting:
                order.append((place, first))
            if first:
                day = sql(f"SELECT to_char(to_timestamp({first} / 1000), 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM (SELECT set_config('timezone', 'Asia/Ho_Chi_Minh', false)) x")
                assert day + '+07:00' in received, (code, day, received)
        same('who reported first', [first for _, first in sorted(order)], sorted(first for _, first in order))

    def budget(self):
        sums = []
        for link in one(self.overview, '//table[caption/@id="c-budget"]').xpath('tbody//th/a/@href'):
            source = link.rsplit('/', 1)[1]
            page = self.follow('budget', source)
            table = rows(page, 'money')
            same(source, [self.figure(f'source-{source}-{what}') for what in ('allocated', 'disbursed')], money(table))
            same(source + ' by its last line', total(page, 'money'), money(table))
            sums.append(money(table))
            self.seen.add(f'f-source-{source}-short')  # the same in other words
        for what, sum_of in zip(('allocated', 'disbursed'), map(sum, zip(*sums))):
            same('money in all, ' + what, self.figure('plan-budget-' + what), sum_of)
            self.seen.add('f-' + what)

    def indicators(self):
        for link in self.overview.xpath('//table[caption/@id="c-indicators"]/tbody//th/a/@href'):
            task, code = link.rsplit('/', 2)[1:]
            page, name = self.follow('indicators', task, code), f'indicator-{task}-{code}'
            table = [row for row in rows(page, 'values') if cell(row, 'Value') is not None]
            same(name, self.figure(name + '-values'), len(table))
            how = sql(f"SELECT aggregation FROM indicator i JOIN task t USING (task_id) WHERE t.code = '{task}' AND i.code = '{code}'")
            values = [cell(row, 'Value') for row in table]
            latest = max(table, key=lambda row: row.xpath('td/time/@datetime')[0]) if table else None
            counted = None if not values or how == 'none' else sum(values) if how == 'sum' else cell(latest, 'Value') if how == 'last' else (
                sum(values) / len(values)).quantize(Decimal('0.000001'), ROUND_HALF_UP)
            same(f'{name} ({how})', self.figure(name + '-value'), counted)

    def remarks(self):
        for section in ('obstacles', 'proposals'):
            for item in self.overview.xpath('//section[@id=$id]//li', id=section):
                text = item.xpath('string(p[@class="text"])')
                task, unit = item.xpath('p[@class="source"]/a/@href')
                self.page(unit)
                said = self.page(task).xpath('//dd[contains(@class, "text")]')
                assert text in [dd.text_content() for dd in said], (task, text)

    def trend(self):
        for link in one(self.overview, '//table[caption/@id="c-trend"]').xpath('tbody//th/a/@href'):
            period = link.rsplit('/', 1)[1]
            page = self.page(link)
            for what in ('expected', 'received', 'on-time', 'late', 'missing'):
                same(f'{period} {what}', self.figure(f'period-{period}-{what}'), figure(page, what))

    def all(self):
        self.tiles()
        self.groups()
        self.tasks()
        self.units()
        self.budget()
        self.indicators()
        self.remarks()
        self.trend()
        # What is left is made of figures that stand beside it: shares, means over the tasks or the years, the line above.
        derived = ('f-plan-progress', 'f-as-of', 'f-seq')
        left = {name for name in self.overview.xpath('//main//*[starts-with(@id, "f-")]/@id') if name not in self.seen}
        left = {name for name in left if not name.endswith('-share') and name not in derived and not name.startswith('f-period-')}
        assert not left, f'figures that nobody followed: {sorted(left)}'
        for link in set(self.overview.xpath('//main//a/@href')):
            if not link.startswith(('#', '/data/')) and '/files/' not in link:
                self.page(link)
        same('feed number', set(page.xpath('string(//*[@data-of="f-seq"])') for page in self.pages.values()),
             {one(self.overview, '//footer//*[@data-of="f-seq"]').text})


TIMELINESS = {1: 'On time', 2: 'Late', 3: 'After the period was closed'}  # receipt.proto


def receipt_of(page, unit, keys):
    """Makes the receipt again of what the page says, and verifies it; its hash, place and predecessor's hash."""
    named = {name: one(page, '//*[@id=$id]', id=name).text_content() for name in (
        'chain-index', 'officer', 'received-at', 'timeliness', 'report-id', 'key-id', 'digest', 'previous-hash', 'receipt-hash', 'signature')}
    received_at = Timestamp()
    received_at.FromJsonString(named['received-at'])
    timeliness = [code for code, word in TIMELINESS.items() if named['timeliness'] in (word, VIETNAMESE.gettext(word))]
    assert timeliness, named['timeliness']
    body = receipt_pb2.ReceiptBody(
        format=1, unit=unit, plan='208/KH-UBND', period='2025', report_id=bytes.fromhex(named['report-id'].replace('-', '')),
        revision=int(page.xpath('string(//h1)').split()[-1]), report_digest=bytes.fromhex(named['digest']), received_at=received_at,
        timeliness=timeliness[0], chain_index=int(named['chain-index']), previous_hash=bytes.fromhex(named['previous-hash']),
        submitted_by=named['officer']).SerializeToString()
    keys[named['key-id']].verify(b'baocao.v1.receipt\0' + body, bytes.fromhex(named['signature']))
    same('hash', named['receipt-hash'], hashlib.sha256(body).hexdigest())
    return int(named['chain-index']), named['previous-hash'], named['receipt-hash'], named['digest']


def check_places(page, id):
    """What the findings are about is said in words: of an entry, its task."""
    paths = [path for path in sql(f"SELECT path FROM finding WHERE submission_id = '{id}' ORDER BY position").split('\n') if path]
    shown = page.xpath('//section[@id="findings"]//li/p[@class="source"]')
    same('findings', len(shown), len(paths))
    for path, item in zip(paths, shown):
        for number in re.findall(r'^entries\[(\d+)\]', path):
            article = one(page, '//article[@id=$id]', id='entry-' + number)
            path = article.xpath('string(h3/span[@class="code"] | h3/bdi)')
            assert path in item.text_content(), (path, item.text_content())
        for code in re.findall(r'\(([^)]*)\)', path):
            assert code in item.text_content(), (code, item.text_content())
        assert not re.search('[a-z]_[a-z]', item.text_content()), item.text_content()


def check_reports(pages, reports):
    keys = {key: nacl.signing.VerifyKey(bytes.fromhex(public)) for key, public in
            (line.split('|') for line in sql("SELECT key_id, encode(public_key, 'hex') FROM receipt_key").split('\n'))}
    chains = {}
    for path in sorted(reports):
        page, id = pages.page(path), path.rsplit('/', 1)[1]
        unit = page.xpath('//nav[@class="trail"]//a/@href')[1].rsplit('/', 1)[1]
        index, previous, own, digest = receipt_of(page, unit, keys)
        same('digest', digest, sql(f"SELECT encode(sha256(report), 'hex') FROM submission WHERE submission_id = '{id}'"))
        assert page.xpath('//p[@class="proof"]/@data-state') == ['on_time'], path
        check_places(page, id)
        seqs = [int(item.get('data-seq')) for item in page.xpath('//section[@id="feed"]//li')]
        same('feed', seqs, [int(seq) for seq in sql(f"SELECT seq FROM feed_event WHERE submission_id = '{id}' ORDER BY seq").split()])
        chains.setdefault(unit, {})[index] = previous, own
    for unit, chain in chains.items():
        for index, (previous, _) in chain.items():
            same(f'{unit} chain', previous, '0' * 64 if index == 1 else chain[index - 1][1])
    return len(reports)


def figures():
    for language in ('vi', 'en'):
        follower = Follower(language)
        follower.all()
        for unit in sql('SELECT DISTINCT u.code FROM submission JOIN unit u USING (unit_id)').split():
            follower.follow('units', unit)
        count = check_reports(follower, follower.reports)
        same('reports', count, int(sql('SELECT count(*) FROM submission')))
        print(language, len(follower.pages), 'pages,', len(follower.seen), 'figures,', count, 'reports')


# --- Hostile texts ---------------------------------------------------------------------------------------------------------------

def texts(content):
    """Every text of a report file but notes, and codes that the plan has: the pages say what they mean."""
    if isinstance(content, str):
        return [content] if '<' in content or ' ' in content else []
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [text for key, inner in items if key != '_note'
            for text in texts(inner)]


def check_harmless(path, page):
    """Nothing on the page but our own script, and addresses of this server."""
    for element in page.iter():
        if not isinstance(element.tag, str):
            raise AssertionError(f'{path}: {element}')
        assert element.tag not in ('img', 'iframe', 'object', 'style', 'base', 'b0'), f'{path}: <{element.tag}>'
        assert element.tag != 'script' or (element.get('src', '').startswith('/assets/') and not element.text), f'{path}: a script'
        for name, text in element.attrib.items():
            assert not name.startswith('on') and name != 'style', f'{path}: {name}="{text}"'
            assert name not in ('href', 'src', 'action') or text.startswith(('/', '#')), f'{path}: {name}="{text}"'


def hostile(files):
    for language in ('vi', 'en'):
        pages = Pages(language)
        todo, done = [pages.at()], set()
        while todo:
            path = todo.pop()
            if path in done or '/files/' in path:
                continue
            done.add(path)
            page = pages.page(path)
            check_harmless(path, page)
            if '/208-KH-UBND/2025' in path:
                todo.extend(link for link in page.xpath('//main//a/@href') if link.startswith(pages.at()))
        for file in files:
            with open(file) as content:
                report = json.load(content)
            found = [{dd.text_content() for dd in page.iter() if isinstance(dd.tag, str)} for path, page in pages.pages.items()
                     if '/reports/' in path]
            wanted = texts(report)
            most = max(found, key=lambda page: len([text for text in wanted if text in page]))
            lost = [text for text in wanted if text not in most]
            assert not lost, f'{language}: not on the report\'s page: {lost[0][:200]}'
        for text in sys.stdin.read().split('\n') if language == 'vi' else ():
            assert not text or any(text in page.text_content() for page in pages.pages.values()), f'nowhere: {text}'
        print(language, len(done), 'pages')


def missing(paths):
    for path in paths:
        status, text = get(path)
        assert status == 404, (status, path)
        check_harmless(path, html.fromstring(text))


sign_in()
if sys.argv[1] == 'figures':
    figures()
elif sys.argv[1] == 'hostile':
    hostile(sys.argv[2:])
else:
    missing(sys.argv[2:])
