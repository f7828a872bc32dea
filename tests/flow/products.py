"""What baocao-produce makes, read by programs that are not ours and compared with SQL that is not its. products.py CHECK"""
import csv
import datetime
import io
import json
import os
import subprocess
import sys
import zoneinfo

import psycopg2

PLAN, PERIOD = "9/KH-CT", "2025"
HANOI = zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
STATUS = ["", "not_started", "in_progress", "completed", "delayed", "stopped"]
SOURCE = ["", "central", "provincial", "local", "programme", "oda", "domestic", "foreign", "other"]
# The reports that count, from what was judged and returned and not from what aggregation made of it.
COUNTED = """WITH counted AS (
    SELECT DISTINCT ON (v.unit_id) v.unit_id, v.submission_id, v.revision FROM verdict v JOIN period p USING (period_id)
    WHERE p.code = '%s' AND v.accepted AND v.revision > coalesce((SELECT max(s.revision) FROM review r JOIN submission s USING (submission_id)
        WHERE r.action = 'return' AND s.unit_id = v.unit_id AND s.period_id = v.period_id), 0)
    ORDER BY v.unit_id, v.revision DESC) """ % PERIOD
ENTRIES = COUNTED + """SELECT t.code, u.code, u.name_vi, u.name_en, r.role, e.status, e.progress_percent, e.result, e.next_steps, e.obstacles,
    e.proposals, e.reason, e.submission_id::text, g.code
    FROM counted c JOIN report_entry e USING (submission_id) JOIN task t USING (task_id) JOIN task_group g USING (group_id)
    JOIN unit u USING (unit_id) LEFT JOIN task_unit r ON r.task_id = t.task_id AND r.unit_id = u.unit_id
    ORDER BY t.code COLLATE "C", array_position(ARRAY['bao-thanhhoa', 'dai-ptth', 'so-yte'], u.code::text)"""
BUDGET = COUNTED + """SELECT t.code, u.code, b.source, b.allocated, b.disbursed, b.submission_id::text
    FROM counted c JOIN report_budget b USING (submission_id) JOIN task t USING (task_id) JOIN unit u USING (unit_id)
    ORDER BY t.code COLLATE "C", array_position(ARRAY['bao-thanhhoa', 'dai-ptth', 'so-yte'], u.code::text), b.source"""
INDICATORS = COUNTED + """SELECT t.code, i.code, u.code, v.number::float, v.text, i.unit_of_measure, trim_scale(v.number)::text
    FROM counted c JOIN report_indicator v USING (submission_id) JOIN indicator i USING (indicator_id) JOIN task t USING (task_id)
    JOIN unit u USING (unit_id)
    ORDER BY t.code COLLATE "C", i.indicator_id, array_position(ARRAY['bao-thanhhoa', 'dai-ptth', 'so-yte'], u.code::text)"""
CHAIN = """SELECT DISTINCT ON (u.code) u.code, s.chain_index, encode(x.receipt_hash, 'hex') FROM submission s JOIN unit u USING (unit_id)
    JOIN period p USING (period_id) JOIN unit_standing x ON x.unit_id = u.unit_id AND x.period_id = p.period_id
    WHERE p.code = '%s' ORDER BY u.code, s.chain_index DESC""" % PERIOD

database = psycopg2.connect("dbname=baocao options='-c search_path=baocao'")
database.autocommit = True


def sql(statement):
    with database.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def produce(product, *options, period=PERIOD):
    arguments = ["baocao-produce", product, PLAN] + ([period] if period else []) + list(options)
    return subprocess.run(arguments, check=True, capture_output=True).stdout


def read_csv(product):
    rows = list(csv.reader(io.StringIO(produce(product).decode("utf-8"), newline="")))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def same(found, expected):
    found, expected = list(found), list(expected)
    for a, b in zip(found, expected):
        assert a == b, f"found {a!r}\nexpected {b!r}"
    assert len(found) == len(expected), f"{len(found)} rows, expected {len(expected)}"
    assert expected


def exact(number):
    """Past 15 digits not every reader has it exactly, so it is a text."""
    return str(number) if number is not None and len(str(number)) > 15 else number


def written(value):
    return "" if value is None else str(value)


# --- CSV ---------------------------------------------------------------------------------------------------------------------------


def check_csv():
    same(([r["task"], r["unit"], r["name_vi"], r["name_en"], r["role"], r["status"], r["progress_percent"], r["result"], r["next_steps"],
           r["obstacles"], r["proposals"], r["reason"], r["submission"], r["group"]] for r in read_csv("entries.csv")),
         ([*row[:4], row[4] or "none", STATUS[row[5]], *map(written, row[6:])] for row in sql(ENTRIES)))
    same(([r["task"], r["unit"], r["source"], r["allocated"], r["disbursed"], r["submission"]] for r in read_csv("budget.csv")),
         ([row[0], row[1], SOURCE[row[2]], *map(written, row[3:])] for row in sql(BUDGET)))
    same(([r["task"], r["indicator"], r["unit"], r["value"], r["text"], r["unit_of_measure"]] for r in read_csv("indicators.csv")),
         ([*row[:3], written(row[6]), written(row[4]), row[5]] for row in sql(INDICATORS)))
    same(([r["task"], r["unit"], r["obstacles"], r["proposals"]] for r in read_csv("obstacles.csv")),
         ([row[0], row[1], row[9], row[10]] for row in sql(ENTRIES) if row[9] or row[10]))
    same([sql(ENTRIES)[0][9]], [os.environ["HOSTILE"]])  # the rest compares with what is in the database
    raw = produce("entries.csv")
    assert raw.startswith(b"group,task,") and raw.endswith(b"\r\n")
    assert produce("entries.csv", "--bom") == b"\xef\xbb\xbf" + raw


# --- JSON --------------------------------------------------------------------------------------------------------------------------


def task_rows():
    """What overview.json must say of the tasks, by arithmetic of our own."""
    entries, money = sql(ENTRIES), sql(BUDGET)
    roles = sql("SELECT t.code, u.code FROM task_unit r JOIN task t USING (task_id) JOIN unit u USING (unit_id) WHERE role = 'lead'")
    for (code,) in sql('SELECT code FROM task ORDER BY code COLLATE "C"'):
        of_task = [row for row in entries if row[0] == code]
        leads = [row for row in of_task if (code, row[1]) in roles]
        gravest = max((row[5] for row in leads), key=[0, 3, 2, 1, 4, 5].index, default=None)
        amounts = [[row[i] for row in money if row[0] == code and row[i] is not None] for i in (3, 4)]
        yield [code, gravest and STATUS[gravest], sum(r[6] for r in leads) // len(leads) if leads else None, len(of_task),
               sum(r[6] for r in of_task) // len(of_task) if of_task else None, [sum(r[5] == s for r in of_task) for s in range(1, 6)],
               *[exact(sum(a)) if a else None for a in amounts]]


def check_overview():
    overview = json.loads(produce("overview.json"))
    same(([t["task"], t["status"], t["progress_percent"], t["entries"], t["mean_progress_percent"], [t[s] for s in STATUS[1:]], t["allocated"],
           t["disbursed"]] for t in overview["tasks"]), task_rows())
    assert overview["tasks"][0]["leads"] == "bao-thanhhoa dai-ptth", overview["tasks"][0]
    assert overview["feed_number"] == sql("SELECT count(*) FROM feed_event")[0][0]
    assert overview["figures"] == {"expected": 3, "received": 2, "on_time": 1, "late": 1, "missing": 1, "rejected": 0, "returned": 1,
                                   "voluntary": 0}, overview["figures"]
    due = "2025-12-09T17:00:00.000Z"
    same(([u["unit"], u["obligation"], u["standing"], u["due_before"], u["days_late"], u["revision"], u["entries"]] for u in overview["units"]),
         [["bao-thanhhoa", "must", "on_time", due, None, 2, 1], ["dai-ptth", "must", "late", "2025-12-14T17:00:00.000Z", 2, 1, 2],
          ["so-yte", "must", "returned", due, None, None, 0]])
    for source in overview["sources"]:
        lines = [row for row in sql(BUDGET) if SOURCE[row[2]] == source["source"]]
        for i, key in ((3, "allocated"), (4, "disbursed")):
            amounts = [row[i] for row in lines if row[i] is not None]
            assert source[key] == (exact(sum(amounts)) if amounts else None), source
        assert source["reports"] == len({row[5] for row in lines})
    same(([i["indicator"], i["values"], i["value"]] for i in overview["indicator_totals"]),
         [["articles", 2, "22"], ["reach", 2, "50.25"], ["followers", 1, "9007199254740992"], ["live", 0, None], ["slogan", 0, None],
          ["visits", 0, None]])
    same(([c["unit"], c["chain_index"], c["receipt_hash"]] for c in overview["chain"]), map(list, sql(CHAIN)))
    assert len(overview["chain"]) == 3
    entries = json.loads(produce("entries.json"))
    same(([e["task"], e["unit"], e["result"], e["obstacles"], e["proposals"]] for e in entries["entries"]),
         ([row[0], row[1], row[7], row[9], row[10]] for row in sql(ENTRIES)))


def converted(row, schema):
    """A line of CSV as the object that openapi.json says it is."""
    def value(text, kind):
        types = kind.get("type", ["string"])
        if text == "" and ("null" in types or None in kind.get("enum", [])):
            return None
        return int(text) if "integer" in types else text
    assert list(row) == schema["required"], row
    return {key: value(text, schema["properties"][key]) for key, text in row.items()}


def check_openapi():
    import jsonschema
    document = json.loads(produce("openapi.json"))
    assert document["openapi"] == "3.1.0" and document["info"]["title"] and document["info"]["version"]
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}
    jsonschema.Draft202012Validator.check_schema({"$defs": document["components"]["schemas"]})

    formats = jsonschema.FormatChecker([])
    formats.checks("date-time", ValueError)(lambda text: not isinstance(text, str) or datetime.datetime.fromisoformat(text).tzinfo)

    def validate(value, schema):
        validator = jsonschema.Draft202012Validator({**whole, **schema}, format_checker=formats)
        for error in validator.iter_errors(value):
            raise AssertionError(f"{list(error.absolute_path)}: {error.message}")

    answers = 0
    for path, item in document["paths"].items():
        product = path.removeprefix("/data/{plan}/{period}/")
        names = {document["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]]["name"] for p in item["get"]["parameters"]}
        assert names == {"plan", "period"} and product != path
        for media, content in item["get"]["responses"]["200"]["content"].items():
            schema = content["schema"]
            if media == "application/json":
                validate(json.loads(produce(product)), schema)
            else:
                row = document["components"]["schemas"][schema["items"]["$ref"].rsplit("/", 1)[1]]
                validate([converted(line, row) for line in read_csv(product)], schema)
            answers += 1
    assert answers == 8, answers
    overview = json.loads(produce("overview.json"))
    for change in ({"as_of": 1}, {"as_of": "today"}, {"more": 1}, {"tasks": [{}]}, {"figures": {**overview["figures"], "late": -1}}):
        try:
            validate({**overview, **change}, {"$ref": "#/components/schemas/Overview"})
        except AssertionError:
            continue
        raise SystemExit(f"the document allows {change}")


# --- Workbook ----------------------------------------------------------------------------------------------------------------------


SHEETS = {"vi": ["Nhiệm vụ", "Đơn vị", "Kinh phí theo nguồn", "Kinh phí", "Chỉ tiêu", "Chỉ tiêu theo đơn vị", "Khó khăn và đề xuất",
                 "Nội dung báo cáo", "Nguồn gốc"],
          "en": ["Tasks", "Units", "Budget by source", "Budget", "Indicators", "Indicators by unit", "Obstacles and proposals", "Entries",
                 "Provenance"]}
STATUS_WORDS = {"vi": ["", "chưa thực hiện", "đang thực hiện", "hoàn thành", "chậm tiến độ", "dừng thực hiện"],
                "en": ["", "not started", "in progress", "completed", "delayed", "stopped"]}
ROLES = {"vi": {"lead": "chủ trì", "coordinating": "phối hợp"}, "en": {"lead": "lead", "coordinating": "coordinating"}}


def check_workbook(language):
    import openpyxl
    from openpyxl.utils.escape import unescape  # it, xlsx2csv and gnumeric leave that to their users
    path = f"{os.environ['BATS_TEST_TMPDIR']}/{language}.xlsx"
    assert produce("report.xlsx", "--language", language, "-o", path) == b""
    assert not os.path.exists(path + ".part")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == SHEETS[language], book.sheetnames
    tasks, units, sources, budget, totals, indicators, obstacles, entries, provenance = book.worksheets
    none = lambda text: text or None
    for sheet in book.worksheets[:-1]:
        assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == sheet.dimensions, sheet.title
        for column in range(1, sheet.max_column + 1):  # neighbours of one width are one element in the file
            assert any(d.min <= column <= d.max and d.width > 5 for d in sheet.column_dimensions.values()), (sheet.title, column)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None, (sheet.title, cell.coordinate)
                if isinstance(cell.value, str):
                    cell.value = unescape(cell.value)
    name = 2 if language == "vi" else 3
    rows = lambda sheet: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    same((row[:5] + row[5:12] for row in rows(entries)),
         ([row[13], row[0], row[1], row[name], ROLES[language][row[4]], STATUS_WORDS[language][row[5]], row[6], *map(none, row[7:12])]
          for row in sql(ENTRIES)))
    same(([r[0], r[1], r[4], r[5]] for r in rows(budget)), ([r[0], r[1], exact(r[3]), exact(r[4])] for r in sql(BUDGET)))
    words = dict(zip(STATUS, STATUS_WORDS[language]))
    same(([r[2], *r[6:10], r[10:15], *r[15:]] for r in rows(tasks)),
         ([r[0], words.get(r[1]), *r[2:]] for r in task_rows()))
    same(([r[0], r[1], r[4], r[6], r[7]] for r in rows(indicators)),
         ([r[0], r[1], r[2], r[6] if len(r[6] or "") > 15 else r[3], none(r[4])] for r in sql(INDICATORS)))
    same(([r[0], r[1], r[3], r[4]] for r in rows(obstacles)),
         ([r[0], r[1], none(r[9]), none(r[10])] for r in sql(ENTRIES) if r[9] or r[10]))
    assert rows(units)[0][4] == datetime.datetime(2025, 12, 10), rows(units)[0]
    received = sql("SELECT first_received_at FROM unit_standing JOIN unit USING (unit_id) JOIN period USING (period_id)"
                   f" WHERE unit.code = 'dai-ptth' AND period.code = '{PERIOD}'")[0][0].astimezone(HANOI).replace(tzinfo=None)
    assert abs(rows(units)[1][5] - received) < datetime.timedelta(milliseconds=2), rows(units)[1]
    facts = {row[0]: row[1] for row in provenance.iter_rows(max_row=16, max_col=2, values_only=True)}
    words = {"vi": ("Số thứ tự dòng tin", "Muộn"), "en": ("Feed number", "Late")}[language]
    assert facts[words[0]] == sql("SELECT seq FROM feed_head")[0][0] and facts[words[1]] == 1, facts
    same(([r[0], r[2], r[3]] for r in provenance.iter_rows(min_row=19, values_only=True)), map(list, sql(CHAIN)))
    return path, book


def check_readers():
    """Three more programs read the same cells."""
    from openpyxl.utils.escape import unescape
    path, book = check_workbook("en")
    for number, sheet in enumerate(book.worksheets[:-1], start=1):
        expected = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
        text = subprocess.run(["xlsx2csv", "-s", str(number), path], check=True, capture_output=True).stdout.decode()
        found = list(csv.reader(io.StringIO(text, newline="")))
        same(map(len, found), map(len, expected))
        for a, b in zip(found, expected):
            for x, y in zip(a, b):
                assert unescape(x) == y or isinstance(y, (int, float, datetime.datetime)), (sheet.title, x, y)
                assert not isinstance(y, (int, float)) or float(x) == y, (sheet.title, x, y)
    target = path.replace(".xlsx", ".txt")
    subprocess.run(["ssconvert", "-O", "sheet=Entries separator=, format=raw", "--export-type=Gnumeric_stf:stf_assistant", path, target],
                   check=True, capture_output=True)
    with open(target, newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    same(([row[1], row[2], *map(unescape, row[7:12])] for row in found[1:]), ([row[0], row[1], *row[7:12]] for row in sql(ENTRIES)))
    directory = os.environ["BATS_TEST_TMPDIR"]
    number = book.sheetnames.index("Entries") + 1
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{directory}/soffice", "--convert-to",
                    f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{number}", "--outdir", directory, path],
                   check=True, capture_output=True, timeout=120)
    with open(path.replace(".xlsx", "-Entries.csv"), newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    same(([row[1], row[2], *row[7:12]] for row in found[1:]), ([row[0], row[1], *row[7:12]] for row in sql(ENTRIES)))


# --- Feeds -------------------------------------------------------------------------------------------------------------------------


def check_atom():
    import feedparser
    feeds = {language: feedparser.parse(produce("feed.atom", "--language", language, period=None)) for language in ("vi", "en")}
    for language, feed in feeds.items():
        assert not feed.bozo and feed.version == "atom10" and feed.feed.language == language, feed.get("bozo_exception")
        assert feed.feed.id == "tag:localhost,2023-12-01:9-KH-CT" and feed.feed.updated == feed.entries[0].updated
        ids = [entry.id for entry in feed.entries]
        assert len(set(ids)) == len(ids) and all(entry.link.startswith("http://127.0.0.1:") for entry in feed.entries)
        assert [entry.updated for entry in feed.entries] == sorted((entry.updated for entry in feed.entries), reverse=True)
    assert [entry.id for entry in feeds["vi"].entries] == [entry.id for entry in feeds["en"].entries]
    return {entry.id.removeprefix("tag:localhost,2023-12-01:9-KH-CT/"): (entry.title, entry.updated, entry.summary) for entry in feeds["en"].entries}


def check_news():
    news = check_atom()
    late = sql("SELECT to_char(first_received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM unit_standing WHERE late")[0][0]
    expected = {f"2024/late/{unit}": (f"{name} has not reported for 2024", "2024-12-09T17:00:00.000Z", "The last good day was 2024-12-09.")
                for unit, name in sql("SELECT code, name_en FROM unit WHERE code IN ('bao-thanhhoa', 'dai-ptth', 'so-yte')")}
    returned = sql("SELECT to_char(max(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM review")[0][0]
    expected |= {
        "2024": ("Period 2024 is open", "2024-09-30T17:00:00.000Z", "The last good day for reports is 2024-12-09."),
        "2025": ("Period 2025 is open", "2025-09-30T17:00:00.000Z", "The last good day for reports is 2025-12-09."),
        "2025/late/dai-ptth": ("Provincial Radio and Television reported late for 2025", late,
                               "The last good day was 2025-12-14; the report came 2 days after it."),
        "2025/late/so-yte": ("Department of Health has not reported for 2025", max(returned, "2025-12-09T17:00:00.000Z"),
                             "The last good day was 2025-12-09."),
    }
    assert news == expected, (news, expected)


def check_closed():
    news = check_atom()
    at = sql("SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM period_decision")[0][0]
    assert news["2025"] == ("Period 2025 is closed", at, "The last good day was 2025-12-09."), news["2025"]


def check_calendar():
    import icalendar
    for language, words in (("vi", "Hạn cuối gửi báo cáo kỳ 2025, Kế hoạch 9/KH-CT"), ("en", "Last day for the report for 2025, plan 9/KH-CT")):
        raw = produce("deadlines.ics", "--language", language)
        assert all(len(line) <= 75 and line.isascii() or line.decode() for line in raw.split(b"\r\n")) and raw.endswith(b"\r\n")
        events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
        name = {"vi": "Đài Phát thanh và Truyền hình tỉnh", "en": "Provincial Radio and Television"}[language]
        assert [[str(e["uid"]), str(e["summary"]), e["dtstart"].dt, e["dtend"].dt, e["sequence"]] for e in events] == [
            ["9-KH-CT.2025@localhost", words, datetime.date(2025, 12, 9), datetime.date(2025, 12, 10), 0],
            ["9-KH-CT.2025.dai-ptth@localhost", f"{words}: {name}", datetime.date(2025, 12, 14), datetime.date(2025, 12, 15), 1]], raw.decode()
        granted = sql("SELECT max(at) FROM extension")[0][0].replace(microsecond=0)
        assert events[1]["dtstamp"].dt == granted and produce("deadlines.ics", "--language", language) == raw


def check_sdmx():
    rows = list(csv.DictReader(io.StringIO(produce("indicators.sdmx.csv").decode(), newline="")))
    key = lambda row: (row["FREQ"], row["REPORTER"], row["TASK"], row["INDICATOR"], row["TIME_PERIOD"])
    assert list(rows[0])[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"] and len({key(row) for row in rows}) == len(rows)
    assert {(r["STRUCTURE"], r["STRUCTURE_ID"], r["ACTION"], r["FREQ"], r["TIME_PERIOD"], r["OBS_STATUS"]) for r in rows} == {
        ("dataflow", "BAOCAO:9-KH-CT(1.0.0)", "I", "A", "2025", "A")}
    same(([r["TASK"], r["INDICATOR"], r["REPORTER"], r["OBS_VALUE"], r["UNIT_MEASURE"]] for r in rows),
         [[r[0].replace(".", "@"), r[1], r[2], r[6], r[5]] for r in sql(INDICATORS) if r[3] is not None]
         + [["P@1", "articles", "_T", "22", "tin bài"], ["P@1", "reach", "_T", "50.25", "%"],
            ["P@1", "followers", "_T", "9007199254740992", "người"]])


# --- Memory ------------------------------------------------------------------------------------------------------------------------


def peak(product):
    """The program's largest resident size in MiB."""
    with subprocess.Popen(["baocao-produce", product, PLAN, PERIOD], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss / 1024


def check_memory():
    products = ["entries.csv", "entries.json", "report.xlsx"]
    before = [peak(product) for product in products]
    count = 20000
    sql(f"""WITH u AS (INSERT INTO unit (code, kind, name_vi, name_en)
              SELECT 'm-' || n, 'commune', 'Xã ' || n, 'Commune ' || n FROM generate_series(1, {count}) n RETURNING unit_id),
            s AS (INSERT INTO unit_standing SELECT period_id, unit_id, gen_random_uuid(), 1, now(), now(), false, 1, false, 1, '\\x00', 0
              FROM u, period WHERE code = '{PERIOD}' RETURNING submission_id),
            e AS (INSERT INTO report_entry SELECT submission_id, task_id, 2, 50, repeat('kết quả ', 20), '', '', '', ''
              FROM s, task WHERE code IN ('P.1', 'P.2', 'Q.1') RETURNING 1) SELECT count(*) FROM e""")
    for product, less in zip(products, before):
        more = peak(product)
        assert more < less + 4, f"{product}: {less:.0f} MiB, with {3 * count} entries more {more:.0f} MiB"


{"csv": check_csv, "overview": check_overview, "openapi": check_openapi, "vi": lambda: check_workbook("vi"), "en": lambda: check_workbook("en"),
 "readers": check_readers, "news": check_news, "closed": check_closed, "calendar": check_calendar, "sdmx": check_sdmx,
 "memory": check_memory}[sys.argv[1]]()
