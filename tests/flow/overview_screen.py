"""baocao-admin overview --follow on a terminal of its own: what it writes is played on a small screen, as a terminal would."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[?7l", "\x1b[?7h\x1b[?25h\x1b[?1049l"
PIECES = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|(\r)|(\n)|(.)", re.S)


class Screen:
    """Takes the few sequences that the overview uses; anything else is an error."""

    def __init__(self, rows):
        self.lines, self.row, self.column, self.scrolled = [""] * rows, 0, 0, 0

    def play(self, text):
        for arguments, letter, home, down, char in PIECES.findall(text):
            if letter == "H":
                self.row = self.column = 0
            elif letter == "K":
                self.lines[self.row] = self.lines[self.row][: self.column]
            elif letter == "J":
                self.lines[self.row] = "" if arguments == "2" else self.lines[self.row][: self.column]
                self.lines[self.row + 1 :] = [""] * (len(self.lines) - self.row - 1)
            elif home:
                self.column = 0
            elif down:
                self.row += 1
                if self.row == len(self.lines):
                    self.lines, self.row, self.scrolled = self.lines[1:] + [""], self.row - 1, self.scrolled + 1
            elif char:
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
                self.column += 1
            else:
                assert letter in "hl", (arguments, letter)


class Terminal:
    def __init__(self, rows, columns):
        self.master, slave = pty.openpty()
        self.output = ""
        self.resize(rows, columns)
        self.process = subprocess.Popen(["baocao-admin", "overview", "--follow"], stdin=slave, stdout=slave, stderr=slave,
                                        env={**os.environ, "LANGUAGE": "en"}, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, condition):
        limit = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < limit, self.output
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.output += os.read(self.master, 65536).decode(errors="replace")
                except OSError:  # the other side is closed
                    assert condition(), self.output
                    return

    def drawings(self):
        """Whole ones: each begins at home, and the next has begun."""
        return self.output.split("\x1b[H")[1:-1]

    def shown(self, drawing):
        screen = Screen(self.rows)
        screen.play(drawing)
        assert screen.scrolled == 0, drawing
        return [line[: self.columns] for line in screen.lines if line]


terminal = Terminal(60, 120)
terminal.read_until(lambda: len(terminal.drawings()) >= 2)
assert terminal.output.startswith(ENTER)
first, second = (terminal.shown(drawing) for drawing in terminal.drawings()[:2])
assert first[0] != second[0] and first[1:3] == second[1:3], (first, second)  # the time goes on
assert any(line.startswith("208/KH-UBND 2025") for line in first) and "Not reported" in first, first

# A smaller window is drawn at once, before the next look, and holds no more than fits.
terminal.output = ""
terminal.resize(12, 60)
terminal.read_until(lambda: len(terminal.drawings()) >= 2)
small = terminal.shown(terminal.drawings()[-1])
assert len(terminal.output.split("\x1b[H")) > 2 and re.fullmatch(r"\.\.\. and \d+ more lines", small[-1]), small

os.write(terminal.master, b"\x03")
terminal.read_until(lambda: terminal.output.endswith(LEAVE))
assert terminal.process.wait(20) == 0
