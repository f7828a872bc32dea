"""accents.py PAGE.svg (by pdftocairo): do the letters of a receipt's first lines have all their parts? What text extraction gives does
not tell: an accent that is left out of the embedded font is missing on paper only."""
import re
import sys

svg = open(sys.argv[1], encoding="utf-8").read()
outlines = dict(re.findall(r'<(?:symbol|g)[^>]* id="(glyph[^"]*)"[^>]*>\s*<path[^>]* d="([^"]*)"', svg))
drawn = [outlines.get(name, "") for name in re.findall(r'<use xlink:href="#(glyph[^"]*)"', svg)]
parts = [max(outline.count("M ") - 1, 0) for outline in drawn]  # cairo ends every path with one more
text = "GIẤY BIÊN NHẬN BÁO CÁO" "Đơn vị" "Sở Y tế" "Kế hoạch" "208/KH-UBND" "Kỳ báo cáo" "2025" "Lần gửi"
if parts[4] != 0:  # blanks are not drawn
    text = text.replace(" ", "")
found = dict(zip(text, parts))
# Closed outlines: the letter's own, and one for each accent.
expected = {"Ấ": 4, "Ậ": 4, "ế": 4, "ị": 3, "ầ": 4, "ạ": 3, "á": 3, "i": 2}
wrong = {letter: (found.get(letter), count) for letter, count in expected.items() if found.get(letter) != count}
assert not wrong and expected.keys() <= found.keys(), (wrong, found)
