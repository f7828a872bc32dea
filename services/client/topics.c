// What baocao is about, a topic at a time, as an officer would ask. Lines that begin with two blanks are typed as they stand.
#include "help.h"

// clang-format off
const topic_t client_topics[] = {
    {
        .name = "join",
        .title = N_ ("From the invite to the first command"),
        .text = N_ ("The standing agency sends your department an invite, a small file such as so-yte.baocao.\n"
                    "Put it on this computer and type:\n"
                    "\n"
                    "  baocao join so-yte.baocao\n"
                    "  baocao duties\n"
                    "\n"
                    "A key is made here. It never leaves this computer, and the server knows you by it alone:\n"
                    "there is no password. A second computer, or a colleague, needs an invite of its own.\n"
                    "If a computer is lost, tell the standing agency at once: it revokes the key."),
    },
    {
        .name = "excel",
        .title = N_ ("Filling in the report with Excel or LibreOffice"),
        .text = N_ ("  baocao template 2025 -o report.xlsx\n"
                    "\n"
                    "writes a workbook for exactly your department's duties, a row for each task. Open it with Excel or\n"
                    "LibreOffice, fill in the yellow cells and save it. What was accepted last stands beside, to compare.\n"
                    "Money is in whole dong; 1.234.567 and 1234567 are the same. Then:\n"
                    "\n"
                    "  baocao check report.xlsx\n"
                    "\n"
                    "names for each mistake the sheet, the cell and what to write there. Nothing is sent."),
    },
    {
        .name = "deadline",
        .title = N_ ("Deadlines: what is on time, what is late"),
        .text = N_ ("What counts is when the server received the report, by its own clock; the receipt names the\n"
                    "moment. 'Before 10 December' means until the end of 9 December, Viet Nam time.\n"
                    "\n"
                    "  baocao status\n"
                    "\n"
                    "shows how many days are left. A report that comes later is taken all the same and marked late.\n"
                    "60 days after its deadline a period lapses: nobody is reminded any more, and nothing is owed for it.\n"
                    "After the period is closed it is kept in quarantine until the standing agency admits it. More time\n"
                    "is asked for, and why, with:\n"
                    "\n"
                    "  baocao extend 2025 --until 20/12/2025 --reason 'Chờ số liệu quyết toán'\n"
                    "\n"
                    "If the line is down on the last evening: push all the same, then see 'baocao help offline'."),
    },
    {
        .name = "offline",
        .title = N_ ("When the line is down"),
        .text = N_ ("'baocao check --offline' needs no network. 'baocao push' writes the report to this computer's disk\n"
                    "before it sends anything. If the server cannot be reached it says so (exit code 75), and the\n"
                    "report waits. It is NOT received until there is a receipt. What waits is sent with:\n"
                    "\n"
                    "  baocao queue flush\n"
                    "\n"
                    "Whatever is sent twice counts once, so when in doubt send it again. 'baocao doctor' tells\n"
                    "whether the network, the server or this computer is at fault."),
    },
    {
        .name = "receipts",
        .title = N_ ("Receipts, and what they prove"),
        .text = N_ ("A receipt is signed by the server once your report is safely stored. It names the moment, the\n"
                    "officer and the report's digest, and follows on your department's receipt before it, so that none\n"
                    "can be changed or taken out unseen. They are kept here and are verified without the network:\n"
                    "\n"
                    "  baocao receipt list\n"
                    "  baocao receipt verify\n"
                    "  baocao receipt pdf -o receipt.pdf\n"
                    "\n"
                    "The last one is a page to be printed and filed. A receipt says that the report was received.\n"
                    "Whether it keeps the rules and counts is the verdict: 'baocao status'."),
    },
    {
        .name = "correction",
        .title = N_ ("Refused or returned: sending it again"),
        .text = N_ ("  baocao status\n"
                    "  baocao template --from returned -o report.csv\n"
                    "\n"
                    "The first says why a report was refused by the rules, or returned by the standing agency; the second\n"
                    "writes it out once more, filled in as it was. Correct it and send it again:\n"
                    "\n"
                    "  baocao check report.csv\n"
                    "  baocao push report.csv\n"
                    "\n"
                    "It becomes the next revision; the latest accepted revision counts, and the earlier ones are kept.\n"
                    "It is on time or late by its own arrival. 'baocao withdraw' asks for an accepted report back."),
    },
    {
        .name = "together",
        .title = N_ ("Tasks that several units share"),
        .text = N_ ("A unit that coordinates a task sends its part to the unit that leads it:\n"
                    "\n"
                    "  baocao template --contribute -o part.xlsx\n"
                    "  baocao contribute part.xlsx\n"
                    "\n"
                    "The lead finds it in its mailbox and in its template; all units that share the task can read it.\n"
                    "'baocao contribute I.1 --withdraw' takes it back. Before the lead reports, it can ask the others to\n"
                    "agree to what it is going to say; each of them looks at the draft and answers:\n"
                    "\n"
                    "  baocao sign-off ask report.xlsx\n"
                    "  baocao sign-off I.1\n"
                    "  baocao sign-off give I.1\n"
                    "  baocao sign-off refuse I.1 --reason 'Thiếu số giờ phát sóng'\n"
                    "\n"
                    "Once it has asked, 'baocao push' waits until all have agreed to exactly what the report says, or\n"
                    "until you give --without-sign-off. 'baocao sign-off' shows who has still to answer, and 'baocao\n"
                    "sign-off I.1 --withdraw' takes the draft back. While the server cannot be reached the answers are not\n"
                    "looked at: what is kept then is sent later as it is, by 'baocao queue flush', too."),
    },
    {
        .name = "files",
        .title = N_ ("Which files baocao keeps, and what to back up"),
        .text = N_ ("Everything lies in one directory: --home, or $BAOCAO_HOME, or ~/.local/share/baocao.\n"
                    "\n"
                    "  invite       who you are, and where the server is\n"
                    "  client.cert  the secret key; show it to nobody, copy it to no other computer\n"
                    "  spool/       reports that are not received yet\n"
                    "  files/       the files that go with them\n"
                    "  receipts/    every receipt, with the report as it was sent: back this up\n"
                    "  duties.pb    the duties as last read, for work without the network"),
    },
    {
        .name = "exit-codes",
        .title = N_ ("Exit codes, for scripts"),
        .text = N_ ("   0  done\n"
                    "   1  you were asked, and the answer was no\n"
                    "  64  the command was not written correctly\n"
                    "  65  a report is refused, or a report or receipt is invalid\n"
                    "  69  the server cannot be reached, or is too busy\n"
                    "  75  the report is kept here and has not been received: send it again later\n"
                    "  77  the server does not accept this key\n"
                    "  78  this home has not been set up: 'baocao join'\n"
                    "\n"
                    "With --json every command prints JSON with English keys; see also 'baocao COMMAND --help'."),
    },
    {
        .name = "language",
        .title = N_ ("Vietnamese or English"),
        .text = N_ ("The language is that of the system (LANGUAGE, LC_ALL, LC_MESSAGES, LANG), or for one command:\n"
                    "\n"
                    "  baocao --lang vi duties\n"
                    "\n"
                    "For all commands write 'export LANGUAGE=vi' into ~/.profile. The terminal must show UTF-8;\n"
                    "'baocao doctor' looks after that."),
    },
    {.name = NULL},
};
// clang-format on
