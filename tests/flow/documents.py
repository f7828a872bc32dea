"""What the documents say, against the database: documents.py report|notice|unit FILE... (see main). The database is that of the
environment (PG*); what is asked of it is asked otherwise than services/products does."""
import re
import subprocess
import sys
import unicodedata
import zipfile
from xml.etree import ElementTree

import psycopg2

STATUS = ["", "chưa thực hiện", "đang thực hiện", "hoàn thành", "chậm tiến độ", "dừng thực hiện"]
MM = 72 / 25.4


def rows(sql, *arguments):
    connection = psycopg2.connect("")
    cursor = connection.cursor()
    cursor.execute("SET search_path = baocao")
    cursor.execute(sql, arguments)
    return cursor.fetchall()


def flat(text):
    """As it can be compared: breaks of lines and pages are layout, and a hyphen at the end of a line may be that, too."""
    return re.sub(r"\s+", " ", re.sub(r"\s*-\s*", "", unicodedata.normalize("NFC", text))).strip()


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pdf_text(path):
    """The text in the order of the document, without the numbers above the pages."""
    return flat(run("pdftotext", "-raw", "-x", "0", "-y", "56", "-W", "900", "-H", "900", "-nopgbrk", path, "-"))


def odt_text(path):
    """Checks the package (OpenDocument 1.3, part 2) while at it."""
    package = zipfile.ZipFile(path)
    assert package.testzip() is None
    first = package.infolist()[0]
    assert first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED and not first.extra
    assert package.read("mimetype") == b"application/vnd.oasis.opendocument.text"
    listed = {e.get("{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}full-path")
              for e in ElementTree.fromstring(package.read("META-INF/manifest.xml"))}
    for name in package.namelist():
        if name.endswith((".xml", ".rdf")):
            tree = ElementTree.fromstring(package.read(name))
        assert name in listed or name == "mimetype" or name.startswith("META-INF/") or name.endswith("/"), name
        assert not name.startswith(("Basic/", "Scripts/", "Object")), name
        if name == "content.xml":
            content = tree
    words = []

    def walk(element):
        tag = element.tag.split("}")[1]
        assert tag not in ("script", "event-listeners", "plugin", "applet", "object"), tag
        assert "{http://www.w3.org/1999/xlink}href" not in element.attrib, element.attrib
        words.append(" " if tag in ("p", "h", "line-break", "tab", "s") else "")
        words.append(element.text or "")
        for child in element:
            walk(child)
            words.append(child.tail or "")
    walk(content)
    return flat("".join(words))


def docx_text(path):
    import docx
    document = docx.Document(path)
    words = [p.text for p in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            words += [cell.text for cell in row.cells]
    return flat("\n".join(words))


TEXT = {"pdf": pdf_text, "odt": odt_text, "docx": docx_text}


def money(amount):
    return f"{amount:,}".replace(",", ".")


def want(text, expected):
    expected = flat(expected)
    if expected not in text:
        words = expected.split(" ")
        n = next(n for n in range(len(words), -1, -1) if " ".join(words[:n]) in text)
        sys.exit(f"not there: {expected!r}\nit begins to differ after: {' '.join(words[:n])!r}")


ENTRIES = """SELECT t.code, t.title_vi, u.name_vi, e.status, e.progress_percent, e.result, e.next_steps, e.obstacles, e.proposals, e.reason,
    (SELECT sum(allocated) FROM report_budget b WHERE (b.submission_id, b.task_id) = (e.submission_id, e.task_id)),
    (SELECT sum(disbursed) FROM report_budget b WHERE (b.submission_id, b.task_id) = (e.submission_id, e.task_id)),
    EXISTS (SELECT FROM task_unit x WHERE x.task_id = t.task_id AND x.unit_id = u.unit_id AND x.role = 'lead')
  FROM unit_standing s JOIN report_entry e USING (submission_id) JOIN task t USING (task_id) JOIN unit u USING (unit_id)
  JOIN period p USING (period_id) JOIN plan l ON l.plan_id = p.plan_id
  WHERE l.code = %s AND p.code = %s AND (%s = '' OR u.code = %s) ORDER BY t.position"""


def figures(allocated, disbursed):
    if allocated is not None and disbursed is not None:
        return f"; kinh phí được giao {money(allocated)} đồng, đã giải ngân {money(disbursed)} đồng."
    return "."


def lines(text):
    return [line for line in text.split("\n") if line.strip()]


def check_entries(text, plan, period, unit=""):
    found = rows(ENTRIES, plan, period, unit, unit)
    assert found
    for (task, title, name, status, progress, result, steps, obstacles, proposals, reason, allocated, disbursed, leads) in found:
        role = "chủ trì" if leads else "phối hợp"
        standing = f"{STATUS[status]}, tiến độ {progress}%{figures(allocated, disbursed)}"
        want(text, f"Nhiệm vụ {task}. {title}")
        want(text, f"Tình trạng ({role}): {standing}" if unit else f"- {name} ({role}): {standing}")
        where = f"- Nhiệm vụ {task}: " if unit else f"- {name} (nhiệm vụ {task}): "
        for before, said in (("Kết quả: ", result), ("Nhiệm vụ tiếp theo: ", steps), ("Lý do: ", reason), (where, obstacles),
                             (where, proposals)):
            if said:
                want(text, " ".join([before] + lines(said)))
    return found


def check_report(path, plan, period):
    """The consolidated report: every task, entry, figure and unit."""
    kind = path.rsplit(".", 1)[1]
    text = TEXT[kind](path)
    check_entries(text, plan, period)
    for code, title in rows("SELECT t.code, t.title_vi FROM task t JOIN plan p USING (plan_id) WHERE p.code = %s", plan):
        want(text, f"Nhiệm vụ {code}. {title}")
    where = "JOIN period p USING (period_id) JOIN plan l ON l.plan_id = p.plan_id WHERE l.code = %s AND p.code = %s"
    (on_time, late), = rows(f"SELECT x.on_time, x.late FROM period_total x {where}", plan, period)
    (expected,), = rows(f"SELECT count(*) FROM period_reporter x {where} AND obligation = 'must'", plan, period)
    names = [n for n, in rows(f"SELECT u.name_vi FROM unit_standing x JOIN unit u USING (unit_id) {where} AND x.late"
                              " ORDER BY u.name_vi", plan, period)]
    want(text, f"Số đơn vị phải báo cáo: {expected}; số đơn vị đã báo cáo: {on_time + late}, trong đó đúng hạn: {on_time}, "
         f"quá hạn: {late}{' (' + '; '.join(names) + ')' if names else ''}; số đơn vị chưa báo cáo: {expected - on_time - late}.")
    missing = rows(f"SELECT u.name_vi, s.judged_revision > s.returned_revision FROM period_reporter x JOIN unit u USING (unit_id)"
                   f" LEFT JOIN unit_standing s USING (period_id, unit_id) {where} AND obligation = 'must'"
                   " AND s.submission_id IS NULL", plan, period)
    assert len(missing) == expected - on_time - late
    unreported = text[text.index("VI. ĐƠN VỊ CHƯA BÁO CÁO"):text.index("Trên đây là báo cáo")] if kind != "docx" else text
    for name, refused in missing:
        want(unreported, {None: f"- {name}.", True: f"- {name} (báo cáo đã gửi còn lỗi, chưa được chấp nhận).",
                          False: f"- {name} (báo cáo đã gửi bị trả lại để bổ sung)."}[refused])
    assert kind == "docx" or unreported.count(".") == 1 + len(missing), unreported
    total = rows(f"SELECT sum(x.allocated), sum(x.disbursed) FROM budget_total x {where}", plan, period)[0]
    want(text, "Tổng số " + " ".join(money(amount) for amount in total))
    for source in rows(f"SELECT sum(x.allocated), sum(x.disbursed) FROM budget_total x {where} GROUP BY x.source", plan, period):
        want(text, " ".join(money(amount) for amount in source))
    (seq,), = rows("SELECT seq FROM feed_head")
    want(text, f"(bản tin số liệu số {seq}).")
    if kind == "pdf":
        check_tables(path, plan, period)


def check_tables(path, plan, period):
    """The tables by their lines, as they lie on the page."""
    layout = unicodedata.normalize("NFC", run("pdftotext", "-layout", path, "-"))
    for group in rows("""SELECT g.code, count(DISTINCT t.task_id) FILTER (WHERE x.task_id IS NOT NULL), count(DISTINCT t.task_id),
            coalesce(sum(not_started + in_progress + completed + delayed + stopped), 0), coalesce(sum(completed), 0),
            coalesce(sum(in_progress), 0), coalesce(sum(delayed), 0), coalesce(sum(stopped), 0), coalesce(sum(not_started), 0)
            FROM plan l JOIN period p USING (plan_id) JOIN task t USING (plan_id) JOIN task_group g USING (group_id)
            LEFT JOIN task_total x ON x.task_id = t.task_id AND x.period_id = p.period_id
             AND not_started + in_progress + completed + delayed + stopped > 0
            WHERE l.code = %s AND p.code = %s GROUP BY g.group_id, g.code""", plan, period):
        line = r"Nhóm +{}\s+{}/{}\s+".format(*group[:3]) + r"\s+".join(str(n) for n in group[3:])
        assert re.search(line, layout), line
    for (task, _, _, status, progress, *_, allocated, disbursed, _) in rows(ENTRIES, plan, period, "", ""):
        cells = [f"{progress}%"] + [money(amount) for amount in (allocated, disbursed) if amount is not None]
        assert re.search(r"\s+".join(re.escape(cell) for cell in cells), layout), (task, cells)


def check_notice(path, *names):
    """The letter: to these units, and to no other."""
    text = TEXT[path.rsplit(".", 1)[1]](path)
    head = text[text.index("Kính gửi:"):text.index("Theo Kế hoạch")]
    listed = [f" - {name}{'.' if name == names[-1] else ';'}" for name in names]
    assert head.strip() == flat("Kính gửi: " + (names[0] if len(names) == 1 else "".join(listed))), head


def check_unit(path, plan, period, unit):
    text = TEXT[path.rsplit(".", 1)[1]](path)
    check_entries(text, plan, period, unit)
    others = rows("SELECT e.result FROM unit_standing s JOIN report_entry e USING (submission_id) JOIN unit u USING (unit_id)"
                  " WHERE u.code <> %s AND e.result <> ''", unit)
    assert others and not any(flat(result) in text for result, in others)
    (digest, revision, index), = rows("SELECT encode(m.report_digest, 'hex'), m.revision, m.chain_index FROM unit_standing s"
                                      " JOIN submission m USING (submission_id) JOIN unit u ON u.unit_id = s.unit_id"
                                      " JOIN period p ON p.period_id = s.period_id JOIN plan l USING (plan_id)"
                                      " WHERE l.code = %s AND p.code = %s AND u.code = %s", plan, period, unit)
    want(text, f"(lần gửi {revision})")
    want(text, f"biên nhận số {index}, mã SHA-256 của báo cáo:")
    assert digest in text.replace(" ", ""), digest


def words_of(path):
    """Every word's page, and where it lies in millimetres: (page, width, height, left, top, right, bottom, word)."""
    page = 0
    size = (0, 0)
    for line in run("pdftotext", "-bbox", path, "-").splitlines():
        box = [float(n) / MM for n in re.findall(r'(?:width|height|xMin|yMin|xMax|yMax)="([\d.]+)"', line)]
        if "<page" in line:
            page, size = page + 1, box
        elif "<word" in line:
            yield (page, *size, *box, re.search(r">(.*)</word>", line)[1])


def check_layout(path, appendix):
    """Paper, margins and page numbers as in Decree 30/2020/ND-CP, Appendix I, part I; appendix: how its pages lie, or none."""
    words = list(words_of(path))
    pages = max(word[0] for word in words)
    turned = {page for page, width, height, *_ in words if width > height}
    assert bool(turned) == (appendix == "landscape"), turned
    first_turned = min(turned, default=pages + 1)
    assert turned == set(range(first_turned, pages + 1))
    body_tops, lefts, rights = [], [], []
    for page in range(1, pages + 1):
        on_page = [word for word in words if word[0] == page]
        width, height = on_page[0][1:3]
        assert abs(min(width, height) - 210) < 0.5 and abs(max(width, height) - 297) < 0.5, (width, height)
        number = page if page < first_turned else page - first_turned + 1
        above = [word for word in on_page if word[6] < 20]
        assert [word[7] for word in above] == ([] if number == 1 else [str(number)]), (page, above)
        if above:  # in the middle between the margins
            assert abs((above[0][3] + above[0][5]) / 2 - (30 + width - 20) / 2) < 1, above
        body = [word for word in on_page if word[6] >= 20]
        body_tops.append(min(word[4] for word in body))
        lefts.append(min(word[3] for word in body))
        rights.append(width - max(word[5] for word in body))
        assert height - max(word[6] for word in body) >= 19.9, page
    assert 20 <= min(body_tops) and max(body_tops) <= 25, body_tops
    assert 29.5 <= min(lefts) and max(lefts) <= 35, lefts
    assert 15 <= min(rights) and min(rights) <= 20.5, rights


def check_fonts(path):
    """All embedded, with a mapping to Unicode, and of one family that has every Vietnamese letter."""
    listed = run("pdffonts", path).splitlines()[2:]
    assert listed
    for line in listed:
        name, embedded, unicode = line[:36].strip(), line[72:75].strip(), line[80:83].strip()
        assert re.fullmatch(r"[A-Z]{6}\+(LiberationSerif|TimesNewRoman|Tinos)[A-Za-z-]*", name), line
        assert embedded == "yes" and unicode == "yes", line


def check_docx(path):
    """The page and the styles that an office goes on writing with."""
    import docx
    document = docx.Document(path)
    section = document.sections[0]
    assert abs(section.page_width.mm - 210) < 0.5 and abs(section.page_height.mm - 297) < 0.5
    assert abs(section.left_margin.mm - 30) < 0.5 and abs(section.right_margin.mm - 20) < 0.5
    assert section.different_first_page_header_footer
    body = document.styles["Body"]
    assert body.paragraph_format.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.JUSTIFY
    assert abs(body.paragraph_format.first_line_indent.cm - 1.27) < 0.02 and body.paragraph_format.space_before.pt >= 6
    style = body
    while style.font.size is None:
        style = style.base_style
    assert style.font.size.pt == 14, style.font.size
    assert {p.style.name for p in document.paragraphs if p.style} >= {"Heading 1", "Heading 2", "Heading 3", "Title"}


def main(check, *arguments):
    {"report": check_report, "notice": check_notice, "unit": check_unit, "layout": check_layout, "fonts": check_fonts,
     "docx": check_docx, "text": lambda path: print(TEXT[path.rsplit(".", 1)[1]](path))}[check](*arguments)


main(*sys.argv[1:])
