// The table of commands.
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uniwidth.h>

#include "common/nearest.h"
#include "common/xmem.h"
#include "nouns.h"
#include "report/limits.h"
#include "report/receipt.h"

enum { COMMANDS_MAX = 64, OPERANDS_MAX = 64, NAME_WIDTH = 20, OPTION_WIDTH = 20 };

#define OPTIONS_REORGANISE (OPTION_FROM | OPTION_REASON | OPTION_DRY_RUN)

const command_t commands[] = {
    {"migrate", "", 0, 0, OPTION_TARGET, N_ ("bring the database's schema up to date and set the roles' passwords"),
     "  baocao-admin migrate\n"
     "  baocao-admin migrate --target 'host=/run/postgresql dbname=baocao user=postgres'\n",
     migrate_run},
    {"plan load", N_ ("DIR..."), 1, OPERANDS_MAX, OPTION_DRY_RUN | OPTION_FROM,
     N_ ("load plans from CSV files, or bring loaded ones up to date"),
     "  baocao-admin plan load sql/plans/208-KH-UBND\n"
     "  baocao-admin plan load --dry-run sql/plans/208-KH-UBND      # what would change\n"
     "  baocao-admin plan load --from 2025-03-01 sql/plans/208-KH-UBND   # duties end and begin on that day\n",
     plan_load},
    {"plan list", "", 0, 0, 0, N_ ("list the plans"), "  baocao-admin plan list\n", plan_list},
    {"plan show", N_ ("PLAN"), 1, 1, 0, N_ ("show a plan's rows as they are loaded"),
     "  baocao-admin plan show 208/KH-UBND\n"
     "  baocao-admin plan show 208/KH-UBND --json | jq '.[] | select(.file == \"periods.csv\")'\n",
     plan_show},
    {"calendar load", N_ ("FILE"), 1, 1, OPTION_DRY_RUN,
     N_ ("load the official days off and working Saturdays of the years in a file"),
     "  baocao-admin calendar load sql/calendars/vn.csv\n", calendar_load},
    {"calendar list", N_ ("[YEAR]"), 0, 1, 0, N_ ("list the official days"), "  baocao-admin calendar list 2025\n", calendar_list},
    {"unit list", "", 0, 0, 0, N_ ("list the units, their doors and what they owe"),
     "  baocao-admin unit list\n"
     "  baocao-admin unit list --json | jq -r '.[] | select(.obligation == \"must\") | .unit'\n",
     unit_list},
    {"unit show", N_ ("UNIT"), 1, 1, 0, N_ ("show a unit's validity, identifiers, duties, and whose place it took"),
     "  baocao-admin unit show so-noivu\n"
     "  baocao-admin unit show H56.08      # or 08.H56\n",
     unit_show},
    {"unit add", N_ ("UNIT"), 1, 1, OPTION_NAME | OPTION_NAME_EN | OPTION_KIND | OPTION_FROM, N_ ("add a unit"),
     "  baocao-admin unit add so-nnmt --name 'Sở Nông nghiệp và Môi trường' --from 2025-03-01\n", unit_add},
    {"unit merge", N_ ("UNIT..."), 1, OPERANDS_MAX, OPTION_INTO | OPTIONS_REORGANISE,
     N_ ("units end on a day, and another one has their duties"),
     "  baocao-admin unit merge so-ldtbxh --into so-noivu --from 2025-03-01 --reason 'NQ 01/NQ-HĐND' --dry-run\n"
     "  baocao-admin unit merge so-nnptnt so-tnmt --into so-nnmt --from 2025-03-01 --reason 'NQ 01/NQ-HĐND'\n",
     unit_merge},
    {"unit split", N_ ("UNIT"), 1, 1, OPTION_INTO | OPTION_TASKS | OPTIONS_REORGANISE,
     N_ ("others have a unit's duties from a day on: the last one --tasks, the first one the rest; it ends unless named itself"),
     "  baocao-admin unit split so-vhttdl --into so-vhtt,so-dl --tasks IV.1,IV.2 --from 2026-01-01 --reason 'QĐ 12/QĐ-UBND'\n",
     unit_split},
    {"unit transfer", N_ ("UNIT"), 1, 1, OPTION_TO | OPTION_TASKS | OPTIONS_REORGANISE,
     N_ ("another unit has some tasks of a unit from a day on"),
     "  baocao-admin unit transfer so-tttt --to so-khcn --tasks I.1,I.2 --from 2025-03-01 --reason 'QĐ 12/QĐ-UBND'\n",
     unit_transfer},
    {"unit end", N_ ("UNIT..."), 1, OPERANDS_MAX, OPTIONS_REORGANISE, N_ ("units end on a day, and nobody has their duties"),
     "  baocao-admin unit end ubnd-bimson ubnd-hatrung --from 2025-07-01 --reason 'NQ 202/2025/QH15'\n", unit_end},
    {"unit identifier add", N_ ("UNIT SCHEME VALUE"), 3, 3, OPTION_FROM, N_ ("record what others call a unit"),
     "  baocao-admin unit identifier add so-noivu national H56.08 --from 2025-03-01\n", unit_identifier_add},
    {"unit identifier list", N_ ("[UNIT]"), 0, 1, 0, N_ ("list what others call the units"),
     "  baocao-admin unit identifier list\n", unit_identifier_list},
    {"invite list", N_ ("[UNIT]"), 0, 1, 0, N_ ("list the invites, and what became of them"),
     "  baocao-admin invite list\n"
     "  baocao-admin invite list so-yte --json\n",
     invite_list},
    {"invite revoke", N_ ("ID"), 1, 1, 0, N_ ("nobody may join with this invite any more"), "  baocao-admin invite revoke 12\n",
     invite_revoke},
    {"invite", N_ ("[UNIT]"), 0, 1, OPTION_OUTPUT | OPTION_READER | OPTION_NAME | OPTION_EXPIRES | OPTION_NO_TOKEN,
     N_ ("write an invite: for one officer of a unit, or for readers of the feed"),
     "  baocao-admin invite so-yte -o so-yte.baocao\n"
     "  baocao-admin invite so-yte --name 'Nguyễn Thị Hoa' --expires 7 -o hoa.baocao\n"
     "  baocao-admin invite --reader -o feed.baocao\n",
     invite_run},
    {"link", N_ ("UNIT"), 1, 1, OPTION_NAME | OPTION_MAIL | OPTION_EXPIRES,
     N_ ("a link by which one officer reports in a browser, once: through the portal, for whom cannot run baocao"),
     "  baocao-admin link so-yte --name 'Nguyễn Văn A' --mail nguyen.van.a@example.vn\n"
     "  baocao-admin link so-yte --name 'Nguyễn Văn A' --expires 3      # prints it\n",
     link_run},
    {"key add", N_ ("UNIT PUBLIC-KEY"), 2, 2, OPTION_NAME, N_ ("let a client's key in at a unit's door"),
     "  baocao-admin key add so-yte 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7' --name 'văn thư'\n", key_add},
    {"key revoke", N_ ("PUBLIC-KEY"), 1, 1, 0, N_ ("shut a client's key out, for ever"),
     "  baocao-admin key revoke 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'\n", key_revoke},
    {"key list", N_ ("[UNIT]"), 0, 1, 0, N_ ("list the clients' keys"),
     "  baocao-admin key list\n"
     "  baocao-admin key list so-yte --json\n",
     key_list},
    {"reader add", N_ ("NAME [PUBLIC-KEY]"), 1, 2, OPTION_PASSWORD_FILE | OPTION_NO_PASSWORD | OPTION_AGENCY,
     N_ ("let somebody sign in to the committee's pages; with a key: let a reader of the feed in"),
     "  baocao-admin reader add nguyen.van.a                       # asks for the password, twice\n"
     "  baocao-admin reader add van-phong --agency --password-file van-phong.password\n"
     "  baocao-admin reader add committee 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'\n",
     reader_add},
    {"reader password", N_ ("NAME"), 1, 1, OPTION_PASSWORD_FILE | OPTION_NO_PASSWORD,
     N_ ("give a reader of the pages another password; whoever has signed in with the old one is signed out"),
     "  baocao-admin reader password nguyen.van.a\n", account_password},
    {"reader remove", N_ ("NAME"), 1, 1, 0, N_ ("a reader of the pages may sign in no more, and is signed out"),
     "  baocao-admin reader remove nguyen.van.a\n", account_remove},
    {"reader revoke", N_ ("PUBLIC-KEY"), 1, 1, 0, N_ ("shut a reader's key out, for ever"),
     "  baocao-admin reader revoke 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'\n", reader_revoke},
    {"reader list", "", 0, 0, 0, N_ ("list who may read the pages and the feed"), "  baocao-admin reader list\n", reader_list},
    {"contact add", N_ ("UNIT ADDRESS"), 2, 2, OPTION_NAME | OPTION_ROLE | OPTION_LANGUAGE,
     N_ ("send a unit's notices to a mail address or https address too; only who has agreed"),
     "  baocao-admin contact add so-yte van-thu@example.vn --name 'Văn thư Sở Y tế'\n"
     "  baocao-admin contact add so-yte giam-doc@example.vn --name 'Giám đốc' --role leader\n"
     "  baocao-admin contact add so-yte https://gateway.example.vn/hook --name 'Cổng nhắn tin'\n",
     contact_add},
    {"contact list", N_ ("[UNIT]"), 0, 1, 0, N_ ("list the addresses"),
     "  baocao-admin contact list\n"
     "  baocao-admin contact list so-yte --json\n",
     contact_list},
    {"contact remove", N_ ("ID"), 1, 1, 0, N_ ("send nothing more to an address"), "  baocao-admin contact remove 12\n",
     contact_remove},
    {"delivery list", N_ ("[UNIT]"), 0, 1, OPTION_FAILED, N_ ("show what was sent to the addresses, and what became of it"),
     "  baocao-admin delivery list so-yte\n"
     "  baocao-admin delivery list --failed\n",
     delivery_list},
    {"period list", N_ ("[PLAN]"), 0, 1, 0, N_ ("list the periods and whether they are open"),
     "  baocao-admin period list\n"
     "  baocao-admin period list 208/KH-UBND --json\n",
     period_list},
    {"period open", N_ ("PLAN PERIOD"), 2, 2, OPTION_REASON, N_ ("open a period before its day, or again"),
     "  baocao-admin period open 208/KH-UBND 2025 --reason 'Công văn 123/SLĐTBXH'\n", period_open},
    {"period close", N_ ("PLAN PERIOD"), 2, 2, OPTION_REASON, N_ ("close a period: later reports are kept in quarantine"),
     "  baocao-admin period close 208/KH-UBND 2024 --reason 'đã tổng hợp xong'\n", period_close},
    {"period reopen", N_ ("PLAN PERIOD"), 2, 2, OPTION_REASON, N_ ("open a closed period again"),
     "  baocao-admin period reopen 208/KH-UBND 2025 --reason 'Bổ sung theo chỉ đạo'\n", period_reopen},
    {"extension grant", N_ ("UNIT PLAN PERIOD DATE"), 4, 4, OPTION_REASON, N_ ("let a unit's report be on time before another day"),
     "  baocao-admin extension grant so-yte 208/KH-UBND 2025 2025-12-20 --reason 'Công văn 456/SYT'\n", extension_grant},
    {"extension refuse", N_ ("UNIT PLAN PERIOD"), 3, 3, OPTION_REASON, N_ ("refuse a unit another deadline"),
     "  baocao-admin extension refuse so-yte 208/KH-UBND 2025 --reason 'Không có lý do khách quan'\n", extension_refuse},
    {"extension list", N_ ("[PLAN [PERIOD]]"), 0, 2, 0, N_ ("list what was granted and refused"),
     "  baocao-admin extension list 208/KH-UBND 2025\n", extension_list},
    {"report list", N_ ("[PLAN [PERIOD]]"), 0, 2, OPTION_STATE, N_ ("list what was received, and what became of it"),
     "  baocao-admin report list 208/KH-UBND 2025\n"
     "  baocao-admin report list --state returned --json\n",
     report_list},
    {"report show", N_ ("SUBMISSION|REPORT-ID"), 1, 1, 0, N_ ("show a report: content, findings, receipt, decisions"),
     "  baocao-admin report show 019abc12-3456-7def-8901-23456789abcd\n", report_show},
    {"report confirm", N_ ("SUBMISSION|REPORT-ID"), 1, 1, OPTION_REASON, N_ ("confirm an accepted report; its unit is told"),
     "  baocao-admin report confirm 019abc12-3456-7def-8901-23456789abcd\n", report_confirm},
    {"report return", N_ ("SUBMISSION|REPORT-ID"), 1, 1, OPTION_REASON,
     N_ ("return an accepted report: it leaves the totals, its unit is told why"),
     "  baocao-admin report return 019abc12-3456-7def-8901-23456789abcd --reason 'Thiếu số liệu giải ngân'\n", report_return},
    {"request list", N_ ("[PLAN [PERIOD]]"), 0, 2, 0, N_ ("list what units ask for: later deadlines, reports to be taken back"),
     "  baocao-admin request list\n"
     "  baocao-admin request list --json | jq '.[] | select(.state == \"undecided\")'\n",
     request_list},
    {"request refuse", N_ ("NUMBER"), 1, 1, OPTION_REASON, N_ ("refuse one; granting it is extension grant, or report return"),
     "  baocao-admin request refuse 12 --reason 'Không có lý do khách quan'\n", request_refuse},
    {"late quarantine", "", 0, 0, 0, N_ ("list the reports that came after their period was closed"),
     "  baocao-admin late quarantine\n", late_quarantine},
    {"late admit", N_ ("SUBMISSION|REPORT-ID"), 1, 1, OPTION_REASON, N_ ("admit one of those: it is judged, and counts as late"),
     "  baocao-admin late admit 019abc12-3456-7def-8901-23456789abcd --reason 'Đường truyền hỏng ngày 15/12'\n", late_admit},
    {"overview", N_ ("[PLAN [PERIOD]]"), 0, 2, OPTION_FOLLOW,
     N_ ("show how the periods under way stand, who has not reported, and what is wrong"),
     "  baocao-admin overview --follow\n"
     "  baocao-admin overview 208/KH-UBND 2025\n"
     "  baocao-admin overview --json | jq -r '.periods[].unreported[].unit'\n",
     overview_run},
    {"queue", "", 0, 0, 0, N_ ("show how many submissions wait before each stage"),
     "  baocao-admin queue\n"
     "  watch baocao-admin queue\n",
     queue_run},
    {"totals verify", "", 0, 0, 0, N_ ("compute every total from scratch and compare"), "  baocao-admin totals verify\n",
     totals_run},
    {"chain verify", N_ ("[UNIT]"), 0, 1, 0, N_ ("verify the units' chains of receipts against the stored reports and the feed"),
     "  baocao-admin chain verify\n"
     "  baocao-admin chain verify so-yte --json\n",
     chain_verify},
    {"clock set", N_ ("TIME"), 1, 1, OPTION_FROZEN, N_ ("set the rehearsal clock (never in production)"),
     "  baocao-admin clock set 2025-12-09T23:59:59+07:00 --frozen\n", clock_set},
    {"clock show", "", 0, 0, 0, N_ ("show the time that the services go by"), "  baocao-admin clock show --json\n", clock_show},
    {.name = NULL},
};

// How many of the operands are the command's name; 0: it is another one.
static size_t name_words (const command_t *command, const options_t *options)
{
    const char *name = command->name;
    for (size_t i = 0; i < options->n_operands; i++) {
        size_t size = strcspn (name, " ");
        if (strlen (options->operands[i]) != size || strncmp (options->operands[i], name, size) != 0)
            return 0;
        if (!name[size])
            return i + 1;
        name += size + 1;
    }
    return 0;
}

// Is it a verb of the noun ("key add" of "key")?
static bool is_of_noun (const command_t *command, const char *noun)
{
    size_t size = strlen (noun);
    return strncmp (command->name, noun, size) == 0 && command->name[size] == ' ';
}

// A noun without a verb of its: says which there are. False: it is no noun of the table.
static bool say_verbs (const char *noun)
{
    char *verbs = xstrdup ("");
    for (const command_t *command = commands; command->name; command++) {
        if (!is_of_noun (command, noun))
            continue;
        char *longer = xasprintf ("%s%s%s", verbs, *verbs ? ", " : "", command->name + strlen (noun) + 1);
        free (verbs);
        verbs = longer;
    }
    bool found = *verbs;
    if (found)
        admin_fail (EX_USAGE, _ ("what about \"%s\"? One of: %s"), noun, verbs);
    free (verbs);
    return found;
}

// The first word of a command that the word is probably a misspelling of, or NULL; the caller frees it.
static char *nearest_noun (const char *word)
{
    for (const command_t *command = commands; command->name; command++) {
        char *noun = xmemdup (command->name, strcspn (command->name, " "));
        if (bc_nearest (word, (const char *const[]){noun}, 1))
            return noun;
        free (noun);
    }
    return NULL;
}

static void say_unknown (const options_t *options)
{
    const char *names[COMMANDS_MAX];
    size_t count = 0;
    while (commands[count].name) {
        names[count] = commands[count].name;
        count++;
    }
    if (options->n_operands == 1 && say_verbs (options->operands[0]))
        return;
    char *words =
        options->n_operands > 1 ? xasprintf ("%s %s", options->operands[0], options->operands[1]) : xstrdup (options->operands[0]);
    const char *nearest = bc_nearest (words, names, count);
    char *noun = nearest ? NULL : nearest_noun (options->operands[0]);
    if (noun)
        nearest = noun;
    if (nearest)
        admin_fail (EX_USAGE, _ ("unknown command \"%s\"; did you mean \"%s\"? (baocao-admin --help lists all)"), words, nearest);
    else if (!say_verbs (options->operands[0]))
        admin_fail (EX_USAGE, _ ("unknown command \"%s\" (baocao-admin --help lists all)"), words);
    free (noun);
    free (words);
}

const command_t *command_find (options_t *options)
{
    for (const command_t *command = commands; command->name; command++) {
        size_t words = name_words (command, options);
        if (words == 0)
            continue;
        options->n_operands -= words;
        memmove (options->operands, options->operands + words, options->n_operands * sizeof *options->operands);
        return command;
    }
    say_unknown (options);
    return NULL;
}

// gettext has something else to say for the empty text.
static const char *operands_text (const command_t *command)
{
    return *command->operands ? _ (command->operands) : "";
}

// The texts that are kept for the record.
static int check_texts (const options_t *options)
{
    const struct {
        const char *place, *text;
    } names[] = {{"--as", options->as}, {"--name", options->name}, {"--name-en", options->name_en}};
    if (options->name && receipt_is_by_portal (options->name))
        return admin_fail (EX_USAGE, _ ("--name: a name that ends in \"%s\" is for links (baocao-admin link)"),
                           RECEIPT_BY_PORTAL + 1);
    int status = options->reason ? admin_check_text ("--reason", options->reason, REPORT_MAX_REASON, true) : 0;
    for (size_t i = 0; status == 0 && i < sizeof names / sizeof *names; i++)
        if (names[i].text)
            status = admin_check_text (names[i].place, names[i].text, REPORT_MAX_NAME, false);
    return status;
}

int command_check (const command_t *self, const options_t *options)
{
    for (const option_t *option = options_table; option->name; option++)
        if (options->given & option->bit & ~(OPTIONS_COMMON | self->options))
            return admin_fail (EX_USAGE, _ ("\"%s\" takes no option --%s"), self->name, option->name);
    if (options->n_operands < self->min_operands || options->n_operands > self->max_operands)
        return admin_fail (EX_USAGE, _ ("usage: baocao-admin %s %s"), self->name, operands_text (self));
    return check_texts (options);
}

static void print_options (unsigned bits)
{
    printf ("\n%s\n", _ ("Options:"));
    for (const option_t *option = options_table; option->name; option++) {
        if (!(option->bit & bits))
            continue;
        char *usage = xasprintf ("%s--%s%s%s",
                                 option->letter == 'o'   ? "-o, "
                                 : option->letter == 'h' ? "-h, "
                                                         : "",
                                 option->name, option->argument ? " " : "", option->argument ? _ (option->argument) : "");
        int gap = OPTION_WIDTH - u8_strwidth ((const uint8_t *)usage, "UTF-8");
        printf ("  %s%*s  %s\n", usage, gap > 0 ? gap : 0, "", _ (option->summary));
        free (usage);
    }
}

void command_help (const command_t *self)
{
    printf ("%s\n%s\n", _ ("Examples:"), self->examples);
    printf (_ ("Usage: baocao-admin %s %s"), self->name, operands_text (self));
    printf ("\n\n  %s\n", _ (self->summary));
    print_options (OPTIONS_COMMON | self->options);
}

static void print_command (const command_t *command)
{
    printf ("  %-*s  %s\n", NAME_WIDTH, command->name, _ (command->summary));
}

// "invite" is a command and has verbs: then its own help comes before them.
bool command_help_group (const char *noun)
{
    const command_t *whole = NULL;
    size_t verbs = 0;
    for (const command_t *command = commands; command->name; command++) {
        verbs += is_of_noun (command, noun);
        if (strcmp (command->name, noun) == 0)
            whole = command;
    }
    if (whole)
        command_help (whole);
    if (verbs == 0)
        return whole;
    if (!whole)
        printf ("%s\n", _ ("Examples:"));
    for (const command_t *command = commands; command->name && !whole; command++)
        if (is_of_noun (command, noun))
            fputs (command->examples, stdout);
    printf ("\n%s\n", _ ("Commands:"));
    for (const command_t *command = commands; command->name; command++)
        if (is_of_noun (command, noun))
            print_command (command);
    printf ("\n%s\n", _ ("baocao-admin COMMAND --help explains a command."));
    return true;
}

void command_help_all (void)
{
    printf ("%s\n"
            "  baocao-admin migrate\n"
            "  baocao-admin plan load sql/plans/208-KH-UBND\n"
            "  baocao-admin invite so-yte -o so-yte.baocao\n"
            "  baocao-admin period list\n\n",
            _ ("Examples:"));
    printf ("%s\n\n%s\n", _ ("baocao-admin COMMAND: the standing agency's command for plans, units, keys and periods."),
            _ ("Commands:"));
    for (const command_t *command = commands; command->name; command++)
        print_command (command);
    print_options (OPTIONS_COMMON);
    printf ("\n%s\n",
            _ ("baocao-admin COMMAND --help explains a command. Exit codes: 0 done, 64 usage, 65 refused or not as it should "
               "be, 69 unreachable, 77 denied, 78 configuration."));
}
