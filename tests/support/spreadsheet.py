"""LibreOffice, at which somebody types: a macro opens the workbook, types into its cells as the keyboard would, and saves it as it was."""
import os
import pathlib
import subprocess

# The lines of `typed` are sheet, cell and text, between tabs. What is typed into a locked cell is lost, as at the keyboard.
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub TypeIn(book As String, typed As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  Dim kind(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  kind(0).Name = "FilterName"
  kind(0).Value = "Calc MS Excel 2007 XML"
  document = StarDesktop.loadComponentFromURL(ConvertToURL(book), "_blank", 0, hidden())
  files = CreateUnoService("com.sun.star.ucb.SimpleFileAccess")
  lines = CreateUnoService("com.sun.star.io.TextInputStream")
  lines.setInputStream(files.openFileRead(ConvertToURL(typed)))
  lines.setEncoding("UTF-8")
  Do While Not lines.isEOF()
    parts = Split(lines.readLine(), Chr(9))
    document.Sheets.getByName(parts(0)).getCellRangeByName(parts(1)).FormulaLocal = parts(2)
  Loop
  lines.closeInput()
  document.storeToURL(ConvertToURL(book), kind())
  document.close(True)
  StarDesktop.terminate()
End Sub
</script:module>
"""
# Numbers and dates are typed as in Vietnam: 1.234.567 and 05/12/2025.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"
 oor:op="fuse"><value>vi-VN</value></prop></item></oor:items>
"""


class Spreadsheet:
    def __init__(self, profile):
        self.profile = pathlib.Path(profile)
        self.profile.joinpath("user").mkdir(parents=True)
        self.profile.joinpath("user/registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        self.run("--terminate_after_init")  # fills the profile, its own empty module included
        self.profile.joinpath("user/basic/Standard/Module1.xba").write_text(MACRO, encoding="utf-8")

    def run(self, *arguments):
        subprocess.run(["soffice", f"-env:UserInstallation={self.profile.resolve().as_uri()}", "--headless", "--norestore", *arguments],
                       check=True, timeout=120, stderr=subprocess.DEVNULL)

    def type_in(self, book, cells):
        """cells: {(sheet, cell): text}; the text "" empties the cell."""
        typed, before = self.profile / "typed", os.stat(book)
        typed.write_text("\n".join("\t".join((*place, text)) for place, text in cells.items()), encoding="utf-8")
        self.run(f'macro:///Standard.Module1.TypeIn("{os.path.abspath(book)}","{typed.resolve()}")')
        assert os.stat(book).st_mtime_ns > before.st_mtime_ns, f"{book} was not saved"
