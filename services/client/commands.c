// The table of commands.
#include "client.h"

const option_t client_options[] = {
    {"json", 0, NULL, N_ ("print JSON with stable English keys; streams are one object a line")},
    {"home", 0, N_ ("DIR"), N_ ("the client's home, instead of $BAOCAO_HOME or $XDG_DATA_HOME/baocao")},
    {"lang", 0, "vi|en", N_ ("language of the messages")},
    {"timeout", 0, N_ ("SECONDS"), N_ ("how long to try to reach the server")},
    {"help", 'h', NULL, N_ ("this text")},
    {NULL, 0, NULL, NULL},
};

// Options that several commands have.
// clang-format off
#define OPTION_OFFLINE { "offline", 0, NULL, N_ ("ask nothing; use the duties as last kept") }
#define OPTION_PLAN    { "plan", 0, N_ ("PLAN"), N_ ("the plan, when the unit has duties in several") }
#define OPTION_ATTACH  { "attach", 0, N_ ("FILE"), N_ ("a file that goes with the report; can be given several times") }
#define OPTION_YES     { "yes", 'y', NULL, N_ ("ask nothing: yes to everything") }
#define OPTION_NO_WAIT { "no-wait", 0, NULL, N_ ("leave when the receipt is there") }
#define OPTION_PERIOD  { "period", 0, N_ ("PERIOD"), N_ ("the period, instead of the one under way") }
#define OPTION_OF      { "of", 0, N_ ("UNIT"), N_ ("the draft of this unit, when several lead the task") }
#define OPTION_TASK    { "task", 0, N_ ("TASK"), N_ ("only this task of the file") }
#define OPTION_WAIT    { "wait", 0, N_ ("SECONDS"), N_ ("how long to wait for the verdict (60)") }
// clang-format on

const command_t client_commands[] = {
    {
        .name = "join",
        .operands = N_ ("[INVITE]"),
        .summary = N_ ("make this computer one of the unit's, with the standing agency's invite"),
        .examples = N_ ("baocao join so-yte.baocao\n"
                        "baocao join so-yte.baocao --name 'Nguyễn Thị Hoa'\n"
                        "baocao join                           # again, after the line was down"),
        .max_operands = 1,
        .options = {{"name", 0, N_ ("NAME"), N_ ("the officer's name, which stands on the receipts")},
                    {"new-key", 0, NULL, N_ ("with a new key, since this computer's own was revoked")}},
        .run = client_join,
    },
    {
        .name = "duties",
        .operands = "",
        .summary = N_ ("show what the unit has to report, and until when"),
        .examples = N_ ("baocao duties\n"
                        "baocao duties --json | jq '.plans[0].periods'"),
        .options = {OPTION_PLAN, OPTION_OFFLINE},
        .run = client_duties,
    },
    {
        .name = "template",
        .operands = N_ ("[PERIOD]"),
        .summary = N_ ("write a report to be filled in, with the tasks the unit leads"),
        .examples = N_ ("baocao template -o report.xlsx        # for Excel or LibreOffice\n"
                        "baocao template 2025 -o report.csv    # or .json: for programs\n"
                        "baocao template --from returned -o report.xlsx  # the one to be corrected, filled in"),
        .max_operands = 1,
        .options = {OPTION_PLAN,
                    {"format", 0, "xlsx|csv|json", N_ ("format; else as the name of the file says, or JSON")},
                    {"output", 'o', N_ ("FILE"), N_ ("where to write it, instead of the terminal; a file that is there stays")},
                    {"from", 0, N_ ("REPORT-ID|returned"), N_ ("filled in as that report, or the one to be corrected, was")},
                    {"contribute", 0, NULL, N_ ("with the tasks that the unit coordinates, for 'baocao contribute'")},
                    OPTION_OFFLINE},
        .run = client_template,
    },
    {
        .name = "check",
        .operands = N_ ("FILE"),
        .summary = N_ ("apply the server's rules to a report, without sending it"),
        .examples = N_ ("baocao check report.xlsx\n"
                        "baocao check --offline --lang en report.json"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_ATTACH, OPTION_OFFLINE},
        .run = client_check,
    },
    {
        .name = "push",
        .operands = N_ ("FILE"),
        .summary = N_ ("send a report, keep its receipt, and wait for the verdict"),
        .examples = N_ ("baocao push report.json\n"
                        "baocao push report.csv --attach minutes.pdf\n"
                        "baocao push --dry-run report.csv      # the server's verdict; nothing is sent"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_ATTACH,
                    OPTION_YES,
                    {"dry-run", 0, NULL, N_ ("ask the server what it would say to the report, and send nothing")},
                    OPTION_NO_WAIT,
                    OPTION_WAIT,
                    {"again", 0, NULL, N_ ("make a new revision even if this very report was sent before")},
                    {"unchecked", 0, NULL, N_ ("even if the rules known here are against it: the server judges")},
                    {"without-sign-off", 0, NULL, N_ ("even if units that were asked for agreement have not given it")}},
        .run = client_push,
    },
    {
        .name = "queue list",
        .operands = "",
        .summary = N_ ("show the reports that wait to be sent"),
        .examples = N_ ("baocao queue list\n"
                        "baocao queue list --json | jq '.waiting | length'"),
        .run = client_queue_list,
    },
    {
        .name = "queue flush",
        .operands = "",
        .summary = N_ ("send the reports that wait"),
        .examples = N_ ("baocao queue flush\n"
                        "baocao queue flush --watch            # waits for the line, and leaves when all is sent"),
        .options = {{"watch", 0, NULL, N_ ("try until everything is sent")}, OPTION_NO_WAIT, OPTION_WAIT},
        .run = client_queue_flush,
    },
    {
        .name = "queue drop",
        .operands = N_ ("REPORT-ID"),
        .summary = N_ ("take a report out of the spool without sending it"),
        .examples = N_ ("baocao queue drop 01939e1c-8a00-7abc-8def-0123456789ab"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_YES},
        .run = client_queue_drop,
    },
    {
        .name = "status",
        .operands = N_ ("[PERIOD]"),
        .summary = N_ ("show what is owed and until when, what became of the reports sent, and what comes next"),
        .examples = N_ ("baocao status\n"
                        "baocao status 2025 --json | jq '.submissions[0].state'"),
        .max_operands = 1,
        .options = {OPTION_PLAN,
                    {"limit", 0, "N", N_ ("at most so many, latest first (20)")},
                    {"before", 0, "N", N_ ("only those before this number of the receipt chain")}},
        .run = client_status,
    },
    {
        .name = "diff",
        .operands = N_ ("[REPORT-ID|PERIOD|FILE] [REPORT-ID|PERIOD|FILE]"),
        .summary = N_ ("show what differs between two reports, by task"),
        .examples = N_ ("baocao diff                           # the latest revision and the one before it\n"
                        "baocao diff 2025                      # this year's report and last year's\n"
                        "baocao diff report.csv                # what the file changes in what was sent\n"
                        "baocao diff 2024 report.csv --json | jq '.differences'"),
        .max_operands = 2,
        .options = {OPTION_PLAN},
        .run = client_diff,
    },
    {
        .name = "contribute",
        .operands = N_ ("FILE|TASK"),
        .summary = N_ ("send the unit's part of tasks that it coordinates to the units that lead them"),
        .examples = N_ ("baocao template --contribute -o part.xlsx   # fill it in\n"
                        "baocao contribute part.xlsx           # all units that share the tasks can read it\n"
                        "baocao contribute part.xlsx --task I.1\n"
                        "baocao contribute I.1 --withdraw      # take back what was sent"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_TASK, {"withdraw", 0, NULL, N_ ("take back the unit's part of the task")}, OPTION_PLAN, OPTION_PERIOD},
        .run = client_contribute,
    },
    {
        .name = "sign-off",
        .operands = N_ ("[TASK]"),
        .summary = N_ ("show who was asked to agree to what a lead unit is going to report, and the answers"),
        .examples = N_ ("baocao sign-off\n"
                        "baocao sign-off I.1                   # all that was said about the task\n"
                        "baocao sign-off I.1 --withdraw        # ask no more: take back the draft\n"
                        "baocao sign-off --json | jq '.items[] | select(.kind == \"draft\")'"),
        .max_operands = 1,
        .options = {OPTION_PLAN, OPTION_PERIOD, {"withdraw", 0, NULL, N_ ("take back the unit's draft of the task")}},
        .run = client_sign_off,
    },
    {
        .name = "sign-off ask",
        .operands = N_ ("FILE"),
        .summary = N_ ("ask the coordinating units to agree to a report's tasks before it is sent"),
        .examples = N_ ("baocao sign-off ask report.xlsx\n"
                        "baocao sign-off ask report.xlsx --task I.1"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_TASK},
        .run = client_sign_off_ask,
    },
    {
        .name = "sign-off give",
        .operands = N_ ("TASK"),
        .summary = N_ ("agree to what the lead unit is going to report on a task"),
        .examples = N_ ("baocao sign-off give I.1"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_OF, OPTION_PLAN, OPTION_PERIOD, OPTION_YES},
        .run = client_sign_off_give,
    },
    {
        .name = "sign-off refuse",
        .operands = N_ ("TASK"),
        .summary = N_ ("tell the lead unit that you do not agree, and why"),
        .examples = N_ ("baocao sign-off refuse I.1 --reason 'Số buổi tuyên truyền chưa khớp'"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_OF, OPTION_PLAN, OPTION_PERIOD, {"reason", 0, N_ ("TEXT"), N_ ("why; the lead unit reads it")}},
        .run = client_sign_off_refuse,
    },
    {
        .name = "extend",
        .operands = N_ ("PERIOD"),
        .summary = N_ ("ask the standing agency for a later deadline"),
        .examples = N_ ("baocao extend 2025 --until 20/12/2025 --reason 'Chờ số liệu quyết toán'"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {OPTION_PLAN,
                    {"until", 0, N_ ("DATE"), N_ ("the last day on which the report would be on time")},
                    {"reason", 0, N_ ("TEXT"), N_ ("why; the standing agency reads it")}},
        .run = client_extend,
    },
    {
        .name = "withdraw",
        .operands = N_ ("REPORT-ID"),
        .summary = N_ ("ask the standing agency to give an accepted report back"),
        .examples = N_ ("baocao withdraw 01939e1c-8a00-7abc-8def-0123456789ab --reason 'Nhầm số liệu giải ngân'"),
        .min_operands = 1,
        .max_operands = 1,
        .options = {{"reason", 0, N_ ("TEXT"), N_ ("why; the standing agency reads it")}},
        .run = client_withdraw,
    },
    {
        .name = "receipt list",
        .operands = "",
        .summary = N_ ("list the receipts that are kept here"),
        .examples = N_ ("baocao receipt list"),
        .run = client_receipt_list,
    },
    {
        .name = "receipt pdf",
        .operands = N_ ("[REPORT-ID|FILE]"),
        .summary = N_ ("write a receipt as a page to be printed, with a QR code to verify it by"),
        .examples = N_ ("baocao receipt pdf -o receipt.pdf     # the latest one\n"
                        "baocao receipt pdf 01939e1c-8a00-7abc-8def-0123456789ab"),
        .max_operands = 1,
        .options = {{"output", 'o', N_ ("FILE"),
                     N_ ("where to write it, instead of receipt-NUMBER.pdf; a file that is there stays")}},
        .run = client_receipt_pdf,
    },
    {
        .name = "receipt show",
        .operands = N_ ("[REPORT-ID|FILE]"),
        .summary = N_ ("show one receipt, or list all that are kept"),
        .examples = N_ ("baocao receipt show\n"
                        "baocao receipt show 01939e1c-8a00-7abc-8def-0123456789ab --json"),
        .max_operands = 1,
        .run = client_receipt_show,
    },
    {
        .name = "receipt verify",
        .operands = N_ ("[REPORT-ID|FILE]"),
        .summary = N_ ("verify receipts and their chain offline"),
        .examples = N_ ("baocao receipt verify                 # all that are kept\n"
                        "baocao receipt verify old.receipt --report old.report\n"
                        "baocao receipt verify --qr \"$(zbarimg -q --raw paper.png)\""),
        .max_operands = 1,
        .options = {{"report", 0, N_ ("FILE"), N_ ("the report the receipt should be for: its packed bytes, or the file pushed")},
                    {"qr", 0, N_ ("TEXT"), N_ ("the receipt is this text, read from a printed one's QR code")}},
        .run = client_receipt_verify,
    },
    {
        .name = "mailbox",
        .operands = "",
        .summary = N_ ("list the notices: verdicts, reminders, decisions; those not read yet are marked"),
        .examples = N_ ("baocao mailbox\n"
                        "baocao mailbox --unread\n"
                        "baocao mailbox --follow --json"),
        .options = {{"unread", 0, NULL, N_ ("only those not read yet")},
                    {"follow", 'f', NULL, N_ ("wait for further notices")},
                    {"after", 0, "N", N_ ("only notices after this number")}},
        .run = client_mailbox,
    },
    {
        .name = "mailbox read",
        .operands = N_ ("[NUMBER...]"),
        .summary = N_ ("show notices in full, and mark them as read"),
        .examples = N_ ("baocao mailbox read                   # all that are not read yet\n"
                        "baocao mailbox read 12 13"),
        .max_operands = 100,
        .run = client_mailbox_read,
    },
    {
        .name = "feed snapshot",
        .operands = N_ ("[PLAN [PERIOD]]"),
        .summary = N_ ("show the totals of a period (with a reader's key)"),
        .examples = N_ ("baocao feed snapshot\n"
                        "baocao feed snapshot 208/KH-UBND 2025 --json | jq '{expected, received, late, missing}'"),
        .max_operands = 2,
        .run = client_feed_snapshot,
    },
    {
        .name = "feed tail",
        .operands = "",
        .summary = N_ ("follow the numbered events of the totals (with a reader's key)"),
        .examples = N_ ("baocao feed tail                      # from now on\n"
                        "baocao feed tail --after 0 --json     # from the first event"),
        .options = {{"after", 0, "N", N_ ("from the event after this number")},
                    {"count", 0, "N", N_ ("leave after so many events")}},
        .run = client_feed_tail,
    },
    {
        .name = "doctor",
        .operands = "",
        .summary = N_ ("look for what is wrong: the home, the line, the server, the spool, the disk"),
        .examples = N_ ("baocao doctor\n"
                        "baocao doctor --json | jq '.checks[] | select (.state != \"ok\")'"),
        .run = client_doctor,
    },
    {
        .name = "help",
        .operands = N_ ("[TOPIC|COMMAND]"),
        .summary = N_ ("explain a command, or one of the topics"),
        .examples = N_ ("baocao help deadline\n"
                        "baocao help receipt verify"),
        .max_operands = 2,
        .run = client_help,
    },
    {
        .name = "print",
        .operands = "man|bash|zsh|fish|candidates [WORD...]",
        .summary = "write the manual page, or what a shell needs to complete commands",
        .examples = "baocao print man | man -l -\n"
                    "eval \"$(baocao print bash)\"          # in ~/.bashrc, where the completion is not installed",
        .min_operands = 1,
        .max_operands = 1000,
        .run = client_print,
        .hidden = true,
    },
    {.name = NULL},
};
